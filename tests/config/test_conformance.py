"""Does the comparison with the vendors' descriptions notice an answer that is not as described?

The descriptions here are made for the test: the vendors' own are no part of this project.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from simulators.highlevel.endpoints import ENDPOINTS
from tools.conformance.__main__ import main
from tools.conformance.highlevel import DESCRIPTIONS, problems

VERSION = {"name": "Version", "in": "header", "required": True, "schema": {"type": "string"}}
LOCATION = {"name": "locationId", "in": "path", "required": True, "schema": {"type": "string"}}


def described(answer: dict[str, Any]) -> dict[str, Any]:
    """A description of the location's own address, which answers with this."""
    good = {"description": "good", "content": {"application/json": {"schema": answer}}}
    operation = {"parameters": [VERSION, LOCATION], "responses": {"200": good}}
    return {"/locations/{locationId}": {"get": operation}}


def written(folder: Path, paths: dict[str, Any]) -> Path:
    """A folder of descriptions in which the locations alone say anything."""
    for name in DESCRIPTIONS:
        whole = {
            "openapi": "3.0.0",
            "info": {"title": name, "version": "1"},
            "paths": paths if name == "locations" else {},
        }
        (folder / f"{name}.json").write_text(json.dumps(whole), encoding="utf-8")
    (folder / "webhooks").mkdir()
    events = ["Invoice" + word for word in ("Create", "Update", "Sent", "Paid", "PartiallyPaid", "Void", "Delete")]
    events += [thing + word for thing in ("Contact", "Product", "Price") for word in ("Create", "Update", "Delete")]
    for event in [*events, "OrderCreate", "OrderStatusUpdate", "AppInstall", "AppUninstall"]:
        schema = {"type": "object", "properties": {"type": {"type": "number"}} if event == "ContactCreate" else {}}
        (folder / "webhooks" / f"{event}.json").write_text(json.dumps({"schemas": [schema]}), encoding="utf-8")
    return folder


def test_what_is_not_as_described_is_named(tmp_path: Path):
    wrong = {"type": "object", "properties": {"location": {"type": "string"}}}
    found = list(problems(written(tmp_path, described(wrong))))
    assert any(problem.startswith("GET /locations/{locationId}: ") for problem in found)
    assert 'ContactCreate: "ContactCreate" is not of type "number"' in found
    undescribed = [problem for problem in found if problem.endswith(" is in no description")]
    assert len(undescribed) == len(ENDPOINTS) - 1


def test_a_field_that_is_described_nowhere_is_named(tmp_path: Path):
    place = {"type": "object", "properties": {"id": {"type": "string"}, "nme": {"type": "string"}}}
    found = list(problems(written(tmp_path, described({"type": "object", "properties": {"location": place}}))))
    assert "GET /locations/{locationId}: name is described nowhere" in found
    assert "GET /locations/{locationId}: id is described nowhere" not in found


def test_what_is_as_described_is_no_problem(tmp_path: Path):
    right = {"type": "object", "properties": {"location": {"type": "object"}}, "required": ["location"]}
    found = list(problems(written(tmp_path, described(right))))
    assert not [problem for problem in found if re.match(r"GET /locations/{locationId}: ", problem)]


def test_without_descriptions_the_command_says_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([]) == 2
    assert "make conformance SPECS=folder" in capsys.readouterr().err
    assert main([str(tmp_path)]) == 2
    assert "has no descriptions of highlevel" in capsys.readouterr().err
