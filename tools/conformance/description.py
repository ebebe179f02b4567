"""Are a simulator's answers valid by the vendor's own description? Every endpoint is asked by hand and by chance.

The description is closed first: where it names the properties of an object, there are no others. A vendor's description
takes any property more, and a misspelled one would pass as such.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
import yaml
from schemathesis.checks import (
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup

CHANCES = 40
METHODS = ("get", "put", "post", "delete", "patch")


class _Texts(yaml.CSafeLoader):
    """Reads dates as the texts that they are in JSON."""


_Texts.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def closed_description(file: Path, offered: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """A vendor's description, closed, with only the addresses and methods that a simulator offers.

    Raises:
        ValueError: One that is offered is not in it.
    """
    told: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_Texts)
    paths = {}
    for address, methods in offered.items():
        known = told["paths"].get(address, {})
        if missing := [method for method in methods if method not in known]:
            raise ValueError(f"{file.name} does not describe {', '.join(missing)} {address}")
        paths[address] = {name: part for name, part in known.items() if name not in METHODS or name in methods}
    return {**told, "paths": _closed(paths), "components": _closed(told.get("components", {}))}


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(inner) for name, inner in part.items()}
    if isinstance(part.get("properties"), dict) and "additionalProperties" not in part and "allOf" not in part:
        closed["additionalProperties"] = False
    return closed


class Checker:
    """Asks one simulator, and holds its answers against one description."""

    def __init__(
        self,
        told: dict[str, Any],
        *,
        base_url: str,
        headers: Mapping[str, str],
        not_described: Iterable[int] = (),
    ) -> None:
        self.problems: list[str] = []
        #: Every endpoint that was asked, with the number of its answers.
        self.asked: Counter[str] = Counter()
        self._schema = schemathesis.openapi.from_dict(told)
        self._told = told
        self._base_url = base_url
        self._headers = dict(headers)
        #: Statuses that a vendor's description leaves out and its system answers all the same.
        self._not_described = frozenset(not_described)

    def ask(self, method: str, address: str, *, status: int, **given: Any) -> Any:
        """Ask for one thing; the JSON of the answer. `path` has the variable parts of the address, `query` the rest."""
        case = self._schema[address][method.upper()].Case(
            path_parameters=given.get("path", {}), query=given.get("query", {}), headers=given.get("headers", {})
        )
        if "body" in given:
            case.body, case.media_type = given["body"], "application/json"
        answer = self._call(case)
        if answer.status_code != status:
            self.problems.append(f"{method.upper()} {address}: answered {answer.status_code}, not {status}")
        return answer.json() if answer.content else None

    def by_chance(self, chances: int = CHANCES) -> None:
        """Ask for everything with whatever the description allows and does not."""
        for address, methods in self._told["paths"].items():
            for method in methods:
                if method in METHODS:
                    self._some(address, method, chances)

    def _some(self, address: str, method: str, chances: int) -> None:
        operation = self._schema[address][method.upper()]

        @hypothesis.settings(
            max_examples=chances,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            self._call(case)

        ask()

    def _call(self, case: Any) -> Any:
        answer = case.call(base_url=self._base_url, headers=self._headers, timeout=30)
        endpoint = f"{case.operation.method.upper()} {case.operation.path}"
        self.asked[endpoint] += 1
        checks: list[Callable[..., Any]] = [not_a_server_error]
        if answer.status_code not in self._not_described:
            checks += [status_code_conformance, response_schema_conformance]
        try:
            case.validate_response(answer, checks=checks)
        except (Exception, FailureGroup) as problem:
            shown = re.sub(r"\s+", " ", str(problem))[:400]
            self.problems.append(f"{endpoint}: {shown}")
        return answer
