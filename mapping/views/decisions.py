"""Line types, posting accounts, document forms: each is one page, because each is read and decided as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.access import Right, allowed, company_view, person_of, require
from companies.activation import SetupStep, part_of
from companies.forms.base import entered_before
from companies.models import Company, take_turns
from companies.signals import announce
from mapping.company_lists import CompanyLists
from mapping.forms.base import PicksNames
from mapping.forms.customer_rules import CustomerRulesForm
from mapping.forms.document_events import SourceEventForm
from mapping.forms.document_forms import DocumentFormsForm, SourceDimensionsForm, dimension_forms
from mapping.forms.item_rules import ItemRulesForm
from mapping.forms.line_types import line_type_forms
from mapping.forms.payment_methods import PaymentMethodForm, method_forms, sent
from mapping.forms.posting_accounts import PostingAccountsForm
from mapping.models import DocumentForms, PostingAccounts

#: The posting accounts as the page shows them: by what is posted.
GROUPS = (
    (gettext_lazy("Invoices"), ("invoice_debit",)),
    (gettext_lazy("Payments"), ("payment_debit", "payment_credit")),
    (gettext_lazy("Credits, comps and freebies"), ("credit_debit", "credit_credit")),
    (gettext_lazy("Refunds"), ("refund_debit", "refund_credit")),
)
DecisionForm = PicksNames | SourceDimensionsForm | CustomerRulesForm | ItemRulesForm | SourceEventForm
AnyForm = TypeVar("AnyForm", bound=DecisionForm)


@part_of(SetupStep.LINE_TYPES)
@company_view(Right.VIEW)
def line_types(request: HttpRequest, company: Company) -> HttpResponse:
    """The eight line types that have defaults, with the three fields of each."""
    if request.method == "POST":
        require(request.user, company, Right.MAP)
        with one_at_a_time(company):
            forms = line_type_forms(company, request.POST, request.GET.dict())
            if all_valid(forms):
                save_changed(request, company, forms)
                return HttpResponseRedirect(request.path)
    else:
        forms = line_type_forms(company, entered_before(request), request.GET.dict())
    context = {"title": _("Line types"), "forms": for_role(request, company, forms), "company": company}
    return render(request, "mapping/line_types.html", context | may_change(request, company))


@part_of(SetupStep.POSTING_ACCOUNTS)
@company_view(Right.VIEW)
def posting_accounts(request: HttpRequest, company: Company) -> HttpResponse:
    """The seven accounts that documents debit and credit, and what each payment method debits."""
    if request.method == "POST":
        require(request.user, company, Right.MAP)
        with one_at_a_time(company):
            form, methods = _account_forms(company, request.POST, request.GET.dict())
            if all_valid([form, *sent(methods)]):
                save_changed(request, company, [form, *sent(methods)])
                return HttpResponseRedirect(request.path)
    else:
        form, methods = _account_forms(company, entered_before(request), request.GET.dict())
    blocked = form.blocked()
    for_role(request, company, [form, *methods])
    groups = [(title, [(form[name], blocked.get(name, "")) for name in names]) for title, names in GROUPS]
    context = {
        "title": _("QuickBooks posting accounts"),
        "form": form,
        "groups": groups,
        "methods": methods,
        "methods_in_quickbooks": any("quickbooks_method" in method.fields for method in methods),
        "company": company,
    }
    return render(request, "mapping/posting_accounts.html", context | may_change(request, company))


@part_of(SetupStep.PRODUCTS)
@company_view(Right.VIEW)
def transaction_types(request: HttpRequest, company: Company) -> HttpResponse:
    """Which forms documents take, and which class and location they carry."""
    if request.method == "POST":
        require(request.user, company, Right.MAP)
        with one_at_a_time(company):
            form, of_sources = _document_forms(company, request.POST, {}), dimension_forms(company, request.POST)
            if all_valid([form, *of_sources]):
                save_changed(request, company, [form, *of_sources])
                return HttpResponseRedirect(request.path)
    else:
        before = entered_before(request)
        form, of_sources = _document_forms(company, before, request.GET.dict()), dimension_forms(company, before)
    for_role(request, company, list[DecisionForm]([form, *of_sources]))
    context = {
        "title": _("Transaction types"),
        "form": form,
        "outcomes": form.outcomes(),
        "of_sources": of_sources,
        "company": company,
    }
    return render(request, "mapping/transaction_types.html", context | may_change(request, company))


@contextmanager
def one_at_a_time(company: Company) -> Iterator[None]:
    """Let nobody else save these pages of the company meanwhile: a double click must not make two first rows."""
    with transaction.atomic():
        take_turns(company)
        yield


def _account_forms(
    company: Company, data: object, proposed: object
) -> tuple[PostingAccountsForm, list[PaymentMethodForm]]:
    """The form of the seven accounts and those of the payment methods; the accounts are read once for all of them."""
    row = PostingAccounts.objects.filter(company=company).first() or PostingAccounts(company=company)
    shared = {"company": company, "proposed": proposed, "shared_lists": CompanyLists(company)}
    form: PostingAccountsForm = type("PostingAccountsForm", (PostingAccountsForm,), shared)(data, instance=row)
    return form, method_forms(company, data, proposed, lists=form.lists)


def _document_forms(company: Company, data: object, proposed: object) -> DocumentFormsForm:
    row = DocumentForms.objects.filter(company=company).first() or DocumentForms(company=company)
    made = type("DocumentFormsForm", (DocumentFormsForm,), {"company": company, "proposed": proposed})
    form: DocumentFormsForm = made(data, instance=row)
    return form


def all_valid(forms: Iterable[DecisionForm]) -> bool:
    """Whether every form is valid; all of them are asked, so that every error is shown at once."""
    return not [form for form in forms if not form.is_valid()]


def save_changed(request: HttpRequest, company: Company, forms: Iterable[DecisionForm]) -> int:
    """Save the forms that changed anything, together; tell the person, and announce it. Returns how many."""
    forms = list(forms)
    changed = [form for form in forms if form.has_changed()]
    by = person_of(request)
    with transaction.atomic():
        for form in changed:
            form.instance._history_user = by
            form.save()
        if changed:
            # sync prepares again what is not sent, reconciliation gathers the issues
            announce(company, by=by)
    for sentence in (sentence for form in changed for sentence in form.corrections()):
        messages.warning(request, sentence)
    for sentence in (sentence for form in forms for sentence in form.remarks()):
        messages.warning(request, sentence)
    messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return len(changed)


def for_role(request: HttpRequest, company: Company, forms: Sequence[AnyForm]) -> Sequence[AnyForm]:
    """The same forms, closed for those who may only read them."""
    if not allowed(request.user, company, Right.MAP):
        for form in forms:
            for field in form.fields.values():
                field.disabled = True
    return forms


def may_change(request: HttpRequest, company: Company) -> dict[str, bool]:
    """For the page: whether the person may change what it shows."""
    return {"may_change": allowed(request.user, company, Right.MAP)}
