"""How is a HighLevel sub-account read on? By what its lists say was changed, since nothing can be asked by that.

Neither invoices nor transactions can be asked for by the moment of their change. So those of the last weeks are listed
each time, and all of them a few times a day; what was changed since is read with all that belongs to it. The payment of
an invoice leads to its invoice, however long ago that was issued. Invoices from before the connection are never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

from books.json_types import Json
from books.outcomes import TryLater
from sync.fetching.asking import SourceApi, Stopped
from sync.fetching.base import FetchedPage, ReadingSize, Tenant
from sync.fetching.highlevel.account import Account
from sync.fetching.highlevel.cursor import HighLevelCursor, read_cursor
from sync.fetching.highlevel.permissions import location_of_secret
from sync.fetching.login import SourceAccess
from sync.sources.base import OrderRead, Place, ReadOptions, Record, RowError
from sync.sources.highlevel.invoices import contact_of, invoice_id, read_invoice
from sync.sources.highlevel.payments import invoice_of
from sync.sources.highlevel.products import read_price
from sync.sources.highlevel.transactions import number_of, read_transaction, transaction_id
from sync.sources.products import ListedProduct

#: Records of one page: what is staged and kept at a time.
_RECORDS = 25
#: Requests for a payment: itself, its order or invoice, and its contact.
_A_PAYMENT = 3
_LISTED, _LISTINGS = 100, 3
#: Invoices issued, and payments made, in so many days before now are listed each time.
_WINDOW = timedelta(days=45)
#: An invoice may be dated ahead.
_AHEAD = timedelta(days=366)
#: How often all of them are listed.
_EVERYTHING = timedelta(hours=6)
#: What was changed within so long before the cursor is read again: a change may be listed a little late.
_OVERLAP = timedelta(hours=1)
#: Payments of so many days are listed at once, more where there are few and fewer where there are many.
_FEWEST_DAYS, _MOST_DAYS = 1, 92
_FEW, _MANY = 50, 300
_DAY = timedelta(days=1)


@dataclass(kw_only=True)
class HighLevelReader:
    """One sub-account, while it is read."""

    api: SourceApi
    login: SourceAccess
    options: ReadOptions
    #: The records that were read in this fetch, each with the moment of its change.
    _read: dict[str, str] = field(default_factory=dict)
    _too_old: int = 0
    #: Of what was listed last: when each invoice was created, and payments that are of an invoice or of an earlier day.
    _created: dict[str, Json] = field(default_factory=dict)
    _aside: set[str] = field(default_factory=set)

    @property
    def calls(self) -> int:
        """See `Reader.calls`."""
        return self.api.calls

    @property
    def subscriptions(self) -> None:
        """See `Reader.subscriptions`: HighLevel tells one address of all that an app's sub-accounts do."""
        return None

    def tenant(self) -> Tenant | TryLater:
        """See `Reader.tenant`."""
        try:
            account = self._account()
            place = account.place()
            account.prove()
        except Stopped as stopped:
            return stopped.why
        return Tenant(
            id=account.location, name=str(place.get("name") or ""), time_zone=str(place.get("timezone") or "")
        )

    def size(self, *, starts_on: date) -> ReadingSize | TryLater:
        """See `Reader.size`. Invoices from before the connection are listed and never read."""
        try:
            account = self._account()
            payments = account.number_of_transactions(startAt=starts_on.isoformat())
            invoices = account.number_of_invoices()
        except Stopped as stopped:
            return stopped.why
        # Each is listed when it is read, when changes are looked for and when ids are compared
        lists = _LISTINGS * (ceil(payments / _LISTED) + ceil(invoices / _LISTED) + 1)
        return ReadingSize(records=payments, requests=payments * _A_PAYMENT + lists, limits=self.api.limits())

    def pages(
        self, cursor: Json, *, starts_on: date, since: date | None = None, now: datetime
    ) -> Iterator[FetchedPage | TryLater]:
        """See `Reader.pages`."""
        self._read.clear()
        at = read_cursor(cursor, starts_on=starts_on, now=now)
        try:
            account = self._account()
            for page in self._first_reading(account, at, now, starts_on):
                at = read_cursor(page.cursor, starts_on=starts_on, now=now)
                yield page
            everything = since is not None or now - at.looked_through >= _EVERYTHING
            begins = _start_of(since, self.options) if since else now - _WINDOW
            window = {} if everything and since is None else _window(begins, now + _AHEAD)
            for page in self._changed_invoices(account, at, window, since):
                at = read_cursor(page.cursor, starts_on=starts_on, now=now)
                yield page
            first = _before(starts_on) if everything else max(starts_on, begins.date())
            yield from self._changed_payments(account, at, first, since, starts_on, now, everything=everything)
        except Stopped as stopped:
            yield stopped.why

    def listed(self, *, starts_on: date) -> Iterator[Mapping[str, str] | TryLater]:
        """See `Reader.listed`."""
        try:
            account = self._account()
            invoices = account.invoices()
            self._created = {invoice_id(str(row["_id"])): {"createdAt": row.get("createdAt")} for row in invoices}
            yield {invoice_id(str(row["_id"])): contact_of(row) for row in invoices}
            self._aside.clear()
            for made, _ends in _made(account, _before(starts_on), datetime.now(UTC).date() + _DAY):
                aside = (row for row in made if invoice_of(row) or self._is_earlier(row, starts_on))
                self._aside.update(transaction_id(str(row["_id"])) for row in aside)
                yield {transaction_id(str(row["_id"])): str(row.get("contactId") or "") for row in made}
        except Stopped as stopped:
            yield stopped.why

    def again(self, ids: Sequence[str]) -> Iterator[list[Record] | TryLater]:
        """See `Reader.again`."""
        try:
            account = self._account()
            for key in ids:
                kind, _hyphen, identifier = key.partition("-")
                self._read.pop(key, None)
                if kind == "invoice":
                    yield self._invoice(account, identifier, None)
                elif row := account.transaction(identifier):
                    yield self._payment(account, row, date.min)
        except Stopped as stopped:
            yield stopped.why

    def missed(self, ids: Sequence[str], *, cursor: Json, starts_on: date) -> Iterator[FetchedPage | TryLater]:
        """See `Reader.missed`."""
        at = read_cursor(cursor, starts_on=starts_on, now=datetime.now(UTC))
        keys = [key for key in ids if key not in self._aside and not _is_old(self._created.get(key, {}), at)]
        try:
            account = self._account()
            for key in keys:
                kind, _hyphen, identifier = key.partition("-")
                if kind == "invoice":
                    yield self._page(self._invoice(account, identifier, at), at)
                elif row := account.transaction(identifier):
                    yield self._page(self._payment(account, row, starts_on), at)
        except Stopped as stopped:
            yield stopped.why

    def products(self) -> Iterator[list[ListedProduct | tuple[RowError, ...]] | TryLater]:
        """See `Reader.products`. The SKU is told in the inventory alone, and the amount in the prices alone."""
        number = 0
        try:
            account = self._account()
            skus = account.skus()
            for product in account.products():
                prices = account.prices_of(str(product["_id"]))
                shared: dict[str, Any] = {"product": product, "prices": prices, "skus": skus, "options": self.options}
                yield [read_price(price, **shared, number=number + at) for at, price in enumerate(prices)]
                number += len(prices)
        except Stopped as stopped:
            yield stopped.why

    def is_gone(self, source_id: str) -> bool | TryLater:
        """See `Reader.is_gone`."""
        kind, _hyphen, identifier = source_id.partition("-")
        try:
            account = self._account()
            found = account.invoice(identifier) if kind == "invoice" else account.transaction(identifier)
        except Stopped as stopped:
            return stopped.why
        return found is None

    def _is_earlier(self, row: Json, day: date) -> bool:
        """Whether a payment was made before a day; days are listed by another clock than the company's."""
        made = _moment(row.get("fulfilledAt") or row.get("createdAt"))
        return made is not None and made.astimezone(self.options.zone).date() < day

    def _account(self) -> Account:
        secret = self.login.secret()
        if isinstance(secret, TryLater):
            raise Stopped(secret)
        return Account(self.api, location_of_secret(secret))

    # What was there in the beginning ---------------------------------------------------------------------------------

    def _first_reading(
        self, account: Account, at: HighLevelCursor, now: datetime, starts_on: date
    ) -> Iterator[FetchedPage]:
        """Payments since the day with which the source begins, some days at a time."""
        last = now.date() + _DAY
        if at.first_reading is None:
            return
        first = at.first_reading if at.first_reading > starts_on else _before(starts_on)
        for made, ends in _made(account, first, last):
            after = replace(at, first_reading=None if ends >= last else ends + _DAY)
            yield from self._some(account, made, at, after, at.first_reading)
            at = after

    # What was changed ------------------------------------------------------------------------------------------------

    def _changed_invoices(
        self, account: Account, at: HighLevelCursor, window: dict[str, str], since: date | None
    ) -> Iterator[FetchedPage]:
        mark = min(at.invoices, _start_of(since, self.options)) if since else at.invoices
        rows = account.invoices(**window)
        after = replace(at, invoices=_latest(rows, at.invoices))
        changed = [str(row["_id"]) for row in rows if _is_changed(row, mark) and not _is_old(row, at)]
        records: list[Record] = []
        for identifier in changed:
            records += self._invoice(account, identifier, at)
            if len(records) >= _RECORDS:
                yield self._page(records, at)
                records = []
        yield self._page(records, after)

    def _changed_payments(
        self,
        account: Account,
        at: HighLevelCursor,
        first: date,
        since: date | None,
        starts_on: date,
        now: datetime,
        *,
        everything: bool,
    ) -> Iterator[FetchedPage]:
        mark = min(at.transactions, _start_of(since, self.options)) if since else at.transactions
        latest = at.transactions
        for made, _ends in _made(account, first, now.date() + _DAY):
            latest = _latest(made, latest)
            yield from self._some(account, [row for row in made if _is_changed(row, mark)], at, at, starts_on)
        looked = now if everything else at.looked_through
        yield self._page([], replace(at, transactions=latest, looked_through=looked))

    def _some(
        self, account: Account, rows: Iterable[Json], at: HighLevelCursor, after: HighLevelCursor, starts_on: date
    ) -> Iterator[FetchedPage]:
        """The records of transactions, page by page; the cursor moves with the last one."""
        records: list[Record] = []
        for row in rows:
            invoice = invoice_of(row)
            records += self._invoice(account, invoice, at) if invoice else self._payment(account, row, starts_on)
            if len(records) >= _RECORDS:
                yield self._page(records, at)
                records = []
        yield self._page(records, after)

    def _page(self, records: list[Record], at: HighLevelCursor) -> FetchedPage:
        too_old, self._too_old = self._too_old, 0
        return FetchedPage(records=tuple(records), cursor=at.plain(), too_old=too_old)

    # One record with all that belongs to it --------------------------------------------------------------------------

    def _invoice(self, account: Account, identifier: str, at: HighLevelCursor | None) -> list[Record]:
        """An invoice with its payments, once in each fetch; nothing of one from before the connection.

        Args:
            account: Whose.
            identifier: Of the invoice.
            at: Knows since when it is connected; None for an invoice that was read before.
        """
        key = invoice_id(identifier)
        if key in self._read:
            return []
        data = account.invoice(identifier)
        self._read[key] = ""
        if data is None:  # deleted meanwhile: noticed when ids are compared
            return []
        if at is not None and _is_old(data, at):
            self._too_old += 1
            return []
        transactions = self._payments_of(account, data, identifier)
        place = Place(number=str(data.get("invoiceNumber") or identifier), source_id=key)
        read = read_invoice(data, transactions=transactions, skus=account.skus(), options=self.options, place=place)
        return [read] if isinstance(read, OrderRead) else list(read)

    def _payments_of(self, account: Account, invoice: Json, identifier: str) -> list[Json]:
        """The transactions that pay an invoice: by its contact, and by itself where those are not all."""
        contact = contact_of(invoice)
        rows = account.transactions(contactId=contact) if contact else []
        found = {str(row["_id"]): row for row in rows if invoice_of(row) == identifier}
        if not found:
            rows = account.transactions(entityId=identifier)
            found = {str(row["_id"]): row for row in rows if invoice_of(row) == identifier}
        return list(found.values())

    def _payment(self, account: Account, row: Json, starts_on: date) -> list[Record]:
        """A payment that is its own sale, once in each fetch."""
        identifier = str(row["_id"])
        key, changed = transaction_id(identifier), str(row.get("updatedAt") or "")
        if self._read.get(key) == changed:
            return []
        self._read[key] = changed
        data = {**row, **(account.transaction(identifier) or {})}
        is_order = str(data.get("entityType") or "") == "order"
        order = account.order(str(data.get("entityId") or "")) if is_order else None
        contact = account.contact(str(data.get("contactId") or ""))
        read = read_transaction(
            data,
            order=order,
            contact=contact,
            skus=account.skus(),
            options=self.options,
            place=Place(number=number_of(identifier), source_id=key),
        )
        if isinstance(read, OrderRead) and read.order.placed_on < starts_on:
            self._too_old += 1
            return []
        return [read] if isinstance(read, OrderRead) else list(read)


def _made(account: Account, first: date, last: date) -> Iterator[tuple[list[Json], date]]:
    """Transactions by the days on which they were made, with the last of those days."""
    days = 7
    while first <= last:
        ends = min(first + timedelta(days=days - 1), last)
        rows = account.transactions(startAt=first.isoformat(), endAt=ends.isoformat())
        yield rows, ends
        first = ends + _DAY
        if len(rows) < _FEW:
            days = min(days * 2, _MOST_DAYS)
        elif len(rows) > _MANY:
            days = max(days // 2, _FEWEST_DAYS)


def _before(day: date) -> date:
    """The day before: the days of a list may be those of UTC, and end some hours before or after the company's."""
    return day - _DAY


def _window(begins: datetime, ends: datetime) -> dict[str, str]:
    return {"startAt": f"{begins:%Y-%m-%d}", "endAt": f"{ends:%Y-%m-%d}"}


def _start_of(day: date, options: ReadOptions) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=options.zone).astimezone(UTC)


def _is_old(invoice: Json, at: HighLevelCursor) -> bool:
    """Whether an invoice was there before the connection. One that does not say when it was created is new."""
    created = _moment(invoice.get("createdAt"))
    return created is not None and created < at.connected


def _is_changed(row: Json, mark: datetime) -> bool:
    """Whether a record was changed since; one that does not say when is read each time."""
    changed = _changed_at(row)
    return changed is None or changed >= mark - _OVERLAP


def _latest(rows: Iterable[Json], known: datetime) -> datetime:
    """The last change; one that is dated further ahead than a day is a fault of its record, and moves no cursor."""
    soon = datetime.now(UTC) + _DAY
    return max([known, *(changed for row in rows if (changed := _changed_at(row)) and changed <= soon)])


def _changed_at(row: Json) -> datetime | None:
    return _moment(row.get("updatedAt") or row.get("createdAt"))


def _moment(value: object) -> datetime | None:
    """A moment by HighLevel's clock; None for none."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
