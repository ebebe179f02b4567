"""Does the check against a vendor's description notice what is wrong with an answer?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.keap_driver import KeapClient
from tools.conformance.description import Checker, closed_description

ADDRESS = "/rest/v2/oauth/connect/userinfo"
TRUE = {"sub": "string", "id": "string", "email": "string", "keap_id": "string", "tenant_id": "string"}
NAMES = {"given_name": "string", "family_name": "string", "is_admin": "boolean"}


def problems(keap: KeapClient, folder: Path, properties: dict[str, str], status: str = "200") -> list[str]:
    shape = {"type": "object", "properties": {name: {"type": kind} for name, kind in properties.items()}}
    answer = {"description": "", "content": {"application/json": {"schema": shape}}}
    told: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "A vendor", "version": "1"},
        "paths": {ADDRESS: {"get": {"responses": {status: answer}}}},
    }
    file = folder / "v2.json"
    file.write_text(json.dumps(told))
    headers = {"X-Keap-API-Key": keap.running.ready()["api_key"]}
    checker = Checker(closed_description(file, {ADDRESS: ("get",)}), base_url=keap.running.api_url, headers=headers)
    checker.ask("get", ADDRESS, status=200)
    checker.by_chance(2)
    assert checker.asked.keys() == {f"GET {ADDRESS}"}
    assert checker.asked.total() >= 2
    return checker.problems


def test_a_valid_answer_is_no_problem(keap: KeapClient, tmp_path: Path):
    assert problems(keap, tmp_path, {**TRUE, **NAMES}) == []


@pytest.mark.parametrize(
    ("properties", "status", "reason"),
    [
        ({**TRUE, **NAMES, "is_admin": "string"}, "200", "is_admin"),
        ({**TRUE, "given_name": "string", "family_name": "string"}, "200", "is_admin"),
        ({**TRUE, **NAMES}, "201", "status code"),
    ],
)
def test_a_wrong_type_an_unknown_property_and_an_undescribed_status_are_problems(
    keap: KeapClient, tmp_path: Path, properties: dict[str, str], status: str, reason: str
):
    found = problems(keap, tmp_path, properties, status)

    assert found
    assert all(reason in problem for problem in found)


def test_what_is_offered_and_not_described_is_said(tmp_path: Path):
    file = tmp_path / "v2.json"
    file.write_text('{"paths": {"/rest/v2/orders": {"get": {}}}}')

    with pytest.raises(ValueError, match="does not describe put /rest/v2/orders"):
        closed_description(file, {"/rest/v2/orders": ("get", "put")})
