"""Does what to do about a fault of QuickBooks, stored by an earlier release as its advice, stay with its problem?"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from books.problems import RefusedByQuickBooks
from companies.models import Company
from reconciliation.models import Issue
from sync.models import DocumentProblem
from tests.factories import document_of, prepared, the_studio
from tests.reconciliation.factories import refused

pytestmark = pytest.mark.django_db

ORDER = "2026-08-14  order 1042\nWT-101  199.00"
CURE = "Rename one of the two."
MIGRATIONS = ("sync.migrations.0009_cure_of_a_fault", "reconciliation.migrations.0003_cure_of_a_fault")


def of_an_earlier_release(company: Company, facts: dict[str, Any]) -> tuple[DocumentProblem, Issue]:
    """A rejected document whose stored problem and issue have these facts too, none of them by a newer name."""
    prepared(company, ORDER)
    issue = refused(document_of(company, "1042"))
    problem = DocumentProblem.objects.get(cause=issue.cause)
    for row in (problem, issue):
        row.facts = {name: fact for name, fact in row.facts.items() if name != "fault_cure"} | facts
        row.save()
    return problem, issue


def migrate(direction: str = "to_cure") -> None:
    for module in MIGRATIONS:
        getattr(import_module(module), direction)(apps, None)


def test_the_cure_that_was_stored_as_advice_is_told_as_before() -> None:
    problem, issue = of_an_earlier_release(the_studio(), {"advice": CURE})
    with pytest.raises(TypeError):
        problem.read()

    migrate()

    for row in (DocumentProblem.objects.get(pk=problem.pk), Issue.objects.get(pk=issue.pk)):
        assert "advice" not in row.facts
        told = row.read() if isinstance(row, DocumentProblem) else row.problem()
        assert isinstance(told, RefusedByQuickBooks)
        assert (told.fault, told.advise()) == ("6240", CURE)


def test_a_problem_without_advice_keeps_the_general_cure_and_others_are_left_alone() -> None:
    studio = the_studio()
    problem, _issue = of_an_earlier_release(studio, {})
    other = DocumentProblem.objects.create(
        company=studio, document=problem.document, code="negative-total", cause="other", facts={"advice": CURE}
    )

    migrate()

    assert DocumentProblem.objects.get(pk=problem.pk).facts == problem.facts
    assert problem.read().advise().startswith("Correct what QuickBooks names")
    assert DocumentProblem.objects.get(pk=other.pk).facts == {"advice": CURE}


def test_the_way_back_gives_an_earlier_release_what_it_stored() -> None:
    problem, issue = of_an_earlier_release(the_studio(), {"advice": CURE})

    migrate()
    migrate("to_advice")

    assert DocumentProblem.objects.get(pk=problem.pk).facts == problem.facts
    assert Issue.objects.get(pk=issue.pk).facts == issue.facts
