"""Which customers' addresses in QuickBooks follow which orders, and what became of each?

Source:
    docs/decisions/0056-addresses-follow-orders.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from books.customer_addresses import AddressPart
from books.orders import Address
from companies.models import Company
from mapping.models import ID_LENGTH
from sync.models.documents import Document
from sync.models.orders import StagedOrder
from sync.models.pushes import ExchangeOutcome


class AddressState(models.TextChoices):
    """What became of an address."""

    WAITING = "waiting", _("Waiting")
    #: Its bytes are committed and may have left.
    SENDING = "sending", _("Sent, no answer yet")
    UPDATED = "updated", _("Updated")
    SAME = "same", _("The same already")
    #: A newer order, or a person in QuickBooks, has the last word.
    LEFT = "left", _("Left as it is")
    REFUSED = "refused", _("Not updated")


#: What a pusher still has to do something about.
OPEN_ADDRESS_STATES = (AddressState.WAITING, AddressState.SENDING)


class AddressUpdate(models.Model):
    """What one posted order says about its customer's addresses, by the rules of the moment when it was posted."""

    company = models.ForeignKey(Company, models.CASCADE, db_index=False, related_name="+")
    order = models.ForeignKey(StagedOrder, models.PROTECT, related_name="address_updates")
    #: The sale whose posting brought it up: each brings up one, however often it is posted.
    document = models.OneToOneField(Document, models.PROTECT, related_name="address_update")
    customer_id = models.CharField(max_length=ID_LENGTH)
    customer_name = models.CharField(max_length=500)
    #: The order's date: a newer one is not overwritten by an older one.
    placed_on = models.DateField()
    #: The addresses that are wanted, by field; None where that address stays as it is.
    billing = models.JSONField(null=True)
    shipping = models.JSONField(null=True)
    state = models.CharField(_("outcome"), max_length=10, choices=AddressState, default=AddressState.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    # What is under way: committed before the first byte leaves
    request_id = models.CharField(max_length=50, blank=True)
    body = models.BinaryField(default=b"")
    #: The SyncToken that the bytes name, and what the customer's addresses were when it was read.
    sync_token = models.CharField(max_length=20, blank=True)
    seen = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("address update")
        verbose_name_plural = _("address updates")
        indexes: ClassVar = [
            models.Index(fields=["company", "customer_id", "placed_on"], name="address_of_customer"),
            models.Index(
                fields=["company", "id"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="address_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_name} · {self.order_id}"

    def wanted(self) -> dict[AddressPart, Address]:
        """The addresses that the customer is to have."""
        kept: Mapping[str, Any] = {part: getattr(self, part.value) for part in AddressPart}
        return {AddressPart(part): Address(**fields) for part, fields in kept.items() if fields is not None}


class AddressExchange(models.Model):
    """One send of an address and the raw reply to it."""

    update_of = models.ForeignKey(AddressUpdate, models.CASCADE, related_name="exchanges")
    sent_at = models.DateTimeField()
    request_id = models.CharField(max_length=50)
    body = models.BinaryField()
    outcome = models.CharField(_("outcome"), max_length=12, choices=ExchangeOutcome)
    reason = models.TextField(blank=True)
    status = models.PositiveIntegerField(null=True)
    reply = models.TextField(blank=True)
    intuit_tid = models.CharField(max_length=100, blank=True)
    took = models.PositiveIntegerField(_("milliseconds"), default=0)

    def __str__(self) -> str:
        return f"{self.update_of_id} · {self.outcome}"
