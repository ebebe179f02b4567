"""Two people fix one issue: does the second see what the first decided, before anything is written over it?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from companies.models import Company, Role
from mapping.models import PostingAccounts, Product, SourceCustomer
from reconciliation.fixes import fixes_of
from reconciliation.models import Issue
from tests.factories import prepared, the_studio
from tests.mapping.opened_forms import sent_with
from tests.mapping.people import text_of, told
from tests.reconciliation.factories import an_unmapped_product, as_role, issue_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


def page_of(issue: Issue) -> str:
    return f"/{issue.company.slug}/issues/{issue.pk}/"


def send(client: Any, issue: Issue, name: str, opened: Any, **entered: str) -> Any:
    address = f"{page_of(issue)}fix/{name}/"
    return client.post(address, sent_with(opened, address, **entered))


def test_a_product_that_was_mapped_meanwhile_is_not_mapped_over(studio: Company) -> None:
    issue, client = an_unmapped_product(studio), as_role(studio, Role.ACCOUNTANT)
    opened = client.get(page_of(issue))
    Product.objects.filter(name="Creme Brulee Mugs").update(quickbooks_product_name="Glaze Sampler")

    answer = send(client, issue, "choose-item", opened, item="Starter Clay Kit")

    assert Product.objects.get(name="Creme Brulee Mugs").quickbooks_product_name == "Glaze Sampler"
    assert "“Glaze Sampler” in place of nothing. You entered “Starter Clay Kit”." in text_of(answer)
    assert 'value="Starter Clay Kit"' in answer.content.decode()
    send(client, issue, "choose-item", answer, item="Starter Clay Kit")
    assert Product.objects.get(name="Creme Brulee Mugs").quickbooks_product_name == "Starter Clay Kit"


def test_a_posting_account_that_was_set_meanwhile_is_not_set_over(studio: Company) -> None:
    PostingAccounts.objects.update(payment_debit="")
    prepared(studio, "2026-08-14  order 1042\nKIT-CLAY  48.00\npaid 2026-08-20  48.00")
    issue, client = issue_of(studio, "posting-account-not-set"), as_role(studio, Role.ACCOUNTANT)
    opened = client.get(page_of(issue))
    PostingAccounts.objects.update(payment_debit="Undeposited Funds")

    answer = send(client, issue, "set-posting-account", opened, account="Checking")

    assert PostingAccounts.objects.get().payment_debit == "Undeposited Funds"
    assert "You entered “Checking”." in text_of(answer)


def test_a_customer_who_was_chosen_meanwhile_is_not_chosen_over(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 1042  #44 Jo Doe\nKIT-CLAY  48.00")
    issue, client = issue_of(studio, "customer-without-email"), as_role(studio, Role.OPS)
    opened = client.get(page_of(issue))
    SourceCustomer.objects.update(email_given="first@example.com")

    answer = send(client, issue, "give-email", opened, email="second@example.com")

    assert SourceCustomer.objects.get().email_given == "first@example.com"
    assert "“first@example.com” in place of nothing" in text_of(answer)


def test_a_double_click_on_save_and_resync_leaves_one_entry_in_the_history(studio: Company) -> None:
    issue, client = an_unmapped_product(studio), as_role(studio, Role.ACCOUNTANT)
    opened = client.get(page_of(issue))
    product = Product.objects.get(name="Creme Brulee Mugs")
    before = product.history.count()

    answers = [send(client, issue, "choose-item", opened, item="Starter Clay Kit", resync="1") for _ in range(2)]

    assert product.history.count() == before + 1
    assert answers[0].headers["Location"] == answers[1].headers["Location"]  # one run, joined


def test_a_name_that_is_gone_meanwhile_is_said_and_not_a_missing_page(studio: Company) -> None:
    issue, client = an_unmapped_product(studio), as_role(studio, Role.ACCOUNTANT)
    opened = client.get(page_of(issue))
    Product.objects.filter(name="Creme Brulee Mugs").delete()

    answer = send(client, issue, "choose-item", opened, item="Starter Clay Kit")

    assert answer.status_code == 302
    assert told(answer) == [
        "Nothing was saved: what this would have changed was changed by another person in the meantime."
    ]


def test_the_last_look_before_the_write_sees_it_too(studio: Company) -> None:
    issue = an_unmapped_product(studio)
    kind = next(type(fix) for fix in fixes_of(studio, issue) if fix.name == "choose-item")
    sent = QueryDict(urlencode({"item": "Starter Clay Kit", "opened": '{"quickbooks_product_name": ""}'}))
    fix = kind(sent, company=studio, issue=issue)
    assert fix.is_valid()

    Product.objects.filter(name="Creme Brulee Mugs").update(quickbooks_product_name="Glaze Sampler")

    assert [meanwhile.now for _row, meanwhile in fix.changed_meanwhile()] == ["Glaze Sampler"]
