"""How do amounts, moments and states look on every screen?"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from books.money import quantity_text, rounded, smallest_unit
from mapping.models import Company
from reconciliation.states import TONES

register = template.Library()


@register.simple_tag
def money(amount: Decimal | None, currency: str) -> SafeString | str:
    """An amount with its currency, figures of equal width; a dash for none."""
    if amount is None:
        return "—"
    exact = rounded(amount, currency)
    places = -int(smallest_unit(currency).as_tuple().exponent)
    figures = number_format(exact, decimal_pos=places, use_l10n=True, force_grouping=True)
    tone = " tie-money-below-zero" if exact < 0 else ""
    return format_html(
        '<span class="tie-money{}">{}<span class="tie-currency">{}</span></span>', tone, figures, currency
    )


@register.filter
def quantity(amount: Decimal) -> str:
    """A quantity without idle zeros."""
    return quantity_text(amount)


@register.simple_tag
def moment(at: datetime | None, company: Company, *, seconds: bool = False) -> SafeString | str:
    """A moment in the company's time zone, to the minute or the second; a dash for none."""
    if at is None:
        return "—"
    there = timezone.localtime(at, company.zone)
    return format_html(
        '<time class="tie-moment" datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        there.strftime("%Y-%m-%d %H:%M:%S %Z"),
        there.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"),
    )


@register.simple_tag
def badge(state: str, words: Any, tone: str | None = None) -> SafeString:
    """A state as a word on its color."""
    kind = TONES.get(state, "") if tone is None else tone
    return format_html('<span class="tie-badge{}">{}</span>', f" tie-badge-{kind}" if kind else "", words)


@register.filter
def grouped(number: int) -> str:
    """A whole number with thousands separated."""
    return number_format(number, force_grouping=True)
