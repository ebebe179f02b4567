"""Does a refund take first what no invoice used, and only then become an allowance?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.documents import DoesNotBalance, JournalEntry, Payment, RefundedPart
from books.problems import MovesTwoReceivables
from sync.preparing.builders.journal import WHY
from sync.preparing.builders.settled import Division, GivenBack, Sent, Settles, divide
from tests.builders.plans import document, forms, in_books_of, moved, plan_of, problems
from tests.docs.worked_examples import planned
from tests.sample_orders import an_order, ledger

CHECKING = "Refund Credit Account = Checking"
TWICE = """
    2026-08-14          order 2
    KIT-CLAY            48.00
    paid 2026-08-20     Card  48.00
    paid 2026-08-20     Card  48.00
"""
DAY = date(2026, 8, 14)
INVOICE = "keap:source-2:invoice"


def refund_of(plan: object) -> str:
    return document(plan, "refund").key  # type: ignore[arg-type]


@pytest.mark.parametrize("settings", [CHECKING, f"{CHECKING}; item for refunds Goodwill Credit"])
def test_a_duplicate_payment_that_went_back_leaves_no_receivable_and_no_allowance(settings: str) -> None:
    plan = plan_of(TWICE + "refund 2026-08-22  Duplicate  48.00", settings)
    entry = document(plan, "refund")

    assert isinstance(entry, JournalEntry)
    assert (entry.stands_for, entry.why) == ("refund", WHY["refund-unused"])
    assert ledger(entry) == ledger("""
        Accounts Receivable   48.00
        Checking             -48.00
    """)
    assert moved(planned.document for planned in plan.planned) == {
        "Accounts Receivable": 0,
        "Sales:Kits": -48,
        "Undeposited Funds": 96,
        "Checking": -48,
    }


def test_only_what_no_invoice_used_debits_the_receivable_and_the_rest_is_an_allowance() -> None:
    plan = plan_of(TWICE + "refund 2026-08-22  Duplicate and more  60.00", CHECKING)

    assert ledger(document(plan, "refund")) == ledger("""
        Accounts Receivable    48.00
        Refunds & Allowances   12.00
        Checking              -60.00
    """)


def test_several_refunds_take_it_in_the_order_of_their_days() -> None:
    plan = plan_of(TWICE + "refund 2026-08-24  Late  20.00\nrefund 2026-08-22  Early  40.00", CHECKING)

    first, second = document(plan, "refund"), document(plan, "refund", 1)
    assert [str(line.amount) for line in first.postings] == ["40.00", "-40.00"]
    assert ledger(second) == ledger("""
        Accounts Receivable     8.00
        Refunds & Allowances   12.00
        Checking              -20.00
    """)


def test_a_refund_of_money_that_was_used_is_an_allowance_as_ever() -> None:
    text = "2026-08-14  order 2\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00\nrefund 2026-08-22  Broken  48.00"

    assert ledger(document(plan_of(text, CHECKING), "refund")) == ledger("""
        Refunds & Allowances   48.00
        Checking              -48.00
    """)


@pytest.mark.parametrize(
    ("sold", "back"),
    [
        ("KIT-CLAY  48.00\nKIT-CLAY  -48.00", "48.00"),  # the line that was returned is on the order
        ("KIT-CLAY  48.00\nKIT-CLAY  -24.00", "24.00"),
        ("KIT-CLAY  24.00", "24.00"),  # the order itself has shrunk
    ],
)
def test_where_the_sale_is_less_already_the_refund_is_no_second_allowance(sold: str, back: str) -> None:
    text = f"2026-08-14  order 2\n{sold}\npaid 2026-08-20  Card  48.00\nrefund 2026-08-22  Returned  {back}"
    found = moved(planned.document for planned in plan_of(text, CHECKING).planned)

    assert found["Accounts Receivable"] == 0
    assert "Refunds & Allowances" not in found


def test_a_return_that_was_paid_out_is_no_allowance_either() -> None:
    text = "2026-09-03  order 2\nKIT-CLAY  -24.50\nrefund 2026-09-04  Paid out  24.50"
    found = moved(planned.document for planned in plan_of(text, CHECKING).planned)

    assert found == {"Sales:Kits": Decimal("24.50"), "Accounts Receivable": 0, "Checking": Decimal("-24.50")}


def test_a_credit_that_was_paid_out_is_one_allowance_and_not_two() -> None:
    text = TWICE.replace("paid 2026-08-20     Card  48.00\n    paid", "paid", 1)
    found = moved(
        planned.document
        for planned in plan_of(
            text + "credit 2026-08-21  Comp  10.00\nrefund 2026-08-22  Comp  10.00", CHECKING
        ).planned
    )

    assert [int(found[path]) for path in ("Accounts Receivable", "Refunds & Allowances", "Checking")] == [0, 10, -10]


def test_money_of_a_cancelled_order_that_went_back_is_no_allowance() -> None:
    sold = "2026-08-14  order 2\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00"
    posted = plan_of(sold, CHECKING)
    cancelled = sold + "\nrefund 2026-08-22  Cancelled  48.00\nstatus  cancelled"

    plan = plan_of(cancelled, CHECKING, in_books=in_books_of(posted))

    assert ledger(document(plan, "refund")) == ledger("""
        Accounts Receivable   48.00
        Checking             -48.00
    """)


def test_with_the_receivable_as_refund_credit_account_the_money_is_where_it_goes_and_nothing_moves() -> None:
    plan = plan_of(TWICE + "refund 2026-08-22  Duplicate  48.00")

    assert [kind for kind, _ in forms(plan)] == ["invoice", "payment", "payment"]
    assert [(note.code, dict(note.facts)["amount"]) for note in plan.notes] == [("refund-on-account", "48.00 USD")]
    assert len(plan.idle) == 1  # one that was posted before is asked about

    more = plan_of(TWICE + "refund 2026-08-22  Duplicate and more  60.00")
    assert ledger(document(more, "refund")) == ledger("""
        Refunds & Allowances   12.00
        Accounts Receivable   -12.00
    """)


def test_without_a_refund_debit_account_money_that_was_never_used_still_goes_back() -> None:
    plan = plan_of(TWICE + "refund 2026-08-22  Duplicate  48.00", f"{CHECKING}; Refund Debit Account = ")

    assert problems(plan, "refund") == []
    assert forms(plan)[-1] == ("refund", "journal-entry")


def test_a_refund_debit_account_that_is_the_receivable_makes_one_line_of_both() -> None:
    text = TWICE + "refund 2026-08-22  Duplicate and more  60.00"
    plan = plan_of(text, f"{CHECKING}; Refund Debit Account = Accounts Receivable")

    assert ledger(document(plan, "refund")) == ledger("""
        Accounts Receivable   60.00
        Checking             -60.00
    """)


@pytest.mark.parametrize(
    ("settings", "debit"),
    [
        ("Refund Credit Account = Wholesale Receivables", "Payment Credit Account"),
        (f"{CHECKING}; Refund Debit Account = Wholesale Receivables", "Refund Debit Account"),
    ],
)
def test_two_receivables_in_one_refund_block_it_and_say_which(settings: str, debit: str) -> None:
    plan = plan_of(TWICE + "refund 2026-08-22  Duplicate and more  60.00", settings)

    (problem,) = problems(plan, "refund")
    assert problem.code == "moves-two-receivables"
    assert debit in problem.explain()


def test_where_a_refund_would_move_three_receivables_the_first_two_are_named() -> None:
    settings = "Refund Debit Account = Wholesale Receivables; Refund Credit Account = Wholesale Receivables"
    plan = plan_of(TWICE + "refund 2026-08-22  Duplicate and more  60.00", settings)

    (problem,) = problems(plan, "refund")
    assert isinstance(problem, MovesTwoReceivables)
    assert (problem.debit_setting, problem.debited) == ("Refund Debit Account", "Wholesale Receivables")
    assert (problem.credit_setting, problem.credited) == ("Payment Credit Account", "Accounts Receivable")


def test_a_payment_is_tied_to_its_refund_once_quickbooks_has_it() -> None:
    text = TWICE + "refund 2026-08-22  Duplicate  48.00"
    first = plan_of(text, CHECKING)
    refund = refund_of(first)
    assert [payment.refunded for payment in payments(first)] == [(), ()]

    second = plan_of(text, CHECKING, in_books=in_books_of(first, unused={refund: Decimal(48)}))

    assert [
        (str(payment.applied), [(part.refund, str(part.amount)) for part in payment.refunded])
        for payment in payments(second)
    ] == [
        ("48.00", []),
        ("0.00", [(refund, "48.00")]),
    ]
    assert payments(second)[1].needs[:2] == (INVOICE, refund)
    assert [payment.unapplied for payment in payments(second)] == [0, 0]


def payments(plan: object) -> list[Payment]:
    return [planned.document for planned in plan.planned if isinstance(planned.document, Payment)]  # type: ignore[attr-defined]


def test_the_payment_that_the_source_names_is_the_one_that_goes_back() -> None:
    order = an_order(
        "2026-08-14  order 2\nKIT-CLAY  48.00\npaid 2026-08-20  Cash  60.00\npaid 2026-08-21  Check  60.00"
    )
    text = "2026-08-14  order 2\nKIT-CLAY  48.00\nrefund 2026-08-22  Twice  50.00"
    refunds = tuple(replace(refund, payment_id=order.payments[1].source_id) for refund in an_order(text).refunds)
    order = replace(order, refunds=refunds)
    first = planned(order, settings=CHECKING)
    refund = refund_of(first)

    second = planned(order, settings=CHECKING, in_books=in_books_of(first, unused={refund: Decimal(50)}))

    assert [[str(part.amount) for part in payment.refunded] for payment in payments(second)] == [[], ["50.00"]]


def test_a_refund_that_was_sent_keeps_its_money_when_the_order_grows() -> None:
    first = plan_of(TWICE + "refund 2026-08-22  Duplicate  48.00", CHECKING)
    refund = refund_of(first)
    grown = TWICE.replace("48.00\n    paid", "58.00\n    paid", 1) + "refund 2026-08-22  Duplicate  48.00"
    books = in_books_of(first, unused={refund: Decimal(48)})

    plan = plan_of(grown, CHECKING, in_books=replace(books, owed=Decimal(58)))

    assert [str(posting.amount) for posting in document(plan, "refund").postings] == ["48.00", "-48.00"]
    assert [str(payment.applied) for payment in payments(plan)] == ["48.00", "0.00"]


def test_a_refund_waits_for_the_payment_that_has_to_let_it_go() -> None:
    first = plan_of(TWICE + "refund 2026-08-22  Duplicate  48.00", CHECKING)
    refund, second_payment = refund_of(first), payments(first)[1].key
    books = in_books_of(first, unused={refund: Decimal(48)}, ties={(second_payment, refund): Decimal(48)})
    assert (
        plan_of(TWICE + "refund 2026-08-22  Duplicate  48.00", CHECKING, in_books=books).planned[-1].depends_on
        == INVOICE
    )

    less = plan_of(TWICE + "refund 2026-08-22  Duplicate  40.00", CHECKING, in_books=books)

    assert less.planned[-1].depends_on == second_payment


# The rule itself ------------------------------------------------------------------------------------------------------

amounts = st.integers(1, 9000).map(lambda units: Decimal(units).scaleb(-2))
rows = st.lists(st.tuples(amounts, st.integers(0, 5), st.booleans()), max_size=5)
given_back = st.lists(st.tuples(amounts, st.integers(0, 5)), max_size=4)


def records(found: list[tuple[Decimal, int, bool]]) -> list[Settles]:
    return [
        Settles(key=f"r{number}", dated=DAY + timedelta(days=day), amount=amount, is_credit=is_credit)
        for number, (amount, day, is_credit) in enumerate(found)
    ]


def refunds(found: list[tuple[Decimal, int]]) -> list[GivenBack]:
    return [
        GivenBack(key=f"b{number}", dated=DAY + timedelta(days=day), amount=amount)
        for number, (amount, day) in enumerate(found)
    ]


@given(owed=st.integers(0, 20000).map(lambda units: Decimal(units).scaleb(-2)), paid=rows, back=given_back)
def test_of_no_record_more_is_used_than_there_is_and_refunds_take_all_that_is_left(
    owed: Decimal, paid: list[tuple[Decimal, int, bool]], back: list[tuple[Decimal, int]]
) -> None:
    settles, went_back = records(paid), refunds(back)
    division = divide(owed, settles, went_back, Sent())

    for record in settles:
        assert division.applied[record.key] + sum(division.given_back(record.key).values()) <= record.amount
    total = sum(record.amount for record in settles)
    assert sum(division.applied.values()) == min(owed, total)
    assert sum(division.unused(refund.key) for refund in went_back) == min(
        total - min(owed, total), sum(refund.amount for refund in went_back)
    )


@given(owed=st.integers(0, 20000).map(lambda units: Decimal(units).scaleb(-2)), paid=rows, back=given_back)
def test_what_was_sent_divides_in_the_same_way_again(
    owed: Decimal, paid: list[tuple[Decimal, int, bool]], back: list[tuple[Decimal, int]]
) -> None:
    settles, went_back = records(paid), refunds(back)
    first = divide(owed, settles, went_back, Sent())
    unused = {refund.key: first.unused(refund.key) for refund in went_back}

    for ties in ({}, first.ties):
        again = divide(owed, settles, went_back, Sent(applied=first.applied, unused=unused, ties=ties))
        assert again.applied == first.applied
        assert {refund.key: again.unused(refund.key) for refund in went_back} == unused


def test_what_is_tied_of_a_record_that_is_gone_stays_tied() -> None:
    back = [GivenBack(key="b", dated=DAY, amount=Decimal(48))]

    division = divide(Decimal(48), [], back, Sent(ties={("gone", "b"): Decimal(48)}))

    assert division == Division(applied={}, ties={("gone", "b"): Decimal(48)})


def test_a_payment_cannot_give_back_more_than_is_left_of_it_or_a_part_of_a_cent() -> None:
    paid = payments(plan_of(TWICE, CHECKING))[1]
    half, part = RefundedPart(refund="r", amount=Decimal("20.50")), RefundedPart(refund="s", amount=Decimal("0.005"))

    assert replace(paid, refunded=(half,)).unapplied == Decimal("27.50")
    for refunded in ((half, half, half), (half, part), (replace(half, amount=Decimal(-1)),)):
        with pytest.raises(DoesNotBalance):
            replace(paid, refunded=refunded)
