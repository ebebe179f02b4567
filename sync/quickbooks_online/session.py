"""How do bytes reach Intuit? One kept-alive session per company, with time-outs, and nothing taken from around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter

#: As many as may be in flight for one company.
IN_FLIGHT = 10


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds to wait."""

    connect: float = 10
    #: Longer than the 120 seconds after which Intuit itself gives up, so that nothing is still being written there
    #: when the same bytes go again.
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


def plain(session: requests.Session) -> None:
    """Let nothing on the machine change what is sent or whom it is sent to.

    A netrc file would replace the bearer token, a proxy variable would send it elsewhere, and a CA bundle variable
    would beat the session's own choice.
    """
    session.trust_env = False
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=IN_FLIGHT, pool_block=True, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
