"""What is one rehearsal company? Its books, logins, answers given and file, behind one lock."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..common import wire
from ..common.clock import Clock
from ..common.journal import Journal
from ..common.logins import Logins
from .books import Books
from .entities import ENTITIES
from .fields import Record
from .intuit_login import INTUIT, SCOPE
from .options import Options
from .requestids import RequestIds
from .store import Store
from .webhooks import Webhooks

FORMAT = 1
Seed = Callable[["Company"], None]


class Company:
    """A company and everything that belongs to it. Use `lock` around whatever reads or writes it."""

    def __init__(self, *, company_id: str | None, options: Options, data: Path | None, seed: Seed) -> None:
        self.lock = threading.RLock()
        self.options = options
        self.journal = Journal(data)
        self.clock = Clock()
        self.base_url = ""
        self.webhooks = Webhooks(options, lambda: self.company_id)
        self._begin_empty()
        if not self._read_back():
            seed(self)
            if company_id:
                self.store.settings["company_id"] = company_id
            self.store.take_changes()
            self.store.take_events()
        elif company_id and company_id != self.company_id:
            raise ValueError(f"the books in {data} belong to company {self.company_id}, not to {company_id}")
        self.journal.rewrite(self.snapshot())

    def _begin_empty(self) -> None:
        indexes = {name: entity.indexes for name, entity in ENTITIES.items()}
        self.store = Store(indexes)
        self.store.settings.update(
            company_id=str(9_341_450_000_000_000 + secrets.randbelow(900_000_000_000)),
            warn_duplicate_numbers=True,
        )
        self.books = Books(self.store, self.clock, self.options, ENTITIES)
        self.books.base_url = self.base_url
        self.request_ids = RequestIds(self.options, lambda: self.clock.now().timestamp())
        self.logins = Logins(self.options, lambda: self.clock.now().timestamp(), scope=SCOPE, shapes=INTUIT)

    @property
    def company_id(self) -> str:
        """The realm id."""
        return str(self.store.settings["company_id"])

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A unit of work: kept whole, or as if it had never begun."""
        with self.lock:
            self.store.begin()
            try:
                yield
            except BaseException:
                self.store.undo()
                raise

    def settle(self, key: str | None, status: int, body: bytes) -> None:
        """End a unit of work: remember the answer under its request id, and write both to the file as one line."""
        changes = self.store.take_changes()
        self.webhooks.notify(self.store.take_events())
        remembered = self.request_ids.remember(key, status, body) if key else None
        if changes or remembered:
            self.journal.append({"changes": changes, "answer": remembered})

    def keep_logins(self) -> None:
        """Write the tokens to the file; called after each change to them."""
        self.journal.append({"logins": self.logins.tell()})

    def keep_changes(self) -> None:
        """End a unit of work that is nobody's request."""
        self.settle(None, 200, b"")

    def keep_in(self, data: Path | None) -> None:
        """Keep the books in this file from now on."""
        self.journal = Journal(data)
        self.journal.rewrite(self.snapshot())

    def close(self) -> None:
        """Send no more webhooks and let go of the file."""
        self.webhooks.stop()
        self.journal.close()

    # The file

    def _read_back(self) -> bool:
        found = False
        for line in self.journal.read():
            found = True
            if line.get("format", FORMAT) != FORMAT:
                raise ValueError(f"{self.journal.path} was written by another version of this program")
            self.store.apply(line.get("changes") or [])
            if line.get("answer"):
                self.request_ids.restore(line["answer"])
            if line.get("logins"):
                self.logins.restore(line["logins"])
        return found

    def snapshot(self) -> Iterator[dict[str, Any]]:
        """Everything as the lines of a fresh file."""
        yield {"format": FORMAT, "logins": self.logins.tell()}
        yield {"changes": [["set", name, value, None] for name, value in self.store.settings.items()]}
        yield {"changes": [["count", name, value, None] for name, value in self.store.counters.items()]}
        for entity, table in self.store.tables.items():
            for identifier in table.by_change:
                yield {"changes": [["put", entity, identifier, table.records[identifier]]]}
            if table.deleted:
                yield {
                    "changes": [["bury", entity, identifier, moment] for identifier, moment in table.deleted.items()]
                }
        for (kind, identifier), entry in self.store.ledger.entries.items():
            yield {"changes": [["post", kind, identifier, entry]]}
        for answer in self.request_ids.tell():
            yield {"answer": answer}

    def reset(self, seed: Seed) -> None:
        """Back to fresh books; the company id and the logins stay."""
        with self.lock:
            kept, logins = self.company_id, self.logins
            self._begin_empty()
            self.logins = logins
            seed(self)
            self.store.settings["company_id"] = kept
            self.store.take_changes()
            self.store.take_events()
            self.journal.rewrite(self.snapshot())

    # For seeds and "someone in QuickBooks did it"

    def make(self, entity: str, **body: Any) -> Record:
        """Create a record under the rules of its entity; returns it as stored.

        Raises:
            Refused: It breaks a rule.
        """
        return ENTITIES[entity].write(self.books, wire.loads(wire.dumps(body)))

    def place(self, entity: str, record: Record) -> Record:
        """Store a record as it is, without its entity's rules: for CompanyInfo and Preferences."""
        stamp = self.clock.stamp()
        whole = {"SyncToken": "0", "CreateTime": stamp, "LastUpdatedTime": stamp, **record}
        self.store.put(entity, whole, whole["Id"])
        return whole
