"""Does python-quickbooks, written by others, work against the company unchanged but for the address?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from intuitlib.client import AuthClient  # type: ignore[import-untyped]
from quickbooks import QuickBooks
from quickbooks.batch import batch_create
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException, ValidationException
from quickbooks.objects import Account, CompanyInfo, Customer, Invoice, Item, Payment, PaymentLine, Preferences, Term
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.salesreceipt import SalesReceipt

from simulators.quickbooks.server import Running
from tests.simulators.driver import Books


class Session(requests.Session):
    """What the library needs of a session: its token."""

    access_token = ""


@pytest.fixture
def client(running: Running) -> Iterator[Any]:
    session = Session()
    session.access_token = running.ready()["access_token"]
    quickbooks = QuickBooks(company_id=running.company.company_id, minorversion=75)
    quickbooks.session = session
    quickbooks.sandbox = True
    quickbooks.sandbox_api_url_v3 = f"{running.base_url}/v3"
    yield quickbooks
    session.close()


def an_invoice(client: Any, amount: Decimal = Decimal("100.10")) -> Any:
    invoice = Invoice()
    invoice.CustomerRef = Customer.get(6, qb=client).to_ref()
    line = SalesItemLine()
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = Item.get(1, qb=client).to_ref()
    invoice.Line.append(line)
    return invoice


def test_a_customer_is_saved_changed_and_found(client: Any):
    customer = Customer()
    customer.DisplayName = "Ana & Søn"
    saved = customer.save(qb=client)
    saved.CompanyName = "Søn's"
    again = saved.save(qb=client)
    assert (again.SyncToken, again.CompanyName) == ("1", "Søn's")
    (found,) = Customer.filter(DisplayName="Ana & Søn", qb=client)
    assert found.Id == customer.Id
    assert Customer.count(qb=client) == 30
    (by_where,) = Customer.where("DisplayName = 'O\\'Malley & Daughters'", qb=client)
    assert by_where.Id == "2"
    customer.Id = None
    with pytest.raises(QuickbooksException) as refusal:
        customer.save(qb=client)
    assert refusal.value.error_code == 6240


def test_an_invoice_is_saved_once_for_one_request_id(client: Any):
    first = an_invoice(client).save(qb=client, request_id="r-1")
    second = an_invoice(client).save(qb=client, request_id="r-1")
    assert first.Id == second.Id
    assert first.TotalAmt == pytest.approx(100.10)


def test_an_invoice_that_was_read_can_be_saved_as_it_is(client: Any):
    an_invoice(client).save(qb=client)
    read = Invoice.all(order_by="Id DESC", max_results=1, qb=client)[0]
    read.PrivateNote = "seen"
    assert read.save(qb=client).PrivateNote == "seen"


def test_a_payment_is_applied_voided_and_deleted(client: Any, books: Books):
    invoice = an_invoice(client).save(qb=client)
    payment = Payment()
    payment.TotalAmt = 100.10
    payment.CustomerRef = invoice.CustomerRef
    line = PaymentLine()
    line.Amount = 100.10
    line.LinkedTxn.append(invoice.to_linked_txn())
    payment.Line.append(line)
    saved = payment.save(qb=client)
    assert books.read("Invoice", invoice.Id)["Balance"] == 0
    saved.void(qb=client)
    assert books.read("Payment", saved.Id)["PrivateNote"] == "Voided"
    Payment.get(saved.Id, qb=client).delete(qb=client)
    with pytest.raises(ObjectNotFoundException):
        Payment.get(saved.Id, qb=client)
    fresh = Invoice.get(invoice.Id, qb=client)
    fresh.void(qb=client)
    assert books.read("Invoice", invoice.Id)["TotalAmt"] == 0
    Invoice.get(invoice.Id, qb=client).delete(qb=client)


def test_lists_and_facts_are_read_as_objects(client: Any, running: Running):
    assert [term.Name for term in Term.all(qb=client)] == ["Due on receipt", "Net 15", "Net 30"]
    assert len(Account.all(qb=client)) == 32
    assert Item.filter(Sku="WT-101", qb=client)[0].Name == "Wheel Throwing 101"
    assert CompanyInfo.get(running.company.company_id, qb=client).CompanyName == "Bramble & Birch Studio"
    assert Preferences.get(qb=client).SalesFormsPrefs.CustomTxnNumbers is True
    assert client.get_report("TrialBalance")["Header"]["ReportName"] == "TrialBalance"


def test_an_account_and_an_item_with_all_the_noise_of_the_library_are_saved(client: Any):
    account = Account()
    account.Name, account.AccountType = "Raffles", "Income"
    account.save(qb=client)
    item = Item()
    item.Name, item.Type, item.IncomeAccountRef = "Raffle Ticket", "Service", account.to_ref()
    assert item.save(qb=client).FullyQualifiedName == "Raffle Ticket"


def test_receipts_and_credit_memos_are_saved(client: Any):
    for kind in (SalesReceipt, CreditMemo):
        form = kind()
        form.CustomerRef, form.Line = an_invoice(client).CustomerRef, an_invoice(client).Line
        assert form.save(qb=client).Id


def test_batches_and_changes_go_through_its_helpers(client: Any):
    customers = []
    for number in range(35):
        customer = Customer()
        customer.DisplayName = f"Visitor {number}" if number else "Priya Natarajan"
        customers.append(customer)
    result = batch_create(customers, qb=client)
    assert (len(result.successes), len(result.faults)) == (34, 1)
    assert result.faults[0].Error[0].code == "6240"
    changed = change_data_capture([Customer, Invoice], "2026-01-01T00:00:00-07:00", qb=client)
    assert len(changed.Customer) == 64


def test_a_refusal_keeps_its_code(client: Any):
    invoice = an_invoice(client)
    invoice.CustomerRef.value = "999"
    with pytest.raises(ValidationException) as refusal:
        invoice.save(qb=client)
    assert refusal.value.error_code == 2500


def test_its_login_client_reads_the_discovery_document_and_refreshes(running: Running):
    ready = running.ready()
    login = AuthClient(
        ready["client_id"],
        ready["client_secret"],
        "http://localhost/callback",
        ready["discovery_url"],
        refresh_token=ready["refresh_token"],
    )
    login.refresh()
    assert login.access_token != ready["access_token"]
    assert login.refresh_token != ready["refresh_token"]
    login.revoke(token=login.refresh_token)
    login.close()
