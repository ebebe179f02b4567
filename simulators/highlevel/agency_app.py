"""What belongs to a running agency beside itself? The log of its requests, the faults that were ordered, its limits."""

from __future__ import annotations

import threading

from ..common.clock import Clock
from ..common.faults import FaultPlan
from ..common.logins import Logins
from ..common.request_log import RequestLog
from .agency import Agency
from .broken import FAULT_KINDS, REFUSAL_WORDS
from .request_limits import HighLevelLimits


class AgencyApp:
    """An agency with what its addresses need."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self.account = agency.first
        self.log = RequestLog(hidden_parts=1)
        self.faults = FaultPlan(FAULT_KINDS, refusal=REFUSAL_WORDS)
        self.limits = HighLevelLimits(agency.options, agency.seconds_now)

    @property
    def lock(self) -> threading.RLock:
        """Is held while anything changes."""
        return self.agency.lock

    @property
    def clock(self) -> Clock:
        """The agency's clock."""
        return self.agency.clock

    @property
    def logins(self) -> Logins:
        """Its connections."""
        return self.agency.logins

    def keep_logins(self) -> None:
        """Write its connections to the file."""
        self.agency.keep_logins()
