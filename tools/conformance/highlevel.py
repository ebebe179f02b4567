"""Is every answer of the HighLevel simulator valid against the vendor's own descriptions?

Each address is asked once for something that is there, and then with what schemathesis makes of its description: what
is answered well has to be as described, and what is refused has to be refused in the vendor's form. Every webhook that
is sent has to be as described too. The descriptions are read from a folder and are no part of this project.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.failures import Failure, FailureGroup

from simulators.highlevel.amounts import SoldLine
from simulators.highlevel.endpoints import ENDPOINTS
from simulators.highlevel.server import RunningAgency, start

DESCRIPTIONS = ("invoices", "payments", "contacts", "products", "locations", "workflows")
VERSION = "2021-07-28"
EXAMPLES = 25
REFUSED = (400, 401, 403, 404, 422)
#: What the descriptions say and cannot mean: the schema, its property, what is taken instead, and why.
MISTAKES: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    (
        "invoices",
        "invoiceNumber",
        {"type": "string"},
        "a number in the schema, a text in its example and in every event",
    ),
    (
        "invoices",
        "invoiceItems",
        {"type": "array", "items": {"type": "object"}},
        "texts in the schema, objects in events",
    ),
    ("payments", "items", {"type": "array", "items": {"type": "object"}}, "texts in the schema, objects in events"),
    ("payments", "status", {"type": "string"}, "an object in the schema, a text in its example and in events"),
    ("payments", "altType", {"type": "string"}, "an object in one schema, a text in its example"),
    ("products", "taxes", {"type": "array"}, "texts in the schema, objects in events"),
)
#: What is answered beside the description: every answer has a trace, an invoice keeps what it was made with, and an
#: order tells its taxes as its events do.
BESIDE = frozenset(
    (
        *("traceId", "sentTo", "sentAt", "tipsConfiguration", "miscellaneousCharges", "lateFeesConfiguration"),
        "taxSummary",
    )
)
#: Where the descriptions refer to a file that they come without.
_ERROR = {
    "type": "object",
    "properties": {"statusCode": {"type": "number"}, "error": {"type": "string"}},
    "required": ["statusCode", "message", "error"],
}


def problems(folder: Path) -> Iterator[str]:
    """Everything that is not as described; nothing when all is well."""
    offered = {(end_point.method, _shape(end_point.address)) for end_point in ENDPOINTS}
    described: set[tuple[str, str]] = set()
    with start() as running:
        for name in DESCRIPTIONS:
            raw = _mended(name, json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
            raw["paths"] = {path: _of(methods, path, offered) for path, methods in raw["paths"].items()}
            described |= {
                (method.upper(), _shape(path)) for path, methods in raw["paths"].items() for method in methods
            }
            yield from _checked(running, raw)
        yield from (f"{method} {path} is in no description" for method, path in sorted(offered - described))
    yield from _webhook_problems(folder / "webhooks")


def _shape(path: str) -> str:
    return re.sub(r"[<{]\w+[>}]", "{}", path)


def _of(methods: dict[str, Any], path: str, offered: set[tuple[str, str]]) -> dict[str, Any]:
    return {method: told for method, told in methods.items() if (method.upper(), _shape(path)) in offered}


def _mended(name: str, raw: Any) -> Any:
    """A description without its mistakes, and with the form of errors where it refers to it."""
    mistakes = {field: schema for described, field, schema, _ in MISTAKES if described == name}

    def walked(value: Any) -> Any:
        if isinstance(value, list):
            return [walked(part) for part in value]
        if not isinstance(value, dict):
            return value
        if str(value.get("$ref", "")).startswith(".."):
            return _ERROR
        inside = {key: walked(part) for key, part in value.items()}
        if isinstance(inside.get("properties"), dict):
            known = {field: schema for field, schema in mistakes.items() if field in inside["properties"]}
            inside["properties"] = {**inside["properties"], **known}
        return inside

    return walked(raw)


# Requests and answers


def _checked(running: RunningAgency, raw: Any) -> Iterator[str]:
    schema: Any = schemathesis.openapi.from_dict(raw)
    for result in schema.get_all_operations():
        operation: Any = result.ok()
        yield from _there(running, operation, raw)
        yield from _made_up(running, operation)


def _ids(running: RunningAgency, operation: Any) -> tuple[dict[str, str], dict[str, str]]:
    """What the address and the query have to say for something that is there."""
    company = running.company
    tables = company.tables
    places = {
        "invoiceId": "invoices",
        "orderId": "orders",
        "transactionId": "transactions",
        "subscriptionId": "subscriptions",
        "productId": "products",
        "contactId": "contacts",
        "workflowId": "workflows",
    }
    path = {}
    for name in re.findall(r"{(\w+)}", operation.path):
        if name in places:
            row = next(iter(tables.all(places[name])))
            path[name] = str(row.get("_id") or row.get("id"))
    if "priceId" in operation.path:
        path["priceId"] = str(company.prices_of(path["productId"])[0]["_id"])
    if "locationId" in operation.path:
        path["locationId"] = company.location_id
    fixed = {"altId": company.location_id, "altType": "location", "locationId": company.location_id}
    fixed |= {"limit": "5", "offset": "0", "email": "hana.kobayashi@example.net"}
    known = {parameter.name for parameter in operation.query}
    required = {parameter.name for parameter in operation.query if parameter.is_required}
    wanted = required | (known & {"altId", "email"})
    return path, {name: value for name, value in fixed.items() if name in wanted}


#: A body that is good, where an address needs one.
BODIES: dict[str, Callable[[str], dict[str, Any]]] = {
    "POST /contacts/": lambda location: {"locationId": location, "email": "new@example.com", "tags": ["new"]},
    "POST /contacts/upsert": lambda location: {"locationId": location, "email": "other@example.com"},
    "POST /contacts/search": lambda location: {"locationId": location, "pageLimit": 5},
    "PUT /contacts/{contactId}": lambda location: {"city": "Boulder"},
    "POST /contacts/{contactId}/tags": lambda location: {"tags": ["new"]},
    "DELETE /contacts/{contactId}/tags": lambda location: {"tags": ["new"]},
    "POST /contacts/{contactId}/workflow/{workflowId}": lambda location: {},
    "DELETE /contacts/{contactId}/workflow/{workflowId}": lambda location: {},
}


def _headers(running: RunningAgency) -> dict[str, str]:
    return {"Authorization": f"Bearer {running.ready()['private_token']}", "Version": VERSION}


def _there(running: RunningAgency, operation: Any, raw: Any) -> Iterator[str]:
    """Ask for something that is there: the answer has to be good, and as described."""
    name = f"{operation.method.upper()} {operation.path}"
    path, query = _ids(running, operation)
    if name.startswith("DELETE") and name.endswith("workflow/{workflowId}"):
        running.company.enroll(path["contactId"], path["workflowId"])
    if name == "DELETE /contacts/{contactId}":
        path["contactId"] = running.company.new_contact(firstName="Ida")
    body = BODIES[name](running.company.location_id) if name in BODIES else None
    address = running.base_url + operation.path.format(**path)
    reply = requests.request(operation.method, address, params=query, json=body, headers=_headers(running), timeout=30)
    if reply.status_code not in (200, 201):
        yield f"{name}: {reply.status_code} {reply.text[:200]}"
        return
    try:
        operation.validate_response(reply)
    except (Failure, FailureGroup) as failure:
        yield f"{name}: {_said(failure)}"
    if str(reply.status_code) not in operation.definition.raw["responses"]:
        yield f"{name}: {reply.status_code} is not described"
        return
    for content in operation.definition.raw["responses"][str(reply.status_code)].get("content", {}).values():
        strange = _undescribed(raw, content["schema"], reply.json()) - BESIDE
        yield from (f"{name}: {field} is described nowhere" for field in sorted(strange))


def _undescribed(raw: Any, schema: Any, value: Any) -> set[str]:
    """The fields of an answer that no description of an object with fields has, which a misspelled one would be."""
    if "$ref" in schema:
        schema = raw["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        inside = (_undescribed(raw, schema.get("items", {}), part) for part in value)
        return set().union(*inside)
    known = schema.get("properties")
    if not isinstance(value, dict) or not known:
        return set()
    strange = set(value.keys() - known.keys())
    return strange.union(*(_undescribed(raw, known[field], value[field]) for field in value.keys() & known.keys()))


def _made_up(running: RunningAgency, operation: Any) -> Iterator[str]:
    """Ask with what the description allows: the answer is good and as described, or refused in the vendor's form."""
    name = f"{operation.method.upper()} {operation.path}"
    found: list[str] = []

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        fixed = {"altId": running.company.location_id, "locationId": running.company.location_id}
        for parameter in fixed.keys() & set(case.query or {}):
            case.query[parameter] = fixed[parameter]
        if "locationId" in (case.path_parameters or {}):
            case.path_parameters["locationId"] = running.company.location_id
        reply = case.call(base_url=running.base_url, headers=_headers(running))
        if reply.status_code in (200, 201):
            operation.validate_response(reply)
        elif reply.status_code not in REFUSED or reply.json().keys() < {"statusCode", "message", "error"}:
            found.append(f"{name}: {reply.status_code} {reply.text[:200]}")

    try:
        ask()
    except (Failure, FailureGroup) as failure:
        found.append(f"{name}: {_said(failure)}")
    yield from found[:3]


def _said(failure: Failure | FailureGroup) -> str:
    if isinstance(failure, FailureGroup):
        return "; ".join(str(inner) for inner in failure.exceptions)[:600]
    return str(failure)[:600]


# Webhooks


def _webhook_problems(folder: Path) -> Iterator[str]:
    """Do everything that is told, and compare what is sent with what is described."""
    with start(seed="empty") as running:
        running.agency.webhooks.subscribe("http://127.0.0.1:9/")
        running.agency.webhooks.hold()
        _do_everything(running)
        told = {delivery.event: json.loads(delivery.body) for delivery in running.agency.webhooks.deliveries}
    described = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}
    yield from (f"{event} is described and never sent" for event in described.keys() - told.keys())
    for event, content in told.items():
        for schema in described[event]["schemas"]:
            validator = jsonschema_rs.validator_for(_with_known_types(schema))
            yield from (f"{event}: {error.message}" for error in validator.iter_errors(content))


def _with_known_types(schema: Any) -> Any:
    """A schema without the types that JSON does not have, such as Date; and no null alone."""
    if isinstance(schema, list):
        return [_with_known_types(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {key: _with_known_types(value) for key, value in schema.items()}
    return {key: value for key, value in inside.items() if not (key == "type" and value in ("Date", "null"))}


def _do_everything(running: RunningAgency) -> None:
    company, line = running.company, SoldLine(name="Clay Kit", amount=Decimal(48))
    contact = company.new_contact(firstName="Ida", email="ida@example.com")
    company.edit_contact(contact, city="Boulder")
    product = company.new_product("Clay Kit")
    price = company.new_price(product, "Large", Decimal(48), sku="KIT", every="month")
    company.edit_price(price, amount=Decimal(50))
    company.rename_product(product, "Large Clay Kit")
    invoice = company.new_invoice(contact, [line])
    company.send_invoice(invoice)
    company.change_invoice(invoice, dueDate="2026-12-24")
    company.record_payment(invoice, Decimal(8))
    company.record_payment(invoice)
    company.void_invoice(company.new_invoice(contact, [line]))
    company.delete_invoice(invoice)
    company.sell_by_order_form(contact, [line])
    company.delete_product(product)
    company.delete_contact(contact)
    running.agency.install(f"Location:{company.location_id}")
    running.agency.uninstall()
