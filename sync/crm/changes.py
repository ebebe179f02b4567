"""What has changed in QuickBooks since a moment that a CRM may have to hear of? One request for customers and invoices.

Where an answer may have left something out, the same is asked for by queries, page by page.

Source:
    docs/decisions/0063-back-to-the-crm.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from books.documents import NewCustomer
from books.messages import Message
from books.outcomes import Refused, TryLater, Unknown
from books.translation import gettext_noop
from sync.lists.due import OVERLAP, leaves_a_gap
from sync.quickbooks_online.changed_objects import moment_in
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.list_parsers import read_customer
from sync.quickbooks_online.wire import PAGE, Unreadable, amount_of, customer_ref, is_marked, literal

_REFUSED = gettext_noop("QuickBooks did not send its changes.")
_UNREADABLE = gettext_noop("QuickBooks answered with something that cannot be read.")
_ENTITIES = ("Customer", "Invoice")
_WAIT = 60


@dataclass(frozen=True, kw_only=True)
class ChangedCustomer:
    """A customer of QuickBooks that was created or changed."""

    id: str
    name: str
    given_name: str
    family_name: str
    company_name: str
    email: str
    phone: str
    active: bool
    #: It is below another customer: a sub-customer, which QuickBooks once called a job, or a project.
    is_below: bool
    #: It bears the mark of a customer that Tieout created.
    is_ours: bool
    #: By QuickBooks' clock.
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class PaidInvoice:
    """An invoice that comes to something and of which nothing is left to pay."""

    id: str
    number: str
    customer_id: str
    total: Decimal
    balance: Decimal
    #: By QuickBooks' clock.
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class QuickBooksChanges:
    """What changed, each once, as it is now; and up to when, by QuickBooks' clock."""

    customers: tuple[ChangedCustomer, ...]
    paid_invoices: tuple[PaidInvoice, ...]
    read_to: datetime


def changes_since(destination: QuickBooksOnline, since: datetime) -> QuickBooksChanges | TryLater:
    """What has changed since a moment; what was changed shortly before comes again.

    Args:
        destination: The company's QuickBooks.
        since: By QuickBooks' clock.
    """
    asked = since - OVERLAP
    changes = destination.changes_since(_ENTITIES, asked)
    if isinstance(changes, TryLater | Unknown | Refused):
        return _later(changes)
    rows, at = changes.rows, changes.at
    if leaves_a_gap(asked, answered=at) or not changes.is_whole:
        queried = _queried(destination, asked)
        if isinstance(queried, TryLater):
            return queried
        rows, at = queried
    try:
        return QuickBooksChanges(
            customers=tuple(_newest(read_changed_customer(row) for row in rows["Customer"])),
            paid_invoices=tuple(_newest(found for row in rows["Invoice"] if (found := _paid_invoice(row)))),
            read_to=at or since,
        )
    except Unreadable:
        return TryLater(reason=_UNREADABLE, wait=_WAIT)


def _newest(rows: Any) -> list[Any]:
    """Each object once: one that changed twice may be told twice, the newest last."""
    return list({row.id: row for row in rows}.values())


def _queried(
    destination: QuickBooksOnline, since: datetime
) -> tuple[Mapping[str, Sequence[Mapping[str, Any]]], datetime | None] | TryLater:
    """The same by queries, and the moment before the first of them by QuickBooks' clock."""
    found: dict[str, list[Mapping[str, Any]]] = {entity: [] for entity in _ENTITIES}
    at: datetime | None = None
    for entity in _ENTITIES:
        position, page = 1, PAGE
        while page == PAGE:
            answer = destination.ask(entity, _query(entity, since, position))
            if isinstance(answer, Refused | TryLater | Unknown):
                return _later(answer)
            rows, exchange = answer
            at = at or moment_in(exchange.reply)
            found[entity] += rows
            position, page = position + PAGE, len(rows)
    return found, at


def _query(entity: str, since: datetime, position: int) -> str:
    moment = literal(since.astimezone(UTC).isoformat(timespec="seconds"))
    # A row that changes meanwhile moves to the end, and another may be missed: it comes again with the next overlap
    order = f"ORDERBY MetaData.LastUpdatedTime STARTPOSITION {position} MAXRESULTS {PAGE}"
    return f"SELECT * FROM {entity} WHERE MetaData.LastUpdatedTime >= {moment} {order}"


def read_changed_customer(row: Mapping[str, Any]) -> ChangedCustomer:
    """A customer as QuickBooks shows it.

    Raises:
        Unreadable: It lacks what every customer has.
    """
    read = read_customer(row)
    return ChangedCustomer(
        id=read.quickbooks_id,
        name=read.display_name,
        given_name=read.given_name,
        family_name=read.family_name,
        company_name=read.company_name,
        email=read.email.strip(),
        phone=read.phone.strip(),
        active=read.active,
        is_below=bool(row.get("ParentRef")) or row.get("Job") is True,
        is_ours=is_marked(NewCustomer.kind, dict(row)),
        created_at=_moment(row, "CreateTime"),
    )


def _paid_invoice(row: Mapping[str, Any]) -> PaidInvoice | None:
    total, balance = amount_of(row, "TotalAmt"), amount_of(row, "Balance")
    if total <= 0 or balance != 0:  # a void leaves an invoice of nothing
        return None
    return PaidInvoice(
        id=str(row.get("Id") or ""),
        number=str(row.get("DocNumber") or ""),
        customer_id=customer_ref(row)[0],
        total=total,
        balance=balance,
        created_at=_moment(row, "CreateTime"),
        updated_at=_moment(row, "LastUpdatedTime"),
    )


def _moment(row: Mapping[str, Any], name: str) -> datetime:
    told = row.get("MetaData")
    try:
        moment = datetime.fromisoformat(str(told.get(name) if isinstance(told, Mapping) else None))
    except ValueError:
        raise Unreadable from None
    if moment.tzinfo is None:
        raise Unreadable
    return moment


def _later(answer: Refused | TryLater | Unknown) -> TryLater:
    if isinstance(answer, TryLater):
        return answer
    if isinstance(answer, Unknown):  # nothing is unclear about a reading
        return TryLater(reason=answer.reason, wait=_WAIT)
    told = " ".join(problem.explain() for problem in answer.problems)
    return TryLater(reason=f"{Message.of(_REFUSED).worded()} {told}".strip(), wait=_WAIT)
