"""Which posted documents did a person choose to undo: one, those of an order, a file, a sync, a period, a source?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from books.documents import REVERSAL, NewCustomer
from companies.models import Company
from companies.source_names import source_name
from sync.models import Document, DocumentState, Operation, OrderVersion, Push, PushState, Run, RunKind, StagedOrder


class Chosen(StrEnum):
    """What documents are chosen by."""

    DOCUMENT = "document"
    ORDER = "order"
    #: An import, a sync or a re-sync.
    RUN = "run"
    PERIOD = "period"
    SOURCE = "source"


#: States in which QuickBooks has the document, or may have it.
IN_QUICKBOOKS = (DocumentState.POSTED, DocumentState.DIFFERS, DocumentState.SENDING, DocumentState.UNKNOWN)


def period_scope(first: date, last: date) -> dict[str, str]:
    """The documents that are dated in a period, both days included."""
    return {"by": Chosen.PERIOD, "first": first.isoformat(), "last": last.isoformat()}


def scope_of(by: Chosen, which: int | str) -> dict[str, str]:
    """The documents of one document, order, run (by its primary key) or source (by the key of its system)."""
    return {"by": by, "which": str(which)}


def with_closed_reversed(scope: Mapping[str, str]) -> dict[str, str]:
    """The same documents; what of them is in a closed period is reversed by an entry, where one can do it."""
    return {**scope, "closed": "entry"}


def reverses_by_entry(scope: Mapping[str, str]) -> bool:
    """Whether a person said so."""
    return scope.get("closed") == "entry"


def chosen_documents(company: Company, scope: Mapping[str, str]) -> QuerySet[Document]:
    """The documents of a scope that QuickBooks has, or may have; new customers are none.

    An entry that reverses another is undone by itself only: with all else it would bring back what was undone.
    """
    rows = Document.objects.filter(company=company, state__in=IN_QUICKBOOKS).exclude(kind=NewCustomer.kind)
    by = Chosen(scope["by"])
    if by is not Chosen.DOCUMENT:
        rows = rows.exclude(kind=REVERSAL)
    match by:
        case Chosen.DOCUMENT:
            return rows.filter(pk=int(scope["which"]))
        case Chosen.ORDER:
            return rows.filter(order=int(scope["which"]))
        case Chosen.RUN:
            return _of_run(rows, Run.objects.get(company=company, pk=int(scope["which"])))
        case Chosen.PERIOD:
            return rows.filter(dated__range=(date.fromisoformat(scope["first"]), date.fromisoformat(scope["last"])))
        case Chosen.SOURCE:
            return rows.filter(order__connection__system=scope["which"])


def _of_run(rows: QuerySet[Document], run: Run) -> QuerySet[Document]:
    """Of an import, what became of its orders, whenever it was posted; of a sync, what it posted."""
    if run.kind == RunKind.IMPORT:
        return rows.filter(order__in=OrderVersion.objects.filter(run=run).values("order"))
    posted = Push.objects.filter(
        company=run.company_id,
        operation=Operation.CREATE,
        state__in=(PushState.ACCEPTED, PushState.ADOPTED),
        settled_at__range=(run.started_at, run.finished_at or timezone.now()),
    )
    if run.kind == RunKind.RESYNC:
        posted = posted.filter(document__order__in=run.items.values("order_id"))
    return rows.filter(pk__in=posted.values("document"))


def may_be_chosen(company: Company, scope: Mapping[str, Any]) -> bool:
    """Whether a scope names something of this company."""
    by, which = scope["by"], scope.get("which", "")
    if by == Chosen.SOURCE:
        return StagedOrder.objects.filter(company=company, connection__system=which).exists()
    if by not in _ROWS:
        return True
    return (
        which.isascii()
        and which.isdigit()
        and len(which) < 19
        and _ROWS[by]
        .objects.filter(  # type: ignore[attr-defined]
            company=company, pk=int(which)
        )
        .exists()
    )


def words_of_scope(company: Company, scope: Mapping[str, str]) -> str:
    """What was chosen, as a person says it."""
    return words_of_scopes(company, [scope])[0]


def words_of_scopes(company: Company, scopes: Sequence[Mapping[str, str]]) -> list[str]:
    """The same for many, in their order; one query for each way of choosing rows that is among them."""
    named = {by: [int(scope["which"]) for scope in scopes if scope["by"] == by and scope["which"]] for by in _ROWS}
    rows = {
        by: model.objects.filter(company=company).in_bulk(named[by])  # type: ignore[attr-defined]
        for by, model in _ROWS.items()
        if named[by]
    }
    return [_words(scope, rows.get(Chosen(scope["by"]), {})) for scope in scopes]


_ROWS: Mapping[Chosen, type[Model]] = {Chosen.DOCUMENT: Document, Chosen.ORDER: StagedOrder, Chosen.RUN: Run}


def _words(scope: Mapping[str, str], rows: Mapping[int, Any]) -> str:
    by, which = Chosen(scope["by"]), scope.get("which", "")
    if by is Chosen.PERIOD:
        first, last = (date_format(date.fromisoformat(scope[end]), "SHORT_DATE_FORMAT") for end in ("first", "last"))
        return f"{first} – {last}"
    if by is Chosen.SOURCE:
        return source_name(which)
    row = rows.get(int(which)) if which else None
    if by is Chosen.ORDER:
        return _("Order %(number)s") % {"number": row.number if row else which}
    return str(row) if row else which
