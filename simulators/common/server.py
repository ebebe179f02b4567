"""How does a simulator listen? HTTP/1.1 with keep-alive, one thread for each connection.

Werkzeug's server reads requests; it would close the connection after each answer, which hides what clients that keep
theirs open go through, so answers are written here.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, RequestEntityTooLarge
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler, select_address_family

from .http import SERVER_URL, Reply, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)
MOST_DRAINED = 110 * 1024 * 1024
IDLE_SECONDS = 120
POLL_SECONDS = 0.05


class Application(Protocol):
    """Everything behind the socket."""

    def respond(self, request: Request) -> Reply:
        """The reply to a request that could be read."""

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        """What this simulator says of a request that it cannot read, is too large, or broke it."""

    def most_bytes(self, path: str) -> int:
        """How large a body may be that is sent to an address."""


class Handler(WSGIRequestHandler):
    """Reads requests off one connection and writes the replies."""

    protocol_version = "HTTP/1.1"
    server_version = "Simulator/1.0"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = IDLE_SECONDS
    server: Server

    def make_environ(self) -> WSGIEnvironment:
        """The facts of a request, with the server's own address."""
        return {**super().make_environ(), SERVER_URL: self.server.base_url}

    def run_wsgi(self) -> None:
        """One request of any method."""
        application, request = self.server.application, None
        try:
            request = Request(self.make_environ(), populate_request=False)
            self._read_body(request)
            reply = application.respond(request)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
            return
        except HTTPException as problem:
            self.close_connection = True
            reply = application.refuse(problem, request)
        except Exception:
            log.exception("the simulator failed on %s %s", self.command, self.path)
            reply = application.refuse(InternalServerError(), request)
        self._deliver(reply)

    def _read_body(self, request: Request) -> None:
        """Take the whole body off the connection, where the next request follows it.

        Raises:
            HTTPException: It is too large, or its length is not told as HTTP does.
        """
        stated = self.headers.get("Content-Length", "0")
        if not (stated.isascii() and stated.isdecimal() and len(stated) < 16):
            raise BadRequest("the Content-Length is not a number")
        request.max_content_length = self.server.application.most_bytes(request.path)
        try:
            request.get_data()
        except RequestEntityTooLarge:
            self._drain(int(stated))
            raise
        except (ConnectionError, TimeoutError):
            raise
        except OSError as problem:
            raise BadRequest(str(problem)) from None

    def _drain(self, length: int) -> None:
        """Read what the client is still sending, so that it comes to read the answer."""
        left = min(length, MOST_DRAINED)
        while left > 0 and (piece := self.rfile.read(min(left, 65536))):
            left -= len(piece)

    def _deliver(self, reply: Reply) -> None:
        if reply.wait:
            time.sleep(reply.wait)
        if reply.silent:
            self.close_connection = True
            return
        try:
            body = reply.get_data()
            reply.content_length = len(body)
            self.send_response(reply.status_code)
            for name, value in reply.headers:
                self.send_header(name, value)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.wfile.flush()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What cannot be read as HTTP gets an answer of the simulator's own form too."""
        self.close_connection = True
        reply = self.server.application.refuse(BadRequest(message or HTTPStatus(code).phrase), None)
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = getattr(self, "request_version", None) or "HTTP/1.1"
        self.requestline = getattr(self, "requestline", "")
        self._deliver(reply)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the simulators keep a log of their own."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing either: a client that sends nonsense or goes away is no news."""


class Server(ThreadedWSGIServer):
    """The listening socket of one simulator."""

    application: Application

    def __init__(self, host: str, port: int) -> None:
        family = select_address_family(host, port)
        with socket.create_server((host, port), family=family, backlog=128) as listening:  # raises; werkzeug would exit
            super().__init__(host, port, lambda environ, start: (), Handler, fd=listening.fileno())
        name = f"[{host}]" if ":" in host else host
        self.base_url = f"http://{name}:{self.port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away in the middle is no news."""
        log.debug("connection from %s ended early", client_address)


class Listening:
    """A simulator that listens in a thread of this process; stop it with `stop()` or by leaving its `with` block."""

    def __init__(self, server: Server, application: Application) -> None:
        self.server = server
        server.application = application
        self.base_url = server.base_url
        self._thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening. May be called twice."""
        with suppress(OSError):  # it wakes up at once where the system says so to it, else when it looks next
            self.server.socket.shutdown(socket.SHUT_RDWR)
        self.server.shutdown()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
