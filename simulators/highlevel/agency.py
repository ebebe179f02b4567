"""What is one agency? Its sub-accounts, the app that connects to them, webhooks, clock and file, behind one lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..common.clock import Clock
from ..common.journal import Journal
from ..common.logins import Logins
from .highlevel_login import COMPANY, HIGHLEVEL, LOCATION, SCOPE, new_private_token
from .identifiers import new_word
from .options import HighLevelOptions
from .signing import WebhookKeys
from .sub_account import SubAccount
from .webhooks import HighLevelWebhooks

FORMAT = 1
_TICK = timedelta(milliseconds=1)
Seed = Callable[[SubAccount], None]


class Agency:
    """An agency and everything that belongs to it. Use `lock` around whatever reads or writes it."""

    def __init__(self, *, options: HighLevelOptions, data: Path | None, seed: Seed) -> None:
        self.lock = threading.RLock()
        self.options = options
        self.clock = Clock()
        self.company_id = new_word()
        self.private_token = new_private_token()
        self.private_scopes = SCOPE
        self.logins = Logins(options, self.seconds_now, scope=SCOPE, shapes=HIGHLEVEL)
        self.keys = WebhookKeys()
        self.webhooks = HighLevelWebhooks(options, self.keys, self.moment, self.seconds_now)
        self.sub_accounts: dict[str, SubAccount] = {}
        self._last = datetime.min.replace(tzinfo=UTC)
        self._depth = 0
        self._events: list[tuple[str, dict[str, Any]]] = []
        self.journal = Journal(data)
        if not self._read_back():
            first = self.open("Juniper Lane Studio")
            seed(first)
            self.logins.first.about = f"{LOCATION}:{first.location_id}"
        self._events.clear()
        for account in self.sub_accounts.values():
            account.tables.take_changes()
        self.journal.rewrite(self.snapshot())

    @property
    def first(self) -> SubAccount:
        """The sub-account that was there first."""
        return next(iter(self.sub_accounts.values()))

    def open(self, name: str) -> SubAccount:
        """A sub-account beside the others, with nothing in it."""
        account = SubAccount(self, new_word())
        self.sub_accounts[account.location_id] = account
        with self.writing():
            account.begin(name)
        return account

    # The moment

    def seconds_now(self) -> float:
        """The moment of the agency's clock, in seconds."""
        return self.clock.now().timestamp()

    def moment(self, at: datetime | None = None) -> str:
        """A moment as the API shows it; without one the present, which is never the same twice."""
        if at is None:
            with self.lock:
                at = max(self.clock.now().astimezone(UTC), self._last + _TICK)
                self._last = at
        return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    # Units of work

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A unit of work: kept whole, told by webhooks and written to the file, or as if it had never begun."""
        with self.lock:
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._events.clear()
                    for account in self.sub_accounts.values():
                        account.tables.undo()
                raise
            else:
                if self._depth == 1:
                    self._keep()
            finally:
                self._depth -= 1

    def _keep(self) -> None:
        for location, account in self.sub_accounts.items():
            changes = account.tables.take_changes()
            if changes:
                self.journal.append({"location": location, "changes": changes})
        events, self._events = self._events, []
        self.webhooks.notify(events)

    def tell(self, event: str, content: dict[str, Any]) -> None:
        """Say by a webhook what happened, when this unit of work is done."""
        self._events.append((event, content))

    def keep_logins(self) -> None:
        """Write the tokens to the file; called after each change to them."""
        self.journal.append({"app": self._app()})

    def close(self) -> None:
        """Send no more webhooks and let go of the file."""
        self.webhooks.stop()
        self.journal.close()

    # Who is connected

    def install(self, about: str) -> None:
        """A person connected the app: to one sub-account, or to the agency."""
        kind, _, location = about.partition(":")
        told: dict[str, Any] = {"type": "INSTALL", "appId": self.app_id, "companyId": self.company_id}
        if kind == LOCATION:
            told["locationId"] = location
        with self.writing():
            self.tell("AppInstall", {**told, "companyName": "Juniper Lane Agency"})

    def uninstall(self) -> None:
        """A person removed the app: every connection ends."""
        with self.writing():
            for grant in self.logins.grants:
                if not grant.revoked:
                    grant.revoked = True
                    kind, _, location = grant.about.partition(":")
                    whose = {"companyId": self.company_id} if kind == COMPANY else {"locationId": location}
                    self.tell("AppUninstall", {"type": "UNINSTALL", "appId": self.app_id, **whose})
            self.keep_logins()

    def renew_private_token(self, scopes: str = SCOPE) -> str:
        """Another Private Integration Token, with these scopes; the former is dead."""
        with self.lock:
            self.private_token, self.private_scopes = new_private_token(), scopes
            self.keep_logins()
            return self.private_token

    @property
    def app_id(self) -> str:
        """The app's own id, which its client id begins with."""
        return self.logins.client_id.partition("-")[0]

    # The file

    def _app(self) -> dict[str, Any]:
        private = {"token": self.private_token, "scopes": self.private_scopes}
        return {
            "company": self.company_id,
            "logins": self.logins.tell(),
            "private": private,
            "keys": self.keys.tell(),
        }

    def snapshot(self) -> Iterator[dict[str, Any]]:
        """Everything as the lines of a fresh file."""
        yield {"format": FORMAT, "app": self._app()}
        for location, account in self.sub_accounts.items():
            for change in account.tables.snapshot():
                yield {"location": location, "changes": [change]}

    def _read_back(self) -> bool:
        found = False
        for line in self.journal.read():
            found = True
            if line.get("format", FORMAT) != FORMAT:
                raise ValueError(f"{self.journal.path} was written by another version of this program")
            if "app" in line:
                app = line["app"]
                self.company_id = app["company"]
                self.logins.restore(app["logins"])
                self.private_token, self.private_scopes = app["private"]["token"], app["private"]["scopes"]
                self.keys.restore(app["keys"])
            if "location" in line:
                account = self.sub_accounts.setdefault(line["location"], SubAccount(self, line["location"]))
                account.tables.apply(line["changes"])
        return found
