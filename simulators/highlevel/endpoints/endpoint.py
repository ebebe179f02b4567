"""What is an address of the API? Its method and path, the scope it needs, what it does, and what answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ...common.faults import Call
from ...common.http import Reply
from ..highlevel_login import LOCATION
from ..identifiers import new_uuid

Answer = Callable[..., Reply]


@dataclass(frozen=True, kw_only=True)
class EndPoint:
    """One address with one method; `kind` is of the token that it takes, any when empty."""

    method: str
    address: str
    scope: str
    call: Call
    answer: Answer
    kind: str = LOCATION


def read(address: str, scope: str, entity: str, answer: Answer, *, kind: str = LOCATION) -> EndPoint:
    """An address that is read."""
    call = Call(operation="read", entity=entity)
    return EndPoint(method="GET", address=address, scope=scope, call=call, answer=answer, kind=kind)


def write(method: str, address: str, scope: str, call: Call, answer: Answer) -> EndPoint:
    """An address that something is written to."""
    return EndPoint(method=method, address=address, scope=scope, call=call, answer=answer)


def told(content: dict[str, Any], *, status: int = 200) -> Reply:
    """An answer with the trace that every one of them has."""
    return Reply.of({**content, "traceId": new_uuid()}, status=status)


def page_of(rows: Iterable[dict[str, Any]], offset: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    """The rows of a page, and how many there are in all."""
    listed = list(rows)
    return listed[offset : offset + limit], len(listed)
