"""What would an earlier state of a decision change now, may it come back, and how?

A restored state is a decision like any other: it is checked against QuickBooks as it is today, saved with the person
who restored it, and is in the history itself. Only what was decided comes back; a product's name and number belong
to its source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies.models import Company
from companies.signals import announce
from companies.stored_texts import LONGEST_REASON, in_english
from mapping.company_lists import CompanyLists
from mapping.decision_fields import DECISIONS, DecisionField
from mapping.matching.names import Suggestion
from mapping.models import (
    DocumentForms,
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    Product,
    SourceCustomerRules,
    SourceDimensions,
    SourceEvent,
    SourceItemRules,
    StatusWord,
)
from mapping.shared_skus import shared_skus

#: What can be restored, by the name that an address has for it, see `companies.history`.
RESTORABLE: Mapping[str, type[Model]] = {str(model._meta.model_name): model for model in DECISIONS}
#: What tells a row from the others of its company, beside its number.
_KEYS: Mapping[type[Model], tuple[str, ...]] = {
    Product: ("system", "source_key"),
    LineTypeDefault: ("section",),
    PostingAccounts: (),
    DocumentForms: (),
    SourceDimensions: ("system",),
    SourceCustomerRules: ("system",),
    SourceItemRules: ("system",),
    SourceEvent: ("system",),
    PaymentMethod: ("name_compared",),
    StatusWord: ("system", "name_compared"),
}
#: What a row that was deleted gets back beside its decisions.
_OF_SOURCE: Mapping[type[Model], tuple[str, ...]] = {
    Product: ("name", "sku", "kind"),
    PaymentMethod: ("name",),
    StatusWord: ("word",),
}


@dataclass(frozen=True, kw_only=True)
class RestoredField:
    """One field that would change, as it is now and as it was."""

    name: str
    label: str
    before: str
    after: str
    value: Any
    #: Why it cannot come back; empty when it can.
    error: str = ""
    #: What should be known although it can.
    warning: str = ""
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Restoring:
    """An earlier state of a row, compared with the row as it is now."""

    company: Company
    model: type[Model]
    #: The row to be changed; not saved yet where it was deleted.
    row: Any
    #: The entry of the history.
    record: Any
    fields: tuple[RestoredField, ...] = field(default=())

    @property
    def name(self) -> str:
        """What the row is called."""
        kind = capfirst(str(self.model._meta.verbose_name))
        return kind if self.model in (PostingAccounts, DocumentForms) else f"{kind}: {self.row}"

    @property
    def was_deleted(self) -> bool:
        """Whether the row is not there any more."""
        return bool(self.row._state.adding)

    @property
    def errors(self) -> list[RestoredField]:
        """The fields that cannot come back."""
        return [field for field in self.fields if field.error]

    @property
    def seen(self) -> str:
        """The same for two looks that show the same: what is restored must be what was seen."""
        shown = [(field.name, field.before, field.after) for field in self.fields]
        return hashlib.sha256(repr((self.record.history_id, self.was_deleted, shown)).encode()).hexdigest()

    @property
    def possible(self) -> bool:
        """Whether there is anything to restore, and nothing against it."""
        return bool(self.fields or self.was_deleted) and not self.errors


def restoring(company: Company, kind: str, number: int) -> Restoring | None:
    """What it would change to go back to one entry of the company's history; None for an entry that is not there.

    Args:
        company: Entries of other companies are never found.
        kind: Of `RESTORABLE`.
        number: The entry's.
    """
    model = RESTORABLE.get(kind)
    if model is None:
        return None
    record = model.history.filter(company_id=company.pk, history_id=number).first()  # type: ignore[attr-defined]
    if record is None:
        return None
    row, lists = _row_of(company, model, record), CompanyLists(company)
    changed = [
        decision for decision in DECISIONS[model] if getattr(row, decision.name) != getattr(record, decision.name)
    ]
    fields = tuple(_field(decision, row, record, lists) for decision in changed)
    if model is Product:
        fields = tuple(_with_shared_sku(restored, row) for restored in fields)
    return Restoring(company=company, model=model, row=row, record=record, fields=fields)


def restore(found: Restoring, *, by: User) -> None:
    """Go back to the earlier state; look for it again inside the same transaction first, see `restoring`.

    Raises:
        ValueError: It is not possible.
    """
    if not found.possible:
        raise ValueError("this state cannot be restored")
    with transaction.atomic():
        for field in found.fields:
            setattr(found.row, field.name, field.value)
        moment = timezone.localtime(found.record.history_date, found.company.zone)
        found.row._history_user = by
        when = {"when": date_format(moment, "SHORT_DATETIME_FORMAT")}
        found.row._change_reason = in_english(_("Restored as of %(when)s") % when)[:LONGEST_REASON]
        found.row.save()
        # sync prepares again what is not sent, reconciliation gathers the issues
        announce(found.company, by=by)


def _row_of(company: Company, model: Any, record: Any) -> Any:
    """The row of an entry: the same one, or the one that has taken its place, or a new one."""
    rows = model.objects.filter(company=company)
    key = {name: getattr(record, name) for name in _KEYS[model]}
    found = rows.filter(pk=record.id).first() or rows.filter(**key).first()
    if found is not None:
        return found
    facts = {name: getattr(record, name) for name in _OF_SOURCE.get(model, ())}
    return model(company=company, **key, **facts)


def _with_shared_sku(found: RestoredField, row: Product) -> RestoredField:
    """Refuse an entered SKU that another active product of the source has by now."""
    if found.name != "sku_given" or found.error:
        return found
    product = copy(row)
    product.sku_given = found.value
    fault = shared_skus(product.company, [product]).get((product.system, product.source_key), "")
    return replace(found, error=fault)


def _field(one: DecisionField, row: object, record: object, lists: CompanyLists) -> RestoredField:
    value = getattr(record, one.name)
    finding = one.check(value, lists) if one.names_something else None
    return RestoredField(
        name=one.name,
        label=one.label,
        before=one.words(getattr(row, one.name)),
        after=one.words(value),
        value=finding.text if finding and not finding.error else value,
        error=finding.error if finding else "",
        warning=finding.warning if finding else _(one.note) if one.note else "",
        suggestions=finding.suggestions if finding else (),
    )
