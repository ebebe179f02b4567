"""From when on may a company's QuickBooks be asked again? One row for each kind of request, for all processes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class RequestRow(models.Model):
    """The row of places of one kind of request to one QuickBooks company; see `sync.quickbooks_online.pacing`.

    It belongs to the books and not to a company of ours: Intuit counts by them, and a login may be tried before there
    is a connection.
    """

    #: The QuickBooks company id.
    realm = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    free_from = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["realm", "kind"], name="request_row_once")]

    def __str__(self) -> str:
        return f"{self.realm} {self.kind}"
