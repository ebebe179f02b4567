"""What does every CRM that is written to promise?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from books.messages import Message
from books.outcomes import TryLater, Unknown


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """A person or a business that is to become a contact. Empty where QuickBooks does not say."""

    name: str
    given_name: str = ""
    family_name: str = ""
    company_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class FoundContact:
    """A contact that a CRM has."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class AlreadyThere:
    """The CRM keeps no two contacts with the same email or phone, and has this one."""

    contact: FoundContact


@dataclass(frozen=True, kw_only=True)
class CrmRefusal:
    """The CRM will not do it as it is; a person has to change something."""

    message: Message


#: In small letters, without blanks around them.
Emails = frozenset[str] | TryLater
Found = tuple[FoundContact, ...] | TryLater
Made = FoundContact | AlreadyThere | CrmRefusal | TryLater | Unknown


class CrmWriter(Protocol):
    """One account of a CRM, while it is written to."""

    def find_contacts(self, *, email: str, phone: str) -> Found:
        """The contacts with this email, whatever the case of its letters; where it is empty, with this phone."""
        ...

    def create_contact(self, contact: NewContact) -> Made:
        """Create a contact. It is sent once: an answer that was lost is `Unknown`, and is to be looked up first."""
        ...

    def all_emails(self) -> Iterator[Emails]:
        """The emails of all contacts that are there, page by page. A `TryLater` is the last thing that it yields."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
