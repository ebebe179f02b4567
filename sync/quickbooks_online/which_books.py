"""May a company of ours be connected to this QuickBooks company? One QuickBooks company is never two of ours.

Until something was sent, a company that was connected to the wrong books may be connected to others: what was read of
the first is forgotten, for the ids of one QuickBooks company mean something else in the next.
"""

from __future__ import annotations

from dataclasses import replace

from django.apps import apps
from django.contrib.auth.models import User

from books.messages import Message
from books.translation import gettext_noop
from companies.access import companies_of
from companies.models import Company
from mapping.models import FormerName, ListRow
from sync.models import (
    QUICKBOOKS_ONLINE,
    SENT_STATES,
    Connection,
    ConnectionState,
    Document,
    DoubtedList,
    ItemWrite,
    Push,
    touch_names,
)

_TAKEN = gettext_noop(
    "This QuickBooks company (%(realm)s) is already connected to another company in Tieout. Everything would be posted "
    "twice, so it was not connected here. Press QB Connect and choose another QuickBooks company."
)
_TAKEN_BY = gettext_noop(
    "This QuickBooks company (%(realm)s) is already connected to %(other)s in Tieout. Everything would be posted "
    "twice, so it was not connected here. Press QB Connect and choose another QuickBooks company."
)
_ANOTHER = gettext_noop(
    "%(company)s has posted to the QuickBooks company “%(name)s” (%(before)s), and another one (%(realm)s) was chosen "
    "now. Press QB Connect and choose “%(name)s”, or set up another company in Tieout for the other books."
)
_DISCONNECT_FIRST = gettext_noop(
    "%(company)s is connected to the QuickBooks company “%(name)s” (%(before)s), and another one (%(realm)s) was "
    "chosen now. Nothing was changed. To change over, press QB Disconnect first."
)


def wrong_company(company: Company, realm: str, *, before: Connection | None, person: User | None) -> Message | None:
    """Why the company is not connected to a QuickBooks company; None when it may be.

    Args:
        company: Of ours.
        realm: The company id of QuickBooks that was chosen.
        before: The company's connection as it was until now.
        person: Who chose; learns the name of the other company only where they work for it.
    """
    if _is_anothers(company, realm):
        return taken(realm, person=person)
    if before is None or before.external_id in ("", realm):
        return None
    facts: dict[str, str] = {"company": company.name, "name": before.name, "before": before.external_id, "realm": realm}
    if has_sent(company):
        return Message.of(_ANOTHER, **facts)
    if before.state in (ConnectionState.CONNECTED, ConnectionState.CONNECTING):
        return Message.of(_DISCONNECT_FIRST, **facts)
    return None


def taken(realm: str, *, person: User | None) -> Message:
    """That the QuickBooks company is connected to another company of ours."""
    theirs = Connection.objects.filter(system=QUICKBOOKS_ONLINE, external_id=realm)
    seen = companies_of(person).filter(pk__in=theirs.values("company")).first() if person else None
    if seen is None:
        return Message.of(_TAKEN, realm=realm)
    return Message.of(_TAKEN_BY, realm=realm, other=seen.name)


def for_all(message: Message) -> Message:
    """The same for the company's card, where people read it who do not work for the other company."""
    return replace(message, sentence=_TAKEN) if message.sentence == _TAKEN_BY else message


def has_sent(company: Company) -> bool:
    """Whether anything of the company may be in a QuickBooks company: a document, or an item that it created."""
    return (
        Document.objects.filter(company=company, state__in=SENT_STATES).exists()
        or Push.objects.filter(company=company).exists()
        or ItemWrite.objects.filter(company=company).exists()
    )


def forget_books(company: Company) -> None:
    """Forget what was read of a QuickBooks company to which nothing was sent; mapping, by names, stays."""
    for model in apps.get_app_config("mapping").get_models():
        if issubclass(model, ListRow):
            model._default_manager.filter(company=company).delete()
    FormerName.objects.filter(company=company).delete()
    DoubtedList.objects.filter(company=company).delete()
    touch_names(company)


def _is_anothers(company: Company, realm: str) -> bool:
    """Whether another company posts to these books, or has posted to them."""
    others = Connection.objects.filter(system=QUICKBOOKS_ONLINE, external_id=realm).exclude(company=company)
    living = others.exclude(state=ConnectionState.DISCONNECTED)
    return living.exists() or others.filter(company__documents__state__in=SENT_STATES).exists()
