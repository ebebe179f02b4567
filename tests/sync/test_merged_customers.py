"""Is a merge in QuickBooks followed: by payments, by later orders, by what people chose, and only if it was one?"""

from __future__ import annotations

import pytest

from companies.models import Company
from mapping.models import QuickBooksCustomer, SourceCustomer
from sync.lists.refresh import RefreshCounts, refresh_lists
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.resync import start
from sync.run import sync_company
from tests.factories import document_of, order_of, prepared
from tests.simulators.driver import Books
from tests.sync.resyncing import finished

pytestmark = pytest.mark.django_db(transaction=True)

R01 = "2026-08-20  order R01  #31 Priya Natarajan <priya.natarajan@example.com>\nKIT-CLAY  48.00"
PAID = f"{R01}\npaid 2026-08-25  Card  48.00"
NEW = "2026-08-20  order R02  #32 Zoë Søn <zoe@example.com>\nKIT-CLAY  48.00"


def the_customer(books: Books, name: str) -> str:
    books.sign_in(books.running.ready()["access_token"])
    return str(books.find("Customer", f"DisplayName = '{name}'")["Id"])


def merge(books: Books, loser: str, winner: str) -> str:
    """What a bookkeeper does in QuickBooks; the id of the customer who is left."""
    kept = the_customer(books, winner)
    books.control("merge", {"from": the_customer(books, loser), "into": kept})
    return kept


def posted(company: Company, order: str) -> None:
    prepared(company, order)
    report = sync_company(company)
    assert (report.counts["blocked"], report.counts["failed"]) == (0, 0)


def refreshed(company: Company) -> RefreshCounts:
    counts = refresh_and_prepare(company)
    assert not counts.failed
    return counts


def payments_of(books: Books, customer: str) -> list[tuple[str, str]]:
    found = books.query(f"select * from Payment where CustomerRef = '{customer}'").get("Payment", [])
    return [(str(payment["TotalAmt"]), str(payment["UnappliedAmt"])) for payment in found]


def test_a_payment_goes_to_the_customer_that_the_invoice_bears_after_a_merge(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, R01)
    before = quickbooks.count("Customer")
    kept = merge(quickbooks, "Priya Natarajan", "Chidi Okafor")

    counts = refreshed(studio)
    prepared(studio, PAID)
    for _again in range(2):
        sync_company(studio)

    assert document_of(studio, "R01", "payment").state == "posted"
    assert payments_of(quickbooks, kept) == [("48.00", "0.00")]
    assert quickbooks.find("Invoice", "DocNumber = 'R01'")["Balance"] == 0
    assert quickbooks.count("Customer") <= before
    assert [warning.worded() for warning in counts.warnings] == [
        "QuickBooks merged the customer “Priya Natarajan (deleted)” into “Chidi Okafor”. "
        "Orders of the first go to the second from now on."
    ]


def test_a_later_order_of_a_customer_who_was_merged_away_goes_to_the_other_one(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, R01)
    kept = merge(quickbooks, "Priya Natarajan", "Chidi Okafor")
    refreshed(studio)

    posted(studio, R01.replace("R01", "R03"))

    assert document_of(studio, "R03").value().customer.quickbooks_id == kept
    assert quickbooks.query("select * from Customer where DisplayName = 'Priya Natarajan'") == {}


def test_a_customer_that_an_order_created_is_not_created_anew_after_a_merge(studio: Company, quickbooks: Books) -> None:
    posted(studio, NEW)
    kept = merge(quickbooks, "Zoë Søn", "Chidi Okafor")
    refreshed(studio)

    posted(studio, NEW.replace("R02", "R04"))
    posted(studio, f"{NEW}\npaid 2026-08-25  Card  48.00")

    assert document_of(studio, "R04").value().customer.quickbooks_id == kept
    assert payments_of(quickbooks, kept) == [("48.00", "0.00")]
    link = SourceCustomer.objects.get(source_key="32")
    assert link.quickbooks_customer == QuickBooksCustomer.objects.get(quickbooks_id=kept)
    assert link.history.latest().history_change_reason == "Merged in QuickBooks"


def test_a_merge_into_one_who_is_merged_in_turn_is_followed_to_the_end(studio: Company, quickbooks: Books) -> None:
    posted(studio, R01)
    merge(quickbooks, "Priya Natarajan", "Chidi Okafor")
    refreshed(studio)
    kept = merge(quickbooks, "Chidi Okafor", "Ngozi Okafor")
    refreshed(studio)

    posted(studio, PAID)

    assert payments_of(quickbooks, kept) == [("48.00", "0.00")]


@pytest.mark.parametrize(("order", "who"), [(R01, "Priya Natarajan"), (NEW, "Zoë Søn")], ids=["known", "created"])
def test_a_payment_that_settles_more_after_a_merge_is_changed_for_the_one_who_is_left(
    studio: Company, quickbooks: Books, order: str, who: str
) -> None:
    posted(studio, f"{order}\npaid 2026-08-20  Check  60.00")
    kept = merge(quickbooks, who, "Chidi Okafor")
    refreshed(studio)

    posted(studio, f"{order}\nKIT-CLAY  48.00\npaid 2026-08-20  Check  60.00")

    assert payments_of(quickbooks, kept) == [("60.00", "0.00")]
    assert document_of(studio, order.split()[2], "payment").pending == ""


def test_a_customer_who_was_only_made_inactive_is_called_that_and_nobody_is_created(
    studio: Company, quickbooks: Books
) -> None:
    fields = {"DisplayName": "Zoë Søn", "PrimaryEmailAddr": {"Address": "zoe@example.com"}}
    quickbooks.control("create", {"entity": "Customer", "fields": fields})
    zoe = the_customer(quickbooks, "Zoë Søn")
    refreshed(studio)
    prepared(studio, NEW)
    quickbooks.control("inactivate", {"entity": "Customer", "id": zoe})

    counts = refreshed(studio)

    assert counts.warnings == []
    problem = document_of(studio, "R02").problems.get().read()
    assert problem.explain() == "Zoë Søn is the QuickBooks customer “Zoë Søn (deleted)”, which is inactive there."
    assert "Make the customer active in QuickBooks" in problem.advise()

    quickbooks.control("activate", {"entity": "Customer", "id": zoe})
    refreshed(studio)
    assert document_of(studio, "R02").state == "ready"


def test_each_inactive_customer_is_asked_after_once(studio: Company, quickbooks: Books) -> None:
    posted(studio, R01)
    merge(quickbooks, "Priya Natarajan", "Chidi Okafor")
    refreshed(studio)
    quickbooks.control("log", method="DELETE")

    assert refresh_lists(studio).warnings == []

    asked = str(quickbooks.control("log", method="GET"))
    assert "FROM Customer" in asked
    assert "FROM Invoice" not in asked


def test_an_invoice_follows_its_order_after_a_merge_and_nobody_is_asked(studio: Company, quickbooks: Books) -> None:
    posted(studio, R01)
    kept = merge(quickbooks, "Priya Natarajan", "Chidi Okafor")
    refreshed(studio)

    posted(studio, R01.replace("48.00", "58.00"))

    invoice = quickbooks.find("Invoice", "DocNumber = 'R01'")
    assert (invoice["CustomerRef"]["value"], str(invoice["TotalAmt"])) == (kept, "58.00")
    assert (document_of(studio, "R01").state, document_of(studio, "R01").pending) == ("posted", "")


def test_a_merge_that_nobody_has_read_yet_is_followed_by_re_sync(studio: Company, quickbooks: Books) -> None:
    posted(studio, R01)
    kept = merge(quickbooks, "Priya Natarajan", "Chidi Okafor")
    prepared(studio, PAID)
    sync_company(studio)
    assert document_of(studio, "R01", "payment").state in ("refused", "posted")

    finished(start(studio, [order_of(studio, "R01").pk], by=None))

    assert payments_of(quickbooks, kept) == [("48.00", "0.00")]
