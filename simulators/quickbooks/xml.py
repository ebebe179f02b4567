"""How does an answer look to a client that did not ask for JSON? The same content as XML."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ..common import wire
from ..common.http import Reply, Request

NAMESPACE = "http://schema.intuit.com/finance/v3"
XML = "application/xml;charset=UTF-8"
ATTRIBUTES = ("domain", "sparse", "startPosition", "maxResults", "totalCount", "bId", "status")
ATTRIBUTES_OF = {"Fault": ("type",), "Row": ("type", "group")}
"""The properties that are attributes of an element; every other one is an element inside it."""


def wanted(request: Request, open_means: str) -> bool:
    """Whether a client wants XML: it named XML and not JSON, or left the form open and the switch says XML."""
    if request.query.get("format", "").lower() == "json":
        return False
    accepts = request.header("accept").lower()
    if "json" in accepts or "html" in accepts:
        return False
    return "xml" in accepts or (open_means == "xml" and (not accepts.strip() or "*/*" in accepts))


def as_xml(reply: Reply) -> Reply:
    """An answer in JSON as one in XML; any other stays as it is."""
    if "json" not in (reply.content_type or ""):
        return reply
    answer = wire.loads(reply.get_data())
    fault = answer.pop("fault", None)
    if fault is not None:  # the gateway's envelope
        envelope = {"Error": [_upper(error) for error in fault["error"]], "type": fault["type"]}
        answer = {"Fault": envelope, "time": answer.get("time", "")}
    root, attributes = "IntuitResponse", f" time={quoteattr(str(answer.pop('time', '')))}"
    if {"Header", "Columns", "Rows"} <= set(answer):
        root, attributes = "Report", ""
    inner = "".join(_element(name, value) for name, value in answer.items())
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<{root} xmlns="{NAMESPACE}"{attributes}>{inner}</{root}>'
    )
    reply.set_data(body.encode("utf-8", "replace"))
    reply.content_type = XML
    return reply


def _upper(error: dict[str, Any]) -> dict[str, Any]:
    return {"Message": error["message"], "Detail": error["detail"] or "", "code": error["code"]}


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, part) for part in value)
    if not isinstance(value, dict):
        return f"<{name}>{_text(value)}</{name}>"
    if name == "ColData":  # a cell of a report
        return f"<ColData{_attributes(value, ('value', 'id'))}/>"
    if name == "LineEx":  # JSON tells each pair with the classes of Intuit's program around it
        return f"<LineEx>{_element('NameValue', [extension['value'] for extension in value['any']])}</LineEx>"
    if set(value) <= {"value", "name", "type"} and "value" in value:  # a reference
        return f"<{name}{_attributes(value, ('name', 'type'))}>{_text(value['value'])}</{name}>"
    if name == "Error":
        inner = "".join(_element(part, value[part]) for part in ("Message", "Detail") if part in value)
        return f"<Error{_attributes(value, ('code', 'element'))}>{inner}</Error>"
    attributes = ATTRIBUTES_OF.get(name, ATTRIBUTES)
    inner = "".join(_element(key, part) for key, part in value.items() if key not in attributes)
    return f"<{name}{_attributes(value, attributes)}>{inner}</{name}>"


def _attributes(value: dict[str, object], names: tuple[str, ...]) -> str:
    return "".join(f" {name}={quoteattr(_plain(value[name]))}" for name in names if name in value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _text(value: Any) -> str:
    return escape("".join(character for character in _plain(value) if character >= " " or character in "\t\n\r"))
