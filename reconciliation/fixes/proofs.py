"""What if the trial balance moved otherwise than was posted? A person looks, puts it right, and says so."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.outside.texts import row_number
from companies.access import Right
from companies.models import Company
from reconciliation.fixes.base import Fix
from reconciliation.models import Issue
from reconciliation.resolutions import CannotResolve
from sync.models import ProofState, RunProof
from sync.models.documents import touch


class SettleProof(Fix):
    """It was looked into, and what was wrong is right now."""

    name = "settle-proof"
    right = Right.SIGN
    title = gettext_lazy("Mark as settled")
    help = gettext_lazy(
        "Find out first what moved the accounts, and put right what is wrong. It stays failed in the history."
    )
    save_label = gettext_lazy("Mark as settled")
    can_resync = False

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It stays beside the proof, with your name."),
    )

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(unsettled(company, issue).exists())

    def apply(self, *, by: User) -> str:
        settled = unsettled(self.company, self.issue).update(
            settled_at=timezone.now(), settled_by=by, settled_reason=self.cleaned_data["reason"]
        )
        if not settled:
            raise CannotResolve(_("Another person has settled it in the meantime."))
        touch([(self.company.pk, self.issue.cause)])
        return _("The difference is settled.")


def unsettled(company: Company, issue: Issue) -> Any:
    """The proof that an issue is about, until a person has settled it."""
    run = row_number(str(issue.facts.get("run", ""))) or 0
    return RunProof.objects.filter(company=company, run=run, state=ProofState.UNEXPLAINED, settled_at=None)
