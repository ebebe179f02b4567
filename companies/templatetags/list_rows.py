"""How are the rows of a list of the admin drawn? As Unfold draws them, with what all rows share made once.

Unfold makes each heading anew for every row, and every row's box to select it by a template of its own: most of what a
page costs. A list whose rows are forms, or are chosen from or sorted by hand, is left to it. The labels and dropdowns
that its columns can hold no list of ours has.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import cycle
from types import SimpleNamespace
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from unfold.templatetags.unfold_list import (
    CHECKBOX_CLASSES,
    LINK_CLASSES,
    ROW_CLASSES,
    UnfoldResultList,
    result_headers,
    result_list,
)
from unfold.utils import display_for_field, display_for_value

register = template.Library()

_BOX = "action_checkbox"
#: Stands for the number of a row in the box that is made once.
_NUMBER = "\x1a"


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """One column of a list: what its cells have in common."""

    changes: ChangeList
    name: str
    heading: str
    #: The cell that leads to the row's page is a heading of the row, the first of them.
    links: bool
    heads: bool

    def cell(self, row: models.Model) -> SafeString:
        """The cell of one row."""
        shown, one_line = self._shown(row)
        text = _escaped(shown)
        if self.links:
            text = f'<a href="{_escaped(self._address(row))}" class="{_LINK}" >{text}</a>'
        opened = self._opened_on_one_line if one_line else self._opened
        return SafeString(f"{opened}{text}{self._closed}")

    def _address(self, row: models.Model) -> str:
        kept: dict[str, Any] = {"preserved_filters": self.changes.preserved_filters, "opts": self.changes.opts}
        address = self.changes.url_for_result(row)
        return add_preserved_filters(kept, address) if self.changes.preserved_filters else address

    def _shown(self, row: models.Model) -> tuple[Any, bool]:
        """What is in the cell, and whether it is kept on one line, as moments and other rows are."""
        if self.name == _BOX:
            return SafeString(self._box.replace(_NUMBER, str(row.pk))), False
        try:
            field, attribute, value = lookup_field(self.name, row, self.changes.model_admin)
        except ObjectDoesNotExist:
            return self._empty, False
        empty = getattr(attribute, "empty_value_display", self._empty)
        if field is None or field.auto_created:
            shown = display_for_value(value, empty, getattr(attribute, "boolean", False))
            return shown, isinstance(value, datetime.date | datetime.time)
        kept = isinstance(field, models.DateField | models.TimeField | models.ForeignKey)
        if isinstance(field.remote_field, models.ManyToOneRel):
            other = getattr(row, field.name)
            return empty if other is None else other, kept
        return display_for_field(value, field, empty), kept

    @cached_property
    def _empty(self) -> str:
        return str(self.changes.model_admin.get_empty_value_display())

    @cached_property
    def _box(self) -> str:
        return str(self.changes.model_admin.action_checkbox(SimpleNamespace(pk=_NUMBER)))

    @cached_property
    def _opened(self) -> SafeString:
        return self._opened_as(*(CHECKBOX_CLASSES if self.name == _BOX else [f"field-{self.name}", *ROW_CLASSES]))

    @cached_property
    def _opened_on_one_line(self) -> SafeString:
        return self._opened_as(f"field-{self.name}", *ROW_CLASSES, "nowrap")

    def _opened_as(self, *classes: str) -> SafeString:
        return format_html('<{} class="{}" data-label="{}">', self._tag, mark_safe(" ".join(classes)), self.heading)

    @cached_property
    def _closed(self) -> SafeString:
        return format_html("</{}>", self._tag)

    @property
    def _tag(self) -> str:
        return "th" if self.heads else "td"


_LINK = " ".join(LINK_CLASSES)


def _escaped(text: Any) -> str:
    """As Django escapes it; what is a plain text already, without asking whether it is a translation."""
    if type(text) is str:
        return escape(text)
    return text if isinstance(text, SafeString) else conditional_escape(text)


def columns_of(changes: ChangeList) -> Iterator[ListColumn]:
    """The columns of a list, in their order."""
    chosen: Any = changes.list_display_links
    first = True
    for place, (name, header) in enumerate(zip(changes.list_display, result_headers(changes), strict=True)):
        links = chosen is not None and ((first and not chosen) or name in chosen)
        heading = header["text"] if links or place else _("Select record")
        yield ListColumn(changes=changes, name=str(name), heading=heading, links=links, heads=links and first)
        first = first and not links


#: As Unfold's template has it, with its stripes.
_ROW = (
    '<tbody class="block relative lg:table-row-group {stripe}" x-data="{{rowOpen: false}}"><tr class="data-row block '
    "border border-base-200 mb-3 relative rounded-default lg:table-row lg:border-none lg:mb-0 lg:rounded-none "
    'dark:border-base-800">{cells}</tr></tbody>'
)
_STRIPES = ("", "bg-base-50 dark:bg-white/[.02]")


@register.inclusion_tag("companies/parts/list_rows.html", takes_context=True, name="list_rows")
def drawn(context: Mapping[str, Any], changes: ChangeList) -> dict[str, Any]:
    """In place of `unfold_result_list`: what its template is given, and the rows as they are put together here."""
    if changes.is_popup or changes.formset or getattr(changes.model_admin, "ordering_field", None):
        of_unfold: dict[str, Any] = result_list(context, changes)
        return of_unfold
    rows, changes.result_list = changes.result_list, []
    given: dict[str, Any] = result_list(context, changes)
    changes.result_list = rows
    columns = list(columns_of(changes))
    given["results"] = [UnfoldResultList(row, None, [column.cell(row) for column in columns]) for row in rows]
    if not (given["actions_row"] or given["result_hidden_fields"] or getattr(changes.model_admin, "list_sections", ())):
        given["rows"] = _rows(given["results"])
    return given


def _rows(results: Sequence[Sequence[SafeString]]) -> SafeString:
    rows = zip(cycle(_STRIPES), results, strict=False)
    return mark_safe("\n".join(_ROW.format(stripe=stripe, cells="".join(cells)) for stripe, cells in rows))
