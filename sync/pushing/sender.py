"""How is one document sent, and what is done about the answer?

Whatever is sent is committed before: the push with its request id and its exact bytes. Whatever may be in QuickBooks
already is looked up before it is sent again. What could not be settled rests for the round.

Source:
    docs/decisions/0010-once-and-only-once.md
    docs/decisions/0032-looked-up-before-a-resend.md
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.contrib.auth.models import User

from books.documents import NewCustomer
from books.outcomes import Accepted, Outcome, Refused, TryLater, Unknown
from books.translation import gettext_noop
from companies.activation import may_post
from companies.models import Company
from sync.models import Document, DocumentChange, Operation, Push, PushState
from sync.preparing.builders.refund import REFUND
from sync.preparing.prepare import prepare_orders
from sync.pushing.arrival import (
    about_to_send,
    ask,
    begin_anew,
    found_nothing,
    is_too_old,
    look_up,
    may_have_arrived,
    may_still_work,
    nothing_happened,
)
from sync.pushing.claims import (
    claim,
    go_alone,
    prepare_followers,
    ready_documents,
    request_id,
    rest,
    sending_of,
    to_take,
)
from sync.pushing.destination import Alike, Destination, Found, NotThere, ReadBack
from sync.pushing.gate import ApprovalGate
from sync.pushing.lease import Lease
from sync.pushing.needs import ids_of
from sync.pushing.outcomes import keep_exchange, record_outcome
from sync.pushing.updates import (
    Transition,
    Verdict,
    abandon,
    adopt,
    claim_change,
    free_parent,
    hold_changed,
    hold_deleted,
    transition_of,
)

#: Open pushes that stay unclear one after the other before a round gives up on the company.
PATIENCE = 3
#: Seconds between two looks at the lease while a round waits.
_GLANCE = 30.0
SWITCHED_OFF = gettext_noop("The company was switched off. What is ready goes when it is switched on again.")

#: Told at each step with its name and the push's document: `claimed`, `sending`, `answered`, `recorded`.
Observer = Callable[[str, Document], None]
#: What is counted where a customer is created in QuickBooks.
NEW_CUSTOMERS = "new_customers"


@dataclass(kw_only=True)
class PushCounts:
    """What a round of pushing came to."""

    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: Why pushing stopped before everything was sent; empty when it did not.
    stopped: str = ""

    @property
    def sent(self) -> int:
        """Documents that came to any outcome."""
        return sum(self.outcomes.values())

    def add(self, document: Document, name: str) -> None:
        """Count one outcome. A new customer is no document to a reader, so that it is not counted among them."""
        is_customer = document.kind == NewCustomer.kind
        self.outcomes[NEW_CUSTOMERS if is_customer and name == "posted" else name] += 1


@dataclass(kw_only=True)
class Sender:
    """Sends one document after the other of one company, by the holder of its lease."""

    company: Company
    destination: Destination
    lease: Lease
    by: User | None
    observe: Observer
    #: Seconds that the round may still wait when QuickBooks asks for a moment's rest.
    may_wait: float
    counts: PushCounts
    gate: ApprovalGate = field(default_factory=ApprovalGate)
    #: How many stayed unclear, one after the other.
    unclear: int = 0
    #: Documents that nothing more can be done for in this round.
    resting: set[int] = field(default_factory=set)

    # A new document ---------------------------------------------------------------------------------------------------

    def begin(self, document: Document) -> None:
        """Claim a ready document, commit its push, and only then send."""
        if not may_post(self.company):
            self.counts.stopped = SWITCHED_OFF
            return
        rows = to_take(ready_documents(self.company, preview=self.gate.preview).filter(pk=document.pk))
        claimed = partial(claim, self.company, self.destination, lambda most: list(rows[:most]), most=1, together=False,
                          gate=self.gate, by=self.by)  # fmt: skip
        claims = claimed()
        for _, fault in claims.broken:
            raise fault
        if claims.known:
            prepare_followers(self.company, claims.known, by=self.by)
            claims = claimed(looked_around={row.pk for row in claims.known})
        for push in claims.pushes:
            document.state = push.document.state
            self.observe("claimed", document)
            if push.looks_first:
                self.resume(push)
            else:
                self._send(push)

    # A change of a posted document ------------------------------------------------------------------------------------

    def change(self, document: Document, *, earlier: Push | None = None) -> None:
        """Read a posted document, and send its change if it still is what was posted.

        Args:
            document: With a change that waits.
            earlier: A push of that change of which nobody knows whether it arrived.
        """
        if not may_post(self.company):
            self.counts.stopped = SWITCHED_OFF
            return
        self.lease.renew()
        reading = self.destination.read(document.form, document.quickbooks_id)
        self.observe("read", document)
        if isinstance(reading, TryLater | Unknown):
            self._wait_for(reading)
            return
        change = document.change
        transition = transition_of(document, change)
        reached = transition.reached(document, change, reading, self.destination)
        if reached and earlier:
            self._settle(earlier, reached)
            return
        if earlier:
            abandon(earlier)
            document.refresh_from_db()
        if reached:
            self._changed(document, adopt(document, reached))
        elif isinstance(reading, NotThere):
            self._changed(document, hold_deleted(document))
        else:
            self._alter(document, change, transition, reading)

    def _alter(self, document: Document, change: DocumentChange, transition: Transition, reading: ReadBack) -> None:
        """Claim and send a change, unless the document was changed in QuickBooks."""
        judged = transition.judged(change, reading.holding, self.destination)
        if judged.verdict is Verdict.CHANGED:
            self._changed(document, hold_changed(document, reading.holding, judged.differences))
            return
        body = self.destination.render_change(transition.alteration(document, change, reading), ids=transition.ids)
        by, before = self.by or change.asked_by, reading.holding
        push = claim_change(document, change, body, request_id=request_id, before=before, gate=self.gate, by=by)
        if push:
            self.observe("claimed", document)
            self._send(push)

    def _wait_for(self, reading: TryLater | Unknown) -> None:
        """What cannot even be read is left for later; nothing was sent."""
        self.counts.outcomes["unread"] += 1
        if isinstance(reading, Unknown):
            self.lose_patience(reading.reason)
        else:
            self.unclear = 0
            self._rest(reading)

    # Sent before, and not answered ------------------------------------------------------------------------------------

    def resume(self, push: Push) -> None:
        """Take up a push that has no answer; what stays without one rests for the round."""
        if not may_have_arrived(push):
            self._send(push)
            return
        if push.operation == Operation.CREATE:
            self._look_up(push)
        elif is_too_old(push):
            self.change(push.document, earlier=push)
        else:  # a SyncToken is good for one change
            self._send(push)
        if Push.objects.filter(document=push.document_id, state=PushState.OPEN).exists():
            self.resting.add(push.document_id)

    def _look_up(self, push: Push) -> None:
        """Send the bytes again only where QuickBooks says that it does not have them."""
        if self.goes_again(push, self._look(push)):
            self._send(push)

    def goes_again(self, push: Push, there: Found) -> bool:
        """Settle a push by what QuickBooks has of it; True where it has nothing, so that the same bytes go again."""
        if isinstance(there, Alike):
            self._ask(push, there)
        elif not isinstance(there, NotThere):
            self._settle(push, there)
        elif may_still_work(push):
            self.unclear = 0
            self.counts.outcomes["later"] += 1
        else:
            found_nothing(push, there.exchange)
            if not is_too_old(push):
                return True
            self._start_again(push)
        return False

    def _look(self, push: Push) -> Found:
        """What QuickBooks has of a push."""
        self.lease.renew()
        looked_up = look_up(push, self.destination, ids=ids_of(self.company, [push.document.value()]))
        self.observe("looked-up", push.document)
        return looked_up

    def _ask(self, push: Push, alike: Alike) -> None:
        """Leave it to a person whether something in QuickBooks is the document."""
        ask(push, alike)
        self.unclear = 0
        self.counts.outcomes["asked"] += 1

    def _start_again(self, push: Push, *, step: str = "") -> None:
        """A look-up showed that nothing is there: a new generation."""
        document = begin_anew(push, step=step)
        if document is None:
            return  # another pusher has settled it
        # It was frozen for as long as it might have been there: the order and the decisions may be others by now
        prepare_orders(self.company, [document.order], by=self.by)
        for again in ready_documents(self.company, preview=self.gate.preview).filter(pk=document.pk):
            self.begin(again)

    def judge_resend(self, push: Push, outcome: Outcome) -> None:
        """What an answer to the same bytes says that QuickBooks may have had before."""
        match outcome:
            case Accepted() if not outcome.adopted:
                self._settle_if_there(push, outcome)
            case Refused() | Unknown(repeated=True):
                self._settle_refused(push, outcome)
            case _:
                self._settle(push, outcome)

    def _settle_if_there(self, push: Push, outcome: Accepted) -> None:
        """An old request id can hand back a document that was deleted meanwhile."""
        there = self.destination.holds(push.document.form, outcome.quickbooks_id)
        if there is False:
            keep_exchange(push, outcome)
            self._start_again(push, step="again")
        else:
            self._settle(push, outcome if there is True else there)

    def _settle_refused(self, push: Push, outcome: Refused | Unknown) -> None:
        """It may be refused because it is there already, or is being written."""
        there = self._look(push)
        used_up = isinstance(outcome, Unknown) and push.first_sent_at and not may_still_work(push)
        if isinstance(there, NotThere) and not used_up:
            self._settle(push, outcome)
            return
        keep_exchange(push, outcome)
        if isinstance(there, NotThere):  # the id was used for something that is not there
            self._start_again(push)
        elif isinstance(there, Alike):
            self._ask(push, there)
        else:
            self._settle(push, there)

    # What every send does ---------------------------------------------------------------------------------------------

    def _send(self, push: Push) -> None:
        """Send the committed bytes, outside of any transaction, and record what came of it."""
        self.lease.renew()
        about_to_send([push])
        self.observe("sending", push.document)
        outcome = self._answer_to(push)
        self.observe("answered", push.document)
        if isinstance(outcome, TryLater) and outcome.alone:
            go_alone(push, outcome)
            self._send(push)
        else:
            self.judge(push, outcome)

    def _answer_to(self, push: Push) -> Outcome:
        """Send it; what went in a batch goes in the same batch again, as far as QuickBooks can tell."""
        if push.batch_id:
            return self.destination.start([sending_of(push)], batch_id=push.batch_id).outcome(0)
        how = Operation(push.operation)
        return self.destination.send(push.document.form, bytes(push.body), request_id=push.request_id, operation=how)

    def judge(self, push: Push, outcome: Outcome) -> None:
        """Settle a push by the answer to it, unless QuickBooks may have had the same bytes before."""
        if push.operation == Operation.CREATE and (push.first_sent_at or _is_repeated(outcome)):
            self.judge_resend(push, outcome)
        else:
            self.judge_first(push, outcome)
            self.heed(outcome)

    def judge_first(self, push: Push, outcome: Outcome) -> None:
        """Settle a document by the answer to its first send; what it says for the round is heeded by the caller."""
        if push.operation == Operation.CREATE and _is_repeated(outcome):
            self.judge_resend(push, outcome)
            return
        if push.operation == Operation.CREATE and isinstance(outcome, TryLater):
            nothing_happened(push)
        self.settle_quietly(push, outcome)

    def _settle(self, push: Push, outcome: Outcome) -> None:
        """Record an outcome, and what follows from it for the order and for the round."""
        self.settle_quietly(push, outcome)
        self.heed(outcome)

    def settle_quietly(self, push: Push, outcome: Outcome) -> None:
        """Record an outcome, and what follows from it for the order."""
        self.follow(push, outcome, record_outcome(push, outcome))

    def follow(self, push: Push, outcome: Outcome, name: str) -> None:
        """What follows from a recorded outcome for the order, and for what is counted."""
        is_new = push.operation == Operation.CREATE
        self.observe("recorded", push.document)
        follows = isinstance(outcome, Accepted | Refused) if not is_new else _is_tied_later(push.document, outcome)
        if follows:
            if isinstance(outcome, Accepted):
                free_parent(push.document)
            self._changed(push.document, name)
        else:
            self.counts.add(push.document, name)

    def heed(self, outcome: Outcome) -> None:
        """What follows from the answer to a request for the round."""
        if isinstance(outcome, Unknown):
            self.lose_patience(outcome.reason)
            return
        self.unclear = 0
        if isinstance(outcome, TryLater) and not outcome.stale:
            self._rest(outcome)

    def _changed(self, document: Document, name: str) -> None:
        """What follows a document is another thing once the document is."""
        self.counts.add(document, name)
        prepare_orders(self.company, [document.order], by=self.by)

    def lose_patience(self, reason: str) -> None:
        """One more that stays unclear; after a few in a row the round stops with the reason."""
        self.unclear += 1
        if self.unclear >= PATIENCE:
            self.counts.stopped = reason

    def _rest(self, later: TryLater) -> None:
        """Leave QuickBooks alone: for a moment and go on, or for this round."""
        rest(self.company, later.wait)
        if later.needs_login or not 0 < later.wait <= self.may_wait:
            self.counts.stopped = later.reason
            return
        self.may_wait -= later.wait
        until = time.monotonic() + later.wait
        while (left := until - time.monotonic()) > 0:
            self.lease.renew()
            time.sleep(min(left, _GLANCE))


def _is_tied_later(document: Document, outcome: Outcome) -> bool:
    """Whether what was posted is tied to payments and credits that are posted already: a refund, once it is there."""
    return document.kind == REFUND and isinstance(outcome, Accepted)


def _is_repeated(outcome: Outcome) -> bool:
    return isinstance(outcome, Unknown) and outcome.repeated
