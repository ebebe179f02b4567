"""Which fields hold the accountant's decisions, and what may each of them name?

Forms, sheets, copies, restored states and the search for vanished names all go by this one list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.utils.text import capfirst

from mapping.account_uses import LINE_TYPE, POSTING, PRODUCT, AccountUse
from mapping.checking import Finding, check_account, check_item
from mapping.forms.posting_accounts import FIELDS as POSTING_FIELDS
from mapping.models import LineTypeDefault, PostingAccounts, Product
from mapping.suggesting import CompanyLists


@dataclass(frozen=True, kw_only=True)
class DecisionField:
    """One field of a decision."""

    model: type[Model]
    name: str
    #: Whether it names an item, by name or number.
    names_item: bool = False
    #: Where it names an account; None where it names none.
    use: AccountUse | None = None

    @property
    def label(self) -> str:
        """What the screens call it, in the reader's language."""
        return capfirst(str(self.model._meta.get_field(self.name).verbose_name))  # type: ignore[union-attr]

    @property
    def names_something(self) -> bool:
        """Whether the value is a name that QuickBooks has to have."""
        return self.names_item or self.use is not None

    def check(self, text: str, lists: CompanyLists) -> Finding:
        """May this text stand here?"""
        if self.use is not None:
            return check_account(text, lists, self.use)
        return check_item(text, lists) if self.names_item else Finding(text=text)


PRODUCT_DECISIONS = (
    DecisionField(model=Product, name="quickbooks_product_name", names_item=True),
    DecisionField(model=Product, name="quickbooks_account_name", use=PRODUCT),
)
LINE_TYPE_DECISIONS = (
    DecisionField(model=LineTypeDefault, name="item_name_default", names_item=True),
    DecisionField(model=LineTypeDefault, name="pass_item_description_as_the_name"),
    DecisionField(model=LineTypeDefault, name="item_account_default", use=LINE_TYPE),
)
POSTING_DECISIONS = tuple(
    DecisionField(model=PostingAccounts, name=name, use=POSTING[role]) for name, role in POSTING_FIELDS.items()
)
#: Every decision, by the row that holds it.
DECISIONS: Mapping[type[Model], tuple[DecisionField, ...]] = {
    Product: PRODUCT_DECISIONS,
    LineTypeDefault: LINE_TYPE_DECISIONS,
    PostingAccounts: POSTING_DECISIONS,
}
