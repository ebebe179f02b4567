"""A destination on paper: books without a network, that answer each document as a test tells them to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from books.bodies import document_body, read_document
from books.documents import Document, NewCustomer
from books.outcomes import Accepted, Outcome
from mapping.models import Company
from sync.destinations.base import NotThere
from sync.leasing import leased
from sync.pushing import PushCounts, Pusher

Answer = Callable[[Document], Outcome | None]


class Paper:
    """Accepts whatever it is not told to answer otherwise, and remembers every send."""

    def __init__(self, answer: Answer = lambda _: None) -> None:
        self.answer = answer
        self.sent: list[str] = []
        self.request_ids: list[str] = []

    def render(self, document: Document, *, ids: Mapping[str, str]) -> bytes:
        assert all(ids[key] for key in document.needs)
        return json.dumps(document_body(document)).encode()

    def send(self, kind: str, body: bytes, *, request_id: str) -> Outcome:
        document = read_document(json.loads(body))
        self.sent.append(document.key)
        self.request_ids.append(request_id)
        return self.answer(document) or accepted(document, identifier=request_id)

    def find(self, document: Document, *, ids: Mapping[str, str]) -> NotThere:
        return NotThere()

    def holds(self, kind: str, quickbooks_id: str) -> bool:
        return True


def accepted(document: Document, *, identifier: str = "1") -> Accepted:
    """The answer of books that stored exactly what was sent."""
    customer = document.customer.quickbooks_id
    return Accepted(
        quickbooks_id=identifier,
        sync_token="0",
        number=document.number,
        customer_id=identifier if isinstance(document, NewCustomer) else customer,
        total=document.total,
        currency=document.currency,
    )


def push_on_paper(company: Company, paper: Paper) -> PushCounts:
    """Push whatever is ready."""
    with leased(company) as lease:
        assert lease is not None
        return Pusher(company=company, destination=paper, lease=lease).push()
