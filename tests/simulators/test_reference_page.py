"""Does the reference page tell every switch, fault, control call and option of the command line?"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from simulators.quickbooks.control import CALLS
from simulators.quickbooks.faultplan import KINDS
from simulators.quickbooks.options import Options

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/rehearsal-company.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [field.name for field in fields(Options)] + list(KINDS))
def test_every_switch_and_every_fault_is_on_the_page(name: str):
    assert f"`{name}`" in PAGE, f"docs/reference/rehearsal-company.md does not tell what {name} does"


def test_the_control_calls_on_the_page_are_those_there_are():
    told = set(re.findall(r"`(GET|POST|DELETE) /control/?([a-z-]*)`", PAGE))
    assert told == set(CALLS)
