"""What was sent, and what came back? Kept whole, apart from the tables that lists read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from books import serialization
from books.posted_document import Holding
from companies.models import Company
from sync.models.documents import Document


class PushState(models.TextChoices):
    """How a push came out."""

    OPEN = "open", _("No answer yet")
    ACCEPTED = "accepted", _("Accepted")
    ADOPTED = "adopted", _("Already there, adopted")
    REFUSED = "refused", _("Rejected")
    ABANDONED = "abandoned", _("Never arrived, sent again")


class ExchangeOutcome(models.TextChoices):
    """How one send of a push came out, or one look for what it may have left behind."""

    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Rejected")
    TRY_LATER = "try-later", _("Try again later")
    UNKNOWN = "unknown", _("No clear answer")
    LOOKED_UP = "looked-up", _("Looked up")


class Operation(models.TextChoices):
    """What a push asks of QuickBooks."""

    CREATE = "create", _("Create")
    UPDATE = "update", _("Update")
    VOID = "void", _("Void")
    DELETE = "delete", _("Delete")


class Push(models.Model):
    """The attempt of one generation of a document: one request id, one sequence of bytes, however often it is sent.

    The row is committed before the first byte leaves.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="pushes")
    operation = models.CharField(_("operation"), max_length=6, choices=Operation, default=Operation.CREATE)
    generation = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    request_id = models.CharField(_("request id"), max_length=50)
    #: The request id of the batch that it goes in, whatever else of that batch goes again; empty where it goes alone.
    batch_id = models.CharField(_("request id of the batch"), max_length=36, blank=True)
    #: Its name in the batch: QuickBooks knows it again by both.
    batch_item = models.CharField(max_length=10, blank=True)
    state = models.CharField(_("outcome"), max_length=10, choices=PushState, default=PushState.OPEN)
    body = models.BinaryField()
    body_hash = models.CharField(max_length=64)
    #: Of a change, a void or a deletion: what QuickBooks held before; see `books.posted_document`.
    before = models.JSONField(null=True)
    created_at = models.DateTimeField(_("begun"))
    #: When the bytes first left; the age of the request id counts from here.
    first_sent_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    #: QuickBooks may have it by something that this database does not know of: it is looked up even before its first
    #: send.
    looks_first = models.BooleanField(default=False)
    #: The QuickBooks id of the document that it is, by a person's word.
    told_id = models.CharField(max_length=40, blank=True)
    #: QuickBooks ids of documents that it is not, by a person's word.
    told_others = models.JSONField(default=list)
    settled_at = models.DateTimeField(_("settled"), null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "generation"], name="push_once_per_generation"),
            models.UniqueConstraint(fields=["company", "request_id"], name="request_id_once"),
        ]
        indexes: ClassVar = [
            # What was left without an answer, however many were settled before
            models.Index(
                fields=["company", "last_sent_at"], condition=models.Q(state=PushState.OPEN), name="push_open"
            ),
        ]

    def __str__(self) -> str:
        return self.request_id

    def read_before(self) -> Holding | None:
        """What QuickBooks held before it was changed; None for a new document, or where that was not kept."""
        return serialization.read_holding(self.before) if self.before else None


class PushExchange(models.Model):
    """One send of a push and the raw reply to it."""

    push = models.ForeignKey(Push, models.PROTECT, related_name="exchanges")
    sent_at = models.DateTimeField()
    outcome = models.CharField(_("outcome"), max_length=12, choices=ExchangeOutcome)
    reason = models.TextField(blank=True)
    status = models.PositiveIntegerField(null=True)
    reply = models.TextField(blank=True)
    intuit_tid = models.CharField(max_length=100, blank=True)
    took = models.PositiveIntegerField(_("milliseconds"), default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["push", "id"])]

    def __str__(self) -> str:
        return f"{self.push} · {self.get_outcome_display()}"
