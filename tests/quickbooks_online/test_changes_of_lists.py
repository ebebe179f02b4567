"""Our copy of QuickBooks' lists after one request for what changed: the same as after reading all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from companies.models import Company
from mapping.models import FormerName, QuickBooksAccount, QuickBooksCustomer, QuickBooksItem
from simulators.quickbooks.server import Running
from sync.lists.list_sync import LISTS
from sync.lists.refresh import RefreshCounts, refresh_lists
from sync.models import Connection, DoubtedList
from sync.quickbooks_online.changed_objects import MOST_OBJECTS
from tests.quickbooks_online.rehearsal import a_company, control, fault, log, the_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(connection: Connection) -> Company:
    """Its lists were read whole a moment ago."""
    assert not refresh_lists(connection.company).failed
    return connection.company


def changed(company: Company) -> RefreshCounts:
    counts = refresh_lists(company, whole=False)
    assert not counts.failed, counts.failed
    return counts


def reads(running: Running, company: Company) -> list[str]:
    """What one refresh asks for, by operation."""
    before = len(log(running))
    changed(company)
    return [entry["operation"] for entry in log(running)[before:]]


def copy_of(company: Company) -> dict[str, Any]:
    """Everything that we keep of the lists, but when it was refreshed."""
    return {
        kind.name: {
            row.pop("quickbooks_id"): {name: value for name, value in row.items() if name not in ("id", "changed_at")}
            for row in kind.model.objects.filter(company=company).values()
        }
        for kind in LISTS
    }


def by_hand(running: Running) -> None:
    """What people do in QuickBooks in a day."""
    item = the_id(running, "Item", "Wheel Throwing 101")
    control(running, "rename", {"entity": "Item", "id": item, "name": "Wheel Throwing Basics"})
    control(running, "inactivate", {"entity": "Item", "id": the_id(running, "Item", "Kiln Shelf")})
    control(running, "create", {"entity": "Customer", "fields": {"DisplayName": "Mara  Ó Connor"}})
    priya = the_id(running, "Customer", "Priya Natarajan")
    fields = {"PrimaryEmailAddr": {"Address": "Priya@Example.COM"}}
    control(running, "edit", {"entity": "Customer", "id": priya, "fields": fields})
    control(running, "merge", {"from": the_id(running, "Customer", "Chidi Okafor"), "into": priya})
    account = QuickBooksAccount.objects.get(full_name="Services:Training:Classes").quickbooks_id
    control(running, "rename", {"entity": "Account", "id": account, "name": "Courses"})


def test_changes_are_one_request_and_nothing_is_left_for_a_whole_reading(quickbooks: Running, company: Company) -> None:
    by_hand(quickbooks)
    before = len(log(quickbooks))

    counts = changed(company)

    assert [entry["operation"] for entry in log(quickbooks)[before:]] == ["cdc"]
    assert (counts.lists["items"].changed, counts.lists["items"].gone) == (1, 1)
    assert (counts.lists["customers"].new, counts.lists["customers"].gone) == (1, 1)
    told = copy_of(company)
    assert not refresh_lists(company).anything
    assert copy_of(company) == told
    assert FormerName.objects.filter(company=company, text="Wheel Throwing 101").exists()
    assert not QuickBooksCustomer.objects.get(display_name__startswith="Chidi").active


def test_a_name_that_others_are_below_is_a_whole_reading(quickbooks: Running, company: Company) -> None:
    account = QuickBooksAccount.objects.get(full_name="Services:Training").quickbooks_id
    control(quickbooks, "rename", {"entity": "Account", "id": account, "name": "Courses"})

    assert "query" in reads(quickbooks, company)

    assert QuickBooksAccount.objects.filter(full_name="Services:Courses:Classes").exists()


def test_for_a_person_the_tax_lists_are_read_too(quickbooks: Running, company: Company) -> None:
    before = len(log(quickbooks))

    counts = refresh_lists(company, whole=False, by=User.objects.create_user("accountant"))

    asked = [entry["body"] for entry in log(quickbooks)[before:] if entry["operation"] == "query"]
    assert not counts.failed
    assert len(asked) == 2
    assert "TaxRate" in asked[0]
    assert "TaxCode" in asked[1]


def test_only_what_changed_is_written(quickbooks: Running, company: Company) -> None:
    before = dict(QuickBooksItem.objects.values_list("quickbooks_id", "changed_at"))
    item = the_id(quickbooks, "Item", "Wheel Throwing 101")
    control(quickbooks, "rename", {"entity": "Item", "id": item, "name": "Wheel Throwing Basics"})

    changed(company)

    after = dict(QuickBooksItem.objects.values_list("quickbooks_id", "changed_at"))
    assert {key for key, moment in after.items() if moment != before[key]} == {item}


def test_a_quiet_day_is_one_request(quickbooks: Running, company: Company) -> None:
    assert reads(quickbooks, company) == ["cdc"]
    assert not changed(company).anything


def test_what_changed_just_before_the_last_reading_is_asked_for_again(quickbooks: Running, company: Company) -> None:
    item = the_id(quickbooks, "Item", "Wheel Throwing 101")
    control(quickbooks, "rename", {"entity": "Item", "id": item, "name": "Wheel Throwing Basics"})
    # As if it had been written while the last answer was under way
    Connection.objects.update(changes_known_until=timezone.now() + timedelta(seconds=30))

    changed(company)

    assert QuickBooksItem.objects.get(quickbooks_id=item).name == "Wheel Throwing Basics"


def test_what_was_deleted_becomes_inactive(quickbooks: Running, company: Company) -> None:
    item = the_id(quickbooks, "Item", "Kiln Shelf")
    with quickbooks.company.writing():
        table = quickbooks.company.books.store.tables["Item"]
        table.deleted[item] = quickbooks.company.clock.stamp()

    assert changed(company).lists["items"].gone == 1

    assert not QuickBooksItem.objects.get(quickbooks_id=item).active


@pytest.mark.parametrize(
    "known",
    [
        {"lists_whole_at": None},
        {"changes_known_until": None},
        {"lists_whole_at": timedelta(days=-7, minutes=-1)},
        {"lists_whole_at": timedelta(days=300)},
        {"changes_known_until": timedelta(days=-31)},
        {"changes_known_until": timedelta(days=1)},
    ],
    ids=["never-whole", "never-told", "a-week", "a-wrong-clock", "too-long-ago", "their-clock-ran-back"],
)
def test_where_a_gap_is_possible_everything_is_read(
    quickbooks: Running, company: Company, known: dict[str, timedelta | None]
) -> None:
    now = timezone.now()
    Connection.objects.update(**{name: now + ago if ago is not None else None for name, ago in known.items()})

    assert reads(quickbooks, company).count("query") == 2 + len(LISTS)

    assert reads(quickbooks, company) == ["cdc"]


def test_an_answer_that_is_full_may_have_left_something_out(quickbooks: Running, company: Company) -> None:
    with quickbooks.company.writing():
        for number in range(MOST_OBJECTS + 5):
            quickbooks.company.make("Customer", DisplayName=f"Customer {number}")

    counts = changed(company)

    assert counts.lists["customers"].new == MOST_OBJECTS + 5
    assert not refresh_lists(company).anything


def test_a_list_that_a_person_is_asked_about_is_read_whole(quickbooks: Running, company: Company) -> None:
    DoubtedList.objects.create(company=company, name="items", missing=[1], read_at=timezone.now())

    assert "query" in reads(quickbooks, company)

    assert not DoubtedList.objects.exists()


def test_a_quickbooks_that_tells_no_changes_is_read_whole(quickbooks: Running, company: Company) -> None:
    fault(quickbooks, "500", operation="cdc")
    assert refresh_lists(company, whole=False).failed

    fault(quickbooks, "refuse", operation="cdc", code="2010")
    assert "query" in reads(quickbooks, company)


def test_another_company_has_its_own_moments(quickbooks: Running, company: Company) -> None:
    other = Connection.objects.create(company=a_company("Other", "other"), system="quickbooks-online", external_id="1")
    changed(company)

    other.refresh_from_db()
    assert other.changes_known_until is None
