"""What happened, transaction by transaction? General ledger and transaction list."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from ..entities.account_types import DEBIT_NATURED
from ..fields import Record
from ..ledger import NOTHING, Entry, Posting
from .basis import entries, moved
from .frame import FIRST_DAY, Asked, cells, data, exact, keyed_columns, money, section, summary
from .statements import SECTIONS

if TYPE_CHECKING:
    from ..books import Books

LEDGER_COLUMNS = {
    "tx_date": "Date",
    "txn_type": "Transaction Type",
    "doc_num": "Num",
    "name": "Name",
    "memo": "Memo/Description",
    "split_acc": "Split",
    "subt_nat_amount": "Amount",
    "rbal_nat_amount": "Balance",
}
LIST_COLUMNS = {
    "tx_date": "Date",
    "txn_type": "Transaction Type",
    "doc_num": "Num",
    "is_no_post": "Posting",
    "name": "Name",
    "memo": "Memo/Description",
    "account_name": "Account",
    "other_account": "Split",
    "subt_nat_amount": "Amount",
}


def label_of(books: Books, kind: str) -> str:
    """What a person calls the transaction that made an entry."""
    return "Inventory Starting Value" if kind == "Item" else books.entities[kind].label


def name_of(books: Books, identifier: str | None) -> tuple[str, str]:
    """The name and the id of a customer, vendor or employee; empty texts for nobody."""
    for kind in ("Customer", "Vendor", "Employee"):
        record = books.get(kind, identifier)
        if record is not None:
            return record["DisplayName"], record["Id"]
    return "", ""


def _day_order(entry: Entry) -> tuple[str, int]:
    return entry.day, int(entry.id)


def general_ledger(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """Each account with what moved it; amounts are changes of the account's own balance."""
    before = moved(books, what.basis, FIRST_DAY, _before(what.first))
    by_account = _by_account(books, what)
    rows = []
    for record in books.all("Account"):
        wanted = not what.accounts or record["Id"] in what.accounts
        found = by_account.get(record["Id"], [])
        if wanted and (found or before.get(record["Id"])):
            rows.append(_account(books, record, before.get(record["Id"], NOTHING), found))
    return keyed_columns(LEDGER_COLUMNS), rows


def profit_and_loss_detail(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """Each account of income and expense with what moved it, and what is left at the end."""
    by_account = _by_account(books, what)
    rows, net, width = [], NOTHING, len(LEDGER_COLUMNS) - 1
    for group, kind in SECTIONS.items():
        accounts = [account for account in books.all("Account") if account["AccountType"] == kind]
        moved_here = [account for account in accounts if account["Id"] in by_account]
        if not moved_here:
            continue
        inside = [_account(books, account, NOTHING, by_account[account["Id"]]) for account in moved_here]
        postings = [posting for account in moved_here for _, posting in by_account[account["Id"]]]
        change = sum((posting.amount for posting in postings), NOTHING)
        net -= change
        amount = -change if kind in ("Income", "Other Income") else change
        rows.append(section(group, kind, inside, cells(f"Total {kind}", *_amount_alone(amount)), width=width))
    if rows:
        rows.append(summary("NetIncome", "Net Income", *_amount_alone(net)))
    return keyed_columns(LEDGER_COLUMNS), rows


def _amount_alone(amount: Decimal) -> tuple[str, ...]:
    """The cells of a total: nothing until the amount, and nothing below the running balance."""
    return (*[""] * (len(LEDGER_COLUMNS) - 3), exact(amount), "")


def _by_account(books: Books, what: Asked) -> dict[str, list[tuple[Entry, Posting]]]:
    """What moved each account in the period, oldest first."""
    by_account: dict[str, list[tuple[Entry, Posting]]] = {}
    for entry in sorted(entries(books, what.basis), key=_day_order):
        if what.first <= entry.day <= what.last:
            for posting in entry.postings:
                by_account.setdefault(posting.account, []).append((entry, posting))
    return by_account


def _before(day: str) -> str:
    """A text that sorts just before a day."""
    return day[:-1] + chr(ord(day[-1]) - 1) + "~"


def _account(books: Books, record: Record, begin: Decimal, found: list[tuple[Entry, Posting]]) -> Record:
    sign = 1 if record["AccountType"] in DEBIT_NATURED else -1
    running = sign * begin
    rows = [data("Beginning Balance", *[""] * 6, exact(running))] if running else []
    total = NOTHING
    for entry, posting in found:
        amount = sign * posting.amount
        running, total = running + amount, total + amount
        rows.append(
            data(
                entry.day,
                (label_of(books, entry.kind), entry.id),
                entry.number,
                name_of(books, posting.name),
                posting.note,
                split_of(books, entry, posting.account),
                exact(amount),
                exact(running),
            )
        )
    title = record["FullyQualifiedName"]
    head = section("", title, rows, cells(f"Total for {title}", *[""] * 5, exact(total), ""), width=7)
    return {**head, "Header": {"ColData": [{"value": title, "id": record["Id"]}, *[{"value": ""}] * 7]}}


def split_of(books: Books, entry: Entry, account: str) -> str | tuple[str, str]:
    """The account on the other side; -Split- when there are several."""
    others = list(dict.fromkeys(posting.account for posting in entry.postings if posting.account != account))
    if len(others) != 1:
        return "-Split-"
    return books.named("Account", others[0])["FullyQualifiedName"], others[0]


def transaction_list(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """Every transaction of the period with its total, oldest first."""
    found = [entry for entry in _own(books) if what.first <= entry.day <= what.last]
    rows = []
    for entry in sorted(found, key=_day_order):
        head = entry.postings[0]
        who = next((posting.name for posting in entry.postings if posting.name), None)
        if (what.customers and who not in what.customers) or (what.accounts and head.account not in what.accounts):
            continue
        record = books.get(entry.kind, entry.id) or {}
        rows.append(
            data(
                entry.day,
                (label_of(books, entry.kind), entry.id),
                entry.number,
                "Yes",
                name_of(books, who),
                str(record.get("PrivateNote", "")),
                (books.named("Account", head.account)["FullyQualifiedName"], head.account),
                split_of(books, entry, head.account),
                money(head.amount),
            )
        )
    return keyed_columns(LIST_COLUMNS), rows


def _own(books: Books) -> Iterable[Entry]:
    return books.store.ledger.entries.values()
