"""What did the company choose about the forms of its documents, and does QuickBooks know the names among it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from books.answers import AccountRef, Forms, ItemRef, ListRef, TaxCode
from books.problems import ChoiceNotInQuickBooks, Problem
from companies.models import Company, CompanyKind
from mapping.answering import DOCUMENT_FORMS
from mapping.models import (
    DiscountsAs,
    DocumentForms,
    QuickBooksClass,
    QuickBooksLocation,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    SourceDimensions,
    TaxAs,
)

#: QuickBooks' own code, in the United States, for a line that bears no sales tax.
UNTAXED = "NON"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The choices as stored, before the names are looked up."""

    row: DocumentForms
    source_class: str = ""
    source_location: str = ""
    #: Full names that stand for one active row each.
    locations: Mapping[str, ListRef] = field(default_factory=dict)
    tax_code: TaxCode | None = None
    has_untaxed_code: bool = False

    @property
    def item_names(self) -> set[str]:
        """The items that are named among the choices."""
        return {self.row.credit_item, self.row.refund_item} - {""}


def read_choices(company: Company, system: str) -> Chosen:
    """What the company chose, for what one source sells; three queries, and one for each list that a choice names."""
    row = DocumentForms.objects.filter(company=company).first() or DocumentForms(company=company)
    of_source = SourceDimensions.objects.filter(company=company, system=system).first()
    location = of_source.quickbooks_location if of_source else ""
    return Chosen(
        row=row,
        source_class=of_source.quickbooks_class if of_source else "",
        source_location=location,
        locations=_dimensions(QuickBooksLocation, company, {location}),
        tax_code=_tax_code(company, row.sales_tax_code) if row.sales_tax_as == TaxAs.QUICKBOOKS else None,
        has_untaxed_code=_has_untaxed_code(company),
    )


def classes_of(company: Company, names: set[str]) -> Mapping[str, ListRef]:
    """Active classes by full name; no query where none is asked for."""
    return _dimensions(QuickBooksClass, company, names)


def forms_of(
    company: Company,
    chosen: Chosen,
    *,
    items: Mapping[str, tuple[ItemRef, ...]],
    own_receivable: AccountRef | None,
) -> Forms:
    """The choices with their names looked up; what QuickBooks does not have is a problem of every document.

    Args:
        company: Whose choices.
        chosen: As stored.
        items: By name; must hold `chosen.item_names`.
        own_receivable: The receivable account that QuickBooks' own forms move.
    """
    row, problems = chosen.row, list[Problem]()
    desktop = company.kind == CompanyKind.DESKTOP
    quickbooks_tax = row.sales_tax_as == TaxAs.QUICKBOOKS and not desktop
    if quickbooks_tax and row.sales_tax_code and chosen.tax_code is None:
        problems.append(_unknown("sales tax code", row.sales_tax_code))
    location = chosen.locations.get(chosen.source_location)
    if chosen.source_location and not location and not desktop:
        problems.append(_unknown("location", chosen.source_location))
    return Forms(
        sales_receipts=row.sales_receipts,
        discount_lines=row.discounts_as == DiscountsAs.LINE and not desktop,
        quickbooks_tax=quickbooks_tax,
        tax_code=chosen.tax_code,
        has_untaxed_code=chosen.has_untaxed_code,
        credit_item=_item(row.credit_item, items, problems),
        refund_item=_item(row.refund_item, items, problems),
        own_receivable=own_receivable,
        names_accounts=desktop,
        location=None if desktop else location,
        problems=tuple(problems),
    )


def _item(name: str, items: Mapping[str, tuple[ItemRef, ...]], problems: list[Problem]) -> ItemRef | None:
    found = items.get(name, ()) if name else ()
    if name and len(found) != 1:
        problems.append(_unknown("item", name))
    return found[0] if len(found) == 1 else None


def _unknown(what: str, name: str) -> Problem:
    return ChoiceNotInQuickBooks(what=what, name=name, used_by=DOCUMENT_FORMS)


def _dimensions(
    model: type[QuickBooksClass | QuickBooksLocation], company: Company, names: set[str]
) -> Mapping[str, ListRef]:
    wanted = names - {""}
    if not wanted:
        return {}
    rows = model.objects.filter(company=company, active=True, full_name__in=wanted)
    return {row.full_name: ListRef(quickbooks_id=row.quickbooks_id, name=row.full_name) for row in rows}


def _has_untaxed_code(company: Company) -> bool:
    """Whether lines can be told apart from those that QuickBooks would tax by itself."""
    if company.kind == CompanyKind.DESKTOP:
        return False
    return QuickBooksTaxCode.objects.filter(company=company, active=True, quickbooks_id=UNTAXED).exists()


def _tax_code(company: Company, name: str) -> TaxCode | None:
    row = QuickBooksTaxCode.objects.filter(company=company, active=True, name=name).first() if name else None
    if row is None:
        return None
    ids = [one for one in row.rate_ids.split(",") if one]
    rates = QuickBooksTaxRate.objects.filter(company=company, quickbooks_id__in=ids).values_list("percent", flat=True)
    known = [rate for rate in rates if rate is not None]
    percent = sum(known, start=Decimal(0)) if ids and len(known) == len(ids) else None
    return TaxCode(quickbooks_id=row.quickbooks_id, name=row.name, percent=percent)
