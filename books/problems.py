"""Why can a record not be posted, and what does a person do about it?

The closed list of reasons. A problem is a value: a code, the facts, and three sentences for the person who has to
fix it. `cause` is what one fix clears: every record with the same cause is one issue.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, ClassVar

from books.words import Translate, gettext_noop, worded

_LONGEST_CAUSE = 300


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What every reason has in common."""

    code: ClassVar[str]
    #: The cause as a heading, without facts.
    title: ClassVar[str]
    #: What happened, with facts.
    explanation: ClassVar[str]
    #: What to do now.
    remedy: ClassVar[str]
    #: The fields that make two problems the same cause.
    cause_fields: ClassVar[tuple[str, ...]]

    @property
    def cause(self) -> str:
        """The same text for every record that one fix clears; at most 300 characters."""
        facts = (str(getattr(self, name)) for name in self.cause_fields)
        text = "|".join((self.code, *(fact.replace("\\", r"\\").replace("|", r"\|") for fact in facts)))
        return text if len(text) <= _LONGEST_CAUSE else f"{text[:235]}|{sha256(text.encode()).hexdigest()}"

    def facts(self) -> dict[str, Any]:
        """The facts, as plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def explain(self, translate: Translate = str) -> str:
        """What happened, in the reader's language."""
        return worded(self.explanation, self._words(), translate=translate)

    def advise(self, translate: Translate = str) -> str:
        """What to do now, in the reader's language."""
        return worded(self.remedy, self._words(), translate=translate)

    def _words(self) -> dict[str, object]:
        """The facts as they stand in a sentence: lists with commas, a dash where nothing is known."""
        joined = {name: ", ".join(value) if isinstance(value, list) else value for name, value in self.facts().items()}
        return {name: "—" if value == "" else value for name, value in joined.items()}


@dataclass(frozen=True, kw_only=True)
class ProductWithoutMapping(Problem):
    """A product has no QuickBooks Product Name and matches no item by SKU or name."""

    code = "product-without-mapping"
    title = gettext_noop("Product without mapping")
    explanation = gettext_noop(
        "“%(product)s” (SKU %(sku)s) has no QuickBooks Product Name, and no QuickBooks item has its SKU or its name."
    )
    remedy = gettext_noop("Choose the QuickBooks item that this product is sold as.")
    cause_fields = ("product_key",)

    product_key: str
    product: str
    sku: str


@dataclass(frozen=True, kw_only=True)
class LineTypeWithoutMapping(Problem):
    """A line of this type has no item name of its own and the type has no Item Name Default."""

    code = "line-type-without-mapping"
    title = gettext_noop("Line type without mapping")
    explanation = gettext_noop("A line of type %(section)s has no item name, and the type has no Item Name Default.")
    remedy = gettext_noop("Set the Item Name Default of %(section)s in the line-type settings.")
    cause_fields = ("section_key",)

    section_key: str
    section: str


@dataclass(frozen=True, kw_only=True)
class ItemNotInQuickBooks(Problem):
    """The name or number that mapping gives is not an active item of the company."""

    code = "item-not-in-quickbooks"
    title = gettext_noop("Item not in QuickBooks")
    explanation = gettext_noop("QuickBooks has no active item with the name or number “%(item)s” (%(used_by)s).")
    remedy = gettext_noop(
        "Choose an item that exists, or add it in QuickBooks and press Re-sync, which reads the lists again."
    )
    cause_fields = ("item", "used_by_key")

    item: str
    used_by: str
    used_by_key: str = ""
    #: The closest names that exist, best first.
    suggestions: tuple[str, ...] = ()
    inactive: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemIsAmbiguous(Problem):
    """A name or number fits two items."""

    code = "item-is-ambiguous"
    title = gettext_noop("Two items fit")
    explanation = gettext_noop("“%(item)s” fits more than one QuickBooks item (%(used_by)s): %(candidates)s.")
    remedy = gettext_noop("Choose the item that is meant.")
    cause_fields = ("item", "used_by_key")

    item: str
    used_by: str
    used_by_key: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccountNotInQuickBooks(Problem):
    """The account that mapping gives is not an active account of the company."""

    code = "account-not-in-quickbooks"
    title = gettext_noop("Account not in QuickBooks")
    explanation = gettext_noop("QuickBooks has no active account “%(account)s” (%(used_by)s).")
    remedy = gettext_noop(
        "Choose an account that exists, or add it in QuickBooks and press Re-sync, which reads the lists again."
    )
    cause_fields = ("account",)

    account: str
    used_by: str
    suggestions: tuple[str, ...] = ()
    inactive: bool = False


@dataclass(frozen=True, kw_only=True)
class AccountOfWrongType(Problem):
    """The account exists and its type cannot be used in this place."""

    code = "account-of-wrong-type"
    title = gettext_noop("Account of the wrong type")
    explanation = gettext_noop("“%(account)s” is of type %(account_type)s; %(used_by)s needs: %(needed)s.")
    remedy = gettext_noop("Choose an account of a type that is accepted there.")
    cause_fields = ("account", "used_by")

    account: str
    account_type: str
    used_by: str
    needed: str


@dataclass(frozen=True, kw_only=True)
class PostingAccountNotSet(Problem):
    """One of the seven posting accounts is needed and empty."""

    code = "posting-account-not-set"
    title = gettext_noop("Posting account not set")
    explanation = gettext_noop("The posting account “%(setting)s” is not set.")
    remedy = gettext_noop("Set it in the posting accounts; everything that needs it is prepared again at once.")
    cause_fields = ("setting",)

    setting: str


@dataclass(frozen=True, kw_only=True)
class ReceivableNotUsed(Problem):
    """The Invoice Debit Account is a receivable account that QuickBooks Online would not post invoices to."""

    code = "receivable-not-used"
    title = gettext_noop("QuickBooks uses another receivable account")
    explanation = gettext_noop(
        "The %(setting)s is “%(account)s”, but QuickBooks Online posts every invoice to “%(used)s”."
    )
    remedy = gettext_noop("Choose “%(used)s” there; the invoices are prepared again at once.")
    cause_fields = ("account",)

    account: str
    used: str
    setting: str


@dataclass(frozen=True, kw_only=True)
class ItemAccountDiffers(Problem):
    """The mapped account is not the account that QuickBooks would post the item to."""

    code = "item-account-differs"
    title = gettext_noop("Mapped account differs from the item's account")
    explanation = gettext_noop(
        "The mapped account is “%(mapped)s” (%(used_by)s), but QuickBooks posts the item “%(item)s” to “%(of_item)s”."
    )
    remedy = gettext_noop("Use the item's account, change the item in QuickBooks, or map to another item.")
    cause_fields = ("used_by_key", "item", "mapped")

    item: str
    mapped: str
    of_item: str
    used_by: str
    used_by_key: str


@dataclass(frozen=True, kw_only=True)
class ItemWithoutIncomeAccount(Problem):
    """The item has no active income account and mapping names none."""

    code = "item-without-income-account"
    title = gettext_noop("Item without income account")
    explanation = gettext_noop("The QuickBooks item “%(item)s” has no active income account, so it cannot be sold.")
    remedy = gettext_noop("Give the item an income account in QuickBooks, then press Re-sync.")
    cause_fields = ("item",)

    item: str


@dataclass(frozen=True, kw_only=True)
class NameBreaksRule(Problem):
    """A name is too long, has a space beside a colon, or a character that QuickBooks refuses."""

    code = "name-breaks-rule"
    title = gettext_noop("Name breaks the rule")
    explanation = gettext_noop("“%(name)s” (%(used_by)s) cannot be a QuickBooks name. %(verdict)s")
    remedy = gettext_noop("Enter a name that keeps the company's name rule.")
    cause_fields = ("used_by_key", "name")

    name: str
    used_by: str
    used_by_key: str
    verdict: str
    #: Empty when there is no single sensible correction.
    corrected: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerWithoutEmail(Problem):
    """The customer has no billing email and nobody has said which QuickBooks customer it is."""

    code = "customer-without-email"
    title = gettext_noop("Customer without email")
    explanation = gettext_noop("%(customer)s has no billing email, so no QuickBooks customer can be matched.")
    remedy = gettext_noop("Enter the billing email, or choose the QuickBooks customer.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str


@dataclass(frozen=True, kw_only=True)
class CustomersShareEmail(Problem):
    """More than one customer, in QuickBooks or in the source, has this billing email."""

    code = "customers-share-email"
    title = gettext_noop("Two customers share the email")
    explanation = gettext_noop(
        "%(customer)s is billed at %(email)s, and so are: %(candidates)s. It is not certain who is meant."
    )
    remedy = gettext_noop("Choose the QuickBooks customer; the choice is remembered for every later order.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    email: str
    #: Names of the QuickBooks customers and of the other source customers with this email.
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CustomerNameTaken(Problem):
    """A customer is to be created and QuickBooks already has one of that name."""

    code = "customer-name-taken"
    title = gettext_noop("Customer name is taken")
    explanation = gettext_noop("%(customer)s is not in QuickBooks by email, but a customer named “%(name)s” is.")
    remedy = gettext_noop("Choose that customer if it is the same one, or give the new customer another name.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    name: str


@dataclass(frozen=True, kw_only=True)
class LinkedCustomerGone(Problem):
    """The QuickBooks customer that a person chose has been made inactive or deleted."""

    code = "linked-customer-gone"
    title = gettext_noop("Chosen customer is inactive in QuickBooks")
    explanation = gettext_noop("%(customer)s is linked to “%(name)s”, which QuickBooks no longer keeps active.")
    remedy = gettext_noop("Choose another QuickBooks customer, or make it active there and press Re-sync.")
    cause_fields = ("customer_key",)

    customer_key: str
    customer: str
    name: str


@dataclass(frozen=True, kw_only=True)
class NoCustomer(Problem):
    """The order names nobody."""

    code = "no-customer"
    title = gettext_noop("Order without customer")
    explanation = gettext_noop("Order %(order)s carries no customer details at all.")
    remedy = gettext_noop("Add the customer to the order in the source and import it again.")
    cause_fields = ("order",)

    order: str


@dataclass(frozen=True, kw_only=True)
class TotalsDiffer(Problem):
    """The lines do not add up to the total that the source states."""

    code = "totals-differ"
    title = gettext_noop("Lines do not add up to the total")
    explanation = gettext_noop("Order %(order)s says %(stated)s, but its lines add up to %(summed)s.")
    remedy = gettext_noop("Correct the order in the source and import it again; no cent is added or left out here.")
    cause_fields = ("order",)

    order: str
    stated: str
    summed: str


@dataclass(frozen=True, kw_only=True)
class NegativeTotal(Problem):
    """QuickBooks keeps no invoice below zero."""

    code = "negative-total"
    title = gettext_noop("Total below zero")
    explanation = gettext_noop("Order %(order)s adds up to %(summed)s, and QuickBooks keeps no invoice below zero.")
    remedy = gettext_noop("Correct the order in the source and import it again.")
    cause_fields = ("order",)

    order: str
    summed: str


@dataclass(frozen=True, kw_only=True)
class ForeignCurrency(Problem):
    """The order is in a currency that the company does not keep."""

    code = "foreign-currency"
    title = gettext_noop("Order in another currency")
    explanation = gettext_noop("Order %(order)s is in %(currency)s; the company keeps its books in %(home)s only.")
    remedy = gettext_noop("Record it by hand in QuickBooks and ignore it here.")
    cause_fields = ("currency",)

    order: str
    currency: str
    home: str


@dataclass(frozen=True, kw_only=True)
class NumberUnusable(Problem):
    """A document number is too long for QuickBooks."""

    code = "number-unusable"
    title = gettext_noop("Number too long")
    explanation = gettext_noop("The number “%(number)s” has %(length)d characters; QuickBooks keeps %(longest)d.")
    remedy = gettext_noop("Shorten the order number in the source and import it again.")
    cause_fields = ("number",)

    number: str
    length: int
    longest: int = 21


@dataclass(frozen=True, kw_only=True)
class NumberUsedTwice(Problem):
    """Another order has the same number."""

    code = "number-used-twice"
    title = gettext_noop("Number used by another order")
    explanation = gettext_noop("Another order already carries the number “%(number)s” into QuickBooks.")
    remedy = gettext_noop("If it is the same sale, ignore this one; otherwise give one of them another number.")
    cause_fields = ("number",)

    number: str


@dataclass(frozen=True, kw_only=True)
class KindNotPosted(Problem):
    """The order carries a record of a kind that is not posted yet."""

    code = "kind-not-posted"
    title = gettext_noop("Record that Tieout does not post")
    explanation = gettext_noop("Order %(order)s carries a %(what)s of %(amount)s, a kind that is not posted.")
    remedy = gettext_noop("Record it by hand in QuickBooks, then ignore it here.")
    cause_fields = ("order", "what", "record")

    order: str
    what: str
    record: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class NeedsIgnoredRecord(Problem):
    """What the record must follow into QuickBooks is ignored."""

    code = "needs-ignored-record"
    title = gettext_noop("Follows an ignored record")
    explanation = gettext_noop("%(record)s can only follow %(needed)s, which a person chose to ignore.")
    remedy = gettext_noop("Record it by hand in QuickBooks and ignore it here, or stop ignoring %(needed)s.")
    cause_fields = ("record_key",)

    record: str
    record_key: str
    needed: str


@dataclass(frozen=True, kw_only=True)
class ChangedAfterPosting(Problem):
    """The order changed in the source after its document was posted."""

    code = "changed-after-posting"
    title = gettext_noop("Order changed after posting")
    explanation = gettext_noop(
        "%(document)s was posted at %(posted)s; the order in the source now gives %(now)s or other details."
    )
    remedy = gettext_noop("Correct the document in QuickBooks by hand, then mark this as settled.")
    cause_fields = ("document_key",)

    document: str
    document_key: str
    posted: str
    now: str


@dataclass(frozen=True, kw_only=True)
class RefusedByQuickBooks(Problem):
    """QuickBooks refused the document, in its own words."""

    code = "refused-by-quickbooks"
    title = gettext_noop("Refused by QuickBooks")
    explanation = gettext_noop("QuickBooks refused it with code %(fault)s, “%(message)s”: “%(detail)s”.")
    remedy = gettext_noop("Correct what QuickBooks names, in QuickBooks or in the mapping, then press Re-sync.")
    cause_fields = ("fault", "detail", "record")

    fault: str
    message: str
    detail: str
    element: str = ""
    #: What to do about this fault, a marked sentence of the fault table; empty when there is nothing better to say.
    advice: str = ""
    #: The key of the record it is about, where the cause is that record alone.
    record: str = ""

    def advise(self, translate: Translate = str) -> str:
        """What to do about this very fault, in the reader's language."""
        return translate(self.advice) if self.advice else super().advise(translate)


@dataclass(frozen=True, kw_only=True)
class StoredDifferently(Problem):
    """QuickBooks accepted the document and stored other figures than were sent."""

    code = "stored-differently"
    title = gettext_noop("QuickBooks stored it differently")
    explanation = gettext_noop("QuickBooks stored %(what)s as “%(stored)s”; what was sent says “%(sent)s”.")
    remedy = gettext_noop("Open the document in QuickBooks and correct it, then press Re-sync.")
    cause_fields = ("document_key", "what")

    document_key: str
    what: str
    sent: str
    stored: str


#: Every reason there is, by its code.
PROBLEMS: dict[str, type[Problem]] = {one.code: one for one in Problem.__subclasses__()}


def read_problem(code: str, facts: dict[str, Any]) -> Problem:
    """The problem that a stored code and its facts were made of.

    Raises:
        KeyError: The code is not one that this version knows.
        TypeError: A fact is missing, or is not one of this problem's.
    """
    kept = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return PROBLEMS[code](**kept)
