"""Which customers were asked for a review after their first paid invoice, and what became of each request?

Source:
    docs/decisions/0064-review-requests.md
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mapping.models import ID_LENGTH
from sync.models.connections import Connection


class ReviewState(models.TextChoices):
    """What became of a request."""

    WAITING = "waiting", _("Waiting")
    #: It was committed and may have left.
    SENDING = "sending", _("Sent, no answer yet")
    SENT = "sent", _("Sent")
    NOT_SENT = "not-sent", _("Not sent")
    FAILED = "failed", _("Failed")
    #: No one knows whether it arrived, so it is never repeated by itself.
    UNCLEAR = "unclear", _("Unclear")


class ReviewCause(models.TextChoices):
    """Why a request was not sent, or is not sent yet."""

    NONE = "", ""
    PAID_BEFORE = "paid-before", _("The first invoice was paid before the checkbox was turned on.")
    NO_MONEY = "no-money", _("The first invoice was settled without a payment, for example by a credit memo.")
    NO_EMAIL = "no-email", _("The customer has no email address in QuickBooks.")
    NO_CONTACT = "no-contact", _("The CRM has no contact with the customer's email address.")
    SEVERAL_CONTACTS = "several-contacts", _("The CRM has several contacts with the customer's email address.")
    DO_NOT_DISTURB = "do-not-disturb", _("The contact does not want to be disturbed.")
    ASKED_ALREADY = "asked-already", _("The contact was asked already, for another QuickBooks customer.")
    REFUSED = "refused", _("The CRM rejected it.")
    NO_ANSWER = "no-answer", _("The CRM did not answer, and may have sent the request.")
    MARKED = "marked", _("A person marked it as sent.")


#: What a person has to decide about.
REVIEWS_TO_DECIDE = (ReviewState.FAILED, ReviewState.UNCLEAR)
#: Found again when it changes in the CRM, so that a person may have it tried again.
MAY_BE_TRIED_AGAIN = (
    ReviewCause.NO_EMAIL,
    ReviewCause.NO_CONTACT,
    ReviewCause.SEVERAL_CONTACTS,
    ReviewCause.DO_NOT_DISTURB,
)


class ReviewRequest(models.Model):
    """The one request that a customer gets in a lifetime, or why there is none."""

    connection = models.ForeignKey(Connection, models.CASCADE, db_index=False, related_name="review_requests")
    #: The QuickBooks company that the ids are of.
    books = models.CharField(max_length=60)
    customer_id = models.CharField(max_length=ID_LENGTH)
    customer_name = models.CharField(_("customer"), max_length=500)
    #: Addresses with a comma between; empty where QuickBooks has none.
    email = models.CharField(_("email"), max_length=500, blank=True)
    #: The customer's first invoice.
    invoice_id = models.CharField(max_length=ID_LENGTH)
    invoice_number = models.CharField(_("invoice"), max_length=50, blank=True)
    #: The date of its last payment, and when that was entered in QuickBooks; None where there was no money.
    paid_on = models.DateField(_("paid on"), null=True)
    paid_at = models.DateTimeField(null=True)
    #: The contact at the CRM that it was sent to; empty before the first attempt.
    contact_id = models.CharField(max_length=100, blank=True)
    #: The workflow that it was handed to.
    workflow_id = models.CharField(max_length=60, blank=True)
    workflow_name = models.CharField(_("workflow"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.WAITING)
    cause = models.CharField(_("cause"), max_length=20, choices=ReviewCause, blank=True)
    #: What the CRM said, in its own words.
    told = models.CharField(max_length=500, blank=True)
    #: How often it was sent.
    tries = models.PositiveSmallIntegerField(default=0)
    #: A person asked for another attempt, whenever the invoice was paid.
    by_hand = models.BooleanField(default=False)
    #: Who asked for another attempt, or marked it as sent; None for the scheduler.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    noticed_at = models.DateTimeField(auto_now_add=True)
    #: When it was committed to be sent last.
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("review request")
        verbose_name_plural = _("review requests")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "books", "customer_id"], name="review_of_customer_once"),
            # Two QuickBooks customers may be one contact
            models.UniqueConstraint(
                fields=["connection", "contact_id"], condition=~models.Q(contact_id=""), name="review_of_contact_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["connection", "state"], name="review_by_state"),
            models.Index(fields=["connection", "-id"], name="review_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_name} · {self.invoice_number}"

    @property
    def needs_a_person(self) -> bool:
        """Whether a person has to decide about it."""
        return self.state in REVIEWS_TO_DECIDE

    @property
    def may_be_sent_again(self) -> bool:
        """Whether a person may have it tried again."""
        return self.needs_a_person or (self.state == ReviewState.NOT_SENT and self.cause in MAY_BE_TRIED_AGAIN)
