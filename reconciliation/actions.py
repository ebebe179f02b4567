"""What has to be done about each document? The Action column, in words, with a link to the issue (D62, D66)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company, CompanyKind
from reconciliation.models import Issue
from reconciliation.states import (
    CHANGE_WAITS,
    CHANGES_SOON,
    NEXT_STEPS,
    READY_HELD,
    READY_SOON,
    READY_TO_EXPORT,
    READY_WAITS,
    WAITS_FOR,
)
from reconciliation.wording import tell
from sync.models import Document, DocumentProblem, DocumentState, held_sources

# Many records fail for one reason; an IN list of every cause of a long export would be too long for SQLite
_MOST_CAUSES = 500
#: States in which a document may wait for another one.
_MAY_WAIT = (DocumentState.BLOCKED, DocumentState.READY)


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do about a document, or to know about it."""

    title: str
    words: str = ""
    #: The page where it is done; empty where nothing is to do.
    link: str = ""
    #: What a person does about it.
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.title}: {self.words}" if self.title and self.words else self.title or self.words


def actions_of(company: Company, documents: Sequence[Document]) -> Mapping[int, tuple[Action, ...]]:
    """The actions of some documents by their number; four queries for any number of them."""
    problems = _problems(documents)
    causes = {problem.cause for of_document in problems.values() for problem in of_document}
    issues = _issues(company, causes)
    waiting = [document for document in documents if document.state in _MAY_WAIT and document.pk not in problems]
    prefetch_related_objects(waiting, Prefetch("depends_on", Document.objects.select_related("order")))
    held = _held(company, documents)
    told = _Told(company, issues)
    return {
        document.pk: held.get(document.pk) or tuple(_actions(company, document, problems.get(document.pk, ()), told))
        for document in documents
    }


class _Told:
    """Problems as actions. Many documents have the same one, which is put into words once."""

    def __init__(self, company: Company, issues: Mapping[str, int]) -> None:
        self._company = company
        self._issues = issues
        self._actions: dict[tuple[str, str], Action] = {}

    def action(self, problem: DocumentProblem) -> Action:
        """The action of a problem: the same for all with this cause and these facts."""
        same = (problem.cause, str(problem.facts))
        if same not in self._actions:
            self._actions[same] = problem_action(self._company, problem, self._issues)
        return self._actions[same]


def _held(company: Company, documents: Sequence[Document]) -> Mapping[int, tuple[Action, ...]]:
    """Of the documents that could go, those whose source sends nothing, with the page where that is changed."""
    able = [document for document in documents if document.state == DocumentState.READY or _changes(document)]
    if not able or not company.live_since:
        return {}
    rows = held_sources(company).filter(orders__in={document.order_id for document in able})
    systems = dict(rows.values_list("orders", "system"))
    return {
        document.pk: (
            Action(
                title=_("Invoice creation is off"),
                words=str(READY_HELD),
                link=reverse("reconciliation:source", args=[company.slug, systems[document.order_id]]),
            ),
        )
        for document in able
        if document.order_id in systems
    }


def _changes(document: Document) -> bool:
    return document.state == DocumentState.POSTED and document.pending in CHANGES_SOON


def _problems(documents: Sequence[Document]) -> Mapping[int, Sequence[DocumentProblem]]:
    """The problems of the few documents that have any."""
    found: dict[int, list[DocumentProblem]] = {}
    for problem in DocumentProblem.objects.filter(document__in=[document.pk for document in documents]).order_by("pk"):
        found.setdefault(problem.document_id, []).append(problem)
    return found


def with_actions(company: Company, documents: QuerySet[Document]) -> Iterable[tuple[Document, tuple[Action, ...]]]:
    """Every document of a query with its actions, some hundreds at a time, however many there are."""
    chunk: list[Document] = []
    for document in documents.iterator(chunk_size=_MOST_CAUSES):
        chunk.append(document)
        if len(chunk) == _MOST_CAUSES:
            yield from _paired(company, chunk)
            chunk = []
    yield from _paired(company, chunk)


def _paired(company: Company, documents: list[Document]) -> Iterable[tuple[Document, tuple[Action, ...]]]:
    actions = actions_of(company, documents)
    return [(document, actions[document.pk]) for document in documents]


def _issues(company: Company, causes: set[str]) -> dict[str, int]:
    if not causes:
        return {}
    return dict(Issue.objects.filter(company=company, cause__in=causes).values_list("cause", "pk"))


def _actions(
    company: Company, document: Document, problems: Sequence[DocumentProblem], told: _Told
) -> Iterable[Action]:
    if problems:
        return [told.action(problem) for problem in problems]
    return [Action(title="", words=words) for words in (_next_step(company, document),) if words]


def problem_action(company: Company, problem: DocumentProblem, issues: Mapping[str, int]) -> Action:
    """A problem with the page that cures it."""
    told, issue = tell(problem.code, problem.facts), issues.get(problem.cause)
    link = reverse("reconciliation:issue", args=[company.slug, issue]) if issue else ""
    return Action(title=told.title, words=told.explanation, link=link, cure=told.cure)


def _next_step(company: Company, document: Document) -> str:
    before = document.depends_on if document.state in _MAY_WAIT else None
    if company.kind == CompanyKind.DESKTOP and before and before.state in (DocumentState.READY, DocumentState.EXPORTED):
        before = None  # one file may hold both
    if before and not _is_there(before):
        return str(WAITS_FOR) % {"document": before}
    if document.state == DocumentState.READY and company.kind == CompanyKind.DESKTOP:
        return str(READY_TO_EXPORT)
    if document.state == DocumentState.READY:
        return str(READY_SOON if company.posts_automatically else READY_WAITS)
    if document.state == DocumentState.POSTED and document.pending in CHANGES_SOON:
        return str(CHANGES_SOON[document.pending] if company.posts_automatically else CHANGE_WAITS)
    return str(NEXT_STEPS.get(document.state, ""))


def _is_there(document: Document) -> bool:
    return document.state in (DocumentState.POSTED, DocumentState.DIFFERS)
