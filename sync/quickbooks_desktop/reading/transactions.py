"""Would QuickBooks take a transaction as it is meant? It balances, its rows agree, its tax row is where it must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from sync.quickbooks_desktop.reading import grammar
from sync.quickbooks_desktop.reading.blocks import BlockRead
from sync.quickbooks_desktop.reading.findings import Finding, found
from sync.quickbooks_desktop.reading.rows import Record
from sync.quickbooks_desktop.reading.text import shown
from sync.quickbooks_desktop.reading.values import amount_of

_CENT = Decimal("0.01")
_TAX_ROW = "AUTOSTAX"
_END_OF_GROUP = "ENDGRP"


def block_faults(block: BlockRead, account_types: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with one transaction.

    Args:
        block: The transaction.
        account_types: QuickBooks' account types by full path, as far as they are known.
    """
    yield from _agreement(block)
    yield from _balance(block)
    yield from _accounts(block, account_types)
    if block.trnstype in grammar.SALES_FORMS:
        yield from _tax_row(block)
        for row in block.splits:
            yield from _quantity(row, block.trnstype)


class BetweenBlocks:
    """What is wrong between transactions: numbers used twice, forms of which only some have a tax row."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._taxed = False
        self._untaxed: list[int] = []

    def faults(self, block: BlockRead) -> Iterator[Finding]:
        """What the transaction has in common with one before it that it should not."""
        if block.trnstype in grammar.SALES_FORMS:
            self._taxed |= bool(_tax_rows(block))
            if not _tax_rows(block):
                self._untaxed.append(block.line)
        key = (block.trnstype, block.number)
        if block.number and key in self._numbers:
            facts = {"number": block.number, "type": block.trnstype, "first": self._numbers[key]}
            yield found("repeated-number", block.line, **facts)
        self._numbers.setdefault(key, block.line)

    def faults_at_the_end(self) -> Iterator[Finding]:
        """Forms without a tax row among others that have one."""
        if self._taxed:
            yield from (found("tax-row-missing", line) for line in self._untaxed)


def _agreement(block: BlockRead) -> Iterator[Finding]:
    if block.trnstype and block.trnstype not in grammar.TYPES:
        yield found("unknown-type", block.line, value=shown(block.trnstype))
    for row in block.splits:
        for column, code in (("TRNSTYPE", "type-differs"), ("DATE", "date-differs")):
            if row[column] and row[column] != block.top[column]:
                yield found(code, row.line, value=shown(row[column]), first=shown(block.top[column]))


def _balance(block: BlockRead) -> Iterator[Finding]:
    together = sum((amount for _, amount in block.moved), start=Decimal(0))
    if together:
        yield found("not-balanced", block.line, sum=together)
    elif not any(amount for _, amount in block.moved):
        yield found("moves-nothing", block.line)


def _accounts(block: BlockRead, account_types: Mapping[str, str]) -> Iterator[Finding]:
    named = [row for row in block.rows if account_types.get(row["ACCNT"]) in grammar.NAMED_TYPES]
    if len(named) > 1:
        accounts = ", ".join(row["ACCNT"] for row in named)
        yield found("several-receivables", block.line, accounts=accounts)
    yield from (found("receivable-without-name", row.line, account=row["ACCNT"]) for row in named if not row["NAME"])
    accepts, top = grammar.TOP_TYPES.get(block.trnstype), block.top["ACCNT"]
    account_type = account_types.get(top)
    if accepts and account_type and account_type not in accepts:
        facts = {"accepts": ", ".join(accepts), "account": top, "type": account_type}
        yield found("wrong-top-account", block.line, **facts)


def _tax_rows(block: BlockRead) -> list[Record]:
    return [row for row in block.splits if row["EXTRA"] == _TAX_ROW]


def _tax_row(block: BlockRead) -> Iterator[Finding]:
    rows = [row for row in block.splits if row["EXTRA"] != _END_OF_GROUP]
    for row in _tax_rows(block):
        later = rows[rows.index(row) + 1 :]
        if any(after["EXTRA"] != _TAX_ROW for after in later):
            yield found("tax-row-not-last", row.line)
        if not row["NAME"]:
            yield found("tax-row-without-agency", row.line)


def _quantity(row: Record, trnstype: str) -> Iterator[Finding]:
    quantity, price, amount = (amount_of(row[column]) for column in ("QNTY", "PRICE", "AMOUNT"))
    if quantity is None:
        return
    wanted = 1 if trnstype == "CREDIT MEMO" else -1
    if quantity * wanted < 0:
        yield found("quantity-sign", row.line, quantity=row["QNTY"], sign="+" if wanted > 0 else "-")
    if price is not None and amount is not None:
        together = (quantity * price).quantize(_CENT, rounding=ROUND_HALF_UP)
        if together != amount:
            facts = {"quantity": row["QNTY"], "price": row["PRICE"], "amount": row["AMOUNT"]}
            yield found("does-not-multiply", row.line, **facts)
