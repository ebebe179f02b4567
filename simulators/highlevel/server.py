"""How does an agency listen? In a thread of this process, at an address of its own."""

from __future__ import annotations

from pathlib import Path

from ..common.logins import Logins
from ..common.server import Listening, Server
from .agency import Agency
from .agency_app import AgencyApp
from .agency_site import AgencySite
from .highlevel_login import AUTHORIZE, TOKEN
from .options import HighLevelOptions
from .seeds import SEEDS
from .sub_account import SubAccount


class RunningAgency(Listening):
    """An agency that listens in a thread of this process."""

    def __init__(self, server: Server, agency: Agency) -> None:
        self.agency = agency
        self.app = AgencyApp(agency)
        super().__init__(server, AgencySite(self.app))

    @property
    def company(self) -> SubAccount:
        """The first sub-account, with everything that people do in it."""
        return self.agency.first

    def ready(self) -> dict[str, str]:
        """What a client needs to connect: the ready line."""
        logins: Logins = self.agency.logins
        return {
            "base_url": self.base_url,
            "authorize_url": self.base_url + AUTHORIZE,
            "token_url": self.base_url + TOKEN,
            "control_url": f"{self.base_url}/control",
            "page_url": f"{self.base_url}/",
            "client_id": logins.client_id,
            "client_secret": logins.client_secret,
            "access_token": logins.latest_access(logins.first),
            "refresh_token": logins.first.refresh_token,
            "private_token": self.agency.private_token,
            "location_id": self.company.location_id,
            "company_id": self.agency.company_id,
            "webhook_public_key": self.agency.keys.public_key,
        }

    def begin_again(self, *, seed: str = "sample") -> None:
        """Listen for another, fresh agency at the same address; the former one is gone with all its switches."""
        former = self.agency
        self.agency = Agency(options=HighLevelOptions(), data=None, seed=SEEDS[seed])
        self.app = AgencyApp(self.agency)
        self.server.application = AgencySite(self.app)
        former.close()

    def stop(self) -> None:
        """Stop listening and let go of the file. May be called twice."""
        super().stop()
        self.agency.close()


#: The name that the running simulator has in every one of them.
Running = RunningAgency


def start(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    data: Path | str | None = None,
    seed: str = "sample",
    options: HighLevelOptions | None = None,
    webhook_url: str = "",
) -> RunningAgency:
    """Start an agency in this process; stop it with `stop()` or by leaving its `with` block.

    Raises:
        OSError: The address is taken.
        ValueError: The seed is not known, the file is another program's, or the webhook's address is none.
    """
    if seed not in SEEDS:
        raise ValueError(f"there are no {seed!r} records; there are {', '.join(SEEDS)}")
    path = Path(data) if data is not None else None
    agency = Agency(options=options or HighLevelOptions(), data=path, seed=SEEDS[seed])
    agency.webhooks.subscribe(webhook_url)
    agency.logins.freshen()
    agency.keep_logins()
    return RunningAgency(Server(host, port), agency)
