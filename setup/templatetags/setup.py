"""What do pages of other rooms show about setup? The way from one settings page to the next, and what waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from books.problems import LineTypeWithoutMapping, PostingAccountNotSet
from companies.access import standing
from companies.models import Company
from setup.facts import waiting_for_settings
from setup.going_live import setup_of
from setup.links import PAGE_STEPS, neighbours

register = template.Library()


@register.simple_tag(takes_context=True)
def setup_way(context: Mapping[str, Any]) -> str:
    """The links to the settings pages before and after this one; nothing on any other page."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if request is None or match is None or match.view_name not in PAGE_STEPS:
        return ""
    company = standing(request).company
    if company is None:
        return ""
    before, after = neighbours(company, match.view_name)
    facts: dict[str, Any] = {"company": company, "before": before, "after": after}
    if not company.live_since:
        steps = {step.name: step for step in setup_of(company)}
        facts["step"] = steps[PAGE_STEPS[match.view_name]]
        facts["after_closed"] = after is not None and steps[after.name].is_closed
    return SafeString(render_to_string("setup/parts/way.html", facts))


@register.simple_tag
def documents_waiting(company: Company) -> Mapping[str, int]:
    """How many documents wait for each setting, by the name of the posting account or the key of the line type."""
    waiting = waiting_for_settings(company)
    codes = (PostingAccountNotSet.code, LineTypeWithoutMapping.code)
    return {setting: number for (code, setting), number in waiting.items() if code in codes}


@register.filter
def of(numbers: Mapping[str, int], name: Any) -> int:
    """The number kept under a name; 0 where there is none."""
    return numbers.get(str(name), 0)
