"""What comes in and what goes out? Werkzeug's request and response, with what a simulator needs beyond them."""

from __future__ import annotations

import io
import ipaddress
from functools import cached_property
from typing import Any, Self

from werkzeug.wrappers import Request as WerkzeugRequest
from werkzeug.wrappers import Response

from . import wire

JSON = "application/json;charset=utf-8"
#: Where the server puts its own address among a request's facts.
SERVER_URL = "simulator.server_url"


class Request(WerkzeugRequest):
    """One HTTP request; its body is read whole before it is answered."""

    @property
    def body(self) -> bytes:
        """The body as it came."""
        return self.get_data()

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters by lower-case name; the last of several counts."""
        return {name.lower(): value for name, value in self.args.items(multi=True)}

    @property
    def json(self) -> Any:
        """The body as JSON with exact decimals.

        Raises:
            Unreadable: It is not JSON.
        """
        if not self.body.strip():
            raise wire.Unreadable("No content to map to Object due to end of input")
        return wire.loads(self.body)

    @property
    def server_url(self) -> str:
        """The address at which the server listens, whatever name the client used for it."""
        return str(self.environ[SERVER_URL])

    @property
    def from_loopback(self) -> bool:
        """Whether it comes from this machine."""
        return ipaddress.ip_address((self.remote_addr or "").split("%")[0]).is_loopback

    def header(self, name: str) -> str:
        """A header's value, or an empty text."""
        return self.headers.get(name, "")

    def below(self, prefix: str) -> Self:
        """The same request as an application sees it that has the addresses below a prefix; links begin with it."""
        environ = {**self.environ, "SCRIPT_NAME": prefix}
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(prefix) or "/"
        environ |= {"wsgi.input": io.BytesIO(self.body), "wsgi.input_terminated": True}
        return type(self)(environ, populate_request=False)


class Reply(Response):
    """One HTTP answer, JSON unless it says otherwise, and how it is to be delivered."""

    default_mimetype = JSON
    wait: float = 0.0
    """How many seconds pass before it is sent."""
    silent: bool = False
    """Whether the connection is closed in place of an answer."""

    @classmethod
    def of(cls, value: Any, *, status: int = 200) -> Self:
        """An answer in JSON."""
        return cls(wire.dump_bytes(value), status=status)

    @classmethod
    def page(cls, html: str, *, status: int = 200) -> Self:
        """An answer in HTML."""
        return cls(html, status=status, content_type="text/html; charset=utf-8")

    @classmethod
    def none(cls, *, after: float = 0.0) -> Self:
        """No answer: the connection is closed, at once or after some seconds."""
        reply = cls()
        reply.wait, reply.silent = after, True
        return reply
