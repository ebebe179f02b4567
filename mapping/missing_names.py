"""Which names in decisions does QuickBooks not have any more, whether or not an order needs them yet?

Asked after every reading of the lists and every decision, so it reads names, not rows: a fixed number of queries,
whatever the number of products.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from books.names import DELETED, judge_account_path, judge_item_name
from companies.models import Company, CompanyKind
from mapping.company_lists import CompanyLists
from mapping.models import LineTypeDefault, PaymentMethod, PostingAccounts, Product
from mapping.posting_accounts import FIELDS

#: So many places are named in a sentence; the issue's page lists all of them.
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class MissingName:
    """One name that decisions give and QuickBooks does not have."""

    text: str
    is_item: bool
    #: Words for the first places that say it, and how many more there are.
    places: tuple[str, ...]
    more: int
    #: Of the first place, as fixes understand it.
    key: str
    inactive: bool
    #: What QuickBooks calls it now; empty where it was not renamed.
    renamed_to: str

    @property
    def used_by(self) -> str:
        """The places in words."""
        words = "; ".join(self.places)
        return f"{words}; +{self.more}" if self.more else words


@dataclass(frozen=True, kw_only=True)
class _Place:
    words: str
    key: str


def missing_names(company: Company) -> list[MissingName]:
    """Every such name, items first. Nothing while a list has never been read: then nothing can be known."""
    lists = CompanyLists(company)
    return [*_items(company, lists), *_accounts(company, lists)]


def _items(company: Company, lists: CompanyLists) -> Iterator[MissingName]:
    if not lists.items:
        return
    there = {name for item in lists.items if item.active and item.for_sale for name in (item.full_name, item.name)}
    numbers = {item.sku.strip().casefold() for item in lists.items if item.active and item.for_sale} - {""}
    known = {name.removesuffix(DELETED) for item in lists.items for name in (item.full_name, item.name, item.sku)}
    for text, places in _item_places(company).items():
        is_there = text in there or text.strip().casefold() in numbers
        if not is_there and judge_item_name(text, rule=company.rule).ok:  # else it breaks the rule, another cause
            yield _missing_name(text, places, is_item=True, inactive=text in known, renamed_to=lists.renamed_item(text))


def _accounts(company: Company, lists: CompanyLists) -> Iterator[MissingName]:
    if not lists.accounts:
        return
    for text, places in _account_places(company).items():
        account = lists.accounts_by_path.get(text) or lists.accounts_by_path.get(f"{text}{DELETED}")
        if account and account.active:
            continue
        if judge_account_path(text, rule=company.rule).ok:
            new = lists.renamed_account(text)
            yield _missing_name(text, places, is_item=False, inactive=account is not None, renamed_to=new)


def _missing_name(text: str, places: list[_Place], *, is_item: bool, inactive: bool, renamed_to: str) -> MissingName:
    return MissingName(
        text=text,
        is_item=is_item,
        places=tuple(place.words for place in places[:_NAMED]),
        more=max(0, len(places) - _NAMED),
        key=places[0].key,
        inactive=inactive,
        renamed_to=renamed_to,
    )


def _item_places(company: Company) -> dict[str, list[_Place]]:
    places: dict[str, list[_Place]] = defaultdict(list)
    products = Product.objects.filter(company=company).exclude(quickbooks_product_name="")
    defaults = LineTypeDefault.objects.filter(company=company).exclude(item_name_default="")
    if company.kind == CompanyKind.DESKTOP:  # a line of its files needs no item where an account is given
        products, defaults = products.filter(quickbooks_account_name=""), defaults.filter(item_account_default="")
    columns = ("pk", "name", "quickbooks_product_name")
    for number, name, text in products.order_by("name", "pk").values_list(*columns):
        places[text].append(_product(number, name))
    for row in defaults.order_by("pk"):
        places[row.item_name_default].append(_line_type(row))
    return places


def _account_places(company: Company) -> dict[str, list[_Place]]:
    places: dict[str, list[_Place]] = defaultdict(list)
    products = Product.objects.filter(company=company).exclude(quickbooks_account_name="")
    columns = ("pk", "name", "quickbooks_account_name")
    for number, name, text in products.order_by("name", "pk").values_list(*columns):
        places[text].append(_product(number, name))
    for row in LineTypeDefault.objects.filter(company=company).exclude(item_account_default="").order_by("pk"):
        places[row.item_account_default].append(_line_type(row))
    for method in PaymentMethod.objects.filter(company=company).exclude(account="").order_by("name", "pk"):
        places[method.account].append(_Place(words=f"payment method {method}", key=f"payment-method:{method.pk}"))
    for accounts in PostingAccounts.objects.filter(company=company):
        for name, role in FIELDS.items():
            if text := getattr(accounts, name):
                places[text].append(_Place(words=role.label, key=f"posting:{role.value}"))
    return places


def _product(number: int, name: str) -> _Place:
    return _Place(words=f"product {name}", key=f"product:{number}")


def _line_type(row: LineTypeDefault) -> _Place:
    return _Place(words=f"line type {row}", key=f"line-type:{row.section}")
