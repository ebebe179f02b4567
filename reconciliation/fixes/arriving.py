"""Something in QuickBooks may be the document whose answer nobody heard: a person says whether it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.access import Right
from companies.models import Company
from companies.stored_texts import retold
from reconciliation.adopting.found import adopt_found
from reconciliation.fixes.base import Fix
from reconciliation.looks import LookNotBegun
from reconciliation.models import Issue
from reconciliation.resolutions import CannotResolve
from reconciliation.wording import with_dates
from sync.models import Document
from sync.pushing.arrival import tell

_TOO_LATE = gettext_lazy("This was decided, or has changed, in the meantime. Nothing was done.")


class AboutAFinding(Fix):
    """A decision about the one document that was sent and not answered."""

    right = Right.RESOLVE
    keeps_history = True

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It stays in the order's history, with your name."),
    )

    @classmethod
    def document(cls, company: Company, issue: Issue) -> Document | None:
        """The document, while it is asked about."""
        rows = Document.objects.filter(company=company, problems__cause=issue.cause)
        return rows.select_related("order", "company").first()

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return cls.document(company, issue) is not None

    def tell(self, is_it: str, words: str, *, by: User) -> str:
        """Say what it is, and return that as a sentence.

        Raises:
            CannotResolve: Nothing of the kind is to be decided any more.
        """
        document = self.document(self.company, self.issue)
        if document is None or not tell(document, is_it=is_it, reason=self.cleaned_data["reason"], by=by):
            raise CannotResolve(str(_TOO_LATE))
        return words % {"document": document}


class ThisIsIt(AboutAFinding):
    """What QuickBooks holds is this record."""

    name = "this-is-it"
    title = gettext_lazy("This is it")
    help = gettext_lazy("Nothing is posted. Tieout takes the document in QuickBooks for this record from now on.")
    save_label = gettext_lazy("This is it")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        found = zip(self._listed("found_ids"), self._listed("found"), strict=True)
        self.fields["found"] = forms.ChoiceField(
            label=gettext_lazy("In QuickBooks"),
            choices=list(found),
            widget=forms.RadioSelect,
            error_messages={"required": gettext_lazy("Choose the document that it is.")},
        )
        if len(self._listed("found")) == 1:
            self.initial["found"] = self._listed("found_ids")[0]
        self.order_fields(["found", "reason"])

    def _listed(self, name: str) -> list[str]:
        return [str(value) for value in with_dates(self.issue.facts).get(name, ())]

    def apply(self, *, by: User) -> str:
        words = _("%(document)s is the document that was chosen; the next sync adopts it.")
        return self.tell(self.cleaned_data["found"], words, by=by)


class ItIsAnother(AboutAFinding):
    """What QuickBooks holds is something else."""

    name = "it-is-another"
    goes_out = True
    title = gettext_lazy("It is another, post ours")
    help = gettext_lazy("The record is posted beside what was found, under a new request id.")
    save_label = gettext_lazy("Post ours")

    @property
    def consequences(self) -> tuple[str, ...]:
        facts = {
            "document": self.fact("document"),
            "found": ", ".join(map(str, with_dates(self.issue.facts).get("found", ()))),
        }
        told = (
            _("%(document)s is entered in QuickBooks, beside what is there already: %(found)s."),
            _("If they are the same after all, the money is in the books twice."),
        )
        return tuple(sentence % facts for sentence in told)

    def apply(self, *, by: User) -> str:
        return self.tell("", _("%(document)s is posted with the next sync."), by=by)


class AdoptIt(ThisIsIt):
    """What others entered in QuickBooks is this record."""

    name = "adopt-it"
    title = gettext_lazy("Adopt it")
    help = gettext_lazy("Nothing is posted. The transaction in QuickBooks counts as this record from now on.")
    save_label = gettext_lazy("Adopt it")

    def apply(self, *, by: User) -> str:
        chosen = self.cleaned_data["found"]
        words = dict(zip(self._listed("found_ids"), map(str, self.issue.facts.get("found", ())), strict=True))
        document = self.document(self.company, self.issue)
        if document is None:
            raise CannotResolve(str(_TOO_LATE))
        try:
            adopted = adopt_found(document, chosen, words=words[chosen], by=by)
        except LookNotBegun as why:
            raise CannotResolve(retold(str(why))) from None
        if not adopted.done:
            raise CannotResolve(retold(adopted.left[0][1]) if adopted.left else str(_TOO_LATE))
        return _("%(document)s was adopted. Nothing was sent.") % {"document": document}


class PostAnyway(ItIsAnother):
    """What was found in QuickBooks is something else."""

    name = "post-anyway"
    title = gettext_lazy("Post anyway")
    help = gettext_lazy("The record is posted beside what was found.")
    save_label = gettext_lazy("Post anyway")


class TakeThatCustomer(ThisIsIt):
    """The customer of the sale that was found is the one who was to be created."""

    name = "take-that-customer"
    title = gettext_lazy("It is the same customer")
    help = gettext_lazy("No customer is created. The sale is then looked for under the customer that QuickBooks has.")
    save_label = gettext_lazy("It is the same customer")

    def apply(self, *, by: User) -> str:
        words = _("%(document)s is the customer that was chosen; the next sync goes on with that one.")
        return self.tell(self.cleaned_data["found"], words, by=by)


class CreateCustomerAnyway(ItIsAnother):
    """The sale that was found is another customer's."""

    name = "create-anyway"
    title = gettext_lazy("Create the customer anyway")
    help = gettext_lazy("The customer is created, and the sale that waits for it is posted.")
    save_label = gettext_lazy("Create the customer")
