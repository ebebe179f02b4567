"""Is whatever bookkeepers do in QuickBooks found by the next tie-out, called what it is, and explained to the cent?"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from companies.models import Company
from reconciliation.models import TieOut, TieOutState
from reconciliation.tie_out.account_rows import account_rows_of
from reconciliation.tie_out.comparing import Period, Reason
from reconciliation.tie_out.run import begin, carry_out, rows_of
from sync.models import Document
from tests.factories import prepared
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
PRICES = {"KIT-CLAY": 48, "WT-101": 199, "BK-POT": 24}


def _sell(company: Company, number: int, chance: random.Random) -> None:
    """An order, paid in whole, in part or not at all."""
    sku, price = chance.choice(list(PRICES.items()))
    paid = chance.choice([0, price // 2, price])
    payment = f"\npaid 2026-08-{chance.randint(15, 28)}  Card  {paid}.00" if paid else ""
    day = f"2026-08-{chance.randint(1, 14):02}"
    prepared(company, f"{day}  order {number}  #9 Nora Quist <nora@example.com>\n{sku}  {price}.00{payment}")


def _renumber(books: Books, entity: str, record: Any) -> Reason:
    field = "PaymentRefNum" if entity == "Payment" else "DocNumber"
    books.change(entity, record, **{field: f"R-{record['Id']}"})
    return Reason.CHANGED_THERE


def _date_anew(books: Books, entity: str, record: Any) -> Reason:
    books.change(entity, record, TxnDate="2026-09-01")
    return Reason.MOVED_OUT


def _date_within(books: Books, entity: str, record: Any) -> Reason:
    books.change(entity, record, TxnDate="2026-08-31")
    return Reason.CHANGED_THERE


def _delete(books: Books, entity: str, record: Any) -> Reason:
    books.delete(entity, record)
    return Reason.DELETED_THERE


def _void(books: Books, entity: str, record: Any) -> Reason:
    how = {"operation": "update", "include": "void"} if entity == "Payment" else {"operation": "void"}
    body = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
    books.write(entity, body, **how)
    return Reason.VOIDED_THERE


def _leave(books: Books, entity: str, record: Any) -> Reason:
    return Reason.MATCHES


EDITS: tuple[Callable[[Books, str, Any], Reason], ...] = (_renumber, _date_anew, _date_within, _delete, _void, _leave)


def _edited(company: Company, books: Books, chance: random.Random) -> dict[int, Reason]:
    """Bookkeepers edit at random; by document, what a tie-out has to call it."""
    expected = {}
    documents = list(Document.objects.filter(company=company, kind__in=("invoice", "payment")).order_by("pk"))
    for document in documents:
        entity = "Payment" if document.kind == "payment" else "Invoice"
        expected[document.pk] = chance.choice(EDITS)(books, entity, books.read(entity, document.quickbooks_id))
    for document in documents:  # a payment is no longer applied to an invoice that is gone
        gone = expected.get(document.depends_on_id or 0) in (Reason.DELETED_THERE, Reason.VOIDED_THERE)
        if document.kind == "payment" and gone and expected[document.pk] is Reason.MATCHES:
            expected[document.pk] = Reason.CHANGED_THERE
    return expected


@pytest.mark.parametrize("seed", range(5))
def test_every_edit_is_found_and_called_what_it_is(studio: Company, quickbooks: Books, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(1, 9):
        _sell(studio, number, chance)
    push(studio)
    expected = _edited(studio, quickbooks, chance)
    entered = chance.randint(0, 3)
    for number in range(entered):
        quickbooks.invoice(f"{chance.randint(1, 99)}.00", TxnDate="2026-08-05", DocNumber=f"H-{number}")

    tie_out = carry_out(begin(studio, AUGUST, by=None))

    assert tie_out.state == TieOutState.FINISHED, tie_out.message
    found = dict(tie_out.lines.exclude(document=None).values_list("document_id", "reason"))
    assert {pk: found.get(pk, Reason.MATCHES) for pk in expected} == expected
    assert tie_out.lines.filter(reason=Reason.ENTERED_THERE, label__startswith="H-").count() == entered
    _explained(tie_out)


def _explained(tie_out: TieOut) -> None:
    for row in rows_of(tie_out):
        assert row.unexplained == 0, row
        assert row.source + sum(row.explained.values()) == row.read
    accounts = account_rows_of(tie_out)
    assert sum(row.should for row in accounts) == sum(row.read for row in accounts) == 0
    for account in accounts:
        assert account.unexplained == 0, account
        assert account.should + sum(account.explained.values()) == account.read
