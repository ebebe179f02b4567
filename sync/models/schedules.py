"""When was a company served, what came of it, and when is its next turn?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from companies.models import Company


class CompanySchedule(models.Model):
    """A company's last turn and its next one. The work itself is in its documents; losing this row loses nothing."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="schedule", primary_key=True)
    served_at = models.DateTimeField(null=True)
    #: Seconds that the last turn took.
    took = models.FloatField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    #: How many turns in a row came to nothing, because the company could not be reached or something broke.
    failures = models.PositiveIntegerField(default=0)
    #: Why the last turn came to nothing, in words; empty when it did not.
    message = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"])]

    def __str__(self) -> str:
        return f"{self.company_id} · {self.due_at:%Y-%m-%d %H:%M:%S}"
