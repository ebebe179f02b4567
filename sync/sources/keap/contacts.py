"""Who bought? Keap's contact, in the short form inside an order or in the full form, as a `Customer`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from books.orders import Address, Customer
from sync.sources.fields import Fields
from sync.sources.identifiers import LONGEST_EMAILS
from sync.sources.values import LONGEST_TEXT

_ROOM_FOR_NAME = 140


def read_customer(order: Fields) -> Customer:
    """The customer of an order; blank when the order names nobody."""
    contact = order.inner("contact")
    shipping = order.inner("shipping_information")
    addresses = dict(_addresses(contact))
    sent_to = _shipping_address(shipping)
    return Customer(
        source_id=contact.identifier("id", longest=100) or order.identifier("contact_id", longest=100),
        given_name=contact.identifier("given_name", "first_name", longest=_ROOM_FOR_NAME),
        family_name=contact.identifier("family_name", "last_name", longest=_ROOM_FOR_NAME),
        company_name=_company(contact),
        email=contact.identifier("email", longest=LONGEST_EMAILS) or _first(contact, "email_addresses", "email"),
        phone=_first(contact, "phone_numbers", "number")
        or shipping.line("phone", "phone_number", longest=LONGEST_TEXT),
        billing=addresses.get("BILLING", Address()),
        shipping=addresses.get("SHIPPING", Address()) if sent_to.is_blank else sent_to,
    )


def _company(contact: Fields) -> str:
    if isinstance(contact.data.get("company"), dict):
        return contact.inner("company").identifier("company_name", "name", longest=300)
    return contact.identifier("company_name", "company", longest=300)


def _first(contact: Fields, collection: str, name: str) -> str:
    """The first of numbered entries (EMAIL1, EMAIL2) that has a value, by their numbers."""
    entries = sorted(contact.each(collection), key=lambda entry: entry.line("field"))
    return next((text for text in (entry.identifier(name, longest=LONGEST_EMAILS) for entry in entries) if text), "")


def _addresses(contact: Fields) -> Iterator[tuple[str, Address]]:
    for entry in contact.each("addresses"):
        address = _address(entry)
        if not address.is_blank:
            yield entry.line("field").upper(), address


def _shipping_address(shipping: Fields) -> Address:
    """Version 1 has the parts in the object itself, version 2 in an address inside it."""
    return _address(shipping.inner("address") if shipping.has("address") else shipping)


def _address(fields: Fields) -> Address:
    """Kept whole, however little of it QuickBooks has room for."""
    return Address(
        line1=fields.line("line1", "street1", longest=LONGEST_TEXT),
        line2=fields.line("line2", "street2", longest=LONGEST_TEXT),
        city=fields.line("locality", "city", longest=LONGEST_TEXT),
        region=_without_country(fields.line("region", "region_code", "state", longest=LONGEST_TEXT)),
        postal_code=_postal_code(fields),
        country=fields.line("country_code", "country", longest=LONGEST_TEXT),
    )


def _without_country(region: str) -> str:
    """`US-CO` as it is written on an envelope: `CO`."""
    return region[3:] if re.fullmatch("[A-Z]{2}-[A-Z0-9]{1,3}", region) else region


def _postal_code(fields: Fields) -> str:
    code, more = fields.line("postal_code", "zip_code", "zip"), fields.line("zip_four")
    return f"{code}-{more}" if code and more and more not in code else code
