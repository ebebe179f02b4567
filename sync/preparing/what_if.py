"""What would another mapping do to the books? The orders of some days as they would post, against how they would now.

Nothing is kept and nothing is sent: the decisions are changed inside a transaction that is taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from books.answers import CustomerRef
from books.customer_addresses import AddressPart, is_complete
from books.documents import SALE_KINDS, CreditMemo, Invoice, Posting, RefundReceipt, SalesReceipt
from books.documents import Document as DocumentValue
from books.money import ZERO
from books.notes import Note
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import Company
from sync.models import DECIDED_AGAINST, SENT_STATES, Document, DocumentState, OrderVersion, StagedOrder
from sync.preparing.builders.plan import Plan
from sync.preparing.prepare import plans_of
from sync.preparing.preview import nothing_kept

#: More orders than this would keep a person waiting; the newest are taken.
MOST_ORDERS = 1000
_AT_ONCE = 200
_MOST_SHOWN = 100
_NEW = gettext_noop("(new in QuickBooks)")


@dataclass(frozen=True, kw_only=True)
class MovedInCurrency(Posting):
    """What one order moves on one account, with its currency: amounts of two currencies are never added."""

    currency: str


@dataclass(frozen=True, kw_only=True)
class DebitAndCredit:
    """What is debited and credited on one account; both positive, in one currency."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    def plus(self, posting: Posting) -> DebitAndCredit:
        """With one posting more."""
        return DebitAndCredit(debit=self.debit + posting.debit, credit=self.credit + posting.credit)


@dataclass(frozen=True, kw_only=True)
class AccountEffect:
    """One account, in one currency, under the mapping of before and the one that is asked about."""

    path: str
    currency: str
    before: DebitAndCredit
    after: DebitAndCredit

    @property
    def change(self) -> Decimal:
        """By how much the account's balance would differ; debit positive."""
        return (self.after.debit - self.after.credit) - (self.before.debit - self.before.credit)

    @property
    def changed(self) -> bool:
        """Whether either side differs."""
        return self.before != self.after


@dataclass(frozen=True, kw_only=True)
class OrderEffect:
    """One order that would post otherwise."""

    order: StagedOrder
    before: tuple[MovedInCurrency, ...]
    after: tuple[MovedInCurrency, ...]
    #: The customers of its documents, where they differ; by name, those who would be created marked.
    customer_before: str = ""
    customer_after: str = ""
    #: The same for the items of its lines, by name.
    items_before: str = ""
    items_after: str = ""
    #: Reasons that would block it and do not now, as sentences.
    blocked_by: tuple[str, ...] = ()
    #: Whether QuickBooks has some of it already: what was posted stays as it is.
    posted: bool = False
    #: What a person should know of it, see `books.notes`.
    notes: tuple[Note, ...] = ()

    @property
    def only_before(self) -> tuple[MovedInCurrency, ...]:
        """What it posts and would not post any more."""
        return tuple(posting for posting in self.before if posting not in self.after)

    @property
    def only_after(self) -> tuple[MovedInCurrency, ...]:
        """What it would post and does not post."""
        return tuple(posting for posting in self.after if posting not in self.before)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What the mapping that is asked about would do."""

    orders: int
    #: There are more orders in these days than were looked at.
    more: bool
    accounts: tuple[AccountEffect, ...]
    #: The first of the orders that would post otherwise, newest first, and how many there are.
    changed: tuple[OrderEffect, ...]
    changed_orders: int
    blocked_before: int
    blocked_after: int
    #: Orders that were posted otherwise than they would post by the mapping that is saved, whatever is asked.
    already: tuple[OrderEffect, ...] = ()
    already_orders: int = 0

    @property
    def anything(self) -> bool:
        """Whether anything would be otherwise."""
        return bool(self.changed_orders) or self.blocked_before != self.blocked_after


@dataclass(frozen=True, kw_only=True)
class _Books:
    """What one order posts, and what keeps records of it from posting."""

    postings: tuple[MovedInCurrency, ...]
    blocked: frozenset[str]
    customers: frozenset[CustomerRef] = frozenset()
    items: frozenset[str] = frozenset()
    sentences: tuple[str, ...] = ()
    posted: bool = False
    notes: tuple[Note, ...] = ()


def effect_of(company: Company, change: Callable[[], object], *, since: date) -> Effect:
    """Compare how the orders since a day would post now with how they would after a change of the mapping.

    Both sides are worked out as if QuickBooks had nothing of them, so that nothing but the change is between them. What
    was posted otherwise before anything was asked is found apart.

    Args:
        company: Whose orders.
        change: Makes the change in the database; taken back afterwards, whatever it does.
        since: The first day.
    """
    orders = StagedOrder.objects.filter(company=company, placed_on__gte=since).select_related("connection")
    found = list(orders.order_by("-placed_on", "-pk")[: MOST_ORDERS + 1])
    more, found = len(found) > MOST_ORDERS, found[:MOST_ORDERS]
    with nothing_kept():
        posted, now = _posted(company, found), _as_new(company, found)
        change()
        then = _as_new(company, found)
    asked = _differing(found, now, then, posted, names_too=True)
    already = _differing([order for order in found if posted[order.pk].posted], posted, now, posted)
    return Effect(
        orders=len(found),
        more=more,
        accounts=_accounts(now.values(), then.values()),
        changed=tuple(asked[:_MOST_SHOWN]),
        changed_orders=len(asked),
        blocked_before=sum(bool(books.blocked) for books in now.values()),
        blocked_after=sum(bool(books.blocked) for books in then.values()),
        already=tuple(already[:_MOST_SHOWN]),
        already_orders=len(already),
    )


@dataclass(frozen=True, kw_only=True)
class AddressesAhead:
    """What orders that are not posted yet would bring to their customers' addresses."""

    orders: int
    #: How many of them have an address that is complete, by which of the two it is.
    complete: dict[AddressPart, int]


def addresses_ahead(company: Company, system: str, parts: Iterable[AddressPart], *, since: date) -> AddressesAhead:
    """How many orders of a source would have an address to give, were they posted under a rule that takes these.

    Args:
        company: Whose orders.
        system: The source.
        parts: The addresses that the rule takes.
        since: The first day; of more than a thousand orders the newest are looked at.
    """
    sent = Document.objects.filter(order=OuterRef("pk"), kind__in=SALE_KINDS, state__in=SENT_STATES)
    orders = StagedOrder.objects.filter(~Exists(sent), company=company, connection__system=system)
    found = list(orders.filter(placed_on__gte=since).order_by("-placed_on", "-pk")[:MOST_ORDERS])
    versions = OrderVersion.objects.filter(order__in=found, version=F("order__version")).only("body")
    buyers = [version.read().customer for version in versions]
    complete = {part: sum(is_complete(getattr(buyer, part.value)) for buyer in buyers) for part in parts}
    return AddressesAhead(orders=len(found), complete=complete)


def _posted(company: Company, orders: Sequence[StagedOrder]) -> dict[int, _Books]:
    """As each order was posted, as far as it was; the rest as it would be by the stored decisions."""
    books: dict[int, _Books] = {}
    for some in chunks(orders, _AT_ONCE):
        sent, ignored = _sent(some), _ignored(some)
        for number, plan in plans_of(company, some).items():
            there = sent.get(number, {})
            waiting = [planned for planned in plan.planned if planned.key not in there and planned.key not in ignored]
            documents = [*there.values(), *(planned.document for planned in waiting if planned.document)]
            books[number] = _books(documents, plan, {planned.key for planned in waiting}, posted=bool(there))
    return books


def _as_new(company: Company, orders: Sequence[StagedOrder]) -> dict[int, _Books]:
    """As each order would post by the decisions as they are, as if QuickBooks had nothing of it yet."""
    books: dict[int, _Books] = {}
    for some in chunks(orders, _AT_ONCE):
        ignored = _ignored(some)
        for number, plan in plans_of(company, some, as_new=True).items():
            kept = [planned for planned in plan.planned if planned.key not in ignored]
            books[number] = _books(
                [planned.document for planned in kept if planned.document], plan, {planned.key for planned in kept}
            )
    return books


def _items(documents: Iterable[DocumentValue]) -> Iterator[str]:
    """What is sold by documents; a journal entry has accounts in its lines, and no items."""
    for document in documents:
        if isinstance(document, Invoice | SalesReceipt | CreditMemo | RefundReceipt):
            yield from (line.item.name for line in document.lines)


def _books(documents: Iterable[DocumentValue], plan: Plan, keys: set[str], *, posted: bool = False) -> _Books:
    problems = {
        problem.cause: problem.explain()
        for planned in plan.planned
        if planned.key in keys
        for problem in planned.problems
    }
    moved: dict[tuple[bool, str, str], MovedInCurrency] = {}
    documents = list(documents)
    for document in documents:
        for posting in document.postings:
            # Debits first, as a journal is written
            key = (posting.amount < 0, posting.account.path, document.currency)
            before = moved[key].amount if key in moved else ZERO
            moved[key] = MovedInCurrency(
                account=posting.account, amount=before + posting.amount, currency=document.currency
            )
    return _Books(
        postings=tuple(moved[key] for key in sorted(moved) if moved[key].amount),
        blocked=frozenset(problems),
        customers=frozenset(document.customer for document in documents),
        items=frozenset(_items(documents)),
        sentences=tuple(problems.values()),
        posted=posted,
        notes=plan.notes,
    )


def _sent(orders: Sequence[StagedOrder]) -> dict[int, dict[str, DocumentValue]]:
    """By order and key, the documents that QuickBooks has or may have, as they were sent."""
    rows = Document.objects.filter(order__in=orders, state__in=SENT_STATES).exclude(state=DocumentState.VOIDED)
    sent: dict[int, dict[str, DocumentValue]] = defaultdict(dict)
    for row in rows.select_related("frozen"):
        sent[row.order_id][row.key] = row.value()
    return sent


def _ignored(orders: Sequence[StagedOrder]) -> set[str]:
    rows = Document.objects.filter(order__in=orders, state__in=DECIDED_AGAINST, withdrawn=False)
    return set(rows.values_list("key", flat=True))


def _differing(
    orders: Sequence[StagedOrder],
    before: dict[int, _Books],
    after: dict[int, _Books],
    posted: dict[int, _Books],
    *,
    names_too: bool = False,
) -> list[OrderEffect]:
    """The orders that differ. Names may have been changed since a document was posted, which is no effect."""
    others, items = set[int](), set[int]()
    for order in orders if names_too else ():
        now, then = before[order.pk], after[order.pk]
        if then.customers and now.customers != then.customers:
            others.add(order.pk)
        if then.items and now.items != then.items:
            items.add(order.pk)
    return [
        OrderEffect(
            order=order,
            before=before[order.pk].postings,
            after=after[order.pk].postings,
            customer_before=_names(before[order.pk].customers) if order.pk in others else "",
            customer_after=_names(after[order.pk].customers) if order.pk in others else "",
            items_before=_only(before[order.pk].items, after[order.pk].items) if order.pk in items else "",
            items_after=_only(after[order.pk].items, before[order.pk].items) if order.pk in items else "",
            blocked_by=after[order.pk].sentences if after[order.pk].blocked - before[order.pk].blocked else (),
            posted=posted[order.pk].posted,
            notes=after[order.pk].notes,
        )
        for order in orders
        if before[order.pk].postings != after[order.pk].postings
        or after[order.pk].blocked - before[order.pk].blocked
        or order.pk in others
        or order.pk in items
    ]


def _only(items: frozenset[str], others: frozenset[str]) -> str:
    return ", ".join(sorted(items - others))


def _names(customers: Iterable[CustomerRef]) -> str:
    named = {f"{customer.name} {_(_NEW)}" if customer.created_by else customer.name for customer in customers}
    return ", ".join(sorted(named))


def _accounts(before: Iterable[_Books], after: Iterable[_Books]) -> tuple[AccountEffect, ...]:
    now, then = _moved(before), _moved(after)
    return tuple(
        AccountEffect(path=path, currency=currency, before=now[path, currency], after=then[path, currency])
        for path, currency in sorted({*now, *then})
    )


def _moved(all_books: Iterable[_Books]) -> dict[tuple[str, str], DebitAndCredit]:
    """By account path and currency, what all orders debit and credit together."""
    moved: dict[tuple[str, str], DebitAndCredit] = defaultdict(DebitAndCredit)
    for posting in (posting for books in all_books for posting in books.postings):
        place = posting.account.path, posting.currency
        moved[place] = moved[place].plus(posting)
    return moved
