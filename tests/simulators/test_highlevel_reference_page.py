"""Does the reference page tell every address, switch, fault, event and control call of the HighLevel simulator?"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from simulators.highlevel.broken import FAULT_KINDS
from simulators.highlevel.control import CONTROL
from simulators.highlevel.endpoints import ENDPOINTS
from simulators.highlevel.options import HighLevelOptions

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/highlevel-simulator.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [field.name for field in fields(HighLevelOptions)] + list(FAULT_KINDS))
def test_every_switch_and_every_fault_is_on_the_page(name: str):
    assert f"`{name}`" in PAGE


def test_the_control_calls_on_the_page_are_those_there_are():
    told = set(re.findall(r"`(GET|POST|DELETE) /control/?([a-z-]*)`", PAGE))
    assert told == set(CONTROL.calls)


def test_the_addresses_on_the_page_are_those_there_are_with_their_scopes():
    told = set()
    for row in re.findall(r"^\| (`(?:GET|POST|PUT|DELETE) /[^|]+) \| `([^`]+)` \|$", PAGE, re.MULTILINE):
        told |= {(address, row[1]) for address in re.findall(r"`([^`]+)`", row[0])}
    there = {
        (f"{end_point.method} {re.sub('<[a-z]+>', '{id}', end_point.address)}", end_point.scope)
        for end_point in ENDPOINTS
    }
    assert told == there
