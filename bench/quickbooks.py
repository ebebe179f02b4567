"""Measure the rehearsal company: `python -m bench.quickbooks 1000 200000`.

For each size, a company with that many invoices already in it, limits and latency off, answers over HTTP on one core:
single creates and batch items a second, and the milliseconds of queries by indexed fields. Client and company share a
process, so the client's own work is in the figures; "per core" counts only the time in which it ran.
"""

from __future__ import annotations

import http.client
import os
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlsplit

from simulators.common import wire
from simulators.quickbooks.fields import Record
from simulators.quickbooks.server import Running, start

SIZES = (1000, 200_000)
SINGLES, BATCHES, ASKED = 1000, 50, 100
ITEMS = 30


class Client:
    """One connection."""

    def __init__(self, running: Running) -> None:
        address = urlsplit(running.api_url)
        self.path = address.path
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port)
        token = running.ready()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Record:
        headers = {**self.headers, "Content-Type": content_type}
        self.connection.request("POST", f"{self.path}/{path}", body, headers)
        answer = self.connection.getresponse()
        told: Record = wire.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"the company answered {answer.status}: {told}")
        return told


def invoice(number: int) -> Record:
    line = {
        "Amount": Decimal("80.00"),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": str(1 + number % 12)}},
    }
    return {"DocNumber": f"N-{number}", "CustomerRef": {"value": str(1 + number % 29)}, "Line": [line, line]}


def fill(running: Running, count: int) -> None:
    company = running.company
    for number in range(count):
        company.make("Invoice", **invoice(number))
        if number % 1000 == 0:
            company.store.take_changes()
            company.store.take_events()
    company.store.take_changes()
    company.store.take_events()


def per_second(count: int, act: Callable[[], None]) -> tuple[int, int]:
    """How many a second by the clock, and by the time that this process had a core."""
    began, worked = time.perf_counter(), time.process_time()
    act()
    return round(count / (time.perf_counter() - began)), round(count / (time.process_time() - worked))


def singles(client: Client, first: int) -> None:
    for number in range(first, first + SINGLES):
        client.post(f"invoice?requestid=s-{number}", wire.dump_bytes(invoice(number)))


def batches(client: Client, first: int) -> None:
    for batch in range(BATCHES):
        items = [
            {"bId": str(place), "operation": "create", "Invoice": invoice(first + batch * ITEMS + place)}
            for place in range(ITEMS)
        ]
        told = client.post(f"batch?requestid=b-{first}-{batch}", wire.dump_bytes({"BatchItemRequest": items}))
        if any("Fault" in answer for answer in told["BatchItemResponse"]):
            raise SystemExit(f"a batch item was refused: {told}")


def milliseconds(client: Client, size: int) -> float:
    """The median of queries by number and by id."""
    took = []
    for place in range(ASKED):
        text = f"select * from Invoice where DocNumber = 'N-{place * 7 % size}'"
        began = time.perf_counter()
        told = client.post("query", text.encode(), "application/text")
        took.append((time.perf_counter() - began) * 1000)
        if not told["QueryResponse"]:
            raise SystemExit(f"nothing was found by: {text}")
    return statistics.median(took)


def measure(size: int) -> str:
    """One line of figures."""
    with start() as running:
        fill(running, size)
        client = Client(running)
        alone = per_second(SINGLES, lambda: singles(client, size))
        together = per_second(BATCHES * ITEMS, lambda: batches(client, size + SINGLES))
        found = milliseconds(client, size)
        client.connection.close()
    return f"{size:>10}  {alone[0]:>10}  {alone[1]:>8}  {together[0]:>14}  {together[1]:>8}  {found:>9.2f}"


def main(sizes: list[int]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(
        f"{'invoices':>10}  {'singles/s':>10}  {'per core':>8}  {'batch items/s':>14}  {'per core':>8}  {'query ms':>9}"
    )
    for size in sizes:
        print(measure(size), flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
