"""A name of the mapping that QuickBooks loses or renames: is it an issue at once, with everything that it touches?"""

from __future__ import annotations

import html

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.models import Company, CompanyKind, Role
from mapping.models import FormerName, LineTypeDefault, PostingAccounts, Product, QuickBooksAccount, QuickBooksItem
from mapping.name_checks import missing_names
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.lists.list_sync import LISTS, keep_page
from sync.models import DocumentState
from sync.preparing.prepare import prepare_unsent
from sync.quickbooks_online.list_parsers import AccountRow, ItemRow
from tests.factories import document_of, prepared, the_studio
from tests.reconciliation.factories import as_role, issue_of

pytestmark = pytest.mark.django_db
ACCOUNTS, ITEMS = LISTS[0], LISTS[1]
CLASSES = "Services:Training:Classes"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def accountant(studio: Company) -> Client:
    return as_role(studio, Role.ACCOUNTANT)


def a_product(company: Company, name: str, *, item: str = "", account: str = "") -> Product:
    return Product.objects.create(
        company=company,
        system="keap",
        source_key=name,
        name=name,
        quickbooks_product_name=item,
        quickbooks_account_name=account,
    )


def rename_item(company: Company, old: str, new: str, *, active: bool = True) -> None:
    """What reading the lists does when QuickBooks calls an item otherwise."""
    row = QuickBooksItem.objects.get(company=company, full_name=old)
    told = ItemRow(
        quickbooks_id=row.quickbooks_id,
        sync_token="1",
        active=active,
        name=new,
        full_name=new,
        sku=row.sku,
        item_type=row.item_type,
        income_account_id=row.income_account_id,
    )
    keep_page(company, ITEMS, [told], now=timezone.now())
    gather(company)


def rename_account(company: Company, old: str, new: str) -> None:
    row = QuickBooksAccount.objects.get(company=company, full_name=old)
    told = AccountRow(
        quickbooks_id=row.quickbooks_id,
        sync_token="1",
        active=True,
        name=new.rpartition(":")[2],
        full_name=new,
        account_type=row.account_type,
        account_subtype="",
        number="",
    )
    keep_page(company, ACCOUNTS, [told], now=timezone.now())
    gather(company)


def page(client: Client, issue: Issue) -> str:
    response = client.get(reverse("reconciliation:issue", args=[issue.company.slug, issue.pk]))
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def fix(client: Client, issue: Issue, name: str) -> str:
    address = reverse("reconciliation:issue_fix", args=[issue.company.slug, issue.pk, name])
    said = client.post(address, {}, follow=True)
    issue.refresh_from_db()
    return html.unescape(said.content.decode())


@pytest.mark.criterion("A09", "A23")
def test_an_item_that_vanishes_is_an_issue_before_any_order_needs_it(studio: Company, accountant: Client) -> None:
    a_product(studio, "Kiln", item="Kiln Shelf")
    gather(studio)
    assert not Issue.objects.exists()

    QuickBooksItem.objects.filter(company=studio, name="Kiln Shelf").update(active=False)
    gather(studio)

    issue = issue_of(studio, "item-not-in-quickbooks")
    assert (issue.state, issue.records) == (IssueState.OPEN, 0)
    text = page(accountant, issue)
    assert "The item “Kiln Shelf” (product Kiln) is inactive in QuickBooks." in text
    assert "Kiln, QuickBooks Product Name" in text


def test_home_and_products_lead_to_the_lost_names(studio: Company, accountant: Client) -> None:
    a_product(studio, "Kiln", item="Nowhere")
    gather(studio)
    issue = issue_of(studio, "item-not-in-quickbooks")

    home = accountant.get(reverse("reconciliation:home", args=[studio.slug])).content.decode()
    products = accountant.get(reverse("admin:mapping_product_changelist"), {"mapping": "not-in-quickbooks"})

    assert "Mapping: names that QuickBooks does not have" in home
    assert reverse("reconciliation:issue", args=[studio.slug, issue.pk]) in home
    assert reverse("reconciliation:issues", args=[studio.slug]) in products.content.decode()


def test_the_issue_names_every_mapping_and_every_waiting_document(studio: Company, accountant: Client) -> None:
    a_product(studio, "Wheel", account="Services")
    LineTypeDefault.objects.filter(company=studio, section="service").update(item_account_default="Services")
    PostingAccounts.objects.filter(company=studio).update(credit_debit="Services", refund_debit="Services")
    LineTypeDefault.objects.filter(company=studio, section="service").update(item_name_default="SVC")
    prepared(studio, "2026-08-14  order 3001\nservice  50.00")
    assert document_of(studio, "3001").state == DocumentState.READY

    QuickBooksAccount.objects.filter(company=studio, full_name="Services").update(active=False)
    prepare_unsent(studio)

    issue = issue_of(studio, "account-not-in-quickbooks")
    assert issue.records == 1
    text = page(accountant, issue)
    for place in (
        "Wheel, QuickBooks Account Name",
        "Service & Misc., Item Account Default",
        "Credit Debit Account",
        "Refund Debit Account",
        "3001",
    ):
        assert place in text, place


@pytest.mark.criterion("A09", "A22")
def test_one_click_says_the_new_name_everywhere_and_what_waited_is_ready(studio: Company, accountant: Client) -> None:
    wheel = a_product(studio, "Wheel", item="Wheel Throwing 101")
    LineTypeDefault.objects.filter(company=studio, section="program").update(item_name_default="Wheel Throwing 101")
    prepared(studio, "2026-08-14  order 3001\nprogram  50.00")
    rename_item(studio, "Wheel Throwing 101", "Throwing Basics")
    prepare_unsent(studio)
    issue = issue_of(studio, "item-not-in-quickbooks")
    assert document_of(studio, "3001").state == DocumentState.BLOCKED
    assert "it is “Throwing Basics” now." in page(accountant, issue)

    said = fix(accountant, issue, "use-new-name")

    wheel.refresh_from_db()
    assert wheel.quickbooks_product_name == "Throwing Basics"
    assert LineTypeDefault.objects.get(section="program").item_name_default == "Throwing Basics"
    assert wheel.history.latest().history_change_reason == "Issue: Item not found in QuickBooks"
    assert issue.state == IssueState.SOLVED
    assert document_of(studio, "3001").state == DocumentState.READY
    assert "1 document is ready." in said


@pytest.mark.criterion("A14", "A22")
def test_a_renamed_account_is_replaced_in_products_line_types_and_posting_accounts(
    studio: Company, accountant: Client
) -> None:
    wheel = a_product(studio, "Wheel", account=CLASSES)
    PostingAccounts.objects.filter(company=studio).update(credit_debit=CLASSES)
    rename_account(studio, CLASSES, "Services:Training:Courses")
    issue = issue_of(studio, "account-not-in-quickbooks")

    fix(accountant, issue, "use-new-name")

    wheel.refresh_from_db()
    assert wheel.quickbooks_account_name == "Services:Training:Courses"
    assert PostingAccounts.objects.get(company=studio).credit_debit == "Services:Training:Courses"
    assert issue.state == IssueState.SOLVED


def test_two_renamings_in_a_row_lead_to_the_present_name(studio: Company) -> None:
    a_product(studio, "Wheel", item="Wheel Throwing 101")

    rename_item(studio, "Wheel Throwing 101", "Throwing Basics")
    rename_item(studio, "Throwing Basics", "Throwing I")

    assert [missing.renamed_to for missing in missing_names(studio)] == ["Throwing I"]
    assert FormerName.objects.filter(company=studio).count() == 2


def test_a_renamed_item_that_is_inactive_too_is_only_gone(studio: Company, accountant: Client) -> None:
    a_product(studio, "Wheel", item="Wheel Throwing 101")

    rename_item(studio, "Wheel Throwing 101", "Wheel Throwing 101 (deleted)", active=False)

    issue = issue_of(studio, "item-not-in-quickbooks")
    assert issue.facts["renamed_to"] == ""
    assert "use-new-name" not in page(accountant, issue)


def test_a_name_that_comes_back_solves_the_issue_by_itself(studio: Company) -> None:
    a_product(studio, "Wheel", item="Wheel Throwing 101")
    rename_item(studio, "Wheel Throwing 101", "Throwing Basics")

    rename_item(studio, "Throwing Basics", "Wheel Throwing 101")

    assert issue_of(studio, "item-not-in-quickbooks").state == IssueState.SOLVED


def test_the_new_name_is_offered_first_wherever_the_old_one_stands(studio: Company, accountant: Client) -> None:
    wheel = a_product(studio, "Wheel", item="Wheel Throwing 101")
    rename_item(studio, "Wheel Throwing 101", "Beginners")

    form = accountant.get(reverse("admin:mapping_product_change", args=[wheel.pk])).content.decode()

    assert 'data-value="Beginners"' in form
    assert "its new name in QuickBooks" in form


def test_a_number_that_someone_took_off_an_item_is_an_issue_too(studio: Company) -> None:
    a_product(studio, "Wheel", item="WT-101")
    assert missing_names(studio) == []

    QuickBooksItem.objects.filter(company=studio, sku="WT-101").update(sku="", sku_compared="")

    assert [missing.text for missing in missing_names(studio)] == ["WT-101"]


def test_nothing_is_lost_while_the_lists_have_never_been_read(studio: Company) -> None:
    QuickBooksItem.objects.filter(company=studio).delete()
    QuickBooksAccount.objects.filter(company=studio).delete()

    assert missing_names(studio) == []


def test_a_line_of_quickbooks_desktop_needs_no_item_where_an_account_is_given(studio: Company) -> None:
    Company.objects.filter(pk=studio.pk).update(kind=CompanyKind.DESKTOP)
    studio.refresh_from_db()
    a_product(studio, "Wheel", item="Nowhere", account=CLASSES)
    a_product(studio, "Mug", item="Nowhere Either")

    assert [missing.text for missing in missing_names(studio)] == ["Nowhere Either"]


def test_looking_for_lost_names_takes_the_same_queries_for_few_products_and_for_many(studio: Company) -> None:
    a_product(studio, "Wheel", item="Nowhere", account="Nobody")
    with CaptureQueriesContext(connection) as for_few:
        missing_names(studio)

    for number in range(20):
        a_product(studio, f"Product {number}", item=f"Nowhere {number}", account=f"No one {number}")
    with CaptureQueriesContext(connection) as for_many:
        found = missing_names(studio)

    assert len(found) == 42
    assert len(for_many) == len(for_few)
