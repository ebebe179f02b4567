"""What a fetch came to, and what went back to a CRM, as a command says it."""

from __future__ import annotations

from collections.abc import Callable

from books.json_types import Json
from sync.crm.round import CrmReport
from sync.fetching.planning import Estimate, estimate
from sync.fetching.report import FetchReport
from sync.management.counted import counted
from sync.models import PlannedReading


def tell_fetch(fetched: FetchReport, write: Callable[[str], object]) -> None:
    """Say what a source brought, what could not be read of it, and why it ended early."""
    counts = fetched.counts
    if fetched.waits:
        write(f"  {fetched.source.name}: nothing is read before its first reading is started, on its page or with")
        write(f"    fetch --company {fetched.source.company.slug} --connection {fetched.source.system}")
        return
    write(
        f"  {fetched.source.name}: {counted(counts.new, 'new order')}, {counts.changed:,} changed, "
        f"{counts.unchanged:,} unchanged; {counted(fetched.calls, 'request')}"
    )
    if fetched.too_old:
        write(f"    {counted(fetched.too_old, 'order')} placed before the day that the source begins with, left out")
    if fetched.gone:
        write(f"    {counted(fetched.gone, 'order')} deleted there, and canceled here")
    for error in counts.errors:
        write(f"    {error.where}: {error.message.worded()}")
    if counts.rejected > len(counts.errors):
        write(f"    and {counts.rejected - len(counts.errors):,} more that could not be read")
    if fetched.unread:
        write(f"    {counted(fetched.unread, 'order')} cannot be read as it is there; the page of the source says why")
    if fetched.silent_since:
        write(f"    It usually brings orders, and its last one is of {fetched.silent_since}: do orders still reach it?")
    if fetched.stopped:
        write(f"    Stopped early: {fetched.stopped}")
    elif fetched.paused:
        write("    Paused: nothing more is read until a person presses Go on")
    elif not fetched.complete:
        write("    Not everything was read yet; the next one goes on")


def tell_crm(crm: CrmReport, write: Callable[[str], object]) -> None:
    """Say how many customers of QuickBooks became contacts, and what waits for a person."""
    sent = crm.contacts
    write(
        f"  {crm.updates.connection.name}: {counted(sent.created, 'contact')} created, {sent.there:,} there already, "
        f"{sent.attention:,} for a person to look at"
    )
    if sent.lost:
        write(f"    {counted(sent.lost, 'answer')} lost; the next sync looks up what became of it")
    if crm.stopped:
        write(f"    Stopped early: {crm.stopped}")


def plan_plain(plan: PlannedReading) -> Json:
    """What a reading takes, as plain JSON."""
    takes = estimate(plan)
    return {
        "source": plan.connection.system,
        "begins_on": plan.begins_on.isoformat(),
        "records": plan.expected,
        "at_most": plan.at_most,
        "requests": plan.requests,
        "left_today": plan.left_today,
        "a_day": plan.a_day,
        "a_minute": plan.a_minute,
        "minutes": takes.minutes if takes else None,
        "days": takes.days if takes else None,
    }


def tell_plan(plan: PlannedReading, write: Callable[[str], object]) -> None:
    """Say what a reading takes."""
    name = plan.connection.name
    takes = estimate(plan)
    if takes is None or plan.expected is None or plan.requests is None:
        write(f"  {name} did not say how many orders there are since {plan.begins_on}")
        return
    about = "at most" if plan.at_most else "about"
    records = counted(plan.expected, "order or payment", "orders and payments")
    write(f"  {name}: {about} {records} since {plan.begins_on}")
    write(f"    that takes about {counted(plan.requests, 'request')}{_duration(takes)}")
    limits = [
        f"{number:,} requests {words}"
        for number, words in ((plan.left_today, "today"), (plan.a_minute, "a minute"))
        if number is not None
    ]
    write(f"    its limits leave {' and '.join(limits)}" if limits else "    it did not say what its limits leave")


def _duration(takes: Estimate) -> str:
    if takes.days > 1:
        return f" on {takes.days} days, because of its limit of a day"
    return f" and about {counted(takes.minutes, 'minute')}"
