"""Which columns do the files of a source have? A person says it once for all files with the same headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from companies.models import Company, take_turns
from sync.models import ColumnPreset, FileToUnderstand, digest_of
from sync.sources.base import ReadOptions
from sync.sources.files.headers import FileColumns

#: A file that waits for longer has to be sent again.
_KEPT = timedelta(hours=4)


class NameTaken(Exception):
    """The columns of other headings are saved under this name."""


def presets_of(company: Company, system: str) -> QuerySet[ColumnPreset]:
    """What is saved at a source, by name."""
    return ColumnPreset.objects.filter(company=company, system=system).order_by("name", "pk")


def with_saved_columns(options: ReadOptions, company: Company, system: str, columns: FileColumns) -> ReadOptions:
    """The options with what people said about the files of this kind of a source."""
    presets = presets_of(company, system).filter(kind=columns.kind)
    return replace(options, saved_columns=tuple(preset.value for preset in presets))


def save_columns(
    company: Company,
    system: str,
    columns: FileColumns,
    *,
    name: str,
    meanings: Sequence[tuple[str, str]],
    by: User | None,
) -> ColumnPreset:
    """Keep what a person said; what was said about the same headings before gives way.

    Args:
        company: Whose files.
        system: The key of the source.
        columns: What the files hold.
        name: What the person calls it.
        meanings: Each heading with the label of its column, empty for one that is not read.
        by: The person.

    Raises:
        NameTaken: Other headings are saved under the name.
    """
    digest = digest_of([heading for heading, _label in meanings])
    with transaction.atomic():
        take_turns(company)
        known = presets_of(company, system).filter(kind=columns.kind)
        if known.filter(name=name).exclude(digest=digest).exists():
            raise NameTaken
        preset, _is_new = ColumnPreset.objects.update_or_create(
            company=company,
            system=system,
            kind=columns.kind,
            digest=digest,
            defaults={"name": name, "meanings": [list(pair) for pair in meanings], "saved_by": by},
        )
    return preset


def copy_columns(company: Company, twin: Company) -> None:
    """Give a rehearsal twin what was said about a company's files: it reads the same ones."""
    presets = list(ColumnPreset.objects.filter(company=company).order_by("pk"))
    for preset in presets:
        preset.pk, preset.company = None, twin
        preset._state.adding = True
    ColumnPreset.objects.bulk_create(presets)


def rename_columns(preset: ColumnPreset, name: str) -> None:
    """Call it otherwise.

    Raises:
        NameTaken: Other headings are saved under the name.
    """
    with transaction.atomic():
        take_turns(preset.company)
        known = presets_of(preset.company, preset.system).filter(kind=preset.kind)
        if known.filter(name=name).exclude(pk=preset.pk).exists():
            raise NameTaken
        ColumnPreset.objects.filter(pk=preset.pk).update(name=name)


# A file that waits ---------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_to_understand(
    company: Company,
    file: BinaryIO,
    *,
    name: str,
    system: str,
    columns: FileColumns,
    options: ReadOptions,
    by: User,
) -> FileToUnderstand:
    """Keep a file until its person has said which column is which; their earlier one gives way."""
    take_turns(company)
    waiting = FileToUnderstand.objects.filter(company=company)
    waiting.filter(Q(by=by) | Q(created_at__lt=timezone.now() - _KEPT)).delete()
    file.seek(0)
    return FileToUnderstand.objects.create(
        company=company,
        by=by,
        system=system,
        kind=columns.kind,
        name=name[:255],
        options=asdict(replace(options, saved_columns=())),
        data=file.read(),
    )


def file_to_understand(company: Company, number: int, *, by: User) -> FileToUnderstand | None:
    """The file of a person that waits; None where it was dealt with, or is out of date."""
    since = timezone.now() - _KEPT
    return FileToUnderstand.objects.filter(company=company, by=by, pk=number, created_at__gte=since).first()


def opened(waiting: FileToUnderstand, columns: FileColumns) -> tuple[BinaryIO, ReadOptions]:
    """The file, and how it is read now."""
    options = ReadOptions.kept(waiting.options)
    return BytesIO(waiting.data), with_saved_columns(options, waiting.company, waiting.system, columns)
