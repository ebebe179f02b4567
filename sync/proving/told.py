"""What does a transaction move that QuickBooks names among its changes, whichever kind it is?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from books.documents import FORMS
from books.money import money_text, rounded
from books.movement import UNKNOWN_ACCOUNT, AccountChart, Movement, moved_by
from books.proof import NOTHING_MOVED, ReportDay
from books.translation import gettext_noop
from companies.models import Company
from mapping.account_chart import chart_of
from mapping.models import QuickBooksAccount
from sync.proving.written import items_on
from sync.quickbooks_online.bank_transactions import BANK_ENTITIES, moved_by_bank_transaction
from sync.quickbooks_online.changes import held
from sync.quickbooks_online.transactions import READ_FORMS, entity_of
from sync.quickbooks_online.wire import Unreadable

Row = Mapping[str, Any]

_FORMS = {entity_of(form): form for form in READ_FORMS}
#: What a bank transaction is called, by Intuit's name of it.
_BANK_WORDS = {
    "Deposit": gettext_noop("Deposit %(name)s"),
    "Purchase": gettext_noop("Expense %(name)s"),
    "Bill": gettext_noop("Bill %(name)s"),
    "VendorCredit": gettext_noop("Vendor credit %(name)s"),
    "BillPayment": gettext_noop("Bill payment %(name)s"),
    "Transfer": gettext_noop("Transfer %(name)s"),
}


@dataclass(frozen=True, kw_only=True)
class ToldTransaction:
    """One transaction that QuickBooks has, as it is now."""

    #: Intuit's name of its kind.
    entity: str
    quickbooks_id: str
    sync_token: str
    created: datetime | None
    updated: datetime | None
    words: str
    #: As the trial balance shows it, as far as that can be told.
    movement: Movement = NOTHING_MOVED
    #: Not all that it moves can be told.
    is_unclear: bool = False
    #: What it moves, for one whose movement cannot be relied on; empty where that may be anything.
    accounts: frozenset[str] = frozenset()
    #: Ids of the items on it.
    items: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Told:
    """Reads transactions of one company, as a trial balance of a day shows them."""

    company: Company
    day: ReportDay

    @property
    def entities(self) -> Sequence[str]:
        """Every kind of transaction that moves an account."""
        return (*_FORMS, *BANK_ENTITIES)

    def read(self, entity: str, row: Row) -> ToldTransaction:
        """One transaction. What cannot be understood of it moves something that cannot be told."""
        meta = row.get("MetaData")
        times = meta if isinstance(meta, Mapping) else {}
        about: dict[str, Any] = {
            "entity": entity,
            "quickbooks_id": str(row.get("Id") or ""),
            "sync_token": str(row.get("SyncToken", "")),
            "created": _moment(times.get("CreateTime")),
            "updated": _moment(times.get("LastUpdatedTime")),
            "words": self._words(entity, row),
        }
        try:
            dated = date.fromisoformat(str(row.get("TxnDate")))
            moved, items = self._moved(entity, row)
            rate = self._rate(row)
        except (Unreadable, ValueError, AttributeError):
            return ToldTransaction(**about, is_unclear=True)
        return self._as_shown(about, moved, dated, rate=rate, items=items)

    def moved(self, entity: str, row: Row) -> Movement:
        """What it moves, of a transaction of ours.

        Raises:
            Unreadable: That cannot be told.
        """
        transaction = self.read(entity, row)
        if transaction.is_unclear:
            raise Unreadable
        return transaction.movement

    def _as_shown(
        self, about: dict[str, Any], moved: Movement, dated: date, *, rate: Decimal | None, items: frozenset[str]
    ) -> ToldTransaction:
        known = Movement.of(part for part in moved.amounts.items() if part[0] != UNKNOWN_ACCOUNT)
        if rate is None:  # in the home currency
            shown = self.day.shows(known, dated)
            unclear = known.amounts != moved.amounts
            accounts = frozenset() if unclear else frozenset(shown.amounts)
            return ToldTransaction(**about, movement=shown, is_unclear=unclear, accounts=accounts, items=items)
        home = self.company.home_currency
        converted = Movement.of((account, rounded(amount * rate, home)) for account, amount in known.amounts.items())
        shown = self.day.shows(converted, dated)
        # Where QuickBooks puts the cent that rounding leaves, and its gain or loss by the rate, is not told
        accounts = (
            frozenset((*shown.amounts, *self._exchange)) if known.amounts == moved.amounts and rate else frozenset()
        )
        return ToldTransaction(**about, movement=shown, is_unclear=True, accounts=accounts, items=items)

    def _moved(self, entity: str, row: Row) -> tuple[Movement, frozenset[str]]:
        if entity in BANK_ENTITIES:
            return moved_by_bank_transaction(entity, row, self._chart), frozenset()
        form = _FORMS[entity]
        holding = held(form, row)
        return moved_by(form, holding, self._chart), frozenset(items_on(holding))

    def _rate(self, row: Row) -> Decimal | None:
        """What one unit of its currency is worth at home; None for the home currency, 0 where it is not known."""
        reference = row.get("CurrencyRef")
        currency = str(reference.get("value") or "") if isinstance(reference, Mapping) else ""
        if not currency or currency == self.company.home_currency:
            return None
        rate = row.get("ExchangeRate")
        return Decimal(rate) if isinstance(rate, int | Decimal) else Decimal(0)

    def _words(self, entity: str, row: Row) -> str:
        name = str(row.get("DocNumber") or row.get("PaymentRefNum") or row.get("Id") or "")
        amount, reference = row.get("TotalAmt", row.get("Amount")), row.get("CurrencyRef")
        currency = str(reference.get("value") or "") if isinstance(reference, Mapping) else ""
        if isinstance(amount, int | Decimal) and amount:
            name = f"{name} ({money_text(Decimal(amount), currency or self.company.home_currency)})"
        if entity in _BANK_WORDS:
            return _BANK_WORDS[entity] % {"name": name}
        return f"{FORMS[_FORMS[entity]].title} {name}"

    @cached_property
    def _chart(self) -> AccountChart:
        return chart_of(self.company)

    @cached_property
    def _exchange(self) -> Sequence[str]:
        """The accounts for gain and loss by exchange rates."""
        rows = QuickBooksAccount.objects.filter(company=self.company, account_subtype__istartswith="ExchangeGain")
        return list(rows.values_list("quickbooks_id", flat=True))


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
