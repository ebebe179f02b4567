"""What did a source sell since it was asked last? One fetch: read on from the cursor, stage, keep the cursor."""

from __future__ import annotations

import logging
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.utils import timezone

from books.messages import Message
from books.orders import OrderStatus
from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import Company
from sync.fetching.base import FetchedPage, Reader
from sync.fetching.hooks import keep_listening
from sync.fetching.kinds import LIVE_KINDS, AddressUnsafe, reader_for
from sync.fetching.planning import note_progress, reading_under_way, waits_for_start
from sync.fetching.products import read_products
from sync.fetching.report import FetchReport
from sync.fetching.silence import note_silence
from sync.fetching.unread import forget_unread, note_unread, unread_of
from sync.models import (
    Connection,
    ConnectionState,
    Fetch,
    LiveSource,
    OrderVersion,
    Run,
    RunKind,
    RunState,
    StagedOrder,
    sources_of,
)
from sync.sources.base import OrderRead, Place, Record
from sync.staging.import_file import KEPT, error_facts
from sync.staging.intake import NotActivated, stage
from sync.turn import ENDLESS, Turn

logger = logging.getLogger(__name__)

Say = Callable[[str], None]

#: How often the ids of all orders are compared, to notice those that were deleted.
_COMPARES_EVERY = timedelta(days=1)
#: So many orders may be gone at once, or a tenth of all; where it is more, a person looks first.
_GONE_AT_ONCE = 20
#: Numbers that are looked for together.
_AT_ONCE = 500
_DELETED = "deleted"
_TOO_MANY_GONE = gettext_noop(
    "%(source)s does not list %(number)s of the %(known)s orders that are known here. That many are rarely "
    "deleted at once, so nothing was canceled. Is it the right account, and may its login see every order?"
)
_MISSED = gettext_noop(
    "An order was found in %(source)s only when all of its orders were compared with those known here, and was read "
    "then."
)
_SWITCHED_OFF = gettext_noop("%(company)s was switched off meanwhile, so nothing more was read.")
_RESTS = gettext_noop("%(source)s asked Tieout to wait until %(until)s (UTC).")
_PAUSED = gettext_noop("It was paused. It goes on from there once a person presses Go on.")
_READ = gettext_noop("%(source)s: %(orders)s orders read")
_DIED = gettext_noop(
    "It ended without a message: the computer or the program stopped. The next one goes on from there."
)


def live_sources(company: Company) -> list[Connection]:
    """The sources of a company that are asked over the internet, and may be asked now."""
    asked = sources_of(company).filter(live__isnull=False, live__paused=False)
    return list(asked.exclude(state=ConnectionState.DISCONNECTED).select_related("company", "live"))


def fetch_source(
    source: Connection,
    *,
    since: date | None = None,
    by: User | None = None,
    turn: Turn = ENDLESS,
    say: Say = lambda _: None,
    keep: Callable[[], None] = lambda: None,
) -> FetchReport:
    """Read a source on, and stage what is new or changed. One fetch of a source at a time: hold the company's lease.

    Args:
        source: One that is asked over the internet.
        since: Read again what changed since that day, whatever was read of it before.
        by: The person who asked; None for the scheduler.
        turn: How long it may take; the next fetch goes on.
        say: Told what is being done, in words.
        keep: Called before each request and between two pages, to keep the lease.
    """
    report = FetchReport(source=source)
    live = LiveSource.objects.select_related("connection__company").get(pk=source.pk)
    report.waits = waits_for_start(source)
    report.paused = live.paused and not report.waits
    why = "" if report.waits or report.paused else _cannot(source, live)
    if report.waits or report.paused or why:
        return replace(report, stopped=why)
    turn = replace(turn, asked_to_stop=_or_paused(turn, live))
    # What begins at its beginning each time is read to its end: else a short turn never comes to it
    whole = replace(turn, until=None)
    run = Run.objects.create(company=source.company, kind=RunKind.FETCH, asked_by=by, message=source.name)
    fetch = Fetch.objects.create(run=run, connection=source, cursor_before=live.cursor, cursor_after=live.cursor)
    try:
        reader = reader_for(source, keep=keep)
        _read(reader, live, fetch, report, since=since, turn=turn, say=say, keep=keep)
        if report.complete and not report.stopped:
            _compare(reader, live, report, run, turn=whole, keep=keep)
            keep_listening(reader, live)
        if report.complete and not turn.is_over() and not report.stopped:
            unlisted = read_products(reader, live, now=timezone.now(), by=by, turn=whole, keep=keep)
            if unlisted:
                _stopped(live, report, unlisted)
            report.calls = reader.calls
    except AddressUnsafe as unsafe:
        report.stopped = unsafe.message.worded()
    except NotActivated:
        report.stopped = Message.of(_SWITCHED_OFF, company=source.company.name).worded()
    except BaseException as fault:
        _finish(run, fetch, report, RunState.FAILED, f"{type(fault).__name__}: {fault}"[:500])
        raise
    report.unread = unread_of(source).count()
    report.paused = _is_paused(live)
    paused = _PAUSED if report.paused and not report.complete else ""
    _finish(run, fetch, report, RunState.FINISHED, report.stopped or paused)
    if report.complete:
        _is_well(source)
        report.silent_since = note_silence(live)
    return report


def close_dead_fetches(company: Company) -> None:
    """The holder of the lease is the only one that fetches, so another fetch that seems to run has died."""
    dead = Run.objects.filter(company=company, kind=RunKind.FETCH, state=RunState.RUNNING)
    dead.update(state=RunState.FAILED, message=_DIED, finished_at=timezone.now())


def _cannot(source: Connection, live: LiveSource) -> str:
    """Why a source is not asked now; empty when it may be."""
    if live.rests_until and live.rests_until > timezone.now():
        return Message.of(_RESTS, source=source.name, until=f"{live.rests_until:%Y-%m-%d %H:%M}").worded()
    return ""


def _read(
    reader: Reader,
    live: LiveSource,
    fetch: Fetch,
    report: FetchReport,
    *,
    since: date | None,
    turn: Turn,
    say: Say,
    keep: Callable[[], None],
) -> None:
    source, plan = report.source, reading_under_way(live)
    for page in reader.pages(live.cursor, starts_on=live.starts_on, since=since, now=timezone.now()):
        calls, report.calls = reader.calls - report.calls, reader.calls
        fetch.calls = report.calls
        if isinstance(page, TryLater):
            note_progress(plan, read=0, calls=calls)
            _stopped(live, report, page)
            return
        if _stage(source, page, report, fetch.run):
            live.new_order_at = timezone.now()
        # Only now: what was not staged is read again
        moved = page.cursor != live.cursor
        live.cursor = fetch.cursor_after = page.cursor
        live.save(update_fields=["cursor", "new_order_at"])
        fetch.too_old = report.too_old
        fetch.save(update_fields=["cursor_after", "calls", "too_old"])
        note_progress(plan, read=len(page.records) + page.too_old, calls=calls)
        orders = report.counts.new + report.counts.changed + report.counts.unchanged
        say(_READ % {"source": source.name, "orders": f"{orders:,}"})
        keep()
        # The next turn goes on from the cursor: where that stays, it would read the same and come no further
        if turn.is_over() if moved else turn.asked_to_stop():
            return
    report.complete = True
    note_progress(plan, read=0, calls=0, is_done=True)
    if live.read_whole_at is None or since is None:
        live.read_whole_at = timezone.now()
        live.save(update_fields=["read_whole_at"])


def _is_paused(live: LiveSource) -> bool:
    """Whether a person has paused it meanwhile."""
    return LiveSource.objects.filter(pk=live.pk, paused=True).exists()


def _or_paused(turn: Turn, live: LiveSource) -> Callable[[], bool]:
    """A turn at a source ends when a person pauses it, too: between two pages, so that what was asked for is kept."""
    return lambda: turn.asked_to_stop() or _is_paused(live)


def _stage(source: Connection, page: FetchedPage, report: FetchReport, run: Run) -> int:
    """Stage a page; returns how many of its orders are new."""
    counts = stage(source, _as_before(source, page.records), run=run)
    note_unread(source, page.records)
    total = report.counts
    for name in ("new", "changed", "unchanged", "older", "left_out", "undecided", "rejected"):
        setattr(total, name, getattr(total, name) + getattr(counts, name))
    total.errors += counts.errors[: KEPT - len(total.errors)]
    total.notices.update(counts.notices)
    report.too_old += page.too_old
    return counts.new


def _as_before(source: Connection, records: Sequence[Record]) -> list[Record]:
    """The records, completed by what was known of them where the source does not tell it again."""
    complete = LIVE_KINDS[source.kind].as_before
    orders = {record.order.source_id: record for record in records if isinstance(record, OrderRead)}
    if complete is None or not orders:
        return list(records)
    rows = StagedOrder.objects.filter(connection=source, source_id__in=orders)
    versions = OrderVersion.objects.filter(order__in=rows, version=F("order__version")).select_related("order")
    known = {version.order.source_id: version.read() for version in versions.defer("payload")}
    return [
        replace(record, order=complete(record.order, known[record.order.source_id]))
        if isinstance(record, OrderRead) and record.order.source_id in known
        else record
        for record in records
    ]


def _stopped(live: LiveSource, report: FetchReport, why: TryLater) -> None:
    report.stopped = why.reason
    if why.wait and not why.needs_login:
        live.rests_until = timezone.now() + timedelta(seconds=why.wait)
        live.save(update_fields=["rests_until"])


def _is_well(source: Connection) -> None:
    """A source that answered as it should needs no attention any more."""
    row = Connection.objects.filter(pk=source.pk).exclude(state=ConnectionState.DISCONNECTED)
    row.update(state=ConnectionState.CONNECTED, last_error="", proven_at=timezone.now())


def _finish(run: Run, fetch: Fetch, report: FetchReport, state: RunState, message: str) -> None:
    counts = report.counts
    run.state, run.finished_at = state, timezone.now()
    run.message = f"{report.source.name}: {message}" if message else report.source.name
    run.counts = {
        "new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged, "older": counts.older,
        "left_out": counts.left_out, "undecided": counts.undecided, "errors": counts.rejected,
        "deleted": report.gone, "too_old": report.too_old, "unread": report.unread,
    }  # fmt: skip
    run.errors = [error_facts(error) for error in counts.errors[:KEPT]]
    run.notices = [{"what": what, "times": times} for what, times in counts.notices.most_common(KEPT)]
    run.save()
    fetch.calls, fetch.complete = report.calls, report.complete
    fetch.save()


# Orders that were deleted --------------------------------------------------------------------------------------------


def _compare(
    reader: Reader, live: LiveSource, report: FetchReport, run: Run, *, turn: Turn, keep: Callable[[], None]
) -> None:
    """Cancel the orders that do not exist there any more, once a day. Each one is asked for by itself first.

    Where another customer has an order that did not change, because contacts were merged, it is read again.
    """
    now = timezone.now()
    if live.compared_at and now - live.compared_at < _COMPARES_EVERY:
        return
    # Those of an earlier day came in a file, and are not listed
    known = StagedOrder.objects.filter(connection=report.source, placed_on__gte=live.starts_on)
    known = known.exclude(status_key=_DELETED)
    there, moved, missed, anything = array("q"), list[str](), list[str](), False
    unread = set(unread_of(report.source).values_list("source_id", flat=True))
    faulty = frozenset(unread)
    for ids in reader.listed(starts_on=live.starts_on):
        keep()
        if isinstance(ids, TryLater):
            _stopped(live, report, ids)
            return
        if turn.is_over():
            return
        unread.difference_update(ids)
        anything = anything or bool(ids)
        for some in chunks(ids, _AT_ONCE):  # a source may list all of them at once
            rows, unknown = known.filter(source_id__in=some), set(some) - faulty
            for number, source_id, customer_key in rows.values_list("pk", "source_id", "customer_key"):
                there.append(number)
                unknown.discard(source_id)
                if ids[source_id] not in ("", customer_key):
                    moved.append(source_id)
            missed += sorted(unknown)
    missing = _not_among(known.only("pk", "source_id"), there)
    number = known.count()
    if len(missing) > max(_GONE_AT_ONCE, number // 10):
        facts = {"source": report.source.name, "number": f"{len(missing):,}", "known": f"{number:,}"}
        report.stopped = Message.of(_TOO_MANY_GONE, **facts).worded()
        return
    gone = list(_gone(reader, live, report, missing, turn))
    report.gone = stage(report.source, gone, run=run).changed
    _read_again(reader, live, report, run, list(dict.fromkeys(moved)), turn)
    _read_missed(reader, live, report, run, missed, turn)
    if anything:
        forget_unread(report.source, unread)
    report.calls = reader.calls
    if not (report.stopped or turn.is_over()):
        live.compared_at = now
        live.save(update_fields=["compared_at"])


def _not_among(orders: QuerySet[StagedOrder], numbers: Iterable[int]) -> list[StagedOrder]:
    """The orders whose row has none of these numbers; of a hundred thousand numbers each takes a few bytes."""
    ordered = array("q", sorted(numbers))

    def is_among(number: int) -> bool:
        place = bisect_left(ordered, number)
        return place < len(ordered) and ordered[place] == number

    return [order for order in orders.iterator() if not is_among(order.pk)]


def _read_again(
    reader: Reader, live: LiveSource, report: FetchReport, run: Run, ids: Sequence[str], turn: Turn
) -> None:
    for records in reader.again(ids) if ids and not turn.is_over() else ():
        if isinstance(records, TryLater):
            _stopped(live, report, records)
            return
        page = FetchedPage(records=tuple(records), cursor=live.cursor)
        _stage(report.source, page, report, run)
        if turn.is_over():
            return


def _read_missed(
    reader: Reader, live: LiveSource, report: FetchReport, run: Run, ids: Sequence[str], turn: Turn
) -> None:
    """Read what is listed and never came in: changed under a date that had passed, or dated ahead long before."""
    new = report.counts.new
    for page in reader.missed(ids, cursor=live.cursor, starts_on=live.starts_on) if ids else ():
        if isinstance(page, TryLater):
            _stopped(live, report, page)
            break
        if _stage(report.source, page, report, run):
            live.new_order_at = timezone.now()
            live.save(update_fields=["new_order_at"])
        if turn.is_over():
            break
    if came := report.counts.new - new:
        report.counts.notices[Message.of(_MISSED, source=report.source.name).worded()] += came


def _gone(
    reader: Reader, live: LiveSource, report: FetchReport, missing: list[StagedOrder], turn: Turn
) -> Iterator[OrderRead]:
    for row in missing:
        if turn.is_over():
            return
        answer = reader.is_gone(row.source_id)
        if isinstance(answer, TryLater):
            _stopped(live, report, answer)
            return
        if answer:
            yield _deleted(row)


def _deleted(row: StagedOrder) -> OrderRead:
    """The order as it was known last, canceled."""
    order = StagedOrder.objects.select_related("company").get(pk=row.pk)
    return OrderRead(
        order=replace(order.current().read(), status=OrderStatus.CANCELLED),
        payload={"id": row.source_id, "deleted": True},
        place=Place(number=order.number),
        # Where it is there again, it is so under the same date
        modified_at=order.modified_at,
        status_word=_DELETED,
    )
