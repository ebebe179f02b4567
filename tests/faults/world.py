"""Books in memory that lose answers, write late and forget request ids, and in which people change what was written."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from books.documents import Document, NewCustomer
from books.outcomes import Accepted, Outcome, TryLater, Unknown
from books.serialization import document_body, read_document

if TYPE_CHECKING:
    from sync.pushing.destination import Found, Lost, NotThere, Sending

#: What leaves it open whether a document was written.
NO_ANSWER = ("lost before", "lost after", "late", "silent")
#: What becomes of a request, and how often in a hundred.
FATES = {"well": 58, "lost before": 9, "lost after": 13, "late": 6, "later": 6, "alone": 4, "silent": 4}


class Killed(BaseException):
    """The pusher is dead: nothing catches this, as nothing catches kill -9."""


@dataclass(kw_only=True)
class Entry:
    """What the books hold."""

    identifier: str
    form: str
    document: Document
    created: datetime
    #: A person has taken our mark away and written another number.
    touched: bool = False

    def accepted(self, *, adopted: bool = False) -> Accepted:
        """What the books say of it."""
        customer = isinstance(self.document, NewCustomer)
        return Accepted(
            quickbooks_id=self.identifier,
            sync_token="0",
            number="" if self.touched else self.document.number,
            customer_id=self.identifier if customer else self.document.customer.quickbooks_id,
            total=self.document.total,
            currency=self.document.currency,
            adopted=adopted,
        )


class Request:
    """A request that was answered."""

    has_left = True

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.future: Future[object] = Future()
        self.future.set_result(None)
        self._outcomes = outcomes

    def outcome(self, place: int) -> Outcome:
        """What became of the document at this place."""
        return self._outcomes[place]


@dataclass(kw_only=True)
class World:
    """Books in memory, and what goes wrong with them."""

    chance: random.Random
    #: Of its ids: no two worlds of one company share an id.
    prefix: str
    #: What QuickBooks does with a request id that it has seen: `remember` or `forget`.
    ids: str
    entries: list[Entry] = field(default_factory=list)
    answered: dict[tuple[str, str], Entry] = field(default_factory=dict)
    #: What was sent and is written only later.
    unwritten: list[tuple[tuple[str, str], str, Document]] = field(default_factory=list)
    goes_wrong: bool = True
    dead: bool = False
    #: What happened, step by step.
    story: list[str] = field(default_factory=list)
    #: How often what happened; a fate of a request, or `killed` and `touched`.
    happened: Counter[str] = field(default_factory=Counter)

    # What a destination does ------------------------------------------------------------------------------------------

    def render(self, document: Document, *, ids: Mapping[str, str]) -> bytes:
        assert all(ids[key] for key in document.needs)
        return json.dumps(document_body(document)).encode()

    def send(self, kind: str, body: bytes, *, request_id: str, operation: object = None) -> Outcome:
        (outcome,) = self._request([("", request_id, kind, body)])
        return outcome

    def start(self, sendings: Sequence[Sending], *, batch_id: str = "") -> Request:
        wanted = [
            (batch_id, sending.batch_item if batch_id else sending.request_id, sending.form, sending.body)
            for sending in sendings
        ]
        return Request(self._request(wanted))

    def find(self, document: Document, *, ids: Mapping[str, str], since: datetime | None = None) -> Found:
        self._living()
        found = self._found(document, since)
        self.story.append(f"looked for {document.key}: {type(found).__name__}")
        return found

    def _found(self, document: Document, since: datetime | None) -> Found:
        from sync.pushing.destination import Alike, Lookalike, NotThere

        if self._wrong(7):
            return Unknown(reason="The look-up was lost.")
        same = [entry for entry in self.entries if entry.document.key == document.key and not entry.touched]
        if same:
            return same[0].accepted(adopted=True)
        alike = [entry for entry in self.entries if entry.touched and _is_alike(entry, document, since)]
        if alike:
            return Alike(documents=tuple(Lookalike(quickbooks_id=entry.identifier, words="alike") for entry in alike))
        return NotThere()

    def find_many(self, lost: Sequence[Lost], *, ids: Mapping[str, str]) -> list[Found]:
        return [self.find(sent.document, ids=ids, since=sent.since) for sent in lost]

    def stored(self, kind: str, quickbooks_id: str) -> Accepted | NotThere:
        from sync.pushing.destination import NotThere

        self._living()
        return next((entry.accepted() for entry in self.entries if entry.identifier == quickbooks_id), NotThere())

    def holds(self, kind: str, quickbooks_id: str) -> bool:
        self._living()
        return any(entry.identifier == quickbooks_id for entry in self.entries)

    # What goes wrong --------------------------------------------------------------------------------------------------

    def watch(self, step: str, _: object) -> None:
        """Die now and then, at any step."""
        self._living()
        if self._wrong(2):
            self.dead = True
            self.happened["killed"] += 1
            self.story.append(f"killed at {step}")
            raise Killed

    def _living(self) -> None:
        if self.dead:
            raise Killed

    def _wrong(self, of_hundred: int) -> bool:
        return self.goes_wrong and self.chance.randrange(100) < of_hundred

    def _request(self, wanted: list[tuple[str, str, str, bytes]]) -> list[Outcome]:
        self._living()
        fate = self.chance.choices(list(FATES), list(FATES.values()))[0] if self.goes_wrong else "well"
        no_answer: Outcome = Unknown(reason="No answer.")
        together = wanted[0][0] != ""
        self.happened[fate] += 1
        self.story.append(
            f"{fate}: {', '.join(f'{_read(body).key} as {batch[:4]}/{name[:6]}' for batch, name, _, body in wanted)}"
        )
        match fate:
            case "later":
                return [TryLater(reason="Too many requests.", wait=0)] * len(wanted)
            case "alone" if together:
                return [TryLater(reason="Rejected as a whole.", wait=0, alone=True)] * len(wanted)
            case "lost before":
                return [no_answer] * len(wanted)
            case "late":
                self.unwritten += [((batch, name), form, _read(body)) for batch, name, form, body in wanted]
                return [no_answer] * len(wanted)
        outcomes: list[Outcome] = [
            self._written((batch, name), form, _read(body)).accepted() for batch, name, form, body in wanted
        ]
        if fate == "lost after":
            return [no_answer] * len(wanted)
        if fate == "silent":
            outcomes[self.chance.randrange(len(outcomes))] = no_answer
        return outcomes

    def _written(self, key: tuple[str, str], form: str, document: Document) -> Entry:
        from django.utils import timezone

        if self.ids == "remember" and key in self.answered:
            self.story.append(f"remembered {document.key}")
            return self.answered[key]
        entry = Entry(
            identifier=f"{self.prefix}{len(self.entries) + 100}", form=form, document=document, created=timezone.now()
        )
        self.entries.append(entry)
        self.story.append(f"written {document.key} as {entry.identifier}")
        self.answered[key] = entry
        return entry

    def later(self) -> None:
        """Minutes pass: what was still being written is, and a person touches something."""
        self.story.append("minutes later")
        for key, form, document in self.unwritten:
            self._written(key, form, document)
        self.unwritten.clear()
        untouched = [entry for entry in self.entries if entry.form != "customer" and not entry.touched]
        if untouched and self._wrong(12):
            touched = self.chance.choice(untouched)
            touched.touched = True
            self.happened["touched"] += 1
            self.story.append(f"touched {touched.identifier}")


def _is_alike(entry: Entry, document: Document, since: datetime | None) -> bool:
    same = entry.form != "customer" and entry.document.customer.quickbooks_id == document.customer.quickbooks_id
    return same and entry.document.total == document.total and type(entry.document) is type(document)


def _read(body: bytes) -> Document:
    return read_document(json.loads(body))
