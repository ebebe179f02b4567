"""By which rules do orders of a source find their customer in QuickBooks? One row per source, beside its defaults."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from simple_history.models import HistoricalRecords

from books.customer_addresses import AddressPart, AddressRule
from books.customer_fields import CustomerNameField, NameFormat
from companies.models import Company
from companies.source_names import SourceNames
from mapping.matching.customers import MatchStep, NotFound

NAME_LENGTH = 500


def name_formats() -> list[tuple[str, str | StrPromise]]:
    """The formats that a name can be taken in."""
    return [(name_format.value, _(name_format.label)) for name_format in NameFormat]


def name_fields() -> list[tuple[str, str | StrPromise]]:
    """The fields of QuickBooks that a name can be sent to."""
    return [(field.value, _(field.label)) for field in CustomerNameField]


def not_found_choices() -> list[tuple[str, str | StrPromise]]:
    """What can become of an order whose customer is not found: exactly two."""
    return [(choice.value, _(choice.label)) for choice in NotFound]


def match_steps() -> list[tuple[str, str | StrPromise]]:
    """What customers can be found by."""
    return [(step.value, _(step.label)) for step in MatchStep]


def address_rules() -> list[tuple[str, str | StrPromise]]:
    """Which addresses can follow the orders: exactly three."""
    return [(rule.value, _(rule.label)) for rule in AddressRule]


def _step(label: str | StrPromise, default: str = "") -> models.CharField[str, str]:
    return models.CharField(label, max_length=20, choices=match_steps, blank=True, default=default)


def _customer(label: str | StrPromise, help_text: str | StrPromise) -> models.CharField[str, str]:
    return models.CharField(label, max_length=NAME_LENGTH, blank=True, help_text=help_text)


class SourceCustomerRules(models.Model):
    """How the customers of one source are matched with QuickBooks' customers, and recorded there."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="customer_rules", verbose_name=_("company"))
    #: Such as `keap`.
    system = models.CharField(_("source"), max_length=40)
    match_first = _step(_("match first by"), MatchStep.EMAIL.value)
    match_second = _step(_("then by"))
    match_third = _step(_("then by (third)"))
    match_fourth = _step(_("then by (fourth)"))
    name_format = models.CharField(
        _("take the customer name as"),
        max_length=20,
        choices=name_formats,
        default=NameFormat.FIRST_LAST.value,
        help_text=_("How the name is taken from the source: to be compared, and for a customer who is created."),
    )
    name_field = models.CharField(
        _("send the name to"),
        max_length=20,
        choices=name_fields,
        default=CustomerNameField.DISPLAY.value,
        help_text=_(
            "The QuickBooks field that the name is compared with, and that a new customer has it in. The display name "
            "is always this name too, since QuickBooks needs one."
        ),
    )
    not_found = models.CharField(
        _("if the customer is not found"), max_length=20, choices=not_found_choices, default=NotFound.CREATE.value
    )
    hold_for_review = models.BooleanField(
        _("hold for review first"),
        default=False,
        help_text=_(
            "On: an order whose customer is not found waits, and a person chooses the QuickBooks customer or creates a "
            "new one. Off: it is recorded as chosen above."
        ),
    )
    standard_customer = _customer(
        _("standard customer"), _("All orders whose customers are not found are recorded under this one.")
    )
    default_customer = _customer(
        _("default customer"),
        _(
            "For orders that carry no customer details at all, whatever is chosen above. Left empty, such an order "
            "waits for a person."
        ),
    )
    update_addresses = models.BooleanField(
        _("update customer addresses from new orders"),
        default=False,
        help_text=_(
            "On: once an order is posted, its customer in QuickBooks gets the addresses that the order has. Off: the "
            "addresses of a customer whom QuickBooks has are never touched."
        ),
    )
    address_rule = models.CharField(
        _("addresses to update"), max_length=10, choices=address_rules, default=AddressRule.BILLING.value
    )

    #: Whether a row is called what its source is.
    is_named_by_source: ClassVar = True
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("customer rules of a source")
        verbose_name_plural = _("customer rules of sources")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system"], name="customer_rules_once"),
        ]

    def __str__(self) -> str:
        return SourceNames(self.company).called(self.system)

    @property
    def steps(self) -> tuple[MatchStep, ...]:
        """What customers are found by, in the order in which it is tried."""
        chosen = (self.match_first, self.match_second, self.match_third, self.match_fourth)
        return tuple(MatchStep(step) for step in chosen if step)

    @property
    def address_parts(self) -> tuple[AddressPart, ...]:
        """The addresses in QuickBooks that follow the orders; none while that is off."""
        return AddressRule(self.address_rule).parts if self.update_addresses else ()
