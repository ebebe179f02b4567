"""Workers as they run: processes of their own, and a queue that is looked into."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from companies.models import Company
from mapping.models import LineTypeDefault, PostingAccounts
from simulators.quickbooks.server import Running
from sync.lists.refresh import refresh_lists
from sync.models import CompanySchedule
from sync.quickbooks_online.connecting import connect_rehearsal
from tests.children import Child, begin
from tests.factories import a_company, staged
from tests.held_answers import PATIENCE
from tests.sample_books import DEFAULTS, ITEMS, POSTING
from tests.workers.told_to_end import TOLD_TO_END

SALE = "2026-08-14  order {number}  #7 Zoë O'Brien & Søn <zoe@example.com>\nWT-101  199.00"


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker in a process of its own, and the file that has what it says."""

    process: Child
    log: Path

    def ask_to_stop(self) -> None:
        """Ask it to stop, and return when what it is doing knows."""
        self.process.ask_to_stop()
        wait_for(lambda: TOLD_TO_END in self.log.read_text(), what="the worker's word that it has heard")

    def ends_well(self) -> None:
        """Wait for its end."""
        assert self.process.wait() == 0, self.log.read_text()

    def kill(self) -> None:
        """End it as a machine that loses its power does."""
        self.process.kill()


@contextmanager
def worker(environment: Mapping[str, str], running: Running, *options: str) -> Iterator[Worker]:
    """A worker at work; it is killed at the end, if it has not ended by then."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "worker.log"
        log.touch()
        process = begin("tests.workers.worker_process", running.base_url, *options, environment=environment, log=log)
        try:
            yield Worker(process=process, log=log)
        finally:
            process.kill()


@dataclass(frozen=True, kw_only=True)
class Web:
    """A web server in a process of its own."""

    process: Child
    log: Path

    def press(self, browser: Client, path: str, **form: str | list[str]) -> requests.Response:
        """Send a form as a person's browser does, and look no further."""
        token = "a" * 32
        cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        return requests.post(
            f"http://127.0.0.1:{self._port()}{path}",
            data={**form, "csrfmiddlewaretoken": token},
            cookies={**cookies, settings.CSRF_COOKIE_NAME: token},
            allow_redirects=False,
            timeout=PATIENCE,
        )

    def kill(self) -> None:
        """End it as a machine that loses its power does."""
        self.process.kill()

    def _port(self) -> int:
        wait_for(lambda: "\n" in self.log.read_text(), what="the port of the web server")
        return int(self.log.read_text().splitlines()[0])


@contextmanager
def web_server(environment: Mapping[str, str], running: Running) -> Iterator[Web]:
    """A web server that answers; it is killed at the end."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "web.log"
        log.touch()
        process = begin("tests.workers.web_process", running.base_url, environment=environment, log=log)
        try:
            yield Web(process=process, log=log)
        finally:
            process.kill()


def wait_for(true: Callable[[], object], *, seconds: float = PATIENCE, what: str = "what was waited for") -> None:
    """Return when something has come true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"{what} did not come in {seconds} s; the queue: {jobs()}; turns: {turns()}"
        time.sleep(0.1)


def turns() -> list[tuple[str, int, str, str]]:
    """Of each company, how often its turns failed in a row, what the last one said, and when it is due again."""
    rows = CompanySchedule.objects.order_by("pk").values_list("company__slug", "failures", "message", "due_at")
    return [(slug, failures, message, due_at.isoformat()) for slug, failures, message, due_at in rows]


def jobs() -> list[tuple[str, str, dict[str, int]]]:
    """Every job in the queue: its task, state and arguments, the housekeeping aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text, args FROM procrastinate_jobs"
            " WHERE task_name NOT IN ('enqueue-due', 'rescue') ORDER BY id"
        )
        return [(name, state, json.loads(arguments)) for name, state, arguments in cursor.fetchall()]


def empty_queue() -> None:
    """Forget every job and every worker."""
    with connection.cursor() as cursor:
        for table in ("periodic_defers", "events", "jobs", "workers"):
            cursor.execute(f"DELETE FROM procrastinate_{table}")


def grow_old(seconds: int = 60) -> None:
    """Every worker was last heard of so much longer ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - %s * interval '1 second'", [seconds]
        )


def due_now(company: Company) -> None:
    """It is the company's turn; the one that it may be having has ended, and has said when the next one is due."""
    wait_for(lambda: not any(arguments["company"] == company.pk for _, _, arguments in jobs()))
    CompanySchedule.objects.filter(company=company).update(due_at=timezone.now())


def another_company(running: Running, slug: str) -> Company:
    """A company beside the others at the same address, connected, with its lists and decisions."""
    opened = running.companies.open(name=slug, seed="sample")
    company = a_company(name=slug.title(), slug=slug)
    connect_rehearsal(company, running.companies.login(opened))
    failed = refresh_lists(company).failed
    assert not failed, failed
    LineTypeDefault.objects.bulk_create(
        LineTypeDefault(company=company, section=section.value, item_name_default=ITEMS[sku].name)
        for section, sku in DEFAULTS.items()
    )
    paths = {role.value.replace("-", "_"): account.path for role, account in POSTING.items()}
    PostingAccounts.objects.create(company=company, **paths)
    return company


def sold(company: Company, number: int, *, first: int = 3001) -> None:
    """So many orders wait to be prepared and posted."""
    staged(company, *(SALE.format(number=first + index) for index in range(number)))
