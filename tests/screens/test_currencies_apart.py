"""Is one figure one currency? No page, file or command adds up amounts of two, whatever the company keeps."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from books.answers import AccountRef
from books.movement import Movement
from companies.models import Company
from mapping.models import LineTypeDefault
from reconciliation.issues import gather
from reconciliation.models import Issue
from sync.models import Document, StagedOrder
from sync.preparing.prepare import prepare_orders
from sync.preparing.what_if import effect_of
from sync.previewing.plan import PlannedDocument, per_account
from tests.factories import order_of, prepared, the_studio
from tests.quickbooks_desktop.factories import a_desktop_company
from tests.reconciliation.factories import a_run, posted
from tests.screens.every_screen import NOT_OURS, address_of, every_address
from tests.sync.commands import run, run_json

pytestmark = pytest.mark.django_db

#: Figures that no sum within one currency makes: any two of them show in the digits.
SOLD = {"USD": 1_000, "CAD": 20_000, "EUR": 300_000}


def orders() -> list[str]:
    """One unpaid order in each currency, of some days ago."""
    day = timezone.localdate() - timedelta(days=5)
    return [
        f"{day}  order {3001 + position} in {currency}\nWT-101  {amount}.00"
        for position, (currency, amount) in enumerate(SOLD.items())
    ]


def mixed() -> re.Pattern[str]:
    """Every sum and difference of amounts in two or three of the currencies, as a page or a file writes it."""
    figures = set()
    for signs in itertools.product((-1, 0, 1), repeat=len(SOLD)):
        if sum(map(abs, signs)) > 1:
            figures.add(abs(sum(sign * amount for sign, amount in zip(signs, SOLD.values(), strict=True))))
    written = [*map(str, figures), *(f"{figure:,}" for figure in figures)]
    return re.compile(rf"(?<![\d.,])(?:{'|'.join(written)})\.00")


def opened(company: Company) -> tuple[int, dict[str, str]]:
    """How many pages of the company an owner can open, and those that show a sum of two currencies."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("owner-of-all"))
    document = Document.objects.filter(company=company).latest("pk")
    rows = {
        "company": company.slug,
        "reconciliation:document": document.pk,
        "reconciliation:order": order_of(company, "3001").pk,
        "reconciliation:issue": Issue.objects.filter(company=company).values_list("pk", flat=True).first(),
        "reconciliation:sync_run": a_run(company).pk,
        "page": "posting-accounts",
        "step": "introduction",
        "kind": "product",
    }
    number, wrong = 0, {}
    for name, pattern in every_address():
        address = None if name in NOT_OURS else address_of(name, pattern, rows)
        response = client.get(address, {"days": "365"}) if address else None
        if response is None or response.status_code != 200:
            continue
        number += 1
        text = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        words = re.sub(r"<[^>]+>", "", text.decode(errors="replace"))
        if found := mixed().search(words):
            wrong[address or ""] = found.group()
    return number, wrong


@pytest.fixture
def company() -> Company:
    company = the_studio()
    prepared(company, *orders())
    gather(company)
    return company


def each_at_home(company: Company) -> None:
    """Every order is prepared while its currency is the company's own."""
    for order, currency in zip(StagedOrder.objects.filter(company=company).order_by("pk"), SOLD, strict=True):
        company.home_currency = currency
        company.save()
        prepare_orders(company, [order])


@pytest.mark.same_on_either
def test_no_page_adds_up_what_waits_in_two_currencies(company: Company) -> None:
    number, wrong = opened(company)

    assert number > 40
    assert wrong == {}


@pytest.mark.same_on_either
def test_no_page_adds_up_what_was_posted_before_the_home_currency_changed(company: Company) -> None:
    each_at_home(company)
    for document in Document.objects.filter(company=company, state="ready"):
        posted(document)
    LineTypeDefault.objects.filter(company=company).update(item_name_default="Glaze Sampler")

    assert Document.objects.filter(company=company, state="posted").count() == len(SOLD)
    assert opened(company)[1] == {}


@pytest.mark.same_on_either
def test_no_page_of_a_company_of_quickbooks_desktop_does(company: Company) -> None:
    company = a_desktop_company()
    prepared(company, *orders())
    each_at_home(company)

    assert Document.objects.filter(company=company, state="ready").count() == len(SOLD)
    number, wrong = opened(company)

    assert number > 40
    assert wrong == {}


def test_what_documents_move_is_said_of_each_account_in_each_currency() -> None:
    receivable = AccountRef(path="Accounts Receivable", quickbooks_id="1")

    def of(currency: str, amount: int) -> PlannedDocument:
        return PlannedDocument(
            title="Invoice",
            dated="2026-08-14",
            customer="Priya",
            total=Decimal(amount),
            currency=currency,
            moves=Movement.of([(receivable.path, Decimal(amount))]),
        )

    moved = per_account([of("USD", 1_000), of("CAD", 20_000), of("CAD", 5)])

    assert moved == {("CAD", "Accounts Receivable"): 20_005, ("USD", "Accounts Receivable"): 1_000}


def test_a_dry_run_keeps_the_accounts_of_other_currencies_apart(company: Company) -> None:
    told = run_json("sync", "--dry-run")[1]["companies"][0]
    text = run("sync", "--dry-run")[1]

    assert told["accounts"] == {"Accounts Receivable": "1000.00", "Services:Training:Classes": "-1000.00"}
    assert told["accounts_in_other_currencies"] == {}
    assert re.findall(r"Accounts Receivable +(\S+ [A-Z]{3})", text) == ["1,000.00 USD"]
    assert "blocks 1 document, 20,000.00 CAD" in text


def test_what_was_posted_keeps_its_currency_beside_the_question(company: Company) -> None:
    posted(Document.objects.get(company=company, state="ready"))
    Company.objects.update(home_currency="CAD")
    company.refresh_from_db()

    effect = effect_of(company, lambda: None, since=order_of(company, "3001").placed_on)

    assert [(row.path, row.currency, row.after.debit) for row in effect.accounts if row.after.debit] == [
        ("Accounts Receivable", "CAD", Decimal(20_000))
    ]
    assert [(moved.currency, moved.amount) for moved in effect.already[0].only_before] == [
        ("USD", Decimal(1_000)),
        ("USD", Decimal(-1_000)),
    ]
