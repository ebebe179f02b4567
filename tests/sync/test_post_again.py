"""Can a person post again what someone deleted in QuickBooks, and only that?"""

from __future__ import annotations

import pytest

from books.messages import Message
from companies.models import Company
from sync.models import Push
from sync.pushing.decisions import PostAgain, post_again
from sync.readiness import destination_of
from sync.resync import advance, start
from tests.factories import document_of, order_of, prepared
from tests.simulators.driver import Books
from tests.sync.pushing import NEW, in_quickbooks, push

pytestmark = pytest.mark.django_db(transaction=True)


def asked(company: Company) -> PostAgain:
    """What comes of the wish to post the invoice again."""
    destination = destination_of(company)
    assert not isinstance(destination, Message)
    return post_again(document_of(company, "3001"), destination=destination, by=None)


def test_a_deleted_document_is_posted_anew_under_a_request_id_of_its_own(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW.partition("\npaid")[0])
    push(studio)
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '3001'"))

    assert asked(studio) is PostAgain.READY
    advance(start(studio, [order_of(studio, "3001").pk], by=None))

    assert in_quickbooks(quickbooks)[1] == 1
    ids = list(Push.objects.filter(document__kind="invoice").values_list("request_id", flat=True))
    assert len(set(ids)) == 2
    assert document_of(studio, "3001").state == "posted"


def test_what_quickbooks_still_has_is_not_posted_again(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)
    invoice = quickbooks.find("Invoice", "DocNumber = '3001'")
    quickbooks.change("Invoice", invoice, PrivateNote="Someone wrote over the mark", DocNumber="9999")

    assert asked(studio) is PostAgain.STILL_THERE
    assert document_of(studio, "3001").state == "posted"


def test_what_nobody_can_tell_is_left_as_it_is(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)
    quickbooks.control("faults", {"kind": "503_html", "operation": "query", "times": 5})

    assert asked(studio) is PostAgain.UNCLEAR
    assert document_of(studio, "3001").state == "posted"


def test_what_was_never_posted_cannot_be_posted_again(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)

    assert asked(studio) is PostAgain.NOT_POSTED
