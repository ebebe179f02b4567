"""What belongs to a Keap account? Its records, clock, logins, keys, hooks and file, behind one lock."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..common.clock import Clock
from ..common.journal import Journal
from ..common.logins import Logins
from .hooks import Hooks
from .keap_login import KEAP, SCOPE, new_personal_access_token, new_service_account_key
from .options import KeapOptions
from .store import KeapStore

FORMAT = 1


class KeapState:
    """The account without what people do in it. Use `lock` around whatever reads or writes it."""

    def __init__(self, options: KeapOptions, data: Path | None) -> None:
        self.lock = threading.RLock()
        self.options = options
        self.journal = Journal(data)
        self.clock = Clock()
        self.store = KeapStore()
        self.logins = Logins(options, lambda: self.clock.now().timestamp(), scope=SCOPE, shapes=KEAP)
        self.hooks = Hooks(options, self.clock, self.lock)
        self.store.settings.update(
            tenant_id=f"{secrets.choice('abcdefghjk')}{secrets.choice('mnpqrstuvw')}{secrets.randbelow(900) + 100}",
            name="Bramble & Birch Studio",
            currency="USD",
            zone=self.clock.zone.key,
            service_key=new_service_account_key(),
            personal_token=new_personal_access_token(),
        )
        #: What is told in the place of the truth: by table, id and path, for what a client must survive.
        self.distorted: dict[tuple[str, str], list[tuple[str, Any]]] = {}
        self._as_of: datetime | None = None
        self._depth = 0
        self.was_kept = self._read_back()

    # What the account is

    @property
    def tenant_id(self) -> str:
        """The account's own id."""
        return str(self.store.settings["tenant_id"])

    @property
    def currency(self) -> str:
        """The currency of everything in it."""
        return str(self.store.settings["currency"])

    def set_profile(self, **changes: str) -> None:
        """Change its name, currency or zone.

        Raises:
            ValueError: There is no such fact of an account, or no such zone.
        """
        with self.writing():
            unknown = changes.keys() - {"name", "currency", "zone", "tenant_id"}
            if unknown:
                raise ValueError(f"an account has no {', '.join(sorted(unknown))}")
            if "zone" in changes:
                self.clock.zone = ZoneInfo(changes["zone"])
            self.store.settings.update(changes)
            self.journal.append({"settings": self.store.settings})

    # Time

    def now(self) -> datetime:
        """The moment, in whole seconds of UTC; within `at`, the one that it says."""
        return (self._as_of or self.clock.now()).astimezone(UTC).replace(microsecond=0)

    def today(self) -> date:
        """The day of the account's calendar."""
        return self.now().astimezone(self.clock.zone).date()

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """What is done inside is stamped as if it had been done then: for what an account is to begin with."""
        with self.lock:
            before, self._as_of = self._as_of, moment
            try:
                yield
            finally:
                self._as_of = before

    def midnight(self, day: date) -> datetime:
        """The moment that a payment is stamped with which a person enters for a day."""
        zone = UTC if self.options.manual_payment_midnight == "utc" else self.clock.zone
        return datetime.combine(day, time(), zone).astimezone(UTC)

    def moment_of(self, on: date | datetime | None) -> datetime:
        """A moment as it is kept; a day alone is its noon in the account's zone, nothing is now."""
        if on is None:
            return self.now()
        if isinstance(on, datetime):
            if on.tzinfo is None:
                raise ValueError("a moment comes with its zone")
            return on.astimezone(UTC).replace(microsecond=0)
        return datetime.combine(on, time(12), self.clock.zone).astimezone(UTC)

    # Writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A unit of work: written to the file as one line, and told to subscribers, when the outermost one ends."""
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            if self._depth == 0:
                self._settle()

    def _settle(self) -> None:
        changes = self.store.take_changes()
        if changes:
            self.journal.append(changes)
        events = self.store.take_events()
        if self._as_of is None:
            self.hooks.notify(events)

    def distort(self, table: str, identifier: str, path: str, value: Any) -> None:
        """Answer something else than the truth in one place of a record, such as `order_items.0.quantity`."""
        with self.lock:
            self.distorted.setdefault((table, identifier), []).append((path, value))

    def keep_logins(self) -> None:
        """Write the tokens to the file; called after each change to them."""
        self.journal.append({"logins": self.logins.tell()})

    def keep_hooks(self) -> None:
        """Write the subscriptions to hooks to the file."""
        self.journal.append({"hooks": self.hooks.tell_kept()})

    def close(self) -> None:
        """Send nothing more and let go of the file."""
        self.hooks.stop()
        self.journal.close()

    # The file

    def rewrite(self) -> None:
        """Put everything into a fresh file."""
        self.store.take_changes()
        self.store.take_events()
        kept = {"logins": self.logins.tell(), "hooks": self.hooks.tell_kept(), "settings": self.store.settings}
        self.journal.rewrite([{"format": FORMAT, **kept}, *self.store.everything()])

    def _read_back(self) -> bool:
        found = False
        for line in self.journal.read():
            found = True
            if line.get("format", FORMAT) != FORMAT:
                raise ValueError(f"{self.journal.path} was written by another version of this program")
            self.store.settings.update(line.get("settings") or {})
            if line.get("logins"):
                self.logins.restore(line["logins"])
            if "hooks" in line:
                self.hooks.restore(line["hooks"])
            self.store.apply(line)
        self.clock.zone = ZoneInfo(str(self.store.settings["zone"]))
        return found
