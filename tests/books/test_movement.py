"""Does a document move what its form says, always in balance, whether it is read or was frozen?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.documents import FORMS
from books.movement import UNKNOWN_ACCOUNT, AccountChart, Movement, moved_by, moved_by_document
from books.posted_document import HeldLine, Holding, Named
from books.serialization import holding_body, read_holding
from tests.books.values import cents
from tests.sample_orders import an_invoice

CHART = AccountChart(
    names={"4": "Accounts Receivable"},
    income={"7": "40", "8": "41", "SHIPPING_ITEM_ID": "42"},
    receivable="4",
    undeposited="5",
    tax_payable="9",
)
TAXED = Holding(
    number="1",
    dated="2026-08-14",
    customer=Named(identifier="9"),
    currency="USD",
    total=Decimal("111.00"),
    lines=(
        HeldLine(moves="item 7", amount=Decimal("100.00")),
        HeldLine(moves="item SHIPPING_ITEM_ID", amount=Decimal("8.00")),
        HeldLine(moves="account 43", amount=Decimal("5.00")),
    ),
    tax=Decimal("8.00"),
)


def told(movement: Movement) -> str:
    return ", ".join(f"{account} {amount}" for account, amount in sorted(movement.amounts.items()))


@pytest.mark.parametrize(
    ("form", "moves"),
    [
        ("invoice", "4 111.00, 40 -100.00, 42 -8.00, 43 5.00, 9 -8.00"),
        ("sales-receipt", "40 -100.00, 42 -8.00, 43 5.00, 5 111.00, 9 -8.00"),
        ("credit-memo", "4 -111.00, 40 100.00, 42 8.00, 43 -5.00, 9 8.00"),
        ("refund-receipt", "40 100.00, 42 8.00, 43 -5.00, 5 -111.00, 9 8.00"),
        ("payment", "4 -111.00, 5 111.00"),
        ("customer", ""),
    ],
)
def test_each_form_debits_and_credits_its_own_accounts(form: str, moves: str) -> None:
    assert told(moved_by(form, TAXED, CHART)) == moves


def test_a_form_moves_the_accounts_that_it_names_before_those_of_the_lists() -> None:
    named = replace(
        TAXED,
        account=Named(identifier="1"),
        receivable=Named(identifier="6"),
        lines=(HeldLine(moves="item 7", amount=Decimal("103.00"), account="44"),),
    )

    assert told(moved_by("invoice", named, CHART)) == "44 -103.00, 6 111.00, 9 -8.00"
    assert told(moved_by("sales-receipt", named, CHART)) == "1 111.00, 44 -103.00, 9 -8.00"
    assert told(moved_by("payment", named, CHART)) == "1 111.00, 6 -111.00"


def test_what_cannot_be_told_is_on_the_unknown_account_and_never_left_out() -> None:
    strange = replace(TAXED, lines=(HeldLine(moves="item 99", amount=Decimal("100.00")),))

    moves = moved_by("invoice", strange, CHART)

    assert moves[UNKNOWN_ACCOUNT] == Decimal("-103.00")  # the line's 100.00, and 3.00 that no line and no tax explains
    assert moves.sum == 0


def test_what_was_kept_before_the_tax_was_read_leaves_the_rest_to_the_tax() -> None:
    kept = replace(TAXED, tax=None)

    assert moved_by("invoice", kept, CHART) == moved_by("invoice", TAXED, CHART)
    assert "tax" not in holding_body(kept)
    assert read_holding(holding_body(TAXED)).tax == Decimal("8.00")


LINES = st.lists(
    st.builds(
        HeldLine, moves=st.sampled_from(["item 7", "item 99", "account 43", "Debit account 1", "Other 3"]), amount=cents
    ),
    max_size=5,
).map(tuple)
HOLDINGS = st.builds(
    lambda total, lines, tax: replace(TAXED, total=total, lines=lines, tax=tax), cents, LINES, st.none() | cents
)


@given(st.sampled_from(sorted(FORMS)), HOLDINGS, HOLDINGS)
def test_whatever_is_read_a_movement_sums_to_zero_and_takes_itself_back(
    form: str, holding: Holding, other: Holding
) -> None:
    moves, more = moved_by(form, holding, CHART), moved_by(form, other, CHART)

    assert moves.sum == 0
    assert (moves + more) - more == moves
    assert not moves - moves


def test_a_document_of_ours_moves_the_accounts_that_it_was_prepared_with() -> None:
    invoice = an_invoice()

    moves = moved_by_document(invoice)

    assert moves.sum == 0
    assert moves[invoice.receivable.quickbooks_id] == invoice.total
    for line in invoice.lines:
        assert moves[line.account.quickbooks_id] < 0
