"""Does the reference page of the Keap simulator tell every switch, fault and option of the command line?"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from simulators.keap.account import KeapAccount
from simulators.keap.broken import KEAP_FAULTS
from simulators.keap.control import DOINGS, KEAP_CONTROL
from simulators.keap.options import KeapOptions

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/keap-simulator.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [field.name for field in fields(KeapOptions)] + list(KEAP_FAULTS))
def test_every_switch_and_every_fault_is_on_the_page(name: str):
    assert f"`{name}`" in PAGE, f"docs/reference/keap-simulator.md does not tell what {name} does"


def test_no_switch_on_the_page_is_gone():
    table = PAGE.split("## Switches")[1].split("## Faults")[0]
    told = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}

    assert told == {field.name for field in fields(KeapOptions)}


def test_the_control_calls_on_the_page_are_there():
    told = set(re.findall(r"`(GET|POST) /control/([a-z-]+)`", PAGE))

    assert told - {("POST", "faults")} < set(KEAP_CONTROL.calls)
    assert len(told) > 5


def test_every_method_that_control_calls_is_a_method():
    assert [name for name in DOINGS if not callable(getattr(KeapAccount, name, None))] == []
