"""What keeps records out of the books, cause by cause?"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from books.problems import Problem, read_problem
from companies.models import Company


class IssueState(models.TextChoices):
    """Whether a cause still blocks anything."""

    OPEN = "open", _("Open")
    SOLVED = "solved", _("Solved")


class Issue(models.Model):
    """One cause that blocks one or many records, with the money at stake; the row is opened again if it returns."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="issues", verbose_name=_("company"))
    code = models.CharField(_("cause"), max_length=60)
    #: See `books.problems.Problem.cause`.
    cause = models.CharField(max_length=400)
    facts = models.JSONField()
    state = models.CharField(_("state"), max_length=10, choices=IssueState, default=IssueState.OPEN)
    #: How many documents it blocks now.
    records = models.PositiveIntegerField(_("records"), default=0)
    #: What those documents in the company's home currency add up to.
    money = models.DecimalField(_("money"), max_digits=19, decimal_places=4, default=0)
    #: By currency, what the others add up to, as text: amounts of two currencies are never added.
    foreign = models.JSONField(_("money in other currencies"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True)
    solved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("solved by")
    )

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "cause"], name="issue_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "state", "code"])]

    def __str__(self) -> str:
        return self.cause

    @property
    def amounts(self) -> list[tuple[Decimal, str]]:
        """The money that it holds up, currency by currency, the home currency first."""
        foreign = [(Decimal(text), currency) for currency, text in sorted(self.foreign.items())]
        home = [(self.money, self.company.home_currency)] if self.money or not foreign else []
        return [*home, *foreign]

    def problem(self) -> Problem:
        """The problem with its facts and sentences."""
        return read_problem(self.code, self.facts)
