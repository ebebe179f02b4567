"""May an item be created for a product, under which name and with which accounts; and how is it done?

Off until an administrator allows it, with an income and an expense account of types that QuickBooks accepts. An item
is created only where nothing in QuickBooks has its name, in any letter case, active or not.
Source: docs/decisions/0023-creating-items.md
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from books.field_lengths import online
from books.messages import all_worded
from books.names import as_one_level, judge_item_name
from books.outcomes import Refused, TryLater, Unknown
from books.translation import gettext_noop
from companies.models import Company, CompanyKind, take_turns
from companies.signals import announce
from mapping.account_uses import NEW_ITEM_EXPENSE, NEW_ITEM_INCOME
from mapping.company_lists import CompanyLists
from mapping.matching.item_rules import folded_key
from mapping.models import Product, ProductKind, QuickBooksAccount, QuickBooksItem
from mapping.name_checks import check_account
from sync.lists.items.write import CannotWrite, begin, items_of, send
from sync.models import ItemOperation, ItemWrite, PushState
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.items import Stored, bears_mark, named, new_item

#: A person waits while they are created, one after the other.
MOST_AT_ONCE = 25
CREATED = gettext_noop("Created in QuickBooks")
#: So many names are looked for one by one.
_NAMED = 500


@dataclass(frozen=True, kw_only=True)
class PlannedItem:
    """The item that would be created for a product, or why none can be."""

    product: Product
    name: str
    #: A sentence; empty when it can be created.
    why_not: str = ""


def not_allowed(company: Company) -> str:
    """Why the company creates no items; empty when it does."""
    if company.kind != CompanyKind.ONLINE:
        return _("Items of QuickBooks Desktop are made there, and come with the next import of its lists.")
    if not company.creates_items:
        return _("Creating items is off. An administrator can allow it in the company's settings.")
    lists = CompanyLists(company)
    uses = ((NEW_ITEM_INCOME, company.new_item_income_account), (NEW_ITEM_EXPENSE, company.new_item_expense_account))
    for use, path in uses:
        if not path:
            return _("The company's settings name no “%(setting)s”.") % {"setting": use}
        if error := check_account(path, lists, use).error:
            return error
    return ""


def plans(company: Company, products: Iterable[Product]) -> list[PlannedItem]:
    """What would be created for each product, by our copy of the lists; one query for any number of them.

    A name that another of these products has clashes as well as one that QuickBooks has.
    """
    named = [(product, as_one_level(product.known_name)) for product in products]
    taken = _taken(company, [name for _product, name in named])
    planned, among = list[PlannedItem](), dict[str, Product]()
    for product, name in named:
        why_not = _why_not_made(product) or why_no_name(company, name, taken, sku=product.known_sku)
        other = among.setdefault(name.casefold(), product)
        if not why_not and other is not product:
            sentence = _("The product with the id “%(key)s” would have this name too. Give one of them another name.")
            why_not = sentence % {"key": other.source_key}
        planned.append(PlannedItem(product=product, name=name, why_not=why_not))
    return planned


def _why_not_made(product: Product) -> str:
    """Why Tieout makes no item of this kind; empty where it does."""
    if product.kind == ProductKind.BUNDLE:
        return _("A bundle is made of other items. Make an item for it in QuickBooks, and choose that.")
    if product.kind == ProductKind.INVENTORY:
        return _(
            "QuickBooks wants the quantity on hand and a start date of an inventory item. Make it there, and choose it."
        )
    return ""


def why_no_name(company: Company, name: str, taken: dict[str, str] | None = None, *, sku: str = "") -> str:
    """Why an item cannot have this name and SKU; empty when it can. `taken` is for asking about many."""
    verdict = judge_item_name(name, rule=company.rule)
    if not name.strip() or not verdict.ok:
        return all_worded(verdict.messages, _) or _("The name is empty.")
    if why := too_long(sku):
        return why
    if ":" in name:
        return _("A colon would make it part of another item. Choose a name without one.")
    taken = _taken(company, [name]) if taken is None else taken
    return _exists(taken[name.strip().casefold()]) if name.strip().casefold() in taken else ""


def too_long(sku: str) -> str:
    """Why QuickBooks would not take an SKU; empty when it would. It says which item is meant, so it is not cut."""
    length, longest = len(sku.strip()), online("Sku")
    if length <= longest:
        return ""
    sentence = _(
        "The SKU “%(sku)s” has %(length)d characters; QuickBooks keeps %(longest)d. Shorten it in the source, or map "
        "the product to an item that you made in QuickBooks."
    )
    return sentence % {"sku": sku, "length": length, "longest": longest}


def create_item(company: Company, product: Product, name: str, *, by: User) -> str:
    """Create the item for a product and map the product to it. Not inside a transaction.

    Returns:
        The item's name.

    Raises:
        CannotWrite: Nothing was created, or nobody knows; see `sync.lists.items.write.send`.
    """
    if why := not_allowed(company):
        raise CannotWrite(why)
    with items_of(company) as destination:
        if Product.objects.filter(pk=product.pk).exclude(quickbooks_product_name=product.quickbooks_product_name):
            raise CannotWrite(_("Someone has said in the meantime which item it is. Nothing was created."))
        return _create(company, product, name, destination, by=by)


def create_items(company: Company, wanted: Iterable[Product], *, by: User | None) -> list[tuple[Product, str]]:
    """Create the items of several products, each under the product's own name; at most `MOST_AT_ONCE`.

    Returns:
        Each product with why its item was not created; an empty text where it was.

    Raises:
        CannotWrite: None of them can be created.
    """
    if why := not_allowed(company):
        raise CannotWrite(why)
    done = []
    with items_of(company) as destination:
        for product in list(wanted)[:MOST_AT_ONCE]:
            try:
                create_with(company, product, destination, by=by)
                done.append((product, ""))
            except CannotWrite as error:
                done.append((product, str(error)))
    return done


def create_with(company: Company, product: Product, destination: QuickBooksOnline, *, by: User | None) -> str:
    """Create the item of one product under its own name, with QuickBooks open already; see `create_item`.

    Raises:
        CannotWrite: Nothing was created, or nobody knows; also where someone has said meanwhile what it is.
    """
    if Product.objects.filter(pk=product.pk).exclude(quickbooks_product_name="").exists():
        raise CannotWrite(_("Someone has said in the meantime which item it is. Nothing was created."))
    if why := _why_not_made(product):
        raise CannotWrite(why)
    return _create(company, product, as_one_level(product.known_name), destination, by=by)


def _create(company: Company, product: Product, name: str, destination: QuickBooksOnline, *, by: User | None) -> str:
    write = _open_write(company, product) or _new_write(company, product, name.strip(), destination, by)
    stored = send(write, destination, look_up=lambda: _ours(destination, write.name, key_of(product)))
    full_name = str(stored.row.get("FullyQualifiedName") or stored.row["Name"])
    with transaction.atomic():
        take_turns(company)
        row = Product.objects.select_for_update().get(pk=product.pk)
        if row.quickbooks_product_name not in (product.quickbooks_product_name, full_name):
            # Chosen while QuickBooks was asked: a later choice of a person is not written over
            sentence = _(
                "QuickBooks has the item “%(item)s” now. Someone has said in the meantime that the product is "
                "“%(chosen)s”, so it stays that."
            )
            raise CannotWrite(sentence % {"item": full_name, "chosen": row.quickbooks_product_name})
        row.quickbooks_product_name = full_name
        row._history_user, row._change_reason = by, CREATED  # type: ignore[attr-defined]
        row.save(update_fields=["quickbooks_product_name"])
        # sync prepares again what is not sent, reconciliation gathers the issues
        announce(company, by=by)
    return full_name


def key_of(product: Product) -> str:
    """Tells the item of one product from any other."""
    return f"{product.system}:item:{product.source_key}"


def _open_write(company: Company, product: Product) -> ItemWrite | None:
    """What was sent for the product and never answered: that is settled before anything else is sent."""
    rows = ItemWrite.objects.filter(company=company, operation=ItemOperation.CREATE, state=PushState.OPEN)
    return rows.filter(product=product).first()


def _new_write(
    company: Company, product: Product, name: str, destination: QuickBooksOnline, by: User | None
) -> ItemWrite:
    if why := why_no_name(company, name, sku=product.known_sku):
        raise CannotWrite(why)
    there = named(destination, name)
    if not isinstance(there, list):
        raise CannotWrite(_("QuickBooks could not be asked whether it has an item of that name. Nothing was created."))
    if there and not any(bears_mark(item.row, key_of(product)) for item in there):
        raise CannotWrite(_exists(str(there[0].row.get("FullyQualifiedName") or there[0].row["Name"])))
    income, expense = (
        _account(company, path) for path in (company.new_item_income_account, company.new_item_expense_account)
    )
    body = new_item(
        name=name,
        kind="Service" if product.kind == ProductKind.SERVICE else company.new_item_type,
        sku=product.known_sku,
        description=product.description.strip(),
        price=product.price,
        income=income.quickbooks_id,
        expense=expense.quickbooks_id,
        key=key_of(product),
    )
    facts = {"operation": ItemOperation.CREATE, "product": product, "name": name, "account": income.full_name}
    return begin(company, body=body, asked_by=by, **facts)


def _ours(destination: QuickBooksOnline, name: str, key: str) -> Stored | Refused | TryLater | Unknown | None:
    """The item of that name that was created for this key."""
    items = named(destination, name)
    if not isinstance(items, list):
        return items
    return next((item for item in items if bears_mark(item.row, key)), None)


def _account(company: Company, path: str) -> QuickBooksAccount:
    return QuickBooksAccount.objects.filter(company=company, full_name=path, active=True).order_by("pk")[0]


def _taken(company: Company, names: Iterable[str]) -> dict[str, str]:
    """Full names of the items, inactive ones too, that have one of these names, by how it compares.

    The last level of a path is compared: these names are of one level, and so is a full name that one of them could be.
    """
    rows, wanted = QuickBooksItem.objects.filter(company=company), {folded_key(name) for name in names}
    if len(wanted) <= _NAMED:  # of more names the whole list is read
        rows = rows.filter(name_folded__in=sorted(wanted))
    return dict(rows.order_by("pk").values_list("name_folded", "full_name"))


def _exists(name: str) -> str:
    sentence = _(
        "QuickBooks has an item “%(name)s” already, active or not. Map the product to it, or make it active there."
    )
    return sentence % {"name": name}
