"""Which items that Tieout created are left with nothing after an undo, and are made inactive in QuickBooks?

As with customers, each is a line of the plan that a person can take out, and is read again before it is touched. An
item stays where a transaction, a bundle, another product or a setting names it, where it is kept in stock, and where
its use cannot be excluded.

Source:
    docs/decisions/0083-items-after-an-undo.md
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from books.documents import CreditApplication, NewCustomer, Payment
from books.messages import all_worded
from books.names import DELETED
from books.orders import Order
from books.outcomes import Refused, TryLater, Unknown
from companies.bulk_sql import chunks
from companies.models import Company
from mapping.item_uses import names_of, other_uses
from mapping.matching.item_rules import sku_key
from mapping.models import QuickBooksItem
from reconciliation.undo.list_lines import leaving, sent, stays
from reconciliation.undo_models import ItemStays, Undo, UndoItem, UndoStepState
from sync.history import record
from sync.lists.items.write import learn_item
from sync.models import (
    FOLLOWS_DECISIONS,
    Document,
    DocumentState,
    ItemOperation,
    ItemWrite,
    OrderVersion,
    PushState,
    StagedOrder,
)
from sync.pushing.lease import Lease
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.inactive_items import (
    bundles_of,
    items_now,
    named_by_transactions,
    send_item,
)
from sync.quickbooks_online.items import Stored, with_active

Kept = tuple[ItemStays, str]
_STOCKED = "Inventory"
_AT_ONCE = 50
_ORDERS_AT_ONCE = 500
#: Kinds of record whose lines name no item.
_WITHOUT_ITEMS = (NewCustomer.kind, Payment.kind, CreditApplication.kind)


@dataclass(frozen=True, kw_only=True)
class ItemsLooked:
    """Items as QuickBooks has them now, and why those stay active that do; both by QuickBooks id."""

    there: Mapping[str, Stored]
    kept: Mapping[str, Kept]


def plan_items(undo: Undo, named_on: Mapping[str, int], destination: QuickBooksOnline) -> list[UndoItem]:
    """A line for each item that Tieout created and that documents name which are undone.

    Args:
        undo: Whose steps are kept already.
        named_on: By QuickBooks id of an item, the number of the first document that is undone and names it.
        destination: Of the company.

    Raises:
        NotReadError: QuickBooks could not be read.
    """
    writes = _created(undo.company, named_on)
    if not writes:
        return []
    kept = look_at(undo.company, writes, destination, without=leaving(undo)).kept
    lines = []
    for identifier, write in writes.items():
        why, about = kept.get(identifier, ("", ""))
        lines.append(UndoItem(undo=undo, write=write, document_id=named_on[identifier], why=why, about=about))
    return UndoItem.objects.bulk_create(lines, batch_size=200)


def _created(company: Company, ids: Collection[str]) -> dict[str, ItemWrite]:
    """By QuickBooks id, what created each of these items for Tieout."""
    rows = ItemWrite.objects.filter(company=company, operation=ItemOperation.CREATE)
    rows = rows.filter(state__in=(PushState.ACCEPTED, PushState.ADOPTED)).select_related("product").order_by("pk")
    found: dict[str, ItemWrite] = {}
    for part in chunks(sorted(ids), _AT_ONCE):
        for write in rows.filter(quickbooks_id__in=part):
            found.setdefault(write.quickbooks_id, write)
    return found


def look_at(
    company: Company,
    writes: Mapping[str, ItemWrite],
    destination: QuickBooksOnline,
    *,
    without: Collection[str] = (),
    between: Callable[[], None] = lambda: None,
) -> ItemsLooked:
    """What QuickBooks has of items now, and why they stay active; the dearest question is asked last.

    Args:
        company: Whose items.
        writes: What created them, by their QuickBooks ids.
        destination: Of the company.
        without: Transactions that are there and will be gone, such as `Invoice 145`.
        between: Called before each page of transactions.

    Raises:
        NotReadError: QuickBooks could not be read.
    """
    there = items_now(destination, writes)
    kept: dict[str, Kept] = {}
    for identifier in writes:
        stored = there.get(identifier)
        if stored is None or not stored.is_active:
            kept[identifier] = (ItemStays.GONE, "")
        elif stored.row.get("Type") == _STOCKED:
            kept[identifier] = (ItemStays.STOCK, "")
    uses = other_uses(company, {key: write.product_id for key, write in writes.items() if key not in kept})
    for identifier, use in uses.items():
        kept[identifier] = (ItemStays.PRODUCT if use.is_product else ItemStays.CHOSEN, use.where)
    for find in (_below, _to_post):
        kept |= find(company, {key: write for key, write in writes.items() if key not in kept})
    if left := writes.keys() - kept.keys():
        kept |= {key: (ItemStays.PART, name) for key, name in bundles_of(destination, left).items()}
    if left := writes.keys() - kept.keys():
        looked = named_by_transactions(destination, [there[key] for key in left], without=without, between=between)
        kept |= {key: (ItemStays.USED, name) for key, name in looked.named.items()}
        if looked.refused or looked.too_many:
            why = (ItemStays.NOT_TOLD, _said(looked.refused)) if looked.refused else (ItemStays.TOO_MANY, "")
            kept |= dict.fromkeys(left - looked.named.keys(), why)
    return ItemsLooked(there=there, kept=kept)


def _said(refused: Refused) -> str:
    return all_worded(problem.words for problem in refused.problems)


def _below(company: Company, writes: Mapping[str, ItemWrite]) -> dict[str, Kept]:
    """Items that others are below, as in books that were begun before QuickBooks had categories."""
    by_name = {row.full_name: row.quickbooks_id for row in _rows(company, writes)}
    found: dict[str, Kept] = {}
    if by_name:
        deep = QuickBooksItem.objects.filter(company=company, active=True, full_name__contains=":")
        for name in deep.values_list("full_name", flat=True).order_by("full_name").iterator(chunk_size=2000):
            if above := by_name.get(name.rpartition(":")[0]):
                found.setdefault(above, (ItemStays.PART, name))
    return found


def _rows(company: Company, writes: Mapping[str, ItemWrite]) -> Iterator[QuickBooksItem]:
    for part in chunks(sorted(writes), _AT_ONCE):
        yield from QuickBooksItem.objects.filter(company=company, quickbooks_id__in=part)


def _to_post(company: Company, writes: Mapping[str, ItemWrite]) -> dict[str, Kept]:
    """Items of which an order has records that are still to be posted."""
    if not writes:
        return {}
    by_product = {
        (write.product.system, write.product.source_key): key for key, write in writes.items() if write.product
    }
    by_text, by_sku = dict[str, str](), dict[str, str]()
    for row in _rows(company, writes):
        by_text |= dict.fromkeys(names_of(row), row.quickbooks_id)
        if row.sku_compared:
            by_sku[row.sku_compared] = row.quickbooks_id
    found: dict[str, Kept] = {}
    for system, order in _orders_to_post(company):
        for line in order.lines:
            texts = (line.name, line.description.strip(), line.product_name)
            meant = (
                by_product.get((system, line.product_key)),
                *map(by_text.get, texts),
                by_sku.get(sku_key(line.sku)),
            )
            for key in filter(None, meant):
                found.setdefault(key, (ItemStays.TO_POST, order.number))
    return found


def _orders_to_post(company: Company) -> Iterator[tuple[str, Order]]:
    """Each order that was not prepared yet or has records to post, with its source; of any number of them."""
    on_its_way = Q(state__in=(DocumentState.SENDING, DocumentState.UNKNOWN))
    waiting = Document.objects.filter(FOLLOWS_DECISIONS | on_its_way, company=company, withdrawn=False)
    new = StagedOrder.objects.filter(company=company, to_prepare=True).values_list("pk", flat=True)
    of_waiting = waiting.exclude(kind__in=_WITHOUT_ITEMS).values_list("order", flat=True)
    for numbers in chunks(sorted({*new, *of_waiting}), _ORDERS_AT_ONCE):
        versions = OrderVersion.objects.filter(order__in=numbers, version=F("order__version"))
        for version in versions.select_related("order__connection").order_by("order"):
            yield version.order.connection.system, version.read()


def make_items_inactive(undo: Undo, destination: QuickBooksOnline, lease: Lease) -> str:
    """Carry out the lines about items; why it stopped early, empty where it did not.

    Raises:
        NotReadError: QuickBooks could not be read.
    """
    waiting = undo.items.filter(state=UndoStepState.PLANNED)
    lines = list(waiting.select_related("write__product", "document__order", "undo").order_by("pk"))
    if not lines:
        return ""
    writes = {line.write.quickbooks_id: line.write for line in lines}
    looked = look_at(undo.company, writes, destination, between=lease.keep)
    for line in lines:
        lease.keep()
        if stopped := _carried_out(line, looked, destination):
            return stopped
    return ""


def _carried_out(line: UndoItem, looked: ItemsLooked, destination: QuickBooksOnline) -> str:
    identifier = line.write.quickbooks_id
    stored = looked.there.get(identifier)
    if stored is None or identifier in looked.kept:
        why, about = looked.kept[identifier]
        if stored and why == ItemStays.GONE and line.sent_at:  # by us, before a crash or an answer that got lost
            _done(line, stored)
        else:
            stays(line, why, about)
        return ""
    outcome = _sent(line, with_active(stored.row, active=False), destination)
    match outcome:
        case Stored():
            _done(line, outcome)
        case Refused():
            stays(line, ItemStays.SAID, _said(outcome))
        case TryLater() | Unknown():
            return outcome.reason
    return ""


def _sent(line: UndoItem, body: bytes, destination: QuickBooksOnline) -> Stored | Refused | TryLater | Unknown:
    return sent(line, body, lambda request_id: send_item(destination, body, request_id=request_id))


def _done(line: UndoItem, stored: Stored) -> None:
    undo = line.undo
    with transaction.atomic():
        line.state = UndoStepState.DONE
        line.save(update_fields=["state"])
        learn_item(undo.company, stored)
        facts = {"item": line.write.name, "reason": undo.reason}
        record(line.document.order, "item-made-inactive", by=undo.started_by, **facts)


def make_items_active_again(undo: Undo, destination: QuickBooksOnline) -> str:
    """Make the items active that this undo made inactive, so that their records can be posted again.

    Returns:
        Why that was not possible; empty where all are active.

    Raises:
        NotReadError: QuickBooks could not be read.
    """
    done = undo.items.filter(state=UndoStepState.DONE).select_related("write", "undo__company").order_by("pk")
    for lines in chunks(list(done), _AT_ONCE):
        there = items_now(destination, [line.write.quickbooks_id for line in lines])
        for line in lines:
            stored = there.get(line.write.quickbooks_id)
            if stored and not stored.is_active:
                outcome = _sent(line, with_active(stored.row, active=True), destination)
                if isinstance(outcome, Refused):
                    return _said(outcome)
                if not isinstance(outcome, Stored):
                    return outcome.reason
                stored = outcome
            stays(line, ItemStays.AGAIN, "")
            if stored:
                learn_item(undo.company, stored)
    return ""


def lines_of_items(undo: Undo) -> Sequence[UndoItem]:
    """Every line about an item, in the order of the plan."""
    return list(undo.items.select_related("write").order_by("pk"))


def names_made_inactive(company: Company) -> set[str]:
    """What the items were called that an undo made inactive and nothing made active again; names and SKUs."""
    done = UndoItem.objects.filter(undo__company=company, state=UndoStepState.DONE)
    rows = QuickBooksItem.objects.filter(company=company, active=False)
    rows = rows.filter(quickbooks_id__in=done.values("write__quickbooks_id"))
    named = rows.values_list("name", "full_name", "sku")
    return {text.removesuffix(DELETED) for row in named for text in row if text}
