"""What can a push come back as? Four things, and the caller does something different after each.

* `Accepted`: QuickBooks has it. Final.
* `Refused`: QuickBooks will not have it as it is. Final for these bytes; a person must change something.
* `TryLater`: QuickBooks said clearly that nothing happened. Wait, then send the same bytes again.
* `Unknown`: nobody can tell whether it happened. Send the same bytes under the same request id, or look it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from books.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What went over the wire, kept as evidence with secrets removed."""

    status: int | None = None
    reply: str = ""
    #: Intuit's trace id of the call, asked for by their support.
    intuit_tid: str = ""
    #: Milliseconds from the first byte sent to the last received.
    took: int = 0


#: The exchange where nothing went over the wire.
NO_EXCHANGE = Exchange()


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """QuickBooks holds the document; these are its own words about it."""

    quickbooks_id: str
    sync_token: str
    #: As QuickBooks stored them, for comparison with what was sent.
    number: str
    customer_id: str
    total: Decimal
    currency: str
    #: It was found there rather than written by this send.
    adopted: bool = False
    exchange: Exchange = NO_EXCHANGE


@dataclass(frozen=True, kw_only=True)
class Refused:
    """QuickBooks refused the document; every fault it named."""

    problems: tuple[Problem, ...]
    exchange: Exchange = NO_EXCHANGE


@dataclass(frozen=True, kw_only=True)
class TryLater:
    """Nothing happened; the same bytes may go again after a while."""

    reason: str
    #: Seconds to leave the company alone.
    wait: int
    #: The login has ended and only a person can renew it.
    needs_login: bool = False
    #: What was to be changed is not as it was any more: these bytes are of no use, and it has to be read again.
    stale: bool = False
    #: QuickBooks rejected the batch as a whole, so that each of its documents goes alone.
    alone: bool = False
    exchange: Exchange = NO_EXCHANGE


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """It may have happened."""

    reason: str
    #: QuickBooks says that it knows the request id already, and not what came of it.
    repeated: bool = False
    exchange: Exchange = NO_EXCHANGE


Outcome = Accepted | Refused | TryLater | Unknown
