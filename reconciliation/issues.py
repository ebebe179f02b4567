"""Which causes block what, now? Issues follow the problems of documents, one row per cause.

`follow` counts only the causes that were touched since it was last asked; `gather` counts all of them, and comes to the
same.

A name that a decision gives and QuickBooks does not have any more is an issue too, even before a document needs it; so
is a sync whose trial balance moved otherwise than it posted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.signals import post_save
from django.utils import timezone
from django.utils.translation import ngettext

from books.documents import NewCustomer
from books.money import ZERO
from books.problems import (
    AccountNotInQuickBooks,
    ItemNotInQuickBooks,
    NoClearAnswer,
    Problem,
    RefusedByQuickBooks,
    StoredDifferently,
    TrialBalanceDiffers,
)
from companies.bulk_sql import chunks
from companies.models import Company, take_turns
from companies.signals import decisions_changed
from mapping.name_checks import MissingName, missing_names
from reconciliation.models import Issue, IssueState
from reconciliation.undo.items import names_made_inactive
from sync.models import (
    DocumentProblem,
    DocumentState,
    ProofState,
    RunProof,
    TouchedCause,
    touch_everything,
    touch_names,
)
from sync.proving.words import problem_of
from sync.signals import problems_changed

_AT_ONCE = 500
#: Problems whose sentence is QuickBooks' own, and names no record of ours.
_NAMELESS = (NoClearAnswer.code, RefusedByQuickBooks.code, StoredDifferently.code)

#: What is counted: a customer waits for its document, and is no transaction.
NOT_A_CUSTOMER = ~Q(document__kind=NewCustomer.kind)
#: A document in one of these states still waits for the cause to go away.
WAITING_STATES = (
    DocumentState.BLOCKED,
    DocumentState.REFUSED,
    DocumentState.UNKNOWN,
    DocumentState.DIFFERS,
    DocumentState.POSTED,
)


#: An issue without a document, and the money that it is about.
Alone = tuple[Problem, Decimal]
#: Issues that there can be without a document.
_OF_NAMES = (ItemNotInQuickBooks.code, AccountNotInQuickBooks.code)


def gather(company: Company) -> None:
    """Open, count again and solve the company's issues, in a fixed number of queries for any number of documents."""
    touch_everything(company)
    follow(company)


def follow(company: Company) -> None:
    """Open, count again and solve the issues whose causes were touched; one query where none was."""
    if not TouchedCause.objects.filter(company=company).exists():
        return
    with transaction.atomic():
        take_turns(company)
        rows = dict(TouchedCause.objects.filter(company=company).values_list("pk", "cause"))
        touched = set(rows.values())
        if TouchedCause.EVERYTHING in touched:
            _count(company, None, [*_lost(company), *unproven(company)])
        else:
            _count_some(company, touched)
        # Only those that were read: what is touched meanwhile is counted the next time
        for numbers in chunks(rows, _AT_ONCE):
            TouchedCause.objects.filter(pk__in=numbers).delete()


def _count_some(company: Company, touched: set[str]) -> None:
    causes = touched - {TouchedCause.NAMES}
    alone: list[Alone] = []
    if len(causes) < len(touched) or any(cause.startswith(_OF_NAMES) for cause in causes):
        alone += _lost(company)
    if len(causes) < len(touched):
        open_names = Issue.objects.filter(company=company, state=IssueState.OPEN, code__in=_OF_NAMES)
        causes |= {problem.cause for problem, _ in alone} | set(open_names.values_list("cause", flat=True))
    if any(cause.startswith(TrialBalanceDiffers.code) for cause in causes):
        alone += unproven(company)
    _count(company, causes, [(problem, money) for problem, money in alone if problem.cause in causes])


def _count(company: Company, causes: Collection[str] | None, alone: Sequence[Alone]) -> None:
    """Count some causes, or all of them, and bring their issues up to date.

    Args:
        company: Whose issues.
        causes: Those to count; None for all.
        alone: Of these causes, those that there are without a document.
    """
    now = timezone.now()
    lost = {problem.cause: problem for problem, _ in alone}
    found = {problem.cause: _blocks_nothing_yet(problem, money) for problem, money in alone}
    found |= _by_cause(_causes(company, causes), company.home_currency)
    known = {issue.cause: issue for issue in _known(company, found, causes)}
    # What the lists say now is newer than what they said when a document was prepared
    newest = _newest(found, known) | {cause: problem.facts() for cause, problem in lost.items()}
    Issue.objects.bulk_create(
        Issue(
            company=company,
            code=row["code"],
            cause=cause,
            facts=newest[cause],
            records=row["records"],
            money=row["money"] or 0,
            foreign=row["foreign"],
            opened_at=now,
        )
        for cause, row in found.items()
        if cause not in known
    )
    changed = [issue for issue in known.values() if _follow(issue, found.get(issue.cause), newest, now)]
    Issue.objects.bulk_update(
        changed,
        ["facts", "records", "money", "foreign", "state", "opened_at", "solved_at", "solved_by"],
        batch_size=500,
    )


def lost_names(company: Company) -> Iterator[Problem]:
    """Every decided name that QuickBooks does not have any more, as a problem without a document.

    An item that an undo made inactive is none: it is meant to be, until an order wants it.
    """
    names = missing_names(company)
    meant = names_made_inactive(company) if any(name.is_item and name.inactive for name in names) else set()
    for name in names:
        if name.is_item and name.text in meant:
            continue
        yield _lost_item(name) if name.is_item else _lost_account(name)


def _lost_item(name: MissingName) -> Problem:
    return ItemNotInQuickBooks(
        item=name.text, used_by=name.used_by, used_by_key=name.key, inactive=name.inactive, renamed_to=name.renamed_to
    )


def _lost_account(name: MissingName) -> Problem:
    return AccountNotInQuickBooks(
        account=name.text, used_by=name.used_by, inactive=name.inactive, renamed_to=name.renamed_to
    )


def _lost(company: Company) -> Iterator[Alone]:
    return ((problem, ZERO) for problem in lost_names(company))


def unproven(company: Company) -> list[Alone]:
    """Every sync whose trial balance moved otherwise than it posted, and that no person has settled; one query."""
    proofs = RunProof.objects.filter(company=company, state=ProofState.UNEXPLAINED, settled_at=None)
    return [
        (problem_of(proof), sum((max(amount, ZERO) for _, amount in proof.unexplained), ZERO))
        for proof in proofs.select_related("company").order_by("pk")
    ]


def _blocks_nothing_yet(problem: Problem, money: Decimal) -> dict[str, Any]:
    return {"cause": problem.cause, "code": problem.code, "records": 0, "money": money, "foreign": {}, "newest": None}


def _known(company: Company, found: Collection[str], touched: Collection[str] | None) -> Iterator[Issue]:
    """The issues that may change: those that are open, and solved ones that have come back."""
    issues = Issue.objects.filter(company=company)
    if touched is not None:
        for causes in chunks(touched, _AT_ONCE):
            yield from issues.filter(cause__in=causes)
        return
    yield from issues.filter(state=IssueState.OPEN)
    for causes in chunks(found, _AT_ONCE):
        yield from issues.filter(cause__in=causes).exclude(state=IssueState.OPEN)


def _causes(company: Company, causes: Collection[str] | None) -> Iterator[dict[str, Any]]:
    rows = DocumentProblem.objects.filter(company=company, document__state__in=WAITING_STATES)
    if causes is None:
        yield from _grouped(rows)
        return
    for some in chunks(causes, _AT_ONCE):
        yield from _grouped(rows.filter(cause__in=some))


def _grouped(rows: QuerySet[DocumentProblem]) -> Iterable[Any]:
    return (
        rows.values("cause", "code", "document__currency")
        .annotate(records=Count("document_id", filter=NOT_A_CUSTOMER), money=Sum("document__total"), newest=Max("id"))
        .order_by("cause")
    )


def _by_cause(rows: Iterable[dict[str, Any]], home: str) -> dict[str, dict[str, Any]]:
    """One row for each cause, with the money in the home currency and, apart from it, in each other one."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        cause = found.setdefault(row["cause"], {**row, "records": 0, "money": ZERO, "foreign": {}, "newest": 0})
        cause["records"] += row["records"]
        cause["newest"] = max(cause["newest"], row["newest"])
        if row["document__currency"] == home:
            cause["money"] = row["money"] or ZERO
        elif row["money"]:
            cause["foreign"][row["document__currency"]] = f"{row['money']:.4f}"
    return found


def _newest(found: dict[str, dict[str, Any]], known: dict[str, Issue]) -> dict[str, dict[str, Any]]:
    """The newest facts of each cause: a suggestion may have changed since the issue was opened."""
    wanted = {row["newest"]: cause for cause, row in found.items() if row["newest"]}
    rows = DocumentProblem.objects.in_bulk(list(wanted))
    return {cause: rows[number].facts for number, cause in wanted.items() if number in rows}


def _follow(issue: Issue, row: dict[str, Any] | None, newest: dict[str, dict[str, Any]], now: Any) -> bool:
    """Bring one known issue up to date; whether anything changed."""
    before = (issue.state, issue.records, issue.money, issue.foreign, issue.facts)
    if row is None:
        issue.records, issue.money, issue.foreign = 0, ZERO, {}
        if issue.state == IssueState.OPEN:
            issue.state, issue.solved_at = IssueState.SOLVED, now
    else:
        if issue.state == IssueState.SOLVED:
            issue.state, issue.opened_at, issue.solved_at, issue.solved_by = IssueState.OPEN, now, None, None
        issue.records, issue.money, issue.foreign = row["records"], row["money"] or 0, row["foreign"]
        issue.facts = newest.get(issue.cause, issue.facts)
    return before != (issue.state, issue.records, issue.money, issue.foreign, issue.facts)


def named_records(company: Company, issues: Iterable[Issue]) -> Mapping[str, str]:
    """The first document and customer of each issue that does not name them, by the issue's cause; one query.

    A rejection by QuickBooks names neither the document nor the customer.
    """
    nameless = {issue.cause: issue.records for issue in issues if issue.code in _NAMELESS}
    if not nameless:
        return {}
    problems = DocumentProblem.objects.filter(company=company, cause__in=nameless).order_by()
    first = problems.values("cause").annotate(first=Min("pk")).values("first")
    named: dict[str, str] = {}
    for problem in DocumentProblem.objects.filter(pk__in=first).select_related("document"):
        document, more = problem.document, nameless[problem.cause] - 1
        named_by = [str(document), document.customer_name]
        if document.kind == NewCustomer.kind:  # it bears its own name, and is not counted among those that wait
            named_by, more = [str(document)], more + 1
        words = ", ".join(part for part in named_by if part)
        others = ngettext("and %(number)d more", "and %(number)d more", more) % {"number": more} if more > 0 else ""
        named[problem.cause] = f"{words} {others}".strip()
    return named


def connect() -> None:
    """Listen."""
    problems_changed.connect(_problems_changed, dispatch_uid="reconciliation.follow")
    decisions_changed.connect(_decisions_changed, dispatch_uid="reconciliation.follow_decisions")
    post_save.connect(_company_saved, sender=Company, dispatch_uid="reconciliation.company_saved")


def _problems_changed(*, company: Company, **_: Any) -> None:
    follow(company)


def _decisions_changed(*, company: Company, **_: Any) -> None:
    touch_names(company)
    follow(company)


def _company_saved(*, instance: Company, created: bool, **_: Any) -> None:
    """Its home currency, or the rules that names follow, may be another."""
    if not created:
        touch_everything(instance)
