"""How is a large file of items looked at, and taken, while no one waits? It is kept until it was taken.

It is read twice, as a small one is: to show what it would do, and to do exactly that. Nothing is written before all of
it can be, so that either can be begun again after a restart: by the open page, a worker, or the next sync.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from books.messages import Message
from books.translation import gettext_noop
from companies.background import in_a_thread
from companies.models import Company, take_turns
from sync.models import CatalogueFile, Run, RunKind, RunState
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files.catalogue import Catalogue, read_catalogue
from sync.staging.catalogue import ChangedMeanwhile, plan_catalogue, take_catalogue
from sync.staging.catalogue_preview import CataloguePreview

logger = logging.getLogger(__name__)

#: A file of more bytes is read in the background.
LARGE = 1024 * 1024
#: A preview that lies around for longer has to be made again.
_KEPT = timedelta(hours=4)
#: What gave no sign of life for so long is taken up again.
_SILENT = timedelta(minutes=1)
_CHANGED = gettext_noop(
    "Nothing was taken from %(file)s: something has changed since its preview was made. Look at it again under Import "
    "items, and take it there."
)
_STOPPED = gettext_noop("%(name)s stopped it: nothing was taken from %(file)s.")
_BROKE = gettext_noop(
    "Nothing was taken from %(file)s: Tieout itself failed over it, and its log says where. Tell the administrator."
)


def keep_catalogue(
    company: Company, file: BinaryIO, *, name: str, system: str, options: ReadOptions, by: User, large: bool = False
) -> CatalogueFile:
    """Keep a file until it is taken; the person's earlier one gives way, unless it is being taken.

    Args:
        company: Whose products.
        file: Able to seek.
        name: Of the file.
        system: The source that sells the items.
        options: Answers to what the file leaves open.
        by: Who sent it.
        large: Whether it is read in the background, see `work_at`.
    """
    waiting = CatalogueFile.objects.filter(company=company, run=None)
    waiting.filter(Q(created_at__lt=timezone.now() - _KEPT) | Q(by=by)).delete()
    file.seek(0)
    return CatalogueFile.objects.create(
        company=company,
        by=by,
        name=name[:255],
        system=system,
        options=asdict(options),
        data=file.read(),
        in_background=large,
    )


def waiting_catalogues(company: Company, *, by: User) -> QuerySet[CatalogueFile]:
    """The files of a person that are not taken yet and not out of date: one, or none."""
    kept_since = timezone.now() - _KEPT
    return CatalogueFile.objects.filter(company=company, by=by, run=None, created_at__gte=kept_since)


def read_kept(kept: CatalogueFile, *, progress: Callable[[int], None] = lambda _: None) -> Catalogue:
    """What the file says.

    Raises:
        UnreadableFile: As `read_catalogue` does.
    """
    return read_catalogue(BytesIO(kept.data), options=ReadOptions.kept(kept.options), progress=progress)


@transaction.atomic
def ask_to_take(kept: CatalogueFile, *, seen: str, by: User) -> Run | None:
    """Begin the run whose page shows how a large file is taken, see `work_at`.

    Args:
        kept: As the page had it.
        seen: Of the preview that the person saw.
        by: The person.

    Returns:
        None where it was taken already, or something else was seen.
    """
    found = CatalogueFile.objects.select_for_update().filter(pk=kept.pk, run=None).defer("data").first()
    if found is None or not found.preview or found.preview["seen"] != seen:
        return None
    total = CataloguePreview.read(found.preview).rows
    run = Run.objects.create(
        company=found.company, kind=RunKind.CATALOGUE, message=found.name, asked_by=by, counts={"total": total}
    )
    found.run, found.read, found.worked_at = run, 0, None
    found.save(update_fields=["run", "read", "worked_at"])
    return run


def stop_taking(run: Run, *, by: User) -> bool:
    """End a run that takes a file at a person's word: nothing of the file is taken, and it is kept no longer.

    Returns:
        Whether it was still running; what is taken already stays, all of it.
    """
    with transaction.atomic():
        take_turns(run.company)
        words = Message.of(_STOPPED, name=by.get_username(), file=run.message).worded()
        running = Run.objects.filter(pk=run.pk, kind=RunKind.CATALOGUE, state=RunState.RUNNING)
        stopped = running.update(state=RunState.FINISHED, message=words, finished_at=timezone.now(), counts={})
        if stopped:
            CatalogueFile.objects.filter(run=run).delete()
    return bool(stopped)


def claim(kept: CatalogueFile) -> bool:
    """Whether nothing is at work on a file that has to be read or taken; then it is in the caller's hands."""
    if kept.run is None and (kept.preview is not None or kept.fault or not kept.in_background):
        return False
    if kept.run is not None and kept.run.state != RunState.RUNNING:
        return False
    silent = timezone.now() - _SILENT
    if kept.worked_at is not None and kept.worked_at > silent:
        return False
    mine = CatalogueFile.objects.filter(Q(worked_at=None) | Q(worked_at__lte=silent), pk=kept.pk)
    return bool(mine.update(worked_at=timezone.now()))


def finish_catalogues(company: Company) -> None:
    """Take the files that people said should be taken, where whatever took them has died."""
    left = CatalogueFile.objects.filter(company=company, run__state=RunState.RUNNING).select_related("run")
    for kept in left.defer("data"):
        if claim(kept):
            work_at(kept.pk)


def work_in_the_background(kept: CatalogueFile) -> None:
    """Read or take a file in a thread, once the present transaction is committed."""
    number = kept.pk
    transaction.on_commit(lambda: _begin_thread(number))


def _begin_thread(number: int) -> None:
    in_a_thread(f"catalogue-{number}", lambda: work_at(number))


def work_at(number: int) -> None:
    """Read a large file for its preview; or take it, once a person has said so. Done twice, it changes nothing more.

    Args:
        number: Of the file; one that is read or taken already is left as it is.
    """
    kept = (
        CatalogueFile.objects.select_related("company", "by", "run__asked_by")
        .filter(pk=number, in_background=True)
        .first()
    )
    if kept is None:
        return
    run = kept.run
    if run is not None and (run.state != RunState.RUNNING or _take(kept, run)):
        return
    _look(kept)


def _look(kept: CatalogueFile) -> None:
    """Keep what a file would do, or why it cannot be read."""
    if kept.preview is not None or kept.fault:
        return
    told: dict[str, object] = {}
    try:
        plan = plan_catalogue(kept.company, kept.system, read_kept(kept, progress=_progress(kept)))
        told["preview"] = CataloguePreview.of(plan).plain()
    except UnreadableFile as fault:
        told["fault"] = fault.message.worded()
    except OperationalError:  # the database is away for a moment: it is begun again
        raise
    except Exception:
        logger.exception("the file of items %s broke", kept.pk)
        told["fault"] = Message.of(_BROKE, file=kept.name).worded()
    CatalogueFile.objects.filter(pk=kept.pk, run=None).update(**told, worked_at=None)


def _take(kept: CatalogueFile, run: Run) -> bool:
    """Take the file; False where that cannot be any more, and it has to be looked at again."""
    try:
        progress = _progress(kept)
        catalogue = read_kept(kept, progress=progress)
        progress(run.counts.get("total", 0))
        with transaction.atomic():
            take_turns(kept.company)
            if not CatalogueFile.objects.filter(pk=kept.pk, run__state=RunState.RUNNING).exists():
                return True
            seen = (kept.preview or {}).get("seen", "")
            take_catalogue(kept.company, kept.system, catalogue, name=kept.name, by=run.asked_by, seen=seen, begun=run)
            CatalogueFile.objects.filter(pk=kept.pk).delete()
    except ChangedMeanwhile:
        return _look_again(kept, run)
    except OperationalError:
        raise
    except UnreadableFile as fault:
        _fail(kept, run, f"{kept.name}: {fault}")
    except Exception:
        logger.exception("the file of items %s broke", kept.pk)
        _fail(kept, run, Message.of(_BROKE, file=kept.name).worded())
    return True


def _look_again(kept: CatalogueFile, run: Run) -> bool:
    """Nothing was taken. The file waits for its person again, unless they have sent another one meanwhile."""
    _end(run, Message.of(_CHANGED, file=kept.name).worded())
    if CatalogueFile.objects.filter(company=kept.company, by=kept.by, run=None).exists():
        kept.delete()
        return True
    kept.run, kept.preview, kept.read = None, None, 0
    found = CatalogueFile.objects.filter(pk=kept.pk)  # a person may have stopped it at this moment
    return not found.update(run=None, preview=None, read=0, created_at=timezone.now())


def _fail(kept: CatalogueFile, run: Run, why: str) -> None:
    _end(run, why)
    kept.delete()


def _end(run: Run, why: str) -> None:
    Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=RunState.FAILED, message=why, finished_at=timezone.now(), counts={}
    )


def _progress(kept: CatalogueFile) -> Callable[[int], None]:
    """Says how many rows were read, and that it is still at work."""

    def tell(number: int) -> None:
        CatalogueFile.objects.filter(pk=kept.pk).update(read=number, worked_at=timezone.now())

    return tell
