"""What is a document called inside Tieout, the same over all versions and on every machine?"""

from __future__ import annotations

from hashlib import sha256

_LONGEST = 250


def invoice_key(system: str, order: str) -> str:
    """The key of an order's invoice."""
    return _key(system, order, "invoice")


def payment_key(system: str, order: str, payment: str) -> str:
    """The key of one payment of an order."""
    return _key(system, order, "payment", payment)


def credit_key(system: str, order: str, credit: str) -> str:
    """The key of one credit of an order."""
    return _key(system, order, "credit", credit)


def refund_key(system: str, order: str, refund: str) -> str:
    """The key of one refund of an order."""
    return _key(system, order, "refund", refund)


def customer_key(system: str, customer: str) -> str:
    """The key of the document that creates a customer."""
    return _key(system, "customer", customer)


def _key(*parts: str) -> str:
    """Parts with colons between them; a very long key is cut and made unique by its fingerprint."""
    text = ":".join(parts)
    return text if len(text) <= _LONGEST else f"{text[:180]}:{sha256(text.encode()).hexdigest()}"
