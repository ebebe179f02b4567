"""How does a customer in QuickBooks get the address of an order? Read before it is written, and only what differs.

1. The bytes, with the SyncToken that was read, are committed before they are sent; nothing is sent in a transaction.
2. A SyncToken is good for one change: bytes that arrive late or twice are rejected and write nothing.
3. Whatever was not answered is read again. What is there says whether it arrived; what a person wrote there meanwhile
   stays.
4. No address keeps a document from being posted: they come last in a round, and have a patience of their own.

Source:
    docs/decisions/0056-addresses-follow-orders.md
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from books.customer_addresses import AddressPart, one_line
from books.customer_fields import company_zip_key
from books.orders import Address
from books.outcomes import Accepted, Outcome, Refused, TryLater, Unknown
from books.translation import gettext_noop
from companies.activation import may_post
from companies.models import take_turns
from mapping.models import QuickBooksCustomer
from sync.history import record, record_once
from sync.models import OPEN_ADDRESS_STATES, AddressExchange, AddressState, AddressUpdate
from sync.preparing.failed_records import NOT_A_RECORD
from sync.pushing.address_book import AddressAnswer, AddressBook, AddressChange, AddressWriting, CustomerThere
from sync.pushing.address_updates import ADDRESSES, newer_than, waiting_addresses
from sync.pushing.destination import LARGEST_BATCH
from sync.pushing.sender import PATIENCE, SWITCHED_OFF, Sender

logger = logging.getLogger(__name__)

#: How often one customer is read again in a round, when others change them at the same time.
_TRIES = 3
_GONE = gettext_noop("QuickBooks does not have this customer any more.")
_INACTIVE = gettext_noop("The customer is inactive in QuickBooks.")
_BROKE = gettext_noop("Tieout itself failed over it.")


@dataclass(kw_only=True)
class AddressSender:
    """Writes the addresses that wait for one company, by the holder of its lease."""

    sender: Sender
    #: Whether nothing new is to be begun.
    stops: Callable[[], bool]
    #: Updates that nothing more can be done for in this round.
    resting: set[int] = field(default_factory=set)
    #: How many requests stayed unclear, one after the other.
    unclear: int = 0
    _tries: Counter[int] = field(default_factory=Counter)

    def send(self, orders: list[int] | None = None) -> int:
        """Write what waits until nothing is left or the round stops; how many updates were taken up."""
        taken_up = 0
        while self._goes_on(orders):
            rows = self._next(orders)
            taken_up += len(rows)
            self._work(rows)
        return taken_up

    def _goes_on(self, orders: list[int] | None) -> bool:
        return not (self.sender.counts.stopped or self.stops()) and self.has_work(orders)

    def has_work(self, orders: list[int] | None = None) -> bool:
        """Whether an address of these orders waits that was not given up for the round."""
        if self.unclear >= PATIENCE:
            return False
        return waiting_addresses(self.sender.company, orders).exclude(pk__in=self.resting).exists()

    def _next(self, orders: list[int] | None) -> list[AddressUpdate]:
        """Updates of different customers, as many as one request takes."""
        rows = (
            waiting_addresses(self.sender.company, orders)
            .exclude(pk__in=self.resting)
            .select_related("order__connection", "document")
        )
        chosen: dict[str, AddressUpdate] = {}
        for row in rows[: 2 * LARGEST_BATCH]:
            chosen.setdefault(row.customer_id, row)
        return list(chosen.values())[:LARGEST_BATCH]

    def _work(self, rows: Sequence[AddressUpdate]) -> None:
        if not may_post(self.sender.company):
            self.sender.counts.stopped = SWITCHED_OFF
            return
        self.sender.lease.renew()
        book = self.sender.destination.address_book()
        there = book.read([row.customer_id for row in rows])
        if isinstance(there, TryLater | Unknown):
            for row in rows:
                self._put_off(row, there)
            self._heed(there)
            return
        going = [row for row in rows if self._commit(row, there.get(row.customer_id), book)]
        self.sender.lease.renew()
        for row in going:
            self.sender.observe("address-committed", row.document)
        if len(going) > 1:
            self._send_together(going, book)
        elif going:
            self._send_alone(going[0], book)

    # What goes --------------------------------------------------------------------------------------------------------

    def _commit(self, row: AddressUpdate, there: CustomerThere | None, book: AddressBook) -> bool:
        """Settle an update that has nothing to write; commit the bytes of one that has. Whether it is to be sent."""
        self._tries[row.pk] += 1
        if self._tries[row.pk] >= _TRIES:
            self.resting.add(row.pk)
        try:
            with transaction.atomic():
                take_turns(self.sender.company)
                row.refresh_from_db(fields=["state"])
                if row.state not in OPEN_ADDRESS_STATES:
                    return False
                return _decided(row, there, book, counts=self.sender.counts.outcomes)
        except NOT_A_RECORD:
            raise
        except Exception:
            logger.exception("the address of update %s could not be prepared", row.pk)
            _refused(row, _BROKE)
            return False

    def _send_together(self, rows: Sequence[AddressUpdate], book: AddressBook) -> None:
        batch = str(uuid.uuid4())
        writings = [
            AddressWriting(body=bytes(row.body), request_id=row.request_id, batch_item=str(number))
            for number, row in enumerate(rows, start=1)
        ]
        answers = book.write(writings, batch_id=batch)
        if all(isinstance(answer.outcome, TryLater) and answer.outcome.alone for answer in answers):
            for row in rows:  # the batch was rejected as a whole and wrote nothing
                self.sender.lease.renew()
                self._send_alone(row, book)
            return
        for row, answer in zip(rows, answers, strict=True):
            self._hear(row, answer, book)
        self._heed(*(answer.outcome for answer in answers))

    def _send_alone(self, row: AddressUpdate, book: AddressBook) -> None:
        (answer,) = book.write([AddressWriting(body=bytes(row.body), request_id=row.request_id)])
        self._hear(row, answer, book)
        self._heed(answer.outcome)

    # What comes back --------------------------------------------------------------------------------------------------

    def _hear(self, row: AddressUpdate, answer: AddressAnswer, book: AddressBook) -> None:
        """Write down what became of one change: the exchange as evidence, the update, and the order's history."""
        outcome = answer.outcome
        self.sender.observe("address-answered", row.document)
        with transaction.atomic():
            take_turns(self.sender.company)
            _keep_exchange(row, outcome)
            match outcome:
                case Accepted():
                    _updated(row, answer.there, book)
                    self.sender.counts.outcomes[ADDRESSES] += 1
                case Refused():
                    _refused(row, " ".join(f"{problem.explain()} {problem.advise()}" for problem in outcome.problems))
                case TryLater() if outcome.stale:
                    _move(row, AddressState.WAITING)
                    record_once(row.order, "address-stale", customer=row.customer_name)
                case TryLater():
                    _move(row, AddressState.WAITING)
                    self._put_off(row, outcome)
                case Unknown():
                    self._put_off(row, outcome)

    def _put_off(self, row: AddressUpdate, outcome: TryLater | Unknown) -> None:
        """It is left for the next round; said once where each round fails the same way."""
        self.resting.add(row.pk)
        step = "address-unknown" if isinstance(outcome, Unknown) else "address-later"
        record_once(row.order, step, customer=row.customer_name, reason=outcome.reason)

    def _heed(self, *outcomes: Outcome) -> None:
        """What the answers to one request say about the next ones."""
        if all(isinstance(outcome, Unknown) for outcome in outcomes):
            self.unclear += 1
            return
        self.unclear = 0
        for outcome in outcomes:
            if isinstance(outcome, TryLater) and not outcome.stale:
                self.sender.heed(outcome)
                return


# One update -----------------------------------------------------------------------------------------------------------


def _decided(row: AddressUpdate, there: CustomerThere | None, book: AddressBook, *, counts: dict[str, int]) -> bool:
    """Settle an update that has nothing to write; store the bytes of one that has. Whether it is to be sent."""
    if there is None:
        _refused(row, _GONE)
        return False
    wanted = _without_older(row)
    if _changed_since(row, there):
        wanted = _without_theirs(row, there, wanted, book)
    if not wanted:
        _move(row, AddressState.LEFT, settled=True)
        return False
    change = book.change(there, wanted)
    if change is None:
        _there_already(row, there, wanted, counts=counts)
        return False
    if not there.active:
        _refused(row, _INACTIVE)
        return False
    row.request_id, row.body, row.sync_token = str(uuid.uuid4()), change.body, there.sync_token
    row.seen = _seen(there, change)
    row.state = AddressState.SENDING
    row.save(update_fields=["request_id", "body", "sync_token", "seen", "state"])
    return True


def _changed_since(row: AddressUpdate, there: CustomerThere) -> bool:
    """Whether the customer was changed since bytes were made: by them, or by a person."""
    return bool(row.seen) and there.sync_token != row.sync_token


def _seen(there: CustomerThere, change: AddressChange) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By part, what is to be overwritten, and by what; in pairs, since a database sorts what an object holds."""
    return {
        part.value: {"before": list(there.addresses.get(part, {}).items()), "after": list(after.items())}
        for part, after in change.after.items()
    }


def _without_older(row: AddressUpdate) -> dict[AddressPart, Address]:
    """What is wanted, less the addresses that a newer order of the customer has."""
    wanted = row.wanted()
    for part in list(wanted):
        if newer := newer_than(row, part):
            del wanted[part]
            facts = {"number": newer.number, "date": newer.placed_on.isoformat()}
            _tell(row, "address-newer", part, **facts)
    return wanted


def _without_theirs(
    row: AddressUpdate, there: CustomerThere, wanted: Mapping[AddressPart, Address], book: AddressBook
) -> dict[AddressPart, Address]:
    """What is wanted, less the addresses that are neither as they were read nor as they were sent."""
    kept: dict[AddressPart, Address] = {}
    for part, address in wanted.items():
        now, seen = dict(there.addresses.get(part, {})), row.seen.get(part.value)
        if seen is None or now == dict(seen["before"]) or book.change(there, {part: address}) is None:
            kept[part] = address
        else:
            _tell(row, "address-theirs", part, theirs=one_line(now), ours=one_line(dict(seen["after"])))
    return kept


def _there_already(
    row: AddressUpdate, there: CustomerThere, wanted: Mapping[AddressPart, Address], *, counts: dict[str, int]
) -> None:
    """QuickBooks has the addresses: from a send whose answer nobody heard, or it had them before."""
    if _changed_since(row, there):
        _tell_updated(row)
        _learn(row, there)
        _move(row, AddressState.UPDATED, settled=True)
        counts[ADDRESSES] += 1
        return
    for part in wanted:
        _tell(row, "address-same", part)
    _move(row, AddressState.SAME, settled=True)


def _updated(row: AddressUpdate, there: CustomerThere | None, book: AddressBook) -> None:
    """QuickBooks accepted a change; its own words are compared with what was sent."""
    wanted = {part: address for part, address in row.wanted().items() if part.value in row.seen}
    differs = book.change(there, wanted) if there else None
    if there and differs:
        for part in differs.after:
            theirs, ours = there.addresses.get(part, {}), dict(row.seen[part.value]["after"])
            _tell(row, "address-differs", part, theirs=one_line(theirs), ours=one_line(ours))
    else:
        _tell_updated(row)
    if there:
        _learn(row, there)
    _move(row, AddressState.UPDATED, settled=True)


def _tell_updated(row: AddressUpdate) -> None:
    for name, seen in row.seen.items():
        before, after = one_line(dict(seen["before"])), one_line(dict(seen["after"]))
        _tell(row, "address-updated", AddressPart(name), before=before, after=after)


def _tell(row: AddressUpdate, step: str, part: AddressPart, **facts: str) -> None:
    """What the order's history says of one of its addresses."""
    record(row.order, step, by=row.asked_by, part=part.label, customer=row.customer_name, **facts)


def _learn(row: AddressUpdate, there: CustomerThere) -> None:
    """Our copy of the customer says what QuickBooks says now: customers are found by company and ZIP code."""
    ours = QuickBooksCustomer.objects.filter(company=row.company_id, quickbooks_id=row.customer_id)
    postal_code = there.addresses.get(AddressPart.BILLING, {}).get("PostalCode", "")
    for name in ours.values_list("company_name", flat=True):
        compared = company_zip_key(name, postal_code)
        ours.update(postal_code=postal_code, company_zip_compared=compared, sync_token=there.sync_token)


def _refused(row: AddressUpdate, reason: str) -> None:
    record(row.order, "address-refused", customer=row.customer_name, reason=reason)
    _move(row, AddressState.REFUSED, settled=True)


def _move(row: AddressUpdate, state: AddressState, *, settled: bool = False) -> None:
    row.state, row.settled_at = state, timezone.now() if settled else None
    row.save(update_fields=["state", "settled_at"])


def _keep_exchange(row: AddressUpdate, outcome: Outcome) -> None:
    names = {Accepted: "accepted", Refused: "refused", TryLater: "try-later", Unknown: "unknown"}
    AddressExchange.objects.create(
        update_of=row,
        sent_at=timezone.now(),
        request_id=row.request_id,
        body=row.body,
        outcome=names[type(outcome)],
        reason=getattr(outcome, "reason", ""),
        status=outcome.exchange.status,
        reply=outcome.exchange.reply,
        intuit_tid=outcome.exchange.intuit_tid,
        took=outcome.exchange.took,
    )
