"""Do the pages of roles and states say what the code does?"""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from books.outcomes import Outcome
from books.problems import PROBLEMS
from companies.access import RIGHTS, Right
from companies.models import Role
from reconciliation.fixes import FIXES
from reconciliation.issues import WAITING_STATES
from reconciliation.models import IssueState
from sync.models import (
    SENT_STATES,
    STUCK_STATES,
    UNSENT_STATES,
    ConnectionState,
    DocumentState,
    PendingChange,
    PushState,
    ReviewState,
    RunState,
)
from sync.models.pushes import ExchangeOutcome
from tests.docs.pages import DOCS, blocks, sections

ROLES = DOCS / "reference" / "roles.md"
STATES = DOCS / "reference" / "states.md"
FIXING = DOCS / "howto" / "fix-blocked-records.md"


def tables(text: str) -> list[list[list[str]]]:
    """Every table of a text, as the cells of its rows; the row of dashes is left out."""
    found = re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.MULTILINE)
    rows = [[[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()] for table in found]
    return [[table[0], *table[2:]] for table in rows]


def the_table(text: str) -> list[list[str]]:
    """The one table of a text."""
    (found,) = tables(text)
    return found


def test_each_role_has_the_rights_that_the_page_says():
    (head, *rows) = the_table(ROLES.read_text(encoding="utf-8"))
    said = {(role, right): cell == "yes" for right, *cells in rows for role, cell in zip(head[1:], cells, strict=True)}

    assert {cell for _, *cells in rows for cell in cells} == {"yes", "–"}
    assert said == {(str(role.label), right.value): right in RIGHTS[role] for role in Role for right in Right}


def test_every_right_is_explained():
    explained = re.findall(r"^\*\*(\w+)\*\*:", ROLES.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert explained == [right.value for right in Right]


@pytest.mark.parametrize(
    ("section", "states"),
    [
        ("Documents", DocumentState),
        ("Changes", PendingChange),
        ("Sent to QuickBooks", PushState),
        ("Connections", ConnectionState),
        ("Issues", IssueState),
        ("Review requests", ReviewState),
        ("Sync history", RunState),
    ],
)
def test_the_page_explains_every_state_in_the_words_of_the_screens(section: str, states: Any):
    rows = the_table(sections(STATES)[section])[1:]

    assert [row[0] for row in rows] == [str(state.label) for state in states]
    assert [row for row in rows if not all(row)] == []


def test_the_page_explains_every_outcome_and_how_it_is_kept():
    rows = the_table(sections(STATES)["Outcomes of a send"])[1:]
    spoken = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", get_arg.__name__).capitalize() for get_arg in get_args(Outcome)]

    # The class of the code is called Refused, as its stored value is; people read Rejected
    assert [row[0] for row in rows] == ["Rejected" if word == "Refused" else word for word in spoken]
    kept = " ".join(row[2] for row in rows)
    assert [str(outcome.label) for outcome in ExchangeOutcome if str(outcome.label) not in kept] == []


def labels(states: Any) -> list[str]:
    return [str(state.label) for state in states]


def test_the_page_names_the_states_that_are_frozen_and_those_that_need_a_fix():
    text = " ".join(sections(STATES)["Documents"].split())
    stuck, frozen = labels(STUCK_STATES), labels(SENT_STATES)

    assert f"means {', '.join(stuck[:-1])} or {stuck[-1]}." in text
    assert f"In the states {', '.join(frozen[:-1])} and {frozen[-1]} the content is frozen" in text
    assert set(STUCK_STATES) < set(WAITING_STATES)


def test_the_page_says_where_each_state_can_lead():
    (block,) = [block for block in blocks(STATES) if block.kind == "states"]
    ways = {row.split("→")[0].strip(): row.split("→")[1].strip().split(", ") for row in block.rows}

    assert set(ways) == {*labels(DocumentState)} - {"Voided"}
    assert {label for following in ways.values() for label in following} == {*labels(DocumentState)}
    assert [label for label in labels(UNSENT_STATES) if "Ignored" not in ways[label]] == []


def who(rights: set[Right]) -> str:
    """Who may use a fix of one of these rights, in the words of the page."""
    return (
        "accountant"
        if rights <= {Right.MAP, Right.SIGN}
        else "ops"
        if rights == {Right.RESOLVE}
        else "accountant or ops"
    )


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_is_in_the_table_of_fixes_with_those_who_may_use_them(code: str):
    rows = {row[0]: row for row in the_table(sections(FIXING)["Cause by cause"])}
    row = rows[f"[{PROBLEMS[code].title}](../reference/problems.md#{code})"]
    titles = [str(fix.title) for fix in FIXES.get(code, ())]

    if titles:  # a cause without a form is cleared elsewhere, by those who may do it there
        assert row[1] == who({fix.right for fix in FIXES[code]})
    assert [title for title in titles if f"*{title}*" not in row[2]] == []
