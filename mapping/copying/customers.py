"""How do the decisions about customers come to the company's twin? Linked only where the same name exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from books.customer_fields import FIELDS_BY_KEY
from companies.models import Company
from mapping.copying.report import BATCH, Copy, MissingInTarget, copied, save, what_is
from mapping.customer_lookup import keep_further
from mapping.models import QuickBooksCustomer, SourceCustomer, SourceCustomerEmail


def copy_customers(copy: Copy) -> None:
    """What people decided about customers; links made by the application come with their orders again."""
    given = ~Q(email_given="") | ~Q(name_given="") | ~Q(fields_given={})
    decided = given | Q(quickbooks_customer__isnull=False, linked_by__isnull=False)
    rows = SourceCustomer.objects.filter(decided, company=copy.source).select_related("quickbooks_customer")
    for batch in _batches(rows.order_by("pk").iterator(chunk_size=BATCH)):
        _copy_some_customers(copy, batch)


def _copy_some_customers(copy: Copy, rows: Sequence[SourceCustomer]) -> None:
    theirs = {
        (row.system, row.source_key): row
        for row in SourceCustomer.objects.filter(
            company=copy.target, source_key__in=[row.source_key for row in rows]
        ).select_related("quickbooks_customer")
    }
    named = _customers_named(copy.target, rows)
    changed: list[SourceCustomer] = []
    new: list[SourceCustomer] = []
    for row in rows:
        place = theirs.get((row.system, row.source_key)) or _new_customer(row, copy.target)
        touched = [_take_text(copy, row, place, name) for name in ("email_given", "name_given")]
        touched.append(_take_fields(copy, row, place))
        touched.append(_take_link(copy, row, place, named))
        if any(touched):
            (new if place._state.adding else changed).append(place)
    for place in (*new, *changed):
        place.keep_compared()
    copy.added += [str(place) for place in new]
    save(copy, SourceCustomer, new, changed)
    if copy.saving:
        keep_further(
            SourceCustomerEmail, copy.target.pk, {customer.pk: customer.billing_email for customer in (*new, *changed)}
        )


def _customers_named(target: Company, rows: Sequence[SourceCustomer]) -> dict[str, list[QuickBooksCustomer]]:
    wanted = {row.quickbooks_customer.display_name for row in rows if row.quickbooks_customer and row.linked_by_id}
    found: dict[str, list[QuickBooksCustomer]] = {}
    for quick_books_customer in QuickBooksCustomer.objects.filter(company=target, active=True, display_name__in=wanted):
        found.setdefault(quick_books_customer.display_name, []).append(quick_books_customer)
    return found


def _new_customer(row: SourceCustomer, target: Company) -> SourceCustomer:
    facts = {name: getattr(row, name) for name in ("system", "source_key", "name", "email")}
    return SourceCustomer(company=target, **facts)


def _take_text(copy: Copy, row: SourceCustomer, place: SourceCustomer, name: str) -> bool:
    before, after = getattr(place, name), getattr(row, name)
    if not after or before == after:
        copy.unchanged += bool(after)
        return False
    setattr(place, name, after)
    label = capfirst(str(SourceCustomer._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    copy.changes.append(copied(SourceCustomer, str(row), label, before, after))
    return True


def _take_fields(copy: Copy, row: SourceCustomer, place: SourceCustomer) -> bool:
    """What QuickBooks is told in place of fields of the source; that a field is left out is a decision too."""
    wanted = {key: text for key, text in row.fields_given.items() if place.fields_given.get(key) != text}
    copy.unchanged += len(row.fields_given) - len(wanted)
    for key in wanted:
        label = _(FIELDS_BY_KEY[key].label) if key in FIELDS_BY_KEY else key
        before, after = (_shown_field(customer.fields_given, key) for customer in (place, row))
        copy.changes.append(copied(SourceCustomer, str(row), label, before, after))
    place.fields_given = {**place.fields_given, **wanted}
    return bool(wanted)


def _shown_field(fields: Mapping[str, str], key: str) -> str:
    return (fields[key] or _("Left out")) if key in fields else ""


def _take_link(
    copy: Copy, row: SourceCustomer, place: SourceCustomer, named: dict[str, list[QuickBooksCustomer]]
) -> bool:
    if not row.quickbooks_customer or not row.linked_by_id:
        return False
    wanted = row.quickbooks_customer.display_name
    kept = place.quickbooks_customer.display_name if place.quickbooks_customer else ""
    label = capfirst(str(SourceCustomer._meta.get_field("quickbooks_customer").verbose_name))
    found = named.get(wanted, [])
    if len(found) != 1:
        sentence = _("QuickBooks has no active customer named “%(name)s”.")
        several = _("More than one QuickBooks customer is named “%(name)s”.")
        why = (several if found else sentence) % {"name": wanted}
        copy.missing.append(
            MissingInTarget(what=what_is(SourceCustomer), name=str(row), field=label, wanted=wanted, kept=kept, why=why)
        )
        return False
    if place.quickbooks_customer_id == found[0].pk:
        copy.unchanged += 1
        return False
    place.quickbooks_customer = found[0]
    place.linked_by_id, place.linked_at = copy.by.pk if copy.by else row.linked_by_id, row.linked_at
    copy.changes.append(copied(SourceCustomer, str(row), label, kept, wanted))
    return True


def _batches(rows: Iterable[SourceCustomer]) -> Iterator[list[SourceCustomer]]:
    batch: list[SourceCustomer] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
