"""What was asked, and what was answered? The last requests with their bodies, and a count of writes."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from .faults import Call
from .http import Reply, Request

KEPT = 1000
LONGEST_BODY = 100_000


class RequestLog:
    """The last requests, newest last; control calls and pages are not in it."""

    def __init__(self, *, named_by: str = "", hidden_parts: int = 0) -> None:
        self.named_by = named_by  # the header in which an answer bears its own id, if it does
        self._hidden_parts = hidden_parts  # of an address, where a table shows it: those that all have
        self.entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.writes: Counter[str] = Counter()
        self.logins: Counter[str] = Counter()
        self.requests = 0

    def note_login(self, what: str, status: int) -> None:
        """Count a call to a login address; bodies are not kept, as they hold secrets."""
        self.logins[f"{what}.{status}"] += 1

    def note(self, request: Request, reply: Reply, call: Call, *, moment: str, took: float) -> None:
        """Keep one request with its answer."""
        self.requests += 1
        if reply.status_code in (200, 201) and call.operation in ("create", "update", "delete", "void"):
            self.writes[f"{call.entity}.{call.operation}"] += 1
        self.entries.append(
            {
                "number": self.requests,
                "time": moment,
                "milliseconds": round(took * 1000, 2),
                "method": request.method,
                "path": request.path,
                "shown": "/".join(request.path.split("/")[self._hidden_parts :]),
                "query": request.query,
                "entity": call.entity,
                "operation": call.operation,
                "body": _text(request.body),
                "status": reply.status_code,
                "delivered": "nothing" if reply.silent else "whole",
                "response": _text(reply.get_data()),
                **({self.named_by: reply.headers.get(self.named_by, "")} if self.named_by else {}),
            }
        )

    def newest(self, most: int) -> list[dict[str, Any]]:
        """The last requests, newest first."""
        return list(self.entries)[: -most - 1 : -1]

    def entry(self, number: str) -> dict[str, Any] | None:
        """One of them, by its number."""
        return next((entry for entry in self.entries if str(entry["number"]) == number), None)

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
        self.writes.clear()
        self.logins.clear()
        self.requests = 0


def _text(body: bytes) -> str:
    return body[:LONGEST_BODY].decode("utf-8", "replace")
