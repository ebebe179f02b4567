"""The door to files: every layout that a file of orders can have."""

from __future__ import annotations

from typing import BinaryIO

from books.outside.file_kinds import looks_like_json
from sync.sources.base import Layout, UnreadableFile
from sync.sources.files.encodings import find_encoding, text_of
from sync.sources.files.keap_orders_json import KeapOrdersJson
from sync.sources.files.orders_csv import OrdersCsv

#: Every layout, by its name.
LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (KeapOrdersJson(), OrdersCsv())}
#: How much of a file tells what it is.
_FIRST = 4000


def layout_of(file: BinaryIO) -> Layout:
    """The layout of a file where nobody has said: JSON is Keap's, and the reader of tables says what is no table.

    Args:
        file: Able to seek; it is at its beginning afterwards.
    """
    name = OrdersCsv.name
    try:
        encoding, _notices = find_encoding(file, given=None)
        with text_of(file, encoding) as text:
            if looks_like_json(text.read(_FIRST)):
                name = KeapOrdersJson.name
    except UnreadableFile:
        pass
    finally:
        file.seek(0)
    return LAYOUTS[name]
