"""At which moments may one company be asked? The rule of the request limits, over values alone.

Intuit allows each company and app 10 requests a second, 500 a minute and of those 40 batches a minute. Single calls and
batches each have a row of places of their own, evenly spaced, and the two rows together stay below all three limits in
any stretch of time, however callers come. A row is remembered as one moment: from when on its places are free.

Source:
    docs/decisions/0048-one-row-of-places.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class RequestKind(StrEnum):
    """What Intuit counts apart."""

    SINGLE = "single"
    BATCH = "batch"


#: The time between two places of a row: 450 single calls and 39 batches a minute. That leaves room for the network: two
#: requests may arrive 0.2 seconds closer together than they were sent.
PACES: Mapping[RequestKind, timedelta] = {
    RequestKind.SINGLE: timedelta(minutes=1) / 450,
    RequestKind.BATCH: timedelta(minutes=1) / 39,
}
#: A place that was missed by more than this is given up: used late, it would come too close to the next ones.
LATE = timedelta(seconds=0.1)
#: How far ahead the first place may be that a sync takes.
AHEAD = timedelta(seconds=1)
#: No answer makes a company rest for longer. A moment further ahead was written by a clock that ran wrong.
LONGEST_REST = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """For whom requests are made: how many places are taken at once, and how far ahead."""

    #: How far ahead the first place may be.
    ahead: timedelta
    #: The most places that are taken at once.
    most: Mapping[RequestKind, int]
    #: What is further away than this is not waited for.
    patience: timedelta


#: The scheduler and the workers. They leave the places beyond the next second free, where a person comes before them;
#: and a rest that QuickBooks asked for is waited out, for half as long as the lease of a sync lasts.
SYNC = Caller(ahead=AHEAD, most={RequestKind.SINGLE: 12, RequestKind.BATCH: 1}, patience=timedelta(seconds=90))
#: A person waits for the answer. The next place is theirs, wherever it is.
PERSON = Caller(ahead=timedelta(seconds=20), most=dict.fromkeys(RequestKind, 1), patience=timedelta(seconds=20))


@dataclass(frozen=True, kw_only=True)
class Lot:
    """What became of places that were taken together: how many there were, and how many came in use."""

    size: int = 1
    used: int = 0
    #: Lots before it, one after the other, of which every place was used.
    full: int = 0


def next_lot(lot: Lot, *, most: int) -> Lot:
    """How many places to take next: as many as were used, and twice as many when all of several lots were.

    Args:
        lot: The last one.
        most: Never more than these.
    """
    if lot.used < lot.size:
        return Lot(size=min(max(lot.used, 1), most))
    if lot.full + 1 < _PROVEN:
        return Lot(size=lot.size, full=lot.full + 1)
    return Lot(size=min(lot.size * 2, most))


#: So many full lots show that a larger one will be used too.
_PROVEN = 3


@dataclass(frozen=True, kw_only=True)
class Places:
    """What a caller got: places in a row, and from when on the row is free now."""

    #: When requests may go, one at each moment; empty when the next place is further ahead than was asked.
    moments: tuple[datetime, ...]
    free_from: datetime


def reserve(free_from: datetime, pace: timedelta, *, count: int, now: datetime, ahead: timedelta = AHEAD) -> Places:
    """Take the next places of a row.

    Args:
        free_from: From when on the row's places are free.
        pace: The time between two places.
        count: How many places.
        now: The present moment; every caller goes by the same clock.
        ahead: How far ahead the first place may be.
    """
    first = now if free_from > now + LONGEST_REST + AHEAD else max(now, free_from)
    if first > now + ahead:
        return Places(moments=(), free_from=free_from)
    return Places(moments=tuple(first + pace * number for number in range(count)), free_from=first + pace * count)


def rested(free_from: datetime, *, now: datetime, rest: timedelta) -> datetime:
    """From when on a row is free after QuickBooks asked Tieout to wait."""
    return max(free_from, now + min(rest, LONGEST_REST))
