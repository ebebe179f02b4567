"""What every look through a period of QuickBooks keeps: how far it has come, and how often QuickBooks was asked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TieOutState(models.TextChoices):
    """How far a tie-out, or another look through a period, has come."""

    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")
    #: A person ended it.
    STOPPED = "stopped", _("Stopped")


class PeriodLook(models.Model):
    """One look through the QuickBooks of a company at the transactions of a period. Nothing is changed by it."""

    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=10, choices=TieOutState, default=TieOutState.RUNNING)
    #: Why it could not be finished; empty while all is well.
    message = models.TextField(_("message"), blank=True)
    #: How often QuickBooks was asked, and how many transactions it had of what is looked for.
    requests = models.PositiveIntegerField(_("requests to QuickBooks"), default=0)
    transactions = models.PositiveIntegerField(_("transactions"), default=0)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"
