"""What does QuickBooks call things? Our copy of its lists, refreshed by `refresh_lists`, never edited here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from mapping.matching.item_rules import LONGEST_KEY
from mapping.models.undecided import TouchingRow, TouchingRows

ID_LENGTH = 209


class ListRow(models.Model):
    """What every row of a QuickBooks list has."""

    company = models.ForeignKey(Company, models.CASCADE, verbose_name=_("company"))
    #: Of QuickBooks Online its number; of QuickBooks Desktop the full name, which is all that an IIF file knows.
    quickbooks_id = models.CharField(_("QuickBooks id"), max_length=ID_LENGTH)
    active = models.BooleanField(_("active"), default=True)
    sync_token = models.CharField(max_length=20, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        abstract = True


class QuickBooksAccount(TouchingRow, ListRow):
    """An account of the chart of accounts."""

    name = models.CharField(_("name"), max_length=120)
    full_name = models.CharField(_("full name"), max_length=600, db_index=True)
    account_type = models.CharField(_("type"), max_length=60)
    account_subtype = models.CharField(_("detail type"), max_length=80, blank=True)
    number = models.CharField(_("number"), max_length=30, blank=True)

    objects = TouchingRows.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "quickbooks_id"], name="account_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "full_name"])]

    def __str__(self) -> str:
        return self.full_name


class QuickBooksItem(TouchingRow, ListRow):
    """A product or service that QuickBooks can put on a line."""

    name = models.CharField(_("name"), max_length=120)
    full_name = models.CharField(_("full name"), max_length=600)
    sku = models.CharField(_("SKU"), max_length=120, blank=True)
    #: Trimmed and lower-cased, as it is compared.
    sku_compared = models.CharField(max_length=LONGEST_KEY, blank=True)
    #: The last level of the name as QuickBooks compares it, see `mapping.matching.item_rules`.
    name_folded = models.CharField(max_length=LONGEST_KEY, blank=True)
    #: The last level and the whole path without regard to letter case, accents and punctuation.
    name_compared = models.CharField(max_length=LONGEST_KEY, blank=True)
    full_name_compared = models.CharField(max_length=LONGEST_KEY, blank=True)
    item_type = models.CharField(_("type"), max_length=30)
    income_account_id = models.CharField(_("income account"), max_length=ID_LENGTH, blank=True)

    objects = TouchingRows.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "quickbooks_id"], name="item_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "full_name"]),
            models.Index(fields=["company", "name"]),
            models.Index(fields=["company", "sku_compared"]),
            models.Index(fields=["company", "name_folded"]),
            models.Index(fields=["company", "name_compared"]),
            models.Index(fields=["company", "full_name_compared"]),
        ]

    def __str__(self) -> str:
        return self.full_name


#: What customers are compared by beside their name and their email, with the name of its index.
COMPARED = {
    "company": "company_compared",
    "person": "person_compared",
    "check_name": "check_compared",
    "company_zip": "company_zip_compared",
    "phone": "phone_compared",
}


class QuickBooksCustomer(ListRow):
    """A customer of the QuickBooks company."""

    display_name = models.CharField(_("name"), max_length=500)
    #: As names are compared, see `books.customer_fields.name_key`.
    name_compared = models.CharField(max_length=500)
    #: As QuickBooks has it; it may hold several addresses with commas between them.
    email = models.CharField(_("email"), max_length=1100, blank=True)
    #: The first address, as it is compared; the others are `QuickBooksCustomerEmail`.
    email_compared = models.CharField(max_length=1100, blank=True)
    company_name = models.CharField(_("company"), max_length=500, blank=True)
    phone = models.CharField(_("phone"), max_length=100, blank=True)
    postal_code = models.CharField(_("ZIP code"), max_length=60, blank=True)
    given_name = models.CharField(max_length=300, blank=True)
    family_name = models.CharField(max_length=300, blank=True)
    check_name = models.CharField(max_length=300, blank=True)
    #: As they are compared, see `books.customer_fields` and `books.contact_details`; empty where QuickBooks has none.
    company_compared = models.CharField(max_length=1000, blank=True)
    person_compared = models.CharField(max_length=1000, blank=True)
    check_compared = models.CharField(max_length=600, blank=True)
    company_zip_compared = models.CharField(max_length=1100, blank=True)
    phone_compared = models.CharField(max_length=100, blank=True)
    terms_id = models.CharField(_("terms"), max_length=ID_LENGTH, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    #: The QuickBooks id of the customer that a bookkeeper merged this one into; empty for none.
    merged_into = models.CharField(max_length=ID_LENGTH, blank=True)
    #: Whether QuickBooks was asked, since this one became inactive, whose documents ours are now.
    merge_checked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("QuickBooks customer")
        verbose_name_plural = _("QuickBooks customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "quickbooks_id"], name="customer_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "email_compared"]),
            models.Index(fields=["company", "name_compared"]),
            models.Index(fields=["company"], condition=~models.Q(merged_into=""), name="customer_merged"),
            *(
                models.Index(fields=["company", field], condition=~models.Q(**{field: ""}), name=f"customer_{name}")
                for name, field in COMPARED.items()
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class FurtherEmail(models.Model):
    """An address of a customer's email field behind the first one."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    #: As it is compared.
    address = models.CharField(max_length=1100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.address


class QuickBooksCustomerEmail(FurtherEmail):
    """A further address of a QuickBooks customer."""

    customer = models.ForeignKey(QuickBooksCustomer, models.CASCADE, related_name="further_emails")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "address"], name="customer_email_once")]
        indexes: ClassVar = [models.Index(fields=["company", "address"])]


class QuickBooksTerm(ListRow):
    """Payment terms."""

    name = models.CharField(_("name"), max_length=60)
    #: None for terms that fall due on a day of the month.
    due_days = models.PositiveIntegerField(_("due days"), null=True)

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "quickbooks_id"], name="term_once"),
        ]

    def __str__(self) -> str:
        return self.name


class QuickBooksPaymentMethod(ListRow):
    """A payment method, such as Visa."""

    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("QuickBooks payment method")
        verbose_name_plural = _("QuickBooks payment methods")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "quickbooks_id"], name="quickbooks_payment_method_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Dimension(ListRow):
    """A list that only says where a sale belongs."""

    name = models.CharField(_("name"), max_length=120)
    full_name = models.CharField(_("full name"), max_length=600)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.full_name


class QuickBooksClass(Dimension):
    """A class, as the company tracks them."""

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "quickbooks_id"], name="class_once")]


class QuickBooksLocation(Dimension):
    """A location; Intuit's API calls it a department."""

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "quickbooks_id"], name="location_once")]


class QuickBooksTaxRate(ListRow):
    """One rate of sales tax, in percent."""

    name = models.CharField(_("name"), max_length=120)
    percent = models.DecimalField(_("percent"), max_digits=9, decimal_places=5, null=True)

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "quickbooks_id"], name="tax_rate_once")]

    def __str__(self) -> str:
        return self.name


class QuickBooksTaxCode(ListRow):
    """A sales tax code: the rates that apply together."""

    name = models.CharField(_("name"), max_length=120)
    #: The ids of its rates on sales, with commas.
    rate_ids = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = _("tax code")
        verbose_name_plural = _("tax codes")
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "quickbooks_id"], name="tax_code_once")]

    def __str__(self) -> str:
        return self.name


class FormerName(models.Model):
    """What QuickBooks called an account or item before, so that a mapping by the old name can be told the new one."""

    class Kind(models.TextChoices):
        """Which list the name was in."""

        ACCOUNT = "account", _("account")
        ITEM = "item", _("item")

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    quickbooks_id = models.CharField(max_length=ID_LENGTH)
    #: A path, a name or an item number, as QuickBooks wrote it.
    text = models.CharField(max_length=600)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "kind", "quickbooks_id", "text"], name="former_name_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "kind", "text"])]

    def __str__(self) -> str:
        return self.text
