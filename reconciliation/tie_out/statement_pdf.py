"""The statement of a tie-out as pages: what an accountant prints, signs and puts into the file of the period."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

from anyascii import anyascii
from django.contrib.staticfiles import finders
from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from fontTools.ttLib import woff2
from fpdf import FPDF
from fpdf.fonts import FontFace, TTFFont

from reconciliation.figures import figures
from reconciliation.models import TieOut, TieOutLine
from reconciliation.tie_out.account_rows import account_rows_of, is_explained
from reconciliation.tie_out.comparing import Reason, Row
from reconciliation.tie_out.run import rows_of
from reconciliation.tie_out.shown import ShownRow, kind_words
from reconciliation.tie_out.shown_accounts import ShownAccount
from reconciliation.tie_out.sign_off import MovedSum
from reconciliation.tie_out.statement import (
    account_names,
    account_notes,
    before_and_after,
    facts,
    moved_names,
    moved_totals,
    total_amounts,
    total_names,
)
from reconciliation.tie_out.words import AFTER, WORDS

#: Records of one reason that are printed; the workbook has every one.
MOST_OF_A_REASON = 100
#: Accounts that are printed; the workbook has every one.
MOST_ACCOUNTS = 200

_MARGIN = 36
#: Of the column of names beside the facts.
_NAMES = 130
_TEXT, _QUIET, _RULE, _HEAD = (31, 41, 55), (75, 85, 99), (209, 213, 219), (243, 244, 246)
_FONTS = {"": "Inter-Regular", "B": "Inter-SemiBold"}
#: Its log says once more, and in its own words, which signs the font lacks; they are written in Latin letters here.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class _Pages(FPDF):
    """Pages in the typeface of the screens, with what they belong to at the foot of each."""

    def __init__(self, foot: str, *, letter: bool) -> None:
        super().__init__(orientation="landscape", unit="pt", format="letter" if letter else "a4")
        for style, name in _FONTS.items():
            key = f"inter{style}"
            self.fonts[key] = TTFFont(self, BytesIO(_typeface(name)), key, style)  # type: ignore[arg-type]
        self._foot = foot
        typeface: Any = self.fonts["inter"]
        self._known = frozenset(typeface.ttfont.getBestCmap())
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 18)
        self.set_draw_color(*_RULE)
        self.add_page()

    def footer(self) -> None:
        """What the page belongs to, and which of how many it is."""
        self.set_y(-_MARGIN)
        self.in_type(7.5, color=_QUIET)
        self.cell(w=self.epw * 0.8, text=self.legible(self._foot))
        self.cell(w=self.epw * 0.2, text=f"{self.page_no()} / {{nb}}", align="R")

    def legible(self, text: str) -> str:
        """A text in signs that the typeface has; those of other scripts are written in Latin letters."""
        return "".join(sign if ord(sign) in self._known else anyascii(sign) for sign in text.replace("\n", " "))

    def paragraph(self, text: str, size: float = 9, *, bold: bool = False, quiet: bool = False, gap: float = 0) -> None:
        """A paragraph over the whole width, and a gap below it."""
        self.in_type(size, bold=bold, color=_QUIET if quiet else _TEXT)
        self.multi_cell(w=0, h=size * 1.4, text=self.legible(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(gap)

    def grid(self, names: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], right: range) -> None:
        """A table whose headings are repeated on each page; cells in `right` are set to the right."""
        self.in_type(7.5)
        align = tuple("RIGHT" if place in right else "LEFT" for place in range(len(names)))
        head = FontFace(emphasis="BOLD", color=_TEXT, fill_color=_HEAD)
        with self.table(
            borders_layout="HORIZONTAL_LINES", headings_style=head, col_widths=tuple(widths), text_align=align,
            line_height=10.5, padding=(2.5, 3), width=self.epw,
        ) as table:  # fmt: skip
            for cells in (names, *rows):
                row = table.row()
                for text in cells:
                    row.cell(self.legible(text))
        self.ln(12)

    def in_type(self, size: float, *, color: tuple[int, int, int] = _TEXT, bold: bool = False) -> None:
        """Write on in this size, weight and color."""
        self.set_font("Inter", "B" if bold else "", size)
        self.set_text_color(*color)


@cache
def _typeface(name: str) -> bytes:
    """A typeface of the screens, unpacked: that takes most of a second, and would be done for each statement."""
    unpacked = BytesIO()
    woff2.decompress(finders.find(f"unfold/fonts/inter/{name}.woff2"), unpacked)
    return unpacked.getvalue()


def statement_pdf(tie_out: TieOut, *, evidence: str = "") -> bytes:
    """The pages: who compared what and when, totals, what moved since signing, accounts, records by reason, signatures.

    Args:
        tie_out: A finished one.
        evidence: The hash of the period's newest evidence pack; empty where there is none.
    """
    period = _("%(first)s to %(last)s") % {"first": _day(tie_out.first), "last": _day(tie_out.last)}
    rows = rows_of(tie_out)
    pages = _Pages(
        f"{tie_out.company.name} · {_('Tie-out statement')} · {period}", letter=tie_out.company.home_currency == "USD"
    )
    pages.paragraph(_("Tie-out statement"), 18, bold=True)
    pages.paragraph(f"{tie_out.company.name}, {period}", 11, quiet=True, gap=10)
    pages.paragraph(_verdict(tie_out, explained=is_explained(rows, account_rows_of(tie_out))), 10, bold=True, gap=8)
    _facts(pages, tie_out, evidence)
    pages.paragraph(_("From the source to QuickBooks"), 11, bold=True, gap=4)
    names = total_names()
    amounts = range(2, len(names))
    pages.grid(names, _totals(rows), (18, 8, *(11 for _amount in amounts)), amounts)
    _moved(pages, tie_out)
    _accounts(pages, tie_out)
    _records(pages, tie_out)
    _signatures(pages)
    return bytes(pages.output())


def _verdict(tie_out: TieOut, *, explained: bool) -> str:
    if not explained:
        return _("There is money in this period that no record explains.")
    if not tie_out.differing:
        return _("Every record matches, to the cent.")
    return ngettext(
        "%(number)s record differs. Every cent is explained.",
        "%(number)s records differ. Every cent is explained.",
        tie_out.differing,
    ) % {"number": tie_out.differing}


def _facts(pages: _Pages, tie_out: TieOut, evidence: str) -> None:
    """Name and value of each, one below the other."""
    for name, value in facts(tie_out, evidence):
        pages.in_type(8.5, color=_QUIET)
        pages.cell(w=_NAMES, h=13, text=pages.legible(name))
        pages.in_type(8.5)
        pages.multi_cell(w=0, h=13, text=pages.legible(str(value)), align="L", new_x="LMARGIN", new_y="NEXT")
    pages.ln(12)


def _totals(rows: Sequence[Row]) -> Iterator[list[str]]:
    for shown in map(ShownRow.of, rows):
        yield [shown.title, shown.currency, *(figures(amount, shown.currency) for amount in total_amounts(shown))]


def _moved(pages: _Pages, tie_out: TieOut) -> None:
    moved = moved_totals(tie_out)
    if moved:
        pages.grid(moved_names(), map(_moved_cells, moved), (40, 10, 16, 16, 16), range(2, 5))


def _moved_cells(total: MovedSum) -> list[str]:
    amounts = (total.signed, total.now, total.moved)
    return [total.title, total.currency, *(figures(amount, total.currency) for amount in amounts)]


def _accounts(pages: _Pages, tie_out: TieOut) -> None:
    """What is moved on each account, from what should be in QuickBooks to what is."""
    if pages.will_page_break(80):
        pages.add_page()
    pages.paragraph(_("By account"), 11, bold=True, gap=2)
    for sentence in account_notes(tie_out):
        pages.paragraph(sentence, 8.5, quiet=True)
    pages.ln(4)
    rows = account_rows_of(tie_out)
    if rows:
        names = account_names([str(column.title) for column in AFTER])
        amounts = range(2, len(names))
        widths = (40, 8, *(14 for _amount in amounts))
        pages.grid(names, map(_account_cells, map(ShownAccount.of, rows[:MOST_ACCOUNTS])), widths, amounts)
    if len(rows) > MOST_ACCOUNTS:
        more = _("%(number)s more are in the Excel statement.") % {"number": len(rows) - MOST_ACCOUNTS}
        pages.paragraph(more, 8.5, quiet=True, gap=10)


def _account_cells(row: ShownAccount) -> list[str]:
    amounts = (row.should, *(figure.amount for figure in row.after), row.there, row.unexplained)
    return [row.title, row.currency, *(figures(amount, row.currency) for amount in amounts)]


def _records(pages: _Pages, tie_out: TieOut) -> None:
    """The records that differ, those of one reason under what the reason is called and what a person does about it."""
    names = [
        _("Number"), _("Kind"), _("Customer"), _("Date"), _("Currency"), _("Source"), _("Should be in QuickBooks"),
        _("Is in QuickBooks"), _("Before and after"),
    ]  # fmt: skip
    counts = dict(tie_out.lines.order_by().values_list("reason").annotate(Count("pk")))
    for reason in (reason for reason in Reason if reason in counts):
        words, count = WORDS[reason], counts[reason]
        if pages.will_page_break(80):
            pages.add_page()
        pages.paragraph(f"{words.title} · {count}", 11, bold=True)
        pages.paragraph(str(words.action), 8.5, quiet=True, gap=4)
        lines = tie_out.lines.filter(reason=reason).order_by("pk")[:MOST_OF_A_REASON]
        pages.grid(names, map(_record, lines), (10, 11, 17, 10, 8, 11, 11, 11, 28), range(5, 8))
        if count > MOST_OF_A_REASON:
            more = _("%(number)s more are in the Excel statement.") % {"number": count - MOST_OF_A_REASON}
            pages.paragraph(more, 8.5, quiet=True, gap=10)


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _record(line: TieOutLine) -> list[str]:
    amounts = (figures(amount, line.currency) for amount in (line.source, line.should, line.there))
    return [
        line.label, kind_words(line.kind), line.customer_name, _day(line.dated), line.currency, *amounts,
        before_and_after(line),
    ]  # fmt: skip


def _signatures(pages: _Pages) -> None:
    """Two lines to sign on, for those who keep paper."""
    if pages.will_page_break(70):
        pages.add_page()
    pages.ln(34)
    half = pages.epw / 2 - 12
    top = pages.get_y()
    for place, name in enumerate((_("Prepared by, date"), _("Reviewed by, date"))):
        left = pages.l_margin + place * (half + 24)
        pages.set_draw_color(*_TEXT)
        pages.line(left, top, left + half, top)
        pages.set_xy(left, top + 3)
        pages.in_type(8, color=_QUIET)
        pages.cell(w=half, h=12, text=pages.legible(name))
