"""How does a file of any length get written without holding all of it? Block after block into a spool.

The lists that a file begins with are known only at its end, so transactions wait in a spool of their own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from types import MappingProxyType
from typing import IO, Any

from books.documents import Document as DocumentValue
from books.documents import NewCustomer
from books.money import ZERO
from companies.models import Company
from mapping.models import DesktopOtherName, DesktopSettings, QuickBooksCustomer, QuickBooksItem, desktop_settings_of
from sync.models import BatchKind, Document, ExportedDocument, ExportedState
from sync.preparing.failed_records import NOT_A_RECORD, error_of
from sync.quickbooks_desktop.writing import leaving_out
from sync.quickbooks_desktop.writing.dialect import COLUMNS
from sync.quickbooks_desktop.writing.leaving_out import LeftOut
from sync.quickbooks_desktop.writing.list_rows import DesktopItem, ListRows, sections
from sync.quickbooks_desktop.writing.rows import header, text_of
from sync.quickbooks_desktop.writing.settings import CodePage, DateOrder, DesktopSalesTax, IifSettings, RefundsAs
from sync.quickbooks_desktop.writing.writer import REHEARSAL, REPEAT, BatchRecord, Writing

#: In memory up to here, on disk beyond.
_SPOOL = 4 * 1024 * 1024
#: So many changed texts and left-out documents are kept one by one; the rest is counted.
KEPT = 500
#: Every document has its own day.
NO_OTHER_DAYS: Mapping[int, date] = MappingProxyType({})
_AT_ONCE = 500
_COPY = 1024 * 1024

ITEM_TYPES = {
    "Service": "SERV",
    "NonInventory": "PART",
    "Inventory": "INVENTORY",
    "Other Charge": "OTHC",
    "Discount": "DISC",
    "Group": "GRP",
    "Payment": "PMT",
    "Subtotal": "SUBT",
    "Sales Tax": "COMPTAX",
    "Sales Tax Group": "STAX",
}


@dataclass(kw_only=True)
class Written:
    """What went into a file."""

    documents: int = 0
    #: By kind: how many, and their sum.
    kinds: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(lambda: [0, ZERO]))
    #: The debits of the file on each account, and its credits, both positive.
    debits: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    credits: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    #: What the documents themselves say they move.
    postings: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    changes: int = 0
    #: What was changed: the column, before, after and how often; each change once.
    changed: list[dict[str, Any]] = field(default_factory=list)
    #: Documents that cannot be written before a user has done something; the first of them with the reason.
    faults: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    #: Documents that move nothing, so that no file has a place for them.
    idle: int = 0


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One document and where it went."""

    row: Document
    #: None where the document itself could not be read.
    record: BatchRecord | None
    #: The number that it has in the file, for a customer the name; or why it was left out.
    put: str | LeftOut


class FileWriter:
    """One file while it is being written."""

    def __init__(self, company: Company, *, kind: BatchKind, batch: str, sign: int = 1) -> None:
        """Write nothing yet.

        Args:
            company: Of QuickBooks Desktop.
            kind: Of the batch; decides which marks are in memos and numbers.
            batch: The batch's id, as it is in every memo.
            sign: -1 when the file undoes what the documents did.
        """
        self.company = company
        self.settings, self.lists = settings_of(company), _lists_of(company)
        marks = {BatchKind.REHEARSAL: (REHEARSAL,), BatchKind.REPEAT: (REPEAT,)}.get(kind, ())
        self._writing = Writing((), settings=self.settings, lists=self.lists, batch=batch, marks=marks)
        self._codec = self.settings.code_page.codec
        self._customers: IO[bytes] = SpooledTemporaryFile(_SPOOL)  # noqa: SIM115 - closed by `close`
        self._blocks: IO[bytes] = SpooledTemporaryFile(_SPOOL)  # noqa: SIM115
        self._sign = sign
        #: By key, what a user has to put right first: what follows it waits as well.
        self._absent: dict[str, str] = {}
        self._changes: dict[tuple[str, str, str], int] = {}
        #: Documents over which the program itself failed, with the error; each is to become an issue.
        self.broke: list[tuple[Document, Exception]] = []
        self.written = Written()

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._customers.close()
        self._blocks.close()

    def write(
        self, rows: Iterable[Document], *, reverses: str = "", entered: Mapping[int, date] = NO_OTHER_DAYS
    ) -> Iterator[Placed]:
        """Write some documents; one that breaks the program is left out, and keeps back only what follows it.

        Args:
            rows: With `frozen` and `depends_on`.
            reverses: The mark of the file that is undone; empty otherwise.
            entered: By primary key, the day of those that get another than their own.
        """
        records = [(row, self._record(row, reverses, entered.get(row.pk))) for row in rows]
        made = (record for _row, record in records if isinstance(record, BatchRecord))
        self._writing.names.given.update(given_names(self.company, made))
        for row, record in records:
            if isinstance(record, LeftOut):
                yield Placed(row=row, record=None, put=record)
            else:
                yield Placed(row=row, record=record, put=self._put(row, record))

    def _record(self, row: Document, reverses: str, dated: date | None) -> BatchRecord | LeftOut:
        before = row.depends_on
        number = before.number if before and before.kind == "invoice" else ""
        try:
            return BatchRecord(document=row.value(), invoice_number=number, reverses=reverses, dated=dated)
        except NOT_A_RECORD:
            raise
        except Exception as fault:
            return self._broke(row, fault)

    def _put(self, row: Document, record: BatchRecord) -> str | LeftOut:
        try:
            return self.add(record, kind=row.kind)
        except NOT_A_RECORD:
            raise
        except Exception as fault:
            return self._broke(row, fault)

    def _broke(self, row: Document, fault: Exception) -> LeftOut:
        """Nothing of it goes into the file."""
        self.broke.append((row, fault))
        for half in (self._writing.blocks, self._writing.changed, self._writing.left_out):
            half.clear()
        self._writing.left_out.append(leaving_out.broke(error_of(fault)).about(row.key))
        return self._left_out(row.key, f"{row.kind} {row.number}".strip())

    def add(self, record: BatchRecord, *, kind: str) -> str | LeftOut:
        """Write one document.

        Returns:
            The number that it has in the file, for a customer the name; or why it was left out.
        """
        document = record.document
        if isinstance(document, NewCustomer):
            self._writing.names.give(record.key, document.display_name)
        absent = next((self._absent[key] for key in document.needs if key in self._absent), "")
        if absent:
            self._writing.left_out.append(leaving_out.follows_absent(absent).about(record.key))
        else:
            self._writing.add(record)
        self._note_changes()
        if self._writing.left_out:
            return self._left_out(document.key, f"{document.title} {document.number}".strip())
        return (
            self._take_customer(record, kind) if isinstance(document, NewCustomer) else self._take_block(record, kind)
        )

    def finish(self, out: IO[bytes]) -> tuple[int, str]:
        """Put the file together: lists first, then transactions. Returns its size and hash."""
        self.written.changed = [
            {"field": column, "before": before, "after": after, "times": times}
            for (column, before, after), times in self._changes.items()
        ]
        digest, size = hashlib.sha256(), 0
        for data in self._whole():
            out.write(data)
            digest.update(data)
            size += len(data)
        return size, digest.hexdigest()

    # Pieces -----------------------------------------------------------------------------------------------------------

    def _take_customer(self, record: BatchRecord, kind: str) -> str:
        name = self._writing.names.given[record.key]
        data = text_of(self._writing.named.new_customers[name], COLUMNS["CUST"]).encode(self._codec)
        self._count(record.document, kind)
        self._customers.write(data)
        self._writing.named.new_customers[name] = _WRITTEN_ALREADY
        return name

    def _take_block(self, record: BatchRecord, kind: str) -> str:
        (block,) = self._writing.blocks
        data = b"".join(text_of(row).encode(self._codec) for row in block.rows)
        self._count(record.document, kind)
        self._writing.blocks.clear()
        self._blocks.write(data)
        for moved in block.moved:
            side = self.written.debits if moved.amount > 0 else self.written.credits
            side[moved.account] += abs(moved.amount)
        return block.number

    def _count(self, document: DocumentValue, kind: str) -> None:
        self.written.documents += 1
        tally = self.written.kinds[kind]
        tally[0] += 1
        tally[1] += document.total
        for posting in document.postings:
            self.written.postings[posting.account.path] += self._sign * posting.amount

    def _note_changes(self) -> None:
        self.written.changes += len(self._writing.changed)
        for change in self._writing.changed:
            key = (change.field, change.before, change.after)
            if key in self._changes or len(self._changes) < KEPT:
                self._changes[key] = self._changes.get(key, 0) + 1
        self._writing.changed.clear()

    def _left_out(self, key: str, name: str) -> LeftOut:
        left = self._writing.left_out.pop()
        if not left.is_fault:
            self.written.idle += 1
            return left
        self.written.faults += 1
        self._absent[key] = name
        if len(self.written.left_out) < KEPT:
            self.written.left_out.append(left)
        return left

    def _whole(self) -> Iterator[bytes]:
        customers = False
        for section in sections(self._writing.named, self.lists, self.settings):
            if section.columns == COLUMNS["CUST"] and section.keyword == "CUST":
                customers = True
            else:
                yield section.text.encode(self._codec)
        if customers:
            yield header("CUST").encode(self._codec)
            yield from _copied(self._customers)
        if self._blocks.tell():
            yield "".join(header(keyword) for keyword in ("TRNS", "SPL", "ENDTRNS")).encode(self._codec)
            yield from _copied(self._blocks)


#: Put in place of a customer's row once that is in the spool; only the name is still asked for.
_WRITTEN_ALREADY: Any = None


def _copied(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while data := spool.read(_COPY):
        yield data


def given_names(company: Company, records: Iterable[BatchRecord]) -> dict[str, str]:
    """The names under which earlier files brought in the customers of these documents, by the customer's key."""
    keys = {record.document.customer.created_by for record in records} - {""}
    if not keys:
        return {}
    sent = ExportedDocument.objects.filter(document__company=company, document__key__in=keys)
    sent = sent.exclude(state=ExportedState.WITHDRAWN).exclude(written_as="")
    return dict(sent.order_by("pk").values_list("document__key", "written_as"))


def settings_of(company: Company) -> IifSettings:
    """The company's settings in the writer's words."""
    row = desktop_settings_of(company)
    return IifSettings(
        currency=company.home_currency,
        dates=DateOrder(row.date_format),
        code_page=CodePage(row.code_page),
        sales_tax=_sales_tax(row),
        refunds=RefundsAs(row.refunds_as),
        payment_methods=row.payment_methods,
        write_accounts=row.write_accounts,
        write_items=row.write_items,
        write_terms=row.write_terms,
        write_customers=row.write_customers,
        write_tax_agency=row.write_tax_agency,
        memo=row.memo_pattern,
    )


def _sales_tax(row: DesktopSettings) -> DesktopSalesTax | None:
    if not row.sales_tax_on:
        return None
    return DesktopSalesTax(item=row.sales_tax_item, agency=row.sales_tax_agency, payable=row.sales_tax_account)


def _lists_of(company: Company) -> ListRows:
    items = QuickBooksItem.objects.filter(company=company, active=True)
    fields = ("full_name", "item_type", "income_account_id")
    accounts = company.quickbooksaccount_set.filter(active=True)
    return ListRows(
        account_types=dict(accounts.values_list("full_name", "account_type")),
        account_marks=dict(accounts.exclude(account_subtype="").values_list("full_name", "account_subtype")),
        items={
            name: DesktopItem(name=name, item_type=ITEM_TYPES.get(item_type, item_type), account=account)
            for name, item_type, account in items.values_list(*fields)
        },
        taken=_taken(company),
    )


def _taken(company: Company) -> frozenset[str]:
    """Every name that no new customer can have: customers' and all others', and those in files not imported yet."""
    listed = QuickBooksCustomer.objects.filter(company=company).values_list("display_name", flat=True)
    sent = ExportedDocument.objects.filter(company=company, document__kind=NewCustomer.kind)
    given = sent.exclude(state=ExportedState.WITHDRAWN).values_list("written_as", flat=True)
    others = DesktopOtherName.objects.filter(company=company).values_list("name", flat=True)
    return frozenset({*listed, *others, *given} - {""})
