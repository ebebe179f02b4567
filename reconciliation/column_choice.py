"""The page on which a person says which column of a file is which, and what is kept of it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, BinaryIO

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.messages import Message
from companies.access import person_of
from companies.models import Company
from companies.screen import back, show
from companies.source_names import SourceNames
from sync.models import FileToUnderstand
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files.file_columns import FILE_COLUMNS
from sync.sources.files.headers import FileColumns, Headings, UnclearColumns
from sync.staging.columns import keep_to_understand, opened, with_saved_columns

#: A file of more columns is no list that a person made.
_MOST = 200
_LONGEST_NAME = 100


class ChooseColumnsForm(forms.Form):
    """For each heading of a file the column that it means, and under which name that is saved."""

    def __init__(self, *args: Any, columns: FileColumns, headings: Headings, file_name: str) -> None:
        super().__init__(*args)
        self.columns, self.headings = columns, headings
        choices = [("", _("Not read")), *((column.label, _(column.label)) for column in columns.columns)]
        for position, name in enumerate(headings.names):
            self.fields[f"column_{position}"] = forms.ChoiceField(
                label=name or _("Column %(number)d") % {"number": position + 1},
                choices=choices,
                required=False,
                initial=headings.meant[position],
            )
        self.fields["name"] = forms.CharField(
            label=_("Save as"),
            max_length=_LONGEST_NAME,
            initial=headings.saved_as or PurePath(file_name).stem[:_LONGEST_NAME],
            help_text=_("The next file of this source with the same headings is read so by itself."),
        )

    def rows(self) -> list[dict[str, Any]]:
        """For the page: each heading with its first values and its field."""
        return [
            {"field": self[f"column_{position}"], "values": [value for value in values if value]}
            for position, values in enumerate(self.headings.values)
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a column that two headings mean, and a file without a needed one."""
        chosen: dict[str, str] = {}
        for position in range(len(self.headings.names)):
            field = f"column_{position}"
            label = self.cleaned_data.get(field, "")
            if label in chosen:
                words = _("“%(first)s” and “%(second)s” both mean %(column)s. Choose it for one of them.")
                facts = {"first": chosen[label], "second": self.fields[field].label, "column": _(label)}
                self.add_error(field, words % facts)
            elif label:
                chosen[label] = str(self.fields[field].label)
        if missing := self.columns.missing(chosen):
            told = "; ".join(" / ".join(map(_, labels.split(" / "))) for labels in missing)
            self.add_error(
                None, _("Choose a column for: %(missing)s. Without it nothing can be read.") % {"missing": told}
            )
        return self.cleaned_data

    def meanings(self) -> list[tuple[str, str]]:
        """Each heading with the label of its column, once the form is valid."""
        return [
            (name, str(self.cleaned_data[f"column_{position}"])) for position, name in enumerate(self.headings.names)
        ]


class ChooseField(forms.BooleanField):
    """Whether a person wants to say which column is which, although their names tell it."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Choose the columns"),
            required=False,
            help_text=gettext_lazy(
                "Shows the columns of the file, to say what each is. It is asked anyway where the "
                "names of the columns do not say it."
            ),
        )


def asked_for_columns(
    request: HttpRequest,
    company: Company,
    file: BinaryIO,
    *,
    name: str,
    system: str,
    kind: str,
    options: ReadOptions,
    wanted: bool,
) -> HttpResponse | None:
    """The page that asks which column is which; None where that is clear, or the file is no table of this kind.

    Args:
        request: Of the person.
        company: Whose file.
        file: Able to seek.
        name: Of the file.
        system: The key of the source that it is of.
        kind: What it holds, see `FILE_COLUMNS`.
        options: Answers to what the file leaves open.
        wanted: Whether the person asked for it.
    """
    columns = FILE_COLUMNS.get(kind)
    if columns is None:
        return None
    why: Message | None = None
    saved = with_saved_columns(options, company, system, columns)
    try:
        header = columns.open(file, saved).header
        columns.match(header, saved)
    except UnclearColumns as fault:
        why = fault.message
    except UnreadableFile:
        return None  # said by whatever reads it
    if not (wanted or why) or not len(columns.needed) <= len(header) <= _MOST:
        return None
    by = person_of(request)
    facts = {"name": name, "system": system, "columns": columns, "options": options}
    waiting = keep_to_understand(company, file, **facts, by=by)  # type: ignore[arg-type]
    return shown_choice(request, company, waiting, choice_of(waiting), why=why)


def choice_of(waiting: FileToUnderstand, *sent: Any) -> ChooseColumnsForm:
    """The form about the columns of a file that waits."""
    columns = FILE_COLUMNS[waiting.kind]
    file, options = opened(waiting, columns)
    return ChooseColumnsForm(*sent, columns=columns, headings=columns.headings(file, options), file_name=waiting.name)


def shown_choice(
    request: HttpRequest,
    company: Company,
    waiting: FileToUnderstand,
    form: ChooseColumnsForm,
    *,
    why: Message | None = None,
) -> HttpResponse:
    """The page with the form."""
    columns = FILE_COLUMNS[waiting.kind]
    above = ("import_items", _("Import items")) if waiting.kind == "items" else ("import_orders", _("Import orders"))
    context = {
        "title": _("Choose the columns"),
        "above": back(company, f"reconciliation:{above[0]}", above[1]),
        "waiting": waiting,
        "source": SourceNames(company).called(waiting.system),
        "why": why.worded(_) if why else "",
        "form": form,
        "columns": columns.columns,
    }
    return show(request, company, "reconciliation/choose_columns.html", context)
