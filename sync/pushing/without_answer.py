"""What becomes of a document to which QuickBooks never gives a clear answer? It is an issue, and goes last.

Nothing else changes for it: it is looked up before each attempt, and the same bytes go again under the same request id.

Source:
    docs/decisions/0103-no-clear-answer-is-an-issue.md
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from books.problems import ASKED_ABOUT_A_FINDING, NoClearAnswer
from companies.bulk_sql import KeptQuery
from sync.database_clock import shared_now
from sync.models import Document, DocumentProblem, ExchangeOutcome, Operation, Push, PushExchange, PushState

#: So many answers that were not clear, the first of them so long ago, are an issue: less than that passes by itself.
_ANSWERS, _FOR = 3, timedelta(minutes=10)
_NOT_SETTLED = (PushState.OPEN, PushState.ABANDONED)


def note_no_answer(push: Push, document: Document, reason: str) -> None:
    """Make an issue of an answer that is not clear, where it is not the first one; the caller holds the document.

    Args:
        push: The answer is kept with it already.
        document: Its document.
        reason: What the answer comes to.
    """
    exchanges = _since_the_last_clear_one(document)
    unclear = exchanges.filter(outcome=ExchangeOutcome.UNKNOWN).aggregate(number=Count("pk"), first=Min("sent_at"))
    if unclear["number"] < _ANSWERS or shared_now() - unclear["first"] < _FOR:
        return
    if document.problems.filter(code__in=ASKED_ABOUT_A_FINDING).exists():  # a person is asked already
        return
    problem = NoClearAnswer(reason=reason, known=_known(push, exchanges))
    document.problems.filter(code=NoClearAnswer.code).exclude(cause=problem.cause).delete()
    if not document.problems.filter(cause=problem.cause).exists():
        DocumentProblem.objects.create(
            company_id=document.company_id,
            document=document,
            code=problem.code,
            cause=problem.cause,
            facts=problem.facts(),
        )


def go_last(company: int) -> set[int]:
    """The documents of a company that have such an issue."""
    return {number for (number,) in _GO_LAST.rows(company)}


def _without_answer(company: Any) -> QuerySet[DocumentProblem, Any]:
    return DocumentProblem.objects.filter(
        # by its beginning: the causes of a company have an index
        company=company,
        cause__startswith=NoClearAnswer.code,
        code=NoClearAnswer.code,
    ).values_list("document")


_GO_LAST = KeptQuery(_without_answer)


def _since_the_last_clear_one(document: Document) -> QuerySet[PushExchange]:
    pushes = Push.objects.filter(document=document)
    settled = pushes.exclude(state__in=_NOT_SETTLED).aggregate(last=Max("pk"))["last"] or 0
    return PushExchange.objects.filter(push__in=pushes.filter(pk__gt=settled))


def _known(push: Push, exchanges: QuerySet[PushExchange]) -> str:
    if push.operation != Operation.CREATE:
        return NoClearAnswer.CHANGE
    # The last one is the answer itself; what it was asked before that says whether it is there
    before = exchanges.order_by("-pk").values_list("outcome", flat=True)[1:2]
    return NoClearAnswer.ABSENT if list(before) == [ExchangeOutcome.LOOKED_UP] else NoClearAnswer.UNHEARD
