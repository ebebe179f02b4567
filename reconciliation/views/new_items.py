"""Items created in QuickBooks for products that have none: chosen, confirmed, and listed with what came of each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from books.outside.texts import row_numbers
from books.problems import Unmatched
from companies.access import Right, company_view
from companies.models import Company
from companies.screen import show
from mapping.models import Product
from mapping.unmatched import unmatched
from reconciliation.states import PUSH_TONES
from reconciliation.views.match_items import held
from sync.lists.items.create import MOST_AT_ONCE, PlannedItem, create_items, not_allowed, plans
from sync.lists.items.many import start
from sync.lists.items.write import CannotWrite
from sync.models import ItemWrite

_SHOWN = 100
_LAST_WRITES = 50


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.MAP)
def new_items(request: HttpRequest, company: Company) -> HttpResponse:
    """Products without a mapping, to choose from; then what would be created; then it is created.

    `id` names products that are chosen already, `all` stands for every one of them; `confirmed` says that a person has
    seen what is written, and `seen` what that was.
    """
    why_not = not_allowed(company)
    if request.method == "POST" and not why_not:
        every = "all" in request.POST
        planned = _plans(company, None if every else _numbers(request.POST.getlist("id")), most=None)
        chosen = [plan for plan in planned if not plan.why_not]
        if not chosen:
            messages.error(request, _("Choose at least one product."))
        elif "confirmed" in request.POST and request.POST.get("seen", _seen(chosen)) == _seen(chosen):
            return _create(request, company, chosen)
        else:
            if "confirmed" in request.POST:
                messages.error(request, _("Nothing was created: something has changed in the meantime. Look again."))
            context = {
                "plans": chosen[:_SHOWN],
                "number": len(chosen),
                "clashes": [plan for plan in planned if plan.why_not][:_SHOWN],
                "every": every,
                "seen": _seen(chosen),
            }
            return show(request, company, "reconciliation/new_items_confirm.html", _context(company) | context)
    offered = [] if why_not else _plans(company, None, most=_SHOWN)
    total = 0 if why_not else without_item(company).count()
    context = {
        "why_not": why_not,
        "plans": offered,
        "total": total,
        "more": max(0, total - len(offered)),
        "chosen": set(_numbers(request.GET.getlist("id"))),
        "writes": _writes(company),
        "held": held(company),
    }
    return show(request, company, "reconciliation/new_items.html", _context(company) | context)


def _seen(chosen: Sequence[PlannedItem]) -> str:
    """The same for two looks that show the same."""
    return hashlib.sha256(repr([(plan.product.pk, plan.name) for plan in chosen]).encode()).hexdigest()


def without_item(company: Company) -> QuerySet[Product]:
    """Products that are matched with no item; those that two items fit are chosen, and not created."""
    return unmatched(company).exclude(Q(("reason", Unmatched.TWO_FIT.value)))


def _create(request: HttpRequest, company: Company, chosen: Sequence[PlannedItem]) -> HttpResponse:
    if len(chosen) > MOST_AT_ONCE:  # its page shows how far it is, and it can be left
        run = start(company, [plan.product for plan in chosen], by=cast(User, request.user))
        return redirect("reconciliation:sync_run", company.slug, run.pk)
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


def _plans(company: Company, numbers: Sequence[int] | None, *, most: int | None) -> list[PlannedItem]:
    """The plans of products without an item: as many as a page shows, or all, or those with these numbers."""
    rows = without_item(company).order_by("name", "pk")
    rows = rows if numbers is None else rows.filter(pk__in=numbers)
    return plans(company, list(rows[:most]))


def _numbers(texts: Sequence[str]) -> list[int]:
    return row_numbers(list(texts), most=_SHOWN)


def _writes(company: Company) -> list[dict[str, object]]:
    rows = ItemWrite.objects.filter(company=company).select_related("asked_by", "product").order_by("-pk")
    return [{"row": row, "tone": PUSH_TONES[row.state]} for row in rows[:_LAST_WRITES]]


def _context(company: Company) -> dict[str, object]:
    return {"title": _("Items for QuickBooks"), "company": company, "most": MOST_AT_ONCE}
