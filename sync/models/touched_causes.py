"""Which causes have to be counted again, since documents began or ceased to have them? Kept until that is done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models

from companies.models import Company


class TouchedCause(models.Model):
    """One cause whose documents changed; written in the transaction that changes them, so that none is forgotten.

    Rows are added and deleted, and never unique: two transactions that touch one cause do not wait for each other.
    """

    #: In place of a cause: names in decisions, or QuickBooks' lists of them, changed.
    NAMES: ClassVar[str] = "names"
    #: In place of a cause: everything has to be counted again.
    EVERYTHING: ClassVar[str] = "everything"

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    cause = models.CharField(max_length=400)

    def __str__(self) -> str:
        return self.cause


def touch(pairs: Iterable[tuple[int, str]]) -> None:
    """Have these causes counted again, each with its company's number."""
    TouchedCause.objects.bulk_create(
        [TouchedCause(company_id=company, cause=cause) for company, cause in dict.fromkeys(pairs)]
    )


def touch_names(company: Company) -> None:
    """Have the names counted again that decisions give and QuickBooks' lists no longer have."""
    touch([(company.pk, TouchedCause.NAMES)])


def touch_everything(company: Company) -> None:
    """Have all of the company's issues counted again."""
    touch([(company.pk, TouchedCause.EVERYTHING)])
