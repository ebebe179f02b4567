"""Two people have one page open: is the second save refused, with both sides shown and nothing of it lost?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from companies.models import Company, Membership, Role
from mapping.models import LineTypeDefault, PostingAccounts, Product, SourceCustomer
from mapping.posting_settings import FIELDS
from tests.factories import the_studio
from tests.mapping.opened_forms import ACCOUNTS, sent_with
from tests.mapping.people import a_person, client_of, field_value, joined, signed_in, text_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def accountant(studio: Company) -> Client:
    return signed_in(studio, Role.ACCOUNTANT, "ann")


@pytest.fixture
def administrator(studio: Company) -> Client:
    return signed_in(studio, Role.ADMINISTRATOR, "adam")


def accounts() -> dict[str, str]:
    row = PostingAccounts.objects.get()
    return {name: getattr(row, name) for name in FIELDS}


# Posting accounts: the case that was measured -------------------------------------------------------------------------


def test_what_another_person_saved_meanwhile_is_not_written_back(accountant: Client, administrator: Client) -> None:
    opened = administrator.get(ACCOUNTS)
    accountant.post(ACCOUNTS, sent_with(accountant.get(ACCOUNTS), refund_credit="Undeposited Funds"))

    answer = administrator.post(ACCOUNTS, sent_with(opened, payment_debit="Checking"))

    assert accounts()["refund_credit"] == "Undeposited Funds"
    assert accounts()["payment_debit"] == "Undeposited Funds"  # nothing of the second save
    assert "Nothing was saved: this was changed by another person" in text_of(answer)
    assert "“Undeposited Funds” in place of “Accounts Receivable”. You had not changed this field." in text_of(answer)
    assert "ann, " in text_of(answer)


def test_what_was_entered_is_kept_and_saved_the_second_time(accountant: Client, administrator: Client) -> None:
    opened = administrator.get(ACCOUNTS)
    accountant.post(ACCOUNTS, sent_with(accountant.get(ACCOUNTS), refund_credit="Undeposited Funds"))
    refused = administrator.post(ACCOUNTS, sent_with(opened, payment_debit="Checking"))

    assert field_value(refused, "payment_debit") == "Checking"
    assert field_value(refused, "refund_credit") == "Undeposited Funds"
    administrator.post(ACCOUNTS, sent_with(refused))

    assert (accounts()["payment_debit"], accounts()["refund_credit"]) == ("Checking", "Undeposited Funds")
    newest = PostingAccounts.history.first()
    before = newest.prev_record
    changed = [change.field for change in newest.diff_against(before).changes]
    assert (newest.history_user.username, changed) == ("adam", ["payment_debit"])  # credited with nothing else


def test_both_sides_are_shown_where_both_changed_the_same_field(accountant: Client, administrator: Client) -> None:
    opened = administrator.get(ACCOUNTS)
    accountant.post(ACCOUNTS, sent_with(accountant.get(ACCOUNTS), refund_debit="Sales:Kits"))

    answer = administrator.post(ACCOUNTS, sent_with(opened, refund_debit="Accounts Receivable"))

    assert accounts()["refund_debit"] == "Sales:Kits"
    assert "You entered “Accounts Receivable”." in text_of(answer)
    assert field_value(answer, "refund_debit") == "Accounts Receivable"


def test_when_it_was_changed_is_said_as_the_company_writes_it(accountant: Client, administrator: Client) -> None:
    opened = administrator.get(ACCOUNTS)
    accountant.post(ACCOUNTS, sent_with(accountant.get(ACCOUNTS), refund_debit="Sales:Kits"))
    PostingAccounts.history.filter(refund_debit="Sales:Kits").update(
        history_date=datetime(2026, 8, 1, 21, 5, tzinfo=UTC)
    )

    answer = administrator.post(ACCOUNTS, sent_with(opened, refund_debit="Accounts Receivable"))

    assert "ann, 08/01/2026 3:05 PM: “Sales:Kits” in place of" in text_of(answer)


def test_the_same_value_from_both_is_no_conflict(accountant: Client, administrator: Client) -> None:
    opened = administrator.get(ACCOUNTS)
    accountant.post(ACCOUNTS, sent_with(accountant.get(ACCOUNTS), payment_debit="Checking"))

    answer = administrator.post(ACCOUNTS, sent_with(opened, payment_debit="Checking"))

    assert told(answer) == ["Nothing was changed."]


def test_a_double_click_saves_once_and_leaves_one_entry_in_the_history(accountant: Client) -> None:
    sent, before = sent_with(accountant.get(ACCOUNTS), payment_debit="Checking"), PostingAccounts.history.count()

    first, second = accountant.post(ACCOUNTS, sent), accountant.post(ACCOUNTS, sent)

    assert (told(first), told(second)) == (["Saved."], ["Saved.", "Nothing was changed."])
    assert PostingAccounts.history.count() == before + 1


# Every other form that saves a decision -------------------------------------------------------------------------------


def test_a_line_type_is_not_written_over(accountant: Client, administrator: Client) -> None:
    page = "/mapping/studio/line-types/"
    opened = administrator.get(page)
    accountant.post(page, sent_with(accountant.get(page), **{"shipping-item_account_default": "Sales:Kits"}))

    answer = administrator.post(page, sent_with(opened, **{"program-item_account_default": "Sales:Kits"}))

    assert "Nothing was saved" in text_of(answer)
    assert LineTypeDefault.objects.get(section="shipping").item_account_default == "Sales:Kits"
    assert not LineTypeDefault.objects.filter(section="program", item_account_default="Sales:Kits").exists()


def test_document_forms_are_not_written_over(accountant: Client, administrator: Client) -> None:
    page = "/mapping/studio/transaction-types/"
    opened = administrator.get(page)
    accountant.post(page, sent_with(accountant.get(page), sales_receipts="on"))

    answer = administrator.post(page, sent_with(opened, discounts_as="line"))

    assert "“Yes” in place of “No”" in text_of(answer)
    assert 'name="sales_receipts"' in answer.content.decode()
    assert sent_with(answer)["sales_receipts"] == "on"  # the box shows what is stored now


def a_product(company: Company) -> Product:
    return Product.objects.create(
        company=company, system="keap", source_key="7", name="Evening class", quickbooks_product_name="Starter Clay Kit"
    )


def test_a_product_is_not_written_over(studio: Company, accountant: Client, administrator: Client) -> None:
    product = a_product(studio)
    page = f"/admin/mapping/product/{product.pk}/change/"
    opened = administrator.get(page)
    accountant.post(page, sent_with(accountant.get(page), quickbooks_product_name="Glaze Sampler"))

    answer = administrator.post(page, sent_with(opened, quickbooks_account_name="Sales:Kits"))

    product.refresh_from_db()
    assert (product.quickbooks_product_name, product.quickbooks_account_name) == ("Glaze Sampler", "")
    assert "“Glaze Sampler” in place of “Starter Clay Kit”" in text_of(answer)
    assert field_value(answer, "quickbooks_account_name") == "Sales:Kits"


def test_a_save_without_a_change_leaves_no_entry_and_does_not_claim_one(studio: Company, accountant: Client) -> None:
    product = a_product(studio)
    page, before = f"/admin/mapping/product/{product.pk}/change/", product.history.count()

    answer = accountant.post(page, sent_with(accountant.get(page)), follow=True)

    assert product.history.count() == before
    assert "Nothing was changed." in text_of(answer)
    assert "successfully" not in text_of(answer)


def test_the_table_of_products_refuses_what_is_stale(
    studio: Company, accountant: Client, administrator: Client
) -> None:
    product = a_product(studio)
    page = f"/mapping/studio/products/table/?id={product.pk}"
    opened = administrator.get(page)
    accountant.post(
        page, sent_with(accountant.get(page), **{f"p{product.pk}-quickbooks_product_name": "Glaze Sampler"})
    )

    answer = administrator.post(page, sent_with(opened, **{f"p{product.pk}-quickbooks_account_name": "Sales:Kits"}))
    filled = administrator.post(page, sent_with(opened, fill="1", **{"all-quickbooks_account_name": "Sales:Kits"}))
    after_filling = administrator.post(page, sent_with(filled))

    product.refresh_from_db()
    assert (product.quickbooks_product_name, product.quickbooks_account_name) == ("Glaze Sampler", "")
    assert "Nothing was saved" in text_of(answer)
    assert "Nothing was saved" in text_of(after_filling)  # filling in does not forget what the page was opened at


def test_a_customer_is_not_written_over(studio: Company, accountant: Client) -> None:
    ops = signed_in(studio, Role.OPS, "otto")
    customer = SourceCustomer.objects.create(company=studio, system="keap", source_key="7", name="Harbor Print Co")
    page = f"/admin/mapping/sourcecustomer/{customer.pk}/change/"
    opened = ops.get(page)
    accountant.post(page, sent_with(accountant.get(page), email_given="print@example.com"))

    answer = ops.post(page, sent_with(opened, name_given="Harbor Print"))

    customer.refresh_from_db()
    assert (customer.email_given, customer.name_given) == ("print@example.com", "")
    assert "“print@example.com” in place of nothing" in text_of(answer)


def test_the_settings_of_a_company_are_not_written_over(studio: Company, administrator: Client) -> None:
    other = signed_in(studio, Role.ADMINISTRATOR, "bea")
    page = f"/admin/companies/company/{studio.pk}/change/"
    opened = other.get(page)
    administrator.post(page, sent_with(administrator.get(page), time_zone="Europe/Bucharest"))

    answer = other.post(page, sent_with(opened, name="Bramble Studio"))

    studio.refresh_from_db()
    assert (studio.time_zone, studio.name) == ("Europe/Bucharest", "Bramble & Birch Studio")
    assert "adam, " in text_of(answer)


def test_a_role_is_not_written_over(studio: Company, administrator: Client) -> None:
    other = signed_in(studio, Role.ADMINISTRATOR, "bea")
    person = joined(a_person("cy"), studio, Role.OPS)
    membership = Membership.objects.get(user=person)
    page = f"/admin/companies/membership/{membership.pk}/change/"
    opened = other.get(page)
    administrator.post(page, sent_with(administrator.get(page), role=Role.AUDITOR))

    answer = other.post(page, sent_with(opened, role=Role.ACCOUNTANT))

    membership.refresh_from_db()
    assert membership.role == Role.AUDITOR
    assert "“Auditor” in place of “Ops”. You entered “Accountant”." in text_of(answer)


def test_a_login_is_not_written_over() -> None:
    root = client_of(a_person("root", is_superuser=True))
    person = a_person("cy")
    page = f"/admin/auth/user/{person.pk}/change/"
    opened = root.get(page)
    User.objects.filter(pk=person.pk).update(is_active=False)

    answer = root.post(page, sent_with(opened, first_name="Cy"))

    person.refresh_from_db()
    assert (person.is_active, person.first_name) == (False, "")
    assert "Changed in the meantime: “No” in place of “Yes”" in text_of(answer)


def test_a_state_is_restored_only_as_it_was_seen(studio: Company, accountant: Client) -> None:
    product = a_product(studio)
    record = product.history.first()
    product.quickbooks_product_name = "Glaze Sampler"
    product.save()
    page = f"/mapping/studio/history/product/{record.history_id}/restore/"
    opened = accountant.get(page)
    product.quickbooks_product_name = "Trimming Tools & Sponge"
    product.save()

    answer = accountant.post(page, sent_with(opened))

    product.refresh_from_db()
    assert product.quickbooks_product_name == "Trimming Tools & Sponge"
    assert "Nothing was restored: it was changed after you opened the page. Look again." in text_of(answer)
