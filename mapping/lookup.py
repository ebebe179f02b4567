"""What do the lists and decisions say about these orders? A fixed number of queries for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain

from django.db.models import Q

from books.answers import AccountRef, Answers, Forms, ItemRef, LineAnswer, ListRef, PostingRole, Terms
from books.emails import emails
from books.names import DELETED
from books.orders import Line, LineType, Order, Section
from books.tenders import method_key
from companies.models import Company, CompanyKind
from mapping.addresses import has_any, source_customers_at
from mapping.answering import Known, KnownMethod, KnownProduct, TypeDefault, answer, answer_line, methods_of
from mapping.matching.customers import BookCustomer, KnownCustomer, KnownCustomers, answer_customer
from mapping.merged import Merged
from mapping.models import (
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    Product,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksCustomerEmail,
    QuickBooksItem,
    QuickBooksPaymentMethod,
    QuickBooksTerm,
    SourceCustomer,
)
from mapping.receivables import RECEIVABLE_TYPES, own_receivable
from mapping.transaction_types import classes_of, forms_of, read_choices

#: QuickBooks lists these among its items, and refuses them on a line.
NOT_FOR_SALE = ("Category", "Group", "Payment", "Sales Tax", "Sales Tax Group", "Subtotal")


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
    customers = _known_customers(company, system, orders)
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
    names = {name for one in known.values() for name in (one.item_name, one.name)} - {""}
    skus = {text.strip().casefold() for one in known.values() for text in (one.item_name, one.sku)} - {""}
    items = list(_items(company, names, skus))
    paths = {one.account_path for one in known.values()} - {""}
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
        classes_by_name=classes_of(company, {one.class_name for one in known.values()}),
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
    posting = _posting_paths(company)
    methods = _methods(company, {method_key(method) for order in orders for method in methods_of(order)})
    chosen = read_choices(company, system)
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
        *(one.account_path for one in methods.values()),
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
        forms=forms_of(company, chosen, items=by_name, own_receivable=own_receivable(accounts.values())),
        classes_by_name=classes_of(
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


def _posting_paths(company: Company) -> dict[PostingRole, str]:
    row = PostingAccounts.objects.filter(company=company).first()
    return {role: getattr(row, role.value.replace("-", "_")) for role in PostingRole} if row else {}


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
    return {key: tuple(found) for key, found in index.items()}


def _known_customers(company: Company, system: str, orders: Sequence[Order]) -> KnownCustomers:
    keys = {order.customer.key for order in orders}
    decided = list(
        SourceCustomer.objects.filter(company=company, system=system, source_key__in=keys)
        .select_related("quickbooks_customer")
        .order_by("pk")
    )
    addresses = {address for row in decided for address in emails(row.billing_email)}
    addresses |= {address for order in orders for address in emails(order.customer.email)}
    names = {(row.name_given or row.name).strip().casefold() for row in decided}
    names |= {order.customer.name.strip().casefold() for order in orders}
    terms, merged = _terms(company), Merged(company)
    in_books = list(
        QuickBooksCustomer.objects.filter(
            has_any(QuickBooksCustomerEmail, company, addresses) | Q(name_compared__in=names - {""}), company=company
        )
    )
    return KnownCustomers(
        system=system,
        decided={
            row.source_key: KnownCustomer(
                email=row.billing_email,
                name_given=row.name_given,
                fields=row.fields_given,
                linked=_book_customer(row.quickbooks_customer, terms, merged) if row.quickbooks_customer else None,
            )
            for row in decided
        },
        by_email=_grouped(
            (address, _book_customer(row, terms, merged))
            for row in in_books
            for address in dict.fromkeys((row.email_compared, *emails(row.email)))
        ),
        by_name={row.name_compared: _book_customer(row, terms, merged) for row in in_books if row.active},
        in_source=_sharing(company, system, addresses),
        default_terms=next((term for term in terms.values() if term.name == company.default_terms), None),
    )


def _book_customer(row: QuickBooksCustomer, terms: Mapping[str, Terms], merged: Merged) -> BookCustomer:
    """The customer; where a bookkeeper merged them away, the one that they are now."""
    row = row if row.active else merged.present(row.quickbooks_id) or row
    return BookCustomer(
        quickbooks_id=row.quickbooks_id, name=row.display_name, active=row.active, terms=terms.get(row.terms_id)
    )


def _grouped(pairs: Iterable[tuple[str, BookCustomer]]) -> dict[str, tuple[BookCustomer, ...]]:
    groups: dict[str, list[BookCustomer]] = defaultdict(list)
    for key, customer in pairs:
        groups[key].append(customer)
    return {key: tuple(dict.fromkeys(found)) for key, found in groups.items() if key}


def _sharing(company: Company, system: str, addresses: set[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Key and name of the source's customers by email, oldest first."""
    rows = source_customers_at(company, addresses).filter(system=system)
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows.order_by("pk").only("source_key", "name", "email", "email_given", "email_compared"):
        for address in dict.fromkeys((row.email_compared, *emails(row.billing_email))):
            groups[address].append((row.source_key, row.name or address))
    return {email: tuple(found) for email, found in groups.items()}


def _terms(company: Company) -> dict[str, Terms]:
    return {
        row.quickbooks_id: Terms(quickbooks_id=row.quickbooks_id, name=row.name, due_days=row.due_days)
        for row in QuickBooksTerm.objects.filter(company=company, active=True)
    }
