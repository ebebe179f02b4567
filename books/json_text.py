"""How is a value of JSON written as text and read again, when there are very many of them?"""

from __future__ import annotations

import json
from typing import Any

import orjson


def written(value: object) -> str:
    """Its JSON, short and with every character as it is.

    Raises:
        TypeError: It is none that JSON has, such as a decimal number.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half a character, a number of more than 64 bits, a key that is no text
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def canonical(value: object) -> bytes:
    """Its JSON with all names in their order: the same for the same value, on every machine and with every release.

    Raises:
        TypeError: It is none that JSON has, such as a decimal number.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return _CANONICAL.encode(value).encode()


#: Writes the same, several times as slowly; made once, since `dumps` makes one for each text.
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Any:
    """The value of a text that `written` or a database wrote."""
    return orjson.loads(text)
