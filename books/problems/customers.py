"""Why is it not clear who the customer is?"""

from __future__ import annotations

from dataclasses import dataclass

from books.messages import Message
from books.problems.base import Problem
from books.translation import gettext_noop

_NO_EMAIL = gettext_noop("%(customer)s has “%(given)s” as the billing email, which is not an email address.")
_NO_STANDARD = gettext_noop("The customer rules name no customer for such orders.")
_NOT_FOUND_BY_EMAIL = gettext_noop(
    "No QuickBooks customer matches %(customer)s, %(email)s, by the rules of the source."
)


@dataclass(frozen=True, kw_only=True)
class CustomerWithoutEmail(Problem):
    """The customer has no billing email and nobody has said which QuickBooks customer it is."""

    code = "customer-without-email"
    title = gettext_noop("Customer without email")
    explanation = gettext_noop("%(customer)s has no billing email, so no QuickBooks customer can be matched.")
    cure = gettext_noop(
        "Enter the billing email, choose the QuickBooks customer, or create a new customer without an email."
    )
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    #: What is written in place of an email, such as `n/a`.
    given: str = ""

    @property
    def words(self) -> Message:
        """What happened and what to do now."""
        return self._words(_NO_EMAIL, self.cure) if self.given else super().words


@dataclass(frozen=True, kw_only=True)
class CustomersShareEmail(Problem):
    """More than one customer, in QuickBooks or in the source, has this billing email."""

    code = "customers-share-email"
    title = gettext_noop("Duplicate email")
    explanation = gettext_noop(
        "%(customer)s is billed at %(email)s, and so are: %(candidates)s. There is more than one match."
    )
    cure = gettext_noop("Choose the QuickBooks customer; the choice is remembered for every later order.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    email: str
    #: Names of the QuickBooks customers and of the other source customers with this email.
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SeveralCustomersFit(Problem):
    """More than one QuickBooks customer fits by a rule of the source, such as the name."""

    code = "several-customers-fit"
    title = gettext_noop("Several customers fit")
    explanation = gettext_noop("%(customer)s fits more than one QuickBooks customer by %(step)s: %(candidates)s.")
    cure = gettext_noop("Choose the QuickBooks customer; the choice is remembered for every later order.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    #: What they were found by, as the rules call it.
    step: str
    candidates: tuple[str, ...] = ()
    candidate_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CustomerNotFound(Problem):
    """QuickBooks does not have the customer, and the rules say that a person is asked first."""

    code = "customer-not-found"
    title = gettext_noop("Customer not found in QuickBooks")
    explanation = gettext_noop("No QuickBooks customer matches %(customer)s by the rules of the source.")
    cure = gettext_noop(
        "Choose the QuickBooks customer, or create a new one. If QuickBooks has the customer, enter the billing email "
        "there and press Re-sync."
    )
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    email: str = ""
    #: The name that a new customer would have, by the format of the source.
    new_name: str = ""

    @property
    def words(self) -> Message:
        """What happened and what to do now; a customer with an email is told with it."""
        return self._words(_NOT_FOUND_BY_EMAIL, self.cure) if self.email else super().words


@dataclass(frozen=True, kw_only=True)
class StandardCustomerGone(Problem):
    """The customer that stands in for those who are not found, or for nobody, cannot be used."""

    code = "standard-customer-gone"
    title = gettext_noop("Standard customer cannot be used")
    explanation = gettext_noop("“%(name)s”, which the customer rules name for such orders, is inactive in QuickBooks.")
    cure = gettext_noop("Choose another one in the customer rules, or make it active in QuickBooks and press Re-sync.")
    cause_fields = ("system", "which")

    system: str
    #: `standard-customer` or `default-customer`.
    which: str
    name: str

    @property
    def words(self) -> Message:
        """What happened and what to do now."""
        return super().words if self.name else self._words(_NO_STANDARD, self.cure)


@dataclass(frozen=True, kw_only=True)
class CustomerNameTaken(Problem):
    """A customer is to be created and QuickBooks already has one of that name."""

    code = "customer-name-taken"
    title = gettext_noop("Customer name is taken")
    explanation = gettext_noop("%(customer)s is not in QuickBooks by email, but a customer named “%(name)s” is.")
    cure = gettext_noop("Choose that customer if it is the same one, or give the new customer another name.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    name: str


@dataclass(frozen=True, kw_only=True)
class NameOfAnotherList(Problem):
    """A customer is to be created, and a vendor, an employee or an other name of QuickBooks Desktop has the name."""

    code = "name-of-another-list"
    title = gettext_noop("Name of a vendor or employee")
    explanation = gettext_noop(
        "%(customer)s is not in QuickBooks by email, and “%(name)s” is a vendor, an employee or another name there. "
        "QuickBooks takes a name once, whichever list it is on."
    )
    cure = gettext_noop("Give the new customer another name, or choose the QuickBooks customer.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    name: str


@dataclass(frozen=True, kw_only=True)
class NewCustomersShareName(Problem):
    """Two customers are new to QuickBooks Desktop, and it could not tell them apart."""

    code = "new-customers-share-name"
    title = gettext_noop("Two new customers with one name")
    explanation = gettext_noop(
        "%(customer)s is not in QuickBooks yet, and the new customer of order %(order)s has the name “%(name)s” "
        "already. QuickBooks Desktop knows customers by their names alone."
    )
    cure = gettext_noop(
        "If it is another person, give this customer another name. If it is the same one, import the file with order "
        "%(order)s first, then choose that customer."
    )
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    name: str
    #: The number of the order whose customer has the name.
    order: str


@dataclass(frozen=True, kw_only=True)
class CustomerInactive(Problem):
    """The QuickBooks customer whom an order belongs to is inactive, and was not merged into another."""

    code = "customer-inactive"
    title = gettext_noop("Customer is inactive in QuickBooks")
    explanation = gettext_noop("%(customer)s is the QuickBooks customer “%(name)s”, which is inactive there.")
    cure = gettext_noop(
        "Make the customer active in QuickBooks and press Re-sync, which reads the lists again; or choose another "
        "customer, or create a new one."
    )
    cause_fields = ("customer_key", "name")

    #: Empty where QuickBooks has the sale already, so that nobody can be chosen in place of them.
    customer_key: str = ""
    customer: str
    #: As QuickBooks shows it, often with “(deleted)” behind the name.
    name: str


@dataclass(frozen=True, kw_only=True)
class LinkedCustomerGone(Problem):
    """The QuickBooks customer that a person chose has been made inactive or deleted."""

    code = "linked-customer-gone"
    title = gettext_noop("Chosen customer is inactive in QuickBooks")
    explanation = gettext_noop("%(customer)s is linked to “%(name)s”, which QuickBooks no longer keeps active.")
    cure = gettext_noop("Choose another QuickBooks customer, or make it active there and press Re-sync.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CustomerFieldTooLong(Problem):
    """A field of the customer is longer than QuickBooks keeps it."""

    code = "customer-field-too-long"
    title = gettext_noop("Customer field too long")
    explanation = gettext_noop(
        "%(field)s of %(customer)s has %(length)d characters, and QuickBooks keeps %(longest)d: “%(value)s”."
    )
    cure = gettext_noop("Enter a shorter value, leave the field out, or choose the QuickBooks customer.")
    cause_fields = ("customer_key", "field_key")

    customer_key: str
    customer: str
    #: See `books.customer_fields`.
    field_key: str
    field: str
    value: str
    length: int
    longest: int


@dataclass(frozen=True, kw_only=True)
class NoCustomer(Problem):
    """The order names nobody."""

    code = "no-customer"
    title = gettext_noop("Order without customer")
    explanation = gettext_noop("Order %(order)s carries no customer details at all.")
    cure = gettext_noop(
        "Choose the QuickBooks customer or create one, or name a default customer for all such orders in the customer "
        "rules; or add the customer to the order in the source and import it again."
    )
    cause_fields = ("order",)

    order: str
