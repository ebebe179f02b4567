"""The door to files: every layout that a file of orders can have."""

from __future__ import annotations

from sync.sources.base import Layout
from sync.sources.files.keap_orders_json import KeapOrdersJson
from sync.sources.files.orders_csv import OrdersCsv

#: Every layout, by its name.
LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (KeapOrdersJson(), OrdersCsv())}
