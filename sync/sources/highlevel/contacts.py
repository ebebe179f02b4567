"""Who bought? HighLevel's contact: as an invoice states it, as it is kept, or as an order remembers it."""

from __future__ import annotations

from books.orders import Address, Customer
from sync.sources.fields import Fields
from sync.sources.identifiers import LONGEST_EMAILS
from sync.sources.values import LONGEST_TEXT

_ROOM_FOR_NAME = 140
_LONGEST_ID = 100


def customer_of_invoice(invoice: Fields) -> Customer:
    """The customer as the invoice states them; blank when it names nobody."""
    details = invoice.inner("contactDetails")
    given, family = split_name(details.identifier("name", longest=_ROOM_FOR_NAME))
    return Customer(
        source_id=details.identifier("id", "_id", longest=_LONGEST_ID)
        or invoice.identifier("contactId", longest=_LONGEST_ID),
        given_name=given,
        family_name=family,
        company_name=details.identifier("companyName", longest=300),
        email=details.identifier("email", longest=LONGEST_EMAILS),
        phone=details.line("phoneNo", "phone", longest=LONGEST_TEXT),
        billing=_address(details.inner("address")),
    )


def customer_of_transaction(transaction: Fields, contact: Fields) -> Customer:
    """The customer of a payment.

    Args:
        transaction: It states the email that was given with the payment, which is the one that counts.
        contact: What is known of them beside it: the contact in full, or as an order remembers it.
    """
    given = contact.identifier("firstName", "first_name", longest=_ROOM_FOR_NAME)
    family = contact.identifier("lastName", "last_name", longest=_ROOM_FOR_NAME)
    if not given and not family:
        name = transaction.identifier("contactName", longest=_ROOM_FOR_NAME)
        given, family = split_name(name or contact.identifier("name", "contactName", longest=_ROOM_FOR_NAME))
    return Customer(
        source_id=transaction.identifier("contactId", longest=_LONGEST_ID)
        or contact.identifier("id", "_id", longest=_LONGEST_ID),
        given_name=given,
        family_name=family,
        company_name=contact.identifier("companyName", "company_name", longest=300),
        email=transaction.identifier("contactEmail", longest=LONGEST_EMAILS)
        or contact.identifier("email", longest=LONGEST_EMAILS),
        phone=contact.line("phone", "phoneNo", longest=LONGEST_TEXT),
        billing=_address(contact),
    )


def split_name(name: str) -> tuple[str, str]:
    """Given and family name of a name that is one text: the last word is the family's."""
    given, _blank, family = name.rpartition(" ")
    return (given, family) if given else (family, "")


def _address(fields: Fields) -> Address:
    """Kept whole, however little of it QuickBooks has room for."""
    return Address(
        line1=fields.line("addressLine1", "address1", longest=LONGEST_TEXT),
        line2=fields.line("addressLine2", "address2", longest=LONGEST_TEXT),
        city=fields.line("city", longest=LONGEST_TEXT),
        region=fields.line("state", longest=LONGEST_TEXT),
        postal_code=fields.line("postalCode", "postal_code", longest=LONGEST_TEXT),
        country=fields.line("countryCode", "country", longest=LONGEST_TEXT),
    )
