"""What becomes of a list that came back nearly empty? A person confirms what is gone, or reads the list again.

Source:
    docs/decisions/0035-a-nearly-empty-list.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.translation import gettext_noop
from companies.models import Company, take_turns
from mapping.models import DesktopOtherName
from sync.lists.list_sync import LISTS, make_inactive
from sync.models import DoubtedList, Run, RunKind, RunState
from sync.preparing.prepare import prepare_unsent

#: Of one list, with its name and how many names are missing.
NEARLY_EMPTY = gettext_noop(
    "QuickBooks left out %(missing)s names of its list of %(list)s, most or all that were there. Nothing was made "
    "inactive. Read the list again, or confirm with the lists of QuickBooks that these names are gone."
)
_SHOWN = 5
_CONFIRMED = gettext_noop("Confirmed: %(missing)s names are gone from the list of %(list)s.")


def confirm_gone(company: Company, doubted: int, *, by: User | None) -> int | None:
    """Make inactive what a list no longer names, because a person says that it is gone. Then prepare again.

    Args:
        company: Whose copy.
        doubted: The number of the question that the person saw.
        by: The person.

    Returns:
        How many names are gone; None when the list was read again since, and nothing was changed.
    """
    with transaction.atomic():
        take_turns(company)
        question = DoubtedList.objects.filter(company=company, pk=doubted).first()
        if question is None:
            return None
        _forget(question)
        facts = {"missing": len(question.missing), "list": question.name}
        Run.objects.create(
            company=company,
            kind=RunKind.REFRESH,
            state=RunState.FINISHED,
            message=_CONFIRMED % facts,
            counts={"gone": len(question.missing)},
            finished_at=timezone.now(),
            asked_by=by,
        )
        question.delete()
    prepare_unsent(company, by=by)
    return len(question.missing)


@dataclass(frozen=True, kw_only=True)
class Doubted:
    """The question about one list, as a screen shows it."""

    pk: int
    list_name: str
    #: How many names are missing, and the first of them, to look for in QuickBooks.
    missing: int
    names: tuple[str, ...]
    read_at: datetime


def doubted_lists(company: Company) -> list[Doubted]:
    """The lists about which a person is asked; one query for each besides the first."""
    return [
        Doubted(
            pk=question.pk,
            list_name=question.name,
            missing=len(question.missing),
            names=_names(question),
            read_at=question.read_at,
        )
        for question in DoubtedList.objects.filter(company=company).order_by("pk")
    ]


def _names(question: DoubtedList) -> tuple[str, ...]:
    kind = next((kind for kind in LISTS if kind.name == question.name), None)
    model = kind.model if kind else DesktopOtherName
    rows = model.objects.filter(company_id=question.company_id, pk__in=question.missing[:_SHOWN])
    return tuple(sorted(str(row) for row in rows))


def _forget(question: DoubtedList) -> None:
    for kind in LISTS:
        if kind.name == question.name:
            make_inactive(question.company, kind, question.missing)
            return
    DesktopOtherName.objects.filter(company_id=question.company_id, pk__in=question.missing).delete()
