"""What may an entity's rules ask of the company? Records, references, settings, today; and how a change is kept."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from ..common.clock import Clock
from . import refusals
from .fields import Found, Record
from .ledger import NOTHING
from .options import Options
from .store import Store

FILE_SECONDS = 900
SHIPPING = "SHIPPING_ITEM_ID"
"""What a line names as its item to charge for shipping; there is no such item."""
CURRENCY_NAMES = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "AUD": "Australian Dollar",
    "RON": "Romanian Leu",
}


class Rules(Protocol):
    """What the rules of one entity ask of those of another."""

    label: ClassVar[str]

    def write(self, books: Any, body: Any, *, switches: frozenset[str] = frozenset()) -> Record:
        """Create or update as the body says."""

    def draft(self, given: Record, old: Record | None, *, sparse: bool) -> Record:
        """What the object would be, before its own rules."""

    def complete(self, books: Any, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        """Its own rules."""

    def keep(self, books: Any, draft: Record, old: Record | None) -> Record:
        """Store it."""

    def touch(self, books: Any, record: Record, **changes: Any) -> Record:
        """Change it because another one changed."""

    def called(self, record: Record) -> str:
        """The name that references to it show."""

    def show(self, record: Record, books: Any) -> Record:
        """The object as an answer carries it."""


class Books:
    """The company's books as the rules see them."""

    def __init__(self, store: Store, clock: Clock, options: Options, entities: Mapping[str, Rules]) -> None:
        self.store = store
        self.clock = clock
        self.options = options
        self.entities = entities
        self.base_url = ""
        self.file_secret = secrets.token_bytes(16)
        self.by_hand = False  # whether a person does it in QuickBooks, who may do more than the API
        self.actor = "Jordan Ellis"  # who "finished before you did"

    def get(self, entity: str, identifier: str | None) -> Record | None:
        """The record, or None."""
        return None if identifier is None else self.store.tables[entity].records.get(identifier)

    def named(self, entity: str, identifier: str) -> Record:
        """A record that must be there because another one refers to it."""
        return self.store.tables[entity].records[identifier]

    def all(self, entity: str) -> Iterator[Record]:
        """Every record of an entity, in the order of their ids."""
        table = self.store.tables[entity]
        return (table.records[identifier] for identifier in list(table.in_order()))

    def under(self, entity: str, index: str, key: str) -> list[Record]:
        """The records that an index holds under a key."""
        table = self.store.tables[entity]
        return [table.records[identifier] for identifier in table.ids(index, key)]

    def show_ref(self, entity: str, identifier: str) -> Record:
        """A reference with the present name of what it points to."""
        record = self.get(entity, identifier)
        if record is None:
            return {"value": identifier}
        return {"value": identifier, "name": self.entities[entity].called(record)}

    def show_currency(self, code: str) -> Record:
        """A currency reference."""
        return {"value": code, "name": CURRENCY_NAMES.get(code, code)}

    def check_references(self, found: Found, old: Record | None) -> None:
        """Refuse what points nowhere, or at something inactive that was not there before."""
        before = set(_texts(old)) if old else set()
        for ref, identifier in found.references:
            if not ref.to or (ref.only_with and not self.tracks(ref.only_with)):
                continue
            if identifier == SHIPPING and ref.to == "Item" and self.preferences["SalesFormsPrefs"].get("AllowShipping"):
                continue
            target = self.get(ref.to, identifier)
            if target is None:
                raise refusals.bad_reference(ref.listed_as, identifier)
            if not target.get("Active", True) and not ref.may_be_inactive and identifier not in before:
                raise refusals.inactive()

    # The company's own facts

    @property
    def preferences(self) -> Record:
        """The Preferences record."""
        return self.named("Preferences", "1")

    def tracks(self, preference: str) -> bool:
        """Whether one of the accounting preferences is on, such as `TrackDepartments`."""
        return bool(self.preferences["AccountingInfoPrefs"].get(preference))

    @property
    def in_the_us(self) -> bool:
        """Whether the company's sales tax is the American one."""
        return str(self.named("CompanyInfo", "1").get("Country", "US")) in ("US", "USA")

    @property
    def home_currency(self) -> str:
        """The ISO code of the home currency."""
        return str(self.preferences["CurrencyPrefs"]["HomeCurrency"]["value"])

    @property
    def several_currencies(self) -> bool:
        """Whether the company deals in other currencies than its own."""
        return bool(self.preferences["CurrencyPrefs"].get("MultiCurrencyEnabled"))

    @property
    def today(self) -> date:
        """The company's day."""
        return self.clock.today()

    def check_open(self, *days: str | None) -> None:
        """Refuse a write that touches a day on or before the closing date."""
        closed = self.preferences["AccountingInfoPrefs"].get("BookCloseDate")
        if closed and any(day is not None and day <= closed for day in days):
            raise refusals.closed_books()

    def account_of_type(self, account_type: str) -> Record:
        """The first active account of a type in the home currency: the company's default for it."""
        return self._first_account("AccountType", account_type)

    def account_of_sub_type(self, sub_type: str) -> Record:
        """The first active account of a sub-type: the company's default for it."""
        return self._first_account("AccountSubType", sub_type)

    def _first_account(self, index: str, value: str) -> Record:
        held = (record for record in self.under("Account", index, value.lower()) if record["Active"])
        found = [record for record in held if record.get("CurrencyRef", self.home_currency) == self.home_currency]
        if not found:
            raise refusals.business(f"The company has no active account of the type {value}.")
        return min(found, key=lambda record: int(record["Id"]))

    def file_address(self, identifier: str) -> str:
        """Where a file can be fetched for 15 minutes."""
        until = str(int(self.clock.now().timestamp()) + FILE_SECONDS)
        return f"{self.base_url}/files/{identifier}?until={until}&signature={self._signed(identifier, until)}"

    def admits_file(self, identifier: str, until: str, signed: str) -> bool:
        """Whether an address of a file is ours and not too old."""
        fresh = until.isdecimal() and len(until) < 16 and int(until) > self.clock.now().timestamp()
        return fresh and hmac.compare_digest(signed.encode(), self._signed(identifier, until).encode())

    def _signed(self, identifier: str, until: str) -> str:
        return hmac.new(self.file_secret, f"{identifier} {until}".encode(), "sha256").hexdigest()

    def repost(self, kind: str, record: Record) -> None:
        """Post a transaction again because something that its postings follow from has changed."""
        entity: Any = self.entities[kind]
        entity.post(self, record)

    # Sums

    def account_balance(self, account: str) -> Decimal:
        """What the ledger holds on an account; debit positive."""
        return self.store.ledger.balances.get(account, NOTHING)

    def own_balance(self, account: str) -> Decimal:
        """The same in the account's own currency."""
        return self.store.ledger.own_balances.get(account, NOTHING)

    def owed_by(self, name: str) -> Decimal:
        """What a customer owes in its own currency, over all receivable accounts; a credit is negative."""
        return sum(
            (
                self.store.ledger.name_balances.get((account, name), NOTHING)
                for account in self.store.tables["Account"].ids("AccountType", "accounts receivable")
            ),
            NOTHING,
        )


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a record, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
