"""When are the lists of QuickBooks read again, and how much of them? Rules over moments alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Lists older than this are read again before anything is posted.
LISTS_LAST = timedelta(days=1)
#: And older than this, where something waits for what a person may have changed in QuickBooks, or where a customer is
#: to be created whom someone may have entered there.
LISTS_LAST_WHILE_WAITING = timedelta(hours=1)
#: After this all of every list is read again, whatever was told of changes.
WHOLE_LASTS = timedelta(days=7)
#: Changes are asked for from so long before the last answer: what was being written then was in none.
OVERLAP = timedelta(minutes=5)
#: QuickBooks looks back 30 days. A day is left for clocks and time zones.
LOOKS_BACK = timedelta(days=29)
#: Of so many documents that we post, changes are asked for at once: QuickBooks tells 1,000 at most.
MOST_POSTED = 900
#: By so much the clocks of two machines may differ.
CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class KnownLists:
    """What is known of a company's lists."""

    #: When all of them were read, by our clock; None when they never were.
    whole_at: datetime | None
    #: Up to when changes are known, by QuickBooks' clock.
    until: datetime | None
    #: A list came back so nearly empty that a person is asked.
    is_doubted: bool = False


def are_due(read_at: datetime | None, *, has_work: bool, something_waits: bool, now: datetime) -> bool:
    """Whether the lists are to be read again.

    Args:
        read_at: When they or their changes were read last.
        has_work: There is something to post; else they are read once in a while, so that the login stays alive.
        something_waits: A record for a change in QuickBooks, or a customer to be created.
        now: The present moment.
    """
    lasts = LISTS_LAST_WHILE_WAITING if something_waits else LISTS_LAST if has_work else WHOLE_LASTS
    # A moment in the future was written by a clock that ran ahead, and says nothing
    return read_at is None or not now - lasts <= read_at <= now + CLOCKS_DIFFER


def were_told(told_at: datetime | None, *, read_at: datetime | None) -> bool:
    """Whether QuickBooks has told of a change since the lists were read.

    Args:
        told_at: When it last did; None when it never did.
        read_at: When they or their changes were read last.
    """
    return told_at is not None and (read_at is None or told_at >= read_at)


def asked_from(known: KnownLists, *, now: datetime) -> datetime | None:
    """From when on to ask for changes; None when all has to be read.

    Args:
        known: Of the lists.
        now: The present moment, by our clock.
    """
    if known.until is None or known.whole_at is None or known.is_doubted:
        return None
    if not now - WHOLE_LASTS <= known.whole_at <= now + CLOCKS_DIFFER:
        return None
    return known.until - OVERLAP


def leaves_a_gap(asked: datetime, *, answered: datetime | None) -> bool:
    """Whether an answer may have left out changes, because QuickBooks looked back less far than it was asked.

    Args:
        asked: From when on changes were asked for.
        answered: When it answered, by its own clock.
    """
    return answered is None or not asked <= answered <= asked + LOOKS_BACK
