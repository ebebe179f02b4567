"""What has to be done about each document? The Action column, in words, with a link to the issue (D62, D66)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse

from companies.models import Company, CompanyKind
from reconciliation.models import Issue
from reconciliation.states import (
    CHANGE_WAITS,
    CHANGES_SOON,
    NEXT_STEPS,
    READY_SOON,
    READY_TO_EXPORT,
    READY_WAITS,
    WAITS_FOR,
)
from reconciliation.wording import tell
from sync.models import Document, DocumentProblem, DocumentState

# Many records fail for one reason; an IN list of every cause of a long export would be too long for SQLite
_MOST_CAUSES = 500


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do about a document, or to know about it."""

    title: str
    words: str = ""
    #: The page where it is done; empty where nothing is to do.
    link: str = ""

    def __str__(self) -> str:
        return f"{self.title}: {self.words}" if self.title and self.words else self.title or self.words


def actions_of(company: Company, documents: Sequence[Document]) -> Mapping[int, tuple[Action, ...]]:
    """The actions of some documents by their number; three queries for any number of them."""
    prefetch_related_objects(list(documents), "problems", "depends_on")
    issues = _issues(company, {problem.cause for document in documents for problem in document.problems.all()})
    return {document.pk: tuple(_actions(company, document, issues)) for document in documents}


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


def _actions(company: Company, document: Document, issues: Mapping[str, int]) -> Iterable[Action]:
    problems = list(document.problems.all())
    if problems:
        return [problem_action(company, problem, issues) for problem in problems]
    return [Action(title="", words=words) for words in (_next_step(company, document),) if words]


def problem_action(company: Company, problem: DocumentProblem, issues: Mapping[str, int]) -> Action:
    """A problem with the page that cures it."""
    told, issue = tell(problem.code, problem.facts), issues.get(problem.cause)
    link = reverse("reconciliation:issue", args=[company.slug, issue]) if issue else ""
    return Action(title=told.title, words=told.explanation, link=link)


def _next_step(company: Company, document: Document) -> str:
    before = document.depends_on
    if company.kind == CompanyKind.DESKTOP and before and before.state in (DocumentState.READY, DocumentState.EXPORTED):
        before = None  # one file may hold both
    if document.state in (DocumentState.BLOCKED, DocumentState.READY) and before and not _is_there(before):
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
