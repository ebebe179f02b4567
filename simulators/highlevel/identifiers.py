"""What do HighLevel's ids look like? Twenty-four hexadecimal digits, or twenty letters and digits."""

from __future__ import annotations

import secrets
import string
import uuid

_LETTERS = string.ascii_letters + string.digits


def new_object_id() -> str:
    """The id of an invoice, an order, a transaction, a product or a price."""
    return secrets.token_hex(12)


def new_word(length: int = 20) -> str:
    """The id of a location, a contact or an agency."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def new_uuid() -> str:
    """The id of a workflow, a webhook or an answer."""
    return str(uuid.uuid4())
