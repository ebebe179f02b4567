"""What a source says becomes staged orders: the same thing twice is one row, a changed order a new version."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from books.bodies import Body, fingerprint, order_body
from books.orders import LineType, Order, normal_email
from mapping.activation import is_activated
from mapping.models import Company, Product, ProductKind, SourceCustomer
from sync.history import event
from sync.models import (
    FOLLOWS_DECISIONS,
    Connection,
    ConnectionState,
    Document,
    OrderEvent,
    OrderVersion,
    Run,
    StagedOrder,
)
from sync.sources.base import OrderRead, RowError

CHUNK = 200


class NotActivated(RuntimeError):
    """Orders were to be staged for a company that is off; whoever asks people for files looks before."""


@dataclass(kw_only=True)
class IntakeCounts:
    """What an import came to."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    #: What was decided in reading single orders, and in how many of them.
    notices: Counter[str] = field(default_factory=Counter)

    @property
    def staged(self) -> int:
        """Orders that are new or changed."""
        return self.new + self.changed


def connection_of(company: Company, system: str, *, name: str) -> Connection:
    """The company's connection to a source of files, made when it is first used."""
    connection, _ = Connection.objects.get_or_create(
        company=company, system=system, defaults={"name": name, "state": ConnectionState.CONNECTED}
    )
    return connection


def stage(
    connection: Connection, readings: Iterable[OrderRead | RowError], *, run: Run | None = None, by: Any = None
) -> IntakeCounts:
    """Stage what a source says, in chunks that are each one transaction. Nothing is ever overwritten.

    Args:
        connection: The source; an order is told by its id there.
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
        counts.errors += [one for one in chunk if isinstance(one, RowError)]
        counts.notices.update(notice.worded() for one in chunk if isinstance(one, OrderRead) for notice in one.notices)
        with transaction.atomic():
            # Two imports of one source take turns, or both would add the same order
            list(Connection.objects.select_for_update(no_key=True).filter(pk=connection.pk))
            _stage_chunk(connection, [one for one in chunk if isinstance(one, OrderRead)], counts, run, by)
    return counts


def _chunks(readings: Iterable[OrderRead | RowError]) -> Iterator[list[OrderRead | RowError]]:
    """Chunks in which no order stands twice, so that a repeated order is compared with its earlier self."""
    chunk: list[OrderRead | RowError] = []
    ids: set[str] = set()
    for one in readings:
        source_id = one.order.source_id if isinstance(one, OrderRead) else ""
        if len(chunk) == CHUNK or source_id in ids:
            yield chunk
            chunk, ids = [], set()
        chunk.append(one)
        if source_id:
            ids.add(source_id)
    if chunk:
        yield chunk


def _stage_chunk(connection: Connection, read: list[OrderRead], counts: IntakeCounts, run: Run | None, by: Any) -> None:
    ids = [one.order.source_id for one in read]
    rows = StagedOrder.objects.select_for_update().filter(connection=connection, source_id__in=ids)
    known = {row.source_id: row for row in rows}
    orders = [one.order for one in read]
    _register_products(connection, orders)
    _register_customers(connection, orders)
    new: list[tuple[StagedOrder, OrderRead, Body]] = []
    changed: list[tuple[StagedOrder, OrderRead, Body]] = []
    for one in read:
        body = order_body(one.order)
        row, mark = known.get(one.order.source_id), fingerprint(body)
        if row and row.fingerprint == mark:
            counts.unchanged += 1
            continue
        (changed if row else new).append((_row(connection, row, one.order, mark), one, body))
    StagedOrder.objects.bulk_create([row for row, _, _ in new])
    StagedOrder.objects.bulk_update([row for row, _, _ in changed], _CHANGING, batch_size=CHUNK)
    OrderVersion.objects.bulk_create(_version(row, one, body, run) for row, one, body in (*new, *changed))
    events = [event(row, "staged", by=by, place=one.where) for row, one, _ in new]
    events += [event(row, "changed", by=by, version=str(row.version), place=one.where) for row, one, _ in changed]
    events += [event(row, "noticed", notice=said.worded()) for row, one, _ in (*new, *changed) for said in one.notices]
    OrderEvent.objects.bulk_create(events)
    counts.new += len(new)
    counts.changed += len(changed)


_CHANGING = (
    "number", "placed_on", "customer_name", "customer_key", "total", "currency", "status", "version", "fingerprint",
)  # fmt: skip


def _row(connection: Connection, row: StagedOrder | None, order: Order, mark: str) -> StagedOrder:
    if row is None:
        row = StagedOrder(company_id=connection.company_id, connection=connection, source_id=order.source_id, version=0)
    row.number, row.placed_on = order.number, order.placed_on
    row.customer_name, row.customer_key = order.customer.name, order.customer.key
    row.total, row.currency, row.status = order.total, order.currency, order.status.value
    row.version, row.fingerprint = row.version + 1, mark
    return row


def _version(row: StagedOrder, one: OrderRead, body: Body, run: Run | None) -> OrderVersion:
    payload = json.dumps(one.payload, ensure_ascii=False, default=str)
    return OrderVersion(
        order=row,
        version=row.version,
        fingerprint=row.fingerprint,
        payload=payload,
        body=body,
        place=one.where,
        run=run,
    )


def _register_products(connection: Connection, orders: list[Order]) -> None:
    """A product that nobody has mapped yet is listed from the first order that sells it."""
    found: dict[str, Product] = {}
    for line in (line for order in orders for line in order.lines if line.line_type.section.value == "product"):
        kind = ProductKind.SUBSCRIPTION if line.line_type is LineType.SUBSCRIPTION else ProductKind.PRODUCT
        found.setdefault(
            line.product_key,
            Product(
                company_id=connection.company_id,
                system=connection.system,
                source_key=line.product_key,
                name=line.product_name or line.label,
                sku=line.sku,
                kind=kind,
            ),
        )
    Product.objects.bulk_create(found.values(), ignore_conflicts=True)


def _register_customers(connection: Connection, orders: list[Order]) -> None:
    """Customers as the newest orders name them; what people decided about them stays."""
    found = {order.customer.key: order.customer for order in orders if order.customer.key}
    rows = SourceCustomer.objects.filter(
        company_id=connection.company_id, system=connection.system, source_key__in=found
    )
    known = {row.source_key: row for row in rows}
    new, changed = [], []
    for key, customer in found.items():
        row = known.get(key) or SourceCustomer(
            company_id=connection.company_id, system=connection.system, source_key=key
        )
        before = (row.name, row.email)
        row.name, row.email = customer.name, customer.email.strip()
        row.email_compared = normal_email(row.billing_email)
        if not row.pk:
            new.append(row)
        elif before != (row.name, row.email):
            changed.append(row)
    SourceCustomer.objects.bulk_create(new)
    SourceCustomer.objects.bulk_update(changed, ["name", "email", "email_compared"])
    _prepare_later(connection, [row.source_key for row in changed])


def _prepare_later(connection: Connection, customers: list[str]) -> None:
    """What the source says of a customer now may cure the orders of theirs that it said before."""
    unsent = Document.objects.filter(FOLLOWS_DECISIONS, order=OuterRef("pk"))
    orders = StagedOrder.objects.filter(Exists(unsent), connection=connection, customer_key__in=customers)
    orders.update(prepared_version=0)
