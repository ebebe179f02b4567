"""Who decided what, when, and what stood there before? Read from the rows that every save leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BooleanField, Exists, Field, ForeignKey, Model, OuterRef, Subquery
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Activation, Company, DisclaimerAcceptance, Membership, SetupMark
from mapping.models import (
    DesktopSettings,
    DocumentForms,
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    Product,
    QuickBooksCustomer,
    SourceCustomer,
    SourceDimensions,
    StatusWord,
)
from mapping.restore import RESTORABLE

#: What is kept in history, by the letter that stands for it in an address.
TRACKED: Mapping[str, type[Model]] = {
    "c": Company,
    "m": Membership,
    "p": Product,
    "l": LineTypeDefault,
    "a": PostingAccounts,
    "s": SourceCustomer,
    "d": DesktopSettings,
    "t": Activation,
    "e": DisclaimerAcceptance,
    "w": SetupMark,
    "f": DocumentForms,
    "x": SourceDimensions,
    "y": PaymentMethod,
    "o": StatusWord,
}
ENTRIES = 50
_KINDS = {"+": gettext_noop("Added"), "~": gettext_noop("Changed"), "-": gettext_noop("Deleted")}
# Bookkeeping of our own that says nothing to a reader
_LEFT_OUT = {
    "id",
    "company",
    "created_at",
    "first_seen_at",
    "email_compared",
    "name_compared",
    "linked_by",
    "linked_at",
} | {
    *("requested_by", "decided_by", "person", "fingerprint"),
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
    #: Letter and number of the entry, where its state can be brought back; empty where it is the present one.
    restore: tuple[str, int] | tuple[()] = ()


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
    letters = [letter for letter, one in TRACKED.items() if model in (None, one)]
    bounds = {letter: int(number) for letter, number in re.findall(r"([a-z])(\d{1,18})", place)}
    found = [
        (letter, record)
        for letter in letters
        for record in _records(TRACKED[letter], company, bounds.get(letter), pk, size + 1)
    ]
    found.sort(key=lambda one: (one[1].history_date, one[1].history_id), reverse=True)
    shown = found[:size]
    bounds |= _lowest(shown)
    older = "".join(f"{letter}{number}" for letter, number in sorted(bounds.items()))
    entries = tuple(_entries(shown))
    return HistoryPage(entries=entries, older=older if len(found) > size else "")


def _records(model: type[Model], company: Company, bound: int | None, pk: int | None, size: int) -> list[Any]:
    """The newest records of one kind, each with its predecessor's number."""
    records = model.history.model.objects  # type: ignore[attr-defined]
    rows = records.filter(id=company.pk) if model is Company else records.filter(company_id=company.pk)
    rows = rows.filter(id=pk) if pk is not None else rows
    rows = rows.filter(history_id__lt=bound) if bound is not None else rows
    earlier = records.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    later = records.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    annotated = rows.annotate(earlier=Subquery(earlier.values("history_id")[:1]), is_past=Exists(later))
    return list(annotated.select_related("history_user").order_by("-history_id")[:size])


def _lowest(shown: Iterable[tuple[str, Any]]) -> dict[str, int]:
    lowest: dict[str, int] = {}
    for letter, record in shown:
        lowest[letter] = min(record.history_id, lowest.get(letter, record.history_id))
    return lowest


def _entries(shown: list[tuple[str, Any]]) -> Iterator[Entry]:
    earlier = _predecessors(shown)
    names = _Names(record for _letter, record in shown)
    names.learn(earlier.values())
    for letter, record in shown:
        model = TRACKED[letter]
        before = earlier.get((letter, record.earlier))
        yield Entry(
            when=record.history_date,
            who=names.person(record.history_user_id),
            kind=_(_KINDS[record.history_type]),
            what=capfirst(str(model._meta.verbose_name)),
            name=names.row(model, record),
            link="" if record.history_type == "-" else _link(model, record),
            reason=record.history_change_reason or "",
            changes=tuple(_changes(model, before, record, names)),
            restore=(letter, record.history_id) if letter in RESTORABLE and _can_come_back(record) else (),
        )


def _can_come_back(record: Any) -> bool:
    """Whether the row looks different now: it was changed since, or deleted."""
    return bool(record.is_past) or record.history_type == "-"


def _predecessors(shown: list[tuple[str, Any]]) -> dict[tuple[str, int], Any]:
    found: dict[tuple[str, int], Any] = {}
    for letter in {letter for letter, _record in shown}:
        wanted = [record.earlier for one, record in shown if one == letter and record.earlier]
        records = TRACKED[letter].history.model.objects.in_bulk(wanted)  # type: ignore[attr-defined]
        found |= {(letter, number): record for number, record in records.items()}
    return found


def _changes(model: type[Model], before: Any, after: Any, names: _Names) -> Iterator[Change]:
    for field in model._meta.concrete_fields:
        if field.name in _LEFT_OUT:
            continue
        old = names.value(field, getattr(before, field.attname)) if before else ""
        new = names.value(field, getattr(after, field.attname)) if after.history_type != "-" else ""
        if old != new:
            yield Change(field=capfirst(str(field.verbose_name)), before=old, after=new)


class _Names:
    """People and customers by their numbers, read in two queries for a whole page."""

    def __init__(self, records: Iterable[Any]) -> None:
        self._people: dict[int, str] = {}
        self._customers: dict[int, str] = {}
        self.learn(records)

    def learn(self, records: Iterable[Any]) -> None:
        records = list(records)
        people: set[Any] = {
            number for record in records for number in (record.history_user_id, getattr(record, "user_id", None))
        }
        users = get_user_model().objects.filter(pk__in=people - {None} - set(self._people))
        self._people |= {user.pk: user.get_full_name() or user.get_username() for user in users}
        customers: set[Any] = {getattr(record, "quickbooks_customer_id", None) for record in records}
        unknown = customers - {None} - set(self._customers)
        rows = QuickBooksCustomer.objects.filter(pk__in=unknown) if unknown else ()
        self._customers |= {row.pk: row.display_name for row in rows}

    def person(self, number: int | None) -> str:
        return self._people.get(number, "") if number else ""

    def row(self, model: type[Model], record: Any) -> str:
        if model is Membership:
            return self.person(record.user_id)
        if model in (PostingAccounts, DocumentForms):
            return ""
        return str(model.__str__(record))

    def value(self, field: Field[Any, Any], value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(field, ForeignKey):
            known = self._customers if field.related_model is QuickBooksCustomer else self._people
            return known.get(value, f"#{value}")
        if isinstance(field, BooleanField):
            return _("Yes") if value else _("No")
        if isinstance(value, dict):
            return "; ".join(f"{name}: {text}" for name, text in value.items())
        return str(dict(field.flatchoices).get(value, value))


def _link(model: type[Model], record: Any) -> str:
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.id])
    except NoReverseMatch:
        return ""
