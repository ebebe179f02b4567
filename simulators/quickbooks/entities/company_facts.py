"""What does the company say of itself? CompanyInfo and Preferences: one record each, never created or deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import refusals
from ..fields import PHONE, Address, Email, Field, Flag, Found, Record, Shape, Text, Web, ignored
from .base import COMMON, Entity, column

if TYPE_CHECKING:
    from ..books import Books


class CompanyInfo(Entity):
    """The company's name, address and country."""

    name = "CompanyInfo"
    label = "Company"
    counter = "company_info"
    operations = frozenset({"update"})
    is_list = False
    columns = {"CompanyName": column("text", "CompanyName"), "Country": column("text", "Country")}
    shape = Shape(
        type_name="CompanyInfo",
        fields={
            **COMMON,
            "CompanyName": Field(kind=Text(most=1024), sticky=True),
            "LegalName": Field(kind=Text(most=1024), sticky=True),
            "CompanyAddr": Field(kind=Address(), sticky=True),
            "CustomerCommunicationAddr": Field(kind=Address(), sticky=True),
            "LegalAddr": Field(kind=Address(), sticky=True),
            "CustomerCommunicationEmailAddr": Field(kind=Email(), sticky=True),
            "Email": Field(kind=Email(), sticky=True),
            "PrimaryPhone": Field(kind=PHONE, sticky=True),
            "WebAddr": Field(kind=Web(), sticky=True),
            **ignored(
                *("Country", "CompanyStartDate", "FiscalYearStartMonth", "SupportedLanguages", "NameValue"),
                *("DefaultTimeZone", "EmployerId", "TaxYearStartMonth", "QBVersion", "MultiByteCharsSupported"),
                *("CompanyEmailAddr", "CompanyURL", "CompanyFileName", "FlavorStratum", "SampleFile", "CompanyUserId"),
            ),
        },
    )

    def read(self, books: Books, identifier: str) -> Record:
        """The one record; its address is the company's id, its own Id is 1."""
        if identifier not in ("1", books.store.settings["company_id"]):
            return super().read(books, identifier)
        return books.named("CompanyInfo", "1")

    def called(self, record: Record) -> str:
        return str(record["CompanyName"])


PREFERENCE_GROUPS: dict[str, tuple[str, ...]] = {
    "SalesFormsPrefs": (
        "CustomTxnNumbers",
        "EmailCopyToCompany",
        "AllowDiscount",
        "AllowDeposit",
        "AllowShipping",
        "AllowEstimates",
        "AllowServiceDate",
        "UsingPriceLevels",
        "UsingProgressInvoicing",
        "DefaultCustomerMessage",
    ),
    "AccountingInfoPrefs": (
        "UseAccountNumbers",
        "TrackDepartments",
        "ClassTrackingPerTxn",
        "ClassTrackingPerTxnLine",
        "CustomerTerminology",
        "DepartmentTerminology",
    ),
    "ProductAndServicesPrefs": ("ForSales", "ForPurchase", "QuantityWithPriceAndRate"),
    "VendorAndPurchasesPrefs": ("TrackingByCustomer", "BillableExpenseTracking"),
    "TimeTrackingPrefs": (
        "UseServices",
        "BillCustomers",
        "ShowBillRateToAll",
        "MarkTimeEntriesBillable",
        "WorkWeekStartDate",
    ),
    "ReportPrefs": ("CalcAgingReportFromTxnDate",),
}
"""What a client may change, each as the kind of value that is there; everything else in an update is ignored."""
FLAG, TEXT = Flag(), Text()


class Preferences(Entity):
    """The company's settings. The closing date can only be read."""

    name = "Preferences"
    label = "Preferences"
    counter = "preferences"
    operations = frozenset({"update"})
    is_list = False
    shape = Shape(
        type_name="Preferences",
        fields={
            **COMMON,
            **ignored(
                *("AccountingInfoPrefs", "ProductAndServicesPrefs", "SalesFormsPrefs", "EmailMessagesPrefs"),
                *("VendorAndPurchasesPrefs", "TimeTrackingPrefs", "TaxPrefs", "CurrencyPrefs", "ReportPrefs"),
                *("OtherPrefs", "PrintDocumentPrefs", "AdvancedInventoryPrefs", "PurchaseAndVendorPrefs"),
            ),
        },
    )

    def read(self, books: Books, identifier: str) -> Record:
        """The one record, whatever is asked."""
        return books.preferences

    def without_id(self, books: Books, query: Mapping[str, str]) -> Record | None:
        """The one record."""
        return books.preferences

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        """The item that lines without one sell is among the other settings."""
        item = books.store.settings.get("default_item")
        if item is not None:
            named = {"Name": "SalesFormsPrefs.DefaultItem", "Value": item}
            shown["OtherPrefs"] = {"NameValue": [*record["OtherPrefs"]["NameValue"], named]}

    def write(self, books: Books, body: Any, *, switches: frozenset[str] = frozenset()) -> Record:
        """Change the settings that a client may change; the rest of the request is ignored."""
        given = self.shape.read(body, "", Found())
        if not given:
            raise refusals.missing("Id")
        old = self.current(books, given.get("Id") or "1", given.get("SyncToken"))
        changed = dict(old)
        for group, allowed in PREFERENCE_GROUPS.items():
            given_group = body.get(group) or {}
            if not isinstance(given_group, dict):
                raise refusals.wrong_type(group, f"com.intuit.schema.finance.v3.{group}")
            former = old.get(group, {})
            new = {name: _preference(former.get(name), given_group.get(name), name) for name in allowed}
            changed[group] = {**former, **{name: value for name, value in new.items() if value is not None}}
        return self.keep(books, changed, old)


def _preference(former: Any, given: Any, name: str) -> bool | str | None:
    """The value that an update gives to a setting, as its kind reads it; None where it gives none."""
    if given is None:
        return None
    return TEXT.read(given, name, Found()) if isinstance(former, str) else FLAG.read(given, name, Found())
