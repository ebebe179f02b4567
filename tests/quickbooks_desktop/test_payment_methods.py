"""Does a file for QuickBooks Desktop take a gift card off what is owed on gift cards, and lose nothing of a payment?"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from companies.models import Company
from mapping.models import PaymentMethod
from sync.models import Document, ExportBatch
from sync.quickbooks_desktop.reading.blocks import BlockRead
from sync.quickbooks_desktop.reading.read import read_iif
from tests.factories import order_of, prepared
from tests.quickbooks_desktop.factories import a_desktop_company, exported, net, settings, text_of
from tests.reconciliation.factories import as_role
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db

GIFT_CARDS = "Gift Certificates Outstanding"
CARD, TRANSACTION = "Card 6034-2201-7789-4410", "pi_3PqXy0Lk2eZvKYlo2C9x1QhB7"
PAID = """
    2026-08-20  order 80  Wren Halloran <wren@example.com>
    KIT-CLAY    48.00
    paid 2026-08-20  Gift Card    20.00
    paid 2026-08-20  Credit Card  28.00
"""


def paid_with_both(company: Company) -> None:
    """The order is prepared, with the references that the source gives for its payments."""
    order = an_order(PAID)
    referred = zip(order.payments, (CARD, TRANSACTION), strict=True)
    prepared(company, replace(order, payments=tuple(replace(paid, reference=text) for paid, text in referred)))


@pytest.fixture
def company() -> Company:
    """The studio on QuickBooks Desktop, whose gift cards have a liability account."""
    company = a_desktop_company()
    PaymentMethod.objects.create(company=company, name="Gift Card", name_compared="gift card", account=GIFT_CARDS)
    paid_with_both(company)
    return company


def blocks_of(batch: ExportBatch) -> dict[str, BlockRead]:
    """The transactions of a file by their type, as our reader finds them."""
    report = read_iif(text_of(batch).encode())
    assert report.ok
    assert len({block.trnstype for block in report.blocks}) == len(report.blocks)
    return {block.trnstype: block for block in report.blocks}


def test_a_gift_card_lowers_what_is_owed_on_gift_cards_and_only_the_rest_is_deposited(company: Company) -> None:
    batch = exported(company)

    assert net(batch) == {GIFT_CARDS: Decimal(20), "Undeposited Funds": Decimal(28), "Sales:Kits": Decimal(-48)}
    blocks = blocks_of(batch)
    assert blocks["GENERAL JOURNAL"].moved == (("Accounts Receivable", Decimal(-20)), (GIFT_CARDS, Decimal(20)))
    assert blocks["PAYMENT"].moved == (("Undeposited Funds", Decimal(28)), ("Accounts Receivable", Decimal(-28)))
    assert [row["NAME"] for row in blocks["GENERAL JOURNAL"].rows] == ["Wren Halloran", ""]


def test_a_payment_says_its_method_and_a_reference_is_whole_in_the_memo_however_long_it_is(company: Company) -> None:
    blocks = blocks_of(exported(company))

    assert blocks["PAYMENT"].top["PAYMETH"] == "Credit Card"
    assert len(blocks["PAYMENT"].top["DOCNUM"]) <= 20
    for trnstype, reference in (("PAYMENT", TRANSACTION), ("GENERAL JOURNAL", CARD)):
        assert all(f"Reference {reference}" in row["MEMO"] for row in blocks[trnstype].rows)


def test_a_gift_card_that_is_used_twice_in_a_file_counts_once_each_and_a_second_file_has_neither(
    company: Company,
) -> None:
    prepared(company, PAID.replace("order 80", "order 81"))
    assert net(exported(company)) == {
        GIFT_CARDS: Decimal(40), "Undeposited Funds": Decimal(56), "Sales:Kits": Decimal(-96),
    }  # fmt: skip

    assert {row.state for row in Document.objects.filter(company=company)} == {"exported"}


def test_a_method_that_is_not_plainly_money_keeps_its_payment_out_of_the_file_until_it_is_decided() -> None:
    company = a_desktop_company()
    paid_with_both(company)

    assert net(exported(company)) == {
        "Accounts Receivable": Decimal(20), "Undeposited Funds": Decimal(28), "Sales:Kits": Decimal(-48),
    }  # fmt: skip
    waiting = Document.objects.get(company=company, state="blocked")
    assert [problem.code for problem in waiting.problems.all()] == ["payment-method-not-decided"]


def test_methods_stay_out_of_the_file_where_the_company_says_so(company: Company) -> None:
    settings(company, payment_methods=False)

    assert blocks_of(exported(company))["PAYMENT"].top["PAYMETH"] == ""


def test_the_order_says_what_a_person_applies_in_quickbooks_since_a_file_applies_nothing(company: Company) -> None:
    page = as_role(company).get(f"/{company.slug}/orders/{order_of(company, '80').pk}/").content.decode()

    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    said = re.findall(r"To apply in QuickBooks, under Customers, Receive Payments: (\S+) USD to Invoice 80", words)
    assert sorted(said) == ["20.00", "28.00"]
    assert "Applied" not in words
