"""How does a QuickBooks company listen? In a thread of this process, at an address of its own."""

from __future__ import annotations

from pathlib import Path

from ..common.server import Listening, Server
from .companies import App, Companies, ready_line
from .company import Company
from .options import Options
from .seeds import SEEDS
from .site import Site


class Running(Listening):
    """A company that listens in a thread of this process."""

    def __init__(self, server: Server, app: App) -> None:
        self.companies = Companies(app, base_url=server.base_url)
        super().__init__(server, Site(self.companies))

    @property
    def app(self) -> App:
        """Everything behind the socket."""
        return self.companies.first

    @property
    def company(self) -> Company:
        """The company that listens."""
        return self.app.company

    @property
    def api_url(self) -> str:
        """The address under which the company's objects are."""
        return f"{self.base_url}/v3/company/{self.company.company_id}"

    def ready(self) -> dict[str, str]:
        """What a client needs to connect: the ready line."""
        return ready_line(self.app, self.base_url)

    def begin_again(self, *, seed: str = "sample") -> None:
        """Listen for another, fresh company at the same address; the former one is gone with all its switches."""
        former = self.companies
        fresh = App(Company(company_id=None, options=Options(), data=None, seed=SEEDS[seed]))
        self.companies = Companies(fresh, base_url=self.base_url)
        self.server.application = Site(self.companies)
        former.close()

    def stop(self) -> None:
        """Stop listening and let go of the file. May be called twice."""
        super().stop()
        self.companies.close()


def start(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    data: Path | str | None = None,
    company_id: str | None = None,
    seed: str = "sample",
    options: Options | None = None,
    webhook_url: str = "",
    webhook_form: str = "legacy",
) -> Running:
    """Start a company in this process; stop it with `stop()` or by leaving its `with` block.

    Raises:
        OSError: The address is taken.
        ValueError: The file belongs to another company, the seed is not known, or the webhook's address is none.
    """
    if seed not in SEEDS:
        raise ValueError(f"there are no {seed!r} books; there are {', '.join(SEEDS)}")
    path = Path(data) if data is not None else None
    company = Company(company_id=company_id, options=options or Options(), data=path, seed=SEEDS[seed])
    company.webhooks.subscribe(webhook_url, webhook_form)
    company.logins.freshen()
    company.keep_logins()
    return Running(Server(host, port), App(company))
