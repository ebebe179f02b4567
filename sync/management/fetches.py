"""What a fetch came to, and what went back to a CRM, as a command says it."""

from __future__ import annotations

from collections.abc import Callable

from sync.crm.round import CrmReport
from sync.fetching.fetch import FetchReport
from sync.management.counted import counted


def tell_fetch(fetched: FetchReport, write: Callable[[str], object]) -> None:
    """Say what a source brought, what could not be read of it, and why it ended early."""
    counts = fetched.counts
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
    if fetched.stopped:
        write(f"    Stopped early: {fetched.stopped}")
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
