"""What should be in QuickBooks, how far has it come, and which causes are to be counted again since that changed?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from books import serialization
from books.documents import FORMS, KINDS
from books.documents import Document as DocumentValue
from books.posted_document import Holding
from books.problems import Problem, read_problem
from companies.models import Company
from mapping.models import ID_LENGTH
from sync.models.orders import StagedOrder


class DocumentState(models.TextChoices):
    """How far a document has come."""

    BLOCKED = "blocked", _("Blocked")
    READY = "ready", _("Ready")
    SENDING = "sending", _("Sending")
    #: In a file for QuickBooks Desktop; whether it was imported is not known yet.
    EXPORTED = "exported", _("Exported")
    POSTED = "posted", _("Posted")
    REFUSED = "refused", _("Rejected")
    UNKNOWN = "unknown", _("Unknown")
    DIFFERS = "differs", _("Differs")
    VOIDED = "voided", _("Voided")
    IGNORED = "ignored", _("Ignored")
    #: It was posted, and a person took it out of QuickBooks again; it is not posted again by itself.
    UNDONE = "undone", _("Undone")


class PendingChange(models.TextChoices):
    """What has to be done about a posted document since its order changed."""

    UPDATE = "update", _("Update waiting")
    VOID = "void", _("Void waiting")
    #: A person has to decide something first; the document's problems say what.
    HELD = "held", _("Change held")
    #: A person takes it out of QuickBooks; until that is settled its order changes nothing of it.
    UNDO = "undo", _("Undo waiting")


#: States in which QuickBooks holds, or may hold, the document: its body is frozen.
SENT_STATES = (
    DocumentState.SENDING,
    DocumentState.UNKNOWN,
    DocumentState.EXPORTED,
    DocumentState.POSTED,
    DocumentState.DIFFERS,
    DocumentState.VOIDED,
)
#: States in which nothing has left: a decision changes what will be sent.
UNSENT_STATES = (DocumentState.BLOCKED, DocumentState.READY, DocumentState.REFUSED)
#: Documents whose content still follows the decisions: nothing of it has left, or a change of it has not.
FOLLOWS_DECISIONS = models.Q(state__in=UNSENT_STATES) | ~models.Q(pending="")
#: States in which a person decided that it is not to be in QuickBooks.
DECIDED_AGAINST = (DocumentState.IGNORED, DocumentState.UNDONE)
#: States that wait for a person.
STUCK_STATES = (DocumentState.BLOCKED, DocumentState.REFUSED, DocumentState.DIFFERS)


def kinds() -> list[tuple[str, StrPromise]]:
    """What a record can be for the business."""
    return [(kind, _(title)) for kind, title in KINDS.items()]


def forms() -> list[tuple[str, StrPromise]]:
    """The forms that a record can take in QuickBooks."""
    return [(form, _(value.title)) for form, value in FORMS.items()]


#: Kinds that are told by their order where they have no number.
_OF_ORDERS = ("payment", "credit-application")


class Document(models.Model):
    """One document. Narrow: lists and claims read it; the body and the exchanges are kept apart."""

    #: Nine indexes begin with it; one more of its own would only cost each write.
    company = models.ForeignKey(
        Company, models.CASCADE, db_index=False, related_name="documents", verbose_name=_("company")
    )
    order = models.ForeignKey(StagedOrder, models.PROTECT, related_name="documents", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=20, choices=kinds)
    #: The form that it takes in QuickBooks; empty while problems leave nothing to send.
    form = models.CharField(_("form in QuickBooks"), max_length=20, choices=forms, blank=True)
    #: Unique in the company and the same over all versions, such as `keap:2041:invoice`.
    key = models.CharField(max_length=300)
    state = models.CharField(_("state"), max_length=12, choices=DocumentState, default=DocumentState.BLOCKED)
    version = models.PositiveIntegerField(_("version"), default=1)
    #: A definite refusal, or a person who posts a deleted document again, starts a new one.
    generation = models.PositiveIntegerField(_("generation"), default=1)
    number = models.CharField(_("number"), max_length=120, blank=True)
    dated = models.DateField(_("date"))
    customer_name = models.CharField(_("customer"), max_length=500, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total"), max_digits=19, decimal_places=4)
    #: What waits to be done to it in QuickBooks; the change itself is in `DocumentChange`.
    pending = models.CharField(_("change"), max_length=6, choices=PendingChange, blank=True)
    #: Fingerprint of the body; empty while problems leave nothing to send.
    body_hash = models.CharField(max_length=64, blank=True)
    #: Fingerprint of the part of the order that it was prepared from; a change after posting is noticed by it.
    source_hash = models.CharField(max_length=64, blank=True)
    #: The source no longer has it and it was never posted; it comes back when the source has it again.
    withdrawn = models.BooleanField(default=False)
    depends_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="dependants")
    quickbooks_id = models.CharField(_("QuickBooks id"), max_length=ID_LENGTH, blank=True)
    sync_token = models.CharField(max_length=20, blank=True)
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True)
    created_at = models.DateTimeField(_("prepared"), auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "key"], name="document_once"),
            models.CheckConstraint(
                name="ready_has_a_body",
                condition=~models.Q(state__in=["ready", "sending", "exported", "posted"]) | ~models.Q(body_hash=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "state", "id"]),
            models.Index(fields=["company", "-id"]),
            # The lists of a million documents are sorted by these
            models.Index(fields=["company", "dated", "id"]),
            models.Index(fields=["company", "total", "id"]),
            models.Index(fields=["company", "customer_name", "id"]),
            # Few among many: refunds, credits, journal entries
            models.Index(fields=["company", "kind", "dated", "id"], name="document_kind_dated"),
            models.Index(fields=["company", "form", "dated", "id", "kind"], name="document_form_dated"),
            # Found by the whole number and by its beginning
            models.Index(
                fields=["company", "number"], opclasses=["int8_ops", "varchar_pattern_ops"], name="document_number"
            ),
            models.Index(fields=["company", "quickbooks_id"]),
            # Everything that Home adds up of the last days, so that it reads no document for it
            models.Index(fields=["company", "posted_at", "state", "kind", "currency", "total"], name="document_posted"),
            models.Index(fields=["company", "pending", "id"], condition=~models.Q(pending=""), name="document_pending"),
        ]

    def __str__(self) -> str:
        # Django's own word for a kind makes the list of all kinds anew for each row
        return f"{gettext(KINDS.get(self.kind, self.kind))} {self.label}"

    @property
    def label(self) -> str:
        """What it is called beside its kind: its number, else the order that it is of, or the new customer."""
        if not self.is_told_by_order:
            return self.number or self.customer_name
        return gettext("of %(order)s") % {"order": self.order.number}

    @property
    def is_told_by_order(self) -> bool:
        """Whether its label needs its order."""
        return not self.number and self.kind in _OF_ORDERS

    @property
    def is_sent(self) -> bool:
        """Whether QuickBooks holds it or may hold it, so that its body may not change."""
        return self.state in SENT_STATES

    @property
    def is_adopted(self) -> bool:
        """Whether others entered what QuickBooks has of it; not where that was deleted, and Tieout posted it anew."""
        adoption = getattr(self, "adoption", None)
        return adoption is not None and adoption.quickbooks_id == self.quickbooks_id

    @property
    def change_in_flight(self) -> bool:
        """Whether QuickBooks was asked to change it and has not answered; until then the change stays as it is."""
        return bool(self.quickbooks_id) and self.state in (DocumentState.SENDING, DocumentState.UNKNOWN)

    def value(self) -> DocumentValue:
        """The document itself, as it was posted.

        Raises:
            DocumentBody.DoesNotExist: Problems left nothing to send.
        """
        return self.frozen.read()


class DocumentBody(models.Model):
    """The frozen body of a document at its current version."""

    document = models.OneToOneField(Document, models.CASCADE, related_name="frozen", primary_key=True)
    body = models.JSONField()
    #: What a user made of it in QuickBooks, once a person accepted that; see `books.posted_document`.
    theirs = models.JSONField(null=True)

    #: The body that was read last, and what it says.
    _read: tuple[object, DocumentValue] | None = None

    def __str__(self) -> str:
        return f"{self.document_id}"

    def read(self) -> DocumentValue:
        """The document that the body was made of."""
        body, value = self._read or (None, None)
        if value is None or body is not self.body:
            value = serialization.read_document(self.body)
            self._read = (self.body, value)
        return value

    def read_theirs(self) -> Holding | None:
        """What QuickBooks holds instead, by a person's word; None where it holds what was posted."""
        return serialization.read_holding(self.theirs) if self.theirs else None


class DocumentChange(models.Model):
    """What a posted document is to become, beside the frozen body of what QuickBooks has.

    Once QuickBooks accepts it, it takes the body's place.
    """

    document = models.OneToOneField(Document, models.CASCADE, related_name="change", primary_key=True)
    operation = models.CharField(max_length=6, choices=[("update", "update"), ("void", "void"), ("delete", "delete")])
    #: The document as it is to be; none for a void or a deletion, or while problems leave nothing to send.
    body = models.JSONField(null=True)
    body_hash = models.CharField(max_length=64, blank=True)
    #: Fingerprint of the part of the order that it was prepared from.
    source_hash = models.CharField(max_length=64)
    #: What QuickBooks held when it was last seen to differ from what was posted; see `books.posted_document`.
    seen = models.JSONField(null=True)
    #: The order did not change: it says again what was posted, since QuickBooks holds something else.
    restores = models.BooleanField(default=False)
    #: A person said that the change goes ahead over exactly what was seen.
    overwrites = models.BooleanField(default=False)
    #: A person confirmed it although money is tied to it.
    confirmed = models.BooleanField(default=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.operation} {self.document_id}"

    def read(self) -> DocumentValue | None:
        """The document as it is to be; None for a void or a deletion."""
        return serialization.read_document(self.body) if self.body else None

    def read_seen(self) -> Holding | None:
        """What QuickBooks held when it was last seen to differ."""
        return serialization.read_holding(self.seen) if self.seen else None


class DocumentProblems(models.QuerySet["DocumentProblem"]):
    """Problems whose causes are counted again when they come or go, whichever way that happens."""

    def touch(self) -> bool:
        """Have their causes counted again, since something about their documents changed; whether there are any."""
        pairs = list(self.order_by().values_list("company_id", "cause").distinct())
        if pairs:
            touch(pairs)
        return bool(pairs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them."""
        return super().delete() if self.touch() else (0, {})

    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[DocumentProblem], *arguments: Any, **options: Any) -> list[DocumentProblem]:
        """Write new ones."""
        rows = super().bulk_create(objs, *arguments, **options)
        touch((row.company_id, row.cause) for row in rows)
        return rows


class DocumentProblem(models.Model):
    """One reason why one document cannot be posted. The same cause on many documents is one issue."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="problems")
    code = models.CharField(_("cause"), max_length=60)
    #: See `books.problems.Problem.cause`; shortened with a fingerprint when it is longer than the column.
    cause = models.CharField(max_length=400)
    facts = models.JSONField()
    found_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentProblems.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "cause"], name="problem_once_per_document"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "cause"])]

    def __str__(self) -> str:
        return self.cause

    def save(self, *arguments: Any, **options: Any) -> None:
        """Write it, and have its cause counted again."""
        super().save(*arguments, **options)
        touch([(self.company_id, self.cause)])

    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete it, and have its cause counted again."""
        touch([(self.company_id, self.cause)])
        return super().delete(*arguments, **options)

    def read(self) -> Problem:
        """The problem itself."""
        return read_problem(self.code, self.facts)


class TouchedCause(models.Model):
    """One cause whose documents changed; written in the transaction that changes them, so that none is forgotten.

    Rows are added and deleted, and never unique: two transactions that touch one cause do not wait for each other.
    """

    #: In place of a cause: names in decisions, or QuickBooks' lists of them, changed.
    NAMES: ClassVar[str] = "names"
    #: In place of a cause: everything has to be counted again.
    EVERYTHING: ClassVar[str] = "everything"

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    cause = models.CharField(max_length=400)

    def __str__(self) -> str:
        return self.cause


def touch(pairs: Iterable[tuple[int, str]]) -> None:
    """Have these causes counted again, each with its company's number."""
    TouchedCause.objects.bulk_create(
        [TouchedCause(company_id=company, cause=cause) for company, cause in dict.fromkeys(pairs)]
    )


def touch_names(company: Company) -> None:
    """Have the names counted again that decisions give and QuickBooks' lists no longer have."""
    touch([(company.pk, TouchedCause.NAMES)])


def touch_everything(company: Company) -> None:
    """Have all of the company's issues counted again."""
    touch([(company.pk, TouchedCause.EVERYTHING)])
