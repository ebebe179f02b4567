"""What has the accountant decided? Products, line-type defaults and posting accounts, all by QuickBooks' own names.

A decision is kept as the text that QuickBooks writes: an item name or number, an account path. It is looked up in
the company's lists whenever an order is prepared, so a name that vanishes from QuickBooks becomes an issue and is
never replaced in silence. Source: docs/decisions/0007-decisions-are-names.md
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from simple_history.models import HistoricalRecords

from books.orders import DEFAULT_SECTIONS, Section
from books.tenders import LONGEST_METHOD, is_plainly_money, method_key
from companies.models import Company
from mapping.matching.item_rules import LONGEST_KEY, product_columns
from mapping.models.undecided import ProductRows, touch_products

ITEM_LENGTH = 504
ACCOUNT_LENGTH = 504
SKU_LENGTH = 120
#: What a product is compared by; nothing that a person decides.
COMPARED_COLUMNS = ("sku_compared", "name_folded", "name_compared")


def sections() -> list[tuple[str, StrPromise]]:
    """The eight line types that have defaults."""
    return [(section.value, _(section.label)) for section in DEFAULT_SECTIONS]


class ProductKind(models.TextChoices):
    """What kind of record the source keeps it as; all are mapped in the same way."""

    PRODUCT = "product", _("Product")
    SUBSCRIPTION = "subscription", _("Subscription")
    SERVICE = "service", _("Service")
    INVENTORY = "inventory", _("Inventory")
    BUNDLE = "bundle", _("Bundle")
    EXPENSE = "expense", _("Expense")


class Taxable(models.TextChoices):
    """Whether sales tax is charged on a product; empty while nobody decided that."""

    YES = "Yes", _("Yes")
    NO = "No", _("No")


class Product(models.Model):
    """Something the source sells, and what QuickBooks calls it."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="products", verbose_name=_("company"))
    #: The source system it is sold in, such as `keap`.
    system = models.CharField(_("source"), max_length=40)
    #: The source's own id, else its SKU or name, see `books.orders.Line.product_key`.
    source_key = models.CharField(_("id in the source"), max_length=300)
    name = models.CharField(_("name"), max_length=300)
    sku = models.CharField(_("SKU"), max_length=SKU_LENGTH, blank=True)
    sku_given = models.CharField(
        _("SKU entered here"),
        max_length=SKU_LENGTH,
        blank=True,
        help_text=_("Used in place of the SKU in the source. The source itself is not changed."),
    )
    name_given = models.CharField(
        _("name for QuickBooks"),
        max_length=300,
        blank=True,
        help_text=_("Used in place of the name in the source, where QuickBooks cannot have that one."),
    )
    #: As they are compared, see `mapping.matching.item_rules`.
    sku_compared = models.CharField(max_length=LONGEST_KEY, blank=True, editable=False)
    name_folded = models.CharField(max_length=LONGEST_KEY, blank=True, editable=False)
    name_compared = models.CharField(max_length=LONGEST_KEY, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=ProductKind, default=ProductKind.PRODUCT)
    description = models.TextField(_("description"), blank=True)
    price = models.DecimalField(_("price"), max_digits=25, decimal_places=7, null=True, blank=True)
    #: Whether the source still sells it.
    active = models.BooleanField(_("active in the source"), default=True)
    quickbooks_product_name = models.CharField(
        _("QuickBooks Product Name"),
        max_length=ITEM_LENGTH,
        blank=True,
        help_text=_(
            "The name of the item in QuickBooks, letter for letter, or its SKU. It need not be the name "
            "in the source. Left empty, the item is found by the rules of its source: at first by SKU, then by name."
        ),
    )
    quickbooks_account_name = models.CharField(
        _("QuickBooks Account Name"),
        max_length=ACCOUNT_LENGTH,
        blank=True,
        help_text=_(
            "The account as it appears on the Profit and Loss report. Sub-accounts follow a colon without spaces: "
            "Services:Training:Classes. Left empty, the item's own income account is used."
        ),
    )
    quickbooks_class = models.CharField(
        _("class"),
        max_length=ITEM_LENGTH,
        blank=True,
        help_text=_("The class in QuickBooks of what this product earns. Left empty, the class of its source is used."),
    )
    taxable = models.CharField(
        _("taxable"),
        max_length=3,
        choices=Taxable,
        blank=True,
        help_text=_(
            "Whether its lines are taxed on an order that charges tax: TAX or NON in QuickBooks. What the order itself "
            "says of a line comes first. Left empty, it follows from the amount of tax."
        ),
    )
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    objects = ProductRows.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system", "source_key"], name="product_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "name"]), models.Index(fields=["company", "sku_compared"])]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic(savepoint=False)
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep what is compared in step with the name and the SKU, and have the product looked at again."""
        self.keep_compared()
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, *COMPARED_COLUMNS}
        super().save(*args, **kwargs)
        touch_products([(self.company_id, self.pk)])

    def keep_compared(self) -> None:
        """Write what is compared into the row; to be called where rows are saved in bulk."""
        for column, text in product_columns(name=self.known_name, sku=self.known_sku).items():
            setattr(self, column, text)

    @property
    def known_sku(self) -> str:
        """What a person entered, else the source's."""
        return (self.sku_given or self.sku).strip()

    @property
    def known_name(self) -> str:
        """What a person entered, else the source's."""
        return self.name_given.strip() or self.name


class LineTypeDefault(models.Model):
    """How lines of one type post that belong to no product."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="line_type_defaults", verbose_name=_("company"))
    section = models.CharField(_("line type"), max_length=20, choices=sections)
    item_name_default = models.CharField(
        _("Item Name Default"),
        max_length=ITEM_LENGTH,
        blank=True,
        help_text=_("Used for each line of this type that has no item name of its own."),
    )
    pass_item_description_as_the_name = models.BooleanField(
        _("Pass Item Description as the Name"),
        default=False,
        help_text=_("Yes: the line's description is sent in place of the item name. No: the item name is sent."),
    )
    item_account_default = models.CharField(
        _("Item Account Default"),
        max_length=ACCOUNT_LENGTH,
        blank=True,
        help_text=_(
            "The QuickBooks account of this line type. Sub-accounts follow a colon without spaces. "
            "Left empty, the item's own income account is used."
        ),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("line type")
        verbose_name_plural = _("line types")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "section"], name="line_type_once"),
        ]

    def __str__(self) -> str:
        return str(_(Section(self.section).label))


def _account(label: StrPromise, help_text: StrPromise) -> models.CharField[str, str]:
    return models.CharField(label, max_length=ACCOUNT_LENGTH, blank=True, help_text=help_text)


class PostingAccounts(models.Model):
    """The seven accounts that documents debit and credit. Each can be set, changed and cleared alone."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="posting_accounts", verbose_name=_("company"))
    invoice_debit = _account(
        _("Invoice Debit Account"),
        _("Debited with the total when an invoice is created. An Accounts Receivable account."),
    )
    payment_debit = _account(
        _("Payment Debit Account"),
        _("Debited when a payment arrives: Undeposited Funds or a bank account."),
    )
    payment_credit = _account(
        _("Payment Credit Account"),
        _("Credited when a customer pays, for funds actually received. An Accounts Receivable account."),
    )
    credit_debit = _account(
        _("Credit Debit Account"),
        _("Debited when a credit is issued against receivables."),
    )
    credit_credit = _account(
        _("Credit Credit Account"),
        _("Credited for credits, comps and freebies given to customers. An Accounts Receivable account."),
    )
    refund_debit = _account(
        _("Refund Debit Account"),
        _("Debited when a refund is issued: the receivable account, or a separate refunds and allowances account."),
    )
    refund_credit = _account(
        _("Refund Credit Account"),
        _("Credited when a refund is issued: the account that the money leaves."),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("posting accounts")
        verbose_name_plural = _("posting accounts")

    def __str__(self) -> str:
        return str(_("Posting accounts of %(company)s") % {"company": self.company})


class PaymentMethod(models.Model):
    """Something that the source's customers pay with, and what QuickBooks calls it."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="payment_methods", verbose_name=_("company"))
    #: As the source writes it.
    name = models.CharField(_("payment method"), max_length=LONGEST_METHOD)
    #: As methods are compared, see `books.tenders.method_key`.
    name_compared = models.CharField(max_length=3 * LONGEST_METHOD)
    is_money = models.BooleanField(
        _("It is money"),
        default=False,
        help_text=_("Money came in. It goes to the Payment Debit Account, unless another account is chosen."),
    )
    account = models.CharField(
        _("account of the method"),
        max_length=ACCOUNT_LENGTH,
        blank=True,
        help_text=_("What payments of this method debit: for gift cards, the liability account they were sold into."),
    )
    quickbooks_method = models.CharField(
        _("QuickBooks payment method"),
        max_length=LONGEST_METHOD,
        blank=True,
        help_text=_("Left empty, the payment method of the same name, where QuickBooks has it."),
    )
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "name_compared"], name="payment_method_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_decided(self) -> bool:
        """Whether payments of this method can be posted."""
        return self.is_money or bool(self.account)

    @property
    def how(self) -> str:
        """How it was decided, for a reader."""
        if self.account:
            return str(_("An account of its own is chosen."))
        if not self.is_money:
            return str(_("Not decided: its payments wait."))
        if is_plainly_money(self.name):
            return str(_("Preselected: its name is plainly money."))
        return str(_("Confirmed as money."))


def payment_method(company_id: int, name: str) -> PaymentMethod:
    """A payment method as it is when it is first seen: money where its name leaves no doubt. It is not saved."""
    name = name.strip()[:LONGEST_METHOD].strip()
    return PaymentMethod(
        company_id=company_id, name=name, name_compared=method_key(name), is_money=is_plainly_money(name)
    )
