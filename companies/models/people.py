"""What has a person chosen for themselves, in whatever company they work?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonLanguage(models.Model):
    """The language that a person chose; without a row it is that of their browser."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="chosen_language"
    )
    language = models.CharField(_("language"), max_length=10)

    class Meta:
        verbose_name = _("language of a person")
        verbose_name_plural = _("languages of people")

    def __str__(self) -> str:
        return f"{self.person}: {self.language}"
