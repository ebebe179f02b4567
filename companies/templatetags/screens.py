"""How does a page lead to a screen of a room above its own, and to one that not everyone may open?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from companies.access import right_to_open, roles_with, standing
from companies.history import Change
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


_ARROW = mark_safe('<span aria-hidden="true">→</span>')


@register.simple_tag
def changed_fields(changes: Iterable[Change]) -> SafeString:
    """The fields that an entry of the history changed, before and after: a page has hundreds of them."""
    nothing = format_html('<span class="tie-quiet">{}</span>', _("empty"))
    rows = ((change.field, _before_and_after(change, nothing)) for change in changes)
    return format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows)


def _before_and_after(change: Change, nothing: SafeString) -> SafeString:
    if not change.before:
        return format_html("<ins>{}</ins>", change.after)
    after = format_html("<ins>{}</ins>", change.after) if change.after else nothing
    return format_html("<del>{}</del> {} {}", change.before, _ARROW, after)


# Unfold's entry of the menu
_ENTRY = (
    '<li><a href="{}" class="flex h-[38px] items-center -mx-3 px-3 rounded-default hover:text-primary-600 '
    'dark:hover:text-primary-500{}"><span class="material-symbols-outlined md-18 mr-3 w-[18px]">{}</span>'
    "<span>{}</span></a></li>"
)
_OPEN = " bg-base-100 font-semibold text-primary-600 dark:bg-white/[.06] dark:text-primary-500 active"


@register.simple_tag
def menu_entries(entries: Iterable[Mapping[str, Any]]) -> SafeString:
    """The entries of a group of the menu, see `config.navigation`; the open one is marked."""
    rows = ((entry["link"], _OPEN if entry["active"] else "", entry["icon"], entry["title"]) for entry in entries)
    return format_html_join("", _ENTRY, rows)
