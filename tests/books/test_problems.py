"""Does every reason say what happened and what to do, and does one cause mean one fix?"""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.problems import (
    PROBLEMS,
    AccountNotInQuickBooks,
    ChangedAfterPosting,
    CustomersShareEmail,
    ItemNotInQuickBooks,
    NumberUnusable,
    Problem,
    ProductWithoutMapping,
    RefusedByQuickBooks,
    read_problem,
)
from tests.books.values import any_of, changes, full

KINDS = tuple(PROBLEMS.values())
GAP = re.compile(r"%\((\w+)\)[sd]")

#: What to do about a fault is one of our own sentences, and may have gaps; whatever QuickBooks says is a fact.
CURES = st.sampled_from(["", "Choose another account for “%(record)s”."])
problems: st.SearchStrategy[Problem] = st.one_of(
    [any_of(kind, **({"fault_cure": CURES} if kind is RefusedByQuickBooks else {})) for kind in KINDS]
)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=PROBLEMS)


def sentences(kind: type[Problem]) -> tuple[str, str]:
    return kind.explanation, kind.cure


# The list ------------------------------------------------------------------------------------------------------------


def test_every_reason_is_listed_under_its_own_code_and_title():
    assert set(PROBLEMS.values()) == set(Problem.__subclasses__())
    assert len(PROBLEMS) == len(Problem.__subclasses__()), "two problems share a code"
    assert len({kind.title for kind in KINDS}) == len(KINDS), "two problems share a title"


@every_kind
def test_a_code_reads_like_the_name_of_its_class(kind: type[Problem]):
    words = re.findall("[A-Z][a-z]+", kind.__name__.replace("QuickBooks", "Quickbooks"))

    assert kind.code == "-".join(words).lower()
    assert len(kind.code) <= 60


@every_kind
def test_sentences_begin_and_end_as_sentences_and_a_title_does_not(kind: type[Problem]):
    for sentence in sentences(kind):
        assert sentence[0].isupper() or sentence[0] in "“%", sentence
        assert sentence.endswith((".", ". %(verdict)s")), sentence
        assert "  " not in sentence
    assert kind.title[0].isupper()
    assert not kind.title.endswith(".")


@every_kind
def test_every_gap_and_every_cause_is_one_of_the_facts(kind: type[Problem]):
    facts = {field.name for field in fields(kind)}

    for sentence in (*sentences(kind), kind.title):
        assert set(GAP.findall(sentence)) <= facts
        assert "%" not in GAP.sub("", sentence)
    assert kind.cause_fields or not facts
    assert set(kind.cause_fields) <= facts


# Facts ---------------------------------------------------------------------------------------------------------------


@given(problems)
def test_a_problem_reads_back_from_its_code_and_facts(problem: Problem):
    facts: dict[str, Any] = json.loads(json.dumps(problem.facts(), allow_nan=False))

    assert facts == problem.facts()
    assert read_problem(problem.code, facts) == problem


def test_a_problem_of_an_unknown_code_is_refused():
    with pytest.raises(KeyError, match="made-up"):
        read_problem("made-up", {})


@pytest.mark.parametrize("facts", [{}, {"order": "1042", "colour": "blue"}])
def test_facts_that_are_missing_or_unknown_are_refused(facts: dict[str, str]):
    with pytest.raises(TypeError):
        read_problem("no-customer", facts)


# Wording -------------------------------------------------------------------------------------------------------------


@given(problems)
def test_nothing_is_left_out_of_a_sentence(problem: Problem):
    for sentence, text in zip(sentences(type(problem)), (problem.explain(), problem.advise()), strict=True):
        assert text.strip()
        for name in GAP.findall(sentence):
            fact = problem.facts()[name]
            shown = fact if isinstance(fact, list) else [str(fact)]
            assert all(part in text for part in shown)


@every_kind
def test_with_all_facts_known_both_sentences_are_complete(kind: type[Problem]):
    problem = full(kind)

    for text in (problem.explain(), problem.advise()):
        assert GAP.search(text) is None
        assert "—" not in text
        assert "[" not in text


def test_a_number_that_is_too_long_names_the_limit_of_quickbooks():
    problem = NumberUnusable(number="x" * 22, length=22)

    assert problem.explain() == f"The number “{'x' * 22}” has 22 characters; QuickBooks keeps 21."


def test_a_list_is_read_with_commas():
    problem = CustomersShareEmail(
        customer_key="11",
        customer="C. Okafor",
        email="family.okafor@example.com",
        candidates=("Chidi Okafor", "Ngozi Okafor"),
    )

    assert problem.explain() == (
        "C. Okafor is billed at family.okafor@example.com, and so are: Chidi Okafor, Ngozi Okafor. "
        "There is more than one match."
    )


def test_what_is_not_known_is_a_dash():
    problem = ProductWithoutMapping(product_key="7", product="Mug", sku="")

    assert problem.explain().startswith("“Mug” (SKU —) has no QuickBooks Product Name")


def test_a_percent_sign_in_a_fact_is_only_a_percent_sign():
    problem = ProductWithoutMapping(product_key="7", product="50% off %(sku)s", sku="HALF")

    assert "“50% off %(sku)s” (SKU HALF)" in problem.explain()


def test_a_refusal_gives_the_cure_for_its_fault_and_a_general_one_without():
    refusal = RefusedByQuickBooks(
        fault="6240",
        message="Duplicate Name Exists Error",
        detail="The name supplied already exists.",
        fault_cure="Rename it.",
    )

    assert refusal.explain() == (
        "QuickBooks rejected it with code 6240, “Duplicate Name Exists Error”: “The name supplied already exists.”."
    )
    assert refusal.advise() == "Rename it."
    assert refusal.advise(str.upper) == "RENAME IT."
    assert replace(refusal, fault_cure="").advise() == (
        "Correct what QuickBooks names, in QuickBooks or in the mapping, then press Re-sync."
    )


@every_kind
def test_a_problem_is_worded_in_the_readers_language(kind: type[Problem]):
    problem = full(kind)

    assert problem.explain("în română: {}".format) == f"în română: {problem.explain()}"
    assert problem.advise("în română: {}".format) == f"în română: {problem.advise()}"


# Causes --------------------------------------------------------------------------------------------------------------


@every_kind
def test_a_cause_changes_with_its_own_facts_and_with_no_others(kind: type[Problem]):
    problem = full(kind)

    for path, changed in changes(problem):
        decides = path.partition(".")[0] in kind.cause_fields
        assert (changed.cause != problem.cause) == decides, path


@given(problems, problems)
def test_two_problems_share_a_cause_only_when_code_and_deciding_facts_agree(one: Problem, other: Problem):
    def deciding(problem: Problem) -> tuple[str, ...]:
        return (problem.code, *(str(getattr(problem, name)) for name in problem.cause_fields))

    assert (one.cause == other.cause) == (deciding(one) == deciding(other))


def test_a_bar_or_backslash_in_a_fact_does_not_run_two_causes_together():
    blank = ItemNotInQuickBooks(item="", used_by="x")
    pairs = [("a|b", "c"), ("a", "b|c"), ("a\\", "b|c"), ("a\\|b", "c"), ("a|b|c", ""), ("", "a|b|c")]

    assert len({replace(blank, item=item, used_by_key=key).cause for item, key in pairs}) == len(pairs)


def test_one_missing_account_is_one_cause_wherever_it_is_used():
    by_product = AccountNotInQuickBooks(account="Sales:Kit", used_by="product Mug", suggestions=("Sales:Kits",))
    by_type = AccountNotInQuickBooks(account="Sales:Kit", used_by="line type Upsell Product")

    assert by_product.cause == by_type.cause == "account-not-in-quickbooks|Sales:Kit"


def test_a_cause_of_three_hundred_characters_is_kept_whole():
    room = 300 - len("account-not-in-quickbooks|")
    kept, cut = (AccountNotInQuickBooks(account="x" * length, used_by="y").cause for length in (room, room + 1))

    assert kept == f"account-not-in-quickbooks|{'x' * room}"
    assert len(cut) == 300
    assert cut != f"{kept}x"


@given(st.text(min_size=250, max_size=320), st.text(max_size=2))
def test_a_long_cause_is_shortened_and_still_its_own(text: str, more: str):
    short, longer = (AccountNotInQuickBooks(account=account, used_by="x").cause for account in (text, text + more))

    assert max(len(short), len(longer)) <= 300
    assert (short == longer) == (not more)


# Words of one case ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"now": "nothing"}, "was posted at $48.00, and the order in the source no longer has it."),
        ({"now": "$40.00"}, "QuickBooks has $48.00; the order now comes to $40.00."),
        ({"now": "$48.00", "changes": ("date: 08/14/2026, now 08/15/2026",)}, "what changed: date: 08/14/2026, now"),
        ({"now": "$48.00"}, "The total is still $48.00; its lines or how it was paid changed."),
    ],
)
def test_an_order_that_changed_after_posting_says_what_is_known_of_it(facts: dict[str, Any], says: str):
    changed = ChangedAfterPosting(document="Invoice 1042", document_key="x", posted="$48.00", **facts)

    assert says in changed.explain()


@pytest.mark.parametrize("inactive", [True, False])
def test_an_account_or_item_that_is_inactive_is_called_so_and_not_unknown(inactive: bool):
    account = AccountNotInQuickBooks(account="Sales:Kits", used_by="product Mug", inactive=inactive)
    product = ProductWithoutMapping(
        product_key="keap:1", product="Mug", sku="M-1", inactive="Mug (deleted)" if inactive else ""
    )

    for problem in (account, product):
        assert ("inactive" in problem.explain()) is inactive
        assert ("active" in problem.advise()) is inactive
