"""What do the API, the pages and the control calls of one company share?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .company import Company
from .faultplan import FaultPlan
from .limits import Limits
from .requestlog import RequestLog

if TYPE_CHECKING:
    from .companies import Companies


class Parts:
    """A company with the log of its requests, the faults that were ordered, and its limits."""

    #: Every company that answers at the same address.
    companies: Companies

    def __init__(self, company: Company) -> None:
        self.company = company
        self.log = RequestLog()
        self.faults = FaultPlan()
        self.limits = Limits(company.options, time.monotonic)
