"""What does a person see of the company? Accounts, names, items, documents with their postings, and the requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import simplejson

from ..common.guard import under_an_own_name
from ..common.http import Reply, Request
from . import page_actions
from .entities import BY_PATH, ENTITIES
from .entities.account import home_balance, natural_balance
from .entities.exchange import is_foreign
from .entities.transaction import Transaction
from .fields import Record
from .ledger import NOTHING, Entry, Posting
from .markup import Html, code, link, money, notice, page, side_by_side, styled, table, tiles
from .page_actions import closing_panel, document_panel, list_panel
from .report_pages import report_page
from .reports import balances_at

if TYPE_CHECKING:
    from .app import App
    from .books import Books

LATEST = 10
MOST_ROWS = 500


def respond(app: App, request: Request, parts: tuple[str, ...]) -> Reply | None:
    """A page, or None when the address is none."""
    if not request.from_loopback or not under_an_own_name(request):
        return None
    if request.method == "POST" and len(parts) == 2 and parts[0] == "do":
        with app.company.lock:
            return page_actions.respond(app, request, parts[1])
    if request.method not in ("GET", "HEAD"):
        return None
    with app.company.lock:
        make = PAGES.get(parts[0] if parts else "")
        if parts and parts[0] == "reports":
            content = report_page(app, parts[1:], request)
        else:
            content = make(app, parts[1:]) if make else None
        if content is None:
            return None
        here = "/" + (parts[0] if parts else "")
        told = notice(request.query.get("said", ""), request.query.get("refused", ""))
        content = [told, *content]
        return Reply.page(page(_name(app), _facts(app), here, *content))


def _name(app: App) -> str:
    return str(app.company.books.named("CompanyInfo", "1")["CompanyName"])


def _facts(app: App) -> list[str]:
    closed = app.company.books.preferences["AccountingInfoPrefs"].get("BookCloseDate")
    return [
        f"Rehearsal company {app.company.company_id}",
        f"Books closed through {closed}" if closed else "Books open",
        f"{app.company.books.home_currency}, {app.company.clock.today().isoformat()}",
    ]


Content = list[Html] | None


def _overview(app: App, rest: tuple[str, ...]) -> Content:
    books = app.company.books
    kinds = ("Bank", "Accounts Receivable", "Income")
    held = {kind: sum((home_balance(books, each) for each in _of_type(books, kind)), NOTHING) for kind in kinds}
    figures = tiles(
        ("in the bank", money(held["Bank"])),
        ("owed by customers", money(held["Accounts Receivable"])),
        ("income", money(held["Income"])),
        ("documents in the ledger", f"{len(books.store.ledger.entries):,}"),
        ("requests answered", f"{app.log.requests:,}"),
    )
    return [
        figures,
        _latest(books),
        side_by_side(_accounts_table(books, only_with_balance=True), _requests_table(app, 12)),
        closing_panel(books),
    ]


def _of_type(books: Books, kind: str) -> list[Record]:
    return books.under("Account", "AccountType", kind.lower())


# Lists


def _accounts(app: App, rest: tuple[str, ...]) -> Content:
    books = app.company.books
    if not rest:
        return [_accounts_table(books, only_with_balance=False)]
    record = books.get("Account", rest[0])
    if record is None:
        return None
    running, rows = NOTHING, []
    for entry, posting in books.store.ledger.on_account(record["Id"]):
        running += posting.own
        who = _who(books, posting.name)
        rows.append((entry.day, _document(entry), who, posting.note, money(posting.own), money(running)))
    heads = ("Date", "Document", "Name", "Memo", "#Debit (credit −)", "#Balance")
    shown = rows[-MOST_ROWS:]
    return [
        table(" · ".join((record["FullyQualifiedName"], record["AccountType"], *_code(books, record))), heads, shown),
        list_panel(books, "Account", record),
        _json(books, "Account", record),
    ]


def _accounts_table(books: Books, *, only_with_balance: bool) -> Html:
    rows = []
    for record in sorted(books.all("Account"), key=lambda book: int(book["Id"])):
        balance = natural_balance(books, record)
        if only_with_balance and not balance:
            continue
        depth = record["FullyQualifiedName"].count(":")
        label = record["FullyQualifiedName"] if only_with_balance else record["Name"]
        name = link(f"/accounts/{record['Id']}", label)
        shown = styled(name, f"in{min(depth, 4)}") if depth and not only_with_balance else name
        kind = " · ".join((record["AccountType"], *_code(books, record)))
        rows.append((record["Id"], shown, styled(kind, "soft"), money(balance)))
    title = "Accounts with a balance" if only_with_balance else "Chart of accounts"
    return table(title, ("Id", "Account", "Type", "#Balance"), rows)


def _customers(app: App, rest: tuple[str, ...]) -> Content:
    books = app.company.books
    if not rest:
        rows = (
            (
                record["Id"],
                link(f"/customers/{record['Id']}", record["FullyQualifiedName"]),
                record.get("PrimaryEmailAddr", {}).get("Address", ""),
                styled(" · ".join((*_code(books, record), *([] if record["Active"] else ["inactive"]))), "soft"),
                money(books.owed_by(record["Id"])),
            )
            for record in list(books.all("Customer"))[:MOST_ROWS]
        )
        return [table("Customers", ("Id", "Name", "Email", "", "#Owes"), rows)]
    record = books.get("Customer", rest[0])
    if record is None:
        return None
    ids = {
        (kind, each)
        for kind, entity in ENTITIES.items()
        if "CustomerRef" in entity.indexes
        for each in books.store.tables[kind].ids("CustomerRef", record["Id"])
    }
    entries = [entry for key, entry in books.store.ledger.entries.items() if key in ids]
    documents = _entries(f"{record['FullyQualifiedName']}: documents", books, entries)
    return [documents, list_panel(books, "Customer", record), _json(books, "Customer", record)]


def _items(app: App, rest: tuple[str, ...]) -> Content:
    books = app.company.books
    if rest:
        record = books.get("Item", rest[0])
        return None if record is None else [list_panel(books, "Item", record), _json(books, "Item", record)]
    rows = (
        (
            record["Id"],
            link(f"/items/{record['Id']}", record["FullyQualifiedName"]),
            record.get("Sku", ""),
            record["Type"] + ("" if record["Active"] else ", inactive"),
            _account_link(books, record.get("IncomeAccountRef")),
            money(record.get("UnitPrice", 0)),
        )
        for record in list(books.all("Item"))[:MOST_ROWS]
    )
    return [table("Products and services", ("Id", "Name", "SKU", "Type", "Income account", "#Price"), rows)]


def _account_link(books: Books, identifier: str | None) -> object:
    record = books.get("Account", identifier)
    return link(f"/accounts/{record['Id']}", record["FullyQualifiedName"]) if record else ""


# Documents


def _document(entry: Entry) -> Html:
    if entry.kind == "Item":
        return link(f"/items/{entry.id}", "Inventory Starting Value")
    label = ENTITIES[entry.kind].label
    return link(f"/transactions/{entry.kind.lower()}/{entry.id}", f"{label} {entry.number or '#' + entry.id}")


def _who(books: Books, identifier: str | None) -> object:
    for kind in ("Customer", "Vendor", "Employee"):
        record = books.get(kind, identifier)
        if record is not None:
            shown = record["DisplayName"]
            return link(f"/customers/{record['Id']}", shown) if kind == "Customer" else shown
    return ""


def _transactions(app: App, rest: tuple[str, ...]) -> Content:
    books = app.company.books
    if not rest:
        return [_entries("Transactions, newest first", books, books.store.ledger.entries.values())]
    entity = BY_PATH.get(rest[0])
    record = books.get(entity.name, rest[1]) if isinstance(entity, Transaction) and len(rest) == 2 else None
    if entity is None or record is None:
        return None
    entry = books.store.ledger.entries.get((entity.name, record["Id"]))
    panel = document_panel(entity.name, record)
    return [_postings(books, entity.label, entry), panel, _json(books, entity.name, record)]


def _entries(title: str, books: Books, entries: Iterable[Entry]) -> Html:
    newest = sorted(entries, key=lambda entry: (entry.day, int(entry.id)), reverse=True)[:MOST_ROWS]
    rows = (
        (
            entry.day,
            _document(entry),
            _who(books, next((each.name for each in entry.postings if each.name), None)),
            money(sum((posting.amount for posting in entry.postings if posting.amount > 0), NOTHING)),
        )
        for entry in newest
    )
    return table(title, ("Date", "Document", "Name", "#Amount"), rows)


def _latest(books: Books) -> Html:
    rows: list[tuple[object, ...]] = []
    newest = sorted(books.store.ledger.entries.values(), key=lambda entry: -int(entry.id))[:LATEST]
    for entry in newest:
        for number, posting in enumerate(entry.postings):
            first = number == 0
            rows.append(
                (
                    entry.day if first else "",
                    _document(entry) if first else "",
                    _who(books, posting.name) if first else "",
                    _account_link(books, posting.account),
                    money(posting.amount) if posting.amount > 0 else "",
                    money(-posting.amount) if posting.amount < 0 else "",
                )
            )
    heads = ("Date", "Document", "Name", "Account", "#Debit", "#Credit")
    return table(f"Latest documents and what they post (newest {LATEST})", heads, rows)


def _postings(books: Books, label: str, entry: Entry | None) -> Html:
    postings = entry.postings if entry else ()
    rows: list[tuple[object, ...]] = [
        (
            _account_link(books, posting.account),
            _who(books, posting.name),
            " · ".join((posting.note, *_in_its_currency(books, posting))),
            money(posting.amount) if posting.amount > 0 else "",
            money(-posting.amount) if posting.amount < 0 else "",
        )
        for posting in postings
    ]
    if postings:
        total = money(sum((posting.amount for posting in postings if posting.amount > 0), NOTHING))
        rows.append((styled("Total", "soft"), "", "", total, total))
    title = f"{label} {entry.number or '#' + entry.id}, {entry.day}: postings" if entry else f"{label}: postings"
    return table(
        title, ("Account", "Name", "Memo", "#Debit", "#Credit"), rows, empty="It posts nothing (voided, or of 0.00)."
    )


def _code(books: Books, record: Record) -> list[str]:
    """The currency of an account or a name, where it is not the home currency."""
    return [record["CurrencyRef"]] if is_foreign(books, record) else []


def _in_its_currency(books: Books, posting: Posting) -> list[str]:
    """What a posting is in its account's currency, where that is not the home currency."""
    if posting.foreign is None:
        return []
    return [f"{books.named('Account', posting.account)['CurrencyRef']} {abs(posting.foreign):,.2f}"]


def _json(books: Books, kind: str, record: Record) -> Html:
    shown = ENTITIES[kind].show(record, books)
    return code("As the API shows it", simplejson.dumps(shown, indent=2, use_decimal=True, ensure_ascii=False))


def _trial_balance(app: App, rest: tuple[str, ...]) -> Content:
    books = app.company.books
    today = books.today.isoformat()
    balances = balances_at(books, today)
    rows: list[tuple[object, ...]] = [
        (
            _account_link(books, identifier),
            money(amount) if amount > 0 else "",
            money(-amount) if amount < 0 else "",
        )
        for identifier, amount in balances.items()
    ]
    total = money(sum((amount for amount in balances.values() if amount > 0), NOTHING))
    rows.append((styled("Total", "soft"), total, total))
    return [table(f"Trial balance as of {today}", ("Account", "#Debit", "#Credit"), rows)]


# Requests


def _requests(app: App, rest: tuple[str, ...]) -> Content:
    if not rest:
        return [_requests_table(app, MOST_ROWS)]
    found = next((entry for entry in app.log.entries if str(entry["number"]) == rest[0]), None)
    if found is None:
        return None
    facts = [(name, found[name]) for name in ("time", "milliseconds", "status", "delivered", "intuit_tid")]
    query = "&".join(f"{name}={value}" for name, value in found["query"].items())
    return [
        table(f"{found['method']} {found['path']}", ("", ""), [*facts, ("query", query)]),
        side_by_side(
            code("What was asked", _pretty(found["body"])), code("What was answered", _pretty(found["response"]))
        ),
    ]


def _pretty(body: str) -> str:
    try:
        return str(
            simplejson.dumps(simplejson.loads(body, use_decimal=True), indent=2, use_decimal=True, ensure_ascii=False)
        )
    except (ValueError, RecursionError):
        return body


def _requests_table(app: App, most: int) -> Html:
    rows = (
        (
            link(f"/requests/{entry['number']}", entry["time"][11:23]),
            f"{entry['method']} {'/'.join(entry['path'].split('/')[4:])}",
            entry["operation"] if entry["delivered"] == "whole" else f"{entry['operation']}, answer lost",
            styled(entry["status"], "bad" if entry["status"] >= 400 else "soft"),
        )
        for entry in list(app.log.entries)[: -most - 1 : -1]
    )
    return table("Requests, newest first", ("Time", "Request", "What", "#Status"), rows, empty="Nobody has asked yet.")


PAGES: dict[str, Callable[[App, tuple[str, ...]], Content]] = {
    "": _overview,
    "accounts": _accounts,
    "customers": _customers,
    "items": _items,
    "transactions": _transactions,
    "trial-balance": _trial_balance,
    "requests": _requests,
}
