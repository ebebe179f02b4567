"""What is answered about contacts, and what is done with them?"""

from __future__ import annotations

from typing import Any

from ...common.faults import Call
from ...common.http import Reply, Request
from ..asked import AskedOf, body_of, query_of
from ..contacts import FIELDS, DuplicateContact
from ..refusals import ApiProblem
from ..sub_account import SubAccount
from ..tables import Row, shown
from .endpoint import read, told, write
from .searching import place_of, searched

READ, WRITE = "contacts.readonly", "contacts.write"
_TYPES: dict[str, tuple[type, ...]] = {
    "dnd": (bool,),
    "dndSettings": (dict,),
    "inboundDndSettings": (dict,),
    "tags": (list,),
    "customFields": (list,),
}


def _found(account: SubAccount, contact: str) -> Row:
    row = account.tables.get("contacts", contact)
    if row is None:
        raise ApiProblem(400, f"Contact with id {contact} not found")
    return row


def _fields(body: dict[str, Any], *more: str) -> dict[str, Any]:
    """The fields of a contact in a body; null means to say nothing of one.

    Raises:
        ApiProblem: There is no such field, or it is of another type.
    """
    problems = [f"property {name} should not exist" for name in body if name not in (*FIELDS, *more)]
    for name, value in body.items():
        kinds = _TYPES.get(name, (str,))
        if name in FIELDS and value is not None and not isinstance(value, kinds):
            words = {bool: "boolean value", dict: "object", list: "array", str: "string"}
            problems.append(f"{name} must be a {words[kinds[0]]}")
    email = body.get("email")
    if isinstance(email, str) and email and ("@" not in email or " " in email):
        problems.append("email must be an email")
    if problems:
        raise ApiProblem(422, problems)
    return {name: value for name, value in body.items() if name in FIELDS and value is not None}


def _at(account: SubAccount, body: dict[str, Any]) -> None:
    asked = AskedOf({"locationId": body.get("locationId")}, ("locationId",))
    asked.location("locationId", account.location_id, typed=False)


def _whole(account: SubAccount, request: Request, contact: str) -> Reply:
    return told({"contact": account.as_spoiled(shown(_found(account, contact)))})


def _search(account: SubAccount, request: Request) -> Reply:
    body = body_of(request)
    _at(account, body)
    rows, total = searched(account.tables.newest("contacts"), body)
    found = [{**account.as_spoiled(shown(row)), "searchAfter": place_of(row)} for row in rows]
    return told({"contacts": found, "total": total})


def _duplicate(account: SubAccount, request: Request) -> Reply:
    asked = query_of(request, "locationId", "email", "number")
    email, number = asked.text("email"), asked.text("number")
    asked.location("locationId", account.location_id, typed=False)
    if not email and not number:
        raise ApiProblem(400, "Either email or number is required")
    same = account.duplicate_of(email=email, phone=number)
    return told({"contact": shown(same[0]) if same else None})


def _create(account: SubAccount, request: Request) -> Reply:
    body = body_of(request)
    fields = _fields(body, "locationId")
    _at(account, body)
    try:
        contact = account.new_contact(**fields)
    except DuplicateContact as problem:
        raise _duplicated(problem) from None
    made = shown(_found(account, contact))
    return told({"contact": {name: value for name, value in made.items() if name != "name"}}, status=201)


def _duplicated(problem: DuplicateContact) -> ApiProblem:
    meta = {
        "contactId": problem.contact["id"],
        "matchingField": problem.field,
        "contactName": problem.contact["name"],
    }
    return ApiProblem(400, "This location does not allow duplicated contacts.", meta=meta)


def _upsert(account: SubAccount, request: Request) -> Reply:
    body = body_of(request)
    fields = _fields(body, "locationId", "createNewIfDuplicateAllowed")
    _at(account, body)
    same = account.duplicate_of(email=fields.get("email", ""), phone=fields.get("phone", ""))
    allowed = account.agency.options.duplicate_contacts == "allow" and body.get("createNewIfDuplicateAllowed") is True
    if same is None or allowed:
        contact = account.new_contact(**fields)
    else:
        contact = same[0]["id"]
        _edited(account, contact, fields)
    return told({"new": same is None or allowed, "contact": shown(_found(account, contact))})


def _edited(account: SubAccount, contact: str, fields: dict[str, Any]) -> None:
    try:
        account.edit_contact(contact, **fields)
    except DuplicateContact as problem:
        raise _duplicated(problem) from None


def _update(account: SubAccount, request: Request, contact: str) -> Reply:
    fields = _fields(body_of(request))
    _found(account, contact)
    _edited(account, contact, fields)
    return told({"succeded": True, "contact": shown(_found(account, contact))})


def _delete(account: SubAccount, request: Request, contact: str) -> Reply:
    _found(account, contact)
    account.delete_contact(contact)
    return told({"succeded": True})


def _tags(account: SubAccount, request: Request, contact: str, *, remove: bool = False) -> Reply:
    tags = body_of(request).get("tags")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ApiProblem(422, ["each value in tags must be a string", "tags must be an array"])
    _found(account, contact)
    return told({"tags": account.tag_contact(contact, tags, remove=remove)}, status=200 if remove else 201)


def _untag(account: SubAccount, request: Request, contact: str) -> Reply:
    return _tags(account, request, contact, remove=True)


def _enroll(account: SubAccount, request: Request, contact: str, workflow: str) -> Reply:
    _found(account, contact)
    if account.tables.get("workflows", workflow) is None:
        raise ApiProblem(400, f"Workflow with id {workflow} not found")
    account.enroll(contact, workflow)
    return told({"succeded": True})


def _take_out(account: SubAccount, request: Request, contact: str, workflow: str) -> Reply:
    _found(account, contact)
    try:
        account.take_out(contact, workflow)
    except ValueError as problem:
        raise ApiProblem(400, str(problem)) from None
    return told({"succeded": True})


def _call(operation: str) -> Call:
    return Call(operation=operation, entity="contact")


_ENROLLMENT = "/contacts/<contact>/workflow/<workflow>"
CALLS = (
    read("/contacts/search/duplicate", READ, "contact", _duplicate),
    read("/contacts/<contact>", READ, "contact", _whole),
    write("POST", "/contacts/search", READ, _call("read"), _search),
    write("POST", "/contacts/", WRITE, _call("create"), _create),
    write("POST", "/contacts/upsert", WRITE, _call("update"), _upsert),
    write("PUT", "/contacts/<contact>", WRITE, _call("update"), _update),
    write("DELETE", "/contacts/<contact>", WRITE, _call("delete"), _delete),
    write("POST", "/contacts/<contact>/tags", WRITE, _call("update"), _tags),
    write("DELETE", "/contacts/<contact>/tags", WRITE, _call("update"), _untag),
    write("POST", _ENROLLMENT, WRITE, Call(operation="create", entity="enrollment"), _enroll),
    write("DELETE", _ENROLLMENT, WRITE, Call(operation="delete", entity="enrollment"), _take_out),
)
