"""Which entries does a report count? The ledger's own, or on cash basis what has been paid of them.

On cash basis an invoice counts when it is paid, by the part that is paid, on the later of the two days; a credit memo
when it is used. What a payment leaves unapplied is income once the company has an account for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from ..entities.exchange import at_home
from ..entities.owed import owed_on
from ..entities.payment import amount_on, settled_at_home
from ..fields import Record, cents
from ..ledger import NOTHING, Entry, Posting

if TYPE_CHECKING:
    from ..books import Books

WAITS_FOR_MONEY = ("Invoice", "CreditMemo")


def entries(books: Books, basis: str) -> Iterable[Entry]:
    """Every entry on one of the two bases; each balances."""
    whole = books.store.ledger.entries
    if basis == "Accrual":
        return whole.values()
    return [entry for entry in whole.values() if entry.kind not in WAITS_FOR_MONEY] + list(_paid(books))


def moved(books: Books, basis: str, first: str, last: str) -> Mapping[str, Decimal]:
    """Each account's movement over a period, both days included; debit positive."""
    totals: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for entry in entries(books, basis):
        if first <= entry.day <= last:
            for posting in entry.postings:
                totals[posting.account] += posting.amount
    return totals


def _paid(books: Books) -> Iterator[Entry]:
    so_far: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for payment in sorted(books.all("Payment"), key=lambda book: (book["TxnDate"], int(book["Id"]))):
        for line in payment["Line"]:
            link = line["LinkedTxn"][0]
            key = (link["TxnType"], link["TxnId"])
            if key[0] in WAITS_FOR_MONEY:
                amount = amount_on(payment, *key)
                yield _part(books, payment, key, so_far[key], amount)
                so_far[key] += amount
        yield from _unapplied(books, payment)


def _part(books: Books, payment: Record, key: tuple[str, str], before: Decimal, amount: Decimal) -> Entry:
    """What a payment makes count of one document: shares that add up when it is paid in full."""
    entry, owed = books.store.ledger.entries[key], owed_on(books, *key)
    assert owed is not None
    others = [posting for posting in entry.postings if posting.account != owed.receivable]
    shares = [
        posting.amount * (before + amount) / owed.total - cents(posting.amount * before / owed.total)
        for posting in others
    ]
    rounded = [cents(share) for share in shares]
    settled = settled_at_home(books, payment, *key)
    if rounded:  # less than half a cent at home has no other posting
        rounded[-1] += -settled - sum(rounded, NOTHING)
    postings = [posting._replace(amount=share) for posting, share in zip(others, rounded, strict=True)]
    postings.append(Posting(owed.receivable, settled, owed.customer, "Paid"))
    return Entry(entry.kind, entry.id, max(payment["TxnDate"], entry.day), entry.number, tuple(postings))


def _unapplied(books: Books, payment: Record) -> Iterator[Entry]:
    found = [
        account
        for account in books.under("Account", "AccountSubType", "unappliedcashpaymentincome")
        if account["Active"]
    ]
    if found and payment["UnappliedAmt"]:
        amount, name = at_home(payment, payment["UnappliedAmt"]), payment["CustomerRef"]
        sides = (
            Posting(payment["_receivable"], amount, name, "Unapplied"),
            Posting(found[0]["Id"], -amount, name, "Unapplied"),
        )
        yield Entry("Payment", payment["Id"], payment["TxnDate"], payment.get("PaymentRefNum", ""), sides)
