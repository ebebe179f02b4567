"""Is a list that comes back nearly empty a question, and not the end of everything that was in it?"""

from __future__ import annotations

from collections.abc import Collection

import pytest

from companies.models import Company
from mapping.models import QuickBooksCustomer, QuickBooksItem
from simulators.quickbooks.server import Running
from sync.lists.doubted import confirm_gone
from sync.lists.list_sync import nearly_empty
from sync.lists.refresh import refresh_lists
from sync.models import Connection, DoubtedList, Run
from tests.quickbooks_online.rehearsal import holds
from tests.quickbooks_online.screens import CARD, a_person, page, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("missing", "named", "doubtful"),
    [
        (0, 0, False),
        (1, 30, False),
        (1, 1, False),
        (4, 3, False),
        (5, 5, False),
        (5, 4, True),
        (1, 0, True),
        (60, 60, False),
    ],
)
def test_a_list_is_doubted_when_it_names_nothing_or_leaves_out_most(missing: int, named: int, doubtful: bool) -> None:
    assert nearly_empty(missing=missing, named=named) is doubtful


def left_with(quickbooks: Running, entity: str, names: Collection[str] = ()) -> None:
    """QuickBooks answers as if its list had only these names."""
    with quickbooks.company.lock:
        table = quickbooks.company.store.tables[entity]
        for identifier in table.in_order():
            row = quickbooks.company.books.named(entity, identifier)
            if row.get("FullyQualifiedName", row.get("DisplayName")) not in names:
                table.replace(identifier, None)


def active(company: Company) -> set[str]:
    return set(QuickBooksItem.objects.filter(company=company, active=True).values_list("full_name", flat=True))


def test_an_item_list_that_comes_back_nearly_empty_changes_nothing_and_asks(
    quickbooks: Running, connection: Connection
) -> None:
    company = connection.company
    refresh_lists(company)
    before = active(company)
    left_with(quickbooks, "Item", {"Wheel Throwing 101"})

    counts = refresh_lists(company)

    assert active(company) == before
    assert (counts.lists["items"].gone, counts.lists["items"].missing) == (0, len(before) - 1)
    (sentence,) = (warned.worded() for warned in counts.warnings)
    assert f"left out {len(before) - 1} names of its list of items" in sentence
    assert sentence in Run.objects.latest("pk").message
    assert not counts.failed


def test_a_list_that_names_nothing_any_more_asks_too(quickbooks: Running, connection: Connection) -> None:
    company = connection.company
    refresh_lists(company)
    left_with(quickbooks, "Customer")

    assert refresh_lists(company).lists["customers"].missing > 0
    assert QuickBooksCustomer.objects.filter(company=company, active=True).exists()


def test_the_question_ends_when_the_list_comes_back_whole(quickbooks: Running, connection: Connection) -> None:
    company = connection.company
    refresh_lists(company)
    items = {row["Id"]: row for row in holds(quickbooks, "Item")}
    left_with(quickbooks, "Item")
    refresh_lists(company)
    assert DoubtedList.objects.filter(company=company, name="items").exists()
    with quickbooks.company.lock:
        for identifier, row in items.items():
            quickbooks.company.store.tables["Item"].replace(identifier, row)

    assert not refresh_lists(company).warnings
    assert not DoubtedList.objects.exists()


def test_the_connection_page_says_how_many_are_missing_and_a_person_confirms(
    quickbooks: Running, connection: Connection
) -> None:
    company = connection.company
    refresh_lists(company)
    before = active(company)
    left_with(quickbooks, "Item", {"Wheel Throwing 101"})
    browser = a_person(company)
    browser.post(f"{CARD}refresh/")

    assert f"{len(before) - 1} names are missing from the list of items" in page(browser)
    question = DoubtedList.objects.get(company=company)
    said = text(browser.post(f"{CARD}confirm-missing/{question.pk}/", follow=True))

    assert f"{len(before) - 1} names are inactive now" in said
    assert "are missing from" not in said
    assert active(company) == {"Wheel Throwing 101"}
    confirmed = Run.objects.latest("pk")
    assert str(confirmed.asked_by) == "alex"
    assert "Confirmed" in confirmed.message
    assert not refresh_lists(company).warnings


def test_a_question_that_was_read_again_in_the_meantime_is_not_answered_by_an_old_page(
    quickbooks: Running, connection: Connection
) -> None:
    company = connection.company
    refresh_lists(company)
    left_with(quickbooks, "Item")
    refresh_lists(company)
    seen = DoubtedList.objects.get(company=company).pk
    refresh_lists(company)

    assert confirm_gone(company, seen, by=None) is None
    assert active(company)


def test_an_auditor_sees_the_question_and_cannot_answer_it(quickbooks: Running, connection: Connection) -> None:
    company = connection.company
    refresh_lists(company)
    left_with(quickbooks, "Item")
    refresh_lists(company)
    browser = a_person(company, "auditor")

    assert "They are gone" not in page(browser)
    question = DoubtedList.objects.get(company=company)
    assert browser.post(f"{CARD}confirm-missing/{question.pk}/").status_code == 403
    assert active(company)
