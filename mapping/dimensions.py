"""Which classes, locations and sales tax codes has the company, and is this one of them?

These lists are short, so a person chooses from all of them; a name is still checked, because it may come from a
spreadsheet, from another company, or from a time when QuickBooks had it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Company, CompanyKind
from mapping.checking import Finding, check_item
from mapping.matching.names import Names
from mapping.models import (
    QuickBooksClass,
    QuickBooksLocation,
    QuickBooksPaymentMethod,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
)
from mapping.suggestions import CompanyLists


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One of the lists."""

    model: Any
    #: The column that names a row.
    column: str
    #: What is said of a name that is not in it; a marked sentence.
    missing: str


LISTED: Mapping[str, Listed] = {
    "class": Listed(
        model=QuickBooksClass,
        column="full_name",
        missing=gettext_noop("QuickBooks has no active class “%(name)s”."),
    ),
    "location": Listed(
        model=QuickBooksLocation,
        column="full_name",
        missing=gettext_noop("QuickBooks has no active location “%(name)s”."),
    ),
    "tax-code": Listed(
        model=QuickBooksTaxCode,
        column="name",
        missing=gettext_noop("QuickBooks has no active sales tax code “%(name)s”."),
    ),
    "payment-method": Listed(
        model=QuickBooksPaymentMethod,
        column="name",
        missing=gettext_noop("QuickBooks has no active payment method “%(name)s”."),
    ),
}


def names_of(company: Company, listed: Listed) -> list[str]:
    """The active names of one of the lists, by the alphabet; none for a company whose files carry no such thing."""
    if company.kind == CompanyKind.DESKTOP:
        return []
    rows = listed.model.objects.filter(company=company, active=True).order_by(listed.column)
    return list(dict.fromkeys(rows.values_list(listed.column, flat=True)))


def check_choice(text: str, company: Company, listed: Listed) -> Finding:
    """Judge the name of a class, a location or a tax code; it must be an active one, letter for letter."""
    name = text.strip()
    known = names_of(company, listed) if name else []
    if not name or name in known:
        return Finding(text=name)
    error = _(listed.missing) % {"name": name}
    return Finding(text=text, error=error, suggestions=Names(known).like(name))


def check_item_name(text: str, lists: CompanyLists) -> Finding:
    """Judge a text that has to be an item's name; its number is not enough."""
    found = check_item(text, lists)
    if found.error or not found.text or not lists.items or found.text in lists.items_by_name:
        return found
    item = lists.items_by_number[found.text.strip().casefold()][0].full_name
    error = _("“%(number)s” is the number of the item “%(item)s”. Here the item is named.")
    return Finding(text=text, error=error % {"number": text, "item": item}, suggestions=lists.like_item(item, limit=1))


def tax_codes(company: Company) -> list[tuple[str, str]]:
    """The active sales tax codes by name, each with its percent in words."""
    if company.kind == CompanyKind.DESKTOP:
        return []
    rates = percents_of(company)
    rows = QuickBooksTaxCode.objects.filter(company=company, active=True).order_by("name")
    return [(row.name, f"{row.name} · {percent_words(row, rates)}") for row in rows]


def percents_of(company: Company) -> dict[str, Decimal | None]:
    """The percent of every tax rate by its id; None where QuickBooks states none."""
    return dict(QuickBooksTaxRate.objects.filter(company=company).values_list("quickbooks_id", "percent"))


def percent_words(code: QuickBooksTaxCode, rates: Mapping[str, Decimal | None]) -> str:
    """The percent of all rates of a code together; in words where QuickBooks states none."""
    ids = [one for one in code.rate_ids.split(",") if one]
    found = [rates.get(one) for one in ids]
    known = [one for one in found if one is not None]
    if not ids or len(known) < len(ids):
        return _("no percent stated")
    return f"{sum(known, start=Decimal(0)).normalize():f} %"
