"""What does every fresh company say of itself?"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from ..entities.tax_lists import PSEUDO
from ..fields import Record

if TYPE_CHECKING:
    from ..company import Company


FORMS = {"Invoice": "invoice", "Estimate": "estimate", "SalesReceipt": "sales receipt", "Statement": "statement"}
OTHER = {
    "DTXCopyMemo": "true",
    "SFCEnabled": "true",
    "DataPartner": "false",
    "Vendor1099Enabled": "true",
    "TimeTrackingFeatureEnabled": "true",
    "FDPEnabled": "false",
    "ProjectsEnabled": "false",
    "DateFormat": "Month Date Year separated by a slash",
    "DateFormatMnemonic": "MMDDYYYY_SEP_SLASH",
    "NumberFormat": "US Number Format",
    "NumberFormatMnemonic": "US_NB",
    "WarnDuplicateCheckNumber": "true",
    "WarnDuplicateBillNumber": "false",
    "WarnDuplicateJournalNumber": "true",
    "SignoutInactiveMinutes": "60",
    "AccountingInfoPrefs.ShowAccountNumbers": "false",
}
SALES_FORMS = {
    "CustomTxnNumbers": True,
    "AllowDeposit": False,
    "AllowDiscount": True,
    "AllowEstimates": True,
    "AllowServiceDate": False,
    "AllowShipping": False,
    "AutoApplyCredit": False,
    "AutoApplyPayments": False,
    "EmailCopyToCompany": False,
    "ETransactionEnabledStatus": "NotApplicable",
    "ETransactionAttachPDF": False,
    "ETransactionPaymentEnabled": False,
    "IPNSupportEnabled": False,
    "UsingPriceLevels": False,
    "UsingProgressInvoicing": False,
    "DefaultCustomerMessage": "Thank you for your business.",
    "DefaultTerms": {"value": "3"},
    "CustomField": [],
}


def _message(company_name: str, form: str) -> dict[str, str]:
    """The e-mail that goes with a form."""
    subject = f"{FORMS[form].capitalize()} from {company_name}"
    return {"Subject": subject, "Message": f"Your {FORMS[form]} is attached.\n\nSincerely,\n{company_name}"}


def state_facts(company: Company, *, name: str, closed_on: str | None) -> None:
    """Write CompanyInfo and Preferences of a US company."""
    company.place("CompanyInfo", _company_info(name, zone=str(company.clock.zone.key)))
    company.place("Preferences", _preferences(name, closed_on))
    make_pseudo_codes(company)


def _company_info(name: str, *, zone: str) -> Record:
    return {
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
        "DefaultTimeZone": zone,
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "SubscriptionStatus", "Value": "SUBSCRIBED"},
            {"Name": "ItemCategoriesFeature", "Value": "true"},
            {"Name": "PayrollFeature", "Value": "false"},
            {"Name": "AccountantFeature", "Value": "false"},
        ],
    }


def _preferences(name: str, closed_on: str | None) -> Record:
    closing = {"BookCloseDate": closed_on} if closed_on else {}
    return {
        "Id": "1",
        "AccountingInfoPrefs": {
            "UseAccountNumbers": False,
            "TrackDepartments": False,
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": False,
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "TaxForm": "6",
            "CustomerTerminology": "Customers",
            "DepartmentTerminology": "Location",
            **closing,
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": False,
        },
        "SalesFormsPrefs": deepcopy(SALES_FORMS),
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": False, "BillableExpenseTracking": False},
        "EmailMessagesPrefs": {f"{form}Message": _message(name, form) for form in FORMS},
        "TimeTrackingPrefs": {
            "UseServices": False,
            "BillCustomers": False,
            "ShowBillRateToAll": False,
            "MarkTimeEntriesBillable": False,
            "WorkWeekStartDate": "Monday",
        },
        "TaxPrefs": {"UsingSalesTax": False},
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": False,
            "HomeCurrency": {"value": "USD", "name": "United States Dollar"},
        },
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": [{"Name": key, "Value": value} for key, value in OTHER.items()]},
    }


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
