"""Whose books are these, and who may do what with them?"""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from simple_history.models import HistoricalRecords

from books.closed_periods import ClosedPeriods
from books.names import NameRule
from companies.bulk_sql import KeptQuery


class CompanyKind(models.TextChoices):
    """Which QuickBooks keeps the books."""

    ONLINE = "online", _("QuickBooks Online")
    DESKTOP = "desktop", _("QuickBooks Desktop")


class NewItemType(models.TextChoices):
    """What an item that Tieout creates is, in QuickBooks' words."""

    SERVICE = "Service", _("Service")
    NON_INVENTORY = "NonInventory", _("Non-inventory")


class DateStyle(models.TextChoices):
    """How a company's screens write a day."""

    BY_CURRENCY = "", _("As the home currency suggests")
    MONTH_FIRST = "mdy", _("11/28/2026 (month/day/year)")
    DAY_FIRST = "dmy", _("28/11/2026 (day/month/year)")
    YEAR_FIRST = "ymd", _("2026-11-28 (year-month-day)")


class ClosedPolicy(models.TextChoices):
    """What becomes of a record whose day is in a closed period."""

    HOLD = "hold", _("Hold it, as an issue")
    NEXT_OPEN_DAY = "next-open-day", _("Enter it on the next open day, with both dates in the memo")


def _closed_policy(name: Any) -> Any:
    return models.CharField(name, max_length=14, choices=ClosedPolicy, default=ClosedPolicy.HOLD)


def check_time_zone(name: str) -> None:
    """Refuse a time zone that does not exist."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Write it like America/Denver or Europe/Bucharest."), params={"name": name}
        )


def name_rules() -> list[tuple[str, StrPromise]]:
    """The name rules a company can choose from."""
    return [(rule.value, _(rule.label)) for rule in NameRule]


class Company(models.Model):
    """One QuickBooks company file. Every other row belongs to exactly one."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(
        _("short name"), unique=True, help_text=_("Used in addresses and on the command line: --company SHORT-NAME.")
    )
    kind = models.CharField(_("QuickBooks"), max_length=10, choices=CompanyKind, default=CompanyKind.ONLINE)
    #: As QuickBooks says it; None where it says none, or was not asked yet.
    quickbooks_closed_through = models.DateField(_("closed in QuickBooks through"), null=True, editable=False)
    books_closed_through = models.DateField(
        _("books closed through"),
        null=True,
        blank=True,
        help_text=_(
            "The last day of the last closed period. QuickBooks Online's own closing date counts too; the later of the "
            "two does. For QuickBooks Desktop enter it here."
        ),
    )
    closed_invoices = _closed_policy(_("invoices, sales receipts and returns"))
    closed_payments = _closed_policy(_("payments"))
    closed_credits = _closed_policy(_("credits"))
    closed_refunds = _closed_policy(_("refunds"))
    home_currency = models.CharField(
        _("home currency"), max_length=3, default="USD", help_text=_("Three letters, as in QuickBooks: USD, EUR, RON.")
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="America/New_York",
        validators=[check_time_zone],
        help_text=_("A document is dated the day that the order had in this time zone."),
    )
    date_style = models.CharField(
        _("dates"),
        max_length=3,
        blank=True,
        choices=DateStyle,
        default=DateStyle.BY_CURRENCY,
        help_text=_("How dates are shown. As the home currency suggests: 11/28/2026 for USD, 2026-11-28 for others."),
    )
    name_rule = models.CharField(
        _("length of names"),
        max_length=20,
        choices=name_rules,
        default=NameRule.FEWER_THAN_31.value,
        help_text=_("How long each level of an item or account name may be."),
    )
    default_terms = models.CharField(
        _("default payment terms"),
        max_length=31,
        blank=True,
        help_text=_("Used on an invoice only when its customer has no terms in QuickBooks."),
    )
    creates_items = models.BooleanField(
        _("items may be created in QuickBooks"),
        default=False,
        help_text=_(
            "On: a person can have an item created for a product that has none, by pressing a button. Nothing is "
            "created by itself."
        ),
    )
    new_item_type = models.CharField(
        _("type of new items"), max_length=20, choices=NewItemType, default=NewItemType.SERVICE
    )
    new_item_income_account = models.CharField(
        _("income account of new items"),
        max_length=504,
        blank=True,
        help_text=_("Sales of the item are posted to it. Some products call this setting the AR chart of accounts."),
    )
    new_item_expense_account = models.CharField(
        _("expense account of new items"),
        max_length=504,
        blank=True,
        help_text=_("Purchases of the item are posted to it. Some products call this the AP chart of accounts."),
    )
    switched_on = models.BooleanField(
        _("sync enabled"),
        default=False,
        help_text=_(
            "Going live switches it on, see Setup. While this is off, nothing is read for posting or posted; switch it "
            "off and on again to pause."
        ),
    )
    posts_automatically = models.BooleanField(
        _("auto-post"),
        default=False,
        help_text=_("On: each sync posts every document that is ready. Off: documents wait until a person posts them."),
    )
    looks_before_posting = models.BooleanField(
        _("look for sales that are already in QuickBooks"),
        default=False,
        help_text=_(
            "On: before a record is posted, QuickBooks is searched for it, and where something like it is found, a "
            "person says whether it is adopted or posted. Three reads for thirty records. Meant for the time "
            "when others enter sales in QuickBooks too."
        ),
    )
    proves_syncs = models.BooleanField(
        _("prove each sync with the trial balance"),
        default=False,
        help_text=_(
            "On: QuickBooks' trial balance is read before the first posting of a sync, a Re-sync or an undo and after "
            "the last. Each account must have moved by what was posted, to the cent, or it has failed. Two reads where "
            "anything is posted."
        ),
    )
    approval_above = models.DecimalField(
        _("ask a second person above"),
        max_digits=19,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "In the home currency; empty never asks, 0 always does. Compared is everything that waits to be sent, "
            "whichever part of it a person wants to send: the totals of all documents added up, an invoice and its "
            "payment both, a changed document with the larger of its totals. Above the amount nothing new is sent "
            "before another accountant or administrator than the one who asked has approved all of it."
        ),
    )
    #: The month that its fiscal years begin with, as QuickBooks says it.
    fiscal_year_begins = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=1, editable=False
    )
    is_rehearsal = models.BooleanField(
        _("test company"),
        default=False,
        help_text=_("A test company. Only a test company may use a plain-http QuickBooks address."),
    )
    #: Made by the demo: its orders are invented, and every page of it says so.
    is_sample = models.BooleanField(_("sample company"), default=False, editable=False)
    rehearsal_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="rehearsals",
        verbose_name=_("test company of"),
    )
    live_since = models.DateTimeField(_("live since"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="twin_is_a_rehearsal",
                condition=models.Q(rehearsal_of__isnull=True) | models.Q(is_rehearsal=True),
            ),
        ]
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> NameRule:
        """The company's name rule."""
        return NameRule(self.name_rule)

    @property
    def language(self) -> str:
        """The variety of English whose dates the company's screens use; ISO's are those of plain English."""
        style = self.date_style or ("mdy" if self.home_currency == "USD" else "ymd")
        return {DateStyle.MONTH_FIRST: "en-us", DateStyle.DAY_FIRST: "en-gb"}.get(DateStyle(style), "en")

    @property
    def closed_periods(self) -> ClosedPeriods:
        """Up to which day the books are closed, in QuickBooks or here, and what is entered later then."""
        days = [day for day in (self.quickbooks_closed_through, self.books_closed_through) if day]
        moved = {
            kind
            for kinds, policy in (
                (("invoice", "sales-receipt", "return"), self.closed_invoices),
                (("payment",), self.closed_payments),
                (("credit", "credit-application"), self.closed_credits),
                (("refund",), self.closed_refunds),
            )
            if policy == ClosedPolicy.NEXT_OPEN_DAY
            for kind in kinds
        }
        return ClosedPeriods(through=max(days, default=None), next_open_day=frozenset(moved))

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The company's time zone."""
        return zoneinfo.ZoneInfo(self.time_zone)


class Role(models.TextChoices):
    """What a person does for a company."""

    ACCOUNTANT = "accountant", _("Accountant")
    OPS = "ops", _("Ops")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Membership(models.Model):
    """A person's role in one company. Without one, the company does not exist for that person."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="memberships", verbose_name=_("company"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "user"],
                name="membership_once",
                violation_error_message=_("This person already has a role in this company."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.company} · {self.get_role_display()}"


def take_turns(company: Company) -> None:
    """Wait until nobody else changes documents of the company, and keep others waiting until the transaction ends.

    Two preparations at once could both create the document of one new customer, or both give one number away; and
    preparing locks rows in the order of their numbers, where an outcome locks parents before children. So whatever
    changes several documents takes the company first. Work that only adds rows of the company does not wait for that.

    Up to which day the books are closed, and above which amount a second person is asked, is read with it: a person may
    have said so since the company was read.
    """
    for said in _LOCK.rows(company.pk):
        for name, value in zip(_SAID, said, strict=True):
            setattr(company, name, value)


_SAID = (
    "quickbooks_closed_through", "books_closed_through",
    "closed_invoices", "closed_payments", "closed_credits", "closed_refunds",
    "approval_above",
)  # fmt: skip
_LOCK = KeptQuery(lambda company: Company.objects.select_for_update(no_key=True).filter(pk=company).values_list(*_SAID))
