"""Which customers do orders and documents name? Each name once, so that a part of one is looked for among few rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import QuerySet

from companies.models import Company

#: Of a document's customer, the longest of the names.
LONGEST = 500


class CustomerName(models.Model):
    """One name that an order or a document of the company bears, or has borne. Written once, never deleted.

    Lists of a million rows are searched for a part of a customer's name: here, and then by whole names.
    """

    #: The constraint begins with it.
    company = models.ForeignKey(Company, models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=LONGEST)
    #: Case-folded, which may make it longer.
    compared = models.CharField(max_length=3 * LONGEST)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="customer_name_once")]

    def __str__(self) -> str:
        return self.name


def remember_names(company_id: int, names: Iterable[str]) -> None:
    """Have names found by a part of them; two queries, and one where none is new."""
    wanted = {name[:LONGEST] for name in names if name}
    known = CustomerName.objects.filter(company_id=company_id, name__in=wanted).values_list("name", flat=True)
    # By the alphabet, so that two who add the same names never wait for each other
    new = sorted(wanted.difference(known))
    CustomerName.objects.bulk_create(
        [CustomerName(company_id=company_id, name=name, compared=name.casefold()) for name in new],
        ignore_conflicts=True,
    )


def names_with(company: Company, text: str) -> QuerySet[CustomerName, str]:
    """The names that contain a text, letter case ignored."""
    rows = CustomerName.objects.filter(company=company, compared__contains=text.casefold())
    return rows.values_list("name", flat=True)
