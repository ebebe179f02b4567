"""What a source says becomes staged orders: the same thing twice is one row, a changed order a new version."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from books.messages import Message
from books.orders import Order, OrderStatus
from books.outside.texts import meant
from books.serialization import Body, fingerprint, order_body, order_mark
from books.statuses import status_key
from books.translation import gettext_noop
from companies.activation import is_activated
from companies.bulk_rows import new_row
from companies.bulk_sql import insert
from mapping.models import settings_of
from sync.history import event
from sync.models import Connection, OrderVersion, Run, StagedOrder, remember_names
from sync.sources.ages import is_older, latest
from sync.sources.base import OrderRead, RowError
from sync.staging.other_orders import other_orders
from sync.staging.register import (
    has_later_event,
    register_customers,
    register_methods,
    register_products,
    status_meanings,
)

CHUNK = 200
#: What posts nothing by its status: quotes, what is not paid yet, canceled and failed orders.
LEFT_OUT = (OrderStatus.DRAFT.value, OrderStatus.CANCELLED.value, OrderStatus.LEFT_OUT.value)
_OLDER = Message(
    sentence=gettext_noop(
        "An order is listed as it was before what is already known of it, by the source's own date: kept as evidence, "
        "and nothing changes."
    )
)


class NotActivated(RuntimeError):
    """Orders were to be staged for a company that is off; screens and commands check that first."""


#: So many errors of a file are kept; the others are counted.
MOST_ERRORS = 10_000


@dataclass(kw_only=True)
class IntakeCounts:
    """What an import came to."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: Listed as they were before what is known already; nothing was changed by them.
    older: int = 0
    #: Of the new and changed ones, those by whose status nothing is posted, and those whose status is not decided.
    left_out: int = 0
    undecided: int = 0
    #: Everything that was wrong, counted to the end.
    rejected: int = 0
    #: The first ten thousand of it: a file with more is of another kind.
    errors: list[RowError] = field(default_factory=list)
    #: What was decided in reading single orders, and in how many of them.
    notices: Counter[str] = field(default_factory=Counter)

    def reject(self, errors: list[RowError]) -> None:
        """Count what was wrong, and keep it as far as there is room."""
        self.rejected += len(errors)
        self.errors += errors[: MOST_ERRORS - len(self.errors)]

    @property
    def staged(self) -> int:
        """Orders that are new or changed."""
        return self.new + self.changed


def stage(
    connection: Connection, readings: Iterable[OrderRead | RowError], *, run: Run | None = None, by: User | None = None
) -> IntakeCounts:
    """Stage what a source says, in chunks that are each one transaction. Nothing is ever overwritten.

    Args:
        connection: The source; an order is identified by its id there.
        readings: In the order of the source. Errors are passed on, and the good ones go on.
        run: The run it belongs to, kept with each version.
        by: The person who asked, for the history.

    Raises:
        NotActivated: Nothing is read for posting for this company.

    Source:
        docs/reference/layouts.md
    """
    if not is_activated(connection.company):
        raise NotActivated(f"{connection.company} is not activated, so no order was read for it")
    counts = IntakeCounts()
    for chunk in _chunks(readings):
        counts.reject([reading for reading in chunk if isinstance(reading, RowError)])
        counts.notices.update(
            notice.worded() for reading in chunk if isinstance(reading, OrderRead) for notice in reading.notices
        )
        with transaction.atomic():
            # Two imports of one source take turns, or both would add the same order
            list(Connection.objects.select_for_update(no_key=True).filter(pk=connection.pk))
            _stage_chunk(connection, [reading for reading in chunk if isinstance(reading, OrderRead)], counts, run, by)
    return counts


def _chunks(readings: Iterable[OrderRead | RowError]) -> Iterator[list[OrderRead | RowError]]:
    """Chunks in which no order is twice, so that a repeated order is compared with its earlier self."""
    chunk: list[OrderRead | RowError] = []
    ids: set[str] = set()
    for reading in readings:
        source_id = reading.order.source_id if isinstance(reading, OrderRead) else ""
        if len(chunk) == CHUNK or source_id in ids:
            yield chunk
            chunk, ids = [], set()
        chunk.append(reading)
        if source_id:
            ids.add(source_id)
    if chunk:
        yield chunk


@dataclass(kw_only=True)
class _Arrival:
    """An order as it arrived, beside what is known of it."""

    row: StagedOrder | None
    read: OrderRead
    body: Body
    mark: str
    #: What its status means for this company.
    status: str

    @property
    def status_key(self) -> str:
        """Its word, as statuses are compared."""
        return status_key(self.read.status_word)

    @property
    def order(self) -> Order:
        """As it was read."""
        return self.read.order

    @cached_property
    def is_unchanged(self) -> bool:
        """Whether it says what is known already. Rows of earlier releases bear the fingerprint of the whole body."""
        if self.row and self.row.status_key not in ("", self.status_key) and self.row.status != self.status:
            return False  # another word, which means something else
        known = self.row.fingerprint if self.row else ""
        return known == self.mark or (bool(known) and known == fingerprint(self.body))

    @cached_property
    def is_older(self) -> bool:
        """Whether the source itself says that it is behind what is known."""
        if self.row is None or self.is_unchanged:
            return False
        zone = self.row.company.zone
        return is_older(self.read.modified_at, self.row.modified_at, zone=zone)

    @property
    def changed_at(self) -> datetime | None:
        """The last change that the source has told of."""
        return latest(self.read.modified_at, self.row.modified_at if self.row else None)


def _stage_chunk(
    connection: Connection, read: list[OrderRead], counts: IntakeCounts, run: Run | None, by: User | None
) -> None:
    arrivals = _arrivals(connection, read, counts)
    older = [arrival for arrival in arrivals if arrival.is_older]
    unchanged = [arrival for arrival in arrivals if arrival.is_unchanged]
    news = [arrival for arrival in arrivals if not (arrival.is_older or arrival.is_unchanged)]
    register_products(connection, [arrival.order for arrival in (*news, *unchanged)])
    register_methods(connection, [arrival.order for arrival in (*news, *unchanged)])
    register_customers(connection, [arrival.order for arrival in news])
    _touch(connection, unchanged, by)
    _keep(connection, news, counts, run, by)
    _keep_aside(older, run, by)
    counts.unchanged += len(unchanged)
    counts.older += len(older)
    if older:
        counts.notices[_OLDER.worded()] += len(older)


def _arrivals(connection: Connection, read: list[OrderRead], counts: IntakeCounts) -> list[_Arrival]:
    read = [replace(arrived, order=meant(arrived.order)) for arrived in read]
    ids = [reading.order.source_id for reading in read]
    rows = StagedOrder.objects.select_for_update(of=("self",)).filter(connection=connection, source_id__in=ids)
    known = {row.source_id: row for row in rows.select_related("company")}
    others = other_orders(connection, read, known)
    counts.reject(list(others.values()))
    read = [reading for place, reading in enumerate(read) if place not in others]
    bodies = [order_body(reading.order) for reading in read]
    meanings = status_meanings(connection, read)
    return [
        _Arrival(
            row=known.get(reading.order.source_id),
            read=reading,
            body=body,
            mark=order_mark(body),
            status=meanings.get(status_key(reading.status_word), reading.order.status.value),
        )
        for reading, body in zip(read, bodies, strict=True)
    ]


def _keep(connection: Connection, news: list[_Arrival], counts: IntakeCounts, run: Run | None, by: User | None) -> None:
    """Make new orders, and new versions of those that changed."""
    last = _last_versions(news)
    prefix = settings_of(connection.company, connection.system).number_prefix
    new: list[StagedOrder] = []
    changed: list[StagedOrder] = []
    versions, events = [], []
    for arrival in news:
        (changed if arrival.row else new).append(row := _row(connection, arrival, last, prefix))
        versions.append(_version(row, arrival, run, number=row.version))
        place = arrival.read.where
        if arrival.row:
            events.append(event(row, "changed", by=by, version=str(row.version), place=place))
        else:
            events.append(event(row, "staged", by=by, place=place))
        events += [event(row, "noticed", notice=notice.worded()) for notice in arrival.read.notices]
    remember_names(connection.company_id, (arrival.order.customer.name for arrival in news))
    insert(new)
    StagedOrder.objects.bulk_update(changed, _CHANGING, batch_size=CHUNK)
    insert(versions)
    insert(events)
    counts.new += len(new)
    counts.changed += len(changed)
    counts.left_out += sum(arrival.status in LEFT_OUT for arrival in news)
    counts.undecided += sum(arrival.status == OrderStatus.UNKNOWN for arrival in news)


def _keep_aside(older: list[_Arrival], run: Run | None, by: User | None) -> None:
    """Keep each older version that is not kept already, as evidence beside the one that counts."""
    if not older:
        return
    last = _last_versions(older)
    kept = set(OrderVersion.objects.filter(order__in=last).values_list("order", "fingerprint", "modified_at"))
    versions, events = [], []
    for arrival in older:
        row, dated = arrival.row, arrival.read.modified_at
        if row is None or dated is None or row.modified_at is None or (row.pk, arrival.mark, dated) in kept:
            continue
        version = _version(row, arrival, run, number=last[row.pk] + 1)
        version.is_older = True
        versions.append(version)
        theirs, ours = (f"{at.astimezone(row.company.zone):%Y-%m-%d %H:%M}" for at in (dated, row.modified_at))
        events.append(event(row, "older", by=by, place=arrival.read.where, theirs=theirs, ours=ours))
    insert(versions)
    insert(events)


def _touch(connection: Connection, unchanged: list[_Arrival], by: User | None) -> None:
    """The same content under a later date, or another status of the same meaning: what is older, is older than that.

    Where an event of the source makes its documents, another status may say that it has happened.
    """
    rows, moved = [], []
    for arrival in unchanged:
        if arrival.row is None:
            continue
        known = (arrival.row.modified_at, arrival.row.status_key)
        if arrival.row.status_key != arrival.status_key:
            moved.append(arrival)
        arrival.row.modified_at, arrival.row.status_key = arrival.changed_at, arrival.status_key
        if known != (arrival.row.modified_at, arrival.row.status_key):
            rows.append(arrival.row)
    StagedOrder.objects.bulk_update(rows, ["modified_at", "status_key"], batch_size=CHUNK)
    if moved and has_later_event(connection):
        orders = [arrival.row for arrival in moved if arrival.row]
        StagedOrder.objects.filter(pk__in=[order.pk for order in orders]).update(prepared_version=0)
        words = {arrival.row.pk: arrival.read.status_word for arrival in moved if arrival.row}
        insert([event(order, "status-moved", by=by, status=words[order.pk] or "—") for order in orders])


def _last_versions(arrivals: list[_Arrival]) -> dict[int, int]:
    """The highest number of a version of each order that is known, also of those kept aside."""
    rows = [arrival.row.pk for arrival in arrivals if arrival.row]
    if not rows:
        return {}
    found = OrderVersion.objects.filter(order__in=rows).values_list("order").annotate(Max("version"))
    return dict(found.order_by())


_CHANGING = (
    "number", "placed_on", "customer_name", "customer_key", "customer_given", "total", "currency", "status",
    "version", "fingerprint", "status_key", "modified_at",
)  # fmt: skip


def _row(connection: Connection, arrival: _Arrival, last: dict[int, int], prefix: str) -> StagedOrder:
    row, order = arrival.row, arrival.order
    if row is None:
        row = new_row(
            StagedOrder,
            company_id=connection.company_id,
            connection=connection,
            source_id=order.source_id,
            version=0,
        )
    row.number, row.placed_on = order.number, order.placed_on
    if row.version == 0:
        row.number_prefix = prefix
    if order.customer.key or not row.customer_given:  # an order that names nobody keeps the customer it was given
        row.customer_name, row.customer_key, row.customer_given = order.customer.name, order.customer.key, ""
    row.total, row.currency = _said(order), order.currency
    row.status, row.status_key = arrival.status, arrival.status_key
    row.version, row.fingerprint = last.get(row.pk, row.version) + 1, arrival.mark
    row.modified_at = arrival.changed_at
    return row


def _said(order: Order) -> Decimal:
    """The total that the source states, else what the lines come to; where they differ, the order is blocked."""
    return order.total if order.stated_total is None else order.stated_total


def _version(row: StagedOrder, arrival: _Arrival, run: Run | None, *, number: int) -> OrderVersion:
    return new_row(
        OrderVersion,
        order=row,
        version=number,
        fingerprint=arrival.mark,
        payload=json.dumps(arrival.read.payload, ensure_ascii=False, default=str),
        body=arrival.body,
        place=arrival.read.where,
        run=run,
        modified_at=arrival.read.modified_at,
    )
