"""What did HighLevel invoice? One invoice with its transactions, read into an `Order`.

What the invoice comes to is HighLevel's own total, or the order says what does not add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from books.json_types import Json
from books.messages import Message
from books.money import ZERO, total
from books.orders import Instalment, Line, Order, OrderStatus, PaymentPlan, SaleForm
from books.statuses import LONGEST_STATUS
from books.translation import gettext_noop
from sync.sources.ages import latest, stated_moment
from sync.sources.amounts import read_currency, whole
from sync.sources.base import OrderRead, Place, ReadOptions, RowError
from sync.sources.evidence import check_characters, plain_json, without_secrets
from sync.sources.fields import Fields, missing, plain_amount
from sync.sources.highlevel import words
from sync.sources.highlevel.arithmetic import Stated, Sums
from sync.sources.highlevel.charges import Charge, may_be_late, possible_charges, read_charges, tip_of_any_amount
from sync.sources.highlevel.contacts import customer_of_invoice
from sync.sources.highlevel.lines import (
    GivenDiscount,
    Item,
    added_up,
    left_over_of,
    lines_of,
    read_discount,
    read_item,
    stated_amount,
)
from sync.sources.highlevel.payments import is_test, read_money
from sync.sources.identifiers import about_long_identifiers
from sync.sources.kinds import order_status, plain
from sync.sources.money_rows import MoneyMoved
from sync.sources.values import LONGEST_TEXT, BadValue, Faults

LONGEST_ID = 90
_PAID = "paid"
_TEST_INVOICE = gettext_noop("Invoice %(number)s was made in test mode: nothing is owed, and it is left out.")
_BESIDE = gettext_noop(
    "Invoice %(number)s states a total of %(total)s without %(charges)s of fees and tips; they are added."
)
_BY_RULE = gettext_noop(
    "The total of invoice %(number)s holds %(amount)s that its own rules add (%(names)s) and that no line of it states."
)
_TIP = gettext_noop(
    "The total of invoice %(number)s is %(amount)s more than its lines, discount, taxes and fees. Tips are on and it "
    "was paid, so that is its tip."
)
#: Statuses under which nothing is owed, so that no payment has to be shown.
_NOTHING_OWED = (OrderStatus.DRAFT, OrderStatus.CANCELLED, OrderStatus.LEFT_OUT)


def invoice_id(identifier: str) -> str:
    """What an invoice is known by here."""
    return f"invoice-{identifier}"


def contact_of(invoice: Mapping[str, Any]) -> str:
    """The id of the contact that an invoice is for; empty where it names none."""
    details = invoice.get("contactDetails")
    return str(details.get("id") or "") if isinstance(details, dict) else ""


def read_invoice(
    data: Mapping[str, Any],
    *,
    transactions: Sequence[Json],
    skus: Mapping[str, str],
    options: ReadOptions,
    place: Place,
) -> OrderRead | tuple[RowError, ...]:
    """Read one invoice as HighLevel returned it.

    Args:
        data: The JSON object, its fractions as `Decimal`. Of a deleted one, as it was last, with `deleted` true.
        transactions: Those that pay it, see `payments.invoice_of`, each as it was returned.
        skus: By the id of a price, or of a product.
        options: The company's currency and time zone.
        place: Where it is, for a person.

    Returns:
        The order with its evidence, or everything that is wrong with it; never both.
    """
    evidence = without_secrets({"invoice": dict(data), "transactions": list(transactions)})
    faults = Faults(place, order=str(data.get("invoiceNumber") or data.get("_id") or ""))
    check_characters(evidence, complain=lambda fault, path: faults.add(fault, column=path))
    if faults:
        return faults.errors()
    invoice = Fields(evidence["invoice"], faults=faults)
    money = [
        Fields(transaction, faults=faults, path=f"transactions[{index}]")
        for index, transaction in enumerate(evidence["transactions"])
    ]
    reader = _Reader(invoice, money, skus, options)
    order = reader.order()
    if faults or order is None:
        return faults.errors()
    return OrderRead(
        order=order,
        payload=plain_json(evidence),
        place=place,
        notices=(*reader.notices, *about_long_identifiers(order)),
        modified_at=latest(
            *(stated_moment(fields.data.get("updatedAt"), zone=options.zone) for fields in (invoice, *money))
        ),
        status_word=reader.status_word,
    )


class _Reader:
    """Reads one invoice, keeping its currency and what it noticed."""

    def __init__(
        self,
        invoice: Fields,
        transactions: Sequence[Fields],
        skus: Mapping[str, str],
        options: ReadOptions,
    ) -> None:
        self.invoice = invoice
        self.transactions = transactions
        self.skus = skus
        self.options = options
        self.currency = invoice.read(lambda value: read_currency(str(value)), "currency", otherwise=options.currency)
        prefix = invoice.line("invoiceNumberPrefix")
        self.number = prefix + self._required("invoiceNumber").removeprefix(prefix)
        self.notices: list[Message] = []
        self.status_word = self._status_word()

    def order(self) -> Order | None:
        """The order; None when it has no date, which nothing can replace."""
        source_id = self._required("_id")
        placed_on = self._day("issueDate")
        status = order_status(self.status_word) if self.status_word else OrderStatus.UNKNOWN
        stated = self._stated_total()
        moved = read_money(
            self.transactions,
            currency=self.currency,
            zone=self.options.zone,
            notices=self.notices,
        )
        lines, stated = self._lines(stated, moved)
        if status is OrderStatus.SALE and not lines and not self.invoice.faults:
            self.invoice.faults.add(_no_lines(), column="invoiceItems")
        if status not in _NOTHING_OWED:
            self._refuse_untold(moved, stated)
        if is_test(self.invoice.data):
            self.notices.append(Message.of(_TEST_INVOICE, number=self.number))
        if placed_on is None:
            return None
        return Order(
            source_id=invoice_id(source_id),
            number=self.number,
            placed_on=placed_on,
            due_on=self.invoice.day("dueDate", zone=self.options.zone),
            currency=self.currency,
            customer=customer_of_invoice(self.invoice),
            lines=lines,
            status=status,
            stated_total=stated,
            payments=moved.payments,
            refunds=moved.refunds,
            payment_plan=self._plan(stated),
            origin="invoice",
            form=SaleForm.INVOICE,
            title=self.invoice.line("name", longest=LONGEST_TEXT),
        )

    def _status_word(self) -> str:
        if is_test(self.invoice.data):
            return words.TEST_MODE
        if self.invoice.data.get("deleted") is True:
            return words.DELETED
        word = self.invoice.line("status", longest=LONGEST_STATUS)
        if not word:
            self.invoice.faults.add(missing(), column="status")
        return word

    def _required(self, name: str) -> str:
        found = self.invoice.identifier(name, longest=LONGEST_ID)
        if not found:
            self.invoice.faults.add(missing(), column=name)
        return found

    def _day(self, name: str) -> date | None:
        if self.invoice.first(name)[1] is None:
            self.invoice.faults.add(missing(), column=name)
        return self.invoice.day(name, zone=self.options.zone)

    def _stated_total(self) -> Decimal:
        return self.invoice.required(
            lambda value: whole(plain_amount(value, currency=self.currency), self.currency), "total", otherwise=ZERO
        )

    def _lines(self, stated: Decimal, moved: MoneyMoved) -> tuple[tuple[Line, ...], Decimal]:
        """The lines, and the total that they have to come to."""
        items = [
            read_item(item, position, currency=self.currency, skus=self.skus)
            for position, item in enumerate(self.invoice.each("invoiceItems", "items"), start=1)
        ]
        discount = read_discount(self.invoice, currency=self.currency)
        charges = read_charges(self.invoice, currency=self.currency)
        summary = self.invoice.inner("totalSummary")
        if self.invoice.faults or not items:
            return (), stated
        says = Stated(
            total=stated,
            discount=stated_amount(summary, "discount", currency=self.currency),
            tax=stated_amount(summary, "tax", currency=self.currency),
            subtotal=stated_amount(summary, "subTotal", currency=self.currency),
        )
        sums = added_up(items, discount, charges, stated=says, currency=self.currency)
        if not sums.fits:
            charges, sums = self._with_possible_charges(items, discount, charges, says, sums)
        if not sums.fits and not self._is_late(moved):
            charges, sums = self._with_tip(items, discount, charges, says, sums)
        automatic = self.invoice.data.get("automaticTaxesEnabled") is True
        lines = lines_of(items, discount, charges, sums, tells_taxed=not automatic)
        if sums.charges_in_total:
            return lines, stated
        extra = total(charge.amount for charge in charges)
        self.notices.append(Message.of(_BESIDE, number=self.number, total=stated, charges=extra))
        return lines, stated + extra

    def _with_possible_charges(
        self,
        items: Sequence[Item],
        discount: GivenDiscount | None,
        charges: tuple[Charge, ...],
        says: Stated,
        sums: Sums,
    ) -> tuple[tuple[Charge, ...], Sums]:
        """Late fees and tips by the invoice's own rules, where they are what its total has beside its lines."""
        base = total(line.amount for line in lines_of(items, discount, charges, sums, tells_taxed=False))
        for more in possible_charges(self.invoice, base, currency=self.currency):
            found = added_up(items, discount, (*charges, *more), stated=says, currency=self.currency)
            if found.fits and found.charges_in_total:
                names = ", ".join(charge.name for charge in more)
                amount = total(charge.amount for charge in more)
                self.notices.append(Message.of(_BY_RULE, number=self.number, names=names, amount=amount))
                return (*charges, *more), found
        return charges, sums

    def _is_late(self, moved: MoneyMoved) -> bool:
        """Whether a late fee may have been added before it was paid."""
        due = self.invoice.day("dueDate", zone=self.options.zone)
        in_time = due is not None and bool(moved.payments) and all(payment.paid_on <= due for payment in moved.payments)
        return may_be_late(self.invoice) and not in_time

    def _with_tip(
        self,
        items: Sequence[Item],
        discount: GivenDiscount | None,
        charges: tuple[Charge, ...],
        says: Stated,
        sums: Sums,
    ) -> tuple[tuple[Charge, ...], Sums]:
        """A tip of any amount, where the total has more than all that is stated and that can be nothing else."""
        left = left_over_of(items, discount, charges, stated=says, currency=self.currency)
        paid = self._said_paid()
        tip = tip_of_any_amount(self.invoice, left, paid=paid, sold=total(item.gross for item in items))
        if tip is None:
            return charges, sums
        found = added_up(items, discount, (*charges, tip), stated=says, currency=self.currency)
        if not (found.fits and found.charges_in_total):
            return charges, sums
        self.notices.append(Message.of(_TIP, number=self.number, amount=tip.amount))
        return (*charges, tip), found

    def _said_paid(self) -> Decimal:
        return self.invoice.read(
            lambda value: plain_amount(value, currency=self.currency), "amountPaid", otherwise=ZERO
        )

    def _paid_by_status(self, stated: Decimal) -> Decimal:
        """What an invoice was paid that does not say so as an amount: all of it under “paid”, else nothing certain."""
        return stated if plain(self.status_word) == _PAID else ZERO

    def _refuse_untold(self, moved: MoneyMoved, stated: Decimal) -> None:
        """Refuse an invoice that says that more was paid than its payments show: it would be posted as unpaid."""
        shown = total(payment.amount for payment in moved.payments)
        said = self._said_paid() if self.invoice.has("amountPaid") else self._paid_by_status(stated)
        if said > shown and not self.invoice.faults:
            self.invoice.faults.add(_payments_missing(said, shown), column="amountPaid", value=said)

    def _plan(self, stated: Decimal) -> PaymentPlan | None:
        """The payment schedule; it changes no document."""
        plan = self.invoice.inner("paymentSchedule")
        schedules = list(plan.each("schedules"))
        if not schedules:
            return None
        in_percent = plain(plan.line("type")) == "percentage"
        instalments = []
        for schedule in schedules:
            value = schedule.read(
                lambda found: plain_amount(found, currency=self.currency), "value", "amount", otherwise=ZERO
            )
            instalments.append(
                Instalment(
                    due_on=schedule.day("dueDate", zone=self.options.zone),
                    amount=stated * value / 100 if in_percent else value,
                )
            )
        return PaymentPlan(number_of_payments=len(instalments), instalments=tuple(instalments))


def _no_lines() -> BadValue:
    return BadValue(
        "no-lines",
        gettext_noop("The invoice has no lines."),
        gettext_noop("Look at the invoice in HighLevel; it is read again with the next sync."),
    )


def _payments_missing(said: Decimal, shown: Decimal) -> BadValue:
    return BadValue(
        "payments-incomplete",
        gettext_noop("The invoice says that %(said)s was paid, but its transactions come to %(shown)s."),
        gettext_noop(
            "It is read again with the next sync, when the transactions may be there. If it stays so, look at the "
            "payments of the invoice in HighLevel; without them it would be posted as unpaid."
        ),
        said=said,
        shown=shown,
    )
