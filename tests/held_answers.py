"""A rehearsal company that answers when the test lets it: what happens meanwhile happens on a machine of any speed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.exceptions import HTTPException

from simulators.common.http import Reply, Request
from simulators.common.server import Application
from simulators.quickbooks.server import Running

#: So long a test waits for what must come.
PATIENCE = 120


class _InFront:
    """Is asked in place of the rehearsal company, and hands everything on to it."""

    def __init__(self, behind: Application, entity: str) -> None:
        self.behind = behind
        self.entity = entity

    def respond(self, request: Request) -> Reply:
        return self.behind.respond(request)

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        return self.behind.refuse(problem, request)

    def most_bytes(self, path: str) -> int:
        return self.behind.most_bytes(path)

    def is_meant(self, request: Request) -> bool:
        """Whether something of the entity is written, by itself or in a batch."""
        last = request.path.rpartition("/")[2].lower()
        return request.method == "POST" and (
            last == self.entity.lower() or (last == "batch" and f'"{self.entity}":'.encode() in request.body)
        )


class HeldAnswers(_InFront):
    """Writes what it is asked to, and holds the answers back until they are let go."""

    def __init__(self, behind: Application, entity: str, *, after: int) -> None:
        super().__init__(behind, entity)
        self._left = after
        self._held = 0
        self._open = False
        self._changed = threading.Condition()

    def respond(self, request: Request) -> Reply:
        reply = self.behind.respond(request)
        if not self.is_meant(request):
            return reply
        with self._changed:
            if self._left > 0:
                self._left -= 1
                return reply
            self._held += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._open, PATIENCE)
        return reply

    def wait_until_one_is_held(self) -> None:
        """Return when QuickBooks has written something of which nobody knows yet."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._held > 0, PATIENCE), f"no {self.entity} was sent"

    def let_go(self) -> None:
        """Answer, and go on answering at once."""
        with self._changed:
            self._open = True
            self._changed.notify_all()


class PostponedWrite(_InFront):
    """Hangs up on the first request that is meant, and does what it asked for when the test says so."""

    def __init__(self, behind: Application, entity: str) -> None:
        super().__init__(behind, entity)
        self._postponed: list[Request] = []
        self._lock = threading.Lock()

    def respond(self, request: Request) -> Reply:
        with self._lock:
            if self.is_meant(request) and not self._postponed:
                self._postponed.append(request)
                return Reply.none()
        return self.behind.respond(request)

    def write(self) -> None:
        """QuickBooks has finished what it was asked for."""
        (request,) = self._postponed
        reply = self.behind.respond(request)
        assert reply.status_code == 200, reply.get_data()


@contextmanager
def answers_held(running: Running, *, of: str = "Invoice", after: int = 0) -> Iterator[HeldAnswers]:
    """Hold the answers to requests that write something of an entity; so many go through first."""
    held = HeldAnswers(running.server.application, of, after=after)
    running.server.application = held
    try:
        yield held
    finally:
        running.server.application = held.behind
        held.let_go()


@contextmanager
def write_postponed(running: Running, *, of: str) -> Iterator[PostponedWrite]:
    """Get no answer to the next request that writes something of an entity, which is written later."""
    postponed = PostponedWrite(running.server.application, of)
    running.server.application = postponed
    try:
        yield postponed
    finally:
        running.server.application = postponed.behind
