"""How does a page lead to a screen of a room above its own, and to one that not everyone may open?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html

from companies.access import right_to_open, roles_with, standing
from companies.screen import ops_address

register = template.Library()

register.simple_tag(ops_address)


@register.simple_tag(takes_context=True)
def may_open(context: Mapping[str, Any], address: str) -> bool:
    """Whether the person may open an address of the company that is open, on any page, the admin's too."""
    return standing(context["request"]).may(right_to_open(address))


@register.simple_tag(takes_context=True)
def link_to(context: Mapping[str, Any], address: str, label: object, style: str = "tie-link") -> str:
    """A link for those who may follow it; for all others its words, and the roles that may.

    Args:
        context: Of a page that `companies.screen.show` draws.
        address: Where it leads.
        label: Its words.
        style: Its classes.
    """
    right = right_to_open(address)
    if context["may"][right.value]:
        return format_html('<a class="{}" href="{}">{}</a>', style, address, label)
    return format_html('<span class="tie-quiet">{} ({})</span>', label, roles_with(right))
