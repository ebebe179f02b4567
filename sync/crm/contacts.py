"""What becomes of a new QuickBooks customer in a CRM? Noticed once, looked up, and created where it is not there.

That a contact is about to be created is committed before anything is sent. Where its answer is lost, or the process
dies, it is looked up before anything is sent again.

Source:
    docs/decisions/0063-back-to-the-crm.md
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from books.contact_details import written_emails
from books.documents import NewCustomer
from books.messages import Message
from books.outcomes import TryLater, Unknown
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import Company
from sync.crm.base import AlreadyThere, CrmRefusal, CrmWriter, Found, FoundContact, Made, NewContact
from sync.crm.changes import ChangedCustomer
from sync.models import OPEN_CONTACT_STATES, Connection, CrmContact, CrmContactState, CrmUpdates, Document
from sync.turn import ENDLESS, Turn

_SEVERAL = gettext_noop("%(source)s has %(number)s contacts with the email %(email)s, so none of them was chosen.")
_MERGE = gettext_noop("Merge them in %(source)s, and press Try again.")
_NAMED = gettext_noop("%(source)s has it as “%(name)s”.")
_UNCLEAR = gettext_noop(
    "%(source)s did not say whether it created the contact, and without an email and a phone it cannot be looked up."
)
_LOOK = gettext_noop("Look for it in %(source)s. Where it is not there, press Try again.")
_NEVER_CLEAR = gettext_noop(
    "%(source)s was asked %(tries)s times to create the contact, and never said what came of it."
)
#: So long after it was sent a creation is not looked up: what a CRM finds may lag behind what it stores.
_CALM = timedelta(minutes=1)
#: So often a creation is sent whose answers are lost.
_MOST_TRIES = 5
#: A round ends after so many answers that were lost.
_MOST_LOST = 2
_AT_ONCE = 500
#: What is kept of a customer, by the fields of both.
_FACTS = ("name", "given_name", "family_name", "company_name", "email", "phone")
_LENGTHS: dict[str, Any] = {name: getattr(CrmContact._meta.get_field(name), "max_length", None) for name in _FACTS}


def note_customers(updates: CrmUpdates, customers: Sequence[ChangedCustomer]) -> int:
    """Take note of the customers that are new to QuickBooks since the switch was turned on; returns how many they are.

    One that needs a person's attention and was changed since waits to be added once more.

    Args:
        updates: Of a source.
        customers: What QuickBooks says has changed.
    """
    source, begins = updates.connection, _on_since(updates.connection)
    if begins is None:
        return 0
    told = {
        customer.id: customer
        for customer in customers
        if customer.created_at >= begins and customer.active and not customer.is_below and not customer.is_ours
    }
    for created in _created_here(updates.company, list(told)):
        del told[created]
    kept: dict[str, CrmContact] = {}
    for ids in chunks(list(told), _AT_ONCE):
        kept |= {row.customer_id: row for row in CrmContact.objects.filter(connection=source, customer_id__in=ids)}
    for row in kept.values():
        _follow(row, told[row.customer_id])
    new = [
        CrmContact(connection=source, customer_id=key, created_in_quickbooks=customer.created_at, **_facts(customer))
        for key, customer in told.items()
        if key not in kept
    ]
    # The one that was created first comes first; QuickBooks counts its ids up
    new.sort(key=lambda row: (row.created_in_quickbooks, len(row.customer_id), row.customer_id))
    CrmContact.objects.bulk_create(new, batch_size=_AT_ONCE)
    return len(new)


def _on_since(source: Connection) -> datetime | None:
    """Since when the switch is on, as it is now: it may have been turned while QuickBooks or the CRM answered."""
    on = CrmUpdates.objects.filter(connection=source, adds_contacts=True)
    return on.values_list("contacts_from", flat=True).first()


def _created_here(company: Company, ids: list[str]) -> set[str]:
    """Those of these customers that Tieout created, also where someone removed its mark."""
    found: set[str] = set()
    for some in chunks(ids, _AT_ONCE):
        rows = Document.objects.filter(company=company, kind=NewCustomer.kind, quickbooks_id__in=some)
        found |= set(rows.values_list("quickbooks_id", flat=True))
    return found


def _facts(customer: ChangedCustomer) -> dict[str, str]:
    return {name: str(getattr(customer, name))[: _LENGTHS[name]] for name in _FACTS}


def _follow(row: CrmContact, customer: ChangedCustomer) -> None:
    """Keep what QuickBooks says of a customer that is not in the CRM yet."""
    facts = _facts(customer)
    is_same = all(getattr(row, name) == value for name, value in facts.items())
    if is_same or row.state not in (CrmContactState.WAITING, CrmContactState.ATTENTION):
        return
    for name, value in facts.items():
        setattr(row, name, value)
    row.state, row.reason, row.cure, row.settled_at = CrmContactState.WAITING, "", "", None
    row.save()


# Sending --------------------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class SentContacts:
    """What a round came to."""

    created: int = 0
    there: int = 0
    attention: int = 0
    lost: int = 0
    #: Why it ended early, as a sentence; empty when it did not.
    stopped: str = ""


def send_contacts(
    source: Connection, writer: CrmWriter, *, turn: Turn = ENDLESS, keep: Callable[[], None] = lambda: None
) -> SentContacts:
    """Look up what waits, and create what is not there. One round of a company at a time: hold its lease.

    Args:
        source: Whose contacts.
        writer: Of the CRM.
        turn: How long it may take; what is left waits for the next round.
        keep: Called before each contact, to keep the lease.
    """
    report = SentContacts()
    rows = CrmContact.objects.filter(connection=source, state__in=OPEN_CONTACT_STATES)
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        if turn.is_over() or report.lost >= _MOST_LOST:
            break
        keep()
        if _on_since(source) is None:
            break
        stopped = _send(CrmContact.objects.select_related("connection").get(pk=pk), writer, report)
        if stopped is not None:
            report.stopped = stopped.reason
            break
    return report


def _send(row: CrmContact, writer: CrmWriter, report: SentContacts) -> TryLater | None:
    """One contact; or why the round cannot go on."""
    was_sent = row.state == CrmContactState.SENDING
    if was_sent and row.sent_at and timezone.now() - row.sent_at < _CALM:
        return None
    if was_sent and not (written_emails(row.email) or row.phone):
        _settle(row, CrmContactState.ATTENTION, report, why=_about(row, _UNCLEAR, _LOOK))
        return None
    found = _found(row, writer)
    if isinstance(found, TryLater):
        return found
    if found:
        _settle_found(row, found, report, was_sent=was_sent)
        return None
    if row.tries >= _MOST_TRIES:
        _settle(row, CrmContactState.ATTENTION, report, why=_about(row, _NEVER_CLEAR, _LOOK, tries=row.tries))
        return None
    row.state, row.sent_at, row.tries = CrmContactState.SENDING, timezone.now(), row.tries + 1
    with transaction.atomic(durable=True):
        row.save()
    return _settle_made(row, writer.create_contact(_new(row)), report)


def _found(row: CrmContact, writer: CrmWriter) -> Found:
    """The contacts that the CRM has with one of a customer's emails; by phone where there is none."""
    addresses = written_emails(row.email)
    if not addresses:
        return writer.find_contacts(email="", phone=row.phone)
    found: Found = ()
    for address in addresses:
        found = writer.find_contacts(email=address, phone="")
        if found:
            break
    return found


def _settle_found(row: CrmContact, found: tuple[FoundContact, ...], report: SentContacts, *, was_sent: bool) -> None:
    if len(found) > 1:
        why = _about(row, _SEVERAL, _MERGE, number=len(found), email=row.email)
        _settle(row, CrmContactState.ATTENTION, report, why=why)
        return
    state = CrmContactState.CREATED if was_sent else CrmContactState.THERE
    _settle(row, state, report, contact=found[0])


def _settle_made(row: CrmContact, made: Made, report: SentContacts) -> TryLater | None:
    match made:
        case FoundContact():
            _settle(row, CrmContactState.CREATED, report, contact=made)
        case AlreadyThere():
            _settle(row, CrmContactState.THERE, report, contact=made.contact)
        case CrmRefusal():
            _settle(row, CrmContactState.ATTENTION, report, why=made.message)
        case Unknown():
            report.lost += 1
            CrmContact.objects.filter(pk=row.pk).update(reason=made.reason)
        case TryLater():  # nothing was sent
            unsent = {"state": CrmContactState.WAITING, "tries": row.tries - 1}
            CrmContact.objects.filter(pk=row.pk).update(**unsent, reason=made.reason)
            return made
    return None


def _settle(
    row: CrmContact,
    state: CrmContactState,
    report: SentContacts,
    *,
    contact: FoundContact | None = None,
    why: Message | None = None,
) -> None:
    if contact is not None:
        row.contact_id = contact.id[:100]
        if state == CrmContactState.THERE and contact.name and contact.name != row.name:
            why = _about(row, _NAMED, name=contact.name)
    row.state, row.settled_at = state, timezone.now()
    row.reason, row.cure = (why.explain(), why.advise()) if why else ("", "")
    row.save()
    setattr(report, state, getattr(report, state) + 1)


def _about(row: CrmContact, sentence: str, cure: str = "", **facts: object) -> Message:
    return Message.of(sentence, cure, source=row.connection.name, **facts)


def _new(row: CrmContact) -> NewContact:
    facts = {name: getattr(row, name) for name in _FACTS}
    return NewContact(**facts | {"email": next(iter(written_emails(row.email)), "")})


def try_again(source: Connection, contacts: Sequence[int] | None = None) -> int:
    """Let contacts that need attention wait to be added once more; returns how many they are.

    Args:
        source: Whose contacts.
        contacts: Only these rows; None for all.
    """
    rows = CrmContact.objects.filter(connection=source, state=CrmContactState.ATTENTION)
    if contacts is not None:
        rows = rows.filter(pk__in=contacts)
    return rows.update(state=CrmContactState.WAITING, tries=0, reason="", cure="", settled_at=None)


def attention_of(source: Connection) -> int:
    """How many of a source's contacts wait for a person."""
    return CrmContact.objects.filter(connection=source, state=CrmContactState.ATTENTION).count()
