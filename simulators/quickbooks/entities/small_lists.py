"""What does QuickBooks demand of terms and payment methods?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Choice, Field, Flag, Number, Record, Shape, Text, Whole, ignored
from .base import COMMON, column, key_of
from .trees import Tree

if TYPE_CHECKING:
    from ..books import Books

LIST_COLUMNS = {
    "Name": column("text", "Name", index="Name"),
    "Type": column("text", "Type"),
    "Active": column("flag", "Active"),
}


class FlatList(Tree):
    """A list without parents whose names are unique."""

    child_flag = ""
    columns = LIST_COLUMNS
    indexes = {"Name": key_of("Name")}

    def called(self, record: Record) -> str:
        return str(record["Name"])

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        if "Name" not in draft:
            raise refusals.missing("Name")
        self.settle(draft)
        self.mark_inactive(draft, old)
        self.refuse_duplicate(books, draft, old, "Name")

    def settle(self, draft: Record) -> None:
        """The rules of one list."""

    def kept(self, books: Books, record: Record, old: Record | None) -> None:
        """Nothing hangs below a flat list."""


class Term(FlatList):
    """When a sale is to be paid."""

    name = "Term"
    label = "Term"
    counter = "term"
    shape = Shape(
        type_name="Term",
        fields={
            **COMMON,
            "Name": Field(kind=Text(most=31, least=1, trimmed=True), sticky=True),
            "Active": Field(kind=Flag(), default=True),
            "DueDays": Field(kind=Whole(most=999)),
            "DiscountDays": Field(kind=Whole(most=999)),
            "DiscountPercent": Field(kind=Number(least=Decimal(0), most=Decimal(100))),
            "DayOfMonthDue": Field(kind=Whole(least=1, most=31)),
            "DueNextMonthDays": Field(kind=Whole(most=999)),
            "DiscountDayOfMonth": Field(kind=Whole(least=1, most=31)),
            **ignored("Type", "DiscountAmount", "SalesTermEx"),
        },
    )

    def settle(self, draft: Record) -> None:
        if "DayOfMonthDue" in draft:
            draft["Type"] = "DATE_DRIVEN"
            draft.pop("DueDays", None)
        elif "DueDays" in draft:
            draft["Type"] = "STANDARD"
        else:
            raise refusals.missing("DueDays")


def due_date(term: Record, sold_on: date) -> date:
    """The day a sale of that day is to be paid."""
    if term["Type"] == "STANDARD":
        return sold_on + timedelta(days=term["DueDays"])
    due = _day_of_month(sold_on.year, sold_on.month, term["DayOfMonthDue"])
    if due < sold_on + timedelta(days=term.get("DueNextMonthDays", 0)):
        year, month = divmod(sold_on.year * 12 + sold_on.month, 12)
        due = _day_of_month(year, month + 1, term["DayOfMonthDue"])
    return due


def _day_of_month(year: int, month: int, day: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), following - timedelta(days=1))


class PaymentMethod(FlatList):
    """How a customer pays."""

    name = "PaymentMethod"
    label = "Payment method"
    counter = "payment_method"
    shape = Shape(
        type_name="PaymentMethod",
        fields={
            **COMMON,
            "Name": Field(kind=Text(most=31, least=1, trimmed=True), sticky=True),
            "Active": Field(kind=Flag(), default=True),
            "Type": Field(kind=Choice(of=("CREDIT_CARD", "NON_CREDIT_CARD")), default="NON_CREDIT_CARD"),
            **ignored("PaymentMethodEx"),
        },
    )
