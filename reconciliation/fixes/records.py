"""What if a record should not be posted at all, or a change is in the books already? A person says why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.access import Right
from companies.models import Company
from reconciliation.fixes.base import Fix
from reconciliation.models import Issue
from reconciliation.resolutions import CannotResolve
from sync.models import Document, PendingChange
from sync.pushing.decisions import IGNORABLE, asks_whose_counts, ignore, keep_theirs, settle

#: More records than this are dealt with some at a time.
MOST_AT_ONCE = 50


class AboutRecords(Fix):
    """A fix of chosen records, each by itself."""

    right = Right.RESOLVE
    can_resync = False
    keeps_history = True

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It stays in the order's history, with your name."),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.documents = list(self.records(self.company, self.issue)[:MOST_AT_ONCE])
        self.fields["records"] = forms.MultipleChoiceField(
            label=gettext_lazy("Records"),
            choices=[(str(document.pk), _words(document)) for document in self.documents],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": gettext_lazy("Choose at least one record.")},
        )
        if len(self.documents) == 1:
            self.initial["records"] = [str(self.documents[0].pk)]
        self.order_fields(["records", "reason"])

    @classmethod
    def records(cls, company: Company, issue: Issue) -> Any:
        """The records of the issue that the fix can be applied to."""
        rows = Document.objects.filter(company=company, problems__cause=issue.cause)
        return rows.select_related("order", "company").order_by("pk")

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(cls.records(company, issue).exists())

    @property
    def chosen(self) -> list[Document]:
        """The records that were chosen."""
        return [document for document in self.documents if str(document.pk) in self.cleaned_data["records"]]


class IgnoreRecords(AboutRecords):
    """Never post them."""

    name = "ignore"
    title = gettext_lazy("Ignore this record")
    help = gettext_lazy(
        "It is never posted, and neither is what follows it, such as the payments of an invoice. "
        "This can be taken back on the order's page."
    )
    save_label = gettext_lazy("Ignore")

    @classmethod
    def records(cls, company: Company, issue: Issue) -> Any:
        return super().records(company, issue).filter(state__in=IGNORABLE)

    def apply(self, *, by: User) -> str:
        done = [ignore(record, reason=self.cleaned_data["reason"], by=by) for record in self.chosen]
        if not any(done):
            raise CannotResolve(_("QuickBooks has it by now, so it cannot be ignored any more."))
        number = sum(done)
        return ngettext("%(number)d record is ignored.", "%(number)d records are ignored.", number) % {"number": number}


class SettleRecords(AboutRecords):
    """The change is in the books already."""

    name = "settle"
    title = gettext_lazy("Mark as settled")
    help = gettext_lazy(
        "Correct the document in QuickBooks by hand first. From then on it counts as prepared from the order as it is."
    )
    save_label = gettext_lazy("Mark as settled")

    def apply(self, *, by: User) -> str:
        number = sum(settle(record, reason=self.cleaned_data["reason"], by=by) for record in self.chosen)
        if not number:
            raise CannotResolve(_("QuickBooks is being updated right now. Nothing was done."))
        return ngettext("%(number)d record is settled.", "%(number)d records are settled.", number) % {"number": number}


class KeepTheirsInstead(AboutRecords):
    """QuickBooks rejected ours over what someone made of it there: then that counts."""

    name = "keep-theirs-instead"
    title = gettext_lazy("Keep QuickBooks' version")
    help = gettext_lazy(
        "QuickBooks rejected yours, so that the document is still as someone made it there. From then on that version "
        "counts, and later changes of the order are compared with it. To try yours again, press Re-sync."
    )
    save_label = gettext_lazy("Keep QuickBooks' version")

    @classmethod
    def records(cls, company: Company, issue: Issue) -> Any:
        return asks_whose_counts(super().records(company, issue))

    def apply(self, *, by: User) -> str:
        number = sum(keep_theirs(record, reason=self.cleaned_data["reason"], by=by) for record in self.chosen)
        if not number:
            raise CannotResolve(_("This was decided, or has changed, meanwhile. Nothing was done."))
        stays = ngettext(
            "%(number)s record stays as it is in QuickBooks.",
            "%(number)s records stay as they are in QuickBooks.",
            number,
        )
        return stays % {"number": number}


class SettleRefusedChange(SettleRecords):
    """A change that QuickBooks refused was entered there by hand."""

    name = "settle-refused"

    @classmethod
    def records(cls, company: Company, issue: Issue) -> Any:
        return super().records(company, issue).filter(pending=PendingChange.HELD)


def _words(document: Document) -> str:
    facts = {
        "document": document,
        "date": date_format(document.dated, "SHORT_DATE_FORMAT"),
        "customer": document.customer_name,
    }
    if not document.customer_name:  # the order names no one
        return _("%(document)s of %(date)s") % facts
    return _("%(document)s of %(date)s, %(customer)s") % facts
