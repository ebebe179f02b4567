"""Do the reports come from the ledger, on both bases and for any period, in Intuit's shape?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from simulators.quickbooks.reports import REPORTS
from simulators.quickbooks.reports.frame import ONE_BASIS
from tests.simulators.driver import Books, an_invoice, refused


def report(books: Books, name: str, **params: str) -> Any:
    return books.ask("GET", f"reports/{name}", params=params)


def rows_of(told: Any) -> Iterator[list[str]]:
    """Every row of data and every total, however deep, as texts."""
    for row in told.get("Row", []):
        if "ColData" in row:
            yield [cell["value"] for cell in row["ColData"]]
        yield from rows_of(row.get("Rows", {}))
        if "Summary" in row:
            yield [cell["value"] for cell in row["Summary"]["ColData"]]


def rows(books: Books, name: str, **params: str) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in rows_of(report(books, name, **params)["Rows"])}


@pytest.mark.parametrize("name", list(REPORTS))
def test_every_report_has_intuits_frame(books: Books, name: str):
    told = report(books, name, start_date="2026-01-01", end_date="2026-09-30")
    header = told["Header"]
    assert (header["ReportName"], header["ReportBasis"], header["Currency"]) == (name, "Accrual", "USD")
    assert (header["StartPeriod"], header["EndPeriod"]) == ("2026-01-01", "2026-09-30")
    assert header["Option"] == [{"Name": "NoReportData", "Value": "false"}]
    assert all({"ColTitle", "ColType"} <= set(column) for column in told["Columns"]["Column"])
    width = len(told["Columns"]["Column"])
    assert all(len(row) == width for row in rows_of(told["Rows"]))


@pytest.mark.parametrize("name", list(REPORTS))
def test_a_company_without_a_past_has_no_rows(books: Books, name: str):
    told = report(books, name, start_date="2019-01-01", end_date="2019-12-31")
    data = [row for row in rows_of(told["Rows"]) if any("." in cell and cell != "0.00" for cell in row[1:])]
    assert data == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"start_date": "2026-13-01"}, "2060"),
        ({"end_date": "yesterday"}, "2060"),
        ({"start_date": "2026-09-01", "end_date": "2026-08-01"}, "2190"),
        ({"accounting_method": "Guess"}, "2170"),
        ({"date_macro": "Whenever"}, "2170"),
        ({"summarize_column_by": "Classes"}, "5030"),
        ({"summarize_column_by": "Shoes"}, "2170"),
        ({"aging_period": "-1"}, "2090"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(books: Books, params: dict[str, str], code: str):
    for name in REPORTS:
        with refused(code):
            report(books, name, **params)


def test_the_balance_sheet_balances_and_agrees_with_the_ledger(books: Books):
    told = report(books, "BalanceSheet")
    assets, rest = told["Rows"]["Row"]
    assert (assets["group"], rest["group"]) == ("TotalAssets", "TotalLiabilitiesAndEquity")
    assert assets["Summary"]["ColData"][1] == rest["Summary"]["ColData"][1]
    found, ledger = rows(books, "BalanceSheet"), books.ledger()
    assert Decimal(found["Checking"][0]) == ledger["Checking"]
    assert Decimal(found["Total Accounts Receivable"][0]) == ledger["Accounts Receivable"]
    income = -sum(
        amount for account, amount in ledger.items() if account.startswith(("Services", "Sales:", "Memberships"))
    )
    assert Decimal(found["Net Income"][0]) == income


def test_on_cash_basis_income_is_what_was_paid(books: Books):
    books.control("close-books", {"date": None})
    invoice = books.invoice("100", "50", TxnDate="2025-03-01")
    books.payment("60", (invoice, "60"), TxnDate="2025-03-10")
    books.payment("90", (invoice, "90"), TxnDate="2025-04-10")

    def net(first: str, last: str, method: str) -> str:
        return rows(books, "ProfitAndLoss", start_date=first, end_date=last, accounting_method=method)["Net Income"][0]

    march, april = ("2025-03-01", "2025-03-31"), ("2025-04-01", "2025-04-30")
    assert [net(*march, "Accrual"), net(*march, "Cash")] == ["150.00", "60.00"]
    assert [net(*april, "Accrual"), net(*april, "Cash")] == ["0.00", "90.00"]
    told = report(books, "BalanceSheet", end_date="2025-12-31", accounting_method="Cash")
    assert told["Header"]["ReportBasis"] == "Cash"
    found = {row[0]: row[1] for row in rows_of(told["Rows"])}
    assert "Total Accounts Receivable" not in found
    assert found["TOTAL ASSETS"] == found["TOTAL LIABILITIES AND EQUITY"] == "150.00"


def test_on_cash_basis_a_payment_before_the_invoice_counts_on_the_invoices_day(books: Books):
    books.control("close-books", {"date": None})
    invoice = books.invoice("10", TxnDate="2025-05-05")
    books.payment("10", (invoice, "10"), TxnDate="2025-04-04")
    for day, net in (("2025-04-30", "0.00"), ("2025-05-31", "10.00")):
        found = rows(books, "ProfitAndLoss", start_date="2025-01-01", end_date=day, accounting_method="Cash")
        assert found["Net Income"] == [net]


def test_what_is_unapplied_is_income_on_cash_basis_where_there_is_an_account_for_it(books: Books):
    books.control("close-books", {"date": None})
    books.write("Account", {"Name": "Unapplied Cash Payment Income", "AccountSubType": "UnappliedCashPaymentIncome"})
    books.payment("25", TxnDate="2025-05-05")
    dates = {"start_date": "2025-01-01", "end_date": "2025-12-31"}
    assert rows(books, "ProfitAndLoss", accounting_method="Cash", **dates)["Net Income"] == ["25.00"]
    assert rows(books, "ProfitAndLoss", **dates)["Net Income"] == ["0.00"]


def test_the_general_ledger_begins_with_the_balance_and_runs(books: Books):
    name = "Accounts Receivable"
    told = report(books, "GeneralLedger", start_date="2026-07-01", end_date="2026-07-31", account="4")
    (section,) = told["Rows"]["Row"]
    assert section["Header"]["ColData"][0] == {"value": name, "id": "4"}
    data = list(rows_of(section["Rows"]))
    begin, total = Decimal(data[0][7]), Decimal(section["Summary"]["ColData"][6]["value"])
    assert data[0][0] == "Beginning Balance"
    assert Decimal(data[-1][7]) == begin + total == sum((Decimal(row[6]) for row in data[1:]), begin)
    assert data[1][1:3] == ["Invoice", "1007"]
    assert data[1][5] in ("Services:Training:Classes", "-Split-")


def test_the_transaction_list_tells_each_document_once(books: Books):
    told = report(books, "TransactionList", start_date="2026-06-01", end_date="2026-07-31")
    found = list(rows_of(told["Rows"]))
    assert len(found) == 19
    assert found[0][:3] == ["2026-06-03", "Invoice", "1001"]
    assert found[0][6:] == ["Accounts Receivable", "Services:Training:Workshops", "600.00"]
    mine = report(books, "TransactionList", start_date="2026-06-01", end_date="2026-07-31", customer="5")
    assert len(list(rows_of(mine["Rows"]))) == 2


def test_receivables_agree_with_the_ledger_on_any_day(books: Books):
    for day in ("2026-06-15", "2026-07-10", "2026-09-30"):
        trial = rows(books, "TrialBalance", end_date=day).get("Accounts Receivable", ["0.00", ""])
        assert rows(books, "CustomerBalance", report_date=day)["TOTAL"] == [trial[0]]
        assert rows(books, "AgedReceivables", report_date=day)["TOTAL"][-1] == trial[0]
        assert rows(books, "CustomerBalanceDetail", report_date=day)["TOTAL"][4] == trial[0]
        assert rows(books, "AgedReceivableDetail", report_date=day)["TOTAL"][-1] == trial[0]


def test_open_documents_are_told_one_by_one(books: Books):
    first = books.invoice("100", customer="8", DocNumber="D-1", TxnDate="2026-07-01", DueDate="2026-07-31")
    books.payment("150", (first, "60"), customer="8", PaymentRefNum="c-9", TxnDate="2026-07-05")
    books.invoice("20", customer="8", DocNumber="D-2", TxnDate="2026-07-10", DueDate="2026-08-20")

    asked = {"report_date": "2026-08-31", "customer": "8"}
    detail = list(rows_of(report(books, "CustomerBalanceDetail", **asked)["Rows"]))
    aged = list(rows_of(report(books, "AgedReceivableDetail", **asked)["Rows"]))
    name = books.read("Customer", "8")["DisplayName"]

    assert detail == [
        ["2026-07-01", "Invoice", "D-1", "2026-07-31", "100.00", "40.00", "40.00"],
        ["2026-07-05", "Payment", "c-9", "2026-07-05", "-150.00", "-90.00", "-50.00"],
        ["2026-07-10", "Invoice", "D-2", "2026-08-20", "20.00", "20.00", "-30.00"],
        [f"Total for {name}", "", "", "", "-30.00", "-30.00", ""],
        ["TOTAL", "", "", "", "-30.00", "-30.00", ""],
    ]
    assert [(row[0], row[-1]) for row in aged] == [
        ("2026-07-01", "40.00"),
        ("2026-07-05", "-90.00"),
        ("Total for 31 - 60 days past due", "-50.00"),
        ("2026-07-10", "20.00"),
        ("Total for 1 - 30 days past due", "20.00"),
        ("TOTAL", "-30.00"),
    ]


@pytest.mark.parametrize("method", ["Accrual", "Cash"])
def test_profit_and_loss_is_told_posting_by_posting(books: Books, method: str):
    period = {"start_date": "2026-06-01", "end_date": "2026-07-31", "accounting_method": method}
    statement, detail = rows(books, "ProfitAndLoss", **period), rows(books, "ProfitAndLossDetail", **period)

    for account in ("Services:Training:Classes", "Sales:Kits"):
        assert detail[f"Total for {account}"][5] == statement[account][0]
    assert detail["Total Income"][5] == statement["Total Income"][0]
    assert detail["Net Income"][5] == statement["Net Income"][0]


def test_what_is_owed_ages_from_the_day_it_is_due(books: Books):
    books.invoice("10", customer="8", TxnDate="2026-07-01", DueDate="2026-07-10")
    books.invoice("20", customer="8", TxnDate="2026-07-01", DueDate="2026-08-20")
    found = {
        day: rows(books, "AgedReceivables", report_date=day, customer="8")["TOTAL"][:5]
        for day in ("2026-07-10", "2026-07-11", "2026-08-31", "2026-12-31")
    }
    assert found == {
        "2026-07-10": ["30.00", "0.00", "0.00", "0.00", "0.00"],
        "2026-07-11": ["20.00", "10.00", "0.00", "0.00", "0.00"],
        "2026-08-31": ["0.00", "20.00", "10.00", "0.00", "0.00"],
        "2026-12-31": ["0.00", "0.00", "0.00", "0.00", "30.00"],
    }


@pytest.mark.parametrize(
    "macro", ["Today", "This Month", "Last Month", "This Fiscal Year-to-date", "Last Fiscal Year", "All"]
)
def test_a_period_can_be_named(books: Books, macro: str):
    assert report(books, "ProfitAndLoss", date_macro=macro)["Header"]["DateMacro"] == macro


def test_without_a_method_the_preference_says_the_basis(books: Books):
    books.control("preferences", {"ReportPrefs": {"ReportBasis": "Cash"}})
    assert report(books, "ProfitAndLoss")["Header"]["ReportBasis"] == "Cash"
    assert report(books, "ProfitAndLoss", accounting_method="Accrual")["Header"]["ReportBasis"] == "Accrual"


def columns_of(told: Any) -> list[str]:
    return [column["ColTitle"] for column in told["Columns"]["Column"]]


@pytest.mark.parametrize(
    ("unit", "titles"),
    [
        ("Month", ["Jun 2026", "Jul 2026", "Aug 1 - Aug 15, 2026"]),
        ("Quarter", ["Jun 2026", "Jul 1 - Aug 15, 2026"]),
        ("year", ["Jun 1 - Aug 15, 2026"]),
        ("Total", []),
    ],
)
def test_profit_and_loss_by_spans_of_days_adds_up_to_the_total(books: Books, unit: str, titles: list[str]):
    dates = {"start_date": "2026-06-01", "end_date": "2026-08-15"}
    told = report(books, "ProfitAndLoss", summarize_column_by=unit, **dates)
    assert columns_of(told) == ["", *titles, "Total"]
    assert told["Header"]["SummarizeColumnsBy"] == unit.capitalize()
    found = {row[0]: [Decimal(cell or 0) for cell in row[1:]] for row in rows_of(told["Rows"])}
    assert all(sum(amounts[:-1]) == amounts[-1] for amounts in found.values() if titles)
    whole = rows(books, "ProfitAndLoss", **dates)
    assert {name: amounts[-1] for name, amounts in found.items()} == {
        name: Decimal(cells[0] or 0) for name, cells in whole.items()
    }
    if unit == "Month":
        july = rows(books, "ProfitAndLoss", start_date="2026-07-01", end_date="2026-07-31")["Net Income"]
        assert found["Net Income"][1] == Decimal(july[0]) != 0
        span = {entry["Name"]: entry["Value"] for entry in told["Columns"]["Column"][2]["MetaData"]}
        assert span == {"StartDate": "2026-07-01", "EndDate": "2026-07-31", "ColKey": "Jul 2026"}


@pytest.mark.parametrize(("unit", "count"), [("Days", 61), ("Week", 9)])
def test_days_and_weeks_are_columns_too(books: Books, unit: str, count: int):
    told = report(books, "ProfitAndLoss", summarize_column_by=unit, start_date="2026-06-01", end_date="2026-07-31")
    assert len(columns_of(told)) == count + 2
    assert columns_of(told)[2] == {"Days": "Jun 2, 2026", "Week": "Jun 7 - Jun 13, 2026"}[unit]


def test_a_report_of_too_many_columns_is_refused(books: Books):
    with refused("10100"):
        report(books, "ProfitAndLoss", summarize_column_by="Days", start_date="2000-01-01", end_date="2026-07-31")
    assert len(columns_of(report(books, "ProfitAndLoss", summarize_column_by="Year", date_macro="All"))) == 3


def test_the_balance_sheet_by_month_tells_the_end_of_each(books: Books):
    dates = {"start_date": "2026-06-01", "end_date": "2026-08-15"}
    told = report(books, "BalanceSheet", summarize_column_by="Month", **dates)
    assert columns_of(told) == ["", "Jun 2026", "Jul 2026", "Aug 1 - Aug 15, 2026"]
    found = {row[0]: row[1:] for row in rows_of(told["Rows"])}
    assert found["TOTAL ASSETS"] == found["TOTAL LIABILITIES AND EQUITY"]
    ends = ("2026-06-30", "2026-07-31", "2026-08-15")
    assert found["TOTAL ASSETS"] == [rows(books, "BalanceSheet", end_date=day)["TOTAL ASSETS"][0] for day in ends]


def test_profit_and_loss_by_customer_tells_what_each_bought(books: Books):
    dates = {"start_date": "2026-06-01", "end_date": "2026-07-31"}
    books.control("close-books", {"date": None})
    books.write("SalesReceipt", {**an_invoice("7", TxnDate="2026-07-20"), "CustomerRef": None})
    told = report(books, "ProfitAndLoss", summarize_column_by="Customers", **dates)
    titles = columns_of(told)[1:]
    assert titles[-2:] == ["Not Specified", "Total"]
    assert titles[:-2] == sorted(titles[:-2])
    (net,) = (row[1:] for row in rows_of(told["Rows"]) if row[0] == "Net Income")
    assert net[-2] == "7.00"
    assert sum(map(Decimal, net[:-1])) == Decimal(net[-1])
    assert net[-1] == rows(books, "ProfitAndLoss", **dates)["Net Income"][0]
    one = told["Columns"]["Column"][1]["MetaData"][0]["Value"]
    assert rows(books, "ProfitAndLoss", customer=one, **dates)["Net Income"][0] == net[0]


@pytest.mark.parametrize("name", ONE_BASIS)
def test_a_report_that_knows_no_cash_basis_does_not_claim_it(books: Books, name: str):
    asked = report(books, name, accounting_method="Cash")
    assert asked["Header"]["ReportBasis"] == "Accrual"
    assert asked["Rows"] == report(books, name)["Rows"]
