"""What do the lists and decisions say about these orders? A fixed number of queries for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet

from books.answers import AccountRef, Answers, Forms, ItemRef, LineAnswer, ListRef, PostingRole
from books.names import DELETED
from books.orders import Line, LineType, Order, Section
from books.problems import Problem, Unmatched
from books.tenders import method_key
from companies.bulk_sql import KeptQuery, some
from companies.models import Company, CompanyKind
from mapping.answering import (
    NOT_FOR_SALE,
    RECEIVABLE_TYPES,
    Answering,
    answer_line,
    methods_of,
)
from mapping.customer_lookup import known_customers
from mapping.known import Known, KnownMethod, KnownProduct, TypeDefault, known_by
from mapping.matching.customers import answer_customer
from mapping.matching.item_rules import ItemRules, ItemStep, folded_key, like_key, sku_key
from mapping.models import (
    LineTypeDefault,
    PaymentMethod,
    Product,
    QuickBooksAccount,
    QuickBooksItem,
    QuickBooksPaymentMethod,
    SourceItemRules,
    Taxable,
)
from mapping.posting_settings import classes_of, forms_of, own_receivable, posting_paths, read_choices
from mapping.source_switches import item_sync_off


def answer_orders(
    company: Company, system: str, orders: Sequence[Order], *, customer_document: Callable[[str], str]
) -> list[Answers]:
    """Answer everything that some orders of one source ask.

    Args:
        company: Whose books.
        system: The source that the orders come from, such as `keap`.
        orders: Any number; the number of queries is the same for one and for a thousand.
        customer_document: From a customer's key in the source to the key of the document that creates them.

    Returns:
        One answer per order, in the same order.
    """
    known = _known_of_orders(company, system, orders)
    customers = known_customers(company, system, [order.customer for order in orders])
    answering, answers = Answering(known, home=company.home_currency), []
    for order in orders:
        key = customer_document(order.customer.key)
        customer = answer_customer(order.customer, order=order.number, known=customers, document_key=key)
        answers.append(answering.answer(order, customer))
    return answers


def answer_products(company: Company, products: Sequence[Product]) -> dict[int, LineAnswer]:
    """Answer what a line of each product would be called, by the product's primary key, before any order sells it."""
    # Several sources may use the same key, so here products go by their own number
    lines = [_line_of(product) for product in products]
    off = item_sync_off(company)
    decisions = _Decisions(
        products={str(product.pk): _known_product(product, off) for product in products},
        item_rules=item_rules_of(company),
    )
    lists = _read_lists(company, decisions)
    known = _known(company, decisions, lists, forms=Forms(names_accounts=company.kind == CompanyKind.DESKTOP))
    return {int(line.product_id): answer_line(line, known=known) for line in lines}


def item_rules_of(company: Company) -> Mapping[str, ItemRules]:
    """By which rules each source's items are found; as they begin where nothing was decided. One query."""
    decided = {row.system: ItemRules(steps=row.steps) for row in _ITEM_RULES.instances(company.pk)}
    return defaultdict(ItemRules, decided)


_ITEM_RULES = KeptQuery(lambda company: SourceItemRules.objects.filter(company=company))


def _line_of(product: Product) -> Line:
    return Line(
        key=str(product.pk),
        line_type=LineType.PRODUCT,
        quantity=Decimal(1),
        unit_price=Decimal(0),
        amount=Decimal(0),
        product_id=str(product.pk),
    )


def _known_product(row: Product, off: Mapping[str, Problem]) -> KnownProduct:
    return KnownProduct(
        pk=row.pk,
        system=row.system,
        name=row.known_name,
        sku=row.known_sku,
        item_name=row.quickbooks_product_name,
        account_path=row.quickbooks_account_name,
        class_name=row.quickbooks_class,
        taxable=row.taxable == Taxable.YES if row.taxable else None,
        held=off.get(row.system),
    )


@dataclass(frozen=True, kw_only=True)
class _Decisions:
    """What was decided about all that some orders sell and are paid with; the names are not looked up yet."""

    system: str = ""
    products: Mapping[str, KnownProduct]
    defaults: Mapping[Section, TypeDefault] = field(default_factory=dict)
    methods: Mapping[str, KnownMethod] = field(default_factory=dict)
    posting: Mapping[PostingRole, str] = field(default_factory=dict)
    source_class: str = ""
    item_rules: Mapping[str, ItemRules] = field(default_factory=dict)

    @property
    def compares_likeness(self) -> bool:
        """Whether any source finds items by a name that is merely like theirs."""
        return any(ItemStep.LIKE_NAME in rules.steps for rules in self.item_rules.values())

    @property
    def item_names(self) -> set[str]:
        """What an item may be called by them: a product also by its own name."""
        of_products = chain.from_iterable((product.item_name, product.name) for product in self.products.values())
        return {*of_products, *(default.item_name for default in self.defaults.values())} - {""}

    @property
    def account_paths(self) -> set[str]:
        """The accounts that they name."""
        return {
            *(product.account_path for product in self.products.values()),
            *(default.account_path for default in self.defaults.values()),
            *(method.account_path for method in self.methods.values()),
            *self.posting.values(),
        } - {""}

    @property
    def class_names(self) -> set[str]:
        """The classes that they name."""
        return {self.source_class, *(product.class_name for product in self.products.values())}


@dataclass(frozen=True, kw_only=True)
class _Lists:
    """The rows of QuickBooks' lists that have those names."""

    items_by_name: Mapping[str, tuple[ItemRef, ...]]
    items_by_sku: Mapping[str, tuple[ItemRef, ...]]
    items_like: Mapping[str, tuple[ItemRef, ...]]
    inactive_items: Mapping[str, str]
    there: Mapping[tuple[Unmatched, str], str]
    accounts: tuple[AccountRef, ...]


def _known_of_orders(company: Company, system: str, orders: Sequence[Order]) -> Known:
    lines = [line for order in orders for line in order.lines]
    choices = read_choices(company, system)
    decisions = _Decisions(
        system=system,
        products=_products(company, system, {line.product_key for line in lines}),
        defaults=_defaults(company),
        methods=_methods(company, {method_key(method) for order in orders for method in methods_of(order)}),
        posting=posting_paths(company),
        source_class=choices.source_class,
        item_rules=item_rules_of(company),
    )
    lists = _read_lists(company, decisions, lines, names=choices.item_names)
    own = own_receivable(lists.accounts)
    forms = forms_of(company, choices, items=lists.items_by_name, own_receivable=own)
    return _known(company, decisions, lists, forms=forms, quickbooks_methods=_quickbooks_methods(company))


def _read_lists(
    company: Company, decisions: _Decisions, lines: Sequence[Line] = (), *, names: Iterable[str] = ()
) -> _Lists:
    """Look up every name and number that the decisions, some lines and some further names could mean."""
    names = {
        *names,
        *decisions.item_names,
        *chain.from_iterable((line.name, line.description.strip()) for line in lines),
        *(line.product_name or line.label for line in lines),
    }
    numbers = {*names, *(product.sku for product in decisions.products.values()), *(line.sku for line in lines)}
    like = {like_key(name) for name in names} - {""} if decisions.compares_likeness else set()
    folded = {folded_key(product.name) for product in decisions.products.values()}
    folded |= {folded_key(line.product_name or line.label) for line in lines}
    found = list(_items(company, names - {""}, {sku_key(number) for number in numbers} - {""}, folded - {""}, like))
    items = [item for item in found if item.item_type not in NOT_FOR_SALE]
    accounts = _accounts(company, decisions.account_paths, {item.income_account_id for item in items} - {""})
    by_name, by_sku, by_likeness = _item_refs(items, accounts)
    return _Lists(
        items_by_name=by_name,
        items_by_sku=by_sku,
        items_like=by_likeness,
        inactive_items=_inactive(items),
        there=_there(found),
        accounts=tuple(accounts.values()),
    )


def _known(
    company: Company,
    decisions: _Decisions,
    lists: _Lists,
    *,
    forms: Forms,
    quickbooks_methods: Mapping[str, ListRef] | None = None,
) -> Known:
    return Known(
        system=decisions.system,
        rule=company.rule,
        products=decisions.products,
        defaults=decisions.defaults,
        items_by_name=lists.items_by_name,
        items_by_sku=lists.items_by_sku,
        items_like=lists.items_like,
        item_rules=decisions.item_rules,
        inactive_items=lists.inactive_items,
        there=lists.there,
        accounts_by_path={account.path: account for account in lists.accounts},
        posting_paths=decisions.posting,
        forms=forms,
        classes_by_name=classes_of(company, decisions.class_names),
        source_class=decisions.source_class,
        methods=decisions.methods,
        quickbooks_methods=quickbooks_methods or {},
    )


def _methods(company: Company, keys: set[str]) -> dict[str, KnownMethod]:
    return {
        row.name_compared: KnownMethod(
            pk=row.pk,
            name=row.name,
            is_money=row.is_money,
            account_path=row.account,
            quickbooks_method=row.quickbooks_method,
        )
        for row in (_METHODS.instances(company.pk, some(keys)) if keys else ())
    }


_METHODS = KeptQuery(lambda company, keys: PaymentMethod.objects.filter(company=company, name_compared__in=keys))


def _quickbooks_methods(company: Company) -> dict[str, ListRef]:
    rows = _QUICKBOOKS_METHODS.instances(company.pk)
    return {method_key(row.name): ListRef(quickbooks_id=row.quickbooks_id, name=row.name) for row in rows}


_QUICKBOOKS_METHODS = KeptQuery(
    lambda company: QuickBooksPaymentMethod.objects.filter(company=company, active=True).order_by("-pk")
)


def _products(company: Company, system: str, keys: set[str]) -> dict[str, KnownProduct]:
    rows, off = _PRODUCTS.instances(company.pk, system, some(keys)), item_sync_off(company)
    return {row.source_key: _known_product(row, off) for row in rows}


_PRODUCTS = KeptQuery(
    lambda company, system, keys: Product.objects.filter(company=company, system=system, source_key__in=keys)
)


def _defaults(company: Company) -> dict[Section, TypeDefault]:
    return {
        Section(row.section): TypeDefault(
            item_name=row.item_name_default,
            description_as_name=row.pass_item_description_as_the_name,
            account_path=row.item_account_default,
        )
        for row in _DEFAULTS.instances(company.pk)
    }


_DEFAULTS = KeptQuery(lambda company: LineTypeDefault.objects.filter(company=company))


def _items(
    company: Company, names: set[str], skus: set[str], folded: set[str], like: set[str]
) -> Iterable[QuickBooksItem]:
    """Items of these names and numbers, of every type; inactive ones too, whose names QuickBooks has made longer."""
    names = {*names, *(f"{name}{DELETED}" for name in names)}
    alike = (some(like),) if like else ()
    return _items_of(by_likeness=bool(like)).instances(company.pk, some(names), some(skus), some(folded), *alike)


@cache
def _items_of(*, by_likeness: bool) -> KeptQuery[QuickBooksItem]:
    def make(
        company: Any, names: list[str], skus: list[str], folded: list[str], like: Sequence[str] = ()
    ) -> QuerySet[QuickBooksItem]:
        wanted = Q(full_name__in=names) | Q(name__in=names) | Q(sku_compared__in=skus) | Q(name_folded__in=folded)
        if by_likeness:
            wanted |= Q(name_compared__in=like) | Q(full_name_compared__in=like)
        return QuickBooksItem.objects.filter(wanted, company=company)

    return KeptQuery(make)


def _there(items: Iterable[QuickBooksItem]) -> dict[tuple[Unmatched, str], str]:
    """The items that no rule takes for a product, by why and by their SKU and name."""
    there: dict[tuple[Unmatched, str], str] = {}
    for row in items:
        reasons = [Unmatched.NAME_TAKEN]
        if row.active and row.item_type in NOT_FOR_SALE:
            reasons.append(Unmatched.NOT_SOLD)
        elif not row.active and row.item_type not in NOT_FOR_SALE:
            reasons.append(Unmatched.INACTIVE)
        for key in known_by(name=row.name, sku=row.sku):
            there |= {(reason, key): row.full_name for reason in reasons}
    return there


def _inactive(items: Iterable[QuickBooksItem]) -> dict[str, str]:
    """The names of inactive items by the names that they had before, and by their numbers as they are compared."""
    rows = [row for row in items if not row.active]
    texts = {text.removesuffix(DELETED): row.full_name for row in rows for text in (row.name, row.full_name)}
    return {row.sku_compared: row.full_name for row in rows if row.sku_compared} | texts


def _accounts(company: Company, paths: set[str], numbers: set[str]) -> dict[str, AccountRef]:
    """Active accounts by their QuickBooks id: those asked for, and every receivable."""
    return {
        row.quickbooks_id: AccountRef(
            quickbooks_id=row.quickbooks_id, path=row.full_name, account_type=row.account_type
        )
        for row in _ACCOUNTS.instances(company.pk, some(paths), some(numbers))
    }


_ACCOUNTS = KeptQuery(
    lambda company, paths, numbers: QuickBooksAccount.objects.filter(
        Q(full_name__in=paths) | Q(quickbooks_id__in=numbers) | Q(account_type__in=RECEIVABLE_TYPES),
        company=company,
        active=True,
    )
)


_ItemIndex = dict[str, tuple[ItemRef, ...]]


def _item_refs(items: Iterable[QuickBooksItem], accounts: Mapping[str, AccountRef]) -> tuple[_ItemIndex, ...]:
    """Items by full name (and by their own name where that is a sub-item's), by SKU, and by names like theirs."""
    by_full_name: dict[str, list[ItemRef]] = defaultdict(list)
    by_last_level: dict[str, list[ItemRef]] = defaultdict(list)
    by_sku: dict[str, list[ItemRef]] = defaultdict(list)
    by_likeness: dict[str, list[ItemRef]] = defaultdict(list)
    for row in (row for row in items if row.active):
        account = accounts.get(row.income_account_id)
        item = ItemRef(quickbooks_id=row.quickbooks_id, name=row.full_name, income_account=account)
        by_full_name[row.full_name].append(item)
        by_last_level[row.name].append(item)
        if row.sku_compared:
            by_sku[row.sku_compared].append(item)
        for like in {row.name_compared, row.full_name_compared} - {""}:
            by_likeness[like].append(item)
    # A full name means that item, even where a sub-item ends in the same word
    return _frozen({**by_last_level, **by_full_name}), _frozen(by_sku), _frozen(by_likeness)


def _frozen(index: Mapping[str, list[ItemRef]]) -> _ItemIndex:
    return {key: tuple(items) for key, items in index.items()}
