"""A customer's field is longer than QuickBooks keeps: another value, or none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.contact_details import billed_to
from books.customer_fields import FIELDS_BY_KEY, CustomerField
from books.outside.texts import row_number
from companies.models import Company
from reconciliation.fixes.customers import AboutCustomer
from reconciliation.models import Issue
from reconciliation.resolutions import give_field


class AboutField(AboutCustomer):
    """A fix of one field of a customer."""

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return issue.facts.get("field_key") in FIELDS_BY_KEY and super().fits(company, issue)

    @property
    def about(self) -> CustomerField:
        """The field that the issue is about."""
        return FIELDS_BY_KEY[self.fact("field_key")]


class EnterField(AboutField):
    """Another value."""

    name = "enter-field"
    title = gettext_lazy("Enter another value")
    help = gettext_lazy("Used here for this and every later order. The source is not changed.")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        longest = row_number(self.fact("longest")) or self.about.longest
        self.fields["text"] = forms.CharField(label=_(self.about.label), max_length=longest)
        self.initial["text"] = self.fact("value")[:longest]

    def clean_text(self) -> str:
        """An email has to be one."""
        text = str(self.cleaned_data["text"])
        if self.about.key == "email" and billed_to(text) != text:
            raise ValidationError(_("“%(text)s” is not an email address.") % {"text": text}, code="email")
        return text

    def apply(self, *, by: User) -> str:
        return give_field(self.customer, self.about, self.cleaned_data["text"], by=by, why=self.why)


class LeaveFieldOut(AboutField):
    """No value."""

    name = "leave-field-out"
    title = gettext_lazy("Leave the field out")
    help = gettext_lazy("It is not sent to QuickBooks, for this and every later order. The source is not changed.")
    save_label = gettext_lazy("Leave it out")

    def apply(self, *, by: User) -> str:
        return give_field(self.customer, self.about, "", by=by, why=self.why)
