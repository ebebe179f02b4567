"""What do people do with money in Keap? They take payments, refund and void them, write credits and cancel orders."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from .orders import Orders
from .records import (
    CARD,
    CREDITS,
    NOTHING,
    REFUND,
    VOID,
    GatewayTransaction,
    KeapOrder,
    KeapPayment,
    PaidPart,
)

Amount = Decimal | str | int


class Payments(Orders):
    """Payments, credits and refunds of orders, and what they come to."""

    # What orders and payments come to

    def parts_of(self, order: KeapOrder) -> list[tuple[KeapPayment, PaidPart]]:
        """The payments of an order with what each did to it, in the order they came."""
        payments = (self.store.payments[payment_id] for payment_id in order.payment_ids)
        return [(payment, part) for payment in payments for part in payment.parts if part.order_id == order.id]

    def paid(self, order: KeapOrder) -> Decimal:
        """What payments and credits have taken off an order's total, less what was refunded or voided."""
        return sum((part.amount for payment, part in self.parts_of(order) if payment.counts), NOTHING)

    def refunded(self, order: KeapOrder) -> Decimal:
        """How much of an order's payments went back."""
        rows = self.parts_of(order)
        return -sum((part.amount for payment, part in rows if payment.type == REFUND), NOTHING)

    def balance(self, which: str | KeapOrder) -> Decimal:
        """What is still owed for an order."""
        order = self.order(which)
        return order.total - self.paid(order)

    # Money in

    def pay(
        self,
        which: str,
        amount: Amount | None = None,
        method: str = "Check",
        *,
        on: date | datetime | None = None,
        note: str = "",
        pending: bool = False,
    ) -> str:
        """Take a payment for an order, the whole balance when no amount is said; the answer is the payment's id.

        A credit card is charged through a processor at the moment; whatever else a person enters is for a day, and is
        stamped at its midnight unless `on` says the moment.

        Raises:
            ValueError: There is no such order, or the amount is not above zero.
        """
        order = self.order(which)
        owed = self.balance(order) if amount is None else Decimal(amount)
        return self.pay_several({order.id: owed}, method, on=on, note=note, pending=pending)

    def pay_several(
        self,
        amounts: Mapping[str, Amount],
        method: str = "Check",
        *,
        on: date | datetime | None = None,
        note: str = "",
        pending: bool = False,
    ) -> str:
        """One payment for several orders of a contact, by the orders' ids; the answer is its id.

        Raises:
            ValueError: There is no such order, an amount is not above zero, or the orders are not of one contact.
        """
        with self.writing():
            orders = {self.order(which).id: Decimal(amount) for which, amount in amounts.items()}
            contacts = {self.order(which).contact_id for which in orders}
            if len(contacts) != 1 or min(orders.values()) <= 0:
                raise ValueError("a payment is of one contact, and of more than nothing")
            by_card = method == CARD
            status = ("PENDING", "PENDING") if pending else ("APPROVED", "APPROVED") if by_card else None
            payment = self._payment(
                contacts.pop(),
                method,
                orders,
                statuses=status or ("COMPLETED", "MANUAL_PAID"),
                moment=self.moment_of(on) if by_card or isinstance(on, datetime) else self.midnight(on or self.today()),
                note=note,
            )
            if by_card:
                payment.merchant_type, payment.external_id = "STRIPE", f"ch_{secrets.token_hex(8)}"
                self._transaction(payment, "CAPTURE", "PENDING" if pending else "APPROVED")
        return payment.id

    def approve(self, payment_id: str) -> None:
        """The processor says yes to a payment that was pending.

        Raises:
            ValueError: There is no such payment, or it is not pending.
        """
        with self.writing():
            payment = self.store.payments.get(payment_id)
            if payment is None or payment.status != "PENDING":
                raise ValueError(f"there is no pending payment {payment_id}")
            payment.status = payment.part_status = "APPROVED"
            payment.modified = self.now()
            self.store.put("payments", payment)
            for transaction in self.store.transactions.values():
                if transaction.payment_id == payment_id:
                    transaction.status = "APPROVED"
                    self.store.put("transactions", transaction)
            self.store.tell_event("invoice.payment.edit", payment_id)

    def fail_payment(self, which: str, amount: Amount | None = None, *, error: str = "The card was declined.") -> None:
        """A card is charged in vain: a transaction that failed, and no payment.

        Raises:
            ValueError: There is no such order.
        """
        with self.writing():
            order = self.order(which)
            transaction = GatewayTransaction(
                id=self.store.next_id("transaction"),
                contact_id=order.contact_id,
                order_ids=[order.id],
                amount=self.balance(order) if amount is None else Decimal(amount),
                method="CAPTURE",
                status="FAILED",
                moment=self.now(),
                error=error,
            )
            self.store.put("transactions", transaction)

    def credit(self, which: str, amount: Amount | None = None, *, on: date | None = None, kind: str = "Credit") -> str:
        """Take something off what is owed without money: a Credit, a Write-off or an Adjustment.

        Raises:
            ValueError: There is no such order or kind.
        """
        if kind not in CREDITS:
            raise ValueError(f"there is no {kind}; there are {', '.join(CREDITS)}")
        return self.pay(which, amount, kind, on=on)

    def write_off(self, which: str, *, on: date | None = None) -> str:
        """Give up what is still owed."""
        return self.credit(which, on=on, kind="Write-off")

    # Money back

    def refund(
        self,
        which: str,
        amount: Amount | None = None,
        *,
        payment_id: str = "",
        on: date | datetime | None = None,
        note: str = "",
    ) -> str:
        """Give back a payment of an order, in part or whole, the last when none is named; the answer is the row's id.

        Raises:
            ValueError: There is no such order or payment, or not as much was paid.
        """
        return self._give_back(which, amount, REFUND, payment_id=payment_id, on=on, note=note)

    def void(self, which: str, *, payment_id: str = "") -> str:
        """Undo a payment of an order as if it had never been taken; the answer is the id of the row that says so.

        Raises:
            ValueError: There is no such order or payment.
        """
        return self._give_back(which, None, VOID, payment_id=payment_id)

    def _give_back(
        self,
        which: str,
        amount: Amount | None,
        kind: str,
        *,
        payment_id: str = "",
        on: date | datetime | None = None,
        note: str = "",
    ) -> str:
        with self.writing():
            order = self.order(which)
            payment, part = self._payment_to_undo(order, payment_id)
            given = self._left_of(order, part) if amount is None else Decimal(amount)
            if not 0 < given <= self._left_of(order, part):
                raise ValueError(f"{given} cannot be given back of payment {payment.id}")
            by_card = payment.type == CARD
            row = self._payment(
                order.contact_id,
                kind,
                {order.id: -given},
                statuses=("APPROVED" if by_card else "COMPLETED", "REFUNDED" if kind == REFUND else "VOIDED"),
                moment=self.moment_of(on) if by_card or isinstance(on, datetime) else self.midnight(on or self.today()),
                note=note,
            )
            row.parts[0].refund_part_id = part.id
            payment.refund_payment_id, payment.modified = row.id, self.now()
            self.store.put("payments", payment)
            if by_card:
                row.merchant_type, row.external_id = "STRIPE", f"re_{secrets.token_hex(8)}"
                self._transaction(row, kind.upper(), "APPROVED")
        return row.id

    def _payment_to_undo(self, order: KeapOrder, payment_id: str) -> tuple[KeapPayment, PaidPart]:
        for payment, part in reversed(self.parts_of(order)):
            named = payment.id == payment_id if payment_id else payment.type not in (REFUND, VOID)
            if named and payment.counts and part.amount > 0 and self._left_of(order, part) > 0:
                return payment, part
        raise ValueError(f"order {order.id} has no payment {payment_id or 'that could be given back'}")

    def _left_of(self, order: KeapOrder, part: PaidPart) -> Decimal:
        back = (row.amount for _, row in self.parts_of(order) if row.refund_part_id == part.id)
        return part.amount + sum(back, NOTHING)

    def cancel(self, which: str) -> None:
        """Give back everything that was paid for an order and write off the rest: nothing is owed either way.

        Keap has no cancelled orders: this is what people do in its refund dialog.

        Raises:
            ValueError: There is no such order.
        """
        with self.writing():
            order = self.order(which)
            for payment, part in self.parts_of(order):
                if payment.counts and part.amount > 0 and self._left_of(order, part) > 0:
                    self.refund(order.id, payment_id=payment.id)
            if self.balance(order) > 0:
                self.credit(order.id)
            self._touch(order)

    # Rows

    def _payment(
        self,
        contact_id: str,
        kind: str,
        amounts: Mapping[str, Decimal],
        *,
        statuses: tuple[str, str],
        moment: datetime,
        note: str,
    ) -> KeapPayment:
        now = self.now()
        payment = KeapPayment(
            id=self.store.next_id("payment"),
            contact_id=contact_id,
            type=kind,
            amount=sum(amounts.values(), NOTHING),
            status=statuses[0],
            part_status=statuses[1],
            moment=moment,
            modified=now,
            note=note,
            parts=[
                PaidPart(id=self.store.next_id("part"), order_id=order_id, amount=amount)
                for order_id, amount in amounts.items()
            ],
        )
        self.store.put("payments", payment)
        self.store.tell_event("invoice.payment.add", payment.id)
        for order_id in amounts:
            order = self.order(order_id)
            order.payment_ids.append(payment.id)
            if self.options.payment_touches_order:
                self._touch(order)
            self.store.put("orders", order)
        return payment

    def _transaction(self, payment: KeapPayment, method: str, status: str) -> None:
        self.store.put("payments", payment)
        transaction = GatewayTransaction(
            id=self.store.next_id("transaction"),
            contact_id=payment.contact_id,
            order_ids=[part.order_id for part in payment.parts],
            amount=abs(payment.amount),
            method=method,
            status=status,
            moment=payment.moment,
            payment_id=payment.id,
            external_id=payment.external_id,
        )
        self.store.put("transactions", transaction)
