"""Make the plan of what a sync would send: gather what waits in one go, then compare what is changed with QuickBooks.

What is gathered is values, so that QuickBooks is read after a transaction that is taken back has ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from books.documents import Document as DocumentValue
from books.documents import JournalEntry, NewCustomer
from books.messages import Message
from books.movement import AccountChart, Movement, moved_by
from books.outcomes import Accepted
from books.posted_document import Holding
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import Company, CompanyKind
from mapping.account_chart import chart_of
from mapping.customer_lookup import MergedCustomers
from sync.lists.items.create import not_allowed
from sync.lists.items.many import MOST_OF_A_SYNC, new_products
from sync.models import Document, DocumentState, Operation, PendingChange, held_sources
from sync.previewing.fields import emptied, written_fields
from sync.previewing.plan import NOT_PREPARED, SOURCE_OFF, PlannedDocument, SendAction, SendingPlan, plan_sending
from sync.pushing.arrival import SALES, of_new_customer, together, unknown_to_us
from sync.pushing.destination import Alike, Found, Lost
from sync.pushing.gate import overwritten_by
from sync.pushing.needs import ids_by_key
from sync.pushing.updates import Transition, Verdict
from sync.quickbooks_online.changes import posted
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import HeldTransaction, read_form_of, with_ids

_STUCK = (DocumentState.BLOCKED, DocumentState.REFUSED, DocumentState.DIFFERS)
_UNDER_WAY = (DocumentState.SENDING, DocumentState.UNKNOWN)
_CHANGES = (PendingChange.UPDATE, PendingChange.VOID)
_THERE = (DocumentState.POSTED, DocumentState.VOIDED)
#: Documents that are read, or looked up, together.
_AT_ONCE = 300

UNDER_WAY = gettext_noop("It was sent, and QuickBooks has not answered: a sync asks first what became of it.")
CHANGED_THERE = gettext_noop("It was changed in QuickBooks: %(what)s. A person says which version counts.")
DELETED_THERE = gettext_noop("It was deleted in QuickBooks. A person says what becomes of it.")
AS_INTENDED = gettext_noop("QuickBooks already has it exactly like this, so nothing is written.")
FOUND_THERE = gettext_noop("QuickBooks has it already, with the mark of Tieout: it is not posted again.")
PERHAPS_THERE = gettext_noop("QuickBooks may have it already: %(found)s. A person says whether this is it.")
PERHAPS_THEIRS = gettext_noop(
    "QuickBooks has a sale like it of a customer who may be this one: %(found)s. A person says whether it is the same."
)


class OnlineForms:
    """How documents look once QuickBooks Online has them; reaches no company."""

    def posted(self, document: DocumentValue, *, ids: Mapping[str, str]) -> Holding:
        """The document as QuickBooks holds it while nobody has changed it."""
        return posted(document, ids=ids)


@dataclass(frozen=True, kw_only=True)
class WaitingDocument:
    """A document that waits, with what has to be known to compare it with QuickBooks."""

    row: Document
    planned: PlannedDocument
    value: DocumentValue | None = None
    #: Of a change.
    transition: Transition | None = None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Everything of a company that waits, in the order in which it would go."""

    company: Company
    documents: tuple[WaitingDocument, ...]
    #: QuickBooks ids by document key, of what they need.
    ids: Mapping[str, str]
    chart: AccountChart
    new_items: tuple[str, ...]

    @property
    def asks_quickbooks(self) -> bool:
        """Whether QuickBooks has to be read for the plan."""
        changes = any(document.transition is not None for document in self.documents)
        return changes or (self.company.looks_before_posting and self.company.kind == CompanyKind.ONLINE)


def gather(company: Company) -> Waiting:
    """What waits, as the database has it; a fixed number of queries, and more only for every few hundred documents."""
    held = set(held_sources(company).values_list("pk", flat=True))
    changes = list(_rows(company, Q(pending__in=_CHANGES, state=DocumentState.POSTED)))
    ready = list(_rows(company, Q(state=DocumentState.READY)))
    ids = _ids(company, changes, ready)
    merged = MergedCustomers(company)
    documents = [_change(row, held, ids, merged) for row in changes]
    documents += [_ready(row, held) for row in ready]
    stuck = Q(state__in=(*_STUCK, *_UNDER_WAY)) | Q(pending=PendingChange.HELD)
    documents += [_stuck(row) for row in _rows(company, stuck).prefetch_related("problems")]
    items: Iterable[Any] = () if not_allowed(company) else new_products(company)[:MOST_OF_A_SYNC]
    return Waiting(
        company=company,
        documents=tuple(documents),
        ids=ids,
        chart=chart_of(company) if changes else AccountChart(),
        new_items=tuple(map(str, items)),
    )


def plan_of(waiting: Waiting, destination: QuickBooksOnline | None = None, *, not_read: str = "") -> SendingPlan:
    """The plan, compared with what QuickBooks holds.

    Args:
        waiting: Gathered before.
        destination: Read for what is changed, and where the company looks before it posts; None reads nothing.
        not_read: Why nothing is read.

    Raises:
        NotReadError: QuickBooks did not hand out what it holds.
    """
    there = _held_now(waiting.documents, destination) if destination else {}
    found = _looked_up(waiting, destination) if destination and waiting.company.looks_before_posting else {}
    documents = []
    for document in waiting.documents:
        if document.transition is not None and document.planned.is_taken_up:
            theirs = there.get(document.row.quickbooks_id)
            documents.append(_compared(document, theirs, waiting, was_read=destination is not None))
        elif document.row.pk in found:
            documents.append(_as_found(document, found[document.row.pk]))
        else:
            documents.append(document.planned)
    return SendingPlan(documents=plan_sending(documents), new_items=waiting.new_items, not_read=not_read)


def _rows(company: Company, which: Q) -> QuerySet[Document]:
    rows = Document.objects.filter(which, company=company)
    if company.kind == CompanyKind.DESKTOP:
        rows = rows.exclude(state=DocumentState.EXPORTED)
    return rows.select_related("order", "frozen", "change", "depends_on__order").order_by("pk")


def _ids(company: Company, changes: Iterable[Document], ready: Iterable[Document]) -> dict[str, str]:
    """The QuickBooks ids of all that documents need; empty for what QuickBooks does not have."""
    needed = {key for row in changes for key in row.value().needs}
    needed |= {key for row in changes if (after := row.change.read()) for key in after.needs}
    if company.looks_before_posting:
        needed |= {key for row in ready for key in row.value().needs}
    ids = dict.fromkeys(needed, "")
    for keys in chunks(sorted(needed), _AT_ONCE):
        ids |= ids_by_key(company, keys)
    return ids


# What waits ----------------------------------------------------------------------------------------------------------


def _planned(row: Document, value: DocumentValue | None, action: SendAction, reason: str = "") -> PlannedDocument:
    parent = row.depends_on
    waits = parent is not None and not (parent.state in _THERE and parent.pending in ("", PendingChange.HELD))
    return PlannedDocument(
        title=str(row),
        key=row.key,
        kind=row.kind,
        form=row.form,
        why=value.why if isinstance(value, JournalEntry) else "",
        dated=(value.dated if value and not isinstance(value, NewCustomer) else row.dated).isoformat(),
        customer=value.customer.name if value else row.customer_name,
        total=value.total if value else row.total,
        currency=row.currency,
        action=action,
        reason=reason,
        postings=value.postings if value else (),
        moves=_moved(value) if value and action is SendAction.CREATE else Movement(),
        version=row.version,
        body_hash=row.body_hash,
        after=parent.key if parent and waits else "",
        after_title=str(parent) if parent and waits else "",
    )


def _moved(value: DocumentValue) -> Movement:
    return Movement.of((posting.account.path, posting.amount) for posting in value.postings)


def _kept(row: Document, held: set[int]) -> str:
    """Why it does not go now whatever it is; empty where it may."""
    if row.order.connection_id in held:
        return SOURCE_OFF
    return "" if row.order.prepared_version == row.order.version else NOT_PREPARED


def _ready(row: Document, held: set[int]) -> WaitingDocument:
    value = row.value()
    is_customer = row.kind == NewCustomer.kind  # it goes with whatever document needs it
    reason = _kept(row, set() if is_customer else held)
    action = SendAction.SKIP if reason and not is_customer else SendAction.CREATE
    return WaitingDocument(
        row=row, value=value, planned=_planned(row, value, action, reason if action is SendAction.SKIP else "")
    )


def _change(row: Document, held: set[int], ids: Mapping[str, str], merged: MergedCustomers) -> WaitingDocument:
    change = row.change
    after, is_void = change.read(), row.pending == PendingChange.VOID
    reason = _kept(row, held)
    action = SendAction.SKIP if reason else SendAction.VOID if is_void else SendAction.CHANGE
    planned = _planned(row, after or row.value(), action, reason)
    # A void waits for nothing but what settles it, which goes in the same round
    planned = replace(
        planned,
        body_hash=change.body_hash,
        posted_total=row.total,
        overwritten_total=overwritten_by(change),
        postings=after.postings if after else (),
        after="" if is_void else planned.after,
        operation=None if reason else action,
    )
    transition = Transition(
        before=row.frozen.read(), after=after, ids=dict(ids), theirs=row.frozen.read_theirs(), merged=merged
    )
    return WaitingDocument(row=row, planned=planned, transition=transition)


def _stuck(row: Document) -> WaitingDocument:
    if row.state in _UNDER_WAY:
        return WaitingDocument(row=row, planned=_planned(row, None, SendAction.SKIP, UNDER_WAY))
    reason = " ".join(problem.read().explain() for problem in row.problems.all())
    return WaitingDocument(row=row, planned=_planned(row, None, SendAction.BLOCKED, reason))


# Compared with QuickBooks --------------------------------------------------------------------------------------------


def _held_now(documents: Iterable[WaitingDocument], destination: QuickBooksOnline) -> dict[str, HeldTransaction]:
    """What QuickBooks holds of what is changed, by its id: one question for each form and two hundred documents."""
    by_form: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        if document.transition is not None and document.planned.is_taken_up:
            by_form[read_form_of(document.row.form)].add(document.row.quickbooks_id)
    return {held.quickbooks_id: held for form, ids in by_form.items() for held in with_ids(destination, form, ids)}


def _compared(
    document: WaitingDocument, theirs: HeldTransaction | None, waiting: Waiting, *, was_read: bool
) -> PlannedDocument:
    transition, change, planned = document.transition, document.row.change, document.planned
    assert transition is not None
    renders = OnlineForms()
    ours, intended = transition.sides(renders)
    held = theirs.holding if theirs else ours
    if was_read and theirs is None:
        gone = change.operation != Operation.UPDATE
        return _not_written(
            planned, SendAction.ADOPT if gone else SendAction.BLOCKED, AS_INTENDED if gone else DELETED_THERE
        )
    if theirs is not None:
        judged = transition.judged(change, theirs.holding, renders)
        if judged.verdict is Verdict.REACHED:
            return _not_written(planned, SendAction.ADOPT, AS_INTENDED)
        if judged.verdict is Verdict.CHANGED:
            what = ", ".join(f"{part.what}: {part.ours} → {part.theirs}" for part in judged.differences)
            return _not_written(planned, SendAction.BLOCKED, Message.of(CHANGED_THERE, what=what).worded())
    after = transition.after
    changes = (
        written_fields(transition.before, after, held=held, intended=intended)
        if after is not None and intended is not None
        else emptied(held)
    )
    moves = (_moved(after) if after else Movement()) - _movement_of(document, held, waiting.chart)
    return replace(planned, changes=changes, moves=moves)


def _movement_of(document: WaitingDocument, held: Holding, chart: AccountChart) -> Movement:
    """What it moved until now: as it was posted, or as others made it where a person accepted or overwrites that."""
    transition = document.transition
    assert transition is not None
    if transition.theirs is None and not document.row.change.overwrites:
        return _moved(transition.before)
    moved = moved_by(document.row.form, held, chart)
    return Movement.of((chart.name(account), amount) for account, amount in moved.amounts.items())


def _not_written(planned: PlannedDocument, action: SendAction, reason: str) -> PlannedDocument:
    return replace(planned, action=action, operation=planned.does, reason=reason)


# Looked for before it is posted --------------------------------------------------------------------------------------


def _looked_up(waiting: Waiting, destination: QuickBooksOnline) -> dict[int, Found]:
    """What QuickBooks has of what is to be created, as far as all that it needs is there, or its sale may be."""
    looked_for = [
        (document.row, Lost(document=document.value, entered_by_others=True))
        for document in waiting.documents
        if document.value is not None
        and document.planned.is_taken_up
        and not document.planned.is_customer
        and all(waiting.ids.get(key) for key in document.value.needs)
    ]
    looked_for += _of_new_customers(waiting)
    found: dict[int, list[Found]] = defaultdict(list)
    for some in chunks(looked_for, _AT_ONCE):
        answers = destination.find_many([lost for _, lost in some], ids=waiting.ids)
        for (row, _), answer in zip(some, answers, strict=True):
            found[row.pk].append(answer)
    return {pk: together(answers) for pk, answers in found.items()}


def _of_new_customers(waiting: Waiting) -> list[tuple[Document, Lost]]:
    """In place of each customer that is to be created the sales that wait for it, under any customer."""
    customers = {
        document.row.pk: document.row
        for document in waiting.documents
        if document.planned.is_customer and document.planned.is_taken_up
    }
    return [
        (customers[document.row.depends_on_id], of_new_customer(document.value))
        for document in waiting.documents
        if document.row.depends_on_id in customers and document.value is not None and document.row.form in SALES
    ]


def _as_found(document: WaitingDocument, found: Found) -> PlannedDocument:
    if isinstance(found, Accepted):
        return _not_written(document.planned, SendAction.ADOPT, FOUND_THERE)
    if isinstance(found, Alike) and (unknown := unknown_to_us(document.row, found.documents)):
        asked = PERHAPS_THEIRS if document.planned.is_customer else PERHAPS_THERE
        words = Message.of(asked, found=", ".join(lookalike.words for lookalike in unknown)).worded()
        return _not_written(document.planned, SendAction.BLOCKED, words)
    return document.planned
