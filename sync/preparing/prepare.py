"""Staged orders and mapping's answers: which documents come of them, which problems, and which orders does it concern?

Two customers who share an email block each other, and so do two orders with one number. What changes on one side is
followed on the other: by an import, by a fix, and by preparing itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from books.orders import Order, OrderStatus
from books.serialization import read_order
from books.statuses import OrderStage, waits_for
from companies.activation import is_activated
from companies.bulk_sql import KeptQuery, chunks
from companies.collecting import seldom_collected
from companies.models import Company, CompanyKind, take_turns
from companies.stored_texts import LONGEST_REASON, in_english
from mapping.customer_lookup import source_customers_at
from mapping.lookup import answer_orders
from mapping.models import StatusMeaning, StatusWord
from sync.models import (
    FOLLOWS_DECISIONS,
    SENT_STATES,
    Document,
    StagedOrder,
)
from sync.preparing.already_posted import (
    ask_about_equal_names,
    in_books,
    new_names_of,
    orders_asking_for_names,
    turns_of_customers,
)
from sync.preparing.builders.choose import plan_order
from sync.preparing.builders.plan import NOTHING_SENT, Plan, customer_key
from sync.preparing.document_rows import source_hash
from sync.preparing.events import event_of
from sync.preparing.failed_records import NOT_A_RECORD, forget_broken, order_broke
from sync.preparing.recording import record_plans
from sync.preparing.shared_numbers import numbers_held, orders_waiting_for
from sync.signals import problems_changed

CHUNK = 200

Progress = Callable[[int], None]


@dataclass(kw_only=True)
class PrepareCounts:
    """What a preparation came to."""

    orders: int = 0
    nothing_to_post: int = 0
    #: Orders that could not be prepared because of a defect; see the log.
    failed: int = 0
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: PrepareCounts) -> None:
        """Add the counts of one chunk."""
        self.orders += other.orders
        self.nothing_to_post += other.nothing_to_post
        self.failed += other.failed
        for state, number in other.states.items():
            self.states[state] += number


def prepare_new(company: Company, *, since: date | None = None, progress: Progress | None = None) -> PrepareCounts:
    """Prepare every order whose newest version has not been prepared yet, or those of one day and later."""
    waiting = not_prepared(company)
    if since:
        waiting = waiting.filter(placed_on__gte=since)
    return prepare_orders(company, waiting.order_by("id"), progress=progress)


def not_prepared(company: Company) -> QuerySet[StagedOrder]:
    """In the words of the index `order_to_prepare`, so that the search costs nothing where all is prepared."""
    return StagedOrder.objects.filter(company=company, to_prepare=True)


def prepare_unsent(company: Company, *, by: User | None = None, at_most: int | None = None) -> PrepareCounts:
    """Prepare again every order of which something was not sent yet, after lists or decisions changed.

    Args:
        company: Whose orders.
        by: The person whose change it follows.
        at_most: How many orders to prepare now; the others are marked, and the next sync prepares them before it
            sends anything.
    """
    mark_unsent(company)
    orders = not_prepared(company).filter(prepared_version=0).order_by("id")
    return prepare_orders(company, orders[:at_most] if at_most else orders, by=by)


def mark_unsent(company: Company) -> None:
    """Mark every order of which something was not sent yet: nothing of it leaves before it is prepared again."""
    unsent_orders(company).update(prepared_version=0)


def prepare_with_next_sync(company: Company, orders: Iterable[int]) -> None:
    """Mark orders, by their numbers, so that the next sync prepares them again before it sends anything."""
    StagedOrder.objects.filter(company=company, pk__in=list(orders)).update(prepared_version=0)


def source_hashes(order: StagedOrder) -> dict[str, str]:
    """By document key, the fingerprint of the part of the order's newest version that the document comes from."""
    plan = plans_of(order.company, [order])[order.pk]
    return {planned.key: source_hash(planned) for planned in plan.planned}


def prepare_orders(
    company: Company,
    orders: Iterable[StagedOrder],
    *,
    by: User | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> PrepareCounts:
    """Prepare orders at their newest version. What was sent is never changed; everything else follows the decisions.

    Memory stays flat: orders are read and written in chunks, each in a transaction of its own.

    Args:
        company: Whose orders; others are never touched.
        orders: Any number, for example a query set.
        by: The person who asked, for the history.
        again: A person asked for it: refused documents are made ready even with the same content.
        progress: Called with the number of orders done, after each chunk.

    Returns:
        All zero, and the orders left to a later sync, while the company is not activated.

    Source:
        docs/decisions/0009-preparing-again.md
    """
    counts = PrepareCounts()
    numbers = orders.values_list("pk", flat=True) if isinstance(orders, QuerySet) else [order.pk for order in orders]
    if not is_activated(company):  # the first sync after that prepares them
        for chunk in chunks(numbers, CHUNK):
            prepare_with_next_sync(company, chunk)
        return counts
    with seldom_collected():
        for chunk in chunks(numbers, CHUNK):
            counts.add(_prepare_what_can_be(company, chunk, by=by, again=again))
            if progress:
                progress(len(chunk))
    problems_changed.send(sender=StagedOrder, company=company)  # reconciliation gathers the issues
    return counts


def _prepare_what_can_be(company: Company, numbers: Sequence[int], *, by: User | None, again: bool) -> PrepareCounts:
    """Prepare a chunk; where that breaks, one order after the other, so that one of them keeps back no other."""
    try:
        return _prepare_chunk(company, numbers, by=by, again=again)
    except NOT_A_RECORD:
        raise
    except Exception as fault:
        if len(numbers) == 1:
            return _broken(company, numbers[0], fault)
    counts = PrepareCounts()
    for number in numbers:
        counts.add(_prepare_what_can_be(company, [number], by=by, again=again))
    return counts


def _broken(company: Company, number: int, fault: Exception) -> PrepareCounts:
    """The order is an issue. It stays unprepared, so that each sync tries again."""
    order_broke(company, number, fault)
    return PrepareCounts(failed=1)


def _prepare_chunk(company: Company, numbers: Sequence[int], *, by: User | None, again: bool) -> PrepareCounts:
    with transaction.atomic():
        take_turns(company)
        staged = list(_LOCKED.instances(company.pk, numbers))
        broke = [order.pk for order in staged if any(note["code"] == "broken" for note in order.not_posted)]
        read = _read(staged)
        plans = dict(_plans(company, staged, read))
        held, names = numbers_held(staged), _new_names(company, staged)
        rows = record_plans(company, [(order, plans[order.pk]) for order in staged], by=by, again=again)
        if broke:
            forget_broken(broke)
        freed = held - numbers_held(staged) if held else set()
        waiting = list(orders_waiting_for(company, freed).values_list("pk", flat=True)) if freed else []
        if names - _new_names(company, staged):
            waiting += orders_asking_for_names(company).exclude(pk__in=numbers).values_list("pk", flat=True)
    if waiting:  # they take a number or a name, and free none
        _prepare_what_can_be(company, waiting, by=by, again=False)
    counts = PrepareCounts(orders=len(staged), nothing_to_post=sum(not plan.planned for plan in plans.values()))
    for row in rows:
        counts.states[row.state] += 1
    return counts


def _new_names(company: Company, staged: Sequence[StagedOrder]) -> set[str]:
    return new_names_of(staged) if company.kind == CompanyKind.DESKTOP else set()


def _read(staged: Sequence[StagedOrder]) -> dict[int, Order]:
    """The newest version of each order, in one query, with what people decided: status, number and customer."""
    rows = {order.pk: order for order in staged}
    bodies = _BODIES.rows(list(rows)) if rows else ()
    return {number: _as_decided(read_order(body), rows[number]) for number, body in bodies}


_LOCKED = KeptQuery(
    lambda company, numbers: (
        StagedOrder.objects.select_for_update(of=("self",))
        .filter(company=company, pk__in=numbers)
        .select_related("connection")
        .order_by("pk")
    )
)
#: From the orders to their versions: asked the other way, PostgreSQL may read every order until it has counted them.
_BODIES = KeptQuery(
    lambda orders: StagedOrder.objects.filter(pk__in=orders, versions__version=F("version")).values_list(
        "pk", "versions__body"
    )
)


def _as_decided(order: Order, row: StagedOrder) -> Order:
    customer = order.customer
    if row.customer_given and not customer.key:
        customer = replace(customer, source_id=row.customer_given, company_name=row.customer_name)
    number = row.number_given or f"{row.number_prefix}{order.number}"
    if customer is order.customer and (row.status, number) == (order.status.value, order.number):
        return order
    return replace(order, status=OrderStatus(row.status), number=number, customer=customer)


def plans_of(company: Company, staged: Sequence[StagedOrder], *, as_new: bool = False) -> dict[int, Plan]:
    """What orders come to by the decisions as they are now, by the order's number; nothing is written.

    Args:
        company: Whose orders.
        staged: With their connections.
        as_new: As if QuickBooks had nothing of them yet.
    """
    return dict(_plans(company, staged, _read(staged), as_new=as_new))


def _plans(
    company: Company, staged: Sequence[StagedOrder], read: dict[int, Order], *, as_new: bool = False
) -> Iterator[tuple[int, Plan]]:
    sent = {} if as_new else in_books(company, {order.pk: read[order.pk] for order in staged})
    today = timezone.now().astimezone(company.zone).date()
    by_system: dict[str, list[StagedOrder]] = defaultdict(list)
    for row in staged:
        by_system[row.connection.system].append(row)
    for system, rows in by_system.items():
        orders = [read[row.pk] for row in rows]
        words = _undecided_words(company, system, orders)
        event, stages = event_of(company, system)
        turns = turns_of_customers(company, system, {order.customer.key for order in orders})
        document_of = _customer_document(system, turns)
        answers = answer_orders(company, system, orders, customer_document=document_of)
        keys = {document_of(order.customer.key) for order in orders}
        answers = ask_about_equal_names(company, system, orders, answers, keys=keys)
        for row, order, answer in zip(rows, orders, answers, strict=True):
            in_quickbooks, word = sent.get(row.pk, NOTHING_SENT), words.get(row.status_key, row.status_key)
            stage = stages.get(row.status_key, OrderStage.PLACED)
            # What is in the books already stays, whatever became of its status since
            waits = waits_for(order, event=event, stage=stage) if in_quickbooks.sale is None else None
            plan = plan_order(
                order,
                answer,
                system=system,
                in_books=in_quickbooks,
                today=today,
                status_word=word,
                waits=waits,
            )
            yield row.pk, plan


def _undecided_words(company: Company, system: str, orders: Sequence[Order]) -> dict[str, str]:
    """The statuses that nobody has decided on, as the source writes them."""
    if all(order.status is not OrderStatus.UNKNOWN for order in orders):
        return {}
    rows = StatusWord.objects.filter(company=company, system=system, meaning=StatusMeaning.UNKNOWN)
    return dict(rows.values_list("name_compared", "word"))


def _customer_document(system: str, turns: Mapping[str, int]) -> Callable[[str], str]:
    return lambda key: customer_key(system, key, turn=turns.get(key, 1))


def unsent_orders(company: Company) -> QuerySet[StagedOrder]:
    """Orders of which something still follows the decisions."""
    unsent = Document.objects.filter(FOLLOWS_DECISIONS, order=OuterRef("pk"))
    return StagedOrder.objects.filter(Exists(unsent), company=company)


def orders_of_cause(company: Company, cause: str) -> QuerySet[StagedOrder]:
    """The orders that one cause blocks."""
    blocked = Q(documents__problems__cause=cause)
    return StagedOrder.objects.filter(blocked, company=company).distinct().order_by("id")


def orders_billed_at(company: Company, addresses: Collection[str]) -> QuerySet[StagedOrder]:
    """Orders, not sent or not wholly, of all customers who are billed at one of these addresses."""
    keys = source_customers_at(company, addresses).values_list("source_key", flat=True) if addresses else ()
    return unsent_orders(company).filter(customer_key__in=list(keys))


def orders_under(word: StatusWord) -> QuerySet[StagedOrder]:
    """The orders whose newest version has this status."""
    return StagedOrder.objects.filter(
        company_id=word.company_id, connection__system=word.system, status_key=word.name_compared
    )


@dataclass(frozen=True, kw_only=True)
class StatusFollowed:
    """What a decision about a status came to."""

    #: The primary keys of the orders that follow it.
    orders: tuple[int, ...] = ()
    #: Orders of which QuickBooks has something: they follow when the source says something new of them.
    kept: int = 0


def decide_status(word: StatusWord, meaning: str, *, by: User | None, why: str = "", stage: str = "") -> StatusFollowed:
    """Say what a status means, with its author, and let the orders under it follow. Runs in the caller's transaction.

    An order of which QuickBooks has something already does not follow: one wrong choice would void everything that was
    posted under a word. An order that was never decided on follows in any case.

    Args:
        word: As it is stored.
        meaning: One of `StatusMeaning`.
        by: The person.
        why: For the history.
        stage: How far a sale under it has come, one of `OrderStage`; empty where that stays as it is.
    """
    word.meaning, word.stage = meaning, stage or word.stage
    history: Any = word
    history._history_user, history._change_reason = by, in_english(why)[:LONGEST_REASON]
    word.save()
    return _follow(word)


def follow_statuses(company: Company) -> None:
    """Let orders follow what their statuses mean, wherever it was decided: restored, copied or read from a sheet.

    The rule is that of `decide_status`; an order that follows is prepared again with the next preparation.
    """
    rows = StagedOrder.objects.filter(company=company).exclude(status_key="").order_by()
    said = set(rows.values_list("connection__system", "status_key", "status").distinct())
    words = {(word.system, word.name_compared): word for word in StatusWord.objects.filter(company=company)}
    behind = {
        words[system, key]
        for system, key, status in said
        if (system, key) in words and words[system, key].is_decided and words[system, key].meaning != status
    }
    with transaction.atomic():
        for word in behind:
            _follow(word)


def _follow(word: StatusWord) -> StatusFollowed:
    others = orders_under(word).exclude(status=word.meaning)
    sent = Exists(Document.objects.filter(order=OuterRef("pk"), state__in=SENT_STATES))
    posted = others.filter(sent).exclude(status=StatusMeaning.UNKNOWN)
    kept = posted.count()
    follow = others.exclude(pk__in=posted.values("pk"))
    primary_keys = tuple(follow.order_by("pk").values_list("pk", flat=True))
    StagedOrder.objects.filter(pk__in=follow.values("pk")).update(status=word.meaning, prepared_version=0)
    return StatusFollowed(orders=primary_keys, kept=kept)
