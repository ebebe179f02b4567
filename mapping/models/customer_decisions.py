"""Who was a customer of a source said to be, by whom, and whom were they offered? And what is kept to be offered?"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from mapping.models.customers import SourceCustomer
from mapping.models.lists import QuickBooksCustomer


class DecisionKind(models.TextChoices):
    """What a person said a customer of a source is."""

    LINK = "link", _("Linked")
    CREATE = "create", _("New customer")
    UNLINK = "unlink", _("Link taken out")


class DecidedOn(models.TextChoices):
    """Where it was said."""

    DESK = "desk", _("Match customers")
    BULK = "bulk", _("Several at once")
    SHEET = "sheet", _("Spreadsheet")
    ISSUE = "issue", _("Issue")
    PAGE = "page", _("Customer's page")


class CustomerDecision(models.Model):
    """One decision about one customer of a source. Written once; undone by a mark, never deleted."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    customer = models.ForeignKey(
        SourceCustomer, models.CASCADE, related_name="decisions", verbose_name=_("customer in the source")
    )
    kind = models.CharField(_("decision"), max_length=10, choices=DecisionKind)
    decided_on = models.CharField(_("where"), max_length=10, choices=DecidedOn)
    chosen = models.ForeignKey(
        QuickBooksCustomer, models.SET_NULL, null=True, related_name="+", verbose_name=_("QuickBooks customer")
    )
    #: What the chosen customer was called then, or what the new one is called.
    name = models.CharField(_("name"), max_length=500, blank=True)
    #: What the customer said before, which an undo brings back.
    link_before = models.ForeignKey(QuickBooksCustomer, models.SET_NULL, null=True, related_name="+")
    name_before = models.CharField(max_length=300, blank=True)
    #: Who was offered, best first: `id`, `name`, `score` and `reasons` of each; empty where no one was.
    offered = models.JSONField(default=list)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    decided_at = models.DateTimeField(_("when"))
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision about a customer")
        verbose_name_plural = _("decisions about customers")
        indexes: ClassVar = [models.Index(fields=["company", "decided_by", "-id"], name="customer_decision_by")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.name}"

    @property
    def shown_offers(self) -> list[dict[str, Any]]:
        """Who was offered, with the reasons in the reader's language."""
        return [{**offer, "reasons": [gettext(reason) for reason in offer["reasons"]]} for offer in self.offered]


class KeptSuggestions(models.Model):
    """Whom a customer of a source could be, worked out ahead. A copy: losing it costs the time to work it out again."""

    customer = models.OneToOneField(SourceCustomer, models.CASCADE, related_name="kept", primary_key=True)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    #: Fingerprint of what is known of the customer, and the state of QuickBooks' list, that it was worked out for.
    asked = models.CharField(max_length=64)
    list_version = models.PositiveBigIntegerField()
    #: Best first: `id`, `name`, `score` and `reasons` of each.
    offered = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.customer_id}"


class CustomerListVersion(models.Model):
    """How often our copy of QuickBooks' customers became another: what was worked out from an older one is known."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="+", primary_key=True)
    version = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.company_id} · {self.version}"
