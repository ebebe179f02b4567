"""What did readers of the help pages answer when they were asked whether a page helped?"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company


class HelpAnswer(models.Model):
    """A person's answer about one help page; the last one counts."""

    LONGEST_COMMENT = 2000

    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    #: The path of the page in the documentation, `howto/go-live.md`.
    page = models.CharField(_("page"), max_length=200)
    helpful = models.BooleanField(_("helpful"))
    comment = models.TextField(_("Comment (optional)"), max_length=LONGEST_COMMENT, blank=True)
    at = models.DateTimeField(_("when"), auto_now=True)

    class Meta:
        verbose_name = _("answer about a help page")
        verbose_name_plural = _("answers about help pages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "by", "page"], name="help_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.helpful}"
