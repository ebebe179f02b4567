"""The companies and documents of `bench.workers`, and what became of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models
from django.db.models import Count, Max, Min
from django.utils import timezone

from companies.models import Company
from mapping.models import QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, QuickBooksTerm
from sync.lists.refresh import refresh_lists
from sync.models import QUICKBOOKS_ONLINE, CompanySchedule, Connection, Document, Push, StagedOrder
from sync.quickbooks_online.connecting import connect_rehearsal
from tests.factories import a_company, staged, the_decisions

_LISTS: tuple[type[models.Model], ...] = (QuickBooksAccount, QuickBooksItem, QuickBooksTerm, QuickBooksCustomer)
#: A buyer that the books know, so that each order is one document.
_BUYER = "Priya Natarajan <priya.natarajan@example.com>"
#: Posted, or standing still until a person comes.
_SETTLED = ("posted", "ignored", "voided")


def set_up(logins: list[dict[str, str]]) -> None:
    """A company for each login, with its lists and decisions; the lists of the first are everybody's."""
    first: Company | None = None
    for number, login in enumerate(logins):
        company = a_company(f"Firm {number}", f"firm-{number}")
        connect_rehearsal(company, login)
        the_decisions(company)
        if first is None:
            first = company
            refresh_lists(company)
        else:
            _copy_lists(first, company)
    now = timezone.now()
    Connection.objects.filter(system=QUICKBOOKS_ONLINE).update(lists_refreshed_at=now, state="connected")


def _copy_lists(source: Company, company: Company) -> None:
    for model in _LISTS:
        rows = list(model._default_manager.filter(company=source))
        for row in rows:
            row.pk, row.company_id = None, company.pk  # type: ignore[attr-defined]
        model._default_manager.bulk_create(rows)


def sell(documents: int, backlog: int, *, first: int) -> None:
    """Orders for every company, and many for the first; every company is due now."""
    for place, company in enumerate(Company.objects.order_by("pk")):
        count = documents + (0 if place else backlog)
        numbers = range(first, first + count)
        orders = (
            f"2026-08-14  order {number}  Priya Natarajan <priya.natarajan@example.com>\nWT-101  199.00"
            for number in numbers
        )
        staged(company, *orders)
    CompanySchedule.objects.update(due_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def waiting() -> bool:
    """Whether anything is to be prepared or posted."""
    return StagedOrder.objects.filter(to_prepare=True).exists() or Document.objects.exclude(state__in=_SETTLED).exists()


def states() -> dict[str, int]:
    """How many documents are in which state."""
    rows = Document.objects.order_by().values_list("state").annotate(number=Count("pk"))
    return dict(rows) | {"orders to prepare": StagedOrder.objects.filter(to_prepare=True).count()}


def outcome(began: float) -> dict[str, Any]:
    """What was posted since, how fast, and how long companies waited for it."""
    since = datetime.fromtimestamp(began, tz=UTC)
    pushes = Push.objects.filter(settled_at__gte=since)
    seconds = time.time() - began
    rows = (
        pushes.order_by()
        .values("company")
        .annotate(first=Min("settled_at"), last=Max("settled_at"), number=Count("pk"))
    )
    biggest = Company.objects.order_by("pk").values_list("pk", flat=True)[0]
    documents = sum(row["number"] for row in rows)
    return {
        "documents": documents,
        "seconds": seconds,
        "rate": documents / seconds,
        # Until the first document of the company that waited longest, and until the last one of all but the backlog
        "longest": max((row["first"] - since).total_seconds() for row in rows),
        "small": max((row["last"] - since).total_seconds() for row in rows if row["company"] != biggest),
    }
