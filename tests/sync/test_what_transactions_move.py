"""Do QuickBooks' transactions, as they are read, move the accounts that QuickBooks' own ledger moves?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from books.messages import Message
from books.movement import Movement, moved_by
from companies.models import Company
from mapping.account_chart import chart_of
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import READ_FORMS, between
from sync.readiness import destination_of
from tests.simulators.driver import Books, a_line, a_payment, an_invoice
from tests.sync.every_form import moved

pytestmark = pytest.mark.django_db(transaction=True)

SHIPPED = a_line("8.00", item="SHIPPING_ITEM_ID")
TENTH_OFF = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
NAMED = {"Type": "Customer", "EntityRef": {"value": "6"}}


def side(posting: str, account: str, amount: str, **more: Any) -> dict[str, Any]:
    detail = {"PostingType": posting, "AccountRef": {"value": account}, **more}
    return {"Amount": Decimal(amount), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


@contextmanager
def as_the_ledger_moves(studio: Company, books: Books) -> Iterator[None]:
    """What is done inside moves in the ledger what the transactions move that are read before and after."""
    destination = destination_of(studio)
    assert not isinstance(destination, Message)
    assert isinstance(destination, QuickBooksOnline)
    before = read(studio, destination), books.ledger()
    yield
    change = read(studio, destination) - before[0]
    chart = chart_of(studio)
    told = {chart.name(account): amount for account, amount in change.amounts.items()}
    assert told == moved(before[1], books.ledger())


def read(studio: Company, destination: QuickBooksOnline) -> Movement:
    chart = chart_of(studio)
    days = date(2026, 1, 1), date(2026, 12, 31)
    found = [held for form in READ_FORMS for page in between(destination, form, *days) for held in page]
    return Movement.of(pair for held in found for pair in moved_by(held.form, held.holding, chart).amounts.items())


def test_whatever_was_entered_by_hand(studio: Company, quickbooks: Books) -> None:
    quickbooks.control("preferences", {"SalesFormsPrefs": {"AllowShipping": True}})
    day = {"TxnDate": "2026-08-14"}
    sold = [a_line("100.00", item="1"), a_line("20.00", item="7"), SHIPPED, TENTH_OFF]
    with as_the_ledger_moves(studio, quickbooks):
        invoice = quickbooks.write("Invoice", {**an_invoice("40.00"), **day, "Line": sold})
        quickbooks.write("SalesReceipt", {"CustomerRef": {"value": "6"}, "Line": sold, **day})
    with as_the_ledger_moves(studio, quickbooks):
        checking = quickbooks.find("Account", "Name = 'Checking'")["Id"]
        given_back = {"CustomerRef": {"value": "6"}, "Line": sold, **day}
        quickbooks.write("CreditMemo", given_back)
        quickbooks.write("RefundReceipt", {**given_back, "DepositToAccountRef": {"value": checking}})
        quickbooks.write("Payment", a_payment("30.00", **day))
    with as_the_ledger_moves(studio, quickbooks):
        receivable = quickbooks.find("Account", "Name = 'Accounts Receivable'")["Id"]
        lines = [side("Debit", receivable, "9.00", Entity=NAMED), side("Credit", checking, "9.00")]
        quickbooks.write("JournalEntry", {"Line": lines, **day})
        what = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}
        quickbooks.ask("POST", "invoice", params={"operation": "void"}, body=what)
