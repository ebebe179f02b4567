"""How are a Keap account's orders read on? By when they changed, and by the payments that came since.

Nobody has documented that a payment changes the order's own date, and a payment entered by hand bears the midnight of
whatever day its person chose. So payments are followed by their ids, which only grow, and each one leads to its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

from books.json_types import Json
from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from sync.fetching.asking import SourceApi, Stopped
from sync.fetching.base import FetchedPage, ReadingSize, Tenant
from sync.fetching.keap.counting import size_of
from sync.fetching.keap.hooks import KeapHooks
from sync.fetching.keap.seen import SeenPayments
from sync.sources.base import OrderRead, Place, ReadOptions, Record, RowError
from sync.sources.keap.joined import contact_ids, divided, joined, shared_by
from sync.sources.keap.orders import read_order
from sync.sources.keap.products import read_product
from sync.sources.products import ListedProduct

#: Orders of one page. For each page the payments and the contacts are asked for too, by ids in the address.
_ORDERS = 100
_PAYMENTS = 500
_IDS = 1000
#: What changed within so long before the cursor is read again: a change may be listed a little late.
_OVERLAP = timedelta(hours=1)
#: Payments of so many days are looked at again once an hour: one may have changed meanwhile. One that was pending is
#: looked at for as long as it takes; before pending ones were kept, a month of them is looked at once.
_UNSETTLED, _PENDING_BEFORE = timedelta(days=3), timedelta(days=30)
_LOOKS_EVERY = timedelta(hours=1)
#: A change that is dated further ahead is a fault of its record and moves no cursor: what comes after would be missed.
_AHEAD = timedelta(days=1)
_STRANGE = gettext_noop("Keap answered %(path)s with something other than expected. None of it was read.")

_ORDERS_PATH, _PAYMENTS_PATH = "/rest/v2/orders", "/rest/v2/sales/payments"


@dataclass(frozen=True, kw_only=True)
class _Cursor:
    """How far an account was read."""

    #: Orders changed before that moment were read.
    modified: datetime
    #: The highest id of a payment that was read.
    payment: int
    #: When payments that may be unsettled were looked at last.
    looked: datetime
    #: The ids of payments that were pending when they were read; None where they were not kept yet.
    pending: tuple[int, ...] | None = ()

    def plain(self) -> Json:
        told = {"modified": _moment(self.modified), "payment": self.payment, "looked": _moment(self.looked)}
        return told if self.pending is None else {**told, "pending": list(self.pending)}


@dataclass(kw_only=True)
class KeapReader:
    """One Keap account, while it is read."""

    api: SourceApi
    options: ReadOptions
    #: The ids of orders that were read in this fetch, each with the moment of the change that was read.
    _read: dict[str, str] = field(default_factory=dict)
    _payments: SeenPayments = field(default_factory=SeenPayments)

    @property
    def calls(self) -> int:
        """See `Reader.calls`."""
        return self.api.calls

    @property
    def subscriptions(self) -> KeapHooks:
        """See `Reader.subscriptions`."""
        return KeapHooks(api=self.api)

    def tenant(self) -> Tenant | TryLater:
        """See `Reader.tenant`."""
        try:
            user = self._object("/rest/v2/oauth/connect/userinfo")
            profile = self._object("/rest/v2/businessProfile")
        except Stopped as stopped:
            return stopped.why
        tenant = str(user.get("tenant_id") or "")
        if not tenant:
            return self._strange("/rest/v2/oauth/connect/userinfo").why
        return Tenant(
            id=tenant,
            name=str(profile.get("name") or ""),
            currency=str(profile.get("currency_code") or ""),
            time_zone=str(profile.get("time_zone") or ""),
        )

    def size(self, *, starts_on: date) -> ReadingSize | TryLater:
        """See `Reader.size`."""
        try:
            return size_of(self.api, _moment(self._start_of(starts_on)))
        except Stopped as stopped:
            return stopped.why

    def pages(
        self, cursor: Json, *, starts_on: date, since: date | None = None, now: datetime
    ) -> Iterator[FetchedPage | TryLater]:
        """See `Reader.pages`."""
        self._read.clear()
        try:
            at = self._begun(cursor, starts_on, now)
            self._payments.begin(at.pending or ())
            begins = at.modified if since is None else min(at.modified, self._start_of(since))
            for read_to, orders in self._changed(at, begins, now):
                at = read_to
                yield self._page(orders, at, starts_on)
            for read_to, orders in self._paid(at):
                at = read_to
                yield self._page(orders, at, starts_on)
            if now - at.looked >= _LOOKS_EVERY:
                for some in _some(self._unsettled(at, now), _ORDERS):
                    yield self._page(some, at, starts_on)
                settled = replace(at, looked=now, pending=self._payments.pending)
                yield FetchedPage(records=(), cursor=settled.plain())
        except Stopped as stopped:
            yield stopped.why

    def listed(self, *, starts_on: date) -> Iterator[Mapping[str, str] | TryLater]:
        """See `Reader.listed`."""
        since = _moment(datetime.combine(starts_on, time.min, UTC) - timedelta(days=1))
        last = 0
        try:
            while True:
                parameters = {"filter": f"id>{last}", "order_by": "id asc", "page_size": str(_IDS)}
                rows = self._rows(_ORDERS_PATH, "orders", parameters)
                since_then = [row for row in rows if _number(row.get("id"))]
                since_then = [row for row in since_then if str(row.get("order_time") or since) >= since]
                yield {str(row["id"]): "".join(contact_ids([row])) for row in since_then}
                if len(rows) < _IDS:
                    return
                last = max(_number(row.get("id")) for row in rows)
        except Stopped as stopped:
            yield stopped.why

    def again(self, ids: Sequence[str]) -> Iterator[list[Record] | TryLater]:
        """See `Reader.again`."""
        try:
            for some in _some(list(ids), _ORDERS):
                parameters = {"filter": f"ids=={','.join(some)}", "page_size": str(_ORDERS)}
                yield self._records(list(self._every(_ORDERS_PATH, "orders", parameters)))[0]
        except Stopped as stopped:
            yield stopped.why

    def missed(self, ids: Sequence[str], *, cursor: Json, starts_on: date) -> Iterator[FetchedPage | TryLater]:
        """See `Reader.missed`."""
        try:
            for some in _some(list(ids), _ORDERS):
                parameters = {"filter": f"ids=={','.join(some)}", "page_size": str(_ORDERS)}
                records, too_old = self._records(list(self._every(_ORDERS_PATH, "orders", parameters)), starts_on)
                yield FetchedPage(records=tuple(records), cursor=cursor, too_old=too_old)
        except Stopped as stopped:
            yield stopped.why

    def products(self) -> Iterator[list[ListedProduct | tuple[RowError, ...]] | TryLater]:
        """See `Reader.products`."""
        number = 0
        try:
            for rows in _in_parts(self._every("/rest/v2/products", "products", {}), _IDS):
                yield [read_product(row, options=self.options, number=number + at) for at, row in enumerate(rows)]
                number += len(rows)
        except Stopped as stopped:
            yield stopped.why

    def is_gone(self, source_id: str) -> bool | TryLater:
        """See `Reader.is_gone`."""
        answer = self.api.get(f"{_ORDERS_PATH}/{source_id}")
        return answer if isinstance(answer, TryLater) else answer.status == 404

    def _begun(self, cursor: Json, starts_on: date, now: datetime) -> _Cursor:
        """Where to go on. In the beginning the payments that are there come with their orders."""
        if cursor:
            modified, looked = (datetime.fromisoformat(str(cursor[name])) for name in ("modified", "looked"))
            pending = tuple(map(int, cursor["pending"])) if "pending" in cursor else None
            return _Cursor(
                modified=min(modified, now + _AHEAD), payment=int(cursor["payment"]), looked=looked, pending=pending
            )
        newest = self._rows(_PAYMENTS_PATH, "payments", {"order_by": "id desc", "page_size": "1"})
        return _Cursor(
            modified=self._start_of(starts_on),
            payment=max((_number(row.get("id")) for row in newest), default=0),
            looked=now,
        )

    def _start_of(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.options.zone).astimezone(UTC)

    def _changed(self, at: _Cursor, begins: datetime, now: datetime) -> Iterator[tuple[_Cursor, list[Json]]]:
        """Orders by when they changed, the earliest first.

        Each page begins at the last moment of the one before it, not at a place in a list: an order that changes while
        the list is read moves to its end, and would push another one over the edge between two pages.
        """
        since, token = begins - _OVERLAP, ""
        while True:
            parameters = {
                "filter": f"modified_since_time=={_moment(since)}",
                "order_by": "modification_time asc",
                "page_size": str(_ORDERS),
            }
            told = self._object(_ORDERS_PATH, {**parameters, **({"page_token": token} if token else {})})
            rows = self._listed(told, "orders", _ORDERS_PATH)
            latest = max((_changed_at(row) for row in rows), default=at.modified)
            at = replace(at, modified=max([at.modified, *(_changed_at(row) for row in rows if _is_past(row, now))]))
            yield at, self._not_read(rows)
            token = str(told.get("next_page_token") or "")
            if not token or not rows:
                return
            # A second before: whether the moment itself is included is not documented
            again = latest - timedelta(seconds=1)
            since, token = (again, "") if again > since else (since, token)

    def _paid(self, at: _Cursor) -> Iterator[tuple[_Cursor, list[Json]]]:
        """The orders of payments that came since, by the payments' ids."""
        while True:
            parameters = {"filter": f"id>{at.payment}", "order_by": "id asc", "page_size": str(_PAYMENTS)}
            rows = self._rows(_PAYMENTS_PATH, "payments", parameters)
            if not rows:
                return
            at = replace(at, payment=max(at.payment, *(_number(row.get("id")) for row in rows)))
            yield at, self._orders_of(rows)
            if len(rows) < _PAYMENTS:
                return

    def _unsettled(self, at: _Cursor, now: datetime) -> list[Json]:
        """The orders of payments that may have changed without a new id."""
        since = _moment(now - (_PENDING_BEFORE if at.pending is None else _UNSETTLED))
        payments = list(self._every(_PAYMENTS_PATH, "payments", {"filter": f"since_time=={since}"}))
        for some in _some([str(number) for number in at.pending or ()], _ORDERS):
            found = list(self._every(_PAYMENTS_PATH, "payments", {"filter": f"ids=={','.join(some)}"}))
            self._payments.forget_gone(some, found)
            payments += found
        return self._orders_of(payments)

    def _orders_of(self, payments: Iterable[Json]) -> list[Json]:
        """The orders of payments that were not read with them as they are now, though the order was read before."""
        wanted = self._payments.news(payments)
        orders: list[Json] = []
        for ids in _some(wanted, _ORDERS):
            parameters = {"filter": f"ids=={','.join(ids)}", "page_size": str(_ORDERS)}
            orders += self._every(_ORDERS_PATH, "orders", parameters)
        self._not_read(orders)
        return orders

    def _not_read(self, orders: Iterable[Json]) -> list[Json]:
        """Those that were not read in this fetch as they are now."""
        fresh = [row for row in orders if self._read.get(str(row.get("id"))) != str(row.get("modification_time"))]
        self._read.update({str(row.get("id")): str(row.get("modification_time")) for row in fresh})
        return fresh

    def _page(self, orders: list[Json], at: _Cursor, starts_on: date) -> FetchedPage:
        records, too_old = self._records(orders, starts_on)
        if at.pending is not None:
            at = replace(at, pending=tuple(sorted({*at.pending, *self._payments.pending})))
        return FetchedPage(records=tuple(records), cursor=at.plain(), too_old=too_old)

    def _records(self, orders: list[Json], starts_on: date = date.min) -> tuple[list[Record], int]:
        """Orders with all that belongs to them, and how many were placed before the first day."""
        records: list[Record] = []
        too_old = 0
        for some in _some(orders, _ORDERS):
            for data in self._whole(some):
                number = str(data.get("id") or "?")
                read = read_order(data, options=self.options, place=Place(number=number, source_id=number))
                if isinstance(read, OrderRead) and read.order.placed_on < starts_on:
                    too_old += 1
                elif isinstance(read, OrderRead):
                    records.append(read)
                else:
                    records += read
        return records, too_old

    def _whole(self, orders: list[Json]) -> Iterator[Json]:
        """Orders with their payments and contacts, which are lists of their own."""
        # One without an id has no payments to ask for, and is told as a fault
        ids = ",".join(str(row["id"]) for row in orders if _number(row.get("id")))
        payments = list(self._every(_PAYMENTS_PATH, "payments", {"filter": f"order_ids=={ids}"})) if ids else []
        self._payments.note(payments, orders={str(row.get("id")) for row in orders})
        shared = {str(row.get("id")) for row in orders} & set(shared_by(payments))
        if shared:
            parts = {number: self._parts(number) for number in sorted(shared)}
            payments = list(divided(payments, parts, currency=self.options.currency))
        people = contact_ids(orders)
        wanted = {"filter": f"ids=={','.join(people)}"}
        contacts = list(self._every("/rest/v2/contacts", "contacts", wanted)) if people else []
        return joined(orders, payments, contacts)

    def _parts(self, number: str) -> list[Json]:
        """How much of each payment an order got."""
        return list(self._every(f"{_ORDERS_PATH}/{number}/payments", "invoice_order_payments", {}))

    # What is asked ---------------------------------------------------------------------------------------------------

    def _every(self, path: str, name: str, parameters: dict[str, str]) -> Iterator[Json]:
        """All rows of a list, page by page."""
        token = ""
        while True:
            more = {"page_token": token} if token else {}
            told = self._object(path, {"page_size": str(_IDS), **parameters, **more})
            yield from self._listed(told, name, path)
            token = str(told.get("next_page_token") or "")
            if not token:
                return

    def _rows(self, path: str, name: str, parameters: dict[str, str]) -> list[Json]:
        return self._listed(self._object(path, parameters), name, path)

    def _object(self, path: str, parameters: dict[str, str] | None = None) -> Json:
        answer = self.api.get(path, parameters)
        if isinstance(answer, TryLater):
            raise Stopped(answer)
        if answer.status != 200 or not isinstance(answer.json, dict):
            raise self._strange(path)
        return answer.json

    def _listed(self, told: Json, name: str, path: str) -> list[Json]:
        """The rows of a page. A page without its list would look like the end of everything."""
        rows = told.get(name)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._strange(path)
        return rows

    def _strange(self, path: str) -> Stopped:
        return Stopped(TryLater(reason=Message.of(_STRANGE, path=path).worded(), wait=60))


def moved_back(cursor: Json, day: date, zone: tzinfo) -> Json:
    """The cursor from which all that was changed since a day is read again."""
    if not cursor:
        return cursor
    start = datetime.combine(day, time.min, zone).astimezone(UTC)
    return {**cursor, "modified": _moment(min(datetime.fromisoformat(str(cursor["modified"])), start))}


def _some(items: list[Json] | list[str], most: int) -> Iterator[list]:  # type: ignore[type-arg]
    for first in range(0, len(items), most):
        yield items[first : first + most]


def _in_parts(rows: Iterator[Json], most: int) -> Iterator[list[Json]]:
    while part := list(islice(rows, most)):
        yield part


def _number(value: object) -> int:
    """An id, which is text in one version of the interface and a number in the other."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else 0


def _changed_at(row: Json) -> datetime:
    """When an order changed; the beginning of time for one that does not say, which then moves no cursor."""
    try:
        moment = datetime.fromisoformat(str(row.get("modification_time") or row.get("creation_time")))
    except ValueError:
        return datetime(1970, 1, 2, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_past(row: Json, now: datetime) -> bool:
    return _changed_at(row) <= now + _AHEAD


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
