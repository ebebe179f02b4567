"""What of a clearing account is kept: that it is one, and what QuickBooks held on it when it was last read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from mapping.models import ID_LENGTH


class ClearingMark(models.Model):
    """A person's word that an account is a clearing account."""

    company = models.ForeignKey(Company, models.CASCADE, db_index=False, related_name="+")
    #: QuickBooks' id.
    account = models.CharField(max_length=ID_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "account"], name="clearing_mark_once"),
        ]

    def __str__(self) -> str:
        return self.account


class ClearingReading(models.Model):
    """One clearing account as QuickBooks held it when a person last asked; a later reading takes its place."""

    company = models.ForeignKey(Company, models.CASCADE, db_index=False, related_name="+", verbose_name=_("company"))
    #: QuickBooks' id.
    account = models.CharField(max_length=ID_LENGTH)
    #: What is older is one part; ages count up to the last day.
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    #: In the home currency, debit positive.
    balance = models.DecimalField(_("balance"), max_digits=19, decimal_places=4)
    #: How often QuickBooks was asked; each is a metered read.
    requests = models.PositiveIntegerField(_("requests to QuickBooks"))
    read_at = models.DateTimeField(_("read"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("read by")
    )

    class Meta:
        verbose_name = _("reading of a clearing account")
        verbose_name_plural = _("readings of clearing accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "account"], name="clearing_reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.last}"


class ClearingReadingPart(models.Model):
    """A part of what came onto the account, with what of it is still there."""

    reading = models.ForeignKey(ClearingReading, models.CASCADE, db_index=False, related_name="parts")
    #: Such as `Payment 12`; empty for what was there before the first day.
    transaction = models.CharField(max_length=ID_LENGTH + 41, blank=True)
    dated = models.DateField(_("date"))
    number = models.CharField(_("number"), max_length=300, blank=True)
    name = models.CharField(_("customer"), max_length=500, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4)
    open = models.DecimalField(_("still there"), max_digits=19, decimal_places=4)
    #: Each with `transaction`, `dated`, `amount` and `named`; see `reconciliation.clearing.parts.EmptiedBy`.
    emptied = models.JSONField(default=list)

    class Meta:
        verbose_name = _("part of a clearing account")
        verbose_name_plural = _("parts of clearing accounts")
        indexes: ClassVar = [models.Index(fields=["reading", "dated", "id"], name="clearing_part_by_age")]

    def __str__(self) -> str:
        return f"{self.transaction} {self.open}"
