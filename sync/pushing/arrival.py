"""Did a document arrive whose answer nobody heard? Nothing is sent a second time before that is known.

1. It is looked up. With our mark it is adopted, whatever a person has made of it since.
2. Something that says nearly the same without our mark asks a person: it is this one, or another.
3. Nothing there: the same bytes go again under the same request id, but not before QuickBooks has certainly given up on
   the first send. Once the id cannot be trusted, a new generation begins.

Source:
    docs/decisions/0032-looked-up-before-a-resend.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from books.documents import Document as DocumentValue
from books.documents import Invoice, NewCustomer, SalesReceipt
from books.outcomes import Accepted, Exchange
from books.problems import ASKED_ABOUT_A_FINDING, PerhapsEntered, PerhapsPosted, PerhapsTheirCustomer
from companies.bulk_sql import KeptQuery
from companies.models import Company, take_turns
from sync.database_clock import shared_now
from sync.history import record, record_once
from sync.models import (
    QUICKBOOKS_ONLINE,
    Connection,
    Document,
    DocumentProblem,
    DocumentState,
    Push,
    PushState,
    RuledOut,
)
from sync.pushing.destination import Alike, Destination, Found, Lookalike, Lost, NotThere
from sync.pushing.outcomes import LOOKED_UP, close, keep_look_up, move
from sync.turn import LeaseLost

#: Sales that QuickBooks can be asked for by their number and their total.
SALES = (Invoice.kind, SalesReceipt.kind)
#: How long QuickBooks can be trusted to remember a request id; nothing is documented, so well within a day.
TRUSTED_FOR = timedelta(hours=12)
#: QuickBooks gives a request up after two minutes, so that after this long nothing is being written there any more.
SETTLES = timedelta(seconds=150)
#: A moment so far ahead was written a while ago, before the clock was put back; one further ahead says nothing.
_PUT_BACK = timedelta(hours=1)


def looks_first(company: Company) -> bool:
    """Whether each document is looked up before its first send, since the database was restored from a backup."""
    return bool(_RESTORED.rows(company.pk))


_RESTORED = KeptQuery(
    lambda company: Connection.objects.filter(
        company=company, system=QUICKBOOKS_ONLINE, restored_at__isnull=False
    ).values_list("pk")
)


def may_have_arrived(push: Push) -> bool:
    """Whether QuickBooks may have what an open push asks for."""
    return push.first_sent_at is not None or push.looks_first


def may_still_work(push: Push) -> bool:
    """Whether QuickBooks may still be writing what was sent last; not when it said that nothing happened."""
    if push.last_sent_at is None or not -_PUT_BACK <= shared_now() - push.last_sent_at <= SETTLES:
        return False
    answers = push.exchanges.filter(sent_at__gte=push.last_sent_at).exclude(outcome=LOOKED_UP)
    return answers.order_by("-pk").values_list("outcome", flat=True).first() != "try-later"


def is_too_old(push: Push) -> bool:
    """Whether QuickBooks may have forgotten the request id, or a person said that what has it is another document."""
    if push.first_sent_at is None:  # what was told of an earlier generation says nothing of this one's id
        return bool(push.told_others)
    return bool(_told_others(push.document)) or shared_now() - push.first_sent_at > TRUSTED_FOR


def others_of(document: Document) -> set[str]:
    """QuickBooks ids of what the document is not, by a person's word."""
    ruled_out = RuledOut.objects.filter(document=document).values_list("quickbooks_id", flat=True)
    return _told_others(document) | set(ruled_out)


def _told_others(document: Document) -> set[str]:
    """Those of them that were found when it was looked up."""
    rows = Push.objects.filter(document=document).exclude(told_others=[]).values_list("told_others", flat=True)
    return {identifier for identifiers in rows for identifier in identifiers}


def unknown_to_us(document: Document, lookalikes: Sequence[Lookalike]) -> tuple[Lookalike, ...]:
    """Those that are no document of ours, and of which nobody has said that they are another."""
    rows = Document.objects.filter(
        company=document.company_id, quickbooks_id__in=[lookalike.quickbooks_id for lookalike in lookalikes]
    )
    # Customers and transactions are numbered apart from each other
    is_customer = document.kind == NewCustomer.kind
    rows = rows.filter(kind=NewCustomer.kind) if is_customer else rows.exclude(kind=NewCustomer.kind)
    known = set(rows.values_list("quickbooks_id", flat=True)) | others_of(document)
    return tuple(lookalike for lookalike in lookalikes if lookalike.quickbooks_id not in known)


def look_up(push: Push, destination: Destination, *, ids: Mapping[str, str]) -> Found:
    """What QuickBooks has of a push; what a person said comes first."""
    document = push.document
    if push.told_id:
        told = destination.stored(document.form, push.told_id)
        if isinstance(told, Accepted):
            return replace(told, adopted=True)
        if not isinstance(told, NotThere):
            return told
    if is_first_look(push):
        return look_up_many([push], destination, ids=ids)[0]
    return _asked_about(document, destination.find(document.value(), ids=ids, since=push.first_sent_at))


def look_up_many(pushes: Sequence[Push], destination: Destination, *, ids: Mapping[str, str]) -> list[Found]:
    """The same for many pushes of which no person has said anything, in as few questions as can be."""
    lost = [_lost(push) for push in pushes]
    found = iter(destination.find_many([sent for of_push in lost for sent in of_push], ids=ids))
    return [
        _asked_about(push.document, together([next(found) for _ in of_push]))
        for push, of_push in zip(pushes, lost, strict=True)
    ]


def _lost(push: Push) -> list[Lost]:
    """What is looked for: the document itself, and in place of a new customer the sales that wait for it."""
    if push.document.kind != NewCustomer.kind or not is_first_look(push):
        return [Lost(document=push.document.value(), since=push.first_sent_at, entered_by_others=is_first_look(push))]
    waiting = push.document.dependants.filter(state=DocumentState.READY, form__in=SALES).select_related("frozen")
    return [of_new_customer(sale.value()) for sale in waiting]


def of_new_customer(sale: DocumentValue) -> Lost:
    """A sale that is looked for under any customer, because its own is still to be created."""
    return Lost(document=sale, entered_by_others=True, of_new_customer=True)


def together(found: Sequence[Found]) -> Found:
    """What was found of several at once: what could not be asked first, then all that is alike."""
    alike = [there for there in found if isinstance(there, Alike)]
    others = [there for there in found if not isinstance(there, Alike | NotThere)]
    if others or not alike:
        return next(iter((*others, *found)), NotThere())
    documents = {known.quickbooks_id: known for there in alike for known in there.documents}
    return replace(alike[0], documents=tuple(documents.values()))


def is_first_look(push: Push) -> bool:
    """Whether it is looked for what others may have entered, before anything of it was ever sent."""
    return push.looks_first and push.first_sent_at is None and not looks_first(push.company)


def _asked_about(document: Document, there: Found) -> Found:
    """What was found, without what is known to be another document."""
    if not isinstance(there, Alike):
        return there
    unknown = unknown_to_us(document, there.documents)
    return replace(there, documents=unknown) if unknown else NotThere(exchange=there.exchange)


def about_to_send(pushes: Sequence[Push]) -> None:
    """Note that pushes are sent now; committed on return.

    Raises:
        LeaseLost: One of them is not open any more: another pusher took over, and gave back what was never sent.
    """
    now = shared_now()
    still_open = Push.objects.filter(pk__in=[push.pk for push in pushes], state=PushState.OPEN)
    noted = still_open.update(first_sent_at=Coalesce("first_sent_at", Value(now)), last_sent_at=now)
    if noted != len(pushes):
        raise LeaseLost(f"another pusher took over for {pushes[0].company}")


def nothing_happened(push: Push) -> None:
    """QuickBooks said so in answer to the first send of a push: it counts as never sent."""
    Push.objects.filter(pk=push.pk).update(first_sent_at=None)


# What is written -----------------------------------------------------------------------------------------------------


def ask(push: Push, alike: Alike) -> bool:
    """Leave it to a person whether something in QuickBooks is this document; False when it was settled meanwhile."""
    with transaction.atomic():
        document = _taken(push)
        if document is None:
            return False
        kind = _question(push)
        problem = kind(
            document=str(document),
            document_key=document.key,
            found=tuple(lookalike.words for lookalike in alike.documents),
            found_ids=tuple(lookalike.quickbooks_id for lookalike in alike.documents),
        )
        asked = document.problems.filter(code__in=ASKED_ABOUT_A_FINDING).first()
        if asked is not None and asked.facts == problem.facts():
            return True
        move(document, DocumentState.UNKNOWN)
        keep_look_up(push, alike.exchange, reason=problem.explain())
        document.problems.filter(code__in=ASKED_ABOUT_A_FINDING).delete()
        DocumentProblem.objects.create(
            company_id=document.company_id,
            document=document,
            code=problem.code,
            cause=problem.cause,
            facts=problem.facts(),
        )
        record_once(document.order, "perhaps-there", document=str(document), found=", ".join(problem.found))
    return True


def _question(push: Push) -> type[PerhapsEntered | PerhapsPosted | PerhapsTheirCustomer]:
    if not is_first_look(push):
        return PerhapsPosted
    return PerhapsTheirCustomer if push.document.kind == NewCustomer.kind else PerhapsEntered


def found_nothing(push: Push, exchange: Exchange) -> None:
    """Nothing may be it any more: what was asked about it is no question."""
    push.document.problems.filter(code__in=ASKED_ABOUT_A_FINDING).delete()
    keep_look_up(push, exchange)


def begin_anew(push: Push, *, step: str = "") -> Document | None:
    """A new generation, with a request id that QuickBooks has never seen; None when it was settled meanwhile.

    Args:
        push: Open; it never arrived.
        step: What the history says of it; nothing when empty.
    """
    with transaction.atomic():
        document = _taken(push)
        if document is None:
            return None
        close(push, PushState.ABANDONED)
        document.generation += 1
        document.state = DocumentState.READY
        document.save(update_fields=["generation", "state", "changed_at"])
        if step:
            record(document.order, step, document=str(document))
    return document


def _taken(push: Push) -> Document | None:
    """The document, locked, while its push is open."""
    take_turns(push.company)
    rows = Document.objects.select_for_update(of=("self",)).select_related("order")
    document = rows.get(pk=push.document_id)
    return document if Push.objects.filter(pk=push.pk, state=PushState.OPEN).exists() else None


# What a person says --------------------------------------------------------------------------------------------------


def tell(document: Document, *, is_it: str = "", reason: str, by: User | None) -> bool:
    """A person says which of the documents that were found this one is, or that it is none of them.

    Args:
        document: One that is asked about.
        is_it: The QuickBooks id of the document that it is; empty for none.
        reason: Kept in the order's history.
        by: The person.

    Returns:
        False when nothing of the kind is to be decided any more. What was said is done with the next push.
    """
    with transaction.atomic():
        take_turns(document.company)
        row = Document.objects.select_for_update(of=("self",)).select_related("order").get(pk=document.pk)
        push = Push.objects.filter(document=row, state=PushState.OPEN).first()
        asked = row.problems.filter(code__in=ASKED_ABOUT_A_FINDING).first()
        if push is None or asked is None:
            return False
        found = [str(identifier) for identifier in asked.facts["found_ids"]]
        if is_it and is_it not in found:
            return False
        push.told_id = is_it
        push.told_others = push.told_others if is_it else [*push.told_others, *found]
        push.asked_by = by
        push.save(update_fields=["told_id", "told_others", "asked_by"])
        asked.delete()
        facts = {"quickbooks_id": is_it} if is_it else {}
        record(row.order, "is-there" if is_it else "is-another", by=by, document=str(row), reason=reason, **facts)
    return True
