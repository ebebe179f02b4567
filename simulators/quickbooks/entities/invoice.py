"""What does QuickBooks demand of an invoice, and what is still open on it?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Day, Field, Many, Record, Ref, Shape, ignored
from ..ledger import NOTHING, Posting
from .auto_apply import apply_open_credits
from .base import Column, column, key_of
from .exchange import receivable_account
from .lines import Sums, form_postings
from .payment import LINKED, applied_to, payments_of, repost_payments_of, take_back, unapply
from .sales import SALES, SALES_COLUMNS, SALES_INDEXES, SalesForm
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
            "LinkedTxn": Field(kind=Many(shape=LINKED)),
            **ignored(
                *("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"),
                *("Deposit", "InvoiceLink", "EInvoiceStatus", "ECloudStatusTimeStamp", "InvoiceEx", "RecurringInfo"),
                *("callToAction", "invoiceStatus", "invoiceStatusLog", "LessCIS", "ConvenienceFeeDetail"),
                *("PaymentDetailsMessage", "EBillStatus", "DepositToAccountRef", "RetainageDetail"),
            ),
        },
    )
    indexes = {**SALES_INDEXES, "_estimate": key_of("_estimate")}
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
        self._link_estimate(books, draft, old)
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
            draft["_receivable"] = check_receivable(books, draft, given)
        if "_receivable" not in draft:
            draft["_receivable"] = receivable_account(books, draft["CurrencyRef"])

    def _link_estimate(self, books: Books, draft: Record, old: Record | None) -> None:
        """Keep a link to one estimate; all other links of an invoice are read-only and made elsewhere."""
        if "LinkedTxn" not in draft:
            if old is None or "_estimate" not in old:
                draft.pop("_estimate", None)
            return
        links = [link for link in draft.pop("LinkedTxn") if link.get("TxnType") == "Estimate"]
        draft.pop("_estimate", None)
        if not links:
            return
        estimate = books.get("Estimate", links[0].get("TxnId"))
        if len(links) > 1 or estimate is None:
            raise refusals.business(
                f"The entity Estimate {links[-1].get('TxnId')} that you are trying to link does not exist."
            )
        if estimate["CustomerRef"] != draft["CustomerRef"]:
            raise refusals.business("The estimate belongs to another customer.")
        draft["_estimate"] = estimate["Id"]

    def relink(self, books: Books, record: Record | None, old: Record | None) -> None:
        """An estimate is closed by the invoice made of it, and pending again without it."""
        now, was = (version.get("_estimate") if version else None for version in (record, old))
        for identifier, state in ((was, "Pending"), (now, "Closed")):
            estimate = books.get("Estimate", identifier) if now != was else None
            if estimate is not None and estimate["TxnStatus"] != state:
                books.entities["Estimate"].touch(books, estimate, TxnStatus=state)

    def kept(self, books: Books, record: Record, old: Record | None) -> None:
        super().kept(books, record, old)
        if old is None:
            apply_open_credits(books, record)

    def postings(self, books: Books, record: Record) -> list[Posting]:
        owed = Posting(record["_receivable"], record["TotalAmt"], record["CustomerRef"], "Invoice")
        return form_postings(books, record, owed, sign=-1)

    def rate_changed(self, books: Books, record: Record) -> None:
        repost_payments_of(books, "Invoice", record["Id"])

    def unlink(self, books: Books, record: Record) -> None:
        unapply(books, "Invoice", record["Id"])

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        for name in ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"):
            shown[name] = False
        shown["Balance"] = open_balance(books, record)
        shown["LinkedTxn"] = [
            {"TxnId": payment["Id"], "TxnType": "Payment"} for payment in payments_of(books, "Invoice", record["Id"])
        ]
        if "_estimate" in record:
            shown["LinkedTxn"].append({"TxnId": record["_estimate"], "TxnType": "Estimate"})


def open_balance(books: Books, record: Record) -> Decimal:
    """What is still to be paid on an invoice."""
    return Decimal(record["TotalAmt"] - applied_to(books, "Invoice", record["Id"])) + NOTHING


def check_receivable(books: Books, draft: Record, identifier: str) -> str:
    """The id of an account that can hold what the customer of a form owes."""
    account = books.named("Account", identifier)
    if account["AccountType"] != "Accounts Receivable":
        raise refusals.coded(
            6430,
            "Invalid account type",
            f"Invalid account type used : ARAccountRef cannot be an account of the type {account['AccountType']}.",
            "ARAccountRef",
        )
    if account["CurrencyRef"] != draft["CurrencyRef"]:
        raise refusals.business("The receivable account is in another currency than the transaction.")
    return identifier
