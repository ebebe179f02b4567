"""Which QuickBooks customers are no contacts of a CRM yet? A list in the form in which the CRM imports contacts.

It is for those that were there before the switch was turned on: Tieout adds them to a CRM by no other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from books.contact_details import emails as emails_in
from books.contact_details import written_emails
from books.messages import Message
from books.outcomes import Refused, TryLater, Unknown
from books.translation import gettext_noop
from sync.crm.base import Emails
from sync.crm.changes import ChangedCustomer, read_changed_customer
from sync.crm.writing import writer_of
from sync.models import Connection
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import QuickBooksOnline, open_destination
from sync.quickbooks_online.list_parsers import page_of
from sync.quickbooks_online.wire import PAGE, Unreadable
from sync.readiness import quickbooks_connection

#: The columns by the kind of source, as its import names them.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "highlevel": ("First Name", "Last Name", "Business Name", "Email", "Phone", "Notes"),
    "keap": ("First Name", "Last Name", "Company", "Email", "Phone 1", "Person Notes"),
}
_SAME_EMAIL = gettext_noop("In QuickBooks also: %(names)s")
_REFUSED = gettext_noop("QuickBooks did not send its customers.")
_UNREADABLE = gettext_noop("QuickBooks answered with something that cannot be read.")


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """What a file for the import of a CRM holds, and what it leaves out."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    #: Customers that are contacts already, by their email.
    there: int
    #: Customers with an email that another one has too; they are named in its row.
    same_email: int


class ReadingBrokeOff(RuntimeError):
    """A list could not be read to its end, after a part of the file had been sent."""


def contacts_to_import(source: Connection) -> Contacts | Message:
    """The active QuickBooks customers that are no contacts yet, older ones too; or why they could not be read."""
    for step in _read(source, for_person=False):
        if step is not None:
            return step
    raise AssertionError("it ends with one or the other")


def rows_as_they_come(source: Connection) -> Iterator[tuple[str, ...]] | Message:
    """The same rows for a person who waits: the header can be sent before the lists have been read to their end.

    Args:
        source: Whose CRM.

    Returns:
        The rows, or why neither list can be read. What is wrong with a later page breaks the rows off.
    """
    steps = _read(source, for_person=True)
    begun = next(steps)
    if isinstance(begun, Message):
        return begun
    return _rows(steps)


def _rows(steps: Iterator[Contacts | Message | None]) -> Iterator[tuple[str, ...]]:
    """The rows of what is read at last.

    Raises:
        ReadingBrokeOff: A later page could not be read. The download fails, so that no one takes a part for the whole.
    """
    for last in steps:
        if isinstance(last, Message):
            raise ReadingBrokeOff(last.worded())
        if last is not None:
            yield from last.rows


def _read(source: Connection, *, for_person: bool) -> Iterator[Contacts | Message | None]:
    """What the file holds, or why it cannot be made; None once the first page of both lists could be read."""
    quickbooks = quickbooks_connection(source.company)
    if isinstance(quickbooks, Message):
        yield quickbooks
        return
    writer = writer_of(source)
    if isinstance(writer, Message):
        yield writer
        return
    try:
        with open_destination(quickbooks, for_person=for_person) as destination:
            yield from _read_both(writer.all_emails(), _customers(destination), header=HEADERS[source.kind])
    except AddressRefused as refused:
        yield refused.message
    finally:
        writer.close()


def _read_both(
    contacts: Iterator[Emails], customers: Iterator[list[ChangedCustomer] | Message], *, header: tuple[str, ...]
) -> Iterator[Contacts | Message | None]:
    emails: set[str] = set()
    found: list[ChangedCustomer] = []
    for page in chain(islice(contacts, 1), islice(customers, 1), (None,), contacts, customers):
        if page is None:
            yield None
        elif isinstance(page, TryLater):
            yield Message(sentence=page.reason)
            return
        elif isinstance(page, Message):
            yield page
            return
        elif isinstance(page, frozenset):
            emails |= page
        else:
            found += page
    yield in_import_form(found, frozenset(emails), header=header)


def _customers(destination: QuickBooksOnline) -> Iterator[list[ChangedCustomer] | Message]:
    """The customers of QuickBooks, page by page; a message is the last thing that it yields."""
    position, page = 1, PAGE
    while page == PAGE:
        answer = destination.ask("Customer", page_of("Customer", position))
        if isinstance(answer, TryLater | Unknown):
            yield Message(sentence=answer.reason)
            return
        if isinstance(answer, Refused):
            yield Message(sentence=_REFUSED)
            return
        rows = answer[0]
        try:
            yield [read_changed_customer(row) for row in rows]
        except Unreadable:
            yield Message(sentence=_UNREADABLE)
            return
        position, page = position + PAGE, len(rows)


def in_import_form(
    customers: Iterable[ChangedCustomer], emails: frozenset[str], *, header: tuple[str, ...]
) -> Contacts:
    """The customers that have none of these emails, each email once.

    Sub-customers are left out, and so are customers without an email that Tieout created: they came from a source.

    Args:
        customers: Of QuickBooks.
        emails: Of the contacts that are there, in small letters.
        header: Of the file: first and last name, company, email, phone, notes.
    """
    by_email: dict[str, list[ChangedCustomer]] = {}
    listed: list[list[ChangedCustomer]] = []
    there = 0
    for customer in customers:
        if not customer.active or customer.is_below:
            continue
        addresses = emails_in(customer.email)
        if any(address in emails for address in addresses):
            there += 1
            continue
        if not addresses and customer.is_ours:
            continue
        same = next((by_email[address] for address in addresses if address in by_email), None)
        if same is None:
            same = []
            listed.append(same)
        same.append(customer)
        by_email |= dict.fromkeys(addresses, same)
    rows = [_row(same) for same in listed]
    repeated = sum(len(same) - 1 for same in listed)
    return Contacts(header=header, rows=rows, there=there, same_email=repeated)


def _row(same: Sequence[ChangedCustomer]) -> tuple[str, ...]:
    first, *others = same
    named = first.given_name or first.family_name
    note = Message.of(_SAME_EMAIL, names=", ".join(customer.name for customer in others)).worded() if others else ""
    email = next(iter(written_emails(first.email)), "")
    # A cell that begins with a plus would be run by a spreadsheet; with this it is still the same number
    phone = f"({first.phone})" if first.phone.startswith("+") else first.phone
    given = first.given_name if named else first.name
    return (given, first.family_name, first.company_name, email, phone, note)
