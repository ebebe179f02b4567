"""What does QuickBooks demand of an invoice, and what is still open on it?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Day, Field, Record, Ref, Shape, ignored
from ..ledger import NOTHING, Posting
from .base import Column, column
from .lines import Sums, sale_postings
from .payment import applied_to, payments_of, take_back, unapply
from .sales import SALES, SALES_COLUMNS, SalesForm
from .small_lists import due_date

if TYPE_CHECKING:
    from ..books import Books

DAYS_WITHOUT_A_TERM = 30  # seen in a recorded answer to an invoice without a term


class Invoice(SalesForm):
    """A sale to be paid later."""

    name = "Invoice"
    label = "Invoice"
    shape = Shape(
        type_name="Invoice",
        fields={
            **SALES,
            "DueDate": Field(kind=Day()),
            "SalesTermRef": Field(kind=Ref(to="Term", listed_as="Terms")),
            "ARAccountRef": Field(kind=Ref(to="Account", listed_as="Accounts")),
            **ignored(
                *("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"),
                *("Deposit", "InvoiceLink", "EInvoiceStatus", "ECloudStatusTimeStamp", "InvoiceEx", "RecurringInfo"),
                *("callToAction", "invoiceStatus", "invoiceStatusLog", "LessCIS", "ConvenienceFeeDetail"),
                *("PaymentDetailsMessage", "EBillStatus", "DepositToAccountRef", "RetainageDetail"),
            ),
        },
    )
    columns = {
        **SALES_COLUMNS,
        "DueDate": column("day", "DueDate"),
        "SalesTermRef": column("text", "SalesTermRef"),
        "Balance": Column(kind="number", value=lambda record, books: open_balance(books, record)),
    }

    def settle_form(self, books: Books, draft: Record, old: Record | None, sums: Sums) -> None:
        if "DueDate" not in draft:
            draft["DueDate"] = self._due(books, draft).isoformat()
        self._set_receivable(books, draft)
        if old is None:
            return
        applied = applied_to(books, "Invoice", old["Id"])
        if applied and draft["CustomerRef"] != old["CustomerRef"]:
            raise refusals.business("The customer of an invoice cannot change while payments are applied to it.")
        if applied > sums.total:
            take_back(books, "Invoice", old["Id"], applied - sums.total)

    def _due(self, books: Books, draft: Record) -> date:
        customer = books.named("Customer", draft["CustomerRef"])
        term = books.get("Term", draft.get("SalesTermRef") or customer.get("SalesTermRef"))
        sold_on = date.fromisoformat(draft["TxnDate"])
        return due_date(term, sold_on) if term else sold_on + timedelta(days=DAYS_WITHOUT_A_TERM)

    def _set_receivable(self, books: Books, draft: Record) -> None:
        given = draft.pop("ARAccountRef", None)
        if given is not None and books.options.invoice_receivable_account == "as_given":
            draft["_receivable"] = check_receivable(books, given)
        draft.setdefault("_receivable", books.account_of_type("Accounts Receivable")["Id"])

    def postings(self, books: Books, record: Record) -> list[Posting]:
        owed = Posting(record["_receivable"], record["TotalAmt"], record["CustomerRef"], "Invoice")
        return [owed, *sale_postings(books, record, sign=-1)]

    def unlink(self, books: Books, record: Record) -> None:
        unapply(books, "Invoice", record["Id"])

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        for name in ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"):
            shown[name] = False
        shown["Balance"] = open_balance(books, record)
        shown["LinkedTxn"] = [
            {"TxnId": payment["Id"], "TxnType": "Payment"} for payment in payments_of(books, "Invoice", record["Id"])
        ]


def open_balance(books: Books, record: Record) -> Decimal:
    """What is still to be paid on an invoice."""
    return Decimal(record["TotalAmt"] - applied_to(books, "Invoice", record["Id"])) + NOTHING


def check_receivable(books: Books, identifier: str) -> str:
    """The id of an account that can hold what customers owe."""
    account = books.named("Account", identifier)
    if account["AccountType"] != "Accounts Receivable":
        raise refusals.coded(
            6430,
            "Invalid account type",
            f"Invalid account type used : ARAccountRef cannot be an account of the type {account['AccountType']}.",
            "ARAccountRef",
        )
    return identifier
