"""What became of documents that are on their way to QuickBooks?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property
from typing import Protocol

from books.outcomes import Outcome, TryLater, Unknown
from sync.pushing.destination import Sending
from sync.quickbooks_online.batch import item_replies, of_the_whole
from sync.quickbooks_online.faults import UNREADABLE
from sync.quickbooks_online.gateway import Answer, UnderWay
from sync.quickbooks_online.replies import Reply


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
