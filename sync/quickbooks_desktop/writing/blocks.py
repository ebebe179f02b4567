"""How does a draft become rows? One TRNS, an SPL for every other side, one ENDTRNS; together they come to 0.00.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from books.money import ZERO, total
from books.orders import Address
from sync.quickbooks_desktop.writing.dialect import (
    ADDRESS,
    CHECK,
    CUSTOMER_LEVEL,
    CUSTOMER_PATH,
    GENERAL_JOURNAL,
    INVOICE,
    LIST_NAME,
    MEMO,
    PAYMENT,
    SALES_FORMS,
)
from sync.quickbooks_desktop.writing.documents import Draft
from sync.quickbooks_desktop.writing.row_writer import Scribe, amount_text, date_text, number_text, yes_no
from sync.quickbooks_desktop.writing.rows import IifRow
from sync.quickbooks_desktop.writing.sales_forms import PostingSide

_ADDRESS_LINES = 5
_END = IifRow("ENDTRNS")


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One account that a block moves, as its row says it; debit positive."""

    account: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Block:
    """One transaction as the file has it."""

    document_key: str
    trnstype: str
    dated: date
    #: The number as the file has it, which may be a shortened one.
    number: str
    customer: str
    memo: str
    #: TRNS, then SPL rows, then ENDTRNS.
    rows: tuple[IifRow, ...]

    @property
    def moved(self) -> tuple[Moved, ...]:
        """The debits and credits that QuickBooks will make of it, in the order of its rows."""
        return tuple(Moved(account=row["ACCNT"], amount=Decimal(row["AMOUNT"])) for row in self.rows if row["AMOUNT"])

    @property
    def total(self) -> Decimal:
        """The sum of the debits."""
        return total(max(moved.amount, ZERO) for moved in self.moved)


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What a block says about the whole transaction, already as the file may have it."""

    dated: date
    number: str
    customer: str
    memo: str
    #: Put before every line's own text; a rehearsal's mark.
    mark: str = ""
    #: The items of the draft by their names in the file; a name that is missing is not written.
    items: dict[str, str]


def block_of(draft: Draft, heading: Heading, scribe: Scribe) -> Block:
    """The rows of one transaction.

    Raises:
        CannotBeWrittenError: The file cannot hold a name or an amount.
        AssertionError: The rows do not come to 0.00, which no draft can cause.
    """
    top = _top_row(draft, heading, scribe)
    splits = [_split_row(side, draft, heading, scribe) for side in draft.sides[1:]]
    block = Block(
        document_key=scribe.document_key,
        trnstype=draft.trnstype,
        dated=heading.dated,
        number=heading.number,
        customer=heading.customer,
        memo=heading.memo,
        rows=(top, *splits, _END),
    )
    if total(moved.amount for moved in block.moved):
        raise AssertionError(f"the rows of {scribe.document_key} do not come to 0.00")
    return block


def _top_row(draft: Draft, heading: Heading, scribe: Scribe) -> IifRow:
    values = _shared(draft.top, draft, heading, scribe)
    values["DOCNUM"] = heading.number
    if draft.trnstype in (*SALES_FORMS, CHECK):
        values["TOPRINT"] = "N"
    if draft.trnstype in SALES_FORMS:
        values["NAMEISTAXABLE"] = yes_no(bool(draft.taxable))
        values |= address_columns("ADDR", heading.customer, draft.billing, scribe)
        values |= address_columns("SADDR", heading.customer, draft.shipping, scribe)
    if draft.trnstype == INVOICE:
        values |= _invoice_columns(draft, scribe)
    if draft.method and scribe.settings.payment_methods:
        values["PAYMETH"] = scribe.text("PAYMETH", draft.method, LIST_NAME)
    return IifRow("TRNS", values)


def _invoice_columns(draft: Draft, scribe: Scribe) -> dict[str, str]:
    return {
        "PAID": "N",
        "DUEDATE": date_text(draft.due, scribe.settings.dates) if draft.due else "",
        "TERMS": scribe.exact("TERMS", draft.terms.name) if draft.terms else "",
    }


def _split_row(side: PostingSide, draft: Draft, heading: Heading, scribe: Scribe) -> IifRow:
    values = _shared(side, draft, heading, scribe)
    if draft.trnstype in (PAYMENT, GENERAL_JOURNAL):
        values["DOCNUM"] = heading.number
    if draft.trnstype in SALES_FORMS:
        values |= _line_columns(side, heading, scribe)
    return IifRow("SPL", values)


def _shared(side: PostingSide, draft: Draft, heading: Heading, scribe: Scribe) -> dict[str, str]:
    return {
        "TRNSTYPE": draft.trnstype,
        "DATE": date_text(heading.dated, scribe.settings.dates),
        "ACCNT": scribe.exact("ACCNT", side.account.path),
        "NAME": heading.customer if side.names_customer else _vendor(side, scribe),
        "AMOUNT": amount_text(side.amount, side.account.path),
        "MEMO": heading.memo,
        "CLEAR": "N",
    }


def _vendor(side: PostingSide, scribe: Scribe) -> str:
    return scribe.exact("NAME", side.vendor, level=CUSTOMER_LEVEL, path=CUSTOMER_PATH) if side.vendor else ""


def _line_columns(side: PostingSide, heading: Heading, scribe: Scribe) -> dict[str, str]:
    # On the lines of a sales form the memo is what the customer reads as description
    values = {
        "MEMO": scribe.text("MEMO", side.memo, MEMO - len(heading.mark)),
        "QNTY": "" if side.quantity is None else number_text(side.quantity),
        "PRICE": "" if side.price is None else number_text(side.price, least=2),
        "INVITEM": heading.items.get(side.item.name, "") if side.item else "",
        "TAXABLE": yes_no(side.taxable),
        "REIMBEXP": "NOTHING",
    }
    if heading.mark:
        values["MEMO"] = f"{heading.mark} {values['MEMO']}".strip()
    return values | _tax_columns(side, scribe) if side.tax_item else values


def _tax_columns(side: PostingSide, scribe: Scribe) -> dict[str, str]:
    percent = "" if side.tax_percent is None else f"{number_text(side.tax_percent, least=2)}%"
    return {"INVITEM": scribe.exact("INVITEM", side.tax_item), "PRICE": percent, "EXTRA": "AUTOSTAX"}


def address_columns(prefix: str, name: str, address: Address, scribe: Scribe) -> dict[str, str]:
    """The name and address under it, as the columns `ADDR1` to `ADDR5` have them; nothing for an unknown address."""
    if address.is_blank:
        return {}
    town = " ".join(part for part in (address.region, address.postal_code) if part.strip())
    # A long city must not cost the region and the postal code
    room = max(ADDRESS - len(town) - len(", "), 1) if town else ADDRESS
    city = scribe.text(f"{prefix}4", address.city, room) if len(address.city) > room else address.city
    place = ", ".join(part for part in (city, town) if part.strip())
    lines = [
        line for line in (name.partition(":")[0], address.line1, address.line2, place, address.country) if line.strip()
    ]
    columns = [f"{prefix}{number}" for number in range(1, _ADDRESS_LINES + 1)]
    return {column: scribe.text(column, line, ADDRESS) for column, line in zip(columns, lines, strict=False)}
