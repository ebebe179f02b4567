"""What does every fresh company say of itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..entities.tax_lists import PSEUDO

if TYPE_CHECKING:
    from ..company import Company


def state_facts(company: Company, *, name: str, closed_on: str | None) -> None:
    """Write CompanyInfo and Preferences of a US company."""
    company.place(
        "CompanyInfo",
        {
            "Id": "1",
            "CompanyName": name,
            "LegalName": name,
            "CompanyAddr": {
                "Id": "1",
                "Line1": "418 Larkspur Street",
                "City": "Fort Collins",
                "CountrySubDivisionCode": "CO",
                "PostalCode": "80521",
                "Country": "USA",
            },
            "Email": {"Address": "office@bramble-birch.example.com"},
            "CompanyStartDate": "2024-01-01",
            "FiscalYearStartMonth": "January",
            "Country": "US",
            "SupportedLanguages": "en",
            "DefaultTimeZone": str(company.clock.zone.key),
            "NameValue": [
                {"Name": "NeoEnabled", "Value": "true"},
                {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
                {"Name": "SubscriptionStatus", "Value": "SUBSCRIBED"},
                {"Name": "ItemCategoriesFeature", "Value": "true"},
                {"Name": "PayrollFeature", "Value": "false"},
                {"Name": "AccountantFeature", "Value": "false"},
            ],
        },
    )
    closing = {"BookCloseDate": closed_on} if closed_on else {}
    company.place(
        "Preferences",
        {
            "Id": "1",
            "AccountingInfoPrefs": {
                "UseAccountNumbers": False,
                "TrackDepartments": False,
                "ClassTrackingPerTxn": False,
                "ClassTrackingPerTxnLine": False,
                "FirstMonthOfFiscalYear": "January",
                "TaxYearMonth": "January",
                "CustomerTerminology": "Customers",
                **closing,
            },
            "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityOnHand": False},
            "SalesFormsPrefs": {
                "CustomTxnNumbers": True,
                "AllowDeposit": False,
                "AllowDiscount": True,
                "AllowEstimates": True,
                "AllowServiceDate": False,
                "AllowShipping": False,
                "AutoApplyCredit": False,
                "AutoApplyPayments": False,
                "ETransactionPaymentEnabled": False,
                "CustomField": [],
            },
            "VendorAndPurchasesPrefs": {"TrackingByCustomer": False, "BillableExpenseTracking": False},
            "TimeTrackingPrefs": {"UseServices": False, "BillCustomers": False, "WorkWeekStartDate": "Monday"},
            "TaxPrefs": {"UsingSalesTax": False},
            "CurrencyPrefs": {
                "MultiCurrencyEnabled": False,
                "HomeCurrency": {"value": "USD", "name": "United States Dollar"},
            },
            "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
            "OtherPrefs": {"NameValue": [{"Name": "WarnDuplicateJournalNumber", "Value": "true"}]},
        },
    )
    make_pseudo_codes(company)


def make_pseudo_codes(company: Company) -> None:
    """The two codes of lines in the US: they say whether a line is taxed, and have no rates."""
    for code, taxable in PSEUDO.items():
        named = {"Id": code, "Name": code, "Description": code, "Active": True}
        company.place("TaxCode", {**named, "Taxable": taxable, "TaxGroup": False})


def make_accounts(company: Company, chart: str) -> dict[str, str]:
    """Create accounts from lines of "full path | type | detail type"; returns ids by full path."""
    ids: dict[str, str] = {}
    for line in chart.strip().splitlines():
        path, kind, sub_type = (part.strip() for part in line.split("|"))
        parent, _, name = path.rpartition(":")
        under = {"SubAccount": True, "ParentRef": {"value": ids[parent]}} if parent else {}
        record = company.make("Account", Name=name, AccountType=kind, AccountSubType=sub_type, **under)
        ids[path] = record["Id"]
    return ids


def make_terms_and_methods(company: Company) -> None:
    """The terms and payment methods that a fresh company has."""
    for name, days in (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30)):
        company.make("Term", Name=name, DueDays=days)
    for name in ("Cash", "Check", "Credit Card", "PayPal"):
        kind = "CREDIT_CARD" if name == "Credit Card" else "NON_CREDIT_CARD"
        company.make("PaymentMethod", Name=name, Type=kind)
