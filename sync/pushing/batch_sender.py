"""How are many documents sent at once? In batches, several requests under way, each document answered for by itself.

Everything that touches the database happens here, in one thread; only the network waits in others. Nothing is sent
before its push is committed, and what is unclear afterwards is left to `sync.pushing.sender`, document by document.

Source:
    docs/decisions/0052-batches.md
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from django.db.models import QuerySet

from books.outcomes import Outcome, TryLater, Unknown
from companies.activation import may_post
from companies.bulk_sql import chunks, write_all
from sync.database_clock import shared_now
from sync.models import QUICKBOOKS_ONLINE, Connection, Document, Push
from sync.preparing.failed_records import NOT_A_RECORD
from sync.pushing.arrival import about_to_send, look_up_many
from sync.pushing.bulk_outcomes import Answered, record_plain
from sync.pushing.claims import Claims, claim, go_alone, prepare_followers, put_into_batch, sending_of
from sync.pushing.destination import LARGEST_BATCH, Found
from sync.pushing.flights import Flight
from sync.pushing.needs import ids_of
from sync.pushing.sender import SWITCHED_OFF, Sender

logger = logging.getLogger(__name__)

#: So many batches and single requests are under way at most; QuickBooks takes ten requests at once.
_BATCHES, _SINGLES = 6, 3
#: Documents that are taken up together to go alone, while batches wait for their moment.
_ALONE = 20
#: Seconds between two looks at requests that wait for their moment.
_GLANCE = 0.05
#: A request that left within so many seconds left when its pushes say.
_SOON = 5.0
#: Answers are written when there are so many, or when the oldest has waited for so many seconds.
_WRITTEN_AT_ONCE, _WRITTEN_AFTER = 15, 1.0


class Ready(Protocol):
    """What is ready at the moment, in the order in which it is to go."""

    def __call__(self, most: int, *, new_customers: bool) -> Sequence[Document]:
        """Lock at most so many, with or without new customers among them."""


def next_size(size: int, *, unclear: bool) -> int:
    """How many documents the next batch has: half as many after one without an answer, then slowly more again."""
    return max(1, size // 2) if unclear else min(LARGEST_BATCH, size + 3)


@dataclass(kw_only=True)
class BatchSender:
    """Sends whatever is ready for one company, by the holder of its lease."""

    sender: Sender
    #: Whether nothing new is to be begun.
    stops: Callable[[], bool]
    #: Told of a document that Tieout itself failed over.
    broke: Callable[[Document, Exception], None]
    #: Told of each document whose state may have changed.
    touch: Callable[[Document], None]
    #: Committed batches that wait for room, and documents that go alone.
    _batches: deque[list[Push]] = field(default_factory=deque)
    _alone: deque[Push] = field(default_factory=deque)
    _flights: list[Flight] = field(default_factory=list)
    _answered: list[Answered] = field(default_factory=list)
    #: When the first of those was answered.
    _since: float = 0
    #: QuickBooks asked to be left alone.
    _later: TryLater | None = None
    #: More is ready than the last batch took.
    _plenty: bool = False
    _looked_around: set[int] = field(default_factory=set)
    #: Documents in the next batch; 0 before it was looked up.
    _size: int = 0

    def send(self, ready: Ready) -> int:
        """Send until nothing is left or the round stops; how many documents were taken up.

        Args:
            ready: What is ready at the moment and was not given up for the round, in the order in which it is to go.
        """
        return self._until_done(ready)

    def send_committed(self, pushes: Sequence[Push]) -> int:
        """Send pushes that were committed and never sent; those of one batch go together again."""
        if not pushes:
            return 0
        for push in pushes:
            self.touch(push.document)
        self._alone += [push for push in pushes if not push.batch_id]
        self._queue_again([push for push in pushes if push.batch_id], parts=1)
        self._until_done(None)
        return len(pushes)

    def send_lost(self, pushes: Sequence[Push]) -> int:
        """Look up what went in batches without an answer; what QuickBooks does not have goes again, as it went before.

        Each of them rests for the round unless it is settled.
        """
        if not pushes:
            return 0
        again = self._looked_up(pushes)
        self._queue_again(again, parts=2)  # in halves, so that no document holds back its batch for ever
        self._until_done(None)
        return len(pushes)

    def _looked_up(self, pushes: Sequence[Push]) -> list[Push]:
        """Settle each push by what QuickBooks has of it; those that it does not have, so that they go. All rest."""
        self.sender.lease.renew()
        try:
            ids = ids_of(self.sender.company, [push.document.value() for push in pushes])
            looked_up = look_up_many(pushes, self.sender.destination, ids=ids)
        except NOT_A_RECORD:
            raise
        except Exception:
            # Tieout fails over one of them: each is looked up by itself, and that one becomes an issue
            logger.exception("%d documents could not be looked up together", len(pushes))
            return []
        again: list[Push] = []
        unheard: list[Outcome] = []
        for push, there in zip(pushes, looked_up, strict=True):
            self.touch(push.document)
            self.sender.resting.add(push.document_id)
            if isinstance(there, TryLater | Unknown):
                unheard.append(there)
                self._by_itself(push, partial(self.sender.settle_quietly, push, there))
            else:
                self._by_itself(push, partial(self._hear_of_lost, push, there, again))
        if unheard:
            self._heed(unheard)
        return again

    def _queue_again(self, pushes: Sequence[Push], *, parts: int) -> None:
        """Queue pushes under the ids of their batches, each batch in so many parts."""
        batches: dict[str, list[Push]] = {}
        for push in pushes:
            batches.setdefault(push.batch_id, []).append(push)
        for batch in batches.values():
            self._batches += chunks(batch, -(-len(batch) // parts))

    def _hear_of_lost(self, push: Push, there: Found, again: list[Push]) -> None:
        self.sender.observe("looked-up", push.document)
        if self.sender.goes_again(push, there):
            again.append(push)

    def _until_done(self, ready: Ready | None) -> int:
        taken_up = 0
        try:
            while True:
                if not self._later:
                    taken_up += self._begin(ready)
                if self._flights or self._answered:
                    self._collect()
                elif self._later:
                    later, self._later = self._later, None
                    self.sender.heed(later)
                else:
                    return taken_up
        finally:
            # Whatever ends the round, what QuickBooks still answers is written down; the rest stays committed
            while self._flights or self._answered:
                self._collect(keep_lease=False)
            self._batches.clear()
            self._alone.clear()

    # What goes --------------------------------------------------------------------------------------------------------

    def _begin(self, ready: Ready | None) -> int:
        """Start every request that may go now; how many documents were taken up.

        What is taken up is sent too when the time is up meanwhile, unless QuickBooks wants to be left alone.
        """
        taken_up = 0
        while not self.sender.counts.stopped:
            if self._batches and self._has_room(batch=True):
                self._start(self._batches.popleft())
            elif self._alone and self._has_room(batch=False):
                self._start([self._alone.popleft()])
            elif ready is None or self.stops():
                break
            elif not self._batches and self._has_room(batch=True):
                self._size = self._size or self._kept_size()
                claims = self._claim(ready, most=self._size, together=True)
                self._plenty = len(claims.pushes) == self._size
                taken_up += self._take(claims)
                if not (claims.pushes or claims.broken or claims.known or claims.waiting):
                    break
            elif self._plenty and self._batch_waits() and not self._alone and self._has_room(batch=False):
                claims = self._claim(ready, most=_ALONE, together=False)
                self._plenty = len(claims.pushes) == _ALONE
                taken_up += self._take(claims)
            else:
                break
        return taken_up

    def _has_room(self, *, batch: bool) -> bool:
        """Whether another request of this kind may be begun: none of them waits for its moment."""
        same = [flight for flight in self._flights if flight.is_batch == batch]
        return len(same) < (_BATCHES if batch else _SINGLES) and all(flight.request.has_left for flight in same)

    def _batch_waits(self) -> bool:
        """Whether a batch has waited for its moment for longer than a thread needs to begin."""
        now = time.monotonic()
        waiting = [flight for flight in self._flights if flight.is_batch and not flight.request.has_left]
        return any(now - flight.begun > 2 * _GLANCE for flight in waiting)

    def _claim(self, ready: Ready, *, most: int, together: bool) -> Claims:
        sender = self.sender
        sender.lease.renew()
        if not may_post(sender.company):
            sender.counts.stopped = SWITCHED_OFF
            return Claims()
        # Names are written one request after the other
        new_customers = not any(flight.has_new_customer for flight in self._flights)
        return claim(
            sender.company,
            sender.destination,
            partial(ready, new_customers=new_customers),
            most=most,
            together=together,
            gate=sender.gate,
            by=sender.by,
            looked_around=self._looked_around,
        )

    def _take(self, claims: Claims) -> int:
        """Put what was taken up where it waits for its request; how many documents it is."""
        for document, fault in claims.broken:
            self.touch(document)
            self.broke(document, fault)
        if claims.known:
            self._looked_around |= {document.pk for document in claims.known}
            prepare_followers(self.sender.company, claims.known, by=self.sender.by)
        for push in claims.pushes:
            self.touch(push.document)
            self.sender.observe("claimed", push.document)
        batch = [push for push in claims.pushes if push.batch_id]
        if batch:
            self._batches.append(batch)
        self._alone += [push for push in claims.pushes if not push.batch_id and not push.looks_first]
        self._look_first([push for push in claims.pushes if push.looks_first])
        return len(claims.pushes)

    def _look_first(self, pushes: Sequence[Push]) -> None:
        """Look up what may be in QuickBooks already; what is not goes now, together."""
        if len(pushes) < 2:
            for push in pushes:
                self._by_itself(push, partial(self.sender.resume, push))
            return
        absent = self._looked_up(pushes)
        if len(absent) > 1:
            put_into_batch(absent)
            self._batches.append(absent)
        else:
            self._alone += absent
        self.sender.resting -= {push.document_id for push in absent}

    def _start(self, pushes: Sequence[Push]) -> None:
        sender = self.sender
        sender.lease.keep()
        about_to_send(pushes)
        for push in pushes:
            sender.observe("sending", push.document)
        batch_id = pushes[0].batch_id
        request = sender.destination.start([sending_of(push) for push in pushes], batch_id=batch_id)
        self._flights.append(
            Flight(pushes=pushes, request=request, is_batch=bool(batch_id), waits=not request.has_left)
        )

    # What comes back --------------------------------------------------------------------------------------------------

    def _collect(self, *, keep_lease: bool = True) -> None:
        """Wait a moment for answers, and write down what there is."""
        if self._flights:
            if keep_lease:
                self.sender.lease.keep()
            leaving = not all(flight.request.has_left for flight in self._flights)
            seconds = _GLANCE if leaving else _WRITTEN_AFTER
            wait([flight.request.future for flight in self._flights], timeout=seconds, return_when=FIRST_COMPLETED)
        for flight in self._flights:
            if flight.waits and flight.request.has_left:
                flight.waits = False
                if time.monotonic() - flight.begun < _SOON:
                    continue
                write_all(Push, [push.pk for push in flight.pushes], last_sent_at=shared_now())
        for flight in [flight for flight in self._flights if flight.request.future.done()]:
            self._flights.remove(flight)
            self._land(flight)
        old = time.monotonic() - self._since > _WRITTEN_AFTER
        if self._answered and (len(self._answered) >= _WRITTEN_AT_ONCE or old or not self._flights):
            self._write()

    def _land(self, flight: Flight) -> None:
        """Judge the answer to a request, once for the round and once for each document in it."""
        self._since = self._since if self._answered else time.monotonic()
        outcomes: list[Outcome] = []
        for place, push in enumerate(flight.pushes):
            self._by_itself(push, partial(self._hear, flight, place, outcomes))
        if flight.is_batch:
            self._learn(unclear=all(isinstance(outcome, Unknown) for outcome in outcomes))
        if outcomes:
            self._heed(outcomes)

    def _hear(self, flight: Flight, place: int, outcomes: list[Outcome]) -> None:
        push, outcome = flight.pushes[place], flight.request.outcome(place)
        outcomes.append(outcome)
        self.sender.observe("answered", push.document)
        if isinstance(outcome, TryLater) and outcome.alone:
            go_alone(push, outcome)
            self._alone.append(push)
        else:
            self._answered.append(Answered(push=push, outcome=outcome))

    def _heed(self, outcomes: Sequence[Outcome]) -> None:
        """What the answers to one request say about the next ones."""
        later = [outcome for outcome in outcomes if isinstance(outcome, TryLater) and not outcome.alone]
        if later:
            asked = max(later, key=lambda outcome: (outcome.needs_login, outcome.wait))
            self._later = max(self._later or asked, asked, key=lambda outcome: (outcome.needs_login, outcome.wait))
        elif all(isinstance(outcome, Unknown) for outcome in outcomes):
            self.sender.heed(outcomes[0])
        else:
            self.sender.unclear = 0

    def _write(self) -> None:
        answered, self._answered = self._answered, []
        try:
            plain = record_plain(self.sender.company, answered)
        except NOT_A_RECORD:
            raise
        except Exception:
            # Tieout fails over one of them: each is written by itself, and that one becomes an issue
            logger.exception("%d answers could not be written together", len(answered))
            plain = {}
        for answer in answered:
            self._by_itself(answer.push, partial(self._settle, answer, plain.get(answer.push.pk, "")))

    def _settle(self, answer: Answered, name: str) -> None:
        push, outcome = answer.push, answer.outcome
        if name:
            self.sender.follow(push, outcome, name)
        elif push.first_sent_at:
            self.sender.judge_resend(push, outcome)
        else:
            self.sender.judge_first(push, outcome)

    def _by_itself(self, push: Push, act: Callable[[], None]) -> None:
        """Do something about one document; one that Tieout fails over keeps back no other."""
        try:
            act()
        except NOT_A_RECORD:
            raise
        except Exception as fault:
            self.broke(push.document, fault)

    # How many at once -------------------------------------------------------------------------------------------------

    def _kept_size(self) -> int:
        return min(LARGEST_BATCH, self._connection().values_list("batch_size", flat=True).first() or LARGEST_BATCH)

    def _learn(self, *, unclear: bool) -> None:
        size = next_size(self._size or self._kept_size(), unclear=unclear)
        if size != self._size:
            self._size = size
            self._connection().update(batch_size=size)

    def _connection(self) -> QuerySet[Connection]:
        return Connection.objects.filter(company=self.sender.company, system=QUICKBOOKS_ONLINE)
