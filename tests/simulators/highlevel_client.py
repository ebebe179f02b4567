"""A client of the HighLevel simulator for tests, and a listener for its webhooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from simulators.highlevel.server import RunningAgency
from tests.simulators.listener import Listener

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


class Heard(Listener):
    """An address that hears webhooks, with everything that it was told."""

    @property
    def bodies(self) -> list[bytes]:
        """Every body, in the order they came."""
        return [body for _, body in list(self.heard.queue)]

    @property
    def headers(self) -> list[dict[str, str]]:
        """The headers of each, by their names in small letters."""
        return [headers for headers, _ in list(self.heard.queue)]

    @property
    def events(self) -> list[Any]:
        """Every body as JSON."""
        return [json.loads(body) for body in self.bodies]


@contextmanager
def listener() -> Iterator[Heard]:
    """One that hears while the block lasts."""
    heard = Heard()
    try:
        yield heard
    finally:
        heard.stop()
