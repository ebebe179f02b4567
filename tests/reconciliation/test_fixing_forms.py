"""Does a choice about the forms of documents that does not fit become one issue, and lead to where it is put right?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from books.answers import LineAnswer
from companies.models import Company
from mapping.lookup import answer_products
from mapping.models import (
    DocumentForms,
    PostingAccounts,
    Product,
    QuickBooksClass,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    SourceDimensions,
)
from reconciliation.models import Issue, IssueState
from sync.models import DocumentState
from sync.preparing.prepare import prepare_unsent
from tests.factories import SYSTEM, document_of, map_product, prepared, the_studio
from tests.reconciliation.factories import a_stuck_order, as_role
from tests.reconciliation.fixing import page

pytestmark = pytest.mark.django_db

TAXED = "2026-08-14  order 2001\nKIT-CLAY  49.00\ntax  Denver  4.32"
SOLD = "2026-08-14  order 2001\nKIT-CLAY  49.00\nWT-101  199.00"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def accountant(studio: Company) -> Client:
    return as_role(studio, "accountant")


def choose(company: Company, **forms: object) -> None:
    DocumentForms.objects.update_or_create(company=company, defaults=forms)


def a_tax_code(company: Company, *percents: str, active: bool = True) -> None:
    """A tax code of these rates in our copy of QuickBooks' lists."""
    rows = {"company": company, "changed_at": timezone.now(), "active": active}
    for number, percent in enumerate(percents, start=1):
        QuickBooksTaxRate.objects.create(
            quickbooks_id=str(number), name=f"Rate {number}", percent=Decimal(percent), **rows
        )
    ids = ",".join(str(number) for number in range(1, len(percents) + 1))
    QuickBooksTaxCode.objects.create(quickbooks_id="5", name="Denver", rate_ids=ids, **rows)


def leads_to_forms(client: Client, issue: Issue) -> bool:
    return "See which form each document takes, and under which names." in page(client, issue)


def solved(company: Company, issue: Issue) -> bool:
    """Whether preparing again clears the issue and leaves the order ready."""
    prepare_unsent(company)
    issue.refresh_from_db()
    return (issue.state, document_of(company, "2001").state) == (IssueState.SOLVED, DocumentState.READY)


def test_without_a_tax_code_the_page_leads_to_the_choice(studio: Company, accountant: Client) -> None:
    choose(studio, sales_tax_as="quickbooks")
    issue = a_stuck_order(studio, TAXED)

    assert issue.code == "tax-code-not-set"
    assert leads_to_forms(accountant, issue)

    a_tax_code(studio, "2.9", "5.91")
    choose(studio, sales_tax_code="Denver")
    assert solved(studio, issue)
    body = document_of(studio, "2001").frozen.body["tax"]
    assert (body["code"]["percent"], body["amount"]) == ("8.81", "4.32")


def test_tax_that_differs_by_a_cent_shows_the_line_and_can_be_ignored(studio: Company, accountant: Client) -> None:
    a_tax_code(studio, "8.81")
    choose(studio, sales_tax_as="quickbooks", sales_tax_code="Denver")
    issue = a_stuck_order(studio, TAXED.replace("4.32", "4.33"))

    text = page(accountant, issue)
    assert issue.code == "tax-differs"
    assert "charges 4.33 USD on “Denver”; at 8.81 percent (Denver) QuickBooks would come to 4.32 USD" in text
    assert leads_to_forms(accountant, issue)
    assert "/fix/ignore/" in page(as_role(studio), issue)

    choose(studio, sales_tax_as="line")
    assert solved(studio, issue)


def test_two_receivables_in_one_entry_lead_to_the_posting_accounts(studio: Company, accountant: Client) -> None:
    accounts = PostingAccounts.objects.filter(company=studio)
    accounts.update(refund_debit="Wholesale Receivables")
    issue = a_stuck_order(studio, f"{SOLD}\nrefund 2026-09-01  Part  20.00")

    assert issue.code == "moves-two-receivables"
    assert "See all posting accounts and payment methods." in page(accountant, issue)

    accounts.update(refund_debit="Refunds & Allowances")
    assert solved(studio, issue)


def a_missing_location(company: Company) -> Callable[[], object]:
    SourceDimensions.objects.create(company=company, system=SYSTEM, quickbooks_location="Denver")
    return lambda: QuickBooksLocation.objects.create(
        company=company, quickbooks_id="8", name="Denver", full_name="Denver", changed_at=timezone.now()
    )


def a_missing_class(company: Company) -> Callable[[], object]:
    SourceDimensions.objects.create(company=company, system=SYSTEM, quickbooks_class="Denver")
    return lambda: QuickBooksClass.objects.create(
        company=company, quickbooks_id="8", name="Denver", full_name="Denver", changed_at=timezone.now()
    )


def an_inactive_tax_code(company: Company) -> Callable[[], object]:
    a_tax_code(company, "8.81", active=False)
    choose(company, sales_tax_as="quickbooks", sales_tax_code="Denver")
    return lambda: QuickBooksTaxCode.objects.update(active=True)


def an_inactive_item(company: Company) -> Callable[[], object]:
    QuickBooksItem.objects.filter(sku="KILN-SH").update(active=False, name="Denver", full_name="Denver")
    choose(company, credit_item="Denver")
    return lambda: QuickBooksItem.objects.update(active=True)


@pytest.mark.parametrize(
    ("lost", "what"),
    [
        (a_missing_location, "location"),
        (a_missing_class, "class"),
        (an_inactive_tax_code, "sales tax code"),
        (an_inactive_item, "item"),
    ],
)
def test_a_chosen_name_that_quickbooks_lacks_is_one_issue_until_it_is_there(
    studio: Company, accountant: Client, lost: Callable[[Company], Callable[[], object]], what: str
) -> None:
    add = lost(studio)
    issue = a_stuck_order(studio, SOLD)

    assert [row.cause for row in Issue.objects.all()] == [issue.cause]
    assert f"QuickBooks has no active {what} “Denver” (Transaction types)." in page(accountant, issue)
    assert leads_to_forms(accountant, issue)

    add()
    assert solved(studio, issue)


def test_the_class_of_a_product_leads_to_the_product(studio: Company, accountant: Client) -> None:
    prepared(studio, SOLD)
    product = Product.objects.get(name="Wheel Throwing 101")
    Product.objects.filter(pk=product.pk).update(quickbooks_class="Online")
    prepare_unsent(studio)
    issue = Issue.objects.get(code="choice-not-in-quickbooks")

    assert "(product Wheel Throwing 101)" in page(accountant, issue)
    assert reverse("admin:mapping_product_change", args=[product.pk]) in page(accountant, issue)
    assert not leads_to_forms(accountant, issue)


def test_a_product_whose_class_is_there_is_complete_before_any_order_sells_it(studio: Company) -> None:
    QuickBooksClass.objects.create(
        company=studio, quickbooks_id="8", name="Online", full_name="Online", changed_at=timezone.now()
    )
    prepared(studio, SOLD)
    map_product(studio, "Wheel Throwing 101", item="Wheel Throwing 101")
    product = Product.objects.get(name="Wheel Throwing 101")

    def answered(class_name: str) -> LineAnswer:
        product.quickbooks_class = class_name
        return answer_products(studio, [product])[product.pk]

    assert answered("Online").problems == ()
    assert [problem.code for problem in answered("Offline").problems] == ["choice-not-in-quickbooks"]
