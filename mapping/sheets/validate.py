"""What would each row of a sheet change, and what is wrong with it? Nothing is saved here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from books.outside.spoiled import Spoiled
from companies.models import Company
from mapping.company_lists import CompanyLists
from mapping.decision_fields import DecisionField
from mapping.matching.names import Suggestion
from mapping.models import Product
from mapping.name_checks import CheckedName
from mapping.shared_skus import shared_skus
from mapping.sheets.kinds import (
    KINDS,
    NAME,
    NO,
    PRODUCTS,
    SKU_GIVEN,
    VERSION,
    YES,
    SheetKind,
    SheetLine,
    cell_of,
    choices_of,
    is_version,
)
from mapping.sheets.workbook import Sheet, SheetRow, UnreadableSheet

_TRUE, _FALSE = ("yes", "true", "1"), ("no", "false", "0", "")


@dataclass(frozen=True, kw_only=True)
class CellError:
    """Why one cell of a row, or the row itself, cannot be saved."""

    #: Empty for the whole row.
    column: str = ""
    #: In the reader's language.
    words: str
    #: Names that were perhaps meant.
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(kw_only=True)
class RowReport:
    """What one row of a sheet would do, or why it cannot."""

    #: The sheet's name; empty where there is only one.
    sheet: str
    #: As the spreadsheet program numbers it.
    number: int
    #: The product, line type or posting account.
    name: str
    #: By column: what is stored now and what the sheet makes of it.
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    #: Column and sentence, for texts that were corrected.
    corrections: list[tuple[str, str]] = field(default_factory=list)
    #: Column (empty for the whole row) and sentence, for what should be known.
    warnings: list[tuple[str, str]] = field(default_factory=list)
    #: The row of ours, and what its fields are to say; nothing where there is an error.
    line: SheetLine | None = None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def offers(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Every error with the names that were perhaps meant, each with the answer that one click on it sends."""
        return [
            (
                error.column,
                error.words,
                [
                    (suggestion.text, json.dumps([self.sheet, self.number, error.column, suggestion.text]))
                    for suggestion in error.suggestions
                ],
            )
            for error in self.errors
        ]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A sheet, and the kind of decisions that it holds."""

    kind: SheetKind
    sheet: Sheet


def parts_of(sheets: Sequence[Sheet]) -> tuple[list[Part], list[str]]:
    """Tell what each sheet holds; also the names of those that hold no decisions and are left aside.

    Raises:
        UnreadableSheet: None holds decisions, two hold the same kind, or one lacks a column or has no row.
    """
    parts, aside = [], []
    for sheet in sheets:
        kind = next((candidate for candidate in KINDS if set(candidate.keys) <= set(sheet.columns)), None)
        if kind:
            parts.append(Part(kind=kind, sheet=sheet))
        else:
            aside.append(sheet.title)
    if not parts:
        raise _missing(sheets[0], PRODUCTS.keys)
    for part in parts:
        _check(part, parts)
    return parts, aside


def _check(part: Part, parts: Sequence[Part]) -> None:
    if sum(other.kind is part.kind for other in parts) > 1:
        raise UnreadableSheet(_("Two sheets of the workbook hold “%(kind)s”.") % {"kind": part.kind.title})
    if not set(part.kind.decided) & set(part.sheet.columns):
        raise _missing(part.sheet, part.kind.decided)
    if not part.sheet.rows and len(parts) == 1:
        raise UnreadableSheet(_("The sheet has a header and no rows."))


def _missing(sheet: Sheet, columns: Sequence[str]) -> UnreadableSheet:
    missing = next(column for column in columns if column not in sheet.columns)
    sentence = _("The sheet has no column “%(missing)s”. It has: %(found)s.")
    return UnreadableSheet(sentence % {"missing": missing, "found": ", ".join(filter(None, sheet.columns))})


def judge(company: Company, parts: Sequence[Part]) -> list[RowReport]:
    """What the sheets would do, row by row; a fixed number of queries for any number of rows."""
    lists = CompanyLists(company)
    found = [report for part in parts for report in Judge(company, part, lists).reports(part.sheet.rows)]
    _refuse_shared_skus(company, found)
    return found


def _refuse_shared_skus(company: Company, reports: Sequence[RowReport]) -> None:
    """An SKU that another active product of the source has, or gets from another row, is an error of its row."""
    changing = [report for report in reports if SKU_GIVEN in report.values and report.line]
    would: list[Product] = []
    for report in changing:
        assert report.line is not None
        product = copy(report.line.row)
        product.sku_given = report.values[SKU_GIVEN]
        would.append(product)
    faults = shared_skus(company, would)
    for report, product in zip(changing, would, strict=True):
        if words := faults.get((product.system, product.source_key)):
            report.errors.append(CellError(column=SKU_GIVEN, words=words))
            report.changes, report.values = [], {}


class Judge:
    """Compares one sheet with the stored decisions."""

    def __init__(self, company: Company, part: Part, lists: CompanyLists) -> None:
        self._company, self._kind, self._title, self._lists = company, part.kind, part.sheet.title, lists
        self._lines = {line.key: line for line in part.kind.lines(company)}
        self._seen: dict[tuple[str, ...], int] = {}
        self._found: dict[tuple[str, DecisionField], CheckedName] = {}

    def reports(self, rows: Iterable[SheetRow]) -> Iterator[RowReport]:
        """What each row would do. No two of them may be about the same."""
        self._seen.clear()
        for row in rows:
            yield self._report(row)

    def _report(self, row: SheetRow) -> RowReport:
        key = tuple(row.cells.get(column, "").strip() for column in self._kind.keys)
        report = RowReport(sheet=self._title, number=row.number, name=row.cells.get(NAME, "") or key[-1])
        if row.too_long:  # its cells are in the wrong columns, so whatever else is said about them is wrong
            sentence = _("The row has more cells than the header has columns: is a comma in a name without quotes?")
            report.errors.append(CellError(words=sentence))
            return report
        report.errors += self._key_faults(key, row)
        line = self._lines.get(key)
        self._seen.setdefault(key, row.number)
        self._judge_cells(row, line, report)
        if line and not report.errors:
            report.name, report.line = line.name, line
            self._compare(row, line, report)
        return report

    def _key_faults(self, key: tuple[str, ...], row: SheetRow) -> Iterator[CellError]:
        done = {column: words for column in self._kind.keys if (words := words_for(row, column))}
        missing = [column for column, text in zip(self._kind.keys, key, strict=True) if not text]
        if missing:
            yield from (CellError(column=column, words=_("The cell is empty.")) for column in missing)
        elif key in self._seen:
            where = {"what": _(self._kind.row), "row": self._seen[key]}
            yield CellError(words=_("The same %(what)s is in row %(row)d already.") % where)
        elif key not in self._lines and done:
            yield from (CellError(column=column, words=words) for column, words in done.items())
        elif key not in self._lines:
            facts = {"first": key[0], "last": key[-1], "known": self._known_names}
            yield CellError(column=self._kind.keys[-1], words=_(self._kind.unknown) % facts)

    @cached_property
    def _known_names(self) -> str:
        """The names of all lines, where the sentence about an unknown one gives them."""
        return ", ".join(line.name for line in self._lines.values()) if "%(known)s" in self._kind.unknown else ""

    # Cells -----------------------------------------------------------------------------------------------------------

    def _judge_cells(self, row: SheetRow, line: SheetLine | None, report: RowReport) -> None:
        decisions = line.decisions if line else self._decisions
        for column, decision in decisions.items():
            if column not in row.cells:
                continue
            text = row.cells[column]
            if row.spoiled.get(column) in (Spoiled.ERROR, Spoiled.FORMULA):
                report.errors.append(CellError(column=column, words=words_for(row, column)))
            elif decision.is_text and (words := words_for(row, column)):
                report.errors.append(CellError(column=column, words=words))
            elif decision.undecided:
                self._judge_choice(text, column, decision, line, report)
            elif decision.names_something or decision.choices or decision.is_text:
                self._judge_name(row, column, decision, line, report)
            else:
                self._judge_switch(text, column, report)
        version = row.cells.get(VERSION, "").strip()
        if version and not is_version(version):
            sentence = _("“%(text)s” is not what was exported. Leave the cell as it was, or empty it.")
            report.errors.append(CellError(column=VERSION, words=sentence % {"text": version}))

    @cached_property
    def _decisions(self) -> dict[str, DecisionField]:
        """What the cells of a row with an unknown key are judged by, where all rows are judged alike."""
        kinds = [dict(line.decisions) for line in self._lines.values()]
        return kinds[0] if kinds and all(kind == kinds[0] for kind in kinds) else {}

    def _judge_name(
        self, row: SheetRow, column: str, decision: DecisionField, line: SheetLine | None, report: RowReport
    ) -> None:
        finding = self._checked(row.cells[column], decision)
        stored = str(line.value(column)) if line else ""
        if finding.error and finding.text == stored:
            # A name that is stored already is not refused, as in the forms; it is remarked on
            report.warnings.append((column, finding.error))
        elif finding.error:
            words = words_for(row, column)
            suggestions = () if words else finding.suggestions
            report.errors.append(CellError(column=column, words=words or finding.error, suggestions=suggestions))
        else:
            report.corrections += [(column, finding.correction)] if finding.correction else []
            report.warnings += [(column, finding.warning)] if finding.warning else []
        report.values[column] = finding.text

    def _checked(self, text: str, decision: DecisionField) -> CheckedName:
        known = (text, decision)
        if known not in self._found:
            self._found[known] = decision.check(text, self._lists)
        return self._found[known]

    def _judge_switch(self, text: str, column: str, report: RowReport) -> None:
        word = text.strip().casefold()
        if word not in (*_TRUE, *_FALSE):
            sentence = _("“%(text)s” is neither %(yes)s nor %(no)s.")
            report.errors.append(CellError(column=column, words=sentence % {"text": text, "yes": YES, "no": NO}))
        report.values[column] = word in _TRUE

    def _judge_choice(
        self, text: str, column: str, decision: DecisionField, line: SheetLine | None, report: RowReport
    ) -> None:
        """One of some words; what was decided once keeps a meaning."""
        words = choices_of(decision)
        values = {word.casefold(): value for value, word in words.items()}
        value = values.get(text.partition(":")[0].strip().casefold() or words[decision.undecided].casefold())
        stored = line.value(column) if line else decision.undecided
        if value is None or (value == decision.undecided and value != stored):
            offered = [word for meaning, word in words.items() if meaning != decision.undecided]
            sentence = _("“%(text)s” is not a meaning. Enter one of: %(words)s.")
            fault = sentence % {"text": text, "words": ", ".join(offered)}
            report.errors.append(CellError(column=column, words=fault))
        elif value != stored and decision.note:
            report.warnings.append((column, _(decision.note)))
        report.values[column] = value

    # The row as a whole ----------------------------------------------------------------------------------------------

    def _compare(self, row: SheetRow, line: SheetLine, report: RowReport) -> None:
        changes = [
            (column, line.cell(column), cell_of(value, line.decisions[column]))
            for column, value in report.values.items()
            if value != line.value(column)
        ]
        exported = row.cells.get(VERSION, "").strip()
        if changes and exported and exported != line.version:
            changes = self._late(row, line, exported, report)
        report.changes = changes
        if not changes:
            report.values = {}

    def _late(self, row: SheetRow, line: SheetLine, exported: str, report: RowReport) -> list[tuple[str, str, str]]:
        """The row was changed with us after the export: what the sheet did not touch stays, what it did is refused."""
        who = _who_changed(self._company, line)
        if line.version_with(row.cells) == exported:
            sentence = _("Changed after the export, and not in the sheet: it stays as it is now. %(who)s")
            report.warnings.append(("", (sentence % {"who": who}).strip()))
        else:
            sentence = _(
                "Changed after the sheet was exported, so it is not overwritten. %(who)s Export again, or empty the "
                "cell “%(column)s” to overwrite it."
            )
            report.errors.append(CellError(words=sentence % {"who": who, "column": VERSION}))
        return []


def words_for(row: SheetRow, column: str) -> str:
    """What a spreadsheet program has done to a cell, in the reader's language; empty for a good one."""
    text = row.cells.get(column, "").strip()
    match row.spoiled.get(column):
        case None:
            return ""
        case Spoiled.ERROR:
            sentence = _("The cell holds the spreadsheet error %(text)s. Correct it, or write the text itself.")
        case Spoiled.FORMULA:
            return _(
                "The cell holds a formula that was not calculated. Open and save the sheet, or write the text itself."
            )
        case Spoiled.BOOLEAN:
            sentence = _("The spreadsheet has a yes or no here (%(text)s) where a text is meant. Write the text.")
        case Spoiled.SHORTENED:
            sentence = _(
                "“%(text)s” was shortened by a spreadsheet; the whole number is lost. Export again, and keep the "
                "column as text when you open the file."
            )
        case Spoiled.DATE:
            sentence = _(
                "There is a date (%(text)s) where a text is meant; a spreadsheet turned it into one. Write it again in "
                "a cell formatted as text."
            )
    return sentence % {"text": text}


def _who_changed(company: Company, line: SheetLine) -> str:
    """Who changed this line last, when, and what it says now; empty where no history tells."""
    record = line.row.history.order_by("-history_id").select_related("history_user").first() if line.row.pk else None
    if record is None:
        return ""
    moment = timezone.localtime(record.history_date, company.zone)
    facts = {
        "who": record.history_user or _("System"),
        "when": date_format(moment, "SHORT_DATETIME_FORMAT"),
        "now": "; ".join(f"{column}: {line.cell(column) or '–'}" for column in line.decisions),
    }
    return _("%(who)s, %(when)s. It says now: %(now)s.") % facts
