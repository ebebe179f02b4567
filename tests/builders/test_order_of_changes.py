"""Which change of an order goes first, and which waits?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from books.answers import AccountRef, CustomerRef, ItemRef
from books.documents import CreditApplication, Document, Invoice, InvoiceLine, JournalEntry, JournalLine, Payment
from sync.pushing.order_of_changes import ChangeStep, first_to_go
from tests.books.values import full

RECEIVABLE = AccountRef(quickbooks_id="84", path="Accounts Receivable")
BANK = AccountRef(quickbooks_id="35", path="Checking")
PRIYA = CustomerRef(quickbooks_id="6", name="Priya Natarajan")
DAY = date(2026, 8, 14)


def invoice(amount: str) -> Invoice:
    line = full(
        InvoiceLine, quantity=Decimal(1), unit_price=Decimal(amount), amount=Decimal(amount), item=full(ItemRef)
    )
    return full(Invoice, key="invoice", lines=(line,), discount=None, tax=None)


def entry(key: str, amount: str) -> JournalEntry:
    sides = [(RECEIVABLE, Decimal(amount)), (BANK, -Decimal(amount))]
    lines = tuple(full(JournalLine, account=account, amount=side) for account, side in sides)
    return full(JournalEntry, key=key, lines=lines)


def payment(key: str, applied: str) -> Payment:
    return full(
        Payment, key=key, invoice="invoice", amount=Decimal(500), applied=Decimal(applied), refunded=(),
        deposit_to=BANK, receivable=RECEIVABLE, customer=PRIYA,
    )  # fmt: skip


def use(amount: str) -> CreditApplication:
    return full(CreditApplication, key="use", invoice="invoice", credit="credit", amount=Decimal(amount))


def step(before: Document, after: Document | None, *, can_go: bool = True) -> ChangeStep:
    return ChangeStep(key=before.key, before=before, after=after, waits=before != after, can_go=can_go)


def gone_through(one: ChangeStep) -> list[ChangeStep]:
    """What is left of a step that went: as it is now, with nothing that waits."""
    return [ChangeStep(key=one.key, before=one.after, after=one.after, waits=False, can_go=False)] if one.after else []


def order_of(*steps: ChangeStep) -> list[str]:
    """The keys in the order in which they go."""
    left, gone = list(steps), []
    while key := first_to_go(left):
        gone.append(key)
        left = [now for step in left for now in (gone_through(step) if step.key == key else [step])]
    return gone


def test_a_use_lets_go_before_its_credit_shrinks_and_takes_more_after_it_grew() -> None:
    small, large = (entry("credit", "15.00"), use("15.00")), (entry("credit", "20.00"), use("20.00"))
    assert order_of(step(large[0], small[0]), step(large[1], small[1])) == ["use", "credit"]
    assert order_of(step(small[1], large[1]), step(small[0], large[0])) == ["credit", "use"]


def test_an_invoice_frees_its_only_payment_by_itself_and_an_entry_frees_none() -> None:
    paid = step(payment("payment", "199.00"), payment("payment", "120.00"))
    assert order_of(paid, step(invoice("199.00"), invoice("120.00"))) == ["invoice", "payment"]
    assert order_of(step(entry("invoice", "199.00"), entry("invoice", "120.00")), paid) == ["payment", "invoice"]


def test_of_several_payments_those_that_let_go_are_first() -> None:
    shrinks = step(invoice("199.00"), invoice("120.00"))
    kept = step(payment("kept", "99.00"), payment("kept", "99.00"))
    freed = step(payment("freed", "100.00"), payment("freed", "21.00"))
    assert order_of(shrinks, kept, freed) == ["freed", "invoice"]


def test_what_takes_the_place_of_another_waits_until_that_has_let_go() -> None:
    takes = step(payment("takes", "100.00"), payment("takes", "150.00"))
    lets_go = step(payment("lets-go", "99.00"), payment("lets-go", "49.00"))
    assert order_of(takes, lets_go) == ["lets-go", "takes"]
    assert order_of(takes, step(lets_go.before, None)) == ["lets-go", "takes"]


def test_a_use_is_undone_before_its_credit_and_a_sale_that_is_undone_frees_its_payment() -> None:
    assert order_of(step(entry("credit", "20.00"), None), step(use("20.00"), None)) == ["use", "credit"]
    paid = step(payment("payment", "199.00"), payment("payment", "0.00"))
    assert order_of(paid, step(entry("invoice", "199.00"), None)) == ["invoice", "payment"]


def test_nothing_overtakes_what_it_waits_for() -> None:
    grows = step(entry("credit", "15.00"), entry("credit", "20.00"), can_go=False)
    assert first_to_go([grows, step(use("15.00"), use("20.00"))]) == ""
    assert first_to_go([grows]) == ""


def test_what_takes_more_of_a_document_waits_while_a_person_is_asked_about_that_and_nothing_else_does() -> None:
    held = replace(step(entry("credit", "20.00"), entry("credit", "20.00")), held=True)

    assert first_to_go([held, step(use("15.00"), use("20.00"))]) == ""
    assert first_to_go([held, step(use("20.00"), use("15.00"))]) == "use"
    assert first_to_go([held, step(payment("payment", "10.00"), payment("payment", "15.00"))]) == "payment"


def test_two_that_wait_for_each_other_do_not_wait_for_ever() -> None:
    one, other = use("15.00"), payment("payment", "10.00")
    # Each takes of one document what the other lets go of
    first = ChangeStep(key="use", before=one, after=full(CreditApplication, key="use", invoice="other", credit="credit",
                 amount=Decimal("15.00")), waits=True, can_go=True)  # fmt: skip
    moved = full(Payment, key="payment", invoice="other", amount=Decimal(500), applied=Decimal("10.00"), refunded=())
    second = ChangeStep(key="payment", before=moved, after=other, waits=True, can_go=True)
    assert first_to_go([first, second]) == "use"
