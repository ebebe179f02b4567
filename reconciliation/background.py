"""Who works at a tie-out or an evidence pack that a person asked for? A worker where one is alive, else a thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from reconciliation.evidence_pack.pack import make_pack
from reconciliation.models import EvidencePack, TieOut, TieOutState
from reconciliation.tie_out.run import carry_out
from sync.jobs.queue import ASKED_FOR, enqueue, is_worked_at

logger = logging.getLogger(__name__)

#: A tie-out that gave no sign of life for so long is begun again; it gives one with each page of QuickBooks.
_SILENT = timedelta(minutes=5)


def begin_tie_out(tie_out: TieOut) -> None:
    """Carry a tie-out out, and keep no one waiting."""
    if is_worked_at():
        enqueue("tie-out", company=tie_out.company_id, tie_out=tie_out.pk, priority=ASKED_FOR, beside=True)
    else:
        _in_a_thread(f"tie-out-{tie_out.pk}", lambda: carry_out(tie_out))


def take_up(tie_out: TieOut) -> None:
    """Begin a tie-out again where whatever worked at it has died."""
    now = timezone.now()
    heard = tie_out.worked_at or tie_out.started_at
    if tie_out.state != TieOutState.RUNNING or heard > now - _SILENT:
        return
    silent = TieOut.objects.filter(pk=tie_out.pk, state=TieOutState.RUNNING, worked_at=tie_out.worked_at)
    if silent.update(worked_at=now):  # of several pages that look, one
        begin_tie_out(tie_out)


def begin_evidence(pack: EvidencePack) -> None:
    """Make an evidence pack, and keep no one waiting."""
    if is_worked_at():
        enqueue("evidence", company=pack.company_id, pack=pack.pk, priority=ASKED_FOR, beside=True)
    else:
        _in_a_thread(f"evidence-{pack.pk}", lambda: make_pack(pack))


def _in_a_thread(name: str, work: Callable[[], object]) -> None:
    def run() -> None:
        try:
            work()
        except Exception:
            logger.exception("%s broke off", name)
        finally:
            connections.close_all()

    threading.Thread(target=run, name=name, daemon=True).start()
