"""What must a destination be able to do, so that pushing can be exact about once and only once?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from books.documents import Document
from books.outcomes import Accepted, Exchange, Outcome, TryLater, Unknown
from books.posted_document import Holding
from sync.models import Operation
from sync.pushing.address_book import AddressBook

#: The most documents, or questions, that go in one request, by Intuit's documentation.
LARGEST_BATCH = 30


@dataclass(frozen=True, kw_only=True)
class NotThere:
    """A look-up that was answered: the destination does not hold the document."""

    exchange: Exchange = Exchange()


@dataclass(frozen=True, kw_only=True)
class Alike:
    """A look-up that found no mark of ours, and documents that say nearly what ours says: only a person can tell."""

    documents: tuple[Lookalike, ...]
    exchange: Exchange = Exchange()


@dataclass(frozen=True, kw_only=True)
class Lookalike:
    """A document of the destination that may be ours, and does not say so."""

    quickbooks_id: str
    #: Its number, date, customer and total, as a person knows it again.
    words: str


Found = Accepted | NotThere | Alike | TryLater | Unknown


@dataclass(frozen=True, kw_only=True)
class ReadBack:
    """What the destination holds of a document now."""

    quickbooks_id: str
    sync_token: str
    holding: Holding
    exchange: Exchange = Exchange()


@dataclass(frozen=True, kw_only=True)
class Alteration:
    """What is to become of a document that the destination has."""

    operation: Operation
    #: As it was posted; None to write every field, whatever is there.
    before: Document | None
    #: As it is to be; None for a void.
    after: Document | None
    form: str
    quickbooks_id: str
    sync_token: str


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A new document, its bytes and ids committed, that is about to be sent."""

    form: str
    body: bytes
    request_id: str
    #: Its name in the batch; empty where it goes alone.
    batch_item: str = ""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A new document that was sent, and whose answer nobody heard."""

    document: Document
    #: When it was first sent; None where nobody knows.
    since: datetime | None = None
    #: It was never sent, and is looked for among what others entered: a near date is enough for a person to be asked.
    entered_by_others: bool = False
    #: A sale whose customer is to be created: it is looked for under any customer, and that customer is found.
    of_new_customer: bool = False


class InFlight(Protocol):
    """A request that was sent and may be waited for."""

    #: Done when it was answered, or no answer can come any more; what it holds is the destination's own affair.
    future: Future[object]

    @property
    def has_left(self) -> bool:
        """Whether it waits no longer for the moment when QuickBooks may be asked."""

    def outcome(self, place: int) -> Outcome:
        """What became of the document at a place of those that were given, from 0; waits for the answer."""


class Destination(Protocol):
    """One company's books, reached over one login. Raises nothing for what the other side does or fails to do."""

    def reach(self) -> TryLater | Unknown | None:
        """Read the company once; None proves that the login is good and that the company answers."""

    def render(self, document: Document, *, ids: Mapping[str, str]) -> bytes:
        """The exact bytes that create the document.

        Args:
            document: Frozen; what it needs must already be in the books.
            ids: By document key, the destination's id of every document in `document.needs`.

        Raises:
            KeyError: A needed id is missing.
        """

    def render_change(self, change: Alteration, *, ids: Mapping[str, str]) -> bytes:
        """The exact bytes that change or void a document; an update writes only what differs from before.

        Raises:
            KeyError: A needed id is missing.
        """

    def send(self, kind: str, body: bytes, *, request_id: str, operation: Operation = Operation.CREATE) -> Outcome:
        """Send bytes that `render` or `render_change` made, once.

        Repeats nothing by itself except after renewing an expired login.
        """

    def start(self, sendings: Sequence[Sending], *, batch_id: str = "") -> InFlight:
        """Begin to send new documents in one request, and return before it is answered.

        Args:
            sendings: One, or several that are independent of one another; never empty.
            batch_id: They go as a batch under this request id, also when only one is left of it; empty for one alone.
        """

    def read(self, kind: str, quickbooks_id: str) -> ReadBack | NotThere | TryLater | Unknown:
        """What the destination holds of a document that it accepted."""

    def posted(self, document: Document, *, ids: Mapping[str, str]) -> Holding:
        """What the destination holds of a document while nobody has changed it.

        Raises:
            KeyError: A needed id is missing.
        """

    def find(self, document: Document, *, ids: Mapping[str, str], since: datetime | None = None) -> Found:
        """Look for a document that an earlier, unanswered send may have left there.

        Returns `Accepted` with `adopted=True` only for a document that carries our mark, whatever else a person made
        of it; `Alike` for documents without any mark that agree with it in most of customer, number, date and total,
        or that were created after `since`, the first send, and agree in customer and total.
        """

    def find_many(self, lost: Sequence[Lost], *, ids: Mapping[str, str]) -> list[Found]:
        """Look for many documents in as few questions as can be; each is found, or not, as `find` finds it."""

    def stored(self, kind: str, quickbooks_id: str) -> Accepted | NotThere | TryLater | Unknown:
        """What the destination says of the document of this id, as if it had just accepted it."""

    def holds(self, kind: str, quickbooks_id: str) -> bool | TryLater | Unknown:
        """Whether the destination still has the document of this id, voided or not."""

    def address_book(self) -> AddressBook:
        """The addresses of the company's customers."""
