"""What is the IIF file of a batch? Its bytes, the block of every document in it, and what was changed or left out.

The same records, settings and lists give the same bytes every time. Nothing is read or stored in here.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from books.answers import ItemRef
from books.documents import KINDS, CreditApplication, Document, Invoice, NewCustomer
from books.money import ZERO, total
from sync.quickbooks_desktop.writing import leaving_out
from sync.quickbooks_desktop.writing.blocks import Block, Heading, block_of
from sync.quickbooks_desktop.writing.cleaning import ChangedText, clean
from sync.quickbooks_desktop.writing.dialect import MEMO
from sync.quickbooks_desktop.writing.documents import Draft, Posted, draft_of, items_of, mirror_of
from sync.quickbooks_desktop.writing.leaving_out import CannotBeWrittenError, LeftOut
from sync.quickbooks_desktop.writing.list_rows import ListRows, ListSection, NamesUsed, customer_row, sections
from sync.quickbooks_desktop.writing.naming import NameBook, Numbers
from sync.quickbooks_desktop.writing.row_writer import Scribe
from sync.quickbooks_desktop.writing.rows import header, text_of
from sync.quickbooks_desktop.writing.settings import IifSettings

#: What comes before every memo and line of a rehearsal, and before every memo of a repeat and of a reversal.
REHEARSAL, REPEAT, REVERSAL = "REHEARSAL", "REPEAT", "REVERSAL"


@dataclass(frozen=True, kw_only=True)
class BatchRecord:
    """One document of a batch."""

    document: Document
    #: The number of the invoice that a payment or a credit is for; it is in its memo, because the file cannot tie
    #: the two. May be left out where that invoice is in the same batch.
    invoice_number: str = ""
    #: The id of the batch that this record undoes; empty for an ordinary one.
    reverses: str = ""
    #: Another day than the document's; None keeps that one.
    dated: date | None = None

    @property
    def key(self) -> str:
        """The document's key."""
        return self.document.key


@dataclass(frozen=True, kw_only=True)
class AccountTotal:
    """What a file moves on one account, in the home currency; both positive."""

    account: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, kw_only=True)
class IifFile:
    """One file, complete."""

    #: Such as `exp-57-test.iif`.
    name: str
    content: bytes
    #: The list rows before the transactions.
    sections: tuple[ListSection, ...]
    #: One for each document that is written, in the order of the records.
    blocks: tuple[Block, ...]
    changed: tuple[ChangedText, ...]
    #: Documents without a block; those with `is_fault` are not handed over and wait for a person.
    left_out: tuple[LeftOut, ...]
    #: The names that customers brought in by this or an earlier file have there, by the key of their document.
    given: Mapping[str, str]

    @property
    def account_totals(self) -> tuple[AccountTotal, ...]:
        """Debits and credits per account, in the order of the accounts' names."""
        sums: dict[str, tuple[Decimal, Decimal]] = {}
        for part in (moved for block in self.blocks for moved in block.moved):
            debit, credit = sums.get(part.account, (ZERO, ZERO))
            sums[part.account] = (debit + max(part.amount, ZERO), credit + max(-part.amount, ZERO))
        return tuple(AccountTotal(account=path, debit=sums[path][0], credit=sums[path][1]) for path in sorted(sums))

    @property
    def total(self) -> Decimal:
        """The sum of all debits."""
        return total(block.total for block in self.blocks)


def iif_of(
    records: Sequence[BatchRecord],
    *,
    settings: IifSettings,
    lists: ListRows,
    batch: str,
    rehearsal: bool = False,
    repeat: bool = False,
) -> IifFile:
    """The file of a batch.

    Args:
        records: In the order in which they are to be in the file; customers that the file brings in may be
            anywhere.
        settings: What the company chose.
        lists: What is known of Desktop's lists, and the names that earlier files gave.
        batch: The batch's id, as it is in every memo.
        rehearsal: The file is for a copy of the company file: every memo, line and number is marked.
        repeat: These documents were handed over before: the file's name and every memo are marked.
    """
    marks = [word for word, wanted in ((REHEARSAL, rehearsal), (REPEAT, repeat)) if wanted]
    writing = Writing(records, settings=settings, lists=lists, batch=batch, marks=tuple(marks))
    for record in records:
        writing.add(record)
    before = sections(writing.named, lists, settings)
    return IifFile(
        name=_file_name(batch, *("test" if mark == REHEARSAL else mark for mark in marks)),
        content=_text(before, writing.blocks).encode(settings.code_page.codec),
        sections=before,
        blocks=tuple(writing.blocks),
        changed=tuple(writing.changed),
        left_out=tuple(writing.left_out),
        given=writing.names.given,
    )


def reversal_of(records: Iterable[BatchRecord], *, batch: str, dated: date | None = None) -> tuple[BatchRecord, ...]:
    """Records whose file undoes what the file of a batch did: a journal entry each, with every sign turned.

    Args:
        records: Those that the batch handed over.
        batch: The id of the batch that is undone.
        dated: The day of the entries; None takes each document's own day, which a closed period may refuse.
    """
    return tuple(replace(record, reverses=batch, dated=dated) for record in records)


class Writing:
    """One file while it is being written, document by document.

    `iif_of` keeps all of it; a caller with very many documents takes `blocks`, `changed` and `left_out` after each
    `add`, clears them, and writes `sections` of `named` before everything else at the end.
    """

    def __init__(
        self,
        records: Sequence[BatchRecord],
        *,
        settings: IifSettings,
        lists: ListRows,
        batch: str,
        marks: tuple[str, ...],
    ) -> None:
        self.settings, self.batch, self.marks = settings, batch, marks
        self.names = NameBook(code_page=settings.code_page, given=lists.given, taken=lists.taken)
        self.numbers = Numbers(rehearsal=REHEARSAL in marks)
        self.named = NamesUsed()
        self.blocks: list[Block] = []
        self.changed: list[ChangedText] = []
        self.left_out: list[LeftOut] = []
        self._invoices = {
            record.key: record.document.number for record in records if isinstance(record.document, Invoice)
        }
        for record in records:
            if isinstance(record.document, NewCustomer):
                self.names.give(record.key, record.document.display_name)

    def add(self, record: BatchRecord) -> None:
        """Write one document down, or note why it is left out."""
        scribe = Scribe(record.key, self.settings)
        try:
            self._add(record, scribe)
        except CannotBeWrittenError as reason:
            self.left_out.append(reason.about(record.key))
        else:
            self.changed += dict.fromkeys(scribe.changed)

    def _add(self, record: BatchRecord, scribe: Scribe) -> None:
        match record.document:
            case NewCustomer() as customer:
                self._bring_in(customer, record, scribe)
            case CreditApplication() as applied:
                raise leaving_out.applied_by_hand(applied.number)
            case document:
                self.blocks.append(self._block(document, record, scribe))

    def _bring_in(self, customer: NewCustomer, record: BatchRecord, scribe: Scribe) -> None:
        if record.reverses:
            raise leaving_out.stays_in_lists(customer.display_name)
        name = scribe.noted("NAME", customer.display_name, self.names.give(customer.key, customer.display_name))
        self.named.new_customers[name] = customer_row(customer, name, scribe)

    def _block(self, document: Posted, record: BatchRecord, scribe: Scribe) -> Block:
        if document.currency != (self.settings.currency or document.currency):
            raise leaving_out.other_currency(document.currency, self.settings.currency)
        draft = self._draft(document, record)
        heading = self._heading(document, draft, record, scribe)
        block = block_of(draft, heading, scribe)
        self._name(draft, heading)
        return block

    def _draft(self, document: Posted, record: BatchRecord) -> Draft:
        if record.reverses:
            return mirror_of(document, sign=-1, settings=self.settings)
        return draft_of(document, settings=self.settings)

    def _heading(self, document: Posted, draft: Draft, record: BatchRecord, scribe: Scribe) -> Heading:
        undoes = bool(record.reverses)
        return Heading(
            dated=record.dated or document.dated,
            number=self.numbers.number(draft.trnstype, document.number, scribe, undoes=undoes),
            customer=self.names.customer(document.customer, scribe),
            memo=self._memo(document, record, scribe),
            mark=REHEARSAL if REHEARSAL in self.marks else "",
            items={item.name: self._item(item, scribe) for item, _ in items_of(draft)},
        )

    def _item(self, item: ItemRef, scribe: Scribe) -> str:
        return scribe.exact("INVITEM", item.name) if item.quickbooks_id else ""

    def _memo(self, document: Posted, record: BatchRecord, scribe: Scribe) -> str:
        marks = " ".join((*self.marks, *((REVERSAL,) if record.reverses else ()), *_both_days(document, record)))
        own = scribe.text("MEMO", document.memo, MEMO)
        room = MEMO - len(marks) - 1
        memo = self.settings.memo_text(what=self._what(document, record), memo=own, batch=self.batch, room=room)
        return clean(f"{marks} {memo}", code_page=self.settings.code_page)

    def _what(self, document: Posted, record: BatchRecord) -> str:
        parts = [KINDS.get(getattr(document, "stands_for", ""), document.title), document.number]
        needed = (self._invoices[key] for key in document.needs if key in self._invoices)
        if invoice := record.invoice_number or next(needed, ""):
            parts.append(f"for invoice {invoice}")
        if record.reverses:
            parts.append(f"of batch {record.reverses}")
        return " ".join(part for part in parts if part)

    def _name(self, draft: Draft, heading: Heading) -> None:
        for side in draft.sides:
            self.named.accounts.setdefault(side.account.path, side.account)
        for item, account in items_of(draft):
            if heading.items[item.name]:
                self.named.items.setdefault(item.name, (item, account))
        if any(side.names_customer for side in draft.sides):
            self.named.customers.setdefault(heading.customer)
        if draft.terms:
            self.named.terms.setdefault(draft.terms.name, draft.terms)


def _both_days(document: Posted, record: BatchRecord) -> tuple[str, ...]:
    """What is said of a day that is not the document's own; nothing of its own one. For the books, so in English."""
    if record.dated in (None, document.dated):
        return ()
    return (f"dated {document.dated.isoformat()}, entered {record.dated.isoformat()}: period closed.",)


def _file_name(*parts: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-") + ".iif"


def _text(before: Iterable[ListSection], blocks: Iterable[Block]) -> str:
    rows = [text_of(row) for block in blocks for row in block.rows]
    headers = [header(keyword) for keyword in ("TRNS", "SPL", "ENDTRNS")] if rows else []
    return "".join((*(section.text for section in before), *headers, *rows))
