"""Can a company be posted for now, and through what? If not, what does a person do about it?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from books.messages import Message
from books.translation import gettext_noop
from companies.activation import Gate, activated, gate_of
from companies.models import Company, CompanyKind
from mapping.models import QuickBooksAccount
from sync.models import QUICKBOOKS_ONLINE, Connection, ConnectionState
from sync.pushing.destination import Destination
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import open_destination

SWITCHED_OFF = Message(
    sentence=gettext_noop("The company is switched off."),
    cure=gettext_noop("Switch it on in its settings."),
)
#: By the state of its activation: nothing is read for posting and no document is made.
NOT_ACTIVE = {
    Gate.OFF: Message(
        sentence=gettext_noop("The company is off: no one has asked for it to be activated."),
        cure=gettext_noop("Ask on its page Activation."),
    ),
    Gate.PENDING: Message(
        sentence=gettext_noop("The company is off: its activation waits for approval."),
        cure=gettext_noop("An administrator approves it on its page Activation."),
    ),
    Gate.DECLINED: Message(
        sentence=gettext_noop("The company is off: its activation was declined."),
        cure=gettext_noop("Its page Activation has the reason, and the button to ask again."),
    ),
    Gate.WITHDRAWN: Message(
        sentence=gettext_noop("The company is off: its activation was withdrawn."),
        cure=gettext_noop("Its page Activation has the reason, and the button to ask again."),
    ),
    Gate.OUTDATED: Message(
        sentence=gettext_noop("The disclaimer has a new version, so nothing is read or posted for the company."),
        cure=gettext_noop("A user of the company reads and accepts it on its page Activation."),
    ),
}
IN_SETUP = Message(
    sentence=gettext_noop("The company has not gone live: documents are prepared, and nothing is posted."),
    cure=gettext_noop("Finish the steps on its page Setup."),
)
DESKTOP = Message(
    sentence=gettext_noop(
        "The company keeps its books in QuickBooks Desktop, which takes no documents over the network."
    ),
    cure=gettext_noop("Export a file on its QuickBooks Desktop page, or with export_iif."),
)
NOT_DESKTOP = Message(
    sentence=gettext_noop("The company keeps its books in QuickBooks Online."),
    cure=gettext_noop("Its documents are posted by sync; files are for QuickBooks Desktop."),
)
NO_DESKTOP_LISTS = Message(
    sentence=gettext_noop("The lists of QuickBooks Desktop have not been imported yet."),
    cure=gettext_noop(
        "Export them in QuickBooks as an IIF file, and import that on the page Lists or with import_lists."
    ),
)
NOT_CONNECTED = Message(
    sentence=gettext_noop("The company is not connected to QuickBooks."),
    cure=gettext_noop("Connect it in Settings, Integrations."),
)
NO_LISTS = Message(
    sentence=gettext_noop("The lists of QuickBooks have not been read yet."),
    cure=gettext_noop("Run refresh_lists, or press Refresh the lists on the QuickBooks page."),
)
BUSY = Message(
    sentence=gettext_noop("Another sync is at work for this company."),
    cure=gettext_noop("Wait until it has ended; nothing is lost."),
)
BROKEN = Message(
    sentence=gettext_noop("The sync broke off because of a defect in Tieout."),
    cure=gettext_noop("See its log for details; nothing is lost, and the next sync goes on where this one stopped."),
)


def cannot_prepare_for_desktop(company: Company) -> Message | None:
    """Why nothing can be prepared for a company of QuickBooks Desktop; None when it can."""
    if company.kind != CompanyKind.DESKTOP:
        return NOT_DESKTOP
    stops = reading_stops(company)
    if stops is not None:
        return stops
    return None if QuickBooksAccount.objects.filter(company=company).exists() else NO_DESKTOP_LISTS


def companies_to_sync() -> QuerySet[Company]:
    """Whom the scheduler works for: every company that is switched on, and those that are being set up.

    Of the latter, and of rehearsal twins, only those whose lists can be read: one that was never connected is not at
    fault, and nobody is woken for it.
    """
    online = Connection.objects.filter(company=OuterRef("pk"), system=QUICKBOOKS_ONLINE)
    imported = QuickBooksAccount.objects.filter(company=OuterRef("pk"))
    reachable = Exists(online.exclude(state=ConnectionState.DISCONNECTED)) | (
        Q(kind=CompanyKind.DESKTOP) & Exists(imported)
    )
    in_setup = activated() & Q(live_since__isnull=True) & reachable
    at_work = Q(switched_on=True) & (Q(rehearsal_of__isnull=True) | reachable)
    return Company.objects.filter(at_work | in_setup).order_by("name", "pk")


def reading_stops(company: Company) -> Message | None:
    """Why no order is read for posting and no document made; None while both may be."""
    gate = gate_of(company)
    if gate is not Gate.ACTIVE:
        return NOT_ACTIVE[gate]
    return SWITCHED_OFF if company.live_since and not company.switched_on else None


def quickbooks_connection(company: Company) -> Connection | Message:
    """The company's usable login to QuickBooks, or why there is none."""
    if company.kind != CompanyKind.ONLINE:
        return DESKTOP
    connection = Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).first()
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        return NOT_CONNECTED
    if connection.state == ConnectionState.NEEDS_ATTENTION:
        attention = gettext_noop("The login to QuickBooks needs attention: %(error)s")
        return Message.of(attention, NOT_CONNECTED.cure, error=connection.last_error)
    return connection


def destination_of(company: Company, *, by: User | None = None) -> Destination | Message:
    """Where the company's documents are sent, or why they cannot be; `IN_SETUP` only when all else is well.

    Args:
        company: Any.
        by: The person who waits; None for the scheduler, whose requests come after those of people.
    """
    stops = reading_stops(company)
    if stops is not None:
        return stops
    connection = quickbooks_connection(company)
    if isinstance(connection, Message):
        return connection
    if not connection.lists_refreshed_at:
        return NO_LISTS
    if not company.live_since:
        return IN_SETUP
    try:
        return open_destination(connection, for_person=by is not None)
    except AddressRefused as refused:
        return refused.message
