"""How does a person say what payments of each method are: money, or an account of their own?"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from companies.models import Company
from mapping.account_uses import PAYMENT_METHOD
from mapping.company_lists import LISTED, CompanyLists, names_of
from mapping.forms.base import PicksNames
from mapping.forms.document_forms import choice_of
from mapping.models import PaymentMethod


class PaymentMethodForm(PicksNames):
    """The decisions about one payment method."""

    account_fields: ClassVar = {"account": PAYMENT_METHOD}
    #: Of QuickBooks, read once for all forms of a page.
    quickbooks_methods: ClassVar[tuple[str, ...]] = ()

    # A choice rather than a tick: what was not sent at all is told from No
    is_money = forms.TypedChoiceField(
        choices=[("no", _("No")), ("yes", _("Yes"))], coerce=lambda word: word == "yes", widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = PaymentMethod
        fields = ("is_money", "account", "quickbooks_method")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("is_money", "account"):
            self.fields[name].label = capfirst(str(PaymentMethod._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
            self.fields[name].help_text = ""  # said once, above the table
        self.initial["is_money"] = "yes" if self.instance.is_money else "no"
        kept = self.instance.quickbooks_method
        if self.quickbooks_methods or kept:
            names = [(name, name) for name in self.quickbooks_methods]
            self.fields["quickbooks_method"] = choice_of(self.fields["quickbooks_method"], names, kept)
            self.fields["quickbooks_method"].help_text = ""
        else:
            del self.fields["quickbooks_method"]


def method_forms(
    company: Company, data: Any, proposed: Any, *, lists: CompanyLists | None = None
) -> list[PaymentMethodForm]:
    """One form for each payment method, those that wait for a decision first.

    Args:
        company: Whose payment methods.
        data: What was sent; None to show what is stored. A method that came in after the page was opened was not sent,
            and stays as it is.
        proposed: Values that a link proposes.
        lists: Of the company, where other forms of the page have them already.
    """
    shared = {
        "company": company,
        "proposed": proposed,
        "shared_lists": lists or CompanyLists(company),
        "quickbooks_methods": tuple(names_of(company, LISTED["payment-method"])),
    }
    made = type("PaymentMethodForm", (PaymentMethodForm,), shared)
    rows = sorted(
        PaymentMethod.objects.filter(company=company).order_by("name", "pk"), key=lambda method: method.is_decided
    )
    found = []
    for method in rows:
        prefix = f"method-{method.pk}"
        sent = data if data is not None and f"{prefix}-is_money" in data else None
        found.append(made(sent, instance=method, prefix=prefix))
    return found


def sent(found: list[PaymentMethodForm]) -> list[PaymentMethodForm]:
    """Those that were sent."""
    return [form for form in found if form.is_bound]
