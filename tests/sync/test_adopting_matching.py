"""Which transactions in QuickBooks are candidates for a record of the source, and which are certain?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.posted_document import HeldLine, HeldLink, Holding, Named
from sync.adopting.matching import (
    MOST,
    BooksRecord,
    Ground,
    SourceRecord,
    bare_number,
    certain_pairs,
    free_of,
    paired,
    pairs,
    ranked,
)

OURS = SourceRecord(
    key=1,
    form="invoice",
    number="1042",
    dated=date(2026, 8, 14),
    total=Decimal("48.00"),
    currency="USD",
    customer_id="9",
    customer_name="Nora Quist",
    emails=frozenset({"nora@example.com"}),
    amounts=(Decimal("48.00"),),
)
HELD = Holding(
    number="1042",
    dated="2026-08-14",
    customer=Named(identifier="9", name="Nora Quist"),
    currency="USD",
    total=Decimal("48.00"),
    lines=(HeldLine(moves="item 1", amount=Decimal("48.00")),),
)
PAYMENT = replace(OURS, key=2, form="payment", number="ch_1", amounts=(), invoice=1, invoice_id="20")


def theirs(form: str = "invoice", identifier: str = "20", **held: object) -> BooksRecord:
    return BooksRecord(form=form, quickbooks_id=identifier, holding=replace(HELD, **held))  # type: ignore[arg-type]


def a_payment(identifier: str = "21", *invoices: str, **held: object) -> BooksRecord:
    links = tuple(HeldLink(document=f"Invoice {invoice}", amount=Decimal("48.00")) for invoice in invoices)
    return theirs("payment", identifier, number="", lines=(), links=links, **held)


def grounds(ours: SourceRecord, record: BooksRecord) -> set[str] | None:
    pair = paired(ours, record)
    return {ground.value for ground in pair.grounds} if pair else None


def test_what_agrees_in_everything_is_certain_with_every_ground() -> None:
    (pair,) = certain_pairs(pairs([OURS], [theirs()]))

    assert [ground.value for ground in pair.grounds] == [
        "same-number", "same-customer", "same-total", "same-day", "same-lines"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "record",
    [
        theirs(total=Decimal("47.99")),
        theirs(number="1043"),
        theirs(number="INV-1042"),
        theirs(number=""),
        theirs(customer=Named(identifier="10", name="Olaf Berg")),
        theirs("sales-receipt"),
    ],
    ids=["a cent less", "another number", "a prefix", "no number", "another customer", "another form"],
)
def test_whatever_differs_of_number_customer_total_and_form_is_a_candidate_and_never_certain(
    record: BooksRecord,
) -> None:
    found = pairs([OURS], [record])

    assert len(found) == 1
    assert certain_pairs(found) == []


@pytest.mark.parametrize(
    "record",
    [
        theirs(currency="EUR"),
        theirs(total=Decimal(0), lines=()),
        theirs(number="1043", customer=Named(identifier="10", name="Olaf Berg")),
        theirs(number="1043", dated="2026-10-01"),
        theirs("credit-memo"),
        theirs("payment"),
    ],
    ids=["another currency", "voided", "only the total agrees", "months apart", "a credit memo", "a payment"],
)
def test_what_is_something_else_is_no_candidate(record: BooksRecord) -> None:
    assert pairs([OURS], [record]) == []


def test_a_number_is_enough_over_months_with_one_thing_more() -> None:
    assert grounds(OURS, theirs(dated="2026-12-14", total=Decimal(3), lines=())) == {
        "same-number", "same-customer", "other-total", "other-day"
    }  # fmt: skip


def test_what_a_person_ruled_out_is_not_suggested_again() -> None:
    assert pairs([replace(OURS, ruled_out=frozenset({"20"}))], [theirs()]) == []


def test_two_on_either_side_leave_nothing_certain() -> None:
    assert certain_pairs(pairs([OURS], [theirs(), theirs(identifier="22")])) == []
    assert certain_pairs(pairs([OURS, replace(OURS, key=3)], [theirs()])) == []


def test_an_email_or_a_name_says_who_the_customer_is_where_the_id_does_not() -> None:
    unknown = replace(OURS, customer_id="")
    mailed = BooksRecord(form="invoice", quickbooks_id="20", holding=HELD, emails=frozenset({"nora@example.com"}))

    assert "same-email" in (grounds(unknown, mailed) or ())
    assert "same-name" in (grounds(unknown, theirs()) or ())


def test_a_payment_is_certain_by_the_invoice_it_is_applied_to_and_by_no_other() -> None:
    found = pairs([PAYMENT], [a_payment("21", "20"), a_payment("22", "33"), a_payment("23", "20", "33")])

    assert [pair.theirs.quickbooks_id for pair in certain_pairs(found)] == ["21"]
    assert sorted(pair.theirs.quickbooks_id for pair in found) == ["21", "23"]


def test_an_unapplied_payment_of_the_customer_is_a_candidate_and_not_certain() -> None:
    found = pairs([PAYMENT], [a_payment()])

    assert Ground.UNAPPLIED in found[0].grounds
    assert certain_pairs(found) == []


def test_the_likeliest_come_first_and_at_most_five() -> None:
    others = [theirs(identifier=str(number), number="", dated="2026-08-20") for number in range(30, 40)]

    (candidates,) = ranked(pairs([OURS], [*others, theirs()])).values()

    assert candidates[0].theirs.quickbooks_id == "20"
    assert len(candidates) == MOST


def test_what_is_certainly_anothers_is_no_candidate_any_more() -> None:
    other = replace(OURS, key=3, number="7")
    found = pairs([OURS, other], [theirs()])

    assert [pair.ours.key for pair in free_of(found, certain_pairs(found))] == [1]


@pytest.mark.parametrize("number", ["1042", "INV-1042", "#1042", "inv 01042"])
def test_a_number_is_the_same_without_what_stands_before_its_digits(number: str) -> None:
    assert bare_number(number) == "1042"


amounts = st.sampled_from([Decimal("48.00"), Decimal("48.01"), Decimal("12.00")])
sides = st.lists(st.tuples(st.sampled_from(["1", "2", "INV-1"]), amounts, st.sampled_from(["9", "10"])), max_size=6)


@given(ours=sides, held=sides)
def test_what_is_certain_is_one_to_one_and_never_differs_in_amount(
    ours: list[tuple[str, Decimal, str]], held: list[tuple[str, Decimal, str]]
) -> None:
    mine = [
        replace(OURS, key=key, number=number, total=amount, customer_id=customer, customer_name=customer)
        for key, (number, amount, customer) in enumerate(ours)
    ]
    others = [
        theirs(identifier=str(key), number=number, total=amount, customer=Named(identifier=customer))
        for key, (number, amount, customer) in enumerate(held)
    ]

    certain = certain_pairs(pairs(mine, others))

    assert len({pair.ours.key for pair in certain}) == len(certain)
    assert len({pair.theirs.quickbooks_id for pair in certain}) == len(certain)
    assert all(pair.ours.total == pair.theirs.holding.total for pair in certain)
