"""What does the word of a source mean for an order: a sale, not yet one, or none at all; and how far has it come?

Words of common shops are known. What a word means is a decision of the company, kept for each source, and one that is
not known is asked about once: an order under it is neither posted nor left out in silence.

Source:
    docs/decisions/0045-what-a-status-means.md
"""

from __future__ import annotations

from enum import StrEnum

from books.orders import Order, OrderStatus
from books.translation import gettext_noop

#: So many characters of a word are kept and compared.
LONGEST_STATUS = 120

_WORDS: dict[OrderStatus, str] = {
    OrderStatus.DRAFT: (
        "draft quote quotation estimate proposal onhold pendingpayment awaitingpayment pending checkoutdraft "
        "transactionpending transactionprocessing transactionscheduled transactionauthorized"
    ),
    OrderStatus.SALE: (
        "sale sent viewed paid unpaid partpaid partiallypaid open overdue due completed complete fulfilled shipped "
        "packed delivered invoiced processing paymentprocessing transactionsucceeded transactionpaid "
        "transactioncompleted"
    ),
    OrderStatus.REFUNDED: ("refunded partiallyrefunded partrefunded transactionrefunded transactionpartiallyrefunded"),
    OrderStatus.CANCELLED: (
        "cancelled canceled void voided deleted delete failed trash trashed expired transactionfailed "
        "transactionvoided transactioncancelled transactioncanceled"
    ),
    OrderStatus.LEFT_OUT: "testmode postedbyhighlevel",
}
_MEANINGS = {word: status for status, words in _WORDS.items() for word in words.split()}


class OrderStage(StrEnum):
    """How far a sale has come, and so the event that can make its document. In the order in which a shop works."""

    PLACED = "placed"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"

    @property
    def label(self) -> str:
        """The stage as it is chosen on screen."""
        return _STAGE_LABELS[self]


_STAGE_LABELS = {
    OrderStage.PLACED: gettext_noop("Order placed"),
    OrderStage.PAID: gettext_noop("Order paid"),
    OrderStage.PACKED: gettext_noop("Order packed"),
    OrderStage.SHIPPED: gettext_noop("Order shipped"),
}
_STAGES = {
    word: stage
    for stage, words in {
        OrderStage.PAID: "paid processing",
        OrderStage.PACKED: "packed",
        OrderStage.SHIPPED: "shipped delivered fulfilled completed complete",
    }.items()
    for word in words.split()
}


def status_key(word: str) -> str:
    """A status as it is compared: letters and digits only, case ignored; WooCommerce writes `wc-` before its own."""
    marks = (mark for mark in word.strip().removeprefix("wc-").casefold() if mark.isalnum())
    return "".join(marks)[:LONGEST_STATUS]


def known_meaning(word: str) -> OrderStatus:
    """What a word plainly means; `UNKNOWN` where that has to be asked."""
    return _MEANINGS.get(status_key(word), OrderStatus.UNKNOWN)


def known_stage(word: str) -> OrderStage:
    """How far a sale has come by what its status plainly says."""
    return _STAGES.get(status_key(word), OrderStage.PLACED)


def waits_for(order: Order, *, event: OrderStage, stage: OrderStage) -> OrderStage | None:
    """What a sale waits for before it becomes a document; None where it waits for nothing.

    Money decides whether it is paid, or a status that says nothing else. What was refunded or comes back has been
    through all of it.

    Args:
        order: As it was decided.
        event: What makes the documents of its source.
        stage: How far its status says that it has come.

    Source:
        docs/decisions/0057-which-event-makes-the-document.md
    """
    posts_nothing = not order.lines or order.origin == "quickbooks"
    if event is OrderStage.PLACED or order.status is not OrderStatus.SALE or order.total < 0 or posts_nothing:
        return None
    if event is OrderStage.PAID:
        return None if stage is OrderStage.PAID or order.received >= order.total else event
    stages = list(OrderStage)
    return None if stages.index(stage) >= stages.index(event) else event
