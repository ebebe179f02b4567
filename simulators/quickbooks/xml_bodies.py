"""What does a request in XML say? The same as one in JSON: elements are properties, by the shape of its entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..common import wire
from ..common.http import Request
from . import refusals
from .entities import ENTITIES
from .fields import Address, Currency, Email, Field, Group, Ignored, Kind, Many, Ref, Web, Word

DEEPEST = 40
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
FLAGS = {"true": True, "false": False}


def is_xml(request: Request) -> bool:
    """Whether a request says that its body is XML, or says nothing and it looks like XML."""
    content_type = request.header("content-type").lower()
    return "xml" in content_type or (not content_type and looks_like_xml(request.body))


def looks_like_xml(body: bytes) -> bool:
    """Whether a text begins as XML does and as JSON never does."""
    return body.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"<")


def body_of(request: Request) -> Any:
    """The body of a request, in JSON or in XML.

    Raises:
        Refused: It cannot be read.
    """
    return read(request.body) if is_xml(request) else json_of(request)


def json_of(request: Request) -> Any:
    """The body of a request in JSON.

    Raises:
        Refused: It is not JSON.
    """
    try:
        return request.json
    except wire.Unreadable as problem:
        raise refusals.unreadable_body(str(problem)) from None


def read(body: bytes, only: str = "") -> Any:
    """An object of an entity, or a batch, as its JSON would be; `only`: the one entity that it may be.

    Raises:
        Refused: It is not XML, has a document type, is nested too deep, or is another entity.
    """
    root = _root(body)
    name = _local(root)
    if only and name != only:
        raise refusals.coded(6040, "Invalid Attachment Metadata", f"The metadata is a {name}, not a {only}.")
    if name == "IntuitBatchRequest":
        return {"BatchItemRequest": [_batch_item(item) for item in root]}
    entity = ENTITIES.get(name)
    if entity is None:
        raise refusals.coded(2000, "Invalid object name", f"There is no object {name}.", name)
    return _object(root, entity.shape.fields)


class _Builder(ElementTree.TreeBuilder):
    """Builds a tree, and stops at a document type, before any entity in it is read."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise refusals.unreadable_body("a document type is not allowed")


def _root(body: bytes) -> Element:
    """The outermost element, in the encoding that the text declares, or UTF-8."""
    text = body.removeprefix(BYTE_ORDER_MARK).lstrip()
    try:
        root = ElementTree.fromstring(text, ElementTree.XMLParser(target=_Builder()))
    except (ElementTree.ParseError, LookupError, ValueError) as problem:
        raise refusals.unreadable_body(str(problem)) from None
    _check_depth(root)
    return root


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in parent]
        if not level:
            return
    raise refusals.unreadable_body(f"elements are nested deeper than {DEEPEST} levels")


def _local(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _batch_item(element: Element) -> dict[str, object]:
    item: dict[str, Any] = _attributes(element)
    for child in element:
        name = _local(child)
        entity = ENTITIES.get(name)
        item[name] = _object(child, entity.shape.fields) if entity else _anything(child)
    return item


def _attributes(element: Element) -> dict[str, str]:
    """An element's attributes; those of a namespace, such as `xsi:type`, are not properties."""
    return {name: value for name, value in element.attrib.items() if not name.startswith("{")}


def _object(element: Element, fields: Mapping[str, Field]) -> dict[str, object]:
    """An element with children as an object; its attributes, such as `sparse`, are properties too."""
    given: dict[str, Any] = {name: FLAGS.get(value.lower(), value) for name, value in _attributes(element).items()}
    for child in element:
        name = _local(child)
        known = fields.get(name)
        value = _value(child, known.kind) if known else _anything(child)
        if known is not None and isinstance(known.kind, Many) and value is not None:
            given.setdefault(name, []).append(value)
        else:
            given[name] = value
    return given


def _value(element: Element, kind: Kind) -> object:
    if FLAGS.get(element.get(NIL, "").strip().lower()):
        return None  # as null in JSON
    match kind:
        case Group(shape=shape) if "value" in shape.fields and not len(element):
            return {"value": _text(element), **_attributes(element)}
        case Group(shape=shape) | Many(shape=shape):
            return _object(element, shape.fields) if len(element) else _text(element)
        case Ref() | Word() | Currency():
            return {"value": _text(element), **_attributes(element)}
        case Email() | Web() | Address() | Ignored():
            return _anything(element)
    return _text(element) if not len(element) else _anything(element)


def _anything(element: Element) -> object:
    """What no shape knows: the shape will say so, or drop it."""
    return {_local(child): _anything(child) for child in element} if len(element) else _text(element)


def _text(element: Element) -> str:
    return (element.text or "").strip() if not len(element) else ""
