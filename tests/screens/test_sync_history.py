"""Does a run say what it did, what went wrong, where, and what to do about it?"""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from companies.models import Company, Role
from sync.models import RunKind, RunState
from tests.factories import a_company
from tests.reconciliation.factories import a_run, as_role

pytestmark = pytest.mark.django_db

ERROR = {
    "where": "row 14",
    "row": 14,
    "column": "Order Date",
    "value": "03/04/2026",
    "what": "“03/04/2026” may be 3 April or 4 March.",
    "cure": "Say how days are written.",
}


@pytest.fixture
def company() -> Company:
    return a_company()


@pytest.fixture
def ops(company: Company) -> Client:
    return as_role(company)


def words(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_an_import_tells_every_error_with_its_place_and_its_cure(company: Company, ops: Client) -> None:
    counts = {"new": 40, "unchanged": 3, "errors": 1}
    run = a_run(company, RunKind.IMPORT, message="orders.csv", counts=counts, errors=[ERROR])

    text = words(ops, f"/studio/sync-history/{run.pk}/")

    assert "File orders.csv" in text
    assert "40 new orders 3 unchanged 1 error" in text
    assert "row 14 Order Date 03/04/2026 “03/04/2026” may be 3 April or 4 March. Say how days are written." in text


def test_what_was_decided_while_reading_is_told_with_how_often(company: Company, ops: Client) -> None:
    notices = [{"what": "The currency is not in the file, so USD was taken.", "times": 40}]
    run = a_run(company, RunKind.IMPORT, notices=notices)

    assert "The currency is not in the file, so USD was taken. 40" in words(ops, f"/studio/sync-history/{run.pk}/")


def test_an_error_that_is_only_a_sentence_is_shown_too(company: Company, ops: Client) -> None:
    run = a_run(company, RunKind.IMPORT, errors=["The file is empty."])

    assert "The file is empty." in words(ops, f"/studio/sync-history/{run.pk}/")


def test_a_run_that_failed_says_why(company: Company, ops: Client) -> None:
    run = a_run(company, RunKind.SYNC, message="QuickBooks did not answer.")
    run.state = RunState.FAILED
    run.save()

    text = words(ops, f"/studio/sync-history/{run.pk}/")

    assert "Failed" in text
    assert "QuickBooks did not answer." in text


def test_counts_of_lists_are_not_called_orders(company: Company, ops: Client) -> None:
    counts = {"accounts": 32, "items": 1, "new": 86, "changed": 2, "gone": 1}
    run = a_run(company, RunKind.REFRESH, counts=counts)

    text = words(ops, f"/studio/sync-history/{run.pk}/")

    assert "86 new 2 changed" in text
    assert "new orders" not in text
    assert "32 accounts 1 item" in text


@pytest.mark.parametrize("left", ["ready", "waiting", "later"])
def test_a_re_sync_that_leaves_something_does_not_say_that_there_was_nothing(
    company: Company, ops: Client, left: str
) -> None:
    run = a_run(company, RunKind.RESYNC, counts={"total": 1, "done": 1, left: 1})

    assert "There was nothing to post" not in ops.get(f"/studio/sync-history/{run.pk}/").content.decode()


def test_customers_that_were_created_are_counted_apart(company: Company, ops: Client) -> None:
    run = a_run(company, RunKind.SYNC, counts={"posted": 5, "new_customers": 1})

    page = ops.get(f"/studio/sync-history/{run.pk}/").content.decode()

    assert "5 posted" in page
    assert "1 customer created" in page


def test_a_run_that_had_nothing_to_do_says_so(company: Company, ops: Client) -> None:
    run = a_run(company, RunKind.SYNC)

    assert "There was nothing to do." in words(ops, f"/studio/sync-history/{run.pk}/")
    assert "Nothing to do" in words(ops, "/studio/sync-history/")


def test_what_needs_a_look_has_a_link(company: Company, ops: Client) -> None:
    run = a_run(company, RunKind.SYNC, counts={"posted": 5, "blocked": 2, "refused": 1})

    raw = ops.get(f"/studio/sync-history/{run.pk}/").content.decode()

    assert 'href="/studio/documents/?state=blocked"' in raw
    assert 'href="/studio/documents/?state=refused"' in raw
    assert "?state=posted" not in raw


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("", ["Sync", "Import"]),
        ("?kind=import", ["Import"]),
        ("?state=failed", []),
        ("?kind=rubbish", []),
        ("?place=rubbish", ["Sync", "Import"]),
    ],
)
def test_runs_are_listed_newest_first_and_filtered(company: Company, ops: Client, query: str, kinds: list[str]) -> None:
    a_run(company, RunKind.IMPORT)
    a_run(company, RunKind.SYNC)

    raw = ops.get(f"/studio/sync-history/{query}").content.decode()

    assert re.findall(r'data-label="Type">(Sync|Import)</td>', raw) == kinds


def test_without_runs_the_page_says_what_will_stand_there(ops: Client) -> None:
    assert "Nothing has run yet." in words(ops, "/studio/sync-history/")


@pytest.mark.parametrize("counts", [{"posted": "many"}, {"posted": None, "done": 1.5}, {"unheard-of": 3}])
def test_counts_that_cannot_be_read_break_nothing(company: Company, ops: Client, counts: dict[str, object]) -> None:
    run = a_run(company, RunKind.SYNC, counts=counts)

    assert "There was nothing to do." in words(ops, f"/studio/sync-history/{run.pk}/")


@pytest.mark.parametrize(
    ("kind", "counts", "offered"),
    [
        (RunKind.SYNC, {"posted": 3}, True),
        (RunKind.SYNC, {"prepared_orders": 3}, False),
        (RunKind.SYNC, {}, False),
        (RunKind.IMPORT, {"new": 3}, True),
        (RunKind.IMPORT, {"unchanged": 3}, False),
        (RunKind.REFRESH, {"posted": 3}, False),
    ],
)
def test_what_a_run_posted_is_undone_from_its_page_and_nothing_where_it_posted_nothing(
    company: Company, kind: RunKind, counts: dict[str, int], offered: bool
) -> None:
    run = a_run(company, kind, counts=counts)

    shown = words(as_role(company, Role.ACCOUNTANT), f"/studio/sync-history/{run.pk}/")

    assert ("Undo what it posted" in shown) is offered
