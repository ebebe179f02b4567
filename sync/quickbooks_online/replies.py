"""What came back over the wire, before anybody asks what it means?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import simplejson

from books.outcomes import Exchange

# The recorded 401 quotes the beginning of the token that it refuses
_QUOTED_TOKEN = re.compile(r"(Token (?:expired|revoked|invalid): )[^\"\s]+")


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
    clean = _QUOTED_TOKEN.sub(r"\1…", text.replace(token, "…") if token else text)
    return Reply(
        status=status,
        text=clean,
        json=_json(clean),
        intuit_tid=headers.get("intuit_tid", headers.get("intuit-tid", "")),
        took=took,
        retry_after=_seconds(headers.get("retry-after", "")),
    )


def _json(text: str) -> Any:
    try:
        return simplejson.loads(text, use_decimal=True, allow_nan=False)
    except (ValueError, RecursionError):
        return None


def _seconds(text: str) -> int:
    return min(int(text), 3600) if text.strip().isascii() and text.strip().isdigit() else 0
