"""Does the list of issues say what holds up how much, and does each page say what to do?"""

from __future__ import annotations

import html
import re
from dataclasses import fields

import pytest
from django.test import Client

from books.problems import PROBLEMS
from companies.models import Company
from reconciliation.fixes import FIXES, fixes_of
from reconciliation.models import Issue, IssueState
from reconciliation.other_fixes import ways_of
from sync.models import Document
from tests.factories import the_studio
from tests.reconciliation.factories import a_stuck_order, an_unmapped_product, as_role
from tests.screens.page_words import words

pytestmark = pytest.mark.django_db

NO_EMAIL = "2026-08-14  order 2009  #9 Nora Quist\nWT-101  199.00"


@pytest.fixture
def company() -> Company:
    return the_studio()


@pytest.fixture
def ops(company: Company) -> Client:
    return as_role(company)


def test_one_row_per_cause_says_how_many_records_and_how_much_money_it_blocks(company: Company, ops: Client) -> None:
    an_unmapped_product(company, "2001", "2002", "2003")
    a_stuck_order(company, NO_EMAIL)

    text = words(ops, "/studio/issues/")

    assert "2 issues" in text
    assert re.search(r"Product not mapped .+? 3 108\.00 USD", text)
    assert re.search(r"Customer without email Nora Quist has no billing email.+? 1 199\.00 USD", text)
    assert "Enter the billing email, choose the QuickBooks customer, or create a new customer without an email." in text


def test_the_cause_that_holds_up_the_most_money_comes_first(company: Company, ops: Client) -> None:
    an_unmapped_product(company, "2001")
    a_stuck_order(company, NO_EMAIL)

    text = words(ops, "/studio/issues/")

    assert text.index("Customer without email") < text.index("Creme Brulee Mugs")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", "2 issues"),
        ("?state=open", "2 issues"),
        ("?state=solved", "0 issues"),
        ("?cause=customer-without-email", "1 issue"),
        ("?words=nora", "1 issue"),
        ("?words=MUGS-22", "1 issue"),
        ("?words=nobody", "0 issues"),
        ("?cause=rubbish", "0 issues"),
        ("?state=rubbish", "0 issues"),
        ("?place=rubbish", "2 issues"),
    ],
)
def test_issues_are_filtered_by_state_cause_and_words(company: Company, ops: Client, query: str, number: str) -> None:
    an_unmapped_product(company, "2001")
    a_stuck_order(company, NO_EMAIL)

    assert number in words(ops, f"/studio/issues/{query}")


def test_nothing_wrong_is_said_in_words(ops: Client) -> None:
    assert "Nothing needs attention." in words(ops, "/studio/issues/")


def test_a_page_says_what_happened_what_it_blocks_and_what_to_do(company: Company, ops: Client) -> None:
    issue = an_unmapped_product(company, "2001", "2002")

    text = words(ops, f"/studio/issues/{issue.pk}/")

    assert "What happened" in text
    assert "Transactions blocked 2 Amount blocked 72.00 USD" in text
    assert "What to do Choose the item; or enter the SKU on the item in QuickBooks and press Re-sync" in text
    assert "Invoice 2002 08/14/2026 Priya Natarajan 36.00 USD Blocked" in text
    assert "Re-sync (already fixed in QuickBooks)" in text


def test_what_an_issue_blocks_is_paged(company: Company, ops: Client) -> None:
    issue = an_unmapped_product(company, *map(str, range(3001, 3061)))

    first = ops.get(f"/studio/issues/{issue.pk}/").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)

    assert following
    second = ops.get(f"/studio/issues/{issue.pk}/{html.unescape(following.group(1))}").content.decode()
    assert [text.count("#document-") for text in (first, second)] == [50, 10]


def test_a_solved_issue_has_no_form_and_says_who_solved_it(company: Company, ops: Client) -> None:
    issue = a_stuck_order(company, NO_EMAIL)
    ops.post(f"/studio/issues/{issue.pk}/fix/give-email/", {"email": "nora@example.com"})

    text = words(ops, f"/studio/issues/{issue.pk}/")

    assert "Solved" in text
    assert "Fixed by ops-studio" in text
    assert "What to do" not in text
    assert "It blocks nothing now." in text


def test_an_issue_that_comes_back_is_open_again(company: Company, ops: Client) -> None:
    issue = a_stuck_order(company, NO_EMAIL)
    ops.post(f"/studio/issues/{issue.pk}/fix/give-email/", {"email": "nora@example.com"})
    company.source_customers.update(email_given="", email_compared="")

    a_stuck_order(company, NO_EMAIL.replace("2009", "2010"))

    issue.refresh_from_db()
    assert (issue.state, issue.solved_by) == (IssueState.OPEN, None)


def test_every_cause_has_a_page_also_with_the_fewest_facts(company: Company, ops: Client) -> None:
    for number, (code, kind) in enumerate(PROBLEMS.items()):
        empty = {"str": "x", "int": 1, "bool": False}
        facts = {field.name: empty.get(str(field.type), []) for field in fields(kind)}
        issue = Issue.objects.create(
            company=company, code=code, cause=f"{code}|{number}", facts=facts, opened_at="2026-08-14T00:00:00Z"
        )
        assert str(kind.title) in words(ops, f"/studio/issues/{issue.pk}/")


def test_a_cause_of_another_version_still_has_a_page(company: Company, ops: Client) -> None:
    issue = Issue.objects.create(
        company=company, code="of-later", cause="of-later|1", facts={"new": "x"}, opened_at="2026-08-14T00:00:00Z"
    )

    assert "does not know the cause “of-later”" in words(ops, f"/studio/issues/{issue.pk}/")
    assert "of-later" in words(ops, "/studio/issues/")


def test_every_fix_belongs_to_a_cause_that_there_is() -> None:
    assert set(FIXES) <= set(PROBLEMS)
    names = {kind.name for kinds in FIXES.values() for kind in kinds}
    kinds = {kind for kinds in FIXES.values() for kind in kinds}
    assert len(names) == len(kinds)


def test_a_solved_issue_offers_nothing(company: Company) -> None:
    issue = an_unmapped_product(company, "2001")
    assert len(fixes_of(company, issue)) == 1
    assert ways_of(company, issue)
    issue.state = IssueState.SOLVED

    assert fixes_of(company, issue) == []
    assert ways_of(company, issue) == []


def test_a_fact_that_is_html_is_shown_and_not_run(company: Company, ops: Client) -> None:
    issue = a_stuck_order(company, NO_EMAIL)
    Issue.objects.filter(pk=issue.pk).update(facts={**issue.facts, "customer": "<b onclick=x>Nora</b>"})

    raw = ops.get(f"/studio/issues/{issue.pk}/").content.decode()

    assert "<b onclick" not in raw
    assert "&lt;b onclick" in raw


def test_what_blocks_another_company_is_not_listed_here(company: Company, ops: Client) -> None:
    other = the_studio("Lindqvist Pottery", "lindqvist")
    an_unmapped_product(other, "2001")

    assert "Nothing needs attention." in words(ops, "/studio/issues/")
    assert not Document.objects.filter(company=company).exists()
