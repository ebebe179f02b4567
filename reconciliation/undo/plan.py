"""Make the plan of an undo: read what QuickBooks holds of every chosen document, and keep what is done about each."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from books.documents import NewCustomer
from books.messages import all_worded
from books.money import ZERO
from books.movement import AccountChart, moved_by
from books.outcomes import Refused
from books.serialization import fingerprint, holding_body
from books.translation import gettext_noop
from companies.background import in_a_thread
from companies.bulk_sql import chunks
from companies.models import Company, CompanyKind
from mapping.account_chart import chart_of
from mapping.customer_lookup import MergedCustomers
from reconciliation.undo.choosing import IN_QUICKBOOKS, chosen_documents
from reconciliation.undo.customers import plan_customers
from reconciliation.undo.items import plan_items
from reconciliation.undo.planning import HeldNow, PlannedStep, PostedRecord, RecordStanding, UndoAction, Why, plan_undo
from reconciliation.undo.reversals import names_of_reversed, reversals_for
from reconciliation.undo_models import Undo, UndoState, UndoStep
from sync.models import Document, DocumentState, PendingChange
from sync.pushing.holdings import expected_holdings
from sync.pushing.undoing import may_be_undone
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import QuickBooksOnline, open_destination
from sync.quickbooks_online.login import NOT_CONNECTED, quickbooks_of
from sync.quickbooks_online.transactions import NotReadError, name_in_quickbooks, read_form_of, with_ids

logger = logging.getLogger(__name__)

#: Orders whose documents are read together.
_AT_ONCE = 100
DESKTOP = gettext_noop(
    "QuickBooks Desktop is undone by a file: open the file under Export files, and make the file that undoes it."
)
_BROKEN = gettext_noop("The undo broke off because of a defect in Tieout; see its log for details.")


class CannotPlanUndo(Exception):
    """An undo cannot begin; the message says why and what to do."""


def begin_plan(company: Company, scope: Mapping[str, str], *, by: User | None) -> Undo:
    """An undo whose plan is still to be made.

    Raises:
        CannotPlanUndo: The company's books cannot be read.
    """
    if company.kind == CompanyKind.DESKTOP:
        raise CannotPlanUndo(_(DESKTOP))
    if quickbooks_of(company) is None:
        raise CannotPlanUndo(_(NOT_CONNECTED))
    return Undo.objects.create(company=company, scope=dict(scope), planned_by=by)


def make_plan(undo: Undo) -> Undo:
    """Read QuickBooks and keep the steps; nothing is changed, here or there. A failure is kept as that."""
    try:
        connection = quickbooks_of(undo.company)
        if connection is None:
            return fail(undo, NOT_CONNECTED)
        with open_destination(connection, for_person=undo.planned_by_id is not None) as destination:
            _keep_steps(undo, destination)
    except NotReadError as problem:
        return fail(undo, words_of(problem))
    except AddressRefused as why:
        return fail(undo, str(why))
    except Exception:
        logger.exception("the plan of undo %s of company %s failed", undo.pk, undo.company_id)
        return fail(undo, _BROKEN)
    undo.state = UndoState.PLANNED
    undo.save(update_fields=["state", "fingerprint", "moves"])
    return undo


def make_plan_in_the_background(undo: Undo) -> threading.Thread:
    """The same, without keeping the person waiting who asked for it."""
    return in_a_thread(f"undo-plan-{undo.pk}", lambda: make_plan(undo))


def fail(undo: Undo, why: str) -> Undo:
    """Keep why there is no plan."""
    undo.steps.all().delete()
    undo.customers.all().delete()
    undo.items.all().delete()
    undo.state, undo.message, undo.finished_at = UndoState.FAILED, why, timezone.now()
    undo.save(update_fields=["state", "message", "finished_at"])
    return undo


def words_of(problem: NotReadError) -> str:
    """Why QuickBooks could not be read."""
    failure = problem.failure
    if isinstance(failure, Refused):
        return all_worded(reason.words for reason in failure.problems)
    return failure.reason


def _keep_steps(undo: Undo, destination: QuickBooksOnline) -> None:
    merged, mark = MergedCustomers(undo.company), sha256()
    chart, moves = chart_of(undo.company), dict[str, Decimal]()
    position = group = 0
    customers, items = set[str](), dict[str, int]()
    orders = chosen_documents(undo.company, undo.scope).order_by("order").values_list("order", flat=True).distinct()
    for numbers in chunks(list(orders), _AT_ONCE):
        rows = _with_followers(undo, numbers)
        planned, there = plan_documents(undo, rows, destination, merged=merged)
        by_key, steps = {row.key: row for row in rows}, []
        for members in planned:
            group += 1
            for step in members:
                position += 1
                if step.action in (UndoAction.DELETE, UndoAction.VOID, UndoAction.ENTRY):
                    _add_movement(moves, by_key[step.key], chart)
                steps.append(_row(undo, step, by_key[step.key], position=position, group=group))
                held = there.get(step.key)
                if held and step.action is UndoAction.DELETE:
                    customers.add(held.holding.customer.identifier)
                    items |= dict.fromkeys(held.holding.items.difference(items), by_key[step.key].pk)
                seen = fingerprint(holding_body(held.holding)) if held else ""
                mark.update(f"{step.key}\n{step.action}\n{step.why or ''}\n{step.about}\n{seen}\n".encode())
        UndoStep.objects.bulk_create(steps, batch_size=200)
    for line in plan_customers(undo, customers - {""}, destination):
        mark.update(f"{line.document_id}\n{line.why}\n{line.about}\n".encode())
    for item in plan_items(undo, items, destination):
        mark.update(f"item {item.write_id}\n{item.why}\n{item.about}\n".encode())
    undo.fingerprint = mark.hexdigest()
    undo.moves = {account: str(amount) for account, amount in sorted(moves.items()) if amount}


def _add_movement(moves: dict[str, Decimal], row: Document, chart: AccountChart) -> None:
    """Count in, by currency and account, what taking a document out moves: the other side of what it moved."""
    theirs, value = row.frozen.read_theirs(), row.value()
    if theirs is None:
        parts = [(posting.account.path, posting.amount) for posting in value.postings]
    else:
        parts = [(chart.name(account), amount) for account, amount in moved_by(row.form, theirs, chart).amounts.items()]
    for account, amount in parts:
        key = f"{row.currency} {account}"
        moves[key] = moves.get(key, ZERO) - amount


def _row(undo: Undo, step: PlannedStep, document: Document, *, position: int, group: int) -> UndoStep:
    return UndoStep(
        undo=undo,
        position=position,
        group=group,
        document=document,
        action=step.action,
        why=step.why or "",
        about=step.about,
    )


def _with_followers(undo: Undo, orders: Sequence[int]) -> list[Document]:
    """The chosen documents of some orders, with whatever of these orders settles, uses or follows them."""
    rows = list(documents_in_quickbooks(undo.company).filter(order__in=orders))
    chosen = set(chosen_documents(undo.company, undo.scope).filter(order__in=orders).values_list("pk", flat=True))
    taken = {row.key for row in rows if row.pk in chosen}
    needs = {row.key: needs_of(row) for row in rows}
    while more := {key for key, needed in needs.items() if key not in taken and needed & taken}:
        taken |= more
    return [row for row in rows if row.key in taken]


def documents_in_quickbooks(company: Company) -> QuerySet[Document]:
    """Documents that QuickBooks has, or may have, with all that a plan asks of them."""
    rows = Document.objects.filter(company=company, state__in=IN_QUICKBOOKS).exclude(kind=NewCustomer.kind)
    return rows.select_related("order", "frozen", "change", "depends_on", "company", "adoption").order_by("pk")


def needs_of(row: Document) -> frozenset[str]:
    """Keys of the documents that a document settles, uses or follows."""
    follows = {row.depends_on.key} if row.depends_on else set()
    return frozenset({*row.value().needs, *follows})


def plan_documents(
    undo: Undo, rows: Iterable[Document], destination: QuickBooksOnline, *, merged: MergedCustomers
) -> tuple[list[list[PlannedStep]], dict[str, HeldNow]]:
    """What is done about documents of an undo, in groups, and what QuickBooks holds of each now, by key.

    Raises:
        NotReadError: QuickBooks did not hand them out.
    """
    company, documents = undo.company, list(rows)
    posted = expected_holdings(company, documents, destination, merged=merged)
    there = _held_now(documents, destination)
    applied = _applied_to_others(documents, there)
    reversals, reversed_names = reversals_for(undo, documents, there), names_of_reversed(documents)
    held = [row.pk for row in documents if row.pending == PendingChange.HELD]
    undecided = set(held) - set(may_be_undone(Document.objects.filter(pk__in=held)).values_list("pk", flat=True))
    records = [
        PostedRecord(
            key=row.key,
            name=str(row),
            name_there=name_in_quickbooks(row.form, row.quickbooks_id),
            form=row.form,
            dated=row.dated,
            needs=needs_of(row),
            posted=posted.get(row.pk),
            standing=_standing(row, undecided=row.pk in undecided),
            reversal=reversals.get(row.key, Why.CLOSED),
            applied_to=applied.get(row.key, ""),
            reversed_links=reversed_names & {*(there[row.key].linked if row.key in there else ())},
        )
        for row in documents
    ]
    return plan_undo(records, there, company.closed_periods), there


def _applied_to_others(rows: Iterable[Document], there: Mapping[str, HeldNow]) -> dict[str, str]:
    """By key, something that a record settles in QuickBooks and that is not its order's, where a person kept that."""
    kept = [row for row in rows if row.key in there and there[row.key].holding.links and row.frozen.theirs]
    if not kept:
        return {}
    needs = {row.key: needs_of(row) for row in kept}
    own = Document.objects.filter(
        Q(order__in={row.order_id for row in kept}) | Q(key__in=frozenset().union(*needs.values())),
        company=kept[0].company,
    )
    names = {name_in_quickbooks(row.form, row.quickbooks_id): row for row in own.exclude(quickbooks_id="")}
    found = {}
    for row in kept:
        for link in there[row.key].holding.links:
            known = names.get(link.document)
            if known is None or (known.order_id != row.order_id and known.key not in needs[row.key]):
                found[row.key] = link.document
    return found


def _standing(row: Document, *, undecided: bool) -> RecordStanding:
    if row.state in (DocumentState.SENDING, DocumentState.UNKNOWN):
        return RecordStanding.IN_FLIGHT
    if row.is_adopted:
        return RecordStanding.ADOPTED
    if row.state == DocumentState.DIFFERS or undecided:
        return RecordStanding.DECIDE_FIRST
    return (
        RecordStanding.CHANGE_WAITS
        if row.pending in (PendingChange.UPDATE, PendingChange.VOID)
        else RecordStanding.POSTED
    )


def _held_now(rows: Iterable[Document], destination: QuickBooksOnline) -> dict[str, HeldNow]:
    by_form: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row.quickbooks_id:
            by_form[read_form_of(row.form)][row.quickbooks_id] = row.key
    found = {}
    for form, keys in by_form.items():
        for held in with_ids(destination, form, keys):
            found[keys[held.quickbooks_id]] = HeldNow(holding=held.holding, linked=held.linked, emailed=held.emailed)
    return found
