"""Something that happens in a source while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from werkzeug.exceptions import HTTPException

from simulators.common.http import Reply, Request
from simulators.common.server import Application


class _Meanwhile:
    """Hands everything on to the account, and lets something happen before it answers one of the requests."""

    def __init__(self, behind: Application, path: str, number: int, act: Callable[[], object]) -> None:
        self.behind, self.path, self.left, self.act = behind, path, number, act
        #: Requests that came after that.
        self.after = 0

    def respond(self, request: Request) -> Reply:
        reply = self.behind.respond(request)
        if self.left == 0:
            self.after += 1
        elif request.path.startswith(self.path):
            self.left -= 1
            if self.left == 0:
                self.act()
                connections.close_all()
        return reply

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        return self.behind.refuse(problem, request)

    def most_bytes(self, path: str) -> int:
        return self.behind.most_bytes(path)


@contextmanager
def meanwhile(running: Any, request: tuple[str, int], act: Callable[[], object]) -> Iterator[_Meanwhile]:
    """Something happens when so many requests of a kind have come in."""
    front = _Meanwhile(running.server.application, *request, act)
    running.server.application = front
    try:
        yield front
    finally:
        running.server.application = front.behind
