"""What is each form called in Intuit's JSON, and what marks it as ours? The only file that knows.

Only what was chosen is written: no default of a library, no empty text, no zero that means nothing.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import assert_never

from books.answers import CustomerRef, ListRef
from books.documents import (
    CreditApplication,
    CreditMemo,
    Document,
    Invoice,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    NewCustomer,
    Payment,
    RefundReceipt,
    SalesReceipt,
    SalesTax,
)
from books.documents.lines import DiscountLine
from books.field_lengths import MARK, online, room_for_memo, shortened
from books.money import ZERO, extended
from sync.quickbooks_online.json_values import (
    Json,
    address,
    described,
    email,
    given,
    is_short,
    number,
    ref,
    rounded_price,
    written,
)

#: As many characters as QuickBooks keeps of a payment's reference.
LONGEST_REFERENCE = online("PaymentRefNum")
#: The entity of each form, in Intuit's words.
ENTITIES = {
    NewCustomer.kind: "Customer",
    Invoice.kind: "Invoice",
    SalesReceipt.kind: "SalesReceipt",
    Payment.kind: "Payment",
    CreditMemo.kind: "CreditMemo",
    RefundReceipt.kind: "RefundReceipt",
    JournalEntry.kind: "JournalEntry",
    CreditApplication.kind: "Payment",
}
#: A currency of two digits behind the point: QuickBooks multiplies out to so many, also in yen.
_TWO_DIGITS = "USD"
_ANY_MARK = re.compile(r"(^|\s)Tieout \S+:\S+\s*$")
#: What QuickBooks' own tax is told about a line, in the United States.
_TAXABLE, _UNTAXED = "TAX", "NON"


def render(document: Document, *, ids: Mapping[str, str]) -> bytes:
    """The exact bytes that create a document.

    Args:
        document: Frozen.
        ids: QuickBooks ids by document key: of the customer, where an earlier document creates it, and of the documents
            that a payment or an applied credit ties together.

    Raises:
        KeyError: A needed id is missing.
    """
    return written(entity_of(document, ids=ids))


def entity_of(document: Document, *, ids: Mapping[str, str]) -> Json:
    """The same, before it is bytes."""
    match document:
        case NewCustomer():
            return _customer(document)
        case Invoice():
            return _invoice(document, ids)
        case SalesReceipt():
            return _sales_receipt(document, ids)
        case Payment():
            return _payment(document, ids)
        case CreditMemo():
            return _credit_memo(document, ids)
        case RefundReceipt():
            return _refund_receipt(document, ids)
        case JournalEntry():
            return _journal_entry(document, ids)
        case CreditApplication():
            return _application(document, ids)
        case _:
            assert_never(document)


def customer_id(customer: CustomerRef, ids: Mapping[str, str]) -> str:
    """The QuickBooks id of a document's customer.

    Raises:
        KeyError: An earlier document creates it, and its id was not given.
    """
    return customer.quickbooks_id or ids[customer.created_by]


def reference(document: Payment | CreditApplication) -> str:
    """As much of a payment's number as QuickBooks keeps."""
    return document.number[:LONGEST_REFERENCE]


def _customer(document: NewCustomer) -> Json:
    return {
        "DisplayName": document.display_name,
        "CurrencyRef": ref(document.currency),
        **marked(document.memo, document.key, form=document.kind),
        **given("GivenName", document.given_name),
        **given("FamilyName", document.family_name),
        **given("CompanyName", document.company_name),
        **given("PrintOnCheckName", document.check_name),
        **email("PrimaryEmailAddr", document.email),
        **({"PrimaryPhone": {"FreeFormNumber": document.phone}} if document.phone else {}),
        **address("BillAddr", document.billing),
        **address("ShipAddr", document.shipping),
    }


def _common(document: Document, ids: Mapping[str, str]) -> Json:
    """What every transaction has, but a journal entry its customer on a line."""
    return {
        "CustomerRef": ref(customer_id(document.customer, ids)),
        "CurrencyRef": ref(document.currency),
        **marked(document.memo, document.key, form=document.kind),
    }


def _sold(document: Invoice | SalesReceipt | CreditMemo | RefundReceipt, ids: Mapping[str, str]) -> Json:
    """What every sales form has."""
    tax = None if isinstance(document, RefundReceipt) else document.tax
    discount = None if isinstance(document, RefundReceipt) else document.discount
    lines = [_line(line, tax) for line in document.lines]
    return {
        **_common(document, ids),
        "TxnDate": document.dated.isoformat(),
        "Line": [*lines, *([_discount(discount)] if discount else [])],
        **given("DocNumber", document.number),
        **_location(document.location),
        **(_tax(tax) if tax else {}),
        **({"ApplyTaxAfterDiscount": True} if tax and discount else {}),
    }


def _invoice(document: Invoice, ids: Mapping[str, str]) -> Json:
    return {
        **_sold(document, ids),
        **({"DueDate": document.due.isoformat()} if document.due else {}),
        **({"SalesTermRef": ref(document.terms.quickbooks_id)} if document.terms else {}),
        **email("BillEmail", document.email),
        **address("BillAddr", document.billing),
        **address("ShipAddr", document.shipping),
    }


def _sales_receipt(document: SalesReceipt, ids: Mapping[str, str]) -> Json:
    return {
        **_sold(document, ids),
        "DepositToAccountRef": ref(document.deposit_to.quickbooks_id),
        **given("PaymentRefNum", document.reference[:LONGEST_REFERENCE]),
        **_method(document.method_there),
        **email("BillEmail", document.email),
        **address("BillAddr", document.billing),
        **address("ShipAddr", document.shipping),
    }


def _credit_memo(document: CreditMemo, ids: Mapping[str, str]) -> Json:
    return {
        **_sold(document, ids),
        **email("BillEmail", document.email),
        **address("BillAddr", document.billing),
    }


def _refund_receipt(document: RefundReceipt, ids: Mapping[str, str]) -> Json:
    return {
        **_sold(document, ids),
        "DepositToAccountRef": ref(document.paid_from.quickbooks_id),
        **given("PaymentRefNum", document.reference[:LONGEST_REFERENCE]),
        **_method(document.method_there),
    }


def _line(line: InvoiceLine, tax: SalesTax | None) -> Json:
    sold: Json = {"ItemRef": ref(line.item.quickbooks_id)}
    price = _unit_price(line)
    if price is not None:
        sold |= {"Qty": number(line.quantity), "UnitPrice": number(price)}
    if line.quickbooks_class:
        sold["ClassRef"] = ref(line.quickbooks_class.quickbooks_id)
    if tax:
        sold["TaxCodeRef"] = ref(_TAXABLE if line.taxable else _UNTAXED)
    elif line.untaxed:  # or QuickBooks' automated sales tax would tax a taxable item once more
        sold["TaxCodeRef"] = ref(_UNTAXED)
    return {
        "Amount": number(line.amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": sold,
        **described(line.description),
    }


def _unit_price(line: InvoiceLine) -> Decimal | None:
    """The price that QuickBooks multiplies out to the line's amount; None where there is none.

    QuickBooks refuses a line that does not multiply out, and an inventory item without a quantity. A price with more
    decimals than it keeps, or one that the source rounds in its own way, is what the amount comes to for one.
    """
    if not is_short(line.quantity):
        return None
    prices = [line.unit_price, *([rounded_price(line.amount / line.quantity)] if line.quantity else [])]
    for price in (rounded_price(price) for price in prices):
        if extended(line.quantity, price, _TWO_DIGITS) == line.amount:
            return price
    return None


def _discount(line: DiscountLine) -> Json:
    taken: Json = {"PercentBased": False, "DiscountAccountRef": ref(line.account.quickbooks_id)}
    if line.quickbooks_class:
        taken["ClassRef"] = ref(line.quickbooks_class.quickbooks_id)
    return {
        "Amount": number(line.amount),
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": taken,
        **described(line.description),
    }


def _tax(tax: SalesTax) -> Json:
    return {"TxnTaxDetail": {"TxnTaxCodeRef": ref(tax.code.quickbooks_id), "TotalTax": number(tax.amount)}}


def _location(location: ListRef | None) -> Json:
    return {"DepartmentRef": ref(location.quickbooks_id)} if location else {}


def _method(method: ListRef | None) -> Json:
    return {"PaymentMethodRef": ref(method.quickbooks_id)} if method else {}


def _payment(document: Payment, ids: Mapping[str, str]) -> Json:
    applied = [_linked(ids[document.invoice], document.invoice_form, document.applied)] if document.applied else []
    applied += [_linked(ids[part.refund], JournalEntry.kind, part.amount) for part in document.refunded]
    return {
        **_common(document, ids),
        "TxnDate": document.dated.isoformat(),
        "TotalAmt": number(document.amount),
        "DepositToAccountRef": ref(document.deposit_to.quickbooks_id),
        "ARAccountRef": ref(document.receivable.quickbooks_id),
        **given("PaymentRefNum", reference(document)),
        **_method(document.method_there),
        **({"Line": applied} if applied else {}),
    }


def _application(document: CreditApplication, ids: Mapping[str, str]) -> Json:
    return {
        **_common(document, ids),
        "TxnDate": document.dated.isoformat(),
        "TotalAmt": number(ZERO),
        "ARAccountRef": ref(document.receivable.quickbooks_id),
        "Line": [
            _linked(ids[document.invoice], document.invoice_form, document.amount),
            _linked(ids[document.credit], document.credit_form, document.amount),
        ],
        **given("PaymentRefNum", reference(document)),
    }


def _linked(identifier: str, form: str, amount: Decimal) -> Json:
    return {"Amount": number(amount), "LinkedTxn": [{"TxnId": identifier, "TxnType": ENTITIES[form]}]}


def _journal_entry(document: JournalEntry, ids: Mapping[str, str]) -> Json:
    return {
        "TxnDate": document.dated.isoformat(),
        "CurrencyRef": ref(document.currency),
        "Line": [_journal_line(line, document, ids) for line in document.lines if line.amount],
        **marked(document.memo, document.key, form=document.kind),
        **given("DocNumber", document.number),
    }


def _journal_line(line: JournalLine, document: JournalEntry, ids: Mapping[str, str]) -> Json:
    detail: Json = {
        "PostingType": "Debit" if line.amount > 0 else "Credit",
        "AccountRef": ref(line.account.quickbooks_id),
    }
    if line.names_customer:
        detail["Entity"] = {"Type": "Customer", "EntityRef": ref(customer_id(document.customer, ids))}
    if line.quickbooks_class:
        detail["ClassRef"] = ref(line.quickbooks_class.quickbooks_id)
    return {
        "Amount": number(abs(line.amount)),
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail | _location(document.location),
        **described(line.memo),
    }


# The line below the memo by which Tieout recognizes its own documents


def mark(key: str) -> str:
    """The line by which a document in QuickBooks is recognized as the one of this key."""
    return f"{MARK}{key}"


def marked(memo: str, key: str, *, form: str) -> Json:
    """The field that carries memo and mark; a memo that leaves the mark no room is cut, visibly."""
    field = _field(form)
    room = room_for_memo(key, is_customer=form == NewCustomer.kind)
    # The mark is what keeps a sale from being posted twice
    return {field: f"{shortened(memo, room)}\n{mark(key)}".lstrip("\n")}


def bears_mark(form: str, entity: Json, key: str) -> bool:
    """Whether an entity is the document of this key.

    People may write above and below the mark, and a void puts a word before it.
    """
    field = _field(form)
    lines = str(entity.get(field) or "").splitlines()
    return any(line.strip() == mark(key) or line.rstrip().endswith(f" {mark(key)}") for line in lines)


def is_marked(form: str, entity: Json) -> bool:
    """Whether an entity bears the mark of any document of ours."""
    field = _field(form)
    return any(_ANY_MARK.search(line) for line in str(entity.get(field) or "").splitlines())


def key_in(form: str, entity: Json) -> str:
    """The key of the document that a body of ours creates."""
    field = _field(form)
    return str(entity[field]).rpartition("\n")[2].removeprefix(MARK)


def _field(form: str) -> str:
    return "Notes" if form == NewCustomer.kind else "PrivateNote"
