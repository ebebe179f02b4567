"""How does a person say which QuickBooks customer a customer of the source is?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from books.names import judge_customer_name
from companies.forms.base import ScopedForm
from mapping.forms.base import PickedCustomerField, pick_url
from mapping.models import SourceCustomer


class SourceCustomerForm(ScopedForm):
    """The billing email, the name to create the customer under, and the link."""

    class Meta:
        model = SourceCustomer
        fields = ("email_given", "name_given", "quickbooks_customer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "quickbooks_customer" not in self.fields:  # those who may only read have no fields at all
            return
        linked = self.instance.quickbooks_customer
        given = self.fields["quickbooks_customer"]
        self.fields["quickbooks_customer"] = field = PickedCustomerField(
            company=self.company,
            url=pick_url(self.company, "customers"),
            kept=linked,
            label=given.label,
            help_text=given.help_text,
        )
        self.initial["quickbooks_customer"] = linked.display_name if linked else ""
        if linked:
            field.widget.detail = " · ".join(filter(None, (linked.email, linked.currency)))
            field.widget.remark = "" if linked.active else _("This customer is inactive in QuickBooks.")

    def clean_name_given(self) -> str:
        name = " ".join(str(self.cleaned_data["name_given"]).split())
        refused = [fault.message.worded(_) for fault in judge_customer_name(name).faults] if name else []
        if refused:
            raise forms.ValidationError(refused)
        return name
