"""What in the order itself cannot be posted?"""

from __future__ import annotations

from dataclasses import dataclass

from books.field_lengths import online
from books.problems.base import Problem
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class TotalsDiffer(Problem):
    """The lines do not add up to the total that the source states."""

    code = "totals-differ"
    title = gettext_noop("Lines do not add up to the total")
    explanation = gettext_noop("Order %(order)s says %(stated)s, but its lines add up to %(summed)s.")
    cure = gettext_noop("Correct the order in the source and import it again; no cent is added or left out here.")
    cause_fields = ("order",)

    order: str
    stated: str
    summed: str


@dataclass(frozen=True, kw_only=True)
class MoneyNotShown(Problem):
    """By its status money was paid and went back, and the order shows none of it."""

    code = "money-not-shown"
    title = gettext_noop("Refunded order without payments")
    explanation = gettext_noop(
        "By its status order %(order)s was refunded, but it shows no payment, credit or refund. It would be posted as "
        "unpaid."
    )
    cure = gettext_noop("Import the order again with its payments and refunds, or ignore it.")
    cause_fields = ("order",)

    order: str


@dataclass(frozen=True, kw_only=True)
class NegativeTotal(Problem):
    """QuickBooks keeps no invoice below zero."""

    code = "negative-total"
    title = gettext_noop("Total below zero")
    explanation = gettext_noop("Order %(order)s adds up to %(summed)s, and QuickBooks keeps no invoice below zero.")
    cure = gettext_noop("Correct the order in the source and import it again.")
    cause_fields = ("order",)

    order: str
    summed: str


@dataclass(frozen=True, kw_only=True)
class DatedFarAhead(Problem):
    """A record of the order would be posted in a year that has not begun."""

    code = "dated-far-ahead"
    title = gettext_noop("Dated more than a year ahead")
    explanation = gettext_noop("Order %(order)s has the date %(day)s, more than a year in the future.")
    cure = gettext_noop(
        "Correct the date in the source and import the order again; a year of two digits, such as 98, is read as 2098. "
        "If the date is right, press Re-sync once it is less than a year ahead."
    )
    cause_fields = ("order",)

    order: str
    day: str


@dataclass(frozen=True, kw_only=True)
class ForeignCurrency(Problem):
    """The order is in a currency that the company does not keep."""

    code = "foreign-currency"
    title = gettext_noop("Order in another currency")
    explanation = gettext_noop("Order %(order)s is in %(currency)s; the company keeps its books in %(home)s only.")
    cure = gettext_noop("Record it by hand in QuickBooks and ignore it here.")
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
    cure = gettext_noop(
        "Enter another number for QuickBooks here, or shorten it in the source and import the order again."
    )
    cause_fields = ("number",)

    number: str
    length: int
    longest: int = online("DocNumber")


@dataclass(frozen=True, kw_only=True)
class NumberUsedTwice(Problem):
    """Another order has the same number."""

    code = "number-used-twice"
    title = gettext_noop("Number used by another order")
    explanation = gettext_noop("Another order already carries the number “%(number)s” into QuickBooks.")
    cure = gettext_noop("If it is the same sale, ignore this one; otherwise give one of them another number.")
    cause_fields = ("number",)

    number: str


@dataclass(frozen=True, kw_only=True)
class TaxDiffers(Problem):
    """QuickBooks' own sales tax would come to another amount than the source charged."""

    code = "tax-differs"
    title = gettext_noop("Sales tax differs from QuickBooks")
    explanation = gettext_noop(
        "Order %(order)s charges %(charged)s on “%(line)s”; at %(percent)s percent (%(tax_code)s) QuickBooks would "
        "come to %(computed)s."
    )
    cure = gettext_noop(
        "Correct the tax in the source, choose the tax code that was charged, or let tax post as a line with its "
        "account."
    )
    cause_fields = ("order",)

    order: str
    line: str
    charged: str
    computed: str
    percent: str
    tax_code: str


@dataclass(frozen=True, kw_only=True)
class MovesTwoReceivables(Problem):
    """A journal entry would move two receivable accounts, and QuickBooks takes one."""

    code = "moves-two-receivables"
    title = gettext_noop("Two receivable accounts in one entry")
    explanation = gettext_noop(
        "%(debit_setting)s (%(debited)s) and %(credit_setting)s (%(credited)s) are both receivable accounts. A journal "
        "entry in QuickBooks moves one at most."
    )
    cure = gettext_noop("Choose another account for one of the two settings.")
    cause_fields = ("debit_setting", "credit_setting")

    debit_setting: str
    debited: str
    credit_setting: str
    credited: str


@dataclass(frozen=True, kw_only=True)
class NeedsIgnoredRecord(Problem):
    """What the record must follow into QuickBooks is ignored, or was undone."""

    code = "needs-ignored-record"
    title = gettext_noop("Follows an ignored record")
    explanation = gettext_noop("%(record)s can only follow %(needed)s, which a person chose to ignore or has undone.")
    cure = gettext_noop("Record it by hand in QuickBooks and ignore it here, or let %(needed)s be posted again.")
    cause_fields = ("record_key",)

    record: str
    record_key: str
    needed: str
