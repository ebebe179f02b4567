"""What is a document called inside Tieout, the same over all versions and on every machine?"""

from __future__ import annotations

from hashlib import sha256

_LONGEST = 250


def record_key(system: str, order: str, kind: str, *identifiers: str) -> str:
    """The key of one record of an order.

    Args:
        system: The source.
        order: The order's id there.
        kind: Of the record, such as `payment`.
        identifiers: Its id there, and what else tells it from others.
    """
    return _key(system, order, kind, *identifiers)


def invoice_key(system: str, order: str) -> str:
    """The key of an order's invoice."""
    return _key(system, order, "invoice")


def sales_receipt_key(system: str, order: str) -> str:
    """The key of an order's sales receipt."""
    return _key(system, order, "sales-receipt")


def return_key(system: str, order: str) -> str:
    """The key of an order's return."""
    return _key(system, order, "return")


def turned(key: str, turn: int) -> str:
    """The key of a record whose documents before it were voided: QuickBooks cannot take a void back.

    Args:
        key: As it is at first.
        turn: 1 for the first document, which bears the key itself.
    """
    return f"{key}:{turn}" if turn > 1 else key


def customer_key(system: str, customer: str, *, turn: int = 1) -> str:
    """The key of the document that creates a customer.

    Args:
        system: The source.
        customer: Their key there.
        turn: 2 and more once QuickBooks no longer keeps the customer that the document before it created.
    """
    return _key(system, "customer", customer, *([str(turn)] if turn > 1 else []))


def creates(key: str, *, system: str, customer: str) -> bool:
    """Whether a document of this key creates this customer of the source."""
    turn = key.rpartition(":")[2]
    turns = [1, int(turn)] if turn.isascii() and turn.isdigit() and len(turn) < 5 else [1]
    return any(customer_key(system, customer, turn=number) == key for number in turns)


def _key(*parts: str) -> str:
    """Parts with colons between them; a very long key is cut and made unique by its fingerprint.

    It is on a line of its own in QuickBooks' notes, so it has no other character than fits there.
    """
    text = ":".join(map(_written, parts))
    return text if len(text) <= _LONGEST else f"{text[:180]}:{sha256(text.encode()).hexdigest()}"


def _written(part: str) -> str:
    """A part without what would end it or the line; most have nothing of it."""
    plain = part.isprintable() and ":" not in part and "%" not in part
    return part if plain else "".join(map(_plain, part))


def _plain(character: str) -> str:
    """The character itself, or its number where it would end a part or a line."""
    return character if character.isprintable() and character not in ":%" else f"%{ord(character):02X}"
