"""Can a person see what is in the HighLevel simulator, and do on its pages what people do in HighLevel?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests

from simulators.highlevel.page_actions import ACTIONS
from simulators.highlevel.pages import TABS
from simulators.highlevel.server import RunningAgency, start
from tests.simulators.highlevel_client import HighLevelClient


@pytest.fixture
def running() -> Iterator[RunningAgency]:
    with start() as agency:
        yield agency


def do(running: RunningAgency, verb: str, **form: str) -> str:
    """What the page says after a form was sent."""
    reply = requests.post(f"{running.base_url}/do/{verb}", data={"back": "/", **form}, timeout=10)
    assert reply.status_code == 200, reply.text
    notice = re.search(r'<p class="notice( no)?" role="\w+">(.*?)</p>', reply.text)
    assert notice
    return ("refused: " if notice[1] else "") + notice[2]


def test_every_page_is_there_and_names_the_sub_account(running: RunningAgency):
    client, tables = HighLevelClient(running), running.company.tables
    client.invoices()
    records = [
        f"/pages/invoices/{next(tables.newest('invoices'))['_id']}",
        f"/pages/payments/{next(tables.newest('transactions'))['_id']}",
        f"/pages/contacts/{next(tables.newest('contacts'))['id']}",
        "/pages/requests/1",
    ]
    for address in [*(address for address, _ in TABS), *records]:
        page = requests.get(running.base_url + address, timeout=10)
        assert page.status_code == 200, address
        assert running.company.name in page.text
    for address in ("/pages/invoices/x", "/pages/payments/x", "/pages/contacts/x", "/pages/requests/99"):
        assert requests.get(running.base_url + address, timeout=10).status_code == 404


def test_every_form_on_the_pages_leads_to_something_that_is_done(running: RunningAgency):
    pages = [requests.get(running.base_url + address, timeout=10).text for address, _ in TABS]
    tables = running.company.tables
    pages += [
        requests.get(f"{running.base_url}/pages/invoices/{row['_id']}", timeout=10).text
        for row in tables.all("invoices")
    ]
    pages += [
        requests.get(f"{running.base_url}/pages/payments/{row['_id']}", timeout=10).text
        for row in tables.all("transactions")
    ]
    contact = next(tables.newest("contacts"))["id"]
    pages.append(requests.get(f"{running.base_url}/pages/contacts/{contact}", timeout=10).text)
    verbs = set(re.findall(r'action="/do/([\w-]+)"', " ".join(pages)))
    assert verbs | {"replay"} == set(ACTIONS)


def test_an_invoice_goes_through_its_whole_life_on_the_pages(running: RunningAgency):
    company, client = running.company, HighLevelClient(running)
    contact, price = next(company.tables.newest("contacts"))["id"], company.price_called("KIT-CLAY")
    made = do(running, "new-invoice", contact=contact, price=price, qty="2", tax="10", discount="6", send="no")
    assert made == "Invoice 1007 was made."
    invoice = client.invoices(status="draft")[0]["_id"]
    assert do(running, "add-line", invoice=invoice, price=company.price_called("BK-POT")) == "A line was added."
    assert do(running, "send", invoice=invoice) == "The invoice is sent."
    changed = do(running, "change", invoice=invoice, discount="10", discount_kind="percentage", late_fee="3")
    assert changed == "The invoice was changed."
    # 96 + 27.95 less 10 %: 111.55; tax on 86.40: 8.64; late fee: 3
    assert client.of_location(f"/invoices/{invoice}")["total"] == 123.19
    assert do(running, "pay", invoice=invoice, amount="23.19") == "The payment was recorded; USD 100 is due."
    assert do(running, "pay", invoice=invoice) == "The payment was recorded; USD 0 is due."
    assert do(running, "begin", invoice=invoice) == "refused: the invoice is paid"
    assert do(running, "void", invoice=invoice) == "refused: the invoice is paid"
    assert do(running, "delete", invoice=invoice) == "The invoice was deleted."


def test_sales_renewals_and_refunds_are_made_on_the_pages(running: RunningAgency):
    company, client = running.company, HighLevelClient(running)
    contact, price = next(company.tables.newest("contacts"))["id"], company.price_called("MB-MONTH")
    for place in ("order form", "membership", "calendar", "subscription"):
        assert do(running, "sell", where=place, contact=contact, price=price) == f"It was sold: {place}."
    newest = client.of_location("/payments/transactions")["data"][0]
    subscription = next(company.tables.newest("subscriptions"))["_id"]
    assert do(running, "renew", subscription=subscription) == "The renewal was taken."
    assert do(running, "cancel", subscription=subscription) == "The subscription is canceled."
    assert do(running, "renew", subscription=subscription) == "refused: the subscription is canceled"
    assert do(running, "refund", transaction=newest["_id"], amount="5") == "The refund was made."
    assert client.of_location(f"/payments/transactions/{newest['_id']}")["amountRefunded"] == 5
    assert "own QuickBooks integration" in do(running, "mark", transaction=newest["_id"])
    do(running, "sell", where="order form", contact=contact, price=price, status="pending")
    pending = client.of_location("/payments/transactions")["data"][0]["_id"]
    assert do(running, "settle", transaction=pending, status="failed") == "The payment failed."


def test_contacts_and_prices_are_changed_and_contacts_merged_on_the_pages(running: RunningAgency):
    company = running.company
    assert do(running, "new-contact", firstName="Ida", email="ida@example.com") == "The contact was made."
    assert do(running, "new-contact", email="ida@example.com") == "refused: Ida has this email already"
    assert do(running, "new-contact") == "refused: a contact needs at least a name or an email"
    contact = next(company.tables.newest("contacts"))["id"]
    do(running, "edit-contact", contact=contact, firstName="Ida", lastName="Lund", dnd="yes")
    row = company.required("contacts", contact, "contact")
    assert (row["name"], row["dnd"]) == ("Ida Lund", True)
    do(running, "new-contact", firstName="Kept")
    kept = next(row["id"] for row in company.tables.all("contacts") if row["name"] == "Kept")
    do(running, "sell", where="order form", contact=contact, price=company.price_called("MB-MONTH"))
    assert do(running, "merge-contacts", contact=kept, kept=kept) == "refused: a contact is merged with another one"
    assert do(running, "merge-contacts", contact=contact, kept=kept) == "The contacts were merged."
    assert next(company.tables.newest("transactions"))["contactId"] == kept
    assert do(running, "delete-contact", contact=kept) == "The contact was deleted."
    price = company.price_called("BK-POT")
    assert do(running, "edit-price", price=price, sku="BK-2", amount="30") == "The price was changed."
    assert company.price_called("BK-2") == price


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"qty": "two"}, "The quantity must be a number, not &#39;two&#39;"),
        ({"qty": "-1"}, "The quantity must be more than 0"),
        ({"discount": "-1"}, "The discount cannot be less than 0"),
        ({"price": "x"}, "there is no price &#39;x&#39;"),
        ({"contact": "x"}, "there is no contact &#39;x&#39;"),
    ],
)
def test_what_was_typed_wrong_is_said(running: RunningAgency, wrong: dict[str, str], says: str):
    company = running.company
    form = {"contact": next(company.tables.newest("contacts"))["id"], "price": company.price_called("KIT-CLAY")}
    assert do(running, "new-invoice", **(form | wrong)) == f"refused: {says}"


def test_a_form_of_another_site_does_nothing(running: RunningAgency):
    before = running.company.tables.count("contacts")
    address = f"{running.base_url}/do/new-contact"
    headers = {"Origin": "https://elsewhere.example"}
    assert requests.post(address, data={"firstName": "Ida"}, headers=headers, timeout=10).status_code == 403
    assert requests.post(f"{running.base_url}/do/rain", timeout=10).status_code == 404
    assert running.company.tables.count("contacts") == before


def test_workflows_show_whom_they_got_and_what_they_did(running: RunningAgency):
    company = running.company
    review = next(row["id"] for row in company.tables.all("workflows") if row["status"] == "published")
    quiet, open_to_it = (row["id"] for row in list(company.tables.newest("contacts"))[:2])
    person = company.required("contacts", quiet, "contact")
    for channel in ("SMS", "Email"):
        do(running, "edit-contact", contact=quiet, firstName=person["firstName"], dnd=channel)
        told = company.required("contacts", quiet, "contact")
        assert (told["dnd"], told["dndSettings"][channel]["status"]) == (False, "active")
        assert (
            f'<option value="{channel}" selected>'
            in requests.get(f"{running.base_url}/pages/contacts/{quiet}", timeout=10).text
        )
    for contact in (quiet, open_to_it):
        company.enroll(contact, review)
    assert do(running, "publish", workflow=review, status="draft") == "The workflow is now a draft."
    company.enroll(open_to_it, review)
    done = [(doing.contact, doing.outcome) for doing in company.workflow_doings()]
    email = company.required("contacts", open_to_it, "contact")["email"]
    assert done == [
        (open_to_it, "nothing: the workflow is not published"),
        (open_to_it, f"email sent to {email}"),
        (quiet, "nothing: the contact is not to be disturbed"),
    ]
    page = requests.get(f"{running.base_url}/pages/workflows", timeout=10).text
    assert f"email sent to {email}" in page
    assert do(running, "new-workflow", name=" ") == "refused: a workflow needs a name"
    assert do(running, "new-workflow", name="Thank you") == "The workflow was made and published."
    assert do(running, "delete-workflow", workflow=review) == "The workflow was deleted."
    assert "a deleted workflow" in requests.get(f"{running.base_url}/pages/workflows", timeout=10).text
