"""How does an answer look to a client that did not ask for JSON? The same content as XML."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from . import wire
from .messages import Reply, Request

NAMESPACE = "http://schema.intuit.com/finance/v3"
XML = "application/xml;charset=UTF-8"
ATTRIBUTES = ("domain", "sparse", "startPosition", "maxResults", "totalCount", "bId", "status")


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
    if "json" not in reply.content_type:
        return reply
    told = wire.loads(reply.body)
    fault = told.pop("fault", None)
    moment = str(told.pop("time", ""))
    if fault is not None:  # the gateway's envelope
        told = {"Fault": {"Error": [_upper(each) for each in fault["error"]], "type": fault["type"]}}
    inner = "".join(_element(name, value) for name, value in told.items())
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="{NAMESPACE}" time={quoteattr(moment)}>{inner}</IntuitResponse>'
    )
    reply.body, reply.content_type = body.encode("utf-8", "replace"), XML
    return reply


def _upper(error: dict[str, Any]) -> dict[str, Any]:
    return {"Message": error["message"], "Detail": error["detail"] or "", "code": error["code"]}


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if not isinstance(value, dict):
        return f"<{name}>{_text(value)}</{name}>"
    if set(value) <= {"value", "name", "type"} and "value" in value:  # a reference
        return f"<{name}{_attributes(value, ('name', 'type'))}>{_text(value['value'])}</{name}>"
    if name == "Error":
        inner = "".join(_element(each, value[each]) for each in ("Message", "Detail") if each in value)
        return f"<Error{_attributes(value, ('code', 'element'))}>{inner}</Error>"
    attributes = ("type",) if name == "Fault" else ATTRIBUTES
    inner = "".join(_element(each, one) for each, one in value.items() if each not in attributes)
    return f"<{name}{_attributes(value, attributes)}>{inner}</{name}>"


def _attributes(value: dict[str, Any], names: tuple[str, ...]) -> str:
    return "".join(f" {name}={quoteattr(_plain(value[name]))}" for name in names if name in value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _text(value: Any) -> str:
    return escape("".join(each for each in _plain(value) if each >= " " or each in "\t\n\r"))
