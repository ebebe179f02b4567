"""How is a contact found and created in a HighLevel sub-account?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from books.json_types import Json
from books.messages import Message
from books.orders import normal_email
from books.outcomes import TryLater, Unknown
from books.translation import gettext_noop
from sync.crm.base import AlreadyThere, CrmRefusal, Emails, Found, FoundContact, Made, NewContact
from sync.fetching.asking import Answer, SourceApi

_STRANGE = gettext_noop("HighLevel answered %(path)s with something other than expected.")
_REJECTED = gettext_noop("HighLevel rejected the contact: %(told)s")
_CORRECT = gettext_noop("Correct the customer in QuickBooks, or add the contact in HighLevel, and press Try again.")
_NO_SCOPE = gettext_noop("HighLevel does not let this login add contacts: the permission contacts.write was not given.")
_GIVE_SCOPE = gettext_noop(
    "Connect the source again and leave every box checked, or allow the Private Integration to edit contacts. Then "
    "press Try again."
)
_DUPLICATES, _SEARCH, _CONTACTS = "/contacts/search/duplicate", "/contacts/search", "/contacts/"
#: So many contacts with one email are looked at.
_SEVERAL = 20
#: Contacts of a page when all are read.
_PAGE = 500
#: What says in HighLevel where a contact came from.
ORIGIN = "QuickBooks"


class HighLevelWriter:
    """See `CrmWriter`."""

    def __init__(self, api: SourceApi, location: str) -> None:
        """Keep whom to ask, and the id of the sub-account."""
        self.api, self.location = api, location

    def close(self) -> None:
        """See `CrmWriter.close`."""
        self.api.close()

    def find_contacts(self, *, email: str, phone: str) -> Found:
        """See `CrmWriter.find_contacts`. The search for duplicates names one contact, so others are asked for."""
        if not email and not phone:
            return ()
        sought = {"email": email} if email else {"number": phone}
        answer = self.api.get(_DUPLICATES, {"locationId": self.location, **sought})
        if isinstance(answer, TryLater):
            return answer
        row = answer.json.get("contact") if isinstance(answer.json, dict) else None
        if answer.status == 404 or row is None:
            return ()
        contact = _contact(row)
        if contact is None:
            return _strange(_DUPLICATES)
        return self._all_with(contact) if email else (contact,)

    def create_contact(self, contact: NewContact) -> Made:
        """See `CrmWriter.create_contact`."""
        fields = {
            "firstName": contact.given_name,
            "lastName": contact.family_name,
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "companyName": contact.company_name,
            "source": ORIGIN,
        }
        body = {"locationId": self.location, **{name: value for name, value in fields.items() if value}}
        answer = self.api.write("POST", _CONTACTS, body)
        return answer if isinstance(answer, TryLater | Unknown) else _made(answer)

    def all_emails(self) -> Iterator[Emails]:
        """See `CrmWriter.all_emails`. Each page goes on after the last contact of the one before."""
        after: Json = {}
        while True:
            answer = self.api.search(_SEARCH, {"locationId": self.location, "pageLimit": _PAGE, **after})
            if isinstance(answer, TryLater):
                yield answer
                return
            rows = answer.json.get("contacts") if isinstance(answer.json, dict) else None
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                yield _strange(_SEARCH)
                return
            yield frozenset(normal_email(str(row["email"])) for row in rows if row.get("email"))
            if len(rows) < _PAGE:
                return
            if not rows[-1].get("searchAfter"):  # there is no telling where to go on
                yield _strange(_SEARCH)
                return
            after = {"searchAfter": rows[-1]["searchAfter"]}

    def _all_with(self, contact: FoundContact) -> Found:
        """The contacts that have the email of one; that one alone where nothing more is found."""
        by_email = [{"field": "email", "operator": "eq", "value": contact.email}]
        answer = self.api.search(
            _SEARCH, {"locationId": self.location, "page": 1, "pageLimit": _SEVERAL, "filters": by_email}
        )
        if isinstance(answer, TryLater):
            return answer
        rows = answer.json.get("contacts") if isinstance(answer.json, dict) else None
        if not isinstance(rows, list):
            return _strange(_SEARCH)
        found = {contact.id: contact} | {same.id: same for row in rows if (same := _contact(row))}
        return tuple(found.values())


def _made(answer: Answer) -> Made:
    told: Json = answer.json if isinstance(answer.json, dict) else {}
    if answer.status < 300:
        made = _contact(told.get("contact"))
        return made or Unknown(reason=Message.of(_STRANGE, path=_CONTACTS).worded())
    meta = told.get("meta")
    if isinstance(meta, dict) and meta.get("contactId"):
        name = str(meta.get("contactName") or "")
        return AlreadyThere(contact=FoundContact(id=str(meta["contactId"]), name=name))
    if answer.status == 403:
        return CrmRefusal(message=Message.of(_NO_SCOPE, _GIVE_SCOPE))
    return CrmRefusal(message=Message.of(_REJECTED, _CORRECT, told=refusal_of(told)))


def refusal_of(told: Json) -> str:
    """What HighLevel says in an answer that rejects something."""
    message: Any = told.get("message") or told.get("error") or ""
    return "; ".join(map(str, message))[:300] if isinstance(message, list) else str(message)[:300]


def _contact(row: object) -> FoundContact | None:
    if not isinstance(row, dict) or not row.get("id"):
        return None
    name = str(row.get("name") or " ".join(filter(None, (row.get("firstName"), row.get("lastName")))))
    return FoundContact(id=str(row["id"]), name=name, email=str(row.get("email") or ""))


def _strange(path: str) -> TryLater:
    return TryLater(reason=Message.of(_STRANGE, path=path).worded(), wait=60)
