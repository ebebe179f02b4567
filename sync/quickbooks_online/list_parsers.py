"""What do QuickBooks' lists and the company itself say, in our words? Reads the rows of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from books.names import DELETED
from sync.quickbooks_online.wire import PAGE, Unreadable

Json = Mapping[str, Any]
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """What every row of a list has."""

    quickbooks_id: str
    sync_token: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class AccountRow(ListRow):
    """An account of the chart."""

    name: str
    full_name: str
    account_type: str
    account_subtype: str
    number: str


@dataclass(frozen=True, kw_only=True)
class ItemRow(ListRow):
    """A product or service, or a category of them."""

    name: str
    full_name: str
    sku: str
    item_type: str
    #: Empty for an item that is not sold.
    income_account_id: str


@dataclass(frozen=True, kw_only=True)
class CustomerRow(ListRow):
    """A customer."""

    display_name: str
    email: str
    company_name: str = ""
    given_name: str = ""
    family_name: str = ""
    check_name: str = ""
    phone: str = ""
    #: Of the billing address.
    postal_code: str = ""
    terms_id: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class TermRow(ListRow):
    """Payment terms."""

    name: str
    #: None for terms that fall due on a day of the month.
    due_days: int | None


@dataclass(frozen=True, kw_only=True)
class PaymentMethodRow(ListRow):
    """A payment method."""

    name: str


@dataclass(frozen=True, kw_only=True)
class DimensionRow(ListRow):
    """A class or a location."""

    name: str
    full_name: str


@dataclass(frozen=True, kw_only=True)
class TaxRateRow(ListRow):
    """One rate of sales tax."""

    name: str
    percent: Decimal | None


@dataclass(frozen=True, kw_only=True)
class TaxCodeRow(ListRow):
    """A sales tax code."""

    name: str
    #: The ids of its rates on sales, with commas.
    rate_ids: str


@dataclass(frozen=True, kw_only=True)
class CompanyFacts:
    """What the company says about itself."""

    name: str


@dataclass(frozen=True, kw_only=True)
class CompanyPreferences:
    """The settings of the company that posting depends on."""

    #: ISO code; empty when QuickBooks does not say.
    home_currency: str
    #: The last day of the last closed period; None where none is closed.
    closed_through: date | None = None


def page_of(entity: str, position: int) -> str:
    """The query for one page of a list, inactive rows too; positions count from 1.

    Ordered by id, so that what is added meanwhile comes last.
    """
    return f"SELECT * FROM {entity} WHERE Active IN (true, false) ORDERBY Id STARTPOSITION {position} MAXRESULTS {PAGE}"


def whole(entity: str) -> str:
    """The query for an entity of which a company has one."""
    return f"SELECT * FROM {entity}"


def rows_of(entity: str, answer: object) -> list[dict[str, object]]:
    """The rows of a query's answer, in its order.

    Raises:
        Unreadable: It is not the answer to a query.
    """
    response = answer.get("QueryResponse") if isinstance(answer, dict) else None
    rows = response.get(entity, []) if isinstance(response, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable
    return rows


def read_account(row: Json) -> AccountRow:
    """An account.

    Raises:
        Unreadable: It has no id or no name.
    """
    return AccountRow(
        **_common(row, _needed(row, "Name")),
        name=_needed(row, "Name"),
        full_name=_text(row, "FullyQualifiedName") or _needed(row, "Name"),
        account_type=_text(row, "AccountType"),
        account_subtype=_text(row, "AccountSubType"),
        number=_text(row, "AcctNum"),
    )


def read_item(row: Json) -> ItemRow:
    """An item.

    Raises:
        Unreadable: It has no id or no name.
    """
    return ItemRow(
        **_common(row, _needed(row, "Name")),
        name=_needed(row, "Name"),
        full_name=_text(row, "FullyQualifiedName") or _needed(row, "Name"),
        sku=_text(row, "Sku"),
        item_type=_text(row, "Type"),
        income_account_id=_inner(row, "IncomeAccountRef", "value"),
    )


def read_customer(row: Json) -> CustomerRow:
    """A customer.

    Raises:
        Unreadable: It has no id or no name.
    """
    return CustomerRow(
        **_common(row, _needed(row, "DisplayName")),
        display_name=_needed(row, "DisplayName"),
        email=_inner(row, "PrimaryEmailAddr", "Address"),
        company_name=_text(row, "CompanyName"),
        given_name=_text(row, "GivenName"),
        family_name=_text(row, "FamilyName"),
        check_name=_text(row, "PrintOnCheckName"),
        phone=_inner(row, "PrimaryPhone", "FreeFormNumber"),
        postal_code=_inner(row, "BillAddr", "PostalCode"),
        terms_id=_inner(row, "SalesTermRef", "value"),
        currency=_inner(row, "CurrencyRef", "value"),
    )


def read_term(row: Json) -> TermRow:
    """Payment terms.

    Raises:
        Unreadable: They have no id or no name.
    """
    days = row.get("DueDays")
    return TermRow(
        **_common(row, _needed(row, "Name")),
        name=_needed(row, "Name"),
        due_days=None if days is None or "DayOfMonthDue" in row else int(days),
    )


def read_payment_method(row: Json) -> PaymentMethodRow:
    """A payment method.

    Raises:
        Unreadable: It has no id or no name.
    """
    return PaymentMethodRow(**_common(row, _needed(row, "Name")), name=_needed(row, "Name"))


def read_dimension(row: Json) -> DimensionRow:
    """A class or a location.

    Raises:
        Unreadable: It has no id or no name.
    """
    name = _needed(row, "Name")
    return DimensionRow(**_common(row, name), name=name, full_name=_text(row, "FullyQualifiedName") or name)


def read_tax_rate(row: Json) -> TaxRateRow:
    """One rate of sales tax.

    Raises:
        Unreadable: It has no id or no name.
    """
    name, value = _needed(row, "Name"), row.get("RateValue")
    percent = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    return TaxRateRow(**_common(row, name), name=name, percent=percent)


def read_tax_code(row: Json) -> TaxCodeRow:
    """A sales tax code.

    Raises:
        Unreadable: It has no id or no name.
    """
    rates = row.get("SalesTaxRateList")
    details = rates.get("TaxRateDetail") if isinstance(rates, dict) else None
    rates_of_code = [_inner(detail, "TaxRateRef", "value") for detail in details or [] if isinstance(detail, dict)]
    name = _needed(row, "Name")
    return TaxCodeRow(**_common(row, name), name=name, rate_ids=",".join(rate for rate in rates_of_code if rate))


def read_company(answer: Any) -> CompanyFacts:
    """What a company says about itself, from the answer to a read.

    Raises:
        Unreadable: It has no name.
    """
    company = answer.get("CompanyInfo") if isinstance(answer, dict) else None
    if not isinstance(company, dict):
        raise Unreadable
    return CompanyFacts(name=_needed(company, "CompanyName"))


def fiscal_year_begins(row: Json) -> int | None:
    """The month that the company's fiscal years begin with, 1 to 12; None where it says none."""
    said = str(row.get("FiscalYearStartMonth") or "")
    return _MONTHS.index(said) + 1 if said in _MONTHS else None


def read_preferences(row: Json) -> CompanyPreferences:
    """The company's settings."""
    prefs = row.get("CurrencyPrefs")
    currency: Json = prefs if isinstance(prefs, dict) else {}
    return CompanyPreferences(
        home_currency=_inner(currency, "HomeCurrency", "value"),
        closed_through=_closing_date(row),
    )


def _closing_date(row: Json) -> date | None:
    accounting = row.get("AccountingInfoPrefs")
    text = accounting.get("BookCloseDate") if isinstance(accounting, dict) else None
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        raise Unreadable from None


def _common(row: Json, name: str) -> dict[str, Any]:
    return {
        "quickbooks_id": _needed(row, "Id"),
        "sync_token": _text(row, "SyncToken"),
        "active": row.get("Active", True) is True and not name.endswith(DELETED),
    }


def _needed(row: Json, name: str) -> str:
    text = _text(row, name)
    if not text:
        raise Unreadable
    return text


def _text(row: Json, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def _inner(row: Json, name: str, part: str) -> str:
    inner = row.get(name)
    return _text(inner, part) if isinstance(inner, dict) else ""
