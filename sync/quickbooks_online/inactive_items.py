"""What does QuickBooks have of an item, which transactions and bundles name it, and how is it made inactive there?

QuickBooks deletes no item, and tells no transactions by item: its reports of sales leave out purchases and estimates,
and what nets to nothing. So everything is looked through that was written since the item was created. Nothing older
can name it, since a transaction that is given another item is written anew.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/item
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from books.outcomes import NO_EXCHANGE, Refused, TryLater, Unknown
from books.problems import RefusedByQuickBooks
from companies.bulk_sql import chunks
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.faults import UNREADABLE, InTheWay
from sync.quickbooks_online.items import ENTITY, Stored, put
from sync.quickbooks_online.transactions import NotReadError, every_row, page_of
from sync.quickbooks_online.wire import PAGE, literal

#: How many items go into one question.
ITEMS_AT_ONCE = 50
#: So many transactions of each kind are looked through, the newest first; what is older is not known then.
MOST = 20 * PAGE
#: What can name an item: what is written every day comes first.
_NAMING = (
    *("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate", "Purchase", "Bill", "VendorCredit"),
    *("PurchaseOrder", "TimeActivity"),
)
#: What QuickBooks enters again and again by itself; whenever it was written, the next one names its items.
_RECURRING = "RecurringTransaction"
#: The company does not have what the question is about, such as purchase orders.
_NO_SUCH_FEATURE = "5030"


@dataclass(frozen=True, kw_only=True)
class NamedItems:
    """Which of some items transactions name, and what could not be looked through."""

    #: By item, one transaction, such as `Invoice 145`.
    named: Mapping[str, str] = field(default_factory=dict)
    #: More was written than is looked through.
    too_many: bool = False
    #: QuickBooks refused to tell a part; None where it told everything.
    refused: Refused | None = None


def items_now(destination: QuickBooksOnline, ids: Collection[str]) -> dict[str, Stored]:
    """The items of these ids, inactive ones too.

    Raises:
        NotReadError: They could not be read.
    """
    found = {}
    for part in chunks(sorted(ids), ITEMS_AT_ONCE):
        wanted = ", ".join(map(literal, part))
        for row in every_row(destination, ENTITY, f"WHERE Id IN ({wanted}) AND Active IN (true, false)"):
            found[str(row["Id"])] = Stored(row=row, exchange=NO_EXCHANGE)
    return found


def bundles_of(destination: QuickBooksOnline, ids: Collection[str]) -> dict[str, str]:
    """By item, the name of a bundle that it is a part of.

    Raises:
        NotReadError: They could not be read.
    """
    found: dict[str, str] = {}
    for row in every_row(destination, ENTITY, "WHERE Type = 'Group'"):
        for identifier in {*_items_in(row)} & {*ids}:
            found.setdefault(identifier, str(row.get("FullyQualifiedName") or row.get("Name") or ""))
    return found


def named_by_transactions(
    destination: QuickBooksOnline,
    items: Collection[Stored],
    *,
    without: Collection[str] = (),
    between: Callable[[], None] = lambda: None,
    most: int = MOST,
) -> NamedItems:
    """Look for items in the transactions that were written since they were created; voided ones count too.

    Args:
        destination: Of the company.
        items: As QuickBooks has them now.
        without: Transactions that are there and will be gone, such as `Invoice 145`.
        between: Called before each page is read.
        most: So many transactions of each kind are looked through.

    Raises:
        NotReadError: QuickBooks could not be reached.
    """
    left, found = {str(item.row["Id"]) for item in items}, dict[str, str]()
    too_many, refused = False, None
    since = _written_since(items)
    for entity, clause in (*((entity, since) for entity in _NAMING), (_RECURRING, "")):
        try:
            looked = 0
            for page in _pages(destination, entity, clause, between, most):
                named, looked = _named_on(entity, page, without), looked + len(page)
                found |= {identifier: named[identifier] for identifier in left & named.keys()}
                left -= named.keys()
                if not left:
                    return NamedItems(named=found)
            too_many |= looked >= most
        except NotReadError as problem:
            if not isinstance(problem.failure, Refused):
                raise
            refused = refused or (None if _has_no_such(problem.failure) else problem.failure)
    return NamedItems(named=found, too_many=too_many, refused=refused)


def _written_since(items: Collection[Stored]) -> str:
    """Since the first of them was created. Ids stay as they are, so the pages do, whatever is written meanwhile."""
    try:
        created = [datetime.fromisoformat(item.row["MetaData"]["CreateTime"]).astimezone(UTC) for item in items]
    except (KeyError, TypeError, ValueError):
        raise NotReadError(Unknown(reason=UNREADABLE)) from None
    return f"WHERE MetaData.LastUpdatedTime >= {literal(min(created).isoformat(timespec='seconds'))} ORDERBY Id DESC"


def _pages(
    destination: QuickBooksOnline, entity: str, clause: str, between: Callable[[], None], most: int
) -> Iterator[list[Mapping[str, Any]]]:
    size = min(PAGE, most)
    for start in range(1, most + 1, size):
        between()
        page = page_of(destination, entity, f"{clause} STARTPOSITION {start} MAXRESULTS {size}".strip())
        yield page
        if len(page) < size:
            return


def _named_on(entity: str, page: Collection[Mapping[str, Any]], without: Collection[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for row in page:
        name = f"{entity} {row.get('Id', '')}".strip()
        if name not in without:
            named |= dict.fromkeys(_items_in(row), name)
    return named


def _items_in(value: object) -> Iterator[str]:
    """The ids of all items that an object names, on its lines or in the lines of its bundles."""
    if isinstance(value, list):
        for part in value:
            yield from _items_in(part)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name == "ItemRef" and isinstance(part, Mapping):
                yield str(part.get("value") or "")
            else:
                yield from _items_in(part)


def _has_no_such(failure: Refused) -> bool:
    problems = failure.problems
    return all(isinstance(problem, RefusedByQuickBooks) and problem.fault == _NO_SUCH_FEATURE for problem in problems)


def send_item(destination: QuickBooksOnline, body: bytes, *, request_id: str) -> Stored | Refused | TryLater | Unknown:
    """Send these bytes and wait for the answer; one about a version that is not the newest any more is `TryLater`."""
    outcome = put(destination, body, request_id=request_id)
    return outcome.refused if isinstance(outcome, InTheWay) else outcome
