"""What do QuickBooks Desktop's own words say about a file? A transaction report, or the file of errors it left behind.

A document is found by its kind and the number that the file gave it; in a report only among transactions whose memo
names the file. A check gets another number from QuickBooks, so that one is found by its day and amount.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from books.messages import Message
from books.translation import gettext_noop, worded
from companies.stored_texts import retold
from mapping.models import desktop_settings_of
from sync.models import ExportBatch, ExportedDocument, ExportedState
from sync.quickbooks_desktop.batches.acknowledge import acknowledge_some, refuse_some
from sync.quickbooks_desktop.reading.errors_file import FailedRecord, read_errors
from sync.quickbooks_desktop.reading.findings import Finding
from sync.quickbooks_desktop.reading.transaction_report import ReportedTransaction, TransactionReport, read_report

#: The kinds of transactions that a document of a form can be in QuickBooks Desktop.
_TYPES = {
    "invoice": ("INVOICE",),
    "sales-receipt": ("CASH SALE",),
    "payment": ("PAYMENT",),
    "credit-memo": ("CREDIT MEMO",),
}
_OTHER_TYPES = ("GENERAL JOURNAL", "CHECK")

NOT_THIS_REPORT = Message(
    sentence=gettext_noop("No transaction of this file is in the report, so nothing was changed."),
    cure=gettext_noop("Check the dates of the report, and that it has the column Memo: there each one names its file."),
)
NOT_THESE_ERRORS = Message(
    sentence=gettext_noop("No record of this file is among the errors, so nothing was changed."),
    cure=gettext_noop("Choose the file that QuickBooks made beside this very file when it was imported."),
)
_NO_REASON = gettext_noop("QuickBooks gave no reason.")
_LINE = gettext_noop("Line %(line)s: %(what)s")
_MOST = 20

Words = Callable[[str], str]
Plural = Callable[[str, str, int], str]


@dataclass(frozen=True, kw_only=True)
class ReportMatch:
    """What a report or a file of errors said about the documents of a file."""

    arrived: int = 0
    missing: int = 0
    refused: int = 0
    #: Transactions that name the file and are none of its documents, or one a second time.
    extra: int = 0
    #: Documents that QuickBooks holds with another amount.
    differing: tuple[str, ...] = ()
    #: Records among the errors that are no document of the file, in QuickBooks' words.
    others: tuple[str, ...] = ()

    def sentences(self, translate: Words, plural: Plural) -> list[str]:
        """What is good."""
        told = []
        if self.arrived:
            words = plural("%(number)d document has arrived.", "%(number)d documents have arrived.", self.arrived)
            told.append(words % {"number": self.arrived})
        if self.refused:
            words = plural(
                "%(number)d document was not imported; its message stands beside it.",
                "%(number)d documents were not imported; their messages stand beside them.",
                self.refused,
            )
            told.append(words % {"number": self.refused})
        return told

    def warnings(self, translate: Words, plural: Plural) -> list[str]:
        """What a person has to look at."""
        told = []
        if self.missing:
            words = plural(
                "%(number)d document is not in the report. Choose it below to export it again.",
                "%(number)d documents are not in the report. Choose them below to export them again.",
                self.missing,
            )
            told.append(words % {"number": self.missing})
        if self.extra:
            words = plural(
                "%(number)d transaction in QuickBooks names this file and is none of its documents. Was the file "
                "imported twice?",
                "%(number)d transactions in QuickBooks name this file and are none of its documents. Was the file "
                "imported twice?",
                self.extra,
            )
            told.append(words % {"number": self.extra})
        told += map(retold, self.differing[:_MOST])
        told += self.others[:_MOST]
        return told


def take_report(batch: ExportBatch, data: bytes, *, name: str, by: User | None) -> ReportMatch | Message | list[str]:
    """Acknowledge a file by a transaction report of QuickBooks Desktop.

    Args:
        batch: Open, or acknowledged with documents missing.
        data: The report as it was exported: CSV.
        name: Of the report's file.
        by: Who brought it.

    Returns:
        What it said; why it says nothing about this file; or the faults of a report that cannot be read.
    """
    report = read_report(data, date_order=_date_order(batch))
    if not isinstance(report, TransactionReport):
        return faults_told(report.findings)
    rows = _waiting(batch)
    ours = [transaction for transaction in report.transactions if _names(transaction.memos, batch)]
    found, differing = _found(rows, ours)
    if not found:
        return NOT_THIS_REPORT
    if cannot := acknowledge_some(batch, set(found), by=by, report=name):
        return cannot
    states = dict(batch.exported.values_list("pk", "state"))
    return ReportMatch(
        arrived=sum(states[row.pk] == ExportedState.ARRIVED for row in rows),
        missing=sum(state == ExportedState.MISSING for state in states.values()),
        extra=len(ours) - len(found),
        differing=tuple(differing),
    )


def take_errors(batch: ExportBatch, data: bytes, *, name: str, by: User | None) -> ReportMatch | Message | list[str]:
    """Keep what QuickBooks said about the documents of a file that it did not import.

    Args:
        batch: Not withdrawn, and no rehearsal.
        data: QuickBooks' own file of errors.
        name: Of that file.
        by: Who brought it.

    Returns:
        What it said; why it says nothing about this file; or the faults of a file that cannot be read.
    """
    read = read_errors(data, date_order=_date_order(batch))
    if not read.failed:
        return faults_told(read.findings)
    by_key: dict[tuple[str, str], list[ExportedDocument]] = defaultdict(list)
    for row in batch.exported.select_related("document"):
        for trnstype in _types_of(row):
            by_key[trnstype, row.written_as].append(row)
    messages, others = [], []
    for failed in read.failed:
        if failing := _failing(failed, by_key):
            messages.append((failing.pk, _message(failed)))
        else:
            others.append(f"{failed.name or failed.number}: {_message(failed)}")
    if not messages:
        return NOT_THESE_ERRORS
    refuse_some(batch, messages, by=by)
    return ReportMatch(refused=len(messages), others=tuple(others))


def faults_told(findings: Iterable[Finding], translate: Words = str) -> list[str]:
    """Findings as sentences with their lines, the first twenty."""
    told = []
    for finding in list(findings)[:_MOST]:
        what = finding.message.worded(translate)
        told.append(worded(_LINE, {"line": finding.line, "what": what}, translate=translate) if finding.line else what)
    return told


# Finding documents ----------------------------------------------------------------------------------------------------


def _waiting(batch: ExportBatch) -> list[ExportedDocument]:
    """The documents that a report can speak of: those that move accounts and did not fail."""
    rows = batch.exported.filter(state__in=(ExportedState.SENT, ExportedState.MISSING))
    return list(rows.exclude(document__kind="customer").select_related("document", "document__frozen").order_by("pk"))


def _found(
    rows: Sequence[ExportedDocument], transactions: Sequence[ReportedTransaction]
) -> tuple[dict[int, ReportedTransaction], list[str]]:
    """By row, the transaction that it became; and what QuickBooks holds with another amount, as sentences."""
    by_number: dict[tuple[str, str], list[ReportedTransaction]] = defaultdict(list)
    by_day: dict[tuple[str, date | None, Decimal], list[ReportedTransaction]] = defaultdict(list)
    for transaction in transactions:
        by_number[transaction.first.trnstype, transaction.first.number].append(transaction)
    found: dict[int, ReportedTransaction] = {}
    for row in rows:
        if same := _taken(by_number, [(trnstype, row.written_as) for trnstype in _types_of(row)]):
            found[row.pk] = same
    for left in (transaction for same in by_number.values() for transaction in same):
        by_day[left.first.trnstype, left.first.dated, left.amount].append(left)
    for row in rows:
        keys = [(trnstype, row.document.dated, row.document.total) for trnstype in _types_of(row)]
        if row.pk not in found and row.document.form not in _TYPES and (near := _taken(by_day, keys)):
            found[row.pk] = near
    return found, [words for row in rows if row.pk in found and (words := _difference(row, found[row.pk]))]


def _taken(index: dict[Any, list[ReportedTransaction]], keys: Iterable[Any]) -> ReportedTransaction | None:
    for key in keys:
        if index.get(key):
            return index[key].pop(0)
    return None


def _difference(row: ExportedDocument, there: ReportedTransaction) -> str:
    """That QuickBooks holds another amount than the file has; a report may show one row of a document, or all."""
    value = row.document.value()
    sides = {value.total, sum((posting.debit for posting in value.postings), start=Decimal(0))}
    if there.amount in sides:
        return ""
    facts = {"document": str(row.document), "there": f"{there.amount:.2f}", "here": f"{value.total:.2f}"}
    return worded(_DIFFERS, facts)


_DIFFERS = gettext_noop("%(document)s comes to %(there)s in QuickBooks and to %(here)s here. Compare the two.")


def _failing(failed: FailedRecord, by_key: dict[tuple[str, str], list[ExportedDocument]]) -> ExportedDocument | None:
    key = (failed.trnstype, failed.number) if failed.keyword == "TRNS" else (failed.keyword, failed.name)
    candidates = by_key.get(key, [])
    same = [row for row in candidates if failed.amount is None or abs(failed.amount) == row.document.total]
    chosen = next(iter(same or candidates), None)
    if chosen is not None:
        candidates.remove(chosen)
    return chosen


def _types_of(row: ExportedDocument) -> tuple[str, ...]:
    if row.document.kind == "customer":
        return ("CUST",)
    return _OTHER_TYPES if row.kind == "reversal" else _TYPES.get(row.document.form, _OTHER_TYPES)


def _names(memos: Iterable[str], batch: ExportBatch) -> bool:
    mark = re.compile(rf"{re.escape(batch.mark)}(?!\d)")
    return any(mark.search(memo) for memo in memos)


def _message(failed: FailedRecord) -> str:
    return " ".join(failed.messages) or _NO_REASON


def _date_order(batch: ExportBatch) -> Any:
    return desktop_settings_of(batch.company).date_format
