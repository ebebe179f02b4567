"""How is a contact found and created in a Keap account?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from books.json_types import Json
from books.messages import Message
from books.orders import normal_email
from books.outcomes import TryLater, Unknown
from books.translation import gettext_noop
from sync.crm.base import CrmRefusal, Emails, Found, FoundContact, Made, NewContact
from sync.fetching.asking import SourceApi

_STRANGE = gettext_noop("Keap answered %(path)s with something other than expected.")
_REJECTED = gettext_noop("Keap rejected the contact: %(told)s")
_CORRECT = gettext_noop("Correct the customer in QuickBooks, or add the contact in Keap, and press Try again.")
_NEITHER = gettext_noop("Keap takes no contact that has neither an email nor a phone.")
_ADD_EMAIL = gettext_noop("Give the customer an email or a phone in QuickBooks; it is added by itself then.")
_UNASKABLE = gettext_noop(
    "Keap cannot be asked for the email %(email)s, so it is not known whether it has the contact."
)
_NOT_ALLOWED = gettext_noop("Keap does not let this login add contacts.")
_CONNECT = gettext_noop("Connect the source again with a login that may, and press Try again.")
_CONTACTS = "/rest/v2/contacts"
_SEVERAL, _PAGE = 20, 1000
_PHONES = "PHONE1,PHONE2,PHONE3,PHONE4,PHONE5"
#: As long as Keap takes them.
_LONGEST_NAME, _LONGEST_EMAIL, _LONGEST_PHONE = 40, 75, 40
#: What a filter of Keap reads as something else than a letter of an email.
_SIGNS = re.compile(r"[;*]")


class KeapWriter:
    """See `CrmWriter`."""

    def __init__(self, api: SourceApi, tenant: str) -> None:
        """Keep whom to ask; the login alone says whose account it is."""
        self.api = api

    def close(self) -> None:
        """See `CrmWriter.close`."""
        self.api.close()

    def find_contacts(self, *, email: str, phone: str) -> Found:
        """See `CrmWriter.find_contacts`."""
        if email:
            return () if _SIGNS.search(email) else self._listed(f"email=={email}")
        number = _SIGNS.sub("", phone)
        return self._listed(f"phone_number=={number};phone_fields=={_PHONES}") if number else ()

    def create_contact(self, contact: NewContact) -> Made:
        """See `CrmWriter.create_contact`."""
        if not (contact.email or contact.phone):
            return CrmRefusal(message=Message.of(_NEITHER, _ADD_EMAIL))
        if _SIGNS.search(contact.email):
            return CrmRefusal(message=Message.of(_UNASKABLE, _CORRECT, email=contact.email))
        given = contact.given_name if contact.given_name or contact.family_name else contact.name
        fields: Json = {"given_name": given[:_LONGEST_NAME], "family_name": contact.family_name[:_LONGEST_NAME]}
        body: Json = {name: value for name, value in fields.items() if value}
        if contact.email:
            body["email_addresses"] = [{"email": contact.email[:_LONGEST_EMAIL], "field": "EMAIL1"}]
        if contact.phone:
            body["phone_numbers"] = [{"number": contact.phone[:_LONGEST_PHONE], "field": "PHONE1"}]
        answer = self.api.write("POST", _CONTACTS, body)
        if isinstance(answer, TryLater | Unknown):
            return answer
        if answer.status < 300:
            return _contact(answer.json) or Unknown(reason=Message.of(_STRANGE, path=_CONTACTS).worded())
        if answer.status == 403:
            return CrmRefusal(message=Message.of(_NOT_ALLOWED, _CONNECT))
        told = str(answer.json.get("message") or "")[:300] if isinstance(answer.json, dict) else ""
        return CrmRefusal(message=Message.of(_REJECTED, _CORRECT, told=told or answer.status))

    def all_emails(self) -> Iterator[Emails]:
        """See `CrmWriter.all_emails`."""
        token = ""
        while True:
            more = {"page_token": token} if token else {}
            answer = self.api.get(_CONTACTS, {"page_size": str(_PAGE), "fields": "id,email_addresses", **more})
            if isinstance(answer, TryLater):
                yield answer
                return
            rows = answer.json.get("contacts") if isinstance(answer.json, dict) else None
            if not isinstance(rows, list):
                yield _strange()
                return
            yield frozenset(email for row in rows for email in _emails(row))
            token = str(answer.json.get("next_page_token") or "")
            if not token:
                return

    def _listed(self, sought: str) -> Found:
        answer = self.api.get(_CONTACTS, {"filter": sought, "page_size": str(_SEVERAL)})
        if isinstance(answer, TryLater):
            return answer
        rows = answer.json.get("contacts") if isinstance(answer.json, dict) else None
        contacts = [_contact(row) for row in rows] if isinstance(rows, list) else [None]
        if None in contacts:
            return _strange()
        return tuple(contact for contact in contacts if contact)


def _contact(row: object) -> FoundContact | None:
    if not isinstance(row, dict) or not row.get("id"):
        return None
    name = " ".join(filter(None, (row.get("given_name"), row.get("family_name"))))
    return FoundContact(id=str(row["id"]), name=name, email=next(iter(_emails(row)), ""))


def _emails(row: object) -> list[str]:
    listed = row.get("email_addresses") if isinstance(row, dict) else None
    rows = listed if isinstance(listed, list) else []
    return [normal_email(str(told["email"])) for told in rows if isinstance(told, dict) and told.get("email")]


def _strange() -> TryLater:
    return TryLater(reason=Message.of(_STRANGE, path=_CONTACTS).worded(), wait=60)
