"""Which workflows does a HighLevel sub-account have, and how does a contact get into one?

HighLevel has no way to send a review request through its interface; a workflow does, with its own step for that.
Whether a contact is in a workflow already cannot be asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from books.json_types import Json
from books.messages import Message
from books.outcomes import TryLater, Unknown
from books.translation import gettext_noop
from sync.crm.base import CrmRefusal
from sync.crm.highlevel import refusal_of
from sync.fetching.asking import Answer, SourceApi

_STRANGE = gettext_noop("HighLevel answered %(path)s with something other than expected.")
_REJECTED = gettext_noop("HighLevel rejected the request: %(told)s")
_NO_WORKFLOWS = gettext_noop(
    "HighLevel does not let this login list workflows: the permission workflows.readonly was not given."
)
_NOT_READ = gettext_noop("HighLevel did not list its workflows: %(told)s")
_NO_SCOPE = gettext_noop(
    "HighLevel does not let this login put contacts into workflows: the permission contacts.write was not given."
)
_NO_CONTACTS = gettext_noop(
    "HighLevel does not let this login read contacts: the permission contacts.readonly was not given."
)
_GIVE_SCOPE = gettext_noop("Connect the source again and leave every box checked, or change the Private Integration.")
_PUBLISHED = "published"
#: The channels by which a request for a review goes, in HighLevel's words.
_CHANNELS = ("Email", "SMS")
_OFF = ("active", "permanent")


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A workflow that is published."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Added:
    """The contact was put into the workflow."""


class HighLevelWorkflows:
    """The workflows of one sub-account."""

    def __init__(self, api: SourceApi, location: str) -> None:
        """Keep whom to ask, and the id of the sub-account."""
        self.api, self.location = api, location

    def close(self) -> None:
        """Let go of the connection."""
        self.api.close()

    def published(self) -> tuple[Workflow, ...] | CrmRefusal | TryLater:
        """The workflows that are published, by name."""
        answer = self.api.look("/workflows/", {"locationId": self.location})
        if isinstance(answer, TryLater):
            return answer
        rows = answer.json.get("workflows") if isinstance(answer.json, dict) else None
        if answer.status >= 400:
            return _refused(answer, Message.of(_NO_WORKFLOWS, _GIVE_SCOPE), _NOT_READ)
        if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("id") for row in rows):
            return TryLater(reason=Message.of(_STRANGE, path="/workflows/").worded(), wait=60)
        found = [
            Workflow(id=str(row["id"]), name=str(row.get("name") or row["id"]))
            for row in rows
            if str(row.get("status")).casefold() == _PUBLISHED
        ]
        return tuple(sorted(found, key=lambda workflow: workflow.name.casefold()))

    def may_be_disturbed(self, contact_id: str) -> bool | CrmRefusal | TryLater | None:
        """Whether a contact may be written to; None where there is no such contact any more."""
        path = f"/contacts/{contact_id}"
        answer = self.api.look(path, {})
        if isinstance(answer, TryLater):
            return answer
        if answer.status == 403:
            return CrmRefusal(message=Message.of(_NO_CONTACTS, _GIVE_SCOPE))
        if answer.status >= 400:  # it says 400 of a contact that is not there
            return None
        contact = answer.json.get("contact") if isinstance(answer.json, dict) else None
        if not isinstance(contact, dict):
            return TryLater(reason=Message.of(_STRANGE, path=path).worded(), wait=60)
        return not is_left_alone(contact)

    def add(self, contact_id: str, workflow_id: str) -> Added | CrmRefusal | TryLater | Unknown:
        """Put a contact into a workflow. It is sent once: whether it came about after a lost answer cannot be asked."""
        answer = self.api.write("POST", f"/contacts/{contact_id}/workflow/{workflow_id}", {})
        if isinstance(answer, TryLater | Unknown):
            return answer
        told = answer.json if isinstance(answer.json, dict) else {}
        # The spelling is HighLevel's own
        if answer.status < 400 and told.get("succeded", told.get("succeeded")) is not False:
            return Added()
        return _refused(answer, Message.of(_NO_SCOPE, _GIVE_SCOPE), _REJECTED)


def is_left_alone(contact: Json) -> bool:
    """Whether a contact is not to be disturbed: at all, or by email or text message, by one of which a request goes."""
    settings = contact.get("dndSettings")
    channels = settings if isinstance(settings, dict) else {}
    states = [channel.get("status") for name in _CHANNELS if isinstance(channel := channels.get(name), dict)]
    return contact.get("dnd") is True or any(state in _OFF for state in states)


def _refused(answer: Answer, without_permission: Message, otherwise: str) -> CrmRefusal:
    if answer.status == 403:
        return CrmRefusal(message=without_permission)
    told = answer.json if isinstance(answer.json, dict) else {}
    return CrmRefusal(message=Message.of(otherwise, told=refusal_of(told) or answer.status))
