"""A fake destination: books without a network, that answer each document as a test tells them to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime

from books.documents import Document, NewCustomer
from books.outcomes import Accepted, Outcome
from books.posted_document import Holding, Named
from books.serialization import document_body, read_document
from companies.models import Company
from sync.models import Operation
from sync.pushing.address_book import AddressBook
from sync.pushing.destination import Alteration, Found, Lost, NotThere, ReadBack, Sending
from sync.pushing.lease import leased
from sync.pushing.push import Pusher
from sync.pushing.sender import PushCounts


class Answered:
    """A request that was answered at once."""

    has_left = True

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.future: Future[object] = Future()
        self.future.set_result(None)
        self._outcomes = outcomes

    def outcome(self, place: int) -> Outcome:
        return self._outcomes[place]


Answer = Callable[[Document], Outcome | None]


class FakeDestination:
    """Accepts whatever it is not told to answer otherwise, and remembers every send."""

    def __init__(self, answer: Answer = lambda _: None) -> None:
        self.answer = answer
        self.sent: list[str] = []
        self.held: dict[str, Document] = {}
        self.request_ids: list[str] = []
        #: How many documents each request had; 0 for one that went alone.
        self.batches: list[int] = []
        #: How many documents were looked up together.
        self.looked_up = 0

    def address_book(self) -> AddressBook:
        """No address waits where these books are pushed to."""
        raise AssertionError("an address was to be written")

    def reach(self) -> None:
        """Nothing can be wrong with a login on destination."""

    def render(self, document: Document, *, ids: Mapping[str, str]) -> bytes:
        assert all(ids[key] for key in document.needs)
        return json.dumps(document_body(document)).encode()

    def render_change(self, change: Alteration, *, ids: Mapping[str, str]) -> bytes:
        assert change.after is not None, "nothing is voided here"
        return self.render(change.after, ids=ids)

    def send(self, kind: str, body: bytes, *, request_id: str, operation: Operation = Operation.CREATE) -> Outcome:
        document = read_document(json.loads(body))
        self.sent.append(document.key)
        self.request_ids.append(request_id)
        outcome = self.answer(document) or accepted(document, identifier=request_id)
        if isinstance(outcome, Accepted):
            self.held[outcome.quickbooks_id] = document
        return outcome

    def start(self, sendings: Sequence[Sending], *, batch_id: str = "") -> Answered:
        self.batches.append(len(sendings) if batch_id else 0)
        return Answered([self.send(sending.form, sending.body, request_id=sending.request_id) for sending in sendings])

    def read(self, kind: str, quickbooks_id: str) -> ReadBack | NotThere:
        document = self.held.get(quickbooks_id)
        if document is None:
            return NotThere()
        return ReadBack(quickbooks_id=quickbooks_id, sync_token="0", holding=self.posted(document, ids={}))

    def posted(self, document: Document, *, ids: Mapping[str, str]) -> Holding:
        assert not isinstance(document, NewCustomer)
        return Holding(
            number=document.number,
            dated=document.dated.isoformat(),
            customer=Named(identifier=document.customer.quickbooks_id),
            currency=document.currency,
            total=document.total,
        )

    def stored(self, kind: str, quickbooks_id: str) -> Accepted | NotThere:
        document = self.held.get(quickbooks_id)
        return accepted(document, identifier=quickbooks_id) if document else NotThere()

    def find_many(self, lost: Sequence[Lost], *, ids: Mapping[str, str]) -> list[Found]:
        self.looked_up += len(lost)
        return [self.find(sent.document, ids=ids, since=sent.since) for sent in lost]

    def find(self, document: Document, *, ids: Mapping[str, str], since: datetime | None = None) -> NotThere:
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


def push_to(company: Company, destination: FakeDestination) -> PushCounts:
    """Push whatever is ready."""
    with leased(company) as lease:
        assert lease is not None
        return Pusher(company=company, destination=destination, lease=lease).push()
