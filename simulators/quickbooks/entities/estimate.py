"""What does QuickBooks demand of an estimate? It posts nothing; an invoice that links it closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fields import Choice, Day, Field, Record, Ref, Shape, Text, ignored
from ..ledger import Posting
from .base import column
from .inventory import keep_stock
from .lines import Sums
from .sales import SALES, SALES_COLUMNS, SalesForm

if TYPE_CHECKING:
    from ..books import Books

STATES = ("Pending", "Accepted", "Closed", "Rejected", "Converted")


class Estimate(SalesForm):
    """An offer to a customer."""

    name = "Estimate"
    label = "Estimate"
    numbered_with = ("Estimate",)
    operations = frozenset({"create", "update", "delete"})
    shape = Shape(
        type_name="Estimate",
        fields={
            **SALES,
            "TxnStatus": Field(kind=Choice(of=STATES), default="Pending"),
            "ExpirationDate": Field(kind=Day()),
            "DueDate": Field(kind=Day()),
            "AcceptedBy": Field(kind=Text(most=100)),
            "AcceptedDate": Field(kind=Day()),
            "SalesTermRef": Field(kind=Ref(to="Term", listed_as="Terms")),
            **ignored("EstimateEx", "RecurringInfo"),
        },
    )
    columns = {
        **{name: shown for name, shown in SALES_COLUMNS.items() if name != "Balance"},
        "TxnStatus": column("text", "TxnStatus"),
        "ExpirationDate": column("day", "ExpirationDate"),
    }

    def settle_form(self, books: Books, draft: Record, old: Record | None, sums: Sums) -> None:
        keep_stock(draft, [])  # an offer moves nothing

    def postings(self, books: Books, record: Record) -> list[Posting]:
        return []

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown["LinkedTxn"] = [
            {"TxnId": invoice["Id"], "TxnType": "Invoice"}
            for invoice in books.under("Invoice", "_estimate", record["Id"])
        ]
