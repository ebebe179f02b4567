"""What would be sent as a person was shown it, and who said that it may be: what was approved is what is sent."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from companies.models import Company
from sync.models.documents import Document


class PreviewState(models.TextChoices):
    """How far a preview has come."""

    #: QuickBooks is being read for it.
    MAKING = "making", _("Being made")
    SHOWN = "shown", _("Shown")
    #: Asked for, and a second person has to approve it first.
    WAITING = "waiting", _("Waits for approval")
    #: A second person said that it is not sent.
    DECLINED = "declined", _("Declined")
    #: A person said that it is sent.
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    #: What it asked for is another thing by now.
    OUTDATED = "outdated", _("Outdated")
    FAILED = "failed", _("Failed")


class Preview(models.Model):
    """A plan of what is sent for a company, with all that a person needs to say yes or no."""

    company = models.ForeignKey(Company, models.CASCADE, db_index=False, related_name="+", verbose_name=_("company"))
    state = models.CharField(_("state"), max_length=10, choices=PreviewState, default=PreviewState.MAKING)
    #: See `sync.previewing.plan.SendingPlan.fingerprint`; empty while it is made.
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    #: By action, kind and currency: how many and how much; see `sync.previewing.plan.PlanTotal`.
    totals = models.JSONField(default=list)
    #: By currency and account, what it moves, debit positive.
    moves = models.JSONField(default=dict)
    #: Names of customers and of items that are created with it.
    new_customers = models.JSONField(default=list)
    new_items = models.JSONField(default=list)
    #: Why QuickBooks was not read for it; empty where it was, or nothing had to be.
    not_read = models.TextField(blank=True)
    #: Why it failed, or what became of it; empty where there is nothing to say.
    message = models.TextField(_("message"), blank=True)
    #: Of what is sent: documents without new customers, and their money as it is compared with the amount above which a
    #: second person is asked.
    number = models.PositiveIntegerField(default=0)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4, default=0)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    #: Who pressed Send, or asked for approval; None for the scheduler.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"), null=True)
    #: When its sending began, after it was found to be as it was shown.
    begun_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company", "-id"]),
            models.Index(fields=["company", "state"], name="preview_state"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} · {self.pk}"


class BatchDecision(models.Model):
    """What a second person said of a batch that another one, or the scheduler, wanted to send. It is final."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    preview = models.OneToOneField(Preview, models.CASCADE, related_name="decision", verbose_name=_("preview"))
    approved = models.BooleanField(_("approved"))
    #: As it was when it was decided: documents without new customers, and their money.
    number = models.PositiveIntegerField(_("documents"))
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4)
    reason = models.TextField(_("reason"), blank=True)
    #: None for the scheduler, and for a person whose login is gone.
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("prepared by")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("approval of a batch")
        verbose_name_plural = _("approvals of batches")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="approved_by_another",
                condition=models.Q(approved=False) | ~models.Q(decided_by=models.F("prepared_by")),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(number)s documents, %(amount)s") % {"number": self.number, "amount": f"{self.amount:,.2f}"})


class PreviewedDocument(models.Model):
    """One document as it was shown, and what would become of it."""

    preview = models.ForeignKey(Preview, models.CASCADE, db_index=False, related_name="documents")
    #: From 1, in the order in which they would go.
    position = models.PositiveIntegerField()
    document = models.ForeignKey(Document, models.CASCADE, db_index=False, related_name="+")
    title = models.CharField(max_length=600)
    #: See `sync.previewing.plan.SendAction`.
    action = models.CharField(max_length=10)
    #: Why it is left out or blocked; empty where it goes.
    reason = models.TextField(blank=True)
    #: Field by field, what a change writes: `what`, `held` and `sent`.
    changes = models.JSONField(default=list)
    #: What is approved of it; empty where a sync would not take it up.
    mark = models.CharField(max_length=100, blank=True)
    #: Fingerprint of the values that are sent; empty for a void.
    body_hash = models.CharField(max_length=64, blank=True)
    total = models.DecimalField(_("total"), max_digits=19, decimal_places=4)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["preview", "position"], name="previewed_once"),
        ]
        indexes: ClassVar = [
            # The claim of the next documents asks by these
            models.Index(fields=["document", "body_hash", "preview"], name="previewed_document"),
        ]

    def __str__(self) -> str:
        return f"{self.preview_id} · {self.position}"
