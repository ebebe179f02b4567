"""What money does HighLevel show: which transaction is of which invoice, what arrived, and what went back and when?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from books.field_lengths import online
from books.json_types import Json
from books.messages import Message
from books.money import ZERO
from books.orders import Order, Payment, PaymentStatus, Refund
from books.translation import gettext_noop
from sync.sources.amounts import whole
from sync.sources.fields import Fields, missing, plain_amount, refuse_other_currency
from sync.sources.highlevel import words
from sync.sources.kinds import plain
from sync.sources.money_rows import MoneyMoved, unknown_payment_status
from sync.sources.values import BadValue

#: What a transaction is taken through; an invoice or a text that asks to pay it.
_INVOICES = ("invoice", "text2pay")
_TEST_PAYMENT = gettext_noop("A payment of %(amount)s was made in test mode: no money came in, and it is left out.")

#: QuickBooks keeps so many characters of a payment's reference.
_REFERENCE = online("PaymentRefNum")


def invoice_of(transaction: Mapping[str, Any]) -> str:
    """The id of the invoice that a transaction pays; empty for one that is its own sale."""
    if plain(str(transaction.get("entityType") or "")) == "invoice" and transaction.get("entityId"):
        return str(transaction["entityId"])
    source = source_of(transaction)
    return source[2] if plain(source[0]) in _INVOICES else ""


def source_of(transaction: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Where a transaction was taken: type, sub-type, id and name. One that is read alone has them in an object."""
    inner = transaction.get("entitySource")
    source: Mapping[str, Any] = inner if isinstance(inner, dict) else {}
    pairs = (("type", "Type"), ("subType", "SubType"), ("id", "Id"), ("name", "Name"))
    found = [str(source.get(inside) or transaction.get(f"entitySource{beside}") or "") for inside, beside in pairs]
    return found[0], found[1], found[2], found[3]


def is_test(record: Mapping[str, Any]) -> bool:
    """Whether an invoice, an order or a transaction was made in test mode, so that no money is behind it."""
    return record.get("liveMode") is False or record.get("markAsTest") is True


def read_money(transactions: Sequence[Fields], *, currency: str, zone: ZoneInfo, notices: list[Message]) -> MoneyMoved:
    """The payments of an invoice and what went back of them.

    Args:
        transactions: All of the invoice, in any order.
        currency: Of the invoice.
        zone: The company's time zone.
        notices: What is left out is said there.
    """
    payments: list[Payment] = []
    refunds: list[Refund] = []
    for transaction in transactions:
        refuse_other_currency(transaction, currency)
        payment = read_payment(transaction, currency=currency, zone=zone)
        if payment is None or not payment.amount:
            continue
        if is_test(transaction.data):
            notices.append(Message.of(_TEST_PAYMENT, amount=payment.amount))
            continue
        payments.append(payment)
        refunds += read_refunds(transaction, payment, currency=currency, zone=zone)
    by_date = sorted(payments, key=lambda payment: (payment.paid_on, payment.source_id))
    return MoneyMoved(payments=tuple(by_date), refunds=tuple(refunds))


def read_payment(transaction: Fields, *, currency: str, zone: ZoneInfo) -> Payment | None:
    """One transaction as a payment; None for one with a fault."""
    faults, before = transaction.faults, len(transaction.faults)
    source_id = transaction.identifier("_id", "id", longest=100)
    if not source_id:
        faults.add(missing(), column=transaction.path_of("_id"))
    amount = transaction.required(
        lambda value: _positive(whole(plain_amount(value, currency=currency), currency)), "amount", otherwise=ZERO
    )
    word = transaction.line("status", longest=100)
    status = words.money_status(word)
    if status is None:
        faults.add(unknown_payment_status(), column=transaction.path_of("status"), value=word or "-")
    day = paid_on(transaction, zone=zone)
    if len(faults) > before or day is None or status is None:
        return None
    charge = transaction.identifier("chargeId", "receiptId", longest=100)
    is_long = len(charge) > _REFERENCE
    return Payment(
        source_id=source_id,
        paid_on=day,
        amount=amount,
        method=_method(transaction),
        # The end of a processor's id tells it from others; all of it goes along in the memo
        reference=charge[-_REFERENCE:],
        note="\n".join(part for part in (charge if is_long else "", _card(transaction)) if part),
        status=status,
    )


def paid_on(transaction: Fields, *, zone: ZoneInfo) -> date | None:
    """The day on which a transaction was charged; a transaction without one has a fault."""
    if transaction.first("fulfilledAt", "createdAt")[1] is None:
        transaction.faults.add(missing(), column=transaction.path_of("createdAt"))
    return transaction.day("fulfilledAt", "createdAt", zone=zone)


def read_refunds(transaction: Fields, payment: Payment, *, currency: str, zone: ZoneInfo) -> tuple[Refund, ...]:
    """What went back of a payment by now: HighLevel tells how much, not when, so its last change dates it.

    See `refunds_as_before` for what was known of it already.
    """
    if payment.status is not PaymentStatus.RECEIVED:
        return ()
    given_back = transaction.read(
        lambda value: _positive(whole(plain_amount(value, currency=currency), currency)),
        "amountRefunded",
        otherwise=ZERO,
    )
    if not given_back and words.says_refunded(transaction.line("status")):
        transaction.faults.add(_refund_untold(), column=transaction.path_of("amountRefunded"))
    day = transaction.day("updatedAt", zone=zone) or payment.paid_on
    refund = Refund(
        source_id=f"{payment.source_id}-refund",
        refunded_on=max(day, payment.paid_on),
        amount=given_back,
        payment_id=payment.source_id,
        label="Refund",
    )
    return (refund,) if given_back else ()


def refunds_as_before(order: Order, before: Order) -> Order:
    """The order with each part of what went back on the day on which it was first seen.

    What was read before stays as it was; what is more is a part of its own, and what is less is taken off the last.

    Args:
        order: As it was read now.
        before: As it was read the time before.
    """
    refunds = [
        part
        for refund in order.refunds
        for part in _parts(refund, [known for known in before.refunds if known.payment_id == refund.payment_id])
    ]
    return replace(order, refunds=tuple(refunds))


def _parts(refund: Refund, known: Sequence[Refund]) -> Iterator[Refund]:
    left = refund.amount
    for part in known:
        amount = min(part.amount, left)
        if amount:
            yield replace(part, amount=amount)
        left -= amount
    if left > 0:
        turn = f"-{len(known) + 1}" if known else ""
        yield replace(refund, source_id=f"{refund.source_id}{turn}", amount=left)


def _method(transaction: Fields) -> str:
    """What it was paid through; for a payment that a person recorded by hand, how."""
    provider = transaction.inner("paymentProvider").line("type") or transaction.line("paymentProviderType")
    made_with = transaction.data.get("paymentMethod")
    mode = _mode(made_with) if isinstance(made_with, dict) else str(made_with or "")
    by_hand = plain(provider) in ("", "manual", "offline", "custom")
    word = mode if by_hand and mode else provider
    return words.method(word[:100]) if word else ""


def _mode(method: Json) -> str:
    """`cash` of `{"type": "cash"}` and `{"cash": {}}`."""
    named = method.get("type") or method.get("mode")
    return str(named or next(iter(method), ""))


def _card(transaction: Fields) -> str:
    """The card in a word; only its last four digits are ever told."""
    method = transaction.data.get("paymentMethod")
    card = method.get("card") if isinstance(method, dict) else None
    if not isinstance(card, dict) or not card.get("last4"):
        return ""
    return f"{words.method(str(card.get('brand') or card.get('type') or 'card'))} ending {card['last4']}"


def _positive(amount: Decimal) -> Decimal:
    if amount >= 0:
        return amount
    raise BadValue(
        "negative-payment",
        gettext_noop("A payment of %(value)s is below zero, and HighLevel lists refunds separately from payments."),
        gettext_noop("Look at the transaction in HighLevel, and report it where it is wrong there."),
    )


def _refund_untold() -> BadValue:
    return BadValue(
        "refund-untold",
        gettext_noop("The payment is marked as refunded, but HighLevel does not say how much went back."),
        gettext_noop("Look at the transaction in HighLevel; it is read again with the next sync."),
    )
