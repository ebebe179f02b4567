"""Does every worked example on the accounting pages come out as the page says?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from books.answers import PostingRole
from books.messages import all_worded
from books.money import extended, from_smallest_units, money_text, share_out
from books.movement import Movement
from books.names import NameRule, judge_account_path
from books.orders import LineType
from books.proof import prove
from mapping.answering import POSTING_TYPES
from tests.docs.pages import DOCS, Block, blocks
from tests.docs.worked_examples import (
    applied_text,
    blocked_text,
    books_text,
    customer_text,
    lines_text,
    matched,
    nothing_text,
    planned,
    why_text,
)
from tests.sample_orders import a_customer, an_order

PAGES = sorted((DOCS / "accounting").glob("*.md"))
BLOCKS = [block for page in PAGES for block in blocks(page)]
#: What may follow an order, and how it is worked out.
RESULTS = {
    "books": books_text,
    "lines": lines_text,
    "applied": applied_text,
    "blocked": blocked_text,
    "nothing": nothing_text,
    "why": why_text,
}


def orders() -> list[tuple[Block, list[Block]]]:
    """Every order on a page with the results that follow it."""
    found: list[tuple[Block, list[Block]]] = []
    for block in BLOCKS:
        if block.kind == "order":
            found.append((block, []))
        elif block.kind in RESULTS:
            found[-1][1].append(block)
    return found


def in_pairs(block: Block) -> list[tuple[str, list[str]]]:
    """A block of headings, each with indented rows below it."""
    pairs: list[tuple[str, list[str]]] = []
    for row in block.rows:
        if row.startswith("  "):
            pairs[-1][1].append(row.strip())
        else:
            pairs.append((row, []))
    return pairs


@pytest.mark.parametrize(("order", "results"), [pytest.param(*example, id=str(example[0])) for example in orders()])
def test_an_order_comes_to_what_stands_below_it(order: Block, results: list[Block]):
    plan = planned(an_order(order.text), settings=order.details.removeprefix("with "))

    assert results, f"{order} says nothing about what the order comes to"
    for result in results:
        assert RESULTS[result.kind](plan) == result.text.rstrip("\n"), f"{result} shows another result"
    if "blocked" not in {result.kind for result in results}:
        assert blocked_text(plan) == "", f"{order} is blocked and the page does not say so"


def check_names(block: Block) -> None:
    for typed, said in in_pairs(block):
        verdict = judge_account_path(typed.replace("⟨tab⟩", "\t"), rule=NameRule(block.details))
        corrected = [f"Corrected: {verdict.corrected}"] if verdict.corrected else []
        assert [all_worded(verdict.messages) or "Good.", *corrected] == said


def check_customers(block: Block) -> None:
    others = block.details.removeprefix("also in the CRM: ")
    in_source = (a_customer(others),) if others else ()
    for customer, said in in_pairs(block):
        assert [customer_text(matched(a_customer(customer), in_source=in_source))] == said


def check_amounts(block: Block) -> None:
    for row in block.rows:
        factors, _, amount = row.partition(" = ")
        quantity, price = map(Decimal, factors.split(" x "))
        assert str(extended(quantity, price, block.details)) == amount


def check_smallest_units(block: Block) -> None:
    for row in block.rows:
        units, currency = row.partition(" = ")[0].split()
        assert money_text(from_smallest_units(int(units), currency), currency) == row.partition(" = ")[2]


def check_shares(block: Block) -> None:
    for row in block.rows:
        task, _, parts = row.partition(" = ")
        amount, _, weights = task.partition(" over ")
        shares = share_out(Decimal(amount), [Decimal(weight) for weight in weights.split(", ")], currency=block.details)
        assert ", ".join(map(str, shares)) == parts


def check_line_types(block: Block) -> None:
    said = {LineType(row.split()[0]): row.split(maxsplit=1)[1] for row in block.rows}
    assert said == {line_type: line_type.section.label for line_type in LineType}


def check_proof(block: Block) -> None:
    _heading, *rows, verdict = block.rows
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    said = {account: [Decimal(amount or 0) for amount in amounts] for account, *amounts in cells}
    posted, others, observed = (
        Movement.of((account, amounts[column]) for account, amounts in said.items()) for column in (0, 1, 3)
    )
    inventory = block.details.removeprefix("inventory: ").split(", ") if block.details else ()
    proof = prove(posted, observed, others, inventory=inventory)

    assert said == {
        row.account: [row.predicted, row.others, row.inventory, row.observed, row.unexplained] for row in proof.rows
    }
    assert verdict == ("proven" if proof.is_proven else "unexplained")


CHECKS: dict[str, Callable[[Block], None]] = {
    "names": check_names,
    "customers": check_customers,
    "amounts": check_amounts,
    "smallest-units": check_smallest_units,
    "shares": check_shares,
    "line-types": check_line_types,
    "proof": check_proof,
}


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.kind in CHECKS], ids=str)
def test_a_table_of_examples_says_what_the_rule_says(block: Block):
    assert block.rows
    CHECKS[block.kind](block)


def test_every_block_on_every_page_is_checked():
    assert [f"{block} {block.kind}" for block in BLOCKS if block.kind not in {"order", *RESULTS, *CHECKS}] == []


def test_every_page_has_an_example_and_the_posting_accounts_their_table():
    # The example of a tie-out is two sides of the books and no order: tests/reconciliation/test_comparing.py. What is
    # held in a closed period depends on QuickBooks' date: tests/sync/test_closed_periods.py
    own = {"closed-periods.md", "posting-accounts.md", "tie-out.md"}
    assert {page.name for page in PAGES} - {block.page for block in BLOCKS} == own


def test_the_posting_accounts_take_the_types_that_the_page_says():
    page = (DOCS / "accounting" / "posting-accounts.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in page.splitlines() if row.startswith("| ")]

    assert {setting: types for setting, _, types in rows[2:]} == {
        role.label: ", ".join(POSTING_TYPES[role]) for role in PostingRole
    }
