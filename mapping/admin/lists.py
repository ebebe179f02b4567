"""What does QuickBooks have? Our copy of its lists, to be read and searched; nobody edits them here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from companies.access import standing
from companies.admin.base import ReadOnlyAdmin, ScopedChangeList
from mapping.account_uses import ACCOUNT_TYPES, type_label
from mapping.admin.folded_search import FoldedSearch
from mapping.company_lists import percent_words, percents_of
from mapping.models import (
    QuickBooksAccount,
    QuickBooksClass,
    QuickBooksCustomer,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksTaxCode,
    QuickBooksTerm,
)


class ActiveFilter(SimpleListFilter):
    """Active or inactive in QuickBooks; active ones at first."""

    title = _("in QuickBooks")
    parameter_name = "active"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("yes", _("Active")), ("no", _("Inactive"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(active=self.value() == "yes") if self.value() in ("yes", "no") else queryset


class AccountTypeFilter(SimpleListFilter):
    """The account's type."""

    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return list(ACCOUNT_TYPES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(account_type=self.value()) if self.value() else queryset


class ItemTypeFilter(SimpleListFilter):
    """The item's type, of those that the company's items have."""

    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        items = QuickBooksItem.objects.filter(company=standing(request).company)
        kinds = items.order_by("item_type").values_list("item_type", flat=True).distinct()
        return [(kind, spelled_out(kind)) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(item_type=self.value()) if self.value() else queryset


class ListAdmin(ReadOnlyAdmin):
    """One of QuickBooks' lists."""

    list_before_template = "mapping/parts/list_note.html"
    exclude: Sequence[str] = ("company", "sync_token")

    @admin.display(description=_("in QuickBooks"), ordering="active")
    def state(self, row: Any) -> str:
        tone, words = ("good", _("Active")) if row.active else ("wait", _("Inactive"))
        return format_html('<span class="tie-badge tie-tone-{}">{}</span>', tone, words)


def spelled_out(kind: str) -> str:
    """A type as QuickBooks' own screens write it, from the name that its interface has for it."""
    if kind in _TYPES:
        return str(_TYPES[kind])
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)


_TYPES = {
    "NonInventory": _("Non-inventory"),
    "AccountsReceivable": _("Accounts receivable (A/R)"),
    "AccountsPayable": _("Accounts payable (A/P)"),
}


@admin.register(QuickBooksAccount)
class AccountAdmin(ListAdmin):
    """The chart of accounts."""

    list_display = ("full_name", "type_name", "subtype", "number", "state", "changed_at")
    list_filter = (ActiveFilter, AccountTypeFilter)
    search_fields = ("full_name", "number")
    search_help_text = _("Name, path or number")
    ordering = ("full_name", "pk")

    @admin.display(description=_("type"), ordering="account_type")
    def type_name(self, row: QuickBooksAccount) -> str:
        return type_label(row.account_type)

    @admin.display(description=_("subtype"), ordering="account_subtype")
    def subtype(self, row: QuickBooksAccount) -> str:
        return spelled_out(row.account_subtype)


@admin.register(QuickBooksItem)
class ItemAdmin(ListAdmin):
    """Products and services of QuickBooks."""

    list_display = ("full_name", "sku", "type_name", "income_account", "state", "changed_at")
    list_filter = (ActiveFilter, ItemTypeFilter)
    search_fields = ("full_name", "sku")
    search_help_text = _("Name or SKU")
    ordering = ("full_name", "pk")
    exclude = (
        "company", "sync_token", "sku_compared", "name_folded", "name_compared", "full_name_compared",
        "income_account_id",
    )  # fmt: skip
    readonly_fields = ("income_account",)

    @admin.display(description=_("type"), ordering="item_type")
    def type_name(self, row: QuickBooksItem) -> str:
        return spelled_out(row.item_type)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(income_account_path=_income_account())
        return rows

    @admin.display(description=_("income account"))
    def income_account(self, row: Any) -> str:
        return str(row.income_account_path or "")


@admin.register(QuickBooksCustomer)
class QuickBooksCustomerAdmin(FoldedSearch, ListAdmin):
    """Customers of QuickBooks."""

    list_display = ("display_name", "email", "terms", "currency", "state", "changed_at")
    list_filter = (ActiveFilter,)
    search_fields = ("name_compared", "email_compared")
    search_help_text = _("Name or email")
    ordering = ("name_compared", "pk")
    exclude = (
        "company", "sync_token", "name_compared", "email_compared", "company_compared", "person_compared",
        "check_compared", "company_zip_compared", "phone_compared", "given_name", "family_name", "check_name",
        "terms_id", "merged_into", "merge_checked",
    )  # fmt: skip
    readonly_fields = ("first_name", "last_name", "name_on_checks", "terms")

    @admin.display(description=_("first name"))
    def first_name(self, row: QuickBooksCustomer) -> str:
        return row.given_name

    @admin.display(description=_("last name"))
    def last_name(self, row: QuickBooksCustomer) -> str:
        return row.family_name

    @admin.display(description=_("name to print on checks"))
    def name_on_checks(self, row: QuickBooksCustomer) -> str:
        return row.check_name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(terms_name=_terms_name())
        return rows

    @admin.display(description=_("terms"))
    def terms(self, row: Any) -> str:
        return str(row.terms_name or "")


@admin.register(QuickBooksTerm)
class TermAdmin(ListAdmin):
    """Payment terms."""

    list_display = ("name", "due_days", "state", "changed_at")
    list_filter = (ActiveFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")


class DimensionAdmin(ListAdmin):
    """A list that only says where a sale belongs."""

    list_display = ("full_name", "state", "changed_at")
    list_filter = (ActiveFilter,)
    search_fields = ("full_name",)
    search_help_text = _("Name or path")
    ordering = ("full_name", "pk")


@admin.register(QuickBooksClass)
class ClassAdmin(DimensionAdmin):
    """Classes."""


@admin.register(QuickBooksLocation)
class LocationAdmin(DimensionAdmin):
    """Locations."""


class TaxCodeList(ScopedChangeList):
    """A page of tax codes, whose rates are read for all of its rows together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        percents = percents_of(rows[0].company) if rows else {}
        for row in rows:
            row.percents = percents
        self.result_list = rows


@admin.register(QuickBooksTaxCode)
class TaxCodeAdmin(ListAdmin):
    """Sales tax codes, each with the percent of its rates together."""

    list_display = ("name", "percent", "state", "changed_at")
    list_filter = (ActiveFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")
    exclude = ("company", "sync_token", "rate_ids")
    readonly_fields = ("percent",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ScopedChangeList]:
        return TaxCodeList

    @admin.display(description=_("percent"))
    def percent(self, row: Any) -> str:
        return percent_words(row, getattr(row, "percents", None) or percents_of(row.company))


def _income_account() -> object:
    accounts = QuickBooksAccount.objects.filter(
        company=OuterRef("company"), quickbooks_id=OuterRef("income_account_id")
    )
    return Subquery(accounts.values("full_name")[:1])


def _terms_name() -> object:
    terms = QuickBooksTerm.objects.filter(company=OuterRef("company"), quickbooks_id=OuterRef("terms_id"))
    return Subquery(terms.values("name")[:1])
