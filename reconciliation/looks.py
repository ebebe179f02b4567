"""How is a look through a period of QuickBooks begun, carried out and ended, whatever it looks for?

A worker may die over it and another begin it again, and a later one of the company ends an earlier one: only what is
still running is finished or has failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from books.messages import all_worded
from books.outcomes import Refused
from companies.models import Company, CompanyKind
from reconciliation.look_models import PeriodLook, TieOutState
from reconciliation.tie_out.comparing import Period
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import QuickBooksOnline, open_destination
from sync.quickbooks_online.login import NOT_CONNECTED, quickbooks_of
from sync.quickbooks_online.transactions import NotReadError

logger = logging.getLogger(__name__)

Look = TypeVar("Look", bound=PeriodLook)


class LookNotBegun(Exception):
    """A look cannot begin; the message says why and what to do."""


def begin_look(
    kind: type[Look], company: Company, period: Period, *, desktop: str, broke_off: str, **values: object
) -> Look:
    """A new look at a period; what an earlier one left running has broken off.

    Args:
        kind: What it looks for.
        company: Whose books.
        period: Of the transactions.
        desktop: Why there is none of QuickBooks Desktop.
        broke_off: What is kept of an earlier one.
        **values: What else is kept of it.

    Raises:
        LookNotBegun: The company's books cannot be read.
    """
    if company.kind == CompanyKind.DESKTOP:
        raise LookNotBegun(_(desktop))
    if quickbooks_of(company) is None:
        raise LookNotBegun(_(NOT_CONNECTED))
    with transaction.atomic():
        rows = kind._default_manager.filter(company=company, state=TieOutState.RUNNING)
        rows.update(state=TieOutState.FAILED, message=broke_off, finished_at=timezone.now())
        return kind._default_manager.create(company=company, first=period.first, last=period.last, **values)


def carry_out_look(look: Look, act: Callable[[QuickBooksOnline], None], *, broken: str) -> Look:
    """Read the lists, then act; a failure is kept as that, and nothing half done is shown as a result.

    Args:
        look: That runs.
        act: Reads, and keeps what it found.
        broken: What is kept where Tieout itself failed over it.
    """
    company: Company = look.company  # type: ignore[attr-defined]
    try:
        connection = quickbooks_of(company)
        if connection is None:
            return _failed(look, NOT_CONNECTED)
        # Another program may have entered customers since, and they tell whose a transaction is
        if failed := refresh_and_prepare(company, by=look.by, whole=False).failed:
            return _failed(look, failed)
        with open_destination(connection, for_person=look.by_id is not None) as destination:
            act(destination)
    except NotReadError as problem:
        return _failed(look, why_not_read(problem))
    except AddressRefused as why:
        return _failed(look, str(why))
    except Exception:
        logger.exception("%s %s of company %s failed", type(look).__name__, look.pk, company.pk)
        return _failed(look, broken)
    return look


def why_not_read(problem: NotReadError) -> str:
    """Why QuickBooks did not hand out its transactions, as a text."""
    failure = problem.failure
    return (
        all_worded(fault.words for fault in failure.problems) if isinstance(failure, Refused) else str(failure.reason)
    )


def still_runs(look: PeriodLook) -> bool:
    """Whether it was not ended meanwhile, by a later one or by another worker; locked in the caller's transaction."""
    rows = type(look)._default_manager.select_for_update().filter(pk=look.pk, state=TieOutState.RUNNING)
    if rows.first() is not None:
        return True
    look.refresh_from_db()
    return False


def _failed(look: Look, why: str) -> Look:
    running = type(look)._default_manager.filter(pk=look.pk, state=TieOutState.RUNNING)
    running.update(state=TieOutState.FAILED, message=why, finished_at=timezone.now())
    look.refresh_from_db()
    return look
