"""What goes with an account while it listens? The log of its requests, the faults that were ordered, and its limits."""

from __future__ import annotations

import threading

from ..common.clock import Clock
from ..common.faults import FaultPlan
from ..common.logins import Logins
from ..common.request_log import RequestLog
from .account import KeapAccount
from .broken import KEAP_FAULTS, REFUSAL
from .limits import KeapLimits


class KeapApp:
    """An account with the log of its requests, the faults that were ordered, and its limits."""

    def __init__(self, account: KeapAccount) -> None:
        self.account = account
        self.log = RequestLog(hidden_parts=3)
        self.faults = FaultPlan(KEAP_FAULTS, refusal=REFUSAL)
        self.limits = KeapLimits(account.options, lambda: account.clock.now().timestamp())

    @property
    def lock(self) -> threading.RLock:
        """Is held while anything of the account changes."""
        return self.account.lock

    @property
    def clock(self) -> Clock:
        """The account's clock."""
        return self.account.clock

    @property
    def logins(self) -> Logins:
        """The account's connections."""
        return self.account.logins

    def keep_logins(self) -> None:
        """Write the connections to the account's file."""
        self.account.keep_logins()
