"""Re-sync runs that are waited for."""

from __future__ import annotations

import time

from sync.models import Run, RunState
from sync.resync import advance


def finished(run: Run) -> Run:
    """The run after as many steps as it takes."""
    until = time.monotonic() + 50  # as patient as a page, which asks again while another browser is at work
    while time.monotonic() < until:
        run = advance(run)
        if run.state != RunState.RUNNING:
            return run
    raise AssertionError(f"the run never ended: {run.counts} {run.message}")
