"""What keeps records out of the books, cause by cause, and how did source and books compare for a period?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from books.problems import Problem, read_problem
from companies.models import Company
from mapping.models import ID_LENGTH
from reconciliation.cleanup_models import CleanupFinding, CleanupReport  # noqa: F401  Django looks for models here
from reconciliation.clearing_models import ClearingMark, ClearingReading  # noqa: F401  Django looks for models here
from reconciliation.look_models import PeriodLook
from reconciliation.look_models import TieOutState as TieOutState  # others import it from here
from reconciliation.undo_models import Undo, UndoCustomer, UndoItem, UndoStep  # noqa: F401  Django looks for models here


class IssueState(models.TextChoices):
    """Whether a cause still blocks anything."""

    OPEN = "open", _("Open")
    SOLVED = "solved", _("Solved")


class Issue(models.Model):
    """One cause that blocks one or many records, with the money at stake; the row is opened again if it returns."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="issues", verbose_name=_("company"))
    code = models.CharField(_("cause"), max_length=60)
    #: See `books.problems.Problem.cause`.
    cause = models.CharField(max_length=400)
    facts = models.JSONField()
    state = models.CharField(_("state"), max_length=10, choices=IssueState, default=IssueState.OPEN)
    #: How many documents it blocks now.
    records = models.PositiveIntegerField(_("records"), default=0)
    #: What those documents in the company's home currency add up to.
    money = models.DecimalField(_("money"), max_digits=19, decimal_places=4, default=0)
    #: By currency, what the others add up to, as text: amounts of two currencies are never added.
    foreign = models.JSONField(_("money in other currencies"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True)
    solved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("solved by")
    )
    #: The run that prepares what a decision about it unblocked; while it runs, no one is asked again.
    under_way = models.ForeignKey("sync.Run", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "cause"], name="issue_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "state", "code"]),
            # The most money first, whatever was solved before
            models.Index(fields=["company", "money", "id"], condition=models.Q(state="open"), name="issue_open_money"),
        ]

    def __str__(self) -> str:
        return self.cause

    @property
    def amounts(self) -> list[tuple[Decimal, str]]:
        """The money that it holds up, currency by currency, the home currency first."""
        foreign = [(Decimal(text), currency) for currency, text in sorted(self.foreign.items())]
        home = [(self.money, self.company.home_currency)] if self.money or not foreign else []
        return [*home, *foreign]

    def problem(self) -> Problem:
        """The problem with its facts and sentences."""
        return read_problem(self.code, self.facts)


class TieOut(models.Model):
    """Source and books of one period, compared at one moment. Written once; a later one stands beside it."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="tie_outs", verbose_name=_("company"))
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=10, choices=TieOutState, default=TieOutState.RUNNING)
    #: Why it could not be finished; empty while all is well.
    message = models.TextField(_("message"), blank=True)
    #: How often it was begun; what an earlier beginning of it finds is not kept any more.
    attempt = models.PositiveIntegerField(default=0)
    #: When whatever works at it gave a sign of life; None before it was begun.
    worked_at = models.DateTimeField(null=True)
    #: By `kind currency`, what QuickBooks' transactions of the period add up to, as text.
    read = models.JSONField(default=dict)
    #: By `account currency`, what they move, debit positive, as text; None where it was made before accounts were kept.
    read_by_account = models.JSONField(null=True)
    #: How often QuickBooks was asked.
    requests = models.PositiveIntegerField(_("requests to QuickBooks"), default=0)
    #: How many records of ours were compared, so far while it runs, and how many of them matched in everything.
    records = models.PositiveIntegerField(_("records"), default=0)
    matching = models.PositiveIntegerField(_("matching"), default=0)
    #: Of the others, those that a person let be as they are in QuickBooks.
    kept = models.PositiveIntegerField(_("kept as in QuickBooks"), default=0)
    #: Those that QuickBooks had before Tieout came to them.
    adopted = models.PositiveIntegerField(_("adopted"), default=0)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )

    class Meta:
        verbose_name = _("tie-out")
        verbose_name_plural = _("tie-outs")
        indexes: ClassVar = [models.Index(fields=["company", "-id"])]

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"

    @property
    def differing(self) -> int:
        """How many records do not match in everything, and not because a person let them be."""
        return self.records - self.matching - self.kept - self.adopted


class SignOff(models.Model):
    """A person's word that a period is right as a tie-out found it. Taken back, it stays on record."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="sign_offs", verbose_name=_("company"))
    #: By which it was signed.
    tie_out = models.ForeignKey(TieOut, models.CASCADE, related_name="sign_offs", verbose_name=_("tie-out"))
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    at = models.DateTimeField(_("signed off"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("signed off by")
    )
    #: What the person was called then; a login can go.
    name = models.CharField(_("name"), max_length=310)
    note = models.TextField(_("note"), blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken back by"),
    )
    withdrawn_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "first", "last"], condition=models.Q(withdrawn_at=None), name="signed_off_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} – {self.last} · {self.name}"


class EvidencePack(models.Model):
    """The evidence of a period in one archive, and the hash that stands for all of it."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="evidence_packs", verbose_name=_("company"))
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=10, choices=TieOutState, default=TieOutState.RUNNING)
    #: Why it could not be made; empty while all is well.
    message = models.TextField(_("message"), blank=True)
    #: The last hash of its manifest, hexadecimal; empty before it is made.
    chain = models.CharField(_("hash"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    #: What went into it: `orders`, `documents`, `postings`, `removed`.
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("evidence pack")
        verbose_name_plural = _("evidence packs")
        indexes: ClassVar = [models.Index(fields=["company", "first", "last", "-id"], name="evidence_of_period")]

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        return f"evidence-{self.company.slug}-{self.first.isoformat()}-{self.last.isoformat()}.zip"

    def content(self) -> Iterator[bytes]:
        """The archive, part by part; nothing where it is not kept here."""
        for data in self.parts.order_by("position").values_list("data", flat=True).iterator(chunk_size=1):
            yield bytes(data)


class EvidencePart(models.Model):
    """A piece of an archive, about a megabyte, so that none has to fit into memory."""

    pack = models.ForeignKey(EvidencePack, models.CASCADE, db_index=False, related_name="parts")
    position = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pack", "position"], name="evidence_part_once")]

    def __str__(self) -> str:
        return f"{self.pack_id} · {self.position}"


class TieOutSum(models.Model):
    """The records of one kind, currency and reason of a tie-out together."""

    tie_out = models.ForeignKey(TieOut, models.CASCADE, related_name="sums")
    kind = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=20)
    records = models.PositiveIntegerField()
    #: Records of other reasons, of which a part of the difference has this one.
    changed_since = models.PositiveIntegerField(default=0)
    source = models.DecimalField(max_digits=19, decimal_places=4)
    should = models.DecimalField(max_digits=19, decimal_places=4)
    there = models.DecimalField(max_digits=19, decimal_places=4)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tie_out", "kind", "currency", "reason"], name="tie_out_sum_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency} {self.reason}"


class TieOutAccountSum(models.Model):
    """What the records of one reason move on one account, in one currency; debit positive."""

    tie_out = models.ForeignKey(TieOut, models.CASCADE, db_index=False, related_name="account_sums")
    #: QuickBooks' id; empty for amounts whose account is not known.
    account = models.CharField(max_length=ID_LENGTH, blank=True)
    #: The path that it had at the time.
    name = models.CharField(max_length=600, blank=True)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=20)
    #: Those by which should and is differ on this account.
    records = models.PositiveIntegerField()
    should = models.DecimalField(max_digits=19, decimal_places=4)
    there = models.DecimalField(max_digits=19, decimal_places=4)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tie_out", "account", "currency", "reason"], name="tie_out_account_sum_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.currency} {self.reason}"


class TieOutLine(models.Model):
    """A record that does not match in everything: the three amounts, the reason, and what differs."""

    tie_out = models.ForeignKey(TieOut, models.CASCADE, related_name="lines")
    #: None for a transaction that no record of ours is about.
    document = models.ForeignKey("sync.Document", models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=20)
    reason = models.CharField(_("reason"), max_length=20)
    #: The reason for which something else should be there than the source says, where `reason` is another one.
    settled = models.CharField(max_length=20, blank=True)
    dated = models.DateField(_("date"))
    label = models.CharField(_("number"), max_length=300, blank=True)
    customer_name = models.CharField(_("customer"), max_length=500, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    #: The form by which QuickBooks holds it, with its id there; empty where it holds none.
    form = models.CharField(max_length=20, blank=True)
    quickbooks_id = models.CharField(max_length=ID_LENGTH, blank=True)
    source = models.DecimalField(_("source"), max_digits=19, decimal_places=4)
    should = models.DecimalField(_("should be in QuickBooks"), max_digits=19, decimal_places=4)
    there = models.DecimalField(_("is in QuickBooks"), max_digits=19, decimal_places=4)
    #: Each with `what`, `ours` and `theirs`; see `books.posted_document.Unlike`.
    differences = models.JSONField(default=list)
    #: By account, how much more QuickBooks moves than it should, debit positive, as text.
    moved = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("line of a tie-out")
        verbose_name_plural = _("lines of a tie-out")
        indexes: ClassVar = [
            models.Index(fields=["tie_out", "id"]),
            models.Index(fields=["tie_out", "reason", "id"], name="tie_out_line_reason"),
            models.Index(
                fields=["tie_out", "settled", "id"], condition=~models.Q(settled=""), name="tie_out_line_settled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.reason}"


class AdoptionSearch(PeriodLook):
    """One look into QuickBooks for what records of a period, not posted by Tieout, may be there already."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="adoption_searches", verbose_name=_("company"))

    class Meta:
        verbose_name = _("search in QuickBooks")
        verbose_name_plural = _("searches in QuickBooks")
        indexes: ClassVar = [models.Index(fields=["company", "-id"])]


class AdoptionCandidate(models.Model):
    """A transaction in QuickBooks that may be a record of ours, as a search found it."""

    search = models.ForeignKey(AdoptionSearch, models.CASCADE, db_index=False, related_name="candidates")
    document = models.ForeignKey("sync.Document", models.CASCADE, related_name="+")
    #: The likeliest of a record is the first.
    rank = models.PositiveSmallIntegerField()
    certain = models.BooleanField(default=False)
    form = models.CharField(max_length=20)
    quickbooks_id = models.CharField(max_length=ID_LENGTH)
    #: What QuickBooks held; see `books.posted_document`.
    holding = models.JSONField()
    #: See `sync.adopting.matching.Ground`.
    grounds = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["search", "document", "rank"], name="candidate_once_per_rank"),
        ]
        indexes: ClassVar = [models.Index(fields=["search", "certain", "rank", "id"], name="candidate_listed")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.quickbooks_id}"
