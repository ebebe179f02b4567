"""How do many documents go to QuickBooks in one request, and what does it say of each?

A batch is independent items in no certain order: each is created or refused by itself. QuickBooks knows an item again
by the request id of the batch and the name of the item, so that whatever is left of a batch goes again under both.

Source:
    docs/decisions/0052-batches.md
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property
from typing import Protocol

import simplejson

from books.outcomes import Outcome, Refused, TryLater, Unknown
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from sync.pushing.destination import LARGEST_BATCH, Found, Sending
from sync.quickbooks_online import list_parsers, wire
from sync.quickbooks_online.faults import UNREADABLE, InTheWay, verdict_on
from sync.quickbooks_online.forms import ENTITIES
from sync.quickbooks_online.gateway import Answer, UnderWay
from sync.quickbooks_online.look_up import Search, Sought
from sync.quickbooks_online.session import Reply

#: Made once: `dumps` makes one for each text.
_WRITER = simplejson.JSONEncoder(use_decimal=True, ensure_ascii=False)
_AS_A_WHOLE = gettext_noop("QuickBooks rejected the batch as a whole; each document goes alone.")


def render_batch(sendings: Sequence[Sending]) -> bytes:
    """The body of a batch: exactly the committed bytes of each document, in the order given."""
    items = (
        b'{"bId":"%s","operation":"create","%s":%s}'
        % (sending.batch_item.encode(), ENTITIES[sending.form].encode(), sending.body)
        for sending in sendings
    )
    return b'{"BatchItemRequest":[%s]}' % b",".join(items)


def render_queries(queries: Sequence[str]) -> bytes:
    """The body of a batch of questions, named by their place from 0."""
    items = [{"bId": str(place), "Query": query} for place, query in enumerate(queries)]
    return simplejson.dumps({"BatchItemRequest": items}).encode()


def of_the_whole(answer: Answer) -> TryLater | Unknown | None:
    """What became of the whole batch, where that can be said in one word; None where each item has its own answer.

    A batch that was refused as a whole wrote nothing; which item was to blame only each alone can tell.
    """
    if not isinstance(answer, Reply):
        return answer
    verdict = verdict_on(answer)
    if isinstance(verdict, InTheWay):
        verdict = verdict.refused
    if isinstance(verdict, Refused):
        return TryLater(reason=_AS_A_WHOLE, wait=0, alone=True, exchange=answer.exchange)
    if verdict:
        return verdict
    return None if _items(answer) is not None else Unknown(reason=UNREADABLE, exchange=answer.exchange)


def item_replies(reply: Reply) -> Mapping[str, Reply]:
    """By the name of the item, what QuickBooks said of it, as if it had been asked for alone.

    An item that is answered twice is left out: nobody knows which of the two is true.
    """
    told, twice = {}, set()
    for item in _items(reply) or []:
        if isinstance(item, dict) and isinstance(item.get("bId"), str):
            if item["bId"] in told:
                twice.add(item["bId"])
            body = {name: value for name, value in item.items() if name != "bId"}
            refused = any(body.get(name) is not None for name in ("Fault", "fault"))
            told[item["bId"]] = Reply(
                status=400 if refused else 200,
                text=_WRITER.encode(body),
                json=body,
                intuit_tid=reply.intuit_tid,
                took=reply.took,
            )
    return {name: answer for name, answer in told.items() if name not in twice}


def _items(reply: Reply) -> list[object] | None:
    items = reply.json.get("BatchItemResponse") if isinstance(reply.json, dict) else None
    return items if isinstance(items, list) else None


class AnswerReader(Protocol):
    """Who knows what an answer means."""

    def outcome_of(self, answer: Answer, kind: str, body: bytes) -> Outcome:
        """What an answer to the creation of one document comes to."""

    def noted(self, outcome: TryLater | Unknown) -> TryLater | Unknown:
        """The same outcome; where the login has ended, its connection says so from now on."""


class SentToQuickBooks:
    """One request with new documents, and what it was answered."""

    def __init__(
        self, reader: AnswerReader, sendings: Sequence[Sending], batch_id: str, begun: UnderWay | TryLater
    ) -> None:
        """Wait for nothing yet.

        Args:
            reader: Knows what an answer means.
            sendings: What was sent.
            batch_id: Empty for a document alone.
            begun: The request, or why nothing was sent.
        """
        self._reader = reader
        self._sendings = sendings
        self._batch_id = batch_id
        self._begun = begun
        self.future: Future[object] = Future()
        if isinstance(begun, UnderWay):
            begun.future.add_done_callback(lambda _: self.future.set_result(None))
        else:
            self.future.set_result(None)

    @property
    def has_left(self) -> bool:
        """Whether it waits no longer for the moment when QuickBooks may be asked."""
        return not isinstance(self._begun, UnderWay) or self._begun.left.is_set() or self.future.done()

    @cached_property
    def _answer(self) -> Answer:
        return self._begun.answer() if isinstance(self._begun, UnderWay) else self._begun

    @cached_property
    def _of_the_whole(self) -> TryLater | Unknown | None:
        whole = of_the_whole(self._answer)
        return self._reader.noted(whole) if whole else None

    @cached_property
    def _replies(self) -> Mapping[str, Reply]:
        assert isinstance(self._answer, Reply)
        return item_replies(self._answer)

    def outcome(self, place: int) -> Outcome:
        """What became of the document at a place of those that were given, from 0; waits for the answer."""
        sending = self._sendings[place]
        if not self._batch_id:
            return self._reader.outcome_of(self._answer, sending.form, sending.body)
        if self._of_the_whole:
            return self._of_the_whole
        reply = self._replies.get(sending.batch_item)
        if reply is None:  # not a word about it
            assert isinstance(self._answer, Reply)
            return Unknown(reason=UNREADABLE, exchange=self._answer.exchange)
        return self._reader.outcome_of(reply, sending.form, sending.body)


#: A batch answers with a thousand objects at most, so each of its questions may have so many.
_ROWS = 33
_LOOK_UP_REFUSED = gettext_noop("QuickBooks rejected the look-up, so no one knows whether the document is there.")


class Asked(Protocol):
    """Who sends the questions."""

    def ask_batch(self, body: bytes, *, request_id: str) -> Answer:
        """Send a batch that changes nothing."""

    def found_alone(self, sought: Sought | None) -> Found:
        """Look for one document by itself, however many rows there are."""

    def noted(self, outcome: TryLater | Unknown) -> TryLater | Unknown:
        """The same outcome; where the login has ended, its connection says so from now on."""


def find_many(asked: Asked, wanted: Sequence[Sought | None]) -> list[Found]:
    """Look for many documents, thirty questions in one request.

    Args:
        asked: Sends the questions.
        wanted: What is looked for; None for what nothing could be found by.
    """
    searches = [Search(sought=sought) for sought in wanted if sought]
    ended: dict[int, Found] = {}
    while waiting := [search for search in searches if id(search) not in ended and search.found is None]:
        for some in chunks(waiting, LARGEST_BATCH):
            ended |= _ask(asked, some)
    of_searches = iter([ended.get(id(search)) or search.found for search in searches])
    nothing_to_ask = Unknown(reason=_LOOK_UP_REFUSED)
    return [(next(of_searches) if sought else None) or nothing_to_ask for sought in wanted]


def _ask(asked: Asked, searches: Sequence[Search]) -> dict[int, Found]:
    """Ask the next question of each; by the identity of a search, why it ended before its last question."""
    queries = [search.sought.page(search.query, 1, most=_ROWS) for search in searches]
    answer = asked.ask_batch(render_queries(queries), request_id=str(uuid.uuid4()))
    whole = of_the_whole(answer)
    if isinstance(whole, TryLater) and whole.alone:
        whole = Unknown(reason=_LOOK_UP_REFUSED, exchange=whole.exchange)
    if whole:
        return dict.fromkeys(map(id, searches), asked.noted(whole))
    assert isinstance(answer, Reply)
    replies = item_replies(answer)
    heard = {id(search): _hear(asked, search, replies.get(str(place))) for place, search in enumerate(searches)}
    return {number: ended for number, ended in heard.items() if ended}


def _hear(asked: Asked, search: Search, reply: Reply | None) -> Found | None:
    """Judge the answer to one question; what ended the search before its last one, None where nothing did."""
    if reply is None:
        return Unknown(reason=UNREADABLE)
    verdict = verdict_on(reply)
    if isinstance(verdict, TryLater | Unknown):
        return asked.noted(verdict)
    if verdict:
        return Unknown(reason=_LOOK_UP_REFUSED, exchange=reply.exchange)
    try:
        rows = list_parsers.rows_of(wire.ENTITIES[search.sought.kind], reply.json)
    except wire.Unreadable:
        return Unknown(reason=UNREADABLE, exchange=reply.exchange)
    if len(rows) >= _ROWS:  # more than a batch can bring
        return asked.found_alone(search.sought)
    search.hear(rows, reply.exchange)
    return None
