"""What does HighLevel say when it refuses a request? One shape for all: status, message, the status in words, trace."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from ..common.http import Reply
from .identifiers import new_uuid

_WORDS = {422: "Unprocessable Entity"}


class ApiProblem(Exception):
    """A request is refused. `message` is a text, or a list of them for fields that are wrong."""

    def __init__(self, status: int, message: str | Sequence[str], **more: Any) -> None:
        super().__init__(str(message))
        self.status = status
        self.message = message if isinstance(message, str) else list(message)
        self.more = more

    def reply(self) -> Reply:
        """The answer."""
        return problem_reply(self.status, self.message, **self.more)


def problem_reply(status: int, message: str | Sequence[str], **more: Any) -> Reply:
    """An answer in the vendor's shape of errors."""
    error = _WORDS.get(status) or HTTPStatus(status).phrase
    told = {"statusCode": status, "message": message, "error": error, **more, "traceId": new_uuid()}
    return Reply.of(told, status=status)


def not_found(what: str, identifier: str) -> ApiProblem:
    """There is no such record (any more)."""
    return ApiProblem(404, f"{what} with id {identifier} not found")
