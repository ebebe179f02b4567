"""What is one account of Keap? Everything that people do in it, and what they bill again and again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from .orders import NewLine
from .payments import Amount, Payments
from .records import CARD, KeapSubscription

_DAYS = {"DAY": 1, "WEEK": 7, "MONTH": 30, "YEAR": 365}


class KeapAccount(Payments):
    """One account of Keap, with everything that people do in it."""

    def subscribe(self, customer: str, what: str, *, on: date | None = None, amount: Amount | None = None) -> str:
        """A contact begins to pay for a product by its plan; the answer is the subscription's id.

        Raises:
            ValueError: There is no such contact or product, or the product has no plan.
        """
        with self.writing():
            contact, product = self.contact(customer), self.product(what)
            if not product.plan_id:
                raise ValueError(f"{product.name} is not sold by subscription")
            started = on or self.today()
            subscription = KeapSubscription(
                id=self.store.next_id("subscription"),
                contact_id=contact.id,
                product_id=product.id,
                plan_id=product.plan_id,
                amount=product.price if amount is None else Decimal(amount),
                cycle=product.plan_cycle,
                started=started,
                next_bill=started,
                modified=self.now(),
            )
            self.store.put("subscriptions", subscription)
            self.store.tell_event("subscription.add", subscription.id)
        return subscription.id

    def take_renewal(self, which: str, *, on: date | datetime | None = None, fails: bool = False) -> str:
        """Bill a subscription once more: a new order, paid by card unless it fails; the answer is the order's id.

        Raises:
            ValueError: There is no such subscription, or it has ended.
        """
        with self.writing():
            subscription = self.store.subscriptions.get(which)
            if subscription is None or not subscription.active:
                raise ValueError(f"there is no running subscription {which}")
            line = NewLine(
                item_type="SUBSCRIPTION",
                product=self.product(subscription.product_id),
                quantity=subscription.quantity,
                price=subscription.amount,
                subscription_id=subscription.id,
            )
            order_id = self.place_order(subscription.contact_id, [line], on=on, order_type="ONLINE")
            if fails:
                self.fail_payment(order_id)
            else:
                self.pay(order_id, method=CARD, on=on)
            day = self.moment_of(on).astimezone(self.clock.zone).date()
            subscription.last_bill = day
            subscription.next_bill = (subscription.next_bill or day) + timedelta(days=_DAYS[subscription.cycle])
            subscription.modified = self.now()
            self.store.put("subscriptions", subscription)
            self.store.tell_event("subscription.edit", subscription.id)
        return order_id

    def end_subscription(self, which: str, *, reason: str = "Customer requested cancellation") -> None:
        """Bill a subscription no more.

        Raises:
            ValueError: There is no such subscription.
        """
        with self.writing():
            subscription = self.store.subscriptions.get(which)
            if subscription is None:
                raise ValueError(f"there is no subscription {which}")
            subscription.active, subscription.ended = False, self.today()
            subscription.next_bill, subscription.reason_stopped = None, reason
            subscription.modified = self.now()
            self.store.put("subscriptions", subscription)
            self.store.tell_event("subscription.edit", subscription.id)
