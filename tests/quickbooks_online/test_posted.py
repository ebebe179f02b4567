"""What a document of ours will look like in QuickBooks is just what is read from the bytes that create it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from books.answers import AccountRef, CustomerRef, TaxCode
from books.documents import DiscountLine, Document, Invoice, NewCustomer, SalesTax
from books.posted_document import Holding
from books.serialization import read_document
from sync.quickbooks_online.changes import held, posted
from sync.quickbooks_online.wire import render
from tests.quickbooks_online.lines import a_line

STORED = json.loads((Path(__file__).parents[1] / "books" / "stored_documents.json").read_text(encoding="utf-8"))
#: Two are kept with a word in place of each field, so they settle a form that there is not.
TRANSACTIONS = [
    name
    for name, stored in STORED.items()
    if stored["body"]["kind"] != NewCustomer.kind and stored["body"].get("invoice_form") != "invoice_form"
]
DISCOUNTS = AccountRef(quickbooks_id="24", path="Discounts Given", account_type="Income")
TAX_PAYABLE = AccountRef(quickbooks_id="9", path="Sales Tax Payable", account_type="Other Current Liability")


class IdForEveryKey(dict[str, str]):
    """An id for every document that is asked for."""

    def __missing__(self, key: str) -> str:
        return f"id of {key}"


def compared(holding: Holding) -> dict[str, Any]:
    """All of it but what people call things."""
    return {
        "number": holding.number,
        "dated": holding.dated,
        "customer": holding.customer.identifier,
        "currency": holding.currency,
        "total": holding.total,
        "account": holding.account.identifier,
        "lines": [(line.moves, str(line.amount)) for line in holding.lines],
        "links": [(link.document, str(link.amount)) for link in holding.links],
        "tax": holding.tax,
    }


def read_back(document: Document) -> Holding:
    """What is read from the bytes that create it, with what QuickBooks adds to them."""
    written = simplejson.loads(render(document, ids=IdForEveryKey()), use_decimal=True)
    return held(document.kind, {**written, "Id": "1", "TotalAmt": document.total})


@pytest.mark.parametrize("name", TRANSACTIONS)
def test_every_stored_document_is_expected_as_its_bytes_say_it(name: str) -> None:
    document = read_document(STORED[name]["body"])

    assert compared(posted(document, ids=IdForEveryKey())) == compared(read_back(document))


amounts = st.decimals(min_value="0.00", max_value="99999999", places=2, allow_nan=False)
texts = st.text(alphabet="A1 -é\u2028\ud83d\U0001f600", max_size=30)  # half a pair of a character among them


@given(
    prices=st.lists(st.tuples(amounts, st.integers(min_value=1, max_value=999)), min_size=1, max_size=5),
    number=texts,
    discount=st.none() | amounts,
    tax=st.none() | amounts,
)
def test_every_invoice_is_expected_as_its_bytes_say_it(
    prices: list[tuple[Decimal, int]], number: str, discount: Decimal | None, tax: Decimal | None
) -> None:
    invoice = Invoice(
        key="keap:2041:invoice",
        number=number,
        dated=date(2026, 8, 14),
        due=None,
        customer=CustomerRef(created_by="keap:9:customer", name="Priya Natarajan"),
        currency="USD",
        receivable=AccountRef(quickbooks_id="84", path="Accounts Receivable"),
        lines=tuple(a_line(str(count), str(price)) for price, count in prices),
        discount=DiscountLine(amount=discount, account=DISCOUNTS) if discount is not None else None,
        tax=SalesTax(code=TaxCode(quickbooks_id="5", name="Denver"), amount=tax, account=TAX_PAYABLE)
        if tax is not None
        else None,
    )

    assert compared(posted(invoice, ids=IdForEveryKey())) == compared(read_back(invoice))
