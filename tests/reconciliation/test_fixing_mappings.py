"""Does each fix of the accountant clear its cause, everywhere it is, and refuse what QuickBooks does not have?"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Company, Role
from mapping.models import LineTypeDefault, PostingAccounts, Product, QuickBooksAccount, QuickBooksItem
from reconciliation.models import IssueState
from sync.models import Document, DocumentState
from tests.factories import document_of, order_of, prepared, the_studio
from tests.mapping.items import an_item
from tests.reconciliation.factories import (
    NEW_KIT,
    a_mapped_product,
    a_stuck_order,
    an_unmapped_product,
    as_role,
    issue_of,
    renamed,
)
from tests.reconciliation.fixing import fix, offers, page, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def accountant(studio: Company) -> Client:
    return as_role(studio, Role.ACCOUNTANT)


@pytest.mark.criterion("D63")
def test_a_product_gets_its_item_and_what_it_blocked_is_ready_at_once(studio: Company, accountant: Client) -> None:
    issue = an_unmapped_product(studio, "2001", "2002")

    said = fix(accountant, issue, "choose-item", item="Crème Brûlée Mug Kit")

    assert "2 documents are ready." in said
    assert issue.state == IssueState.SOLVED
    assert issue.solved_by
    assert issue.solved_by.username == "accountant-studio"
    assert Product.objects.get(name="Creme Brulee Mugs").quickbooks_product_name == "Crème Brûlée Mug Kit"
    assert {state_of(studio, "2001"), state_of(studio, "2002")} == {DocumentState.READY}


def test_the_likeliest_item_is_offered_and_taken_with_one_click(studio: Company, accountant: Client) -> None:
    issue = an_unmapped_product(studio, "2001")
    assert offers(accountant, issue)[0] == "Crème Brûlée Mug Kit"

    fix(accountant, issue, "choose-item", pick="Crème Brûlée Mug Kit")

    assert issue.state == IssueState.SOLVED


def test_a_fix_is_written_down_with_the_person_the_reason_and_what_it_changed(
    studio: Company, accountant: Client
) -> None:
    issue = an_unmapped_product(studio, "2001")

    fix(accountant, issue, "choose-item", item="KIT-MUG")

    saved = Product.objects.get(name="Creme Brulee Mugs").history.latest()
    event = order_of(studio, "2001").events.get(step="fixed")
    assert saved.history_user.username == "accountant-studio"
    assert saved.history_change_reason == "Issue: Product not mapped"
    assert event.by
    assert event.by.username == "accountant-studio"
    assert "KIT-MUG" in event.facts["what"]


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ("", "This field is required."),
        ("Mugs no one has", "QuickBooks has no item with the name or SKU “Mugs no one has”."),
        ("starter clay kit", "QuickBooks writes this “Starter Clay Kit”."),
        ('Mug "big"', "double quote"),
        ("An item with a name that is far too long to keep", "the limit is 30"),
    ],
)
def test_a_name_that_cannot_be_saved_says_why_beside_the_field_and_changes_nothing(
    studio: Company, accountant: Client, item: str, error: str
) -> None:
    issue = an_unmapped_product(studio, "2001")

    said = fix(accountant, issue, "choose-item", item=item)

    assert error in said
    assert 'aria-invalid="true"' in said
    assert issue.state == IssueState.OPEN
    assert not Product.objects.exclude(quickbooks_product_name="").exists()


def test_a_space_that_no_name_can_have_is_taken_out_and_the_person_is_told(studio: Company, accountant: Client) -> None:
    issue = an_unmapped_product(studio, "2001")

    said = fix(accountant, issue, "choose-item", item=" Starter Clay Kit")

    assert "“ Starter Clay Kit” was corrected to “Starter Clay Kit”." in said
    assert Product.objects.get(name="Creme Brulee Mugs").quickbooks_product_name == "Starter Clay Kit"


def test_an_item_of_another_company_does_not_exist_here(studio: Company, accountant: Client) -> None:
    other = the_studio("Lindqvist Pottery", "lindqvist")
    QuickBooksItem.objects.filter(company=other, sku="KIT-MUG").update(full_name="Glögg Mug", name="Glögg Mug")
    issue = an_unmapped_product(studio, "2001")

    assert "QuickBooks has no item" in fix(accountant, issue, "choose-item", item="Glögg Mug")


def test_a_line_type_gets_its_default_on_the_spot(studio: Company, accountant: Client) -> None:
    LineTypeDefault.objects.filter(section="shipping").update(item_name_default="")
    issue = a_stuck_order(studio, "2026-08-14  order 2003\nWT-101  199.00\nshipping  8.00")
    assert issue.code == "line-type-without-mapping"
    assert offers(accountant, issue)[0] == "Shipping"

    fix(accountant, issue, "choose-line-type-item", item="Shipping")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2003") == DocumentState.READY


def test_a_line_type_that_was_never_set_up_is_made(studio: Company, accountant: Client) -> None:
    LineTypeDefault.objects.filter(section="tax").delete()
    issue = a_stuck_order(studio, "2026-08-14  order 2003\nWT-101  199.00\ntax  8.00")

    fix(accountant, issue, "choose-line-type-item", item="TAX")

    assert LineTypeDefault.objects.get(section="tax").item_name_default == "TAX"
    assert state_of(studio, "2003") == DocumentState.READY


def test_a_name_that_is_no_item_is_replaced_where_it_stands(studio: Company, accountant: Client) -> None:
    issue = a_mapped_product(studio, item="Wheel Throwing 102")
    assert issue.code == "item-not-in-quickbooks"
    assert set(offers(accountant, issue)) >= {"Wheel Throwing 101", "Wheel Throwing 201"}

    said = fix(accountant, issue, "replace-item", item="Wheel Throwing 201")

    assert "“Wheel Throwing 201” in place of “Wheel Throwing 102”" in said
    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2002") == DocumentState.READY


def test_of_two_items_that_fit_one_is_chosen(studio: Company, accountant: Client) -> None:
    row = QuickBooksItem.objects.get(company=studio, sku="WT-101")
    for number, parent in (("901", "Spring"), ("902", "Autumn")):
        QuickBooksItem.objects.create(
            company=studio,
            quickbooks_id=number,
            name="Evening",
            full_name=f"{parent}:Evening",
            item_type="Service",
            income_account_id=row.income_account_id,
            changed_at=row.changed_at,
        )
    issue = a_mapped_product(studio, item="Evening")
    assert issue.code == "item-is-ambiguous"
    assert set(offers(accountant, issue)) == {"Spring:Evening", "Autumn:Evening"}

    fix(accountant, issue, "replace-item", pick="Autumn:Evening")

    assert issue.state == IssueState.SOLVED


@pytest.mark.criterion("D30", "D63")
def test_two_items_of_one_sku_are_told_apart_on_the_issue(studio: Company, accountant: Client) -> None:
    an_item(studio, "Twin A", sku="MUGS-22")
    an_item(studio, "Twin B", sku="MUGS-22")
    prepared(studio, renamed("2026-08-14  order 2001\nKIT-MUG  36.00", "KIT-MUG", **NEW_KIT))
    issue = issue_of(studio, "item-is-ambiguous")

    fix(accountant, issue, "replace-item", pick="Twin B")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2001") == DocumentState.READY


@pytest.mark.criterion("D29", "D30")
def test_the_issue_of_an_order_says_what_its_item_lacks_and_leads_to_its_row(
    studio: Company, accountant: Client, django_capture_on_commit_callbacks: Any
) -> None:
    nameless = {**NEW_KIT, "sku": ""}
    prepared(studio, renamed("2026-08-14  order 2001\nKIT-MUG  36.00", "KIT-MUG", **nameless))
    issue = issue_of(studio, "product-without-mapping")
    product = Product.objects.get(name="Creme Brulee Mugs")
    row = f"/studio/match-items/?product={product.pk}"
    shown = page(accountant, issue)

    assert "Product not mapped: Item is missing a SKU" in shown
    assert row in shown
    assert [listed.product for listed in accountant.get(row).context["rows"]] == [product]
    with django_capture_on_commit_callbacks(execute=True):
        said = accountant.post(row, {"product": product.pk, "enter-sku": "1", "sku": "kit-mug"}, follow=True)

    issue.refresh_from_db()
    assert "This product is not among those to match." in said.content.decode()
    assert (issue.state, state_of(studio, "2001")) == (IssueState.SOLVED, DocumentState.READY)


def test_a_name_that_a_line_brought_along_has_no_form_and_the_page_says_what_else_to_do(
    studio: Company, accountant: Client
) -> None:
    LineTypeDefault.objects.filter(section="special").update(pass_item_description_as_the_name=True)
    issue = a_stuck_order(studio, "2026-08-14  order 2004\nWT-101  199.00\nspecial  Nonsense Name  -5.00")

    text = page(accountant, issue)

    assert issue.code == "item-not-in-quickbooks"
    assert "<form" in text
    assert "replace-item" not in text
    assert "Switch that off to use the Item Name Default" in text


def test_an_account_is_replaced_in_every_product_line_type_and_posting_account(
    studio: Company, accountant: Client
) -> None:
    gone = "Services:Old"
    a_mapped_product(studio, number="2002", account=gone)
    issue = a_mapped_product(studio, number="2003", account=gone)
    LineTypeDefault.objects.filter(section="service").update(item_account_default=gone)
    assert issue.code == "product-without-mapping"
    issue = issue_of(studio, "account-not-in-quickbooks")
    assert "Evening class 2002, QuickBooks Account Name" in page(accountant, issue)

    fix(accountant, issue, "replace-account", account="Services:Training:Classes")

    assert issue.state == IssueState.SOLVED
    assert not Product.objects.filter(quickbooks_account_name=gone).exists()
    assert LineTypeDefault.objects.get(section="service").item_account_default == "Services:Training:Classes"


def test_an_account_that_cannot_serve_everywhere_is_refused_with_the_types_that_can(
    studio: Company, accountant: Client
) -> None:
    map_one = a_mapped_product(studio, item="Wheel Throwing 101", account="Services:Old")
    LineTypeDefault.objects.filter(section="tax").update(item_account_default="Services:Old")

    said = fix(accountant, map_one, "replace-account", account="Sales Tax Payable")

    assert "“Sales Tax Payable” is of type Other Current Liability" in said
    assert map_one.state == IssueState.OPEN


def test_an_account_of_the_wrong_type_is_replaced_only_where_it_cannot_serve(
    studio: Company, accountant: Client
) -> None:
    PostingAccounts.objects.filter(company=studio).update(payment_debit="Checking")
    issue = a_mapped_product(studio, item="Wheel Throwing 101", account="Checking")
    assert issue.code == "account-of-wrong-type"

    fix(accountant, issue, "replace-account", account="Services:Training:Classes")

    assert issue.state == IssueState.SOLVED
    assert PostingAccounts.objects.get(company=studio).payment_debit == "Checking"


def test_a_posting_account_is_set_on_the_spot_and_only_accounts_that_can_serve_are_offered(
    studio: Company, accountant: Client
) -> None:
    PostingAccounts.objects.filter(company=studio).update(invoice_debit="")
    issue = a_stuck_order(studio, "2026-08-14  order 2003\nWT-101  199.00")
    assert issue.code == "posting-account-not-set"
    assert set(offers(accountant, issue)) == {"Accounts Receivable", "Wholesale Receivables"}
    assert "accepts: Accounts receivable (A/R)" in fix(accountant, issue, "set-posting-account", account="Checking")

    fix(accountant, issue, "set-posting-account", account="Accounts Receivable")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2003") == DocumentState.READY


def test_the_items_own_account_is_used_with_one_click(studio: Company, accountant: Client) -> None:
    issue = a_mapped_product(studio, item="Kids' Clay Camp", account="Services:Coaching")
    text = page(accountant, issue)
    assert "“Services:Coaching” is taken out of the mapping" in text
    assert "Change the income account of “Kids' Clay Camp” in QuickBooks to “Services:Coaching”" in text
    assert "Change the whole mapping of the product." in text

    fix(accountant, issue, "use-item-account")

    invoice: Any = document_of(studio, "2002").value()
    assert issue.state == IssueState.SOLVED
    assert invoice.lines[0].account.path == "Services:Training:Workshops"


def test_a_name_that_breaks_the_rule_comes_corrected_and_is_saved_corrected(
    studio: Company, accountant: Client
) -> None:
    QuickBooksAccount.objects.filter(company=studio, full_name="Services:Coaching").update(full_name="Services:Coach")
    issue = a_mapped_product(studio, item="Wheel Throwing 101 ", account="")
    assert issue.code == "name-breaks-rule"
    assert 'value="Wheel Throwing 101"' in page(accountant, issue)

    fix(accountant, issue, "enter-good-name", good="Wheel Throwing 101")

    assert issue.state == IssueState.SOLVED
    assert Product.objects.get(name="Evening class 2002").quickbooks_product_name == "Wheel Throwing 101"


def test_a_path_that_breaks_the_rule_is_replaced_by_an_account(studio: Company, accountant: Client) -> None:
    issue = a_mapped_product(studio, item="Wheel Throwing 101", account="Services : Training:Classes")
    assert issue.code == "name-breaks-rule"
    assert offers(accountant, issue)[0] == "Services:Training:Classes" or 'value="Services:Training:Classes"' in page(
        accountant, issue
    )

    fix(accountant, issue, "enter-good-name", good="Services:Training:Classes")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2002") == DocumentState.READY


def test_what_is_still_blocked_by_another_cause_is_said(studio: Company, accountant: Client) -> None:
    a_mapped_product(studio, account="Services:Nowhere")
    issue = issue_of(studio, "account-not-in-quickbooks")
    first = issue_of(studio, "product-without-mapping")

    said = fix(accountant, first, "choose-item", item="Wheel Throwing 101")

    assert "1 document is still blocked, by another cause." in said
    assert first.state == IssueState.SOLVED
    issue.refresh_from_db()
    assert issue.state == IssueState.OPEN


def test_only_what_the_cause_blocked_is_prepared_again(studio: Company, accountant: Client) -> None:
    prepared(studio, "2026-08-14  order 1042\nWT-101  199.00")
    before = Document.objects.get(pk=document_of(studio, "1042").pk).changed_at
    issue = an_unmapped_product(studio, "2001")

    fix(accountant, issue, "choose-item", item="KIT-MUG")

    assert document_of(studio, "1042").changed_at == before


def test_a_fix_that_someone_else_made_first_changes_nothing_and_says_so(studio: Company, accountant: Client) -> None:
    issue = an_unmapped_product(studio, "2001")
    fix(accountant, issue, "choose-item", item="KIT-MUG")

    said = fix(accountant, issue, "choose-item", item="Coaching Hour")

    assert "This issue is solved already; nothing was changed." in said
    assert Product.objects.get(name="Creme Brulee Mugs").quickbooks_product_name == "KIT-MUG"


def test_a_fix_that_the_issue_never_had_is_not_there(studio: Company, accountant: Client) -> None:
    issue = an_unmapped_product(studio, "2001")

    response = accountant.post(reverse("reconciliation:issue_fix", args=["studio", issue.pk, "give-email"]), {})

    assert response.status_code == 404


def test_an_item_that_cannot_be_sold_gives_way_only_to_one_that_can(studio: Company, accountant: Client) -> None:
    for name in ("Kiln Shelf", "Studio Membership"):
        QuickBooksItem.objects.filter(company=studio, full_name=name).update(income_account_id="")
    issue = a_mapped_product(studio, item="Kiln Shelf")
    assert issue.code == "item-without-income-account"
    assert "Studio Membership" not in offers(accountant, issue)

    said = fix(accountant, issue, "sell-another-item", item="Studio Membership")
    assert "QuickBooks has no active income account for “Studio Membership” either." in said
    fix(accountant, issue, "sell-another-item", item="Starter Clay Kit")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2002") == DocumentState.READY
