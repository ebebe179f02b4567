"""What does the word of a source mean for an order: a sale, not yet one, or none at all?

Words of common shops are known. What a word means is a decision of the company, kept for each source, and one that is
not known is asked about once: an order under it is neither posted nor left out in silence.

Source:
    docs/decisions/0045-what-a-status-means.md
"""

from __future__ import annotations

from books.orders import OrderStatus

#: So many characters of a word are kept and compared.
LONGEST_STATUS = 120

_WORDS: dict[OrderStatus, str] = {
    OrderStatus.DRAFT: (
        "draft quote quotation estimate proposal onhold pendingpayment awaitingpayment pending checkoutdraft"
    ),
    OrderStatus.SALE: (
        "sale sent viewed paid unpaid partpaid partiallypaid open overdue due completed complete fulfilled shipped "
        "packed delivered invoiced processing"
    ),
    OrderStatus.REFUNDED: "refunded partiallyrefunded partrefunded",
    OrderStatus.CANCELLED: "cancelled canceled void voided deleted failed trash trashed expired",
}
_MEANINGS = {word: status for status, words in _WORDS.items() for word in words.split()}


def status_key(word: str) -> str:
    """A status as it is compared: letters and digits only, case ignored; WooCommerce writes `wc-` before its own."""
    marks = (mark for mark in word.strip().removeprefix("wc-").casefold() if mark.isalnum())
    return "".join(marks)[:LONGEST_STATUS]


def known_meaning(word: str) -> OrderStatus:
    """What a word plainly means; `UNKNOWN` where that has to be asked."""
    return _MEANINGS.get(status_key(word), OrderStatus.UNKNOWN)
