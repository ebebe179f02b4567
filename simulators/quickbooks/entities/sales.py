"""What do invoices, sales receipts, credit memos and refund receipts share?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .. import refusals
from ..fields import Address, Choice, Currency, Day, Email, Field, Flag, Group, Record, Ref, Text, ignored, shape
from .base import column, key_of
from .custom_fields import CUSTOM_FIELD, settle_custom_fields
from .dimensions import CLASS_OF_FORM, LOCATION, drop_untracked
from .exchange import settle_currency
from .inventory import stock_keys
from .lines import LINES, Sums, emptied_lines, settle_lines
from .tax import CALCULATION, TAX_DETAIL
from .transaction import NUMBERED_COLUMNS, NUMBERED_INDEXES, SALES_FORMS, TRANSACTION, Transaction

if TYPE_CHECKING:
    from ..books import Books

SALES: dict[str, Field] = {
    **TRANSACTION,
    "CustomerRef": Field(kind=Ref(to="Customer", listed_as="Names")),
    "Line": Field(kind=LINES),
    "CurrencyRef": Field(kind=Currency(), fixed=True),
    "CustomerMemo": Field(kind=Group(shape=shape("MemoRef", value=Text(most=1000)))),
    "BillEmail": Field(kind=Email()),
    "BillEmailCc": Field(kind=Email()),
    "BillEmailBcc": Field(kind=Email()),
    "BillAddr": Field(kind=Address()),
    "ShipAddr": Field(kind=Address()),
    "ShipDate": Field(kind=Day()),
    "TrackingNum": Field(kind=Text(most=31)),
    "PrintStatus": Field(kind=Choice(of=("NotSet", "NeedToPrint", "PrintComplete")), default="NeedToPrint"),
    "EmailStatus": Field(kind=Choice(of=("NotSet", "NeedToSend", "EmailSent")), default="NotSet"),
    "ApplyTaxAfterDiscount": Field(kind=Flag(), default=False),
    "PaymentMethodRef": Field(kind=Ref(to="PaymentMethod", listed_as="PaymentMethods")),
    "ClassRef": CLASS_OF_FORM,
    "DepartmentRef": LOCATION,
    "TxnTaxDetail": TAX_DETAIL,
    "GlobalTaxCalculation": CALCULATION,
    "CustomField": CUSTOM_FIELD,
    **ignored(
        *("LinkedTxn", "Balance", "HomeBalance", "ShipMethodRef", "ShipFromAddr", "FreeFormAddress"),
        *("AutoDocNumber", "FOB", "PONumber", "SalesRepRef", "RemitToRef", "DiscountRate"),
        *("DiscountAmt", "DeliveryInfo", "TaxExemptionRef", "DocNumAutoAssigned", "PriceLevelRef", "ARAccountRef"),
        *("SalesTermRef", "DueDate", "DepositToAccountRef", "PaymentRefNum", "PaymentType", "TemplateRef"),
        *("DiscountAmount", "DiscountAccountRef", "SubTotalAmt", "FinanceCharge", "AttachableRef", "EmailAddress"),
    ),
}

SALES_COLUMNS = {
    **NUMBERED_COLUMNS,
    "CustomerRef": column("text", "CustomerRef", index="CustomerRef"),
    "Balance": column("number", "Balance"),
}
SALES_INDEXES = {**NUMBERED_INDEXES, "CustomerRef": key_of("CustomerRef"), "_stock": stock_keys}


class SalesForm(Transaction):
    """A document with items, a sub-total and perhaps a discount."""

    columns = SALES_COLUMNS
    indexes = SALES_INDEXES
    numbered_with: ClassVar[tuple[str, ...]] = SALES_FORMS

    def first_required(self) -> str:
        return "Line"

    def settle(self, books: Books, draft: Record, old: Record | None) -> None:
        self.needs(draft)
        settle_currency(books, draft, books.get("Customer", draft.get("CustomerRef")))
        if draft["EmailStatus"] == "NeedToSend" and "BillEmail" not in draft:
            raise refusals.coded(6420, "Email Address Required", "EmailStatus is NeedToSend, so BillEmail is needed.")
        drop_untracked(books, draft, per_line=False)
        sums = settle_lines(books, draft, old)
        if sums.total < 0:
            raise refusals.business("Transaction amount must be 0 or greater.")
        draft["TotalAmt"] = sums.total
        self._copy_addresses(books, draft)
        settle_custom_fields(books, draft)
        self.settle_form(books, draft, old, sums)

    def needs(self, draft: Record) -> None:
        """Refuse a form without what it cannot be without."""
        if not draft.get("Line"):
            raise refusals.missing("Line")
        if "CustomerRef" not in draft:
            raise refusals.missing("CustomerRef")

    def settle_form(self, books: Books, draft: Record, old: Record | None, sums: Sums) -> None:
        """The rules of one form."""

    def _copy_addresses(self, books: Books, draft: Record) -> None:
        customer = books.get("Customer", draft.get("CustomerRef")) or {}
        for name in ("BillAddr", "ShipAddr"):
            if name in draft and "Id" not in draft[name]:
                draft[name] = {"Id": books.store.next("address"), **draft[name]}
            elif name not in draft and (name in customer or "BillAddr" in customer):
                draft[name] = customer.get(name) or customer["BillAddr"]

    def emptied(self, record: Record) -> Record:
        emptied = {**record, "Line": emptied_lines(record["Line"]), "TotalAmt": record["TotalAmt"] * 0}
        emptied.pop("_tax_given", None)
        return {**emptied, "TxnTaxDetail": {"TotalTax": 0}}
