"""How does this company's QuickBooks Desktop want its import files? One row per Desktop company."""

from __future__ import annotations

import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from companies.models import Company

#: Five levels of 41 characters and four colons: the longest name that QuickBooks Desktop keeps.
DESKTOP_PATH = 209


class DateFormat(models.TextChoices):
    """How a date is written in the file: as the Windows of the computer with QuickBooks writes it."""

    MONTH_FIRST = "mdy", _("month/day/year, as in 03/14/2026")
    DAY_FIRST = "dmy", _("day/month/year, as in 14/03/2026")


class CodePage(models.TextChoices):
    """Which characters the file may hold."""

    ASCII = "ascii", _("plain letters only (é becomes e)")
    WINDOWS_1252 = "windows-1252", _("Windows-1252, Western Europe and the Americas")


class RefundsAs(models.TextChoices):
    """What a refund is in QuickBooks Desktop."""

    AUTO = "auto", _("a check where the money leaves a bank account, a journal entry otherwise")
    CHECK = "check", _("always a check")
    JOURNAL = "journal", _("always a journal entry")


#: What a memo pattern can name.
MEMO_GAPS = ("what", "memo", "batch")


def check_memo(pattern: str) -> None:
    """Refuse a memo that could not be filled, or by which a file's documents could not be found."""
    unknown = [gap for gap in re.findall(r"\{(\w*)\}", pattern) if gap not in MEMO_GAPS]
    if unknown:
        raise ValidationError(
            _("{%(name)s} is not known. It can name {what}, {memo} and {batch}."), params={"name": unknown[0]}
        )
    if "{batch}" not in pattern:
        raise ValidationError(_("It must name {batch}: by it a file that was imported twice is found in QuickBooks."))


class DesktopOtherName(models.Model):
    """A vendor, an employee or an other name of QuickBooks Desktop, which has one name space for all of its lists."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    name = models.CharField(max_length=209)
    #: Case-folded: QuickBooks does not tell names apart by their capitals.
    name_compared = models.CharField(max_length=209)
    #: IIF's keyword of its list, such as `VEND`; empty where an earlier import did not keep it.
    keyword = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="desktop_other_name_once")]
        indexes: ClassVar = [models.Index(fields=["company", "name_compared"], name="desktop_other_name_compared")]

    def __str__(self) -> str:
        return self.name


class DesktopSettings(models.Model):
    """What a file for QuickBooks Desktop looks like."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="desktop_settings", verbose_name=_("company"))
    date_format = models.CharField(
        _("dates"),
        max_length=3,
        choices=DateFormat,
        default=DateFormat.MONTH_FIRST,
        help_text=_("As the Windows of the computer with QuickBooks writes them."),
    )
    code_page = models.CharField(
        _("characters"),
        max_length=20,
        choices=CodePage,
        default=CodePage.ASCII,
        help_text=_("What cannot be written is replaced by its nearest letter, and each export lists every change."),
    )
    memo_pattern = models.CharField(
        _("memo"),
        max_length=200,
        default="{what} {memo} [{batch}]",
        validators=[check_memo],
        help_text=_("Written on each record. {what} is the record, {memo} what the source wrote, {batch} the file."),
    )
    refunds_as = models.CharField(_("refunds"), max_length=10, choices=RefundsAs, default=RefundsAs.AUTO)
    payment_methods = models.BooleanField(
        _("name payment methods"),
        default=True,
        help_text=_("A method that QuickBooks does not have yet may be added by the import."),
    )
    sales_tax_on = models.BooleanField(
        _("QuickBooks keeps sales tax"),
        default=False,
        help_text=_(
            "On: the preference Sales Tax is switched on in QuickBooks Desktop, and each invoice, sales receipt and "
            "credit memo gets the tax row that it then asks for. Off: tax is an ordinary line."
        ),
    )
    sales_tax_item = models.CharField(
        _("sales tax item"),
        max_length=159,
        blank=True,
        help_text=_("The item of the tax row, by its name in QuickBooks."),
    )
    sales_tax_agency = models.CharField(
        _("sales tax agency"), max_length=41, blank=True, help_text=_("The vendor that the tax is owed to.")
    )
    sales_tax_account = models.CharField(
        _("sales tax account"),
        max_length=159,
        blank=True,
        help_text=_("The liability account of the tax row: Sales Tax Payable, unless it was renamed."),
    )
    write_accounts = models.BooleanField(
        _("write accounts"),
        default=False,
        help_text=_("Importing an account that is there already may change its type or description in QuickBooks."),
    )
    write_items = models.BooleanField(
        _("write items"),
        default=False,
        help_text=_("Each file begins with the items that its documents use. QuickBooks has them already."),
    )
    write_customers = models.BooleanField(
        _("write customers"),
        default=True,
        help_text=_("Each file begins with all customers that its documents name. New customers are always written."),
    )
    write_terms = models.BooleanField(
        _("write terms"), default=False, help_text=_("Each file begins with the payment terms that its invoices name.")
    )
    write_tax_agency = models.BooleanField(
        _("write the tax agency"), default=False, help_text=_("Only where QuickBooks does not have that vendor yet.")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("Desktop settings")
        verbose_name_plural = _("Desktop settings")

    def __str__(self) -> str:
        return str(_("Desktop settings"))


def desktop_settings_of(company: Company) -> DesktopSettings:
    """The company's settings for its files; the start values where nobody has decided yet. One query, no write."""
    return DesktopSettings.objects.filter(company=company).first() or DesktopSettings(company=company)
