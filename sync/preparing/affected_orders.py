"""Which other orders does a change affect? Some causes depend on the customers, documents and words of many orders.

Two customers who share an email block each other, and so do two orders with one number. What changes on one side is
followed on the other: by an import, by a fix, and by preparing itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from books.problems import NumberUsedTwice
from companies.models import Company
from mapping.customer_lookup import source_customers_at
from mapping.models import StatusMeaning, StatusWord
from sync.models import FOLLOWS_DECISIONS, SENT_STATES, Document, DocumentState, StagedOrder
from sync.preparing.document_rows import SALES

#: What is written beside a decision that was made on the page of all statuses.
_LONGEST_REASON = 100


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


def numbers_held(orders: Collection[StagedOrder]) -> set[str]:
    """The document numbers that sales of these orders have."""
    rows = Document.objects.filter(order__in=orders, kind__in=SALES)
    rows = rows.exclude(state__in=(DocumentState.IGNORED, DocumentState.VOIDED))
    return set(rows.values_list("number", flat=True))


def orders_waiting_for(company: Company, numbers: Collection[str]) -> QuerySet[StagedOrder]:
    """Orders that are blocked because another one has their number."""
    causes = [NumberUsedTwice(number=number).cause for number in numbers]
    blocked = Document.objects.filter(company=company, problems__cause__in=causes)
    return StagedOrder.objects.filter(company=company, pk__in=blocked.values("order"))


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


def decide_status(word: StatusWord, meaning: str, *, by: User | None, why: str = "") -> StatusFollowed:
    """Say what a status means, with its author, and let the orders under it follow. Runs in the caller's transaction.

    An order of which QuickBooks has something already does not follow: one wrong choice would void everything that was
    posted under a word. An order that was never decided on follows in any case.

    Args:
        word: As it is stored.
        meaning: One of `StatusMeaning`.
        by: The person.
        why: For the history.
    """
    word.meaning = meaning
    history: Any = word
    history._history_user, history._change_reason = by, why[:_LONGEST_REASON]
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
