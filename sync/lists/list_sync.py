"""How does a page of a QuickBooks list become rows of our copy? Only what differs is written, in bulk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from books.contact_details import country_of
from companies.bulk_sql import chunks
from companies.models import Company
from mapping.customer_lookup import keep_further
from mapping.kept_suggestions import list_changed
from mapping.matching.customers import compared_columns
from mapping.matching.item_rules import item_columns
from mapping.models import (
    FormerName,
    QuickBooksAccount,
    QuickBooksClass,
    QuickBooksCustomer,
    QuickBooksCustomerEmail,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksPaymentMethod,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    QuickBooksTerm,
)
from sync.models import DoubtedList, touch_names
from sync.quickbooks_online.list_parsers import (
    ListRow,
    read_account,
    read_customer,
    read_dimension,
    read_item,
    read_payment_method,
    read_tax_code,
    read_tax_rate,
    read_term,
)

Columns = dict[str, Any]
_AT_ONCE = 500
#: Fewer missing rows than this are believed, as long as the list names any.
_FEW = 5


@dataclass(kw_only=True)
class ListCounts:
    """What reading one list came to."""

    #: Rows that QuickBooks holds, inactive ones too.
    total: int = 0
    new: int = 0
    changed: int = 0
    #: Rows that were active before and are not any more, or are not there any more.
    gone: int = 0
    #: Rows that QuickBooks did not name, and that stay active until a person confirms it: too many to be believed.
    missing: int = 0

    @property
    def anything(self) -> bool:
        """Whether our copy is another than before."""
        return bool(self.new or self.changed or self.gone)

    def add(self, page: ListCounts) -> None:
        """Count a further page of the same list."""
        for name, number in asdict(page).items():
            setattr(self, name, getattr(self, name) + number)


@dataclass(frozen=True, kw_only=True)
class ListKind:
    """One of QuickBooks' lists."""

    #: In our words, for counts.
    name: str
    #: In Intuit's words.
    entity: str
    model: Any
    read: Callable[[Mapping[str, Any]], ListRow]
    #: What is kept beside what was read, to compare by.
    also: Callable[[Columns, Company], Columns] = lambda columns, company: {}
    #: Not every company has it: refused, it counts as empty.
    optional: bool = False
    #: Whether QuickBooks tells what changed in it.
    tells_changes: bool = True


def _item_also(columns: Columns, company: Company) -> Columns:
    return item_columns(**{name: columns[name] for name in ("name", "full_name", "sku")})


def _customer_also(columns: Columns, company: Company) -> Columns:
    return compared_columns(columns, country=country_of(company.home_currency))


#: In the order in which they are read.
LISTS = (
    ListKind(name="accounts", entity="Account", model=QuickBooksAccount, read=read_account),
    ListKind(name="items", entity="Item", model=QuickBooksItem, read=read_item, also=_item_also),
    ListKind(name="terms", entity="Term", model=QuickBooksTerm, read=read_term),
    ListKind(
        name="payment methods",
        entity="PaymentMethod",
        model=QuickBooksPaymentMethod,
        read=read_payment_method,
        optional=True,
    ),
    ListKind(name="customers", entity="Customer", model=QuickBooksCustomer, read=read_customer, also=_customer_also),
    ListKind(name="classes", entity="Class", model=QuickBooksClass, read=read_dimension, optional=True),
    ListKind(name="locations", entity="Department", model=QuickBooksLocation, read=read_dimension, optional=True),
    ListKind(
        name="tax rates",
        entity="TaxRate",
        model=QuickBooksTaxRate,
        read=read_tax_rate,
        optional=True,
        tells_changes=False,
    ),
    ListKind(
        name="tax codes",
        entity="TaxCode",
        model=QuickBooksTaxCode,
        read=read_tax_code,
        optional=True,
        tells_changes=False,
    ),
)


def keep_page(company: Company, kind: ListKind, rows: Sequence[ListRow], *, now: datetime) -> ListCounts:
    """Bring our copy of these rows up to date; a row that is as it was is not written.

    Args:
        company: Whose copy.
        kind: The list.
        rows: Of it, as QuickBooks has them.
        now: The moment that new rows and changed ones are marked with.
    """
    told = {row.quickbooks_id: _columns(company, kind, row) for row in rows}
    if not told:
        return ListCounts()
    names = list(next(iter(told.values())))
    held = {row.pop("quickbooks_id"): row for row in _held(company, kind, told).values("quickbooks_id", *names)}
    new = [key for key in told if key not in held]
    differ = [key for key in told if key in held and held[key] != told[key]]
    kind.model.objects.bulk_create(
        [kind.model(company=company, quickbooks_id=key, changed_at=now, **told[key]) for key in (*new, *differ)],
        update_conflicts=True,
        unique_fields=["company", "quickbooks_id"],
        update_fields=[*names, "changed_at"],
    )
    if kind.model is QuickBooksCustomer:
        fields = dict(_held(company, kind, {*new, *differ}).values_list("pk", "email"))
        keep_further(QuickBooksCustomerEmail, company.pk, fields)
        if new or differ:
            list_changed(company.pk)
    _remember(company, kind, {key: (held[key], told[key]) for key in differ}, now)
    if kind.name in _NAMED_BY and (new or differ):
        touch_names(company)
    gone = sum(1 for key in differ if held[key]["active"] and not told[key]["active"])
    return ListCounts(total=len(told), new=len(new), changed=len(differ) - gone, gone=gone)


def nearly_empty(*, missing: int, named: int) -> bool:
    """Whether so much of a list is missing that reading it probably went wrong.

    Args:
        missing: Active rows of our copy that QuickBooks did not name.
        named: Active rows that it named, new ones too.
    """
    return missing > 0 and (named == 0 or (missing >= _FEW and missing > named))


def believed(company: Company, name: str, *, missing: Sequence[int], named: int) -> bool:
    """Whether what a list left out is gone; if not, the question is kept until a person answers or the list is whole.

    Args:
        company: Whose list.
        name: Of the list.
        missing: Keys of the rows that it left out.
        named: How many rows it named.
    """
    DoubtedList.objects.filter(company=company, name=name).delete()
    if not nearly_empty(missing=len(missing), named=named):
        return True
    DoubtedList.objects.create(company=company, name=name, missing=list(missing), read_at=timezone.now())
    return False


def mark_gone(company: Company, kind: ListKind, seen: Set[str], *, begun: datetime) -> ListCounts:
    """Make inactive what QuickBooks did not name, unless that is so much that a person has to confirm it.

    Args:
        company: Whose copy.
        kind: The list, read to its end.
        seen: The ids of all its rows.
        begun: When reading began. What was learned since, such as a customer just created, may not be in the answers.

    Returns:
        How many active rows are gone, or how many are missing and were left as they are.
    """
    active = kind.model.objects.filter(company=company, active=True)
    rows = active.values_list("pk", "quickbooks_id", "changed_at").iterator(chunk_size=2000)
    named, missing = 0, []
    for pk, key, changed_at in rows:
        if key in seen:
            named += 1
        elif changed_at < begun:
            missing.append(pk)
    if not believed(company, kind.name, missing=missing, named=named):
        return ListCounts(missing=len(missing))
    make_inactive(company, kind, missing)
    return ListCounts(gone=len(missing))


def mark_deleted(company: Company, kind: ListKind, deleted: Sequence[str]) -> ListCounts:
    """Make inactive what QuickBooks says was deleted.

    Args:
        company: Whose copy.
        kind: The list.
        deleted: Ids in QuickBooks.
    """
    rows = list(_held(company, kind, set(deleted)).filter(active=True).values_list("pk", flat=True))
    make_inactive(company, kind, rows)
    return ListCounts(gone=len(rows))


def make_inactive(company: Company, kind: ListKind, rows: Sequence[int]) -> None:
    """Make rows of our copy inactive; links and history go on pointing to them."""
    if rows and kind.name in _NAMED_BY:
        touch_names(company)
    if rows and kind.model is QuickBooksCustomer:
        list_changed(company.pk)
    for numbers in chunks(rows, _AT_ONCE):
        kind.model.objects.filter(pk__in=numbers).update(active=False, changed_at=timezone.now())


#: The columns by which a mapping may name a row, by the list's name.
_NAMED_BY = {
    "accounts": (FormerName.Kind.ACCOUNT, ("full_name",)),
    "items": (FormerName.Kind.ITEM, ("full_name", "name", "sku")),
}


def _remember(company: Company, kind: ListKind, changed: Mapping[str, tuple[Columns, Columns]], now: datetime) -> None:
    """Keep what a renamed row was called: decisions may still say so."""
    if kind.name not in _NAMED_BY:
        return
    list_kind, names = _NAMED_BY[kind.name]
    FormerName.objects.bulk_create(
        [
            FormerName(company=company, kind=list_kind, quickbooks_id=key, text=text, until=now)
            for key, (before, after) in changed.items()
            for text in dict.fromkeys(before[name] for name in names if before[name] and before[name] != after[name])
        ],
        update_conflicts=True,
        unique_fields=["company", "kind", "quickbooks_id", "text"],
        update_fields=["until"],
    )


def _columns(company: Company, kind: ListKind, row: ListRow) -> Columns:
    columns = dict(vars(row))  # all plain values, which `asdict` would copy one by one
    del columns["quickbooks_id"]
    return columns | kind.also(columns, company)


def _held(company: Company, kind: ListKind, keys: Set[str] | Mapping[str, Any]) -> Any:
    return kind.model.objects.filter(company=company, quickbooks_id__in=list(keys))
