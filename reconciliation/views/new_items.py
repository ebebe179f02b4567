"""Items created in QuickBooks for products that have none: chosen, confirmed, and listed with what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from books.outside.texts import row_numbers
from companies.access import Right, company_view
from companies.models import Company
from companies.screen import show
from mapping.models import Product
from mapping.product_states import without_mapping
from reconciliation.states import PUSH_TONES
from sync.lists.items.create import MOST_AT_ONCE, PlannedItem, create_items, not_allowed, plans
from sync.lists.items.write import CannotWrite
from sync.models import ItemWrite

_SHOWN = 100
_LAST_WRITES = 50


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.MAP)
def new_items(request: HttpRequest, company: Company) -> HttpResponse:
    """Products without a mapping, to choose from; then what would be created; then it is created.

    `id` names products that are chosen already; `confirmed` says that a person has seen what is written.
    """
    why_not = not_allowed(company)
    if request.method == "POST" and not why_not:
        chosen = [plan for plan in _plans(company, _numbers(request.POST.getlist("id"))) if not plan.why_not]
        if len(chosen) > MOST_AT_ONCE:
            sentence = _("Choose at most %(number)d products: they are created while you wait.")
            messages.error(request, sentence % {"number": MOST_AT_ONCE})
        elif not chosen:
            messages.error(request, _("Choose at least one product."))
        elif "confirmed" in request.POST:
            return _create(request, company, chosen)
        else:
            return show(
                request, company, "reconciliation/new_items_confirm.html", _context(company) | {"plans": chosen}
            )
    offered = [] if why_not else _plans(company, None)
    more = max(0, without_mapping(Product.objects.filter(company=company), company).count() - len(offered))
    context = {
        "why_not": why_not,
        "plans": offered,
        "more": 0 if why_not else more,
        "chosen": set(_numbers(request.GET.getlist("id"))),
        "writes": _writes(company),
    }
    return show(request, company, "reconciliation/new_items.html", _context(company) | context)


def _create(request: HttpRequest, company: Company, chosen: Sequence[PlannedItem]) -> HttpResponse:
    try:
        done = create_items(company, [plan.product for plan in chosen], by=cast(User, request.user))
    except CannotWrite as error:
        messages.error(request, str(error))
        return redirect("reconciliation:new_items", company.slug)
    made = sum(not why for _product, why in done)
    sentence = ngettext(
        "%(number)d item was created in QuickBooks.", "%(number)d items were created in QuickBooks.", made
    )
    if made:
        messages.success(request, sentence % {"number": made})
    for product, why in done:
        if why:
            messages.error(request, _("%(product)s: %(why)s") % {"product": product, "why": why})
    return redirect("reconciliation:new_items", company.slug)


def _plans(company: Company, numbers: Sequence[int] | None) -> list[PlannedItem]:
    """The plans of products without a mapping: all that a page shows, or those with these numbers."""
    rows = without_mapping(Product.objects.filter(company=company), company).order_by("name", "pk")
    rows = rows if numbers is None else rows.filter(pk__in=numbers)
    return plans(company, list(rows[:_SHOWN]))


def _numbers(texts: Sequence[str]) -> list[int]:
    return row_numbers(list(texts), most=_SHOWN)


def _writes(company: Company) -> list[dict[str, object]]:
    rows = ItemWrite.objects.filter(company=company).select_related("asked_by", "product").order_by("-pk")
    return [{"row": row, "tone": PUSH_TONES[row.state]} for row in rows[:_LAST_WRITES]]


def _context(company: Company) -> dict[str, object]:
    return {"title": _("Items for QuickBooks"), "company": company, "most": MOST_AT_ONCE}
