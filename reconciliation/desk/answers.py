"""What does a person say of the customer that the desk shows, and is it an answer at all?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.forms.base import OPENED, read_opened
from companies.models import Company
from mapping.forms.base import PickedCustomerField, pick_url
from mapping.kept_suggestions import offered_to
from mapping.models import QuickBooksCustomer, SourceCustomer
from reconciliation.desk.settle import MatchAnswer
from reconciliation.fixes.customers import CreateCustomer, picked
from reconciliation.models import Issue

#: The buttons that decide, by the name that each sends.
CHOOSE, CREATE, ANOTHER = "choose", "create", "choose-another"


class AnotherCustomer(forms.Form):
    """A QuickBooks customer who is not among the candidates, from the whole list."""

    def __init__(self, data: QueryDict | None = None, *, company: Company) -> None:
        """Make the form of one company."""
        super().__init__(data, auto_id="another-%s")
        self.fields["another"] = PickedCustomerField(
            company=company,
            url=pick_url(company, "customers"),
            kept=None,
            label=gettext_lazy("Another QuickBooks customer"),
        )

    def clean_another(self) -> QuickBooksCustomer:
        """The customer; an empty field is an error here."""
        return picked(self.cleaned_data["another"])


class NotAnAnswer(ValueError):
    """What was sent decides nothing; the message says why, and the form that was filled in is shown again."""

    def __init__(self, words: str, *, form: forms.Form | None = None) -> None:
        super().__init__(words)
        self.form = form


def answer_of(sent: QueryDict, company: Company, issue: Issue, customer: SourceCustomer) -> MatchAnswer:
    """The answer that was sent.

    Raises:
        NotAnAnswer: A name that cannot be taken, or nothing that the desk asks for.
    """
    found: Mapping[str, Any]
    if CREATE in sent:
        create = CreateCustomer(sent, company=company, issue=issue)
        found = {"new_name": _valid(create)["new_name"]}
    elif ANOTHER in sent:
        row = _valid(AnotherCustomer(sent, company=company))["another"]
        found = {"quickbooks_id": row.quickbooks_id, "quickbooks_name": row.display_name}
    elif sent.get(CHOOSE):
        found = {"quickbooks_id": sent[CHOOSE], "quickbooks_name": sent.get(f"name-{sent[CHOOSE]}", "")}
    else:
        raise NotAnAnswer(_("Nothing was chosen, so nothing was saved."))
    seen = read_opened(sent.get(OPENED)) or {}
    return MatchAnswer(customer=customer.pk, issue=issue.pk, seen=seen, offered=_offered(customer), **found)


def _offered(customer: SourceCustomer) -> Sequence[Mapping[str, Any]]:
    return offered_to(customer)


def _valid(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        words = [str(error) for errors in form.errors.values() for error in errors]
        raise NotAnAnswer(" ".join(words), form=form)
    return form.cleaned_data
