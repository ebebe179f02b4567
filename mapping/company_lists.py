"""What do the lists of the company's own QuickBooks hold, and what in them is like this text?

Classes, locations, tax codes and payment methods are short lists, so a person chooses from all of them; items, accounts
and customers are looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Company, CompanyKind
from mapping.account_uses import type_label
from mapping.answering import NOT_FOR_SALE
from mapping.kept_lists import KeptList
from mapping.matching.names import OFFERED, RENAMED, Names, Suggestion, normalized, prepared_names
from mapping.models import (
    FormerName,
    QuickBooksAccount,
    QuickBooksClass,
    QuickBooksCustomer,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksPaymentMethod,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
)

# A customer list can be long; so many rows are fetched and ranked
_CUSTOMERS_RANKED = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedItem:
    """An item, as far as names and numbers go."""

    full_name: str
    name: str
    sku: str
    item_type: str
    active: bool

    @property
    def for_sale(self) -> bool:
        """Whether QuickBooks accepts it on a line."""
        return self.item_type not in NOT_FOR_SALE


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedAccount:
    """An account, as far as its path and type go."""

    path: str
    account_type: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One of the short lists."""

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


class _Items:
    """The items as they were read, and by what they are looked for; each made when it is first asked for."""

    def __init__(self, rows: tuple[tuple[Any, ...], ...]) -> None:
        fields = ("full_name", "name", "sku", "item_type", "active")
        self.rows = tuple(ListedItem(**dict(zip(fields, row, strict=True))) for row in rows)

    @cached_property
    def by_name(self) -> Mapping[str, tuple[ListedItem, ...]]:
        by_last_level = _grouped((item.name, item) for item in self.rows)
        return {**by_last_level, **_grouped((item.full_name, item) for item in self.rows)}

    @cached_property
    def by_number(self) -> Mapping[str, tuple[ListedItem, ...]]:
        return _grouped((item.sku.strip().casefold(), item) for item in self.rows if item.sku.strip())

    @cached_property
    def names(self) -> Names:
        return prepared_names(tuple(item.full_name for item in self.rows if item.active and item.for_sale))


class _Accounts:
    """The accounts as they were read, and by what they are looked for."""

    def __init__(self, rows: tuple[tuple[Any, ...], ...]) -> None:
        self.rows = tuple(ListedAccount(path=path, account_type=kind, active=active) for path, kind, active in rows)
        self._names: dict[tuple[str, ...], Names] = {}

    @cached_property
    def by_path(self) -> Mapping[str, ListedAccount]:
        return {account.path: account for account in sorted(self.rows, key=lambda account: account.active)}

    def names_of(self, types: tuple[str, ...]) -> Names:
        if types not in self._names:
            fitting = (account.path for account in self.rows if account.active and account.account_type in types)
            self._names[types] = prepared_names(tuple(fitting))
        return self._names[types]


# Kept for as long as a list stays as it is: page after page asks for the same ten thousand
_ITEMS = KeptList(
    lambda company: QuickBooksItem.objects.filter(company=company).order_by("full_name", "pk"),
    ("full_name", "name", "sku", "item_type", "active"),
    _Items,
)
_ACCOUNTS = KeptList(
    lambda company: QuickBooksAccount.objects.filter(company=company).order_by("full_name", "pk"),
    ("full_name", "account_type", "active"),
    _Accounts,
)


class CompanyLists:
    """A company's items and accounts, each asked for once: a query or two, see `KeptList`, for any number of texts."""

    def __init__(self, company: Company) -> None:
        """Read nothing yet."""
        self.company = company

    @cached_property
    def items(self) -> tuple[ListedItem, ...]:
        return self._items.rows

    @cached_property
    def _items(self) -> _Items:
        return _ITEMS.of(self.company)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Active classes by full name; none where the company's files carry none."""
        rows = QuickBooksClass.objects.filter(company=self.company, active=True).order_by("full_name")
        return () if self.company.kind == CompanyKind.DESKTOP else tuple(rows.values_list("full_name", flat=True))

    @cached_property
    def accounts(self) -> tuple[ListedAccount, ...]:
        return self._accounts.rows

    @cached_property
    def _accounts(self) -> _Accounts:
        return _ACCOUNTS.of(self.company)

    @cached_property
    def items_by_name(self) -> Mapping[str, tuple[ListedItem, ...]]:
        """Items by full name, and by the last level of it where that is no item's full name."""
        return self._items.by_name

    @cached_property
    def items_by_number(self) -> Mapping[str, tuple[ListedItem, ...]]:
        """Items by SKU, as numbers are compared: trimmed, letter case ignored."""
        return self._items.by_number

    @cached_property
    def accounts_by_path(self) -> Mapping[str, ListedAccount]:
        """Accounts by path; an active one hides an inactive one of the same path."""
        return self._accounts.by_path

    def describe_item(self, name: str) -> str:
        """What an item is, for a person: its full name where that is longer, its number, its type."""
        found = self.items_by_name.get(name) or self.items_by_number.get(name.strip().casefold(), ())
        if len(found) != 1:
            return ""
        item = found[0]
        parts = (item.full_name if item.full_name != name else "", item.sku if item.sku != name else "", item.item_type)
        return " · ".join(filter(None, parts))

    def describe_account(self, path: str) -> str:
        """What an account is, for a person: its type."""
        account = self.accounts_by_path.get(path)
        return type_label(account.account_type) if account else ""

    def renamed_item(self, text: str) -> str:
        """What QuickBooks calls the usable item now that had this name or number; empty where nothing was renamed."""
        return self._now[FormerName.Kind.ITEM].get(text, "")

    def renamed_account(self, path: str) -> str:
        """What QuickBooks calls the active account now that had this path; empty where nothing was renamed."""
        return self._now[FormerName.Kind.ACCOUNT].get(path, "")

    @cached_property
    def _now(self) -> Mapping[str, Mapping[str, str]]:
        """By kind and former name, the present one; a name that two rows have had is left out."""
        former = list(FormerName.objects.filter(company=self.company))
        if not former:
            return {kind: {} for kind in FormerName.Kind.values}
        usable: dict[str, Any] = {
            FormerName.Kind.ITEM: QuickBooksItem.objects.exclude(item_type__in=NOT_FOR_SALE),
            FormerName.Kind.ACCOUNT: QuickBooksAccount.objects.all(),
        }
        present = {
            kind: dict(rows.filter(company=self.company, active=True).values_list("quickbooks_id", "full_name"))
            for kind, rows in usable.items()
        }
        found: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in usable}
        for row in former:
            if row.quickbooks_id in present[row.kind]:
                found[row.kind][row.text].add(present[row.kind][row.quickbooks_id])
        return {
            kind: {text: next(iter(now)) for text, now in texts.items() if len(now) == 1}
            for kind, texts in found.items()
        }

    def like_item(self, text: str, *, limit: int = OFFERED) -> tuple[Suggestion, ...]:
        """Items that can be on a line, most like `text` first."""
        return _renamed_first(self.renamed_item(text), self._items.names.like(text, limit=limit))

    def like_account(self, text: str, types: tuple[str, ...], *, limit: int = OFFERED) -> tuple[Suggestion, ...]:
        """Active accounts of these types, most like `text` first."""
        renamed = self.renamed_account(text)
        account = self.accounts_by_path.get(renamed)
        fits = account is not None and account.account_type in types
        return _renamed_first(renamed if fits else "", self._accounts.names_of(types).like(text, limit=limit))


def like_customer(company: Company, text: str, *, limit: int = OFFERED) -> tuple[Suggestion, ...]:
    """Active QuickBooks customers whose name is like `text`: those that share its longest word, ranked."""
    words = sorted(normalized(text).split(), key=len, reverse=True)
    rows = QuickBooksCustomer.objects.filter(company=company, active=True)
    near = rows.filter(name_compared__contains=words[0][:5]) if words else rows.none()
    return Names(near.order_by("pk").values_list("display_name", flat=True)[:_CUSTOMERS_RANKED]).like(text, limit=limit)


def _renamed_first(renamed: str, near: tuple[Suggestion, ...]) -> tuple[Suggestion, ...]:
    """The new name of what was renamed, before everything that is only like it."""
    if not renamed:
        return near
    return (
        Suggestion(text=renamed, likeness=100, reason=RENAMED),
        *(offered for offered in near if offered.text != renamed),
    )


def texts(suggestions: Iterable[Suggestion]) -> tuple[str, ...]:
    """Only the names, in the same order."""
    return tuple(suggestion.text for suggestion in suggestions)


def _grouped(pairs: Iterable[tuple[str, ListedItem]]) -> dict[str, tuple[ListedItem, ...]]:
    groups: dict[str, list[ListedItem]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return {key: tuple(items) for key, items in groups.items()}


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
    ids = [rate for rate in code.rate_ids.split(",") if rate]
    known = [percent for rate in ids if (percent := rates.get(rate)) is not None]
    if not ids or len(known) < len(ids):
        return _("no percent stated")
    return f"{sum(known, start=Decimal(0)).normalize():f} %"
