"""How are many documents looked up at once? Each of their questions is an item of a batch.

Source:
    docs/decisions/0052-batches.md
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Protocol

from books.outcomes import TryLater, Unknown
from books.translation import gettext_noop
from sync.chunks import chunks
from sync.pushing.destination import LARGEST_BATCH, Found
from sync.quickbooks_online import list_parsers, wire
from sync.quickbooks_online.batch import item_replies, of_the_whole, render_queries
from sync.quickbooks_online.faults import UNREADABLE, verdict_on
from sync.quickbooks_online.gateway import Answer
from sync.quickbooks_online.look_up import Search, Sought
from sync.quickbooks_online.replies import Reply

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
