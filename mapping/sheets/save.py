"""How are the changes of a sheet saved? All of them together, or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from companies.models import Company, take_turns
from companies.signals import announce
from companies.stored_texts import in_english
from mapping.decision_fields import DECISIONS
from mapping.models import COMPARED_COLUMNS, Product
from mapping.sheets.validate import Part, RowReport, judge

_BATCH = 500


def seen_of(reports: Sequence[RowReport]) -> str:
    """The same for two previews that show the same changes: what is saved must be what was seen."""
    shown = [(report.sheet, report.number, report.changes) for report in reports if report.changes]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def save(company: Company, parts: Sequence[Part], *, by: User | None, seen: str = "") -> list[RowReport]:
    """Do what the sheets say, as things are now; with an error in any row nothing is saved. Returns what was done.

    Args:
        company: Whose decisions.
        parts: What the sheets say.
        by: The person who confirmed it.
        seen: Of the preview, see `seen_of`; where it would show other changes by now, nothing is saved.
    """
    with transaction.atomic():
        # Nobody else decides between the check and the write
        take_turns(company)
        reports = judge(company, parts)
        if any(report.errors for report in reports) or (seen and seen != seen_of(reports)):
            return reports
        changed = [report for report in reports if report.changes]
        _write(changed, by=by)
        if changed:
            # sync prepares again what is not sent, reconciliation gathers the issues
            announce(company, by=by)
    return reports


def _write(reports: Sequence[RowReport], *, by: User | None) -> None:
    rows: dict[int, Any] = {}
    for report in reports:
        line = report.line
        assert line is not None, "only a row that was found changes anything"
        for column, value in report.values.items():
            setattr(line.row, line.decisions[column].name, value)
        if isinstance(line.row, Product):
            line.row.keep_compared()
        rows[id(line.row)] = line.row  # seven lines share the posting accounts
    for model, decisions in DECISIONS.items():
        mine = [row for row in rows.values() if type(row) is model]
        new, old = [row for row in mine if row.pk is None], [row for row in mine if row.pk is not None]
        kept = {"batch_size": _BATCH, "default_user": by, "default_change_reason": in_english(_("Spreadsheet"))}
        if new:
            bulk_create_with_history(new, model, **kept)
        if old:
            # Nothing else of them: a product's name may be coming in from its source at this moment
            compared = COMPARED_COLUMNS if model is Product else ()
            names = [*(decision.name for decision in decisions), *compared]
            bulk_update_with_history(old, model, names, **kept)
