"""What is dated in a period that is closed in the books?"""

from __future__ import annotations

from dataclasses import dataclass

from books.problems.base import Problem
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class InClosedPeriod(Problem):
    """A record that was not posted yet is dated in a closed period, and its kind is held then."""

    code = "in-closed-period"
    title = gettext_noop("Dated in a closed period")
    explanation = gettext_noop("The books are closed through %(through)s, and this is dated on that day or before.")
    cure = gettext_noop(
        "In the company's settings, choose for this kind that it is entered on the next open day; or reopen the period "
        "in QuickBooks and press Re-sync; or ignore the record."
    )
    cause_fields = ("kind",)

    #: Of the record, one of `books.documents.KINDS`.
    kind: str
    #: The last closed day, ISO.
    through: str


@dataclass(frozen=True, kw_only=True)
class ChangeInClosedPeriod(Problem):
    """What QuickBooks has in a closed period would have to be changed or voided."""

    code = "change-in-closed-period"
    title = gettext_noop("Change in a closed period")
    explanation = gettext_noop(
        "The order changed in the source after %(document)s was posted. Its date is in a closed period: the books are "
        "closed through %(through)s. Nothing is changed or voided there."
    )
    cure = gettext_noop(
        "Enter the difference in QuickBooks on an open day and mark this as settled; or reopen the period in "
        "QuickBooks and press Re-sync."
    )
    cause_fields = ("document_key",)

    document: str
    document_key: str
    #: The last closed day, ISO.
    through: str
