"""What did the source say? Staged orders, every version of them, never edited, and the customers that they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from books.field_lengths import online
from books.orders import Order, OrderStatus
from books.outside.texts import compared
from books.serialization import read_order
from books.statuses import LONGEST_STATUS
from companies.bulk_sql import KeptQuery, some
from companies.models import Company
from mapping.models import PREFIX_LENGTH
from sync.models.connections import Connection
from sync.models.runs import Run


class StagedOrder(models.Model):
    """One order of one source, at its newest version. Narrow: lists read it, the evidence is in its versions."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="orders", verbose_name=_("company"))
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="orders", verbose_name=_("source"))
    source_id = models.CharField(_("id in the source"), max_length=120)
    number = models.CharField(_("number"), max_length=120)
    #: What a person gave the order in place of a number that QuickBooks cannot keep; empty where nobody did.
    number_given = models.CharField(_("number in QuickBooks"), max_length=online("DocNumber"), blank=True, default="")
    #: What its source's document numbers begin with, as it was when nothing of the order had been sent yet.
    number_prefix = models.CharField(max_length=PREFIX_LENGTH, blank=True, default="", editable=False)
    placed_on = models.DateField(_("date"))
    customer_name = models.CharField(_("customer"), max_length=300, blank=True)
    customer_key = models.CharField(max_length=300, blank=True)
    #: The key of the customer whom a person gave to an order that names nobody; empty where nobody did.
    customer_given = models.CharField(max_length=300, blank=True, default="")
    total = models.DecimalField(_("total"), max_digits=19, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=[(status.value, status.value) for status in OrderStatus],
        default=OrderStatus.SALE,
    )
    #: The word that the source has for it, as statuses are compared (`books.statuses`); `status` is what it means.
    status_key = models.CharField(max_length=LONGEST_STATUS, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1)
    fingerprint = models.CharField(max_length=64)
    #: When the source changed it last, by its own clock; None where it never said. Nothing older becomes a version.
    modified_at = models.DateTimeField(_("changed in the source"), null=True)
    #: The version that documents were last prepared from; 0 before the first time.
    prepared_version = models.PositiveIntegerField(default=0)
    #: Kept by the database, so that it knows how few these are: of two columns it would guess that they always differ.
    to_prepare = models.GeneratedField(
        expression=models.ExpressionWrapper(
            ~models.Q(prepared_version=models.F("version")), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    #: The event that its documents wait for, one of `books.statuses.OrderStage`; empty where they wait for none.
    waits_for = models.CharField(max_length=10, blank=True, default="")
    #: Why nothing (or not everything) is posted, as codes of `books.notes`; empty when all is.
    not_posted = models.JSONField(default=list)
    staged_at = models.DateTimeField(_("staged"), auto_now_add=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "source_id"], name="order_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "-id"]),
            models.Index(fields=["company", "placed_on", "id"]),
            # Found by the whole number and by its beginning
            models.Index(
                fields=["company", "number"], opclasses=["int8_ops", "varchar_pattern_ops"], name="order_number"
            ),
            models.Index(fields=["company", "customer_key"]),
            models.Index(fields=["company", "customer_name", "id"], name="order_customer_name"),
            models.Index(
                fields=["company", "waits_for", "id"],
                condition=~models.Q(waits_for=""),
                name="order_waits_for_event",
            ),
            # The orders of a status, and how many those are
            models.Index(
                fields=["company", "connection", "status_key"],
                condition=~models.Q(status_key=""),
                name="order_status_key",
            ),
            # Few among many: what posts nothing by its status, and what no one has decided on
            models.Index(
                fields=["company", "placed_on", "id", "status"],
                condition=models.Q(status__in=("draft", "cancelled", "left-out", "unknown")),
                name="order_posts_nothing",
            ),
            # What waits for the next preparation, however many were prepared before
            models.Index(
                fields=["company", "id"],
                condition=models.Q(to_prepare=True),
                name="order_to_prepare",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def current(self) -> OrderVersion:
        """The newest version, with its evidence."""
        return self.versions.get(version=self.version)


class OrderVersion(models.Model):
    """What the source said at one moment: the raw payload and the order that was read from it."""

    order = models.ForeignKey(StagedOrder, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    #: JSON text exactly as the source gave it, without card data.
    payload = models.TextField()
    body = models.JSONField()
    #: Where in the source it was: `row 14`, `order 7 of the file`.
    place = models.CharField(max_length=200, blank=True)
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="+")
    #: When the source had changed it, by its own clock; None where it does not say.
    modified_at = models.DateTimeField(null=True)
    #: Arrived after a newer one: kept as evidence, and nothing is ever posted from it.
    is_older = models.BooleanField(default=False)
    staged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "version"], name="order_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.version}"

    def read(self) -> Order:
        """The order as every source speaks it."""
        return read_order(self.body)


class OrderEvent(models.Model):
    """One step of an order's history: when, what, with which result. Written once."""

    order = models.ForeignKey(StagedOrder, models.CASCADE, related_name="events")
    at = models.DateTimeField(_("time"), auto_now_add=True)
    #: See `sync.history.STEPS` for the words.
    step = models.CharField(_("step"), max_length=40)
    facts = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["order", "id"])]

    def __str__(self) -> str:
        return f"{self.order} · {self.step}"


#: Of a document's customer, the longest of the names.
LONGEST_CUSTOMER = 500


class CustomerName(models.Model):
    """One name that an order or a document of the company bears, or has borne. Written once, never deleted.

    Lists of a million rows are searched for a part of a customer's name: here, and then by whole names.
    """

    #: The constraint begins with it.
    company = models.ForeignKey(Company, models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=LONGEST_CUSTOMER)
    #: As names are compared, which may make it longer.
    compared = models.CharField(max_length=3 * LONGEST_CUSTOMER)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="customer_name_once")]

    def __str__(self) -> str:
        return self.name


def remember_names(company_id: int, names: Iterable[str]) -> None:
    """Have names found by a part of them; two queries, and one where none is new."""
    wanted = {name[:LONGEST_CUSTOMER] for name in names if name}
    known = {name for (name,) in _NAMES.rows(company_id, some(wanted))} if wanted else set()
    # By the alphabet, so that two who add the same names never wait for each other
    new = sorted(wanted.difference(known))
    CustomerName.objects.bulk_create(
        [CustomerName(company_id=company_id, name=name, compared=compared(name)) for name in new],
        ignore_conflicts=True,
    )


_NAMES = KeptQuery(
    lambda company, names: CustomerName.objects.filter(company=company, name__in=names).values_list("name")
)


def names_with(company: Company, text: str) -> QuerySet[CustomerName, str]:
    """The names that contain a text, letter case ignored."""
    rows = CustomerName.objects.filter(company=company, compared__contains=compared(text))
    return rows.values_list("name", flat=True)
