"""Which addresses does an email field hold? People write several into one, with commas or semicolons between them."""

from __future__ import annotations

import re
from functools import lru_cache

#: As far as QuickBooks looks: something, an @, and a host with a dot inside.
_ADDRESS = re.compile(r"[^\s,;<>@]+@[^\s,;<>@.]+(\.[^\s,;<>@.]+)+")


def is_email(text: str) -> bool:
    """Whether a text is one address that QuickBooks takes."""
    return _ADDRESS.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def written_emails(text: str) -> tuple[str, ...]:
    """The addresses in a field, as they are written there, each once; what is no address is left out."""
    # “Ann Lee <ann@example.com>” is that address
    parts = (_bare(part) for part in re.split(r"[,;\n]", text))
    found: dict[str, str] = {}
    for part in parts:
        if is_email(part):
            found.setdefault(part.casefold(), part)
    return tuple(found.values())


def _bare(part: str) -> str:
    return re.sub(r".*<([^<>]*)>.*", r"\1", part).strip() if "<" in part else part.strip()


@lru_cache(maxsize=4096)
def emails(text: str) -> tuple[str, ...]:
    """The same addresses as they are compared: letter case ignored."""
    return tuple(part.casefold() for part in written_emails(text))


def first_email(text: str) -> str:
    """The first address as it is compared; empty for none."""
    return next(iter(emails(text)), "")


def billed_to(text: str) -> str:
    """A field as QuickBooks takes it: its addresses with a comma and a space between them."""
    return ", ".join(written_emails(text))
