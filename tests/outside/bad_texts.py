"""Texts that have broken programs which expected a number, a page or a date."""

from __future__ import annotations

import base64

NASTY: tuple[str, ...] = (
    "²",
    "٣",
    "9" * 5000,
    "9" * 19 + "9",
    str(2**63),
    "-1",
    "1e999999",
    "NaN",
    "Infinity",
    "1.5",
    " 1",
    "1\u0000",
    "\u0000",
    "[" * 50_000,
    "'",
    "%",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
)


def place(text: str) -> str:
    """The place of a page as an address bears it, with this JSON in it."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


#: Places that no page of ours ever gave.
PLACES: tuple[str, ...] = (
    *NASTY,
    place("[" * 50_000),
    place('["-date", "2026-08-01", 1e999, true]'),
    place('["-date", "2026-08-01", ' + "9" * 5000 + ", true]"),
    place('["-date", {"a": 1}, 1, true]'),
    place('["-date", "\\u0000", 1, true]'),
    place('["total", "1e999999", 1, false]'),
    place('["-total", "NaN", 1, false]'),
    place('["-total", "' + "9" * 3000 + '", 1, false]'),
    place('["-money", "1e999999", 1, false]'),
    place('{"a": 1}'),
    place("null"),
)
