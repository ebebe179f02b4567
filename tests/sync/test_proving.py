"""Does a sync prove itself with the trial balance, and does it fail when a cent is left?"""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from companies.models import Company
from mapping.models import QuickBooksAccount, QuickBooksItem
from reconciliation.models import Issue
from sync.before_sending import note_answer
from sync.lists.refresh import refresh_lists
from sync.models import Connection, ConnectionState, Document, ProofState, Run, RunKind, RunProof, RunState
from sync.resync import advance, end, start
from sync.run import sync_company
from sync.sync_report import SyncReport
from tests.factories import document_of, prepared
from tests.reconciliation.factories import a_person, as_role
from tests.simulators.driver import Books, an_invoice
from tests.sync.commands import run_json
from tests.sync.pushing import push

pytestmark = pytest.mark.django_db(transaction=True)

#: Reads are metered.
READS = ("query", "read", "cdc", "report")
PAID = "paid 2026-08-20  Card  48.00"


class Killed(BaseException):
    """The process died."""


@pytest.fixture
def proving(studio: Company) -> Company:
    """A company whose syncs are proven; its login is known to be good, so that only the proof reads."""
    studio.proves_syncs = True
    studio.save()
    note_answer(studio, good=True)
    return studio


@pytest.fixture
def accountant(proving: Company) -> Client:
    return as_role(proving, "accountant")


def sold(number: int, *records: str, day: str = "2026-08-14", what: str = "KIT-CLAY  48.00") -> str:
    """An order of a customer whom QuickBooks has."""
    lines = "\n".join((what, *records))
    return f"{day}  order {number}  #31 Priya Natarajan <priya.natarajan@example.com>\n{lines}"


def at(step: str, act: Callable[[], object]) -> Callable[[str, Document], None]:
    """Do something once, at a step of a push."""
    done: list[str] = []

    def watch(now: str, document: Document) -> None:
        if now == step and not done:
            done.append(now)
            act()

    return watch


def synced(company: Company, books: Books, **how: Any) -> tuple[SyncReport, list[str]]:
    """A sync, and what it read."""
    before = len(books.control("log", method="GET")["entries"])
    report = sync_company(company, **how)
    entries = books.control("log", method="GET")["entries"][before:]
    return report, [entry["operation"] for entry in entries if entry["operation"] in READS]


def told(proof: RunProof | None) -> dict[str, dict[str, Decimal]]:
    """By account, the amounts of a proof that are not zero."""
    assert proof is not None
    names = ("predicted", "others", "inventory", "observed", "unexplained")
    return {
        account: {name: amount for name in names if (amount := getattr(row, name))} for account, row in proof.read()
    }


def test_a_sync_that_posts_reads_the_trial_balance_twice_and_one_that_does_not_never(
    proving: Company, quickbooks: Books
) -> None:
    quickbooks.control("close-books", {"date": None})
    Company.objects.update(quickbooks_closed_through=None)
    proving.refresh_from_db()
    assert synced(proving, quickbooks)[1] == []
    prepared(proving, sold(1, PAID), sold(2, day="2025-12-30"))

    report, reads = synced(proving, quickbooks)

    assert reads == ["report", "report"]
    amounts = told(report.proof)
    assert all(row["predicted"] == row["observed"] for row in amounts.values())
    assert amounts["Accounts Receivable"]["observed"] == Decimal("48.00")
    # Income of a year that is over is on retained earnings
    assert amounts["Retained Earnings"]["observed"] == Decimal("-48.00")

    # An update, a void, and a document whose answer is lost
    quickbooks.control("faults", {"kind": "lost_answer", "operation": "create"})
    cancelled = sold(2, "status  cancelled", day="2025-12-30")
    prepared(proving, sold(1, PAID, what="KIT-CLAY  40.00"), cancelled, sold(3))
    report, _ = synced(proving, quickbooks)
    assert [report.counts[name] > 0 for name in ("updated", "voided", "adopted")] == [True] * 3
    assert (report.exit_code, is_proven(report)) == (0, (ProofState.PROVEN, ""))


def test_what_others_do_meanwhile_is_told_apart(proving: Company, quickbooks: Books) -> None:
    theirs = quickbooks.invoice("30.00", TxnDate="2026-08-15")
    prepared(proving, sold(1), sold(2))
    synced(proving, quickbooks)
    edited, deleted = document_of(proving, "1"), document_of(proving, "2")

    def meddle() -> None:
        entered(quickbooks, "Invoice", {**an_invoice("30.00"), "TxnDate": "2026-08-15"})
        source = {"AccountRef": {"value": account(proving, "Sales").quickbooks_id}}
        money = [{"Amount": 12, "DetailType": "DepositLineDetail", "DepositLineDetail": source}]
        bank = {"value": account(proving, "Checking").quickbooks_id}
        entered(quickbooks, "Deposit", {"DepositToAccountRef": bank, "TxnDate": "2026-08-15", "Line": money})
        changed(quickbooks, edited.quickbooks_id, 41.5)
        quickbooks.control("delete", {"entity": "Invoice", "id": deleted.quickbooks_id})

    quickbooks.control("clock", {"seconds": 5})
    prepared(proving, sold(3, PAID))
    report, reads = synced(proving, quickbooks, observe=at("answered", meddle))

    assert (report.exit_code, is_proven(report)) == (0, (ProofState.PROVEN, ""))
    assert reads == ["report", "report", "cdc"]
    assert told(report.proof)["Checking"] == {"others": Decimal("12.00"), "observed": Decimal("12.00")}
    assert told(report.proof)["Accounts Receivable"] == {"others": Decimal("-24.50"), "observed": Decimal("-24.50")}
    assert report.proof is not None
    assert sorted(words.partition(":")[0] for words in report.proof.others) == [
        *("Changed", "Deleted", "Entered", "Entered"),
    ]

    # What was there before, and is no document of ours, cannot be told apart
    quickbooks.control("clock", {"seconds": 5})
    prepared(proving, sold(4))
    report, _ = synced(proving, quickbooks, observe=at("answered", lambda: changed(quickbooks, theirs["Id"], 31)))

    state, why = is_proven(report)
    assert (report.exit_code, state) == (1, ProofState.NOT_PROVEN)
    assert why.startswith("Others changed something in QuickBooks in the meantime that was there before.")
    assert not Issue.objects.filter(code="trial-balance-differs").exists()


def test_an_amount_on_another_account_fails_the_sync_until_a_person_has_settled_it(
    proving: Company, quickbooks: Books, accountant: Client
) -> None:
    """The item gets another income account in QuickBooks, of which the answer to the posting says nothing."""
    item = QuickBooksItem.objects.get(company=proving, sku="KIT-CLAY")
    mapped = QuickBooksAccount.objects.get(company=proving, quickbooks_id=item.income_account_id)
    other = QuickBooksAccount.objects.filter(company=proving, account_type="Income").exclude(pk=mapped.pk)[0]
    prepared(proving, sold(1))
    income = {"IncomeAccountRef": {"value": other.quickbooks_id}}
    quickbooks.control("edit", {"entity": "Item", "id": item.quickbooks_id, "fields": income})

    code, answer = run_json("sync", "--company", "studio")

    proof = RunProof.objects.get(company=proving)
    assert document_of(proving, "1").state == "posted"
    assert (code, answer["companies"][0]["proof"]["state"]) == (1, ProofState.UNEXPLAINED)
    assert told(proof)[other.full_name] == {"observed": Decimal("-48.00"), "unexplained": Decimal("-48.00")}
    assert told(proof)[mapped.full_name] == {"predicted": Decimal("-48.00"), "unexplained": Decimal("48.00")}
    assert proof.run.state == RunState.FAILED
    assert f"{mapped.full_name} 48.00 USD" in proof.run.message
    assert f"{other.full_name} -48.00 USD" in proof.run.message
    issue = Issue.objects.get(company=proving, code="trial-balance-differs")
    assert (issue.state, issue.money) == ("open", Decimal("48.00"))
    page = shown(accountant, "sync_run", proof.run.pk)
    for words in ("Failed", "Unexplained", "Open the issue", mapped.full_name, other.full_name):
        assert words in page
    assert "settle-proof" in shown(accountant, "issue", issue.pk)

    address = reverse("reconciliation:issue_fix", args=["studio", issue.pk, "settle-proof"])
    accountant.post(address, {"reason": "The item is right again"})

    issue.refresh_from_db()
    assert issue.state == "solved"
    assert "The item is right again" in shown(accountant, "sync_run", proof.run.pk)


def test_inventory_that_is_sold_moves_its_cost_too(proving: Company, quickbooks: Books) -> None:
    quickbooks.control("preferences", {"ProductAndServicesPrefs": {"QuantityOnHand": True}})
    stock = {"Name": "Stock", "AccountType": "Other Current Asset", "AccountSubType": "Inventory"}
    cost = {"Name": "Cost", "AccountType": "Cost of Goods Sold", "AccountSubType": "SuppliesMaterialsCogs"}
    kit = quickbooks.find("Item", "Name = 'Starter Clay Kit'")
    quickbooks.change("Item", kit, Name="Old kit", Sku="OLD", Active=False)
    kept = {
        "Name": "Starter Clay Kit",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2026-08-01",
        "PurchaseCost": 7,
        "AssetAccountRef": {"value": quickbooks.write("Account", stock)["Id"]},
        "ExpenseAccountRef": {"value": quickbooks.write("Account", cost)["Id"]},
        "IncomeAccountRef": kit["IncomeAccountRef"],
    }
    quickbooks.write("Item", kept)
    Company.objects.update(fiscal_year_begins=7)
    assert not refresh_lists(proving).failed
    proving.refresh_from_db()
    assert proving.fiscal_year_begins == 1
    prepared(proving, sold(1))

    report, reads = synced(proving, quickbooks)

    assert reads == ["report", "report"]
    assert is_proven(report) == (ProofState.PROVEN, "")
    assert told(report.proof)["Cost"] == {"inventory": Decimal("7.00"), "observed": Decimal("7.00")}


def test_a_run_that_ended_between_the_readings_is_not_proven(proving: Company, quickbooks: Books) -> None:
    def die() -> None:
        raise Killed

    prepared(proving, sold(1))
    with pytest.raises(Killed):
        sync_company(proving, observe=at("answered", die))
    killed = Run.objects.create(company=proving, kind=RunKind.SYNC)
    RunProof.objects.create(run=killed, company=proving, as_of="2026-12-31")
    sync_company(proving)

    ended = ("not-proven", "The sync ended between the two readings of the trial balance.")
    assert list(RunProof.objects.values_list("state", "why")) == [ended, ended]


# A Re-sync ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def twenty_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Re-sync asks after each twenty orders, in place of thirty, whether it is to go on."""
    monkeypatch.setattr("sync.resync._AT_ONCE", 20)


@pytest.mark.usefixtures("twenty_at_once")
def test_a_resync_in_parts_has_one_proof_of_two_readings_whatever_a_sync_posts_between_them(
    proving: Company, quickbooks: Books
) -> None:
    prepared(proving, *(sold(number) for number in range(1, 23)))
    run = start(proving, [order.pk for order in proving.orders.order_by("pk")[:21]], by=None)
    before = len(quickbooks.control("log", method="GET")["entries"])

    run = advance(run, seconds=60, asked_to_stop=iter([False, True]).__next__)
    proof = RunProof.objects.get(run=run)
    assert (run.state, proof.state, run.counts["done"]) == (RunState.RUNNING, ProofState.BEGUN, 20)
    push(proving)
    run = advance(run, seconds=60)

    proof.refresh_from_db()
    assert (run.state, run.message) == (RunState.FINISHED, "")
    assert (proof.state, proof.why, proof.reads) == (ProofState.PROVEN, "", 2)
    assert told(proof)["Accounts Receivable"] == {"predicted": Decimal(22 * 48), "observed": Decimal(22 * 48)}
    entries = quickbooks.control("log", method="GET")["entries"][before:]
    assert [entry["operation"] for entry in entries].count("report") == 2

    # One that is joined after what seemed to be its last part
    prepared(proving, sold(23))
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    advance(start(proving, [document_of(proving, "23").order_id], by=None), seconds=60)
    proof.refresh_from_db()
    assert (proof.state, told(proof)["Accounts Receivable"]["predicted"]) == (ProofState.PROVEN, Decimal(23 * 48))


@pytest.mark.usefixtures("twenty_at_once")
def test_a_resync_that_was_stopped_between_its_parts_is_proven_by_one_more_reading(
    proving: Company, quickbooks: Books
) -> None:
    prepared(proving, *(sold(number) for number in range(1, 43)))
    page = as_role(proving)
    runs = []
    for first, how in ((0, "its page"), (21, "the next sync")):
        numbers = [order.pk for order in proving.orders.order_by("pk")[first : first + 21]]
        run = advance(start(proving, numbers, by=None), seconds=60, asked_to_stop=iter([False, True]).__next__)
        runs.append(run)
        assert RunProof.objects.get(run=run).state == ProofState.BEGUN
        if how == "its page":
            page.post(reverse("reconciliation:sync_run_stop", args=["studio", run.pk]))
            for thread in threading.enumerate():
                if thread.name == f"resync-{run.pk}":
                    thread.join()
        else:
            assert end(run, by=User.objects.latest("pk"))
            assert "is read again after the last" in shown(page, "sync_run", run.pk)
            synced(proving, quickbooks)

        run.refresh_from_db()
        proof = RunProof.objects.get(run=run)
        assert (run.state, "stopped it" in run.message, run.counts["done"]) == (RunState.FINISHED, True, 20)
        assert (proof.state, proof.why, proof.reads) == (ProofState.PROVEN, "", 2), how
        assert told(proof)["Accounts Receivable"] == {"predicted": Decimal(20 * 48), "observed": Decimal(20 * 48)}


def test_one_that_was_stopped_and_cannot_be_read_again_is_not_proven(proving: Company, quickbooks: Books) -> None:
    prepared(proving, sold(1))
    run = start(proving, [document_of(proving, "1").order_id], by=None)
    RunProof.objects.create(run=run, company=proving, as_of="2026-12-31")
    assert end(run, by=a_person(proving))
    Connection.objects.filter(company=proving).update(state=ConnectionState.DISCONNECTED)

    advance(run)

    ended = ("not-proven", "It ended between the two readings of the trial balance.")
    assert RunProof.objects.values_list("state", "why").get(run=run) == ended


def test_a_resync_that_leaves_a_cent_has_failed(proving: Company, quickbooks: Books, accountant: Client) -> None:
    prepared(proving, sold(1))
    run = start(proving, [document_of(proving, "1").order_id], by=None)
    advance(run, seconds=60, asked_to_stop=lambda: True)  # which reads the lists
    item = QuickBooksItem.objects.get(company=proving, sku="KIT-CLAY")
    mapped = QuickBooksAccount.objects.get(company=proving, quickbooks_id=item.income_account_id)
    other = QuickBooksAccount.objects.filter(company=proving, account_type="Income").exclude(pk=mapped.pk)[0]
    income = {"IncomeAccountRef": {"value": other.quickbooks_id}}
    quickbooks.control("edit", {"entity": "Item", "id": item.quickbooks_id, "fields": income})

    run = advance(run, seconds=60)

    assert (run.state, RunProof.objects.get(run=run).state) == (RunState.FAILED, ProofState.UNEXPLAINED)
    assert f"{other.full_name} -48.00 USD" in run.message
    assert Issue.objects.get(company=proving, code="trial-balance-differs").money == Decimal("48.00")
    assert "Open the issue" in shown(accountant, "sync_run", run.pk)


# What the tests say it with -------------------------------------------------------------------------------------------


def is_proven(report: SyncReport) -> tuple[str, str]:
    """The state of the proof, and why."""
    assert report.proof is not None
    return report.proof.state, report.proof.why


def account(company: Company, name: str) -> QuickBooksAccount:
    return QuickBooksAccount.objects.get(company=company, full_name=name)


def entered(books: Books, entity: str, fields: dict[str, Any]) -> None:
    """A bookkeeper enters something."""
    books.control("create", {"entity": entity, "fields": fields})


def changed(books: Books, invoice: str, amount: float) -> None:
    """A bookkeeper gives an invoice another amount."""
    item = {"ItemRef": {"value": "1"}}
    lines = [{"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item}]
    books.control("edit", {"entity": "Invoice", "id": invoice, "fields": {"Line": lines}})


def shown(client: Client, screen: str, key: int) -> str:
    """A page as a person reads it."""
    response = client.get(reverse(f"reconciliation:{screen}", args=["studio", key]))
    assert response.status_code == 200
    return html.unescape(response.content.decode())
