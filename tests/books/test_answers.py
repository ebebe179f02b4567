"""Does an answer carry everything a builder and a reader need?"""

from __future__ import annotations

from datetime import date

import pytest

from books.answers import CustomerAnswer, CustomerRef, PostingRole, Rule, Terms
from books.outcomes import NO_EXCHANGE, Accepted, Outcome, Refused, TryLater, Unknown
from tests.sample_orders import an_order, answers_for


@pytest.mark.parametrize(("days", "due"), [(0, date(2026, 8, 31)), (15, date(2026, 9, 15)), (None, None)])
def test_terms_give_the_due_date_or_leave_it_to_quickbooks(days: int | None, due: date | None):
    assert Terms(quickbooks_id="1", name="terms", due_days=days).due(date(2026, 8, 31)) == due


def test_terms_of_which_nothing_is_known_are_due_on_the_day():
    assert Terms(quickbooks_id="1", name="terms").due(date(2026, 8, 31)) == date(2026, 8, 31)


def test_a_customer_is_new_when_an_earlier_document_creates_it():
    assert CustomerAnswer(customer=CustomerRef(name="Ann Lee", created_by="customer:12")).is_new
    assert not CustomerAnswer(customer=CustomerRef(name="Ann Lee", quickbooks_id="7")).is_new
    assert not CustomerAnswer().is_new


def test_the_seven_posting_accounts_bear_the_names_of_their_settings():
    assert [role.label for role in PostingRole] == [
        "Invoice Debit Account",
        "Payment Debit Account",
        "Payment Credit Account",
        "Credit Debit Account",
        "Credit Credit Account",
        "Refund Debit Account",
        "Refund Credit Account",
    ]


def test_every_rule_is_read_by_a_sentence_of_its_own():
    assert len({rule.sentence for rule in Rule}) == len(Rule)


def test_the_cast_answers_every_line_of_its_own_orders():
    order = an_order()

    assert set(answers_for(order).lines) == {line.key for line in order.lines}
    assert not any(line.problems for line in answers_for(order).lines.values())


def test_there_are_four_outcomes_and_each_keeps_its_evidence():
    assert set(Outcome.__args__) == {Accepted, Refused, TryLater, Unknown}
    assert Unknown(reason="time-out").exchange is NO_EXCHANGE
    assert (NO_EXCHANGE.status, NO_EXCHANGE.reply) == (None, "")
