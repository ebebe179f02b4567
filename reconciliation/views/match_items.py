"""Which products are matched with no QuickBooks item, and what does a person do about each, from its row?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import CharField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from books.outside.texts import row_number
from books.problems import Unmatched
from companies.access import Right, company_view, person_of, require
from companies.activation import SetupStep, part_of
from companies.forms.base import OPENED, Meanwhile, both_sides, opened_input, read_opened
from companies.models import Company, CompanyKind, take_turns
from companies.screen import show
from companies.signals import announce
from companies.source_names import SourceNames
from companies.stored_texts import in_english
from mapping.company_lists import CompanyLists
from mapping.matching.item_candidates import ItemCandidate
from mapping.models import ITEM_LENGTH, SKU_LENGTH, Product
from mapping.name_checks import check_item
from mapping.product_states import states
from mapping.shared_skus import shared_sku_sentence
from mapping.unmatched import candidates, counts, held_products, unmatched, unmatched_by
from reconciliation.paging import Sort, keyset_page
from sync.lists.items.create import PlannedItem, not_allowed, plans
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import Run, RunKind, RunState

BY_NUMBER = Sort(name="product", field="pk")
PAGE_SIZE = 20
_LONGEST_NAME = 300
_WHY = gettext_lazy("Items to match")
#: What a row shows as entered for the product, and compares when an answer comes.
_ENTERED = ("sku_given", "name_given")


@dataclass(frozen=True, kw_only=True)
class UnmatchedRow:
    """One product with why it is not matched, and everything that can be done about it."""

    product: Product
    reason: Unmatched
    #: What was found in QuickBooks and cannot be taken, as sentences.
    story: tuple[str, ...]
    offers: tuple[ItemCandidate, ...]
    #: What would be created, or why nothing can be.
    plan: PlannedItem
    source: str

    @property
    def opened(self) -> SafeString:
        """The hidden field of what was entered for the product when the page was made."""
        return opened_input(OPENED, {name: getattr(self.product, name) for name in _ENTERED})

    @property
    def label(self) -> str:
        """The kind of issue, in the reader's language."""
        return _(self.reason.label)

    @property
    def cure(self) -> str:
        """What to do about it, in the reader's language; empty where the story ends with it."""
        told = self.story and self.reason in (Unmatched.TWO_FIT, Unmatched.INACTIVE)
        return "" if told else _(self.reason.cure)


@require_http_methods(["GET", "HEAD", "POST"])
@part_of(SetupStep.PRODUCTS)
@company_view(Right.VIEW)
def match_items(request: HttpRequest, company: Company) -> HttpResponse:
    """The products that are left to match, by reason; each action is one button of its row."""
    if request.method == "POST":
        return _act(request, company)
    numbers = counts(company)
    reason = next((known for known in Unmatched if known.value == request.GET.get("reason")), None)
    alone = row_number(request.GET.get("product", ""))
    rows = unmatched_by(company, reason)
    rows = rows.filter(pk=alone) if alone else rows
    page = keyset_page(rows, BY_NUMBER, request.GET.get("place", ""), size=PAGE_SIZE)
    context = {
        "title": _("Items to match"),
        "rows": _rows(company, list(page.rows)),
        "page": page,
        "sort": BY_NUMBER,
        "tabs": _tabs(numbers, reason if not alone else None, alone=bool(alone)),
        "alone": alone,
        "held": held(company),
        "under_way": Run.objects.filter(company=company, kind=RunKind.PREPARE, state=RunState.RUNNING).first(),
        "total": sum(numbers.values()),
        "creates": not not_allowed(company),
        "why_not_created": not_allowed(company),
        "online": company.kind == CompanyKind.ONLINE,
        "query": urlencode({name: request.GET[name] for name in ("reason", "place", "product") if name in request.GET}),
    }
    return show(request, company, "reconciliation/match_items.html", context)


def held(company: Company) -> list[dict[str, object]]:
    """The sources whose item sync is off, each with how many of its products wait for that, and its switch."""
    numbers = held_products(company)
    names = SourceNames(company) if numbers else None
    return [
        {
            "source": names.called(system),
            "number": number,
            "link": reverse("reconciliation:source", args=[company.slug, system]),
        }
        for system, number in numbers.items()
        if names
    ]


def _tabs(numbers: Mapping[Unmatched, int], chosen: Unmatched | None, *, alone: bool) -> list[dict[str, object]]:
    every = {"title": _("All"), "link": "?", "count": sum(numbers.values()), "chosen": not chosen and not alone}
    return [
        every,
        *(
            {
                "title": _(reason.label),
                "link": f"?reason={reason.value}",
                "count": number,
                "chosen": chosen is reason,
            }
            for reason, number in numbers.items()
            if number or chosen is reason
        ),
    ]


def _rows(company: Company, products: list[Any]) -> list[UnmatchedRow]:
    names, found, offers = SourceNames(company), states(company, products), candidates(company, products)
    planned = {plan.product.pk: plan for plan in plans(company, products)}
    return [
        UnmatchedRow(
            product=product,
            reason=Unmatched(product.reason),
            story=_story(Unmatched(product.reason), found[product.pk].story, planned[product.pk]),
            offers=offers[product.pk],
            plan=planned[product.pk],
            source=names.called(product.system),
        )
        for product in products
    ]


def _story(reason: Unmatched, found: tuple[str, ...], plan: PlannedItem) -> tuple[str, ...]:
    """What the reason does not say already: the items that fit, the inactive one, the one that has the name."""
    if reason is Unmatched.NAME_TAKEN:
        return (plan.why_not,) if plan.why_not else ()
    return found if reason in (Unmatched.TWO_FIT, Unmatched.INACTIVE) else ()


def _act(request: HttpRequest, company: Company) -> HttpResponse:
    """Do what a button says, and come back to the same page of the list."""
    name = next((action for action in _ACTIONS if action in request.POST), "")
    back = f"{reverse('reconciliation:match_items', args=[company.slug])}?{request.GET.urlencode()}"
    if name == "resync":
        require(request.user, company, Right.RESOLVE)
        _read_lists(request, company)
    elif name:
        right, act = _ROW_ACTIONS[name]
        require(request.user, company, right)
        with transaction.atomic():
            take_turns(company)
            product = _product(company, request)
            if product is None:
                messages.error(request, _("Someone has settled this product in the meantime. Nothing was changed."))
            elif words := _entered_meanwhile(request, product):
                messages.error(request, words)
            else:
                act(request, company, product)
    return redirect(back)


def _product(company: Company, request: HttpRequest) -> Product | None:
    """The product of the row, as long as no one has said meanwhile what it is."""
    number = row_number(request.POST.get("product", "")) or 0
    return Product.objects.select_for_update().filter(company=company, pk=number, quickbooks_product_name="").first()


def _entered_meanwhile(request: HttpRequest, product: Product) -> str:
    """Which SKU or name another person entered for the product since the page was made; empty for none."""
    seen = read_opened(request.POST.get(OPENED)) or {}
    entered = next((request.POST[name] for name in ("pick", "item", "sku", "name") if name in request.POST), "")
    for name in _ENTERED:
        before, now = seen.get(name, getattr(product, name)), getattr(product, name)
        if before != now:
            both = both_sides(product, Meanwhile(name=name, before=before, now=now, entered=entered))
            facts = {"product": product, "both": both}
            return _("Nothing was saved: %(product)s was changed in the meantime. %(both)s") % facts
    return ""


def _entered(request: HttpRequest, name: str, longest: int) -> str:
    """What was entered on one line; empty, with a message, where it cannot be kept."""
    try:
        return str(CharField(max_length=longest).clean(" ".join(request.POST.get(name, "").split())))
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
        return ""


def _enter_sku(request: HttpRequest, company: Company, product: Product) -> None:
    """Keep the SKU, and say at once what it finds."""
    text = _entered(request, "sku", SKU_LENGTH)
    others = Product.objects.filter(company=company, system=product.system, active=True).exclude(pk=product.pk)
    if not text:
        return
    product.sku_given = text
    product.keep_compared()
    if other := others.filter(sku_compared=product.sku_compared).first():
        messages.error(request, shared_sku_sentence(other, text))
        return
    _save(company, product, ["sku_given"], by=person_of(request))
    _say_what_is_found(request, company, product)


def _rename(request: HttpRequest, company: Company, product: Product) -> None:
    """Give the product another name for QuickBooks; the source keeps its own."""
    if text := _entered(request, "name", _LONGEST_NAME):
        product.name_given = text
        _save(company, product, ["name_given"], by=person_of(request))
        _say_what_is_found(request, company, product)


def _choose(request: HttpRequest, company: Company, product: Product) -> None:
    """Say which item it is; one that was made inactive or renamed meanwhile is refused with why."""
    text = _entered(request, "pick" if "pick" in request.POST else "item", ITEM_LENGTH)
    finding = check_item(text, CompanyLists(company))
    if finding.error or not finding.text:
        if finding.error:
            messages.error(request, finding.error)
        return
    product.quickbooks_product_name = finding.text
    _save(company, product, ["quickbooks_product_name"], by=person_of(request))
    messages.success(request, _("“%(product)s” is sold as “%(item)s”.") % {"product": product, "item": finding.text})


def _save(company: Company, product: Product, fields: list[str], *, by: User) -> None:
    product._history_user, product._change_reason = by, in_english(str(_WHY))  # type: ignore[attr-defined]
    product.save(update_fields=fields)
    # sync prepares again what is not sent, reconciliation gathers the issues
    announce(company, by=by)


def _say_what_is_found(request: HttpRequest, company: Company, product: Product) -> None:
    state = states(company, [product])[product.pk]
    words = _("%(product)s: %(state)s. %(story)s") % {
        "product": product,
        "state": state.words,
        "story": " ".join(state.story),
    }
    (messages.success if state.tone in ("good", "note") else messages.warning)(request, words.strip())


def _read_lists(request: HttpRequest, company: Company) -> None:
    """It was corrected in QuickBooks: read the lists again, and match anew."""
    before = unmatched(company).count()
    read = refresh_and_prepare(company, by=person_of(request))
    if read.failed:
        messages.error(request, _(read.failed))
        return
    for warned in read.warnings:
        messages.warning(request, warned.worded(_))
    after = unmatched(company).count()
    sentence = _("QuickBooks' lists were read again. Products that are matched now: %(settled)d. Left: %(left)d.")
    messages.success(request, sentence % {"settled": max(0, before - after), "left": after})


_ROW_ACTIONS: Mapping[str, tuple[Right, Callable[[HttpRequest, Company, Product], None]]] = {
    "enter-sku": (Right.RESOLVE, _enter_sku),
    "rename": (Right.RESOLVE, _rename),
    "pick": (Right.MAP, _choose),
    "choose": (Right.MAP, _choose),
}
_ACTIONS = ("resync", *_ROW_ACTIONS)
