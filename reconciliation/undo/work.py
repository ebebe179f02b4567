"""The carrying out of an undo by the holder of its company's lease: group by group, and each document a push.

Before a group is begun QuickBooks is read again, and a group of which anything is not as it was planned stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from books.documents import JournalEntry
from books.messages import Message
from books.translation import gettext_noop
from companies.models import Company
from mapping.customer_lookup import MergedCustomers
from reconciliation.undo.customers import make_inactive
from reconciliation.undo.items import make_items_inactive
from reconciliation.undo.plan import documents_in_quickbooks, plan_documents
from reconciliation.undo.planning import PlannedStep, UndoAction, Why
from reconciliation.undo_models import Undo, UndoState, UndoStep, UndoStepState
from sync.models import Document, DocumentState, Operation, OrderEvent, Push, PushState
from sync.pushing.lease import Lease
from sync.pushing.reversing import begin_reversal, entry_of, give_up_reversal, send_reversal
from sync.pushing.sender import Observer, PushCounts, Sender
from sync.pushing.undoing import ask_to_undo, take_back, to_undo
from sync.quickbooks_online.destination import QuickBooksOnline

#: How often a document is read again that others change at the same time.
_TRIES = 3
#: Seconds that it waits altogether when QuickBooks asks for a moment's rest.
_MAY_WAIT = 180.0
_UNCLEAR = gettext_noop(
    "QuickBooks gave no clear answer about %(document)s. Go on later: it is read again before anything is sent."
)


class UndoWork:
    """The carrying out by the holder of the company's lease."""

    def __init__(
        self,
        undo: Undo,
        destination: QuickBooksOnline,
        lease: Lease,
        observe: Observer,
        stops: Callable[[], bool],
    ) -> None:
        self.undo = undo
        self.stops = stops
        self.company: Company = undo.company
        self.destination = destination
        self.merged = MergedCustomers(undo.company)
        #: By document, the entry that reverses it, as the group was judged last.
        self.entries: dict[int, JournalEntry] = {}
        self.sender = Sender(
            company=undo.company,
            destination=destination,
            lease=lease,
            by=undo.started_by,
            observe=observe,
            may_wait=_MAY_WAIT,
            counts=PushCounts(),
        )

    def carry_out(self) -> str:
        """Group by group; why it stopped early, empty where it did not, or a person stopped it."""
        waiting = self.undo.steps.filter(state=UndoStepState.PLANNED)
        for group in list(waiting.order_by("group").values_list("group", flat=True).distinct()):
            if not self._goes_on():
                return ""
            steps = waiting.filter(group=group).select_related("document__order", "document__company")
            if stopped := self._group(list(steps.order_by("position"))):
                return stopped
        if not self._goes_on() or waiting.exists():
            return ""
        lists = self.undo, self.destination, self.sender.lease
        return make_inactive(*lists) or make_items_inactive(*lists)

    def _goes_on(self) -> bool:
        return not self.stops() and Undo.objects.filter(pk=self.undo.pk, state=UndoState.RUNNING).exists()

    def _group(self, steps: Sequence[UndoStep]) -> str:
        """Undo what is left of a group, if QuickBooks still has all of it as it was planned."""
        for step in steps:
            if stopped := self._settled(step):
                return stopped
        left = [step for step in steps if step.state == UndoStepState.PLANNED]
        if not left or self._has_changed(left):
            return ""
        for place, step in enumerate(left):
            if not self._goes_on():
                return ""
            if stopped := self._undone(step):
                return stopped
            if step.state == UndoStepState.LEFT:
                for other in left[place + 1 :]:
                    _leave(other, Why.TOGETHER, str(step.document))
                return ""
        return ""

    def _settled(self, step: UndoStep) -> str:
        """Learn what became of a push that was sent before a crash; why nothing can be said of it yet."""
        if step.action == UndoAction.ENTRY:
            entry = entry_of(step.document) if step.document.state == DocumentState.UNDONE else None
            return self._entered(step, entry) if entry else ""
        undoing = Push.objects.filter(document=step.document_id, operation__in=(Operation.DELETE, Operation.VOID))
        push = undoing.filter(state=PushState.OPEN).select_related("document__order", "company").first()
        if push is not None:
            self.sender.resume(push)
        elif step.document.state in (DocumentState.SENDING, DocumentState.UNKNOWN):
            return ""  # something else is on its way, which the reading of the group finds
        return self._noted(step)

    def _has_changed(self, steps: Sequence[UndoStep]) -> bool:
        """Read the documents of a group again; where one is not as it was planned, all of them stay."""
        self.sender.lease.renew()
        by_key = {step.document.key: step for step in steps}
        rows = documents_in_quickbooks(self.company).filter(pk__in=[step.document_id for step in steps])
        groups, _there = plan_documents(self.undo, rows, self.destination, merged=self.merged)
        planned = {step.key: _as_shown(by_key[step.key], step) for group in groups for step in group}
        for key in by_key.keys() - planned.keys():
            planned[key] = PlannedStep(key=key, action=UndoAction.LEAVE, why=Why.NOT_POSTED)
        leaves = [step for step in planned.values() if step.action is UndoAction.LEAVE]
        for step in leaves:
            _leave(by_key[step.key], step.why or Why.NOT_POSTED, step.about)
        for row in steps:
            if leaves and row.state == UndoStepState.PLANNED:
                _leave(row, Why.TOGETHER, str(by_key[leaves[0].key].document))
            elif not leaves:
                now = planned[row.document.key]
                row.action = now.action
                if now.entry:
                    self.entries[row.document_id] = now.entry
        return bool(leaves)

    def _undone(self, step: UndoStep) -> str:
        """Undo one document; why nothing more can be done now, empty where that was settled."""
        if step.action == UndoAction.ENTRY:
            return self._reversed(step)
        operation = Operation.VOID if step.action == UndoAction.VOID else Operation.DELETE
        if not ask_to_undo(step.document, operation, reason=self.undo.reason, by=self.undo.started_by):
            _leave(step, Why.NOT_POSTED)
            return ""
        for _try in range(_TRIES):
            row = to_undo(self.company).filter(pk=step.document_id).select_related("company", "frozen").first()
            if row is None:
                break
            self.sender.change(row)
            if self.sender.counts.stopped:
                take_back(row)
                return self.sender.counts.stopped
        if stopped := self._noted(step):
            return stopped
        if step.state == UndoStepState.PLANNED:
            _leave(step, Why.BUSY)
        return ""

    def _reversed(self, step: UndoStep) -> str:
        """Enter what reverses one document; why nothing more can be done now, empty where that was settled."""
        value, by = self.entries[step.document_id], self.undo.started_by
        entry = begin_reversal(step.document, value, reason=self.undo.reason, by=by)
        if entry is None:
            _leave(step, Why.NOT_POSTED)
            return ""
        return self._entered(step, entry)

    def _entered(self, step: UndoStep, entry: Document) -> str:
        """Send an entry that was begun, and note what became of it."""
        send_reversal(entry, self.sender)
        entry.refresh_from_db()
        match entry.state:
            case DocumentState.POSTED | DocumentState.DIFFERS:
                step.state = UndoStepState.DONE
                step.save(update_fields=["state", "action"])
            case DocumentState.REFUSED:
                _leave(step, Why.SAID, give_up_reversal(entry))
            case _:
                return self.sender.counts.stopped or Message.of(_UNCLEAR, document=str(entry)).worded()
        return ""

    def _noted(self, step: UndoStep) -> str:
        """Note what became of a document; why that is not known yet, empty where it is, or where nothing was sent."""
        document = step.document
        document.refresh_from_db(fields=["state", "pending"])
        if document.state == DocumentState.UNDONE:
            step.state = UndoStepState.DONE
            step.save(update_fields=["state", "action"])
        elif document.state in (DocumentState.SENDING, DocumentState.UNKNOWN):
            return Message.of(_UNCLEAR, document=str(document)).worded()
        elif not document.pending and (reason := self._left_because(document)):
            _leave(step, Why.SAID, reason)
        return ""

    def _left_because(self, document: Document) -> str:
        """Why this undo left it as it is; empty where nothing was said of it."""
        said = OrderEvent.objects.filter(order=document.order_id, step="undo-left", at__gte=self.undo.started_at)
        return next((event.facts["reason"] for event in said if event.facts["document"] == str(document)), "")


def _as_shown(row: UndoStep, now: PlannedStep) -> PlannedStep:
    """What is done about a document now, unless its period was opened or closed since a person saw the plan."""
    entered = UndoAction.ENTRY in (row.action, now.action)
    if not entered or now.action is UndoAction.LEAVE or (row.action, row.about) == (now.action, now.about):
        return now
    if now.action is UndoAction.NOTE:
        return now
    return PlannedStep(key=now.key, action=UndoAction.LEAVE, why=Why.OTHER_DAY)


def _leave(step: UndoStep, why: Why, about: str = "") -> None:
    """The document stays in QuickBooks as it is."""
    take_back(step.document)
    step.state, step.why, step.about = UndoStepState.LEFT, why.value, about
    step.save(update_fields=["state", "why", "about"])
