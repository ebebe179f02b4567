"""How is a large file imported after the page that took it has answered? It is kept with its run until it is read."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from companies.models import Company
from sync.models import Run, RunKind, RunState, WaitingFile
from sync.sources.base import Layout, ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS
from sync.staging.import_file import import_file, prepare_imported
from sync.staging.sources import source_of_file


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
