"""Which fields hold the accountant's decisions, and what may each of them name?

Forms, sheets, copies, restored states and the search for missing names all go by this one list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from mapping.account_uses import LINE_TYPE, PAYMENT_METHOD, POSTING, PRODUCT, AccountUse
from mapping.company_lists import LISTED, CompanyLists
from mapping.models import (
    DocumentForms,
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    Product,
    SourceCustomerRules,
    SourceDimensions,
    SourceEvent,
    SourceItemRules,
    StatusMeaning,
    StatusWord,
)
from mapping.name_checks import CheckedName, check_account, check_choice, check_customer, check_item, check_item_name
from mapping.posting_settings import FIELDS as POSTING_FIELDS


@dataclass(frozen=True, kw_only=True)
class DecisionField:
    """One field of a decision."""

    model: type[Model]
    name: str
    #: Whether it names an item, by name or number.
    names_item: bool = False
    #: Where it names an account; None where it names none.
    use: AccountUse | None = None
    #: Whether it names a customer of QuickBooks.
    names_customer: bool = False
    #: Which other list it names a row of, see `mapping.company_lists.LISTED`; empty where it names none.
    listed: str = ""
    #: Whether it names an item, and an item number is not enough.
    names_only: bool = False
    #: Whether No is no decision, so that it clears no Yes where decisions are copied.
    no_is_undecided: bool = False
    #: One of a fixed number of meanings that says that nothing is decided: it takes no decision away.
    undecided: str = ""
    #: What should be known where a decided value changes; a marked sentence.
    note: str = ""
    #: Whether it is a text of a person's own, of one line; QuickBooks need not have it.
    is_text: bool = False
    #: Whether it came later than the sheets that people may still have, in which it cannot have been decided.
    is_later: bool = False

    @property
    def label(self) -> str:
        """What the screens call it, in the reader's language."""
        return capfirst(str(self.model._meta.get_field(self.name).verbose_name))  # type: ignore[union-attr]

    @property
    def names_something(self) -> bool:
        """Whether the value is a name that QuickBooks has to have."""
        return self.names_item or self.use is not None or self.names_customer or bool(self.listed)

    def words(self, value: object) -> str:
        """A value as a reader sees it."""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return str(dict(self.choices).get(str(value), value or ""))

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The values that the field can have, and their words; none where it takes a name."""
        return list(self.model._meta.get_field(self.name).flatchoices)  # type: ignore[union-attr]

    def is_decided(self, value: object) -> bool:
        """Whether a value decides anything, so that it can be carried to another company."""
        if self.undecided:
            return value != self.undecided
        return bool(value) or not (self.names_something or self.no_is_undecided or self.is_text)

    def check(self, text: str, lists: CompanyLists) -> CheckedName:
        """May this text be saved in this field?"""
        if self.use is not None:
            return check_account(text, lists, self.use)
        if self.names_customer:
            return check_customer(text, lists.company)
        if self.listed:
            return check_choice(text, lists.company, LISTED[self.listed])
        if self.names_only:
            return check_item_name(text, lists)
        if self.names_item:
            return check_item(text, lists)
        if self.is_text:
            return self._check_text(text)
        return self._check_word(text) if self.choices else CheckedName(text=text)

    def _check_word(self, text: str) -> CheckedName:
        values = {value.casefold(): value for value, _label in self.choices}
        word = values.get(text.strip().casefold(), "")
        if word or not text.strip():
            return CheckedName(text=word)
        sentence = _("“%(text)s” is none of these: %(words)s. It may be left empty.")
        return CheckedName(text=text, error=sentence % {"text": text, "words": ", ".join(values.values())})

    def _check_text(self, text: str) -> CheckedName:
        """On one line, and as long as it can be kept."""
        kept, most = " ".join(text.split()), int(self.model._meta.get_field(self.name).max_length or 0)  # type: ignore[union-attr]
        if len(kept) <= most:
            return CheckedName(text=kept)
        sentence = _("The text has %(length)d characters; at most %(most)d can be kept.")
        return CheckedName(text=text, error=sentence % {"length": len(kept), "most": most})


_FROM_NOW_ON = gettext_noop("Orders that are posted from now on follow it.")

PRODUCT_DECISIONS = (
    DecisionField(model=Product, name="quickbooks_product_name", names_item=True),
    DecisionField(model=Product, name="quickbooks_account_name", use=PRODUCT),
    DecisionField(model=Product, name="quickbooks_class", listed="class"),
    DecisionField(model=Product, name="taxable", is_later=True),
    DecisionField(model=Product, name="sku_given", is_text=True, is_later=True),
    DecisionField(model=Product, name="name_given", is_text=True, is_later=True),
)
LINE_TYPE_DECISIONS = (
    DecisionField(model=LineTypeDefault, name="item_name_default", names_item=True),
    DecisionField(model=LineTypeDefault, name="pass_item_description_as_the_name"),
    DecisionField(model=LineTypeDefault, name="item_account_default", use=LINE_TYPE),
)
POSTING_DECISIONS = tuple(
    DecisionField(model=PostingAccounts, name=name, use=POSTING[role]) for name, role in POSTING_FIELDS.items()
)
METHOD_DECISIONS = (
    DecisionField(model=PaymentMethod, name="is_money", no_is_undecided=True),
    DecisionField(model=PaymentMethod, name="account", use=PAYMENT_METHOD),
    DecisionField(model=PaymentMethod, name="quickbooks_method", listed="payment-method"),
)
FORM_DECISIONS = (
    DecisionField(model=DocumentForms, name="sales_receipts"),
    DecisionField(model=DocumentForms, name="discounts_as"),
    DecisionField(model=DocumentForms, name="sales_tax_as"),
    DecisionField(model=DocumentForms, name="sales_tax_code", listed="tax-code"),
    DecisionField(model=DocumentForms, name="credit_item", names_item=True, names_only=True),
    DecisionField(model=DocumentForms, name="refund_item", names_item=True, names_only=True),
)
DIMENSION_DECISIONS = (
    DecisionField(model=SourceDimensions, name="quickbooks_class", listed="class"),
    DecisionField(model=SourceDimensions, name="quickbooks_location", listed="location"),
)
CUSTOMER_DECISIONS = (
    *(
        DecisionField(model=SourceCustomerRules, name=name)
        for name in ("match_first", "match_second", "match_third", "match_fourth")
    ),
    DecisionField(model=SourceCustomerRules, name="name_format"),
    DecisionField(model=SourceCustomerRules, name="name_field"),
    DecisionField(model=SourceCustomerRules, name="not_found"),
    DecisionField(model=SourceCustomerRules, name="hold_for_review"),
    DecisionField(model=SourceCustomerRules, name="standard_customer", names_customer=True),
    DecisionField(model=SourceCustomerRules, name="default_customer", names_customer=True),
    DecisionField(model=SourceCustomerRules, name="update_addresses", note=_FROM_NOW_ON),
    DecisionField(model=SourceCustomerRules, name="address_rule", note=_FROM_NOW_ON),
)
ITEM_DECISIONS = (
    *(DecisionField(model=SourceItemRules, name=name) for name in ("match_first", "match_second", "match_third")),
    DecisionField(model=SourceItemRules, name="create_items"),
)
STATUS_DECISIONS = (
    DecisionField(
        model=StatusWord,
        name="meaning",
        undecided=StatusMeaning.UNKNOWN.value,
        note=gettext_noop("Orders of which QuickBooks has something stay as they are until the source changes them."),
    ),
    DecisionField(model=StatusWord, name="stage", is_later=True),
)
EVENT_DECISIONS = (
    DecisionField(
        model=SourceEvent,
        name="event",
        note=gettext_noop("Orders of which QuickBooks has something stay as they are."),
    ),
)
#: Every decision, by the row that holds it.
DECISIONS: Mapping[type[Model], tuple[DecisionField, ...]] = {
    Product: PRODUCT_DECISIONS,
    LineTypeDefault: LINE_TYPE_DECISIONS,
    PostingAccounts: POSTING_DECISIONS,
    PaymentMethod: METHOD_DECISIONS,
    DocumentForms: FORM_DECISIONS,
    SourceDimensions: DIMENSION_DECISIONS,
    SourceCustomerRules: CUSTOMER_DECISIONS,
    SourceItemRules: ITEM_DECISIONS,
    StatusWord: STATUS_DECISIONS,
    SourceEvent: EVENT_DECISIONS,
}
