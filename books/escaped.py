"""What does text mean that arrives escaped? `O&#39;Malley &amp; Daughters` is O'Malley & Daughters."""

from __future__ import annotations

import html
import re
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

Value = TypeVar("Value")

_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,6});")


def unescaped(text: str) -> str:
    """The text with the characters that its entities stand for; any other text as it is."""
    return _ENTITY.sub(lambda found: html.unescape(found.group()), text) if "&" in text else text


def key_text(text: str) -> str:
    """A text by which a thing is found again, as it is meant: the same for a source that escapes it, also twice."""
    while (plain := unescaped(text)) != text:
        text = plain
    return text


def meant(value: Value) -> Value:
    """A frozen value, such as an order, with every text in it as it is meant."""
    return cast(Value, _meant(value))


def _meant(value: object) -> object:
    if isinstance(value, str):
        return unescaped(value)
    if isinstance(value, tuple):
        return tuple(map(_meant, value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = {part.name: getattr(value, part.name) for part in fields(value) if part.init}
    now = {name: _meant(part) for name, part in parts.items()}
    changed = {name: part for name, part in now.items() if part != parts[name]}
    return replace(value, **changed) if changed else value
