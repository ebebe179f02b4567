"""Which companies does one program keep? The first, and those that were opened beside it, at one address as at Intuit.

The API knows them apart by the company id. An app that connects has one client for all of them, so the login is told
apart by the code or the token. Everything else that a company has, its pages
and its control calls, is under `/companies/<company id>/`; without that, it is the first company's.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..common.clock import Clock
from ..common.faults import FaultPlan, RefusalWords
from ..common.logins import Logins
from ..common.request_log import RequestLog
from .broken_answers import KINDS
from .company import Company
from .intuit_login import AUTHORIZE, DISCOVERY, REVOKE, SCOPE, TOKEN, USER_INFO
from .limits import Limits
from .seeds import SEEDS

UNDER = "companies"
REFUSAL = RefusalWords(
    code="6000",
    message="A business validation error has occurred while processing your request",
    detail="Business Validation Error: refused because the rehearsal asked for it",
)
#: A practice installation has a handful; a loop that opens them must not fill the disk.
MOST = 50
_DIGITS = 16


class App:
    """A company with the log of its requests, the faults that were ordered, and its limits."""

    #: Every company that answers at the same address.
    companies: Companies

    def __init__(self, company: Company) -> None:
        self.company = company
        self.log = RequestLog(named_by="intuit_tid", hidden_parts=4)
        self.faults = FaultPlan(KINDS, refusal=REFUSAL)
        self.limits = Limits(company.options, time.monotonic)

    @property
    def lock(self) -> threading.RLock:
        """Is held while anything of the company changes."""
        return self.company.lock

    @property
    def clock(self) -> Clock:
        """The company's clock."""
        return self.company.clock

    @property
    def logins(self) -> Logins:
        """The company's connections."""
        return self.company.logins

    def keep_logins(self) -> None:
        """Write the connections to the company's file."""
        self.company.keep_logins()


class Companies:
    """Every company that answers at one address."""

    def __init__(self, first: App, *, base_url: str) -> None:
        self.first = first
        self.base_url = base_url
        #: The companies beside the first, by their ids.
        self.opened: dict[str, App] = {}
        self._lock = threading.Lock()
        first.companies = self
        first.company.base_url = first.company.books.base_url = base_url
        self._read_back()

    def known(self, company_id: str) -> App | None:
        """The company of an id; None when no such company is kept here."""
        return self.first if company_id == self.first.company.company_id else self.opened.get(company_id)

    @property
    def app(self) -> dict[str, str]:
        """The app that may connect: its client, which is the same for every company, as at Intuit."""
        logins = self.first.company.logins
        return {"client_id": logins.client_id, "client_secret": logins.client_secret}

    def open(self, *, name: str, seed: str) -> App:
        """A fresh company beside the others, kept in a file beside the first one's.

        Raises:
            ValueError: The seed is not known, or there are enough companies.
        """
        if seed not in SEEDS:
            raise ValueError(f"there are no {seed!r} books; there are {', '.join(SEEDS)}")
        with self._lock:
            if len(self.opened) >= MOST:
                raise ValueError(f"there are {MOST} companies beside the first already")
            options = replace(self.first.company.options)
            company = Company(company_id=None, options=options, data=None, seed=SEEDS[seed])
            if name:
                _rename(company, name)
            company.keep_in(self._file(company.company_id))
            return self._add(company)

    def login(self, app: App) -> dict[str, str]:
        """A new login to a company, in the form of the ready line."""
        company = app.company
        with company.lock:
            grant = company.logins.connect(SCOPE)
            company.keep_logins()
            tokens = {"access_token": company.logins.latest_access(grant), "refresh_token": grant.refresh_token}
        return {**ready_line(app, self.base_url), **tokens}

    def tell(self) -> list[dict[str, Any]]:
        """Every company with its name and the address of its pages."""
        return [
            {
                "company_id": app.company.company_id,
                "name": str(app.company.books.named("CompanyInfo", "1")["CompanyName"]),
                "pages": f"{self.base_url}/{UNDER}/{app.company.company_id}/",
            }
            for app in (self.first, *self.opened.values())
        ]

    def close(self) -> None:
        """Let go of every file."""
        for app in (self.first, *self.opened.values()):
            app.company.close()

    def _add(self, company: Company) -> App:
        app = App(company)
        app.companies = self
        company.logins.client_id, company.logins.client_secret = self.app.values()
        company.base_url = company.books.base_url = f"{self.base_url}/{UNDER}/{company.company_id}"
        self.opened[company.company_id] = app
        return app

    def _file(self, company_id: str) -> Path | None:
        data = self.first.company.journal.path
        return data.with_name(f"{data.stem}-{company_id}{data.suffix}") if data else None

    def _read_back(self) -> None:
        """The companies of an earlier run, by their files."""
        data = self.first.company.journal.path
        for file in sorted(data.parent.glob(f"{data.stem}-*{data.suffix}")) if data else ():
            company_id = file.stem.removeprefix(f"{data.stem}-") if data else ""
            if company_id.isdecimal() and len(company_id) == _DIGITS:  # another program's file may end in a number
                options = replace(self.first.company.options)
                self._add(Company(company_id=company_id, options=options, data=file, seed=SEEDS["empty"]))


def ready_line(app: App, base_url: str) -> dict[str, str]:
    """What a client needs to connect a company."""
    logins, hooks = app.company.logins, app.company.webhooks
    return {
        "base_url": base_url,
        "company_id": app.company.company_id,
        "access_token": logins.latest_access(logins.first),
        "refresh_token": logins.first.refresh_token,
        "client_id": logins.client_id,
        "client_secret": logins.client_secret,
        "authorize_url": base_url + AUTHORIZE,
        "token_url": base_url + TOKEN,
        "revoke_url": base_url + REVOKE,
        "user_info_url": base_url + USER_INFO,
        "discovery_url": base_url + DISCOVERY[0],
        "control_url": base_url + "/control",
        **({"webhook_verifier_token": hooks.verifier} if hooks.url else {}),
    }


def _rename(company: Company, name: str) -> None:
    with company.writing():
        facts = company.books.named("CompanyInfo", "1")
        company.place("CompanyInfo", {**facts, "CompanyName": name, "LegalName": name})
        company.keep_changes()
