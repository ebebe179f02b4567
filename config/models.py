"""What does the installation itself keep, apart from any company? Who failed to sign in."""

from __future__ import annotations

from axes.models import AccessFailureLog
from django.utils.translation import gettext_lazy as _


class FailedSignIn(AccessFailureLog):
    """One attempt that failed, with its name, address and moment; the table is that of django-axes."""

    class Meta:
        proxy = True
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
