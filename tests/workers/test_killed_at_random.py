"""Workers and a web server are killed again and again amid a backlog: are the books those of an undisturbed run?"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company
from simulators.quickbooks.server import Running
from sync.models import CompanySchedule, Document, Run, RunKind, RunState
from tests.held_answers import PATIENCE
from tests.reconciliation.factories import as_role
from tests.simulators.driver import Books
from tests.sync.pushing import minutes_later
from tests.workers.working import Web, Worker, another_company, grow_old, sold, wait_for, web_server, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

#: Of each of the two companies; and how often all processes are killed.
ORDERS = int(os.environ.get("KILLED_ORDERS", "40"))
ROUNDS = int(os.environ.get("KILLED_ROUNDS", "3"))


def test_two_workers_and_a_web_server_are_killed_at_random_and_the_books_are_those_of_an_undisturbed_run(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    companies = [studio, another_company(rehearsal, "beside")]
    browsers = {company: as_role(company) for company in companies}
    for company in companies:
        sold(company, ORDERS)
        app = rehearsal.companies.known(company.connections.get(system="quickbooks-online").external_id)
        assert app is not None
        app.company.options.latency_ms = 30
    dice = random.Random(20_261_129)

    for number in range(ROUNDS):
        with ExitStack() as all_of_them:
            web = all_of_them.enter_context(web_server(child_environment, rehearsal))
            if number % 2:  # no worker is known to be alive, so that the web server works at it itself
                press_resync(web, browsers, dice)
            workers = [all_of_them.enter_context(worker(child_environment, rehearsal)) for _ in range(2)]
            wait_for(progress_since(posted()), what="progress after a kill")
            press_resync(web, browsers, dice)
            time.sleep(dice.random())
            at_work: list[Worker | Web] = [*workers, web]
            dice.shuffle(at_work)
            for process in at_work:
                process.kill()
        come_round()
    with worker(child_environment, rehearsal):
        wait_for(finished_in_time, seconds=PATIENCE + ORDERS / 5, what="the rest")

    for company in companies:
        held = invoices_in(rehearsal, company)
        assert Counter(str(invoice["DocNumber"]) for invoice in held) == {
            f"{3001 + place}": 1 for place in range(ORDERS)
        }
        assert sum(invoice["TotalAmt"] for invoice in held) == Decimal("199.00") * ORDERS
    assert quickbooks.query("select count(*) from Customer where DisplayName like 'Zo%'")["totalCount"] == 1


def press_resync(web: Web, browsers: dict[Company, Client], dice: random.Random) -> None:
    """An employee of one of the companies presses Re-sync for twenty documents."""
    company = dice.choice(list(browsers))
    documents = list(Document.objects.filter(company=company).exclude(kind="customer").values_list("pk", flat=True))
    chosen = [str(number) for number in dice.sample(documents, min(20, len(documents)))]
    answer = web.press(browsers[company], f"/{company.slug}/resync/", scope="chosen", document=chosen)
    assert answer.status_code == 302, answer.text


def posted() -> int:
    return Document.objects.filter(state="posted").exclude(kind="customer").count()


def progress_since(before: int) -> Callable[[], bool]:
    return lambda: posted() > before or finished()


def finished() -> bool:
    resyncs = Run.objects.filter(kind=RunKind.RESYNC, state=RunState.RUNNING)
    return posted() == 2 * ORDERS and not resyncs.exists()


def come_round() -> None:
    """Minutes pass: dead workers are known to be dead, and QuickBooks has given up on what it was doing."""
    grow_old()
    for company in Company.objects.all():
        minutes_later(company)
    CompanySchedule.objects.update(due_at=timezone.now())


def finished_in_time() -> bool:
    CompanySchedule.objects.update(due_at=timezone.now())
    return finished()


def invoices_in(running: Running, company: Company) -> list[Any]:
    """What QuickBooks has of the invoices."""
    app = running.companies.known(company.connections.get(system="quickbooks-online").external_id)
    assert app is not None
    with app.company.lock:
        return [invoice for invoice in app.company.books.all("Invoice") if str(invoice["DocNumber"]) >= "3001"]
