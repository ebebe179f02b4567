"""What comes in and what goes out? One request and one reply, free of sockets."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import refusals, wire

JSON = "application/json;charset=utf-8"


@dataclass
class Request:
    """One HTTP request, its body read whole."""

    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    body: bytes = b""
    base_url: str = ""
    from_loopback: bool = True

    @cached_property
    def path(self) -> str:
        """The path without its query, decoded."""
        return unquote(urlsplit(self.target).path)

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters by lower-case name; the last of several counts."""
        pairs = parse_qsl(urlsplit(self.target).query, keep_blank_values=True)
        return {name.lower(): value for name, value in pairs}

    @cached_property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            Refused: It is not JSON.
        """
        if not self.body.strip():
            raise refusals.unreadable_body("No content to map to Object due to end of input")
        try:
            return wire.loads(self.body)
        except wire.Unreadable as problem:
            raise refusals.unreadable_body(str(problem)) from None

    def header(self, name: str) -> str:
        """A header's value, or an empty text."""
        return self.headers.get(name.lower(), "")


@dataclass
class Reply:
    """One HTTP answer, and how it is to be delivered."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON
    wait: float = 0.0  # seconds before it is sent
    silent: bool = False  # close the connection in place of answering
    half: bool = False  # send the head and half of the body, then close

    @staticmethod
    def of(value: Any, *, status: int = 200, content_type: str = JSON) -> Reply:
        """An answer in JSON."""
        return Reply(status=status, body=wire.dump_bytes(value), content_type=content_type)

    @staticmethod
    def page(html: str, *, status: int = 200) -> Reply:
        """An answer in HTML."""
        return Reply(status=status, body=html.encode(), content_type="text/html; charset=utf-8")
