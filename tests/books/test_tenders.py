"""Which payment methods are plainly money, and how are two of them told apart?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.answers import Tender, undecided
from books.problems import PaymentMethodNotDecided
from books.tenders import LONGEST_METHOD, is_plainly_money, method_key

MONEY = (
    "Card", "Credit Card", "CREDIT_CARD", "Credit Card (Manual)", "Credit/Debit Card", "Visa ending in 4242",
    "Visa **** 4242", "xxxx1111 Visa", "MC", "American Express", "Check", "Check #1042", "Cashier's Check", "E-Check",
    "Cash", "cash on delivery", "ACH", "PayPal", "paypal_express", "Bank Transfer", "Wire transfer", "Direct Deposit",
    "Stripe", "Square", "Shopify Payments", "Apple Pay", "Authorize.net", "Money Order", "Venmo", "  ach  ",
)  # fmt: skip
NOT_PLAINLY = (
    "Gift Card", "gift card", "GIFT_CARD", "Square Gift Card", "Gift Certificate", "Store Credit", "Store Credit Card",
    "Credit", "Voucher", "Points", "Loyalty card", "Rewards", "Other", "Manual", "Offline", "Account balance", "Trade",
    "Transfer", "Deposit", "Comp", "Groupon", "4242", "Cash + Points",
)  # fmt: skip


@pytest.mark.parametrize("method", MONEY)
def test_the_names_of_money_are_recognized(method: str) -> None:
    assert is_plainly_money(method)
    assert undecided(method) == Tender()


@pytest.mark.parametrize("method", NOT_PLAINLY)
def test_one_word_that_is_not_about_money_is_enough_to_ask(method: str) -> None:
    assert not is_plainly_money(method)
    problem = PaymentMethodNotDecided(method_key=method.casefold(), method=method)
    assert undecided(method) == Tender(is_money=False, problems=(problem,))


def test_a_payment_whose_source_names_no_method_is_money() -> None:
    assert undecided("  ") == Tender()


@given(method=st.text(max_size=200), before=st.text(" \t", max_size=3))
def test_spaces_around_a_method_and_its_letter_case_make_no_other_method(method: str, before: str) -> None:
    short = method.strip()[:LONGEST_METHOD]
    assert method_key(f"{before}{short}{before}") == method_key(short)
    assert is_plainly_money(f"{before}{method}") == is_plainly_money(method)


@given(method=st.sampled_from(MONEY), word=st.sampled_from(("gift", "store", "loyalty", "voucher", "promo")))
def test_no_name_of_money_survives_a_word_like_gift(method: str, word: str) -> None:
    assert not is_plainly_money(f"{word} {method}")
    assert not is_plainly_money(f"{method} {word}")
