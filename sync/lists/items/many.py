"""How are many items created, once and only once, while a person watches or a sync runs?

A run keeps which products it was asked for and what came of each. It is worked at in small steps, from its page or by
the next sync, and each item is its own write, see `sync.lists.items.write`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from books.problems import Unmatched
from companies.models import Company, take_turns
from companies.stored_texts import in_english
from mapping.models import Product, SourceItemRules
from mapping.unmatched import unmatched
from sync.lists.items.create import create_with, not_allowed
from sync.lists.items.write import CannotWrite, items_of
from sync.models import ItemOperation, ItemToCreate, ItemWrite, PushState, Run, RunKind, RunState

#: So many new products of a source get their items with one sync; the rest with the next.
MOST_OF_A_SYNC = 500
_STEP_SECONDS = 60.0


def start(company: Company, products: Iterable[Product], *, by: User | None) -> Run:
    """Begin to create the items of some products, or add them to what is under way."""
    with transaction.atomic():
        take_turns(company)
        running = Run.objects.filter(company=company, kind=RunKind.ITEMS, state=RunState.RUNNING)
        run = running.first() or Run.objects.create(company=company, kind=RunKind.ITEMS, asked_by=by)
        known = set(run.items_to_create.values_list("product_id", flat=True))
        rows = (ItemToCreate(run=run, product=product) for product in products if product.pk not in known)
        ItemToCreate.objects.bulk_create(rows, batch_size=500)
        _count(run)
    return run


def advance(run: Run, *, seconds: float) -> Run:
    """Do some seconds of the work. Safe to call from anywhere, any number of times.

    Args:
        run: Of kind items; a finished one is returned as it is.
        seconds: When to stop, between two items.
    """
    run.refresh_from_db()
    if run.state != RunState.RUNNING:
        return run
    if why := not_allowed(run.company):
        run.state, run.message, run.finished_at = RunState.FAILED, why, timezone.now()
        run.save()
        return run
    until = timezone.now() + timedelta(seconds=seconds)
    run.message = ""
    try:
        with items_of(run.company) as destination:
            for row in run.items_to_create.filter(done=False).select_related("product").order_by("pk"):
                try:
                    create_with(run.company, row.product, destination, by=run.asked_by)
                    row.why = ""
                except CannotWrite as error:
                    row.why = in_english(str(error))
                row.done = True
                row.save(update_fields=["done", "why"])
                if timezone.now() >= until or not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists():
                    break
    except CannotWrite as error:  # another one is at work for the company, or the login has ended
        run.message = in_english(str(error))
    return _follow(run)


def create_new(company: Company) -> dict[str, int]:
    """Before a sync posts: carry on with what was begun, and create what is new where a source's rules say so.

    Returns:
        How many were created, and how many were not.
    """
    if not not_allowed(company) and (products := list(new_products(company)[:MOST_OF_A_SYNC])):
        start(company, products, by=None)
    came = {"items_created": 0, "items_not_created": 0}
    for run in Run.objects.filter(company=company, kind=RunKind.ITEMS, state=RunState.RUNNING).order_by("pk"):
        done = -1
        while run.state == RunState.RUNNING and run.items_to_create.filter(done=True).count() > done:
            done = run.items_to_create.filter(done=True).count()
            run = advance(run, seconds=_STEP_SECONDS)
        for name in came:
            came[name] += run.counts.get(name, 0)
    return {name: number for name, number in came.items() if number}


def new_products(company: Company) -> QuerySet[Product]:
    """Products first seen since their source's rules say that new ones are created, and that QuickBooks does not have.

    One that QuickBooks refused under the name it has now is not sent again.
    """
    rules = SourceItemRules.objects.filter(company=company, create_items=True, create_since__isnull=False)
    of_source = Q(pk__in=())
    for row in rules:
        of_source |= Q(system=row.system, first_seen_at__gte=row.create_since)
    refused = ItemWrite.objects.filter(
        company=company, operation=ItemOperation.CREATE, state=PushState.REFUSED, product=OuterRef("pk")
    )
    not_found = Q(("reason__in", (Unmatched.NOT_FOUND.value, Unmatched.NO_SKU.value)))
    rows = unmatched(company).filter(of_source, not_found)
    return rows.exclude(Exists(refused.filter(name=OuterRef("known")))).order_by("pk")


def _follow(run: Run) -> Run:
    with transaction.atomic():
        take_turns(run.company)
        state = Run.objects.values_list("state", flat=True).get(pk=run.pk)
        if state == RunState.RUNNING and not run.items_to_create.filter(done=False).exists():
            run.state, run.finished_at = RunState.FINISHED, timezone.now()
        elif state != RunState.RUNNING:
            run.refresh_from_db()
        _count(run)
    return run


def _count(run: Run) -> None:
    rows = run.items_to_create
    not_created = rows.filter(done=True).exclude(why="").select_related("product")
    run.counts = {
        "done": rows.filter(done=True).count(),
        "total": rows.count(),
        "items_created": rows.filter(done=True, why="").count(),
        "items_not_created": not_created.count(),
    }
    run.errors = [{"where": str(row.product), "what": row.why} for row in not_created.order_by("pk")[:1000]]
    run.save()
