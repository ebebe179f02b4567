"""What do lists share whose rows come from sources: which source is it that each row is of?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.access import standing
from companies.admin.base import ScopedAdmin, ScopedChangeList
from companies.source_names import SourceNames, name_of_source, name_sources


def names_for(request: HttpRequest) -> SourceNames:
    """The names of the sources of the company that the person works in, read once in a request."""
    kept: SourceNames | None = getattr(request, "source_names", None)
    if kept is None:
        kept = SourceNames(standing(request).company)
        request.source_names = kept  # type: ignore[attr-defined]
    return kept


class SourceRowsList(ScopedChangeList):
    """A page of rows, the names of whose sources are read once; a join would name those of the pages before, too."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        name_sources(rows, names_for(request))
        self.result_list = rows


class SourceRowsAdmin(ScopedAdmin):
    """Rows that each come from a source."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ScopedChangeList]:
        return SourceRowsList

    @admin.display(description=_("source"), ordering="system")
    def source(self, row: Model) -> str:
        return name_of_source(row)
