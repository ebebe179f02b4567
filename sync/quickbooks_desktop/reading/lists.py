"""Which accounts, items, customers and terms does QuickBooks Desktop have? Read from the lists that it exports itself.

Its own exports leave out empty fields at the end of a row, pad others, and name some columns twice; all of that is
understood. A file of which one row cannot be trusted is refused as a whole, because columns are known by position.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from books.outside.spoiled import Spoiled, spoiled
from books.outside.texts import row_number
from sync.quickbooks_desktop.reading import grammar
from sync.quickbooks_desktop.reading.findings import FewOfEach, Finding, errors_among, found, in_order, more_than_kept
from sync.quickbooks_desktop.reading.rows import Header, Record, RowReader
from sync.quickbooks_desktop.reading.text import Text, read_iif_text, shown

#: The lists that are read, and those whose names no customer can have.
LISTS = ("ACCNT", "INVITEM", "CUST", "TERMS")
OTHER_NAMES = ("VEND", "EMP", "OTHERNAME")
#: What QuickBooks' own exports have and what says nothing about their content.
_USUAL = frozenset({"padded-row", "unfilled-row", "spaces-around", "line-ends", "repeated-column", "windows-1252"})
_DAY_OF_MONTH = "1"
#: By these something is found again, or posted to.
_FOUND_BY = ("NAME", "ACCNUM", "ACCNT", "REFNUM", "TERMS", "EMAIL", "PHONE1")


@dataclass(frozen=True, kw_only=True)
class DesktopAccount:
    """An account of the chart."""

    line: int
    #: Desktop's own number of the row, which stays when it is renamed; empty where the export has none.
    reference: str
    #: Full path with colons.
    name: str
    #: QuickBooks' account type, such as `Accounts Receivable`.
    account_type: str
    number: str
    description: str
    #: Desktop's mark of special accounts, such as `UNDEPOSIT`.
    mark: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class ReadItem:
    """A product or service."""

    line: int
    reference: str
    name: str
    #: Such as `Service`; an unknown type as Desktop writes it.
    item_type: str
    #: The same as the file writes it, such as `SERV`.
    code: str
    #: Full path of the account that its sales post to.
    account: str
    description: str
    price: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class DesktopCustomer:
    """A customer, or a job below one."""

    line: int
    reference: str
    name: str
    company_name: str
    given_name: str
    family_name: str
    email: str
    phone: str
    terms: str
    #: The lines of the billing address, the customer's name among them.
    billing: tuple[str, ...]
    active: bool


@dataclass(frozen=True, kw_only=True)
class DesktopTerms:
    """Payment terms."""

    line: int
    reference: str
    name: str
    #: None for terms that fall due on a day of the month.
    due_days: int | None
    active: bool


@dataclass(frozen=True, kw_only=True)
class DesktopLists:
    """What a file of lists holds."""

    #: The lists that the file has, also empty ones, such as `ACCNT`.
    present: tuple[str, ...]
    accounts: tuple[DesktopAccount, ...]
    items: tuple[ReadItem, ...]
    customers: tuple[DesktopCustomer, ...]
    terms: tuple[DesktopTerms, ...]
    #: Names that no customer can have, of vendors, employees and others, by the keyword of each list that the file has.
    other_names: Mapping[str, tuple[str, ...]]
    #: Warnings.
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class UnreadableLists:
    """A file of lists that cannot be trusted, with everything that is wrong with it."""

    findings: tuple[Finding, ...]


def read_lists(data: bytes) -> DesktopLists | UnreadableLists:
    """Read what Desktop exported under File > Utilities > Export > Lists to IIF Files. Never raises for a bad file.

    Args:
        data: The file as it is stored.
    """
    text = read_iif_text(data)
    rows = RowReader(text, any_list=True)
    entries = list(rows.entries())
    headers = [entry for entry in entries if isinstance(entry, Header)]
    records = [entry for entry in entries if isinstance(entry, Record) and not _is_group_member(entry)]
    first = set({header.keyword: header.line for header in reversed(headers)}.values())
    findings = FewOfEach(finding for finding in (*text.findings, *rows.findings) if not _is_usual(finding, first))
    findings += _wrong_file(text, headers)
    findings += (fault for record in records for fault in (*_row_faults(record), *_spoiled_cells(record)))
    findings += _name_faults(records)
    findings += _reference_faults(records, headers)
    findings += more_than_kept(findings)
    if errors_among(findings):
        return UnreadableLists(findings=in_order(findings))
    return _lists(headers, records, in_order(findings))


def _lists(headers: Sequence[Header], records: Sequence[Record], findings: tuple[Finding, ...]) -> DesktopLists:
    return DesktopLists(
        present=tuple(dict.fromkeys(header.keyword for header in headers if header.keyword in LISTS)),
        accounts=tuple(_account(record) for record in records if record.keyword == "ACCNT"),
        items=tuple(_item(record) for record in records if record.keyword == "INVITEM"),
        customers=tuple(_customer(record) for record in records if record.keyword == "CUST"),
        terms=tuple(_terms(record) for record in records if record.keyword == "TERMS"),
        other_names={
            keyword: tuple(record["NAME"] for record in records if record.keyword == keyword)
            for keyword in OTHER_NAMES
            if any(header.keyword == keyword for header in headers)
        },
        findings=findings,
    )


def _account(row: Record) -> DesktopAccount:
    return DesktopAccount(
        line=row.line,
        reference=row["REFNUM"],
        name=row["NAME"],
        account_type=grammar.ACCOUNT_TYPES[row["ACCNTTYPE"]],
        number=row["ACCNUM"],
        description=row["DESC"],
        mark=row["EXTRA"],
        active=_is_active(row),
    )


def _item(row: Record) -> ReadItem:
    code = row["INVITEMTYPE"]
    return ReadItem(
        line=row.line,
        reference=row["REFNUM"],
        name=row["NAME"],
        item_type=grammar.ITEM_TYPES.get(code, code),
        code=code,
        account=row["ACCNT"],
        description=row["DESC"],
        price=row["PRICE"],
        active=_is_active(row),
    )


def _customer(row: Record) -> DesktopCustomer:
    return DesktopCustomer(
        line=row.line,
        reference=row["REFNUM"],
        name=row["NAME"],
        company_name=row["COMPANYNAME"],
        given_name=row["FIRSTNAME"],
        family_name=row["LASTNAME"],
        email=row["EMAIL"],
        phone=row["PHONE1"],
        terms=row["TERMS"],
        billing=tuple(line for line in (row[f"BADDR{number}"] for number in range(1, 6)) if line),
        active=_is_active(row),
    )


def _terms(row: Record) -> DesktopTerms:
    by_day = row["TERMSTYPE"] == _DAY_OF_MONTH
    return DesktopTerms(
        line=row.line,
        reference=row["REFNUM"],
        name=row["NAME"],
        due_days=None if by_day else row_number(row["DUEDAYS"] or "0") or 0,
        active=_is_active(row),
    )


def _is_active(row: Record) -> bool:
    return row["HIDDEN"] != "Y"


def _is_group_member(row: Record) -> bool:
    # A group declares the columns again, without an account, and lists the items in it once more
    return row.keyword == "INVITEM" and "ACCNT" not in row.header.columns and row["INVITEMTYPE"] != "GRP"


def _is_usual(finding: Finding, first: set[int]) -> bool:
    if finding.code == "missing-column":
        return finding.line not in first
    return finding.code in _USUAL


def _wrong_file(text: Text, headers: Sequence[Header]) -> Iterator[Finding]:
    keywords = {header.keyword for header in headers}
    if text.codec and not keywords.intersection(LISTS):
        yield found("transactions-not-lists" if "TRNS" in keywords else "no-lists")


def _row_faults(row: Record) -> Iterator[Finding]:
    if row.keyword not in (*LISTS, *OTHER_NAMES):
        return
    if not row["NAME"]:
        yield found("blank-value", row.line, column="NAME")
    for column in ("HIDDEN", "TAXABLE"):
        if row[column] not in ("", "Y", "N"):
            yield found("not-yes-no", row.line, value=shown(row[column]), column=column)
    if row.keyword == "ACCNT" and row["ACCNTTYPE"] not in grammar.ACCOUNT_TYPES:
        yield found("unknown-account-type", row.line, value=shown(row["ACCNTTYPE"]))
    if row.keyword == "INVITEM" and row["INVITEMTYPE"] not in grammar.ITEM_TYPES:
        yield found("unknown-item-type", row.line, value=shown(row["INVITEMTYPE"]))
    if row.keyword == "TERMS" and row_number(row["DUEDAYS"] or "0") is None:
        yield found("not-a-number", row.line, value=shown(row["DUEDAYS"]), column="DUEDAYS")


def _spoiled_cells(row: Record) -> Iterator[Finding]:
    """What a spreadsheet program, in which someone has saved the file, did to the names and numbers of a row."""
    if row.keyword not in (*LISTS, *OTHER_NAMES):
        return
    for column in _FOUND_BY:
        how = spoiled(row[column], identifies=True) if row[column] else None
        if how is Spoiled.SHORTENED:
            yield found("shortened-number", row.line, value=shown(row[column]), column=column)
        elif how in (Spoiled.ERROR, Spoiled.BOOLEAN):
            yield found("spreadsheet-error", row.line, value=shown(row[column]), column=column)


def _name_faults(records: Sequence[Record]) -> Iterator[Finding]:
    """Names that are in a list twice, and levels whose upper level is missing."""
    seen: dict[tuple[str, str], int] = {}
    for row in records:
        key = (row.keyword, row["NAME"].casefold())
        if row.keyword not in LISTS or not row["NAME"]:
            continue
        if key in seen:
            yield found("repeated-name", row.line, name=shown(row["NAME"]), first=seen[key])
        seen.setdefault(key, row.line)
    for row in records:
        parent = row["NAME"].rpartition(":")[0]
        if row.keyword in LISTS and parent and (row.keyword, parent.casefold()) not in seen:
            yield found("no-parent", row.line, name=shown(row["NAME"]), parent=shown(parent))


def _reference_faults(records: Sequence[Record], headers: Sequence[Header]) -> Iterator[Finding]:
    present = {header.keyword for header in headers}
    names: Mapping[str, set[str]] = {
        keyword: {record["NAME"].casefold() for record in records if record.keyword == keyword} for keyword in present
    }
    for keyword, column, of in (("INVITEM", "ACCNT", "ACCNT"), ("CUST", "TERMS", "TERMS")):
        for row in records:
            value = row[column]
            if row.keyword == keyword and value and of in names and value.casefold() not in names[of]:
                yield found("not-in-a-list", row.line, name=shown(value), column=column, list=of)
