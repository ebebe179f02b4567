"""What do many answers at once change? The plain ones are written together; every other by itself.

Plain is a new document that QuickBooks stored exactly as it was sent, about which nothing was asked and to which
nothing else is to be done: what nearly all documents come to. All else goes through `outcomes.record_outcome`, and what
is written here is what that writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from books.documents import Document as DocumentValue
from books.documents import NewCustomer
from books.outcomes import Accepted, Outcome
from companies.bulk_sql import KeptQuery, insert, write_all, write_each
from companies.models import Company, take_turns
from sync.history import event
from sync.models import (
    Document,
    DocumentProblem,
    DocumentState,
    Operation,
    OrderEvent,
    Push,
    PushState,
    StagedOrder,
)
from sync.pushing.address_updates import PostedSale, plan_addresses
from sync.pushing.needs import ids_by_key
from sync.pushing.new_customers import CreatedCustomer, learn_customers
from sync.pushing.outcomes import exchange_of, stored_differences

#: What is written for a document that was posted, or was there already.
_POSTED, _ADOPTED = "posted", "adopted"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A push and what became of it."""

    #: With its document as it was claimed, and that document's order and body.
    push: Push
    outcome: Outcome

    @property
    def value(self) -> DocumentValue:
        """The document as it was sent."""
        return self.push.document.value()

    @property
    def accepted(self) -> Accepted:
        """The outcome, where it can be nothing else."""
        assert isinstance(self.outcome, Accepted)
        return self.outcome

    @property
    def step(self) -> str:
        """What the history says of a plain answer."""
        return _ADOPTED if self.accepted.adopted else _POSTED


def record_plain(company: Company, answered: Sequence[Answered]) -> dict[int, str]:
    """Write what is plain among some answers, all of it in one transaction.

    Args:
        company: Of all of the pushes.
        answered: Answers to sends.

    Returns:
        What each came to, by the key of its push, as `record_outcome` says it. Whatever is not in it was left alone.
    """
    plain = [answer for answer in answered if _may_be_plain(answer)]
    if not plain:
        return {}
    with transaction.atomic():
        take_turns(company)
        as_sent = _still_as_sent(plain)
        ids = ids_by_key(company, {key for answer in as_sent if (key := answer.value.customer.created_by)})
        posted = [answer for answer in as_sent if _is_stored_as_sent(answer, ids)]
        if posted:
            _write(posted)
            learn_customers([_created(answer) for answer in posted if isinstance(answer.value, NewCustomer)])
            plan_addresses(company, [_sale(answer) for answer in posted])
    return {answer.push.pk: answer.step for answer in posted}


def _still_as_sent(answered: Sequence[Answered]) -> list[Answered]:
    """Those whose document nobody has touched since it was sent; they are locked until the transaction ends."""
    untouched = {pk for (pk,) in _UNTOUCHED.rows(sorted(answer.push.document_id for answer in answered))}
    open_ones = {pk for (pk,) in _OPEN.rows(sorted(answer.push.pk for answer in answered))}
    return [answer for answer in answered if answer.push.pk in open_ones and answer.push.document_id in untouched]


_UNTOUCHED = KeptQuery(
    lambda documents: (
        Document.objects.select_for_update(of=("self",))
        .filter(
            ~Exists(DocumentProblem.objects.filter(document=OuterRef("pk"))),
            pk__in=documents,
            pending="",
            state=DocumentState.SENDING,
        )
        .order_by("pk")
        .values_list("pk")
    )
)
_OPEN = KeptQuery(lambda pushes: Push.objects.filter(pk__in=pushes, state=PushState.OPEN).values_list("pk"))


def _may_be_plain(answer: Answered) -> bool:
    # What may have been there before it was sent is looked at once more
    is_first = answer.push.operation == Operation.CREATE and answer.push.first_sent_at is None
    return is_first and isinstance(answer.outcome, Accepted)


def _is_stored_as_sent(answer: Answered, ids: dict[str, str]) -> bool:
    return not stored_differences(answer.push.document, answer.value, answer.accepted, ids=ids)


def _sale(answer: Answered) -> PostedSale:
    return PostedSale(document=answer.push.document, value=answer.value, by=answer.push.asked_by)


def _created(answer: Answered) -> CreatedCustomer:
    assert isinstance(answer.value, NewCustomer)
    return CreatedCustomer(
        document=answer.push.document,
        value=answer.value,
        quickbooks_id=answer.accepted.quickbooks_id,
        sync_token=answer.accepted.sync_token,
    )


def _write(posted: Sequence[Answered]) -> None:
    now = timezone.now()
    insert([exchange_of(answer.push, answer.outcome) for answer in posted], numbered=False)
    for state, step in ((PushState.ACCEPTED, _POSTED), (PushState.ADOPTED, _ADOPTED)):
        write_all(Push, [answer.push.pk for answer in posted if answer.step == step], state=state, settled_at=now)
    rows = {answer.push.document_id: (answer.accepted.quickbooks_id, answer.accepted.sync_token) for answer in posted}
    write_each(
        Document,
        ("quickbooks_id", "sync_token"),
        rows,
        state=DocumentState.POSTED,
        posted_at=now,
        changed_at=now,
    )
    _let_prepare(_WAITING.rows(sorted(rows)))
    insert(list(map(_event, posted)), numbered=False)


def _let_prepare(waiting: Sequence[tuple[int]]) -> None:
    """The next sync prepares these orders again."""
    write_all(StagedOrder, [pk for (pk,) in waiting], prepared_version=0)


_WAITING = KeptQuery(
    lambda documents: (
        StagedOrder.objects.filter(documents__depends_on__in=documents, documents__state=DocumentState.BLOCKED)
        .exclude(prepared_version=0)
        .values_list("pk")
    )
)


def _event(answer: Answered) -> OrderEvent:
    document = answer.push.document
    facts = {"document": str(document), "quickbooks_id": answer.accepted.quickbooks_id}
    return event(document.order, answer.step, by=answer.push.asked_by, **facts)
