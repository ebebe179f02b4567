"""How does the company listen? HTTP/1.1 with keep-alive, one thread for each connection."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from . import api, refusals
from .companies import Companies, ready_line
from .company import Company
from .messages import Reply, Request
from .options import Options
from .routes import App
from .seeds import SEEDS

log = logging.getLogger(__name__)
MOST_BYTES = 8 * 1024 * 1024
MOST_UPLOADED = 100 * 1024 * 1024
MOST_DRAINED = 110 * 1024 * 1024
IDLE_SECONDS = 120


class _TooLarge(Exception):
    def __init__(self, length: int, most: int) -> None:
        super().__init__(length)
        self.length, self.most = length, most


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the replies."""

    protocol_version = "HTTP/1.1"
    server_version = "RehearsalCompany/1.0"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = IDLE_SECONDS
    server: Server

    def handle_any(self) -> None:
        """One request of any method."""
        try:
            reply = self.server.companies.respond(self._request())
        except _TooLarge as large:
            self.close_connection = True
            reply = self._refuse(refusals.body_too_large(large.length, large.most))
        except refusals.Refused as refused:
            self.close_connection = True
            reply = self._refuse(refused)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
            return
        except Exception:
            log.exception("the rehearsal company failed on %s %s", self.command, self.path)
            reply = self._refuse(refusals.failure("the rehearsal company failed; its log tells where"))
        self._deliver(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def _refuse(self, refused: refusals.Refused) -> Reply:
        reply = api.fault(self.server.app.company, refused)
        reply.headers["intuit_tid"] = "gw-refused"
        return reply

    def _request(self) -> Request:
        return Request(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._body(),
            base_url=self.server.base_url,
            from_loopback=ipaddress.ip_address(self.client_address[0].split("%")[0]).is_loopback,
        )

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        stated = self.headers.get("Content-Length", "0")
        if not (stated.isascii() and stated.isdecimal() and len(stated) < 16):
            raise refusals.unreadable_body("the Content-Length is not a number")
        length = int(stated)
        if length > self._most():
            self._drain(length)
            raise _TooLarge(length, self._most())
        return self.rfile.read(length)

    def _most(self) -> int:
        """How many bytes a body may have: files may be larger than anything else."""
        return MOST_UPLOADED if self.path.split("?")[0].lower().endswith("/upload") else MOST_BYTES

    def _drain(self, length: int) -> None:
        """Read what the client is still sending, so that it comes to read the answer."""
        left = min(length, MOST_DRAINED)
        while left > 0:
            piece = self.rfile.read(min(left, 65536))
            if not piece:
                return
            left -= len(piece)

    def _chunks(self) -> bytes:
        found = bytearray()
        while True:
            stated = self.rfile.readline(1024).split(b";")[0].strip()
            try:
                size = int(stated, 16)
            except ValueError:
                raise refusals.unreadable_body("a broken chunk") from None
            if size == 0:
                while self.rfile.readline(65536).strip():
                    pass
                return bytes(found)
            if len(found) + size > self._most():
                raise _TooLarge(len(found) + size, self._most())
            found += self.rfile.read(size)
            self.rfile.readline(1024)

    def _deliver(self, reply: Reply) -> None:
        if reply.wait:
            time.sleep(reply.wait)
        if reply.silent:
            self.close_connection = True
            return
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
            self.wfile.flush()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What cannot be read as HTTP, or has an unknown method, gets a fault too."""
        self.close_connection = True
        reply = self._refuse(refusals.unsupported(message or HTTPStatus(code).phrase))
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = getattr(self, "request_version", None) or "HTTP/1.1"
        self.requestline = getattr(self, "requestline", "")
        self._deliver(reply)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the request log has it."""


class Server(ThreadingHTTPServer):
    """The listening socket of one company."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, app: App) -> None:
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), Handler)
        name = f"[{host}]" if ":" in host else host
        self.base_url = f"http://{name}:{self.server_address[1]}"
        self.serve(app)

    def serve(self, app: App) -> None:
        """Answer for this company from now on."""
        self.app = app
        self.companies = Companies(app, base_url=self.base_url)

    def server_bind(self) -> None:
        """Without the base class's look-up of the host's name, which can take seconds."""
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is no news."""
        log.debug("connection from %s ended early", client_address)


class Running:
    """A company that listens in a thread of this process."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.base_url = server.base_url
        self._thread = threading.Thread(target=server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def app(self) -> App:
        """Everything behind the socket."""
        return self.server.app

    @property
    def company(self) -> Company:
        """The company that listens."""
        return self.server.app.company

    @property
    def api_url(self) -> str:
        """The address under which the company's objects are."""
        return f"{self.base_url}/v3/company/{self.company.company_id}"

    def ready(self) -> dict[str, str]:
        """What a client needs to connect: the ready line."""
        return ready_line(self.app, self.base_url)

    def begin_again(self, *, seed: str = "sample") -> None:
        """Listen for another, fresh company at the same address; the former one is gone with all its switches."""
        former = self.server.companies
        self.server.serve(App(Company(company_id=None, options=Options(), data=None, seed=SEEDS[seed])))
        former.close()

    def stop(self) -> None:
        """Stop listening and let go of the file. May be called twice."""
        if self._thread.is_alive():
            stopping = threading.Thread(target=self.server.shutdown)
            stopping.start()
            self._wake()
            stopping.join(5)
        self.server.server_close()
        self._thread.join(5)
        self.server.companies.close()

    def _wake(self) -> None:
        """A connection that asks for nothing, so that the listener need not wait to see that it shall stop."""
        address = self.server.socket.getsockname()
        with contextlib.suppress(OSError):
            socket.create_connection(address[:2], timeout=1).close()

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    data: Path | str | None = None,
    company_id: str | None = None,
    seed: str = "sample",
    options: Options | None = None,
    webhook_url: str = "",
    webhook_form: str = "legacy",
) -> Running:
    """Start a company in this process; stop it with `stop()` or by leaving its `with` block.

    Raises:
        OSError: The address is taken.
        ValueError: The file belongs to another company, the seed is not known, or the webhook's address is none.
    """
    if seed not in SEEDS:
        raise ValueError(f"there are no {seed!r} books; there are {', '.join(SEEDS)}")
    path = Path(data) if data is not None else None
    company = Company(company_id=company_id, options=options or Options(), data=path, seed=SEEDS[seed])
    company.webhooks.subscribe(webhook_url, webhook_form)
    company.logins.freshen()
    company.keep_logins()
    return Running(Server(host, port, App(company)))
