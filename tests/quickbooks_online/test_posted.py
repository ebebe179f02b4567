"""What a document of ours will look like in QuickBooks is just what is read from the bytes that create it.

That is said twice, of the document and of its stored body alone, and both say the same.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from hypothesis import given

from books.documents import Document, NewCustomer
from books.movement import moved_by_document
from books.posted_document import Holding
from books.serialization import document_body, read_document
from sync.quickbooks_online.changes import held, posted
from sync.quickbooks_online.stored_bodies import expected, needed_by
from sync.quickbooks_online.wire import render
from tests.books.any_document import transactions

STORED = json.loads((Path(__file__).parents[1] / "books" / "stored_documents.json").read_text(encoding="utf-8"))
#: Two are kept with a word in place of each field, so they settle a form that there is not.
TRANSACTIONS = [
    name
    for name, stored in STORED.items()
    if stored["body"]["kind"] != NewCustomer.kind and stored["body"].get("invoice_form") != "invoice_form"
]


class IdForEveryKey(dict[str, str]):
    """An id for every document that is asked for."""

    def __missing__(self, key: str) -> str:
        return f"id of {key}"


def compared(holding: Holding) -> dict[str, Any]:
    """All of it but what people call things, and what follows from the rest."""
    return {
        "number": holding.number,
        "dated": holding.dated,
        "customer": holding.customer.identifier,
        "currency": holding.currency,
        "total": holding.total,
        "account": holding.account.identifier,
        "lines": [(line.moves, line.amount) for line in holding.lines],
        "links": [(link.document, link.amount) for link in holding.links],
    }


def read_back(document: Document) -> Holding:
    """What is read from the bytes that create it, with what QuickBooks adds to them."""
    written = simplejson.loads(render(document, ids=IdForEveryKey()), use_decimal=True)
    return held(document.kind, {**written, "Id": "1", "TotalAmt": document.total})


def check(document: Document, body: dict[str, Any]) -> None:
    there, ours = read_back(document), posted(document, ids=IdForEveryKey())
    # The rules let a customer be who neither is in QuickBooks nor is created
    by_body = expected(body, ids={key: f"id of {key}" for key in ("", *needed_by(body))})

    assert compared(ours) == compared(there)
    assert ours.tax == there.tax
    assert ours.receivable.identifier == there.receivable.identifier or not there.receivable.identifier
    assert compared(by_body.holding) == compared(ours)
    assert by_body.moves == moved_by_document(document)


@pytest.mark.parametrize("name", TRANSACTIONS)
def test_every_stored_document_is_expected_as_its_bytes_say_it(name: str) -> None:
    body = STORED[name]["body"]

    check(read_document(body), body)


@given(transactions)
def test_every_document_is_expected_as_its_bytes_say_it(document: Document) -> None:
    check(document, json.loads(json.dumps(document_body(document))))


def test_a_stored_body_without_a_line_that_was_posted_is_expected_otherwise() -> None:
    body = STORED["invoice of discounts line 39"]["body"]
    whole, part = (expected({**body, "lines": body["lines"][:count]}, ids={}) for count in (2, 1))

    assert whole.holding.total - part.holding.total == Decimal("49.00")
    assert (whole.moves - part.moves).amounts == {"3": Decimal("49.00"), "22": Decimal("-49.00")}
