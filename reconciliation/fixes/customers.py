"""Which customer is it? Fixes that ops makes, remembered for every later order."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Protocol

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.contact_details import emails
from books.customer_fields import name_key
from books.messages import all_worded
from books.names import LONGEST_CUSTOMER_NAME, judge_customer_name
from books.problems import NewCustomersShareName
from companies.access import Right
from companies.models import Company
from mapping.customer_lookup import quickbooks_customers_at
from mapping.customer_suggestions import suggested_customers
from mapping.forms.base import PickedCustomerField, pick_url
from mapping.matching.customer_candidates import OFFERED
from mapping.models import DesktopOtherName, QuickBooksCustomer, SourceCustomer
from reconciliation.fixes.base import Fix, Offer
from reconciliation.models import Issue
from reconciliation.resolutions import give_email, link_customer, name_customer, source_customer
from sync.models import DocumentProblem

#: Intuit's code for a name that another customer, vendor or employee has.
NAME_EXISTS = "6240"
_NEW = "new"


class AboutCustomer(Fix):
    """A fix of one customer of the source."""

    right = Right.RESOLVE

    @classmethod
    def customer_of(cls, company: Company, issue: Issue) -> SourceCustomer | None:
        """The customer that the issue is about; None where it is about none."""
        facts = issue.facts
        if key := facts.get("customer_key"):
            return source_customer(company, str(key))
        used_by = str(facts.get("used_by_key", ""))
        if used_by.startswith("customer:"):
            return source_customer(company, used_by.removeprefix("customer:"))
        return _refused_customer(company, issue) if facts.get("fault") == NAME_EXISTS else None

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return cls.customer_of(company, issue) is not None

    @property
    def customer(self) -> SourceCustomer:
        """The customer that the issue is about."""
        found = self.customer_of(self.company, self.issue)
        assert found is not None, "fits() was asked"
        return found

    #: The fields of the customer that it changes.
    changes: ClassVar[tuple[str, ...]] = ("quickbooks_customer",)

    def decides_on(self) -> list[tuple[Model, str]]:
        found = self.customer_of(self.company, self.issue)
        return [(found, name) for name in self.changes] if found else []

    def free_name(self) -> str:
        """The customer's own name; with a word behind it where a vendor has it, and none where a customer has."""
        name = self.customer.name_given or self.fact("new_name") or self.customer.name
        name = judge_customer_name(name).corrected or name
        if self.issue.code == NewCustomersShareName.code:
            numbered = (f"{name} ({number})" for number in range(2, 100))
            return next((free for free in numbered if not customer_has(self.company, free)), "")
        if customer_has(self.company, name):
            return ""
        if not self.is_another_lists(name):
            return name
        longer = _("%(name)s (customer)") % {"name": name}
        return "" if customer_has(self.company, longer) or self.is_another_lists(longer) else longer

    def is_another_lists(self, name: str) -> bool:
        """Whether a vendor, an employee or another name has it: Desktop's lists say so, or QuickBooks' rejection."""
        compared = name_key(name)
        if self.fact("fault") == NAME_EXISTS:
            return compared in {name_key(self.customer.name_given or self.customer.name)}
        return name_of_another_list(self.company, name)


class GiveEmail(AboutCustomer):
    """The billing email that the source does not have."""

    name = "give-email"
    title = gettext_lazy("Enter the billing email")
    help = gettext_lazy("Used here for this and every later order. The source is not changed.")

    changes = ("email_given",)

    email = forms.EmailField(label=gettext_lazy("Billing email"), max_length=200)

    def apply(self, *, by: User) -> str:
        return give_email(self.customer, self.cleaned_data["email"], by=by, why=self.why)


class ChooseCustomer(AboutCustomer):
    """The QuickBooks customer, chosen from the whole list."""

    name = "choose-customer"
    title = gettext_lazy("Choose the QuickBooks customer")
    help = gettext_lazy("The choice is remembered for every later order.")
    picks = "chosen"

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        field = PickedCustomerField(
            company=self.company,
            url=pick_url(self.company, "customers"),
            kept=None,
            label=gettext_lazy("QuickBooks customer"),
        )
        field.required = True
        self.fields["chosen"] = field

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """The customer whose name the issue gives, then the likeliest, each with the reasons."""
        name = self.fact("name")
        rows = QuickBooksCustomer.objects.filter(company=self.company, active=True)
        exact = rows.filter(name_compared=name_key(name)) if name else rows.none()
        offers = {row.display_name: Offer(value=row.display_name, detail=row.email) for row in exact[:OFFERED]}
        for candidate in suggested_customers(self.customer):
            reasons = ", ".join(_(reason) for reason in candidate.reasons)
            detail = " · ".join(filter(None, (candidate.person.email, reasons)))
            offers[candidate.person.name] = Offer(value=candidate.person.name, detail=detail)
        return tuple(offers.values())[:OFFERED]

    def clean_chosen(self) -> QuickBooksCustomer:
        """The customer; an empty field is an error here."""
        return picked(self.cleaned_data["chosen"])

    def apply(self, *, by: User) -> str:
        return link_customer(self.customer, self.cleaned_data["chosen"], by=by, why=self.why)


def picked(chosen: object) -> QuickBooksCustomer:
    """The customer that was chosen.

    Raises:
        ValidationError: None was.
    """
    if not isinstance(chosen, QuickBooksCustomer):
        raise ValidationError(_("Choose a customer from the list."), code="required")
    return chosen


def name_of_another_list(company: Company, name: str) -> bool:
    """Whether a vendor, an employee or another name of QuickBooks Desktop has it."""
    return DesktopOtherName.objects.filter(company=company, name_compared=name_key(name)).exists()


def customer_has(company: Company, name: str) -> bool:
    """Whether QuickBooks has an active customer of the name."""
    rows = QuickBooksCustomer.objects.filter(company=company, active=True)
    return rows.filter(name_compared=name_key(name)).exists()


class Naming(Protocol):
    """A fix that names a customer."""

    company: Company

    def is_another_lists(self, name: str) -> bool:
        """Whether a vendor, an employee or another name has it."""


class NameField(forms.CharField):
    """The name of a customer that QuickBooks is to create."""

    def __init__(self, fix: Naming, **options: Any) -> None:
        """Check against the names that QuickBooks is known to have."""
        super().__init__(max_length=LONGEST_CUSTOMER_NAME, **options)
        self._fix = fix

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if not name:
            return ""
        verdict = judge_customer_name(name)
        if not verdict.ok:
            raise ValidationError(all_worded(verdict.messages, _), code="name")
        if customer_has(self._fix.company, name):
            raise ValidationError(
                _("QuickBooks already has a customer named “%(name)s”. Enter another name, or choose that customer."),
                params={"name": name},
                code="taken",
            )
        if self._fix.is_another_lists(name):
            raise ValidationError(
                _("“%(name)s” is the name of a vendor, an employee or another one in QuickBooks. Enter another name."),
                params={"name": name},
                code="taken",
            )
        return name


class CreateCustomer(AboutCustomer):
    """It is someone new: a name that QuickBooks does not have yet."""

    name = "create-customer"
    title = gettext_lazy("Create a new customer under another name")
    help = gettext_lazy("The customer is created in QuickBooks with the next order that is posted.")
    changes = ("name_given", "quickbooks_customer")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["new_name"] = NameField(self, label=gettext_lazy("Name in QuickBooks"))
        self.initial["new_name"] = self.free_name()

    def apply(self, *, by: User) -> str:
        return name_customer(self.customer, self.cleaned_data["new_name"], by=by, why=self.why)


class CreateAsNamed(CreateCustomer):
    """QuickBooks does not have the customer: create one, by the name that the rules give."""

    name = "create-as-named"
    title = gettext_lazy("Create a new customer")


class PickCustomer(AboutCustomer):
    """Several customers fit: one of them is meant, or someone new."""

    name = "pick-customer"
    title = gettext_lazy("Which customer is this?")
    help = gettext_lazy("The choice is remembered for every later order of this customer.")
    changes = ("name_given", "quickbooks_customer")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.candidates = self._candidates()
        choices = [(candidate.quickbooks_id, candidate.display_name) for candidate in self.candidates]
        self.fields["who"] = forms.ChoiceField(
            label=gettext_lazy("QuickBooks customer"),
            choices=[*choices, (_NEW, _("Create a new customer in QuickBooks"))],
            widget=forms.RadioSelect,
            error_messages={"required": gettext_lazy("Choose one of them.")},
        )
        self.fields["new_name"] = NameField(self, label=gettext_lazy("Name of the new customer"), required=False)
        self.initial["new_name"] = self.free_name()

    @property
    def radios(self) -> list[dict[str, object]]:
        """The choices with what tells them apart."""
        details = {candidate.quickbooks_id: self._detail(candidate) for candidate in self.candidates}
        return [
            {"value": value, "label": label, "detail": details.get(value, ""), "chosen": self["who"].value() == value}
            for value, label in self.fields["who"].choices  # type: ignore[attr-defined]
        ]

    def clean(self) -> dict[str, Any]:
        """A new customer needs a name that is free; the name of one that exists is not looked at."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("who") != _NEW:
            self.errors.pop("new_name", None)
        elif not cleaned.get("new_name") and "new_name" not in self.errors:
            self.add_error("new_name", _("Enter the name to create the customer under."))
        return cleaned

    def apply(self, *, by: User) -> str:
        if self.cleaned_data["who"] == _NEW:
            return name_customer(self.customer, self.cleaned_data["new_name"], by=by, why=self.why)
        chosen = next(candidate for candidate in self.candidates if candidate.quickbooks_id == self.cleaned_data["who"])
        return link_customer(self.customer, chosen, by=by, why=self.why)

    def _candidates(self) -> list[QuickBooksCustomer]:
        if ids := self.issue.facts.get("candidate_ids"):
            rows = QuickBooksCustomer.objects.filter(company=self.company, quickbooks_id__in=ids, active=True)
            return list(rows.order_by("display_name")[:50])
        addresses = emails(self.fact("email") or self.customer.billing_email)
        rows = quickbooks_customers_at(self.company, addresses).filter(active=True)
        return list(rows.order_by("display_name")[:50])

    def _detail(self, customer: QuickBooksCustomer) -> str:
        facts = {"email": customer.email, "id": customer.quickbooks_id}
        return _("%(email)s, QuickBooks id %(id)s") % facts


def _refused_customer(company: Company, issue: Issue) -> SourceCustomer | None:
    """The customer whose creation QuickBooks refused."""
    problem = (
        DocumentProblem.objects.filter(company=company, cause=issue.cause, document__kind="customer")
        .select_related("document__order__connection")
        .first()
    )
    if problem is None:
        return None
    order = problem.document.order
    return source_customer(company, f"{order.connection.system}:{order.customer_key}")
