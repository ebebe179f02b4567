"""Who is working for a company now, what did the last runs do, what waits to be imported, and when is its next turn?"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from sync.processes import this_process


class RunKind(models.TextChoices):
    """What a run was started for."""

    SYNC = "sync", _("Sync")
    IMPORT = "import", _("Import")
    RESYNC = "resync", _("Re-sync")
    #: What a decision unblocked, where that is too much to wait for; nothing is posted by it.
    PREPARE = "prepare", _("Preparing")
    REFRESH = "refresh", _("Refresh of the lists")
    CATALOGUE = "catalogue", _("Import of items")
    ITEMS = "items", _("Creating items")
    FETCH = "fetch", _("Reading the source")
    #: One go at an undo: from when it held the company until it let go of it.
    UNDO = "undo", _("Undo")


#: The kinds that work through a list of orders, a little at a time.
OF_ORDERS = (RunKind.RESYNC, RunKind.PREPARE)


class RunState(models.TextChoices):
    """The state of a run."""

    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


class Run(models.Model):
    """One piece of work for one company, with its counts."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="runs", verbose_name=_("company"))
    kind = models.CharField(_("kind"), max_length=10, choices=RunKind)
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.RUNNING)
    #: Counts by name: staged, unchanged, prepared, posted, blocked, refused, unknown, errors …
    counts = models.JSONField(default=dict)
    #: Errors of rows and files, as sentences with their place.
    errors = models.JSONField(default=list)
    #: What a reader decided or left out, each once: `what` as a sentence, and `times`.
    notices = models.JSONField(default=list)
    message = models.TextField(_("message"), blank=True)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    #: Which process began it, see `sync.processes`; empty where that is not known.
    process = models.CharField(max_length=40, blank=True, default=this_process, editable=False)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes: ClassVar = [
            models.Index(fields=["company", "-id"]),
            models.Index(fields=["company", "kind"], condition=models.Q(state="running"), name="run_running"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class ResyncItem(models.Model):
    """One order that a person asked to re-sync, until it is done."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="items")
    order = models.ForeignKey("sync.StagedOrder", models.CASCADE, related_name="+")
    prepared = models.BooleanField(default=False)
    done = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "order"], name="resync_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} · {self.order_id}"


class CompanyLease(models.Model):
    """Who may push for a company now. One pusher at a time; a lease that runs out can be taken over."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="lease", primary_key=True)
    holder = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.company_id} · {self.holder or '-'}"


class WaitingFile(models.Model):
    """A file of orders that a person sent, and their answers to what it leaves open."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="waiting_file")
    name = models.CharField(max_length=255)
    #: By its name, as in `sync.sources.files`.
    layout = models.CharField(max_length=40)
    #: The key of the source that it is of; empty for the only one that it can be of.
    system = models.CharField(max_length=40, blank=True, default="")
    #: `sync.sources.base.ReadOptions` as JSON.
    options = models.JSONField(default=dict)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class CatalogueFile(models.Model):
    """A file of items that a person sent, until it was taken; of those that wait, each person's newest is kept."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    #: The source that sells the items.
    system = models.CharField(max_length=40)
    #: `sync.sources.base.ReadOptions` as JSON.
    options = models.JSONField(default=dict)
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    #: Too large to be read while a person waits: what is below is of such a file alone.
    in_background = models.BooleanField(default=False)
    #: What takes it, from the moment a person said so.
    run = models.OneToOneField(Run, models.CASCADE, null=True, related_name="catalogue_file")
    #: What it would do, see `sync.staging.catalogue_preview`; None until it was read.
    preview = models.JSONField(null=True)
    #: Why it cannot be read, as a sentence; empty where it can.
    fault = models.TextField(blank=True, default="")
    #: Rows read so far.
    read = models.PositiveIntegerField(default=0)
    #: When whatever reads it gave a sign of life; None while nothing is at work.
    worked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "by"], condition=models.Q(run__isnull=True), name="catalogue_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
