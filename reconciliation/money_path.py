"""Where did the money of one order go, step by step, and which step is missing in the books?

Pure: the order as the source says it, and the records that came of it. What no record is about is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from books.documents import KINDS, SALE_KINDS, Document, Payment, SalesReceipt
from books.money import ZERO, total
from books.orders import Order
from sync.models import DocumentState

_RECEIVABLE = "Accounts Receivable"
_BANK = ("Bank", "Credit Card")
_MONEY = (*_BANK, "Other Current Asset")
#: States in which a record waits for a person.
_STUCK = (DocumentState.BLOCKED, DocumentState.REFUSED, DocumentState.UNKNOWN, DocumentState.DIFFERS)


@dataclass(frozen=True, kw_only=True)
class PathRecord:
    """One record of an order on its way: what it comes to, and whether it is in the books."""

    pk: int
    kind: str
    label: str
    amount: Decimal
    state: str
    #: None while problems leave nothing to post.
    value: Document | None = None
    #: A person kept QuickBooks' version.
    kept: bool = False

    @property
    def posted(self) -> bool:
        """Whether the books have it."""
        return self.state == DocumentState.POSTED


@dataclass(frozen=True, kw_only=True)
class PathStep:
    """One step of the money: what the source says, what is in the books, and what is to be known of it."""

    title: str
    amount: Decimal
    #: `good`, `bad` where money is missing, `note` on its way, `wait` and empty where a person should know.
    tone: str = ""
    words: str = ""
    #: What of the source no record is about; below zero where the records come to more.
    missing: Decimal = ZERO
    records: tuple[PathRecord, ...] = ()

    @property
    def excess(self) -> Decimal:
        """What the records come to beyond the source; zero or more where nothing is missing."""
        return ZERO - self.missing


def money_path(order: Order, records: Sequence[PathRecord], *, explained: bool) -> list[PathStep]:
    """From the order to the account where its money is, and what the customer still owes.

    Args:
        order: As the source says it now.
        records: Those that count, withdrawn and voided ones left out; in the order of posting.
        explained: A note on the order says why something of it has no record.

    Returns:
        No steps where the order has no records at all.
    """
    sales = [record for record in records if record.kind in SALE_KINDS]
    if not sales:
        return []
    parts = [
        (_("Payments"), order.received, Payment.kind),
        (_("Credits"), total(credit.amount for credit in order.credits), "credit"),
        (_("Refunds"), total(refund.amount for refund in order.refunds), "refund"),
    ]
    if any(record.kind == SalesReceipt.kind for record in sales):  # the receipt is the payment too
        del parts[0]
    sale = _step(_(KINDS[sales[0].kind]), abs(order.total), sales, explained=explained)
    others = (
        _step(title, stated, [record for record in records if record.kind == kind], explained=explained)
        for title, stated, kind in parts
    )
    source = PathStep(title=_("Order"), amount=order.total)
    return [
        source,
        sale,
        *(step for step in others if step.amount or step.records),
        *_accounts(records),
        *_owed(records),
    ]


def _step(title: str, stated: Decimal, records: Sequence[PathRecord], *, explained: bool) -> PathStep:
    missing = stated - total(record.amount for record in records)
    booked = total(record.amount for record in records if record.posted)
    tone, words = _found(missing, records, explained=explained)
    return PathStep(
        title=title, amount=booked or stated, tone=tone, words=words, missing=missing, records=tuple(records)
    )


def _found(missing: Decimal, records: Sequence[PathRecord], *, explained: bool) -> tuple[str, str]:
    """The tone of a step and what is to be known of it."""
    states = {record.state for record in records}
    if missing and any(record.kept for record in records):
        return "note", _("kept as it is in QuickBooks")
    if missing:
        return ("wait", _("see the note above")) if explained else ("bad", _("missing in the books"))
    if states.intersection(_STUCK):
        return "bad", _("not in QuickBooks")
    if DocumentState.UNDONE in states:
        return "", _("undone by a person")
    if DocumentState.IGNORED in states:
        return "", _("ignored by a person")
    if states - {DocumentState.POSTED}:
        return "note", _("on its way to QuickBooks")
    return "good", _("in QuickBooks")


def _accounts(records: Sequence[PathRecord]) -> Iterator[PathStep]:
    """Each account that the order's money came to, or was taken from."""
    sums: dict[tuple[str, bool], Decimal] = {}
    for account, kind, amount in _postings(records):
        if kind in _MONEY:
            named = account, kind in _BANK
            sums[named] = sums.get(named, ZERO) + amount
    for (path, banked), amount in sums.items():
        waits = not banked and amount > 0
        words = _("waits for a bank deposit in QuickBooks") if waits else ""
        yield PathStep(title=path, amount=amount, tone="wait" if waits else "good", words=words)


def _owed(records: Sequence[PathRecord]) -> Iterator[PathStep]:
    """What the customer still owes of what was posted; below zero where it is the customer's."""
    postings = [amount for _account, kind, amount in _postings(records) if kind == _RECEIVABLE]
    if postings:
        owed = total(postings)
        words = _("settled") if not owed else _("open") if owed > 0 else _("the customer's credit")
        yield PathStep(title=_("Customer owes"), amount=owed, tone="" if owed else "good", words=words)


def _postings(records: Sequence[PathRecord]) -> Iterator[tuple[str, str, Decimal]]:
    """Account, its type and the amount, debit positive, of all that is in the books."""
    for record in records:
        if record.posted and record.value:
            for posting in record.value.postings:
                yield posting.account.path, posting.account.account_type, posting.amount
