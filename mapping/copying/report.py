"""What does a copy of decisions do, or would it do, and how is it carried out row by row?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from books.translation import gettext_noop
from companies.models import Company
from companies.stored_texts import LONGEST_REASON
from mapping.company_lists import CompanyLists
from mapping.decision_fields import DECISIONS, DecisionField
from mapping.matching.names import Suggestion
from mapping.models import COMPARED_COLUMNS, DocumentForms, PostingAccounts, Product, SourceCustomer

_COPIED = gettext_noop("Copied from %(company)s")

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class CopiedField:
    """One field that the copy changes, before and after; empty texts where there was nothing."""

    what: str
    name: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class MissingInTarget:
    """A name that the target does not have, or not so; what is there stays."""

    what: str
    name: str
    field: str
    #: The name that would have been copied.
    wanted: str
    kept: str
    #: Why it is not copied; a sentence.
    why: str
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stayed:
    """A row of the source that the target has no place for."""

    what: str
    name: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CopyReport:
    """What a copy did, or would do."""

    changes: tuple[CopiedField, ...] = ()
    missing: tuple[MissingInTarget, ...] = ()
    stayed: tuple[Stayed, ...] = ()
    #: Products and customers that the target did not know.
    added: tuple[str, ...] = ()
    #: How many fields say the same in both already.
    unchanged: int = 0

    @property
    def does_anything(self) -> bool:
        """Whether a copy changes the target at all."""
        return bool(self.changes or self.added)


@dataclass
class Copy:
    """A copy on its way: what has been found so far."""

    source: Company
    target: Company
    by: User | None
    saving: bool
    changes: list[CopiedField] = field(default_factory=list)
    missing: list[MissingInTarget] = field(default_factory=list)
    stayed: list[Stayed] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    unchanged: int = 0

    def __post_init__(self) -> None:
        self.lists = CompanyLists(self.target)
        self.reason = (_COPIED % {"company": self.source})[:LONGEST_REASON]

    def report(self) -> CopyReport:
        return CopyReport(
            changes=tuple(self.changes),
            missing=tuple(self.missing),
            stayed=tuple(self.stayed),
            added=tuple(self.added),
            unchanged=self.unchanged,
        )


def take_over(copy: Copy, row: Any, place: Any) -> bool:
    """Take the decisions of `row` over into `place`, which is not saved here. Returns whether anything changed."""
    name = "" if isinstance(row, PostingAccounts | DocumentForms) else str(row)
    # Every field, not only the first that changes
    changed = [decision for decision in DECISIONS[type(row)] if _take_field(copy, row, place, decision, name)]
    return bool(changed)


def _take_field(copy: Copy, row: object, place: object, one: DecisionField, name: str) -> bool:
    before, wanted = getattr(place, one.name), getattr(row, one.name)
    if before == wanted or not one.is_decided(wanted):
        copy.unchanged += bool(wanted) or not one.names_something
        return False
    finding = one.check(wanted, copy.lists) if one.names_something else None
    if finding and finding.error:
        copy.missing.append(
            MissingInTarget(
                what=what_is(one.model),
                name=name,
                field=one.label,
                wanted=wanted,
                kept=before,
                why=finding.error,
                suggestions=finding.suggestions,
            )
        )
        return False
    setattr(place, one.name, wanted)
    copy.changes.append(copied(one.model, name, one.label, one.words(before), one.words(wanted)))
    return True


def decides(row: Model, fields: Iterable[DecisionField]) -> bool:
    """Whether anything has been decided in these fields of the row."""
    return any(getattr(row, field.name) for field in fields)


def copied(model: type[Model], name: str, label: str, before: str, after: str) -> CopiedField:
    """One changed field of a row of this kind."""
    return CopiedField(what=what_is(model), name=name, field=label, before=before, after=after)


def what_is(model: type[Model]) -> str:
    """The kind of row, as a reader calls it."""
    return capfirst(str(model._meta.verbose_name))


def shown(value: object) -> str:
    """A decision's value for a reader."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value or "")


def save(copy: Copy, model: type[Any], new: list[Any], changed: list[Any]) -> None:
    """Write the rows with their history, unless the copy is only foretold."""
    if not copy.saving:
        return
    written = {"batch_size": BATCH, "default_user": copy.by, "default_change_reason": copy.reason}
    if new:
        bulk_create_with_history(new, model, **written)
    if changed:
        bulk_update_with_history(changed, model, _written_fields(model), **written)


def _written_fields(model: type[Model]) -> list[str]:
    if model is SourceCustomer:
        texts = ["email_given", "name_given", "fields_given", "name_compared", "email_compared"]
        return [*texts, "quickbooks_customer", "linked_by", "linked_at"]
    compared = COMPARED_COLUMNS if model is Product else ()
    return [*(decision.name for decision in DECISIONS[model]), *compared]
