"""What does a request in XML say? The same as one in JSON: elements are properties, by the shape of its entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from . import refusals
from .entities import ENTITIES
from .fields import Address, Currency, Email, Field, Group, Ignored, Kind, Many, Ref, Web, Word
from .messages import Request

DEEPEST = 40
FLAGS = {"true": True, "false": False}


def is_xml(request: Request) -> bool:
    """Whether a request says that its body is XML."""
    return "xml" in request.header("content-type").lower()


def body_of(request: Request) -> Any:
    """The body of a request, in JSON or in XML.

    Raises:
        Refused: It cannot be read.
    """
    return read(request.body) if is_xml(request) else request.json


def read(body: bytes) -> Any:
    """An object of an entity, or a batch, as its JSON would be.

    Raises:
        Refused: It is not XML, has a document type, or is nested too deep.
    """
    root = _root(body)
    name = _local(root)
    if name == "IntuitBatchRequest":
        return {"BatchItemRequest": [_batch_item(each) for each in root]}
    entity = ENTITIES.get(name)
    if entity is None:
        raise refusals.coded(2000, "Invalid object name", f"There is no object {name}.", name)
    return _object(root, entity.shape.fields)


def _root(body: bytes) -> Element:
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text.upper():
            raise refusals.unreadable_body("a document type is not allowed")
        root = ElementTree.fromstring(text)
    except (UnicodeDecodeError, ElementTree.ParseError) as problem:
        raise refusals.unreadable_body(str(problem)) from None
    _check_depth(root)
    return root


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for each in level for child in each]
        if not level:
            return
    raise refusals.unreadable_body(f"elements are nested deeper than {DEEPEST} levels")


def _local(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _batch_item(element: Element) -> dict[str, Any]:
    item: dict[str, Any] = dict(element.attrib)
    for each in element:
        name = _local(each)
        entity = ENTITIES.get(name)
        item[name] = _object(each, entity.shape.fields) if entity else _anything(each)
    return item


def _object(element: Element, fields: Mapping[str, Field]) -> dict[str, Any]:
    """An element with children as an object; its attributes, such as `sparse`, are properties too."""
    found: dict[str, Any] = {name: FLAGS.get(value.lower(), value) for name, value in element.attrib.items()}
    for each in element:
        name = _local(each)
        known = fields.get(name)
        value = _value(each, known.kind) if known else _anything(each)
        if known is not None and isinstance(known.kind, Many):
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _value(element: Element, kind: Kind) -> Any:
    match kind:
        case Group(shape=shape) if "value" in shape.fields and not len(element):
            return {"value": _text(element), **element.attrib}
        case Group(shape=shape) | Many(shape=shape):
            return _object(element, shape.fields) if len(element) else _text(element)
        case Ref() | Word() | Currency():
            return {"value": _text(element), **element.attrib}
        case Email() | Web() | Address() | Ignored():
            return _anything(element)
    return _text(element) if not len(element) else _anything(element)


def _anything(element: Element) -> Any:
    """What no shape knows: the shape will say so, or drop it."""
    return {_local(each): _anything(each) for each in element} if len(element) else _text(element)


def _text(element: Element) -> str:
    return (element.text or "").strip() if not len(element) else ""
