"""How many requests went to a company's QuickBooks in a month? Counted in blocks, not one statement for each."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company


class CountedKind(models.TextChoices):
    """What Intuit's plans tell apart: reads are metered, writes are free."""

    READ = "read", _("Reads")
    WRITE = "write", _("Writes")
    BATCH = "batch", _("Batches")


class RequestCount(models.Model):
    """Requests of one kind to one company's QuickBooks in one month."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    #: Its first day, in universal time.
    month = models.DateField()
    kind = models.CharField(max_length=10, choices=CountedKind)
    requests = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "month", "kind"], name="request_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}"


def count_requests(company: int, month: date, kind: str, requests: int) -> None:
    """Add to a month's requests."""
    rows = RequestCount.objects.filter(company=company, month=month, kind=kind)
    if not rows.update(requests=models.F("requests") + requests):
        new = RequestCount(company_id=company, month=month, kind=kind)
        RequestCount.objects.bulk_create([new], ignore_conflicts=True)
        rows.update(requests=models.F("requests") + requests)
