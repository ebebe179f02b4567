"""What in the order itself cannot be posted?"""

from __future__ import annotations

from dataclasses import dataclass

from books.problems.base import Problem
from books.words import gettext_noop


@dataclass(frozen=True, kw_only=True)
class TotalsDiffer(Problem):
    """The lines do not add up to the total that the source states."""

    code = "totals-differ"
    title = gettext_noop("Lines do not add up to the total")
    explanation = gettext_noop("Order %(order)s says %(stated)s, but its lines add up to %(summed)s.")
    remedy = gettext_noop("Correct the order in the source and import it again; no cent is added or left out here.")
    cause_fields = ("order",)

    order: str
    stated: str
    summed: str


@dataclass(frozen=True, kw_only=True)
class NegativeTotal(Problem):
    """QuickBooks keeps no invoice below zero."""

    code = "negative-total"
    title = gettext_noop("Total below zero")
    explanation = gettext_noop("Order %(order)s adds up to %(summed)s, and QuickBooks keeps no invoice below zero.")
    remedy = gettext_noop("Correct the order in the source and import it again.")
    cause_fields = ("order",)

    order: str
    summed: str


@dataclass(frozen=True, kw_only=True)
class ForeignCurrency(Problem):
    """The order is in a currency that the company does not keep."""

    code = "foreign-currency"
    title = gettext_noop("Order in another currency")
    explanation = gettext_noop("Order %(order)s is in %(currency)s; the company keeps its books in %(home)s only.")
    remedy = gettext_noop("Record it by hand in QuickBooks and ignore it here.")
    cause_fields = ("currency",)

    order: str
    currency: str
    home: str


@dataclass(frozen=True, kw_only=True)
class NumberUnusable(Problem):
    """A document number is too long for QuickBooks."""

    code = "number-unusable"
    title = gettext_noop("Number too long")
    explanation = gettext_noop("The number “%(number)s” has %(length)d characters; QuickBooks keeps %(longest)d.")
    remedy = gettext_noop("Shorten the order number in the source and import it again.")
    cause_fields = ("number",)

    number: str
    length: int
    longest: int = 21


@dataclass(frozen=True, kw_only=True)
class NumberUsedTwice(Problem):
    """Another order has the same number."""

    code = "number-used-twice"
    title = gettext_noop("Number used by another order")
    explanation = gettext_noop("Another order already carries the number “%(number)s” into QuickBooks.")
    remedy = gettext_noop("If it is the same sale, ignore this one; otherwise give one of them another number.")
    cause_fields = ("number",)

    number: str


@dataclass(frozen=True, kw_only=True)
class KindNotPosted(Problem):
    """The order carries a record of a kind that is not posted yet."""

    code = "kind-not-posted"
    title = gettext_noop("Record that Tieout does not post")
    explanation = gettext_noop("Order %(order)s carries a %(what)s of %(amount)s, a kind that is not posted.")
    remedy = gettext_noop("Record it by hand in QuickBooks, then ignore it here.")
    cause_fields = ("order", "what", "record")

    order: str
    what: str
    record: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class NeedsIgnoredRecord(Problem):
    """What the record must follow into QuickBooks is ignored."""

    code = "needs-ignored-record"
    title = gettext_noop("Follows an ignored record")
    explanation = gettext_noop("%(record)s can only follow %(needed)s, which a person chose to ignore.")
    remedy = gettext_noop("Record it by hand in QuickBooks and ignore it here, or stop ignoring %(needed)s.")
    cause_fields = ("record_key",)

    record: str
    record_key: str
    needed: str
