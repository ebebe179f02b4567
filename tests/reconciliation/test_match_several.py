"""Are many customers linked by one reason exactly as the preview showed them, and none by a guess?"""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from companies.models import Company, Role
from mapping.kept_suggestions import list_changed
from mapping.models import CustomerDecision, KeptSuggestions, QuickBooksCustomer, SourceCustomer
from reconciliation.desk.ahead import renew_suggestions
from sync.models import Document, DocumentState
from tests.factories import a_book_customer, prepared, the_studio
from tests.reconciliation.desk import desk, hold_for_review
from tests.reconciliation.factories import as_role

pytestmark = pytest.mark.django_db

BY = {"reason": "same name", "also": "", "score": "90"}


def an_order(number: int, name: str) -> str:
    return f"2026-08-14  order 4{number:03}  #4{number:03} {name} <{number}@shop.example>\nWT-101  199.00"


@pytest.fixture
def studio() -> Company:
    """Three who are plainly in QuickBooks under another email, one who fits two, and one who fits none."""
    company = the_studio()
    hold_for_review(company)
    for number, name in enumerate(("Ana-Maria Pop", "Lee, Bruce", "Carl Dietz", "Eva Lind", "Eva  LIND"), start=60):
        a_book_customer(company, name, quickbooks_id=str(number), email=f"{number}@else.example")
    names = ("Ana Maria Pop", "Lee Bruce", "Carl Dietz", "Eva Lind", "Somebody Else")
    prepared(company, *(an_order(number, name) for number, name in enumerate(names)))
    return company


def page(client: Client, company: Company, **by: str) -> str:
    response = client.get(f"/{company.slug}/match-several/", by)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def rows(text: str) -> list[str]:
    """What the preview sends for each row."""
    return re.findall(r'name="row"\s+value="([^"]*)"', text)


def link(client: Client, company: Company, chosen: list[str]) -> str:
    response = client.post(f"/{company.slug}/match-several/", {**BY, "row": chosen}, follow=True)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def linked(company: Company) -> dict[str, str]:
    found = SourceCustomer.objects.filter(company=company, quickbooks_customer__isnull=False)
    return {row.name: row.quickbooks_customer.display_name for row in found if row.quickbooks_customer}


@pytest.mark.criterion("D54")
def test_exactly_the_rows_of_the_preview_are_linked_and_who_fits_two_is_left(studio: Company) -> None:
    client = as_role(studio)
    text = page(client, studio, **BY)
    assert "1 customer with two candidates is left out" in text
    assert len(rows(text)) == 3

    said = link(client, studio, rows(text))

    assert "3 customers were linked. 3 documents are ready." in said
    assert linked(studio) == {"Ana Maria Pop": "Ana-Maria Pop", "Lee Bruce": "Lee, Bruce", "Carl Dietz": "Carl Dietz"}
    assert Document.objects.filter(company=studio, kind="invoice", state=DocumentState.READY).count() == 3
    decision = CustomerDecision.objects.filter(customer__name="Ana Maria Pop").get()
    assert (decision.decided_on, decision.offered[0]["name"]) == ("bulk", "Ana-Maria Pop")
    reasons = set(decision.customer.history.values_list("history_change_reason", flat=True))
    assert "same name, score 90 or more" in reasons


def test_a_row_that_is_taken_out_stays_as_it_is(studio: Company) -> None:
    client = as_role(studio)

    link(client, studio, rows(page(client, studio, **BY))[1:])

    assert len(linked(studio)) == 2


def test_rows_that_changed_since_the_preview_are_refused_and_named(studio: Company) -> None:
    client = as_role(studio)
    chosen = rows(page(client, studio, **BY))
    QuickBooksCustomer.objects.filter(company=studio, quickbooks_id="60").update(active=False)
    QuickBooksCustomer.objects.filter(company=studio, quickbooks_id="62").update(display_name="Carl Dietz (old)")

    said = link(client, studio, chosen)

    assert "1 customer was linked." in said
    assert "2 customers were left as they are, because something changed since the preview:" in said
    assert "Ana Maria Pop" in said
    assert linked(studio) == {"Lee Bruce": "Lee, Bruce"}
    assert "2 customers were left" not in page(client, studio, **BY)


def test_a_preview_is_applied_once(studio: Company) -> None:
    client = as_role(studio)
    chosen = rows(page(client, studio, **BY))
    link(client, studio, chosen)

    assert "customers were linked" not in link(client, studio, chosen)
    assert CustomerDecision.objects.count() == 3


def test_nothing_chosen_is_said(studio: Company) -> None:
    assert "No row was chosen, so nothing was saved." in link(as_role(studio), studio, [])


@pytest.mark.parametrize("by", [{"reason": "same shoe size"}, {"reason": "same name", "score": "1000"}])
def test_an_unknown_reason_or_score_links_no_one(studio: Company, by: dict[str, str]) -> None:
    assert rows(page(as_role(studio), studio, **{**BY, **by})) == []


def test_only_those_who_may_resolve_come_here(studio: Company) -> None:
    client = as_role(studio, Role.AUDITOR)
    assert client.get(f"/{studio.slug}/match-several/").status_code == 403


# Kept ----------------------------------------------------------------------------------------------------------------


def queries(client: Client, company: Company) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        desk(client, company)
    return [query["sql"] for query in captured]


def test_suggestions_are_kept_and_the_desk_looks_for_no_one(studio: Company) -> None:
    client = as_role(studio)
    desk(client, studio)
    searched = queries(client, studio)

    assert renew_suggestions(studio) == 0

    kept = queries(client, studio)
    assert any("name_compared" in sql and "LIKE" in sql for sql in searched)
    assert not any("name_compared" in sql and "LIKE" in sql for sql in kept)
    assert len(kept) <= len(searched)


def test_kept_suggestions_are_renewed_when_the_list_or_the_customer_changes(studio: Company) -> None:
    renew_suggestions(studio)
    customer = SourceCustomer.objects.get(company=studio, name="Somebody Else")
    assert KeptSuggestions.objects.get(customer=customer).offered == []

    a_book_customer(studio, "Else Somebody", quickbooks_id="70")
    list_changed(studio.pk)
    renew_suggestions(studio)
    assert [offer["name"] for offer in KeptSuggestions.objects.get(customer=customer).offered] == ["Else Somebody"]

    customer.email_given = "60@else.example"
    customer.save()
    renew_suggestions(studio)
    assert KeptSuggestions.objects.get(customer=customer).offered[0]["name"] == "Ana-Maria Pop"
