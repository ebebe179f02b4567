"""Is nothing sent a second time that QuickBooks has, whatever it remembers and whatever a person made of it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from companies.models import Company
from simulators.quickbooks.server import Running
from sync.models import Connection, Document, Push
from sync.pushing.arrival import tell
from sync.run import sync_company
from tests.factories import document_of, order_of, prepared
from tests.held_answers import write_postponed
from tests.simulators.driver import Books
from tests.sync.pushing import NEW, in_quickbooks, minutes_later, push

pytestmark = pytest.mark.django_db(transaction=True)

PAID = "2026-08-14  order 3001  #7 Zoë O'Brien & Søn <zoe@example.com>\nWT-101  199.00\npaid 2026-08-15  Check  50.00"


def lost(books: Books, entity: str, kind: str = "lost_answer", **how: Any) -> None:
    books.control("faults", {"kind": kind, "entity": entity, "operation": "write", **how})


def forgetful(books: Books) -> None:
    """A company that does not know a request id again."""
    books.control("options", {"request_ids": "forget"})


def refusing(books: Books) -> None:
    """A company that answers a known request id with code 600."""
    books.control("options", {"request_ids": "refuse_600"})


def remembering(books: Books) -> None:
    """A company that answers a known request id with its first answer."""


def states(number: str = "3001", kind: str = "invoice") -> list[str]:
    rows = Push.objects.filter(document__number__startswith=number, document__kind=kind)
    return list(rows.order_by("pk").values_list("state", flat=True))


WORLDS = pytest.mark.parametrize("world", [remembering, forgetful, refusing])


@WORLDS
@pytest.mark.parametrize("entity", ["Customer", "Invoice", "Payment"])
@pytest.mark.parametrize("kind", ["lost_answer", "drop_before"])
def test_a_lost_answer_or_a_lost_send_ends_with_each_document_once_whatever_quickbooks_remembers(
    studio: Company, quickbooks: Books, world: Callable[[Books], None], entity: str, kind: str
) -> None:
    world(quickbooks)
    prepared(studio, NEW)
    lost(quickbooks, entity, kind)

    push(studio)
    minutes_later(studio)
    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}


@pytest.mark.parametrize("world", [remembering, forgetful])
def test_what_quickbooks_is_still_writing_is_not_sent_again_before_it_has_given_up(
    studio: Company, quickbooks: Books, rehearsal: Running, world: Callable[[Books], None]
) -> None:
    world(quickbooks)
    prepared(studio, NEW)

    with write_postponed(rehearsal, of="Payment") as payment:
        counts = push(studio)
        assert (counts.outcomes["unknown"], counts.outcomes["later"]) == (1, 1)
        payment.write()
    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert Push.objects.get(document__kind="payment").state == "adopted"


def test_an_unclear_document_that_never_arrived_goes_again_with_the_same_bytes_under_the_same_id(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW)
    lost(quickbooks, "Invoice", "drop_before")
    push(studio)
    assert document_of(studio, "3001").state == "unknown"
    minutes_later(studio)

    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    sent = Push.objects.get(document=document_of(studio, "3001"))
    assert (sent.generation, sent.state) == (1, "accepted")
    outcomes = list(sent.exchanges.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["unknown", "looked-up", "accepted"]


def test_after_half_a_day_what_never_arrived_goes_under_a_new_request_id(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    lost(quickbooks, "Invoice", "drop_before")
    push(studio)
    long_ago = timezone.now() - timedelta(days=2)
    Push.objects.filter(state="open").update(first_sent_at=long_ago, last_sent_at=long_ago)

    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert states() == ["abandoned", "accepted"]


def test_a_request_id_that_quickbooks_used_for_nothing_is_given_up(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    only_once(studio, "answered", "invoice")
    invoice = quickbooks.find("Invoice", "DocNumber = '3001'")
    quickbooks.control("delete", {"entity": "Invoice", "id": invoice["Id"]})
    refusing(quickbooks)
    minutes_later(studio)

    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert states() == ["abandoned", "accepted"]


def only_once(company: Company, step: str, kind: str) -> None:
    """Push until a step of a document of this kind; nobody hears the answer to that."""

    def stop(now: str, document: Document) -> None:
        if (now, document.kind) == (step, kind):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push(company, observe=stop)


def test_what_someone_deleted_before_anybody_heard_of_it_is_posted_anew(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    only_once(studio, "answered", "invoice")
    invoice = quickbooks.find("Invoice", "DocNumber = '3001'")
    quickbooks.control("delete", {"entity": "Invoice", "id": invoice["Id"]})
    minutes_later(studio)

    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert quickbooks.find("Invoice", "DocNumber = '3001'")["Id"] == document_of(studio, "3001").quickbooks_id
    assert order_of(studio, "3001").events.filter(step="again").exists()


# Touched by a person -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "touched",
    [
        {"DocNumber": "3001-A"},
        {"DocNumber": "3001-A", "TxnDate": "2026-08-13"},
        {"TxnDate": "2026-08-13", "PrivateNote": "Seen by Ann\n%(note)s"},
    ],
    ids=["renumbered", "renumbered-and-dated", "dated-and-noted"],
)
@WORLDS
def test_an_invoice_that_a_person_has_changed_is_recognized_by_its_mark(
    studio: Company, quickbooks: Books, world: Callable[[Books], None], touched: dict[str, str]
) -> None:
    world(quickbooks)
    prepared(studio, NEW)
    only_once(studio, "answered", "invoice")
    invoice = quickbooks.find("Invoice", "DocNumber = '3001'")
    fields = {name: text % {"note": invoice["PrivateNote"]} for name, text in touched.items()}
    quickbooks.control("edit", {"entity": "Invoice", "id": invoice["Id"], "fields": fields})
    minutes_later(studio)

    push(studio)

    row = document_of(studio, "3001")
    assert quickbooks.query("select count(*) from Invoice where DocNumber like '3001%'")["totalCount"] == 1
    assert row.quickbooks_id == invoice["Id"]
    assert row.state == ("differs" if "DocNumber" in touched else "posted")


@pytest.fixture
def asked(studio: Company, quickbooks: Books) -> Document:
    """The payment arrived unheard, and a person took our line out of its memo and gave it another reference."""
    forgetful(quickbooks)
    prepared(studio, PAID)
    only_once(studio, "answered", "payment")
    payment = payments(quickbooks)[0]
    fields = {"PrivateNote": "By check", "PaymentRefNum": "1042"}
    quickbooks.control("edit", {"entity": "Payment", "id": payment["Id"], "fields": fields})
    minutes_later(studio)
    push(studio)
    return Document.objects.get(kind="payment")


def payments(books: Books) -> list[Any]:
    customer = books.find("Customer", "DisplayName like 'Zo%'")
    found: list[Any] = books.query(f"select * from Payment where CustomerRef = '{customer['Id']}'").get("Payment", [])
    return found


def test_what_says_the_same_without_our_mark_is_asked_about_and_not_posted_twice(
    studio: Company, quickbooks: Books, asked: Document
) -> None:
    report = sync_company(studio)

    assert len(payments(quickbooks)) == 1
    assert (asked.state, asked.problems.get().code) == ("unknown", "perhaps-posted")
    assert asked.problems.get().facts["found"] == ["1042 · 2026-08-15 · Zoë O'Brien & Søn · 50.00 USD"]
    assert (report.exit_code, report.counts["asked"]) == (1, 1)
    assert [cause["money"] for cause in report.causes] == ["50.00 USD"]
    assert asked.order.events.filter(step="perhaps-there").count() == 1


EDITS = {
    "payment": ("Payment", {"PrivateNote": "By check", "PaymentRefNum": "1042", "TxnDate": "2026-08-18"}),
    "refund": ("JournalEntry", {"PrivateNote": "Given back", "DocNumber": "R-7", "TxnDate": "2026-08-28"}),
}


@pytest.mark.parametrize("kind", EDITS)
def test_what_a_person_renumbered_redated_and_annotated_is_asked_about(
    studio: Company, quickbooks: Books, kind: str
) -> None:
    """It is of the same customer and total, and no older than our send."""
    forgetful(quickbooks)
    prepared(studio, f"{PAID}\nrefund 2026-08-20  20.00")
    only_once(studio, "answered", kind)
    entity, fields = EDITS[kind]
    stored = quickbooks.find(entity, {"payment": "TxnDate = '2026-08-15'", "refund": "TxnDate = '2026-08-20'"}[kind])
    before = quickbooks.query(f"select count(*) from {entity}")
    quickbooks.control("edit", {"entity": entity, "id": stored["Id"], "fields": fields})
    minutes_later(studio)

    push(studio)

    document = Document.objects.get(kind=kind)
    assert quickbooks.query(f"select count(*) from {entity}") == before
    assert (document.state, [problem.code for problem in document.problems.all()]) == ("unknown", ["perhaps-posted"])
    assert stored["Id"] in document.problems.get().facts["found_ids"]


def test_this_is_it_adopts_what_was_found(studio: Company, quickbooks: Books, asked: Document) -> None:
    payment = payments(quickbooks)[0]
    person = get_user_model().objects.create(username="ops")

    assert tell(asked, is_it=payment["Id"], reason="Ann renamed it", by=person)
    push(studio)

    asked.refresh_from_db()
    assert (len(payments(quickbooks)), asked.quickbooks_id) == (1, payment["Id"])
    # The reference is another one, and that is shown
    assert [problem.facts["what"] for problem in asked.problems.all()] == ["the number"]
    assert asked.order.events.get(step="is-there").by == person


def test_it_is_another_posts_ours_under_a_new_request_id(studio: Company, quickbooks: Books, asked: Document) -> None:
    assert tell(asked, reason="Two checks", by=None)

    push(studio)

    asked.refresh_from_db()
    assert (asked.state, len(payments(quickbooks))) == ("posted", 2)
    assert states("", "payment") == ["abandoned", "accepted"]


def test_what_was_asked_is_no_question_once_it_is_gone_from_quickbooks(
    studio: Company, quickbooks: Books, asked: Document
) -> None:
    quickbooks.control("delete", {"entity": "Payment", "id": payments(quickbooks)[0]["Id"]})
    minutes_later(studio)

    push(studio)

    assert (Document.objects.get(kind="payment").state, len(payments(quickbooks))) == ("posted", 1)
    assert not tell(asked, reason="Too late", by=None)


def test_two_alike_orders_of_one_day_are_each_posted_and_nobody_is_asked(studio: Company, quickbooks: Books) -> None:
    forgetful(quickbooks)
    twin = PAID.replace("3001", "3002")
    prepared(studio, PAID, twin)
    lost(quickbooks, "Invoice", "drop_before", skip=1)

    push(studio)
    minutes_later(studio)
    push(studio)

    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}
    assert sum(Decimal(payment["TotalAmt"]) for payment in payments(quickbooks)) == Decimal(100)


def test_a_new_customer_whose_notes_a_person_emptied_is_asked_about(studio: Company, quickbooks: Books) -> None:
    forgetful(quickbooks)
    prepared(studio, NEW)
    only_once(studio, "answered", "customer")
    customer = quickbooks.find("Customer", "DisplayName like 'Zo%'")
    fields = {"Notes": "", "DisplayName": "Zoe Obrien"}
    quickbooks.control("edit", {"entity": "Customer", "id": customer["Id"], "fields": fields})
    minutes_later(studio)

    push(studio)

    row = Document.objects.get(kind="customer")
    assert row.problems.get().facts["found_ids"] == [customer["Id"]]
    assert quickbooks.query("select count(*) from Customer where DisplayName like 'Zo%'")["totalCount"] == 1


# A round ends --------------------------------------------------------------------------------------------------------


def test_after_the_clock_was_put_back_nothing_goes_again_while_quickbooks_may_be_at_work(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW)
    lost(quickbooks, "Invoice", "drop_before")
    push(studio)
    soon = timezone.now() + timedelta(minutes=10)
    Push.objects.filter(state="open").update(first_sent_at=soon, last_sent_at=soon)

    push(studio)

    assert in_quickbooks(quickbooks) == (1, 0, 0)
    assert Document.objects.get(kind="invoice").generation == 1


def test_a_moment_in_the_future_that_a_wrong_clock_wrote_keeps_no_document_back(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW)
    lost(quickbooks, "Invoice", "drop_before")
    push(studio)
    next_year = timezone.now() + timedelta(days=365)
    Push.objects.filter(state="open").update(first_sent_at=next_year, last_sent_at=next_year)

    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert not Connection.objects.filter(resting_until__isnull=False).exists()
