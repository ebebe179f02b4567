"""Which transactions in QuickBooks may be which records of the source? Rules over values."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from books.posted_document import HeldLink, Holding, Named
from sync.adopting.matching import BooksRecord, SourceRecord, bare_number, paired, pairs

FIRST = date(2026, 8, 1)


def sold(key: int, *, number: str, day: int, total: str, customer: str, form: str = "invoice") -> SourceRecord:
    return SourceRecord(
        key=key,
        form=form,
        number=number,
        dated=FIRST + timedelta(days=day),
        total=Decimal(total),
        currency="USD",
        customer_id=customer,
        customer_name=f"Customer {customer}",
        emails=frozenset({f"{customer}@example.com"}) if customer else frozenset(),
        invoice_id="5" if form == "payment" else "",
    )


def held(
    key: int, *, number: str, day: int, total: str, customer: str, form: str = "invoice", currency: str = "USD"
) -> BooksRecord:
    holding = Holding(
        number=number,
        dated=(FIRST + timedelta(days=day)).isoformat(),
        customer=Named(identifier=customer, name=f"customer {customer}"),
        currency=currency,
        total=Decimal(total),
        links=(HeldLink(document=f"Invoice {key % 9}", amount=Decimal(total)),) if form == "payment" else (),
    )
    emails = frozenset({f"{key % 12}@example.com"})
    return BooksRecord(form=form, quickbooks_id=str(key), holding=holding, emails=emails)


def test_what_is_looked_up_is_all_that_may_be_the_same_where_few_are_equal() -> None:
    numbers = ("1042", "INV-1042", "7", "", "Cash", "cash", "#007")
    for seed in range(10):
        chance = Random(seed)

        def facts(chance: Random = chance) -> dict[str, object]:
            return {
                "number": chance.choice(numbers),
                "day": chance.randrange(90),
                "total": chance.choice(("48", "24", "9")),
                "customer": chance.choice(("", "1", "2", "3")),
                "form": chance.choice(("invoice", "sales-receipt", "payment")),
            }

        ours = [sold(key, **facts()) for key in range(12)]  # type: ignore[arg-type]
        theirs = [held(key, currency=chance.choice(("USD", "")), **facts()) for key in range(18)]  # type: ignore[arg-type]

        whole = [pair for mine in ours for other in theirs if (pair := paired(mine, other))]
        # That two are called “Cash” says nothing where they come to something else
        whole = [
            p for p in whole if bare_number(p.ours.number) or p.ours.total == p.theirs.holding.total or p.theirs.pays
        ]

        key = [(pair.ours.key, pair.theirs.quickbooks_id) for pair in pairs(ours, theirs)]
        assert len(key) == len(set(key))
        assert set(key) == {(pair.ours.key, pair.theirs.quickbooks_id) for pair in whole}


def test_hundreds_of_equal_sales_are_each_held_against_a_few() -> None:
    subscriptions = [sold(n, number=f"S{n}", day=n % 30, total="49", customer=str(n)) for n in range(300)]
    walk_in = [sold(n, number=f"W{n}", day=n % 30, total="5", customer="9") for n in range(300, 600)]
    theirs = [held(n, number=f"T{n}9", day=n % 30, total="49", customer=str(n)) for n in range(300)]
    theirs += [held(n, number=f"T{n}9", day=n % 30, total="5", customer="9") for n in range(300, 600)]

    found = pairs([*subscriptions, *walk_in], theirs)

    assert {pair.ours.key for pair in found} == set(range(600))
    assert len(found) < 600 * 25
