"""Is a payment method that is not plainly money asked about, and answered on the page of the issue?"""

from __future__ import annotations

import pytest
from django.test import Client

from companies.models import Company, Role
from mapping.models import PaymentMethod
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentState
from tests.factories import document_of, prepared, the_studio
from tests.mapping.methods import GIFT_CARDS, PAID, a_liability
from tests.reconciliation.factories import as_role, issue_of
from tests.reconciliation.fixing import fix, offers, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    a_liability(company)
    prepared(company, PAID)
    return company


@pytest.fixture
def accountant(studio: Company) -> Client:
    return as_role(studio, Role.ACCOUNTANT)


@pytest.fixture
def issue(studio: Company) -> Issue:
    return issue_of(studio, "payment-method-not-decided")


def payments() -> list[tuple[str, str, str]]:
    """Method of each payment by its reference, with its form and state."""
    rows = Document.objects.filter(kind="payment").order_by("number")
    return [(row.number, row.form, row.state) for row in rows]


def test_only_the_payment_of_that_method_waits_and_the_issue_names_the_money(
    accountant: Client, issue: Issue, studio: Company
) -> None:
    assert payments() == [("1042-1", "", DocumentState.BLOCKED), ("1042-2", "payment", DocumentState.READY)]
    assert document_of(studio, "1042").state == DocumentState.READY
    shown = page(accountant, issue)
    assert "“Gift Card” is not plainly money, and no account is chosen for it." in shown
    assert "20.00" in shown
    assert offers(accountant, issue)[0] == GIFT_CARDS


def test_a_chosen_account_frees_the_payment_as_an_entry_that_is_applied(accountant: Client, issue: Issue) -> None:
    said = fix(accountant, issue, "set-method-account", pick=GIFT_CARDS)

    assert issue.state == IssueState.SOLVED
    assert "documents are ready." in said
    assert payments()[0] == ("1042-1", "journal-entry", DocumentState.READY)
    assert Document.objects.get(kind="credit-application").state == DocumentState.READY
    record = PaymentMethod.history.latest()
    assert record.history_user.username == "accountant-studio"
    assert record.history_change_reason == "Issue: Payment method without an account"


def test_a_method_that_is_money_goes_to_the_payment_debit_account(accountant: Client, issue: Issue) -> None:
    fix(accountant, issue, "method-is-money")

    assert issue.state == IssueState.SOLVED
    assert payments()[0] == ("1042-1", "payment", DocumentState.READY)
    assert PaymentMethod.objects.get(name="Gift Card").is_money


def test_a_receivable_account_is_no_account_of_a_method(accountant: Client, issue: Issue) -> None:
    said = fix(accountant, issue, "set-method-account", account="Accounts Receivable")

    assert "“Accounts Receivable” is of type Accounts receivable (A/R)." in said
    assert issue.state == IssueState.OPEN


def test_an_account_that_became_another_type_is_replaced_where_the_method_names_it(
    accountant: Client, issue: Issue, studio: Company
) -> None:
    PaymentMethod.objects.filter(name="Gift Card").update(account="Accounts Payable")
    prepared(studio, PAID.replace("20.00", "19.00"))
    wrong = issue_of(studio, "account-of-wrong-type")

    fix(accountant, wrong, "replace-account", account=GIFT_CARDS)

    assert PaymentMethod.objects.get(name="Gift Card").account == GIFT_CARDS
    assert payments()[0] == ("1042-1", "journal-entry", DocumentState.READY)


def test_a_method_that_was_staged_before_methods_were_listed_is_listed_by_its_fix(
    accountant: Client, issue: Issue
) -> None:
    PaymentMethod.objects.all().delete()

    fix(accountant, issue, "set-method-account", account=GIFT_CARDS)

    assert PaymentMethod.objects.get().name == "Gift Card"
    assert payments()[0][2] == DocumentState.READY
