"""May a company begin to post, and what happens when an administrator says so?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from companies.activation import NotAllowedNow, SetupStep, mark, mark_live
from companies.models import Company, take_turns
from setup.facts import facts_of
from setup.steps import CONFIRMABLE, Step, steps_of
from sync.staging.sources import switch_on_invoices


def setup_of(company: Company) -> tuple[Step, ...]:
    """The steps of a company as they are now."""
    return steps_of(facts_of(company))


@transaction.atomic
def go_live(company: Company, *, by: User) -> None:
    """Let a company post from now on. Nothing of its rehearsal comes along: no document, no push, no mark.

    Raises:
        NotAllowedNow: A step before this one is not done; the message names it.
    """
    _take_turns(company)
    if company.live_since:
        raise NotAllowedNow(_("The company has gone live already."))
    steps = setup_of(company)
    if not all(step.is_done for step in steps if step.name is not SetupStep.GO_LIVE):
        waiting = next(step for step in steps if not step.is_done)
        raise NotAllowedNow(_("This step of setup is not done: %(step)s.") % {"step": waiting.name.label})
    mark_live(company, by=by)
    switch_on_invoices(company, by=by)


@transaction.atomic
def go_on_with(company: Company, name: SetupStep, *, by: User) -> None:
    """Call a step done although something is open in it: what is open blocks its documents, and no more.

    Raises:
        NotAllowedNow: The step is not open, or nothing is open in it, or it has to be done.
    """
    _take_turns(company)
    step = next(step for step in setup_of(company) if step.name is name)
    if name not in CONFIRMABLE or not step.is_open or not step.confirmable:
        raise NotAllowedNow(_("There is nothing to decide about this step now."))
    mark(company, name.value, by=by)


@transaction.atomic
def leave_out_rehearsal(company: Company, *, by: User, reason: str) -> None:
    """Go on without a rehearsal, or without a clean one; the reason is kept.

    Raises:
        NotAllowedNow: The step is not open, or there is no reason.
    """
    _take_turns(company)
    if not reason.strip():
        raise NotAllowedNow(_("Write down why you go on without it."))
    step = next(step for step in setup_of(company) if step.name is SetupStep.REHEARSAL)
    if not step.is_open:
        raise NotAllowedNow(_("There is nothing to decide about this step now."))
    mark(company, SetupStep.REHEARSAL.value, by=by, reason=reason)


def _take_turns(company: Company) -> None:
    take_turns(company)
    company.refresh_from_db()
