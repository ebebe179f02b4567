"""Does money that arrives after the invoice was posted fit what QuickBooks holds, whatever changed meanwhile?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from books.documents import CreditApplication, Payment
from companies.models import Company
from mapping.models import (
    DocumentForms,
    PostingAccounts,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksItem,
    SourceCustomer,
)
from sync.models import Document, DocumentState, StagedOrder
from sync.preparing.prepare import prepare_orders
from sync.pushing.decisions import settle
from tests.factories import document_of, prepared, the_studio

pytestmark = pytest.mark.django_db

SOLD = "2026-08-14  order 1042\nWT-101  199.00\n"
FIRST = "paid 2026-08-20  Cash  150.00\n"


def posted(company: Company, text: str) -> None:
    """QuickBooks has everything that this order comes to."""
    prepared(company, text)
    Document.objects.filter(company=company).update(state=DocumentState.POSTED, quickbooks_id="77")


def test_a_credit_that_waits_to_be_used_keeps_the_form_that_quickbooks_has() -> None:
    company = the_studio()
    DocumentForms.objects.create(company=company, credit_item="Discount")
    PostingAccounts.objects.filter(company=company).update(credit_debit="Discounts Given")
    text = SOLD + "credit 2026-08-20  Comp  99.00"
    prepared(company, text)
    sent = Document.objects.filter(company=company, kind__in=("invoice", "credit"))
    sent.update(state=DocumentState.POSTED, quickbooks_id="77")

    DocumentForms.objects.update(credit_item="")
    prepare_orders(company, StagedOrder.objects.all())

    use = document_of(company, "1042", "credit-application").value()
    assert isinstance(use, CreditApplication)
    assert document_of(company, "1042", "credit").form == use.credit_form == "credit-memo"


@pytest.mark.parametrize("kind", ["credit", "refund"])
def test_a_credit_or_a_refund_waits_where_quickbooks_lost_the_item_that_was_chosen_for_it(kind: str) -> None:
    company = the_studio()
    DocumentForms.objects.create(company=company, credit_item="Discount", refund_item="Discount")
    posted(company, SOLD)
    QuickBooksItem.objects.filter(company=company, name="Discount").update(active=False)

    prepared(company, SOLD + f"{kind} 2026-08-20  Comp  99.00")

    row = document_of(company, "1042", kind)
    assert (row.state, row.form) == (DocumentState.BLOCKED, "")
    assert row.problems.get().code == "choice-not-in-quickbooks"


def newest_payment() -> Payment:
    """The payment that is ready, as it will be sent."""
    (row,) = Document.objects.filter(kind="payment", state=DocumentState.READY)
    value = row.value()
    assert isinstance(value, Payment)
    return value


def test_a_later_payment_is_posted_though_the_product_lost_its_mapping() -> None:
    company = the_studio()
    posted(company, SOLD)
    QuickBooksItem.objects.filter(company=company, sku="WT-101").update(active=False)

    prepared(company, SOLD + FIRST)

    assert str(newest_payment().applied) == "150.00"


def test_a_payment_of_an_earlier_day_never_settles_what_a_posted_payment_settled() -> None:
    company = the_studio()
    posted(company, SOLD + FIRST)

    prepared(company, SOLD + FIRST + "paid 2026-08-15  Cash  60.00")

    assert (str(newest_payment().amount), str(newest_payment().applied)) == ("60.00", "49.00")


def test_an_invoice_that_is_an_entry_is_settled_by_what_it_debits_receivables() -> None:
    company = the_studio()
    other = "Wholesale Receivables"
    PostingAccounts.objects.filter(company=company).update(invoice_debit=other, payment_credit=other)
    discount = "order-discount  Friends  -20.00\n"
    posted(company, SOLD + discount)
    invoice = document_of(company, "1042")
    assert (invoice.form, invoice.value().total) == (
        "journal-entry",
        Decimal(199),
    )  # its debits, the discount among them

    prepared(company, SOLD.replace("199.00", "250.00") + discount + "paid 2026-08-20  Cash  240.00")

    assert str(newest_payment().applied) == "179.00"


@pytest.mark.parametrize(("price", "applied"), [("120.00", "150.00"), ("250.00", "199.00")])
def test_a_payment_settles_the_invoice_that_was_posted_and_not_what_the_order_became(price: str, applied: str) -> None:
    company = the_studio()
    posted(company, SOLD)

    paid = "150.00" if price == "120.00" else "250.00"
    prepared(company, SOLD.replace("199.00", price) + f"paid 2026-08-20  Cash  {paid}")

    assert str(newest_payment().applied) == applied
    assert document_of(company, "1042").pending == "update"


def test_once_a_person_corrected_the_invoice_by_hand_the_payment_settles_what_it_is_now() -> None:
    company = the_studio()
    posted(company, SOLD)
    prepared(company, SOLD.replace("199.00", "250.00"))
    settle(document_of(company, "1042"), reason="Corrected by hand", by=None)

    prepared(company, SOLD.replace("199.00", "250.00") + "paid 2026-08-20  Cash  250.00")

    assert str(newest_payment().applied) == "250.00"


def test_a_payment_goes_to_the_customer_and_the_receivable_of_the_posted_invoice() -> None:
    company = the_studio()
    posted(company, SOLD)
    invoice = document_of(company, "1042").value()
    other = QuickBooksCustomer.objects.exclude(quickbooks_id=invoice.customer.quickbooks_id).earliest("pk")
    SourceCustomer.objects.filter(company=company).update(quickbooks_customer=other)
    QuickBooksAccount.objects.create(
        company=company, quickbooks_id="900", name="A/R 2", full_name="A/R 2", account_type="Accounts Receivable",
        changed_at="2026-08-01T00:00Z",
    )  # fmt: skip
    PostingAccounts.objects.filter(company=company).update(invoice_debit="A/R 2", payment_credit="A/R 2")

    prepared(company, SOLD + FIRST)

    assert newest_payment().customer == invoice.customer
    assert newest_payment().receivable.path == "Accounts Receivable"


def test_after_the_customer_of_the_posted_invoice_is_gone_the_payment_goes_to_whom_a_person_chose() -> None:
    company = the_studio()
    posted(company, SOLD)
    invoice = document_of(company, "1042").value()
    QuickBooksCustomer.objects.filter(quickbooks_id=invoice.customer.quickbooks_id).update(active=False)
    other = QuickBooksCustomer.objects.filter(active=True).earliest("pk")
    SourceCustomer.objects.filter(company=company).update(quickbooks_customer=other)

    prepared(company, SOLD + FIRST)

    assert newest_payment().customer.quickbooks_id == other.quickbooks_id


def test_a_payment_that_waits_for_its_customer_says_so() -> None:
    company = the_studio()
    posted(company, SOLD)
    invoice = document_of(company, "1042").value()
    gone = QuickBooksCustomer.objects.get(quickbooks_id=invoice.customer.quickbooks_id)
    QuickBooksCustomer.objects.filter(pk=gone.pk).update(active=False)
    SourceCustomer.objects.filter(company=company).update(quickbooks_customer=gone)

    prepared(company, SOLD + FIRST)

    payment = document_of(company, "1042", "payment")
    assert (payment.state, payment.problems.get().code) == ("blocked", "linked-customer-gone")
