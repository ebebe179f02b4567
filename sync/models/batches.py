"""Which files were made for QuickBooks Desktop, what was in each, and did it arrive?

A batch is immutable: its file is stored in parts with its hash and counts, and none of that can be saved again. What
may change is what people learn about it: that it was downloaded, imported, or never was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from books.documents import NewCustomer
from companies.models import Company
from sync.models.documents import Document


class BatchKind(models.TextChoices):
    """What a file is for."""

    #: For a copy of the books: every memo and number says so, and no document counts as exported.
    REHEARSAL = "rehearsal", _("Test file")
    LIVE = "live", _("Export")
    #: Documents that were in a file before; a person asked for it and said why.
    REPEAT = "repeat", _("Repeat")
    #: Undoes another batch.
    REVERSAL = "reversal", _("Reversal")


class BatchState(models.TextChoices):
    """How far a file has come."""

    MADE = "made", _("Made")
    DOWNLOADED = "downloaded", _("Downloaded")
    ACKNOWLEDGED = "acknowledged", _("Imported")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Immutable(ValueError):
    """An attempt to change what never changes."""


def _person(**options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", **options
    )


def mark_of(number: int) -> str:
    """The id of a batch as people read it in QuickBooks."""
    return f"Tieout {number}"


class BatchRows(models.QuerySet["ExportBatch"]):
    """Batches; an update of many is held to the same rule as one that is saved."""

    def update(self, **values: Any) -> int:
        """Change what people learned about some batches.

        Raises:
            Immutable: A field of the file itself is among the values.
        """
        _only_learned(values)
        return super().update(**values)


class ExportBatch(models.Model):
    """One file for QuickBooks Desktop."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="export_batches", verbose_name=_("company"))
    #: Counted from 1 in each company.
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=BatchKind)
    state = models.CharField(_("state"), max_length=14, choices=BatchState, default=BatchState.MADE)
    #: The period that was asked for; None for an open end.
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)
    #: Of the file's bytes, hexadecimal.
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    #: New customers among them, see `without_customers`.
    documents = models.PositiveIntegerField(_("documents"))
    #: How many documents of each kind, and what they come to: `{"invoice": {"count": 3, "total": "45.00"}}`.
    kinds = models.JSONField(default=dict)
    #: What the file moves, by account path; debit positive, as texts.
    accounts = models.JSONField(default=dict)
    #: How many texts had to be changed to fit, and the first of them: name of the field, before, after, why.
    changes = models.PositiveIntegerField(_("changed texts"), default=0)
    changed = models.JSONField(default=list)
    #: Why it was made, where a reason is asked for.
    reason = models.TextField(_("reason"), blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", verbose_name=_("reverses")
    )
    made_by = _person(verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))
    backup_confirmed_by = _person(verbose_name=_("backup confirmed by"))
    #: Who confirmed where nobody was signed in: the login of the computer that ran the command.
    backup_confirmed_as = models.CharField(max_length=150, blank=True)
    backup_confirmed_at = models.DateTimeField(_("backup confirmed"), null=True, blank=True)
    downloaded_by = _person(verbose_name=_("downloaded by"))
    downloaded_at = models.DateTimeField(_("downloaded"), null=True, blank=True)
    #: How often it was downloaded; each time the same bytes.
    downloads = models.PositiveIntegerField(default=0)
    closed_by = _person(verbose_name=_("closed by"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    #: On whose word it was closed: the user's, or the name of the report.
    closed_with = models.CharField(max_length=255, blank=True)

    objects = BatchRows.as_manager()

    class Meta:
        verbose_name = _("export batch")
        verbose_name_plural = _("export batches")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "number"], name="batch_once"),
            models.CheckConstraint(
                name="live_needs_a_backup",
                condition=models.Q(kind=BatchKind.REHEARSAL) | models.Q(backup_confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="repeat_needs_a_reason",
                condition=~models.Q(kind__in=[BatchKind.REPEAT, BatchKind.REVERSAL]) | ~models.Q(reason=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "-id"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a new batch, or what people learned about one.

        Raises:
            Immutable: It was stored before, and all of it, or a part of the file itself, is to be written.
        """
        if self.pk and not self._state.adding:
            _only_learned(kwargs.get("update_fields") or [field.name for field in self._meta.fields])
        super().save(*args, **kwargs)

    @property
    def mark(self) -> str:
        """What each memo of the file says of it, so that it is found in QuickBooks."""
        return mark_of(self.number)

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        words = {BatchKind.LIVE: "", BatchKind.REHEARSAL: "-test"}
        return f"{self.company.slug}-{self.number:04d}{words.get(BatchKind(self.kind), f'-{self.kind}')}.iif"

    @property
    def without_customers(self) -> int:
        """How many documents it holds as Home and Documents count them: new customers are told apart."""
        customers: int = self.kinds.get(NewCustomer.kind, {}).get("count", 0)
        return self.documents - customers

    @property
    def is_open(self) -> bool:
        """Whether nobody knows yet what became of it."""
        return self.state in (BatchState.MADE, BatchState.DOWNLOADED)

    def content(self) -> Iterator[bytes]:
        """The file, part by part."""
        parts = self.parts.order_by("position").values_list("data", flat=True)
        for data in parts.iterator(chunk_size=1):
            yield bytes(data)


#: What may be written after a batch was made.
LEARNED = frozenset(
    (
        "state", "downloaded_by", "downloaded_at", "downloads", "closed_by", "closed_at", "closed_with",
        "downloaded_by_id", "closed_by_id",
    )
)  # fmt: skip


def _only_learned(names: Iterable[str]) -> None:
    fixed = sorted(set(names) - LEARNED)
    if fixed:
        raise Immutable(f"a batch never changes, so these cannot be written: {', '.join(fixed)}")


class PartRows(models.QuerySet["ExportPart"]):
    """Parts of files, which never change."""

    def update(self, **values: Any) -> int:
        """Refuse.

        Raises:
            Immutable: Always.
        """
        raise Immutable("the file of a batch never changes")


class ExportPart(models.Model):
    """A piece of a batch's file, about a megabyte, so that no file has to fit into memory."""

    batch = models.ForeignKey(ExportBatch, models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    data = models.BinaryField()

    objects = PartRows.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "position"], name="part_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} · {self.position}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a new part.

        Raises:
            Immutable: It is stored already.
        """
        if not self._state.adding:
            raise Immutable("the file of a batch never changes")
        super().save(*args, **kwargs)


class ExportedState(models.TextChoices):
    """What became of one document in one file."""

    SENT = "sent", _("In the file")
    ARRIVED = "arrived", _("Arrived")
    MISSING = "missing", _("Not in the report")
    ERROR = "error", _("Not imported")
    #: The whole file was never imported.
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ExportedDocument(models.Model):
    """That a document was in a file. A rehearsal leaves none of these: it leaves no mark."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    batch = models.ForeignKey(ExportBatch, models.CASCADE, related_name="exported")
    document = models.ForeignKey(Document, models.PROTECT, related_name="exports")
    #: The kind of the batch, beside it for the constraint.
    kind = models.CharField(max_length=12, choices=BatchKind)
    state = models.CharField(_("state"), max_length=12, choices=ExportedState, default=ExportedState.SENT)
    #: Its number as the file writes it: DOCNUM, cut to what QuickBooks keeps; for a customer its name.
    written_as = models.CharField(max_length=209, blank=True)
    #: What QuickBooks said about it.
    message = models.TextField(blank=True)

    class Meta:
        verbose_name = _("exported document")
        verbose_name_plural = _("exported documents")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "document"], name="once_in_a_batch"),
            # A file that was never imported and a document that QuickBooks refused do not count
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(kind=BatchKind.LIVE) & ~models.Q(state__in=["withdrawn", "error"]),
                name="exported_once",
                violation_error_message=_("This document was exported before."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["batch", "state", "id"])]

    def __str__(self) -> str:
        return f"{self.document_id} · {self.batch_id}"
