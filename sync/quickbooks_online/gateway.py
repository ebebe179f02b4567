"""How is one QuickBooks company asked? A thin layer over python-quickbooks: bytes out, a reply or its absence back.

Nothing here knows a field of an invoice or the meaning of a fault. The library's own error handling loses the status,
the headers and every fault but the first, and its objects send what nobody chose; so its two choke points are
overridden and its objects are never used.

Source:
    docs/decisions/0008-a-thin-gateway.md
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import requests
from quickbooks import QuickBooks

from books.outcomes import Exchange, TryLater, Unknown
from books.translation import gettext_noop
from sync.deadlines import IN_FLIGHT, never_left
from sync.models import CountedKind
from sync.quickbooks_online.faults import rest_asked
from sync.quickbooks_online.limits import RequestCounter, Window
from sync.quickbooks_online.pacing import SYNC, Caller, RequestKind
from sync.quickbooks_online.session import ApiSession, Reply, reply_of

#: The one schema that Intuit still serves.
MINOR_VERSION = 75
#: As Intuit documents it for single calls, and for batches.
LONGEST_REQUEST_ID = 50
LONGEST_BATCH_ID = 36

logger = logging.getLogger(__name__)

_UNREACHABLE = gettext_noop("QuickBooks could not be reached; nothing was sent.")
_NO_ANSWER = gettext_noop("QuickBooks did not answer; it may have stored what was sent.")
_STALE = gettext_noop("QuickBooks does not accept the login. Press QB Connect to sign in again.")
_HASTE = gettext_noop("QuickBooks asked Tieout to wait: too many requests for this company.")
_WAIT = 30
#: The form of a query that is sent as a body.
_QUERY = "application/text"
#: The address of a batch.
BATCH = "batch"

Answer = Reply | TryLater | Unknown


class Login(Protocol):
    """Where a gateway gets its access tokens."""

    def access_token(self) -> str | TryLater:
        """A token that is good for a while yet."""

    def renewed(self, stale: str) -> str | TryLater:
        """Another token than `stale`, which QuickBooks has just refused."""


@dataclass(frozen=True, kw_only=True)
class FixedLogin:
    """A login that is only a token: while a connection is being made, before there is a row to renew it in."""

    token: str = field(repr=False)

    def access_token(self) -> str | TryLater:
        return self.token

    def renewed(self, stale: str) -> str | TryLater:
        return TryLater(reason=_STALE, wait=0, needs_login=True)


class Gateway(QuickBooks):
    """One company. Safe for threads, and worth keeping: its connections stay open between calls.

    Every call returns a `Reply`, or `TryLater` when it is certain that nothing was sent, or `Unknown` when it is not.
    """

    def __new__(cls, **kwargs: Any) -> Gateway:
        # The library does everything here and would warn about what it is not told
        made: Gateway = super().__new__(cls, minorversion=MINOR_VERSION)
        return made

    def __init__(
        self,
        *,
        api_url: str,
        company_id: str,
        login: Login,
        window: Window,
        caller: Caller = SYNC,
        counter: RequestCounter | None = None,
        session: ApiSession | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open nothing yet; the first call does.

        Args:
            api_url: Scheme and host of the API.
            company_id: The realm.
            login: Gives and renews access tokens.
            window: Holds callers back to the company's limits.
            caller: For whom requests are made.
            counter: Told of each request that was sent.
            session: With other time-outs than usual.
            clock: Seconds, to measure how long a call took.
        """
        self.company_id = company_id
        self.sandbox = False
        # On the instance: the attribute of the class is shared by every company
        self.api_url_v3 = f"{api_url}/v3"
        self.session = session or ApiSession()
        self.login = login
        self._window = window
        self._caller = caller
        self._counter = counter
        self._clock = clock
        self._threads: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """Wait for what is under way, and close the connections; the next call opens new ones."""
        if self._threads:
            self._threads.shutdown()
            self._threads = None
        self.session.close()
        if self._counter:
            self._counter.write_down()

    def write(self, entity: str, body: bytes, *, request_id: str, how: Mapping[str, str] | None = None) -> Answer:
        """Create, update, void or delete one entity by exactly these bytes.

        Args:
            entity: Its name in Intuit's words, such as `Invoice`.
            body: JSON.
            request_id: Up to 50 characters; the same one always goes with the same bytes.
            how: Parameters of the address that say what is to be done, for what is not a creation or an update.
        """
        answer: Answer = self.create_object(entity, body, request_id=request_id, params=how)
        return answer

    def begin(self, path: str, body: bytes, *, request_id: str) -> UnderWay | TryLater:
        """Begin a write in a thread of its own, and return before it is answered.

        The thread knows the network only: the login is read and renewed by the caller.

        Args:
            path: The last part of the address, such as `invoice` or `batch`.
            body: JSON.
            request_id: As for `write`; up to 36 characters for a batch.

        Raises:
            ValueError: A write without a usable request id.
        """
        _check(request_id, longest=LONGEST_BATCH_ID if path == BATCH else LONGEST_REQUEST_ID)
        token = self.login.access_token()
        if isinstance(token, TryLater):
            return token
        self._threads = self._threads or ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="quickbooks")
        url = f"{self.api_url_v3}/company/{self.company_id}/{path.lower()}"
        left = threading.Event()

        def sent(token: str) -> Answer:
            return self.process_request(
                "POST", url, _headers(), self._told(request_id), body, token=token, left=left.set
            )

        return UnderWay(future=self._threads.submit(sent, token), left=left, again=sent, token=token, login=self.login)

    def batch(self, body: bytes, *, request_id: str) -> Answer:
        """Send a batch and wait for its answer.

        Args:
            body: JSON, up to 30 items.
            request_id: Up to 36 characters; with the name of an item it is what QuickBooks knows that item again by.
        """
        under_way = self.begin(BATCH, body, request_id=request_id)
        return under_way if isinstance(under_way, TryLater) else under_way.answer()

    def ask(self, query: str) -> Answer:
        """Run one query, sent as a body so that its length does not matter."""
        answer: Answer = self.query(query)
        return answer

    def changed(self, entities: Sequence[str], *, since: datetime) -> Answer:
        """Read what of these entities has changed since a moment: change data capture."""
        answer: Answer = self.change_data_capture(",".join(entities), since.isoformat(timespec="seconds"))
        return answer

    def report(self, name: str, asked: Mapping[str, str]) -> Answer:
        """Read a report.

        Args:
            name: In Intuit's words, such as `TrialBalance`.
            asked: Its parameters.
        """
        answer: Answer = self.get_report(name, dict(asked))
        return answer

    def company_info(self) -> Answer:
        """Read what the company says about itself."""
        answer: Answer = self.get_single_object("CompanyInfo", self.company_id)
        return answer

    def make_request(
        self,
        request_type: str,
        url: str,
        request_body: str | bytes | None = None,
        content_type: str = "application/json",
        params: Mapping[str, str] | None = None,
        file_path: None = None,
        file_bytes: None = None,
        request_id: str | None = None,
    ) -> Answer:
        """Send one request and, when its login has run out, once more with a renewed one. Overrides the library's.

        Raises:
            ValueError: A write without a usable request id, which could then not be told from its repetition.
        """
        reads = request_type == "GET" or content_type == _QUERY
        if not reads:
            _check(request_id or "", longest=LONGEST_REQUEST_ID)
        # The library adds to the caller's dict, where the request id would leak into the next call
        told = {**(params or {}), **self._told(request_id or "")}
        token = self.login.access_token()
        if isinstance(token, TryLater):
            return token

        def sent(token: str) -> Answer:
            return self.process_request(
                request_type, url, _headers(content_type), told, request_body or "", token=token
            )

        return _renewed_once(sent(token), sent, token=token, login=self.login)

    def _told(self, request_id: str) -> dict[str, str]:
        return {"minorversion": str(self.minorversion)} | ({"requestid": request_id} if request_id else {})

    def process_request(
        self,
        request_type: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str],
        data: str | bytes,
        *,
        token: str,
        left: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Send one request and keep the whole answer. Overrides the library's, which keeps neither status nor time.

        `left` is called when the request waits no longer for its moment.
        """
        kind = RequestKind.BATCH if _last_part(url) == BATCH else RequestKind.SINGLE
        with self._window.admitted(kind, caller=self._caller) as too_early:
            if too_early:
                return TryLater(reason=_HASTE, wait=too_early)
            left()
            answer = self._sent(request_type, url, headers, params, data, token=token)
        if self._counter and not isinstance(answer, TryLater):
            self._counter.add(_counted(kind, request_type, headers))
        if isinstance(answer, Reply) and (seconds := rest_asked(answer)):
            self._window.rest(kind, seconds)
        return answer

    def _sent(
        self,
        request_type: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str],
        data: str | bytes,
        *,
        token: str,
    ) -> Answer:
        begun = self._clock()
        try:
            response = self.session.exchange(
                request_type,
                url,
                headers={**headers, "Authorization": f"Bearer {token}"},
                params=params,
                body=data.encode() if isinstance(data, str) else data,
            )
        except requests.RequestException as problem:
            return _without_answer(problem, took=self._since(begun), what=f"{request_type} {_last_part(url)}")
        reply = reply_of(
            status=response.status_code,
            text=response.content.decode("utf-8", "replace"),
            headers={name.lower(): value for name, value in response.headers.items()},
            took=self._since(begun),
            token=token,
        )
        logger.log(
            logging.DEBUG if reply.status == 200 else logging.INFO,
            "%s %s: status %d in %d ms, intuit_tid %s",
            *(request_type, _last_part(url), reply.status, reply.took, reply.intuit_tid or "-"),
        )
        return reply

    def _since(self, begun: float) -> int:
        return round((self._clock() - begun) * 1000)


def _counted(kind: RequestKind, request_type: str, headers: Mapping[str, str]) -> CountedKind:
    if kind is RequestKind.BATCH:
        return CountedKind.BATCH
    reads = request_type == "GET" or headers.get("Content-Type") == _QUERY
    return CountedKind.READ if reads else CountedKind.WRITE


@dataclass(kw_only=True)
class UnderWay:
    """A request that a thread sends."""

    future: Future[Answer]
    left: threading.Event
    again: Callable[[str], Answer]
    token: str = field(repr=False)
    login: Login

    def answer(self) -> Answer:
        """Wait for the answer; where the login has run out, renew it and send once more."""
        return _renewed_once(self.future.result(), self.again, token=self.token, login=self.login)


def _renewed_once(answer: Answer, again: Callable[[str], Answer], *, token: str, login: Login) -> Answer:
    """The answer; to the same request with a renewed login when this one has run out."""
    if not isinstance(answer, Reply) or answer.status != 401:
        return answer
    fresh = login.renewed(token)
    if isinstance(fresh, TryLater):
        return TryLater(reason=fresh.reason, wait=fresh.wait, needs_login=fresh.needs_login, exchange=answer.exchange)
    second = again(fresh)
    return replace(second, renewed=True) if isinstance(second, Reply) else second


def _headers(content_type: str = "application/json") -> dict[str, str]:
    return {
        "Content-Type": content_type,
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "User-Agent": "Tieout",
    }


def _check(request_id: str, *, longest: int) -> None:
    """Stop a write that could not be told from its repetition."""
    if not 0 < len(request_id) <= longest:
        raise ValueError(f"a write to QuickBooks needs a request id of 1 to {longest} characters, not {request_id!r}")


def _without_answer(problem: requests.RequestException, *, took: int, what: str) -> TryLater | Unknown:
    logger.warning("%s: no answer after %d ms: %s", what, took, type(problem).__name__)
    exchange = Exchange(reply=type(problem).__name__, took=took)
    if never_left(problem):
        return TryLater(reason=_UNREACHABLE, wait=_WAIT, exchange=exchange)
    return Unknown(reason=_NO_ANSWER, exchange=exchange)


def _last_part(url: str) -> str:
    return url.rpartition("/")[2]
