"""Lists as QuickBooks Desktop exports them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

SAMPLE = (Path(settings.BASE_DIR) / "demo" / "samples" / "desktop-lists.iif").read_bytes()
BAD: dict[str, tuple[Callable[[bytes], bytes], str, int | None]] = {
    "truncated in a row": (lambda data: data[: data.index(b"CUST\tGraham") + 9], "cut off", None),
    "a shifted row": (
        lambda data: data.replace(b"ACCNT\tSavings\t2\t", b"ACCNT\tSavings\tover\tthere\t2\t", 1),
        "not a type of account",
        5,
    ),
    "UTF-8": (lambda data: data.decode("cp1252").encode(), "UTF-8", None),
    "UTF-16": (lambda data: data.decode("cp1252").encode("utf-16"), "UTF-16", None),
    "another code page": (lambda data: data.replace(b"Dufr\xeane", b"Dufr\x81ne"), "another code page", None),
    "commas": (lambda data: data.replace(b"\t", b","), "commas", None),
    "no lists": (lambda data: b"!TRNS\tTRNSTYPE\r\n", "", None),
    "not text": (lambda data: b"PK\x03\x04\x00\x00", "not a text file", None),
    "a name twice": (
        lambda data: data.replace(b"TERMS\tNet 30\t", b"TERMS\tNet 15\t"),
        "twice",
        None,
    ),
}
