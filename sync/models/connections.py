"""Which login leads to QuickBooks or to a source, does it still work, and how often was QuickBooks asked by it?"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from companies.source_names import kind_of
from mapping.models import SourceSettings

QUICKBOOKS_ONLINE = "quickbooks-online"


class ConnectionState(models.TextChoices):
    """The state of a login."""

    CONNECTING = "connecting", _("Connecting")
    CONNECTED = "connected", _("Connected")
    NEEDS_ATTENTION = "needs-attention", _("Needs attention")
    DISCONNECTED = "disconnected", _("Disconnected")


class Connection(models.Model):
    """A login to QuickBooks, or a source that orders come from. A company may have several sources of one kind."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="connections", verbose_name=_("company"))
    #: Its key: `quickbooks-online`, or that of a source such as `keap`, `files` or `files-2`. All that was read from a
    #: source is kept under its key.
    system = models.CharField(_("system"), max_length=40)
    #: What it is: `quickbooks-online`, or the kind of source, such as `files` of `files-2`.
    kind = models.CharField(_("kind"), max_length=40, default="", editable=False)
    name = models.CharField(_("name"), max_length=200)
    state = models.CharField(_("state"), max_length=20, choices=ConnectionState, default=ConnectionState.DISCONNECTED)
    #: The QuickBooks company id (realm), or the source's own tenant.
    external_id = models.CharField(_("company id"), max_length=60, blank=True)
    #: Tokens, encrypted; see `sync.secrets`. Empty when disconnected.
    secret = models.TextField(blank=True, editable=False)
    access_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    refresh_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: Who is refreshing the login now, and until when nobody else may.
    refreshing_by = models.CharField(max_length=64, blank=True, editable=False)
    refreshing_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: The last thing that went wrong, as a sentence; empty while all is well.
    last_error = models.TextField(_("last error"), blank=True)
    #: Until when QuickBooks asked to be left alone.
    resting_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: How many documents go to QuickBooks in one batch: fewer where it takes too long over many.
    batch_size = models.PositiveSmallIntegerField(default=30, editable=False)
    #: Since when each document is looked up before its first send, because the database was restored from a backup.
    restored_at = models.DateTimeField(null=True, blank=True, editable=False)
    connected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    connected_at = models.DateTimeField(_("connected"), null=True, blank=True)
    #: When the lists or their changes were read last.
    lists_refreshed_at = models.DateTimeField(_("lists refreshed"), null=True, blank=True)
    #: When QuickBooks last told by itself of a change of a list.
    lists_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: When all of every list was read last.
    lists_whole_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: Up to when changes of the lists are known, by QuickBooks' clock.
    changes_known_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: Up to when changes of the documents that we posted are known, by QuickBooks' clock.
    documents_known_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: When QuickBooks last answered a sync as it should, or a file of the source was last read.
    proven_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "system"], name="connection_once"),
            # Two companies of ours on the same books would post everything twice
            models.UniqueConstraint(
                fields=["external_id"],
                condition=models.Q(system=QUICKBOOKS_ONLINE)
                & ~models.Q(external_id="")
                & ~models.Q(state=ConnectionState.DISCONNECTED),
                name="books_once",
                violation_error_message=_("This QuickBooks company is already connected to another company."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.company}"

    def save(self, **kwargs: Any) -> None:
        """Keep what kind it is beside the key."""
        self.kind = self.kind or kind_of(self.system)
        super().save(**kwargs)


def sources_of(company: Company | int) -> QuerySet[Connection]:
    """The sources that orders of a company come from, in the order in which they were added."""
    return Connection.objects.filter(company=company).exclude(kind=QUICKBOOKS_ONLINE).order_by("pk")


def held_sources(company: Company | int) -> QuerySet[Connection]:
    """The sources of which nothing is sent: invoice creation is off, or they were disconnected."""
    off = SourceSettings.objects.filter(company=company, invoice_creation=False)
    held = models.Q(state=ConnectionState.DISCONNECTED) | models.Q(system__in=off.values("system"))
    return Connection.objects.filter(held, company=company)


class CountedKind(models.TextChoices):
    """What Intuit's plans tell apart: reads are metered, writes are free."""

    READ = "read", _("Reads")
    WRITE = "write", _("Writes")
    BATCH = "batch", _("Batches")


class RequestCount(models.Model):
    """Requests of one kind to one company's QuickBooks in one month."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    #: Its first day, in universal time.
    month = models.DateField()
    kind = models.CharField(max_length=10, choices=CountedKind)
    requests = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "month", "kind"], name="request_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}"


def count_requests(company: int, month: date, kind: str, requests: int) -> None:
    """Add to a month's requests."""
    rows = RequestCount.objects.filter(company=company, month=month, kind=kind)
    if not rows.update(requests=models.F("requests") + requests):
        new = RequestCount(company_id=company, month=month, kind=kind)
        RequestCount.objects.bulk_create([new], ignore_conflicts=True)
        rows.update(requests=models.F("requests") + requests)


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
