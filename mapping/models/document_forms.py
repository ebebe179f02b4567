"""Which forms do a company's documents take in QuickBooks, and which class and location do they carry?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from companies.models import Company
from companies.source_names import SourceNames

NAME_LENGTH = 504


class DiscountsAs(models.TextChoices):
    """Where a discount is written."""

    ITEMS = "items", _("As items, each on its own line")
    LINE = "line", _("On QuickBooks' discount line")


class TaxAs(models.TextChoices):
    """Where sales tax is written."""

    LINE = "line", _("As a line with its account")
    QUICKBOOKS = "quickbooks", _("As QuickBooks' own sales tax, with a tax code")


class DocumentForms(models.Model):
    """What the company chose about the forms of its documents. Without a row everything has its first value."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="document_forms", verbose_name=_("company"))
    sales_receipts = models.BooleanField(
        _("sales receipts for orders paid at once"),
        default=False,
        help_text=_(
            "On: an order that one payment of the same day paid in full becomes a sales receipt. Off: it becomes an "
            "invoice and a payment, like every other order."
        ),
    )
    discounts_as = models.CharField(
        _("discounts"),
        max_length=10,
        choices=DiscountsAs,
        default=DiscountsAs.ITEMS,
        help_text=_(
            "QuickBooks keeps one discount line a form, with one account. The discounts of an order that have several "
            "accounts are on items in either case."
        ),
    )
    sales_tax_as = models.CharField(
        _("sales tax"),
        max_length=12,
        choices=TaxAs,
        default=TaxAs.LINE,
        help_text=_(
            "An order whose tax would come to another amount in QuickBooks, by a cent or more, is blocked and shown."
        ),
    )
    sales_tax_code = models.CharField(
        _("sales tax code"),
        max_length=NAME_LENGTH,
        blank=True,
        help_text=_("The tax code of QuickBooks that tax is charged under; used only with QuickBooks' own sales tax."),
    )
    credit_item = models.CharField(
        _("item for credits"),
        max_length=NAME_LENGTH,
        blank=True,
        help_text=_(
            "An item whose income account is the Credit Debit Account: credits are then QuickBooks' own credit memos. "
            "Left empty, they are journal entries."
        ),
    )
    refund_item = models.CharField(
        _("item for refunds"),
        max_length=NAME_LENGTH,
        blank=True,
        help_text=_(
            "An item whose income account is the Refund Debit Account: refunds are then QuickBooks' own refund "
            "receipts. Left empty, they are journal entries."
        ),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("transaction types")
        verbose_name_plural = _("transaction types")

    def __str__(self) -> str:
        return str(_("Transaction types of %(company)s") % {"company": self.company})


class SourceDimensions(models.Model):
    """The class and the location of everything that one source sells, where a product has no class of its own."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="source_dimensions", verbose_name=_("company"))
    #: Such as `keap`.
    system = models.CharField(_("source"), max_length=40)
    quickbooks_class = models.CharField(_("class"), max_length=NAME_LENGTH, blank=True)
    quickbooks_location = models.CharField(_("location"), max_length=NAME_LENGTH, blank=True)

    #: Whether a row is called what its source is.
    is_named_by_source: ClassVar = True
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("class and location of a source")
        verbose_name_plural = _("classes and locations of sources")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system"], name="dimensions_once"),
        ]

    def __str__(self) -> str:
        return SourceNames(self.company).called(self.system)
