"""Is a document to which QuickBooks never gives a clear answer an issue, and does everything else go on?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from books.documents import Document as DocumentValue
from books.outcomes import Outcome, Unknown
from companies.models import Company
from reconciliation.issues import gather
from reconciliation.models import Issue
from reconciliation.wording import tell
from sync.models import Document, DocumentProblem, Push, PushExchange
from sync.pushing.sender import PushCounts
from tests.factories import prepared, the_studio
from tests.simulators.driver import Books
from tests.sync.fake_destination import FakeDestination, push_to
from tests.sync.pushing import NEW, in_quickbooks, minutes_later, push
from tests.sync.sales import SOLD, of_order

pytestmark = pytest.mark.django_db(transaction=True)


def later(company: Company) -> None:
    """Some minutes later, by every clock that is looked at."""
    minutes_later(company)
    PushExchange.objects.filter(push__company=company).update(sent_at=F("sent_at") - timedelta(minutes=5))


def rounds(company: Company, number: int) -> list[PushCounts]:
    """So many rounds, minutes apart."""
    came = []
    for _ in range(number):
        came.append(push(company))
        later(company)
    return came


def issues(company: Company) -> list[tuple[str, str]]:
    gather(company)
    return list(Issue.objects.filter(code="no-clear-answer").values_list("state", "facts__known"))


def breaks_over_payments(books: Books, times: int = 1000) -> None:
    books.control("faults", {"kind": "500", "entity": "Payment", "operation": "create", "times": times})


def test_what_quickbooks_always_answers_with_an_error_becomes_an_issue_and_goes_when_it_can(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW)
    breaks_over_payments(quickbooks, times=4)

    rounds(studio, 2)
    assert issues(studio) == []
    rounds(studio, 2)
    payment = Document.objects.get(kind="payment")
    assert (payment.state, issues(studio)) == ("unknown", [("open", "absent")])
    words = tell("no-clear-answer", Issue.objects.get(code="no-clear-answer").facts)
    assert "QuickBooks had an error while storing it" in str(words)
    assert "does not have it" in str(words)
    assert "Re-sync" in str(words)
    rounds(studio, 1)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    payment.refresh_from_db()
    assert (payment.state, payment.problems.count(), issues(studio)) == ("posted", 0, [("solved", "absent")])
    assert len(set(Push.objects.filter(document=payment).values_list("request_id", flat=True))) == 1


def test_it_is_said_when_quickbooks_does_not_say_either_whether_it_has_it(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    breaks_over_payments(quickbooks)
    push(studio)
    quickbooks.control("faults", {"kind": "500", "operation": "query", "times": 1000})
    later(studio)

    rounds(studio, 3)

    assert issues(studio) == [("open", "unheard")]


def test_a_change_that_is_never_answered_clearly_is_an_issue_until_it_is(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)
    prepared(studio, NEW.replace("199.00", "249.00"))
    quickbooks.control("faults", {"kind": "500", "entity": "Invoice", "operation": "update", "times": 4})

    rounds(studio, 3)
    assert issues(studio) == [("open", "change")]
    rounds(studio, 1)

    assert issues(studio) == [("solved", "change")]
    assert not DocumentProblem.objects.exists()


def test_several_of_them_keep_back_nothing_new_and_end_no_round() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 13)))

    def breaks_down(document: DocumentValue) -> Outcome | None:
        return Unknown(reason="Broken.") if int(document.number) <= 8 else None

    for _ in range(8):
        push_to(company, FakeDestination(breaks_down))
        later(company)
    assert DocumentProblem.objects.filter(code="no-clear-answer").count() == 8
    prepared(company, *(of_order(number, SOLD) for number in range(13, 16)))
    tried = FakeDestination(breaks_down)

    counts = push_to(company, tried)

    assert (counts.stopped, dict(counts.outcomes)) == ("", {"posted": 3, "unknown": 3})
    first_sent = set(Document.objects.filter(key__in=tried.sent[:3]).values_list("number", flat=True))
    assert first_sent == {"13", "14", "15"}
    assert Document.objects.filter(state="posted").count() == 7


def test_those_that_were_only_near_it_go_with_the_next_round() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 13)))
    for _ in range(8):
        push_to(company, FakeDestination(lambda _: Unknown(reason="Broken.")))
        later(company)
    stuck = DocumentProblem.objects.filter(code="no-clear-answer").count()

    push_to(company, FakeDestination(lambda document: Unknown(reason="Broken.") if document.number == "5" else None))

    assert stuck > 3
    assert Document.objects.exclude(state="posted").count() == 1
