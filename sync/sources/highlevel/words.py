"""Which of our kinds do HighLevel's words mean: statuses, where a payment was taken, what it was paid with?

The word of a payment's status is kept with “transaction” before it, because invoices have statuses of the same names
that mean something else: an invoice under `payment_processing` was sent and is owed, a payment is no money yet.
"""

from __future__ import annotations

from books.orders import OrderStatus, PaymentStatus
from books.statuses import known_meaning
from sync.sources.kinds import payment_status, plain

#: The words kept for what no word of HighLevel says, see `books.statuses`.
TEST_MODE, POSTED_BY_HIGHLEVEL, DELETED = "test mode", "posted by HighLevel", "deleted"
_REFUNDED = frozenset({"refunded", "partiallyrefunded", "partrefunded"})
#: What payments are taken through that HighLevel lists, and what a person writes who records one by hand.
_METHODS = {
    "cash": "Cash",
    "card": "Card",
    "cheque": "Check",
    "check": "Check",
    "banktransfer": "Bank transfer",
    "usbankaccount": "Bank account",
    "authorizenet": "Authorize.net",
    "paypal": "PayPal",
}
_SOURCES = {
    "funnel": "funnel",
    "website": "website",
    "invoice": "invoice",
    "calendar": "calendar",
    "text2pay": "text2pay",
    "documentcontracts": "document",
    "membership": "membership",
    "mobileapp": "mobile app",
    "communities": "community",
    "pointofsale": "point of sale",
    "manual": "manual payment",
    "form": "form",
    "survey": "survey",
    "paymentlink": "payment link",
    "external": "external",
}
_ORDER_FORMS = frozenset({"onesteporderform", "twosteporderform", "upsell"})


def transaction_word(status: str) -> str:
    """The status of a payment as it is kept."""
    return f"transaction {status}" if status else ""


def transaction_status(status: str) -> OrderStatus:
    """What the status of a payment means for its receipt; what is given back is a refund of the sale."""
    meaning = known_meaning(transaction_word(status)) if status else OrderStatus.UNKNOWN
    return OrderStatus.SALE if meaning is OrderStatus.REFUNDED else meaning


def money_status(status: str) -> PaymentStatus | None:
    """Whether the money of a payment arrived; None for a word that nobody knows."""
    return PaymentStatus.RECEIVED if plain(status) in _REFUNDED else payment_status(status) if status else None


def says_refunded(status: str) -> bool:
    """Whether a payment's status says that something of it was given back."""
    return plain(status) in _REFUNDED


def origin(source_type: str, sub_type: str, *, is_subscription: bool) -> str | None:
    """Where a payment was taken; None for a source that nobody knows."""
    if is_subscription:
        return "subscription"
    if plain(sub_type) in _ORDER_FORMS:
        return "order form"
    return _SOURCES.get(plain(source_type)) if source_type else ""


def method(word: str) -> str:
    """What a payment was made with, as people call it: `Stripe`, `Check`."""
    return _METHODS.get(plain(word)) or " ".join(word.replace("_", " ").replace("-", " ").split()).title()
