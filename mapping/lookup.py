"""What do the lists and decisions say about these orders? A fixed number of queries for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from django.db.models import Q

from books.answers import AccountRef, Answers, Forms, ItemRef, LineAnswer, ListRef, TaxCode
from books.names import DELETED
from books.orders import Line, LineType, Order, Section
from books.problems import ChoiceNotInQuickBooks, Problem
from books.tenders import method_key
from companies.models import Company, CompanyKind
from mapping.answering import (
    DOCUMENT_FORMS,
    RECEIVABLE_TYPES,
    Known,
    KnownMethod,
    KnownProduct,
    TypeDefault,
    answer,
    answer_line,
    methods_of,
)
from mapping.customer_lookup import known_customers
from mapping.matching.customers import answer_customer
from mapping.models import (
    DiscountsAs,
    DocumentForms,
    LineTypeDefault,
    PaymentMethod,
    Product,
    QuickBooksAccount,
    QuickBooksClass,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksPaymentMethod,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    SourceDimensions,
    TaxAs,
)
from mapping.posting_accounts import own_receivable, posting_paths

#: QuickBooks lists these among its items, and refuses them on a line.
NOT_FOR_SALE = ("Category", "Group", "Payment", "Sales Tax", "Sales Tax Group", "Subtotal")
#: QuickBooks' own code, in the United States, for a line that bears no sales tax.
UNTAXED = "NON"


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
    known = _known(company, system, orders)
    customers = known_customers(company, system, orders)
    answers = []
    for order in orders:
        key = customer_document(order.customer.key)
        customer = answer_customer(order.customer, order=order.number, known=customers, document_key=key)
        answers.append(
            answer(
                order,
                known=known,
                customer=customer,
                home=company.home_currency,
                several=company.several_currencies,
            )
        )
    return answers


def answer_products(company: Company, products: Sequence[Product]) -> dict[int, LineAnswer]:
    """Answer what a line of each product would be called, by the product's primary key, before any order sells it."""
    # Several sources may use the same key, so here products go by their own number
    lines = [_line_of(product) for product in products]
    known = {str(product.pk): _known_product(product) for product in products}
    names = {name for product in known.values() for name in (product.item_name, product.name)} - {""}
    skus = {text.strip().casefold() for product in known.values() for text in (product.item_name, product.sku)} - {""}
    items = list(_items(company, names, skus))
    paths = {product.account_path for product in known.values()} - {""}
    accounts = _accounts(company, paths, {item.income_account_id for item in items} - {""})
    by_name, by_sku = _item_refs(items, accounts)
    facts = Known(
        system="",
        rule=company.rule,
        products=known,
        defaults={},
        items_by_name=by_name,
        items_by_sku=by_sku,
        inactive_items=_inactive(items),
        accounts_by_path={account.path: account for account in accounts.values()},
        posting_paths={},
        forms=Forms(names_accounts=company.kind == CompanyKind.DESKTOP),
        classes_by_name=_classes_of(company, {product.class_name for product in known.values()}),
    )
    return {int(line.product_id): answer_line(line, known=facts) for line in lines}


def _line_of(product: Product) -> Line:
    return Line(
        key=str(product.pk),
        line_type=LineType.PRODUCT,
        quantity=Decimal(1),
        unit_price=Decimal(0),
        amount=Decimal(0),
        product_id=str(product.pk),
    )


def _known_product(row: Product) -> KnownProduct:
    return KnownProduct(
        pk=row.pk,
        name=row.name,
        sku=row.sku,
        item_name=row.quickbooks_product_name,
        account_path=row.quickbooks_account_name,
        class_name=row.quickbooks_class,
    )


def _known(company: Company, system: str, orders: Sequence[Order]) -> Known:
    lines = [line for order in orders for line in order.lines]
    products = _products(company, system, {line.product_key for line in lines})
    defaults = _defaults(company)
    posting = posting_paths(company)
    methods = _methods(company, {method_key(method) for order in orders for method in methods_of(order)})
    chosen = _read_choices(company, system)
    names = {
        *(product.item_name for product in products.values()),
        *(product.name for product in products.values()),
        *(default.item_name for default in defaults.values()),
        *chain.from_iterable((line.name, line.description.strip()) for line in lines),
        *(line.product_name or line.label for line in lines),
        *chosen.item_names,
    }
    skus = {text.strip().casefold() for text in (*names, *(product.sku for product in products.values()))}
    skus |= {line.sku.strip().casefold() for line in lines}
    items = list(_items(company, names - {""}, skus - {""}))
    paths = {
        *(product.account_path for product in products.values()),
        *(default.account_path for default in defaults.values()),
        *(method.account_path for method in methods.values()),
        *posting.values(),
    }
    accounts = _accounts(company, paths - {""}, {item.income_account_id for item in items} - {""})
    by_name, by_sku = _item_refs(items, accounts)
    return Known(
        system=system,
        rule=company.rule,
        products=products,
        defaults=defaults,
        items_by_name=by_name,
        items_by_sku=by_sku,
        inactive_items=_inactive(items),
        accounts_by_path={account.path: account for account in accounts.values()},
        posting_paths=posting,
        forms=_forms_of(company, chosen, items=by_name, own_receivable=own_receivable(accounts.values())),
        classes_by_name=_classes_of(
            company, {chosen.source_class, *(product.class_name for product in products.values())}
        ),
        source_class=chosen.source_class,
        methods=methods,
        quickbooks_methods=_quickbooks_methods(company),
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
        for row in PaymentMethod.objects.filter(company=company, name_compared__in=keys)
    }


def _quickbooks_methods(company: Company) -> dict[str, ListRef]:
    rows = QuickBooksPaymentMethod.objects.filter(company=company, active=True).order_by("-pk")
    return {method_key(row.name): ListRef(quickbooks_id=row.quickbooks_id, name=row.name) for row in rows}


def _products(company: Company, system: str, keys: set[str]) -> dict[str, KnownProduct]:
    rows = Product.objects.filter(company=company, system=system, source_key__in=keys)
    return {row.source_key: _known_product(row) for row in rows}


def _defaults(company: Company) -> dict[Section, TypeDefault]:
    return {
        Section(row.section): TypeDefault(
            item_name=row.item_name_default,
            description_as_name=row.pass_item_description_as_the_name,
            account_path=row.item_account_default,
        )
        for row in LineTypeDefault.objects.filter(company=company)
    }


def _items(company: Company, names: set[str], skus: set[str]) -> Iterable[QuickBooksItem]:
    """Items of these names and numbers; inactive ones too, whose names QuickBooks has made longer."""
    names = {*names, *(f"{name}{DELETED}" for name in names)}
    wanted = Q(full_name__in=names) | Q(name__in=names) | Q(sku_compared__in=skus)
    return QuickBooksItem.objects.filter(wanted, company=company).exclude(item_type__in=NOT_FOR_SALE)


def _inactive(items: Iterable[QuickBooksItem]) -> dict[str, str]:
    """The names of inactive items by the names that they had before, and by their numbers as they are compared."""
    rows = [row for row in items if not row.active]
    texts = {text.removesuffix(DELETED): row.full_name for row in rows for text in (row.name, row.full_name)}
    return {row.sku_compared: row.full_name for row in rows if row.sku_compared} | texts


def _accounts(company: Company, paths: set[str], numbers: set[str]) -> dict[str, AccountRef]:
    """Active accounts by their QuickBooks id: those asked for, and every receivable."""
    receivable = Q(account_type__in=RECEIVABLE_TYPES)
    wanted = Q(full_name__in=paths) | Q(quickbooks_id__in=numbers) | receivable
    return {
        row.quickbooks_id: AccountRef(
            quickbooks_id=row.quickbooks_id, path=row.full_name, account_type=row.account_type
        )
        for row in QuickBooksAccount.objects.filter(wanted, company=company, active=True)
    }


_ItemIndex = dict[str, tuple[ItemRef, ...]]


def _item_refs(items: Iterable[QuickBooksItem], accounts: Mapping[str, AccountRef]) -> tuple[_ItemIndex, _ItemIndex]:
    """Items by full name (and by their own name where that is a sub-item's), and by SKU."""
    by_full_name: dict[str, list[ItemRef]] = defaultdict(list)
    by_last_level: dict[str, list[ItemRef]] = defaultdict(list)
    by_sku: dict[str, list[ItemRef]] = defaultdict(list)
    for row in (row for row in items if row.active):
        account = accounts.get(row.income_account_id)
        item = ItemRef(quickbooks_id=row.quickbooks_id, name=row.full_name, income_account=account)
        by_full_name[row.full_name].append(item)
        by_last_level[row.name].append(item)
        if row.sku_compared:
            by_sku[row.sku_compared].append(item)
    # A full name means that item, even where a sub-item ends in the same word
    return _frozen({**by_last_level, **by_full_name}), _frozen(by_sku)


def _frozen(index: Mapping[str, list[ItemRef]]) -> _ItemIndex:
    return {key: tuple(items) for key, items in index.items()}


# What the company chose about transaction types -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Choices:
    """The choices as stored, before the names are looked up."""

    row: DocumentForms
    source_class: str = ""
    source_location: str = ""
    #: By the full name of an active row.
    locations: Mapping[str, ListRef] = field(default_factory=dict)
    tax_code: TaxCode | None = None
    has_untaxed_code: bool = False

    @property
    def item_names(self) -> set[str]:
        """The items that are named among the choices."""
        return {self.row.credit_item, self.row.refund_item} - {""}


def _read_choices(company: Company, system: str) -> _Choices:
    """What the company chose, for what one source sells; three queries, and one for each list that a choice names."""
    row = DocumentForms.objects.filter(company=company).first() or DocumentForms(company=company)
    of_source = SourceDimensions.objects.filter(company=company, system=system).first()
    location = of_source.quickbooks_location if of_source else ""
    return _Choices(
        row=row,
        source_class=of_source.quickbooks_class if of_source else "",
        source_location=location,
        locations=_dimensions(QuickBooksLocation, company, {location}),
        tax_code=_tax_code(company, row.sales_tax_code) if row.sales_tax_as == TaxAs.QUICKBOOKS else None,
        has_untaxed_code=_has_untaxed_code(company),
    )


def _classes_of(company: Company, names: set[str]) -> Mapping[str, ListRef]:
    """Active classes by full name; no query where none is asked for."""
    return _dimensions(QuickBooksClass, company, names)


def _forms_of(
    company: Company,
    chosen: _Choices,
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
    ids = [rate for rate in row.rate_ids.split(",") if rate]
    rates = QuickBooksTaxRate.objects.filter(company=company, quickbooks_id__in=ids).values_list("percent", flat=True)
    known = [rate for rate in rates if rate is not None]
    percent = sum(known, start=Decimal(0)) if ids and len(known) == len(ids) else None
    return TaxCode(quickbooks_id=row.quickbooks_id, name=row.name, percent=percent)
