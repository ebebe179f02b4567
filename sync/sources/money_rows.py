"""A source lists money against an order: which rows are payments, which are credits, which are refunds?

Sources keep them all in one list and tell them apart by a label, a status word or a minus sign. The label and the
status decide first, the sign second. A row that could be two things is a fault, never a guess.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum, auto

from books.money import ZERO
from books.orders import Credit, Payment, PaymentStatus, Refund
from books.translation import gettext_noop
from sync.sources.base import Place
from sync.sources.kinds import payment_status, plain
from sync.sources.values import BadValue, Faults

_CREDIT_LABELS = frozenset({"credit", "writeoff", "adjustment", "comp"})
_REFUND_WORDS = frozenset({"refund", "refunded"})
_VOID_WORDS = frozenset({"void", "voided"})


@dataclass(frozen=True, kw_only=True)
class MoneyRow:
    """One row as the source gave it."""

    #: Where it is, as a column or field path.
    column: str
    #: None for the order's own place.
    place: Place | None = None
    source_id: str
    day: date
    #: Major units, with the sign of the source.
    amount: Decimal
    label: str = ""
    status: str = ""
    reference: str = ""
    note: str = ""
    #: The id of another row that this one gives back, or is given back by.
    counterpart: str = ""

    @property
    def words(self) -> frozenset[str]:
        """Label and status as they are compared."""
        return frozenset({plain(self.label), plain(self.status)} - {""})


class MoneyKind(Enum):
    """What a row turned out to be."""

    #: What cannot be told, with its fault kept.
    UNKNOWN = auto()
    PAYMENT = auto()
    CREDIT = auto()
    REFUND = auto()
    VOID = auto()


@dataclass(frozen=True, kw_only=True)
class MoneyMoved:
    """What the rows of one order say, in their order. Every amount is positive."""

    payments: tuple[Payment, ...] = ()
    credits: tuple[Credit, ...] = ()
    refunds: tuple[Refund, ...] = ()


def sort_out(rows: Sequence[MoneyRow], *, faults: Faults) -> MoneyMoved:
    """Tell payments, credits and refunds apart.

    A row labelled Void cancels the one payment or credit that it names, or whose amount it takes back; where no single
    one fits, it is a refund. A credit that was voided is a credit of nothing.
    """
    sorted_rows = [(row, _kind_or_fault(row, rows, faults)) for row in rows]
    payments = [row for row, kind in sorted_rows if kind is MoneyKind.PAYMENT]
    credits = [row for row, kind in sorted_rows if kind is MoneyKind.CREDIT]
    refunds = [row for row, kind in sorted_rows if kind is MoneyKind.REFUND]
    voided: set[str] = set()
    for void in (row for row, kind in sorted_rows if kind is MoneyKind.VOID):
        cancelled = _cancelled_by(void, _not_in(voided, payments), _not_in(voided, credits))
        if cancelled is None:
            refunds.append(replace(void, label=void.label or "Void"))
        else:
            voided.add(cancelled.source_id)
    return MoneyMoved(
        payments=tuple(_payment(row, voided=row.source_id in voided) for row in payments),
        credits=tuple(_credit(row, voided=row.source_id in voided) for row in credits),
        refunds=tuple(_refund(row, payments) for row in refunds),
    )


def _kind_or_fault(row: MoneyRow, rows: Sequence[MoneyRow], faults: Faults) -> MoneyKind:
    return faults.attempt(
        lambda: kind_of(row, rows), otherwise=MoneyKind.UNKNOWN, column=row.column, value=_seen(row), place=row.place
    )


def kind_of(row: MoneyRow, rows: Sequence[MoneyRow]) -> MoneyKind:
    """What one row is, seen among the others of its order.

    Raises:
        BadValue: Its words are unknown, or it could be two things.
    """
    if plain(row.label) in _CREDIT_LABELS:
        return _credit_kind(row)
    if plain(row.label) in _REFUND_WORDS:
        return MoneyKind.REFUND
    if plain(row.label) in _VOID_WORDS:
        return MoneyKind.VOID
    if plain(row.status) in _REFUND_WORDS:
        return _refunded_kind(row, rows)
    if row.status and payment_status(row.status) is None:
        raise unknown_payment_status()
    if row.amount < 0:
        return MoneyKind.VOID if plain(row.status) in _VOID_WORDS else MoneyKind.REFUND
    return MoneyKind.PAYMENT


def _credit_kind(row: MoneyRow) -> MoneyKind:
    if row.amount >= 0:
        return MoneyKind.CREDIT
    raise BadValue(
        "negative-credit",
        gettext_noop("A %(label)s of %(amount)s would raise what the customer owes."),
        gettext_noop("Correct it in the source: a credit is positive, a charge is a line of the order."),
        label=row.label,
        amount=row.amount,
    )


def _refunded_kind(row: MoneyRow, rows: Sequence[MoneyRow]) -> MoneyKind:
    """`REFUNDED` can be on the row that gives money back, and on the payment that was given back: tell which."""
    if row.amount < 0:
        return MoneyKind.REFUND
    others = [other for other in rows if other is not row and other.amount]
    if any(_gives_back(other, row) for other in others):
        return MoneyKind.PAYMENT
    if any(_is_plain_payment(other) and other.amount >= row.amount for other in others):
        return MoneyKind.REFUND
    raise BadValue(
        "refund-without-payment",
        gettext_noop("The row of %(amount)s is marked as refunded, and no other row is its payment or its refund."),
        gettext_noop("Export the order with all its payment rows: the payment and the refund."),
        amount=row.amount,
    )


def _gives_back(other: MoneyRow, row: MoneyRow) -> bool:
    takes = other.amount < 0 or plain(other.label) in _REFUND_WORDS
    return takes and abs(other.amount) <= row.amount


def _is_plain_payment(row: MoneyRow) -> bool:
    return row.amount > 0 and not row.words & (_REFUND_WORDS | _VOID_WORDS | _CREDIT_LABELS)


def _not_in(voided: Collection[str], rows: Iterable[MoneyRow]) -> list[MoneyRow]:
    return [row for row in rows if row.source_id not in voided]


def _cancelled_by(void: MoneyRow, payments: Sequence[MoneyRow], credits: Sequence[MoneyRow]) -> MoneyRow | None:
    fitting = [row for row in (*payments, *credits) if _are_linked(void, row)]
    for rows in (payments, credits):
        fitting = fitting or [row for row in rows if row.amount == abs(void.amount)]
    return fitting[0] if len(fitting) == 1 and fitting[0].amount == abs(void.amount) else None


def _are_linked(one: MoneyRow, other: MoneyRow) -> bool:
    return one.counterpart == other.source_id or (bool(other.counterpart) and other.counterpart == one.source_id)


def _payment(row: MoneyRow, *, voided: bool) -> Payment:
    status = payment_status(row.status) or PaymentStatus.RECEIVED
    return Payment(
        source_id=row.source_id,
        paid_on=row.day,
        amount=row.amount,
        method=row.label or ("PayPal" if plain(row.status) == "paypalpaid" else ""),
        reference=row.reference,
        note=row.note,
        status=PaymentStatus.VOIDED if voided else status,
    )


def _credit(row: MoneyRow, *, voided: bool) -> Credit:
    amount = ZERO if voided else row.amount
    return Credit(source_id=row.source_id, credited_on=row.day, amount=amount, label=row.label, note=row.note)


def _refund(row: MoneyRow, payments: Sequence[MoneyRow]) -> Refund:
    linked = [payment.source_id for payment in payments if _are_linked(row, payment)]
    return Refund(
        source_id=row.source_id,
        refunded_on=row.day,
        amount=abs(row.amount),
        payment_id=linked[0] if linked else "",
        label=row.label or row.status,
        note=row.note,
        method="" if plain(row.label) in _REFUND_WORDS | _VOID_WORDS else row.label,
    )


def _seen(row: MoneyRow) -> str:
    return " ".join(part for part in (row.label, row.status, str(row.amount)) if part)


def unknown_payment_status() -> BadValue:
    """The fault of a status that does not say whether money arrived."""
    return BadValue(
        "unknown-payment-status",
        gettext_noop("“%(value)s” is a payment status that is not known, so it is not certain that the money arrived."),
        gettext_noop("Use paid, pending, failed, voided or refunded, and import again."),
    )
