"""What does every source that is asked over the internet promise?

A reader goes on from a cursor, page by page. What a page holds is staged before its cursor is kept, so a fetch that
dies anywhere is repeated from the last page that is safe, and what comes twice is one order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from books.json_types import Json
from books.outcomes import TryLater
from sync.models import Telling
from sync.sources.base import Record, RowError
from sync.sources.products import ListedProduct


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """Whose account at the source a login is for."""

    id: str
    name: str = ""
    #: As the account's own profile says; empty where it does not.
    currency: str = ""
    time_zone: str = ""


@dataclass(frozen=True, kw_only=True)
class FetchedPage:
    """Some orders, each as it is now, and where to go on once they are staged."""

    records: tuple[Record, ...]
    cursor: Json
    #: Orders that were placed before the day with which the source begins; they are left out.
    too_old: int = 0


@dataclass(frozen=True, kw_only=True)
class AccountLimits:
    """How many requests a source's limits leave; None for what its answers did not say."""

    #: Until the day ends (UTC).
    today: int | None = None
    a_day: int | None = None
    a_minute: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReadingSize:
    """How much there is to read, counted before any of it is read."""

    #: Orders and payments that are sales of their own.
    records: int
    #: Whether there may be fewer: they were counted by the first and the last of their ids.
    at_most: bool = False
    #: How many requests reading them takes, about.
    requests: int
    limits: AccountLimits


class Subscriptions(Protocol):
    """What a source tells of by itself, to an address that was made for one connection."""

    def keep(self, base: str, digest: str, new_token: Callable[[], str]) -> Telling | TryLater:
        """Let the source tell of what changes, and let it try again where it has given up.

        Args:
            base: The address without the token at its end.
            digest: Of the token that is in use; empty for none.
            new_token: Makes a token and keeps its digest, before the source is told of it.
        """
        ...

    def remove(self, digest: str) -> TryLater | None:
        """Let the source tell nothing more to the address with that token."""
        ...


class Reader(Protocol):
    """One account at a source, while it is read. A `TryLater` is the last thing that it yields."""

    @property
    def calls(self) -> int:
        """How many requests were sent so far."""
        ...

    def tenant(self) -> Tenant | TryLater:
        """Whose account it is."""
        ...

    def size(self, *, starts_on: date) -> ReadingSize | TryLater:
        """How much there is to read from a day on, by a few cheap requests."""
        ...

    def pages(
        self, cursor: Json, *, starts_on: date, since: date | None = None, now: datetime
    ) -> Iterator[FetchedPage | TryLater]:
        """What is new or changed.

        Args:
            cursor: Of the last page that was staged; empty for the beginning.
            starts_on: Orders placed before that day are left out.
            since: What changed since that day is read again, whatever the cursor says.
            now: The present moment.
        """
        ...

    def listed(self, *, starts_on: date) -> Iterator[Mapping[str, str] | TryLater]:
        """All orders that exist there, some at a time: by the id of each its customer's key, where the list says it."""
        ...

    def again(self, ids: Sequence[str]) -> Iterator[list[Record] | TryLater]:
        """Some orders once more, as they are now, whatever changed of them."""
        ...

    def missed(self, ids: Sequence[str], *, cursor: Json, starts_on: date) -> Iterator[FetchedPage | TryLater]:
        """Orders that it lists and that never came in, as `pages` takes them, after `listed` has ended.

        Args:
            ids: Of the orders.
            cursor: Of the last page that was staged; it stays where it is.
            starts_on: Orders placed before that day are left out.
        """
        ...

    def products(self) -> Iterator[list[ListedProduct | tuple[RowError, ...]] | TryLater]:
        """What it has for sale, some at a time."""
        ...

    @property
    def subscriptions(self) -> Subscriptions | None:
        """How it is made to tell of changes by itself; None where that is not made connection by connection."""
        ...

    def is_gone(self, source_id: str) -> bool | TryLater:
        """Whether an order, asked for by itself, does not exist any more."""
        ...
