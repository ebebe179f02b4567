"""What is under way to QuickBooks at this moment?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from books.documents import NewCustomer
from sync.models import Push
from sync.pushing.destination import InFlight


@dataclass(kw_only=True)
class Flight:
    """One request under way, and the pushes that are in it."""

    pushes: Sequence[Push]
    request: InFlight
    is_batch: bool
    #: It waits for its moment, so that it has left only later than its pushes say.
    waits: bool
    #: By this process' own clock.
    begun: float = field(default_factory=time.monotonic)

    @property
    def has_new_customer(self) -> bool:
        """Whether QuickBooks' list of customers grows by it."""
        return any(push.document.kind == NewCustomer.kind for push in self.pushes)
