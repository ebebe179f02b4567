"""A client of the HighLevel simulator for tests, and a listener for its webhooks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from simulators.highlevel.server import RunningAgency

VERSION = "2021-07-28"


class HighLevelClient:
    """Requests with a token to one location."""

    def __init__(self, running: RunningAgency, token: str = "") -> None:
        self.running = running
        self.location = running.company.location_id
        self.headers = {"Authorization": f"Bearer {token or running.ready()['access_token']}", "Version": VERSION}

    def send(self, method: str, path: str, body: Any = None, **query: str) -> requests.Response:
        """The answer as it came."""
        told = None if body is None else json.dumps(body)
        headers = {**self.headers, "Content-Type": "application/json"}
        address = self.running.base_url + path
        return requests.request(method, address, params=query, data=told, headers=headers, timeout=10)

    def get(self, path: str, **query: str) -> Any:
        """The content of a good answer."""
        reply = self.send("GET", path, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def of_location(self, path: str, **query: str) -> Any:
        """The same, with the location that every list asks for."""
        return self.get(path, altId=self.location, altType="location", **query)

    def invoices(self, **query: str) -> Any:
        """The list of invoices."""
        return self.of_location("/invoices/", **{"limit": "100", "offset": "0", **query})["invoices"]

    def control(self, method: str, call: str, body: Any = None) -> Any:
        """What a control call answers."""
        reply = requests.request(method, f"{self.running.base_url}/control/{call}", json=body, timeout=60)
        assert reply.status_code == 200, reply.text
        return reply.json()


class Heard:
    """What a listener was told, and what it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self._lock = threading.Lock()

    @property
    def events(self) -> list[Any]:
        """Every body as JSON, in the order they came."""
        return [json.loads(body) for body in self.bodies]

    def hear(self, body: bytes, headers: dict[str, str]) -> int:
        """Keep one, and say with which status it is answered."""
        with self._lock:
            self.bodies.append(body)
            self.headers.append(headers)
            return self.statuses.pop(0) if self.statuses else 200


@contextmanager
def listener() -> Iterator[Heard]:
    """An address that hears webhooks while the block lasts."""
    heard = Heard()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(heard.hear(body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    heard.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
