"""What does a status of the source mean? The answer that frees or leaves out every order that has it."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.access import Right
from companies.models import Company
from mapping.models import StatusMeaning, StatusWord
from reconciliation.fixes.base import Fix
from reconciliation.models import Issue
from reconciliation.resolutions import CannotResolve
from sync.preparing.prepare import decide_status


def meanings() -> list[tuple[str, object]]:
    """What can be chosen."""
    return [(value, label) for value, label in StatusMeaning.choices if value != StatusMeaning.UNKNOWN]


class SayStatus(Fix):
    """The status gets its meaning, for every order of the source that has it and for every later one."""

    name = "say-status"
    right = Right.MAP
    title = gettext_lazy("Choose what it means")
    help = gettext_lazy(
        "For every order of this source with this status, and every later one. Nothing is imported again."
    )

    meaning = forms.ChoiceField(label=gettext_lazy("Meaning"), choices=meanings)

    @classmethod
    def word(cls, company: Company, issue: Issue) -> StatusWord | None:
        """The status that is not decided."""
        rows = StatusWord.objects.filter(company=company, system=str(issue.facts.get("system", "")))
        return rows.filter(name_compared=str(issue.facts.get("status_key", ""))).first()

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return cls.word(company, issue) is not None

    def decides_on(self) -> list[tuple[Model, str]]:
        word = self.word(self.company, self.issue)
        return [(word, "meaning")] if word else []

    def apply(self, *, by: User) -> str:
        word = self.word(self.company, self.issue)
        if word is None:
            raise CannotResolve(_("The status is not listed any more. Nothing was saved."))
        decide_status(word, self.cleaned_data["meaning"], by=by, why=self.why)
        return _("“%(status)s” means: %(meaning)s.") % {"status": word, "meaning": word.get_meaning_display()}
