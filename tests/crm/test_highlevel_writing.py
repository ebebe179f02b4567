"""Is a contact found in HighLevel, created there once, and never again after an answer that was lost?"""

from __future__ import annotations

import pytest

from books.messages import Message
from books.outcomes import Unknown
from companies.models import Company
from simulators.highlevel.server import RunningAgency
from sync.crm.base import AlreadyThere, CrmRefusal, FoundContact, NewContact
from sync.crm.writing import CrmWriter, writer_of
from tests.fetching.highlevel_agency import agency, connected
from tests.rehearsal import rehearsal, studio

__all__ = ["agency", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)
MAYA = NewContact(
    name="Brook Pottery", given_name="Maya", family_name="Brook", email="Maya@Example.com", phone="+15550107788"
)


@pytest.fixture
def writer(agency: RunningAgency, studio: Company) -> CrmWriter:
    found = writer_of(connected(agency, studio))
    assert not isinstance(found, Message), found
    return found


def test_a_contact_is_created_with_its_name_email_and_phone(agency: RunningAgency, writer: CrmWriter) -> None:
    made = writer.create_contact(MAYA)

    assert isinstance(made, FoundContact)
    row = agency.company.tables.get("contacts", made.id)
    assert row is not None
    assert (row["firstName"], row["lastName"], row["email"], row["phone"], row["source"]) == (
        *("Maya", "Brook", "Maya@Example.com", "+15550107788"),
        "QuickBooks",
    )


def test_a_contact_is_found_by_its_email_whatever_the_case_of_its_letters(
    agency: RunningAgency, writer: CrmWriter
) -> None:
    known = agency.company.new_contact(firstName="Maya", email="maya@example.com", phone="+1 555 010 7788")

    assert writer.find_contacts(email="MAYA@example.com", phone="") == (
        FoundContact(id=known, name="Maya", email="maya@example.com"),
    )
    assert writer.find_contacts(email="", phone="+15550107788") == (
        FoundContact(id=known, name="Maya", email="maya@example.com"),
    )
    assert writer.find_contacts(email="ines@example.com", phone="") == ()


def test_all_contacts_with_an_email_are_found(agency: RunningAgency, writer: CrmWriter) -> None:
    agency.agency.options.duplicate_contacts = "allow"
    known = {agency.company.new_contact(firstName=name, email="desk@example.com") for name in ("Maya", "Ines")}

    found = writer.find_contacts(email="desk@example.com", phone="")

    assert isinstance(found, tuple)
    assert {contact.id for contact in found} == known


def test_a_contact_that_highlevel_has_already_is_named(agency: RunningAgency, writer: CrmWriter) -> None:
    known = agency.company.new_contact(firstName="Maya", email="maya@example.com")

    made = writer.create_contact(MAYA)

    assert made == AlreadyThere(contact=FoundContact(id=known, name="Maya"))


def test_what_highlevel_rejects_is_said_in_its_words(writer: CrmWriter) -> None:
    made = writer.create_contact(NewContact(name="Maya", email="nonsense"))

    assert isinstance(made, CrmRefusal)
    assert made.message.explain() == "HighLevel rejected the contact: email must be an email"


def test_an_answer_that_was_lost_is_unclear_and_nothing_is_sent_again(agency: RunningAgency, writer: CrmWriter) -> None:
    agency.app.faults.order({"kind": "lost_answer", "operation": "create", "entity": "contact"})

    made = writer.create_contact(MAYA)

    assert isinstance(made, Unknown)
    posts = [entry for entry in agency.app.log.entries if (entry["method"], entry["path"]) == ("POST", "/contacts/")]
    assert len(posts) == 1
    assert agency.company.tables.count("contacts") == 1
