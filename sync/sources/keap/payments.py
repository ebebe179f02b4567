"""What money does a Keap order carry: payments, credits, refunds, and the plan to pay?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from books.money import ZERO, is_whole, total
from books.orders import Credit, Instalment, Payment, PaymentPlan, PaymentStatus, Refund
from books.words import gettext_noop
from sync.sources.amounts import whole
from sync.sources.keap.fields import Fields, missing
from sync.sources.keap.money import PlainMoney, Unit, read_money, unit_of_payments
from sync.sources.money_rows import MoneyMoved, MoneyRow, sort_out
from sync.sources.values import BadValue, Faults

_LISTS = ("payments", "order_payments")
_LABELS = ("type", "pay_type", "payment_type", "method", "payment_method")


def read_payments(order: Fields, *, currency: str, order_total: Decimal, zone: ZoneInfo) -> MoneyMoved:
    """Everything that was paid, credited and given back for one order, in major units.

    Args:
        order: The order as Keap returned it, with its payment rows inside.
        currency: The order's currency.
        order_total: What the order comes to, in major units.
        zone: The company's time zone.
    """
    rows = [row for row in (_row(fields, currency, zone) for fields in order.each(*_LISTS)) if row]
    _refuse_repeated_ids(rows, order.faults)
    total_paid = order.read(lambda value: read_money(value, currency=currency), "total_paid", otherwise=None)
    if not any(isinstance(order.data.get(name), list) for name in _LISTS) and total_paid:
        order.faults.add(_payments_missing(total_paid), column="payments")
    total_due = order.read(lambda value: read_money(value, currency=currency), "total_due", otherwise=None)
    moved = sort_out(rows, faults=order.faults)
    if _amounts_are_certain(order):
        return _checked(moved, currency, order.faults)
    unit = order.faults.attempt(
        lambda: unit_of_payments(
            _plain(moved), order_total=order_total, total_paid=total_paid, currency=currency, total_due=total_due
        ),
        otherwise=Unit.MAJOR,
        column="payments",
        value=", ".join(str(row.amount) for row in rows),
    )
    return _checked(_scaled(moved, unit, currency), currency, order.faults)


def read_plan(order: Fields, *, currency: str, zone: ZoneInfo) -> PaymentPlan | None:
    """How the customer agreed to pay; None without a plan. It changes no document."""
    plan = order.inner("payment_plan")
    if not plan.data:
        return None
    instalments = tuple(
        Instalment(due_on=item.day("due_date", zone=zone), amount=_money(item, "amount_due", currency))
        for item in plan.each("payment_plan_items")
    )
    first = Instalment(
        due_on=plan.day("initial_payment_date", "plan_start_date", zone=zone),
        amount=_money(plan, "initial_payment_amount", currency),
    )
    if not instalments and first.amount:
        instalments = (first,)
    return PaymentPlan(number_of_payments=plan.count("number_of_payments"), instalments=instalments)


def _row(fields: Fields, currency: str, zone: ZoneInfo) -> MoneyRow | None:
    day = fields.day("pay_date", "pay_time", "payment_time", zone=zone)
    if day is None and not fields.first("pay_date", "pay_time", "payment_time")[1]:
        fields.faults.add(missing(), column=fields.path_of("pay_date"))
    amount = fields.required(lambda value: read_money(value, currency=currency), "amount", otherwise=ZERO)
    source_id = fields.line("id", "payment_id", longest=100)
    if not source_id:
        fields.faults.add(missing(), column=fields.path_of("id"))
    if len(list(fields.data.get("order_ids") or ())) > 1:
        fields.faults.add(_shared_payment(), column=fields.path_of("order_ids"), value=fields.data["order_ids"])
    if day is None or not source_id:
        return None
    return MoneyRow(
        column=fields.path,
        source_id=source_id,
        day=day,
        amount=amount,
        label=fields.line(*_LABELS, longest=100),
        status=fields.line("pay_status", "status", longest=100),
        reference=fields.line("reference", "external_transaction_id", "transaction_id", "check_number", longest=100),
        note=fields.text("note", "notes"),
        counterpart=fields.line("refund_invoice_payment_id", "refund_payment_id", longest=100),
    )


def _refuse_repeated_ids(rows: Sequence[MoneyRow], faults: Faults) -> None:
    first: dict[str, MoneyRow] = {}
    for row in rows:
        if row.source_id in first:
            faults.add(
                BadValue(
                    "payment-id-twice",
                    gettext_noop("%(column)s and %(other)s have the same payment id."),
                    gettext_noop("Export the order again; each payment has an id of its own."),
                    other=first[row.source_id].column,
                ),
                column=row.column,
                value=row.source_id,
            )
        first.setdefault(row.source_id, row)


def _amounts_are_certain(order: Fields) -> bool:
    """Version 1 states major units, and an object states its own unit; only plain numbers of version 2 are in doubt."""
    is_version_2 = isinstance(order.data.get("total"), dict) or isinstance(order.data.get("total_paid"), dict)
    rows = [row for name in _LISTS for row in order.data.get(name) or () if isinstance(row, dict)]
    return not is_version_2 or all(isinstance(row.get("amount"), dict) for row in rows)


def _plain(moved: MoneyMoved) -> PlainMoney:
    return PlainMoney(
        received=total(one.amount for one in moved.payments if one.status is PaymentStatus.RECEIVED),
        taken_back=total(one.amount for one in moved.refunds),
        credited=total(one.amount for one in moved.credits),
        largest_other=max(
            (one.amount for one in moved.payments if one.status is not PaymentStatus.RECEIVED), default=ZERO
        ),
    )


def _scaled(moved: MoneyMoved, unit: Unit, currency: str) -> MoneyMoved:
    return MoneyMoved(
        payments=tuple(replace(one, amount=unit.amount(one.amount, currency)) for one in moved.payments),
        credits=tuple(replace(one, amount=unit.amount(one.amount, currency)) for one in moved.credits),
        refunds=tuple(replace(one, amount=unit.amount(one.amount, currency)) for one in moved.refunds),
    )


def _checked(moved: MoneyMoved, currency: str, faults: Faults) -> MoneyMoved:
    for one in _all(moved):
        if not is_whole(one.amount, currency):
            faults.attempt(
                partial(whole, one.amount, currency),
                otherwise=ZERO,
                column="payments",
                value=one.amount,
            )
    return moved


def _all(moved: MoneyMoved) -> Iterator[Payment | Credit | Refund]:
    yield from moved.payments
    yield from moved.credits
    yield from moved.refunds


def _money(fields: Fields, name: str, currency: str) -> Decimal:
    return fields.read(lambda value: read_money(value, currency=currency), name, otherwise=ZERO)


def _shared_payment() -> BadValue:
    return BadValue(
        "payment-of-several-orders",
        gettext_noop("This payment belongs to several orders, and how much of it to this one is not stated."),
        gettext_noop("Export the payments of each order instead of all payments."),
    )


def _payments_missing(total_paid: Decimal) -> BadValue:
    return BadValue(
        "payments-missing",
        gettext_noop("The order says that %(paid)s was paid, but the file holds no payments of it."),
        gettext_noop("Export each order with its payments in a list named payments."),
        paid=total_paid,
    )
