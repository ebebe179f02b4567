"""What does a fix change? Decisions, each saved with who took it and why, and nothing else.

Every function changes rows of one company and returns what it did as a sentence for the history. Whether the new
name is good is asked before, see `mapping.name_checks`; what follows from it is prepared after, see
`reconciliation.apply_fix`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.translation import gettext as _

from books.answers import PostingRole
from books.customer_fields import CustomerField
from books.orders import Section
from books.outside.texts import row_number
from books.tenders import method_key
from companies.models import Company
from companies.stored_texts import LONGEST_REASON, in_english
from mapping.account_uses import LINE_TYPE, PAYMENT_METHOD, POSTING, PRODUCT, AccountUse
from mapping.customer_decisions import CustomerChoice, decide
from mapping.models import (
    DecidedOn,
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    Product,
    QuickBooksCustomer,
    QuickBooksItem,
    SourceCustomer,
    payment_method,
)


class CannotResolve(ValueError):
    """The decision that was to be changed is not there any more; the message says so to a person."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One field of one row that names an item or an account."""

    row: Product | LineTypeDefault | PostingAccounts | PaymentMethod
    field: str
    #: None for a field that names an item.
    use: AccountUse | None = None

    @property
    def value(self) -> str:
        """What the field says now."""
        return str(getattr(self.row, self.field))

    def __str__(self) -> str:
        label = str(self.row._meta.get_field(self.field).verbose_name)  # type: ignore[union-attr]
        return label if isinstance(self.row, PostingAccounts) else f"{self.row}, {label}"


# Where names are ------------------------------------------------------------------------------------------------------


def slots_of(company: Company, used_by_key: str, name: str) -> list[Slot]:
    """The fields that a problem's `used_by_key` points to and that say `name` now.

    None when the name does not come from a decision: a line brought it along, or someone changed it meanwhile.
    """
    kind, _colon, key = used_by_key.partition(":")
    if kind == "product":
        row = Product.objects.filter(company=company, pk=_number(key)).first()
        return _saying(name, _product_slots(row) if row else ())
    if kind == "line-type":
        default = LineTypeDefault.objects.filter(company=company, section=key).first()
        return _saying(name, _line_type_slots(default) if default else ())
    if kind == "payment-method":
        methods = PaymentMethod.objects.filter(company=company, pk=_number(key))
        return _saying(name, [Slot(row=row, field="account", use=PAYMENT_METHOD) for row in methods])
    if kind == "posting":
        accounts = PostingAccounts.objects.filter(company=company).first()
        return _saying(
            name,
            [
                posting_slot
                for posting_slot in _posting_slots(accounts)
                if posting_slot.use and posting_slot.use.key == key
            ],
        )
    return []


def account_slots(company: Company, path: str) -> list[Slot]:
    """Every field of the company that names this account."""
    products = Product.objects.filter(company=company, quickbooks_account_name=path).order_by("name", "pk")
    defaults = LineTypeDefault.objects.filter(company=company, item_account_default=path).order_by("pk")
    methods = PaymentMethod.objects.filter(company=company, account=path).order_by("name", "pk")
    accounts = PostingAccounts.objects.filter(company=company).first()
    return [
        *(Slot(row=row, field="quickbooks_account_name", use=PRODUCT) for row in products),
        *(Slot(row=row, field="item_account_default", use=LINE_TYPE) for row in defaults),
        *(Slot(row=row, field="account", use=PAYMENT_METHOD) for row in methods),
        *_saying(path, _posting_slots(accounts)),
    ]


def item_slots(company: Company, name: str) -> list[Slot]:
    """Every field of the company that names this item, by name or number."""
    products = Product.objects.filter(company=company, quickbooks_product_name=name).order_by("name", "pk")
    defaults = LineTypeDefault.objects.filter(company=company, item_name_default=name).order_by("pk")
    return [
        *(Slot(row=row, field="quickbooks_product_name") for row in products),
        *(Slot(row=row, field="item_name_default") for row in defaults),
    ]


def item_slot(company: Company, used_by_key: str, item: str) -> list[Slot]:
    """The field that says, or can say, which item a product or line type is sold as, where it decides on it.

    A product that was found by its SKU or name has an empty one. The Item Name Default of a line type decides only on
    lines that bring no name along, so it must name the item.
    """
    kind, _colon, key = used_by_key.partition(":")
    if kind == "product":
        row = Product.objects.filter(company=company, pk=_number(key)).first()
        return [Slot(row=row, field="quickbooks_product_name")] if row else []
    defaults = LineTypeDefault.objects.filter(company=company, section=key) if kind == "line-type" else ()
    items = QuickBooksItem.objects.filter(company=company, full_name=item).values_list("full_name", "name", "sku")
    names = {text for texts in items for text in texts} - {""}
    return [Slot(row=default, field="item_name_default") for default in defaults if default.item_name_default in names]


def _product_slots(row: Product) -> Iterable[Slot]:
    return (
        Slot(row=row, field="quickbooks_product_name"),
        Slot(row=row, field="quickbooks_account_name", use=PRODUCT),
    )


def _line_type_slots(row: LineTypeDefault) -> Iterable[Slot]:
    return (Slot(row=row, field="item_name_default"), Slot(row=row, field="item_account_default", use=LINE_TYPE))


def _posting_slots(row: PostingAccounts | None) -> list[Slot]:
    if row is None:
        return []
    return [Slot(row=row, field=posting_field(role), use=POSTING[role]) for role in PostingRole]


def posting_field(role: PostingRole) -> str:
    """The field of `PostingAccounts` that holds a role's account."""
    return role.value.replace("-", "_")


def _saying(name: str, slots: Iterable[Slot]) -> list[Slot]:
    return [slot for slot in slots if slot.value == name]


def _number(text: str) -> int:
    return row_number(text) or 0


# What the accountant decides ------------------------------------------------------------------------------------------


def fill(slots: Iterable[Slot], name: str, *, by: User, why: str) -> str:
    """Write a name into fields, for example in place of one that QuickBooks does not have."""
    done = []
    for slot in slots:
        before = slot.value
        setattr(slot.row, slot.field, name)
        _save(slot.row, by=by, why=why)
        done.append(_changed(str(slot), before, name))
    if not done:
        raise CannotResolve(_("The name is no longer used: someone changed it in the meantime. Nothing was saved."))
    return " ".join(done)


def map_product(product: Product, item: str, *, by: User, why: str) -> str:
    """Say which QuickBooks item a product is sold as."""
    return fill([Slot(row=product, field="quickbooks_product_name")], item, by=by, why=why)


def set_line_type(company: Company, section: Section, item: str, *, by: User, why: str) -> str:
    """Set the Item Name Default of a line type."""
    row = LineTypeDefault.objects.filter(company=company, section=section.value).first()
    row = row or LineTypeDefault(company=company, section=section.value)
    return fill([Slot(row=row, field="item_name_default")], item, by=by, why=why)


def set_posting_account(company: Company, role: PostingRole, path: str, *, by: User, why: str) -> str:
    """Set one of the seven posting accounts."""
    row = PostingAccounts.objects.filter(company=company).first() or PostingAccounts(company=company)
    return fill([Slot(row=row, field=posting_field(role), use=POSTING[role])], path, by=by, why=why)


def method_of(company: Company, name: str) -> PaymentMethod:
    """The payment method of that name; one that was never listed is not saved yet."""
    row = PaymentMethod.objects.filter(company=company, name_compared=method_key(name)).first()
    return row or payment_method(company.pk, name)


def set_method_account(company: Company, name: str, path: str, *, by: User, why: str) -> str:
    """Say which account payments of a method belong to."""
    return fill([Slot(row=method_of(company, name), field="account", use=PAYMENT_METHOD)], path, by=by, why=why)


def set_method_money(company: Company, name: str, *, by: User, why: str) -> str:
    """Say that a method is money, which goes to the Payment Debit Account."""
    row = method_of(company, name)
    row.is_money = True
    _save(row, by=by, why=why)
    return _("%(method)s is money: it goes to the Payment Debit Account.") % {"method": row}


# What ops decides -----------------------------------------------------------------------------------------------------


def source_customer(company: Company, customer_key: str) -> SourceCustomer | None:
    """The customer of the source that a problem's `customer_key` means: `<system>:<key in the source>`."""
    system, _colon, key = customer_key.partition(":")
    rows = SourceCustomer.objects.filter(company=company, system=system, source_key=key)
    return rows.select_related("quickbooks_customer").first()


def give_email(customer: SourceCustomer, email: str, *, by: User, why: str) -> str:
    """Enter the billing email that the source does not have. The source is not changed."""
    customer.email_given = email
    _save(customer, by=by, why=why)
    return _("%(customer)s is billed at %(email)s.") % {"customer": customer, "email": email}


def give_field(customer: SourceCustomer, field: CustomerField, text: str, *, by: User, why: str) -> str:
    """Enter what QuickBooks is told in place of a field of the source; an empty text leaves the field out."""
    customer.fields_given = {**customer.fields_given, field.key: text}
    _save(customer, by=by, why=why)
    facts = {"field": _(field.label), "customer": customer, "text": text}
    if not text:
        return _("%(field)s of %(customer)s is left out.") % facts
    return _("%(field)s of %(customer)s is “%(text)s” in QuickBooks.") % facts


def link_customer(customer: SourceCustomer, found: QuickBooksCustomer, *, by: User, why: str) -> str:
    """Say which QuickBooks customer it is, for this and every later order."""
    return _decided(CustomerChoice(customer=customer, found=found), by=by, why=why)


def name_customer(customer: SourceCustomer, name: str, *, by: User, why: str) -> str:
    """Say that it is a new customer, to be created under this name."""
    return _decided(CustomerChoice(customer=customer, new_name=name), by=by, why=why)


def _decided(choice: CustomerChoice, *, by: User, why: str) -> str:
    decide(choice.customer.company, [choice], by=by, decided_on=DecidedOn.ISSUE, why=why)
    return choice.words


# How it is kept -------------------------------------------------------------------------------------------------------


def _save(row: Model, *, by: User, why: str) -> None:
    """Save a decision with its author; one that changes nothing leaves no entry in the history."""
    history: Any = row
    stored = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
    named = [field.attname for field in row._meta.concrete_fields]
    if stored is not None and all(getattr(stored, name) == getattr(row, name) for name in named):
        return
    history._history_user, history._change_reason = by, in_english(why)[:LONGEST_REASON]
    row.save()


def _changed(where: str, before: str, after: str) -> str:
    if not before:
        return _("%(where)s: “%(after)s”.") % {"where": where, "after": after}
    if not after:
        return _("%(where)s: “%(before)s” was taken out.") % {"where": where, "before": before}
    return _("%(where)s: “%(after)s” in place of “%(before)s”.") % {"where": where, "before": before, "after": after}
