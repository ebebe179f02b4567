"""Does the reference page tell every switch, fault, control call and option of the command line?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from simulators.quickbooks.broken_answers import KINDS
from simulators.quickbooks.control import CONTROL
from simulators.quickbooks.options import Options

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/rehearsal-company.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [field.name for field in fields(Options)] + list(KINDS))
def test_every_switch_and_every_fault_is_on_the_page(name: str):
    assert f"`{name}`" in PAGE, f"docs/reference/rehearsal-company.md does not tell what {name} does"


def test_the_control_calls_on_the_page_are_those_there_are():
    told = set(re.findall(r"`(GET|POST|DELETE) /control/?([a-z-]*)`", PAGE))
    assert told == set(CONTROL.calls)


def behaviors() -> list[list[str]]:
    """The rows of the table of behaviors, as cells."""
    table = PAGE.split("## Behaviors")[1].split("\n\n| Behavior")[1].split("\n\n")[0]
    return [re.split(r"\s*\|\s*", row)[1:-1] for row in table.splitlines()[2:]]


def known_tests() -> set[str]:
    """Every test of these files, as `file::name`."""
    found = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        names = (name for node in ast.parse(file.read_text(encoding="utf-8")).body for name in named(node))
        found |= {f"{file.stem}::{name}" for name in names if name.startswith(("test_", "Test"))}
    return found


def named(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def test_every_behavior_on_the_page_has_a_test_behind_it():
    there, rows = known_tests(), behaviors()
    assert len(rows) > 90
    for row in rows:
        proofs = re.findall(r"`(test_\w+::\w+)`", row[-1])
        assert proofs, f"no test proves: {row[0]}"
        assert set(proofs) <= there, f"there is no {set(proofs) - there}, which shall prove: {row[0]}"


@pytest.mark.parametrize("name", [field.name for field in fields(Options)])
def test_every_switch_stands_beside_a_behavior(name: str):
    assert any(f"`{name}`" in row[-2] for row in behaviors()), f"no behavior is changed by {name}"
