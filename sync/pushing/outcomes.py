"""What does an answer from QuickBooks change? One recorder for every operation: create, update, void."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from books.documents import Document as DocumentValue
from books.documents import NewCustomer
from books.money import money_text
from books.outcomes import Accepted, Exchange, Outcome, Refused, TryLater, Unknown
from books.problems import ASKED_ABOUT_A_FINDING, CouldNotProcess, NoClearAnswer, Problem, StoredDifferently
from companies.bulk_rows import new_row
from companies.models import take_turns
from mapping.customer_lookup import MergedCustomers
from sync.database_clock import shared_now
from sync.history import record, record_once
from sync.models import (
    Document,
    DocumentBody,
    DocumentChange,
    DocumentProblem,
    DocumentState,
    Operation,
    PendingChange,
    Push,
    PushExchange,
    PushState,
    StagedOrder,
)
from sync.preparing.changes import GONE, TO_CORRECT
from sync.preparing.shared_numbers import orders_waiting_for
from sync.pushing.address_updates import PostedSale, plan_addresses
from sync.pushing.new_customers import CreatedCustomer, learn_customers
from sync.pushing.without_answer import note_no_answer
from sync.reversed_documents import bring_back

#: How an exchange is called that only asked.
LOOKED_UP = "looked-up"
#: What only a send brings up: the next clear answer ends it.
_OF_A_SEND = (StoredDifferently.code, *ASKED_ABOUT_A_FINDING, CouldNotProcess.code, NoClearAnswer.code)


def record_outcome(push: Push, outcome: Outcome) -> str:
    """Write an outcome: the exchange as evidence, the push, the document, its problems, and the order's history.

    Everything about one outcome is written in one transaction.

    Args:
        push: Its operation says what was asked for.
        outcome: What the answer comes to.

    Returns:
        What it came to: `posted`, `updated`, `voided`, `adopted`, `differs`, `refused`, `stale`, `later` or `unknown`;
        `late` when another pusher has settled the same push meanwhile, so that the answer is kept as evidence and
        changes nothing.
    """
    is_new = push.operation == Operation.CREATE
    with transaction.atomic():
        take_turns(push.company)
        document = locked(push.document_id)
        keep_exchange(push, outcome)
        if not Push.objects.filter(pk=push.pk, state=PushState.OPEN).exists():
            return "late"
        match outcome:
            case Accepted():
                close(push, PushState.ADOPTED if outcome.adopted else PushState.ACCEPTED)
                return (accept_new if is_new else accept_change)(document, outcome, by=push.asked_by)
            case Refused():
                close(push, PushState.REFUSED)
                return (refuse_new if is_new else refuse_change)(document, outcome, by=push.asked_by)
            case TryLater() if outcome.stale and not is_new:
                reopen(push, document)
                record(document.order, "stale", document=str(document))
                return "stale"
            case TryLater():
                record(document.order, "later", document=str(document), reason=outcome.reason)
                return "later"
            case Unknown():
                move(document, DocumentState.UNKNOWN)
                record(document.order, "unknown", document=str(document), reason=outcome.reason)
                note_no_answer(push, document, outcome.reason)
                return "unknown"
            case _:
                assert_never(outcome)


# A new document -------------------------------------------------------------------------------------------------------


def accept_new(document: Document, outcome: Accepted, *, by: User | None) -> str:
    """QuickBooks has a document that it was to create."""
    value = document.value()
    problems = stored_differences(document, value, outcome)
    document.quickbooks_id, document.sync_token = outcome.quickbooks_id, outcome.sync_token
    document.posted_at = timezone.now()
    document.save(update_fields=["quickbooks_id", "sync_token", "posted_at"])
    move(document, DocumentState.DIFFERS if problems else DocumentState.POSTED)
    replace_problems(document, [*of_a_change(document), *problems])
    if isinstance(value, NewCustomer):
        learn_customers(
            [
                CreatedCustomer(
                    document=document,
                    value=value,
                    quickbooks_id=outcome.quickbooks_id,
                    sync_token=outcome.sync_token,
                    adopted=outcome.adopted,
                )
            ]
        )
    prepare_later(document.dependants.filter(state=DocumentState.BLOCKED))
    plan_addresses(document.company, [PostedSale(document=document, value=value, by=by)])
    step = "differs" if problems else "adopted" if outcome.adopted else "posted"
    facts = {"reason": " ".join(problem.explain() for problem in problems)} if problems else {}
    record(document.order, step, by=by, document=str(document), quickbooks_id=outcome.quickbooks_id, **facts)
    return step


def refuse_new(document: Document, outcome: Refused, *, by: User | None) -> str:
    """QuickBooks rejected a document that it was to create."""
    move(document, DocumentState.REFUSED)
    if document.pending or of_a_change(document):  # what was refused is not what the source says now
        StagedOrder.objects.filter(pk=document.order_id).update(prepared_version=0)
        drop_change(document)
    replace_problems(document, outcome.problems)
    hold_followers(document, outcome.problems)
    reason = " ".join(problem.explain() for problem in outcome.problems)
    record(document.order, "refused", by=by, document=str(document), reason=reason)
    return "refused"


def hold_followers(document: Document, problems: tuple[Problem, ...]) -> None:
    """Whatever was to follow a refused document waits; an invoice is blocked by what refused its new customer."""
    for child in document.dependants.filter(state=DocumentState.READY):
        move(child, DocumentState.BLOCKED)
        inherited = problems if document.kind == NewCustomer.kind else ()
        replace_problems(child, inherited)
        hold_followers(child, inherited)


# A change of a posted document ----------------------------------------------------------------------------------------


def accept_change(document: Document, outcome: Accepted, *, by: User | None) -> str:
    """QuickBooks has updated, voided or deleted a document, or shows that it has."""
    change = document.change
    _look_again(document)
    if document.pending == PendingChange.UNDO:
        return _undone(document, outcome, by=by)
    if change.operation == Operation.VOID:
        return _voided(document, outcome, by=by)
    value = change.read()
    if value is None or isinstance(value, NewCustomer):
        raise ValueError(f"{document.key} was updated, and what to is not known")
    problems = stored_differences(document, value, outcome)
    DocumentBody.objects.filter(document=document).update(body=change.body, theirs=None)
    former_number = document.number
    document.number, document.dated, document.total = value.number, value.dated, value.total
    document.currency, document.customer_name = value.currency, value.customer.name
    document.body_hash, document.source_hash = change.body_hash, change.source_hash
    document.version, document.sync_token = document.version + 1, outcome.sync_token
    document.save()
    drop_change(document)
    move(document, DocumentState.DIFFERS if problems else DocumentState.POSTED)
    replace_problems(document, problems)
    prepare_later(document.dependants.filter(state=DocumentState.BLOCKED))
    if document.number != former_number:
        free_number(document, former_number)
    if problems:
        reason = " ".join(problem.explain() for problem in problems)
        record(document.order, "differs", by=by, document=str(document), reason=reason)
        return "differs"
    step = "updated-there" if outcome.adopted else "updated"
    facts = {} if outcome.adopted else {"quickbooks_id": document.quickbooks_id}
    record(document.order, step, by=by, document=str(document), **facts)
    return "adopted" if outcome.adopted else "updated"


def free_number(document: Document, number: str) -> None:
    """Another order may wait for a number that the document has no longer; the next sync prepares it again."""
    orders_waiting_for(document.company, [number]).update(prepared_version=0)


def _voided(document: Document, outcome: Accepted, *, by: User | None) -> str:
    document.source_hash, document.sync_token = GONE, outcome.sync_token
    document.save(update_fields=["source_hash", "sync_token"])
    drop_change(document)
    move(document, DocumentState.VOIDED)
    free_number(document, document.number)
    replace_problems(document, [])
    if outcome.adopted:
        record(document.order, "voided-there", by=by, document=str(document))
    else:
        # Only what is gone altogether has no version any more
        step = "voided" if outcome.sync_token else "removed"
        record(document.order, step, by=by, document=str(document), quickbooks_id=document.quickbooks_id)
    left = document.dependants.filter(kind="payment", state=DocumentState.POSTED).exclude(pending=PendingChange.VOID)
    if names := ", ".join(map(str, left)):
        record(document.order, "unapplied", documents=names)
    return "adopted" if outcome.adopted else "voided"


def _undone(document: Document, outcome: Accepted, *, by: User | None) -> str:
    """What a person undoes is out of QuickBooks, or is there with nothing in it."""
    change = document.change
    # Only what is gone altogether has no version any more
    document.sync_token = outcome.sync_token if change.operation == Operation.VOID else ""
    document.save(update_fields=["sync_token"])
    drop_change(document)
    move(document, DocumentState.UNDONE)
    free_number(document, document.number)
    replace_problems(document, [])
    bring_back(document)
    step = "undone-there" if outcome.adopted else "undone-voided" if document.sync_token else "undone"
    by, identifier = by or change.asked_by, document.quickbooks_id
    record(document.order, step, by=by, document=str(document), quickbooks_id=identifier)
    return "undone"


def let_be(document: Document, reason: str) -> str:
    """What was to be undone stays in QuickBooks as it is; the caller holds the document."""
    drop_change(document)
    move(document, DocumentState.POSTED)
    record(document.order, "undo-left", document=str(document), reason=reason)
    return "left"


def refuse_change(document: Document, outcome: Refused, *, by: User | None) -> str:
    """QuickBooks rejected an update or a void: the document stays posted as it was."""
    _look_again(document)
    if document.pending == PendingChange.UNDO:
        return let_be(document, " ".join(problem.explain() for problem in outcome.problems))
    hold_change(document, outcome.problems, step="refused", by=by)
    return "refused"


def _look_again(document: Document) -> None:
    """What else the order comes to follows from what QuickBooks has now; the next sync looks in any case."""
    StagedOrder.objects.filter(pk=document.order_id).update(prepared_version=0)


def hold_change(document: Document, problems: tuple[Problem, ...], *, step: str, by: User | None) -> None:
    """The document stays posted as it was; its change waits for a person."""
    document.pending, document.state = PendingChange.HELD, DocumentState.POSTED
    document.save(update_fields=["pending", "state", "changed_at"])
    replace_problems(document, problems)
    reason = " ".join(problem.explain() for problem in problems)
    record_once(document.order, step, document=str(document), reason=reason)


def reopen(push: Push, document: Document) -> None:
    """The change of a push that is given up waits again; the caller holds the document."""
    close(push, PushState.ABANDONED)
    move(document, DocumentState.POSTED)


# What QuickBooks stored -----------------------------------------------------------------------------------------------


def stored_differences(
    document: Document, value: DocumentValue, stored: Accepted, *, ids: Mapping[str, str] | None = None
) -> list[Problem]:
    """Where QuickBooks' own words about a document differ from what was sent; a cent is a difference.

    Args:
        document: The row.
        value: As it was sent.
        stored: QuickBooks' words.
        ids: By document key, the QuickBooks ids of what it needs; read where none are given.
    """
    pairs = [("the total", money_text(value.total, value.currency), money_text(stored.total, value.currency))]
    if stored.currency:
        pairs.append(("the currency", value.currency, stored.currency))
    if value.number and stored.number:
        pairs.append(("the number", value.number, stored.number))
    created = _created(document, value) if ids is None else ids.get(value.customer.created_by, "")
    wanted = value.customer.quickbooks_id or created
    there = stored.customer_id if wanted and stored.customer_id != wanted else ""
    if there and MergedCustomers(document.company).last(wanted) != there:  # the one who is left of a merge
        pairs.append(("the customer", wanted, there))
    return [
        StoredDifferently(document_key=document.key, what=what, sent=sent, stored=there)
        for what, sent, there in pairs
        if sent != there
    ]


def _created(document: Document, value: DocumentValue) -> str:
    """The QuickBooks id of a customer that an earlier document created."""
    if value.customer.created_by in ("", document.key):
        return ""
    rows = Document.objects.filter(company=document.company_id, key=value.customer.created_by)
    return rows.values_list("quickbooks_id", flat=True).first() or ""


def of_a_change(document: Document) -> list[Problem]:
    """A problem of a change that came up while the document was under way stays known."""
    kept = document.problems.exclude(code__in=_OF_A_SEND)
    return [problem.read() for problem in (kept if document.pending else kept.filter(code__in=TO_CORRECT))]


# The pieces that every outcome is written with ------------------------------------------------------------------------


def locked(number: int) -> Document:
    """A document by its number, locked until the transaction ends."""
    rows = Document.objects.select_for_update(of=("self",)).select_related("order", "frozen")
    return rows.get(pk=number)


def move(document: Document, state: DocumentState) -> None:
    """Put a document into another state."""
    document.state = state
    document.save(update_fields=["state", "changed_at"])


def drop_change(document: Document) -> None:
    """Nothing waits to be done to the document in QuickBooks any more."""
    DocumentChange.objects.filter(document=document).delete()
    document.pending = ""
    document.save(update_fields=["pending"])


def replace_problems(document: Document, problems: Iterable[Problem]) -> None:
    """Give a document exactly these problems, each cause once."""
    document.problems.all().delete()
    DocumentProblem.objects.bulk_create(
        DocumentProblem(
            company_id=document.company_id,
            document=document,
            code=problem.code,
            cause=problem.cause,
            facts=problem.facts(),
        )
        for problem in {problem.cause: problem for problem in problems}.values()
    )


def prepare_later(documents: QuerySet[Document]) -> None:
    """The next sync prepares the orders of these documents again."""
    StagedOrder.objects.filter(documents__in=documents).update(prepared_version=0)


def close(push: Push, state: PushState) -> None:
    """Settle a push."""
    push.state, push.settled_at = state, timezone.now()
    push.save(update_fields=["state", "settled_at"])


def keep_exchange(push: Push, outcome: Outcome) -> None:
    """Keep one send of a push with the reply to it."""
    exchange_of(push, outcome).save()


def exchange_of(push: Push, outcome: Outcome) -> PushExchange:
    """One send of a push with the reply to it, not stored yet."""
    exchange: Exchange = outcome.exchange
    names = {Accepted: "accepted", Refused: "refused", TryLater: "try-later", Unknown: "unknown"}
    adopted = isinstance(outcome, Accepted) and outcome.adopted
    return new_row(
        PushExchange,
        push=push,
        sent_at=shared_now(),
        outcome=LOOKED_UP if adopted else names[type(outcome)],
        reason=getattr(outcome, "reason", ""),
        status=exchange.status,
        reply=exchange.reply,
        intuit_tid=exchange.intuit_tid,
        took=exchange.took,
    )


def keep_look_up(push: Push, exchange: Exchange, *, reason: str = "") -> None:
    """Keep the answer to a look-up that did not find the document of a push."""
    PushExchange.objects.create(
        push=push,
        sent_at=shared_now(),
        outcome=LOOKED_UP,
        reason=reason,
        status=exchange.status,
        reply=exchange.reply,
        intuit_tid=exchange.intuit_tid,
        took=exchange.took,
    )
