"""What does QuickBooks demand of sales receipts, credit memos and refund receipts?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Choice, Field, Record, Ref, Shape, Text, ignored
from ..ledger import NOTHING, Posting
from .base import Column, column
from .exchange import receivable_account
from .lines import Sums, form_postings
from .payment import applied_to, payments_of, repost_payments_of, unapply
from .sales import SALES, SALES_COLUMNS, SalesForm
from .transaction import check_money_account

if TYPE_CHECKING:
    from ..books import Books

ACCOUNT = Ref(to="Account", listed_as="Accounts")


class SalesReceipt(SalesForm):
    """A sale that was paid at once."""

    name = "SalesReceipt"
    label = "Sales Receipt"
    shape = Shape(
        type_name="SalesReceipt",
        fields={
            **SALES,
            "DepositToAccountRef": Field(kind=ACCOUNT),
            "PaymentRefNum": Field(kind=Text(most=21)),
        },
    )
    columns = {**SALES_COLUMNS, "Balance": Column(kind="number", value=lambda record, books: NOTHING)}

    def needs(self, draft: Record) -> None:
        """A recorded receipt had no customer, so only lines are needed."""
        if not draft.get("Line"):
            raise refusals.missing("Line")

    def settle_form(self, books: Books, draft: Record, old: Record | None, sums: Sums) -> None:
        draft["DepositToAccountRef"] = check_money_account(books, draft, "DepositToAccountRef")

    def postings(self, books: Books, record: Record) -> list[Posting]:
        received = Posting(
            record["DepositToAccountRef"], record["TotalAmt"], record.get("CustomerRef"), "Sales receipt"
        )
        return form_postings(books, record, received, sign=-1)

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown["Balance"] = 0


class CreditMemo(SalesForm):
    """A credit that a customer may use."""

    name = "CreditMemo"
    label = "Credit Memo"
    operations = frozenset({"create", "update", "delete"})
    shape = Shape(
        type_name="CreditMemo",
        fields={
            **SALES,
            "SalesTermRef": Field(kind=Ref(to="Term", listed_as="Terms")),
            **ignored("RemainingCredit"),
        },
    )
    columns = {
        **SALES_COLUMNS,
        "SalesTermRef": column("text", "SalesTermRef"),
        "Balance": Column(kind="number", value=lambda record, books: remaining_credit(books, record)),
    }

    def settle_form(self, books: Books, draft: Record, old: Record | None, sums: Sums) -> None:
        if "_receivable" not in draft:
            draft["_receivable"] = receivable_account(books, draft["CurrencyRef"])
        used = applied_to(books, "CreditMemo", old["Id"]) if old else NOTHING
        if used > sums.total:
            raise refusals.business("The credit memo has been applied, so its total cannot fall below what was used.")
        if old is not None and used and draft["CustomerRef"] != old["CustomerRef"]:
            raise refusals.business("The customer of a credit memo cannot change while it is applied.")

    def postings(self, books: Books, record: Record) -> list[Posting]:
        owed = Posting(record["_receivable"], -record["TotalAmt"], record["CustomerRef"], "Credit memo")
        return form_postings(books, record, owed, sign=1)

    def rate_changed(self, books: Books, record: Record) -> None:
        repost_payments_of(books, "CreditMemo", record["Id"])

    def unlink(self, books: Books, record: Record) -> None:
        if payments_of(books, "CreditMemo", record["Id"]):
            raise refusals.business(
                "The credit memo has been applied. Delete or change the payment that uses it first."
            )
        unapply(books, "CreditMemo", record["Id"])

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown["Balance"] = shown["RemainingCredit"] = remaining_credit(books, record)
        shown["LinkedTxn"] = [
            {"TxnId": payment["Id"], "TxnType": "Payment"} for payment in payments_of(books, "CreditMemo", record["Id"])
        ]


def remaining_credit(books: Books, record: Record) -> Decimal:
    """What is still open of a credit memo."""
    return Decimal(record["TotalAmt"] - applied_to(books, "CreditMemo", record["Id"]))


class RefundReceipt(SalesForm):
    """Money given back to a customer."""

    name = "RefundReceipt"
    label = "Refund Receipt"
    operations = frozenset({"create", "update", "delete"})
    shape = Shape(
        type_name="RefundReceipt",
        fields={
            **SALES,
            "DepositToAccountRef": Field(kind=ACCOUNT),
            "PaymentRefNum": Field(kind=Text(most=100)),
            "PaymentType": Field(kind=Choice(of=("Cash", "Check", "CreditCard", "Other"))),
        },
    )
    columns = {
        **SALES_COLUMNS,
        "PaymentType": column("text", "PaymentType"),
        "Balance": Column(kind="number", value=lambda record, books: NOTHING),
    }

    def needs(self, draft: Record) -> None:
        if not draft.get("Line"):
            raise refusals.missing("Line")
        if "DepositToAccountRef" not in draft:
            raise refusals.missing("DepositToAccountRef")

    def settle_form(self, books: Books, draft: Record, old: Record | None, sums: Sums) -> None:
        check_money_account(books, draft, "DepositToAccountRef")

    def postings(self, books: Books, record: Record) -> list[Posting]:
        paid = Posting(record["DepositToAccountRef"], -record["TotalAmt"], record.get("CustomerRef"), "Refund")
        return form_postings(books, record, paid, sign=1)

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown["Balance"] = 0
