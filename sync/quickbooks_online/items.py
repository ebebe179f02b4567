"""How is an item created or changed in QuickBooks, and how is it found again? Bytes out, rows back.

Documents never touch items; only a person's press of a button does, see `sync.lists.items`.
Source: https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/item
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from books.names import DELETED
from books.outcomes import Exchange, Refused, TryLater, Unknown
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.faults import UNREADABLE, InTheWay, verdict_on
from sync.quickbooks_online.forms import mark
from sync.quickbooks_online.json_values import Json, described, given, number, ref, written
from sync.quickbooks_online.session import Reply
from sync.quickbooks_online.wire import literal

ENTITY = "Item"
# Shown on purchase orders only, which Tieout never writes; an item has no notes
_MARKED = "PurchaseDesc"
#: What QuickBooks fills in itself, and refuses or ignores on the way in.
_NOT_SENT = ("MetaData", "domain", "sparse", "FullyQualifiedName", "Level")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An item as QuickBooks holds it now."""

    row: Mapping[str, Any]
    exchange: Exchange

    @property
    def income_account(self) -> str:
        """The id of its income account; empty for none."""
        return str((self.row.get("IncomeAccountRef") or {}).get("value") or "")

    @property
    def is_active(self) -> bool:
        """Whether QuickBooks offers it for new transactions."""
        return self.row.get("Active") is not False


Failure = TypeVar("Failure", bound=Refused | TryLater | Unknown)
ItemOutcome = Stored | Refused | TryLater | Unknown | InTheWay


def new_item(
    *,
    name: str,
    kind: str,
    sku: str,
    income: str,
    expense: str,
    key: str,
    description: str = "",
    price: Decimal | None = None,
) -> bytes:
    """The exact bytes that create an item.

    Args:
        name: Of the item, on the top level of the list.
        kind: In Intuit's words: Service or NonInventory.
        sku: May be empty.
        income: QuickBooks id of the account that sales are posted to.
        expense: QuickBooks id of the account that purchases are posted to.
        key: Tells the item from any other, for a look-up after an unclear answer.
        description: For sales forms; cut to what QuickBooks keeps.
        price: Of one, in the home currency; None for none.
    """
    return written(
        {
            "Name": name,
            "Type": kind,
            "IncomeAccountRef": ref(income),
            "ExpenseAccountRef": ref(expense),
            _MARKED: mark(key),
            **given("Sku", sku),
            **described(description),
            **({} if price is None else {"UnitPrice": number(price)}),
        }
    )


def with_income_account(row: Mapping[str, object], account: str) -> bytes:
    """The exact bytes that give an item another income account: all of it, because Intuit documents no less."""
    kept: Json = {name: value for name, value in row.items() if name not in _NOT_SENT}
    return written({**kept, "IncomeAccountRef": ref(account)})


def with_active(row: Mapping[str, object], *, active: bool) -> bytes:
    """The exact bytes that make an item active or inactive: all of it, because Intuit documents no less.

    An active one is without the word that QuickBooks put behind its name.
    """
    kept: Json = {name: value for name, value in row.items() if name not in _NOT_SENT}
    if active:
        kept["Name"] = str(row.get("Name") or "").removesuffix(DELETED)
    return written({**kept, "Active": active})


def bears_mark(row: Mapping[str, object], key: str) -> bool:
    """Whether the item was created for this key."""
    return mark(key) in str(row.get(_MARKED) or "").splitlines()


def put(destination: QuickBooksOnline, body: bytes, *, request_id: str) -> ItemOutcome:
    """Create or change an item with exactly these bytes. Every failure is a value."""
    stopped = destination.login.stopped()
    if stopped:
        return stopped
    answer = destination.gateway.write(ENTITY, body, request_id=request_id)
    if not isinstance(answer, Reply):
        return _noted(destination, answer)
    verdict = verdict_on(answer)
    if verdict:
        return verdict if isinstance(verdict, InTheWay) else _noted(destination, verdict)
    row = answer.json.get(ENTITY) if isinstance(answer.json, dict) else None
    if not isinstance(row, dict) or not row.get("Id"):
        return Unknown(reason=UNREADABLE, exchange=answer.exchange)
    return Stored(row=row, exchange=answer.exchange)


def named(destination: QuickBooksOnline, name: str) -> list[Stored] | Refused | TryLater | Unknown:
    """Every item of that name, whatever its letter case and whether active or not.

    QuickBooks puts a word behind the name of one that was made inactive.
    """
    names = f"{literal(name)}, {literal(name + DELETED)}"
    answer = destination.ask(
        ENTITY, f"SELECT * FROM {ENTITY} WHERE Name IN ({names}) AND Active IN (true, false) MAXRESULTS 100"
    )
    if not isinstance(answer, tuple):
        return answer
    rows, exchange = answer
    return [Stored(row=row, exchange=exchange) for row in rows]


def by_id(destination: QuickBooksOnline, identifier: str) -> Stored | Refused | TryLater | Unknown | None:
    """The item of that id as it is now; None when there is none."""
    answer = destination.ask(
        ENTITY, f"SELECT * FROM {ENTITY} WHERE Id = {literal(identifier)} AND Active IN (true, false)"
    )
    if not isinstance(answer, tuple):
        return answer
    rows, exchange = answer
    return Stored(row=rows[0], exchange=exchange) if rows else None


def _noted(destination: QuickBooksOnline, outcome: Failure) -> Failure:
    """A login that has ended is marked on its connection, as after every other call."""
    if isinstance(outcome, TryLater) and outcome.needs_login:
        destination.login.needs_attention(outcome.reason)
    return outcome
