"""By which rules are the products of a source found in QuickBooks? One row per source, beside its defaults."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from simple_history.models import HistoricalRecords

from companies.models import Company
from companies.source_names import SourceNames
from mapping.matching.item_rules import ItemStep
from mapping.models.undecided import TouchingRow, TouchingRows


def item_steps() -> list[tuple[str, str | StrPromise]]:
    """What items can be found by."""
    return [(step.value, _(step.label)) for step in ItemStep]


def _step(label: str | StrPromise, default: str = "") -> models.CharField[str, str]:
    return models.CharField(label, max_length=20, choices=item_steps, blank=True, default=default)


class SourceItemRules(TouchingRow):
    """How the products of one source are matched with QuickBooks' items."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="item_rules", verbose_name=_("company"))
    #: The key of the source connection, such as `keap`.
    system = models.CharField(_("source"), max_length=40)
    match_first = _step(_("match first by"), ItemStep.SKU.value)
    match_second = _step(_("then by"), ItemStep.NAME.value)
    match_third = _step(_("then by (third)"))
    create_items = models.BooleanField(
        _("create new items automatically"),
        default=False,
        help_text=_(
            "On: a product that is new from now on, and that QuickBooks does not have, is created there with the next "
            "sync, with the accounts of the company's settings. Off: a person creates it."
        ),
    )
    #: Since when products count as new; empty while the switch is off.
    create_since = models.DateTimeField(null=True, blank=True, editable=False)

    #: Whether a row is called what its source is.
    is_named_by_source: ClassVar = True
    objects = TouchingRows.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("item rules of a source")
        verbose_name_plural = _("item rules of sources")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system"], name="item_rules_once"),
        ]

    def __str__(self) -> str:
        return SourceNames(self.company).called(self.system)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Remember since when products count as new, so that switching it on creates nothing of what is there."""
        if not self.create_items:
            self.create_since = None
        elif self.create_since is None:
            self.create_since = timezone.now()
        super().save(*args, **kwargs)

    @property
    def steps(self) -> tuple[ItemStep, ...]:
        """What items are found by, in the order in which it is tried."""
        chosen = (self.match_first, self.match_second, self.match_third)
        return tuple(ItemStep(step) for step in chosen if step)
