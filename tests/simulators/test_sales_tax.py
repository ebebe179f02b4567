"""Is sales tax given, computed and posted as QuickBooks does it, by each of the settings?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.driver import Books, a_line, an_invoice, refused

PAYABLE = "Sales Tax Payable"


def switch_on(books: Books, *, automated: bool = False) -> None:
    prefs = {"UsingSalesTax": True, **({"PartnerTaxEnabled": True} if automated else {})}
    books.control("preferences", {"TaxPrefs": prefs})


def tax_code(books: Books, name: str = "Colorado", *rates: tuple[str, str]) -> str:
    agency = books.write("TaxAgency", {"DisplayName": f"{name} Department of Revenue"})["Id"]
    details = [
        {"TaxRateName": rate, "RateValue": value, "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}
        for rate, value in rates or (("State", "2.9"), ("City", "3.85"))
    ]
    made = books.ask("POST", "taxservice/taxcode", body={"TaxCode": name, "TaxRateDetails": details})
    assert made["TaxCode"] == name
    assert [detail["TaxRateName"] for detail in made["TaxRateDetails"]] == [
        name for name, _ in rates or (("State", ""), ("City", ""))
    ]
    return str(made["TaxCodeId"])


def sale(*lines: Any, code: str | None = None, total: str | None = None, **fields: Any) -> dict[str, Any]:
    detail = {**({"TxnTaxCodeRef": {"value": code}} if code else {}), **({"TotalTax": Decimal(total)} if total else {})}
    return {**an_invoice(), "Line": list(lines), "TxnTaxDetail": detail, **fields}


def taxed(amount: str) -> Any:
    return a_line(amount, TaxCodeRef={"value": "TAX"})


def test_tax_is_ignored_while_sales_tax_is_off(books: Books):
    made = books.write("Invoice", sale(taxed("100"), code="77", total="8"))
    assert (made["TotalAmt"], made["TxnTaxDetail"]) == (100, {"TotalTax": 0})


def test_a_code_on_the_form_taxes_the_lines_that_say_so(books: Books):
    switch_on(books)
    code = tax_code(books)
    made = books.write("Invoice", sale(taxed("100"), a_line("50"), code=code))
    assert made["TotalAmt"] == made["Balance"] == Decimal("156.75")
    detail = made["TxnTaxDetail"]
    assert (detail["TxnTaxCodeRef"], detail["TotalTax"]) == ({"value": code}, Decimal("6.75"))
    first, second = detail["TaxLine"]
    assert (first["Amount"], second["Amount"]) == (Decimal("2.90"), Decimal("3.85"))
    assert first["TaxLineDetail"]["NetAmountTaxable"] == 100
    assert first["TaxLineDetail"]["TaxPercent"] == Decimal("2.9")
    assert books.ledger()[PAYABLE] == Decimal("-6.75")
    voided = books.write("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]}, operation="void")
    assert (voided["TotalAmt"], voided["TxnTaxDetail"]) == (0, {"TotalTax": 0})
    assert PAYABLE not in books.ledger()


def test_a_given_total_is_honored_and_shared_over_the_rates(books: Books):
    switch_on(books)
    made = books.write("Invoice", sale(taxed("100"), code=tax_code(books), total="7.01"))
    assert made["TotalAmt"] == Decimal("107.01")
    assert [line["Amount"] for line in made["TxnTaxDetail"]["TaxLine"]] == [Decimal("3.01"), Decimal("4.00")]
    changed = books.change("Invoice", made, PrivateNote="seen")
    assert changed["TxnTaxDetail"] == made["TxnTaxDetail"]


def test_a_computed_tax_follows_the_lines(books: Books):
    switch_on(books)
    made = books.write("Invoice", sale(taxed("100"), code=tax_code(books)))
    changed = books.change("Invoice", made, Line=[taxed("200")])
    assert changed["TxnTaxDetail"]["TotalTax"] == Decimal("13.50")


def test_a_total_without_a_code_is_honored_too(books: Books):
    switch_on(books, automated=True)
    for entity, sign in (("Invoice", -1), ("CreditMemo", 0), ("SalesReceipt", -1)):
        made = books.write(entity, sale(taxed("100"), total="8.25"))
        assert made["TotalAmt"] == Decimal("108.25")
        assert books.ledger().get(PAYABLE, Decimal(0)) == sign * Decimal("8.25")


@pytest.mark.parametrize(("state", "tax"), [("CO", "6.75"), ("WY", "0")])
def test_automated_tax_follows_the_address_it_is_sent_to(books: Books, state: str, tax: str):
    switch_on(books, automated=True)
    tax_code(books)
    made = books.write("Invoice", sale(taxed("100"), ShipAddr={"CountrySubDivisionCode": state}))
    assert made["TxnTaxDetail"]["TotalTax"] == Decimal(tax)
    assert "TxnTaxCodeRef" not in made["TxnTaxDetail"]


def test_automated_tax_leaves_out_who_and_what_is_not_taxable(books: Books):
    switch_on(books, automated=True)
    tax_code(books)
    income = {"value": "18"}
    mug = books.write("Item", {"Name": "Mug", "Type": "NonInventory", "IncomeAccountRef": income, "Taxable": True})
    made = books.write("Invoice", sale(a_line("100", item=mug["Id"]), a_line("50")))
    codes = [line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in made["Line"][:2]]
    assert (codes, made["TxnTaxDetail"]["TotalTax"]) == (["TAX", "NON"], Decimal("6.75"))
    exempt = books.customer("A School", Taxable=False)
    school = books.write("Invoice", sale(taxed("100"), CustomerRef={"value": exempt["Id"]}))
    assert school["TxnTaxDetail"]["TotalTax"] == 0


@pytest.mark.parametrize(("after", "tax"), [(False, "10.00"), (True, "9.00")])
def test_a_discount_lowers_what_is_taxed_when_asked(books: Books, after: bool, tax: str):
    switch_on(books)
    code = tax_code(books, "Flat", ("Ten", "10"))
    discount = {"Amount": 20, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}}
    made = books.write("Invoice", sale(taxed("100"), a_line("100"), discount, code=code, ApplyTaxAfterDiscount=after))
    assert made["TxnTaxDetail"]["TotalTax"] == Decimal(tax)
    assert made["TotalAmt"] == 180 + Decimal(tax)


def test_what_cannot_be_taxed_is_refused(books: Books):
    switch_on(books)
    with refused("6100"):
        books.write("Invoice", sale(a_line("1", TaxCodeRef={"value": "5"})))
    with refused("2500"):
        books.write("Invoice", sale(taxed("1"), code="99"))
    with refused("2290"):
        books.write("Invoice", sale(taxed("1"), total="-1"))
    with refused("6000"):
        books.write("Invoice", sale(*[taxed("1")] * 751, total="1"))


def test_outside_the_us_each_line_names_its_code(books: Books):
    code = abroad(books)
    body = sale(a_line("100", TaxCodeRef={"value": code}), GlobalTaxCalculation="TaxExcluded")
    made = books.write("Invoice", body)
    assert (made["TotalAmt"], made["GlobalTaxCalculation"]) == (113, "TaxExcluded")
    with refused("6000"):
        books.write("Invoice", sale(a_line("100")))
    with refused("2010"):
        books.write("Invoice", {**body, "GlobalTaxCalculation": "Maybe"})
    with refused("6170"):
        books.write("Invoice", {**body, "GlobalTaxCalculation": "NotApplicable", "TxnTaxDetail": {"TotalTax": 3}})


@pytest.mark.parametrize(("given", "net", "tax", "price"), [("113", 100, 13, 50), ("10", "8.85", "1.15", "4.425")])
def test_a_line_may_tell_its_amount_with_the_tax_inside(books: Books, given: str, net: Any, tax: Any, price: Any):
    code = abroad(books)
    line = a_line(
        given, TaxCodeRef={"value": code}, TaxInclusiveAmt=Decimal(given), Qty=2, UnitPrice=Decimal(given) / 2
    )
    made = books.write("Invoice", sale(line, GlobalTaxCalculation="TaxInclusive"))
    detail = made["Line"][0]["SalesItemLineDetail"]
    assert (made["Line"][0]["Amount"], detail["UnitPrice"]) == (Decimal(net), Decimal(price))
    assert (made["TotalAmt"], detail["TaxInclusiveAmt"]) == (Decimal(given), Decimal(given))
    assert made["TxnTaxDetail"]["TotalTax"] == Decimal(tax)
    assert books.ledger()[PAYABLE] == -Decimal(tax)
    again = books.write("Invoice", {**made, "PrivateNote": "read and sent back"})
    assert [again[name] for name in ("Line", "TotalAmt", "TxnTaxDetail")] == [
        made[name] for name in ("Line", "TotalAmt", "TxnTaxDetail")
    ]


def test_a_line_without_a_gross_amount_gets_one(books: Books):
    code = abroad(books)
    line = a_line("100", TaxCodeRef={"value": code}, TaxInclusiveAmt=0)
    made = books.write("Invoice", sale(line, GlobalTaxCalculation="TaxInclusive"))
    assert made["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == made["TotalAmt"] == 113


def abroad(books: Books) -> str:
    """A Canadian company; its only tax code."""
    switch_on(books)
    code = tax_code(books, "HST", ("Ontario", "13"))
    books.running.company.store.tables["CompanyInfo"].records["1"]["Country"] = "CA"
    return code


def test_tax_lists_are_read_and_made_by_the_tax_service_only(books: Books):
    code = tax_code(books)
    found = books.find("TaxCode", f"Id = '{code}'")
    assert (found["Id"], found["Name"], found["TaxGroup"]) == (code, "Colorado", True)
    rates = found["SalesTaxRateList"]["TaxRateDetail"]
    assert [rate["TaxRateRef"]["name"] for rate in rates] == ["State", "City"]
    assert books.read("TaxRate", "1")["RateValue"] == Decimal("2.9")
    assert books.read("TaxRate", "1")["AgencyRef"]["name"] == "Colorado Department of Revenue"
    with refused("500"):
        books.write("TaxCode", {"Name": "Mine"})
    with refused("6240"):
        books.ask("POST", "taxservice/taxcode", body={"TaxCode": "Colorado", "TaxRateDetails": [{"TaxRateId": "1"}]})
    for missing in ({}, {"TaxCode": "X"}, {"TaxCode": "X", "TaxRateDetails": [{"TaxRateName": "Y"}]}):
        with refused("2020"):
            books.ask("POST", "taxservice/taxcode", body=missing)
    with refused("2500"):
        books.ask("POST", "taxservice/taxcode", body={"TaxCode": "X", "TaxRateDetails": [{"TaxRateId": "9"}]})
    with refused("2000"):
        books.ask("GET", "cdc", params={"entities": "TaxCode", "changedSince": "2026-09-01"})


def test_the_tax_service_writes_once_for_one_request_id(books: Books):
    agency = books.write("TaxAgency", {"DisplayName": "Utah"})["Id"]
    rate = {"TaxRateName": "U", "RateValue": 5, "TaxAgencyId": agency}
    body = {"Id": "0", "TaxCode": "UT", "TaxRateDetails": [rate]}  # some clients send an Id
    first = books.send("POST", "taxservice/taxcode", body=body, params={"requestid": "t-1"})
    again = books.send("POST", "taxservice/taxcode", body=body, params={"requestid": "t-1"})
    assert first.content == again.content
    assert books.query("select count(*) from TaxRate")["totalCount"] == 1


@pytest.mark.parametrize(("taxable", "named", "tax"), [(True, False, "5"), (False, False, "0"), (True, True, "8")])
def test_a_customers_own_code_counts_where_the_form_names_none(books: Books, taxable: bool, named: bool, tax: str):
    switch_on(books)
    own, other = tax_code(books, "Own", ("Five", "5")), tax_code(books, "Other", ("Eight", "8"))
    customer = books.customer("Coded", DefaultTaxCodeRef={"value": own}, Taxable=taxable)
    form = sale(taxed("100"), code=other if named else None)
    made = books.write("Invoice", {**form, "CustomerRef": {"value": customer["Id"]}})
    assert made["TxnTaxDetail"]["TotalTax"] == Decimal(tax)
    code = {True: {"value": other if named else own}, False: None}[taxable]
    assert made["TxnTaxDetail"].get("TxnTaxCodeRef") == code


def test_the_codes_of_lines_are_in_the_list_and_tax_no_whole_form(books: Books):
    switch_on(books)
    code = tax_code(books)
    listed = [code["Id"] for code in books.query("select * from TaxCode")["TaxCode"]]
    assert listed == ["NON", "TAX", code]
    found = books.find("TaxCode", "Id = 'tax'")
    assert (found["Name"], found["Taxable"], found["TaxGroup"]) == ("TAX", True, False)
    assert books.read("TaxCode", "NON")["Taxable"] is False
    with refused("2500"):
        books.write("Invoice", sale(taxed("1"), code="TAX"))
    with refused("2030"):
        books.read("TaxCode", "ALL")
