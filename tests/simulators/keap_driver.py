"""What do the tests of the Keap account share? A client that asks with the key, and the account behind it."""

from __future__ import annotations

from typing import Any

import requests
import simplejson

from simulators.keap.account import KeapAccount
from simulators.keap.server import RunningKeap


class KeapClient:
    """Asks the API of a running account; numbers come back as exact decimals."""

    def __init__(self, running: RunningKeap) -> None:
        self.running = running
        self.account: KeapAccount = running.company
        self.session = requests.Session()
        self.session.headers["X-Keap-API-Key"] = running.ready()["api_key"]

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        """The whole answer to a request below /rest."""
        return self.session.request(method, f"{self.running.api_url}/rest{path}", timeout=30, **given)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer that has to be good."""
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return simplejson.loads(answer.text, use_decimal=True)

    def refused(self, path: str, status: int, **query: Any) -> dict[str, Any]:
        """The JSON of an error that has to have a status."""
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == status, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def all(self, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
        """Every record of a list, page by page."""
        records, token = [], ""
        while True:
            page = self.get(path, **query, **({"page_token": token} if token else {}))
            records += page[key]
            token = page.get("next_page_token", "")
            if not token:
                return records

    def close(self) -> None:
        """Let go of the connection."""
        self.session.close()
