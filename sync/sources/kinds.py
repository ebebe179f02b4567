"""Which of our kinds does a source's word, label or number mean?

Keap writes the same line type as `SPECIAL_ORDER_TOTAL`, `DISCOUNT_ORDER_TOTAL`, `Special: order total` or `11`;
people write whatever they like. Words are compared without case, spaces and punctuation.
"""

from __future__ import annotations

from functools import lru_cache

from books.orders import LineType, OrderStatus, PaymentStatus
from books.statuses import known_meaning, status_key


@lru_cache(maxsize=4096)  # the same few hundred field names and labels come in every order of a file
def plain(word: str) -> str:
    """A word as it is compared: letters and digits only, case ignored."""
    return "".join(mark for mark in word.casefold() if mark.isalnum())


_LINE_TYPE_WORDS: dict[LineType, str] = {
    LineType.UNKNOWN: "0 unknown unknowntype",
    LineType.SHIPPING: "1 shipping",
    LineType.TAX: "2 tax salestax",
    LineType.SERVICE: "3 service servicemisc serviceandmisc servicemiscellaneous serviceandmiscellaneous",
    LineType.PRODUCT: "4 product productdefault",
    LineType.UPSELL: "5 upsell upsellproduct",
    LineType.FINANCE_CHARGE: "6 financecharge",
    LineType.SPECIAL: "7 special discount",
    LineType.PROGRAM: "8 program",
    LineType.SUBSCRIPTION: "9 subscription subscriptionplan",
    LineType.FREE_TRIAL_DISCOUNT: "10 specialfreetrialdays specialfreetrial discountfreetrial freetrialdiscount",
    LineType.ORDER_DISCOUNT: "11 specialordertotal discountordertotal orderdiscount",
    LineType.PRODUCT_DISCOUNT: "12 specialproduct discountproduct productdiscount",
    LineType.CATEGORY_DISCOUNT: (
        "13 specialcategory specialproductcategory discountproductcategory discountcategory categorydiscount"
    ),
    LineType.SHIPPING_DISCOUNT: "14 specialshipping discountshipping shippingdiscount",
    LineType.TIP: "15 tip",
    LineType.OTHER: "16 other",
    LineType.FEE: "fee",
}
_LINE_TYPES = {word: kind for kind, words in _LINE_TYPE_WORDS.items() for word in words.split()}

_TAXABLE_WORDS = {
    True: "yes y true t 1 tax taxable taxed",
    False: "no n false f 0 non none nontaxable nottaxable untaxed exempt taxexempt",
}
_TAXABLES = {word: taxable for taxable, words in _TAXABLE_WORDS.items() for word in words.split()}

_PAYMENT_STATUS_WORDS: dict[PaymentStatus, str] = {
    PaymentStatus.RECEIVED: (
        "received paid manualpaid paypalpaid approved completed complete succeeded success successful captured "
        "settled cleared charged none"
    ),
    PaymentStatus.PENDING: "pending processing scheduled authorized authorised",
    PaymentStatus.FAILED: "failed error declined rejected bounced",
    PaymentStatus.VOIDED: "void voided cancelled canceled",
}
_PAYMENT_STATUSES = {word: status for status, words in _PAYMENT_STATUS_WORDS.items() for word in words.split()}

#: Statuses of an order that say that money moved.
_PAID_WORDS = frozenset(
    ("paid", "partpaid", "partiallypaid", "refunded", "partiallyrefunded", "partrefunded", "processing")
)

#: Where Keap says an order came from. Source: the order object of its REST versions 1 and 2.
_ORIGINS = {
    "invoice": "invoice",
    "api": "api",
    "checkoutform": "checkout form",
    "manualpayment": "manual payment",
    "qbosync": "quickbooks",
    "quickbooks": "quickbooks",
}


def taxable(word: str) -> bool | None:
    """Whether a word says that a line is taxed; None for one that nobody knows."""
    return _TAXABLES.get(plain(word))


def line_type(word: str) -> LineType | None:
    """The line type that a word, label or number names; None for one that nobody knows."""
    return _LINE_TYPES.get(plain(word))


def order_status(word: str) -> OrderStatus:
    """The order status that a word names, as long as nobody decided otherwise; a refunded sale is a sale."""
    meaning = known_meaning(word)
    return OrderStatus.SALE if meaning is OrderStatus.REFUNDED else meaning


def says_money_moved(word: str) -> bool:
    """Whether an order status says that money was paid or given back."""
    return status_key(word) in _PAID_WORDS


def payment_status(word: str) -> PaymentStatus | None:
    """The payment status that a word names; None for one that nobody knows."""
    return _PAYMENT_STATUSES.get(plain(word))


def says_arrived(word: str) -> bool:
    """Whether a payment status says that money arrived, or was given back."""
    status = plain(word)
    return (
        bool(status) and status != "none" and (payment_status(word) is PaymentStatus.RECEIVED or status in _PAID_WORDS)
    )


def origin(word: str) -> str:
    """Where an order came from; empty when the source does not know."""
    return _ORIGINS.get(plain(word), "")
