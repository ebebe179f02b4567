"""Which transactions does QuickBooks hold now: of a period, or of these ids? Read a thousand at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from books.documents import CreditMemo, Invoice, JournalEntry, Payment, RefundReceipt, SalesReceipt
from books.money import ZERO
from books.outcomes import Refused, TryLater, Unknown
from books.posted_document import Holding
from sync.quickbooks_online.changes import held
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.faults import UNREADABLE
from sync.quickbooks_online.forms import ENTITIES, is_marked
from sync.quickbooks_online.wire import PAGE, Unreadable, amount_of, literal

#: The forms that are read, each under the one that speaks for its entity: an applied credit is a payment there.
READ_FORMS = (Invoice.kind, SalesReceipt.kind, Payment.kind, CreditMemo.kind, RefundReceipt.kind, JournalEntry.kind)
#: How many ids go into one question.
IDS_AT_ONCE = 200

Failure = Refused | TryLater | Unknown


class NotReadError(Exception):
    """QuickBooks did not hand out its transactions; the failure says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True, kw_only=True)
class HeldTransaction:
    """One transaction that QuickBooks holds."""

    form: str
    quickbooks_id: str
    holding: Holding
    #: It bears Tieout's mark.
    marked: bool
    #: The version that was read.
    sync_token: str = ""
    #: What settles it or holds it, such as `Payment 12` or `Deposit 7`; not what it settles itself.
    linked: tuple[str, ...] = ()
    #: QuickBooks has sent it to the customer.
    emailed: bool = False
    #: What of a payment is applied to nothing, or of a credit is not used; zero on other forms.
    unused: Decimal = ZERO


def read_form_of(form: str) -> str:
    """The form under which transactions of a form of ours are read."""
    return next(read for read in READ_FORMS if form in forms_of_entity(read))


def entity_named(form: str) -> str:
    """What QuickBooks calls transactions of a form of ours, such as `SalesReceipt`."""
    return ENTITIES[form]


def entity_of(form: str) -> str:
    """Intuit's name of a form of ours."""
    return ENTITIES[form]


def name_in_quickbooks(form: str, quickbooks_id: str) -> str:
    """How links of other transactions name one of a form of ours, such as `Invoice 145`."""
    return f"{ENTITIES[form]} {quickbooks_id}"


def forms_of_entity(form: str) -> frozenset[str]:
    """Every form of ours that QuickBooks keeps as the same kind of transaction."""
    return frozenset(other for other, entity in ENTITIES.items() if entity == ENTITIES[form])


def between(destination: QuickBooksOnline, form: str, first: date, last: date) -> Iterator[list[HeldTransaction]]:
    """The transactions of one form that are dated in a period, page by page in the order of their ids.

    One that comes into the period meanwhile moves the others on by one: what a page has twice is told once.

    Raises:
        NotReadError: A page could not be read; what came before it is no whole.
    """
    where = f"TxnDate >= {literal(first.isoformat())} AND TxnDate <= {literal(last.isoformat())}"
    start, before = 1, set[str]()
    while True:
        page = _asked(destination, form, f"WHERE {where} ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}")
        yield [theirs for theirs in page if theirs.quickbooks_id not in before]
        if len(page) < PAGE:
            return
        start, before = start + PAGE, {theirs.quickbooks_id for theirs in page}


def changed_since(destination: QuickBooksOnline, form: str, since: datetime) -> Iterator[list[Mapping[str, Any]]]:
    """The transactions of one form that were written since a moment and are there still, as QuickBooks shows them.

    Page by page, the earliest first. One that is written meanwhile moves to the end, and another may be missed: it
    comes again where the next question overlaps.

    Raises:
        NotReadError: A page could not be read.
    """
    moment = literal(since.astimezone(UTC).isoformat(timespec="seconds"))
    order = "ORDERBY MetaData.LastUpdatedTime"
    start, told = 1, PAGE
    while told == PAGE:
        page = _rows(
            destination,
            form,
            f"WHERE MetaData.LastUpdatedTime >= {moment} {order} STARTPOSITION {start} MAXRESULTS {PAGE}",
        )
        yield page
        start, told = start + PAGE, len(page)


def with_ids(destination: QuickBooksOnline, form: str, ids: Collection[str]) -> Iterator[HeldTransaction]:
    """Those of these ids that QuickBooks still has.

    Raises:
        NotReadError: They could not be read.
    """
    wanted = sorted(ids)
    for begin in range(0, len(wanted), IDS_AT_ONCE):
        named = ", ".join(literal(identifier) for identifier in wanted[begin : begin + IDS_AT_ONCE])
        yield from _asked(destination, form, f"WHERE Id IN ({named}) MAXRESULTS {PAGE}")


def every_row(destination: QuickBooksOnline, entity: str, clause: str) -> list[Mapping[str, Any]]:
    """All rows of an entity that a condition finds, as QuickBooks shows them.

    Raises:
        NotReadError: A page could not be read.
    """
    rows: list[Mapping[str, Any]] = []
    while True:
        page = page_of(destination, entity, f"{clause} STARTPOSITION {len(rows) + 1} MAXRESULTS {PAGE}")
        rows += page
        if len(page) < PAGE:
            return rows


def page_of(destination: QuickBooksOnline, entity: str, clause: str) -> list[Mapping[str, Any]]:
    """The rows of one page.

    Raises:
        NotReadError: It could not be read.
    """
    answer = destination.ask(entity, f"SELECT * FROM {entity} {clause}")
    if isinstance(answer, Refused | TryLater | Unknown):
        raise NotReadError(answer)
    return [*answer[0]]


def _asked(destination: QuickBooksOnline, form: str, clause: str) -> list[HeldTransaction]:
    try:
        return [read_transaction(form, row) for row in _rows(destination, form, clause)]
    except Unreadable:
        raise NotReadError(Unknown(reason=UNREADABLE)) from None


def _rows(destination: QuickBooksOnline, form: str, clause: str) -> list[Mapping[str, Any]]:
    return page_of(destination, ENTITIES[form], clause)


def _linked(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{link.get('TxnType')} {link.get('TxnId')}" for link in row.get("LinkedTxn") or [])


#: The field that says what is left of a form.
_UNUSED: Mapping[str, str] = {Payment.kind: "UnappliedAmt", CreditMemo.kind: "RemainingCredit"}


def _unused(form: str, row: Mapping[str, Any]) -> Decimal:
    field = _UNUSED.get(form, "")
    return amount_of(row, field) if row.get(field) is not None else ZERO


def read_transaction(form: str, row: Mapping[str, Any]) -> HeldTransaction:
    """One transaction, as QuickBooks shows it.

    Raises:
        Unreadable: It lacks what it must have.
    """
    return HeldTransaction(
        form=form,
        quickbooks_id=str(row.get("Id")),
        holding=held(form, row),
        marked=is_marked(form, dict(row)),
        sync_token=str(row.get("SyncToken", "")),
        linked=_linked(row),
        emailed=row.get("EmailStatus") == "EmailSent",
        unused=_unused(form, row),
    )
