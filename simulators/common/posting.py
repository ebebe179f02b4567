"""How does a simulator tell another program of something? It sends bytes to an address of its, over one connection."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

ANSWER_SECONDS = 3


def is_web_address(url: str) -> bool:
    """Whether it begins with http:// or https:// and names a host."""
    return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)


class Heard(NamedTuple):
    """What an address answered: its status, and its headers by their names in small letters."""

    status: int
    headers: dict[str, str]


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = ANSWER_SECONDS) -> int:
    """The status of the answer; 0 when there was none, or none in time."""
    return exchange(url, body, headers, seconds=seconds).status


def exchange(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = ANSWER_SECONDS) -> Heard:
    """The answer; a status of 0 when there was none, or none in time."""
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=seconds)
    try:
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        return Heard(answer.status, {name.lower(): value for name, value in answer.getheaders()})
    except (OSError, http.client.HTTPException):
        return Heard(0, {})
    finally:
        connection.close()
