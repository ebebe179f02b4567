"""How does a Keap account listen? In a thread of this process, at an address of its own."""

from __future__ import annotations

from pathlib import Path

from ..common.faults import FaultPlan
from ..common.request_log import RequestLog
from ..common.server import Listening, Server
from .account import KeapAccount
from .app import KeapApp
from .keap_login import AUTHORIZE, TOKEN
from .options import KeapOptions
from .seeds import KEAP_SEEDS
from .site import KeapSite


class RunningKeap(Listening):
    """An account that listens in a thread of this process."""

    def __init__(self, server: Server, account: KeapAccount) -> None:
        self.app = KeapApp(account)
        account.hooks.base_url = server.base_url
        super().__init__(server, KeapSite(self.app))

    @property
    def company(self) -> KeapAccount:
        """The account that listens, with everything that people do in it."""
        return self.app.account

    @property
    def log(self) -> RequestLog:
        """What was asked of the API."""
        return self.app.log

    @property
    def faults(self) -> FaultPlan:
        """What is to go wrong next."""
        return self.app.faults

    @property
    def api_url(self) -> str:
        """The address to which `/rest/v2/orders` is added."""
        return f"{self.base_url}/crm"

    def ready(self) -> dict[str, str]:
        """What a client needs to connect: the ready line."""
        logins, settings = self.company.logins, self.company.store.settings
        return {
            "base_url": self.base_url,
            "api_url": self.api_url,
            "tenant_id": self.company.tenant_id,
            "access_token": logins.latest_access(logins.first),
            "refresh_token": logins.first.refresh_token,
            "client_id": logins.client_id,
            "client_secret": logins.client_secret,
            "api_key": settings["service_key"],
            "personal_access_token": settings["personal_token"],
            "authorize_url": self.base_url + AUTHORIZE,
            "token_url": self.base_url + TOKEN,
            "control_url": f"{self.base_url}/control",
            "page_url": f"{self.base_url}/",
        }

    def begin_again(self, *, seed: str = "sample", options: KeapOptions | None = None) -> None:
        """Listen for another, fresh account at the same address; the former one is gone with all its switches."""
        former = self.company
        self.app = KeapApp(_account(options or KeapOptions(), None, seed))
        self.company.hooks.base_url = self.base_url
        self.server.application = KeapSite(self.app)
        former.close()

    def stop(self) -> None:
        """Stop listening and let go of the file. May be called twice."""
        super().stop()
        self.company.close()


Running = RunningKeap


def start(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    data: Path | str | None = None,
    seed: str = "sample",
    options: KeapOptions | None = None,
) -> RunningKeap:
    """Start an account in this process; stop it with `stop()` or by leaving its `with` block.

    Raises:
        OSError: The address is taken.
        ValueError: The file is not one of this program, or the seed is not known.
    """
    account = _account(options or KeapOptions(), Path(data) if data is not None else None, seed)
    account.logins.freshen()
    account.keep_logins()
    return RunningKeap(Server(host, port), account)


def _account(options: KeapOptions, data: Path | None, seed: str) -> KeapAccount:
    if seed not in KEAP_SEEDS:
        raise ValueError(f"there is no {seed!r} account; there are {', '.join(KEAP_SEEDS)}")
    account = KeapAccount(options, data)
    if not account.was_kept:
        KEAP_SEEDS[seed](account)
    account.rewrite()
    return account
