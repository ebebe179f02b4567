"""Which decision of the accountant is missing, or does not fit?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from books.messages import Message
from books.problems.base import Problem
from books.problems.unmatched import Unmatched
from books.translation import Translate, gettext_noop

#: What a product's issue says where more is known than that nothing is found.
_WHY = {
    Unmatched.NOT_SOLD: gettext_noop(
        "“%(product)s” (SKU %(sku)s) has no QuickBooks Product Name, and QuickBooks has “%(there)s” as a category, "
        "bundle or tax, which cannot be on a line."
    ),
    Unmatched.INACTIVE: gettext_noop(
        "“%(product)s” (SKU %(sku)s) has no QuickBooks Product Name, and the QuickBooks item with its SKU or its name, "
        "“%(there)s”, is inactive."
    ),
    Unmatched.NO_SKU: gettext_noop(
        "“%(product)s” has no SKU by which its item could be found, and no QuickBooks Product Name."
    ),
    Unmatched.NAME_TAKEN: gettext_noop(
        "“%(product)s” (SKU %(sku)s) has no QuickBooks Product Name. QuickBooks has an item “%(there)s”, which the "
        "rules of the source do not take for it."
    ),
}


@dataclass(frozen=True, kw_only=True)
class ProductWithoutMapping(Problem):
    """A product has no QuickBooks Product Name and matches no item by SKU or name."""

    code = "product-without-mapping"
    title = gettext_noop("Product not mapped")
    explanation = gettext_noop(
        "“%(product)s” (SKU %(sku)s) has no QuickBooks Product Name, and no QuickBooks item has its SKU or its name."
    )
    cure = gettext_noop("Choose the QuickBooks item that this product is sold as.")
    cause_fields = ("product_key",)

    product_key: str
    product: str
    sku: str
    #: Of `Unmatched`; empty in what was written before reasons were kept.
    reason: str = ""
    #: The QuickBooks item that has its SKU or its name, and is not taken.
    there: str = ""
    #: The same where it is inactive, in what was written before reasons were kept.
    inactive: str = ""

    @property
    def known_reason(self) -> Unmatched | None:
        """Why no item is found; None where it was not kept."""
        return next((reason for reason in Unmatched if reason == self.reason), None)

    def heading(self, translate: Translate = str) -> str:
        """The cause with its reason, as the list of items to match calls it."""
        reason = self.known_reason
        return f"{translate(self.title)}: {translate(reason.label)}" if reason else super().heading(translate)

    @property
    def words(self) -> Message:
        """What happened and what to do now."""
        if self.inactive:
            return replace(self, reason=Unmatched.INACTIVE.value, there=self.inactive, inactive="").words
        reason = self.known_reason
        return self._words(_WHY.get(reason, self.explanation), reason.cure) if reason else super().words


@dataclass(frozen=True, kw_only=True)
class LineTypeWithoutMapping(Problem):
    """A line of this type has no item name of its own and the type has no Item Name Default."""

    code = "line-type-without-mapping"
    title = gettext_noop("Line type not mapped")
    explanation = gettext_noop("A line of type %(section)s has no item name, and the type has no Item Name Default.")
    cure = gettext_noop("Set the Item Name Default of %(section)s in the line-type settings.")
    cause_fields = ("section_key",)

    section_key: str
    section: str


@dataclass(frozen=True, kw_only=True)
class PostingAccountNotSet(Problem):
    """One of the seven posting accounts is needed and empty."""

    code = "posting-account-not-set"
    title = gettext_noop("Posting account not set")
    explanation = gettext_noop("The posting account “%(setting)s” is not set.")
    cure = gettext_noop("Set it in the posting accounts; everything that needs it is prepared again at once.")
    cause_fields = ("setting",)

    setting: str


@dataclass(frozen=True, kw_only=True)
class PaymentMethodNotDecided(Problem):
    """A payment method that is not plainly money has no account."""

    code = "payment-method-not-decided"
    title = gettext_noop("Payment method without an account")
    explanation = gettext_noop(
        "“%(method)s” is not plainly money, and no account is chosen for it. A gift card, for example, brings nothing "
        "to the bank: it lowers what is owed on gift cards."
    )
    cure = gettext_noop(
        "Choose the account that these payments belong to, or say that the method is money, which goes to the Payment "
        "Debit Account."
    )
    cause_fields = ("method_key",)

    method_key: str
    #: As the source writes it.
    method: str


@dataclass(frozen=True, kw_only=True)
class StatusNotDecided(Problem):
    """An order has a status of which it is not certain whether it is a sale."""

    code = "status-not-decided"
    title = gettext_noop("Order status without a meaning")
    explanation = gettext_noop("It is not known whether an order with the status “%(status)s” is a sale.")
    cure = gettext_noop("Choose what the status means; every order that has it is prepared again at once.")
    cause_fields = ("system", "status_key")

    #: The source, such as `keap`.
    system: str
    #: As statuses are compared.
    status_key: str
    #: As the source writes it.
    status: str


@dataclass(frozen=True, kw_only=True)
class TaxCodeNotSet(Problem):
    """Tax posts as QuickBooks' own sales tax, and no tax code was chosen."""

    code = "tax-code-not-set"
    title = gettext_noop("No sales tax code")
    explanation = gettext_noop("Sales tax posts as QuickBooks' own, and no tax code is chosen for it.")
    cure = gettext_noop("Choose the tax code in the transaction types, or let tax post as a line with its account.")
    cause_fields = ()


@dataclass(frozen=True, kw_only=True)
class ChoiceNotInQuickBooks(Problem):
    """A class, a location, a tax code or an item that the company chose is not an active one of its QuickBooks."""

    code = "choice-not-in-quickbooks"
    title = gettext_noop("Mapped name not found in QuickBooks")
    explanation = gettext_noop("QuickBooks has no active %(what)s “%(name)s” (%(used_by)s).")
    cure = gettext_noop(
        "Choose one that exists, or add it in QuickBooks and press Re-sync, which reads the lists again."
    )
    cause_fields = ("what", "name", "used_by")

    what: str
    name: str
    used_by: str
    #: Empty for a choice among the document forms.
    used_by_key: str = ""


@dataclass(frozen=True, kw_only=True)
class NameBreaksRule(Problem):
    """A name is too long, has a space beside a colon, or a character that QuickBooks refuses."""

    code = "name-breaks-rule"
    title = gettext_noop("Invalid name")
    explanation = gettext_noop("“%(name)s” (%(used_by)s) cannot be a QuickBooks name. %(verdict)s")
    cure = gettext_noop("Enter a name that follows the company's name rule.")
    cause_fields = ("used_by_key", "name")

    name: str
    used_by: str
    used_by_key: str
    verdict: str
    #: Empty when there is no single sensible correction.
    corrected: str = ""
