"""Are the seven posting accounts on one page, each of a type that fits, each a decision of its own?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books.answers import PostingRole
from companies.models import Company
from mapping.account_uses import POSTING
from mapping.models import PostingAccounts, QuickBooksAccount
from mapping.posting_settings import FIELDS
from tests.factories import a_company, the_studio
from tests.mapping.people import MAPPERS, READERS, field_value, offers_of, signed_in, text_of, told

pytestmark = pytest.mark.django_db
PAGE = "/mapping/studio/posting-accounts/"
RECEIVABLE = "Accounts Receivable"
#: Criterion, field, its name on screen, an account it accepts, one of another type.
SETTINGS = [
    pytest.param(field, label, good, bad, marks=pytest.mark.criterion(*criteria))
    for criteria, field, label, good, bad in (
        (("A30",), "invoice_debit", "Invoice Debit Account", RECEIVABLE, "Checking"),
        (("A33", "A48"), "payment_debit", "Payment Debit Account", "Undeposited Funds", RECEIVABLE),
        (("A34", "B35"), "payment_credit", "Payment Credit Account", RECEIVABLE, "Undeposited Funds"),
        (("A37",), "credit_debit", "Credit Debit Account", "Refunds & Allowances", "Checking"),
        (("A35", "B36"), "credit_credit", "Credit Credit Account", RECEIVABLE, "Refunds & Allowances"),
        (("A38",), "refund_debit", "Refund Debit Account", "Refunds & Allowances", "Accounts Payable"),
        (("A36",), "refund_credit", "Refund Credit Account", "Checking", "Studio Equipment"),
    )
]


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    PostingAccounts.objects.all().delete()
    PostingAccounts.history.all().delete()
    return company


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def send(client: Client, **paths: str) -> Any:
    """Send the page; fields that are not named are empty."""
    return client.post(PAGE, {name: paths.get(name, "") for name in FIELDS})


def stored() -> dict[str, str]:
    row = PostingAccounts.objects.first()
    return {name: getattr(row, name) for name in FIELDS if row and getattr(row, name)}


def an_account(company: Company, path: str, kind: str = RECEIVABLE, *, active: bool = True) -> None:
    QuickBooksAccount.objects.create(
        company=company,
        quickbooks_id=str(1000 + QuickBooksAccount.objects.count()),
        name=path.rpartition(":")[2],
        full_name=path,
        account_type=kind,
        active=active,
        changed_at=timezone.now(),
    )


@pytest.mark.criterion("A28")
def test_one_page_in_the_menu_holds_all_seven(client: Client) -> None:
    home = client.get("/admin/mapping/product/").content.decode()
    page = client.get(PAGE)

    assert f'href="{PAGE}"' in home
    assert "QuickBooks posting accounts" in text_of(page)
    assert re.findall(r'name="([a-z_]+)" value|name="([a-z_]+)" class', page.content.decode()) != []
    assert all(f'name="{field}"' in page.content.decode() for field in FIELDS)


@pytest.mark.parametrize(("field", "label", "good", "bad"), SETTINGS)
def test_each_setting_accepts_its_types_and_refuses_others_by_name(
    client: Client, field: str, label: str, good: str, bad: str
) -> None:
    refused = send(client, **{field: bad})
    assert stored() == {}
    assert re.search(rf"“{re.escape(bad)}” is of type [^.]+\. {label} accepts:", text_of(refused))

    send(client, **{field: good})

    assert stored() == {field: good}


@pytest.mark.criterion("A29")
def test_a_path_must_agree_with_quickbooks_and_keep_the_rule_of_the_colon(client: Client, studio: Company) -> None:
    an_account(studio, "Checking:Deposits", "Bank")

    corrected = send(client, payment_debit="Checking: Deposits")
    unknown = send(client, payment_debit="Checking:Deposit")

    assert stored() == {"payment_debit": "Checking:Deposits"}
    assert any("was corrected to “Checking:Deposits”" in message for message in told(corrected))
    assert "QuickBooks has no account “Checking:Deposit”." in text_of(unknown)
    assert "Checking:Deposits" in offers_of(unknown)


@pytest.mark.criterion("A31", "A32", "A47")
def test_any_active_receivable_account_or_sub_account_may_be_debited_by_invoices(
    client: Client, studio: Company
) -> None:
    an_account(studio, "Accounts Receivable:Retail")
    an_account(studio, "Old Receivables", active=False)

    for path in ("Wholesale Receivables", "Accounts Receivable:Retail"):
        send(client, invoice_debit=path)
        assert stored() == {"invoice_debit": path}
    refused = send(client, invoice_debit="Old Receivables")

    assert "“Old Receivables” is inactive in QuickBooks." in text_of(refused)


@pytest.mark.criterion("A39")
def test_each_is_set_changed_and_cleared_alone_and_one_account_may_stand_in_several(client: Client) -> None:
    send(client, invoice_debit=RECEIVABLE, payment_credit=RECEIVABLE, credit_credit=RECEIVABLE)
    assert set(stored().values()) == {RECEIVABLE}

    send(client, invoice_debit="Wholesale Receivables", payment_credit=RECEIVABLE, credit_credit=RECEIVABLE)
    assert stored()["invoice_debit"] == "Wholesale Receivables"
    assert stored()["payment_credit"] == RECEIVABLE

    send(client, invoice_debit="Wholesale Receivables", credit_credit=RECEIVABLE)
    assert stored() == {"invoice_debit": "Wholesale Receivables", "credit_credit": RECEIVABLE}


@pytest.mark.criterion("A46")
def test_quickbooks_own_receivable_account_is_preselected_and_saved_only_by_the_person(client: Client) -> None:
    page = client.get(PAGE)

    assert field_value(page, "invoice_debit") == RECEIVABLE
    assert field_value(page, "payment_debit") == ""
    assert "Preselected, QuickBooks' default; it counts once you save." in text_of(page)
    assert stored() == {}


@pytest.mark.criterion("A46")
@pytest.mark.parametrize(
    ("paths", "preselected"),
    [
        (["Customers owe us"], "Customers owe us"),
        (["Old A/R", "Accounts Receivable (A/R)"], "Accounts Receivable (A/R)"),
        (["Retail A/R", "Wholesale A/R"], "Retail A/R"),
        ([], ""),
    ],
)
def test_the_only_one_or_the_one_by_quickbooks_own_name_or_the_first_is_the_default(
    client: Client, studio: Company, paths: list[str], preselected: str
) -> None:
    QuickBooksAccount.objects.filter(account_type=RECEIVABLE).delete()
    for path in paths:
        an_account(studio, path)

    assert field_value(client.get(PAGE), "invoice_debit") == preselected


@pytest.mark.criterion("A39", "A46")
def test_what_a_person_cleared_is_offered_and_not_put_back(client: Client) -> None:
    send(client, invoice_debit=RECEIVABLE)
    send(client, payment_debit="Checking")

    page = client.get(PAGE)

    assert field_value(page, "invoice_debit") == ""
    assert RECEIVABLE in offers_of(page)


@pytest.mark.criterion("A44")
def test_the_page_says_what_is_not_posted_until_a_setting_is_set(client: Client) -> None:
    before = text_of(client.get(PAGE))
    send(client, invoice_debit=RECEIVABLE)
    after = text_of(client.get(PAGE))

    assert "Until this is set, no invoice is posted." in before
    assert before.count("Until this is set, no payment is posted.") == 2
    assert before.count("Until this is set, no credit is posted.") == 2
    assert before.count("Until this is set, no refund is posted.") == 2
    assert "Until this is set, no invoice is posted." not in after


@pytest.mark.criterion("A49")
@pytest.mark.parametrize("field", ["credit_debit", "refund_debit"])
@pytest.mark.parametrize("path", [RECEIVABLE, "Refunds & Allowances"])
def test_refunds_and_credits_take_the_receivable_account_or_one_of_their_own(
    client: Client, field: str, path: str
) -> None:
    send(client, **{field: path})

    assert stored() == {field: path}


@pytest.mark.criterion("A49")
@pytest.mark.parametrize("path", [RECEIVABLE, "Savings", "Undeposited Funds"])
def test_the_account_that_refunds_are_credited_to_is_receivable_bank_or_another_current_asset(
    client: Client, path: str
) -> None:
    send(client, refund_credit=path)

    assert stored() == {"refund_credit": path}


@pytest.mark.criterion("A75", "B25")
def test_the_help_describes_each_setting_and_its_types_and_recommends_nothing(client: Client) -> None:
    text = text_of(client.get(PAGE))

    assert "Debited with the total when an invoice is created." in text
    assert "Credited when a customer pays, for funds actually received." in text
    assert "Credited for credits, comps and freebies given to customers." in text
    assert text.count("Accepts accounts of type:") == 7
    assert not re.search(r"\b(should|recommend|advise|we suggest|best practice)", text, flags=re.I)


@pytest.mark.criterion("B35", "B36")
@pytest.mark.parametrize("role", [PostingRole.PAYMENT_CREDIT, PostingRole.CREDIT_CREDIT, PostingRole.INVOICE_DEBIT])
def test_the_picker_offers_only_receivable_accounts_where_only_they_are_accepted(
    client: Client, role: PostingRole
) -> None:
    answer = client.get("/mapping/studio/pick/accounts/", {"use": role.value}).json()

    assert [choice["value"] for choice in answer["choices"]] == ["Accounts Receivable", "Wholesale Receivables"]
    assert POSTING[role].types == ("Accounts Receivable",)


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", MAPPERS)
def test_accountants_and_administrators_decide(studio: Company, role: str) -> None:
    send(signed_in(studio, role), invoice_debit=RECEIVABLE)

    assert stored() == {"invoice_debit": RECEIVABLE}


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", READERS)
def test_ops_and_auditors_read_the_page_and_cannot_send_it(studio: Company, role: str) -> None:
    client = signed_in(studio, role)

    assert client.get(PAGE).status_code == 200
    assert send(client, invoice_debit=RECEIVABLE).status_code == 403
    assert stored() == {}


def test_a_stranger_to_the_company_finds_no_such_page(studio: Company) -> None:
    stranger = signed_in(a_company("Nightingale Bakery", "bakery"))

    assert stranger.get(PAGE).status_code == send(stranger, invoice_debit=RECEIVABLE).status_code == 404


def test_history_tells_who_set_what(client: Client) -> None:
    send(client, invoice_debit=RECEIVABLE)
    send(client, invoice_debit="Wholesale Receivables")

    row = PostingAccounts.objects.get()
    text = text_of(client.get(f"/admin/mapping/postingaccounts/{row.pk}/history/"))

    assert "accountant-of-studio" in text
    assert "Invoice Debit Account Accounts Receivable → Wholesale Receivables" in text
