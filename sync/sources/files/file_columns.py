"""Of which kinds of file can a person say which column is which? Files of orders, and files of items."""

from __future__ import annotations

from books.translation import gettext_noop
from sync.sources.files import catalogue_columns, order_columns
from sync.sources.files.headers import FileColumns
from sync.sources.files.tables import ORDERS

ORDER_FILE = FileColumns(
    kind="orders-csv",
    label=gettext_noop("Orders"),
    columns=order_columns.COLUMNS,
    needed=order_columns.NEEDED,
    example=ORDERS,
)
ITEM_FILE = FileColumns(
    kind="items",
    label=gettext_noop("Items"),
    columns=catalogue_columns.COLUMNS,
    needed=((catalogue_columns.NAME,),),
    example="SKU, Name",
)
#: By their kind; that of a file of orders is the name of its layout.
FILE_COLUMNS: dict[str, FileColumns] = {columns.kind: columns for columns in (ORDER_FILE, ITEM_FILE)}
