"""What does QuickBooks hold of a document, and is it what was posted? Both sides as one kind of value.

A holding says what a bookkeeper would call the document: number, day, customer, currency, total, the money account
and the lines. It leaves out what QuickBooks itself changes: its version, the balance, what else is linked to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from books.money import ZERO, money_text
from books.translation import gettext_noop

THE_NUMBER = gettext_noop("the number")
THE_DATE = gettext_noop("the date")
THE_CUSTOMER = gettext_noop("the customer")
THE_CURRENCY = gettext_noop("the currency")
THE_TOTAL = gettext_noop("the total")
THE_MONEY_ACCOUNT = gettext_noop("the money account")
THE_LINES = gettext_noop("the lines")
WHAT_IT_SETTLES = gettext_noop("what it is applied to")


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something in QuickBooks' lists, by its id; the name is for people."""

    identifier: str
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.identifier


@dataclass(frozen=True, kw_only=True)
class HeldLine:
    """One line: the item or account that it moves, and by how much, as the form writes it."""

    #: Such as `item 7`, or `Debit account 12`.
    moves: str
    amount: Decimal
    name: str = ""
    #: The id of the account that QuickBooks says an item's line moves; empty where it does not say. Not compared.
    account: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class HeldLink:
    """A document that a payment settles a part of."""

    #: Such as `Invoice 145`.
    document: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One document as QuickBooks holds it, or as it was posted."""

    number: str
    #: ISO.
    dated: str
    customer: Named
    currency: str
    total: Decimal
    #: Where money arrived or left; none for a form that does not say.
    account: Named = Named(identifier="")
    lines: tuple[HeldLine, ...] = ()
    links: tuple[HeldLink, ...] = ()
    # Not compared: what follows from the rest, and is needed to say which accounts it moves
    #: The account of what the customer owes, where the form says so.
    receivable: Named = field(default=Named(identifier=""), compare=False)
    #: QuickBooks' own sales tax on it; None in what was kept before it was read.
    tax: Decimal | None = field(default=None, compare=False)

    @property
    def is_void(self) -> bool:
        """Whether it moves nothing."""
        return not self.total and not any(line.amount for line in self.lines)

    @property
    def items(self) -> frozenset[str]:
        """The ids of the items on its lines."""
        named = (line.moves.removeprefix("item ") for line in self.lines if line.moves.startswith("item "))
        return frozenset(named) - {""}


@dataclass(frozen=True, kw_only=True)
class Unlike:
    """One thing in which two holdings differ, in words."""

    what: str
    ours: str
    theirs: str


def unlike(ours: Holding, theirs: Holding) -> tuple[Unlike, ...]:
    """Where QuickBooks' document is another than ours; a cent is a difference, the order of lines is none.

    What ours leaves open, such as a number for QuickBooks to give, is no difference whatever it has become. Links are
    not compared, see `settles_others`.
    """
    texts = (
        (THE_NUMBER, ours.number, theirs.number),
        (THE_DATE, ours.dated, theirs.dated),
        (THE_CURRENCY, ours.currency, theirs.currency if theirs.currency else ours.currency),
    )
    found = [Unlike(what=what, ours=our, theirs=other) for what, our, other in texts if our and our != other]
    names = ((THE_CUSTOMER, ours.customer, theirs.customer), (THE_MONEY_ACCOUNT, ours.account, theirs.account))
    found += [
        Unlike(what=what, ours=str(our), theirs=str(other))
        for what, our, other in names
        if our.identifier and our.identifier != other.identifier
    ]
    if ours.total != theirs.total:
        found.append(Unlike(what=THE_TOTAL, ours=_money(ours.total, ours), theirs=_money(theirs.total, ours)))
    if _sorted(ours.lines) != _sorted(theirs.lines):
        found.append(Unlike(what=THE_LINES, ours=_lines(ours, theirs), theirs=_lines(theirs, ours)))
    return tuple(found)


def settles_others(theirs: Holding, *known: Holding) -> tuple[Unlike, ...]:
    """Whether a payment was made to settle something there that no version of ours does."""
    ours = {link.document for holding in known for link in holding.links}
    others = [link.document for link in theirs.links if link.document not in ours]
    if not others:
        return ()
    return (Unlike(what=WHAT_IT_SETTLES, ours=", ".join(sorted(ours)), theirs=", ".join(others)),)


def posted_differences(posted: Holding, theirs: Holding) -> tuple[Unlike, ...]:
    """Where QuickBooks' document is another than the one that was posted, what it is applied to included."""
    found = unlike(posted, theirs)
    if posted.links and not same_links(posted, theirs):
        found += (Unlike(what=WHAT_IT_SETTLES, ours=_told(posted), theirs=_told(theirs)),)
    return found


def _told(holding: Holding) -> str:
    return ", ".join(f"{link.document} {link.amount}" for link in holding.links) or "—"


def same_links(one: Holding, other: Holding) -> bool:
    """Whether both settle the same documents with the same amounts."""
    return sorted(map(_link, one.links)) == sorted(map(_link, other.links))


def _link(link: HeldLink) -> tuple[str, Decimal]:
    return link.document, link.amount


def _sorted(lines: Iterable[HeldLine]) -> list[tuple[str, Decimal]]:
    """Lines of nothing move nothing, and QuickBooks may leave them out."""
    return sorted((line.moves, line.amount) for line in lines if line.amount)


def _lines(of: Holding, other: Holding) -> str:
    """The lines that only this side has."""
    return ", ".join(_different(of, other)) or "—"


def _different(of: Holding, other: Holding) -> Iterator[str]:
    left = _sorted(other.lines)
    for line in of.lines:
        key = (line.moves, line.amount)
        if key in left:
            left.remove(key)
        elif line.amount != ZERO:
            yield f"{line.name or line.moves} {_money(line.amount, of)}"


def _money(amount: Decimal, of: Holding) -> str:
    return money_text(amount, of.currency)
