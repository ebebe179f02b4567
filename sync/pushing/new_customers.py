"""What follows once QuickBooks has a new customer? It joins our copy of the list, and the source's customer is linked.

Source:
    docs/decisions/0052-batches.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from books.contact_details import country_of
from books.documents import NewCustomer
from companies.bulk_sql import KeptQuery, write_each
from mapping.customer_lookup import keep_further
from mapping.kept_suggestions import list_changed
from mapping.matching.customers import compared_columns
from mapping.models import QuickBooksCustomer, QuickBooksCustomerEmail, SourceCustomer
from sync.models import Connection, Document
from sync.preparing.builders.plan import creates


@dataclass(frozen=True, kw_only=True)
class CreatedCustomer:
    """A new customer that QuickBooks has."""

    document: Document
    value: NewCustomer
    quickbooks_id: str
    sync_token: str
    #: QuickBooks had this customer already, and a person said that it is the one: what it says there counts.
    adopted: bool = False


def columns_of(customer: NewCustomer, *, country: str) -> dict[str, str]:
    """What our copy keeps of a customer, as reading the list of QuickBooks would."""
    told = {
        "display_name": customer.display_name,
        "email": customer.email,
        "company_name": customer.company_name,
        "given_name": customer.given_name,
        "family_name": customer.family_name,
        "check_name": customer.check_name or customer.display_name,
        "phone": customer.phone,
        "postal_code": customer.billing.postal_code,
    }
    return told | compared_columns(told, country=country)


def learn_customers(created: Sequence[CreatedCustomer]) -> None:
    """Add new customers of one company to our copy of QuickBooks' list, and link the source's customers to them."""
    if not created:
        return
    company, now = created[0].document.company_id, timezone.now()
    country = country_of(created[0].value.currency)
    rows = [
        QuickBooksCustomer(
            company_id=company,
            quickbooks_id=customer.quickbooks_id,
            **columns_of(customer.value, country=country),
            currency=customer.value.currency,
            sync_token=customer.sync_token,
            active=True,
            changed_at=now,
        )
        for customer in created
    ]
    known = _known([customer for customer in created if customer.adopted])
    rows = [known.get(row.quickbooks_id, row) for row in rows]
    QuickBooksCustomer.objects.bulk_create(
        [row for row in rows if row.quickbooks_id not in known],
        update_conflicts=True,
        unique_fields=["company", "quickbooks_id"],
        update_fields=[
            *columns_of(created[0].value, country=country),
            *("currency", "sync_token", "active", "changed_at"),
        ],
    )
    keep_further(
        QuickBooksCustomerEmail, company, {row.pk: row.email for row in rows if row.quickbooks_id not in known}
    )
    list_changed(company)
    _link(created, rows)


def _known(adopted: Sequence[CreatedCustomer]) -> dict[str, QuickBooksCustomer]:
    """Those of our copy of the list that are active, by QuickBooks id."""
    if not adopted:
        return {}
    ids = [customer.quickbooks_id for customer in adopted]
    rows = QuickBooksCustomer.objects.filter(company=adopted[0].document.company_id, quickbooks_id__in=ids, active=True)
    return {row.quickbooks_id: row for row in rows}


def _link(created: Sequence[CreatedCustomer], rows: Sequence[QuickBooksCustomer]) -> None:
    """Link every customer of the sources that one of the documents was to create, and who is not linked yet."""
    company = rows[0].company_id
    by_document = {customer.document.pk: (customer.document, row) for customer, row in zip(created, rows, strict=True)}
    buyers = {*_OWN.rows(sorted(by_document)), *_FOLLOWERS.rows(sorted(by_document))}
    systems = dict(_SYSTEMS.rows(company))
    wanted: dict[tuple[str, str], QuickBooksCustomer] = {}
    for pk, buyer in buyers:
        document, row = by_document[pk]
        system = systems[document.order.connection_id]
        # The order that asked first may have another customer by now
        if creates(document.key, system=system, customer=buyer):
            wanted[system, buyer] = row
    linked: dict[int, tuple[int]] = {}
    waiting = _UNLINKED.rows(company, sorted({key for _, key in wanted})) if wanted else []
    for pk, system, key in waiting:
        mine = wanted.get((system, key))
        if mine is not None:
            linked[pk] = (mine.pk,)
    write_each(SourceCustomer, ("quickbooks_customer",), linked, linked_at=timezone.now())


_OWN = KeptQuery(lambda documents: Document.objects.filter(pk__in=documents).values_list("pk", "order__customer_key"))
_FOLLOWERS = KeptQuery(
    lambda documents: Document.objects.filter(depends_on__in=documents).values_list("depends_on", "order__customer_key")
)
_SYSTEMS = KeptQuery(lambda company: Connection.objects.filter(company=company).values_list("pk", "system"))
_UNLINKED = KeptQuery(
    lambda company, keys: SourceCustomer.objects.filter(
        company=company, source_key__in=keys, quickbooks_customer=None
    ).values_list("pk", "system", "source_key")
)
