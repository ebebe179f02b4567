"""Does a clearing account's balance consist of its parts, and is it seen how old each is and what took the rest?"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Company, Role
from mapping.models import PaymentMethod, QuickBooksAccount
from reconciliation.clearing.parts import Ages, ClearingEntry, ClearingPart, ages_of, parts_of
from reconciliation.clearing.reading import clearing_accounts
from reconciliation.clearing_models import ClearingMark, ClearingReading
from simulators.quickbooks.server import Running
from sync.quickbooks_online.account_ledger import LedgerEntry, read_account_ledger
from sync.quickbooks_online.wire import Unreadable
from tests.docs.pages import DOCS, sections
from tests.factories import prepared, the_studio
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.commands import run, run_json
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]

DAY = date(2026, 8, 14)


def entry(transaction: str, amount: str, days: int = 0) -> ClearingEntry:
    """What moves the account so many days before the 14th."""
    return ClearingEntry(transaction=transaction, dated=DAY - timedelta(days=days), amount=Decimal(amount))


def told(parts: list[ClearingPart]) -> dict[str, str]:
    """By transaction, what is open of it, and what took the rest."""
    return {
        part.entry.transaction: " ".join(
            [f"{part.open:f}", *(f"{taken.transaction}:{taken.amount:f}" for taken in part.emptied)]
        )
        for part in parts
    }


def test_a_deposit_takes_what_quickbooks_says_and_not_the_oldest() -> None:
    entries = [entry("Payment 1", "48.00", 40), entry("Payment 2", "30.00", 3), entry("Deposit 7", "-30.00", 1)]

    assert told(parts_of(entries, {"Payment 2": "Deposit 7"}, undeposited=True)) == {
        "Payment 1": "48.00", "Payment 2": "0 Deposit 7:30.00",
    }  # fmt: skip


def test_money_that_leaves_and_names_nothing_takes_the_oldest_first() -> None:
    entries = [
        entry("", "20.00", 365), entry("Payment 1", "48.00", 40), entry("Payment 2", "30.00", 3),
        entry("Transfer 8", "-60.00", 1),
    ]  # fmt: skip

    assert told(parts_of(entries, {}, undeposited=False)) == {
        "": "0.00 Transfer 8:20.00", "Payment 1": "8.00 Transfer 8:40.00", "Payment 2": "30.00",
    }  # fmt: skip


def test_a_refund_waits_in_undeposited_funds_for_its_deposit_and_elsewhere_takes_the_oldest() -> None:
    entries = [entry("Payment 1", "48.00", 40), entry("RefundReceipt 2", "-10.00", 3)]

    assert told(parts_of(entries, {}, undeposited=True)) == {"Payment 1": "48.00", "RefundReceipt 2": "-10.00"}
    assert told(parts_of(entries, {}, undeposited=False)) == {"Payment 1": "38.00 RefundReceipt 2:10.00"}


def test_more_that_left_than_came_in_is_shown_as_that() -> None:
    entries = [entry("Payment 1", "48.00", 4), entry("Transfer 8", "-60.00", 1)]

    assert told(parts_of(entries, {}, undeposited=False)) == {
        "Payment 1": "0.00 Transfer 8:48.00", "Transfer 8": "-12.00",
    }  # fmt: skip


NAMES = ["Payment 1", "Payment 2", "RefundReceipt 3", "Deposit 4", "Deposit 5", "Transfer 6", "JournalEntry 7", ""]
CENTS = st.integers(min_value=-10_000, max_value=10_000).filter(bool).map(lambda cents: Decimal(cents) / 100)
ENTRIES = st.dictionaries(st.sampled_from(NAMES), st.tuples(CENTS, st.integers(0, 400)))


@given(ENTRIES, st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES[3:5])), st.booleans())
def test_whatever_moves_an_account_its_parts_add_up_to_the_balance(
    entries: dict[str, tuple[Decimal, int]], deposits: dict[str, str], undeposited: bool
) -> None:
    values = [entry(name, str(amount), days) for name, (amount, days) in entries.items()]

    parts = parts_of(values, deposits, undeposited=undeposited)

    assert sum(part.open for part in parts) == sum(value.amount for value in values)
    assert [part.entry.dated for part in parts] == sorted(part.entry.dated for part in parts)
    ages = ages_of([(part.entry.dated, part.open) for part in parts], DAY)
    assert ages.new + ages.recent + ages.old == sum(value.amount for value in values)


def test_the_ages_are_those_of_the_page() -> None:
    days = [(DAY - timedelta(days=days), Decimal(10**place)) for place, days in enumerate((0, 7, 8, 30, 31))]

    assert ages_of(days, DAY) == Ages(new=Decimal(11), recent=Decimal(1100), old=Decimal(10000))


def test_the_example_of_the_page_is_what_comes_out() -> None:
    entries = [
        entry("Payment 1", "48.00", 40), entry("Payment 2", "30.00", 10), entry("Payment 3", "25.00", 3),
        entry("Deposit 7", "-30.00", 5),
    ]  # fmt: skip
    parts = parts_of(entries, {"Payment 2": "Deposit 7"}, undeposited=True)
    ages = ages_of([(part.entry.dated, part.open) for part in parts], DAY)

    page = sections(DOCS / "accounting" / "tie-out.md")["Clearing accounts"]
    amounts = (sum(part.open for part in parts), ages.new, ages.recent, ages.old)
    assert f"| {' | '.join(f'{amount:.2f}' for amount in amounts)} |" in page
    for part in parts:
        emptied = ", ".join(taken.transaction for taken in part.emptied) or "—"
        days = (DAY - part.entry.dated).days
        assert f"| {part.entry.transaction} | {days} | {part.entry.amount:.2f} | {part.open:.2f} | {emptied} |" in page


# What QuickBooks answers ----------------------------------------------------------------------------------------------


def ledger(*rows: tuple[str, ...], account: str = "4") -> dict[str, Any]:
    """A general ledger of one account, each row with its date, type, id, amount and balance."""
    names = ("tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount")
    columns = [{"ColType": name, "MetaData": [{"Name": "ColKey", "Value": name}]} for name in names]
    data = [
        {
            "ColData": [
                {"value": day}, {"value": kind, "id": identifier}, *({"value": ""} for _ in range(4)),
                {"value": amount}, {"value": balance},
            ],
            "type": "Data",
        }
        for day, kind, identifier, amount, balance in rows
    ]  # fmt: skip
    section = {"Header": {"ColData": [{"value": "Undeposited Funds", "id": account}]}, "Rows": {"Row": data}}
    parent = {"Header": {"ColData": [{"value": "Current", "id": "3"}]}, "Rows": {"Row": [section]}}
    return {"Header": {"ReportName": "GeneralLedger"}, "Columns": {"Column": columns}, "Rows": {"Row": [parent]}}


def test_the_ledger_of_an_account_is_read_below_its_parent_and_a_transaction_once() -> None:
    answer = ledger(
        ("", "", "", "", "10.00"),
        ("2026-08-01", "Sales Receipt", "5", "20.00", "30.00"),
        ("2026-08-02", "Deposit", "6", "-10.00", "20.00"),
        ("2026-08-02", "Deposit", "6", "-20.00", "0.00"),
    )

    found = read_account_ledger(answer, "4")

    assert found.opening == Decimal("10.00")
    assert [(row.transaction, row.amount) for row in found.entries] == [
        ("SalesReceipt 5", Decimal("20.00")), ("Deposit 6", Decimal("-30.00")),
    ]  # fmt: skip
    assert isinstance(found.entries[0], LedgerEntry)
    assert read_account_ledger(answer, "99").entries == ()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"Header": {"ReportName": "TrialBalance"}},
        {"Header": {"ReportName": "GeneralLedger"}},
        ledger(("2026-08-01", "Payment", "5", "20.00", "30.00")),
        ledger(("yesterday", "Payment", "5", "20.00", "20.00")),
        ledger(("2026-08-01", "Payment", "5", "NaN", "20.00")),
        ledger(("2026-08-01", "Payment", "", "20.00", "20.00")),
    ],
    ids=["nothing", "another report", "no columns", "does not add up", "no day", "no number", "no id"],
)
def test_an_answer_that_cannot_be_understood_is_no_reading(answer: Any) -> None:
    with pytest.raises(Unreadable):
        read_account_ledger(answer, "4")


# On the screens -------------------------------------------------------------------------------------------------------


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def queries(client: Client, address: str) -> int:
    """How often the page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


@pytest.mark.django_db(transaction=True)
def test_a_person_reads_what_waits_and_sees_its_order_its_age_and_the_deposit_that_took_the_rest(
    studio: Company, quickbooks: Books, rehearsal: Running
) -> None:
    today = timezone.localdate(timezone=studio.zone)
    paid = today - timedelta(days=40)
    for number in (1, 2):
        text = f"{paid}  order {number}  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00\npaid {paid}  Card  48.00"
        prepared(studio, text)
    push(studio)
    ours = [row["Id"] for row in quickbooks.query("select * from Payment where TotalAmt = '48.00'")["Payment"][-2:]]
    checking = quickbooks.find("Account", "Name = 'Checking'")["Id"]
    line = {"LinkedTxn": [{"TxnId": ours[0], "TxnType": "Payment", "TxnLineId": "0"}]}
    deposit = {"DepositToAccountRef": {"value": checking}, "Line": [line], "TxnDate": today.isoformat()}
    made = quickbooks.write("Deposit", deposit)
    account = QuickBooksAccount.objects.get(company=studio, account_subtype="UndepositedFunds")
    client, address = as_role(studio, Role.OPS), f"/studio/clearings/{account.pk}/"
    assert "Not yet" in shown(client, "/studio/clearings/")
    assert "/studio/clearings/" in shown(client, "/studio/tie-out/")

    answer = client.post(address, {"first": (today - timedelta(days=365)).isoformat()})

    assert answer.headers["Location"] == address
    reading = ClearingReading.objects.get(company=studio)
    assert reading.balance == quickbooks.ledger()["Undeposited Funds"]
    assert reading.requests == 2
    part = reading.parts.get(transaction=f"Payment {ours[1]}")
    assert part.dated == paid
    assert part.open == 48
    page = shown(client, address)
    assert f">Payment {ours[1]} of order" in page
    assert f">Payment {ours[0]} of order" not in page
    assert f"Deposit {made['Id']}, " in shown(client, f"{address}?show=emptied")
    assert f">{reading.balance:,.2f}<" in shown(client, "/studio/clearings/")

    the_command_says_the_same(studio, reading, [f"Payment {ours[1]}", f"Payment {ours[0]}"], f"Deposit {made['Id']}")
    reading = ClearingReading.objects.get(company=studio)  # the one that the command made
    part = reading.parts.get(transaction=f"Payment {ours[1]}")
    few = queries(client, address)
    for _copy in range(60):
        part.pk = None
        part.save()
    assert queries(client, address) == few

    rehearsal.stop()
    failed = client.post(address, {"first": today.isoformat()})
    assert "could not be reached" in failed.text
    assert ClearingReading.objects.get(company=studio) == reading


def the_command_says_the_same(company: Company, reading: ClearingReading, names: list[str], deposit: str) -> None:
    """In words and as JSON, of a payment that waits and one that a deposit took."""
    waits, taken = names
    code, told = run_json("reconcile", "--company", "studio", "--clearing")

    assert code == 1  # it waits for more than 30 days
    (account,) = told["clearing"]
    assert (account["account"], account["balance"]) == (reading.account, f"{reading.balance:.2f}")
    assert sum(Decimal(part["open"]) for part in account["parts"]) == reading.balance
    assert sum(map(Decimal, account["ages"].values())) == reading.balance
    parts = {part["transaction"]: part for part in account["parts"]}
    assert [parts[waits][name] for name in ("days", "amount", "open")] == [40, "48.00", "48.00"]
    assert (parts[taken]["open"], [row["transaction"] for row in parts[taken]["emptied"]]) == ("0.00", [deposit])
    assert {parts[waits]["order"], parts[taken]["order"]} == {"1", "2"}
    _, words = run("reconcile", "--company", "studio", "--clearing")
    assert re.search(rf"^  {waits}, .*, for 40 days: 48\.00 USD$", words, re.MULTILINE)
    assert re.search(rf"^  {taken}, .*, taken by {deposit} of .*: 48\.00 USD$", words, re.MULTILINE)
    with pytest.raises(CommandError, match="goes without --to"):
        run("reconcile", "--company", "studio", "--clearing", "--to", "2026-08-01")


@pytest.mark.django_db
def test_of_what_payments_go_to_an_asset_is_a_clearing_account_and_a_liability_only_when_it_is_marked() -> None:
    company = the_studio()
    by_type = {}
    for number, kind in enumerate(("Other Current Asset", "Other Current Liability", "Credit Card", "Bank")):
        by_type[kind] = QuickBooksAccount.objects.create(
            company=company,
            quickbooks_id=f"9{number}",
            name=kind,
            full_name=kind,
            account_type=kind,
            changed_at=timezone.now(),
        )
        PaymentMethod.objects.create(company=company, name=kind, name_compared=kind.lower(), account=kind)

    assert [row.account_type for row in clearing_accounts(company).rows if row in by_type.values()] == [
        "Other Current Asset"
    ]
    as_role(company, Role.OPS).post("/studio/clearings/", {"account": by_type["Other Current Liability"].pk})
    found = clearing_accounts(company)
    assert by_type["Other Current Liability"] in found.rows
    assert by_type["Other Current Liability"].quickbooks_id in found.marked


@pytest.mark.django_db
def test_an_account_that_a_person_marks_is_a_clearing_account_until_it_is_unmarked() -> None:
    company = the_studio()
    account = QuickBooksAccount.objects.filter(company=company, account_type="Bank").first()
    assert account
    client, address = as_role(company, Role.OPS), f"/studio/clearings/{account.pk}/"
    assert client.get(address).status_code == 302

    answer = client.post("/studio/clearings/", {"account": account.pk})

    assert answer.headers["Location"] == address
    assert "QuickBooks has not been asked about this account yet." in shown(client, address)
    assert "not connected" in client.post(address, {"first": "2026-08-01"}).text
    assert "This day is still to come." in client.post(address, {"first": "9999-08-01"}).text
    assert ClearingMark.objects.get().by is not None
    client.post(address, {"unmark": "1"})
    assert account.full_name not in shown(client, "/studio/clearings/").partition("mark-title")[0]
    receivable = QuickBooksAccount.objects.filter(company=company, account_type="Accounts Receivable").first()
    assert receivable
    client.post("/studio/clearings/", {"account": receivable.pk})
    assert not ClearingMark.objects.exists()
