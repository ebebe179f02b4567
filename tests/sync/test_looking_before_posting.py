"""Is a record that others entered in QuickBooks found before it is posted, and does a person say what it is?"""

from __future__ import annotations

import pytest

from companies.models import Company
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentState
from tests.factories import document_of, prepared
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, read_lists, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.commands import run_json
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

SALE = "2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00"


@pytest.fixture
def looking(studio: Company, quickbooks: Books) -> Company:
    """The studio, which looks before posting; QuickBooks has Nora, and an invoice that others entered for her."""
    Company.objects.filter(pk=studio.pk).update(looks_before_posting=True)
    studio.looks_before_posting = True
    nora = quickbooks.customer("Nora Quist", PrimaryEmailAddr={"Address": "nora@example.com"})
    quickbooks.invoice("48.00", customer=nora["Id"], TxnDate="2026-08-16", DocNumber="H-7")
    read_lists(studio)
    return studio


def invoices(quickbooks: Books) -> int:
    return len(quickbooks.query("select * from Invoice where TotalAmt = '48.00'").get("Invoice", []))


def test_the_switch_is_off_at_first_and_nothing_is_read_or_asked_then(studio: Company, quickbooks: Books) -> None:
    assert not Company._meta.get_field("looks_before_posting").default
    prepared(studio, SALE)

    push(studio)

    assert document_of(studio, "1042").state == DocumentState.POSTED


def the_issue(company: Company) -> Issue:
    gather(company)
    return Issue.objects.get(company=company, code="perhaps-entered", state=IssueState.OPEN)


def answer(company: Company, fix: str, **said: str) -> None:
    issue = the_issue(company)
    sent = as_role(company).post(f"/studio/issues/{issue.pk}/fix/{fix}/", said | {"confirmed": "1"}, follow=True)
    assert sent.status_code == 200


def test_what_may_be_there_is_asked_about_and_is_adopted_by_a_persons_word(looking: Company, quickbooks: Books) -> None:
    prepared(looking, SALE)
    push(looking)
    document = document_of(looking, "1042")
    asked = document.problems.get()
    assert (document.state, asked.code) == (DocumentState.UNKNOWN, "perhaps-entered")
    assert "H-7" in asked.facts["found"][0]

    answer(looking, "adopt-it", found=asked.facts["found_ids"][0], reason="Entered by phone")
    push(looking)

    document.refresh_from_db()
    assert (document.state, document.quickbooks_id) == (DocumentState.POSTED, asked.facts["found_ids"][0])
    assert document.adoption.quickbooks_id == document.quickbooks_id
    assert invoices(quickbooks) == 1


def test_what_is_something_else_is_posted_beside_it_and_not_asked_about_again(
    looking: Company, quickbooks: Books
) -> None:
    prepared(looking, SALE)
    push(looking)

    answer(looking, "post-anyway", reason="Hers was another order")
    push(looking)

    assert document_of(looking, "1042").state == DocumentState.POSTED
    assert invoices(quickbooks) == 2


def test_what_nobody_entered_goes_together_after_one_look_for_all(looking: Company, quickbooks: Books) -> None:
    texts = [
        f"2026-08-{number:02}  order {number}  #9 Nora Quist <nora@example.com>\nKIT-CLAY  {number}.00"
        for number in range(1, 11)
    ]
    prepared(looking, *texts)
    before = len(quickbooks.control("log", method="GET")["entries"])

    push(looking)

    assert set(Document.objects.exclude(kind="customer").values_list("state", flat=True)) == {DocumentState.POSTED}
    entries = quickbooks.control("log", method="GET")["entries"][before:]
    assert [entry["path"].rpartition("/")[2] for entry in entries].count("batch") == 4, entries


def test_a_payment_of_an_adopted_invoice_is_looked_for_whatever_the_switch_says(
    looking: Company, quickbooks: Books
) -> None:
    prepared(looking, SALE)
    push(looking)
    asked = document_of(looking, "1042").problems.get()
    answer(looking, "adopt-it", found=asked.facts["found_ids"][0], reason="Entered by phone")
    Company.objects.filter(pk=looking.pk).update(looks_before_posting=False)
    looking.looks_before_posting = False
    invoice = quickbooks.read("Invoice", asked.facts["found_ids"][0])
    quickbooks.payment("40.00", (invoice, "40.00"), customer=invoice["CustomerRef"]["value"], TxnDate="2026-10-01")

    prepared(looking, SALE + "\npaid 2026-08-20  Card  48.00")
    push(looking)

    assert document_of(looking, "1042", "payment").problems.get().code == "perhaps-entered"


def customers(quickbooks: Books, name: str) -> int:
    found = quickbooks.query("select * from Customer").get("Customer", [])
    return len([customer for customer in found if name in customer["DisplayName"]])


@pytest.mark.parametrize("same", [True, False])
def test_the_sale_of_a_new_customer_is_looked_for_before_the_customer_is_created(
    looking: Company, quickbooks: Books, same: bool
) -> None:
    theirs = quickbooks.customer("Brandt Workshop")
    quickbooks.invoice("48.00", customer=theirs["Id"], TxnDate="2026-08-16", DocNumber="P-3")
    prepared(looking, "2026-08-14  order 1050  #12 Ida Brandt <ida@example.com>\nKIT-CLAY  48.00")
    planned = run_json("sync", "--dry-run")[1]["companies"][0]["documents"]
    assert [(row["kind"], row["action"]) for row in planned] == [("customer", "blocked"), ("invoice", "blocked")]
    assert "a customer who may be this one: " in planned[1]["reason"]
    assert "Brandt Workshop" in planned[1]["reason"]

    push(looking)

    customer = Document.objects.get(kind="customer")
    asked = customer.problems.get()
    assert (customer.state, asked.code) == (DocumentState.UNKNOWN, "perhaps-their-customer")
    assert asked.facts["found_ids"] == [theirs["Id"]]
    assert customers(quickbooks, "Brandt") == 1
    gather(looking)
    issue = Issue.objects.get(code="perhaps-their-customer", state=IssueState.OPEN)
    fix, said = ("take-that-customer", {"found": theirs["Id"]}) if same else ("create-anyway", {})
    data = said | {"reason": "Asked her", "confirmed": "1"}
    assert as_role(looking).post(f"/studio/issues/{issue.pk}/fix/{fix}/", data, follow=True).status_code == 200

    push(looking)

    customer.refresh_from_db()
    sale = document_of(looking, "1050")
    assert customer.state == DocumentState.POSTED
    if same:
        assert (customers(quickbooks, "Brandt"), customer.quickbooks_id) == (1, theirs["Id"])
        assert sale.problems.get().code == "perhaps-entered"
    else:
        assert (customers(quickbooks, "Brandt"), sale.state) == (2, DocumentState.POSTED)
