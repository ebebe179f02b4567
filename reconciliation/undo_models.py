"""What of an undo is kept: what was chosen, and each document with what is done about it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company


class UndoState(models.TextChoices):
    """How far an undo has come."""

    PLANNING = "planning", _("Reading QuickBooks")
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    #: By a person, or because QuickBooks could not be reached; it can go on.
    STOPPED = "stopped", _("Stopped")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


class Undo(models.Model):
    """Posted documents that a person wants out of QuickBooks again: what is done about each, decided before any is."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="undos", verbose_name=_("company"))
    #: What was chosen; see `reconciliation.undo.choosing`.
    scope = models.JSONField()
    state = models.CharField(_("state"), max_length=10, choices=UndoState, default=UndoState.PLANNING)
    #: Why it could not go on; empty while all is well.
    message = models.TextField(_("message"), blank=True)
    #: By `currency account`, by how much what is undone moves each account, as text; debit positive.
    moves = models.JSONField(default=dict)
    #: Of all its steps as they were shown.
    fingerprint = models.CharField(max_length=64, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    planned_at = models.DateTimeField(_("planned"), auto_now_add=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("planned by")
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    #: Each go at it that held the company, in Sync history too: more than one where it was stopped or broke off.
    runs = models.ManyToManyField("sync.Run", related_name="undos", verbose_name=_("runs"))

    class Meta:
        verbose_name = _("undo")
        verbose_name_plural = _("undos")
        indexes: ClassVar = [models.Index(fields=["company", "-id"])]

    def __str__(self) -> str:
        return f"{self.pk}"


class UndoStepState(models.TextChoices):
    """How far one step of an undo has come."""

    PLANNED = "planned", _("Planned")
    DONE = "done", _("Undone")
    LEFT = "left", _("Left")


class UndoStep(models.Model):
    """One document of an undo."""

    undo = models.ForeignKey(Undo, models.CASCADE, db_index=False, related_name="steps")
    position = models.PositiveIntegerField()
    #: Documents that are undone together have the same.
    group = models.PositiveIntegerField()
    document = models.ForeignKey("sync.Document", models.CASCADE, related_name="+")
    #: See `reconciliation.undo.planning.UndoAction`.
    action = models.CharField(max_length=10)
    #: Why it is left, see `reconciliation.undo.planning.Why`; empty where it is not.
    why = models.CharField(max_length=20, blank=True)
    #: What the reason is about.
    about = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=10, choices=UndoStepState, default=UndoStepState.PLANNED)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["undo", "position"], name="undo_step_once"),
            models.UniqueConstraint(fields=["undo", "document"], name="undo_document_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["undo", "state", "position"], name="undo_step_state")]

    def __str__(self) -> str:
        return f"{self.undo_id} · {self.position}"


class UndoListLine(models.Model):
    """A name of QuickBooks' lists that Tieout created: what an undo does about it, and what was sent of that."""

    #: What the reason is about that it stays.
    about = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=10, choices=UndoStepState, default=UndoStepState.PLANNED)
    #: Of the last request; committed before it was sent.
    request_id = models.CharField(max_length=50, blank=True)
    body = models.BinaryField(default=b"")
    sent_at = models.DateTimeField(null=True, blank=True)
    #: What was sent and answered, each with its moment.
    exchanges = models.JSONField(default=list)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """Of the customer or item."""
        raise NotImplementedError


class CustomerStays(models.TextChoices):
    """Why a customer that Tieout created stays active."""

    USED = "used", _("QuickBooks has %(about)s of this customer.")
    BALANCE = "balance", _("QuickBooks says that the customer owes or is owed %(about)s.")
    TO_POST = "to-post", _("%(about)s is still to be posted for this customer.")
    LINKED = (
        "linked",
        _("A person linked %(about)s to this customer, or several of the source's customers are linked to it."),
    )
    GONE = "gone", _("QuickBooks has it inactive already.")
    NOT_WANTED = "not-wanted", _("A person chose to keep this customer active.")
    AGAIN = "again", _("It was made active again, so that its records can be posted again.")
    SAID = "said", _("%(about)s")


class UndoCustomer(UndoListLine):
    """A customer that Tieout created, and whose documents an undo takes out."""

    undo = models.ForeignKey(Undo, models.CASCADE, db_index=False, related_name="customers")
    #: By which it was created.
    document = models.ForeignKey("sync.Document", models.CASCADE, related_name="+")
    #: Empty where it is, or was, made inactive.
    why = models.CharField(max_length=20, choices=CustomerStays, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["undo", "document"], name="undo_customer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.undo_id} · {self.document_id}"

    @property
    def name(self) -> str:
        """Of the customer."""
        return self.document.customer_name


class ItemStays(models.TextChoices):
    """Why an item that Tieout created stays active."""

    USED = "used", _("QuickBooks has %(about)s with this item.")
    TO_POST = "to-post", _("Order %(about)s has records with this item that are still to be posted.")
    PRODUCT = "product", _("The product “%(about)s” is sold as this item too.")
    CHOSEN = "chosen", _("It is chosen here: %(about)s.")
    PART = "part", _("It is a part of “%(about)s” in QuickBooks.")
    STOCK = "stock", _("QuickBooks keeps it in stock.")
    TOO_MANY = (
        "too-many",
        _("QuickBooks has too many transactions to look for this item in all that were written since it was created."),
    )
    NOT_TOLD = "not-told", _("QuickBooks does not say whether it has transactions with this item: %(about)s")
    GONE = "gone", _("QuickBooks has it inactive already.")
    NOT_WANTED = "not-wanted", _("A person chose to keep this item active.")
    AGAIN = "again", _("It was made active again, so that its records can be posted again.")
    SAID = "said", _("%(about)s")


class UndoItem(UndoListLine):
    """An item that Tieout created, and that documents name which an undo takes out."""

    undo = models.ForeignKey(Undo, models.CASCADE, db_index=False, related_name="items")
    #: By which it was created.
    write = models.ForeignKey("sync.ItemWrite", models.CASCADE, related_name="+")
    #: The first of those documents.
    document = models.ForeignKey("sync.Document", models.CASCADE, related_name="+")
    #: Empty where it is, or was, made inactive.
    why = models.CharField(max_length=20, choices=ItemStays, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["undo", "write"], name="undo_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.undo_id} · {self.write_id}"

    @property
    def name(self) -> str:
        """Of the item."""
        return self.write.name
