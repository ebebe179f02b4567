"""Has every payment method its account: on the screen, in the sheet, in the history, in another company?"""

from __future__ import annotations

import html
import io
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from mapping.copying.copy import copy_decisions
from mapping.models import PaymentMethod, PostingAccounts, QuickBooksAccount, QuickBooksPaymentMethod, payment_method
from mapping.name_checks import missing_names
from mapping.posting_settings import FIELDS
from mapping.sheets.export import workbook
from mapping.sheets.kinds import COLUMNS
from mapping.sheets.save import save
from mapping.sheets.validate import judge, parts_of
from mapping.sheets.workbook import read_book
from tests.factories import staged, the_studio
from tests.mapping.methods import GIFT_CARDS, PAID, a_liability
from tests.mapping.people import READERS, a_person, field_value, offers_of, signed_in, text_of

pytestmark = pytest.mark.django_db
PAGE = "/mapping/studio/posting-accounts/"


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    a_liability(company)
    staged(company, PAID)
    return company


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def method(name: str) -> PaymentMethod:
    return PaymentMethod.objects.get(name=name)


def typed(**changes: dict[str, str]) -> dict[str, str]:
    """The page as it is sent, with what was typed for some methods."""
    row = PostingAccounts.objects.get()
    sent = {name: getattr(row, name) for name in FIELDS}
    for method in PaymentMethod.objects.all():
        fields = {"is_money": "yes" if method.is_money else "no", "account": method.account}
        fields |= changes.get(method.name.replace(" ", "_"), {})
        sent |= {f"method-{method.pk}-{name}": value for name, value in fields.items()}
    return sent


def test_a_method_is_listed_with_its_first_payment_and_preselected_where_it_is_plainly_money(studio: Company) -> None:
    staged(studio, "2026-08-21  order 1043\nKIT-CLAY  48.00\npaid 2026-08-21  gift CARD  48.00")
    staged(studio, "2026-08-22  order 1044\nKIT-CLAY  48.00\nrefund 2026-08-22  on Store Credit  48.00")

    found = PaymentMethod.objects.order_by("name").values_list("name", "is_money", "account")

    assert list(found) == [("Credit Card", True, ""), ("Gift Card", False, ""), ("Store Credit", False, "")]


def test_the_page_shows_each_method_and_how_it_was_decided_those_that_wait_first(client: Client) -> None:
    page = text_of(client.get(PAGE))

    assert page.index("Gift Card Not decided: its payments wait.") < page.index("Credit Card Preselected: its name is")


def test_an_account_of_a_fitting_type_is_saved_and_one_that_moves_receivables_is_refused(client: Client) -> None:
    prefix = f"method-{method('Gift Card').pk}"

    refused = client.post(PAGE, typed(Gift_Card={"account": "Accounts Receivable"}))
    assert "Account of the method accepts: Bank, Other Current Asset, Other Current Liability" in text_of(refused)
    misspelt = client.post(PAGE, typed(Gift_Card={"account": "Gift Card Outstanding"}))
    assert GIFT_CARDS in offers_of(misspelt)
    assert method("Gift Card").account == ""

    client.post(PAGE, typed(Gift_Card={"account": GIFT_CARDS}))

    assert (method("Gift Card").account, method("Gift Card").is_money) == (GIFT_CARDS, False)
    page = client.get(PAGE)
    assert field_value(page, f"{prefix}-account") == GIFT_CARDS
    assert "Gift Card An account of its own is chosen." in text_of(page)
    record = PaymentMethod.history.latest()
    assert (record.account, record.history_user.username if record.history_user else "") == (
        GIFT_CARDS,
        client.get(PAGE).wsgi_request.user.get_username(),
    )


def test_a_person_can_say_that_a_method_is_money(client: Client) -> None:
    client.post(PAGE, typed(Gift_Card={"is_money": "yes"}))

    assert method("Gift Card").is_money
    assert "Gift Card Confirmed as money." in text_of(client.get(PAGE))


def test_a_method_that_came_in_after_the_page_was_opened_stays_as_it_is(client: Client, studio: Company) -> None:
    before = typed(Gift_Card={"account": GIFT_CARDS})
    staged(studio, "2026-08-22  order 1044\nKIT-CLAY  48.00\npaid 2026-08-22  Cash  48.00")

    client.post(PAGE, before)

    assert method("Gift Card").account == GIFT_CARDS
    assert method("Cash").is_money


@pytest.mark.parametrize("role", READERS)
def test_who_may_only_read_changes_nothing(role: str, studio: Company) -> None:
    reader = signed_in(studio, role)

    assert reader.post(PAGE, typed(Gift_Card={"account": GIFT_CARDS})).status_code == 403
    assert method("Gift Card").account == ""


def test_the_method_of_quickbooks_is_chosen_from_its_list(client: Client, studio: Company) -> None:
    assert "QuickBooks payment method" not in text_of(client.get(PAGE))
    QuickBooksPaymentMethod.objects.create(company=studio, quickbooks_id="7", name="Visa", changed_at=timezone.now())

    client.post(PAGE, typed(Credit_Card={"quickbooks_method": "Visa"}))
    assert method("Credit Card").quickbooks_method == "Visa"
    client.post(PAGE, typed(Credit_Card={"quickbooks_method": "Amex"}))
    assert method("Credit Card").quickbooks_method == "Visa"


def test_the_page_tells_what_a_choice_would_do_and_keeps_nothing(client: Client, studio: Company) -> None:
    address = reverse("reconciliation:what_if", args=["studio", "posting-accounts"])
    found = client.post(address, typed(Gift_Card={"account": GIFT_CARDS}) | {"days": "365"})

    assert found.status_code == 200
    assert f"Gift Card · Account of the method: empty → {GIFT_CARDS}" in text_of(found)
    both = {"Gift_Card": {"is_money": "yes"}, "Credit_Card": {"is_money": "no"}}
    asked = text_of(client.post(address, typed(**both) | {"days": "365"}))
    assert "Gift Card · It is money: No → Yes" in asked
    assert "Credit Card · It is money: Yes → No" in asked
    assert method("Gift Card").account == ""


# The sheet, the history, another company ------------------------------------------------------------------------------


def imported(company: Company, content: bytes) -> list[Any]:
    parts, _aside = parts_of(read_book(content, columns=COLUMNS))
    return save(company, parts, by=a_person("bea"))


def test_the_workbook_takes_the_methods_out_and_brings_them_back(studio: Company) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(studio)))
    sheet = book["Payment methods"]
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows()] == [
        ["Payment method", "It is money", "Account of the method"],
        ["Credit Card", "Yes", None],
        ["Gift Card", "No", None],
    ]
    sheet["C3"] = GIFT_CARDS
    changed = io.BytesIO()
    book.save(changed)

    reports = imported(studio, changed.getvalue())

    assert [report.changes for report in reports if report.changes] == [[("Account of the method", "", GIFT_CARDS)]]
    assert method("Gift Card").account == GIFT_CARDS
    assert PaymentMethod.history.latest().history_change_reason == "Spreadsheet"


def test_a_sheet_names_a_method_that_was_never_used_and_an_account_that_is_not_there(studio: Company) -> None:
    rows = "Payment method,It is money,Account of the method\nBitcoin,Yes,\nGift Card,No,Gift Cards\n"
    parts, _aside = parts_of(read_book(rows.encode(), columns=COLUMNS))

    unknown, missing = judge(studio, parts)

    assert "No payment was made with “Bitcoin” yet." in unknown.errors[0].words
    assert missing.errors[0].words == "QuickBooks has no account “Gift Cards”."
    assert [error.text for error in missing.errors[0].suggestions][:1] == [GIFT_CARDS]


def test_an_earlier_account_of_a_method_comes_back(client: Client, studio: Company) -> None:
    a_liability(studio, "Store Credit Owed")
    client.post(PAGE, typed(Gift_Card={"account": GIFT_CARDS}))
    client.post(PAGE, typed(Gift_Card={"account": "Store Credit Owed"}))
    number = PaymentMethod.history.filter(account=GIFT_CARDS).latest().history_id

    history = text_of(client.get(f"/admin/mapping/paymentmethod/{method('Gift Card').pk}/history/"))
    assert f"Account of the method {GIFT_CARDS} → Store Credit Owed" in history
    client.post(f"/mapping/studio/history/paymentmethod/{number}/restore/")

    assert method("Gift Card").account == GIFT_CARDS


def test_a_deleted_method_comes_back_with_its_name(client: Client) -> None:
    client.post(PAGE, typed(Gift_Card={"account": GIFT_CARDS}))
    number = PaymentMethod.history.latest().history_id
    method("Gift Card").delete()

    client.post(f"/mapping/studio/history/paymentmethod/{number}/restore/")

    assert (method("Gift Card").account, method("Gift Card").name_compared) == (GIFT_CARDS, "gift card")


def test_another_company_takes_over_the_methods_and_loses_no_yes_of_its_own(studio: Company) -> None:
    other = the_studio("Other Studio", "other")
    a_liability(other)
    PaymentMethod.objects.create(company=other, name="GIFT CARD", name_compared="gift card", is_money=True)
    PaymentMethod.objects.filter(company=studio, name="Gift Card").update(account=GIFT_CARDS)
    PaymentMethod.objects.filter(company=studio, name="Credit Card").update(account="Checking")

    copy_decisions(studio, other, by=a_person("bea"))

    theirs = PaymentMethod.objects.filter(company=other).order_by("name_compared")
    assert list(theirs.values_list("name", "is_money", "account")) == [
        ("Credit Card", True, "Checking"),
        ("GIFT CARD", True, GIFT_CARDS),
    ]


def test_an_account_that_vanished_from_quickbooks_is_known_before_a_payment_needs_it(studio: Company) -> None:
    PaymentMethod.objects.filter(name="Gift Card").update(account=GIFT_CARDS)
    QuickBooksAccount.objects.filter(full_name=GIFT_CARDS).update(active=False)

    assert [(missing.text, missing.used_by, missing.inactive) for missing in missing_names(studio)] == [
        (GIFT_CARDS, "payment method Gift Card", True)
    ]


def test_a_very_long_name_is_kept_as_far_as_it_is_compared(studio: Company) -> None:
    staged(studio, f"2026-08-21  order 1043\nKIT-CLAY  48.00\npaid 2026-08-21  {'ß' * 300}  48.00")

    assert (
        payment_method(studio.pk, "ß" * 300).name_compared
        == PaymentMethod.objects.get(name__startswith="ß").name_compared
    )


def test_what_another_person_chose_meanwhile_is_not_overwritten(client: Client) -> None:
    page = client.get(PAGE).content.decode()
    name = f"opened:method-{method('Gift Card').pk}"
    opened = html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])  # type: ignore[index]
    sent = typed() | {name: opened}
    PaymentMethod.objects.filter(name="Gift Card").update(account=GIFT_CARDS)

    refused = client.post(PAGE, sent)

    assert method("Gift Card").account == GIFT_CARDS
    assert "Nothing was saved: this was changed by another person" in text_of(refused)
