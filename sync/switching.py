"""Can a company be posted for now, and through what? If not, what does a person do about it?"""

from __future__ import annotations

from dataclasses import dataclass

from books.words import Translate, gettext_noop, worded
from mapping.models import Company, CompanyKind
from sync.destinations.base import Destination
from sync.destinations.quickbooks_online.addresses import AddressRefused
from sync.destinations.quickbooks_online.destination import open_destination
from sync.models import QUICKBOOKS_ONLINE, Connection, ConnectionState


@dataclass(frozen=True, kw_only=True)
class CannotRun:
    """Why nothing can be done for a company, and the cure."""

    sentence: str
    cure: str
    facts: tuple[tuple[str, object], ...] = ()

    def worded(self, translate: Translate = str) -> str:
        """Reason and cure, in the reader's language."""
        facts = dict(self.facts)
        return " ".join(worded(one, facts, translate=translate) for one in (self.sentence, self.cure))


SWITCHED_OFF = CannotRun(
    sentence=gettext_noop("The company is switched off."),
    cure=gettext_noop("Switch it on in its settings."),
)
DESKTOP = CannotRun(
    sentence=gettext_noop(
        "The company keeps its books in QuickBooks Desktop, which takes no documents over the network."
    ),
    cure=gettext_noop("Use a QuickBooks Online company."),
)
NOT_CONNECTED = CannotRun(
    sentence=gettext_noop("The company is not connected to QuickBooks."),
    cure=gettext_noop("Connect it in Settings, QuickBooks."),
)
NO_LISTS = CannotRun(
    sentence=gettext_noop("The lists of QuickBooks have not been read yet."),
    cure=gettext_noop("Run refresh_lists, or press Refresh on the QuickBooks page."),
)
BUSY = CannotRun(
    sentence=gettext_noop("Another sync is at work for this company."),
    cure=gettext_noop("Wait until it has ended; nothing is lost."),
)

BROKEN = CannotRun(
    sentence=gettext_noop("The sync broke off because of a defect in Tieout."),
    cure=gettext_noop("Its log tells more; nothing is lost, and the next sync goes on where this one stopped."),
)


def quickbooks_connection(company: Company) -> Connection | CannotRun:
    """The company's usable login to QuickBooks, or why there is none."""
    if company.kind != CompanyKind.ONLINE:
        return DESKTOP
    connection = Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).first()
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        return NOT_CONNECTED
    if connection.state == ConnectionState.NEEDS_ATTENTION:
        attention = gettext_noop("The login to QuickBooks needs attention: %(error)s")
        return CannotRun(sentence=attention, cure=NOT_CONNECTED.cure, facts=(("error", connection.last_error),))
    return connection


def destination_of(company: Company) -> Destination | CannotRun:
    """Where the company's documents are sent, or why they cannot be."""
    if not company.switched_on:
        return SWITCHED_OFF
    connection = quickbooks_connection(company)
    if isinstance(connection, CannotRun):
        return connection
    if not connection.lists_refreshed_at:
        return NO_LISTS
    try:
        return open_destination(connection)
    except AddressRefused as refused:
        return CannotRun(sentence=str(refused), cure="")
