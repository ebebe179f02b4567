"""The accountant's and the ops person's day: one of each cause is resolved by hand, and the books show it."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import expect

from companies.models import Company
from demo.sample_company import SLUG
from sync.models import Document, DocumentState
from tests.factories import prepared
from tests.journeys.conftest import Stage
from tests.reconciliation.factories import NEW_KIT, an_unmapped_product, renamed
from tests.sync.pushing import push

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.criterion("A24", "D32", "D43", "D46", "D48", "D52", "D53", "D61", "D62", "D63")
def test_one_of_each_cause_is_resolved_and_every_order_is_in_the_books_once(stage: Stage) -> None:
    page = stage.page

    # The accountant maps a product
    stage.sign_in("accountant")
    stage.open_issue("Product not mapped: Item is missing a SKU")
    assert stage.invoices("2051", "2138", "2237") == []
    page.get_by_label("QuickBooks item: its name or SKU").fill("UPS")
    page.get_by_role("button", name="Save and Re-sync").click()
    stage.resynced()
    assert stage.invoices("2051", "2138", "2237") == ["2051", "2138", "2237"]

    # ... takes the account that was meant, with one click, and re-syncs what it blocked
    stage.open_issue("Account not found in QuickBooks")
    page.get_by_role("button", name="Services:Training:Classes").click()
    expect(page.get_by_text("9 documents are ready.")).to_be_visible()
    stage.menu("Documents")
    page.get_by_role("link", name="Ready", exact=True).click()
    page.get_by_role("button", name="Re-sync all").click()
    stage.resynced()
    assert len(stage.invoices("2025", "2058", "2105", "2145", "2190", "2226")) == 6

    # ... and gives a name that keeps the rule; one that breaks it is refused with the limit
    stage.open_issue("Invalid name")
    field = page.get_by_label("Kids' Clay Camp, QuickBooks Product Name")
    field.fill("Kids' Clay Camp for seven to twelve")
    page.get_by_role("button", name="Save and Re-sync").click()
    expect(page.get_by_text("the limit is 30").last).to_be_visible()
    field.fill("Kids' Clay Camp")
    page.get_by_role("button", name="Save and Re-sync").click()
    stage.resynced()
    assert len(stage.invoices("2022", "2035", "2071", "2244")) == 4

    # Ops enters the billing email that was missing
    stage.sign_in("ops")
    stage.open_issue("Customer without email")
    page.get_by_label("Billing email").fill("gus.pemberton@example.com")
    page.get_by_role("button", name="Save and Re-sync").first.click()
    stage.resynced()
    assert stage.invoices("2043", "2211") == ["2043", "2211"]

    # ... says twice which customer is meant
    for name in ("Chidi Okafor", "Ngozi Okafor"):
        stage.open_issue("Duplicate email")
        page.get_by_role("radio", name=name).check()
        page.get_by_role("button", name="Save and Re-sync").first.click()
        stage.resynced()
    assert len(stage.invoices("2061", "2146", "2229")) == 3

    # ... and gives the customer whose name a vendor has another one
    stage.open_issue("Rejected by QuickBooks")
    page.get_by_label("Name in QuickBooks").fill("Harbor Print Co (customer)")
    page.get_by_role("button", name="Save and Re-sync").last.click()
    stage.resynced()
    assert stage.invoices("2079", "2196") == ["2079", "2196"]

    # Nothing is left, and nothing is there twice
    stage.menu("Issues")
    expect(page.get_by_role("link", name="Rejected by QuickBooks")).to_have_count(0)
    assert not Document.objects.exclude(state=DocumentState.POSTED).exists()
    numbers = list(Document.objects.filter(kind="invoice").values_list("number", flat=True))
    assert stage.invoices(*numbers) == sorted(numbers)
    assert len(numbers) == 295


#: More than are re-synced without asking, one of a customer whom QuickBooks does not have, one that QuickBooks refuses.
SOLD = (
    *(
        f"2026-08-{1 + place % 28:02}  order {4001 + place}\nKIT-CLAY  24.50\npaid 2026-08-28  Cash  24.50"
        for place in range(49)
    ),
    "2026-08-14  order 4801  #7 Zoë Søn <zoe@example.com>\nWT-101  199.00\npaid 2026-08-20  Cash  50.00",
    "2026-08-14  order 4802  #9 Harbor Print Co <depot@example.com>\nWT-101  199.00",
)


def test_pressing_re_sync_twice_does_no_harm(opened: Stage) -> None:
    page, company = opened.page, Company.objects.get(slug=SLUG)
    an_unmapped_product(company, "4803")
    prepared(company, *SOLD)
    push(company)
    states = Counter(Document.objects.filter(kind="invoice").values_list("state", flat=True))
    assert states == {DocumentState.POSTED: 50, DocumentState.BLOCKED: 2}
    before = opened.books.count("Invoice"), opened.books.count("Payment"), opened.books.count("Customer")
    opened.sign_in("ops")

    for _time in range(2):
        opened.menu("Documents")
        page.get_by_role("button", name="Re-sync all").click()
        page.get_by_role("button", name="Re-sync", exact=True).click()  # so many are asked about first
        opened.resynced()
        assert (opened.books.count("Invoice"), opened.books.count("Payment"), opened.books.count("Customer")) == before


def test_an_auditor_sees_everything_and_can_change_nothing(opened: Stage) -> None:
    page = opened.page
    order = renamed("2026-08-14  order 4801\nKIT-MUG  36.00", "KIT-MUG", **NEW_KIT | {"sku": ""})
    prepared(Company.objects.get(slug=SLUG), order)
    opened.sign_in("auditor")
    opened.open_issue("Product not mapped: Item is missing a SKU")

    expect(page.get_by_role("button", name="Save and Re-sync")).to_have_count(0)
    expect(page.get_by_role("button", name="Re-sync")).to_have_count(0)
