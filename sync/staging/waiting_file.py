"""How is a large file imported after the page that took it has answered? It is kept with its run until it is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.messages import Message
from books.translation import gettext_noop
from companies.models import Company, take_turns
from sync.models import OrderVersion, Run, RunKind, RunState, WaitingFile
from sync.sources.base import Layout, ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS
from sync.staging.import_file import import_file, prepare_imported
from sync.staging.sources import source_of_file

_BROKE_OFF = gettext_noop("%(file)s was not read to its end.")
_KEPT = gettext_noop("What it had brought until then is kept, and does not come twice: press Start again.")
_NOTHING = gettext_noop("It had brought nothing by then: press Start again.")
#: The file of an import that has failed is kept so long for a person who starts it again.
_KEPT_FOR = timedelta(days=7)


@transaction.atomic
def keep_file(
    company: Company,
    layout: Layout,
    file: BinaryIO,
    *,
    name: str,
    options: ReadOptions,
    by: User | None,
    source: str = "",
) -> Run:
    """Keep a file, and begin the run that its page shows until it has been read.

    Raises:
        WhichSource: It is not clear of which source it is.
    """
    ended = WaitingFile.objects.filter(run__company=company, run__finished_at__lt=timezone.now() - _KEPT_FOR)
    ended.delete()
    system = source_of_file(company, layout, chosen=source, by=by).system
    run = Run.objects.create(company=company, kind=RunKind.IMPORT, message=name, asked_by=by)
    file.seek(0)
    WaitingFile.objects.create(
        run=run, name=name[:255], layout=layout.name, system=system, options=asdict(options), data=file.read()
    )
    return run


def import_waiting(number: int) -> None:
    """Import the file of a run. Done twice, after a worker died over it, it stages nothing new the second time.

    Args:
        number: Of the run; one that has ended is left as it is.
    """
    waiting = WaitingFile.objects.select_related("run__company", "run__asked_by").filter(pk=number).first()
    if waiting is None:
        return
    run, file = waiting.run, BytesIO(waiting.data)
    if run.state == RunState.RUNNING:
        try:
            options = ReadOptions.kept(waiting.options)
            import_file(
                run.company,
                LAYOUTS[waiting.layout],
                file,
                name=waiting.name,
                options=options,
                by=run.asked_by,
                run=run,
                source=waiting.system,
            )
        except UnreadableFile as fault:
            run.state, run.message, run.finished_at = RunState.FAILED, f"{waiting.name}: {fault}", timezone.now()
            run.save()
        else:
            prepare_imported(run.company, by=run.asked_by)
    waiting.delete()


def break_off(numbers: Collection[int], why: str) -> None:
    """Say of imports that they have ended, why, and what they had brought by then; their files wait to be read again.

    Args:
        numbers: Of their runs; one that has ended is left as it is.
        why: In sentences.
    """
    running = WaitingFile.objects.filter(pk__in=numbers, run__state=RunState.RUNNING)
    for waiting in running.select_related("run__company").defer("data"):
        with transaction.atomic():
            take_turns(waiting.run.company)
            run = Run.objects.select_for_update().get(pk=waiting.pk)
            if run.state != RunState.RUNNING:
                continue
            brought = OrderVersion.objects.filter(run=run, is_older=False)
            new = brought.filter(version=1).count()
            run.counts = {"new": new, "changed": brought.count() - new}
            kept = _KEPT if any(run.counts.values()) else _NOTHING
            run.message = f"{Message.of(_BROKE_OFF, file=waiting.name).worded()} {why} {kept}"
            run.state, run.finished_at = RunState.FAILED, timezone.now()
            run.save()


def may_start_again(run: Run) -> bool:
    """Whether an import has failed and its file is kept."""
    return run.kind == RunKind.IMPORT and run.state == RunState.FAILED and WaitingFile.objects.filter(run=run).exists()


@transaction.atomic
def start_again(run: Run) -> bool:
    """Let an import that broke off run once more; False where it has not failed, or its file is not kept."""
    take_turns(run.company)
    run.refresh_from_db()
    if not may_start_again(run):
        return False
    run.state, run.finished_at, run.counts = RunState.RUNNING, None, {}
    run.message = WaitingFile.objects.values_list("name", flat=True).get(run=run)
    run.save()
    return True
