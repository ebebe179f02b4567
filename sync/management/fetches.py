"""What a fetch came to, and what went back to a CRM, as a command says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from books.json_types import Json
from companies.stored_texts import retold
from sync.crm.round import CrmReport
from sync.fetching.planning import Estimate, estimate
from sync.fetching.report import FetchReport
from sync.management.words import counted, day, number, told
from sync.models import PlannedReading


def tell_fetch(fetched: FetchReport, write: Callable[[str], object]) -> None:
    """Say what a source brought, what could not be read of it, and why it ended early."""
    counts = fetched.counts
    name = fetched.source.name
    if fetched.waits:
        waits = _("%(source)s: nothing is read before its first reading is started, on its page or with")
        write(f"  {waits % {'source': name}}")
        write(f"    fetch --company {fetched.source.company.slug} --connection {fetched.source.system}")
        return
    brought = _("%(source)s: %(new)s, %(changed)s changed, %(unchanged)s unchanged; %(requests)s") % {
        "source": name,
        "new": counted("%(n)s new order", "%(n)s new orders", counts.new),
        "changed": number(counts.changed),
        "unchanged": number(counts.unchanged),
        "requests": counted("%(n)s request", "%(n)s requests", fetched.calls),
    }
    write(f"  {brought}")
    for line in _unread(fetched):
        write(f"    {line}")


def _unread(fetched: FetchReport) -> Iterator[str]:
    counts = fetched.counts
    if fetched.too_old:
        yield counted(
            "%(n)s order placed before the day that the source begins with, left out",
            "%(n)s orders placed before the day that the source begins with, left out",
            fetched.too_old,
        )
    if fetched.gone:
        yield counted(
            "%(n)s order deleted there, and canceled here",
            "%(n)s orders deleted there, and canceled here",
            fetched.gone,
        )
    for error in counts.errors:
        yield f"{told(error.place.words)}: {told(error.message)}"
    if counts.rejected > len(counts.errors):
        more = counts.rejected - len(counts.errors)
        yield counted("and %(n)s more that could not be read", "and %(n)s more that could not be read", more)
    if fetched.unread:
        yield counted(
            "%(n)s order cannot be read as it is there; the page of the source says why",
            "%(n)s orders cannot be read as it is there; the page of the source says why",
            fetched.unread,
        )
    if fetched.silent_since:
        silent = _("It usually brings orders, and its last one is of %(day)s: do orders still reach it?")
        yield silent % {"day": day(fetched.silent_since)}
    if fetched.stopped:
        yield _("Stopped early: %(reason)s") % {"reason": retold(fetched.stopped)}
    elif fetched.paused:
        yield _("Paused: nothing more is read until a person presses Go on")
    elif not fetched.complete:
        yield _("Not everything was read yet; the next one goes on")


def tell_crm(crm: CrmReport, write: Callable[[str], object]) -> None:
    """Say how many customers of QuickBooks became contacts, and what waits for a person."""
    sent = crm.contacts
    became = _("%(source)s: %(created)s, %(there)s there already, %(attention)s for a person to look at") % {
        "source": crm.updates.connection.name,
        "created": counted("%(n)s contact created", "%(n)s contacts created", sent.created),
        "there": number(sent.there),
        "attention": number(sent.attention),
    }
    write(f"  {became}")
    if sent.lost:
        lost = counted(
            "%(n)s answer lost; the next sync looks up what became of it",
            "%(n)s answers lost; the next sync looks up what became of it",
            sent.lost,
        )
        write(f"    {lost}")
    if crm.stopped:
        write("    " + _("Stopped early: %(reason)s") % {"reason": retold(crm.stopped)})


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
    takes = estimate(plan)
    facts = {"source": plan.connection.name, "day": day(plan.begins_on)}
    if takes is None or plan.expected is None or plan.requests is None:
        write("  " + _("%(source)s did not say how many orders there are since %(day)s") % facts)
        return
    facts["records"] = counted("%(n)s order or payment", "%(n)s orders and payments", plan.expected)
    at_most, about = (
        _("%(source)s: at most %(records)s since %(day)s"),
        _("%(source)s: about %(records)s since %(day)s"),
    )
    write(f"  {(at_most if plan.at_most else about) % facts}")
    write(f"    {_takes(plan.requests, takes)}")
    write(f"    {_limits(plan)}")


def _takes(requests: int, takes: Estimate) -> str:
    facts = {"requests": counted("%(n)s request", "%(n)s requests", requests)}
    if takes.days > 1:
        days = counted("%(n)s day", "%(n)s days", takes.days)
        words = _("that takes about %(requests)s on %(days)s, because of its limit of a day")
        return words % {**facts, "days": days}
    facts["minutes"] = counted("%(n)s minute", "%(n)s minutes", takes.minutes)
    return _("that takes about %(requests)s and about %(minutes)s") % facts


def _limits(plan: PlannedReading) -> str:
    today, minute = plan.left_today, plan.a_minute
    facts = {"today": number(today or 0), "minute": number(minute or 0)}
    if today is not None and minute is not None:
        return _("its limits leave %(today)s requests today and %(minute)s requests a minute") % facts
    if today is not None:
        return _("its limits leave %(today)s requests today") % facts
    if minute is not None:
        return _("its limits leave %(minute)s requests a minute") % facts
    return _("it did not say what its limits leave")
