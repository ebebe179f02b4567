"""Four hundred customers of a generated list are matched: the plain ones at once, the others by keys. How many keys?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from companies.models import Company
from mapping.matching.customers import compared_columns
from mapping.models import CustomerDecision, QuickBooksCustomer, SourceCustomer
from reconciliation.desk.ahead import renew_suggestions
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentState
from sync.resync import finish_resyncs
from tests.factories import prepared, the_studio
from tests.reconciliation.desk import hold_for_review
from tests.reconciliation.factories import a_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CUSTOMERS = 400
#: Every tenth is new to the books, every tenth other one is listed there the other way around, and so on.
GIVEN = ("Adela", "Bruno", "Carmen", "Dorian", "Edith", "Fabian", "Gloria", "Hector", "Ilinca", "Jonas")
BEGIN = ("Al", "Ber", "Cor", "Dra", "Fel", "Gor", "Hol", "Mar", "Nor", "Pet")
END = ("inger", "ovski", "amont", "escu")


def people() -> Iterator[tuple[int, str, str]]:
    """Number, given and family name of each customer; no two share either word with the same other one."""
    for number in range(CUSTOMERS):
        yield number, GIVEN[number % 10], f"{BEGIN[number // 10 % 10]}{END[number // 100]}"


def in_books(number: int, given: str, family: str) -> str:
    """What QuickBooks calls a customer; empty where it has none."""
    names = {0: "", 1: f"{family}, {given}", 2: f"{given} {family}s", 3: f"{given.upper()} {family.upper()}"}
    return names.get(number % 10, f"{given} {family}")


def is_plain(number: int) -> bool:
    """Whether the customer has the very same name in QuickBooks, so that one reason decides it with many others."""
    return number % 10 > 2


def key_of(number: int) -> str:
    """What decides it: the likeliest candidate, or a new customer."""
    return "c" if number % 10 == 0 else "1"


@pytest.fixture
def studio(transactional_db: None) -> Company:
    """Its lists, and an order of each of the four hundred, the most money first."""
    company = the_studio()
    hold_for_review(company)
    now, rows = timezone.now(), []
    for number, given, family in people():
        name = in_books(number, given, family)
        told = {"display_name": name, "email": f"{number}@books.example", "company_name": "", "given_name": ""}
        told |= {"family_name": "", "check_name": "", "phone": "", "postal_code": ""}
        if name:
            columns = told | compared_columns(told, country="US")
            rows.append(QuickBooksCustomer(company=company, quickbooks_id=f"9{number:03}", changed_at=now, **columns))
    QuickBooksCustomer.objects.bulk_create(rows)
    prepared(
        company,
        *(
            f"2026-08-14  order 5{number:03}  #5{number:03} {given} {family} <{number}@shop.example>\n"
            f"WT-101  {1000 - number}.00"
            for number, given, family in people()
        ),
    )
    assert renew_suggestions(company) == 0
    a_person(company, name="maya")
    return company


def press(page: Page, key: str, pressed: Counter[str]) -> None:
    """Press a key, and go on once the next record is there."""
    shown = page.evaluate("document.querySelector('[data-desk-title]').textContent")
    page.keyboard.press(key)
    pressed[key] += 1
    page.wait_for_function(
        "name => document.querySelector('[data-desk-title]').textContent !== name"
        " && !document.querySelector('[data-desk]').hasAttribute('aria-busy')",
        arg=shown,
    )


def link_plain_ones(page: Page) -> None:
    """Link the plain ones by one reason, after the preview of every row, and come back to the desk."""
    page.get_by_role("link", name="Several at once").click()
    page.get_by_label("Link those with").select_option("same name")
    page.get_by_role("button", name="Show who would be linked").click()
    expect(page.locator("input[name=row]")).to_have_count(280)
    page.get_by_role("button", name="Link those that are checked").click(timeout=240_000)
    said = page.get_by_text("280 customers were linked. 280 orders are being prepared")
    expect(said).to_be_visible(timeout=240_000)
    page.get_by_role("navigation", name="Customers").get_by_role("link", name="Match customers").click()


@pytest.mark.long
@pytest.mark.criterion("D44", "D46", "D52", "D53", "D54")
def test_four_hundred_customers_take_a_reason_and_one_key_for_each_of_the_others(
    studio: Company, page: Page, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/studio/match-customers/")
    page.get_by_label("Username").fill("maya")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("400 customers wait")).to_be_visible()

    pressed: Counter[str] = Counter()
    link_plain_ones(page)
    left = [(number, given, family) for number, given, family in people() if not is_plain(number)]
    expect(page.get_by_text(f"{len(left)} customers wait")).to_be_visible()
    page.locator("[data-desk-title]").focus()
    for number, given, family in left:
        assert page.evaluate("document.querySelector('[data-desk-title]').textContent") == f"{given} {family}"
        press(page, key_of(number), pressed)
        if number == 11:  # a slip is one key too, and the record is there again
            press(page, "u", pressed)
            expect(page.locator("[data-desk-title]")).to_have_text(f"{given} {family}")
            press(page, key_of(number), pressed)

    expect(page.get_by_role("heading", name="Every customer is matched.")).to_be_visible()
    assert pressed == {"1": 81, "c": 40, "u": 1}
    assert pressed.total() == len(left) + 2
    finish_resyncs(studio)
    assert not Issue.objects.filter(company=studio, state=IssueState.OPEN).exists()
    assert Document.objects.filter(company=studio, kind="invoice", state=DocumentState.READY).count() == CUSTOMERS
    assert CustomerDecision.objects.filter(company=studio, undone_at=None).count() == CUSTOMERS
    for number, given, family in people():
        customer = SourceCustomer.objects.get(company=studio, source_key=f"5{number:03}")
        found = customer.quickbooks_customer.display_name if customer.quickbooks_customer else ""
        assert (found, customer.name_given) == (
            in_books(number, given, family),
            "" if in_books(number, given, family) else f"{given} {family}",
        )
