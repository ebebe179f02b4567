"""What of a cleanup report is kept: the period that was looked through, and each case with its money."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from reconciliation.look_models import PeriodLook


class CleanupReport(PeriodLook):
    """One look through the QuickBooks of a company for what is wrong in a period, entered by Tieout or by others."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="cleanup_reports", verbose_name=_("company"))
    #: Money that is in Undeposited Funds for longer is a case.
    days = models.PositiveSmallIntegerField(_("days"))

    class Meta:
        verbose_name = _("cleanup report")
        verbose_name_plural = _("cleanup reports")
        indexes: ClassVar = [models.Index(fields=["company", "-id"])]


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
