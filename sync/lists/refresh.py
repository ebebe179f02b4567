"""What does QuickBooks call things now? Reads the company's lists into our copy of them.

Rows are never deleted: what has vanished or was made inactive in QuickBooks stays as an inactive row, because links
and history point to it. A refresh that fails half-way keeps what it has read, marks nothing as gone, and says why.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.json_types import Json
from books.messages import Message, all_worded
from books.names import levels
from books.outcomes import Refused, TryLater, Unknown
from books.translation import gettext_noop
from companies.models import Company
from mapping.models import QuickBooksAccount, QuickBooksCustomer, QuickBooksItem
from sync.lists.changed_documents import follow_documents
from sync.lists.changes import PREFERENCES, ask_for_changes, keep_changes
from sync.lists.doubted import NEARLY_EMPTY
from sync.lists.list_sync import LISTS, ListCounts, ListKind, keep_page, mark_gone
from sync.lists.merging import follow_merges
from sync.models import Connection, ConnectionState, Run, RunKind, RunState
from sync.preparing.prepare import mark_unsent
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.changed_objects import Changes, moment_in
from sync.quickbooks_online.destination import QuickBooksOnline, open_destination
from sync.quickbooks_online.faults import UNREADABLE
from sync.quickbooks_online.list_parsers import (
    CompanyPreferences,
    fiscal_year_begins,
    page_of,
    read_preferences,
    whole,
)
from sync.quickbooks_online.login import NOT_CONNECTED, quickbooks_of
from sync.quickbooks_online.wire import PAGE, Unreadable

logger = logging.getLogger(__name__)

Failure = Refused | TryLater | Unknown

_OTHER_CURRENCY = gettext_noop(
    "QuickBooks keeps its books in %(theirs)s, and %(company)s is set to %(ours)s. Correct the home currency in the "
    "company's settings before anything is posted."
)
_MERGED = gettext_noop(
    "QuickBooks merged the customer “%(customer)s” into “%(winner)s”. Orders of the first go to the second from now on."
)
_REFUSED = gettext_noop("QuickBooks did not send its lists.")
_BROKEN = gettext_noop("Reading QuickBooks' lists broke off because of a defect in Tieout; see its log for details.")


@dataclass(kw_only=True)
class RefreshCounts:
    """What a refresh came to."""

    #: By the list's name: accounts, items, terms, customers.
    lists: dict[str, ListCounts] = field(default_factory=dict)
    warnings: list[Message] = field(default_factory=list)
    #: Names of accounts and items that are longer than the company's rule allows.
    longer_than_rule: int = 0
    #: How many posted documents others changed, voided or deleted in QuickBooks.
    drifted: int = 0
    #: QuickBooks' closing date is another one than before.
    closing_moved: bool = False
    #: Why it stopped before the end; None when it did not.
    failure: Failure | None = None

    @property
    def failed(self) -> str:
        """Why it stopped before the end, as a marked sentence; empty when it did not."""
        return _words_of(self.failure) if self.failure else ""

    @property
    def anything(self) -> bool:
        """Whether our copy is another than before."""
        return self.closing_moved or any(counts.anything for counts in self.lists.values())

    def plain(self) -> Json:
        """As plain JSON."""
        return {
            "lists": {name: asdict(counts) for name, counts in self.lists.items()},
            "drifted": self.drifted,
            "warnings": [warning.worded() for warning in self.warnings],
            "longer_than_rule": self.longer_than_rule,
            "failed": self.failed,
        }


class _Stopped(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


def refresh_lists(
    company: Company, *, now: datetime | None = None, by: User | None = None, whole: bool = True
) -> RefreshCounts:
    """Read the lists of a company's QuickBooks, and whether its settings fit ours.

    A login that was new or had needed attention is connected once this has succeeded.

    Args:
        company: Of QuickBooks Online.
        now: The moment that new rows and changed ones are marked with.
        by: The person who asked; None for the scheduler.
        whole: Read all of every list; otherwise one request for what changed suffices, where that is known.

    Returns:
        What changed, or why it stopped; nothing that QuickBooks does or fails to do is raised.
    """
    connection = quickbooks_of(company)
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        return RefreshCounts(failure=TryLater(reason=NOT_CONNECTED, wait=0, needs_login=True))
    run = Run.objects.create(company=company, kind=RunKind.REFRESH, asked_by=by)
    counts = RefreshCounts()
    try:
        with open_destination(connection, for_person=by is not None) as destination:
            at, for_person = now or timezone.now(), by is not None
            told = None if whole else _read_changes(connection, destination, counts, at, for_person=for_person)
            if told is None:
                _read_whole(connection, destination, counts, at)
            _follow_documents(connection, destination, counts, told)
        _succeeded(connection, counts, at)
    except _Stopped as stopped:
        counts.failure = stopped.failure
        _failed(connection, counts.failed)
    except AddressRefused as refused:
        counts.failure = TryLater(reason=str(refused), wait=0)
        _failed(connection, counts.failed)
    except BaseException as fault:
        _failed(connection, _BROKEN)
        _finish(run, counts, broken=f"{type(fault).__name__}: {fault}")
        raise
    company.quickbooks_closed_through = connection.company.quickbooks_closed_through
    _finish(run, counts)
    return counts


def longer_than_rule(company: Company) -> int:
    """How many active accounts and items have a level that is longer than the company's name rule allows."""
    longest = company.rule.longest
    return sum(
        any(len(level) > longest for level in levels(name))
        for model in (QuickBooksAccount, QuickBooksItem)
        for name in model.objects.filter(company=company, active=True).values_list("full_name", flat=True).iterator()
    )


def _read_changes(
    connection: Connection,
    destination: QuickBooksOnline,
    counts: RefreshCounts,
    now: datetime,
    *,
    for_person: bool,
) -> Changes | None:
    """What changed, kept; None where it could not be told in one answer. Raises `_Stopped` when there is none.

    For a person the short lists are read too of which QuickBooks tells no changes: a tax code that was just added.
    """
    company = connection.company
    changes = ask_for_changes(connection, destination)
    if isinstance(changes, TryLater | Unknown):
        raise _Stopped(changes)
    if changes is None:
        return None
    lists = keep_changes(company, changes, now=now)
    if isinstance(lists, Unknown):
        raise _Stopped(lists)
    if lists is None:
        return None
    counts.lists = lists
    _keep_preferences(company, changes.rows[PREFERENCES], counts)
    if for_person:
        _read_lists(company, destination, [kind for kind in LISTS if not kind.tells_changes], counts, now)
    counts.warnings += [_merged(*names) for names in follow_merges(company, destination)]
    if counts.anything:
        counts.longer_than_rule = longer_than_rule(company)
    connection.changes_known_until = changes.at
    return changes


def _read_whole(connection: Connection, destination: QuickBooksOnline, counts: RefreshCounts, now: datetime) -> None:
    """Raises `_Stopped` at the first answer that is not what was asked for."""
    company = connection.company
    connection.lists_whole_at = now
    counts.warnings, connection.changes_known_until = _warnings(company, destination, counts)
    _rename(connection, destination)
    _read_lists(company, destination, LISTS, counts, now)
    counts.warnings += [_merged(*names) for names in follow_merges(company, destination)]
    counts.longer_than_rule = longer_than_rule(company)


def _follow_documents(
    connection: Connection, destination: QuickBooksOnline, counts: RefreshCounts, told: Changes | None
) -> None:
    """Find what others did to the documents that we posted. Raises `_Stopped` where QuickBooks does not answer."""
    followed = follow_documents(connection, destination, told)
    if isinstance(followed, TryLater | Unknown):
        raise _Stopped(followed)
    connection.documents_known_until = followed.until
    counts.drifted = followed.drifted
    counts.warnings += followed.warnings


def _read_lists(
    company: Company, destination: QuickBooksOnline, kinds: Sequence[ListKind], counts: RefreshCounts, now: datetime
) -> None:
    for kind in kinds:
        counts.lists[kind.name] = ListCounts()
        try:
            _read_list(company, destination, kind, counts.lists[kind.name], now)
        except _Stopped as stopped:
            if not (kind.optional and isinstance(stopped.failure, Refused)):
                raise
    counts.warnings += [
        Message.of(NEARLY_EMPTY, list=kind.name, missing=counts.lists[kind.name].missing)
        for kind in kinds
        if counts.lists[kind.name].missing
    ]


def _merged(customer: QuickBooksCustomer, winner: QuickBooksCustomer) -> Message:
    return Message.of(_MERGED, customer=customer.display_name, winner=winner.display_name)


def _read_list(
    company: Company, destination: QuickBooksOnline, kind: ListKind, counts: ListCounts, now: datetime
) -> None:
    begun = timezone.now()
    seen: set[str] = set()
    position, page = 1, PAGE
    while page == PAGE:
        rows = _asked(destination, kind.entity, page_of(kind.entity, position))
        try:
            read = [kind.read(row) for row in rows]
        except Unreadable:
            raise _Stopped(Unknown(reason=UNREADABLE)) from None
        counts.add(keep_page(company, kind, [row for row in read if row.quickbooks_id not in seen], now=now))
        seen.update(row.quickbooks_id for row in read)
        position, page = position + PAGE, len(rows)
    counts.add(mark_gone(company, kind, seen, begun=begun))


def _warnings(
    company: Company, destination: QuickBooksOnline, counts: RefreshCounts
) -> tuple[list[Message], datetime | None]:
    """What does not fit; and the moment, by QuickBooks' clock, before anything else was read."""
    answer = destination.ask(PREFERENCES, whole(PREFERENCES))
    if not isinstance(answer, tuple):
        raise _Stopped(answer)
    rows, exchange = answer
    found = _keep_preferences(company, rows, counts)
    facts = {"company": company.name, "ours": company.home_currency}
    warnings = []
    for preferences in found:
        theirs = preferences.home_currency
        if theirs and theirs != company.home_currency:
            warnings.append(Message.of(_OTHER_CURRENCY, **facts, theirs=theirs))
    return warnings, moment_in(exchange.reply)


def _keep_preferences(
    company: Company, rows: Sequence[Mapping[str, object]], counts: RefreshCounts
) -> list[CompanyPreferences]:
    """What QuickBooks says of its settings, its closing date kept. Raises `_Stopped` where it cannot be read."""
    try:
        found = [read_preferences(row) for row in rows]
    except Unreadable:
        raise _Stopped(Unknown(reason=UNREADABLE)) from None
    for preferences in found:
        counts.closing_moved |= _keep_closing_date(company, preferences.closed_through)
    return found


def _keep_closing_date(company: Company, day: date | None) -> bool:
    """Keep up to which day QuickBooks is closed, with its history; whether that is another day than before.

    What was not sent is prepared again before it leaves, also where the lists could not be read to their end.
    """
    row = Company.objects.get(pk=company.pk)
    moved = row.quickbooks_closed_through != day
    if moved:
        row.quickbooks_closed_through = day
        with transaction.atomic():
            row.save(update_fields=["quickbooks_closed_through"])
            mark_unsent(row)
    company.quickbooks_closed_through = day
    return moved


def _rename(connection: Connection, destination: QuickBooksOnline) -> None:
    """Keep the name that the card shows, and when its years begin; a company may be renamed in QuickBooks."""
    for row in _asked(destination, "CompanyInfo", whole("CompanyInfo")):
        month = fiscal_year_begins(row)
        if month and month != connection.company.fiscal_year_begins:
            connection.company.fiscal_year_begins = month
            Company.objects.filter(pk=connection.company_id).update(fiscal_year_begins=month)
        name = str(row.get("CompanyName") or "")[:200]
        if name and name != connection.name:
            connection.name = name
            connection.save(update_fields=["name"])


def _asked(destination: QuickBooksOnline, entity: str, query: str) -> list[Json]:
    answer = destination.ask(entity, query)
    if isinstance(answer, tuple):
        return answer[0]
    raise _Stopped(answer)


def _succeeded(connection: Connection, counts: RefreshCounts, now: datetime) -> None:
    rows = Connection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.DISCONNECTED)
    rows.update(
        state=ConnectionState.CONNECTED,
        last_error="",
        lists_refreshed_at=now,
        lists_whole_at=connection.lists_whole_at,
        changes_known_until=connection.changes_known_until,
        documents_known_until=connection.documents_known_until,
    )
    logger.info("refreshed the lists of company %s: %s", connection.company_id, counts.plain()["lists"])


def _failed(connection: Connection, sentence: str) -> None:
    """Leave the reason on the card. A first load that fails ends; it does not go on connecting for ever."""
    rows = Connection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.DISCONNECTED)
    rows.update(last_error=sentence)
    rows.filter(state=ConnectionState.CONNECTING).update(state=ConnectionState.NEEDS_ATTENTION)


def _finish(run: Run, counts: RefreshCounts, *, broken: str = "") -> None:
    run.state = RunState.FAILED if counts.failure or broken else RunState.FINISHED
    run.message = " ".join((broken or counts.failed, all_worded(counts.warnings))).strip()
    run.counts = {name: listed.total for name, listed in counts.lists.items()} | {
        part: sum(getattr(listed, part) for listed in counts.lists.values()) for part in ("new", "changed", "gone")
    }
    if counts.drifted:
        run.counts["drifted"] = counts.drifted
    run.finished_at = timezone.now()
    run.save()


def _words_of(failure: Failure) -> str:
    if not isinstance(failure, Refused):
        return failure.reason
    return " ".join((_REFUSED, *(problem.explain() for problem in failure.problems)))
