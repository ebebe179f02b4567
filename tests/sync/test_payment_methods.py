"""Does QuickBooks, over real HTTP, end up with gift cards on the account of gift cards, and with its own methods?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from books.orders import made_id
from companies.models import Company
from mapping.models import PaymentMethod
from sync.lists.refresh import refresh_lists
from sync.models import Document
from tests.factories import document_of, prepared
from tests.sample_orders import an_order
from tests.simulators.driver import Books
from tests.sync.every_form import choose, nothing_more_is_sent, post, stored
from tests.sync.pushing import push

pytestmark = pytest.mark.django_db(transaction=True)
GIFT_CARDS = "Gift Cards Outstanding"


@pytest.fixture
def gift_cards(studio: Company, quickbooks: Books) -> Company:
    """The studio, whose gift cards have a liability account."""
    account = {
        "Name": GIFT_CARDS,
        "AccountType": "Other Current Liability",
        "AccountSubType": "OtherCurrentLiabilities",
    }
    quickbooks.write("Account", account)
    assert not refresh_lists(studio).failed
    PaymentMethod.objects.create(company=studio, name="Gift Card", name_compared="gift card", account=GIFT_CARDS)
    return studio


def method_of(books: Books, row: Document, entity: str) -> str:
    """What QuickBooks calls the method of a document; empty where it has none."""
    reference = stored(books, row, entity).get("PaymentMethodRef")
    return str(books.read("PaymentMethod", reference["value"])["Name"]) if reference else ""


def test_a_gift_card_is_no_deposit_and_the_invoice_is_paid_by_both(gift_cards: Company, quickbooks: Books) -> None:
    forms, changed = post(
        gift_cards,
        quickbooks,
        "2026-08-20  order 80\nKIT-CLAY  48.00\npaid 2026-08-20  Gift Card  20.00\npaid 2026-08-20  Credit Card  28.00",
    )

    assert forms == ["invoice", "journal-entry", "payment", "credit-application"]
    assert changed == {"Undeposited Funds": Decimal(28), GIFT_CARDS: Decimal(20), "Sales:Kits": Decimal(-48)}
    assert stored(quickbooks, document_of(gift_cards, "80"), "Invoice")["Balance"] == 0
    nothing_more_is_sent(gift_cards)


def test_an_order_paid_at_once_by_two_methods_is_no_sales_receipt(gift_cards: Company, quickbooks: Books) -> None:
    choose(gift_cards, sales_receipts=True)

    for order, paid in (("81", "Gift Card  48.00"), ("82", "Gift Card  20.00\npaid 2026-08-20  Cash  28.00")):
        text = f"2026-08-20  order {order}\nKIT-CLAY  48.00\npaid 2026-08-20  {paid}"
        forms, changed = post(gift_cards, quickbooks, text)
        assert "sales-receipt" not in forms
        assert changed[GIFT_CARDS] + changed.get("Undeposited Funds", Decimal(0)) == 48
        assert stored(quickbooks, document_of(gift_cards, order), "Invoice")["Balance"] == 0
    assert changed["Undeposited Funds"] == 28
    nothing_more_is_sent(gift_cards)


def test_a_refund_on_a_gift_card_leaves_the_bank_alone(gift_cards: Company, quickbooks: Books) -> None:
    choose(gift_cards, accounts={"refund_credit": "Checking"}, refund_item="Goodwill Credit")

    text = "2026-08-20  order 83\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00\nrefund 2026-08-28  on Gift Card  48.00"
    forms, changed = post(gift_cards, quickbooks, text)

    assert forms == ["invoice", "payment", "journal-entry"]
    assert (changed[GIFT_CARDS], changed["Refunds & Allowances"]) == (Decimal(-48), Decimal(48))
    assert "Checking" not in changed


def test_documents_carry_the_payment_method_where_quickbooks_has_it(gift_cards: Company, quickbooks: Books) -> None:
    choose(gift_cards, accounts={"refund_credit": "Checking"}, sales_receipts=True, refund_item="Goodwill Credit")
    post(gift_cards, quickbooks, "2026-08-20  order 84\nKIT-CLAY  48.00\npaid 2026-08-21  credit CARD  48.00")
    post(gift_cards, quickbooks, "2026-08-20  order 85\nKIT-CLAY  48.00\npaid 2026-08-21  Venmo  48.00")
    post(gift_cards, quickbooks, "2026-08-20  order 86\nKIT-CLAY  48.00\npaid 2026-08-20  Check  48.00")
    post(gift_cards, quickbooks, "2026-08-20  order 87\nKIT-CLAY  48.00\nrefund 2026-08-20  on Cash  8.00")

    assert method_of(quickbooks, document_of(gift_cards, "84", "payment"), "Payment") == "Credit Card"
    assert method_of(quickbooks, document_of(gift_cards, "85", "payment"), "Payment") == ""
    assert method_of(quickbooks, document_of(gift_cards, "86", "sales-receipt"), "SalesReceipt") == "Check"
    assert method_of(quickbooks, document_of(gift_cards, "87", "refund"), "RefundReceipt") == "Cash"
    nothing_more_is_sent(gift_cards)


def test_the_method_that_a_person_chose_goes_along_and_one_that_is_gone_asks(
    gift_cards: Company, quickbooks: Books
) -> None:
    PaymentMethod.objects.create(
        company=gift_cards, name="Venmo", name_compared="venmo", is_money=True, quickbooks_method="PayPal"
    )
    post(gift_cards, quickbooks, "2026-08-20  order 88\nKIT-CLAY  48.00\npaid 2026-08-21  Venmo  48.00")
    assert method_of(quickbooks, document_of(gift_cards, "88", "payment"), "Payment") == "PayPal"

    method = quickbooks.find("PaymentMethod", "Name = 'PayPal'")
    quickbooks.change("PaymentMethod", method, Active=False)
    refresh_lists(gift_cards)
    prepared(gift_cards, "2026-08-20  order 89\nKIT-CLAY  48.00\npaid 2026-08-21  Venmo  48.00")

    blocked = document_of(gift_cards, "89", "payment").problems.get()
    assert (blocked.code, blocked.facts["used_by"]) == ("choice-not-in-quickbooks", "payment method Venmo")


def test_a_decision_made_later_changes_nothing_that_is_posted(gift_cards: Company, quickbooks: Books) -> None:
    PaymentMethod.objects.filter(name="Gift Card").update(account="", is_money=True)
    text = "2026-08-20  order 90\nKIT-CLAY  48.00\npaid 2026-08-20  Gift Card  20.00"
    forms, _changed = post(gift_cards, quickbooks, text)
    assert forms == ["invoice", "payment"]

    PaymentMethod.objects.filter(name="Gift Card").update(account=GIFT_CARDS, is_money=False)
    forms, changed = post(gift_cards, quickbooks, f"{text}\npaid 2026-08-22  Gift Card  28.00")
    assert forms == ["journal-entry", "credit-application"]
    assert changed == {GIFT_CARDS: Decimal(28), "Accounts Receivable": Decimal(-28)}

    PaymentMethod.objects.filter(name="Gift Card").update(account="", is_money=True)
    prepared(gift_cards, f"{text}\npaid 2026-08-22  Gift Card  28.00\nshipping  5.00")
    push(gift_cards)
    applied = Document.objects.get(order__number="90", kind="credit-application")
    assert (applied.state, applied.pending) == ("posted", "")
    assert stored(quickbooks, document_of(gift_cards, "90"), "Invoice")["Balance"] == 5


def test_a_payment_without_a_reference_has_none_in_quickbooks_and_is_named_after_its_order(
    gift_cards: Company, quickbooks: Books
) -> None:
    order = an_order("2026-08-20  order M-91\nKIT-CLAY  48.00\npaid 2026-08-21  Cash  48.00")
    paid = replace(order.payments[0], source_id=made_id("no reference"), reference="")
    prepared(gift_cards, replace(order, payments=(paid,)))
    push(gift_cards)

    row = document_of(gift_cards, "M-91", "payment")
    assert (row.state, str(row)) == ("posted", "Payment of M-91")
    assert stored(quickbooks, row, "Payment").get("PaymentRefNum", "") == ""
    nothing_more_is_sent(gift_cards)
