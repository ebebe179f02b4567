"""In which order do the changes of one order go, so that QuickBooks has no reason to reject one of them?

What lets go of a document goes first, then the document, then what takes more of it: a credit cannot become smaller
than what is applied of it, and nothing more can be applied of it before it is larger. Only an invoice frees its one
payment by itself; of several QuickBooks would choose which, so that they let go first, as the order says.

Source:
    docs/accounting/changes.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from books.documents import CreditApplication, Document, Invoice, Payment
from books.money import ZERO


@dataclass(frozen=True, kw_only=True)
class ChangeStep:
    """A document that QuickBooks has, and what it is to become."""

    key: str
    before: Document
    #: None once it is undone; as before where nothing waits.
    after: Document | None
    #: Whether a change waits, or is under way.
    waits: bool
    #: Whether the change can be sent now.
    can_go: bool
    #: Whether the change waits for a person. Only what takes more of the document waits with it.
    held: bool = False

    def more(self, target: str) -> Decimal | None:
        """How much more of another document it settles than before; None where it never does."""
        before, after = settled(self.before), settled(self.after)
        if target not in before and target not in after:
            return None
        return after.get(target, ZERO) - before.get(target, ZERO)


def settled(document: Document | None) -> dict[str, Decimal]:
    """By key, how much a document settles, or uses, of others."""
    match document:
        case Payment():
            back = {part.refund: part.amount for part in document.refunded}
            return {document.invoice: document.applied, **back}
        case CreditApplication():
            return {document.invoice: document.amount, document.credit: document.amount}
    return {}


def first_to_go(steps: Sequence[ChangeStep]) -> str:
    """The key of the change that goes next; empty while each waits for one that cannot go.

    Args:
        steps: Every document of one order that QuickBooks has, in the order in which they were prepared.
    """
    waiting = [step for step in steps if step.waits]
    able = [step for step in waiting if step.can_go]
    free = [step for step in able if not any(_takes_more(step, other) for other in steps if other.held)]
    for step in free:
        if not any(_goes_after(step, other, steps) for other in waiting if other is not step):
            return step.key
    # Two that wait for each other: what QuickBooks says of the first is better than silence
    return free[0].key if free and len(able) == len(waiting) else ""


def _takes_more(step: ChangeStep, target: ChangeStep) -> bool:
    """Whether it settles or uses more of a document, which QuickBooks rejects until that is what it is to become."""
    return (step.more(target.key) or ZERO) > 0


def _goes_after(step: ChangeStep, other: ChangeStep, steps: Sequence[ChangeStep]) -> bool:
    if step.more(other.key) is not None:
        return not _lets_go_first(step, other, steps)
    if other.more(step.key) is not None:
        return _lets_go_first(other, step, steps)
    shared = settled(step.after).keys() & settled(other.before).keys()
    return any((step.more(key) or ZERO) > 0 > (other.more(key) or ZERO) for key in shared)


def _lets_go_first(use: ChangeStep, target: ChangeStep, steps: Sequence[ChangeStep]) -> bool:
    """Whether a payment or a use changes before the document that it settles."""
    if use.after is None:
        return True
    if target.after is None or (use.more(target.key) or ZERO) >= 0:
        return False
    uses = [step for step in steps if settled(step.before).get(target.key, ZERO) > 0]
    return not (isinstance(target.before, Invoice) and len(uses) == 1)
