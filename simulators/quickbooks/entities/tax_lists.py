"""What does QuickBooks demand of tax agencies, rates and codes? Codes and rates are made by the tax service only."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .. import refusals
from ..fields import Choice, Field, Flag, Found, Group, Many, Number, Record, Ref, Shape, Text, ignored, shape
from .base import COMMON, Entity, column, key_of

if TYPE_CHECKING:
    from ..books import Books

PERCENT = Number(least=Decimal(0), most=Decimal(100))
PAYABLE = "SalesTaxPayable"
PSEUDO = {"TAX": True, "NON": False}


class TaxAgency(Entity):
    """Whom the company collects tax for."""

    name = "TaxAgency"
    label = "Tax agency"
    counter = "tax_agency"
    operations = frozenset({"create"})
    is_list = False
    columns = {"DisplayName": column("text", "DisplayName", index="DisplayName")}
    indexes = {"DisplayName": key_of("DisplayName")}
    shape = Shape(
        type_name="TaxAgency",
        fields={
            **COMMON,
            "DisplayName": Field(kind=Text(most=100, least=1, trimmed=True)),
            "TaxTrackedOnPurchases": Field(kind=Flag(), default=False),
            "TaxTrackedOnSales": Field(kind=Flag(), default=True),
            "TaxRegistrationNumber": Field(kind=Text(most=100)),
            **ignored("TaxAgencyConfig", "LastFileDate", "AgencyRef", "AgencyExt"),
        },
    )

    def called(self, record: Record) -> str:
        return str(record["DisplayName"])

    def first_required(self) -> str:
        return "DisplayName"

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        if "DisplayName" not in draft:
            raise refusals.missing("DisplayName")
        for holder in books.store.tables["TaxAgency"].ids("DisplayName", draft["DisplayName"].lower()):
            raise refusals.duplicate_name(holder)
        draft["TaxAgencyConfig"] = "USER_DEFINED"


class TaxRate(Entity):
    """A percentage that one agency asks for."""

    name = "TaxRate"
    label = "Tax rate"
    counter = "tax_rate"
    operations = frozenset()
    columns = {"Name": column("text", "Name", index="Name"), "Active": column("flag", "Active")}
    indexes = {"Name": key_of("Name")}
    shape = Shape(
        type_name="TaxRate",
        fields={
            **COMMON,
            "Name": Field(kind=Text(most=100)),
            "Description": Field(kind=Text(most=100)),
            "Active": Field(kind=Flag(), default=True),
            "RateValue": Field(kind=PERCENT),
            "AgencyRef": Field(kind=Ref(to="TaxAgency", listed_as="TaxAgencies")),
            **ignored("SpecialTaxType", "DisplayType", "EffectiveTaxRate", "TaxReturnLineRef", "OriginalTaxRate"),
        },
    )

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown.update(SpecialTaxType="NONE", DisplayType="ReadOnly")
        shown["EffectiveTaxRate"] = [{"RateValue": record["RateValue"], "EffectiveDate": record["CreateTime"]}]


RATES = Group(
    shape=shape(
        "TaxRateList",
        TaxRateDetail=Many(
            shape=shape(
                "TaxRateDetail",
                TaxRateRef=Ref(to="TaxRate", listed_as="TaxRates"),
                TaxTypeApplicable=Text(),
                TaxOrder=Number(),
            )
        ),
    )
)


class TaxCode(Entity):
    """What a document names to be taxed: one rate or several together."""

    name = "TaxCode"
    label = "Tax code"
    counter = "tax_code"
    operations = frozenset()
    columns = {"Name": column("text", "Name", index="Name"), "Active": column("flag", "Active")}
    indexes = {"Name": key_of("Name")}
    shape = Shape(
        type_name="TaxCode",
        fields={
            **COMMON,
            "Name": Field(kind=Text(most=100)),
            "Description": Field(kind=Text(most=100)),
            "Active": Field(kind=Flag(), default=True),
            "Taxable": Field(kind=Flag(), default=True),
            "TaxGroup": Field(kind=Flag(), default=True),
            "SalesTaxRateList": Field(kind=RATES),
            "PurchaseTaxRateList": Field(kind=RATES),
            **ignored("Hidden", "TaxCodeConfigType"),
        },
    )

    def read(self, books: Books, identifier: str) -> Record:
        """The code with an id; those of US lines are words."""
        return books.get("TaxCode", identifier.upper() if identifier.upper() in PSEUDO else None) or super().read(
            books, identifier
        )


# The tax service

DETAIL = shape(
    "TaxRateDetails",
    TaxRateName=Text(most=100, least=1, trimmed=True),
    TaxRateId=Text(most=40),
    RateValue=PERCENT,
    TaxAgencyId=Text(most=40),
    TaxApplicableOn=Choice(of=("Sales", "Purchase"), enumeration="TaxRateApplicableOnEnum"),
)
SERVICE = shape(
    "TaxService",
    TaxCode=Text(most=100, least=1, trimmed=True),
    TaxCodeId=Text(most=40),
    TaxRateDetails=Many(shape=DETAIL),
)


def make_tax_code(books: Books, body: Any) -> Record:
    """Create a code with its rates, as `taxservice/taxcode` does; returns the answer.

    Raises:
        Refused: A name is taken or missing, or an agency or a rate does not exist.
    """
    given = SERVICE.read(body, "", Found()) or {}
    if "TaxCode" not in given:
        raise refusals.missing("TaxCode")
    details = given.get("TaxRateDetails") or []
    if not details:
        raise refusals.missing("TaxRateDetails")
    _refuse_taken(books, "TaxCode", given["TaxCode"])
    rates = [_rate(books, detail) for detail in details]
    named: Record = {"Name": given["TaxCode"], "Description": given["TaxCode"], "Active": True}
    lists = {
        f"{applied}TaxRateList": {"TaxRateDetail": list(_listed(rates, details, applied))}
        for applied in ("Sales", "Purchase")
    }
    draft: Record = {**named, "Taxable": True, "TaxGroup": True, **lists}
    code = books.entities["TaxCode"].keep(books, draft, None)
    told = [
        {
            "TaxRateName": rate["Name"],
            "TaxRateId": rate["Id"],
            "RateValue": rate["RateValue"],
            "TaxAgencyId": rate["AgencyRef"],
            "TaxApplicableOn": detail.get("TaxApplicableOn", "Sales"),
        }
        for rate, detail in zip(rates, details, strict=True)
    ]
    return {"TaxCode": code["Name"], "TaxCodeId": code["Id"], "TaxRateDetails": told}


def _listed(rates: list[Record], details: list[Record], applied: str) -> Iterator[Record]:
    for order, (rate, detail) in enumerate(zip(rates, details, strict=True)):
        if detail.get("TaxApplicableOn", "Sales") == applied:
            yield {"TaxRateRef": rate["Id"], "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order}


def _refuse_taken(books: Books, entity: str, name: str) -> None:
    if any(True for _ in books.store.tables[entity].ids("Name", name.lower())):
        what = "tax rate" if entity == "TaxRate" else "tax code"
        raise refusals.coded(
            6240,
            "Duplicate Name Exists Error",
            f"The name supplied already exists. : Another {what} is already using this name. "
            "Please use a different name.",
        )


def _rate(books: Books, detail: Record) -> Record:
    if "TaxRateId" in detail:
        rate = books.get("TaxRate", detail["TaxRateId"])
        if rate is None:
            raise refusals.bad_reference("TaxRates", detail["TaxRateId"])
        return rate
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if name not in detail:
            raise refusals.missing(f"TaxRateDetails.{name}")
    if books.get("TaxAgency", detail["TaxAgencyId"]) is None:
        raise refusals.bad_reference("TaxAgencies", detail["TaxAgencyId"])
    _refuse_taken(books, "TaxRate", detail["TaxRateName"])
    name = detail["TaxRateName"]
    draft: Record = {"Name": name, "Description": name, "Active": True, "AgencyRef": detail["TaxAgencyId"]}
    return books.entities["TaxRate"].keep(books, {**draft, "RateValue": detail["RateValue"]}, None)


def payable_account(books: Books) -> str:
    """The account that sales tax is owed on; QuickBooks makes it when tax is first charged."""
    found = [account for account in books.under("Account", "AccountSubType", PAYABLE.lower()) if account["Active"]]
    if found:
        return str(min(found, key=lambda each: int(each["Id"]))["Id"])
    body = {"Name": "Sales Tax Payable", "AccountType": "Other Current Liability", "AccountSubType": PAYABLE}
    return str(books.entities["Account"].write(books, body)["Id"])
