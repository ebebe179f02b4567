"""The statement of a tie-out as a workbook, which an accountant puts into the file of the period."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from books.cells import guarded_cell
from books.money import ZERO, money_text, rounded
from reconciliation.models import TieOut, TieOutLine
from reconciliation.tie_out.account_rows import account_rows_of
from reconciliation.tie_out.comparing import Reason
from reconciliation.tie_out.run import rows_of
from reconciliation.tie_out.shown import ShownRow, kind_words
from reconciliation.tie_out.shown_accounts import account_words, without_accounts
from reconciliation.tie_out.sign_off import MovedSum, moved_since, standing_sign_off
from reconciliation.tie_out.words import AFTER, BEFORE, WORDS

_AT_ONCE = 1000
_WIDTHS = (16, 14, 28, 12, 12, 16, 16, 16, 34, 60)

Value = str | int | Decimal


def statement(tie_out: TieOut, *, evidence: str = "") -> bytes:
    """The workbook: what was compared and by whom, totals, accounts, and every record that differs with its reason.

    Texts cannot become formulas, and amounts are numbers with the decimals of their currency.

    Args:
        tie_out: A finished one.
        evidence: The hash of the period's newest evidence pack; empty where there is none.
    """
    book = Workbook(write_only=True)
    totals = book.create_sheet(_("Totals"))
    _widen(totals, (34, 10, *[18] * 8))
    for fact in facts(tie_out, evidence):
        _write(totals, fact)
    moved = moved_totals(tie_out)
    if moved:
        _write(totals, [])
        _write(totals, moved_names(), bold=True)
    for total in moved:
        amounts = (total.signed, total.now, total.moved)
        _write(totals, [total.title, total.currency, *(rounded(amount, total.currency) for amount in amounts)])
    _write(totals, [])
    _write(totals, total_names(), bold=True)
    for row in rows_of(tie_out):
        shown = ShownRow.of(row)
        _write(totals, [shown.title, shown.currency, *(rounded(part, shown.currency) for part in total_amounts(shown))])
    accounts = book.create_sheet(_("By account"))
    _widen(accounts, (44, 10, *[18] * 8))
    _write_accounts(accounts, tie_out)
    records = book.create_sheet(_("Records that differ"))
    _widen(records, _WIDTHS)
    _write(records, _record_names(), bold=True)
    for line in _record_rows(tie_out):
        _write(records, line)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _write_accounts(sheet: WriteOnlyWorksheet, tie_out: TieOut) -> None:
    """Every account with every reason that moves one of them."""
    for sentence in account_notes(tie_out):
        _write(sheet, [sentence])
    rows = account_rows_of(tie_out)
    reasons = [reason for reason in Reason if any(reason in row.explained for row in rows)]
    _write(sheet, [])
    _write(sheet, account_names([str(WORDS[reason].title) for reason in reasons]), bold=True)
    for row in rows:
        explained = row.explained
        amounts = [row.should, *(explained.get(reason, ZERO) for reason in reasons), row.read, row.unexplained]
        title = account_words(row.account, row.name)
        _write(sheet, [title, row.currency, *(rounded(amount, row.currency) for amount in amounts)])


def account_notes(tie_out: TieOut) -> Iterator[str]:
    """What is to be known about the accounts of a statement: what they are, and what has none yet."""
    if tie_out.read_by_account is None:
        yield _("This tie-out was made before accounts were kept. Run it again to see them.")
        return
    yield _("What the records move on each account, debit positive.")
    for blocked in without_accounts(rows_of(tie_out)):
        yield ngettext(
            "%(number)s record is blocked and has no accounts yet: %(amount)s",
            "%(number)s records are blocked and have no accounts yet: %(amount)s",
            blocked.records,
        ) % {"number": blocked.records, "amount": money_text(blocked.amount, blocked.currency)}


def account_names(between: Sequence[str]) -> list[str]:
    """The headings of accounts, from what should be in QuickBooks to what is, with those of the reasons between."""
    return [
        _("Account"), _("Currency"), _("Should be in QuickBooks"), *between, _("Is in QuickBooks"), _("Unexplained"),
    ]  # fmt: skip


def facts(tie_out: TieOut, evidence: str) -> Iterator[tuple[str, str | int]]:
    """What was compared, when and by whom, who signed it, and the hash of its evidence; each with its name."""
    yield _("Company"), tie_out.company.name
    yield _("Period"), f"{tie_out.first.isoformat()} – {tie_out.last.isoformat()}"
    yield _("Read from QuickBooks"), _minute(tie_out, tie_out.finished_at or tie_out.started_at)
    yield _("Started by"), str(tie_out.by or _("System"))
    yield _("Records"), tie_out.records
    yield _("Matching"), tie_out.matching
    yield _("Kept as in QuickBooks"), tie_out.kept
    sign_off = standing_sign_off(tie_out)
    if sign_off is not None:
        yield _("Signed off by"), sign_off.name
        yield _("Signed off"), _minute(tie_out, sign_off.at)
        yield _("Note"), sign_off.note or "—"
    if evidence:
        yield _("Hash of the evidence pack"), evidence


def _minute(tie_out: TieOut, at: datetime) -> str:
    return f"{timezone.localtime(at, tie_out.company.zone):%Y-%m-%d %H:%M} {tie_out.company.time_zone}"


def moved_totals(tie_out: TieOut) -> list[MovedSum]:
    """What was signed beside what this tie-out found, where they are two."""
    sign_off = standing_sign_off(tie_out)
    if sign_off is None or sign_off.tie_out_id == tie_out.pk:
        return []
    return moved_since(sign_off, rows_of(tie_out))


def moved_names() -> list[str]:
    """The headings of what moved since the period was signed off."""
    return [
        _("Changed since it was signed off"), _("Currency"), _("As signed off"), _("In this tie-out"), _("Moved"),
    ]  # fmt: skip


def total_names() -> list[str]:
    """The headings of the totals, from the source to QuickBooks."""
    before, after = ([str(column.title) for column in columns] for columns in (BEFORE, AFTER))
    return [
        _("Kind"), _("Currency"), _("Source"), *before, _("Should be in QuickBooks"), *after, _("Is in QuickBooks"),
        _("Unexplained"),
    ]  # fmt: skip


def total_amounts(row: ShownRow) -> tuple[Decimal, ...]:
    """The amounts of a kind, in the order of the headings."""
    return (
        row.source,
        *(figure.amount for figure in row.before),
        row.should,
        *(figure.amount for figure in row.after),
        row.there,
        row.unexplained,
    )


def _record_names() -> list[Value]:
    return [
        _("Kind"), _("Number"), _("Customer"), _("Date"), _("Currency"), _("Source"), _("Should be in QuickBooks"),
        _("Is in QuickBooks"), _("Reason"), _("Before and after"),
    ]  # fmt: skip


def _record_rows(tie_out: TieOut) -> Iterator[list[Value]]:
    lines = tie_out.lines.order_by("pk")
    for line in lines.iterator(chunk_size=_AT_ONCE):
        amounts = (rounded(amount, line.currency) for amount in (line.source, line.should, line.there))
        yield [
            kind_words(line.kind), line.label, line.customer_name, line.dated.isoformat(), line.currency, *amounts,
            str(WORDS[Reason(line.reason)].title), before_and_after(line),
        ]  # fmt: skip


def before_and_after(line: TieOutLine) -> str:
    """What differs, as it was posted and as it is in QuickBooks."""
    return "; ".join(f"{_(change['what'])}: {change['ours']} → {change['theirs']}" for change in line.differences)


def _widen(sheet: WriteOnlyWorksheet, widths: Sequence[int]) -> None:
    for place, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + place)].width = width  # type: ignore[attr-defined]  # stubs lack it


def _write(sheet: WriteOnlyWorksheet, values: Sequence[Value], *, bold: bool = False) -> None:
    cells = []
    for value in values:
        cell = WriteOnlyCell(sheet, guarded_cell(value))  # type: ignore[arg-type]  # stubs know no Decimal
        if isinstance(value, Decimal):
            cell.number_format = _format_of(value)
        if bold:
            cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)


def _format_of(amount: Decimal) -> str:
    """With the decimals of its currency, thousands apart, and red below zero."""
    places = -int(amount.as_tuple().exponent)
    figures = f"#,##0.{'0' * places}" if places > 0 else "#,##0"
    return f"{figures};[Red]-{figures}"
