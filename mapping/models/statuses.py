"""What does each status of a source mean for its orders?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from books.orders import OrderStatus
from books.statuses import LONGEST_STATUS, known_meaning, status_key
from companies.models import Company


class StatusMeaning(models.TextChoices):
    """What becomes of the orders that have a status."""

    UNKNOWN = OrderStatus.UNKNOWN.value, _("Not decided")
    SALE = OrderStatus.SALE.value, _("Sale: it is posted")
    REFUNDED = OrderStatus.REFUNDED.value, _("Refunded: posted with its refund")
    DRAFT = OrderStatus.DRAFT.value, _("Not yet a sale: it waits")
    CANCELLED = OrderStatus.CANCELLED.value, _("Canceled: nothing is posted")
    LEFT_OUT = OrderStatus.LEFT_OUT.value, _("Left out: nothing is posted")


class StatusWord(models.Model):
    """A status as one source writes it, and what it means for this company."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="status_words", verbose_name=_("company"))
    system = models.CharField(_("source"), max_length=40)
    #: As the source wrote it first.
    word = models.CharField(_("status in the source"), max_length=LONGEST_STATUS)
    #: As statuses are compared, see `books.statuses.status_key`.
    name_compared = models.CharField(max_length=LONGEST_STATUS)
    meaning = models.CharField(_("meaning"), max_length=12, choices=StatusMeaning, default=StatusMeaning.UNKNOWN)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("order status")
        verbose_name_plural = _("order statuses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system", "name_compared"], name="status_word_once"),
        ]

    def __str__(self) -> str:
        return self.word

    @property
    def is_decided(self) -> bool:
        """Whether its orders can be posted or left out."""
        return self.meaning != StatusMeaning.UNKNOWN

    @property
    def how(self) -> str:
        """How it was decided, for a reader."""
        if not self.is_decided:
            return str(_("Not decided: its orders wait."))
        if self.meaning == known_meaning(self.word):
            return str(_("Preselected: the word says so."))
        return str(_("Chosen."))


def status_word(company_id: int, system: str, word: str) -> StatusWord:
    """A status as it is when it is first seen: with the meaning that the word plainly has. It is not saved."""
    return StatusWord(
        company_id=company_id,
        system=system,
        word=word[:LONGEST_STATUS],
        name_compared=status_key(word),
        meaning=known_meaning(word).value,
    )
