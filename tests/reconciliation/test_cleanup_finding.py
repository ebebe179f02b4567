"""Which transactions and customers in QuickBooks look wrong? Rules over values."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mapping.matching.customer_candidates import Candidates, Person
from reconciliation.cleanup.finding import (
    NEAR_DAY,
    SAME_DAY,
    SAME_NUMBER,
    BooksCustomer,
    BooksEntry,
    CleanupCase,
    CleanupKind,
    customers_twice,
    entered_twice,
    open_cases,
)


def entry(identifier: str, day: int = 14, *, number: str = "", amount: str = "48", **told: Any) -> BooksEntry:
    """An invoice of Nora's on a day of August, entered by others."""
    facts: dict[str, Any] = {
        "form": "invoice",
        "dated": date(2026, 8, 1) + timedelta(days=day - 1),
        "customer_id": "9",
        "customer_name": "Nora Quist",
        "currency": "USD",
        "is_ours": False,
    }
    return BooksEntry(quickbooks_id=identifier, number=number, total=Decimal(amount), **(facts | told))


def groups(*entries: BooksEntry) -> list[tuple[str, str, Decimal]]:
    """The ids of each case, its reason, and what would be too much."""
    cases = entered_twice(entries).cases
    return [(" ".join(row.quickbooks_id for row in case.entries), case.reasons[0], case.amount) for case in cases]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (entry("2", 30, number="#1042"), SAME_NUMBER),
        (entry("2", 14, number="77"), SAME_DAY),
        (entry("2", 16), NEAR_DAY),
        (entry("2", 16, form="sales-receipt", number="77", is_ours=True), NEAR_DAY),
    ],
)
def test_two_of_one_customer_and_total_are_one_sale_by_number_or_by_day(other: BooksEntry, reason: str) -> None:
    assert groups(entry("1", number="INV-1042"), other) == [("1 2", reason, Decimal(48))]


@pytest.mark.parametrize(
    "other",
    [
        entry("2", amount="48.01", number="1042"),
        entry("2", customer_id="10", number="1042"),
        entry("2", currency="EUR", number="1042"),
        entry("2", 46, number="1042"),
        entry("2", 18),
        entry("2", 16, number="77"),
        entry("2", form="credit-memo", number="1042"),
    ],
)
def test_others_are_not_the_same(other: BooksEntry) -> None:
    assert groups(entry("1", number="1042"), other) == []


def test_what_tieout_posted_twice_is_two_records_of_the_source_unless_they_have_one_number() -> None:
    ours = [entry(str(number), number=str(number), is_ours=True) for number in (1, 2)]

    assert groups(*ours) == []
    assert groups(ours[0], entry("3", 20, number="1", is_ours=True)) == [("1 3", SAME_NUMBER, Decimal(48))]


def test_payments_of_different_invoices_are_both_meant_and_so_are_the_installments_that_tieout_posted() -> None:
    def paid(identifier: str, invoice: str, **told: Any) -> BooksEntry:
        return entry(identifier, form="payment", number="1042", applied_to=frozenset({invoice}), **told)

    assert groups(paid("1", "Invoice 5"), paid("2", "Invoice 6")) == []
    assert groups(paid("1", "Invoice 5", is_ours=True), paid("2", "Invoice 5", is_ours=True)) == []
    assert groups(paid("1", "Invoice 5", is_ours=True), paid("2", "Invoice 5")) == [("1 2", SAME_NUMBER, Decimal(48))]


def test_three_times_is_one_case_and_what_comes_again_and_again_is_a_habit() -> None:
    assert groups(*(entry(str(n)) for n in range(3))) == [("0 1 2", SAME_DAY, Decimal(96))]
    coffees = [entry(str(n), 14 + n // 50) for n in range(200)]
    assert groups(*coffees) == []
    twice = entry("201", 20, number="R-7"), entry("202", 25, number="7")
    assert groups(*coffees, *twice) == [("201 202", SAME_NUMBER, Decimal(48))]


def test_read_month_by_month_the_cases_are_those_of_the_whole_period() -> None:
    rows = [entry(str(n), 1 + n * 4, number=str(n % 5), amount=str(10 + n % 3)) for n in range(60)]
    rows += [entry(f"x{n}", 2 + n * 9) for n in range(20)] + [entry(f"y{n}", 2 + n * 9) for n in range(20)]
    whole = {case.entries for case in entered_twice(rows).cases}

    found: list[CleanupCase] = []
    waiting: tuple[BooksEntry, ...] = ()
    through = date(2026, 8, 1)
    while through < date(2027, 6, 1):
        after = through + timedelta(days=30)
        part = entered_twice([*waiting, *(r for r in rows if through <= r.dated < after)], read_through=after)
        found, waiting, through = [*found, *part.cases], part.waiting, after
    found += entered_twice(waiting).cases

    assert len(whole) > 10
    assert (len(found), {case.entries for case in found}) == (len(whole), whole)


def test_what_is_open_of_a_payment_and_of_a_credit_and_what_was_not_deposited_is_told_with_its_money() -> None:
    until = date(2026, 8, 20)
    rows = [
        entry("1", form="payment", unused=Decimal("8.00")),
        entry("2", form="credit-memo", unused=Decimal(48)),
        entry("3", 20, form="sales-receipt", is_undeposited=True),
        entry("4", 21, form="payment", is_undeposited=True),
        entry("5", form="payment", amount="0", is_undeposited=True),
        entry("6", unused=Decimal(48)),
    ]

    cases = [
        (case.kind, case.entries[0].quickbooks_id, case.amount) for case in open_cases(rows, undeposited_until=until)
    ]

    assert cases == [
        (CleanupKind.UNAPPLIED, "1", Decimal("8.00")),
        (CleanupKind.UNUSED, "2", Decimal(48)),
        (CleanupKind.UNDEPOSITED, "3", Decimal(48)),
    ]


def test_customers_that_are_alike_are_told_once_with_what_both_were_sold() -> None:
    people = [
        Person(key="1", name="Nora Quist", email="nora@example.com"),
        Person(key="2", name="Quist, Nora"),
        Person(key="3", name="N. Q.", email="nora@example.com"),
        Person(key="4", name="Nora Quist"),
        Person(key="5", name="Priya Raman"),
        Person(key="6", name="Priya Raman"),
    ]
    sold = {"1": "48", "2": "24", "5": "0", "4": "9"}
    customers = {
        person.key: BooksCustomer(
            person=person, currency="EUR" if person.key == "4" else "USD", sold=Decimal(sold.get(person.key, "0"))
        )
        for person in people
    }

    cases = list(customers_twice(Candidates(people), customers))

    told = {(case.customers[0].person.key, case.customers[1].person.key): case.amount for case in cases}
    assert told == {("1", "2"): Decimal(72), ("1", "3"): Decimal(48)}
    assert [case.reasons[0] for case in cases if case.customers[1].person.key == "3"] == ["same email"]
