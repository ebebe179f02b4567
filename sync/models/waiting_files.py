"""Which files wait to be imported? Each until its run has ended; any worker on any machine may read it."""

from __future__ import annotations

from django.db import models

from sync.models.runs import Run


class WaitingFile(models.Model):
    """A file of orders that a person sent, and their answers to what it leaves open."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="waiting_file")
    name = models.CharField(max_length=255)
    #: By its name, as in `sync.sources.files`.
    layout = models.CharField(max_length=40)
    #: `sync.sources.base.ReadOptions` as JSON.
    options = models.JSONField(default=dict)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name
