"""What money does a Keap order carry: payments, credits, refunds, and the plan to pay?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from books.money import ZERO, is_whole, total
from books.orders import Credit, Instalment, Payment, PaymentPlan, PaymentStatus, Refund
from books.translation import gettext_noop
from sync.sources.amounts import whole
from sync.sources.fields import Fields, listed, missing
from sync.sources.keap.money import PlainMoney, Unit, read_money, unit_of_payments
from sync.sources.kinds import plain
from sync.sources.money_rows import MoneyMoved, MoneyRow, sort_out
from sync.sources.values import BadValue, Faults

PAYMENT_LISTS = ("payments", "order_payments")
#: How a payment names the orders that it is of.
ORDER_IDS = ("order_ids", "order_id", "orderId")
_MONEY_WORDS = ("credit_status", "refund_status")
#: Words of an order for no credit and no refund.
_NO_MONEY = frozenset({"", "0", "none", "no", "false", "notrefunded", "notcredited", "norefund", "nocredit"})
_NONE = ("", "0")
_TOTALS, _PRICES = ("total", "total_paid", "total_due"), ("price", "price_per_unit")
_LABELS = ("type", "pay_type", "payment_type", "method", "payment_method")


def read_payments(order: Fields, *, currency: str, order_total: Decimal, zone: ZoneInfo) -> MoneyMoved:
    """Everything that was paid, credited and given back for one order, in major units.

    Args:
        order: The order as Keap returned it, with its payment rows inside.
        currency: The order's currency.
        order_total: What the order comes to, in major units.
        zone: The company's time zone.
    """
    before = len(order.faults)
    rows = [row for row in (_row(fields, currency, zone) for fields in order.each(*PAYMENT_LISTS)) if row]
    _refuse_repeated_ids(rows, order.faults)
    total_paid = order.read(lambda value: read_money(value, currency=currency), "total_paid", otherwise=None)
    total_due = order.read(lambda value: read_money(value, currency=currency), "total_due", otherwise=None)
    moved = sort_out(rows, faults=order.faults)
    says = _Says(
        order_total=order_total,
        paid=total_paid or ZERO,
        due=total_due,
        refunded=order.read(lambda value: read_money(value, currency=currency), "refund_total", otherwise=ZERO),
        status=order.line("status"),
        words=tuple(order.line(name) for name in _MONEY_WORDS),
        planned=_paid_by_plan(order, currency),
    )
    if len(order.faults) > before:
        return moved
    if not rows:
        _refuse_untold(says, order.faults, due_is_balance=not _is_version_2(order))
        return moved
    if _amounts_are_certain(order):
        _checked(moved, currency, order.faults)
        if len(order.faults) == before:
            _refuse_partly_told(says, moved, order.faults)
        return moved
    unit = order.faults.attempt(
        lambda: unit_of_payments(
            _plain(moved), order_total=order_total, total_paid=total_paid, currency=currency, total_due=total_due
        ),
        otherwise=Unit.MAJOR,
        column="payments",
        value=", ".join(str(row.amount) for row in rows),
    )
    return _checked(_scaled(moved, unit, currency), currency, order.faults)


def ids_of(row: Mapping[str, object], names: Sequence[str]) -> list[str]:
    """The ids that a payment names in the first of these fields; version 1 writes several as one text with commas."""
    for name in names:
        value = row.get(name)
        several = value if isinstance(value, list) else str(value or "").split(",")
        if found := [
            text for value in several if isinstance(value, (str, int)) and (text := str(value).strip()) not in _NONE
        ]:
            return list(dict.fromkeys(found))
    return []


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
    source_id = fields.identifier("id", "payment_id", longest=100)
    if not source_id:
        fields.faults.add(missing(), column=fields.path_of("id"))
    if len(orders := ids_of(fields.data, ORDER_IDS)) > 1:
        fields.faults.add(_shared_payment(), column=fields.path_of("order_ids"), value=", ".join(orders))
    if day is None or not source_id:
        return None
    return MoneyRow(
        column=fields.path,
        source_id=source_id,
        day=day,
        amount=amount,
        label=fields.identifier(*_LABELS, longest=100),
        status=fields.line("pay_status", "status", longest=100),
        reference=fields.identifier(
            "reference", "external_transaction_id", "transaction_id", "check_number", longest=100
        ),
        note=fields.text("note", "notes"),
        counterpart=fields.identifier("refund_invoice_payment_id", "refund_payment_id", longest=100),
    )


def _refuse_repeated_ids(rows: Sequence[MoneyRow], faults: Faults) -> None:
    first: dict[str, MoneyRow] = {}
    for row in rows:
        if row.source_id in first:
            faults.add(
                BadValue(
                    "payment-id-twice",
                    gettext_noop("%(column)s and %(other)s have the same payment id."),
                    gettext_noop("Export the order again; each payment has its own id."),
                    other=first[row.source_id].column,
                ),
                column=row.column,
                value=row.source_id,
            )
        first.setdefault(row.source_id, row)


def _amounts_are_certain(order: Fields) -> bool:
    """Version 1 states major units, and an object states its own unit; only plain numbers of version 2 are in doubt."""
    rows = [row for name in PAYMENT_LISTS for row in listed(order.data, name)]
    return not _is_version_2(order) or all(isinstance(row.get("amount"), dict) for row in rows)


def _is_version_2(order: Fields) -> bool:
    """Whether an amount of it is an object; one alone is enough, since the others may be empty."""
    of_lines = (row.get(name) for row in listed(order.data, "order_items") for name in _PRICES)
    return any(isinstance(value, dict) for value in (*(order.data.get(name) for name in _TOTALS), *of_lines))


def _paid_by_plan(order: Fields, currency: str) -> Decimal:
    """What the payment plan says of its instalments that were paid."""
    return total(
        _money(item, "amount_paid", currency) for item in order.inner("payment_plan").each("payment_plan_items")
    )


@dataclass(frozen=True, kw_only=True)
class _Says:
    """What an order says about its money beside the list of payments, in major units."""

    order_total: Decimal
    paid: Decimal
    #: None where it does not say.
    due: Decimal | None
    refunded: Decimal
    status: str
    #: Its words for credits and refunds.
    words: tuple[str, ...] = ()
    planned: Decimal = ZERO


def _refuse_untold(says: _Says, faults: Faults, *, due_is_balance: bool) -> None:
    """Refuse an order that says in any way that money moved, and shows no payment: it would be posted as unpaid.

    Args:
        says: What the order says.
        faults: Of the order.
        due_is_balance: Whether what is due is the balance; version 2 warns that its figure is not.
    """
    open_amount = says.order_total if says.due is None else says.due
    if says.paid or says.planned:
        faults.add(_payments_missing(says.paid or says.planned), column="payments")
    elif says.refunded:
        faults.add(_untold("refund_total", says.refunded), column="payments")
    elif says.status and plain(says.status) == "paid" and says.order_total > 0:
        faults.add(_untold("status", says.status), column="payments")
    elif due_is_balance and open_amount < says.order_total:
        faults.add(_untold("total_due", open_amount), column="payments")
    elif any(plain(word) not in _NO_MONEY for word in says.words):
        word = next(word for word in says.words if plain(word) not in _NO_MONEY)
        faults.add(_untold("credit_status, refund_status", word), column="payments")


def _refuse_partly_told(says: _Says, moved: MoneyMoved, faults: Faults) -> None:
    """Refuse an order whose payments come to less than it says, or whose refunds do."""
    credited = total(credit.amount for credit in moved.credits)
    shown = total(payment.amount for payment in moved.payments) + credited
    if says.paid > shown:
        faults.add(_less_shown("total_paid", says.paid, shown), column="payments")
    voided = total(payment.amount for payment in moved.payments if payment.status is PaymentStatus.VOIDED)
    given_back = total(refund.amount for refund in moved.refunds) + voided
    if abs(says.refunded) > given_back + credited:
        faults.add(_less_shown("refund_total", abs(says.refunded), given_back), column="payments")


def _plain(moved: MoneyMoved) -> PlainMoney:
    return PlainMoney(
        received=total(payment.amount for payment in moved.payments if payment.status is PaymentStatus.RECEIVED),
        taken_back=total(refund.amount for refund in moved.refunds),
        credited=total(credit.amount for credit in moved.credits),
        largest_other=max(
            (payment.amount for payment in moved.payments if payment.status is not PaymentStatus.RECEIVED), default=ZERO
        ),
    )


def _scaled(moved: MoneyMoved, unit: Unit, currency: str) -> MoneyMoved:
    return MoneyMoved(
        payments=tuple(replace(payment, amount=unit.amount(payment.amount, currency)) for payment in moved.payments),
        credits=tuple(replace(credit, amount=unit.amount(credit.amount, currency)) for credit in moved.credits),
        refunds=tuple(replace(refund, amount=unit.amount(refund.amount, currency)) for refund in moved.refunds),
    )


def _checked(moved: MoneyMoved, currency: str, faults: Faults) -> MoneyMoved:
    for record in _all(moved):
        if not is_whole(record.amount, currency):
            faults.attempt(
                partial(whole, record.amount, currency),
                otherwise=ZERO,
                column="payments",
                value=record.amount,
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


def _untold(field: str, value: object) -> BadValue:
    return BadValue(
        "payments-missing",
        gettext_noop("The order says that money moved (%(field)s: %(said)s), but the file holds no payments of it."),
        gettext_noop(
            "Was it paid? Export each order with its payments in a list named payments; without them it would be "
            "posted as unpaid."
        ),
        field=field,
        said=value,
    )


def _less_shown(field: str, said: Decimal, shown: Decimal) -> BadValue:
    return BadValue(
        "payments-incomplete",
        gettext_noop("The order says %(field)s %(said)s, but its payments in the file come to %(shown)s."),
        gettext_noop("Are some missing? Export the order with all its payments, or correct the order in the source."),
        field=field,
        said=said,
        shown=shown,
    )
