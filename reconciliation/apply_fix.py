"""A fix was made: what follows from it, and what is said about it?"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import ngettext

from books.contact_details import emails
from companies.forms.base import stale
from companies.models import take_turns
from reconciliation.fixes import Fix
from reconciliation.issues import follow
from reconciliation.models import Issue, IssueState
from reconciliation.resolutions import CannotResolve, source_customer
from sync.history import record_for_all
from sync.jobs.begin import begin_resync
from sync.models import Document, DocumentState, Run, RunKind, StagedOrder, touch_names
from sync.preparing.prepare import (
    orders_billed_at,
    orders_of_cause,
    prepare_orders,
    unsent_orders,
)
from sync.resync import start

#: So many orders are prepared while a person waits; more are prepared in the background.
AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Solved:
    """What a fix came to."""

    issue: Issue
    #: What was changed, as a sentence; or why nothing was.
    what: str
    #: Documents of the orders concerned, by state.
    ready: int = 0
    blocked: int = 0
    #: What prepares the others, and how many they are.
    run: Run | None = None
    later: int = 0

    @property
    def words(self) -> str:
        """All of it, for the person who made the fix."""
        said = [self.what]
        if self.ready:
            sentence = ngettext("%(number)d document is ready.", "%(number)d documents are ready.", self.ready)
            said.append(sentence % {"number": self.ready})
        if self.blocked:
            sentence = ngettext(
                "%(number)d document is still blocked, by another cause.",
                "%(number)d documents are still blocked, by other causes.",
                self.blocked,
            )
            said.append(sentence % {"number": self.blocked})
        if self.later:
            sentence = ngettext(
                "%(number)d more order is being prepared in the background.",
                "%(number)d more orders are being prepared in the background.",
                self.later,
            )
            said.append(sentence % {"number": self.later})
        return " ".join(said)


def solve_and_resync(issue: Issue, fix: Fix, *, by: User) -> Run:
    """Apply a valid fix and begin to re-sync what the issue blocked: preparing it again is part of that."""
    orders = list(orders_of_cause(issue.company, issue.cause).values_list("pk", flat=True))
    solve(issue, fix, by=by, prepare=False)
    run = start(issue.company, orders, by=by)
    begin_resync(run)
    return run


def solve(issue: Issue, fix: Fix, *, by: User, prepare: bool = True) -> Solved:
    """Apply a valid fix, note it in the history of every order it concerns, and prepare them again at once.

    Args:
        issue: Open.
        fix: A form of this issue that is valid.
        by: The person who made it, who has the fix's right.
        prepare: False when a re-sync follows that prepares them anyway.
    """
    company = issue.company
    orders = list(orders_of_cause(company, issue.cause).values_list("pk", flat=True))
    addresses = _addresses(issue)
    try:
        gone_out = fix.apply(by=by) if fix.goes_out else ""
        with transaction.atomic():
            # Nobody else decides between the comparison and the write
            take_turns(company)
            if not gone_out and fix.changed_meanwhile():
                raise CannotResolve(stale())
            what = gone_out or fix.apply(by=by)
            Issue.objects.filter(pk=issue.pk).exclude(state=IssueState.SOLVED).update(solved_by=by.pk)
            if not fix.keeps_history:
                record_for_all(orders, "fixed", by=by, what=what)
    except CannotResolve as why:
        return Solved(issue=issue, what=str(why))
    # Customers who share an email with the customer, before or now
    sharing = orders_billed_at(company, {*addresses, *_addresses(issue)}).values_list("pk", flat=True)
    concerned = list(dict.fromkeys((*orders, *sharing))) if prepare else []
    now, later = concerned[:AT_ONCE], concerned[AT_ONCE:]
    touch_names(company)
    # Whatever else the decision may concern
    unsent_orders(company).exclude(pk__in=now).update(prepared_version=0)
    if now:
        prepare_orders(company, StagedOrder.objects.filter(pk__in=now), by=by)
    else:  # a name that no order needed yet
        follow(company)
    run = _in_the_background(issue, later, by=by) if later else None
    issue.refresh_from_db()
    documents = Document.objects.filter(company=company, order__in=set(orders) & set(now)).exclude(kind="customer")
    return Solved(
        issue=issue,
        what=what,
        ready=documents.filter(state=DocumentState.READY).count(),
        blocked=documents.filter(state=DocumentState.BLOCKED).count(),
        run=run,
        later=len(later),
    )


def _in_the_background(issue: Issue, orders: list[int], *, by: User) -> Run:
    """Prepare orders while no one waits; until then the issue is asked of no one again."""
    with transaction.atomic():
        run = start(issue.company, orders, by=by, kind=RunKind.PREPARE)
        Issue.objects.filter(pk=issue.pk).update(under_way=run)
        begin_resync(run)
    return run


def _addresses(issue: Issue) -> tuple[str, ...]:
    """Where the customer that the issue is about is billed, by what is decided now; none for another issue."""
    customer = source_customer(issue.company, str(issue.facts.get("customer_key") or ""))
    return emails(customer.billing_email) if customer else ()
