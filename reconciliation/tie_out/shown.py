"""How is a tie-out shown: the figures of its table, and the records behind a figure?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from books.documents import KINDS, JournalEntry
from books.money import ZERO
from books.posted_document import THE_DATE
from companies.models import Company
from reconciliation.models import TieOut, TieOutLine
from reconciliation.tie_out.comparing import DECIDED_BY_A_PERSON, INSTEAD, Reason, Row
from reconciliation.tie_out.deciding import issues_of
from reconciliation.tie_out.shown_accounts import account_of, reasons_by_account
from reconciliation.tie_out.words import AFTER, BEFORE, WORDS, ColumnSum, ReasonColumn, ReasonWords
from sync.quickbooks_online.addresses import link_into_quickbooks
from sync.quickbooks_online.login import quickbooks_of


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A kind of record in one currency, from the source's total to QuickBooks'."""

    kind: str
    title: str
    currency: str
    records: int
    source: Decimal
    before: tuple[ColumnSum, ...]
    should: Decimal
    after: tuple[ColumnSum, ...]
    there: Decimal
    unexplained: Decimal

    @property
    def query(self) -> str:
        """What an address says of it."""
        return urlencode({"kind": self.kind, "currency": self.currency})

    @classmethod
    def of(cls, row: Row, before: Iterable[ReasonColumn] = BEFORE) -> ShownRow:
        """The figures of a row, with these columns before what should be in QuickBooks."""
        return cls(
            kind=row.kind,
            title=kind_words(row.kind),
            currency=row.currency,
            records=sum(part.records for reason, part in row.sums.items() if reason is not Reason.ENTERED_THERE),
            source=row.source,
            before=tuple(_figure(row, column, before=True) for column in before),
            should=row.should,
            after=tuple(_figure(row, column, before=False) for column in AFTER),
            there=row.read,
            unexplained=row.unexplained,
        )


def _figure(row: Row, column: ReasonColumn, *, before: bool) -> ColumnSum:
    parts = [row.sums[reason] for reason in column.reasons if reason in row.sums]
    moved = ((part.should - part.source) if before else (part.there - part.should) for part in parts)
    return ColumnSum(column=column, amount=sum(moved, ZERO), records=sum(part.told for part in parts))


def kind_words(kind: str) -> str:
    """A kind of record in words; a journal entry of others has no kind of its own."""
    return _(JournalEntry.title) if kind == JournalEntry.kind else _(KINDS.get(kind, kind))


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """A record that does not match, with its reason in words and the links to both sides."""

    line: TieOutLine
    kind: str
    words: ReasonWords
    differences: tuple[tuple[str, str, str], ...]
    in_quickbooks: str
    #: The issue that asks which version counts; None where nothing is to be decided.
    issue: int | None
    #: How much more QuickBooks moves on the account that was asked for than it should, debit positive.
    on_account: Decimal


def lines_of(
    tie_out: TieOut, *, column: ReasonColumn | None, kind: str, currency: str, account: str = ""
) -> QuerySet[TieOutLine]:
    """The records that do not match; only those behind one figure where it is named. Others' entries are asked for.

    Args:
        tie_out: Whose they are.
        column: Of the figure; None for all but what others entered.
        kind: Of the figure's row; empty for all.
        currency: Of the figure's row; empty for all.
        account: Of the figure's row, as an address has it; only records that QuickBooks has otherwise on it.
    """
    lines = tie_out.lines.select_related("document")
    reasons = column and (reasons_by_account(column) if account else column.reasons)
    lines = lines.filter(_of(reasons)) if reasons else lines.exclude(reason=Reason.ENTERED_THERE)
    named = {name: value for name, value in (("kind", kind), ("currency", currency)) if value}
    if account:
        named["moved__has_key"] = account_of(account)
    return lines.filter(**named)


def _of(reasons: Collection[Reason]) -> Q:
    """Lines of these reasons, and those that had one of them before they were changed again."""
    settled = [reason for reason in reasons if reason in INSTEAD]
    return Q(reason__in=reasons) | Q(settled__in=settled) if settled else Q(reason__in=reasons)


def shown_lines(company: Company, lines: Iterable[TieOutLine], account: str = "") -> list[ShownLine]:
    """The lines of one page, each with what it moves on an account, named as an address has it."""
    connection = quickbooks_of(company)
    realm = connection.external_id if connection else ""
    rows = list(lines)
    issues = issues_of(company, (line.document_id for line in rows if line.document_id))
    return [
        ShownLine(
            line=line,
            kind=kind_words(line.kind),
            words=WORDS[Reason(line.reason)],
            differences=tuple(_shown(difference) for difference in line.differences),
            in_quickbooks=link_into_quickbooks(company, line.form, line.quickbooks_id, realm=realm)
            if line.form and realm
            else "",
            issue=issues.get(line.document_id or 0) if Reason(line.reason) in DECIDED_BY_A_PERSON else None,
            on_account=Decimal(line.moved.get(account_of(account), 0)),
        )
        for line in rows
    ]


def _shown(difference: dict[str, str]) -> tuple[str, str, str]:
    """What differs, as posted and as it is now; days as the company writes them."""
    ours, theirs = difference["ours"], difference["theirs"]
    if difference["what"] == THE_DATE:
        ours, theirs = (date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT") for day in (ours, theirs))
    return _(difference["what"]), ours, theirs
