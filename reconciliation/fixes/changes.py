"""A posted document has to follow its order, and something is in the way of that: a person says what counts."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.documents import Payment, SalesReceipt
from books.messages import Message
from companies.access import Right
from companies.models import Company
from reconciliation.fixes.base import Fix
from reconciliation.models import Issue
from reconciliation.resolutions import CannotResolve
from reconciliation.wording import with_dates
from sync.models import Document, Operation, PendingChange
from sync.pushing.decisions import (
    PostAgain,
    closed_through,
    confirm_void,
    keep_theirs,
    leave_deleted,
    overwrite,
    post_again,
)
from sync.readiness import destination_of

#: What says that money, or something in its place, was received.
_RECEIVED = (Payment.kind, SalesReceipt.kind)
_KEPT_BY_CLOSING = gettext_lazy(
    "%(document)s is in a closed period: the books are closed through %(through)s, and nothing is changed there. "
    "Reopen the period and try again, or keep QuickBooks' version."
)
_TOO_LATE = gettext_lazy("This was decided, or has changed, in the meantime. Nothing was done.")


class AboutAChange(Fix):
    """A decision about the one document whose change is held."""

    right = Right.RESOLVE
    can_resync = False
    keeps_history = True

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It stays in the order's history, with your name."),
    )

    @classmethod
    def records(cls, company: Company, issue: Issue) -> Any:
        """The document of the issue, while its change is held."""
        rows = Document.objects.filter(company=company, problems__cause=issue.cause, pending=PendingChange.HELD)
        return rows.select_related("order", "company", "change")

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(cls.records(company, issue).exists())

    @cached_property
    def document(self) -> Document:
        """The document.

        Raises:
            CannotResolve: Its change is not held any more.
        """
        found: Document | None = self.records(self.company, self.issue).first()
        if found is None:
            raise CannotResolve(str(_TOO_LATE))
        return found

    @property
    def because(self) -> str:
        """The reason that was given."""
        return str(self.cleaned_data["reason"])

    def done(self, happened: bool, words: str) -> str:
        """The sentence of what was done.

        Raises:
            CannotResolve: It was not.
        """
        if not happened:
            raise CannotResolve(str(_TOO_LATE))
        return words % {"document": self.document}


class KeepTheirs(AboutAChange):
    """What is in QuickBooks counts."""

    name = "keep-theirs"
    title = gettext_lazy("Keep QuickBooks' version")
    help = gettext_lazy(
        "The document stays as someone made it in QuickBooks, and the order's change is not posted. From then on that "
        "version is what later changes of the order are compared with."
    )
    save_label = gettext_lazy("Keep QuickBooks' version")

    def apply(self, *, by: User) -> str:
        happened = keep_theirs(self.document, reason=self.because, by=by)
        return self.done(happened, _("%(document)s stays as it is in QuickBooks."))


class Overwrite(AboutAChange):
    """The order counts."""

    name = "overwrite"
    goes_out = True
    can_resync = True
    title = gettext_lazy("Overwrite with ours")
    help = gettext_lazy("The document becomes what the order says now, and what someone made of it is lost.")
    save_label = gettext_lazy("Overwrite with ours")

    @property
    def consequences(self) -> tuple[str, ...]:
        facts = {"document": self.fact("document"), **{name: self._listed(name) for name in ("what", "theirs")}}
        told = (
            _("%(document)s is written again in QuickBooks, or voided, as the order says now."),
            _("What someone made of it there is lost: %(what)s (%(theirs)s)."),
            _("Should it be changed there once more before that, nothing is written, and you are asked again."),
        )
        return tuple(sentence % facts for sentence in told)

    def _listed(self, name: str) -> str:
        return ", ".join(map(str, with_dates(self.issue.facts).get(name, ())))

    def apply(self, *, by: User) -> str:
        if through := closed_through(self.document):
            facts = {"document": self.document, "through": date_format(through, "SHORT_DATE_FORMAT")}
            raise CannotResolve(_KEPT_BY_CLOSING % facts)
        happened = overwrite(self.document, reason=self.because, by=by)
        return self.done(happened, _("%(document)s is to be overwritten with what the order says now."))


class PostDeletedAgain(AboutAChange):
    """What was deleted is posted anew."""

    name = "post-again"
    goes_out = True
    can_resync = True
    title = gettext_lazy("Post it again")
    help = gettext_lazy(
        "QuickBooks is asked first. Only what it does not have any more is posted again, under a new request id."
    )
    save_label = gettext_lazy("Post it again")

    @property
    def consequences(self) -> tuple[str, ...]:
        told = (
            _("%(document)s is entered in QuickBooks once more, as the order is now."),
            _("Whatever settled the deleted one has to be looked at in QuickBooks."),
        )
        return tuple(sentence % {"document": self.fact("document")} for sentence in told)

    def apply(self, *, by: User) -> str:
        destination = destination_of(self.company, by=by)
        if isinstance(destination, Message):
            raise CannotResolve(destination.worded(_))
        outcome = post_again(self.document, destination=destination, by=by)
        if outcome is PostAgain.STILL_THERE:
            raise CannotResolve(_("QuickBooks has it after all. Press Re-sync, which reads it again."))
        if outcome is PostAgain.UNCLEAR:
            raise CannotResolve(_("QuickBooks did not say whether it has it. Nothing was changed; try again later."))
        return self.done(outcome is PostAgain.READY, _("%(document)s is posted again."))


class LeaveDeleted(AboutAChange):
    """What was deleted stays so."""

    name = "leave-deleted"
    title = gettext_lazy("Leave it deleted")
    help = gettext_lazy("It is ignored from then on, whatever becomes of the order. This can be taken back.")
    save_label = gettext_lazy("Leave it deleted")

    def apply(self, *, by: User) -> str:
        happened = leave_deleted(self.document, reason=self.because, by=by)
        return self.done(happened, _("%(document)s stays deleted."))


class VoidAnyway(AboutAChange):
    """The source has the record no more, or it moves nothing any more, and its document is in the books."""

    name = "void"
    goes_out = True
    can_resync = True
    title = gettext_lazy("Void it in QuickBooks")
    help = gettext_lazy("What it moved is then out of the books too. QuickBooks deletes a form that it cannot void.")
    save_label = gettext_lazy("Void it in QuickBooks")

    @classmethod
    def records(cls, company: Company, issue: Issue) -> Any:
        return super().records(company, issue).filter(change__operation=Operation.VOID)

    @property
    def consequences(self) -> tuple[str, ...]:
        told = (
            _("%(document)s is voided in QuickBooks."),
            self._what_it_takes_back,
        )
        return tuple(sentence % {"document": self.fact("document")} for sentence in told)

    @property
    def _what_it_takes_back(self) -> str:
        if self.document.kind in _RECEIVED:
            return _("Its account falls by what was received. Money that was kept has to be entered again by hand.")
        return _("Its debits and credits are taken back. What is still true of them has to be entered again by hand.")

    def apply(self, *, by: User) -> str:
        happened = confirm_void(self.document, reason=self.because, by=by)
        return self.done(happened, _("%(document)s is to be voided in QuickBooks."))
