"""What does each status of a source mean for its orders, and which event makes their documents?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from simple_history.models import HistoricalRecords

from books.orders import OrderStatus
from books.statuses import LONGEST_STATUS, OrderStage, known_meaning, known_stage, status_key
from companies.models import Company
from companies.source_names import SourceNames


class StatusMeaning(models.TextChoices):
    """What becomes of the orders that have a status."""

    UNKNOWN = OrderStatus.UNKNOWN.value, _("Not decided")
    SALE = OrderStatus.SALE.value, _("Sale: it is posted")
    REFUNDED = OrderStatus.REFUNDED.value, _("Refunded: posted with its refund")
    DRAFT = OrderStatus.DRAFT.value, _("Not yet a sale: it waits")
    CANCELLED = OrderStatus.CANCELLED.value, _("Canceled: nothing is posted")
    LEFT_OUT = OrderStatus.LEFT_OUT.value, _("Left out: nothing is posted")


def stages() -> list[tuple[str, str | StrPromise]]:
    """How far an order can have come, and what can make its document."""
    return [(stage.value, _(stage.label)) for stage in OrderStage]


class SourceEvent(models.Model):
    """Which event makes the documents of one source. Without a row it is the placing of the order."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="source_events", verbose_name=_("company"))
    #: Such as `keap`.
    system = models.CharField(_("source"), max_length=40)
    event = models.CharField(
        _("make the document when"), max_length=10, choices=stages, default=OrderStage.PLACED.value
    )

    #: Whether a row is called what its source is.
    is_named_by_source: ClassVar = True

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("event that makes the document")
        verbose_name_plural = _("events that make the documents")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system"], name="source_event_once"),
        ]

    def __str__(self) -> str:
        return SourceNames(self.company).called(self.system)


class StatusWord(models.Model):
    """A status as one source writes it, and what it means for this company."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="status_words", verbose_name=_("company"))
    system = models.CharField(_("source"), max_length=40)
    #: As the source wrote it first.
    word = models.CharField(_("status in the source"), max_length=LONGEST_STATUS)
    #: As statuses are compared, see `books.statuses.status_key`.
    name_compared = models.CharField(max_length=LONGEST_STATUS)
    meaning = models.CharField(_("meaning"), max_length=12, choices=StatusMeaning, default=StatusMeaning.UNKNOWN)
    #: Of a sale: how far it has come. It matters where a later event than the order makes the document.
    stage = models.CharField(_("stage"), max_length=10, choices=stages, default=OrderStage.PLACED.value)
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
        stage=known_stage(word).value,
    )
