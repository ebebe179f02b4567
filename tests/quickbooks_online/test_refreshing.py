"""Our copy of QuickBooks' lists after reading them, and what is said when they cannot be read."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from books.messages import Message
from companies.models import Company
from mapping.models import QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, QuickBooksTerm
from simulators.quickbooks.server import Running
from sync.lists.refresh import RefreshCounts, refresh_lists
from sync.models import Connection, ConnectionState, Run, RunKind, RunState
from sync.quickbooks_online.connecting import connect_rehearsal, disconnect
from sync.readiness import destination_of
from tests.quickbooks_online.rehearsal import a_company, control, fault, holds, log, the_id

pytestmark = pytest.mark.django_db


def refreshed(company: Company, now: datetime | None = None) -> RefreshCounts:
    counts = refresh_lists(company, now=now)
    assert not counts.failed, counts.failed
    return counts


def changes(counts: RefreshCounts) -> dict[str, tuple[int, int, int]]:
    return {
        name: (counted.new, counted.changed, counted.gone) for name, counted in counts.lists.items() if counted.anything
    }


def test_the_first_refresh_copies_every_list(quickbooks: Running, connection: Connection) -> None:
    counts = refreshed(connection.company)

    for name, entity in (("accounts", "Account"), ("items", "Item"), ("terms", "Term"), ("customers", "Customer")):
        held = len(holds(quickbooks, entity))
        assert (counts.lists[name].total, counts.lists[name].new) == (held, held), name
    classes = QuickBooksAccount.objects.get(full_name="Services:Training:Classes")
    assert (classes.name, classes.account_type, classes.account_subtype) == ("Classes", "Income", "ServiceFeeIncome")
    wheel = QuickBooksItem.objects.get(full_name="Wheel Throwing 101")
    assert (wheel.sku, wheel.sku_compared, wheel.item_type) == ("WT-101", "wt-101", "Service")
    assert wheel.income_account_id == classes.quickbooks_id
    priya = QuickBooksCustomer.objects.get(display_name="Priya Natarajan")
    assert (priya.email, priya.email_compared) == ("priya.natarajan@example.com",) * 2
    assert (priya.name_compared, priya.currency) == ("priya natarajan", "USD")
    net_15 = QuickBooksTerm.objects.get(name="Net 15")
    assert net_15.due_days == 15
    assert priya.terms_id == net_15.quickbooks_id
    assert not QuickBooksCustomer.objects.get(display_name="Old Town Gallery (deleted)").active


def test_a_second_refresh_finds_nothing_different(quickbooks: Running, connection: Connection) -> None:
    company, later = connection.company, timezone.now() + timedelta(hours=1)
    refreshed(company)
    rows = set(QuickBooksItem.objects.values_list("pk", "changed_at"))

    counts = refreshed(company, now=later)

    assert not counts.anything
    assert set(QuickBooksItem.objects.values_list("pk", "changed_at")) == rows
    connection.refresh_from_db()
    assert connection.lists_refreshed_at == later


def test_what_changed_in_quickbooks_changes_here_and_nothing_else(quickbooks: Running, connection: Connection) -> None:
    company = connection.company
    refreshed(company)
    item = the_id(quickbooks, "Item", "Wheel Throwing 101")
    control(quickbooks, "rename", {"entity": "Item", "id": item, "name": "Wheel Throwing Basics"})
    control(quickbooks, "inactivate", {"entity": "Item", "id": the_id(quickbooks, "Item", "Kiln Shelf")})
    control(quickbooks, "create", {"entity": "Customer", "fields": {"DisplayName": "Mara  Ó Connor"}})
    fields = {"PrimaryEmailAddr": {"Address": " Priya@Example.COM "}}
    priya = the_id(quickbooks, "Customer", "Priya Natarajan")
    control(quickbooks, "edit", {"entity": "Customer", "id": priya, "fields": fields})

    assert changes(refreshed(company)) == {"items": (0, 1, 1), "customers": (1, 1, 0)}

    assert QuickBooksItem.objects.get(quickbooks_id=item).full_name == "Wheel Throwing Basics"
    assert not QuickBooksItem.objects.get(full_name="Kiln Shelf (deleted)").active
    assert QuickBooksCustomer.objects.get(quickbooks_id=priya).email_compared == "priya@example.com"


def test_a_row_that_comes_back_is_active_again(quickbooks: Running, connection: Connection) -> None:
    shelf = the_id(quickbooks, "Item", "Kiln Shelf")
    control(quickbooks, "inactivate", {"entity": "Item", "id": shelf})
    refreshed(connection.company)
    control(quickbooks, "activate", {"entity": "Item", "id": shelf})
    control(quickbooks, "rename", {"entity": "Item", "id": shelf, "name": "Kiln Shelf"})

    assert changes(refreshed(connection.company)) == {"items": (0, 1, 0)}
    assert QuickBooksItem.objects.get(quickbooks_id=shelf).active


def test_a_row_that_vanished_stays_as_an_inactive_one(quickbooks: Running, connection: Connection) -> None:
    company = connection.company
    hour_ago = timezone.now() - timedelta(hours=1)
    gone = QuickBooksItem.objects.create(
        company=company, quickbooks_id="99999", name="Gone", full_name="Gone", changed_at=hour_ago
    )

    counts = refreshed(company)

    assert counts.lists["items"].gone == 1
    gone.refresh_from_db()
    assert not gone.active
    assert not refreshed(company).anything


def test_a_customer_created_while_the_lists_are_read_is_not_taken_for_gone(
    quickbooks: Running, connection: Connection
) -> None:
    company = connection.company
    QuickBooksCustomer.objects.create(
        company=company, quickbooks_id="99999", display_name="New", changed_at=timezone.now() + timedelta(seconds=5)
    )

    refreshed(company)

    assert QuickBooksCustomer.objects.get(quickbooks_id="99999").active


def test_a_name_that_quickbooks_marks_as_deleted_is_never_active(quickbooks: Running, connection: Connection) -> None:
    control(quickbooks, "create", {"entity": "Customer", "fields": {"DisplayName": "Half Gone (deleted)"}})

    refreshed(connection.company)

    assert not QuickBooksCustomer.objects.get(display_name="Half Gone (deleted)").active


def test_a_long_list_is_read_to_its_last_page(quickbooks: Running, connection: Connection) -> None:
    with quickbooks.company.writing():
        customers = quickbooks.company.books.entities["Customer"]
        for number in range(2100):
            customers.write(quickbooks.company.books, {"DisplayName": f"Walk-in {number:04}"})
        quickbooks.company.keep_changes()
    control(quickbooks, "log", method="DELETE")

    counts = refreshed(connection.company)

    assert counts.lists["customers"].total == len(holds(quickbooks, "Customer")) > 2100
    assert QuickBooksCustomer.objects.filter(display_name__startswith="Walk-in", active=True).count() == 2100
    asked = [entry["body"] for entry in log(quickbooks) if "FROM Customer" in str(entry["body"])]
    assert len(asked) == 3
    assert all("Active IN (true, false) ORDERBY Id" in query for query in asked)


def test_two_companies_keep_their_own_lists(quickbooks: Running, connection: Connection) -> None:
    other = a_company("Other", "other")
    QuickBooksItem.objects.create(
        company=other, quickbooks_id="1", name="Theirs", full_name="Theirs", changed_at=timezone.now()
    )

    refreshed(connection.company)

    (theirs,) = QuickBooksItem.objects.filter(company=other)
    assert (theirs.full_name, theirs.active) == ("Theirs", True)


def test_a_refresh_asks_the_database_the_same_number_of_times_however_long_a_page_is(
    quickbooks: Running, connection: Connection, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(76):
        refreshed(connection.company)


# What to look at ------------------------------------------------------------------------------------------------------


def test_another_home_currency_is_said_before_anything_is_posted(quickbooks: Running, connection: Connection) -> None:
    Company.objects.update(home_currency="RON")

    (warned,) = refreshed(Company.objects.get()).warnings

    assert "keeps its books in USD" in warned.worded()
    assert "is set to RON" in warned.worded()


@pytest.mark.criterion("A12")
def test_names_longer_than_the_companys_rule_are_counted_level_by_level(
    quickbooks: Running, connection: Connection
) -> None:
    before = refreshed(connection.company).longer_than_rule
    for name in ("x" * 30, "y" * 31):
        control(quickbooks, "create", {"entity": "Account", "fields": {"Name": name, "AccountType": "Income"}})

    assert refreshed(connection.company).longer_than_rule == before + 1
    Company.objects.update(name_rule="at-most-31")
    assert refreshed(Company.objects.get()).longer_than_rule == before


# What goes wrong ------------------------------------------------------------------------------------------------------

WRONG = (
    ("429", "asks Tieout to wait"),
    ("500", "an error while storing"),
    ("503_html", "an error while storing"),
    ("xml_body", "cannot be read"),
    ("truncated_json", "cannot be read"),
    ("empty_body", "cannot be read"),
    ("empty_fault_list", "without saying which"),
    ("drop_before", "did not answer"),
)


@pytest.mark.parametrize(("kind", "words"), WRONG)
def test_a_refresh_that_breaks_off_says_why_and_marks_nothing_as_gone(
    quickbooks: Running, connection: Connection, kind: str, words: str
) -> None:
    company = connection.company
    refreshed(company)
    fault(quickbooks, kind, operation="query", skip=3)

    counts = refresh_lists(company)

    assert words in counts.failed
    assert QuickBooksItem.objects.filter(company=company, active=True).exists()
    assert all(counted.gone == 0 for counted in counts.lists.values())
    connection.refresh_from_db()
    assert (connection.state, connection.last_error) == (ConnectionState.CONNECTED, counts.failed)
    run = Run.objects.order_by("-pk")[0]
    assert (run.kind, run.state, run.message) == (RunKind.REFRESH, RunState.FAILED, counts.failed)
    refreshed(company)
    connection.refresh_from_db()
    assert connection.last_error == ""


def test_a_refused_question_is_told_in_quickbooks_words(quickbooks: Running, connection: Connection) -> None:
    fault(quickbooks, "refuse", operation="query", code="4001", message="Invalid query", detail="Custmoer")

    assert "Custmoer" in refresh_lists(connection.company).failed


def test_a_row_that_cannot_be_read_stops_the_refresh(quickbooks: Running, connection: Connection) -> None:
    with quickbooks.company.lock:
        term = quickbooks.company.books.named("Term", "1")
        quickbooks.company.store.tables["Term"].replace("1", {**term, "Name": ""})

    assert "cannot be read" in refresh_lists(connection.company).failed


def test_a_first_load_that_breaks_off_needs_attention(quickbooks: Running, connection: Connection) -> None:
    fault(quickbooks, "500", operation="query", skip=1)

    counts = refresh_lists(connection.company)

    connection.refresh_from_db()
    assert (connection.state, connection.last_error) == (ConnectionState.NEEDS_ATTENTION, counts.failed)


def test_a_login_that_ended_needs_attention(quickbooks: Running, connection: Connection) -> None:
    refreshed(connection.company)
    control(quickbooks, "revoke")

    assert "has ended" in refresh_lists(connection.company).failed
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION


def test_a_rehearsal_whose_address_nobody_set_is_told_so(
    quickbooks: Running, connection: Connection, settings: Settings
) -> None:
    refreshed(connection.company)
    settings.TIEOUT_REHEARSAL_URL = ""

    assert "has no QuickBooks test company" in refresh_lists(connection.company).failed
    stopped = destination_of(connection.company)
    assert isinstance(stopped, Message)
    assert "has no QuickBooks test company" in stopped.worded()
    assert not disconnect(connection)


def test_a_company_without_a_connection_is_told_to_connect(company: Company, quickbooks: Running) -> None:
    assert "Press QB Connect" in refresh_lists(company).failed
    assert not Run.objects.exists()


# The command ----------------------------------------------------------------------------------------------------------


def run_command(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("refresh_lists", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_says_what_it_did(quickbooks: Running, connection: Connection) -> None:
    code, said, wrong = run_command()

    assert (code, wrong) == (0, "")
    assert "Bramble & Birch Studio (studio)" in said
    items = len(holds(quickbooks, "Item"))
    assert f"{items} items: {items} new, 0 changed, 0 gone" in said


def test_the_command_prints_one_json_object(quickbooks: Running, connection: Connection) -> None:
    code, said, _ = run_command("--company", "studio", "--json")

    (told,) = json.loads(said)["companies"]
    assert (code, told["company"], told["exit_code"], told["failed"]) == (0, "studio", 0, "")
    assert told["lists"]["items"]["total"] == len(holds(quickbooks, "Item"))


def test_the_command_exits_1_when_it_broke_off(quickbooks: Running, connection: Connection) -> None:
    fault(quickbooks, "500", operation="query", skip=2)

    code, _, wrong = run_command("--company", "studio")

    assert code == 1
    assert "Stopped: QuickBooks had an error" in wrong


def test_the_command_exits_2_when_it_cannot_run(company: Company, quickbooks: Running) -> None:
    assert run_command("--company", "studio")[0] == 2
    with pytest.raises(CommandError, match="There is no company “nowhere”") as stopped:
        call_command("refresh_lists", "--company", "nowhere")
    assert stopped.value.returncode == 2
    Company.objects.update(switched_on=False)
    code, _, wrong = run_command()
    assert code == 2
    assert "No company is switched on" in wrong


def test_one_company_that_fails_does_not_stop_the_next(quickbooks: Running, company: Company) -> None:
    other = a_company("Another Studio", "another")
    connect_rehearsal(company, quickbooks.ready())

    code, said, wrong = run_command("--json")

    codes = {load["company"]: load["exit_code"] for load in json.loads(said)["companies"]}
    assert (code, codes) == (2, {other.slug: 2, company.slug: 0})
    assert wrong == ""
