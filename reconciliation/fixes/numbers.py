"""An order's number is longer than QuickBooks keeps: another number, for this order alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.field_lengths import online
from companies.access import Right
from companies.models import Company
from reconciliation.fixes.base import Fix
from reconciliation.models import Issue
from sync.models import Document, StagedOrder


class EnterNumber(Fix):
    """A number that QuickBooks can keep."""

    name = "enter-number"
    right = Right.RESOLVE
    title = gettext_lazy("Enter another number")
    help = gettext_lazy(
        "The order is posted under it. In the source it keeps its own number, by which it is found here."
    )

    number = forms.CharField(label=gettext_lazy("Number in QuickBooks"), max_length=online("DocNumber"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        # Its end tells numbers apart
        self.initial["number"] = self.fact("number")[-online("DocNumber") :].lstrip("-_ ")

    @classmethod
    def order(cls, company: Company, issue: Issue) -> StagedOrder | None:
        """The one order that has the number; None where several have it, which are told apart in the source."""
        rows = StagedOrder.objects.filter(company=company, documents__problems__cause=issue.cause).distinct()[:2]
        return rows[0] if len(rows) == 1 else None

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return cls.order(company, issue) is not None

    def clean_number(self) -> str:
        """No other order may have it."""
        number = str(self.cleaned_data["number"])
        others = Document.objects.filter(company=self.company, number=number)
        order = self.order(self.company, self.issue)
        if others.exclude(order=order).exists():
            raise ValidationError(_("Another order has the number “%(number)s”.") % {"number": number}, code="taken")
        return number

    def apply(self, *, by: User) -> str:
        order = self.order(self.company, self.issue)
        assert order is not None, "fits() was asked"
        StagedOrder.objects.filter(pk=order.pk).update(number_given=self.cleaned_data["number"])
        facts = {"order": order.number, "number": self.cleaned_data["number"]}
        return _("Order %(order)s has the number “%(number)s” in QuickBooks.") % facts
