"""What of a cleanup report is kept: the period that was looked through, and each case with its money."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company


class CleanupState(models.TextChoices):
    """How far a report has come."""

    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


class CleanupReport(models.Model):
    """One look through the QuickBooks of a company for what is wrong in a period, entered by Tieout or by others."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="cleanup_reports", verbose_name=_("company"))
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    #: Money that is in Undeposited Funds for longer is a case.
    days = models.PositiveSmallIntegerField(_("days"))
    state = models.CharField(_("state"), max_length=10, choices=CleanupState, default=CleanupState.RUNNING)
    #: Why it could not be finished; empty while all is well.
    message = models.TextField(_("message"), blank=True)
    #: How often QuickBooks was asked, and how many transactions it had.
    requests = models.PositiveIntegerField(_("requests to QuickBooks"), default=0)
    transactions = models.PositiveIntegerField(_("transactions"), default=0)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )

    class Meta:
        verbose_name = _("cleanup report")
        verbose_name_plural = _("cleanup reports")
        indexes: ClassVar = [models.Index(fields=["company", "-id"])]

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"


class CleanupFinding(models.Model):
    """One case of a report."""

    report = models.ForeignKey(CleanupReport, models.CASCADE, db_index=False, related_name="findings")
    #: See `reconciliation.cleanup.finding.CleanupKind`.
    kind = models.CharField(max_length=20)
    #: Each with `form`, `id`, `number`, `dated`, `name`, `amount` and `ours`; a customer's amount is what it was sold.
    records = models.JSONField()
    #: Marked sentence parts.
    reasons = models.JSONField(default=list)
    #: What would be too much, or is still open, if it is what it looks like.
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["report", "kind", "-amount", "-id"], name="cleanup_finding_kind")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.kind}"
