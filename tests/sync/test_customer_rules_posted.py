"""Is what the rules of a source say about customers in QuickBooks afterwards?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from books.orders import Customer
from companies.models import Company
from mapping.models import QuickBooksCustomer, SourceCustomer, SourceCustomerRules
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.lists.refresh import refresh_lists
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.preparing.prepare import prepare_unsent
from sync.resync import advance, start
from tests.factories import SYSTEM, order_of, prepared
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.sample_orders import an_order
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

LINES = "\nKIT-CLAY  48.00"


def rules(company: Company, **decided: str) -> None:
    SourceCustomerRules.objects.create(company=company, system=SYSTEM, **decided)


def sold(company: Company, number: int, buyer: str) -> None:
    """An order is imported, prepared and posted."""
    prepared(company, f"2026-08-14  order {number}  {buyer}{LINES}")
    push(company)


@pytest.mark.criterion("E11", "E13", "E27")
def test_a_new_customer_bears_the_name_in_the_field_and_the_second_order_finds_it_there(
    studio: Company, quickbooks: Books
) -> None:
    rules(studio, match_first="name", name_format="last-first", name_field="check")
    before = quickbooks.count("Customer")

    sold(studio, 1, "#9 Nora Quist <nora@example.com>")
    sold(studio, 2, "#10 Nora Quist <n.quist@example.org>")

    customer = quickbooks.find("Customer", "DisplayName = 'Quist, Nora'")
    assert (customer["PrintOnCheckName"], customer["GivenName"], customer["FamilyName"]) == (
        "Quist, Nora",
        "Nora",
        "Quist",
    )
    assert quickbooks.count("Customer") == before + 1
    for number in (1, 2):
        assert quickbooks.find("Invoice", f"DocNumber = '{number}'")["CustomerRef"]["value"] == customer["Id"]


@pytest.mark.criterion("E13")
def test_what_is_learned_of_a_created_customer_is_what_the_list_says_of_it(studio: Company, quickbooks: Books) -> None:
    rules(studio, name_format="last-first", name_field="company")
    sold(studio, 1, "#9 Nora Quist <nora@example.com>")
    columns = ("display_name", "company_compared", "person_compared", "check_compared", "phone_compared")
    rows = QuickBooksCustomer.objects.filter(company=studio, display_name="Quist, Nora")

    learned = rows.values(*columns).get()
    refresh_lists(studio)

    assert learned == rows.values(*columns).get()
    assert learned["company_compared"] == "quist, nora"


@pytest.mark.criterion("D32", "D44", "D45")
def test_held_for_review_the_email_is_entered_in_quickbooks_and_a_resync_posts_for_that_customer(
    studio: Company, quickbooks: Books
) -> None:
    there = quickbooks.customer("N. Quist")
    refresh_and_prepare(studio)
    SourceCustomerRules.objects.create(company=studio, system=SYSTEM, hold_for_review=True)
    sold(studio, 1, "#9 Nora Quist <nora@example.com>")
    gather(studio)
    (held,) = Issue.objects.filter(company=studio, code="customer-not-found", state=IssueState.OPEN)
    record = quickbooks.read("Customer", there["Id"])
    quickbooks.change("Customer", record, PrimaryEmailAddr={"Address": "nora@example.com"})

    advance(start(studio, [order_of(studio, "1").pk], by=None), seconds=60)

    gather(studio)
    held.refresh_from_db()
    assert held.state == IssueState.SOLVED
    assert quickbooks.find("Invoice", "DocNumber = '1'")["CustomerRef"]["name"] == "N. Quist"


@pytest.mark.criterion("E29", "E31", "E36")
def test_orders_of_strangers_are_under_the_standard_customer_and_still_say_who_it_was(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.customer("Walk-in")
    refresh_and_prepare(studio)
    rules(studio, not_found="standard", standard_customer="Walk-in")
    before = quickbooks.count("Customer")

    sold(studio, 1, "#9 Nora Quist <nora@example.com>")
    sold(studio, 2, "#10 Olaf Berg <olaf@example.com>")

    invoice = quickbooks.find("Invoice", "DocNumber = '1'")
    assert invoice["CustomerRef"]["name"] == "Walk-in"
    assert "Customer: Nora Quist <nora@example.com>" in invoice["PrivateNote"]
    assert invoice["BillEmail"]["Address"] == "nora@example.com"
    assert quickbooks.find("Invoice", "DocNumber = '2'")["CustomerRef"]["name"] == "Walk-in"
    assert quickbooks.count("Customer") == before
    assert not SourceCustomer.objects.filter(company=studio, quickbooks_customer__isnull=False).exists()
    page = as_role(studio).get(f"/studio/orders/{order_of(studio, '1').pk}/").content.decode()
    assert "Nora Quist &lt;nora@example.com&gt; is not in QuickBooks, so the order is under “Walk-in” there." in page


@pytest.mark.criterion("E33", "E34", "E35")
def test_an_order_that_names_nobody_is_under_the_default_customer_with_the_address_that_quickbooks_has(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.customer("Counter sales", BillAddr={"Line1": "1 Main St", "City": "Denver"})
    refresh_and_prepare(studio)
    rules(studio, default_customer="Counter sales")

    bought = an_order(f"2026-08-14  order 1  #9 Nora Quist{LINES}")
    prepared(studio, replace(bought, customer=Customer()))
    push(studio)

    invoice = quickbooks.find("Invoice", "DocNumber = '1'")
    assert (invoice["CustomerRef"]["name"], invoice["BillAddr"]["City"]) == ("Counter sales", "Denver")


@pytest.mark.criterion("E32")
def test_a_standard_customer_who_becomes_inactive_stops_such_orders_until_another_is_chosen(
    studio: Company, quickbooks: Books
) -> None:
    there = quickbooks.customer("Walk-in")
    refresh_and_prepare(studio)
    rules(studio, not_found="standard", standard_customer="Walk-in")
    quickbooks.change("Customer", quickbooks.read("Customer", there["Id"]), Active=False)
    refresh_and_prepare(studio)

    sold(studio, 1, "#9 Nora Quist <nora@example.com>")
    stopped = quickbooks.count("Invoice")
    SourceCustomerRules.objects.update(standard_customer="Priya Natarajan")
    prepare_unsent(studio)
    push(studio)

    assert quickbooks.count("Invoice") == stopped + 1
    assert quickbooks.find("Invoice", "DocNumber = '1'")["CustomerRef"]["name"] == "Priya Natarajan"
