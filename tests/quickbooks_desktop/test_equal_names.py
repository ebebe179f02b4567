"""QuickBooks Desktop knows customers by name alone: who is asked when two new ones have the same?"""

from __future__ import annotations

import pytest
from django.test import Client

from companies.models import Company
from mapping.models import DesktopOtherName, QuickBooksCustomer
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentState
from tests.factories import document_of, prepared
from tests.quickbooks_desktop.factories import a_desktop_company, exported, text_of
from tests.reconciliation.factories import as_role
from tests.reconciliation.fixing import fix, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return a_desktop_company()


@pytest.fixture
def ops(company: Company) -> Client:
    return as_role(company)


def order(number: str, buyer: str) -> str:
    return f"2026-08-14  order {number}  {buyer}\nKIT-CLAY  48.00"


def state(company: Company, number: str) -> str:
    return document_of(company, number).state


def issue_of(company: Company, code: str = "new-customers-share-name") -> Issue:
    gather(company)
    return Issue.objects.get(company=company, code=code, state=IssueState.OPEN)


def customers_in(file: str) -> list[str]:
    return sorted(line.split("\t")[1].strip('"') for line in file.splitlines() if line.startswith("CUST\t"))


@pytest.mark.parametrize("second", ["Marie Ortega", "MARIE ORTEGA"])
@pytest.mark.parametrize("together", [True, False])
def test_a_second_new_customer_of_the_same_name_is_asked_about_and_gets_a_name_on_the_spot(
    company: Company, ops: Client, second: str, together: bool
) -> None:
    orders = [order("5001", "Marie Ortega <marie@example.com>"), order("5002", f"{second} <ortega@example.net>")]
    for some in [orders] if together else [[text] for text in orders]:
        prepared(company, *some)

    assert (state(company, "5001"), state(company, "5002")) == ("ready", "blocked")
    issue = issue_of(company)
    text = page(ops, issue)
    assert "the new customer of order 5001 has the name “Marie Ortega” already" in text
    assert f'value="{second} (2)"' in text

    fix(ops, issue, "create-customer", new_name="Marie Ortega (Boulder)")

    assert customers_in(text_of(exported(company))) == ["Marie Ortega", "Marie Ortega (Boulder)"]


def test_both_orders_of_one_new_customer_go_without_a_question(company: Company) -> None:
    prepared(company, order("5001", "Marie Ortega <marie@example.com>"))
    prepared(company, order("5002", "Marie Ortega <MARIE@example.com>"))

    assert (state(company, "5001"), state(company, "5002")) == ("ready", "ready")
    assert customers_in(text_of(exported(company))) == ["Marie Ortega"]


def test_what_was_written_keeps_its_name_and_a_later_one_is_asked_about(company: Company) -> None:
    prepared(company, order("5001", "Marie Ortega <marie@example.com>"))
    exported(company)
    prepared(company, order("5002", "Marie Ortega <ortega@example.net>"))
    prepared(company, order("5003", "Marie Ortega <marie@example.com>"))

    assert [state(company, number) for number in ("5001", "5002", "5003")] == ["exported", "blocked", "ready"]


def test_a_name_that_becomes_free_frees_who_waited_for_it(company: Company, ops: Client) -> None:
    prepared(company, order("5001", "#1 Marie Ortega <marie@example.com>"))
    prepared(company, order("5002", "#2 Marie Ortega <ortega@example.net>"))
    assert state(company, "5002") == DocumentState.BLOCKED

    prepared(company, order("5001", "#1 Marie Lund <marie@example.com>"))

    assert (state(company, "5001"), state(company, "5002")) == ("ready", "ready")
    new = Document.objects.filter(company=company, kind="customer", state=DocumentState.READY)
    assert sorted(new.values_list("customer_name", flat=True)) == ["Marie Lund", "Marie Ortega"]
    gather(company)
    assert not Issue.objects.filter(company=company, state=IssueState.OPEN).exists()


def test_a_name_that_is_turned_around_in_quickbooks_is_taken(company: Company, ops: Client) -> None:
    there = QuickBooksCustomer.objects.filter(company=company).get()
    there.pk, there.quickbooks_id, there.display_name = None, "Ortega, Marie Ann", "Ortega, Marie Ann"
    there.email, there.name_compared, there.email_compared = "", "ortega, marie ann", ""
    there.save()
    DesktopOtherName.objects.create(company=company, name="Halloran, Wren", name_compared="halloran, wren")

    prepared(company, order("5001", "Marie Ann Ortega <marie@example.com>"))
    prepared(company, order("5002", "Wren Halloran <wren@example.com>"))

    assert "a customer named “Ortega, Marie Ann” is" in page(ops, issue_of(company, "customer-name-taken"))
    assert "“Halloran, Wren” is a vendor" in page(ops, issue_of(company, "name-of-another-list"))
