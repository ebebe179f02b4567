"""What is said of the proof of a run?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from books.messages import Message
from books.money import money_text
from books.problems import TrialBalanceDiffers
from books.translation import gettext_noop
from sync.models import RunProof

#: So many accounts are named in a sentence; the page of the run has them all.
_MOST_NAMED = 8

KILLED = gettext_noop("The sync ended between the two readings of the trial balance.")
ENDED_EARLY = gettext_noop("It ended between the two readings of the trial balance.")
TAKEN_OVER = gettext_noop("Another sync took over between the two readings of the trial balance.")
NOT_READ = gettext_noop("QuickBooks did not show its trial balance: %(reason)s")
NOT_TOLD = gettext_noop("Something is left, and QuickBooks did not say what others changed in the meantime: %(reason)s")
UNCLEAR = gettext_noop(
    "Something is left, and QuickBooks has not said what became of all that was sent. Without an answer: %(number)s."
)
WITHOUT_BEFORE = gettext_noop(
    "Something is left, and for some changed documents, what they were before was not kept. "
    "Number of documents: %(number)s."
)
LATER = gettext_noop(
    "Everything else is proven, but some documents are dated after %(day)s, the day of the trial "
    "balance. Number of documents: %(number)s."
)
CHANGED_MEANWHILE = gettext_noop(
    "Others changed something in QuickBooks in the meantime that was there before. What is left may come from that."
)
LEFT = gettext_noop("The trial balance moved by amounts other than what was posted. Unexplained: %(accounts)s.")


def accounts_left(proof: RunProof) -> str:
    """The accounts with what is left on them, as in `Sales 0.01 USD, Checking -0.01 USD`."""
    return _accounts(proof.unexplained, proof.company.home_currency)


def _accounts(left: Sequence[tuple[str, Decimal]], currency: str) -> str:
    named = [f"{name} {money_text(amount, currency)}" for name, amount in left[:_MOST_NAMED]]
    return ", ".join([*named, "…"] if len(left) > _MOST_NAMED else named)


def problem_of(proof: RunProof) -> TrialBalanceDiffers:
    """The issue that an unexplained proof is."""
    return TrialBalanceDiffers(run=str(proof.run_id), accounts=accounts_left(proof))


def left_of(proof: RunProof) -> Message:
    """What is left, for the run's own message."""
    return Message.of(LEFT, accounts=accounts_left(proof))
