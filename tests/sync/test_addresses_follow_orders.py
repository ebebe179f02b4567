"""Does a customer in QuickBooks get the addresses of new orders: by the rules, only what changed, and nothing lost?"""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import Any

import pytest

from books.orders import NO_ADDRESS, Address
from companies.models import Company
from mapping.models import PostingAccounts, QuickBooksCustomer, SourceCustomerRules
from reconciliation.wording import event_words
from simulators.quickbooks.server import Running
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import AddressUpdate, Document
from sync.resync import advance, start
from sync.run import sync_company
from tests.factories import SYSTEM, order_of, prepared
from tests.faults.killing import started, taken_over
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.sample_orders import an_order
from tests.simulators.driver import Books
from tests.sync.pushing import minutes_later, push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

OLD = {"Line1": "1 Old Rd", "Line2": "Apt 4", "City": "Denver", "CountrySubDivisionCode": "CO", "PostalCode": "80202"}
DEPOT = {"Line1": "Dock 9", "City": "Pueblo", "PostalCode": "81001", "Country": "USA"}
NEW = Address(line1="22 Kiln St", city="Boulder", region="CO", postal_code="80301")
NEWEST = Address(line1="7 Glaze Ave", city="Aspen", region="CO", postal_code="81611")
WAREHOUSE = Address(line1="500 Wheel Way", city="Golden", region="CO", postal_code="80401")


@pytest.fixture
def nora(studio: Company, quickbooks: Books) -> Any:
    """A customer whom QuickBooks has, with both addresses."""
    there = buyer(quickbooks, "Nora Quist", PrimaryPhone={"FreeFormNumber": "555-0142"})
    refresh_and_prepare(studio)
    return there


def buyer(books: Books, name: str, **fields: Any) -> Any:
    """A customer in QuickBooks with both addresses."""
    email = f"{name.replace(' ', '').lower()}@example.com"
    return books.customer(name, PrimaryEmailAddr={"Address": email}, BillAddr=OLD, ShipAddr=DEPOT, **fields)


def rules(company: Company, rule: str = "both", **decided: Any) -> None:
    SourceCustomerRules.objects.create(
        company=company, system=SYSTEM, update_addresses=True, address_rule=rule, **decided
    )


def ordered(
    company: Company,
    number: int,
    *,
    day: str = "2026-08-14",
    billing: Address = NEW,
    shipping: Address = WAREHOUSE,
    paid: str = "",
    buyer: str = "#9 Nora Quist <noraquist@example.com>",
) -> None:
    """An order of these addresses is imported and prepared."""
    order = an_order(f"{day}  order {number}  {buyer}\nKIT-CLAY  48.00{paid}")
    prepared(company, replace(order, customer=replace(order.customer, billing=billing, shipping=shipping)))


def addresses(books: Books, customer: Any) -> tuple[str, str]:
    """The lines and cities of both addresses in QuickBooks."""
    there = books.read("Customer", customer["Id"])
    written = [[there[name].get(part) for part in ("Line1", "Line2", "City")] for name in ("BillAddr", "ShipAddr")]
    billing, shipping = (", ".join(filter(None, parts)) for parts in written)
    return billing, shipping


def history(company: Company, number: int) -> str:
    """The history tab of an order."""
    page = as_role(company).get(f"/{company.slug}/orders/{order_of(company, str(number)).pk}/?tab=history")
    return " ".join(page.content.decode().split())


def told(company: Company, number: int) -> str:
    """The messages on that tab."""
    return " ".join(event_words(row) for row in order_of(company, str(number)).events.order_by("pk"))


def lost(books: Books, kind: str = "lost_answer", **how: Any) -> None:
    books.control("faults", {"kind": kind, "entity": "Customer", "operation": "write", **how})


UNTOUCHED = ("1 Old Rd, Apt 4, Denver", "Dock 9, Pueblo")


# By the rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("E15")
def test_while_it_is_off_an_existing_customer_keeps_every_address(
    studio: Company, quickbooks: Books, nora: Any
) -> None:
    SourceCustomerRules.objects.create(company=studio, system=SYSTEM, address_rule="both")
    ordered(studio, 1)
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1'")["BillAddr"]["Line1"] == "22 Kiln St"
    assert addresses(quickbooks, nora) == UNTOUCHED
    assert quickbooks.read("Customer", nora["Id"])["SyncToken"] == nora["SyncToken"]
    assert not AddressUpdate.objects.exists()


@pytest.mark.criterion("E14", "E17", "E18", "E19")
@pytest.mark.parametrize(
    ("rule", "after"),
    [
        ("billing", ("22 Kiln St, Boulder", "Dock 9, Pueblo")),
        ("shipping", ("1 Old Rd, Apt 4, Denver", "500 Wheel Way, Golden")),
        ("both", ("22 Kiln St, Boulder", "500 Wheel Way, Golden")),
    ],
)
def test_each_rule_updates_its_addresses_and_leaves_all_else_of_the_customer(
    studio: Company, quickbooks: Books, nora: Any, rule: str, after: tuple[str, str]
) -> None:
    rules(studio, rule)
    ordered(studio, 1)
    counts = push(studio)

    there = quickbooks.read("Customer", nora["Id"])
    assert addresses(quickbooks, nora) == after
    assert (there["PrimaryPhone"], there["PrimaryEmailAddr"]) == (nora["PrimaryPhone"], nora["PrimaryEmailAddr"])
    assert there["SyncToken"] == str(int(nora["SyncToken"]) + 1)
    assert counts.outcomes["addresses"] == 1
    changed = {"billing": ["billing"], "shipping": ["shipping"], "both": ["billing", "shipping"]}[rule]
    assert sorted(AddressUpdate.objects.get().seen) == changed


@pytest.mark.criterion("E17", "E18", "E19")
def test_the_page_of_an_order_foretells_the_addresses_that_posting_writes(
    studio: Company, quickbooks: Books, nora: Any
) -> None:
    client = as_role(studio)
    ordered(studio, 1)
    address = f"/studio/orders/{order_of(studio, '1').pk}/?tab=pushes"
    while_off = client.get(address).content.decode()
    rules(studio, "billing")

    foretold = client.get(address).content.decode()
    push(studio)

    assert "once the order is posted" not in while_off
    assert "Address of Nora Quist, once the order is posted" in foretold
    assert "22 Kiln St, Boulder CO 80301" in foretold
    assert "500 Wheel Way" not in foretold
    assert addresses(quickbooks, nora)[0].startswith("22 Kiln St")
    assert "once the order is posted" not in client.get(address).content.decode()


@pytest.mark.criterion("E17", "E25")
def test_the_history_says_what_was_overwritten_and_our_copy_follows(
    studio: Company, quickbooks: Books, nora: Any
) -> None:
    rules(studio, "billing")
    ordered(studio, 1)
    push(studio)

    page = history(studio, 1)
    assert "The billing address of “Nora Quist” in QuickBooks was updated from this order:" in page
    assert "1 Old Rd, Apt 4, Denver, CO, 80202 became 22 Kiln St, Boulder, CO, 80301." in page
    assert QuickBooksCustomer.objects.get(company=studio, quickbooks_id=nora["Id"]).postal_code == "80301"


def test_a_country_that_the_order_leaves_out_is_kept_and_an_old_second_line_is_not(
    studio: Company, quickbooks: Books, nora: Any
) -> None:
    rules(studio, "both")
    ordered(studio, 1)
    push(studio)

    there = quickbooks.read("Customer", nora["Id"])
    assert there["ShipAddr"]["Country"] == "USA"
    assert "Line2" not in there["BillAddr"]


def test_what_is_the_same_but_for_letter_case_is_not_written(studio: Company, quickbooks: Books, nora: Any) -> None:
    rules(studio, "billing")
    ordered(
        studio, 1, billing=Address(line1="1 OLD RD", line2="apt 4", city="Denver", region="CO", postal_code="80202")
    )
    push(studio)

    assert quickbooks.read("Customer", nora["Id"])["SyncToken"] == nora["SyncToken"]
    assert "in QuickBooks is that of this order already." in told(studio, 1)


@pytest.mark.criterion("E21")
def test_the_rules_of_the_moment_of_posting_decide(studio: Company, quickbooks: Books, nora: Any) -> None:
    rules(studio, "billing")
    ordered(studio, 1)
    SourceCustomerRules.objects.update(address_rule="shipping")  # after it was prepared, before it is posted
    push(studio)

    assert addresses(quickbooks, nora) == ("1 Old Rd, Apt 4, Denver", "500 Wheel Way, Golden")

    SourceCustomerRules.objects.update(address_rule="both")
    push(studio)
    assert addresses(quickbooks, nora)[0] == "1 Old Rd, Apt 4, Denver"


@pytest.mark.criterion("E22")
@pytest.mark.parametrize("billing", [NO_ADDRESS, Address(country="US"), Address(city="Boulder", postal_code="80301")])
def test_an_order_without_the_address_leaves_it_as_it_is(
    studio: Company, quickbooks: Books, nora: Any, billing: Address
) -> None:
    rules(studio, "both")
    ordered(studio, 1, billing=billing)
    push(studio)

    assert addresses(quickbooks, nora) == ("1 Old Rd, Apt 4, Denver", "500 Wheel Way, Golden")
    assert "The order has no complete billing address" in told(studio, 1)


def test_a_journal_entry_brings_the_addresses_of_its_order(studio: Company, quickbooks: Books, nora: Any) -> None:
    rules(studio, "both")
    PostingAccounts.objects.update(invoice_debit="Wholesale Receivables")
    ordered(studio, 1)
    push(studio)

    assert Document.objects.get(order__number="1", kind="invoice").form == "journal-entry"
    assert addresses(quickbooks, nora) == ("22 Kiln St, Boulder", "500 Wheel Way, Golden")


def test_the_standard_customer_keeps_its_addresses(studio: Company, quickbooks: Books) -> None:
    there = quickbooks.customer("Walk-in", BillAddr=OLD, ShipAddr=DEPOT)
    refresh_and_prepare(studio)
    rules(studio, "both", not_found="standard", standard_customer="Walk-in")
    ordered(studio, 1, buyer="#77 Olaf Berg <olaf@example.com>")
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1'")["CustomerRef"]["value"] == there["Id"]
    assert addresses(quickbooks, there) == UNTOUCHED
    assert "“Walk-in” is a standard or default customer" in told(studio, 1)


# Two orders of one customer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)])
def test_of_two_orders_in_one_batch_the_newer_has_the_last_word(
    studio: Company, quickbooks: Books, nora: Any, numbers: tuple[int, int]
) -> None:
    rules(studio, "both")
    days = {1: ("2026-08-14", NEW), 2: ("2026-08-20", NEWEST)}
    for number in numbers:
        day, billing = days[number]
        ordered(studio, number, day=day, billing=billing)
    push(studio)

    assert addresses(quickbooks, nora) == ("7 Glaze Ave, Aspen", "500 Wheel Way, Golden")
    assert "order 2 of" in told(studio, 1)


def test_an_older_order_that_is_posted_later_overwrites_nothing(studio: Company, quickbooks: Books, nora: Any) -> None:
    rules(studio, "both")
    ordered(studio, 2, day="2026-08-20", billing=NEWEST, shipping=NO_ADDRESS)
    push(studio)
    ordered(studio, 1, day="2026-08-14", billing=NEW, shipping=WAREHOUSE)
    push(studio)

    # The newer order has no shipping address, so the older one's is the newest that is known
    assert addresses(quickbooks, nora) == ("7 Glaze Ave, Aspen", "500 Wheel Way, Golden")


def test_an_older_order_does_not_overwrite_what_the_customer_was_created_with(
    studio: Company, quickbooks: Books
) -> None:
    SourceCustomerRules.objects.create(company=studio, system=SYSTEM)
    ordered(studio, 2, day="2026-08-20", billing=NEWEST, buyer="#55 Ida Moe <ida@example.com>")
    push(studio)
    SourceCustomerRules.objects.update(update_addresses=True, address_rule="both")
    ordered(studio, 1, day="2026-08-14", billing=NEW, buyer="#55 Ida Moe <ida@example.com>")
    push(studio)

    assert addresses(quickbooks, quickbooks.find("Customer", "DisplayName = 'Ida Moe'"))[0] == "7 Glaze Ave, Aspen"


def test_many_customers_are_read_in_one_question_and_written_in_one_batch(studio: Company, quickbooks: Books) -> None:
    people = {number: buyer(quickbooks, f"Buyer {number}") for number in range(1, 13)}
    refresh_and_prepare(studio)
    rules(studio, "billing")
    for number in people:
        ordered(studio, number, buyer=f"#{number} Buyer {number} <buyer{number}@example.com>")
    counts = push(studio)

    assert counts.outcomes["addresses"] == 12
    assert {addresses(quickbooks, there)[0] for there in people.values()} == {"22 Kiln St, Boulder"}
    assert len({row.request_id for row in AddressUpdate.objects.all()}) == 12


# What goes wrong ------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("E24")
@pytest.mark.parametrize("kind", ["lost_answer", "drop_before"])
def test_a_lost_answer_or_send_ends_with_the_address_written_and_one_invoice(
    studio: Company, quickbooks: Books, nora: Any, kind: str
) -> None:
    rules(studio, "both")
    ordered(studio, 1)
    lost(quickbooks, kind)
    push(studio)
    assert "no clear answer from QuickBooks" in told(studio, 1)

    minutes_later(studio)
    push(studio)

    assert addresses(quickbooks, nora) == ("22 Kiln St, Boulder", "500 Wheel Way, Golden")
    assert int(quickbooks.read("Customer", nora["Id"])["SyncToken"]) == int(nora["SyncToken"]) + 1
    assert len(quickbooks.query("select * from Invoice where DocNumber = '1'")["Invoice"]) == 1
    assert "1 Old Rd, Apt 4, Denver, CO, 80202 became 22 Kiln St, Boulder, CO, 80301." in told(studio, 1)


def test_what_a_person_wrote_there_while_the_answer_was_lost_stays(
    studio: Company, quickbooks: Books, nora: Any
) -> None:
    rules(studio, "billing")
    ordered(studio, 1)
    lost(quickbooks)
    push(studio)
    record = quickbooks.read("Customer", nora["Id"])
    quickbooks.change("Customer", record, BillAddr={"Line1": "3 Own Hand Ct", "City": "Vail"})

    minutes_later(studio)
    push(studio)

    assert addresses(quickbooks, nora)[0] == "3 Own Hand Ct, Vail"
    assert "It stays as it is there: 3 Own Hand Ct, Vail." in told(studio, 1)


@pytest.mark.criterion("E24")
def test_a_customer_who_is_edited_at_the_same_moment_is_read_again(
    studio: Company, quickbooks: Books, nora: Any
) -> None:
    rules(studio, "billing")
    ordered(studio, 1)

    def observe(step: str, document: Document) -> None:
        """Someone changes the phone number between the read and the write."""
        if step == "address-committed" and not edited:
            edited.append(step)
            record = quickbooks.read("Customer", nora["Id"])
            quickbooks.change("Customer", record, PrimaryPhone={"FreeFormNumber": "555-0199"})

    edited: list[str] = []
    push(studio, observe=observe)

    there = quickbooks.read("Customer", nora["Id"])
    assert (there["BillAddr"]["Line1"], there["PrimaryPhone"]["FreeFormNumber"]) == ("22 Kiln St", "555-0199")
    assert "was being changed in QuickBooks at the same moment" in told(studio, 1)


@pytest.mark.criterion("E23", "E24")
def test_a_rejected_address_is_on_the_history_with_what_to_do_and_the_order_is_posted(
    studio: Company, quickbooks: Books, nora: Any
) -> None:
    rules(studio, "billing")
    ordered(studio, 1)
    lost(quickbooks, "refuse", code="6000", message="A business validation error has occurred", detail="Not this one")
    push(studio)

    page = history(studio, 1)
    assert "Address not updated" in page
    assert (
        "The order itself is posted. Correct the address in QuickBooks, or remove the cause and press Re-sync" in page
    )
    assert len(quickbooks.query("select * from Invoice where DocNumber = '1'")["Invoice"]) == 1
    assert addresses(quickbooks, nora) == UNTOUCHED

    push(studio)
    assert addresses(quickbooks, nora) == UNTOUCHED  # not again by itself
    advance(start(studio, [order_of(studio, "1").pk], by=None), seconds=60)
    assert addresses(quickbooks, nora)[0] == "22 Kiln St, Boulder"
    assert len(quickbooks.query("select * from Invoice where DocNumber = '1'")["Invoice"]) == 1


def test_an_inactive_customer_is_left_and_said(studio: Company, quickbooks: Books, nora: Any) -> None:
    rules(studio, "billing")
    ordered(studio, 1, paid="\npaid 2026-08-15  Check  48.00")
    lost(quickbooks, "drop_before")
    push(studio)
    quickbooks.change("Customer", quickbooks.read("Customer", nora["Id"]), Active=False)

    minutes_later(studio)
    push(studio)

    assert "The customer is inactive in QuickBooks." in told(studio, 1)


@pytest.mark.criterion("E24")
@pytest.mark.parametrize("step", ["recorded", "address-committed", "address-answered"])
def test_a_pusher_that_is_killed_over_an_address_leaves_one_invoice_and_the_new_address(
    studio: Company,
    quickbooks: Books,
    rehearsal: Running,
    nora: Any,
    child_environment: dict[str, str],
    step: str,
) -> None:
    rules(studio, "both")
    ordered(studio, 1)

    assert started(step, 1, child_environment, rehearsal).wait() == -signal.SIGKILL
    taken_over(studio)
    push(studio)

    assert addresses(quickbooks, nora) == ("22 Kiln St, Boulder", "500 Wheel Way, Golden")
    assert len(quickbooks.query("select * from Invoice where DocNumber = '1'")["Invoice"]) == 1
    assert AddressUpdate.objects.get().state == "updated"


def test_a_batch_that_is_rejected_as_a_whole_goes_one_by_one(studio: Company, quickbooks: Books) -> None:
    nora, other = buyer(quickbooks, "Nora Quist"), buyer(quickbooks, "Ida Moe")
    refresh_and_prepare(studio)
    rules(studio, "billing")
    ordered(studio, 1)
    ordered(studio, 2, buyer="#55 Ida Moe <idamoe@example.com>")
    quickbooks.control("faults", {"kind": "refuse", "code": "1040", "operation": "batch", "skip": 1})
    push(studio)

    assert {addresses(quickbooks, there)[0] for there in (nora, other)} == {"22 Kiln St, Boulder"}


def test_what_is_put_off_goes_with_the_next_sync_of_a_company_that_does_not_post_by_itself(
    studio: Company, quickbooks: Books, nora: Any
) -> None:
    rules(studio, "billing")
    ordered(studio, 1)
    lost(quickbooks)
    push(studio)
    Company.objects.filter(pk=studio.pk).update(posts_automatically=False)
    studio.refresh_from_db()
    minutes_later(studio)

    report = sync_company(studio)

    assert report.counts["addresses"] == 1
    assert AddressUpdate.objects.get().state == "updated"
