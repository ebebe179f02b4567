"""Which of these transactions and customers in QuickBooks look wrong, and by how much money?

Pure: rows as they were read in, cases out. A case is what a bookkeeper looks at together, such as two invoices that are
perhaps the same one. Nothing here is certain: two equal sales to one customer may both have happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from books.documents import CreditMemo, Invoice, Payment, SalesReceipt
from books.money import ZERO, total
from books.translation import gettext_noop
from mapping.matching.customer_candidates import Candidates, Person
from sync.adopting.matching import bare_number

#: The dates of two with the same number may differ by so much; a number may come again in another year.
APART = timedelta(days=31)
#: Dates of two with other numbers that may be the same.
NEAR = timedelta(days=3)
#: More than so many equal ones on near dates are a habit of the customer, and no mistake.
_HABIT = 4
#: Each is held against so many of those that follow it.
_AHEAD = 8
#: Two customers that are less alike are two; see `mapping.matching.customer_candidates`.
_ALIKE = 84

SAME_NUMBER = gettext_noop("same customer, total and number")
SAME_DAY = gettext_noop("same customer, total and date")
NEAR_DAY = gettext_noop("same customer and total, within three days")


class CleanupKind(StrEnum):
    """What is wrong with a case."""

    TWICE = "twice"
    UNAPPLIED = "unapplied"
    UNUSED = "unused"
    UNDEPOSITED = "undeposited"
    CUSTOMERS = "customers"


@dataclass(frozen=True, kw_only=True, slots=True)
class BooksEntry:
    """A transaction in QuickBooks as it is looked at."""

    form: str
    quickbooks_id: str
    number: str
    dated: date
    customer_id: str
    customer_name: str
    total: Decimal
    currency: str
    #: Tieout posted it, or it was adopted.
    is_ours: bool
    #: What of a payment is applied to nothing, or of a credit is not used.
    unused: Decimal = ZERO
    #: Its money is in Undeposited Funds.
    is_undeposited: bool = False
    #: What it is applied to, such as `Invoice 145`.
    applied_to: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class BooksCustomer:
    """A customer who was sold something in the period; none of one currency is the same as one of another."""

    person: Person
    currency: str
    #: What they were sold in the period.
    sold: Decimal = ZERO
    is_ours: bool = False


@dataclass(frozen=True, kw_only=True)
class CleanupCase:
    """What a bookkeeper looks at together."""

    kind: CleanupKind
    entries: tuple[BooksEntry, ...] = ()
    customers: tuple[BooksCustomer, ...] = ()
    #: Marked sentence parts, to be translated when shown.
    reasons: tuple[str, ...] = ()
    #: What would be too much, or is still open, if it is what it looks like.
    amount: Decimal
    currency: str


def open_cases(entries: Iterable[BooksEntry], *, undeposited_until: date) -> Iterator[CleanupCase]:
    """Payments that are not applied, credits that are not used, and money that was not deposited, each by itself.

    Args:
        entries: In any order.
        undeposited_until: Money of this day or before should have been deposited.
    """
    for entry in entries:
        if entry.unused > 0 and entry.form in _LEFT_OVER:
            yield _of(_LEFT_OVER[entry.form], entry, entry.unused)
        if entry.is_undeposited and entry.total > 0 and entry.dated <= undeposited_until:
            yield _of(CleanupKind.UNDEPOSITED, entry, entry.total)


_LEFT_OVER: Mapping[str, CleanupKind] = {Payment.kind: CleanupKind.UNAPPLIED, CreditMemo.kind: CleanupKind.UNUSED}


def _of(kind: CleanupKind, entry: BooksEntry, amount: Decimal) -> CleanupCase:
    return CleanupCase(kind=kind, entries=(entry,), amount=amount, currency=entry.currency)


@dataclass(frozen=True, kw_only=True)
class EnteredTwice:
    """Transactions that may be the same, and those that wait for what is dated after them."""

    cases: tuple[CleanupCase, ...] = ()
    waiting: tuple[BooksEntry, ...] = ()


#: An order that was paid at once is either.
_SALE = frozenset({Invoice.kind, SalesReceipt.kind})
_Alike = tuple[str, str, Decimal, str]


def entered_twice(entries: Iterable[BooksEntry], *, read_through: date | None = None) -> EnteredTwice:
    """Transactions of the same customer and total that may be one, entered several times.

    They have the same number but for its prefix, at most a month apart; or other numbers, at most three days apart, and
    at least one of them was not posted by Tieout, because two that it posted are two records of the source.

    Args:
        entries: Of a period, or of a part of it together with what the part before it left waiting.
        read_through: Everything through this day was read; None where nothing more follows.
    """
    alike: dict[_Alike, list[BooksEntry]] = defaultdict(list)
    for entry in entries:
        if entry.total > 0 and entry.customer_id:
            sort = "sale" if entry.form in _SALE else entry.form
            alike[sort, entry.customer_id, entry.total, entry.currency].append(entry)
    cases, waiting = [], []
    for bucket in alike.values():
        bucket.sort(key=lambda entry: (entry.dated, entry.form, entry.quickbooks_id))
        for group in _groups(bucket):
            if read_through is not None and group[-1].dated + APART >= read_through:
                waiting += group
            elif len(group) > 1:
                cases.append(_twice(group))
    cases.sort(key=lambda case: (case.entries[0].dated, case.entries[0].quickbooks_id))
    return EnteredTwice(cases=tuple(cases), waiting=tuple(waiting))


def _twice(group: Sequence[BooksEntry]) -> CleanupCase:
    numbers = {bare_number(entry.number) for entry in group}
    one_day = len({entry.dated for entry in group}) == 1
    reason = SAME_NUMBER if len(numbers) == 1 and "" not in numbers else SAME_DAY if one_day else NEAR_DAY
    return CleanupCase(
        kind=CleanupKind.TWICE,
        entries=tuple(group),
        reasons=(reason,),
        amount=group[0].total * (len(group) - 1),
        currency=group[0].currency,
    )


def _groups(bucket: Sequence[BooksEntry]) -> list[list[BooksEntry]]:
    """Those of a bucket that belong together, each in exactly one group, in the order of their dates."""
    groups = _Groups(len(bucket))
    if len(bucket) > 1:
        near = _Groups(len(bucket))
        for place, entry in enumerate(bucket):
            for other in range(place + 1, min(place + 1 + _AHEAD, len(bucket))):
                if _are_near(entry, bucket[other]):
                    near.join(place, other)
        for members in near.all():
            if len(members) <= _HABIT:
                groups.join(*members)
        last: dict[str, int] = {}
        for place, entry in enumerate(bucket):
            number = bare_number(entry.number)
            if number and number in last and _are_numbered_alike(bucket[last[number]], entry):
                groups.join(last[number], place)
            last[number] = place
    return [[bucket[place] for place in sorted(members)] for members in groups.all()]


def _are_near(one: BooksEntry, other: BooksEntry) -> bool:
    if other.dated - one.dated > NEAR or (one.is_ours and other.is_ours) or _settle_others(one, other):
        return False
    numbers = {bare_number(one.number), bare_number(other.number)}
    if len(numbers) == 1 or "" in numbers:
        return True
    return one.is_ours != other.is_ours or one.dated == other.dated


def _are_numbered_alike(one: BooksEntry, other: BooksEntry) -> bool:
    # The payments of one order share its number, and those that Tieout posted are so many in the source
    paid = one.form == Payment.kind and one.is_ours and other.is_ours
    return other.dated - one.dated <= APART and not paid and not _settle_others(one, other)


def _settle_others(one: BooksEntry, other: BooksEntry) -> bool:
    """Whether the two pay for different things, so that both were paid."""
    return bool(one.applied_to and other.applied_to) and not one.applied_to & other.applied_to


@dataclass
class _Groups:
    """Numbers from 0 on that are joined step by step."""

    size: int
    _first: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._first = list(range(self.size))

    def join(self, *members: int) -> None:
        """Say that these belong together."""
        roots = [self._root(member) for member in members]
        for root in roots:
            self._first[root] = min(roots)

    def _root(self, member: int) -> int:
        while self._first[member] != member:
            self._first[member] = self._first[self._first[member]]
            member = self._first[member]
        return member

    def all(self) -> list[list[int]]:
        """Every group, those of a single one too."""
        groups: dict[int, list[int]] = defaultdict(list)
        for member in range(self.size):
            groups[self._root(member)].append(member)
        return list(groups.values())


def customers_twice(candidates: Candidates, sold: Mapping[str, BooksCustomer]) -> Iterator[CleanupCase]:
    """Customers of the period that are alike in name, address or telephone, each pair once.

    Args:
        candidates: Every active customer of QuickBooks.
        sold: By QuickBooks id, every active customer; those without a sale in the period are found as the other one.
    """
    told: set[frozenset[str]] = set()
    for key, customer in sold.items():
        if not customer.sold:
            continue
        for candidate in candidates.of(customer.person):
            pair = frozenset({key, candidate.person.key})
            other = sold.get(candidate.person.key)
            if len(pair) < 2 or pair in told or other is None or candidate.score < _ALIKE:
                continue
            if other.currency != customer.currency:  # QuickBooks keeps a customer in one currency
                continue
            told.add(pair)
            both = (customer, other)
            yield CleanupCase(
                kind=CleanupKind.CUSTOMERS,
                customers=both,
                reasons=candidate.reasons,
                amount=total(person.sold for person in both),
                currency=customer.currency,
            )
