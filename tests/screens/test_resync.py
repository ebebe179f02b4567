"""Does Re-sync prepare and push what was meant, once, and say what came of it?"""

from __future__ import annotations

import html
import re
import time

import pytest
from django.contrib.auth.models import User
from django.test import Client

from companies.models import Company
from mapping.models import SourceCustomer
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentState, ResyncItem, Run, RunKind, RunState
from tests.factories import a_company, document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import a_run, a_stuck_order, an_unmapped_product, as_role, signed_in
from tests.simulators.driver import Books

NORA = "2026-08-14  order 3001  #9 Nora Quist\nWT-101  199.00\npaid 2026-08-15  Cash  50.00"


def orders_in(run: Run) -> set[str]:
    return set(run.items.values_list("order__number", flat=True))


def the_run() -> Run:
    return Run.objects.get(kind=RunKind.RESYNC)


def words(response: object) -> str:
    text = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


# What is meant -------------------------------------------------------------------------------------------------------


@pytest.fixture
def books_studio(db: None) -> Company:
    company = the_studio()
    prepared(company, *(f"2026-08-1{day}  order 104{day}\nWT-101  199.00" for day in (1, 2, 3)))
    an_unmapped_product(company, "2001", "2002")
    return company


def test_the_documents_that_were_chosen(books_studio: Company) -> None:
    client = as_role(books_studio)
    chosen = [document_of(books_studio, number).pk for number in ("1041", "2001")]

    response = client.post("/studio/resync/", {"scope": "chosen", "document": chosen})

    assert response.headers["Location"] == f"/studio/sync-history/{the_run().pk}/"
    assert orders_in(the_run()) == {"1041", "2001"}
    assert str(the_run().asked_by) == "ops-studio"


def test_all_that_the_filter_shows_also_on_other_pages(books_studio: Company) -> None:
    as_role(books_studio).post("/studio/resync/", {"scope": "shown", "filter": "state=blocked&place=x&sort=total"})

    assert orders_in(the_run()) == {"2001", "2002"}


def test_all_that_an_issue_blocks(books_studio: Company) -> None:
    issue = Issue.objects.get(code="product-without-mapping")

    as_role(books_studio).post("/studio/resync/", {"scope": "issue", "issue": issue.pk})

    assert orders_in(the_run()) == {"2001", "2002"}


def test_one_order(books_studio: Company) -> None:
    as_role(books_studio).post("/studio/resync/", {"scope": "order", "order": order_of(books_studio, "1042").pk})

    assert orders_in(the_run()) == {"1042"}


def test_a_large_one_says_first_what_it_will_do(books_studio: Company) -> None:
    prepared(books_studio, *(f"2026-08-14  order {number}\nWT-101  10.00" for number in range(6000, 6060)))
    form = {"scope": "shown", "filter": ""}

    asked = as_role(books_studio).post("/studio/resync/", form)
    started = signed_in(User.objects.get(username="ops-studio")).post("/studio/resync/", form | {"confirmed": "1"})

    assert "Re-sync 65 orders?" in words(asked)
    assert "63 documents are ready and are posted." in words(asked)
    assert "2 are blocked: they are prepared again, and posted if nothing blocks them any more." in words(asked)
    assert "0 are posted already and are not sent again." in words(asked)
    assert started.headers["Location"] == f"/studio/sync-history/{the_run().pk}/"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "The form does not say what to re-sync."),
        ({"scope": "everything"}, "The form does not say what to re-sync."),
        ({"scope": "chosen"}, "Choose at least one document"),
        ({"scope": "chosen", "document": ["x", "-1", "٣", "999999999999999999999999"]}, "Choose at least one document"),
        ({"scope": "shown", "filter": "since=rubbish"}, "The filter cannot be read, so nothing was re-synced."),
        ({"scope": "shown", "filter": "number=zzz"}, "The filter shows no document"),
    ],
)
def test_a_form_that_means_nothing_starts_nothing_and_says_what_to_do(
    books_studio: Company, form: dict[str, object], said: str
) -> None:
    response = as_role(books_studio).post("/studio/resync/", form, follow=True)

    assert said in words(response)
    assert not Run.objects.filter(kind=RunKind.RESYNC).exists()


@pytest.mark.parametrize(
    "form", [{"scope": "order", "order": "x"}, {"scope": "issue", "issue": "0"}, {"scope": "order"}]
)
def test_a_row_that_is_not_there_is_not_found(books_studio: Company, form: dict[str, str]) -> None:
    assert as_role(books_studio).post("/studio/resync/", form).status_code == 404


def test_an_issue_that_blocks_nothing_any_more_says_so(books_studio: Company) -> None:
    issue = Issue.objects.get(code="product-without-mapping")
    Document.objects.filter(problems__cause=issue.cause).delete()

    response = as_role(books_studio).post("/studio/resync/", {"scope": "issue", "issue": issue.pk}, follow=True)

    assert "This issue blocks nothing any more." in words(response)


def test_a_refused_form_leads_back_to_where_it_came_from_and_never_to_another_site(books_studio: Company) -> None:
    client = as_role(books_studio)
    ours = client.post("/studio/resync/", {}, HTTP_REFERER="http://testserver/studio/documents/?state=blocked")
    theirs = client.post("/studio/resync/", {}, HTTP_REFERER="http://evil.example/studio/")

    assert ours.headers["Location"] == "http://testserver/studio/documents/?state=blocked"
    assert theirs.headers["Location"] == "/studio/documents/"


def test_pressing_twice_joins_what_is_under_way(books_studio: Company) -> None:
    client = as_role(books_studio)
    for number in ("1041", "1041", "1042"):
        client.post("/studio/resync/", {"scope": "order", "order": order_of(books_studio, number).pk})

    assert orders_in(the_run()) == {"1041", "1042"}
    assert ResyncItem.objects.count() == 2


# What comes of it ----------------------------------------------------------------------------------------------------


def follow(client: Client, address: str) -> str:
    """Press Continue until the run has ended; what its page says then."""
    for _ in range(200):
        text = words(client.get(address))
        if "Continue" not in text:
            return text
        client.post(f"{address}advance/")
        time.sleep(0.1)  # where the server works at it by itself, a press only asks how far it is
    raise AssertionError("the re-sync came to no end")


@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion("D63")
def test_a_fix_and_re_sync_posts_what_was_blocked_and_says_so(studio: Company, quickbooks: Books) -> None:
    client = as_role(studio)
    issue = a_stuck_order(studio, NORA)

    response = client.post(f"/studio/issues/{issue.pk}/fix/give-email/", {"email": "nora@example.com", "resync": "1"})
    text = follow(client, response.headers["Location"])

    issue.refresh_from_db()
    assert "1 of 1 orders done 2 posted 1 customer created" in text
    assert (issue.state, issue.solved_by and issue.solved_by.username) == (IssueState.SOLVED, "ops-studio")
    assert quickbooks.find("Invoice", "DocNumber = '3001'")["CustomerRef"]["name"] == "Nora Quist"
    assert SourceCustomer.objects.get(source_key="9").quickbooks_customer


@pytest.mark.django_db(transaction=True)
def test_what_is_still_blocked_is_said_with_a_link(studio: Company) -> None:
    client = as_role(studio)
    a_stuck_order(studio, NORA)
    prepared(studio, "2026-08-14  order 3002\nWT-101  199.00")

    response = client.post("/studio/resync/", {"scope": "shown", "filter": "kind=invoice"})
    follow(client, response.headers["Location"])
    raw = client.get(response.headers["Location"]).content.decode()

    assert "1 posted" in raw
    assert 'href="/studio/documents/?state=blocked"' in raw
    assert 'href="/studio/issues/"' in raw
    assert document_of(studio, "3002").state == DocumentState.POSTED


@pytest.mark.django_db(transaction=True)
def test_a_script_is_told_the_figures_and_when_it_is_over(studio: Company) -> None:
    client = as_role(studio)
    prepared(studio, "2026-08-14  order 3002\nWT-101  199.00")
    client.post("/studio/resync/", {"scope": "shown", "filter": ""})
    address = f"/studio/sync-history/{the_run().pk}/advance/"

    first = client.post(address, headers={"Accept": "application/json"}).json()
    while first["running"]:  # the server works at it by itself
        time.sleep(0.2)
        first = client.post(address, headers={"Accept": "application/json"}).json()
    again = client.post(address, headers={"Accept": "application/json"}).json()

    assert first == {"running": False, "done": 1, "total": 1, "words": "1 of 1 orders done"}
    assert again == first
    assert document_of(studio, "3002").pushes.count() == 1


@pytest.mark.django_db
def test_a_company_that_cannot_post_says_why_and_what_to_do() -> None:
    company = a_company()
    company.switched_on = False
    company.save()
    prepared(company, "2026-08-14  order 3002\nWT-101  199.00")
    client = as_role(company)

    response = client.post("/studio/resync/", {"scope": "shown", "filter": ""})
    text = follow(client, response.headers["Location"])

    assert "The company is switched off. Switch it on in its settings." in text
    assert the_run().state == RunState.FAILED


@pytest.mark.django_db
def test_only_a_re_sync_can_be_carried_on_with() -> None:
    company = a_company()
    run = a_run(company, RunKind.SYNC)

    assert as_role(company).post(f"/studio/sync-history/{run.pk}/advance/").status_code == 404


@pytest.mark.django_db
def test_an_auditor_sees_the_progress_and_no_button() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 3002\nWT-101  199.00")
    as_role(company).post("/studio/resync/", {"scope": "shown", "filter": ""})

    text = words(as_role(company, "auditor").get(f"/studio/sync-history/{the_run().pk}/"))

    assert "0 of 1 orders done" in text
    assert "Your role sees the progress; it does not move it." in text
    assert "Continue" not in text
