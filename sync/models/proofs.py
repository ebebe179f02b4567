"""Did the trial balance move by what a run posted?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from books.proof import Proof, ProofRow
from companies.models import Company
from sync.models.runs import Run


class ProofState(models.TextChoices):
    """How the proof of a run came out."""

    #: The trial balance was read before the first posting, and not yet after the last.
    BEGUN = "begun", _("Being proven")
    PROVEN = "proven", _("Proven")
    UNEXPLAINED = "unexplained", _("Unexplained")
    #: It cannot be told, and the reason says why.
    NOT_PROVEN = "not-proven", _("Not proven")


class RunProof(models.Model):
    """The proof of one run, with every amount that it rests on. Amounts are text, debit positive, home currency."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="proof", verbose_name=_("run"))
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    state = models.CharField(_("proof"), max_length=12, choices=ProofState, default=ProofState.BEGUN)
    #: The day as of which the trial balance was read, both times: the last one of a fiscal year.
    as_of = models.DateField(_("as of"))
    #: The trial balance before and after, by account id.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    #: When QuickBooks made them, by its own clock; none where it does not say.
    before_at = models.DateTimeField(null=True)
    after_at = models.DateTimeField(null=True)
    #: The last push that there was before it, those that had no answer yet, and when that was: by these, what is left
    #: of a run by one process is proven by the next one.
    last_push = models.BigIntegerField(default=0)
    open_pushes = models.JSONField(default=list)
    begun_at = models.DateTimeField(null=True)
    #: One for each account that moved or should have: `account`, `name` and the amounts of `books.proof.ProofRow`.
    rows = models.JSONField(default=list)
    #: What others did in QuickBooks meanwhile, in words.
    others = models.JSONField(default=list)
    #: How often QuickBooks was asked for it.
    reads = models.PositiveSmallIntegerField(_("reads"), default=0)
    #: Why it is not proven, or what is left; empty where it is proven.
    why = models.TextField(blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    settled_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("trial-balance proof")
        verbose_name_plural = _("trial-balance proofs")
        indexes: ClassVar = [
            # Those that wait for a person, however many there were
            models.Index(
                fields=["company"], condition=models.Q(state="unexplained", settled_at=None), name="proof_unexplained"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} · {self.state}"

    def keep(self, proof: Proof, names: dict[str, str]) -> None:
        """Take over what a proof says; not stored yet."""
        self.rows = [
            {
                "account": row.account,
                "name": names.get(row.account) or row.account,
                "predicted": str(row.predicted),
                "others": str(row.others),
                "inventory": str(row.inventory),
                "observed": str(row.observed),
            }
            for row in proof.rows
        ]

    def read(self) -> Iterator[tuple[str, ProofRow]]:
        """Each account's name and row."""
        for row in self.rows:
            amounts = {name: Decimal(row[name]) for name in ("predicted", "others", "inventory", "observed")}
            yield row["name"], ProofRow(account=row["account"], **amounts)

    @property
    def unexplained(self) -> list[tuple[str, Decimal]]:
        """What is left, by the name of the account."""
        return [(name, row.unexplained) for name, row in self.read() if row.unexplained]
