"""What is a source called on the screens? In addresses and sheets it has a short name of its own."""

from __future__ import annotations

from django.utils.translation import gettext as _

from books.translation import gettext_noop

_NAMES = {
    "keap": gettext_noop("Keap orders (JSON)"),
    "files": gettext_noop("Orders (CSV or Excel)"),
}


def source_name(system: str) -> str:
    """The name of a source in the reader's language; its short name where it has none."""
    return _(_NAMES[system]) if system in _NAMES else system
