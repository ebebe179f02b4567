"""Which transaction in QuickBooks already records which sale, payment, credit or refund of the source?

Pure: facts of both sides in, pairs with their grounds out. Two records may be the same where they agree in at least two
of number, customer and total; a payment has to be applied to the invoice in QuickBooks that its own invoice is, or to
nothing. A pair is certain only by the rule of `certain_pairs`, in which an amount never differs.

Source:
    docs/decisions/0071-adopt-what-is-there.md
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from books.customer_fields import name_key
from books.documents import Payment
from books.posted_document import Holding

#: By so many days the dates of the same sale may differ, unless its number is the same.
WINDOW = timedelta(days=31)
#: Dates that differ by no more are near.
_NEAR = timedelta(days=3)
#: So many candidates of a record are shown.
MOST = 5
_ENOUGH = 2
_LEADING = re.compile(r"^[^0-9]+")


class Ground(StrEnum):
    """Why two records may be the same, or what speaks against it."""

    SAME_NUMBER = "same-number"
    NUMBER_BUT_PREFIX = "number-but-prefix"
    SAME_CUSTOMER = "same-customer"
    SAME_EMAIL = "same-email"
    SAME_NAME = "same-name"
    SAME_TOTAL = "same-total"
    SAME_DAY = "same-day"
    NEAR_DAY = "near-day"
    SAME_LINES = "same-lines"
    PAYS_ITS_INVOICE = "pays-its-invoice"
    # Against it
    OTHER_NUMBER = "other-number"
    OTHER_CUSTOMER = "other-customer"
    OTHER_TOTAL = "other-total"
    OTHER_DAY = "other-day"
    OTHER_FORM = "other-form"
    UNAPPLIED = "unapplied"

    @property
    def speaks_for_it(self) -> bool:
        """Whether it is a reason to take them for the same."""
        return self in _POINTS


#: What each ground for it weighs; only the order of candidates follows from it.
_POINTS: Mapping[Ground, int] = {
    Ground.PAYS_ITS_INVOICE: 5,
    Ground.SAME_NUMBER: 5,
    Ground.NUMBER_BUT_PREFIX: 4,
    Ground.SAME_TOTAL: 4,
    Ground.SAME_CUSTOMER: 4,
    Ground.SAME_EMAIL: 4,
    Ground.SAME_NAME: 3,
    Ground.SAME_DAY: 2,
    Ground.SAME_LINES: 2,
    Ground.NEAR_DAY: 1,
}
_NUMBERS = frozenset({Ground.SAME_NUMBER, Ground.NUMBER_BUT_PREFIX, Ground.PAYS_ITS_INVOICE})
_CUSTOMERS = frozenset({Ground.SAME_CUSTOMER, Ground.SAME_EMAIL, Ground.SAME_NAME})


@dataclass(frozen=True, kw_only=True)
class SourceRecord:
    """A record of the source that QuickBooks was never sent."""

    key: int
    #: The form that it takes, or would take, in QuickBooks.
    form: str
    number: str
    dated: date
    total: Decimal
    currency: str
    #: Empty where the customer is not found in QuickBooks.
    customer_id: str = ""
    customer_name: str = ""
    emails: frozenset[str] = frozenset()
    #: The amounts of its lines, those of nothing left out; empty where they are not known.
    amounts: tuple[Decimal, ...] = ()
    #: For a payment: the record of its invoice, and the invoice's QuickBooks id where it has one.
    invoice: int | None = None
    invoice_id: str = ""
    #: QuickBooks ids that it is not, by a person's word.
    ruled_out: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class BooksRecord:
    """A transaction in QuickBooks that Tieout did not post."""

    form: str
    quickbooks_id: str
    holding: Holding
    #: The addresses of its customer.
    emails: frozenset[str] = frozenset()

    @property
    def dated(self) -> date:
        """Its day."""
        return date.fromisoformat(self.holding.dated)

    @property
    def pays(self) -> frozenset[str]:
        """QuickBooks ids of the invoices that it is applied to."""
        links = (link.document.partition(" ") for link in self.holding.links)
        return frozenset(identifier for kind, _, identifier in links if kind == "Invoice")


@dataclass(frozen=True, kw_only=True)
class MatchedPair:
    """A record of the source and a transaction that may be the same, with the grounds for and against it."""

    ours: SourceRecord
    theirs: BooksRecord
    grounds: tuple[Ground, ...]

    @property
    def points(self) -> int:
        """How much speaks for it."""
        return sum(_POINTS.get(ground, 0) for ground in self.grounds)

    @property
    def is_like(self) -> bool:
        """Whether number or invoice, customer and total are the same, in the same form and currency."""
        for_it = {Ground.SAME_TOTAL} <= {*self.grounds} and Ground.OTHER_FORM not in self.grounds
        numbered = {Ground.SAME_NUMBER, Ground.PAYS_ITS_INVOICE} & {*self.grounds}
        return for_it and bool(numbered) and bool(_CUSTOMERS & {*self.grounds})


def bare_number(number: str) -> str:
    """A number without its prefix: `INV-01042` and `#1042` are both of 1042."""
    return _LEADING.sub("", number.strip()).lstrip("0").casefold()


def pairs(ours: Iterable[SourceRecord], theirs: Iterable[BooksRecord]) -> list[MatchedPair]:
    """Those of the two sides that may be the same. Payments need their invoices' ids, so they are paired afterwards.

    Of many equal ones of a customer, such as subscriptions, a record is held against those of the nearest days.

    Args:
        ours: Not in QuickBooks as far as we know.
        theirs: Not ours as far as we know.
    """
    looked_up: dict[_Key, list[BooksRecord]] = {}
    for record in theirs:
        keys = {*_numbered(record.holding.number, record.holding.total, record.holding.currency), *_bought(record)}
        for key in keys | {("paying", invoice) for invoice in record.pays}:
            looked_up.setdefault(key, []).append(record)
    days: dict[_Key, list[date]] = {}
    for key, records in looked_up.items():
        if len(records) > _NEAREST:
            records.sort(key=lambda record: record.dated)
            days[key] = [record.dated for record in records]
    made = []
    for mine in ours:
        unique: dict[tuple[str, str], BooksRecord] = {}
        for key in _asked_by(mine):
            records = looked_up.get(key, [])
            if key in days and key[0] not in _TELLING:
                place = bisect_left(days[key], mine.dated)
                records = records[max(place - _NEAREST, 0) : place + _NEAREST]
            unique |= {(record.form, record.quickbooks_id): record for record in records}
        made += [pair for record in unique.values() if (pair := paired(mine, record))]
    return made


#: What a record is looked up by; the first says what it is.
_Key = tuple[object, ...]
#: By these all that are found are looked at, since few have the same.
_TELLING = ("number", "paying")
#: So many of a customer and a total are looked at before a day and from that day on.
_NEAREST = 10


def _numbered(number: str, total: Decimal, currency: str) -> Iterator[_Key]:
    """A number of digits says something alone; a word such as “Cash” only with what it comes to."""
    if bare := bare_number(number):
        yield "number", bare
    elif number.strip():
        yield "word", number.strip().casefold(), total, currency


def _bought(theirs: BooksRecord) -> Iterator[_Key]:
    """Customer and total together: either alone says nothing."""
    amount, customer = (theirs.holding.total, theirs.holding.currency), theirs.holding.customer
    if customer.identifier:
        yield "customer", customer.identifier, *amount
    if name := name_key(customer.name):
        yield "name", name, *amount
    for email in theirs.emails:
        yield "email", email, *amount


def _asked_by(mine: SourceRecord) -> Iterator[_Key]:
    for currency in (mine.currency, ""):  # QuickBooks says none where it keeps a single one
        yield from _numbered(mine.number, mine.total, currency)
        if mine.customer_id:
            yield "customer", mine.customer_id, mine.total, currency
        if name := name_key(mine.customer_name):
            yield "name", name, mine.total, currency
        for email in sorted(mine.emails):
            yield "email", email, mine.total, currency
    if mine.invoice_id:
        yield "paying", mine.invoice_id


def paired(ours: SourceRecord, theirs: BooksRecord) -> MatchedPair | None:
    """The two with their grounds; None where too little speaks for it, or something rules it out."""
    if theirs.quickbooks_id in ours.ruled_out or theirs.holding.is_void:
        return None
    if theirs.holding.currency and theirs.holding.currency != ours.currency:
        return None
    if not _fit(ours.form, theirs.form):
        return None
    grounds = [*_number(ours, theirs), *_customer(ours, theirs), _total(ours, theirs)]
    if ours.form == Payment.kind:
        applied = _applied(ours, theirs)
        if applied is None:
            return None
        grounds.append(applied)
    grounds += [*_day(ours, theirs), *_lines(ours, theirs)]
    if ours.form != theirs.form:
        grounds.append(Ground.OTHER_FORM)
    told = {*grounds}
    apart = abs(ours.dated - theirs.dated) > WINDOW and not _NUMBERS & told
    agreed = (bool(_NUMBERS & told), bool(_CUSTOMERS & told), Ground.SAME_TOTAL in told)
    return None if apart or sum(agreed) < _ENOUGH else MatchedPair(ours=ours, theirs=theirs, grounds=tuple(grounds))


#: Two forms of a sale: an order that was paid at once is either.
_SALES = frozenset({"invoice", "sales-receipt"})


def _fit(ours: str, theirs: str) -> bool:
    return ours == theirs or {ours, theirs} == _SALES


def _number(ours: SourceRecord, theirs: BooksRecord) -> tuple[Ground, ...]:
    mine, other = ours.number.strip().casefold(), theirs.holding.number.strip().casefold()
    if not mine or not other:
        return ()
    if mine == other:
        return (Ground.SAME_NUMBER,)
    bare = bare_number(mine)
    return (Ground.NUMBER_BUT_PREFIX,) if bare and bare == bare_number(other) else (Ground.OTHER_NUMBER,)


def _customer(ours: SourceRecord, theirs: BooksRecord) -> tuple[Ground, ...]:
    if ours.customer_id and ours.customer_id == theirs.holding.customer.identifier:
        return (Ground.SAME_CUSTOMER,)
    if ours.emails & theirs.emails:
        return (Ground.SAME_EMAIL,)
    mine, other = name_key(ours.customer_name), name_key(theirs.holding.customer.name)
    return (Ground.SAME_NAME,) if mine and mine == other else (Ground.OTHER_CUSTOMER,)


def _total(ours: SourceRecord, theirs: BooksRecord) -> Ground:
    return Ground.SAME_TOTAL if ours.total == theirs.holding.total else Ground.OTHER_TOTAL


def _day(ours: SourceRecord, theirs: BooksRecord) -> tuple[Ground, ...]:
    apart = abs(ours.dated - theirs.dated)
    if not apart:
        return (Ground.SAME_DAY,)
    return (Ground.NEAR_DAY,) if apart <= _NEAR else (Ground.OTHER_DAY,)


def _lines(ours: SourceRecord, theirs: BooksRecord) -> tuple[Ground, ...]:
    amounts = sorted(line.amount for line in theirs.holding.lines if line.amount)
    return (Ground.SAME_LINES,) if ours.amounts and sorted(ours.amounts) == amounts else ()


def _applied(ours: SourceRecord, theirs: BooksRecord) -> Ground | None:
    """What a payment in QuickBooks is applied to; None where that rules it out."""
    if ours.invoice_id and ours.invoice_id in theirs.pays:
        return Ground.PAYS_ITS_INVOICE
    return None if theirs.holding.links else Ground.UNAPPLIED


def ranked(found: Iterable[MatchedPair]) -> dict[int, tuple[MatchedPair, ...]]:
    """By our record, its candidates, the likeliest first, at most `MOST`."""
    by_record: dict[int, list[MatchedPair]] = {}
    for pair in found:
        by_record.setdefault(pair.ours.key, []).append(pair)
    return {
        key: tuple(sorted(of_record, key=lambda pair: (-pair.points, pair.theirs.quickbooks_id))[:MOST])
        for key, of_record in by_record.items()
    }


def certain_pairs(found: Sequence[MatchedPair]) -> list[MatchedPair]:
    """Those that are the same for certain.

    Number, customer, total, currency and form are the same, and no other record on either side is as much alike. For a
    payment its invoice stands for the number: it is applied to exactly that one.
    """
    alike = [pair for pair in found if pair.is_like and _pays_only_it(pair)]
    ours = Counter(pair.ours.key for pair in alike)
    theirs = Counter((pair.theirs.form, pair.theirs.quickbooks_id) for pair in alike)
    return [
        pair for pair in alike if ours[pair.ours.key] == 1 and theirs[pair.theirs.form, pair.theirs.quickbooks_id] == 1
    ]


def _pays_only_it(pair: MatchedPair) -> bool:
    return pair.ours.form != Payment.kind or pair.theirs.pays == {pair.ours.invoice_id}


def free_of(found: Iterable[MatchedPair], taken: Collection[MatchedPair]) -> list[MatchedPair]:
    """The pairs without those whose transaction is another record's for certain."""
    owner = {(pair.theirs.form, pair.theirs.quickbooks_id): pair.ours.key for pair in taken}
    return [
        pair
        for pair in found
        if owner.get((pair.theirs.form, pair.theirs.quickbooks_id), pair.ours.key) == pair.ours.key
    ]
