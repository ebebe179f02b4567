"""Which documents were in QuickBooks before Tieout came to them, and which of those are something else?"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from mapping.models import ID_LENGTH
from sync.models.documents import Document


class Adoption(models.Model):
    """A document that another program or a person entered in QuickBooks, and that is ours by a person's word."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, related_name="adoption")
    #: Of the transaction in QuickBooks, at the moment when it was adopted.
    quickbooks_id = models.CharField(_("QuickBooks id"), max_length=ID_LENGTH)
    #: What QuickBooks held then; see `books.posted_document`.
    seen = models.JSONField()
    #: Why it is the same, see `sync.adopting.matching.Ground`.
    grounds = models.JSONField(default=list)
    at = models.DateTimeField(_("adopted"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("adopted by")
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "-id"])]

    def __str__(self) -> str:
        return f"{self.document_id} {self.quickbooks_id}"


class RuledOut(models.Model):
    """A transaction in QuickBooks that a document is not, by a person's word: the two are never suggested again."""

    company = models.ForeignKey(Company, models.CASCADE, db_index=False, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, db_index=False, related_name="ruled_out")
    quickbooks_id = models.CharField(max_length=ID_LENGTH)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "quickbooks_id"], name="ruled_out_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.quickbooks_id}"
