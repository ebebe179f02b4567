"""Which columns do the files of a source have, as a person said it; and which file waits for them to say it?"""

from __future__ import annotations

from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from sync.sources.saved_columns import SavedColumns, headings_key


class ColumnPreset(models.Model):
    """What a person said about the columns of a source's files with the same headings."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    #: The key of the source.
    system = models.CharField(max_length=40)
    #: What the files hold, see `sync.sources.files.file_columns`.
    kind = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=100)
    #: Pairs: a heading, and the label of the column that it means; an empty one is not read.
    meanings = models.JSONField(default=list)
    #: Of the headings, see `digest_of`: no two presets are about the same ones.
    digest = models.CharField(max_length=64, editable=False)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("saved columns")
        verbose_name_plural = _("saved columns")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system", "kind", "digest"], name="columns_saved_once"),
            models.UniqueConstraint(fields=["company", "system", "kind", "name"], name="column_preset_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> SavedColumns:
        """As a reader of files takes it."""
        return SavedColumns(name=self.name, meanings=tuple((heading, label) for heading, label in self.meanings))


class FileToUnderstand(models.Model):
    """A file that waits until its person has said which column is which; of each person the newest is kept."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    system = models.CharField(max_length=40)
    #: As of `ColumnPreset`.
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    #: `sync.sources.base.ReadOptions` as JSON.
    options = models.JSONField(default=dict)
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "by"], name="file_to_understand_once")]

    def __str__(self) -> str:
        return self.name


def digest_of(headings: list[str]) -> str:
    """What tells headings from others, however long they are."""
    return sha256(headings_key(headings).encode()).hexdigest()
