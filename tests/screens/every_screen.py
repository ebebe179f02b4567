"""Which pages does the application have? Every address of the resolver, with rows that it can be opened for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from companies.models import Company
from mapping.models import Product, SourceCustomer
from sync.models import ExportBatch, Run
from tests.factories import document_of, prepared
from tests.quickbooks_desktop.factories import a_desktop_company, exported, with_orders
from tests.reconciliation.factories import a_run, an_unmapped_product

#: Addresses that a person's browser never opens by itself: the doors of Django's admin for its own scripts.
NOT_OURS = {"admin:view_on_site", "admin:autocomplete", "admin:jsi18n", "admin:None", "None"}


def every_address(patterns: Iterable[Any] | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """The name of every address with its pattern; names of an app bear its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from every_address(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", pattern


def a_full_company(company: Company) -> dict[str, Any]:
    """Rows for every kind of page of an Online company, and what addresses call them."""
    prepared(company, "2026-08-14  order 3001\nWT-101  199.00\npaid 2026-08-20  Cash  50.00")
    issue = an_unmapped_product(company, "3002")
    run = a_run(company)
    document = document_of(company, "3001")
    return {
        "company": company.slug,
        "reconciliation:document": document.pk,
        "reconciliation:document_restore": document.pk,
        "reconciliation:document_again": document.pk,
        "reconciliation:customer_decisions": SourceCustomer.objects.filter(company=company).latest("pk").pk,
        "reconciliation:order": document.order_id,
        "reconciliation:issue": issue.pk,
        "reconciliation:issue_fix": issue.pk,
        "reconciliation:sync_run": run.pk,
        "reconciliation:sync_run_advance": run.pk,
        "reconciliation:sync_run_again": run.pk,
        "reconciliation:sync_run_stop": run.pk,
        "reconciliation:what_if_product": Product.objects.filter(company=company).latest("pk").pk,
        "system": "keap",
        "vendor": "keap",
        "name": "item",
        "what": "items",
        "page": "posting-accounts",
        "step": "introduction",
        "kind": "product",
        "path": "reference/problems.md",
    }


def a_full_desktop_company() -> dict[str, Any]:
    """The same for a company whose books are in QuickBooks Desktop."""
    company = with_orders(a_desktop_company())
    batch: ExportBatch = exported(company)
    return {"company": company.slug, "number": batch.number, "run": Run.objects.filter(company=company).first()}


def address_of(name: str, pattern: URLPattern, rows: Mapping[str, Any]) -> str | None:
    """The address of a page for these rows; None where they hold none of its kind.

    Args:
        name: With its namespaces, as `every_address` says it.
        pattern: Whose parameters are filled.
        rows: Values by the parameter's name, or for `pk` by the address's.
    """
    given: dict[str, Any] = {}
    for parameter in pattern.pattern.regex.groupindex:
        if parameter in ("object_id", "id"):
            given[parameter] = _latest_of(name, str(rows["company"]))
        elif parameter == "app_label":
            given[parameter] = "mapping"
        else:
            given[parameter] = rows.get(name if parameter == "pk" else parameter)
    if None in given.values():
        return None
    try:
        return reverse(name, kwargs=given)
    except NoReverseMatch:  # the company is in the address that this one is included under
        return reverse(name, kwargs={**given, "company": rows["company"]})


def _latest_of(name: str, company: str) -> str | None:
    """The key of a row of the company, of the model that an address of the admin is about."""
    room, kind, *_ = name.removeprefix("admin:").split("_")
    model: Any = apps.get_model(room, kind)
    rows: QuerySet[Any] = model.objects.all()
    if model is Company:
        rows = rows.filter(slug=company)
    elif any(field.name == "company" for field in model._meta.get_fields()):
        rows = rows.filter(company__slug=company)
    row = rows.order_by("-pk").first()
    return str(row.pk) if row else None
