"""How much of what Intuit allows do several processes reach together? `python -m bench.limits 2 3`.

A test company that enforces Intuit's limits, with the latency that was recorded, is asked by two processes at once for
three minutes. They share one window in the database: a PostgreSQL that is started for this, or the one that
`BENCH_DATABASE_URL` names. Each sends batches of 30 invoices and single
invoices beside them, as fast as the window lets it. Refusals for haste are counted, and documents a minute against the
1,660 that the published limits allow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from typing import Any

from bench.quickbooks import invoice
from books.json_types import Json
from simulators.common import wire

LATENCY_MS = 350
#: Threads of each process: enough that the window is what limits.
BATCHING, SINGLES, ITEMS = 6, 4, 30
#: Documents a minute by Intuit's figures: 40 batches of 30, and 460 single calls.
CEILING = 40 * ITEMS + 460


def main(processes: int, minutes: float) -> None:
    """Start the company and the processes, and print what they reached."""
    database = os.environ.get("BENCH_DATABASE_URL") or _postgres()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_ENV_FILE": os.devnull,
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": database,
            "TIEOUT_DEBUG": "false",
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
        company = subprocess.Popen(
            [
                *(sys.executable, "-m", "simulators.quickbooks", "--port", "0", "--limits", "on", "--until-input-ends"),
                *("--latency-ms", str(LATENCY_MS)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert company.stdout
        assert company.stdin
        ready = company.stdout.readline()
        command = [sys.executable, "-m", "bench.limits", "ask", str(minutes * 60), ready]
        asking = [
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(processes)
        ]
        told = [json.loads(process.communicate()[0].splitlines()[-1]) for process in asking]
        company.stdin.close()
        company.wait()
    _print(told, minutes)


def _print(told: list[Json], minutes: float) -> None:
    total: Counter[str] = Counter()
    for process in told:
        total.update(process)
    documents = (total["single 200"] + ITEMS * total["batch 200"]) / minutes
    print(f"processes {len(told)}, minutes {minutes:g}, latency {LATENCY_MS} ms")
    for kind, most in (("single", 460), ("batch", 40)):
        print(f"{kind:>7}: {total[f'{kind} 200'] / minutes:7.1f} a minute of {most}")
    print(f"documents: {documents:7.1f} a minute, {documents / CEILING:.1%} of {CEILING}")
    print(f"refused for haste: {sum(number for name, number in total.items() if name.endswith(' 429'))}")
    print(
        f"statements of the window: {total['statements']}, {total['statements'] / minutes / documents:.3f} a document"
    )
    others = {name: number for name, number in total.items() if name[-3:] not in ("200", "429", "nts")}
    print(f"other answers: {others or 'none'}")


def _postgres() -> str:
    os.environ["TIEOUT_TEST_DATABASE"] = "postgres"
    from tests.databases import _started_postgres

    return _started_postgres()


class Asking:
    """One process: as many threads as keep the window busy, until the time is up."""

    def __init__(self, seconds: float, ready: dict[str, str]) -> None:
        from sync.quickbooks_online.gateway import FixedLogin, Gateway
        from sync.quickbooks_online.limits import window_of

        self.counts: Counter[str] = Counter()
        self.realm = ready["company_id"]
        self.gateway = Gateway(
            api_url=ready["base_url"],
            company_id=self.realm,
            login=FixedLogin(token=ready["access_token"]),
            window=window_of(self.realm),
        )
        self.until = time.monotonic() + seconds
        self.lock = threading.Lock()

    def keep_on(self, kind: str, number: int) -> None:
        """Send one request after the other; each has a number of its own."""
        from sync.quickbooks_online.session import Reply

        while time.monotonic() < self.until:
            answer = self.single(number) if kind == "single" else self.batch(number)
            number += 1
            if time.monotonic() >= self.until:  # the last of each thread would count twice what was waited for
                return
            with self.lock:
                self.counts[f"{kind} {answer.status if isinstance(answer, Reply) else answer.reason}"] += 1

    def single(self, number: int) -> Any:
        """One invoice."""
        name = f"{os.getpid()}-{number}"
        body = {**invoice(number), "DocNumber": name}
        return self.gateway.write("Invoice", wire.dump_bytes(body), request_id=name)

    def batch(self, number: int) -> Any:
        """A batch of invoices."""
        name = f"{os.getpid()}-{number}"
        items = [
            {"bId": str(item), "operation": "create", "Invoice": {**invoice(item), "DocNumber": f"{name}-{item}"}}
            for item in range(ITEMS)
        ]
        address = f"{self.gateway.api_url_v3}/company/{self.realm}/batch"
        body = wire.dump_bytes({"BatchItemRequest": items})
        return self.gateway.make_request("POST", address, body, request_id=name)


def ask(seconds: float, ready: dict[str, str]) -> None:
    """Keep the window busy from one process, and print one line of JSON."""
    import django

    django.setup()

    from django.db.backends.utils import CursorWrapper

    asking = Asking(seconds, ready)
    execute = CursorWrapper.execute

    def counted(self: Any, sql: str, params: Any = None) -> Any:
        asking.counts["statements"] += 1
        return execute(self, sql, params)

    setattr(CursorWrapper, "execute", counted)  # noqa: B010 - the connections of all threads, which come and go
    kinds = ["batch"] * BATCHING + ["single"] * SINGLES
    threads = [
        threading.Thread(target=asking.keep_on, args=(kind, place * 1_000_000)) for place, kind in enumerate(kinds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(asking.counts))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ask", seconds, ready]:
            ask(float(seconds), json.loads(ready))
        case arguments:
            main(int(arguments[0]) if arguments else 2, float(arguments[1]) if arguments[1:] else 3)
