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
from quickbooks.objects.base import LinkedTxn, Ref
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.deposit import Deposit, DepositLine
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.journalentry import Entity, JournalEntry, JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.refundreceipt import RefundReceipt
from quickbooks.objects.salesreceipt import SalesReceipt

from simulators.quickbooks.server import Running
from tests.simulators.driver import Books, a_payment, refused
from tests.simulators.driver import an_invoice as an_invoice_body


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


# What the library has no method for, it sends as an object that holds only what is to change


def only(kind: Any, record: Any, **fields: Any) -> Any:
    """A sparse update with the library's own object."""
    changed = kind()
    for name in list(vars(changed)):
        setattr(changed, name, None)
    changed.Id, changed.SyncToken, changed.sparse = record.Id, record.SyncToken, True
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def ref(identifier: str) -> Ref:
    found = Ref()
    found.value = identifier
    return found


def sold(amount: str, item: str = "1") -> Any:
    line = SalesItemLine()
    line.Amount = Decimal(amount)
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = ref(item)
    return line


def posted(side: str, account: str, amount: str, customer: str = "") -> Any:
    line = JournalEntryLine()
    line.Amount = Decimal(amount)
    detail = line.JournalEntryLineDetail = JournalEntryLineDetail()
    detail.PostingType, detail.AccountRef = side, ref(account)
    if customer:
        detail.Entity = Entity()
        detail.Entity.Type, detail.Entity.EntityRef = "Customer", ref(customer)
    return line


def entered(client: Any, *lines: Any) -> Any:
    entry = JournalEntry()
    entry.Line = list(lines)
    return entry.save(qb=client)


def paid(client: Any, total: str, *links: tuple[str, Any, str], **fields: Any) -> Any:
    payment = Payment()
    payment.TotalAmt, payment.CustomerRef = Decimal(total), ref("6")
    for kind, document, amount in links:
        line = PaymentLine()
        line.Amount = Decimal(amount)
        link = LinkedTxn()
        link.TxnId, link.TxnType, link.TxnLineId = document.Id, kind, 1
        line.LinkedTxn.append(link)
        payment.Line.append(line)
    for name, value in fields.items():
        setattr(payment, name, value)
    return payment.save(qb=client)


def moved(before: dict[str, Decimal], after: dict[str, Decimal]) -> dict[str, str]:
    """What happened to each account; debit positive."""
    changes = {
        account: after.get(account, Decimal(0)) - before.get(account, Decimal(0)) for account in {*before, *after}
    }
    return {account: str(amount) for account, amount in sorted(changes.items()) if amount}


INCOME, KITS, OWED, HELD, BANK = (
    "Services:Training:Classes",
    "Sales:Kits",
    "Accounts Receivable",
    "Undeposited Funds",
    "Checking",
)
FORMS = {
    SalesReceipt: (HELD, "-", ""),
    CreditMemo: (OWED, "", "-"),
    RefundReceipt: (BANK, "", "-"),
    Invoice: (OWED, "-", ""),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_is_saved_changed_sparsely_and_deleted(client: Any, books: Books, kind: Any):
    where, earned, received = FORMS[kind]
    form = kind()
    form.CustomerRef, form.Line = ref("6"), [sold("33")]
    if kind is RefundReceipt:
        form.DepositToAccountRef = ref("1")
    start = books.ledger()
    saved = form.save(qb=client)
    assert moved(start, books.ledger()) == {where: f"{received}33.00", INCOME: f"{earned}33.00"}
    whole = kind.get(saved.Id, qb=client)
    whole.PrivateNote = "seen"
    assert whole.save(qb=client).SyncToken == "1"
    lines = only(kind, kind.get(saved.Id, qb=client), Line=[sold("11"), sold("12", "7")]).save(qb=client)
    assert (lines.SyncToken, lines.PrivateNote, lines.CustomerRef.value) == ("2", "seen", "6")
    expected = {where: f"{received}23.00", INCOME: f"{earned}11.00", KITS: f"{earned}12.00"}
    assert moved(start, books.ledger()) == dict(sorted(expected.items()))
    kind.get(saved.Id, qb=client).delete(qb=client)
    assert moved(start, books.ledger()) == {}


@pytest.mark.parametrize("kind", [CreditMemo, RefundReceipt, JournalEntry])
def test_what_intuit_has_no_void_for_is_not_voided(client: Any, books: Books, kind: Any):
    for how in ({"operation": "void"}, {"operation": "update", "include": "void"}):
        with refused("500"):
            books.write(kind.qbo_object_name, {"Id": "1", "SyncToken": "0"}, **how)


@pytest.mark.parametrize("entity", ["Invoice", "SalesReceipt", "Payment"])
@pytest.mark.parametrize("how", [{"operation": "void"}, {"operation": "update", "include": "void"}])
def test_a_void_is_understood_in_both_spellings(books: Books, entity: str, how: dict[str, str]):
    body = a_payment("10") if entity == "Payment" else an_invoice_body("10")
    start = books.ledger()
    made = books.write(entity, body)
    voided = books.write(entity, {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}, **how)
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["SyncToken"]) == (0, "Voided", "1")
    assert moved(start, books.ledger()) == {}


def test_a_payment_pays_a_journal_entry_and_uses_credits_of_both_kinds(client: Any, books: Books):
    invoice = an_invoice(client, Decimal(100)).save(qb=client)
    owed = entered(client, posted("Debit", "4", "40", "6"), posted("Credit", "26", "40"))
    credit = entered(client, posted("Credit", "4", "30", "6"), posted("Debit", "26", "30"))
    memo = CreditMemo()
    memo.CustomerRef, memo.Line = ref("6"), [sold("20")]
    memo = memo.save(qb=client)
    start = books.ledger()
    payment = paid(client, "40", ("JournalEntry", owed, "40"), ARAccountRef=ref("4"))
    assert moved(start, books.ledger()) == {OWED: "-40.00", HELD: "40.00"}
    links = [("Invoice", invoice, "50"), ("CreditMemo", memo, "20"), ("JournalEntry", credit, "30")]
    used = paid(client, "0", *links)
    assert moved(start, books.ledger()) == {OWED: "-40.00", HELD: "40.00"}
    assert (used.UnappliedAmt, books.read("Invoice", invoice.Id)["Balance"]) == (0, 50)
    assert books.read("CreditMemo", memo.Id)["RemainingCredit"] == 0
    with pytest.raises(QuickbooksException) as refusal:
        JournalEntry.get(credit.Id, qb=client).delete(qb=client)
    assert refusal.value.error_code == 6000
    Payment.get(payment.Id, qb=client).delete(qb=client)
    JournalEntry.get(owed.Id, qb=client).delete(qb=client)
    with pytest.raises(ObjectNotFoundException):
        JournalEntry.get(owed.Id, qb=client)


@pytest.mark.parametrize(
    "lines",
    [
        [("Debit", "4", "10", "6"), ("Debit", "4", "10", "7"), ("Credit", "26", "20")],
        [("Debit", "4", "10"), ("Credit", "26", "10")],
        [("Debit", "1", "10"), ("Credit", "26", "11")],
    ],
    ids=["two lines on receivables", "no customer on receivables", "out of balance"],
)
def test_a_journal_entry_that_breaks_a_rule_is_refused(client: Any, lines: list[tuple[str, ...]]):
    with pytest.raises(QuickbooksException) as refusal:
        entered(client, *(posted(*line) for line in lines))
    assert refusal.value.error_code == 6000


def test_an_item_moves_to_another_income_account_sparsely(client: Any):
    item = only(Item, Item.get(1, qb=client), IncomeAccountRef=ref("26")).save(qb=client)
    assert (item.IncomeAccountRef.value, item.Name, item.UnitPrice) == ("26", "Wheel Throwing 101", 240)


def test_a_deposited_payment_is_locked_until_the_deposit_is_gone(client: Any):
    payment = paid(client, "15")
    deposit, line, link = Deposit(), DepositLine(), LinkedTxn()
    deposit.DepositToAccountRef = ref("1")
    link.TxnId, link.TxnType, link.TxnLineId = payment.Id, "Payment", "0"
    line.Amount = 15
    line.LinkedTxn.append(link)
    deposit.Line.append(line)
    kept = deposit.save(qb=client)
    with pytest.raises(QuickbooksException) as refusal:
        Payment.get(payment.Id, qb=client).void(qb=client)
    assert refusal.value.error_code == 6540
    Deposit.get(kept.Id, qb=client).delete(qb=client)
    Payment.get(payment.Id, qb=client).void(qb=client)
    assert Payment.get(payment.Id, qb=client).TotalAmt == 0


def test_rates_and_documents_in_another_currency_go_through_its_objects(client: Any, books: Books):
    books.control("preferences", {"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    currency = CompanyCurrency()
    currency.Code = "EUR"
    assert currency.save(qb=client).Name == "Euro"
    books.write("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-08-01", "Rate": "1.25"})
    (rate,) = ExchangeRate.where("SourceCurrencyCode in ('EUR') and AsOfDate = '2026-08-01'", qb=client)
    assert (rate.Rate, rate.TargetCurrencyCode) == (1.25, "USD")
    customer = Customer()
    customer.DisplayName, customer.CurrencyRef = "Élodie Marchetti", ref("EUR")
    invoice = Invoice()
    invoice.CustomerRef, invoice.CurrencyRef, invoice.Line = customer.save(qb=client).to_ref(), ref("EUR"), [sold("40")]
    invoice.ExchangeRate = Decimal("1.25")
    saved = Invoice.get(invoice.save(qb=client).Id, qb=client)
    assert (saved.TotalAmt, saved.HomeTotalAmt, saved.ExchangeRate) == (40, 50, 1.25)
    saved.PrivateNote = "read and saved"
    assert saved.save(qb=client).HomeTotalAmt == 50
