"""Which QuickBooks customer is this customer of the source?"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from books.contact_details import emails, first_email
from books.customer_fields import name_key
from companies.models import Company
from mapping.models.lists import FurtherEmail, QuickBooksCustomer


class SourceCustomer(models.Model):
    """A customer as orders name them, with what people decided: a billing email, a name, or a link.

    Nothing here is ever written to the source.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="source_customers", verbose_name=_("company"))
    system = models.CharField(_("source"), max_length=40)
    #: See `books.orders.Customer.key`.
    source_key = models.CharField(_("id in the source"), max_length=300)
    name = models.CharField(_("name"), max_length=300, blank=True)
    #: As names are compared, and looked for.
    name_compared = models.CharField(max_length=900, blank=True, editable=False)
    #: It may hold several addresses, with commas or semicolons between them.
    #: The parts of the name as the newest order has them, shortened to what fits here.
    given_name = models.CharField(_("first name"), max_length=300, blank=True, editable=False)
    family_name = models.CharField(_("last name"), max_length=300, blank=True, editable=False)
    company_name = models.CharField(_("company"), max_length=300, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=100, blank=True, editable=False)
    email = models.CharField(_("email in the source"), max_length=1100, blank=True)
    #: The first address of `billing_email`, as it is compared; the others are `SourceCustomerEmail`.
    email_compared = models.CharField(max_length=1100, blank=True)
    email_given = models.EmailField(
        _("billing email"),
        max_length=200,
        blank=True,
        help_text=_("Used in place of the email in the source. The source itself is not changed."),
    )
    name_given = models.CharField(
        _("name in QuickBooks"),
        max_length=300,
        blank=True,
        help_text=_("The name to create the customer under, where the name in the source is taken."),
    )
    #: What is sent in place of fields of the source that QuickBooks would refuse, by their key in
    #: `books.customer_fields`; an empty text leaves the field out.
    fields_given = models.JSONField(default=dict, blank=True, editable=False)
    quickbooks_customer = models.ForeignKey(
        QuickBooksCustomer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="source_customers",
        verbose_name=_("QuickBooks customer"),
        help_text=_("Chosen by a person, or created with an order. Used for every later order."),
    )
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False)
    linked_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system", "source_key"], name="source_customer_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "email_compared"])]

    def __str__(self) -> str:
        return self.name or self.email or self.source_key

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep what is compared in step with the name, and with the email that is billed."""
        self.keep_compared()
        super().save(*args, **kwargs)
        further = emails(self.billing_email)[1:]
        self.further_emails.exclude(address__in=further).delete()
        for address in further:
            self.further_emails.get_or_create(address=address, defaults={"company_id": self.company_id})

    def keep_compared(self) -> None:
        """Bring the compared name and email in step; code that writes many rows at once calls it for each."""
        self.name_compared = name_key(self.name)
        self.email_compared = first_email(self.billing_email)

    @property
    def billing_email(self) -> str:
        """The email to match and to bill: the one a person entered, else the source's."""
        return self.email_given or self.email


class SourceCustomerEmail(FurtherEmail):
    """A further address that a customer of the source is billed at."""

    customer = models.ForeignKey(SourceCustomer, models.CASCADE, related_name="further_emails")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "address"], name="source_customer_email_once")
        ]
        indexes: ClassVar = [models.Index(fields=["company", "address"])]
