"""What does the API answer? Everything under /v3/company/{realm}/, once a request is let in."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..common.faults import Call
from ..common.http import Reply, Request
from . import batch, files, refusals
from .changes import changes
from .company import Company
from .entities import BY_PATH
from .entities.base import Entity
from .entities.tax_lists import make_tax_code
from .fields import Record
from .ledger import OutOfBalance
from .query.answer import answer
from .refusals import Refused
from .reports import report
from .requestids import LONGEST
from .xml_bodies import body_of, is_xml, json_of

log = logging.getLogger(__name__)
PRODUCT_HEADERS = {
    "Qbo-Version": "1944.190",
    "Expires": "0",
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
}


def understood(request: Request, rest: tuple[str, ...]) -> Call:
    """What a request asks for, as far as its address, its parameters and the Id in its body tell."""
    first = rest[0].lower() if rest else ""
    if first in ("query", "batch", "cdc"):
        return Call(operation=first)
    if first == "reports":
        return Call(operation="report", entity=rest[1] if len(rest) > 1 else "")
    if request.method == "POST" and [part.lower() for part in rest] == ["taxservice", "taxcode"]:
        return Call(operation="create", entity="TaxCode", action="taxservice")
    if request.method == "POST" and [part.lower() for part in rest] == ["upload"]:
        return Call(operation="create", entity="Attachable", action="upload")
    if request.method == "GET" and first == "download" and len(rest) == 2:
        return Call(operation="read", entity="Attachable", action="download")
    entity = BY_PATH.get(first)
    if entity is None:
        return Call(operation="none")
    last = rest[2].lower() if len(rest) == 3 else ""
    if (request.method, last) in (("GET", "pdf"), ("POST", "send")):
        return Call(operation="read" if last == "pdf" else "update", entity=entity.name, action=last)
    if request.method == "GET":
        return Call(operation="read", entity=entity.name)
    if request.method != "POST" or len(rest) > 1:
        return Call(operation="none", entity=entity.name)
    return Call(operation=_written(request), entity=entity.name)


def _written(request: Request) -> str:
    operation = request.query.get("operation", "").lower()
    if operation == "delete":
        return "delete"
    if operation == "void" or "void" in _switches(request):
        return "void"
    try:
        body = body_of(request)
    except Refused:
        return "create"
    return "update" if isinstance(body, dict) and body.get("Id") else "create"


def _switches(request: Request) -> frozenset[str]:
    return frozenset(switch.strip().lower() for switch in request.query.get("include", "").split(",") if switch.strip())


def respond(company: Company, request: Request, rest: tuple[str, ...], call: Call) -> Reply:
    """The answer to a request; nothing that a client sends brings anything but an answer in Intuit's shape."""
    try:
        reply = _respond(company, request, rest, call)
    except Refused as refused:
        reply = fault(company, refused)
    except (OutOfBalance, Exception):
        log.exception("the rehearsal company failed on %s %s", request.method, request.path)
        reply = fault(company, refusals.failure("the rehearsal company failed; its log tells where"))
    reply.headers.update(PRODUCT_HEADERS)
    return reply


def fault(company: Company, refused: Refused) -> Reply:
    """A refusal in the upper-case envelope."""
    body = {"Fault": refused.fault(), "time": company.clock.stamp_with_milliseconds()}
    return Reply.of(body, status=refused.status)


def _respond(company: Company, request: Request, rest: tuple[str, ...], call: Call) -> Reply:
    if call.operation == "none":
        raise refusals.no_such_resource(request.path)
    if call.writes:
        return _write(company, request, call, rest)
    with company.lock:
        if call.operation == "query":
            return _query(company, request)
        if call.operation == "cdc" and request.method == "GET":
            told = changes(company.books, request.query.get("entities", ""), request.query.get("changedsince", ""))
            return _timed(company, {"CDCResponse": told})
        if call.operation == "report" and request.method == "GET" and len(rest) == 2:
            return Reply.of(report(company.books, call.entity, request.query))
        if call.action == "download":
            return files.download(company.books, rest[1])
        if call.action == "pdf":
            return files.printed(company.books, BY_PATH[call.entity.lower()], rest[1])
        if call.operation == "read":
            return _read(company, request, BY_PATH[call.entity.lower()], rest[1:])
    raise refusals.no_such_resource(request.path)


def _query(company: Company, request: Request) -> Reply:
    if request.method == "POST":
        text = request.body.decode("utf-8", "replace")
    elif request.method == "GET":
        text = request.query.get("query", "")
    else:
        raise refusals.no_such_resource(request.path)
    return _timed(company, {"QueryResponse": answer(company.books, text)})


def _read(company: Company, request: Request, entity: Entity, rest: tuple[str, ...]) -> Reply:
    record = entity.without_id(company.books, request.query) if not rest else None
    if record is None and len(rest) != 1:
        raise refusals.no_such_resource(request.path)
    record = record or entity.read(company.books, rest[0])
    return _timed(company, {entity.name: entity.show(record, company.books)})


def _timed(company: Company, told: Record) -> Reply:
    return Reply.of({**told, "time": company.clock.stamp_with_milliseconds()})


def _write(company: Company, request: Request, call: Call, rest: tuple[str, ...]) -> Reply:
    key = request.query.get("requestid", "")
    if len(key) > LONGEST:
        raise refusals.invalid_request_id(len(key))
    content_type = request.header("content-type").lower()
    known = "json" in content_type or (is_xml(request) and call.action != "taxservice")
    if content_type and not known and call.action not in ("upload", "send"):
        raise refusals.coded(1050, "Invalid Content Type", f"Invalid content type used : {content_type}")
    if call.operation == "batch":
        return _batch(company, request, key)
    with company.lock:
        given = company.request_ids.answer(key) if key else None
        if given is not None and company.options.request_ids == "refuse_600":
            raise refusals.coded(600, "Duplicate Request ID", f"The request id {key} was used before.", "requestid")
        if given is not None:
            return Reply(given[1], status=given[0])
        return _first_time(company, request, call, rest, key)


def _batch(company: Company, request: Request, key: str) -> Reply:
    if request.method != "POST":
        raise refusals.no_such_resource(request.path)
    with company.lock:
        answers = batch.respond(company, body_of(request), key)
        reply = _timed(company, {"BatchItemResponse": answers})
    reply.wait = company.options.batch_item_ms * len(answers) / 1000
    return reply


def _first_time(company: Company, request: Request, call: Call, rest: tuple[str, ...], key: str) -> Reply:
    try:
        with company.writing():
            told = _done(company, request, call, rest)
            reply = _timed(company, told)
            company.settle(key or None, reply.status_code, reply.get_data())
        return reply
    except Refused as refused:
        reply = fault(company, refused)
        company.settle(key or None, reply.status_code, reply.get_data())
        return reply


def _done(company: Company, request: Request, call: Call, rest: tuple[str, ...]) -> Record:
    entity = BY_PATH[call.entity.lower()]
    match call.action:
        case "taxservice":
            return make_tax_code(company.books, json_of(request))
        case "upload":
            return files.upload(company, request)
        case "send":
            return files.send(company.books, entity, rest[1], request.query.get("sendto", ""))
    return perform(company, entity, call.operation, body_of(request), _switches(request))


def perform(company: Company, entity: Entity, operation: str, body: object, switches: frozenset[str]) -> Record:
    """One write inside a unit of work; returns the answer's content.

    Raises:
        Refused: The write breaks a rule.
    """
    books = company.books
    act: dict[str, Callable[[], Record]] = {
        "delete": lambda: entity.delete(books, body),
        "void": lambda: entity.show(entity.void(books, body), books),
    }
    write = lambda: entity.show(entity.write(books, body, switches=switches), books)  # noqa: E731
    return {entity.name: act.get(operation, write)()}
