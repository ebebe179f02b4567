"""What can a file of items say about each of them?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from books.outside.cells import Faulty
from books.translation import gettext_noop
from sync.sources import kinds
from sync.sources.base import ReadOptions
from sync.sources.files.columns import (
    Column,
    Context,
    as_text,
    clean_id,
    clean_identifier,
    clean_name,
    clean_price,
    clean_text,
    clean_word,
    line_column,
    refuse_no_value,
)
from sync.sources.files.tables import Cell
from sync.sources.values import BadValue

#: What a file calls each kind of item, by the word that products keep.
_KIND_WORDS = {
    "product": "product noninventory noninventoryitem goods item part noninventorypart physical simple",
    "service": "service services labor labour digital virtual",
    "subscription": "subscription subscriptionplan recurring membership",
    "inventory": "inventory inventoryitem inventorypart stock stockitem",
    "bundle": "bundle kit group assembly package",
    "expense": "expense cost othercharge",
}
_KINDS = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}
_ACTIVE_WORDS = {
    True: "active yes y true t 1 enabled published available live",
    False: "inactive no n false f 0 disabled archived draft discontinued deleted unpublished",
}
_ACTIVE = {word: active for active, words in _ACTIVE_WORDS.items() for word in words.split()}


@dataclass(kw_only=True)
class ItemDraft:
    """What one row says, cleaned; None where the file has no such column or the cell is blank."""

    source_id: str = ""
    sku: str = ""
    name: str = ""
    description: str | None = None
    kind: str | None = None
    price: Decimal | None = None
    active: bool | None = None


def item_kind(word: str) -> str | None:
    """The kind of item that a word means; None for one that nobody knows."""
    return _KINDS.get(kinds.plain(word))


def says_active(word: str) -> bool | None:
    """Whether a word says that an item is sold; None for one that nobody knows."""
    return _ACTIVE.get(kinds.plain(word))


def _clean_active(cell: Cell, context: Context) -> bool:
    """A yes or no of a spreadsheet is the value here."""
    word = cell.shown if isinstance(cell, Faulty) and cell.why == "boolean" else as_text(cell)
    if says_active(word) is None:
        refuse_no_value(cell)
    cleaned: bool = clean_word(says_active, "Active, Inactive, Yes, No")(word, context)
    return cleaned


def _clean_item_price(cell: Cell, context: Context) -> Decimal:
    """A price below zero is a discount, which is no item."""
    price = clean_price(cell, context)
    if price >= 0:
        return price
    raise BadValue(
        "negative-price",
        gettext_noop("The price is below zero (%(value)s). A discount is not an item."),
        gettext_noop("Enter the price of one, or leave the cell empty; discounts post by their line type."),
    )


ITEM_ID = line_column(
    gettext_noop("Item Id"),
    "source_id",
    clean_id,
    gettext_noop("The item's id in the source, as orders have it. Without one it is known by its SKU, else its name."),
    "Id",
    "Product Id",
)
SKU = line_column(
    gettext_noop("SKU"),
    "sku",
    clean_identifier(120),
    gettext_noop("The item's number, used to find its QuickBooks item. Leading zeros are part of it."),
    "Item Number",
    "Product SKU",
    "Item No",
    "Item #",
    "Part Number",
    "Variant SKU",
    "Code",
    "Product Code",
)
NAME = line_column(
    gettext_noop("Name"),
    "name",
    clean_name(300),
    gettext_noop("What the item is called in the source."),
    "Item Name",
    "Product Name",
    "Title",
    "Item",
    "Product",
    required=True,
)
DESCRIPTION = line_column(
    gettext_noop("Description"),
    "description",
    clean_text,
    gettext_noop("Kept with the item, and given to an item that is created in QuickBooks."),
    "Item Description",
    "Product Description",
    "Sales Description",
    "Short Description",
)
KIND = line_column(
    gettext_noop("Kind"),
    "kind",
    clean_word(item_kind, "Product, Service, Subscription, Inventory, Bundle, Expense"),
    gettext_noop("Product when empty; or Service, Subscription, Inventory, Bundle or Expense."),
    "Type",
    "Item Type",
    "Product Type",
)
PRICE = line_column(
    gettext_noop("Price"),
    "price",
    _clean_item_price,
    gettext_noop("The price of one, in the company's currency."),
    "Unit Price",
    "Sales Price",
    "Sales Price/Rate",
    "Variant Price",
    "Rate",
)
ACTIVE = line_column(
    gettext_noop("Active"),
    "active",
    _clean_active,
    gettext_noop("No or Inactive: it is not sold any more, so nothing has to be done about it. Yes when empty."),
    "Status",
    "Enabled",
    "Published",
)
#: In the order in which they are described.
COLUMNS: tuple[Column, ...] = (ITEM_ID, SKU, NAME, DESCRIPTION, KIND, PRICE, ACTIVE)


def context_of(options: ReadOptions) -> Context:
    """What every cell of the file is read by."""
    return Context(options=options, currency=options.currency)
