"""Can a person say on the screen what a document is whose answer nobody heard?"""

from __future__ import annotations

import pytest

from books.outcomes import Unknown
from companies.models import Company
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.models import Push
from sync.pushing.arrival import ask
from sync.pushing.destination import Alike, Lookalike
from tests.factories import document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import as_role, issue_of
from tests.reconciliation.fixing import fix, page
from tests.sync.fake_destination import FakeDestination, push_to

pytestmark = pytest.mark.django_db

FOUND = (
    Lookalike(quickbooks_id="145", words="1042-A · 2026-08-14 · Ida Quill · 199.00 USD"),
    Lookalike(quickbooks_id="146", words="1042-B · 2026-08-14 · Ida Quill · 199.00 USD"),
)


@pytest.fixture
def studio() -> Company:
    """An invoice was sent, nobody heard the answer, and QuickBooks holds two that may be it."""
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    push_to(company, FakeDestination(lambda _: Unknown(reason="No answer.")))
    assert ask(Push.objects.get(), Alike(documents=FOUND))
    gather(company)
    return company


def asked(company: Company) -> Issue:
    return issue_of(company, "perhaps-posted")


def test_the_issue_shows_what_was_found_with_the_money_at_stake(studio: Company) -> None:
    issue = asked(studio)

    words = page(as_role(studio), issue)

    assert (issue.records, str(issue.money)) == (1, "199.0000")
    assert "1042-A · 08/14/2026 · Ida Quill · 199.00 USD, 1042-B · 08/14/2026 · Ida Quill · 199.00 USD" in words
    assert "2026-08-14" not in words
    assert "Nothing is sent before." in words


def test_this_is_it_names_one_of_them(studio: Company) -> None:
    issue, ops = asked(studio), as_role(studio)

    assert "Choose the document that it is." in fix(ops, issue, "this-is-it", reason="Seen")
    fix(ops, issue, "this-is-it", found="146", reason="Renumbered by Ann")

    assert (issue.state, Push.objects.get().told_id) == (IssueState.SOLVED, "146")
    event = order_of(studio, "1042").events.get(step="is-there")
    assert (event.facts["reason"], event.by and event.by.username) == ("Renumbered by Ann", "ops-studio")


def test_that_it_is_another_is_confirmed_first(studio: Company) -> None:
    issue, ops = asked(studio), as_role(studio)

    confirm = fix(ops, issue, "it-is-another", reason="Two sales")
    assert "the money is in the books twice" in confirm
    assert Push.objects.get().told_others == []

    fix(ops, issue, "it-is-another", reason="Two sales", confirmed="1")
    assert (issue.state, Push.objects.get().told_others) == (IssueState.SOLVED, ["145", "146"])
    assert document_of(studio, "1042").state == "unknown"
