"""What does a request for a new contact say? Read as strictly as the vendor's description has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..common import wire
from ..common.http import Request
from .records import KeapContact
from .refusals import bad_argument

_LISTS = {"email_addresses": "email", "phone_numbers": "number", "addresses": "line1"}
_TEXTS = {"given_name": 40, "family_name": 40, "middle_name": 100, "notes": 1000, "job_title": 255, "website": 100}
_SLOTS = {"email_addresses": 3, "phone_numbers": 5}
_LONGEST = {"email_addresses": 75, "phone_numbers": 40}
_OPTIONS = ("", "Email", "EmailAndName", "EmailAndNameAndCompany")


@dataclass(frozen=True, kw_only=True)
class AskedContact:
    """A contact that is to be created."""

    given_name: str
    family_name: str
    emails: list[str]
    phones: list[str]
    #: How one that is there already is looked for; empty where it is not.
    duplicate_option: str

    @property
    def email(self) -> str:
        """The first email; empty without any."""
        return self.emails[0] if self.emails else ""

    @property
    def phone(self) -> str:
        """The first phone; empty without any."""
        return self.phones[0] if self.phones else ""

    @property
    def fields(self) -> dict[str, Any]:
        """What is said of it, by the names that an account has for it."""
        names = {"given_name": self.given_name, "family_name": self.family_name}
        return {**names, "emails": self.emails, "phones": self.phones}

    def is_same(self, contact: KeapContact) -> bool:
        """Whether a contact is the one that this is about, by the option that was given."""
        if not self.duplicate_option or not self.emails:
            return False
        if self.emails[0].lower() not in [email.lower() for email in contact.emails]:
            return False
        names = (self.given_name, self.family_name)
        return self.duplicate_option == "Email" or names == (contact.given_name, contact.family_name)


def asked_of(request: Request) -> AskedContact:
    """What a request asks for.

    Raises:
        KeapRefusal: It is none, or lacks what every contact needs, or has a field that no contact has.
    """
    try:
        body = request.json
    except wire.Unreadable as problem:
        raise bad_argument(str(problem)) from None
    if not isinstance(body, dict):
        raise bad_argument("A contact is a JSON object")
    unknown = body.keys() - {*_LISTS, *_TEXTS}
    if unknown:
        raise bad_argument(f"Unrecognized field {min(unknown)}", resource=min(unknown))
    option = request.query.get("duplicate_option", "")
    if option not in _OPTIONS:
        raise bad_argument(f"There is no duplicate_option {option}", resource="duplicate_option")
    texts = {name: _text(body, name) for name in _TEXTS}
    lists = {name: _listed(body, name) for name in _LISTS}
    if not any(lists.values()):
        raise bad_argument("Contact must contain at least one item in email_addresses, phone_numbers, or addresses")
    return AskedContact(
        given_name=texts["given_name"],
        family_name=texts["family_name"],
        emails=lists["email_addresses"],
        phones=lists["phone_numbers"],
        duplicate_option=option,
    )


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise bad_argument(f"{name} is a text", resource=name)
    if len(value) > _TEXTS[name]:
        raise bad_argument(f"{name} has at most {_TEXTS[name]} characters", resource=name)
    return value


def _listed(body: dict[str, Any], name: str) -> list[str]:
    rows, part = body.get(name), _LISTS[name]
    if rows is None:
        return []
    if not isinstance(rows, list) or len(rows) > _SLOTS.get(name, 3):
        raise bad_argument(f"{name} is a list with at most {_SLOTS.get(name, 3)} items", resource=name)
    found = []
    for row in rows:
        value = row.get(part) if isinstance(row, dict) else None
        if not isinstance(value, str) or not value:
            raise bad_argument(f"Each of {name} has a {part}", resource=name)
        if len(value) > _LONGEST.get(name, 1000):
            raise bad_argument(f"{part} has at most {_LONGEST[name]} characters", resource=name)
        if part == "email" and ("@" not in value or " " in value):
            raise bad_argument(f"{value} is not an email", resource=name)
        found.append(value)
    return found
