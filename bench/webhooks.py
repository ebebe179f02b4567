"""Tell this server of many changes at once, as Keap, HighLevel and QuickBooks do, and say what that costs.

`python -m bench.webhooks`: 10,000 events of each, each one signed or at its address, sent by eight senders over real
connections to the server that serves Tieout, in a process of its own. Milliseconds are CPU of that process for each
event, and its memory is looked at in the middle and at the end: what grows with the events would show. Without a worker
the server has a thread read what was told of: how often it did is printed too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import urlsplit

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulators.quickbooks.server import start

EVENTS = 10_000
_SENDERS = 8
_COLUMNS = ("told_by", "events", "taken", "seconds", "per_second", "cpu_ms", "mib_half", "mib_end", "kept", "turns")
_KEAP_TOKEN, _INTUIT_TOKEN = "bench-token-" * 4, "bench-verifier-token-of-36-characters"
_LOCATION = "bench-location"
_KEY = Ed25519PrivateKey.generate()


@dataclass(frozen=True, kw_only=True)
class Teller:
    """One that tells of changes."""

    name: str
    path: str
    #: Body and headers of an event by its number.
    event: Callable[[int], tuple[bytes, dict[str, str]]]


def _keap(number: int) -> tuple[bytes, dict[str, str]]:
    keys = [{"id": number, "apiUrl": "", "timestamp": "2026-11-29T20:00:00Z"}]
    return json.dumps({"event_key": "order.edit", "object_type": "order", "object_keys": keys}).encode(), {}


def _highlevel(number: int) -> tuple[bytes, dict[str, str]]:
    moment = datetime.now(UTC).isoformat()
    told = {"type": "InvoicePaid", "altId": _LOCATION, "timestamp": moment, "webhookId": f"w-{number}"}
    body = json.dumps(told).encode()
    return body, {"x-ghl-signature": base64.b64encode(_KEY.sign(body)).decode()}


def _quickbooks(number: int, realm: str = "") -> tuple[bytes, dict[str, str]]:
    told = {
        "id": f"event-{number}", "type": "qbo.customer.updated.v1", "time": "2026-11-29T20:00:00Z",
        "intuitentityid": str(number), "intuitaccountid": realm,
    }  # fmt: skip
    body = json.dumps([told]).encode()
    signed = base64.b64encode(hmac.digest(_INTUIT_TOKEN.encode(), body, hashlib.sha256)).decode()
    return body, {"intuit-signature": signed}


_TELLERS = (
    Teller(name="keap", path=f"/sync/webhooks/keap/{_KEAP_TOKEN}/", event=_keap),
    Teller(name="highlevel", path="/sync/webhooks/highlevel/", event=_highlevel),
    Teller(name="quickbooks", path="/sync/webhooks/quickbooks/", event=_quickbooks),
)


def main(events: int) -> None:
    """Measure each teller and print figures."""
    print("  ".join(f"{name:>10}" for name in _COLUMNS))
    for teller in _TELLERS:
        with start(seed="sample") as books:
            result = _measured(teller, events, books.ready())
        print("  ".join(f"{result[name]:>10}" for name in _COLUMNS), flush=True)


def _measured(teller: Teller, events: int, books: dict[str, str]) -> dict[str, Any]:
    if teller.name == "quickbooks":
        teller = replace(teller, event=partial(_quickbooks, realm=books["company_id"]))
    with tempfile.TemporaryDirectory() as folder:
        public = _KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_ENV_FILE": os.devnull,
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
            "TIEOUT_DEBUG": "false",
            "TIEOUT_LOG_LEVEL": "CRITICAL",
            "TIEOUT_REHEARSAL_URL": books["base_url"],
            "TIEOUT_HIGHLEVEL_WEBHOOK_KEYS": base64.b64encode(public).decode(),
            "TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS": _INTUIT_TOKEN,
        }
        itself = [sys.executable, "-m", "bench.webhooks"]
        with subprocess.Popen(
            [*itself, "serve", json.dumps(books)], env=environment, stdout=subprocess.PIPE, text=True
        ) as served:
            assert served.stdout is not None
            address = served.stdout.readline().strip()
            try:
                told = _told(teller, address, events, psutil.Process(served.pid))
                found = subprocess.run([*itself, "count"], env=environment, check=True, capture_output=True, text=True)
            finally:
                served.terminate()
    counted: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return {"told_by": teller.name, **told, **counted}


def _told(teller: Teller, address: str, events: int, server: psutil.Process) -> dict[str, Any]:
    mine = local()

    def send(number: int) -> bool:
        if not hasattr(mine, "connection"):
            mine.connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        body, headers = teller.event(number)
        mine.connection.request("POST", teller.path, body, {**headers, "Content-Type": "application/json"})
        answer = mine.connection.getresponse()
        answer.read()
        return bool(answer.status == 200)

    with ThreadPoolExecutor(_SENDERS) as senders:
        list(senders.map(send, range(-50, 0)))  # what is loaded once
        cpu, began = sum(server.cpu_times()[:2]), time.perf_counter()
        taken = sum(senders.map(send, range(events // 2)))
        half = server.memory_info().rss
        taken += sum(senders.map(send, range(events // 2, events)))
        seconds, cpu = time.perf_counter() - began, sum(server.cpu_times()[:2]) - cpu
    return {
        "events": events,
        "taken": taken,
        "seconds": round(seconds, 1),
        "per_second": round(events / seconds),
        "cpu_ms": round(1000 * cpu / events, 2),
        "mib_half": round(half / 2**20, 1),
        "mib_end": round(server.memory_info().rss / 2**20, 1),
    }


# In the other process ------------------------------------------------------------------------------------------------


def serve(books: dict[str, str]) -> None:
    """An empty installation with one company that reads all three, served by threads as a web server does."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    _company(books)

    class Silent(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Silent)
    server.set_app(get_wsgi_application())
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


def _company(books: dict[str, str]) -> None:
    from django.contrib.auth import get_user_model

    from companies.activation import put_practice_to_work
    from companies.models import Company
    from sync.fetching.keap.hooks import digest_of
    from sync.lists.refresh import refresh_lists
    from sync.models import Connection, ConnectionState, LiveSource
    from sync.quickbooks_online.connecting import connect_rehearsal

    company = Company.objects.create(
        name="Bench", slug="bench", time_zone="America/Denver", is_rehearsal=True, switched_on=True
    )
    put_practice_to_work(company, by=get_user_model().objects.create(username="bench"))
    connect_rehearsal(company, books)
    refresh_lists(company)
    for system, key in (("keap", "1"), ("highlevel", _LOCATION)):
        connection = Connection.objects.create(
            company=company, system=system, name=system, external_id=key, state=ConnectionState.CONNECTED
        )
        # No one is there: a turn is counted, and reads nothing
        LiveSource.objects.create(
            connection=connection,
            starts_on=datetime.now(UTC).date(),
            address="http://127.0.0.1:9",
            hook_digest=digest_of(_KEAP_TOKEN) if system == "keap" else "",
        )


def count() -> None:
    """How many events were kept, and how many turns the company had."""
    import django

    django.setup()
    from sync.models import Fetch, WebhookEvent

    turns = Fetch.objects.filter(connection__system="keap").count()
    print(json.dumps({"kept": WebhookEvent.objects.count(), "turns": turns}))


def _numbers(words: list[str]) -> Iterator[int]:
    return (int(word.replace(",", "")) for word in words)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", told]:
            serve(json.loads(told))
        case ["count"]:
            count()
        case words:
            main(next(_numbers(words), EVENTS))
