"""Does the Action column say what has to be done about each document?"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from companies.models import Company
from reconciliation.actions import Action, actions_of, with_actions
from sync.models import Document, DocumentState
from tests.factories import document_of, prepared, the_studio
from tests.reconciliation.factories import an_unmapped_product, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


def action_of(document: Document) -> tuple[Action, ...]:
    return actions_of(document.company, [document])[document.pk]


@pytest.mark.criterion("D62", "D66")
def test_a_blocked_document_names_what_blocks_it_with_a_link_to_the_issue(studio: Company) -> None:
    issue = an_unmapped_product(studio, "2001")

    (action,) = action_of(document_of(studio, "2001"))

    assert action.title == "Product not mapped: Item not found in QuickBooks"
    assert "Creme Brulee Mugs" in action.words
    assert action.link == reverse("reconciliation:issue", args=["studio", issue.pk])
    assert str(action) == f"{action.title}: {action.words}"


@pytest.mark.criterion("D62")
def test_every_reason_is_named_and_not_only_the_first(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 2005  #9 Nora Quist\nWT-101  199.00\ntotal  180.00")

    titles = {action.title for action in action_of(document_of(studio, "2005"))}

    assert titles == {"Customer without email", "Lines do not add up to the total"}


def test_a_payment_says_which_document_it_waits_for(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 2006\nWT-101  199.00\npaid 2026-08-20  Cash  50.00")

    (action,) = action_of(document_of(studio, "2006", "payment"))

    assert action == Action(title="", words="It waits for Invoice 2006.")


@pytest.mark.parametrize(
    ("automatic", "words"),
    [(True, "The next sync posts it."), (False, "It waits for a person")],
)
def test_a_ready_document_says_who_posts_it(studio: Company, automatic: bool, words: str) -> None:
    studio.posts_automatically = automatic
    studio.save()
    prepared(studio, "2026-08-14  order 2007\nWT-101  199.00")

    (action,) = action_of(document_of(studio, "2007"))

    assert action.words.startswith(words)


def test_a_posted_document_asks_for_nothing(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 2008\nWT-101  199.00")
    invoice = document_of(studio, "2008")
    posted(invoice)

    assert action_of(invoice) == ()


def test_an_unclear_document_says_that_it_is_not_posted_twice(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 2009\nWT-101  199.00")
    invoice = document_of(studio, "2009")
    invoice.state = DocumentState.UNKNOWN
    invoice.save()

    (action,) = action_of(invoice)

    assert "without posting it twice" in action.words


def test_a_whole_page_takes_three_queries(studio: Company, django_assert_num_queries: Any) -> None:
    an_unmapped_product(studio, *map(str, range(2100, 2120)))
    documents = list(Document.objects.filter(company=studio))

    with django_assert_num_queries(2):
        actions_of(studio, documents)


def test_an_export_of_any_length_keeps_every_document_with_its_actions(studio: Company) -> None:
    an_unmapped_product(studio, "2001", "2002")
    prepared(studio, "2026-08-14  order 2010\nWT-101  199.00")

    pairs = dict(with_actions(studio, Document.objects.filter(company=studio).order_by("pk")))

    assert len(pairs) == Document.objects.filter(company=studio).count()
    assert pairs[document_of(studio, "2001")][0].title == "Product not mapped: Item not found in QuickBooks"
