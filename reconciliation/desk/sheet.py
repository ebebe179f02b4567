"""The links of customers, out to a spreadsheet and in again: what each row would change, or why it cannot."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import openpyxl
from django.utils.translation import gettext as _

from books.cells import guarded
from books.money import money_text
from companies.bulk_sql import chunks
from companies.forms.base import who_changed
from companies.models import Company
from mapping.kept_suggestions import kept_of
from mapping.models import QuickBooksCustomer, SourceCustomer
from mapping.sheets.validate import words_for
from mapping.sheets.workbook import Sheet, SheetRow, UnreadableSheet
from reconciliation.desk.queue import customers_of, waiting
from reconciliation.desk.settle import MatchAnswer, seen_of
from reconciliation.models import Issue

SOURCE, KEY, NAME, EMAIL, WAITS = "Source", "Customer ID in source", "Name", "Email", "Waits"
FOUND, SUGGESTION, REASONS, VERSION = "QuickBooks customer", "Suggestion", "Reasons", "Version"
#: In the order of the export; sheets speak English, because they are read again by their words.
COLUMNS = (SOURCE, KEY, NAME, EMAIL, WAITS, FOUND, SUGGESTION, REASONS, VERSION)
_READ = (SOURCE, KEY, FOUND)
_AT_ONCE = 500
#: So many customers of the source fit on a sheet that can be read again.
MOST_ROWS = 20_000


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """What one row of a sheet would do."""

    number: int
    name: str
    before: str = ""
    after: str = ""
    #: Why it is refused; empty where it is not.
    error: str = ""
    answer: MatchAnswer | None = None


def exported(company: Company, *, every: bool) -> Iterator[list[str]]:
    """The rows of the sheet, its header first: those who wait, the most money first, or every customer."""
    yield list(COLUMNS)
    issues = list(waiting(company).order_by("-money", "-pk")[:MOST_ROWS])
    mine = customers_of(company, issues)
    by_customer = {mine[issue.pk].pk: issue for issue in issues if issue.pk in mine}
    if every:
        rows = SourceCustomer.objects.filter(company=company).select_related("quickbooks_customer", "company")
        customers = rows.order_by("system", "name_compared", "pk")[:MOST_ROWS].iterator(chunk_size=_AT_ONCE)
    else:
        customers = iter([mine[issue.pk] for issue in issues if issue.pk in mine])
    for some in chunks(customers, _AT_ONCE):
        kept = kept_of(company, some)
        for customer in some:
            yield _cells(customer, by_customer.get(customer.pk), kept.get(customer.pk, ()))


def csv_of_links(company: Company, *, every: bool) -> bytes:
    """The sheet as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(exported(company, every=every))
    # Excel takes a CSV for UTF-8 only when it begins with this mark
    return f"\ufeff{text.getvalue()}".encode()


def workbook_of_links(company: Company, *, every: bool) -> bytes:
    """The sheet as a workbook."""
    book, target = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Customer links")
    sheet.freeze_panes = "A2"
    for cells in exported(company, every=every):
        sheet.append(cells)
    book.save(target)
    return target.getvalue()


def judged(company: Company, sheet: Sheet) -> list[LinkRow]:
    """What the rows would do; a fixed number of queries for some hundred rows. Nothing is saved here.

    Raises:
        UnreadableSheet: A column is missing, or there is no row.
    """
    for column in _READ:
        if column not in sheet.columns:
            facts = {"missing": column, "found": ", ".join(filter(None, sheet.columns))}
            raise UnreadableSheet(_("The sheet has no column “%(missing)s”. It has: %(found)s.") % facts)
    if not sheet.rows:
        raise UnreadableSheet(_("The sheet has a header and no rows."))
    found: list[LinkRow] = []
    lines: dict[tuple[str, str], int] = {}
    for rows in chunks(sheet.rows, _AT_ONCE):
        customers, books = _stored(company, rows), _named(company, rows)
        for row in rows:
            found.append(_judged(row, customers, books, lines))
            lines.setdefault(_key(row), row.number)
    return found


def version(customer: SourceCustomer) -> str:
    """A text that differs wherever what was decided differs. It begins with a letter: programs spoil bare digits."""
    return "v" + hashlib.sha256(repr(sorted(seen_of(customer).items())).encode()).hexdigest()[:10]


def _cells(customer: SourceCustomer, issue: Issue | None, offers: Sequence[Mapping[str, object]]) -> list[str]:
    amounts = [money_text(amount, currency) for amount, currency in issue.amounts] if issue else []
    offer = offers[0] if offers else {"name": "", "reasons": []}
    linked = customer.quickbooks_customer
    cells = {
        SOURCE: customer.system,
        KEY: customer.source_key,
        NAME: customer.name,
        EMAIL: customer.billing_email,
        WAITS: ", ".join(amounts),
        FOUND: linked.display_name if linked else "",
        SUGGESTION: str(offer["name"]),
        REASONS: ", ".join(map(str, offer["reasons"])),  # type: ignore[call-overload]
        VERSION: version(customer),
    }
    return [guarded(cells[column]) for column in COLUMNS]


def _judged(
    row: SheetRow,
    customers: Mapping[tuple[str, str], SourceCustomer],
    books: Mapping[str, list[QuickBooksCustomer]],
    lines: Mapping[tuple[str, str], int],
) -> LinkRow:
    name = row.cells.get(NAME, "") or _key(row)[1]
    customer, text = customers.get(_key(row)), row.cells.get(FOUND, "").strip()
    error = _fault(row, customer, text, books, lines)
    if error or customer is None:
        return LinkRow(number=row.number, name=name, error=error)
    linked = customer.quickbooks_customer
    before = linked.display_name if linked else ""
    if not text or text == before:
        return LinkRow(number=row.number, name=str(customer), before=before, after=before)
    chosen = books[text][0]
    answer = MatchAnswer(
        customer=customer.pk,
        quickbooks_id=chosen.quickbooks_id,
        quickbooks_name=chosen.display_name,
        seen=seen_of(customer),
    )
    return LinkRow(number=row.number, name=str(customer), before=before, after=chosen.display_name, answer=answer)


def _fault(
    row: SheetRow,
    customer: SourceCustomer | None,
    text: str,
    books: Mapping[str, list[QuickBooksCustomer]],
    lines: Mapping[tuple[str, str], int],
) -> str:
    """Why the row is refused; empty where it is not."""
    if row.too_long:
        return _("The row has more cells than the header has columns: is a comma in a name without quotes?")
    spoiled = [words for column in _READ if (words := words_for(row, column))]
    if spoiled:
        return spoiled[0]
    if _key(row) in lines:
        return _("The same customer is in row %(row)d already.") % {"row": lines[_key(row)]}
    if customer is None:
        facts = {"source": _key(row)[0], "key": _key(row)[1]}
        return _("“%(source)s” has no customer “%(key)s”. Customers come with their orders.") % facts
    linked = customer.quickbooks_customer
    if not text or (linked and text == linked.display_name):
        return ""
    exported_at = row.cells.get(VERSION, "").strip()
    if exported_at and exported_at != version(customer):
        now = linked.display_name if linked else customer.name_given or "–"
        facts = {"who": who_changed(customer, "quickbooks_customer"), "now": now, "column": VERSION}
        return (
            _(
                "Changed after the sheet was exported, so it is not overwritten: it is “%(now)s” now (%(who)s). Export "
                "again, or empty the cell “%(column)s” to overwrite it."
            )
            % facts
        )
    return _not_one(text, books.get(text, []))


def _not_one(text: str, found: Sequence[QuickBooksCustomer]) -> str:
    active = [customer for customer in found if customer.active]
    if len(active) == 1 and found[0].active:
        return ""
    if len(active) > 1:
        return _("More than one QuickBooks customer is named “%(name)s”.") % {"name": text}
    if found:
        return _("“%(name)s” is inactive in QuickBooks. Make it active there, or choose another.") % {"name": text}
    return _("QuickBooks has no active customer named “%(name)s”.") % {"name": text}


def _key(row: SheetRow) -> tuple[str, str]:
    return row.cells.get(SOURCE, "").strip(), row.cells.get(KEY, "").strip()


def _stored(company: Company, rows: Sequence[SheetRow]) -> dict[tuple[str, str], SourceCustomer]:
    keys = {_key(row)[1] for row in rows}
    found = SourceCustomer.objects.filter(company=company, source_key__in=keys)
    return {(row.system, row.source_key): row for row in found.select_related("quickbooks_customer", "company")}


def _named(company: Company, rows: Sequence[SheetRow]) -> dict[str, list[QuickBooksCustomer]]:
    """The customers of each name, the active ones first."""
    names = {row.cells.get(FOUND, "").strip() for row in rows} - {""}
    found: dict[str, list[QuickBooksCustomer]] = {}
    for customer in QuickBooksCustomer.objects.filter(company=company, display_name__in=names).order_by("-active"):
        found.setdefault(customer.display_name, []).append(customer)
    return found
