"""Does one damaged record, one broken document or one broken company keep back any other?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest
from django.utils import timezone

from books.documents import Document as DocumentValue
from books.outcomes import Outcome, Unknown
from companies.models import Company
from reconciliation.sync_history import counted_words
from sync.causes import open_causes
from sync.management.sync_words import tell_sync
from sync.models import CompanyLease, Document, DocumentProblem, OrderVersion, Push, Run, RunState
from sync.preparing.prepare import prepare_new
from sync.pushing.destination import NotThere
from sync.pushing.lease import LEASE
from sync.run import sync_company
from tests.factories import document_of, order_of, prepared, staged, the_studio
from tests.simulators.driver import Books
from tests.sync.commands import run, run_json
from tests.sync.fake_destination import FakeDestination, push_to
from tests.sync.pushing import NEW, in_quickbooks, minutes_later
from tests.sync.sales import SOLD, of_order

pytestmark = pytest.mark.django_db(transaction=True)


def damaged(company: Company, number: str) -> None:
    """Nobody can read what was staged of this order."""
    OrderVersion.objects.filter(order=order_of(company, number)).update(body={"number": number})


def test_an_order_that_cannot_be_read_keeps_back_no_other_and_says_so_once() -> None:
    company = the_studio()
    staged(company, SOLD, of_order(2, SOLD), of_order(3, SOLD))
    damaged(company, "2")

    counts = [prepare_new(company) for _ in range(2)]

    assert [(count.orders, count.failed) for count in counts] == [(2, 1), (0, 1)]
    assert document_of(company, "1").state == document_of(company, "3").state == "ready"
    assert [note["code"] for note in order_of(company, "2").not_posted] == ["broken"]
    assert order_of(company, "2").events.filter(step="broken").count() == 1


class BreaksOn(FakeDestination):
    """Cannot render the document of one order, as if a needed id were missing."""

    def __init__(self, *numbers: str) -> None:
        super().__init__()
        self.numbers = numbers

    def render(self, document: DocumentValue, *, ids: Mapping[str, str]) -> bytes:
        if document.number in self.numbers:
            raise KeyError(document.number)
        return super().render(document, ids=ids)


def test_documents_that_cannot_be_rendered_keep_back_no_other() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 7)))

    counts = push_to(company, BreaksOn("1", "2", "3", "4"))

    assert dict(counts.outcomes) == {"failed": 4, "posted": 2}
    assert not counts.stopped
    assert (document_of(company, "1").state, document_of(company, "6").state) == ("blocked", "posted")
    assert order_of(company, "1").events.latest("pk").step == "broken"


def test_a_round_ends_though_one_document_breaks_and_others_stay_unclear() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 4)))
    destination = BreaksOn("1")
    destination.answer = lambda _: Unknown(reason="No answer.")
    push_to(company, destination)

    for _ in range(2):  # what is open already is looked up, and not sent again so soon
        counts = push_to(company, destination)
        assert (counts.outcomes["later"], counts.stopped) == (2, "")

    assert len(destination.sent) == 2


def test_a_document_that_breaks_while_it_is_looked_up_rests_for_the_round() -> None:
    company = the_studio()
    prepared(company, SOLD, of_order(2, SOLD))
    push_to(company, FakeDestination(lambda document: Unknown(reason="No answer.") if document.number == "1" else None))

    class CannotFind(FakeDestination):
        def find(self, document: DocumentValue, *, ids: Mapping[str, str], since: datetime | None = None) -> NotThere:
            raise KeyError(document.number)

    counts = push_to(company, CannotFind())

    assert (dict(counts.outcomes), counts.stopped) == ({"failed": 1}, "")
    assert Push.objects.filter(state="open").count() == 1


def test_documents_over_which_quickbooks_breaks_down_each_time_keep_back_no_other_for_ever() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 9)))

    def breaks_down(document: DocumentValue) -> Outcome | None:
        return Unknown(reason="Broken.") if int(document.number) <= 4 else None

    for _ in range(6):
        push_to(company, FakeDestination(breaks_down))

    assert Document.objects.filter(state="posted").count() == 4
    assert Push.objects.filter(state="open").count() == 4


@pytest.mark.usefixtures("quickbooks")
def test_a_company_that_breaks_is_said_and_the_next_one_is_synced(studio: Company, quickbooks: Books) -> None:
    staged(studio, NEW)
    broken = the_studio("A first one", "broken")
    prepared(broken, SOLD + "\ntotal  1.00")
    DocumentProblem.objects.filter(company=broken).update(code="known-to-a-later-version")

    code, result = run_json("sync")

    assert code == 2
    assert [company["exit_code"] for company in result["companies"]] == [2, 0]
    assert "defect" in result["companies"][0]["cannot_run"]
    assert in_quickbooks(quickbooks) == (1, 1, 1)


def test_an_answer_that_was_lost_and_settled_in_the_same_run_leaves_nothing_to_say(
    studio: Company, quickbooks: Books
) -> None:
    staged(studio, NEW)
    quickbooks.control("faults", {"kind": "lost_answer", "entity": "Invoice", "operation": "write"})

    report = sync_company(studio)

    counts = [report.counts[name] for name in ("unknown", "new_customers", "posted", "adopted")]
    assert (report.exit_code, counts) == (0, [0, 1, 1, 1])


def test_a_run_that_died_is_not_said_to_be_running_for_ever(studio: Company, quickbooks: Books) -> None:
    dead = Run.objects.create(company=studio, kind="sync")

    sync_company(studio)

    dead.refresh_from_db()
    assert (dead.state, dead.finished_at is not None) == (RunState.FAILED, True)
    assert "stopped" in dead.message


def test_a_sync_that_lost_its_lease_says_so_and_leaves_the_rest_to_the_other(
    studio: Company, quickbooks: Books
) -> None:
    staged(studio, NEW)

    def take_over(step: str, _: Document) -> None:
        CompanyLease.objects.update(holder="someone else")

    report = sync_company(studio, observe=take_over)

    assert (report.exit_code, Run.objects.latest("pk").state) == (1, "finished")
    assert "took over" in report.stopped


def test_a_login_that_has_ended_is_reported_with_what_waits_for_it(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    studio.connections.update(state="needs-attention", last_error="Sign in again.")

    report = sync_company(studio)

    assert (report.exit_code, report.counts["ready"]) == (2, 2)  # a customer is not counted


def test_a_new_customer_without_a_clear_answer_is_said_though_nothing_else_is_wrong(
    studio: Company, quickbooks: Books
) -> None:
    staged(studio, NEW)
    quickbooks.control("faults", {"kind": "503_html", "entity": "Customer", "operation": "create", "times": 1000})

    report = sync_company(studio)

    assert (report.exit_code, report.stopped) == (1, "")
    assert [report.counts[name] for name in ("ready", "unknown", "customers_unclear")] == [2, 0, 1]
    said: list[str] = []
    tell_sync(report, said.append, refuse=said.append)
    assert "  1 new customer without a clear answer" in said
    assert "1 new customer without a clear answer" in counted_words(Run.objects.latest("pk"))

    quickbooks.control("faults", method="DELETE")
    minutes_later(studio)
    report = sync_company(studio)

    assert (report.exit_code, report.counts.get("customers_unclear", 0)) == (0, 0)
    assert in_quickbooks(quickbooks) == (1, 1, 1)


def test_a_dry_run_keeps_away_while_a_sync_is_at_work(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    CompanyLease.objects.update_or_create(
        company=studio, defaults={"holder": "somebody", "until": timezone.now() + LEASE}
    )

    code, result = run_json("sync", "--dry-run")

    assert code == 2
    assert "Another sync" in result["companies"][0]["cannot_run"]


def test_the_causes_of_a_report_are_bounded_and_each_is_explained() -> None:
    company = the_studio()
    prepared(
        company,
        *(f"2026-08-14  order {n}  #{n} Guest {n}\nWT-101  {n}.00" for n in range(1, 121)),
    )

    causes = open_causes(company)

    assert len(causes) == 100
    assert (causes[0]["first"], causes[0]["money"]) == ("Invoice 120", "120.00 USD")
    assert all("has no billing email" in cause["explanation"] for cause in causes)


def test_two_rejections_in_the_same_words_are_told_apart_by_their_records(studio: Company, quickbooks: Books) -> None:
    for number, name in ((1, "Harbor Print Co"), (2, "Front Range Clay Supply")):  # vendors there
        prepared(studio, f"2026-08-14  order {number}  #{number} {name} <{number}@example.com>\nWT-101  {number}.00")

    text = run("sync")[1]

    assert "blocks 1 document, 1.00 USD (Customer Harbor Print Co)" in text
    assert "blocks 1 document, 2.00 USD (Customer Front Range Clay Supply)" in text
