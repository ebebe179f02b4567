"""Who decided what, when, and what was there before? Read from the rows that every save leaves behind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Exists, Field, ForeignKey, Model, OuterRef, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.activation import step_words
from companies.bulk_sql import KeptQuery
from companies.models import Company, Membership, SetupMark
from companies.source_names import SourceNames
from companies.stored_texts import retold

ENTRIES = 50
_KINDS = {"+": gettext_noop("Added"), "~": gettext_noop("Changed"), "-": gettext_noop("Deleted")}
# Bookkeeping of our own that says nothing to a reader
_LEFT_OUT = {
    "id",
    "company",
    "created_at",
    "first_seen_at",
    "linked_by",
    "linked_at",
} | {
    *("requested_by", "decided_by", "person", "fingerprint", "preview"),
    *("connection", "read_to", "stopped"),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field, before and after; empty texts where there was or is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One save of one row."""

    when: datetime
    #: Empty where no person did it.
    who: str
    #: Added, changed or deleted, in the reader's language.
    kind: str
    what: str
    name: str
    #: Where the row can be seen; empty where it cannot any more.
    link: str
    reason: str
    changes: tuple[Change, ...]
    #: What an address calls the kind of row, and the entry.
    model: str
    number: int
    #: Whether the row is different now: it was changed since, or deleted.
    is_past: bool


@cache
def tracked() -> Mapping[str, type[Model]]:
    """Every model of which a company's history is kept, by the name that an address has for it."""
    return {
        model._meta.model_name: model
        for model in apps.get_models()
        if model._meta.model_name and hasattr(model, "history") and (model is Company or _has_company(model))
    }


def _has_company(model: type[Model]) -> bool:
    try:
        return model._meta.get_field("company").related_model is Company
    except FieldDoesNotExist:
        return False


@dataclass(frozen=True, kw_only=True)
class HistoryPage:
    """Some entries, newest first, and the place where older ones begin; empty for none."""

    entries: tuple[Entry, ...]
    older: str = ""


def history_page(
    company: Company, *, place: str = "", model: type[Model] | None = None, pk: int | None = None, size: int = ENTRIES
) -> HistoryPage:
    """Read the newest entries of a company, or of one of its rows, in a fixed number of queries.

    Args:
        company: Whose history; entries of other companies are never read.
        place: `older` of the page before; anything else is the first page.
        model: Only this kind of row.
        pk: Only this row.
        size: The most entries of a page.
    """
    names = [name for name, tracked_model in tracked().items() if model in (None, tracked_model)]
    bounds = {name: int(number) for name, number in re.findall(r"([a-z]+)(\d{1,18})", place)}
    marks = [mark for name in names for mark in _marks(name, company, bounds.get(name), pk, size + 1)]
    marks.sort(key=lambda mark: (mark.when, mark.number), reverse=True)
    shown = marks[:size]
    bounds |= _lowest(shown)
    older = "".join(f"{name}{number}" for name, number in sorted(bounds.items()) if name in tracked())
    return HistoryPage(entries=tuple(_entries(company, shown)), older=older if len(marks) > size else "")


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """Where one entry is, before it is read."""

    model: str
    when: datetime
    number: int
    #: The number of the same row's entry before it; None for the first.
    earlier: int | None
    is_past: bool


def _marks(name: str, company: Company, bound: int | None, pk: int | None, size: int) -> list[_Mark]:
    """The newest entries of one kind."""
    if bound is None and pk is None and size == ENTRIES + 1:
        found = _first_page(tracked()[name]).rows(company.pk)
    else:
        rows = _marked(tracked()[name], company.pk)
        rows = rows.filter(id=pk) if pk is not None else rows
        rows = rows.filter(history_id__lt=bound) if bound is not None else rows
        found = list(rows[:size])
    return [
        _Mark(model=name, when=when, number=number, earlier=earlier, is_past=bool(is_past))
        for when, number, earlier, is_past in found
    ]


@cache
def _first_page(model: type[Model]) -> KeptQuery[Model]:
    return KeptQuery(lambda company: _marked(model, company)[: ENTRIES + 1])


def _marked(model: type[Model], company: int) -> QuerySet[Model, Any]:
    """The entries of one kind, newest first, each with its predecessor's number."""
    records = model.history.model.objects  # type: ignore[attr-defined]
    rows = records.filter(id=company) if model is Company else records.filter(company_id=company)
    earlier = records.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    later = records.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    annotated = rows.annotate(earlier=Subquery(earlier.values("history_id")[:1]), is_past=Exists(later))
    marked: QuerySet[Model, Any] = annotated.order_by("-history_id").values_list(
        "history_date", "history_id", "earlier", "is_past"
    )
    return marked


def _lowest(shown: Iterable[_Mark]) -> dict[str, int]:
    lowest: dict[str, int] = {}
    for mark in shown:
        lowest[mark.model] = min(mark.number, lowest.get(mark.model, mark.number))
    return lowest


def _entries(company: Company, shown: Sequence[_Mark]) -> Iterator[Entry]:
    records = _records(shown)
    rows = _Rows(company, ((tracked()[name], record) for (name, _number), record in records.items()))
    for mark in shown:
        model, record = tracked()[mark.model], records[mark.model, mark.number]
        yield Entry(
            when=mark.when,
            who=rows.called(User, record.history_user_id),
            kind=_(_KINDS[record.history_type]),
            what=capfirst(str(model._meta.verbose_name)),
            name=rows.name(model, record),
            link="" if record.history_type == "-" else _link(model, record),
            reason=retold(record.history_change_reason or ""),
            changes=tuple(_changes(model, records.get((mark.model, mark.earlier)), record, rows)),
            model=mark.model,
            number=mark.number,
            is_past=mark.is_past or record.history_type == "-",
        )


def _records(shown: Sequence[_Mark]) -> dict[tuple[str, int | None], Any]:
    """The entries of some marks and those before them; one query for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for mark in shown:
        wanted[mark.model] |= {number for number in (mark.number, mark.earlier) if number}
    return {
        (name, record.pk): record
        for name, numbers in wanted.items()
        for record in _kept_records(tracked()[name]).instances(sorted(numbers))
    }


@cache
def _kept_records(model: type[Model]) -> KeptQuery[Model]:
    records = model.history.model.objects  # type: ignore[attr-defined]
    return KeptQuery(lambda numbers: records.filter(history_id__in=numbers))


def _changes(model: type[Model], before: Any, after: Any, rows: _Rows) -> Iterator[Change]:
    for field in model._meta.concrete_fields:
        if field.name in _LEFT_OUT or field.name.endswith(("_compared", "_folded")):
            continue
        old = rows.value(field, getattr(before, field.attname)) if before else ""
        new = rows.value(field, getattr(after, field.attname)) if after.history_type != "-" else ""
        if old != new:
            yield Change(field=capfirst(str(field.verbose_name)), before=old, after=new)


class _Rows:
    """The rows that entries refer to, such as people and customers; one query for each kind of them."""

    def __init__(self, company: Company, records: Iterable[tuple[type[Model], Any]]) -> None:
        self._company = company
        self._sources = SourceNames(company)
        self._known: dict[type[Model], dict[Any, str]] = defaultdict(dict)
        wanted: dict[type[Model], set[Any]] = defaultdict(set)
        for model, record in records:
            wanted[User].add(record.history_user_id)
            for field in _references(model):
                wanted[field.related_model].add(getattr(record, field.attname))
        for model, keys in wanted.items():
            rows = model._default_manager.in_bulk(list(keys - {None}))
            self._known[model] = {key: _called(row) for key, row in rows.items()}

    def called(self, model: type[Model], key: Any) -> str:
        """What a row is called; empty for none, and for one that is not there any more."""
        return self._known[model].get(key, "") if key else ""

    def name(self, model: type[Model], record: Any) -> str:
        """What the row of an entry is called; empty where a company has only the one."""
        if model is Membership:
            return self.called(User, record.user_id)
        if model is SetupMark:
            return step_words(record.step)
        if getattr(model, "is_named_by_source", False):
            return self._sources.called(record.system)
        if model is not Company and model._meta.get_field("company").one_to_one:
            return ""
        return str(model.__str__(record))

    def value(self, field: Field[Any, Any], value: Any) -> str:
        """A value as a reader sees it."""
        if value is None or value == "":
            return ""
        if isinstance(field, ForeignKey):
            return self._known[field.related_model].get(value, f"#{value}")
        if isinstance(field, BooleanField):
            return _("Yes") if value else _("No")
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value, self._company.zone), "SHORT_DATETIME_FORMAT")
        if isinstance(value, date):
            return date_format(value, "SHORT_DATE_FORMAT")
        if field.name == "system":
            return self._sources.called(str(value))
        if field.model is SetupMark and field.name == "step":
            return step_words(str(value))
        if isinstance(value, Decimal):
            return _amount(value)
        if isinstance(value, dict):
            return "; ".join(f"{name}: {text}" for name, text in value.items())
        return str(dict(field.flatchoices).get(value, value))


def _references(model: type[Model]) -> list[Any]:
    return [
        field for field in model._meta.concrete_fields if isinstance(field, ForeignKey) and field.name not in _LEFT_OUT
    ]


def _amount(value: Decimal) -> str:
    """As it was entered, with cents at least: a price may have more places than cents."""
    exponent = value.normalize().as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def _called(row: Model) -> str:
    return row.get_full_name() or row.get_username() if isinstance(row, User) else str(row)


def _link(model: type[Model], record: Any) -> str:
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.id])
    except NoReverseMatch:
        return ""
