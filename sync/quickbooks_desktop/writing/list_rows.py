"""Which rows of lists does a file begin with? What it brings in itself, and what the company wants repeated.

Nothing is repeated with more than QuickBooks must be told, so that no description or price there is written over.
Lists come before transactions, parents before what is below them.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from books.answers import AccountRef, ItemRef, Terms
from books.documents import NewCustomer
from sync.quickbooks_desktop.writing.blocks import address_columns
from sync.quickbooks_desktop.writing.dialect import ACCOUNT_TYPES, COLUMNS, COMPANY, EMAIL, NAME_ONLY, PERSON, PHONE
from sync.quickbooks_desktop.writing.row_writer import Scribe
from sync.quickbooks_desktop.writing.rows import IifRow, header, text_of
from sync.quickbooks_desktop.writing.settings import IifSettings

#: Item types that a row with a name, a type and an account says enough about.
_SIMPLE_ITEMS = ("SERV", "PART", "OTHC", "DISC")
_TAX_AGENCY = "Tax agency"


@dataclass(frozen=True, kw_only=True)
class DesktopItem:
    """An item of the company's list, as Desktop's own export has it."""

    name: str
    #: As the file writes it, such as `SERV`.
    item_type: str
    account: str


@dataclass(frozen=True, kw_only=True)
class ListRows:
    """What is known of the lists that the documents name; everything may be left out."""

    #: QuickBooks' account type of every known account, by full path. Parents are looked up here.
    account_types: Mapping[str, str] = field(default_factory=dict)
    #: Desktop's mark of special accounts, such as `UNDEPOSIT`, by full path.
    account_marks: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, DesktopItem] = field(default_factory=dict)
    #: Names that earlier files gave to what they brought in, by the key of the document.
    given: Mapping[str, str] = field(default_factory=dict)
    #: Every name on Desktop's lists of customers, vendors, employees and other names.
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ListSection:
    """Rows under one header."""

    keyword: str
    columns: tuple[str, ...]
    rows: tuple[IifRow, ...]

    @property
    def text(self) -> str:
        """The header and its rows."""
        return header(self.keyword, self.columns) + "".join(text_of(row, self.columns) for row in self.rows)


@dataclass(kw_only=True)
class NamesUsed:
    """What the transactions of one file name, in the order they do."""

    accounts: dict[str, AccountRef] = field(default_factory=dict)
    items: dict[str, tuple[ItemRef, AccountRef]] = field(default_factory=dict)
    customers: dict[str, None] = field(default_factory=dict)
    terms: dict[str, Terms] = field(default_factory=dict)
    #: Rows of customers that the file brings in, by name.
    new_customers: dict[str, IifRow] = field(default_factory=dict)


def sections(named: NamesUsed, lists: ListRows, settings: IifSettings) -> tuple[ListSection, ...]:
    """The sections before the transactions, in the order that QuickBooks itself exports them."""
    made = (
        ListSection("ACCNT", COLUMNS["ACCNT"], tuple(_accounts(named, lists)) if settings.write_accounts else ()),
        *_tax_sections(settings),
        ListSection("INVITEM", COLUMNS["INVITEM"], tuple(_items(named, lists)) if settings.write_items else ()),
        ListSection("TERMS", COLUMNS["TERMS"], tuple(_terms(named)) if settings.write_terms else ()),
        ListSection("CUST", NAME_ONLY, tuple(_customers(named)) if settings.write_customers else ()),
        ListSection("CUST", COLUMNS["CUST"], tuple(named.new_customers.values())),
    )
    return tuple(section for section in made if section.rows)


def customer_row(customer: NewCustomer, name: str, scribe: Scribe) -> IifRow:
    """The row of a customer that the file brings in."""
    values = {
        "NAME": name,
        **address_columns("BADDR", customer.display_name, customer.billing, scribe),
        **address_columns("SADDR", customer.display_name, customer.shipping, scribe),
        "PHONE1": scribe.text("PHONE1", customer.phone, PHONE),
        "EMAIL": scribe.text("EMAIL", customer.email, EMAIL),
        "COMPANYNAME": scribe.text("COMPANYNAME", customer.company_name, COMPANY),
        "FIRSTNAME": scribe.text("FIRSTNAME", customer.given_name, PERSON),
        "LASTNAME": scribe.text("LASTNAME", customer.family_name, PERSON),
    }
    return IifRow("CUST", values)


def _accounts(named: NamesUsed, lists: ListRows) -> Iterator[IifRow]:
    known = {path: account.account_type for path, account in named.accounts.items()}
    for path in _with_parents(named.accounts):
        # A parent has the type of what is below it
        below = (account_type for other, account_type in known.items() if other.startswith(f"{path}:"))
        found = lists.account_types.get(path) or known.get(path) or next(below, "")
        if code := ACCOUNT_TYPES.get(found):
            yield IifRow("ACCNT", {"NAME": path, "ACCNTTYPE": code, "EXTRA": lists.account_marks.get(path, "")})


def _items(named: NamesUsed, lists: ListRows) -> Iterator[IifRow]:
    for name in _with_parents(named.items):
        item = lists.items.get(name)
        if item and item.item_type in _SIMPLE_ITEMS:
            yield IifRow("INVITEM", {"NAME": name, "INVITEMTYPE": item.item_type, "ACCNT": item.account})


def _tax_sections(settings: IifSettings) -> tuple[ListSection, ...]:
    if not settings.sales_tax or not settings.write_tax_agency:
        return ()
    agency = IifRow("VEND", {"NAME": settings.sales_tax.agency, "VTYPE": _TAX_AGENCY})
    return (
        ListSection("VTYPE", COLUMNS["VTYPE"], (IifRow("VTYPE", {"NAME": _TAX_AGENCY}),)),
        ListSection("VEND", COLUMNS["VEND"], (agency,)),
    )


def _terms(named: NamesUsed) -> Iterator[IifRow]:
    for name, terms in named.terms.items():
        if terms.due_days is not None:
            yield IifRow("TERMS", {"NAME": name, "DUEDAYS": str(terms.due_days), "TERMSTYPE": "0"})


def _customers(named: NamesUsed) -> Iterator[IifRow]:
    for name in _with_parents(named.customers):
        if name not in named.new_customers:
            yield IifRow("CUST", {"NAME": name})


def _with_parents(paths: Iterable[str]) -> Iterator[str]:
    seen = set()
    for path in paths:
        levels = path.split(":")
        for depth in range(1, len(levels) + 1):
            parent = ":".join(levels[:depth])
            if parent not in seen:
                seen.add(parent)
                yield parent
