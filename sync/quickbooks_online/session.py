"""How do bytes reach Intuit, and what came back? One kept-alive session per company, with deadlines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
import simplejson
from requests.structures import CaseInsensitiveDict

from books.outcomes import Exchange
from sync.deadlines import plain


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds to wait. One request takes at most twice `connect` and once `read`."""

    #: For a connection, and then until the request has been sent.
    connect: float = 10
    #: For the whole answer. Longer than the 120 seconds after which Intuit itself gives up, so that nothing is still
    #: being written there when the same bytes go again.
    read: float = 130


TIMEOUTS = Timeouts()


class ApiSession(requests.Session):
    """A session in place of python-quickbooks' own, which refuses plain http and waits for ever.

    It holds no token: that is put on each request, so that renewing it never changes one that is under way.
    """

    def __init__(self, *, timeouts: Timeouts = TIMEOUTS) -> None:
        super().__init__()
        self.timeouts = timeouts
        plain(self)

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", (self.timeouts.connect, self.timeouts.read))
        # A redirected POST would turn into a GET, and an answer from elsewhere is not QuickBooks' answer
        kwargs.setdefault("allow_redirects", False)
        return super().request(*args, **kwargs)

    def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], params: Mapping[str, str], body: bytes
    ) -> requests.Response:
        """Send exactly this and read the whole answer: no cookie, no redirect, nothing of the session is added.

        What `request` does besides costs as much as the request itself.

        Raises:
            requests.RequestException: As `request` does.
        """
        prepared = requests.PreparedRequest()
        prepared.method = method
        prepared.url = f"{url}?{urlencode(params)}"
        prepared.headers = CaseInsensitiveDict(headers)
        if body:
            prepared.headers["Content-Length"] = str(len(body))
            prepared.body = body
        timeout = (self.timeouts.connect, self.timeouts.read)
        response = self.get_adapter(url).send(prepared, timeout=timeout)
        response.content  # noqa: B018 - reads it, and fails here
        return response


# The recorded 401 quotes the beginning of the token that it refuses
_QUOTED_TOKEN = re.compile(r"(Token (?:expired|revoked|invalid): )[^\"\s]+")


_NO_CHARACTER = "\ufffd"
#: How JSON may write a character that is none.
_ESCAPED = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer with a status. Its text is what came, without any token that it quotes."""

    status: int
    text: str
    #: The text as JSON, numbers as Decimal; None when it is something else.
    json: Any
    intuit_tid: str = ""
    #: Milliseconds from the first byte sent to the last received.
    took: int = 0
    #: Seconds that the answer itself asks to wait; 0 when it says nothing.
    retry_after: int = 0
    #: The login was renewed just before this answer.
    renewed: bool = False

    @property
    def exchange(self) -> Exchange:
        """The evidence of this call."""
        return Exchange(status=self.status, reply=self.text, intuit_tid=self.intuit_tid, took=self.took)


def reply_of(*, status: int, text: str, headers: dict[str, str], took: int, token: str = "") -> Reply:
    """Read an answer.

    Args:
        status: As HTTP has it.
        text: The body, whatever it is.
        headers: With names in lower case.
        took: Milliseconds.
        token: The access token that was sent; it is taken out of the text.
    """
    clean = _QUOTED_TOKEN.sub(r"\1…", text.replace(token, "…") if token else text).replace("\0", _NO_CHARACTER)
    return Reply(
        status=status,
        text=clean,
        json=_json(clean),
        intuit_tid=headers.get("intuit_tid", headers.get("intuit-tid", "")),
        took=took,
        retry_after=_seconds(headers.get("retry-after", "")),
    )


def _json(text: str) -> object:
    try:
        told = simplejson.loads(text, use_decimal=True, allow_nan=False)
        return _storable(told) if _ESCAPED.search(text) else told
    except (ValueError, RecursionError):
        return None


def _storable(value: Any) -> Any:
    """A copy without what no database can keep: NUL, and half a character, as a text has that was cut in its middle."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", _NO_CHARACTER)
    if isinstance(value, dict):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list) else value


def _seconds(text: str) -> int:
    return min(int(text), 3600) if text.strip().isascii() and text.strip().isdigit() else 0
