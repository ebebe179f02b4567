"""A person says for many records at once which version counts: the one that was posted, or the one in QuickBooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from books.messages import Message
from books.problems import ChangedInQuickBooks, DeletedInQuickBooks, RefusedByQuickBooks
from companies.models import Company
from reconciliation.models import Issue, IssueState, TieOut
from reconciliation.three_sides import Sides, sides_of, values_of
from reconciliation.tie_out.comparing import DECIDED_BY_A_PERSON
from sync.models import Document, DocumentProblem
from sync.pushing.decisions import PostAgain, keep_theirs, leave_deleted, overwrite, post_again
from sync.pushing.destination import Destination
from sync.pushing.needs import ids_of
from sync.readiness import destination_of

#: What is decided at once; each has to be looked at before.
MOST = 200
_CODES = (ChangedInQuickBooks.code, DeletedInQuickBooks.code, RefusedByQuickBooks.code)
#: Problems that ask which version counts: QuickBooks' rejection only where ours was to be written over theirs.
_ASKS = Q(code__in=_CODES[:2]) | Q(code=_CODES[2], document__change__overwrites=True)


class Counts(StrEnum):
    """Which version counts."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, kw_only=True)
class ToDecide:
    """A document that QuickBooks no longer holds as it was posted."""

    document: Document
    code: str
    sides: Sequence[Sides]
    #: What QuickBooks said when it rejected ours over theirs; empty where it was not tried.
    rejected: str = ""

    @property
    def is_deleted(self) -> bool:
        """Whether it is gone from QuickBooks."""
        return self.code == DeletedInQuickBooks.code


@dataclass(frozen=True, kw_only=True)
class DecidedLines:
    """What came of a decision about many."""

    done: list[Document] = field(default_factory=list)
    #: Each with the sentence why nothing was done.
    left: list[tuple[Document, StrPromise | str]] = field(default_factory=list)


def issues_of(company: Company, documents: Iterable[int]) -> dict[int, int]:
    """By document, the open issue that asks which version counts; two queries."""
    problems = DocumentProblem.objects.filter(_ASKS, company=company, document__in=[*documents])
    causes = dict(problems.values_list("document", "cause"))
    issues = Issue.objects.filter(company=company, cause__in={*causes.values()}, state=IssueState.OPEN)
    numbers = dict(issues.values_list("cause", "pk"))
    return {document: numbers[cause] for document, cause in causes.items() if cause in numbers}


def to_decide(tie_out: TieOut, lines: Iterable[str]) -> list[ToDecide]:
    """The documents behind lines of a tie-out that still wait for a decision, each with its sides.

    Args:
        tie_out: Whose lines they are.
        lines: Their ids, as an address has them; what is none is left out.
    """
    numbers = [int(line) for line in lines if line.isascii() and line.isdigit() and len(line) < 19][:MOST]
    chosen = tie_out.lines.filter(pk__in=numbers, reason__in=DECIDED_BY_A_PERSON).values("document")
    asked = DocumentProblem.objects.filter(_ASKS, company=tie_out.company, document__in=chosen).values("document")
    documents = Document.objects.filter(company=tie_out.company, pk__in=asked)
    rows = documents.select_related("order", "frozen", "change", "company").prefetch_related("problems").order_by("pk")
    found = list(rows)
    changes = [(document, change) for document in found if (change := getattr(document, "change", None))]
    ids = ids_of(tie_out.company, [value for pair in changes for value in values_of(*pair)])
    return [_to_decide(document, ids) for document in found]


def _to_decide(document: Document, ids: Mapping[str, str]) -> ToDecide:
    asked = {problem.code: problem for problem in document.problems.all()}
    code = next(code for code in _CODES if code in asked)
    change = getattr(document, "change", None)
    sides = sides_of(document, change, ids) if change and code != DeletedInQuickBooks.code else []
    rejected = asked[code].read().explain() if code == RefusedByQuickBooks.code else ""
    return ToDecide(document=document, code=code, sides=sides, rejected=rejected)


def decide_lines(
    company: Company, chosen: Iterable[ToDecide], counts: Counts, *, reason: str, by: User
) -> DecidedLines:
    """Decide about each by itself; what cannot be decided any more is named and left as it is.

    What was deleted is posted again only where QuickBooks, asked first, does not have it.

    Args:
        company: Whose they are.
        chosen: As `to_decide` gives them.
        counts: Which version.
        reason: For the history of each order.
        by: The person.
    """
    decided = DecidedLines()
    destination: Destination | Message | None = None
    for record in chosen:
        if record.is_deleted and counts is Counts.OURS and destination is None:
            destination = destination_of(company, by=by)
        left = _decide(record, counts, destination, reason=reason, by=by)
        if left is None:
            decided.done.append(record.document)
        else:
            decided.left.append((record.document, left))
    return decided


def _decide(
    record: ToDecide, counts: Counts, destination: Destination | Message | None, *, reason: str, by: User
) -> StrPromise | str | None:
    """None where it was done, else why not."""
    document = record.document
    if not record.is_deleted:
        act = keep_theirs if counts is Counts.THEIRS else overwrite
        return None if act(document, reason=reason, by=by) else _TOO_LATE
    if counts is Counts.THEIRS:
        return None if leave_deleted(document, reason=reason, by=by) else _TOO_LATE
    if destination is None or isinstance(destination, Message):
        return destination.worded(_) if destination else _TOO_LATE
    return _AFTER_POST_AGAIN[post_again(document, destination=destination, by=by)]


_TOO_LATE = gettext_lazy("It was decided, or has changed, in the meantime.")
_AFTER_POST_AGAIN = {
    PostAgain.READY: None,
    PostAgain.STILL_THERE: gettext_lazy("QuickBooks has it after all. Tie out again."),
    PostAgain.UNCLEAR: gettext_lazy("QuickBooks did not say whether it has it. Try again later."),
    PostAgain.NOT_POSTED: _TOO_LATE,
}
