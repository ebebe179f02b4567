"""What is a source called on the screens? In addresses and sheets it has a short name of its own, its key.

The first source of a kind has the name of the kind for its key (`keap`), the next ones a number behind it (`keap-2`).
Everything that was read from a source is kept under its key, so that two sources never meet by accident.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Company

_KINDS = {
    "keap": gettext_noop("Keap orders (JSON)"),
    "highlevel": gettext_noop("HighLevel"),
    "files": gettext_noop("Orders (CSV or Excel)"),
}


def kind_of(system: str) -> str:
    """The kind of the source with this key: `keap` of `keap-2`. Of anything else the key itself."""
    kind, _hyphen, number = system.rpartition("-")
    return kind if kind and number.isascii() and number.isdigit() else system


def kind_name(kind: str) -> str:
    """What sources of a kind are called in the reader's language; the kind itself where it has no name."""
    return _(_KINDS[kind]) if kind in _KINDS else kind


def source_name(system: str) -> str:
    """The name of a source that nobody has named: that of its kind, with its number from the second one on."""
    kind = kind_of(system)
    return kind_name(kind) if kind == system else f"{kind_name(kind)} {system.rpartition('-')[2]}"


class SourceNames:
    """The names of all sources of one company, read once when the first of them is asked for."""

    def __init__(self, company: Company | None) -> None:
        """Keep whose they are; without a company each source has the name of its kind."""
        self._company = company

    def called(self, system: str) -> str:
        """The source's own name; where it was never added to the company, the name of its kind."""
        name = self._given.get(system, "")
        return _(name) if name else source_name(system)

    @cached_property
    def _given(self) -> dict[str, str]:
        # The connections are rows of a higher room, reached by the company that they belong to
        return dict(self._company.connections.values_list("system", "name")) if self._company else {}


def name_sources(rows: Iterable[Any], names: SourceNames) -> None:
    """Keep with each row what its source is called, for `name_of_source`."""
    for row in rows:
        row.source_called = names.called(row.system)


def name_of_source(row: Any) -> str:
    """The name of the source that a row is of; its company is asked where `name_sources` was not."""
    kept: str | None = row.__dict__.get("source_called")
    return kept or SourceNames(row.company).called(row.system)
