"""Which of QuickBooks' lists came back nearly empty, and what did a person have written into the list of items?"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from mapping.models import Product
from sync.models.pushes import PushState


class DoubtedList(models.Model):
    """A list that left out most of its names: a question until a person answers it or the list comes back whole."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    #: The list's name, such as `items`; of Desktop's other names `vendors`, `employees` and `other names` too.
    name = models.CharField(max_length=40)
    #: Keys of the rows of our copy that it left out.
    missing = models.JSONField(default=list)
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="doubted_list_once")]

    def __str__(self) -> str:
        return self.name


class ItemOperation(models.TextChoices):
    """What is done to an item."""

    CREATE = "create", _("Created")
    CHANGE_ACCOUNT = "change-account", _("Income account changed")


class ItemWrite(models.Model):
    """One item to be created, or one item's income account to be changed: one request id, one sequence of bytes.

    As with a push, the row is committed before the first byte leaves, and a retry sends the same bytes.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="item_writes", verbose_name=_("company"))
    operation = models.CharField(_("operation"), max_length=20, choices=ItemOperation)
    #: The product that the item was created for.
    product = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="+")
    #: The item's name in QuickBooks.
    name = models.CharField(_("item"), max_length=600)
    #: Of the item; empty until a new one is there.
    quickbooks_id = models.CharField(max_length=40, blank=True)
    #: Paths of the income account, before and after; before is empty for a new item.
    account_before = models.CharField(_("account before"), max_length=600, blank=True)
    account = models.CharField(_("account"), max_length=600)
    request_id = models.CharField(_("request id"), max_length=50)
    state = models.CharField(_("outcome"), max_length=10, choices=PushState, default=PushState.OPEN)
    body = models.BinaryField()
    #: Why it did not come about, as sentences; empty when it did.
    reason = models.TextField(blank=True)
    #: Every send and look-up with its raw reply: moment, status, reply, trace id, milliseconds.
    exchanges = models.JSONField(default=list)
    created_at = models.DateTimeField(_("begun"))
    first_sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("item written to QuickBooks")
        verbose_name_plural = _("items written to QuickBooks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "request_id"], name="item_request_once"),
            models.UniqueConstraint(
                fields=["company", "operation", "name"],
                condition=models.Q(state=PushState.OPEN),
                name="item_write_open_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "-id"])]

    def __str__(self) -> str:
        return self.name


class ItemToCreate(models.Model):
    """One product whose item a run was asked to create, and what came of it."""

    run = models.ForeignKey("sync.Run", models.CASCADE, related_name="items_to_create")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    done = models.BooleanField(default=False)
    #: Why its item was not created; empty where it was, and before.
    why = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "product"], name="item_to_create_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} · {self.product_id}"
