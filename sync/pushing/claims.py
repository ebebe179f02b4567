"""Which documents can be sent now, which are taken up, and what exactly is sent? Committed before a byte leaves.

Source:
    docs/decisions/0010-once-and-only-once.md
    docs/decisions/0052-batches.md
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from books.contact_details import emails
from books.customer_fields import name_key
from books.documents import Document as DocumentValue
from books.documents import NewCustomer
from books.outcomes import TryLater
from books.serialization import fingerprint
from books.translation import gettext_noop
from companies.bulk_rows import new_row
from companies.bulk_sql import KeptQuery, insert, write_all
from companies.models import Company, take_turns
from mapping.customer_lookup import has_any
from mapping.models import QuickBooksCustomer, QuickBooksCustomerEmail
from sync.models import (
    QUICKBOOKS_ONLINE,
    Adoption,
    Connection,
    Document,
    DocumentState,
    PendingChange,
    PreviewedDocument,
    Push,
    StagedOrder,
    held_sources,
)
from sync.preparing.failed_records import NOT_A_RECORD
from sync.preparing.prepare import prepare_orders
from sync.pushing.arrival import looks_first
from sync.pushing.destination import Destination, Sending
from sync.pushing.gate import ApprovalGate
from sync.pushing.needs import ids_of, let_wait
from sync.pushing.outcomes import keep_exchange

RESTING = gettext_noop(
    "QuickBooks asked Tieout to wait a moment. Nothing was sent now; what is ready goes with the next sync."
)
#: No answer makes a company rest for longer.
LONGEST = timedelta(seconds=3600)


def ready_documents(
    company: Company, orders: list[int] | None = None, *, preview: int | None = None
) -> QuerySet[Document]:
    """Documents that can be sent now, oldest first: ready, what they need is posted, and the order is as prepared.

    Of a source whose invoice creation is off, or that was disconnected, none is sent.
    A new customer goes only ahead of a document that can follow, never by itself.
    Of a preview, only what is as it was shown.
    """
    # A change of its predecessor comes first, unless a person has to decide about that
    there = Q(depends_on__state__in=(DocumentState.POSTED, DocumentState.VOIDED))
    first = Q(depends_on=None) | there & Q(depends_on__pending__in=("", PendingChange.HELD))
    prepared = Q(order__prepared_version=F("order__version"))
    waits = Q(state=DocumentState.READY) | Q(pending=PendingChange.UPDATE)
    # “Equal”, PostgreSQL would list what every order of a backlog waits for, anew for each claim of thirty
    follows = Document.objects.filter(prepared & waits, depends_on__gte=OuterRef("pk"), depends_on__lte=OuterRef("pk"))
    rows = Document.objects.filter(first, company=company, state=DocumentState.READY)
    rows = rows.exclude(order__connection__in=held_sources(company))
    rows = rows.filter((~Q(kind=NewCustomer.kind) & prepared) | (Q(kind=NewCustomer.kind) & Exists(follows)))
    if orders is not None:
        # A new customer may be the document of an earlier order that nobody asked for
        parents = StagedOrder.objects.filter(documents__dependants__order__in=orders)
        rows = rows.filter(Q(order__in=orders) | Q(kind="customer", order__in=parents))
    if preview is not None:
        rows = rows.filter(as_shown(preview, body_hash="body_hash"))
    return rows.select_related("order").order_by("pk")


def as_shown(preview: int, *, body_hash: str) -> Exists:
    """Whether a document, or its change, says what it said in a preview.

    Args:
        preview: Its number.
        body_hash: Where the fingerprint of what is sent is.
    """
    shown = PreviewedDocument.objects.filter(document=OuterRef("pk"), body_hash=OuterRef(body_hash), preview=preview)
    return Exists(shown.exclude(mark=""))


def take_ready(
    most: int,
    *,
    company: Company,
    orders: list[int] | None = None,
    resting: Collection[int] = (),
    new_customers: bool = True,
    preview: int | None = None,
) -> list[Document]:
    """Lock ready documents with their orders and bodies, as they are now, until the transaction ends.

    Args:
        most: At most so many, in the order in which they are to go.
        company: Theirs.
        orders: Numbers of the orders that they may be of; None for all.
        resting: Those that are left out.
        new_customers: Whether there may be new customers among them.
        preview: The number of the one that they are to be as shown in; None for any.
    """
    if orders is not None and not orders:
        return []
    query = _taking(
        most,
        by_order=orders is not None,
        without_some=bool(resting),
        new_customers=new_customers,
        by_preview=preview is not None,
    )
    given: list[int | Sequence[int]] = [part for part in (preview, orders, sorted(resting)) if part]
    return query.instances(company.pk, *given)


@cache
def _taking(
    most: int, *, by_order: bool, without_some: bool, new_customers: bool, by_preview: bool
) -> KeptQuery[Document]:
    def make(company: Any, *given: Any) -> QuerySet[Document]:
        left = list(given)
        preview = left.pop(0) if by_preview else None
        rows = ready_documents(company, left.pop(0) if by_order else None, preview=preview)
        if without_some:
            rows = rows.exclude(pk__in=left.pop())
        if not new_customers:
            rows = rows.exclude(kind=NewCustomer.kind)
        return to_take(rows)[:most]

    return KeptQuery(make)


def to_take(rows: QuerySet[Document]) -> QuerySet[Document]:
    """The same documents, locked, and with what is read of their orders and bodies."""
    return rows.select_related("order", "frozen").select_for_update(of=("self",))


def request_id(document: Document) -> str:
    """The request id of a document's generation: the same after any crash, 36 characters."""
    name = f"tieout:{document.company_id}:{document.key}:{document.generation}:{document.created_at.timestamp()}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def rest(company: Company, seconds: int) -> None:
    """Send nothing to the company's QuickBooks for so many seconds, from any process."""
    if seconds > 0:
        until = timezone.now() + timedelta(seconds=seconds)
        Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).update(resting_until=until)


def rests(company: Company) -> bool:
    """Whether the company's QuickBooks is to be left alone now."""
    now = timezone.now()
    # Nobody asks for longer; such a moment was written by a clock that ran far ahead
    resting = Connection.objects.filter(
        company=company, system=QUICKBOOKS_ONLINE, resting_until__gt=now, resting_until__lte=now + LONGEST
    )
    return resting.exists()


Result = TypeVar("Result")
#: Locks at most so many ready documents, with their orders and bodies.
Take = Callable[[int], Sequence[Document]]


@dataclass(kw_only=True)
class Claims:
    """What came of taking up documents."""

    #: Committed, in the order of the documents.
    pushes: list[Push] = field(default_factory=list)
    #: Documents that Tieout itself failed over; they are as before.
    broken: list[tuple[Document, Exception]] = field(default_factory=list)
    #: New customers of whom QuickBooks has one of that name or email by now; they are as before.
    known: list[Document] = field(default_factory=list)
    #: Documents that wait for another one first, from now on.
    waiting: set[Document] = field(default_factory=set)


def claim(
    company: Company,
    destination: Destination,
    take: Take,
    *,
    most: int,
    together: bool,
    gate: ApprovalGate | None,
    by: User | None = None,
    looked_around: Collection[int] = (),
) -> Claims:
    """Take up ready documents that are independent of one another: their pushes are committed on return.

    Args:
        company: The caller holds its lease.
        destination: Renders the bytes.
        take: Locks at most so many ready documents, in the order in which they are to go.
        most: At most so many.
        together: They go as a batch; otherwise each by itself.
        gate: Of the round: while it is closed, nothing is taken up; None for an undo, which is decided by itself.
        by: Who asked for it.
        looked_around: New customers that are taken up in any case.
    """
    claims = Claims()
    with transaction.atomic():
        take_turns(company)
        if gate and not gate.opens(company):
            return claims
        # As they are now: they may have been prepared again since they were last looked at
        values = {row: value for row in take(most) if (value := _tried(claims, row, row.value))}
        claims.known = _known_by_now(company, values, looked_around)
        for row in claims.known:
            del values[row]
        chosen = independent(values)
        ids = ids_of(company, (values[row] for row in chosen))
        claims.waiting = let_wait(company, {row: values[row] for row in chosen}, ids)
        chosen = [row for row in chosen if row not in claims.waiting]
        tried = [(row, _tried(claims, row, partial(destination.render, values[row], ids=ids))) for row in chosen]
        bodies = [(row, body) for row, body in tried if body is not None]
        claims.pushes = _committed(company, bodies, together=together, by=by)
        if gate:
            gate.took(company, (row for row, _ in bodies))
    return claims


def _tried(claims: Claims, row: Document, act: Callable[[], Result]) -> Result | None:
    """What comes of one document; one that Tieout fails over keeps back no other."""
    try:
        return act()
    except NOT_A_RECORD:
        raise
    except Exception as fault:
        claims.broken.append((row, fault))
        return None


def independent(values: Mapping[Document, DocumentValue]) -> list[Document]:
    """Those that can go in one request: no two settle the same document, or are new customers of one name or email.

    QuickBooks takes the items of a batch in any order, so the others wait for the next one.
    """
    chosen, taken = [], set[str]()
    for row, value in values.items():
        marks = set(value.needs) - set(value.customer.needs)
        if isinstance(value, NewCustomer):
            marks |= {name_key(value.display_name), *emails(value.email)}
        if marks.isdisjoint(taken):
            chosen.append(row)
            taken |= marks
    return chosen


def prepare_followers(company: Company, customers: Sequence[Document], *, by: User | None) -> None:
    """Prepare again what waits for new customers whom QuickBooks may have by now."""
    waiting = StagedOrder.objects.filter(documents__depends_on__in=customers, company=company).distinct()
    prepare_orders(company, waiting, by=by)


def sending_of(push: Push) -> Sending:
    """What is sent of a push that creates a document."""
    return Sending(
        form=push.document.form,
        body=bytes(push.body),
        request_id=push.request_id,
        batch_item=push.batch_item,
    )


def go_alone(push: Push, outcome: TryLater) -> None:
    """Take a push out of a batch that was rejected as a whole, so that it goes under its own request id."""
    keep_exchange(push, outcome)
    push.batch_id = push.batch_item = ""
    push.save(update_fields=["batch_id", "batch_item"])


def put_into_batch(pushes: Sequence[Push]) -> None:
    """Have pushes that were never sent go together, for good."""
    _put_into_batch(pushes)
    Push.objects.bulk_update(pushes, ["batch_id", "batch_item"])


def _put_into_batch(pushes: Sequence[Push]) -> None:
    """Give pushes that were never sent a batch of their own; the same ones always get the same."""
    batch = str(uuid.uuid5(uuid.NAMESPACE_URL, "tieout:batch:" + ":".join(push.request_id for push in pushes)))
    for number, push in enumerate(pushes, start=1):
        push.batch_id, push.batch_item = batch, str(number)


def _known_by_now(
    company: Company, values: Mapping[Document, DocumentValue], looked_around: Collection[int]
) -> list[Document]:
    """New customers that QuickBooks has by now: the same person may have come by two sources in one run."""
    asked = {
        row: value for row, value in values.items() if isinstance(value, NewCustomer) and row.pk not in looked_around
    }
    if not asked:
        return []
    names = {name_key(value.display_name) for value in asked.values()}
    addresses = {address for value in asked.values() for address in emails(value.email)}
    given = filter(None, (sorted(names), sorted(addresses)))
    return list(asked) if _known(with_addresses=bool(addresses)).rows(company.pk, *given) else []


@cache
def _known(*, with_addresses: bool) -> KeptQuery[QuickBooksCustomer]:
    def make(company: Any, names: list[str], addresses: list[str] | None = None) -> QuerySet[QuickBooksCustomer, Any]:
        same = Q(name_compared__in=names)
        if addresses:
            same |= has_any(QuickBooksCustomerEmail, company, addresses)
        return QuickBooksCustomer.objects.filter(same, company=company, active=True).values_list("pk")[:1]

    return KeptQuery(make)


def _entered_by_others(company: Company, rows: Sequence[Document]) -> set[int]:
    """Those that others may have entered in QuickBooks, so that they are looked for before they are sent.

    All where the company wants that; in place of a new customer its sale is looked for. Otherwise what belongs to an
    order of which something was adopted: where an invoice was entered by others, its payment may have been too.
    """
    if company.looks_before_posting:
        return {row.pk for row in rows}
    sales = [row for row in rows if row.kind != NewCustomer.kind]
    adopted = set(_ADOPTED.rows(company.pk, sorted({row.order_id for row in sales}))) if sales else set()
    return {row.pk for row in sales if (row.order_id,) in adopted}


_ADOPTED = KeptQuery(
    lambda company, orders: Adoption.objects.filter(company=company, document__order__in=orders).values_list(
        "document__order"
    )
)


def _committed(
    company: Company, bodies: Sequence[tuple[Document, bytes]], *, together: bool, by: User | None
) -> list[Push]:
    if not bodies:
        return []
    now, restored = timezone.now(), looks_first(company)
    looked_for = {row.pk for row, _ in bodies if restored} or _entered_by_others(company, [row for row, _ in bodies])
    pushes = [
        new_row(
            Push,
            company=company,
            document=row,
            generation=row.generation,
            version=row.version,
            request_id=request_id(row),
            body=body,
            body_hash=fingerprint(body.hex()),
            created_at=now,
            asked_by=by,
            looks_first=row.pk in looked_for,
        )
        for row, body in bodies
    ]
    sent_at_once = [push for push in pushes if not push.looks_first]
    if together and len(sent_at_once) > 1:
        _put_into_batch(sent_at_once)
    insert(pushes)
    write_all(Document, [row.pk for row, _ in bodies], state=DocumentState.SENDING, changed_at=now)
    for row, _ in bodies:
        row.state = DocumentState.SENDING
    return pushes
