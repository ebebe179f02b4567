"""What goes back to a CRM, and what became of each contact? Nothing does, unless a switch of its source says so.

Source:
    docs/decisions/0063-back-to-the-crm.md
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from companies.models import Company
from companies.source_names import SourceNames
from mapping.models import ID_LENGTH
from sync.models.connections import Connection


class CrmUpdates(models.Model):
    """The switches of one source that is asked over the internet, and how far QuickBooks was read for them."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    connection = models.OneToOneField(Connection, models.CASCADE, related_name="crm_updates")
    #: The key of the source, such as `highlevel`.
    system = models.CharField(_("source"), max_length=40)
    adds_contacts = models.BooleanField(_("adds new QuickBooks customers as contacts"), default=False)
    #: Customers that QuickBooks had before that moment never become contacts by themselves; None while it is off.
    contacts_from = models.DateTimeField(_("customers added from"), null=True, blank=True)
    asks_for_reviews = models.BooleanField(_("sends review requests"), default=False)
    #: What was paid before that moment asks for nothing; None while it is off.
    reviews_from = models.DateTimeField(_("payments from"), null=True, blank=True)
    #: Who turned that on.
    reviews_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    #: The workflow of the CRM that sends the request.
    workflow_id = models.CharField(max_length=60, blank=True)
    workflow_name = models.CharField(_("workflow"), max_length=200, blank=True)
    #: Up to when QuickBooks' changes were read for this source, by QuickBooks' clock; None before the first time.
    read_to = models.DateTimeField(null=True, blank=True)
    #: Why the last round ended early, as a sentence; empty when it did not.
    stopped = models.TextField(blank=True)

    is_named_by_source: ClassVar = True
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("updates of a CRM")
        verbose_name_plural = _("updates of CRMs")

    def __str__(self) -> str:
        return SourceNames(self.company).called(self.system)


class CrmContactState(models.TextChoices):
    """What became of a QuickBooks customer in the CRM."""

    WAITING = "waiting", _("Waiting")
    #: Its creation was committed and may have left; what came of it is looked up before anything is sent again.
    SENDING = "sending", _("Sent, no answer yet")
    CREATED = "created", _("Created")
    THERE = "there", _("Was there already")
    ATTENTION = "attention", _("Needs attention")


#: What a round still has to do something about.
OPEN_CONTACT_STATES = (CrmContactState.WAITING, CrmContactState.SENDING)


class CrmContact(models.Model):
    """One customer that came into being in QuickBooks, on the way to the CRM."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="crm_contacts")
    customer_id = models.CharField(max_length=ID_LENGTH)
    # As QuickBooks has it; followed until it is in the CRM
    name = models.CharField(_("customer"), max_length=500)
    given_name = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200, blank=True)
    company_name = models.CharField(max_length=500, blank=True)
    email = models.CharField(_("email"), max_length=500, blank=True)
    phone = models.CharField(_("phone"), max_length=100, blank=True)
    #: The contact's id in the CRM; empty while it is not known.
    contact_id = models.CharField(max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=CrmContactState, default=CrmContactState.WAITING)
    #: Why it is not there, or what was found, as sentences that are marked for translation.
    reason = models.TextField(_("reason"), blank=True)
    cure = models.TextField(blank=True)
    #: How often its creation was sent.
    tries = models.PositiveIntegerField(default=0)
    #: When QuickBooks created the customer, by its clock.
    created_in_quickbooks = models.DateTimeField(_("created in QuickBooks"))
    noticed_at = models.DateTimeField(auto_now_add=True)
    #: When its creation was committed to be sent last.
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("contact from QuickBooks")
        verbose_name_plural = _("contacts from QuickBooks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "customer_id"], name="crm_contact_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["connection", "-id"], name="crm_contact_newest"),
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="crm_contact_open",
            ),
            models.Index(fields=["connection"], condition=models.Q(state="attention"), name="crm_contact_attention"),
        ]

    def __str__(self) -> str:
        return self.name
