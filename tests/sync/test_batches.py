"""Do many documents go in one request, each once, whatever becomes of the request?

The four worlds after a lost answer: QuickBooks remembers the batch, has forgotten it, is still at work on it, or a
person has touched one of its documents meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from books.documents import Document as DocumentValue
from books.outcomes import Outcome, Refused, TryLater, Unknown
from books.problems import RefusedByQuickBooks
from companies.models import Company
from simulators.quickbooks.server import Running
from sync.models import Connection, Document, OrderEvent, Push, PushExchange, PushState
from sync.pushing.batch_sender import next_size
from sync.pushing.destination import LARGEST_BATCH, Sending
from sync.pushing.lease import leased
from sync.pushing.push import Pusher
from tests.factories import document_of, prepared, the_studio
from tests.held_answers import write_postponed
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.fake_destination import Answered, FakeDestination, push_to
from tests.sync.pushing import minutes_later, push
from tests.sync.sales import SOLD, of_order

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

NO = Refused(problems=(RefusedByQuickBooks(fault="2500", message="Invalid", detail="No such item"),))


def orders(count: int, *, first: int = 4001) -> list[str]:
    """Orders of one invoice each, for a customer whom QuickBooks has."""
    return [f"2026-08-14  order {number}\nWT-101  199.00\n" for number in range(first, first + count)]


def numbers_in(books: Books) -> Counter[str]:
    """How often QuickBooks holds each number of these orders."""
    books.sign_in(books.running.ready()["access_token"])
    told = books.query("select * from Invoice where DocNumber like '4%' maxresults 1000")
    return Counter(invoice["DocNumber"] for invoice in told.get("Invoice", []))


def each_once(count: int, *, first: int = 4001) -> Counter[str]:
    return Counter({str(number): 1 for number in range(first, first + count)})


def states() -> dict[str, int]:
    return dict(Counter(Document.objects.values_list("state", flat=True)))


# Together ------------------------------------------------------------------------------------------------------------


def test_seventy_documents_go_in_three_requests(studio: Company, quickbooks: Books) -> None:
    prepared(studio, *orders(70))

    counts = push(studio)

    assert dict(counts.outcomes) == {"posted": 70}
    assert numbers_in(quickbooks) == each_once(70)
    batches = Counter(Push.objects.values_list("batch_id", flat=True))
    assert sorted(batches.values()) == [10, 30, 30]
    assert "" not in batches
    assert Push.objects.filter(state=PushState.ACCEPTED).count() == 70
    assert PushExchange.objects.filter(outcome="accepted", status=200).count() == 70
    assert OrderEvent.objects.filter(step="posted").count() == 70


def test_what_is_kept_of_a_document_in_a_batch_is_its_own(studio: Company, quickbooks: Books) -> None:
    prepared(studio, *orders(2))
    push(studio)
    client = as_role(studio)

    for document in Document.objects.all():
        exchange = PushExchange.objects.get(push__document=document)
        assert document.number in exchange.reply
        assert len([number for number in ("4001", "4002") if f'"{number}"' in exchange.reply]) == 1
        assert exchange.intuit_tid
        page = " ".join(client.get(f"/{studio.slug}/orders/{document.order_id}/?tab=pushes").content.decode().split())
        push_row = Push.objects.get(document=document)
        assert f"{push_row.batch_id}</span> item {push_row.batch_item}" in page
        assert (document.sync_token, document.quickbooks_id != "", document.posted_at is not None) == ("0", True, True)


def test_one_document_goes_alone(studio: Company, quickbooks: Books) -> None:
    prepared(studio, *orders(1))
    push(studio)

    assert Push.objects.get().batch_id == ""
    assert numbers_in(quickbooks) == each_once(1)


def test_one_that_is_refused_keeps_back_no_other_of_its_batch(studio: Company, quickbooks: Books) -> None:
    prepared(studio, *orders(5))
    quickbooks.write("Customer", {"DisplayName": "Someone else"})
    item = quickbooks.query("select * from Item where Sku = 'WT-101'")["Item"][0]
    broken = document_of(studio, "4003")
    body = broken.frozen
    body.body = _with_item(body.body, str(item["Id"]), "99999")
    body.save()

    counts = push(studio)

    assert dict(counts.outcomes) == {"posted": 4, "refused": 1}
    assert states() == {"posted": 4, "refused": 1}
    assert document_of(studio, "4003").problems.get().code == "refused-by-quickbooks"
    assert numbers_in(quickbooks) == each_once(5) - Counter({"4003": 1})


def _with_item(body: Any, former: str, other: str) -> Any:
    """The same body with another item id."""
    if isinstance(body, dict):
        return {
            name: other if name == "quickbooks_id" and value == former else _with_item(value, former, other)
            for name, value in body.items()
        }
    return [_with_item(value, former, other) for value in body] if isinstance(body, list) else body


def test_a_batch_that_is_rejected_as_a_whole_goes_document_by_document(studio: Company, quickbooks: Books) -> None:
    prepared(studio, *orders(3))
    quickbooks.control(
        "faults", {"kind": "refuse", "operation": "batch", "code": "2010", "message": "No such property"}
    )

    counts = push(studio)

    assert dict(counts.outcomes) == {"posted": 3}
    assert numbers_in(quickbooks) == each_once(3)
    assert set(Push.objects.values_list("batch_id", flat=True)) == {""}
    assert PushExchange.objects.filter(outcome="try-later").count() == 3


# What goes together --------------------------------------------------------------------------------------------------


def test_new_customers_of_one_name_never_go_in_one_batch() -> None:
    company = the_studio()
    prepared(company, _sold_to("7", "Zoë Søn", "zoe@a.example"), of_order(2, _sold_to("8", "zoë søn", "zoe@b.example")))
    destination = FakeDestination()

    push_to(company, destination)

    customers = [key for key in destination.sent if "customer" in key]
    assert len(customers) == 1


def _sold_to(key: str, name: str, email: str) -> str:
    return SOLD.replace(SOLD.splitlines()[0], f"2026-08-14  order 1  #{key} {name} <{email}>")


# The four worlds after a lost answer ---------------------------------------------------------------------------------


def lost(studio: Company, quickbooks: Books, count: int = 40) -> None:
    """The answers to all batches are lost: what was sent is written, and nobody has heard of it."""
    prepared(studio, *orders(count))
    quickbooks.control("faults", {"kind": "lost_answer", "operation": "batch", "times": 9})
    push(studio)
    assert states() == {"unknown": count}
    quickbooks.control("faults", method="DELETE")


def test_answers_that_were_lost_are_found_by_a_few_questions(studio: Company, quickbooks: Books) -> None:
    lost(studio, quickbooks)
    minutes_later(studio)

    counts = push(studio)

    assert dict(counts.outcomes) == {"adopted": 40}
    assert numbers_in(quickbooks) == each_once(40)
    assert states() == {"posted": 40}


@pytest.mark.parametrize("ids", ["remember", "forget", "refuse_600"])
def test_what_was_never_written_goes_again_in_its_batch(studio: Company, quickbooks: Books, ids: str) -> None:
    quickbooks.control("options", {"request_ids": ids})
    prepared(studio, *orders(40))
    quickbooks.control("faults", {"kind": "timeout_before", "operation": "batch", "times": 2, "seconds": 0.1})
    push(studio)
    before = dict(Push.objects.values_list("document__number", "batch_id"))
    minutes_later(studio)

    push(studio)

    assert numbers_in(quickbooks) == each_once(40)
    assert states() == {"posted": 40}
    if ids == "remember":
        assert dict(Push.objects.values_list("document__number", "batch_id")) == before


def test_while_quickbooks_may_still_be_at_work_nothing_goes_again(
    studio: Company, quickbooks: Books, rehearsal: Running
) -> None:
    quickbooks.control("options", {"request_ids": "forget"})
    prepared(studio, *orders(10))
    with write_postponed(rehearsal, of="Invoice") as batch:
        push(studio)
        push(studio)
        assert states() == {"unknown": 10}
        batch.write()
    minutes_later(studio)
    push(studio)

    assert numbers_in(quickbooks) == each_once(10)
    assert states() == {"posted": 10}
    told = quickbooks.control("log", method="GET")["entries"]
    assert len([entry for entry in told if '"operation":"create"' in entry["body"]]) == 1


def test_the_one_of_thirty_that_a_person_touched_is_asked_about_and_the_others_are_adopted(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.control("options", {"request_ids": "forget"})
    lost(studio, quickbooks, 30)
    (invoice,) = quickbooks.query("select * from Invoice where DocNumber = '4007'")["Invoice"]
    quickbooks.write("Invoice", {**invoice, "PrivateNote": "by hand", "DocNumber": "H-1", "sparse": True})
    minutes_later(studio)

    counts = push(studio)

    assert dict(counts.outcomes) == {"adopted": 29, "asked": 1}
    assert document_of(studio, "4007").problems.get().code == "perhaps-posted"
    assert numbers_in(quickbooks) == each_once(30) - Counter({"4007": 1})


def test_a_part_of_a_batch_that_was_written_is_found_and_the_rest_goes_again(
    studio: Company, quickbooks: Books
) -> None:
    lost(studio, quickbooks, 12)
    for number in ("4002", "4009"):
        (invoice,) = quickbooks.query(f"select * from Invoice where DocNumber = '{number}'")["Invoice"]
        quickbooks.ask("POST", "invoice", body=invoice, params={"operation": "delete"})
    quickbooks.control("options", {"request_ids": "forget"})
    minutes_later(studio)

    push(studio)

    assert numbers_in(quickbooks) == each_once(12)
    assert states() == {"posted": 12}


def test_what_was_deleted_and_is_remembered_is_not_taken_for_posted(studio: Company, quickbooks: Books) -> None:
    lost(studio, quickbooks, 4)
    (invoice,) = quickbooks.query("select * from Invoice where DocNumber = '4002'")["Invoice"]
    quickbooks.ask("POST", "invoice", body=invoice, params={"operation": "delete"})
    minutes_later(studio)

    push(studio)

    assert numbers_in(quickbooks) == each_once(4)
    assert states() == {"posted": 4}
    assert document_of(studio, "4002").generation == 2


# What QuickBooks cannot take now -------------------------------------------------------------------------------------


def test_a_batch_that_came_too_early_waits_and_goes_in_the_same_run() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 41)))
    early = [TryLater(reason="Too many requests.", wait=1)] * 30
    destination = FakeDestination(lambda _: early.pop() if early else None)

    with leased(company) as lease:
        assert lease is not None
        counts = Pusher(company=company, destination=destination, lease=lease, may_wait=5).push()

    assert (counts.stopped, states()) == ("", {"posted": 40})
    assert len(set(destination.request_ids)) == 40


def test_an_answer_without_one_of_its_items_leaves_that_one_to_be_looked_up() -> None:
    company = the_studio()
    prepared(company, SOLD, of_order(2, SOLD), of_order(3, SOLD))

    def silent_about_two(document: DocumentValue) -> Outcome | None:
        return Unknown(reason="No word about it.") if ":source-2:" in document.key else None

    counts = push_to(company, FakeDestination(silent_about_two))

    assert dict(counts.outcomes) == {"posted": 2, "unknown": 1, "later": 1}
    assert states() == {"posted": 2, "unknown": 1}
    assert counts.stopped == ""


def test_nothing_that_was_refused_for_haste_is_looked_up_before_it_goes_again() -> None:
    company = the_studio()
    prepared(company, SOLD, of_order(2, SOLD))
    destination = FakeDestination(lambda _: TryLater(reason="Too many requests.", wait=60))
    push_to(company, destination)
    assert set(Push.objects.values_list("first_sent_at", flat=True)) == {None}
    Connection.objects.update(resting_until=None)
    again = FakeDestination()

    push_to(company, again)

    assert again.batches == [2]
    assert again.looked_up == 0
    assert again.request_ids == destination.request_ids


def test_a_document_over_which_quickbooks_breaks_down_does_not_hold_back_its_batch_for_ever() -> None:
    company = the_studio()
    Connection.objects.create(company=company, system="quickbooks-online", name="QuickBooks")
    prepared(company, *(of_order(number, SOLD) for number in range(1, 31)))

    class BreaksOver(FakeDestination):
        def start(self, sendings: Sequence[Sending], *, batch_id: str = "") -> Answered:
            if any(b'"number": "17"' in sending.body for sending in sendings):
                return Answered([Unknown(reason="QuickBooks broke down over it.")] * len(sendings))
            return super().start(sendings, batch_id=batch_id)

    for _ in range(8):
        push_to(company, BreaksOver())
        minutes_later(company)

    assert states() == {"posted": 29, "unknown": 1}
    assert document_of(company, "17").state == "unknown"


# How many at once ----------------------------------------------------------------------------------------------------


def test_batches_without_an_answer_get_smaller_and_others_slowly_larger() -> None:
    assert next_size(30, unclear=True) == 15
    assert next_size(1, unclear=True) == 1
    assert next_size(15, unclear=False) == 18
    assert next_size(LARGEST_BATCH, unclear=False) == LARGEST_BATCH


def test_the_size_of_batches_is_kept_for_the_next_run(studio: Company, quickbooks: Books) -> None:
    prepared(studio, *orders(30))
    quickbooks.control("faults", {"kind": "timeout_before", "operation": "batch", "seconds": 0.1})
    push(studio)
    kept = Connection.objects.filter(company=studio, system="quickbooks-online")
    assert kept.get().batch_size == 15
    minutes_later(studio)
    push(studio)
    assert kept.get().batch_size > 15
    kept.update(batch_size=4)
    prepared(studio, *orders(10, first=4101))

    push(studio)

    sizes = Counter(Push.objects.filter(document__number__gt="4100").values_list("batch_id", flat=True))
    assert sorted(sizes.values(), reverse=True)[0] <= 7
    assert sum(numbers_in(quickbooks).values()) == 40
