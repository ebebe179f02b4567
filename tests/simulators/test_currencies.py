"""Are documents in other currencies kept as QuickBooks does: in the customer's money, with the ledger at home?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simulators.quickbooks.server import Running
from tests.simulators.driver import Books, a_line, a_payment, an_invoice, refused

EUR = {"value": "EUR"}
OWED = "Accounts Receivable (A/R) - EUR"
GAIN = "Exchange Gain or Loss"


@pytest.fixture
def abroad(books: Books) -> Books:
    """A company that also deals in euros, which are worth 1.10 since June and 1.20 since September."""
    books.control("preferences", {"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    books.write("CompanyCurrency", {"Code": "EUR"})
    for day, rate in (("2026-06-01", "1.10"), ("2026-09-01", "1.20")):
        books.write("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": day, "Rate": Decimal(rate)})
    return books


@pytest.fixture
def guest(abroad: Books) -> str:
    """A customer who is billed in euros."""
    return str(abroad.customer("Élodie Marchetti", CurrencyRef=EUR)["Id"])


def billed(books: Books, guest: str, amount: str, day: str = "2026-07-15", **fields: Any) -> Any:
    return books.invoice(amount, customer=guest, CurrencyRef=EUR, TxnDate=day, **fields)


def paid(books: Books, guest: str, total: str, *applied: tuple[Any, str], **fields: Any) -> Any:
    given = {"CurrencyRef": EUR, "TxnDate": "2026-09-15", **fields}
    return books.payment(total, *applied, customer=guest, **given)


def moved(books: Books, before: dict[str, Decimal]) -> dict[str, str]:
    after = books.ledger()
    changes = {
        account: after.get(account, Decimal(0)) - before.get(account, Decimal(0)) for account in {*before, *after}
    }
    return {account: str(amount) for account, amount in changes.items() if amount}


def test_without_multicurrency_there_is_only_the_home_currency(books: Books):
    with refused("6000"):
        books.customer("Élodie Marchetti", CurrencyRef=EUR)
    with refused("6000"):
        books.invoice("10", CurrencyRef=EUR)
    with refused("6000"):
        books.ask("GET", "exchangerate", params={"sourcecurrencycode": "EUR"})
    assert "ExchangeRate" not in books.invoice("10", ExchangeRate=7)


def test_a_rate_holds_from_its_day_and_can_be_asked_by_currency_and_day(abroad: Books):
    asked = {"sourcecurrencycode": "EUR", "asofdate": "2026-08-31"}
    rate = abroad.ask("GET", "exchangerate", params=asked)["ExchangeRate"]
    assert (rate["Rate"], rate["TargetCurrencyCode"], rate["AsOfDate"]) == (Decimal("1.1"), "USD", "2026-08-31")
    asked["asofdate"] = "2026-09-01"
    assert abroad.ask("GET", "exchangerate", params=asked)["ExchangeRate"]["Rate"] == Decimal("1.2")
    where = "SourceCurrencyCode in ('EUR') and AsOfDate = '2026-06-01'"
    assert abroad.find("ExchangeRate", where)["Rate"] == Decimal("1.1")
    abroad.write("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-06-01", "Rate": 2, "sparse": True})
    assert abroad.find("ExchangeRate", where)["Rate"] == 2
    for wrong in ({"SourceCurrencyCode": "GBP", "Rate": 1}, {"SourceCurrencyCode": "EURO", "Rate": 1}):
        with pytest.raises(AssertionError, match=r"2220|2050"):
            abroad.write("ExchangeRate", wrong)
    with refused("2020"):
        abroad.write("ExchangeRate", {"SourceCurrencyCode": "EUR"})


def test_a_document_must_be_in_its_customers_currency_and_say_so(abroad: Books, guest: str):
    with refused("2020"):
        abroad.invoice("10", customer=guest)
    with refused("6000"):
        abroad.invoice("10", customer=guest, CurrencyRef={"value": "USD"})
    with refused("6000"):
        abroad.invoice("10", customer="6", CurrencyRef=EUR)
    with refused("2220"):
        abroad.invoice("10", customer=guest, CurrencyRef={"value": "GBP"})
    with refused("6000"):
        abroad.customer("Job", Job=True, ParentRef={"value": guest}, CurrencyRef={"value": "USD"})


def test_an_invoice_tells_its_totals_at_home_and_posts_them(abroad: Books, guest: str):
    before = abroad.ledger()
    invoice = billed(abroad, guest, "100")
    told = [invoice[name] for name in ("TotalAmt", "Balance", "ExchangeRate", "HomeTotalAmt", "HomeBalance")]
    assert told == [100, 100, Decimal("1.1"), 110, 110]
    assert moved(abroad, before) == {OWED: "110.00", "Services:Training:Classes": "-110.00"}
    assert abroad.read("Customer", guest)["Balance"] == 100
    assert abroad.find("Account", f"Name = '{OWED}'")["CurrentBalance"] == 100
    own = abroad.change("Invoice", invoice, ExchangeRate=Decimal("1.5"))
    assert (own["HomeTotalAmt"], own["SyncToken"]) == (150, "1")
    assert abroad.change("Invoice", own, PrivateNote="same rate")["ExchangeRate"] == Decimal("1.5")


def test_a_payment_at_another_rate_makes_exchange_gain_or_loss(abroad: Books, guest: str):
    invoice = billed(abroad, guest, "100")
    before = abroad.ledger()
    payment = paid(abroad, guest, "150", (invoice, "100"))
    assert (payment["UnappliedAmt"], payment["HomeTotalAmt"]) == (50, 180)
    assert moved(abroad, before) == {"Undeposited Funds": "180.00", OWED: "-170.00", GAIN: "-10.00"}
    assert abroad.read("Invoice", invoice["Id"])["HomeBalance"] == 0
    abroad.change("Invoice", abroad.read("Invoice", invoice["Id"]), ExchangeRate=Decimal("1.2"))
    assert moved(abroad, before)[OWED] == "-170.00"  # ten more owed, and ten more settled
    assert GAIN not in moved(abroad, before)
    abroad.delete("Payment", payment)
    assert abroad.ledger()[OWED] == 120


def test_partial_payments_settle_to_the_cent(abroad: Books, guest: str):
    invoice = billed(abroad, guest, "10", ExchangeRate=Decimal("1.2345"))
    for amount in ("3.33", "3.33", "3.34"):
        paid(abroad, guest, amount, (invoice, amount))
    assert OWED not in abroad.ledger()


def test_credits_receipts_journal_entries_and_deposits_are_kept_in_other_currencies(abroad: Books, guest: str):
    before = abroad.ledger()
    memo = abroad.write("CreditMemo", an_invoice("20", customer=guest, CurrencyRef=EUR, TxnDate="2026-07-15"))
    invoice = billed(abroad, guest, "20", "2026-09-15")
    paid(abroad, guest, "0", (invoice, "20"), (memo, "20"))
    assert moved(abroad, before) == {"Services:Training:Classes": "-2.00", GAIN: "2.00"}
    bank = abroad.write("Account", {"Name": "Euro Account", "AccountType": "Bank", "CurrencyRef": EUR})
    receipt = abroad.write("SalesReceipt", an_invoice("30", customer=guest, CurrencyRef=EUR, TxnDate="2026-07-15"))
    link = [{"TxnId": receipt["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}]
    into = {"DepositToAccountRef": {"value": bank["Id"]}, "CurrencyRef": EUR, "TxnDate": "2026-09-15"}
    start = abroad.ledger()
    abroad.write("Deposit", {**into, "Line": [{"Amount": 30, "LinkedTxn": link}]})
    assert moved(abroad, start) == {"Euro Account": "36.00", "Undeposited Funds": "-33.00", GAIN: "-3.00"}
    assert abroad.read("Account", bank["Id"])["CurrentBalance"] == 30
    start = abroad.ledger()
    name = {"Type": "Customer", "EntityRef": {"value": guest}}
    owed = abroad.find("Account", f"Name = '{OWED}'")["Id"]
    lines = [posted("Credit", owed, "7", Entity=name), posted("Debit", "26", "7")]
    entry = {"CurrencyRef": EUR, "TxnDate": "2026-09-15", "Line": lines}
    abroad.write("JournalEntry", entry)
    assert moved(abroad, start) == {OWED: "-8.40", "Uncategorized Income": "8.40"}
    with refused("6000"):
        abroad.write("JournalEntry", {**entry, "Line": [posted("Credit", "4", "7", Entity=name), lines[1]]})


def posted(side: str, account: str, amount: str, **detail: Any) -> dict[str, Any]:
    told = {"PostingType": side, "AccountRef": {"value": account}, **detail}
    return {"Amount": Decimal(amount), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": told}


def test_what_an_expense_in_another_currency_costs_is_kept_at_home(abroad: Books):
    card = abroad.write("Account", {"Name": "Euro Card", "AccountType": "Credit Card", "CurrencyRef": EUR})
    before = abroad.ledger()
    detail = {"AccountRef": {"value": "30"}}
    line = {"Amount": 50, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    head = {"PaymentType": "CreditCard", "AccountRef": {"value": card["Id"]}, "TxnDate": "2026-09-15"}
    abroad.write("Purchase", {**head, "CurrencyRef": EUR, "Line": [line]})
    assert sorted(moved(abroad, before).values()) == ["-60.00", "60.00"]
    assert abroad.read("Account", card["Id"])["CurrentBalance"] == 50
    with refused("6000"):
        abroad.write("Purchase", {**head, "CurrencyRef": {"value": "USD"}, "Line": [line]})


def test_accounts_and_merges_keep_to_one_currency(abroad: Books, guest: str):
    with refused("6000"):
        abroad.write("Account", {"Name": "Euro Income", "AccountType": "Income", "CurrencyRef": EUR})
    invoice = billed(abroad, guest, "10")
    with refused("6000"):
        paid(abroad, guest, "10", (invoice, "10"), ARAccountRef={"value": "4"})
    with pytest.raises(AssertionError, match="different currencies"):
        abroad.control("merge", {"from": guest, "into": "6"})
    with pytest.raises(AssertionError, match="cannot be turned off"):
        abroad.control("preferences", {"CurrencyPrefs": {"MultiCurrencyEnabled": False}})


AMOUNT = st.decimals("0.01", "300", places=2)
RATE = st.decimals("0.3", "9", places=4)
STEP = st.one_of(
    st.tuples(st.just("sell"), AMOUNT, RATE),
    st.tuples(st.just("credit"), AMOUNT, RATE),
    st.tuples(st.just("pay"), AMOUNT, RATE),
    st.tuples(st.just("revalue"), AMOUNT, RATE),
    st.tuples(st.just("shrink"), AMOUNT, RATE),
    st.tuples(st.just("forget"), AMOUNT, RATE),
)


#: Sales of less than half a cent at home, and a payment of one of them.
NOTHING_AT_HOME = [*[("sell", Decimal("0.01"), Decimal("0.3000"))] * 3, ("pay", Decimal("0.01"), Decimal("0.3000"))]


@example(steps=NOTHING_AT_HOME)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=4, max_size=14))
def test_whatever_happens_what_is_owed_adds_up_in_both_currencies(running: Running, steps: list[Any]):
    running.begin_again()
    books = Books(running)
    books.control("preferences", {"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    books.write("CompanyCurrency", {"Code": "EUR"})
    guest = books.customer("Élodie Marchetti", CurrencyRef=EUR)["Id"]
    home = books.ledger()["Accounts Receivable"]
    for number, (what, amount, rate) in enumerate(steps):
        step(books, guest, what, amount, rate, number)
    invoices, memos, payments = (
        books.query(f"select * from {entity} where CustomerRef = '{guest}' maxresults 1000").get(entity, [])
        for entity in ("Invoice", "CreditMemo", "Payment")
    )
    owed = sum(invoice["Balance"] for invoice in invoices) - sum(memo["RemainingCredit"] for memo in memos)
    owed -= sum(payment["UnappliedAmt"] for payment in payments)
    assert books.read("Customer", guest)["Balance"] == owed
    at_home = books.ledger().get(OWED, Decimal(0))
    if not any(form["Balance"] for form in (*invoices, *memos)) and not any(
        payment["UnappliedAmt"] for payment in payments
    ):
        assert at_home == 0
    rows = books.ask("GET", "reports/AgedReceivables")["Rows"]["Row"]
    assert Decimal(rows[-1]["Summary"]["ColData"][-1]["value"]) == home + at_home
    sheet = books.ask("GET", "reports/BalanceSheet", params={"accounting_method": "Cash"})["Rows"]["Row"]
    assert len({row["Summary"]["ColData"][1]["value"] for row in sheet}) == 1
    books.close()


def step(books: Books, guest: str, what: str, amount: Decimal, rate: Decimal, number: int) -> None:
    """One thing that happens; what cannot be just then is refused, and changes nothing."""
    invoices = books.query(f"select * from Invoice where CustomerRef = '{guest}'").get("Invoice", [])
    some = invoices[number % len(invoices)] if invoices else None
    money = {"CurrencyRef": EUR, "ExchangeRate": rate}
    if what in ("sell", "credit"):
        entity = "Invoice" if what == "sell" else "CreditMemo"
        books.write(entity, {**an_invoice(str(amount), customer=guest), **money})
    elif what == "pay":
        applied = min(amount, some["Balance"]) if some else Decimal(0)
        lines = [(some, str(applied))] if applied else []
        books.write("Payment", {**a_payment(str(amount), *lines, customer=guest), **money})
    elif some is not None and what == "revalue":
        books.change("Invoice", some, ExchangeRate=rate)
    elif some is not None and what == "shrink":
        books.change("Invoice", some, Line=[a_line(str(amount))])
    elif some is not None:
        books.delete("Invoice", some)
