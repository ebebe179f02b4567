"""Was the integration asked for, read about, allowed and set up? Who did what of that, and when?

A new company is off. What makes it work is here, each step with a person and a moment; the rule that is made of
it is `companies.activation`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from companies.models.company import Company


def _person(label: Any, **more: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=label, **more
    )


class ActivationState(models.TextChoices):
    """How far the wish to switch the integration on has come."""

    REQUESTED = "requested", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Activation(models.Model):
    """What became of a company's request. Without a row, nobody has asked yet: the company is off."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="activation", verbose_name=_("company"))
    state = models.CharField(_("state"), max_length=12, choices=ActivationState, default=ActivationState.REQUESTED)
    requested_by = _person(_("requested by"))
    requested_at = models.DateTimeField(_("requested"))
    decided_by = _person(_("decided by"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    #: Why it was declined or withdrawn.
    reason = models.TextField(_("reason"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")

    def __str__(self) -> str:
        return str(_("Activation"))


class DisclaimerAcceptance(models.Model):
    """A person accepted one version of the disclaimer for a company. Written once, never changed."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="acceptances", verbose_name=_("company"))
    version = models.CharField(_("version"), max_length=20)
    #: Of the text that was shown, so that nobody can say it was another one.
    fingerprint = models.CharField(max_length=64)
    person = _person(_("person"))
    #: Stays when the login is deleted.
    person_name = models.CharField(_("name of the person"), max_length=300)
    accepted_at = models.DateTimeField(_("accepted"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("acceptance of the disclaimer")
        verbose_name_plural = _("acceptances of the disclaimer")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "version"], name="accepted_once"),
        ]

    def __str__(self) -> str:
        return str(_("Version %(version)s") % {"version": self.version})


class SetupMark(models.Model):
    """A person's word about one step of setup: read, looked at, gone live. Written once, never changed."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="setup_marks", verbose_name=_("company"))
    #: A name of `setup.steps.SetupStep`, or `introduction`.
    step = models.CharField(_("step"), max_length=20)
    #: Why, where the step is not done by itself.
    reason = models.TextField(_("reason"), blank=True)
    person = _person(_("person"))
    marked_at = models.DateTimeField(_("time"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("setup step")
        verbose_name_plural = _("setup steps")
        indexes: ClassVar = [models.Index(fields=["company", "step"])]

    def __str__(self) -> str:
        return self.step
