"""Two workers are killed again and again in the middle of a backlog: are the books those of an undisturbed run?"""

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
from django.utils import timezone

from companies.models import Company
from simulators.quickbooks.server import Running
from sync.models import CompanySchedule, Document
from tests.held_answers import PATIENCE
from tests.simulators.driver import Books
from tests.sync.pushing import minutes_later
from tests.workers.working import another_company, grow_old, sold, wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

#: Of each of the two companies; and how often both workers are killed.
ORDERS = int(os.environ.get("TIEOUT_KILLED_ORDERS", "40"))
ROUNDS = int(os.environ.get("TIEOUT_KILLED_ROUNDS", "3"))


def test_two_workers_are_killed_at_random_and_the_books_are_those_of_an_undisturbed_run(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    beside = another_company(rehearsal, "beside")
    for company in (studio, beside):
        sold(company, ORDERS)
        app = rehearsal.companies.known(company.connections.get(system="quickbooks-online").external_id)
        assert app is not None
        app.company.options.latency_ms = 30
    dice = random.Random(20_261_129)

    for _ in range(ROUNDS):
        with ExitStack() as both:
            workers = [both.enter_context(worker(child_environment, rehearsal)) for _ in range(2)]
            wait_for(progress_since(posted()), what="progress after a kill")
            time.sleep(dice.random())
            for worker_at_work in workers:
                worker_at_work.kill()
        come_round()
    with worker(child_environment, rehearsal):
        wait_for(finished_in_time, seconds=PATIENCE + ORDERS / 5, what="the rest")

    for company in (studio, beside):
        held = invoices_in(rehearsal, company)
        assert Counter(str(invoice["DocNumber"]) for invoice in held) == {
            f"{3001 + place}": 1 for place in range(ORDERS)
        }
        assert sum(invoice["TotalAmt"] for invoice in held) == Decimal("199.00") * ORDERS
    assert quickbooks.query("select count(*) from Customer where DisplayName like 'Zo%'")["totalCount"] == 1


def posted() -> int:
    return Document.objects.filter(state="posted").exclude(kind="customer").count()


def progress_since(before: int) -> Callable[[], bool]:
    return lambda: posted() > before or finished()


def finished() -> bool:
    return posted() == 2 * ORDERS


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
