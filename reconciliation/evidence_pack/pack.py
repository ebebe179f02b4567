"""Make the evidence pack of a period: for a person who downloads it, or into a file; its hash is kept either way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Company
from reconciliation.evidence_pack.archive import read_blocks
from reconciliation.evidence_pack.contents import PeriodEvidence
from reconciliation.models import EvidencePack, EvidencePart, TieOutState
from reconciliation.tie_out.comparing import Period

logger = logging.getLogger(__name__)

_BROKEN = gettext_noop("The evidence pack could not be made because of a defect in Tieout; see its log for details.")
_STOPPED = gettext_noop("The making of the evidence pack broke off when the server stopped. Make it again.")
_NO_ROOM = gettext_noop("The evidence pack could not be written: %(error)s.")


def begin_pack(company: Company, period: Period, *, by: User | None) -> EvidencePack:
    """A new pack of a period; one of it that was left unfinished has broken off."""
    with transaction.atomic():
        running = packs_of(company, period).filter(state=TieOutState.RUNNING)
        running.update(state=TieOutState.FAILED, message=_STOPPED, finished_at=timezone.now())
        return EvidencePack.objects.create(company=company, first=period.first, last=period.last, by=by)


def packs_of(company: Company, period: Period) -> QuerySet[EvidencePack]:
    """The packs of exactly this period, the newest first; `is_kept` says whether it can be downloaded."""
    rows = EvidencePack.objects.filter(company=company, first=period.first, last=period.last)
    kept = Exists(EvidencePart.objects.filter(pack=OuterRef("pk")))
    return rows.select_related("by").annotate(is_kept=kept).order_by("-pk")


def newest_pack(company: Company, period: Period) -> EvidencePack | None:
    """The newest finished pack of exactly this period."""
    return packs_of(company, period).filter(state=TieOutState.FINISHED).first()


def write_pack(pack: EvidencePack, target: IO[bytes]) -> EvidencePack:
    """Write a pack into a file and keep its hash; what was begun anew meanwhile is not touched.

    Args:
        pack: A new one.
        target: Empty, and open for writing and reading.

    Raises:
        OSError: The file cannot be written. Whatever is raised, the pack is kept as failed.
    """
    try:
        with _one_moment():
            evidence = PeriodEvidence(pack.company, Period(first=pack.first, last=pack.last), by=pack.by)
            chain, counts = evidence.write(target)
    except OSError as error:
        _failed(pack, _(_NO_ROOM) % {"error": error.strerror or error})
        raise
    except Exception:
        _failed(pack, _BROKEN)
        raise
    pack.chain, pack.counts, pack.size = chain, vars(counts), target.seek(0, 2)
    pack.state, pack.finished_at = TieOutState.FINISHED, timezone.now()
    return pack


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, whatever a sync writes meanwhile; where the database offers that."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def keep_hash(pack: EvidencePack) -> None:
    """Keep what a finished pack came to, without the archive itself."""
    pack.save(update_fields=["chain", "counts", "size", "state", "finished_at"])


def make_pack(pack: EvidencePack) -> EvidencePack:
    """Make a pack and keep it for a person to download, in place of the one of the same period before."""
    try:
        with TemporaryFile() as target:
            write_pack(pack, target)
            target.seek(0)
            with transaction.atomic():
                running = EvidencePack.objects.select_for_update().filter(pk=pack.pk, state=TieOutState.RUNNING)
                if running.first() is None:
                    return pack
                EvidencePart.objects.filter(
                    pack__company=pack.company, pack__first=pack.first, pack__last=pack.last
                ).delete()
                for position, data in enumerate(read_blocks(target, pack.size)):
                    EvidencePart.objects.create(pack=pack, position=position, data=data)
                keep_hash(pack)
    except Exception:
        logger.exception("evidence pack %s of company %s failed", pack.pk, pack.company_id)
        if pack.state != TieOutState.FAILED:
            _failed(pack, _BROKEN)
    return pack


def _failed(pack: EvidencePack, why: str) -> None:
    pack.state, pack.message, pack.finished_at = TieOutState.FAILED, why, timezone.now()
    running = EvidencePack.objects.filter(pk=pack.pk, state=TieOutState.RUNNING)
    running.update(state=pack.state, message=why, finished_at=pack.finished_at)
