"""Keep a plan as it was shown, and find out in what another one differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from companies.bulk_sql import chunks
from companies.models import Company
from sync.models import Document, Preview, PreviewedDocument, PreviewState
from sync.previewing.plan import PlannedDocument, SendingPlan

_AT_ONCE = 300


def keep_plan(preview: Preview, plan: SendingPlan, *, state: PreviewState) -> Preview:
    """Keep every document of a plan, in the order in which it would go."""
    numbers = _numbers(preview.company, plan.documents)
    goes = [row for row in plan.records if row.is_taken_up]
    preview.fingerprint, preview.state, preview.not_read = plan.fingerprint, state, plan.not_read
    preview.number, preview.amount = len(goes), plan.counts()
    preview.new_customers, preview.new_items = list(plan.new_customers), list(plan.new_items)
    preview.totals = [[row.action.value, row.kind, row.currency, row.number, str(row.amount)] for row in plan.totals()]
    preview.moves = {f"{currency} {account}": str(amount) for (currency, account), amount in plan.per_account().items()}
    with transaction.atomic():
        preview.documents.all().delete()
        for rows in chunks(list(enumerate(plan.documents, start=1)), _AT_ONCE):
            PreviewedDocument.objects.bulk_create(
                _kept(preview, position, row, numbers[row.key]) for position, row in rows
            )
        preview.save()
    return preview


def _kept(preview: Preview, position: int, row: PlannedDocument, document: int) -> PreviewedDocument:
    return PreviewedDocument(
        preview=preview,
        position=position,
        document_id=document,
        title=row.title,
        action=row.action,
        reason=row.reason,
        changes=[{"what": part.what, "held": part.held, "sent": part.sent} for part in row.changes],
        mark=row.mark if row.is_taken_up else "",
        body_hash=row.body_hash,
        total=row.total,
    )


def _numbers(company: Company, documents: Sequence[PlannedDocument]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for keys in chunks([row.key for row in documents], _AT_ONCE):
        numbers |= dict(Document.objects.filter(company=company, key__in=keys).values_list("key", "pk"))
    return numbers


def approved_of(company: Company, fingerprint: str) -> list[tuple[str, str, str]] | None:
    """Key, mark and name of each document that was shown under a fingerprint; None where no page showed it."""
    shown = Preview.objects.filter(company=company, fingerprint=fingerprint).order_by("-pk").first()
    return None if shown is None else shown_in(shown)


def shown_in(preview: Preview) -> list[tuple[str, str, str]]:
    """Key, mark and name of each document of a preview that was to be sent."""
    rows: Any = preview.documents.exclude(mark="").order_by("position")
    return list(rows.values_list("document__key", "mark", "title"))


def new_preview(company: Company, *, by: User | None) -> Preview:
    """A preview that is still to be made."""
    return Preview.objects.create(company=company, made_by=by)
