"""Where do orders come from? The door to every source; it knows `books/` and nothing else of the application."""

from __future__ import annotations

from sync.sources.base import (
    Layout,
    Notice,
    OrderRead,
    Place,
    Reading,
    ReadOptions,
    Record,
    RowError,
    UnreadableFile,
)
from sync.sources.files.keap_orders_json import KeapOrdersJson
from sync.sources.files.orders_csv import OrdersCsv

#: Every layout that a file of orders can have, by its name.
LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (KeapOrdersJson(), OrdersCsv())}

__all__ = [
    "LAYOUTS",
    "Layout",
    "Notice",
    "OrderRead",
    "Place",
    "ReadOptions",
    "Reading",
    "Record",
    "RowError",
    "UnreadableFile",
]
