"""A status of a source means something else now: which orders follow, and which are in QuickBooks already?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from mapping.models import StatusMeaning, StatusWord
from sync.models import SENT_STATES, Document, StagedOrder

#: What is written beside a decision that was made on the page of all statuses.
_LONGEST_REASON = 100


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What a decision about a status came to."""

    #: The orders that follow it, by their numbers.
    orders: tuple[int, ...] = ()
    #: Orders of which QuickBooks has something: they follow when the source says something new of them.
    kept: int = 0


def orders_under(word: StatusWord) -> QuerySet[StagedOrder]:
    """The orders whose newest version has this status."""
    return StagedOrder.objects.filter(
        company_id=word.company_id, connection__system=word.system, status_key=word.name_compared
    )


def decide_status(word: StatusWord, meaning: str, *, by: Any, why: str = "") -> Followed:
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
    others = orders_under(word).exclude(status=meaning)
    sent = Exists(Document.objects.filter(order=OuterRef("pk"), state__in=SENT_STATES))
    in_books = others.filter(sent).exclude(status=StatusMeaning.UNKNOWN)
    kept = in_books.count()
    follow = tuple(others.exclude(pk__in=in_books.values("pk")).order_by("pk").values_list("pk", flat=True))
    StagedOrder.objects.filter(pk__in=others.exclude(pk__in=in_books.values("pk")).values("pk")).update(
        status=meaning, prepared_version=0
    )
    return Followed(orders=follow, kept=kept)
