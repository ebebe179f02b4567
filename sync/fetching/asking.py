"""How is a source asked? One request after the other, within its limits, and every answer is one of a few things.

What only reads is asked again where that helps. What writes is never repeated after an answer that was lost: whether it
came about is unclear then, and has to be looked up.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests
import simplejson

from books.json_types import Json
from books.messages import Message
from books.outcomes import TryLater, Unknown
from books.translation import gettext_noop
from sync.deadlines import never_left, plain
from sync.fetching.base import AccountLimits
from sync.fetching.login import SourceAccess, SourceSecret

logger = logging.getLogger(__name__)

_SILENT = gettext_noop("%(source)s did not answer.")
_UNWELL = gettext_noop("%(source)s answered with something that cannot be read (status %(status)s).")
_BROKEN = gettext_noop("%(source)s cannot answer at the moment (status %(status)s).")
_HASTY = gettext_noop("%(source)s asks Tieout to wait: its limit of requests is reached.")
_FORBIDDEN = gettext_noop(
    "%(source)s does not let this login read %(path)s. Give it that permission there, and connect it again."
)
_REFUSED_KEY = gettext_noop("%(source)s does not accept the login any more. Connect it again.")
_WRONG_KEY = gettext_noop(
    "%(source)s did not accept this key. Copy it there once more, from its first character to its last, and make sure "
    "that it was not taken back."
)
_REFUSED = gettext_noop("%(source)s rejected a request of Tieout (%(path)s, status %(status)s): %(told)s")

_UNCLEAR = gettext_noop(
    "%(source)s did not say what became of a request (status %(status)s); it may have done what was asked."
)

_TIMEOUTS = (10, 60)
#: Statuses of an answer to a write that say clearly what became of it.
_CLEAR = (200, 201, 204, 400, 403, 404, 409, 422)
#: Seconds after which a source that did not answer is asked again.
_WAIT = 60
#: A wait that is not longer than this is waited out inside the fetch, so many times in a row.
_SHORT, _TIMES = 65, 5
#: A page of a thousand orders has a few megabytes.
_LARGEST = 64_000_000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer with a status of success, or 404."""

    status: int
    #: Numbers are integers and `Decimal`.
    json: Any


class Stopped(Exception):
    """A source cannot be read on for now."""

    def __init__(self, why: TryLater) -> None:
        super().__init__(why.reason)
        self.why = why


class Pace(Protocol):
    """The limits of one source, learned from what its answers say."""

    def before(self) -> TryLater | float:
        """Seconds to wait before the next request, or why there is none for longer."""
        ...

    def learn(self, headers: Mapping[str, str]) -> None:
        """Read what an answer says about the limits; names are in lower case."""
        ...

    def limits(self) -> AccountLimits:
        """What they leave now."""
        ...

    def hasty(self, headers: Mapping[str, str]) -> int:
        """Seconds to wait after a refusal for haste."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What is asked for."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Json | None = None
    writes: bool = False


class SourceApi:
    """One account's interface."""

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        login: SourceAccess,
        headers: Callable[[SourceSecret], Mapping[str, str]],
        pace: Pace,
    ) -> None:
        """Keep how to ask.

        Args:
            source: What the source is called, for sentences.
            base_url: Without a slash at the end.
            login: What lets us in.
            headers: What a request bears with a secret.
            pace: Of this account.
        """
        self.source, self.base_url = source, base_url
        self.calls = 0
        #: Called before each request, to keep a lease.
        self.before_each: Callable[[], None] = lambda: None
        self._login, self._headers, self._pace = login, headers, pace
        self._session = requests.Session()
        plain(self._session)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def limits(self) -> AccountLimits:
        """What the account's limits leave, as its answers said so far."""
        return self._pace.limits()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer | TryLater:
        """Read something. What asks to wait for a moment is waited for; a login that has just ended is renewed.

        Args:
            path: After the base address.
            params: As they are; they are encoded here.
        """
        return self._read(self._asked(_Request(method="GET", path=path, params=params or {})), path)

    def look(self, path: str, params: Mapping[str, str]) -> Answer | TryLater:
        """Read what the source can do without: a rejection is an answer, and a missing permission one of 403."""
        answer = self._asked(_Request(method="GET", path=path, params=params))
        if isinstance(answer, Unknown):  # nothing is unclear about a reading
            return self._later(_SILENT)
        if isinstance(answer, TryLater):
            return answer
        return self._told(answer) or self._later(_BROKEN, status=answer.status_code)

    def search(self, path: str, body: Json) -> Answer | TryLater:
        """Read something that is asked for by a body, as some searches are; else as `get`."""
        return self._read(self._asked(_Request(method="POST", path=path, body=body)), path)

    def write(self, method: str, path: str, body: Json) -> Answer | TryLater | Unknown:
        """Create or change something there. Only `sync.crm` does, where a switch says so.

        It is sent once, and again only where the source said clearly that it did nothing: for haste, or because the
        login has just ended.

        Args:
            method: Of HTTP.
            path: After the base address.
            body: JSON.

        Returns:
            An answer, also one that rejects it with a status from 400 on; or that nothing was sent; or that it is
            unclear whether it came about.
        """
        answer = self._asked(_Request(method=method, path=path, body=body, writes=True))
        if isinstance(answer, TryLater | Unknown):
            return answer
        return self._told(answer) or self._unclear(answer.status_code)

    def _told(self, answer: requests.Response) -> Answer | TryLater | None:
        """What an answer says, also one that rejects something; None where it says nothing clear."""
        status, told = answer.status_code, _json(answer.text)
        if status == 401:
            if _lacks_permission(answer):
                return Answer(status=403, json=told)
            return self._login.refused(Message.of(_REFUSED_KEY, source=self.source))
        if status not in _CLEAR or (status < 300 and answer.text and not isinstance(told, dict)):
            return None
        return Answer(status=status, json=told)

    def ask(self, method: str, path: str, body: Json | None = None) -> Answer | TryLater:
        """Ask to be told of changes. A source may refuse that: it is an answer too, and the login is not to blame.

        Args:
            method: Of HTTP.
            path: After the base address.
            body: JSON.
        """
        answer = self._asked(_Request(method=method, path=path, body=body))
        if isinstance(answer, TryLater):
            return answer
        if isinstance(answer, Unknown) or answer.status_code >= 500:
            return self._later(_SILENT)
        return Answer(status=answer.status_code, json=_json(answer.text))

    def _asked(self, request: _Request) -> requests.Response | TryLater | Unknown:
        renewed = False
        for _attempt in range(_TIMES):
            self.before_each()
            pause = self._pace.before()
            if isinstance(pause, TryLater):
                return pause
            time.sleep(pause)
            secret = self._login.secret()
            if isinstance(secret, TryLater):
                return secret
            answer = self._sent(request, secret)
            if isinstance(answer, TryLater | Unknown):
                return answer
            named = {name.lower(): value for name, value in answer.headers.items()}
            self._pace.learn(named)
            if answer.status_code == 429:
                wait = self._pace.hasty(named)
                if wait > _SHORT:
                    return self._later(_HASTY, wait=wait)
                time.sleep(wait)
                continue
            if answer.status_code == 401 and not (renewed or secret.api_key or _lacks_permission(answer)):
                fresh = self._login.renewed(secret)
                if isinstance(fresh, TryLater):
                    return fresh
                renewed = True
                continue
            return answer
        return self._later(_HASTY)

    def _sent(self, request: _Request, secret: SourceSecret) -> requests.Response | TryLater | Unknown:
        self.calls += 1
        try:
            answer = self._session.request(
                request.method,
                f"{self.base_url}{request.path}",
                params=dict(request.params),
                json=request.body,
                headers={"Accept": "application/json", **self._headers(secret)},
                timeout=_TIMEOUTS,
                allow_redirects=False,
            )
        except requests.RequestException as problem:
            logger.warning("%s did not answer: %s", self.source, type(problem).__name__)
            return self._unclear(0) if request.writes and not never_left(problem) else self._later(_SILENT)
        if len(answer.content) > _LARGEST:
            return (
                self._unclear(answer.status_code) if request.writes else self._later(_UNWELL, status=answer.status_code)
            )
        return answer

    def _read(self, answer: requests.Response | TryLater | Unknown, path: str) -> Answer | TryLater:
        if isinstance(answer, Unknown):  # nothing is unclear about a reading
            return self._later(_SILENT)
        if isinstance(answer, TryLater):
            return answer
        status = answer.status_code
        if status in (200, 404):
            told = _json(answer.text)
            if status == 404 or isinstance(told, (dict, list)):
                return Answer(status=status, json=told)
            return self._later(_UNWELL, status=status)
        if status in (401, 403):
            sentence = _WRONG_KEY if self._login.is_tried else _REFUSED_KEY
            sentence = _FORBIDDEN if status == 403 or _lacks_permission(answer) else sentence
            return self._login.refused(Message.of(sentence, source=self.source, path=path))
        if status >= 500 or status < 400:
            return self._later(_BROKEN, status=status)
        logger.error("%s refused %s: %s", self.source, path, answer.text[:500])
        return self._later(_REFUSED, status=status, path=path, told=answer.text[:200])

    def _later(self, sentence: str, *, wait: int = _WAIT, status: int = 0, path: str = "", told: str = "") -> TryLater:
        why = Message.of(sentence, source=self.source, status=status, path=path, told=told)
        return TryLater(reason=why.worded(), wait=wait)

    def _unclear(self, status: int) -> Unknown:
        return Unknown(reason=Message.of(_UNCLEAR, source=self.source, status=status or "none").worded())


def _lacks_permission(answer: requests.Response) -> bool:
    """Whether the login as such is good: some sources answer 401 where it lacks a permission, and name its scope."""
    told = _json(answer.text)
    return isinstance(told, dict) and "scope" in str(told.get("message")).casefold()


def _json(text: str) -> object:
    """A text as JSON; None for something else, such as a page of a proxy."""
    try:
        return simplejson.loads(text, use_decimal=True, allow_nan=False)
    except (ValueError, RecursionError):
        return None
