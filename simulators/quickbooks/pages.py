"""What does a person see of the company? Accounts, names, items, documents with their postings, and the requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.exceptions import NotFound

from ..common.guard import under_an_own_name
from ..common.http import Reply, Request
from ..common.pages import Pages, money
from ..common.routes import View, route
from . import page_actions
from .entities import BY_PATH, ENTITIES
from .entities.account import home_balance, natural_balance
from .entities.exchange import is_foreign
from .entities.invoice import open_balance
from .entities.transaction import Transaction
from .entities.trees import Tree
from .fields import Record
from .ledger import NOTHING, Entry, Posting
from .report_pages import report_values
from .reports import balances_at

if TYPE_CHECKING:
    from .books import Books
    from .companies import App

LATEST = 10
MOST_ROWS = 500
MOST_OTHERS = 500
TABS = (
    ("/", "Overview"),
    ("/accounts", "Chart of accounts"),
    ("/customers", "Customers"),
    ("/items", "Products and services"),
    ("/transactions", "Transactions"),
    ("/trial-balance", "Trial balance"),
    ("/reports", "Reports"),
    ("/requests", "Requests"),
)
PAGES = Pages("simulators.quickbooks")
#: What the template of a page is given beside the frame.
Values = dict[str, Any]


class Link(NamedTuple):
    """A text that may lead to another page."""

    text: str
    address: str = ""


def _page(template: str, values_of: Callable[..., Values]) -> View:
    """A page for people on this machine, from a template and a function that gathers what it shows."""

    def view(app: App, request: Request, **told: str) -> Reply:
        if not request.from_loopback or not under_an_own_name(request):
            raise NotFound
        with app.company.lock:
            values = {**_frame(app, request), **values_of(app, request, **told)}
            return PAGES.show(template, request, **values)

    return view


def _frame(app: App, request: Request) -> Values:
    books = app.company.books
    closed = _closed(books)
    facts = [
        f"Test company {app.company.company_id}",
        f"Books closed through {closed}" if closed else "Books open",
        f"{books.home_currency}, {app.company.clock.today().isoformat()}",
    ]
    tab = "/" + request.path.strip("/").partition("/")[0]
    name = str(books.named("CompanyInfo", "1")["CompanyName"])
    return {"name": name, "kind": "test company", "facts": facts, "tabs": TABS, "tab": tab}


def _closed(books: Books) -> str:
    return str(books.preferences["AccountingInfoPrefs"].get("BookCloseDate") or "")


def _record(books: Books, kind: str, identifier: str) -> Record:
    record = books.get(kind, identifier)
    if record is None:
        raise NotFound
    return record


def _overview(app: App, request: Request) -> Values:
    books = app.company.books
    kinds = ("Bank", "Accounts Receivable", "Income")
    accounts = {kind: books.under("Account", "AccountType", kind.lower()) for kind in kinds}
    held = {kind: sum((home_balance(books, account) for account in accounts[kind]), NOTHING) for kind in kinds}
    figures = (
        ("in the bank", money(held["Bank"])),
        ("owed by customers", money(held["Accounts Receivable"])),
        ("income", money(held["Income"])),
        ("documents in the ledger", f"{len(books.store.ledger.entries):,}"),
        ("requests answered", f"{app.log.requests:,}"),
    )
    with_balance = [row for row in _account_rows(books) if row["balance"]]
    return {
        "figures": figures,
        "latest": _latest(books),
        "accounts": with_balance,
        "requests": app.log.newest(12),
        "closed": _closed(books),
    }


# Lists


def _accounts(app: App, request: Request) -> Values:
    return {"accounts": _account_rows(app.company.books)}


def _account_rows(books: Books) -> list[Values]:
    return [
        {
            "record": record,
            "depth": min(record["FullyQualifiedName"].count(":"), 4),
            "currency": _currency(books, record),
            "balance": natural_balance(books, record),
        }
        for record in sorted(books.all("Account"), key=lambda account: int(account["Id"]))
    ]


def _account(app: App, request: Request, identifier: str) -> Values:
    books = app.company.books
    record = _record(books, "Account", identifier)
    balance, register = NOTHING, []
    for entry, posting in books.store.ledger.on_account(record["Id"]):
        balance += posting.own
        register.append(
            {
                "day": entry.day,
                "document": _document_link(entry),
                "who": _name_link(books, posting.name),
                "memo": posting.note,
                "amount": posting.own,
                "balance": balance,
            }
        )
    listed = _of_list(books, "Account", record)
    return {**listed, "register": register[-MOST_ROWS:], "currency": _currency(books, record)}


def _of_list(books: Books, kind: str, record: Record) -> Values:
    """A record of a list with what its buttons need."""
    entity = ENTITIES[kind]
    assert isinstance(entity, Tree)
    return {"record": record, "own_name": entity.own_name, "shown": entity.show(record, books)}


def _customers(app: App, request: Request) -> Values:
    books = app.company.books
    rows = [
        {
            "record": record,
            "email": record.get("PrimaryEmailAddr", {}).get("Address", ""),
            "currency": _currency(books, record),
            "owes": books.owed_by(record["Id"]),
        }
        for record in list(books.all("Customer"))[:MOST_ROWS]
    ]
    return {"customers": rows}


def _customer(app: App, request: Request, identifier: str) -> Values:
    books = app.company.books
    record = _record(books, "Customer", identifier)
    keys = {
        (kind, document)
        for kind, entity in ENTITIES.items()
        if "CustomerRef" in entity.indexes
        for document in books.store.tables[kind].ids("CustomerRef", record["Id"])
    }
    entries = [entry for key, entry in books.store.ledger.entries.items() if key in keys]
    others = [
        (customer["Id"], customer["FullyQualifiedName"])
        for customer in books.all("Customer")
        if record["Active"] and customer["Active"] and customer["Id"] != record["Id"]
    ]
    others = sorted(others, key=lambda pair: str(pair[1]).lower())[:MOST_OTHERS]
    return {
        **_of_list(books, "Customer", record),
        "documents": _document_rows(books, entries),
        "others": others,
        "items": _sold(books),
    }


def _sold(books: Books) -> list[tuple[str, str]]:
    """The items that an invoice can name, by id."""
    items = [item for item in books.all("Item") if item["Active"] and item["Type"] != "Category"]
    return sorted(((item["Id"], item["FullyQualifiedName"]) for item in items), key=lambda pair: pair[1].lower())


def _items(app: App, request: Request) -> Values:
    books = app.company.books
    rows = [
        {"record": record, "account": _account_link(books, record.get("IncomeAccountRef"))}
        for record in list(books.all("Item"))[:MOST_ROWS]
    ]
    return {"items": rows}


def _item(app: App, request: Request, identifier: str) -> Values:
    books = app.company.books
    return _of_list(books, "Item", _record(books, "Item", identifier))


def _account_link(books: Books, identifier: str | None) -> Link | None:
    record = books.get("Account", identifier)
    return Link(record["FullyQualifiedName"], f"/accounts/{record['Id']}") if record else None


def _name_link(books: Books, identifier: str | None) -> Link | None:
    for kind in ("Customer", "Vendor", "Employee"):
        record = books.get(kind, identifier)
        if record is not None:
            return Link(record["DisplayName"], f"/customers/{record['Id']}" if kind == "Customer" else "")
    return None


def _document_link(entry: Entry) -> Link:
    if entry.kind == "Item":
        return Link("Inventory Starting Value", f"/items/{entry.id}")
    label = ENTITIES[entry.kind].label
    return Link(f"{label} {entry.number or '#' + entry.id}", f"/transactions/{entry.kind.lower()}/{entry.id}")


def _currency(books: Books, record: Record) -> str:
    """The currency of an account or a name, where it is not the home currency."""
    return str(record["CurrencyRef"]) if is_foreign(books, record) else ""


# Documents


def _transactions(app: App, request: Request) -> Values:
    books = app.company.books
    return {"documents": _document_rows(books, books.store.ledger.entries.values())}


def _document_rows(books: Books, entries: Iterable[Entry]) -> list[Values]:
    newest = sorted(entries, key=lambda entry: (entry.day, int(entry.id)), reverse=True)[:MOST_ROWS]
    return [
        {
            "day": entry.day,
            "document": _document_link(entry),
            "who": _name_link(books, next((posting.name for posting in entry.postings if posting.name), None)),
            "amount": _debits(entry.postings),
        }
        for entry in newest
    ]


def _debits(postings: Iterable[Posting]) -> Decimal:
    return sum((posting.amount for posting in postings if posting.amount > 0), NOTHING)


def _sides(amount: Decimal) -> dict[str, Decimal | str]:
    """The cells of an amount in a table with debits and credits."""
    return {"debit": amount if amount > 0 else "", "credit": -amount if amount < 0 else ""}


def _latest(books: Books) -> list[Values]:
    """The newest documents, each line of a document below its first."""
    rows = []
    for entry in sorted(books.store.ledger.entries.values(), key=lambda entry: -int(entry.id))[:LATEST]:
        for number, posting in enumerate(entry.postings):
            of_document = (entry.day, _document_link(entry), _name_link(books, posting.name))
            day, document, who = of_document if number == 0 else ("", None, None)
            account = _account_link(books, posting.account)
            rows.append({"day": day, "document": document, "who": who, "account": account, **_sides(posting.amount)})
    return rows


def _transaction(app: App, request: Request, kind: str, identifier: str) -> Values:
    books, entity = app.company.books, BY_PATH.get(kind)
    if not isinstance(entity, Transaction):
        raise NotFound
    record = _record(books, entity.name, identifier)
    entry = books.store.ledger.entries.get((entity.name, record["Id"]))
    postings = entry.postings if entry else ()
    rows = [
        {
            "account": _account_link(books, posting.account),
            "who": _name_link(books, posting.name),
            "memo": " · ".join(filter(None, (posting.note, _in_its_currency(books, posting)))),
            **_sides(posting.amount),
        }
        for posting in postings
    ]
    title = f"{entity.label} {entry.number or '#' + entry.id}, {entry.day}: postings" if entry else entity.label
    return {
        "title": title,
        "postings": rows,
        "total": _debits(postings),
        "kind": entity.name,
        "record": record,
        "numbered": bool(entity.numbered_with),
        "voidable": "void" in entity.operations,
        "open": open_balance(books, record) if entity.name == "Invoice" else NOTHING,
        "shown": entity.show(record, books),
    }


def _in_its_currency(books: Books, posting: Posting) -> str:
    """What a posting is in its account's currency, where that is not the home currency."""
    if posting.foreign is None:
        return ""
    return f"{books.named('Account', posting.account)['CurrencyRef']} {abs(posting.foreign):,.2f}"


def _trial_balance(app: App, request: Request) -> Values:
    books = app.company.books
    today = books.today.isoformat()
    balances = balances_at(books, today)
    rows = [{"account": _account_link(books, account), **_sides(amount)} for account, amount in balances.items()]
    return {"today": today, "rows": rows, "total": sum((max(amount, NOTHING) for amount in balances.values()), NOTHING)}


# Requests


def _requests(app: App, request: Request) -> Values:
    return {"requests": app.log.newest(MOST_ROWS)}


def _request(app: App, request: Request, number: str) -> Values:
    entry = app.log.entry(number)
    if entry is None:
        raise NotFound
    return {"entry": entry, "named_by": app.log.named_by}


ROUTES = (
    route("/", _page("overview.html", _overview), "GET"),
    route("/accounts", _page("accounts.html", _accounts), "GET"),
    route("/accounts/<identifier>", _page("account.html", _account), "GET"),
    route("/customers", _page("customers.html", _customers), "GET"),
    route("/customers/<identifier>", _page("customer.html", _customer), "GET"),
    route("/items", _page("items.html", _items), "GET"),
    route("/items/<identifier>", _page("item.html", _item), "GET"),
    route("/transactions", _page("transactions.html", _transactions), "GET"),
    route("/transactions/<kind>/<identifier>", _page("transaction.html", _transaction), "GET"),
    route("/trial-balance", _page("trial_balance.html", _trial_balance), "GET"),
    route("/reports", _page("report.html", report_values), "GET"),
    route("/reports/<name>", _page("report.html", report_values), "GET"),
    route("/requests", _page("requests.html", _requests), "GET"),
    route("/requests/<number>", _page("request.html", _request), "GET"),
    route("/do/<verb>", page_actions.respond, "POST"),
)
