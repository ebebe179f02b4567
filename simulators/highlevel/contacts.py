"""Who are the people? Contacts, what makes two of them the same, tags, and the workflows they were put into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from .identifiers import new_uuid, new_word
from .invoice_parts import contact_details
from .location_work import LocationWork
from .tables import Row, shown

#: What can be said of a contact, in the vendor's names.
FIELDS = (
    *("firstName", "lastName", "name", "email", "phone", "companyName", "address1", "city", "state", "country"),
    *("postalCode", "website", "timezone", "source", "dnd", "dndSettings", "tags", "customFields", "dateOfBirth"),
    *("assignedTo", "gender", "inboundDndSettings"),
)
#: Of those, what an event tells.
_TOLD = (
    *("id", "locationId", "firstName", "lastName", "name", "email", "phone", "companyName", "address1", "city"),
    *("state", "country", "postalCode", "website", "source", "dateAdded", "dnd", "tags", "customFields"),
)


class WorkflowDoing(NamedTuple):
    """What a workflow did with a contact that was put into it."""

    moment: str
    workflow: str
    contact: str
    name: str
    outcome: str


class DuplicateContact(ValueError):
    """Another contact has the same email or phone, and the location does not allow that."""

    def __init__(self, contact: Row, field: str) -> None:
        super().__init__(f"{contact['name']} has this {field} already")
        self.contact = contact
        self.field = field


class ContactWork(LocationWork):
    """What people do with contacts."""

    def new_contact(self, *, at: datetime | None = None, **fields: Any) -> str:
        """A contact with the vendor's fields (`firstName`, `email`, `address1`, …); returns its id.

        Raises:
            DuplicateContact: There is one with this email or phone.
            ValueError: There is no such field.
        """
        self._check_fields(fields)
        same = self.duplicate_of(email=str(fields.get("email") or ""), phone=str(fields.get("phone") or ""))
        if same is not None and self.agency.options.duplicate_contacts == "refuse":
            raise DuplicateContact(*same)
        moment = self.moment(at)
        row: Row = {"id": new_word(), "locationId": self.location_id, "dateAdded": moment, "type": "lead"}
        return self._keep_contact(
            row, {"dnd": False, "tags": [], "customFields": [], **fields}, moment, "ContactCreate"
        )

    def edit_contact(self, contact: str, **fields: Any) -> None:
        """Change what is said of a contact.

        Raises:
            ValueError: There is no such contact or field, or another has this email or phone.
        """
        self._check_fields(fields)
        row = self.required("contacts", contact, "contact")
        same = self.duplicate_of(email=str(fields.get("email") or ""), phone=str(fields.get("phone") or ""))
        if same and same[0]["id"] != contact and self.agency.options.duplicate_contacts == "refuse":
            raise DuplicateContact(*same)
        if "name" not in fields and ("firstName" in fields or "lastName" in fields):
            row = {name: value for name, value in row.items() if name != "name"}
        self._keep_contact(row, fields, self.moment(), "ContactUpdate")

    def delete_contact(self, contact: str) -> None:
        """Take a contact out; what it bought stays.

        Raises:
            ValueError: There is no such contact.
        """
        row = self.required("contacts", contact, "contact")
        with self.writing():
            self.tables.put("contacts", contact, None)
            self._tell_contact("ContactDelete", row)

    def merge_contacts(self, kept: str, gone: str) -> None:
        """What the second contact bought and was invoiced becomes the first's, and it is gone.

        Nothing of that says that it was changed.

        Raises:
            ValueError: There is no such contact, or they are the same.
        """
        into, out = (self.required("contacts", contact, "contact") for contact in (kept, gone))
        if kept == gone:
            raise ValueError("a contact is merged with another one")
        with self.writing():
            for table in ("orders", "transactions", "subscriptions"):
                for row in [row for row in self.tables.all(table) if row["contactId"] == gone]:
                    self.tables.put(table, row["_id"], {**row, "contactId": kept})
            if self.agency.options.merge_moves_invoices:
                for row in [row for row in self.tables.all("invoices") if row["contactDetails"]["id"] == gone]:
                    self.tables.put("invoices", row["_id"], {**row, "contactDetails": contact_details(into)})
            self.tables.put("contacts", gone, None)
            self._tell_contact("ContactDelete", out)

    def tag_contact(self, contact: str, tags: Iterable[str], *, remove: bool = False) -> list[str]:
        """Add tags to a contact, or take them off; returns those that it has then.

        Raises:
            ValueError: There is no such contact.
        """
        row = self.required("contacts", contact, "contact")
        given = [tag.strip().lower() for tag in tags]
        had = list(row["tags"])
        now = [tag for tag in had if tag not in given] if remove else [*had, *(tag for tag in given if tag not in had)]
        if now != had:
            self._keep_contact(row, {"tags": now}, self.moment(), "ContactUpdate")
        return now

    def duplicate_of(self, *, email: str = "", phone: str = "") -> tuple[Row, str] | None:
        """The contact with this email or phone, and which of the two it is."""
        for row in self.tables.all("contacts"):
            if email and str(row.get("email") or "").lower() == email.lower():
                return row, "email"
            if phone and _digits(str(row.get("phone") or "")) == _digits(phone):
                return row, "phone"
        return None

    # Workflows

    def new_workflow(self, name: str, *, status: str = "published") -> str:
        """A workflow; returns its id."""
        identifier, moment = new_uuid(), self.moment()
        row = {"id": identifier, "name": name, "status": status, "version": 1, "locationId": self.location_id}
        with self.writing():
            self.tables.put("workflows", identifier, {**row, "createdAt": moment, "updatedAt": moment})
        return identifier

    def change_workflow(self, workflow: str, *, status: str) -> None:
        """Publish a workflow, or make it a draft.

        Raises:
            ValueError: There is no such workflow.
        """
        row = self.required("workflows", workflow, "workflow")
        with self.writing():
            self.tables.put("workflows", workflow, {**row, "status": status, "updatedAt": self.moment()})

    def delete_workflow(self, workflow: str) -> None:
        """Take a workflow out; what it did stays told.

        Raises:
            ValueError: There is no such workflow.
        """
        self.required("workflows", workflow, "workflow")
        with self.writing():
            self.tables.put("workflows", workflow, None)

    def enroll(self, contact: str, workflow: str) -> None:
        """Put a contact into a workflow; a second time is kept as a second time.

        Raises:
            ValueError: There is no such contact or workflow.
        """
        outcome = _outcome(
            self.required("workflows", workflow, "workflow"), self.required("contacts", contact, "contact")
        )
        number = str(self.tables.count("enrollments") + 1)
        row = {"contact": contact, "workflow": workflow, "moment": self.moment(), "removed": False, "outcome": outcome}
        with self.writing():
            self.tables.put("enrollments", number, row)

    def take_out(self, contact: str, workflow: str) -> None:
        """Take a contact out of a workflow.

        Raises:
            ValueError: It is not in it.
        """
        for number, row in enumerate(self.tables.all("enrollments"), start=1):
            if (row["contact"], row["workflow"], row["removed"]) == (contact, workflow, False):
                with self.writing():
                    self.tables.put("enrollments", str(number), {**row, "removed": True})
                return
        raise ValueError("the contact is not in this workflow")

    def enrollments(self, contact: str) -> list[str]:
        """The workflows that a contact was put into, in order, as often as it was."""
        return [row["workflow"] for row in self.tables.all("enrollments") if row["contact"] == contact]

    def workflow_doings(self) -> Iterator[WorkflowDoing]:
        """What the workflows did with each contact they got, newest first."""
        for row in reversed(list(self.tables.all("enrollments"))):
            workflow = self.tables.get("workflows", row["workflow"]) or {"name": "a deleted workflow"}
            contact = self.tables.get("contacts", row["contact"])
            yield WorkflowDoing(
                moment=row["moment"],
                workflow=workflow["name"],
                contact=row["contact"] if contact else "",
                name=contact["name"] if contact else "a deleted contact",
                outcome=row["outcome"],
            )

    # Inside

    def _keep_contact(self, row: Row, fields: Row, moment: str, event: str) -> str:
        whole = {**row, **fields, "dateUpdated": moment}
        whole.setdefault("name", " ".join(filter(None, (whole.get("firstName"), whole.get("lastName")))))
        if whole.get("email"):
            whole["emailLowerCase"] = str(whole["email"]).lower()
        with self.writing():
            self.tables.put("contacts", whole["id"], whole)
            self._tell_contact(event, whole)
        return str(whole["id"])

    @staticmethod
    def _check_fields(fields: Row) -> None:
        strange = [name for name in fields if name not in FIELDS]
        if strange:
            raise ValueError(f"a contact has no {', '.join(strange)}")

    def _tell_contact(self, event: str, row: Row) -> None:
        self.tell(event, {"type": event, **{name: row[name] for name in _TOLD if row.get(name) is not None}})

    def contact_snapshot(self, contact: str) -> Row:
        """A contact as an order or a transaction keeps it."""
        row = shown(self.tables.get("contacts", contact) or {"id": contact})
        return {name: row[name] for name in _TOLD if row.get(name) is not None}

    def contact_facts(self, contact: str) -> Row:
        """The name and the email that lists show beside a contact's id."""
        row = self.tables.get("contacts", contact) or {}
        facts = {"contactName": row.get("name"), "contactEmail": row.get("email")}
        return {"contactId": contact, **{name: value for name, value in facts.items() if value}}


def _outcome(workflow: Row, contact: Row) -> str:
    """What a workflow does with a contact, in words; the email is a pretended one."""
    if workflow["status"] != "published":
        return "nothing: the workflow is not published"
    email = (contact.get("dndSettings") or {}).get("Email") or {}
    if contact["dnd"] or email.get("status") in ("active", "permanent"):
        return "nothing: the contact is not to be disturbed"
    return f"email sent to {contact['email']}" if contact.get("email") else "nothing: the contact has no email"


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdigit())
