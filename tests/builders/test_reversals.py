"""Does an entry take back exactly what a document moved, and is there none where that cannot be said?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from books.answers import ListRef
from books.documents import CreditMemo, Document, Invoice, JournalEntry, RefundReceipt, SalesReceipt
from books.movement import AccountChart, moved_by_document
from books.posted_document import Holding
from sync.preparing.builders.reversal import CannotReverse, reversal_of, reversed_key
from sync.quickbooks_online.changes import posted
from tests.builders.plans import ITEMS_FOR_BOTH, plan_of
from tests.sample_books import ACCOUNTS

MANY = """2026-08-14  order 1042
RK-300           320.00
shipping         6.40
order-discount   Returning student  -25.00
paid 2026-08-20  Card  100.00
credit 2026-08-21  Comp  20.00
refund 2026-09-01  Class moved  30.00
"""
SEPTEMBER = date(2026, 9, 2)
WEAVING, STUDIO = ListRef(quickbooks_id="31", name="Weaving"), ListRef(quickbooks_id="41", name="Studio")


def documents(settings: str = "") -> list[Document]:
    """What an order with all kinds of money comes to, without what moves no account."""
    found = [planned.document for planned in plan_of(MANY, settings).planned if planned.document]
    return [document for document in found if document.postings]


def chart_of(document: Document) -> AccountChart:
    lines = document.lines if isinstance(document, Invoice | SalesReceipt | CreditMemo | RefundReceipt) else ()
    accounts = {account.path: account.quickbooks_id for account in ACCOUNTS.values()}
    return AccountChart(
        income={line.item.quickbooks_id: line.account.quickbooks_id for line in lines},
        receivable=accounts["Accounts Receivable"],
        undeposited=accounts["Undeposited Funds"],
    )


def there(document: Document) -> Holding:
    return posted(document, ids=dict.fromkeys(document.needs, "77"))


def reversal(document: Document, **others: object) -> JournalEntry | CannotReverse:
    given = {"chart": chart_of(document), "home_currency": "USD", "stocked": ()}
    return reversal_of(document, there(document), entered=SEPTEMBER, **(given | others))  # type: ignore[arg-type]


@pytest.mark.parametrize("settings", ["", ITEMS_FOR_BOTH])
def test_it_moves_every_account_by_exactly_the_negative(settings: str) -> None:
    found = documents(settings)
    assert len(found) == 4

    for document in found:
        entry = reversal(document)
        assert isinstance(entry, JournalEntry), document
        assert moved_by_document(entry).amounts == moved_by_document(document).reversed().amounts
        assert (entry.dated, reversed_key(entry.key)) == (SEPTEMBER, document.key)
        assert f"dated {document.dated.isoformat()}, entered 2026-09-02" in entry.memo  # type: ignore[union-attr]
        assert [line.account.path for line in entry.lines if line.names_customer] == [
            posting.account.path for posting in document.postings if posting.account.path == "Accounts Receivable"
        ]


def test_it_keeps_the_class_of_each_line_and_the_location() -> None:
    invoice = next(document for document in documents() if isinstance(document, Invoice))
    line = replace(invoice.lines[0], quickbooks_class=WEAVING)
    classed = replace(invoice, lines=(line, *invoice.lines[1:]), location=STUDIO)

    entry = reversal(classed)

    assert isinstance(entry, JournalEntry)
    assert [line.quickbooks_class for line in entry.lines if line.quickbooks_class] == [WEAVING]
    assert entry.location == STUDIO


def test_what_an_entry_cannot_take_back_says_why() -> None:
    invoice = next(document for document in documents() if isinstance(document, Invoice))
    taxed = replace(there(invoice), tax=invoice.total)
    item = invoice.lines[0].item.quickbooks_id

    assert reversal(invoice, home_currency="CAD") is CannotReverse.CURRENCY
    assert reversal(invoice, stocked=(item,)) is CannotReverse.INVENTORY
    assert reversal(invoice, chart=AccountChart(receivable="4")) is CannotReverse.ACCOUNTS
    found = reversal_of(invoice, taxed, entered=SEPTEMBER, chart=chart_of(invoice), home_currency="USD", stocked=())
    assert found is CannotReverse.TAX
    used = [planned.document for planned in plan_of(MANY).planned if planned.kind == "credit-application"]
    assert [reversal(document) for document in used if document] == [CannotReverse.CREDIT_USED]
