"""How are the fields of a form drawn? As Django's templates draw them, put together here.

The filters above a list have more than a hundred options, and a template for each took a third of the time of the page.
A field with a template of its own is drawn by that, and so is one whose options have one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_OF_DJANGO = "django/forms/widgets/"
_OPTION = f"{_OF_DJANGO}select_option.html"


class FieldRenderer(TemplatesSetting):
    """Draws the plainest fields itself; all others by their templates, which may be among those of the pages."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        draw = _DRAWN.get(template_name)
        drawn = draw(context["widget"]) if draw else None
        if drawn is not None:
            return drawn
        if "type" in context.get("widget", {}):  # for a template that puts more around the input
            context = {**context, "input": _input(context["widget"])}
        return super().render(template_name, context, request)


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    named = f'<input type="{conditional_escape(widget["type"])}" name="{conditional_escape(widget["name"])}"'
    return mark_safe(f"{named}{value}{_attributes(widget)}>")


def _select(widget: Mapping[str, Any]) -> SafeString | None:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget)}>']
    for group, options, _place in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_shown(group)}">')
        for option in options:
            if option["template_name"] != _OPTION:
                return None
            value = f'<option value="{_text(option["value"])}"'
            parts.append(f"\n  {value}{_attributes(option)}>{_shown(option['label'])}</option>")
        if group:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>\n")
    return mark_safe("".join(parts))


def _attributes(widget: Mapping[str, Any]) -> str:
    drawn = ""
    for name, value in widget["attrs"].items():
        if value is True:
            drawn += f" {conditional_escape(name)}"
        elif value is not False:
            drawn += f' {conditional_escape(name)}="{_text(value)}"'
    return drawn


def _text(value: object) -> str:
    """A value as it is sent: numbers are written as Python writes them."""
    text = value if isinstance(value, str) else str(value)
    return text if isinstance(text, SafeString) else escape(text)


def _shown(value: object) -> str:
    """A value as it is read: numbers are written as the reader's language does."""
    return _text(value if isinstance(value, str | Promise) else localize(value))


_INPUTS = (
    "checkbox",
    "color",
    "date",
    "datetime",
    "email",
    "file",
    "hidden",
    "number",
    "search",
    "tel",
    "text",
    "time",
)
_DRAWN: Mapping[str, Callable[[Mapping[str, Any]], SafeString | None]] = {
    **{f"{_OF_DJANGO}{name}.html": _input for name in _INPUTS},
    f"{_OF_DJANGO}select.html": _select,
}
