"""A paid invoice whose order is another customer's now: is nothing sent of it, and does each cure work?"""

from __future__ import annotations

from typing import Any

import pytest

from books.problems import ChangedAfterPosting
from companies.models import Company
from mapping.models import QuickBooksCustomer, SourceCustomer
from reconciliation.undo.carrying_out import post_again
from reconciliation.undo.choosing import Chosen, scope_of
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import Document, Push
from sync.preparing.prepare import prepare_orders
from sync.pushing.decisions import settle
from tests.factories import document_of, order_of, prepared
from tests.reconciliation.undoing import steps, undone
from tests.simulators.driver import Books
from tests.sync.pushing import push

pytestmark = pytest.mark.django_db(transaction=True)

SOLD = "2026-08-14  order 1042\nWT-101  199.00\n"
PAID = SOLD + "paid 2026-08-15  Cash  50.00\n"
MOVED = PAID.replace("order 1042", "order 1042  Zoe Oh <zoe@example.com>")
ANOTHER = "Chidi Okafor"


def in_quickbooks(books: Books) -> tuple[str, str, list[tuple[str, str]]]:
    """Whose the invoice is, what is open of it, and whose its payments are with what is left of each."""
    books.sign_in(books.running.ready()["access_token"])
    (invoice,) = (row for row in books.query("select * from Invoice")["Invoice"] if row["DocNumber"] == "1042")
    payments = [row for row in books.query("select * from Payment")["Payment"] if settles(row, invoice["Id"])]
    whose = [(row["CustomerRef"]["name"], str(row["UnappliedAmt"])) for row in payments]
    return invoice["CustomerRef"]["name"], str(invoice["Balance"]), whose


def settles(payment: Any, invoice: str) -> bool:
    return any(link["TxnId"] == invoice for line in payment["Line"] for link in line["LinkedTxn"])


def held(company: Company, text: str) -> ChangedAfterPosting:
    """The order became this: nothing is sent, and a person is told."""
    before = Push.objects.count()
    prepared(company, text)
    assert dict(push(company).outcomes) == {}
    assert Push.objects.count() == before
    row = document_of(company, "1042")
    assert (row.state, row.pending) == ("posted", "held")
    (problem,) = (problem.read() for problem in row.problems.all())
    assert isinstance(problem, ChangedAfterPosting)
    return problem


def posted(company: Company, text: str) -> None:
    prepared(company, text)
    push(company)
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}


def linked_to(name: str) -> None:
    """A person says who every customer of the source is."""
    found = QuickBooksCustomer.objects.get(display_name=name)
    SourceCustomer.objects.update(quickbooks_customer=found)


@pytest.mark.parametrize("settled_by", ["paid 2026-08-15  Cash  50.00\n", "credit 2026-08-15  Goodwill  50.00\n"])
def test_nothing_is_sent_of_a_settled_invoice_that_moves_to_another_customer(
    studio: Company, quickbooks: Books, settled_by: str
) -> None:
    posted(studio, SOLD + settled_by)

    problem = held(studio, MOVED.replace("paid 2026-08-15  Cash  50.00\n", settled_by))

    assert problem.explain().startswith(
        "The order changed in the source after Invoice 1042 was posted, and its customer is “Zoe Oh” now. "
        "In QuickBooks it is for “Priya Natarajan”, with payments or credits applied to it,"
    )
    assert quickbooks.query("select * from Customer where DisplayName = 'Zoe Oh'") == {}


def test_an_open_invoice_moves(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD)
    prepared(studio, MOVED)

    assert dict(push(studio).outcomes) == {"new_customers": 1, "updated": 1, "posted": 1}

    assert in_quickbooks(quickbooks) == ("Zoe Oh", "149.00", [("Zoe Oh", "0.00")])


def test_a_customer_that_its_own_order_created_is_no_other_one(studio: Company, quickbooks: Books) -> None:
    posted(studio, MOVED)
    refresh_and_prepare(studio)
    prepared(studio, MOVED.replace("199.00", "250.00"))

    assert dict(push(studio).outcomes) == {"updated": 1}

    assert in_quickbooks(quickbooks) == ("Zoe Oh", "200.00", [("Zoe Oh", "0.00")])


def test_what_was_linked_to_another_by_mistake_is_linked_again_and_the_change_goes(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, PAID)
    linked_to(ANOTHER)
    assert held(studio, PAID.replace("199.00", "250.00")).customer_now == ANOTHER

    linked_to("Priya Natarajan")
    prepare_orders(studio, [order_of(studio, "1042")])

    assert dict(push(studio).outcomes) == {"updated": 1}
    assert in_quickbooks(quickbooks) == ("Priya Natarajan", "200.00", [("Priya Natarajan", "0.00")])


def test_who_is_one_person_is_merged_in_quickbooks_and_the_change_goes(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)
    linked_to(ANOTHER)
    held(studio, PAID.replace("199.00", "250.00"))
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    loser, winner = (
        str(quickbooks.find("Customer", f"DisplayName = '{name}'")["Id"]) for name in ("Priya Natarajan", ANOTHER)
    )
    quickbooks.control("merge", {"from": loser, "into": winner})

    refresh_and_prepare(studio)
    prepare_orders(studio, [order_of(studio, "1042")])

    assert dict(push(studio).outcomes) == {"updated": 1}
    assert in_quickbooks(quickbooks) == (ANOTHER, "200.00", [(ANOTHER, "0.00")])


def test_an_order_that_is_undone_and_posted_again_is_wholly_the_other_customers(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, PAID)
    held(studio, MOVED)

    undo = undone(studio, scope_of(Chosen.ORDER, order_of(studio, "1042").pk))
    assert steps(undo) == [("Payment 1042-1", "delete", "done"), ("Invoice 1042", "delete", "done")]
    assert post_again(undo, by=None) == 2
    push(studio)

    assert in_quickbooks(quickbooks) == ("Zoe Oh", "149.00", [("Zoe Oh", "0.00")])
    assert set(Document.objects.values_list("state", "pending").distinct()) == {("posted", "")}


def test_what_was_moved_by_hand_is_settled(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)
    held(studio, MOVED)

    assert settle(document_of(studio, "1042"), reason="Moved by hand", by=None)

    prepare_orders(studio, [order_of(studio, "1042")])
    assert dict(push(studio).outcomes) == {}
    row = document_of(studio, "1042")
    assert (row.state, row.pending, row.customer_name, row.problems.count()) == ("posted", "", "Zoe Oh", 0)


def test_money_that_comes_in_later_goes_to_the_customer_that_the_invoice_has(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, PAID)
    linked_to(ANOTHER)
    prepared(studio, PAID + "paid 2026-08-20  Cash  60.00\n")

    assert dict(push(studio).outcomes) == {"posted": 1}

    whose = [("Priya Natarajan", "0.00")] * 2
    assert in_quickbooks(quickbooks) == ("Priya Natarajan", "89.00", whose)
    assert not document_of(studio, "1042").problems.exists()
