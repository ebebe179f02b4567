"""What does QuickBooks demand of a customer, a vendor or an employee? Their names are unique over all three lists."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import (
    PHONE,
    Address,
    Amount,
    Choice,
    Currency,
    Day,
    Email,
    Field,
    Flag,
    Record,
    Ref,
    Shape,
    Text,
    Web,
    Word,
    ignored,
)
from ..ledger import NOTHING
from .base import COMMON, Column, column, key_of
from .exchange import check_known
from .trees import Tree

if TYPE_CHECKING:
    from ..books import Books

NAME_BANS = {":": "colons", "\t": "tabs", "\n": "new lines"}
NAME_LISTS = ("Customer", "Vendor", "Employee")
PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")

PERSON: dict[str, Field] = {
    **COMMON,
    "Title": Field(kind=Text(most=16, banned=NAME_BANS)),
    "GivenName": Field(kind=Text(most=100, banned=NAME_BANS)),
    "MiddleName": Field(kind=Text(most=100, banned=NAME_BANS)),
    "FamilyName": Field(kind=Text(most=100, banned=NAME_BANS)),
    "Suffix": Field(kind=Text(most=16, banned=NAME_BANS)),
    "DisplayName": Field(kind=Text(most=500, banned=NAME_BANS, trimmed=True), sticky=True),
    "CompanyName": Field(kind=Text(most=100)),
    "PrintOnCheckName": Field(kind=Text(most=110)),
    "Active": Field(kind=Flag(), default=True),
    "PrimaryPhone": Field(kind=PHONE),
    "AlternatePhone": Field(kind=PHONE),
    "Mobile": Field(kind=PHONE),
    "Fax": Field(kind=PHONE),
    "PrimaryEmailAddr": Field(kind=Email()),
    "WebAddr": Field(kind=Web()),
    "BillAddr": Field(kind=Address()),
    "ShipAddr": Field(kind=Address()),
    "Notes": Field(kind=Text(most=2000)),
    "CurrencyRef": Field(kind=Currency(), fixed=True),
    **ignored(
        *("FullyQualifiedName", "Organization", "AltContactName", "OtherAddr", "OtherContactInfo", "TaxIdentifier"),
        *("UserId", "AcctNum", "CustomField", "HasTDS", "GSTIN", "BusinessNumber", "GSTRegistrationType"),
        *("V4IDPseudonym", "Source", "Level", "Balance", "PrimaryTaxIdentifier", "SecondaryTaxIdentifier"),
    ),
}

PERSON_COLUMNS = {
    "DisplayName": column("text", "DisplayName", index="DisplayName"),
    "GivenName": column("text", "GivenName"),
    "MiddleName": column("text", "MiddleName"),
    "FamilyName": column("text", "FamilyName"),
    "CompanyName": column("text", "CompanyName"),
    "PrintOnCheckName": column("text", "PrintOnCheckName"),
    "PrimaryEmailAddr": column("text", "PrimaryEmailAddr", "Address", index="PrimaryEmailAddr"),
    "PrimaryEmailAddr.Address": column("text", "PrimaryEmailAddr", "Address", filterable=False),
    "PrimaryPhone": column("text", "PrimaryPhone", "FreeFormNumber", filterable=False),
    "Active": column("flag", "Active"),
}

PERSON_INDEXES = {
    "DisplayName": key_of("DisplayName"),
    "PrimaryEmailAddr": key_of("PrimaryEmailAddr", "Address"),
    "ParentRef": key_of("ParentRef"),
}


class Person(Tree):
    """What the three name lists share."""

    own_name = "DisplayName"
    counter = "name"
    child_flag = "Job"
    columns = PERSON_COLUMNS
    indexes = PERSON_INDEXES

    def called(self, record: Record) -> str:
        return str(record["DisplayName"])

    def first_required(self) -> str:
        return "DisplayName"

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        built = " ".join(draft[part] for part in PARTS if part in draft)
        draft.setdefault("DisplayName", built or draft.get("CompanyName", ""))
        if not draft["DisplayName"]:
            raise refusals.coded(
                6080,
                "No name provided",
                "At least one of Title, GivenName, MiddleName, FamilyName, Suffix or DisplayName must be given.",
            )
        self.settle(books, draft, old)
        self.mark_inactive(draft, old)
        self.place(books, draft, old)
        self.refuse_duplicate(books, draft, old, "DisplayName")
        self._refuse_other_lists(books, draft)
        draft.setdefault("PrintOnCheckName", draft["DisplayName"][:110])
        check_known(books, draft.setdefault("CurrencyRef", books.home_currency))
        parent = books.get(self.name, draft.get("ParentRef"))
        if parent is not None and parent["CurrencyRef"] != draft["CurrencyRef"]:
            raise refusals.business("A sub-customer has the currency of its parent.")
        for name in ("BillAddr", "ShipAddr"):
            if name in draft and "Id" not in draft[name]:
                draft[name] = {"Id": books.store.next("address"), **draft[name]}

    def settle(self, books: Books, draft: Record, old: Record | None) -> None:
        """The rules of one list."""

    def _refuse_other_lists(self, books: Books, draft: Record) -> None:
        key = draft["DisplayName"].strip().lower()
        if any(books.store.tables[other].ids("DisplayName", key) for other in NAME_LISTS if other != self.name):
            raise refusals.name_used_elsewhere()


class Customer(Person):
    """A customer, or a sub-customer (a job)."""

    name = "Customer"
    label = "Customer"
    shape = Shape(
        type_name="Customer",
        fields={
            **PERSON,
            "Taxable": Field(kind=Flag(), default=True),
            "Job": Field(kind=Flag(), default=False),
            "BillWithParent": Field(kind=Flag(), default=False),
            "ParentRef": Field(kind=Ref(to="Customer", listed_as="Names")),
            "SalesTermRef": Field(kind=Ref(to="Term", listed_as="Terms")),
            "PaymentMethodRef": Field(kind=Ref(to="PaymentMethod", listed_as="PaymentMethods")),
            "PreferredDeliveryMethod": Field(kind=Choice(of=("Print", "Email", "None")), default="Print"),
            "ResaleNum": Field(kind=Text(most=16)),
            "DefaultTaxCodeRef": Field(kind=Word(), default="2"),
            "TaxExemptionReasonId": Field(kind=Text(most=2)),
            "OpenBalanceDate": Field(kind=Day(), fixed=True),
            **ignored(
                *(
                    "BalanceWithJobs",
                    "CustomerTypeRef",
                    "IsProject",
                    "ClientEntityId",
                    "ARAccountRef",
                    "RootCustomerRef",
                ),
                *(
                    "SalesRepRef",
                    "TaxGroupCodeRef",
                    "TaxRateRef",
                    "PriceLevelRef",
                    "CCDetail",
                    "CreditLimit",
                    "JobInfo",
                ),
                *(
                    "CreditChargeResponse",
                    "CustomerEx",
                    "ResaleNumEx",
                    "OverDueBalance",
                    "TotalRevenue",
                    "TotalExpense",
                ),
                *(
                    "ContactName",
                    "AltContactName",
                    "ExtensionTaxRegistration",
                    "TaxRegime",
                    "ProjectStatus",
                    "ClassRef",
                ),
            ),
            "Balance": Field(kind=Amount(), fixed=True),
        },
    )
    columns = {
        **PERSON_COLUMNS,
        "FullyQualifiedName": column("text", "FullyQualifiedName", index="FullyQualifiedName"),
        "ParentRef": column("text", "ParentRef", index="ParentRef"),
        "Job": column("flag", "Job"),
        "Balance": Column(kind="number", value=lambda record, books: books.owed_by(record["Id"])),
        "BalanceWithJobs": Column(
            kind="number", value=lambda record, books: owed_with_jobs(books, record), filterable=False
        ),
    }
    indexes = {**PERSON_INDEXES, "FullyQualifiedName": key_of("FullyQualifiedName")}

    def settle(self, books: Books, draft: Record, old: Record | None) -> None:
        self._set_opening_balance(draft, old)
        if draft["Job"] and "ParentRef" not in draft:
            raise refusals.coded(6150, "ParentRef required", "A sub-customer needs a ParentRef.", "ParentRef")
        if not draft["Job"]:
            draft.pop("ParentRef", None)
        if draft["BillWithParent"] and not draft["Job"]:
            draft["BillWithParent"] = False
        was_active = old is not None and old["Active"]
        if old is not None and was_active and not draft["Active"] and owed_with_jobs(books, old) != 0:
            raise refusals.coded(
                6220,
                "Cannot make inactive, has a balance",
                "The customer has an open balance or unapplied credits, so it cannot be made inactive.",
            )

    def _set_opening_balance(self, draft: Record, old: Record | None) -> None:
        opening = draft.pop("Balance", NOTHING)
        if old is not None or opening == 0:
            return
        if opening < 0:
            raise refusals.invalid_amount("Balance", opening)
        if "OpenBalanceDate" not in draft:
            raise refusals.coded(
                6060, "OpenBalanceDate required", "OpenBalanceDate must be given with an opening balance.", "Balance"
            )
        draft["_opening"] = opening

    def kept(self, books: Books, record: Record, old: Record | None) -> None:
        super().kept(books, record, old)
        if old is None and "_opening" in record:
            make_opening_invoice(books, record)

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown["Balance"] = books.owed_by(record["Id"])
        shown["BalanceWithJobs"] = owed_with_jobs(books, record)
        if "ParentRef" in record:
            shown["Level"] = self._depth(books, record) - 1


class Vendor(Person):
    """Someone the company buys from."""

    name = "Vendor"
    label = "Vendor"
    shape = Shape(
        type_name="Vendor",
        fields={
            **PERSON,
            "Vendor1099": Field(kind=Flag(), default=False),
            "TermRef": Field(kind=Ref(to="Term", listed_as="Terms")),
            "AcctNum": Field(kind=Text(most=100)),
            **ignored(
                "APAccountRef", "BillRate", "CostRate", "T4AEligible", "T5018Eligible", "VendorEx", "TaxReporting"
            ),
        },
    )

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        shown.pop("FullyQualifiedName", None)
        shown["Balance"] = 0


class Employee(Person):
    """Someone who works for the company."""

    name = "Employee"
    label = "Employee"
    shape = Shape(
        type_name="Employee",
        fields={
            **PERSON,
            "EmployeeNumber": Field(kind=Text(most=100)),
            "PrimaryAddr": Field(kind=Address()),
            "HiredDate": Field(kind=Day()),
            "ReleasedDate": Field(kind=Day()),
            "BirthDate": Field(kind=Day()),
            "BillableTime": Field(kind=Flag(), default=False),
            **ignored("SSN", "Gender", "BillRate", "CostRate", "EmployeeType", "UseTimeEntry", "EmployeeEx"),
        },
    )

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        for name in ("FullyQualifiedName", "CurrencyRef"):
            shown.pop(name, None)


def make_opening_invoice(books: Books, customer: Record) -> None:
    """What a new customer owed already is an invoice against opening balance equity."""
    entity = books.entities["Invoice"]
    equity = books.account_of_sub_type("OpeningBalanceEquity")["Id"]
    line = {
        "Amount": customer["_opening"],
        "Description": "Opening balance",
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"_account": equity, "TaxCodeRef": "NON"},
    }
    given = {
        "CustomerRef": customer["Id"],
        "TxnDate": customer["OpenBalanceDate"],
        "CurrencyRef": customer["CurrencyRef"],
        "Line": [line],
    }
    draft = entity.draft({**given, "PrivateNote": "Opening Balance"}, None, sparse=False)
    entity.complete(books, draft, None, frozenset())
    entity.keep(books, draft, None)


def owed_with_jobs(books: Books, record: Record) -> Decimal:
    """What a customer owes together with its sub-customers."""
    total = books.owed_by(record["Id"])
    for child in books.under("Customer", "ParentRef", record["Id"]):
        total += owed_with_jobs(books, child)
    return total
