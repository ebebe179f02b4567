"""Do the steps of setup come in a fixed order, and does each say what is done and what is missing? Pure: facts in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from companies.activation import SetupStep
from setup.steps import MissingSetting, RehearsalFacts, SetupFacts, StepState, open_step, steps_of

DONE, OPEN, CLOSED = StepState.DONE, StepState.OPEN, StepState.CLOSED

BEGUN = SetupFacts(introduced=True, activated=True)
CONNECTED = replace(BEGUN, connection="connected", connected_to="Bramble & Birch")
LISTS_READ = replace(CONNECTED, lists_read=True, accounts=32, items=21, book_customers=30)
ACCOUNTS_SET = replace(
    LISTS_READ,
    missing_accounts=(MissingSetting(name="Refund Debit Account", waiting=3),),
    missing_line_types=(MissingSetting(name="Tax", waiting=2), MissingSetting(name="Shipping")),
)
LINE_TYPES_SET = replace(ACCOUNTS_SET, missing_line_types=())
PRODUCTS_FOUND = replace(LINE_TYPES_SET, orders=1, products=2, customers=1, open_customers=1)
CUSTOMERS_FOUND = replace(PRODUCTS_FOUND, open_customers=0)
REHEARSED = replace(CUSTOMERS_FOUND, rehearsal=RehearsalFacts(exists=True, posted=3))
LIVE = replace(REHEARSED, live=True)

#: One after the other: the facts, and the step that is open then.
WAY = [
    (BEGUN, SetupStep.CONNECT),
    (CONNECTED, SetupStep.LISTS),
    (replace(LISTS_READ, missing_accounts=(MissingSetting(name="Invoice Debit Account", needed=True),)),
     SetupStep.POSTING_ACCOUNTS),
    (ACCOUNTS_SET, SetupStep.LINE_TYPES),
    (LINE_TYPES_SET, SetupStep.PRODUCTS),
    (PRODUCTS_FOUND, SetupStep.CUSTOMERS),
    (CUSTOMERS_FOUND, SetupStep.REHEARSAL),
    (REHEARSED, SetupStep.GO_LIVE),
]  # fmt: skip


def states(facts: SetupFacts) -> list[StepState]:
    return [step.state for step in steps_of(facts)]


def words(facts: SetupFacts, name: SetupStep) -> tuple[str, str]:
    """What is done and what is missing in a step."""
    step = next(step for step in steps_of(facts) if step.name is name)
    return " ".join(step.done), " ".join(step.missing)


@pytest.mark.criterion("B22", "B23")
@pytest.mark.parametrize(("facts", "name"), WAY, ids=[name for _, name in WAY])
def test_one_step_is_open_those_before_it_are_done_and_those_after_it_closed(
    facts: SetupFacts, name: SetupStep
) -> None:
    number = list(SetupStep).index(name)

    assert states(facts) == [DONE] * number + [OPEN] + [CLOSED] * (7 - number)
    found = open_step(steps_of(facts))
    assert found is not None
    assert (found.name, bool(found.missing)) == (name, True)


@pytest.mark.criterion("B22")
def test_the_order_is_that_of_the_documentation() -> None:
    assert [step.name.value for step in steps_of(BEGUN)] == [
        "connect", "lists", "posting-accounts", "line-types", "products", "customers", "rehearsal", "go-live",
    ]  # fmt: skip


@pytest.mark.criterion("B07", "B19", "B23")
@pytest.mark.parametrize("missing", ["introduced", "activated"])
def test_without_the_introduction_or_the_activation_every_step_is_closed(missing: str) -> None:
    without = {"introduced": replace(REHEARSED, introduced=False), "activated": replace(REHEARSED, activated=False)}

    assert states(without[missing]) == [CLOSED] * 8


@pytest.mark.criterion("B23")
def test_a_later_step_is_closed_again_when_an_earlier_one_comes_undone() -> None:
    assert states(replace(REHEARSED, connection="needs-attention")) == [OPEN] + [CLOSED] * 7


def test_after_going_live_everything_is_open_or_done() -> None:
    undone = replace(LIVE, connection="needs-attention")

    assert states(LIVE) == [DONE] * 8
    assert states(undone) == [OPEN] + [DONE] * 7
    assert not any(step.confirmable for step in steps_of(undone))


def test_what_new_orders_bring_to_a_live_company_does_not_undo_its_setup() -> None:
    untested = RehearsalFacts()
    busy = replace(LIVE, open_products=4, open_customers=3, rehearsal=untested)

    assert states(busy) == [DONE] * 8
    assert [step.name for step in steps_of(busy) if step.has_gaps] == [
        SetupStep.POSTING_ACCOUNTS, SetupStep.PRODUCTS, SetupStep.CUSTOMERS, SetupStep.REHEARSAL,
    ]  # fmt: skip
    assert words(busy, SetupStep.CUSTOMERS)[1].startswith("3 customers need a decision")


@pytest.mark.parametrize(
    ("facts", "name", "done", "missing"),
    [
        (CONNECTED, SetupStep.CONNECT, "Connected to Bramble & Birch.", ""),
        (LISTS_READ, SetupStep.LISTS, "32 active accounts, 21 active items, 30 active customers.", ""),
        (ACCOUNTS_SET, SetupStep.POSTING_ACCOUNTS, "6 of 7 are set.",
         "Refund Debit Account is not set: 3 documents wait."),
        (replace(LISTS_READ, unknown_accounts=("Invoice Debit Account: A/R",)), SetupStep.POSTING_ACCOUNTS,
         "7 of 7 are set.", "Invoice Debit Account: A/R is not an active account in QuickBooks."),
        (ACCOUNTS_SET, SetupStep.LINE_TYPES, "6 of 8 are set.",
         "Not set: Tax, Shipping. Lines of these types block their documents. 2 documents wait for one."),
        (LINE_TYPES_SET, SetupStep.PRODUCTS, "",
         "No order has been imported yet. Products appear with the orders that sell them."),
        (replace(PRODUCTS_FOUND, open_products=1), SetupStep.PRODUCTS,
         "1 order imported, 1 of 2 products found in QuickBooks.",
         "1 product has no item in QuickBooks. Orders that sell it are blocked."),
        (PRODUCTS_FOUND, SetupStep.CUSTOMERS,
         "1 customer has ordered. Those that QuickBooks lacks are created with their first document.",
         "1 customer needs a decision: no email, or more than one customer in QuickBooks fits."),
        (replace(REHEARSED, rehearsal=RehearsalFacts(exists=True, posted=3, stuck=2)), SetupStep.REHEARSAL,
         "3 documents posted there.", "2 documents are stuck there."),
        (replace(CUSTOMERS_FOUND, rehearsal=RehearsalFacts(waived="We moved the file over from the old tool")),
         SetupStep.REHEARSAL, "Left out, because: We moved the file over from the old tool", ""),
        (LIVE, SetupStep.GO_LIVE, "This company is live.", ""),
    ],
)  # fmt: skip
def test_a_step_says_what_is_done_and_what_is_missing(
    facts: SetupFacts, name: SetupStep, done: str, missing: str
) -> None:
    assert words(facts, name) == (done, missing)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        (SetupStep.LINE_TYPES, ACCOUNTS_SET),
        (SetupStep.PRODUCTS, replace(LINE_TYPES_SET, orders=1, products=2, open_products=1)),
        (SetupStep.CUSTOMERS, PRODUCTS_FOUND),
    ],
)
def test_a_person_can_go_on_with_what_is_open_in_a_step(name: SetupStep, facts: SetupFacts) -> None:
    asked = open_step(steps_of(facts))
    after = next(step for step in steps_of(replace(facts, confirmed=frozenset({name.value}))) if step.name is name)

    assert asked is not None
    assert (asked.name, asked.confirmable) == (name, True)
    assert (after.state, after.confirmable) == (DONE, False)
    assert "A person has decided to go on with what is open." in after.done


def test_what_nothing_can_be_posted_without_cannot_be_skipped() -> None:
    everything = frozenset(name.value for name in SetupStep)
    still = [name for facts, name in WAY if open_step(steps_of(replace(facts, confirmed=everything))) == _open(facts)]

    assert still == [name for name in SetupStep if name not in (SetupStep.LINE_TYPES, SetupStep.CUSTOMERS)]


def _open(facts: SetupFacts) -> object:
    return open_step(steps_of(facts))


@pytest.mark.criterion("A04")
def test_one_order_of_one_customer_is_enough_for_every_step() -> None:
    small = replace(REHEARSED, orders=1, products=1, customers=1, items=1, book_customers=0)

    assert states(small) == [DONE] * 7 + [OPEN]


def test_a_desktop_company_needs_no_connection_and_rehearses_with_a_file() -> None:
    desktop = replace(CUSTOMERS_FOUND, desktop=True, connection="")

    assert words(desktop, SetupStep.CONNECT) == ("Not needed: QuickBooks Desktop is reached by files.", "")
    assert states(desktop) == [DONE] * 6 + [OPEN, CLOSED]
    assert states(replace(desktop, rehearsal=RehearsalFacts(exists=True))) == [DONE] * 7 + [OPEN]


def test_a_practice_company_rehearses_nothing() -> None:
    assert states(replace(CUSTOMERS_FOUND, is_rehearsal=True)) == [DONE] * 7 + [OPEN]


@pytest.mark.parametrize(("number", "said"), [(10_000, "10000 orders"), (10_001, "10,000+ orders")])
def test_orders_are_counted_up_to_ten_thousand(number: int, said: str) -> None:
    assert words(replace(LIVE, orders=number), SetupStep.PRODUCTS)[0].startswith(f"{said} imported")


@pytest.mark.parametrize(("number", "said"), [(10_000, "10000 customers"), (10_001, "10,000+ customers")])
def test_customers_are_counted_up_to_ten_thousand(number: int, said: str) -> None:
    assert words(replace(LIVE, customers=number), SetupStep.CUSTOMERS)[0].startswith(f"{said} have ordered")
    active = said.replace("customers", "active customers")
    assert active in words(replace(LIVE, book_customers=number), SetupStep.LISTS)[0]
