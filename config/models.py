"""What does the installation itself keep, apart from any company? Who failed to sign in, or tried during a wait."""

from __future__ import annotations

from axes.models import AccessFailureLog
from django.db import models
from django.utils.translation import gettext_lazy as _


class FailedSignIn(AccessFailureLog):
    """One attempt that failed, with its name, address and moment; the table is that of django-axes."""

    class Meta:
        proxy = True
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")


class AttemptsDuringWait(AccessFailureLog):
    """Attempts that were refused unseen because their name or address had to wait; those of one wait are one row."""

    attempts = models.PositiveIntegerField(_("attempts"), default=1)
    last_at = models.DateTimeField(_("last attempt"))

    class Meta:
        verbose_name = _("attempts during a wait")
        verbose_name_plural = _("attempts during a wait")
