"""What if the trial balance moved otherwise than a run posted?"""

from __future__ import annotations

from dataclasses import dataclass

from books.problems.base import Problem
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class TrialBalanceDiffers(Problem):
    """Something was posted, and QuickBooks' accounts moved by other amounts. It is about the run, and no document."""

    code = "trial-balance-differs"
    title = gettext_noop("Trial balance unexplained")
    explanation = gettext_noop(
        "Number %(run)s in Sync history posted, and QuickBooks' trial balance moved by amounts other than what was "
        "posted and what others entered. Unexplained: %(accounts)s."
    )
    cure = gettext_noop(
        "Open its page and compare the accounts with QuickBooks' own transactions of that moment; a tie-out of the "
        "period compares every record. Put right what is wrong, then mark this as settled."
    )
    cause_fields = ("run",)

    #: The number of the sync.
    run: str
    #: The accounts with what is left on them, debit positive.
    accounts: str
