"""Does what lets go of a document change before it, and what takes more of it after it, so that nothing is rejected?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from books.messages import Message
from companies.models import Company
from mapping.models import PostingAccounts
from sync.models import Document, DocumentProblem, Push
from sync.pushing.decisions import PostAgain, overwrite, post_again
from sync.readiness import destination_of
from tests.factories import prepared
from tests.simulators.driver import Books
from tests.sync.every_form import choose, nothing_more_is_sent
from tests.sync.pushing import push

pytestmark = pytest.mark.django_db(transaction=True)

SOLD = "2026-08-14  order 1042\nWT-101  199.00\n"


def rejected(books: Books) -> list[str]:
    """The requests that QuickBooks rejected, from its own log."""
    entries = books.control("log", method="GET")["entries"]
    return [f"{entry['entity']} {entry['response']}" for entry in entries if entry["status"] != 200]


def updates() -> list[str]:
    """The updates that were sent, in their order, each with the total or what it settles."""
    sent = Push.objects.exclude(operation="create").select_related("document").order_by("pk")
    return [f"{push.operation} {push.document.kind}" for push in sent]


def becomes(company: Company, books: Books, *texts: str) -> None:
    """The order becomes each of these; QuickBooks has all of it, and rejected nothing."""
    for text in texts:
        prepared(company, text)
        push(company)
        rows = Document.objects.exclude(kind="customer")
        assert {(row.state, row.pending, row.problems.count()) for row in rows} == {("posted", "", 0)}
    assert rejected(books) == []
    nothing_more_is_sent(company)


def open_of_invoice(books: Books) -> Decimal:
    """What the customer still owes on the invoice."""
    return Decimal(books.find("Invoice", "DocNumber = '1042'")["Balance"])


@pytest.mark.parametrize("form", ["journal-entry", "credit-memo"])
def test_a_credit_shrinks_after_its_use_and_grows_before_it(studio: Company, quickbooks: Books, form: str) -> None:
    if form == "credit-memo":
        choose(studio, credit_item="Goodwill Credit")
    credit = SOLD + "credit 2026-08-16  Comp  {}"
    becomes(studio, quickbooks, credit.format("20.00"))
    assert Document.objects.get(kind="credit").form == form

    becomes(studio, quickbooks, credit.format("15.00"))

    assert updates() == ["update credit-application", "update credit"]
    assert open_of_invoice(quickbooks) == Decimal("184.00")

    becomes(studio, quickbooks, credit.format("20.00"))

    assert updates()[2:] == ["update credit", "update credit-application"]
    assert open_of_invoice(quickbooks) == Decimal("179.00")


def test_an_invoice_that_is_posted_again_goes_before_the_use_of_the_credit_on_it(
    studio: Company, quickbooks: Books
) -> None:
    """The use of a credit follows the credit alone, which is still there."""
    destination = destination_of(studio)
    assert not isinstance(destination, Message)
    becomes(studio, quickbooks, SOLD + "credit 2026-08-16  Comp  20.00")
    applied, invoice = Document.objects.get(kind="credit-application"), Document.objects.get(kind="invoice")
    for row, entity in ((applied, "Payment"), (invoice, "Invoice")):
        quickbooks.delete(entity, quickbooks.read(entity, row.quickbooks_id))
        assert post_again(row, destination=destination, by=None) is PostAgain.READY

    push(studio)

    assert {row.state for row in Document.objects.all()} == {"posted"}
    assert not DocumentProblem.objects.exists()
    assert open_of_invoice(quickbooks) == Decimal("179.00")
    assert rejected(quickbooks) == []


def test_a_sale_that_is_a_journal_entry_shrinks_after_its_payment_lets_go_of_it(
    studio: Company, quickbooks: Books
) -> None:
    other = "Wholesale Receivables"
    PostingAccounts.objects.filter(company=studio).update(invoice_debit=other, payment_credit=other)
    paid = "2026-08-14  order 1042\nWT-101  {}\npaid 2026-08-15  Cash  199.00"
    becomes(studio, quickbooks, paid.format("199.00"))
    assert Document.objects.get(kind="invoice").form == "journal-entry"

    becomes(studio, quickbooks, paid.format("120.00"))

    assert updates() == ["update payment", "update invoice"]
    payment = quickbooks.find("Payment", "TotalAmt = '199.00'")
    assert (payment["UnappliedAmt"], payment["Line"][0]["Amount"]) == (Decimal(79), Decimal(120))

    becomes(studio, quickbooks, paid.format("199.00"))

    assert updates()[2:] == ["update invoice", "update payment"]
    assert quickbooks.find("Payment", "TotalAmt = '199.00'")["UnappliedAmt"] == 0


def test_an_invoice_with_several_payments_shrinks_after_the_youngest_lets_go_of_it(
    studio: Company, quickbooks: Books
) -> None:
    # The older payment arrived later, so that QuickBooks itself would free the other one
    paid = "2026-08-14  order 1042\nWT-101  {}\npaid 2026-08-20  Cash  100.00"
    becomes(studio, quickbooks, paid.format("199.00"))
    both = paid + "\npaid 2026-08-16  Check  99.00"
    becomes(studio, quickbooks, both.format("199.00"))

    becomes(studio, quickbooks, both.format("120.00"))

    assert updates() == ["update payment", "update invoice"]
    assert open_of_invoice(quickbooks) == 0
    assert quickbooks.find("Payment", "TotalAmt = '100.00'")["UnappliedAmt"] == Decimal(79)
    assert quickbooks.find("Payment", "TotalAmt = '99.00'")["UnappliedAmt"] == 0


def test_money_that_takes_the_place_of_a_credit_waits_until_that_lets_go(studio: Company, quickbooks: Books) -> None:
    text = SOLD + "credit 2026-08-15  Comp  {}\npaid 2026-08-20  Cash  199.00"
    becomes(studio, quickbooks, text.format("50.00"))
    assert quickbooks.find("Payment", "TotalAmt = '199.00'")["UnappliedAmt"] == Decimal(50)

    becomes(studio, quickbooks, text.format("30.00"))

    assert updates() == ["update credit-application", "update payment", "update credit"]
    assert quickbooks.find("Payment", "TotalAmt = '199.00'")["UnappliedAmt"] == Decimal(30)
    assert open_of_invoice(quickbooks) == 0


def test_a_payment_shrinks_with_what_it_settles_in_one_change(studio: Company, quickbooks: Books) -> None:
    becomes(studio, quickbooks, *(SOLD + f"paid 2026-08-15  Cash  {amount}" for amount in ("60.00", "50.00", "60.00")))

    assert updates() == ["update payment", "update payment"]
    assert open_of_invoice(quickbooks) == Decimal(139)


@pytest.mark.parametrize(("before", "after"), [("48.00", "30.00"), ("30.00", "48.00")])
def test_a_refund_of_unused_money_changes_in_step_with_the_payment_that_went_back(
    studio: Company, quickbooks: Books, before: str, after: str
) -> None:
    PostingAccounts.objects.filter(company=studio).update(refund_credit="Checking")
    text = SOLD + "paid 2026-08-15  Cash  199.00\npaid 2026-08-15  Check  48.00\nrefund 2026-08-20  {}"
    becomes(studio, quickbooks, text.format(before))

    becomes(studio, quickbooks, text.format(after))

    assert quickbooks.find("Payment", "TotalAmt = '48.00'")["UnappliedAmt"] == 48 - Decimal(after)


def test_more_of_a_credit_is_applied_only_once_a_person_has_said_what_becomes_of_the_credit(
    studio: Company, quickbooks: Books
) -> None:
    choose(studio, credit_item="Goodwill Credit")
    credit = SOLD + "credit 2026-08-16  Comp  {}"
    becomes(studio, quickbooks, credit.format("15.00"))
    memo = quickbooks.read("CreditMemo", Document.objects.get(kind="credit").quickbooks_id)
    quickbooks.change("CreditMemo", memo, TxnDate="2026-08-17")

    prepared(studio, credit.format("20.00"))
    push(studio)

    assert rejected(quickbooks) == []
    waits = {row.kind: (row.pending, row.problems.count()) for row in Document.objects.filter(pending__gt="")}
    assert waits == {"credit": ("held", 1), "credit-application": ("update", 0)}

    assert overwrite(Document.objects.get(kind="credit"), reason="The order counts", by=None)
    push(studio)

    assert open_of_invoice(quickbooks) == Decimal("179.00")
    assert not Document.objects.filter(pending__gt="").exists()
