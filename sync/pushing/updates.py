"""How does a change reach a document that QuickBooks has, once and only once, and without overwriting anyone's work?

1. The document is read first. Where it is not what was posted, nothing is sent: both sides become an issue.
2. The push with its request id, and the bytes with the id and the SyncToken that was read, are committed before they
   are sent. A SyncToken is good for one change, so that of two sends one can be stored at most.
3. Without a clear answer the same bytes go again. Once they cannot be trusted any more the document is read again:
   what it says then tells whether they arrived.

Source:
    docs/decisions/0024-changes-after-posting.md
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from books.answers import CustomerRef
from books.documents import Document as DocumentValue
from books.documents import NewCustomer
from books.money import ZERO, money_text
from books.outcomes import Accepted
from books.posted_document import Holding, Unlike, posted_differences, same_links, settles_others, unlike
from books.problems import ChangedInQuickBooks, DeletedInQuickBooks, Problem, RefusedByQuickBooks
from books.serialization import fingerprint, holding_body
from companies.models import Company, take_turns
from mapping.customer_lookup import MergedCustomers
from sync.models import (
    Document,
    DocumentChange,
    DocumentState,
    Operation,
    PendingChange,
    Push,
    PushState,
    held_sources,
)
from sync.pushing.destination import Alteration, Destination, NotThere, ReadBack
from sync.pushing.gate import ApprovalGate
from sync.pushing.holdings import Renders
from sync.pushing.order_of_changes import ChangeStep, first_to_go
from sync.pushing.outcomes import accept_change, hold_change, locked, reopen
from sync.pushing.undoing import leave_as_it_is, to_undo

_VOID = PendingChange.VOID
#: What an order that is gone gives.
NOTHING = "nothing"


def waiting_changes(company: Company, orders: list[int] | None = None) -> QuerySet[Document]:
    """Posted documents whose change can be sent, the voids of children first; `next_change` says which goes next."""
    there = Q(depends_on__state__in=(DocumentState.POSTED, DocumentState.VOIDED))
    update = Q(pending=PendingChange.UPDATE) & (Q(depends_on=None) | there & ~Q(depends_on__pending=_VOID))
    children = Document.objects.filter(depends_on=OuterRef("pk"), pending=_VOID)
    rows = Document.objects.filter(
        update | Q(Q(pending=_VOID) & ~Exists(children)),
        company=company,
        state=DocumentState.POSTED,
        order__prepared_version=F("order__version"),
    )
    rows = rows.exclude(order__connection__in=held_sources(company))
    if orders is not None:
        rows = rows.filter(order__in=orders)
    return rows.select_related("order", "change").order_by("pk")


def next_change(rows: QuerySet[Document]) -> Document | None:
    """The first of these documents whose change waits for no other change of its order.

    Args:
        rows: Of `waiting_changes`.
    """
    looked_at = set()
    for order in rows.values_list("order", flat=True).iterator():
        if order in looked_at:
            continue
        looked_at.add(order)
        able = {document.key: document for document in rows.filter(order=order)}
        if key := first_to_go(_steps(order, set(able))):
            return able[key]
    return None


def _steps(order: int, able: set[str]) -> list[ChangeStep]:
    """Every document of an order that QuickBooks has, with what it is to become."""
    there = Document.objects.filter(order=order, frozen__isnull=False).exclude(quickbooks_id="")
    there = (
        there.exclude(state__in=(DocumentState.VOIDED, DocumentState.UNDONE))
        .select_related("frozen", "change")
        .order_by("pk")
    )
    steps = []
    for document in there:
        before, waits = document.frozen.read(), document.pending in (PendingChange.UPDATE, _VOID)
        after = document.change.read() if waits else before
        can_go = document.key in able
        held = document.pending == PendingChange.HELD
        steps.append(ChangeStep(key=document.key, before=before, after=after, waits=waits, can_go=can_go, held=held))
    return steps


# What to do ----------------------------------------------------------------------------------------------------------


class Verdict(Enum):
    """What a reading says about a change."""

    #: It says what was posted: the change may go.
    GO = "go"
    #: It says what it is to become, by an earlier send or by a user's hand.
    REACHED = "reached"
    #: A user made something else of it.
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a reading says about a change, and where the two sides differ."""

    verdict: Verdict
    differences: tuple[Unlike, ...] = ()


def judge(change: DocumentChange, *, ours: Holding, intended: Holding | None, theirs: Holding) -> Judged:
    """Whether a change may go.

    Args:
        change: Which waits.
        ours: What QuickBooks should hold.
        intended: What it is to hold; None for a void.
        theirs: What it holds.
    """
    if _is_reached(ours, intended, theirs):
        return Judged(verdict=Verdict.REACHED)
    if change.restores and intended is not None:
        if not unlike(intended, theirs) and same_links(intended, theirs):
            return Judged(verdict=Verdict.REACHED)
        return _judged_against(change, posted_differences(ours, theirs), theirs)
    known = (ours, intended) if intended else (ours,)
    differences = (*unlike(ours, theirs), *settles_others(theirs, *known))
    return _judged_against(change, differences, theirs)


def _judged_against(change: DocumentChange, differences: tuple[Unlike, ...], theirs: Holding) -> Judged:
    """With differences it goes only where a person allowed it over exactly what is there."""
    seen = change.read_seen()
    if not differences or (change.overwrites and seen is not None and _is_same(seen, theirs)):
        return Judged(verdict=Verdict.GO)
    return Judged(verdict=Verdict.CHANGED, differences=differences)


def _is_reached(ours: Holding, intended: Holding | None, theirs: Holding) -> bool:
    if intended is None:
        return theirs.is_void and not ours.is_void
    as_posted = not unlike(ours, theirs) and same_links(ours, theirs)
    return not as_posted and not unlike(intended, theirs) and same_links(intended, theirs)


def _is_same(seen: Holding, now: Holding) -> bool:
    return not unlike(seen, now) and same_links(seen, now)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A document on the way from what was posted to what it is to become."""

    before: DocumentValue
    after: DocumentValue | None
    ids: dict[str, str]
    #: What a user made of it in QuickBooks, when a person accepted that.
    theirs: Holding | None
    #: Who was merged into whom in QuickBooks.
    merged: MergedCustomers

    def judged(self, change: DocumentChange, theirs: Holding, destination: Renders) -> Judged:
        """Whether the change may go over what QuickBooks holds."""
        ours, intended = self.sides(destination)
        return judge(change, ours=ours, intended=intended, theirs=theirs)

    def sides(self, destination: Renders) -> tuple[Holding, Holding | None]:
        """What QuickBooks should hold, and what it is to hold; None for a void."""
        ours = self.theirs or destination.posted(self.before, ids=self.ids)
        intended = destination.posted(self.after, ids=self.ids) if self.after else None
        return self._now(ours), self._now(intended) if intended else None

    def reached(
        self, document: Document, change: DocumentChange, reading: ReadBack | NotThere, destination: Destination
    ) -> Accepted | None:
        """The answer to a change that QuickBooks shows to have happened; None where it has not."""
        if isinstance(reading, NotThere):
            return _nothing_left(document, reading) if change.operation != Operation.UPDATE else None
        judged = self.judged(change, reading.holding, destination)
        return _as_answer(reading) if judged.verdict is Verdict.REACHED else None

    def _now(self, holding: Holding) -> Holding:
        """With the customer that a bookkeeper has merged its customer into: that is nobody else."""
        identifier = self.merged.last(holding.customer.identifier)
        return replace(holding, customer=replace(holding.customer, identifier=identifier))

    def _of_the_one_left(self, document: DocumentValue) -> DocumentValue:
        """With the customer who is left of a merge: QuickBooks refuses the one who was merged away."""
        customer = document.customer
        present = self.merged.present(customer.quickbooks_id or self.ids.get(customer.created_by, ""))
        if present is None or isinstance(document, NewCustomer):
            return document
        left = CustomerRef(name=present.display_name, quickbooks_id=present.quickbooks_id)
        return replace(document, customer=left)

    def alteration(self, document: Document, change: DocumentChange, reading: ReadBack) -> Alteration:
        """What is sent; over a user's version every field of ours is."""
        return Alteration(
            operation=Operation(change.operation),
            before=None if change.overwrites or self.theirs else self.before,
            after=self._of_the_one_left(self.after) if self.after else None,
            form=document.form,
            quickbooks_id=reading.quickbooks_id,
            sync_token=reading.sync_token,
        )


def transition_of(document: Document, change: DocumentChange) -> Transition:
    """Both sides of a change, with the QuickBooks ids of what they name."""
    frozen = document.frozen
    before, after = frozen.read(), change.read()
    needed = {*before.needs, *(after.needs if after else ())}
    rows = Document.objects.filter(company=document.company_id, key__in=needed).exclude(quickbooks_id="")
    # What it once settled may have been deleted and not been posted again yet
    ids = dict.fromkeys(before.needs, "") | dict(rows.values_list("key", "quickbooks_id"))
    return Transition(
        before=before, after=after, ids=ids, theirs=frozen.read_theirs(), merged=MergedCustomers(document.company)
    )


# What is written -----------------------------------------------------------------------------------------------------


def claim_change(
    document: Document,
    change: DocumentChange,
    alteration: bytes,
    *,
    request_id: Callable[[Document], str],
    before: Holding,
    gate: ApprovalGate,
    by: User | None,
) -> Push | None:
    """The push of a change, unless it was claimed or decided otherwise meanwhile; committed on return.

    Args:
        document: As it was when the change was judged.
        change: As it was judged.
        alteration: The exact bytes.
        request_id: Makes the id of the document's new generation.
        before: What QuickBooks holds, as it was judged.
        gate: Of the round. An undo goes in any case: its plan was decided by a person of its own.
        by: Who asked.
    """
    with transaction.atomic():
        take_turns(document.company)
        undone = document.pending == PendingChange.UNDO
        waiting = to_undo(document.company) if undone else waiting_changes(document.company)
        row = waiting.filter(pk=document.pk).select_for_update(of=("self",)).first()
        if row is None or row.pending != document.pending or row.change.body_hash != change.body_hash:
            return None
        if not (undone or gate.takes(document.company, row)):
            return None
        row.generation += 1
        push = Push.objects.create(
            company=row.company,
            document=row,
            operation=change.operation,
            generation=row.generation,
            version=row.version + (change.operation == Operation.UPDATE),
            request_id=request_id(row),
            body=alteration,
            body_hash=fingerprint(alteration.hex()),
            before=holding_body(before),
            created_at=timezone.now(),
            asked_by=by,
        )
        row.state = DocumentState.SENDING
        row.save(update_fields=["state", "generation", "changed_at"])
    return push


def abandon(push: Push) -> None:
    """Give a push up that never arrived; what it was to change is judged anew."""
    with transaction.atomic():
        take_turns(push.company)
        document = locked(push.document_id)
        if Push.objects.filter(pk=push.pk, state=PushState.OPEN).exists():
            reopen(push, document)


def adopt(document: Document, accepted: Accepted) -> str:
    """QuickBooks says already what the change asks for, and no push of ours is open."""
    with transaction.atomic():
        take_turns(document.company)
        row = locked(document.pk)
        return accept_change(row, accepted, by=None) if row.pending == document.pending else "late"


def _as_answer(reading: ReadBack) -> Accepted:
    """A reading that says what a change asks for, as the answer that nobody heard."""
    held = reading.holding
    return Accepted(
        quickbooks_id=reading.quickbooks_id,
        sync_token=reading.sync_token,
        number=held.number,
        customer_id=held.customer.identifier,
        total=held.total,
        currency=held.currency,
        adopted=True,
        exchange=reading.exchange,
    )


def _nothing_left(document: Document, reading: NotThere) -> Accepted:
    """A void, or a deletion, whose document is not there any more."""
    return Accepted(
        quickbooks_id=document.quickbooks_id, sync_token="", number="", customer_id="", total=ZERO, currency="",
        adopted=True, exchange=reading.exchange,
    )  # fmt: skip


def free_parent(document: Document) -> None:
    """Let a change that QuickBooks refused be tried again, now that what kept it from going has changed: its use.

    A credit cannot become smaller than what is applied of it. Its use becomes smaller first, and then it can.
    """
    with transaction.atomic():
        take_turns(document.company)
        parents = Document.objects.select_for_update(of=("self",)).select_related("change")
        parent = parents.filter(dependants=document.pk, pending=PendingChange.HELD).first()
        if parent is None or parent.problems.exclude(code=RefusedByQuickBooks.code).exists():
            return
        parent.problems.all().delete()
        parent.pending = PendingChange(parent.change.operation)
        parent.save(update_fields=["pending", "changed_at"])


def hold_deleted(document: Document) -> str:
    """What was to be updated was deleted in QuickBooks: a person says what becomes of it."""
    return _held(document, deleted_there(document), seen=None)


def deleted_there(document: Document) -> DeletedInQuickBooks:
    """That a user deleted a document in QuickBooks."""
    return DeletedInQuickBooks(document=str(document), document_key=document.key)


def hold_changed(document: Document, theirs: Holding, differences: tuple[Unlike, ...]) -> str:
    """A user made something else of it in QuickBooks: nothing is overwritten, both sides become an issue."""
    if document.pending == PendingChange.UNDO:
        return leave_as_it_is(document, differences)
    value = document.change.read()
    now = money_text(value.total, value.currency) if value else NOTHING
    return _held(document, changed_there(document, differences, now=now), seen=theirs)


def changed_there(document: Document, differences: tuple[Unlike, ...], *, now: str) -> ChangedInQuickBooks:
    """Both sides of a document that a user changed in QuickBooks, with what its order comes to now."""
    return ChangedInQuickBooks(
        document=str(document),
        document_key=document.key,
        what=tuple(difference.what for difference in differences),
        ours=tuple(difference.ours for difference in differences),
        theirs=tuple(difference.theirs for difference in differences),
        now=now,
    )


def _held(document: Document, problem: Problem, *, seen: Holding | None) -> str:
    with transaction.atomic():
        take_turns(document.company)
        row = locked(document.pk)
        if row.pending != document.pending or row.state != DocumentState.POSTED:
            return "late"
        body = holding_body(seen) if seen else None
        DocumentChange.objects.filter(document=row).update(seen=body, overwrites=False)
        hold_change(row, (problem,), step="change-held", by=None)
    return "held"
