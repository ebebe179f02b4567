"""What is done with what a source says? The switches of one source, each off until a person turns it on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from companies.models import Company
from companies.source_names import SourceNames
from mapping.models.undecided import TouchingRow, TouchingRows

#: Of a prefix; QuickBooks keeps 21 characters of a number, and most of them are the source's own.
PREFIX_LENGTH = 8


class SourceSettings(TouchingRow):
    """The switches of one source, and what tells the numbers of its documents from those of other sources."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="source_settings", verbose_name=_("company"))
    #: Its key, such as `keap` or `keap-2`.
    system = models.CharField(_("source"), max_length=40)
    invoice_creation = models.BooleanField(
        _("invoice creation"),
        default=False,
        help_text=_(
            "On: the documents of this source are sent to QuickBooks with each sync. Off: they are prepared and wait, "
            "and nothing of them is sent or changed in QuickBooks."
        ),
    )
    item_sync = models.BooleanField(
        _("item sync"),
        default=False,
        help_text=_(
            "On: a product without a QuickBooks name is matched with the item that has its SKU or its name. Off: only "
            "products to which a person gave a QuickBooks name are invoiced; the others wait."
        ),
    )
    customer_sync = models.BooleanField(
        _("customer sync"),
        default=False,
        help_text=_(
            "On: customers are matched by the customer rules, and those who are not found are created. Off: no "
            "customer is matched or created; orders wait, but for customers whom a person has linked."
        ),
    )
    number_prefix = models.CharField(
        _("document numbers begin with"),
        max_length=PREFIX_LENGTH,
        blank=True,
        help_text=_(
            "Put before the order number, where two sources count alike: K2- makes K2-1042 of order 1042. It counts "
            "for orders of which nothing has been sent yet."
        ),
    )

    #: Whether a row is called what its source is.
    is_named_by_source: ClassVar = True
    objects = TouchingRows.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("settings of a source")
        verbose_name_plural = _("settings of sources")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system"], name="source_settings_once"),
        ]

    def __str__(self) -> str:
        return SourceNames(self.company).called(self.system)


def settings_of(company: Company, system: str) -> SourceSettings:
    """The settings of a source; all of its switches are on where none were ever kept for it, and nothing is saved."""
    row = SourceSettings.objects.filter(company=company, system=system).first()
    return row or SourceSettings(
        company=company, system=system, invoice_creation=True, item_sync=True, customer_sync=True
    )
