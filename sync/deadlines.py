"""How do requests reach the internet? With a deadline for the whole answer, and with nothing taken from around them.

No proxy and no password file of the machine is used. The read time-out of requests counts anew for each byte, so that
a server which drips one byte a second holds a company for hours. Here it counts for the whole answer.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from http.client import HTTPResponse
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError
from urllib3.exceptions import SSLError as TLSError

#: As many as may be in flight for one company: Intuit named ten requests at the same moment for each company and app.
IN_FLIGHT = 10


def plain(session: requests.Session) -> None:
    """Let nothing on the machine change what is sent or whom it is sent to.

    A netrc file would replace the bearer token, a proxy variable would send it elsewhere, and a CA bundle variable
    would beat the session's own choice.
    """
    session.trust_env = False
    adapter = DeadlineAdapter(pool_connections=2, pool_maxsize=IN_FLIGHT, pool_block=True, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)


def never_left(problem: requests.RequestException) -> bool:
    """Whether no connection came about, so that not one byte of the request can have been read on the other side."""
    cause = problem.args[0] if problem.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, TLSError):
        return isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


class _UntilDeadline(io.RawIOBase):
    """Reads a socket until a moment, however little comes at a time."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        """Begin to count now; the socket's time-out says for how long."""
        self._raw, self._sock = raw, sock
        seconds = sock.gettimeout()
        self._until = None if seconds is None else time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._until is not None:
            left = self._until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer took too long")
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer that has to be complete by its deadline: status, headers and body."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_UntilDeadline(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _Answer


class _SecureConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """Carries requests; the read time-out is for the whole answer."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
