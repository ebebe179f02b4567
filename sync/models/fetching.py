"""How far has a source been read that is asked over the internet, and what did each fetch come to?"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.connections import Connection
from sync.models.runs import Run


class LoginKind(models.TextChoices):
    """With what a source lets us in."""

    KEY = "key", _("Key")
    OAUTH = "oauth", _("Sign-in")


class Telling(models.TextChoices):
    """Whether a source tells of changes by itself, so that they come in before the next regular reading."""

    #: It was never asked to, or cannot be asked.
    UNKNOWN = "", _("No")
    ON = "on", _("Yes")
    #: The settings name no address at which the source could reach this server.
    NO_ADDRESS = "no-address", _("No address")
    #: The login may not ask for it.
    REFUSED = "refused", _("Not allowed")
    #: The source called the address and did not get its answer.
    UNREACHED = "unreached", _("Not reached")


class LiveSource(models.Model):
    """A source that is asked over the internet: whose account it is, from which day on, and how far it was read."""

    connection = models.OneToOneField(Connection, models.CASCADE, primary_key=True, related_name="live")
    login = models.CharField(max_length=10, choices=LoginKind, default=LoginKind.KEY)
    #: Where a test account on this machine is; empty for the source itself, see `docs/reference/settings.md`.
    address = models.CharField(max_length=200, blank=True, default="", editable=False)
    account_name = models.CharField(_("account"), max_length=200, blank=True)
    #: As the account's own profile says; empty where it does not.
    currency = models.CharField(max_length=3, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    #: Orders placed before that day are never read.
    starts_on = models.DateField(_("orders from"))
    #: Where the next fetch goes on; what is in it is the reader's own business. Moves only with what was staged.
    cursor = models.JSONField(default=dict)
    #: When everything that was there had been read; None while the first reading goes on.
    read_whole_at = models.DateTimeField(null=True)
    #: When the list of what it has for sale was read last.
    products_read_at = models.DateTimeField(null=True)
    #: When the ids of all orders were compared with ours last.
    compared_at = models.DateTimeField(null=True)
    #: Nothing is asked before that moment, because the source asked for rest.
    rests_until = models.DateTimeField(null=True)
    #: A person stopped the reading for now.
    paused = models.BooleanField(default=False)
    #: The digest of the token in the address at which the source tells of changes; empty where it has none. The token
    #: itself is at the source alone.
    hook_digest = models.CharField(max_length=64, blank=True, default="", db_index=True, editable=False)
    telling = models.CharField(max_length=12, choices=Telling, blank=True, default=Telling.UNKNOWN, editable=False)
    #: When the source last brought an order that was new.
    new_order_at = models.DateTimeField(null=True)
    #: The day of its last order, while it is silent for longer than it usually is; found with each reading.
    silent_since = models.DateField(null=True)
    #: A person expects no orders before that day.
    quiet_until = models.DateField(_("no orders expected before"), null=True)

    def __str__(self) -> str:
        return f"{self.connection}"


class Fetch(models.Model):
    """What one run asked of a source, from where to where."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="fetch")
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="fetches")
    cursor_before = models.JSONField(default=dict)
    cursor_after = models.JSONField(default=dict)
    calls = models.PositiveIntegerField(default=0)
    #: Orders that were placed before the day with which the source begins.
    too_old = models.PositiveIntegerField(default=0)
    #: Whether everything was read that was there; else the next fetch goes on.
    complete = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["connection", "-run"])]

    def __str__(self) -> str:
        return f"{self.connection_id} · {self.run_id}"


class WebhookEvent(models.Model):
    """An event that a source told of by itself. It says only that something is worth reading, and comes once."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="webhook_events")
    #: The source's own id of it; one that is delivered twice has the same.
    webhook_id = models.CharField(max_length=100)
    event = models.CharField(max_length=60)
    #: By the source's clock.
    told_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "webhook_id"], name="webhook_event_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["connection", "received_at"], name="webhook_event_by_age")]

    def __str__(self) -> str:
        return f"{self.event} · {self.webhook_id}"


class UnreadOrder(models.Model):
    """An order of a source that could not be read as it is; gone once it was."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")
    #: Its key at the source, and what it is called there.
    source_id = models.CharField(max_length=120)
    number = models.CharField(_("order"), max_length=120)
    what = models.TextField(_("what is wrong"))
    cure = models.TextField(_("what to do"), blank=True)
    noticed_at = models.DateTimeField(_("noticed"), auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["connection", "source_id"], name="unread_order_once")]

    def __str__(self) -> str:
        return self.number


class PlannedReading(models.Model):
    """The reading of many orders at once, counted before it starts: the first one of a source, or one again."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="planned_readings")
    #: Orders placed, or of one again changed, since that day.
    begins_on = models.DateField(_("orders from"))
    #: Whether they were read before, and what is new goes on being read while this waits.
    again = models.BooleanField(default=False)
    #: How many orders and payments there are, about; None where the source did not say.
    expected = models.PositiveIntegerField(null=True)
    #: Whether there may be fewer.
    at_most = models.BooleanField(default=False)
    #: How many requests it takes, about.
    requests = models.PositiveIntegerField(null=True)
    #: What the limits of the account left when it was counted; None where the source did not say.
    left_today = models.PositiveIntegerField(null=True)
    a_day = models.PositiveIntegerField(null=True)
    a_minute = models.PositiveIntegerField(null=True)
    planned_at = models.DateTimeField(auto_now_add=True)
    #: None while it waits for a person.
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    #: Orders and requests so far.
    read = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection"], condition=models.Q(finished_at=None), name="planned_reading_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} · {self.begins_on}"
