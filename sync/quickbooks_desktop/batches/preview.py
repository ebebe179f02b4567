"""What would the next file hold? Every block as debits and credits, and what of it cannot be written yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from books.documents import NewCustomer, Posting
from books.money import ZERO, total
from books.translation import Translate
from companies.models import Company
from sync.models import BatchKind, Document
from sync.quickbooks_desktop.batches.create_batch import in_file_order
from sync.quickbooks_desktop.batches.exportable import exportable, left_behind, to_prepare
from sync.quickbooks_desktop.batches.spool import FileWriter, Written

#: More documents than this are counted, and not written on trial for a page.
MOST_ON_TRIAL = 1000


@dataclass(frozen=True, kw_only=True)
class PreviewBlock:
    """One document as it would be written."""

    row: Document
    postings: tuple[Posting, ...]
    #: Why it cannot be written; empty when it can.
    left_out: str = ""

    @property
    def debits(self) -> Decimal:
        """What all debits add up to."""
        return total(posting.debit for posting in self.postings)

    @property
    def credits(self) -> Decimal:
        """What all credits add up to."""
        return total(posting.credit for posting in self.postings)


@dataclass(frozen=True, kw_only=True)
class ExportPreview:
    """What a file of a period would hold."""

    #: New customers aside, as everywhere.
    number: int
    #: By kind of document, new customers too, and currency: how many, and their sum in that currency.
    kinds: tuple[tuple[str, str, int, Decimal], ...]
    #: Ready within the period, and kept back by what they need.
    left_behind: int
    #: Orders that are prepared again when a file is made; what becomes of them is not counted here.
    to_prepare: int
    #: What was written on trial; None where there are too many documents for a page.
    written: Written | None

    @property
    def accounts(self) -> list[tuple[str, Decimal, Decimal]]:
        """Debits and credits by account."""
        if self.written is None:
            return []
        debits, credits = self.written.debits, self.written.credits
        return [(path, debits.get(path, ZERO), credits.get(path, ZERO)) for path in sorted({*debits, *credits})]

    @property
    def debits(self) -> Decimal:
        """The sum of all debits."""
        return total(debit for _path, debit, _credit in self.accounts)

    @property
    def credits(self) -> Decimal:
        """The sum of all credits."""
        return total(credit for _path, _debit, credit in self.accounts)


def preview(company: Company, *, since: date | None = None, until: date | None = None) -> ExportPreview:
    """Count what would go, and write it on trial where that is quick."""
    rows = exportable(company, since=since, until=until)
    groups = rows.order_by("kind", "currency").values_list("kind", "currency")
    counted = groups.annotate(number=Count("pk"), money=Sum("total"))
    kinds = tuple((kind, currency, number, money or ZERO) for kind, currency, number, money in counted)
    number = sum(count for kind, _currency, count, _money in kinds if kind != NewCustomer.kind)
    written = None if number > MOST_ON_TRIAL else _on_trial(company, since=since, until=until)
    behind = left_behind(company, since=since, until=until)
    waiting = to_prepare(company)
    return ExportPreview(number=number, kinds=kinds, left_behind=behind, to_prepare=waiting, written=written)


def blocks(company: Company, rows: list[Document], translate: Translate = str) -> Iterator[PreviewBlock]:
    """Some documents as debits and credits, each with the reason why it cannot be written, if there is one."""
    with FileWriter(company, kind=BatchKind.LIVE, batch="0") as writer:
        for placed in writer.write(rows):
            why = "" if isinstance(placed.put, str) else placed.put.message.worded(translate)
            postings = placed.record.document.postings if placed.record else ()
            yield PreviewBlock(row=placed.row, postings=postings, left_out=why)


def _on_trial(company: Company, *, since: date | None, until: date | None) -> Written:
    with FileWriter(company, kind=BatchKind.LIVE, batch="0") as writer:
        rows = exportable(company, since=since, until=until)
        for documents in in_file_order(rows):
            for _placed in writer.write(documents):
                pass  # what it counts is what is asked for
        return writer.written
