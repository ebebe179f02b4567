"""Which rows begin with a text, asked in the way that each database has an index for?"""

from __future__ import annotations

from django.db import connection
from django.db.models import Q

# The last character there is: everything that begins with a text sorts before the text with this behind it
_LAST = "\U0010ffff"


def begins(field: str, text: str) -> Q:
    """Rows whose field begins with the text, letter for letter."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + _LAST})
    return Q(**{f"{field}__startswith": text})
