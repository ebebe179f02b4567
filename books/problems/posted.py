"""What went otherwise in QuickBooks than was sent?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from books.messages import Message
from books.problems.base import Problem
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class ChangedAfterPosting(Problem):
    """The order changed in the source after its document was posted."""

    code = "changed-after-posting"
    title = gettext_noop("Order changed after posting")
    explanation = gettext_noop(
        "The order changed in the source after %(document)s was posted. QuickBooks has %(posted)s; the order now comes "
        "to %(now)s."
    )
    #: What it comes to now where the source has it no longer.
    NOTHING: ClassVar[str] = "nothing"
    #: Where the total is the same, with what else is known to have changed, and without.
    other_details = gettext_noop(
        "The order changed in the source after %(document)s was posted. The total is still %(posted)s; what changed: "
        "%(changes)s."
    )
    other_lines = gettext_noop(
        "The order changed in the source after %(document)s was posted. The total is still %(posted)s; its lines or "
        "how it was paid changed."
    )
    #: Where the source has it no longer.
    gone = gettext_noop("%(document)s was posted at %(posted)s, and the order in the source no longer has it.")
    #: Where its customer is another one, and QuickBooks moves nothing that is paid, in part or in full.
    moved = gettext_noop(
        "The order changed in the source after %(document)s was posted, and its customer is “%(customer_now)s” now. In "
        "QuickBooks it is for “%(customer)s”, with payments or credits applied to it, and QuickBooks does not move "
        "such a document to another customer. Nothing was sent."
    )
    cure = gettext_noop("Correct the document in QuickBooks by hand, then mark this as settled.")
    cure_of_moved = gettext_noop(
        "If it stays with “%(customer)s”, link the customer of the order to that one under Customers. If the two are "
        "one person, merge them in QuickBooks; the change follows once the list of customers was read again. Otherwise "
        "an accountant presses Undo this order on the page of the order and posts it again; or move the document and "
        "what is applied to it in QuickBooks by hand, then mark this as settled."
    )
    cause_fields = ("document_key",)

    document: str
    document_key: str
    posted: str
    #: `NOTHING` where the source has it no longer.
    now: str
    #: What else changed, each as it was posted and as it is now.
    changes: tuple[str, ...] = ()
    #: Of what is paid, in part or in full, whose it is in QuickBooks and whose by its order; else empty.
    customer: str = ""
    customer_now: str = ""

    @property
    def words(self) -> Message:
        """What happened, as far as it is known, and what to do now."""
        if self.customer_now:
            return self._words(self.moved, self.cure_of_moved)
        if self.now == self.NOTHING:
            return self._words(self.gone, self.cure)
        same = self.other_details if self.changes else self.other_lines
        return self._words(same if self.posted == self.now else self.explanation, self.cure)


@dataclass(frozen=True, kw_only=True)
class MovesNothing(Problem):
    """The source has the record, and it has nothing to move in the books any more."""

    code = "moves-nothing"
    title = gettext_noop("Moves nothing any more")
    explanation = gettext_noop(
        "%(document)s was posted at %(posted)s. By what its invoice comes to now, the invoice never used that money, "
        "and the refund is paid from the account that the money is on already: it moves nothing any more."
    )
    cure = gettext_noop("Void it in QuickBooks; or correct it there by hand, then mark this as settled.")
    cause_fields = ("document_key",)

    document: str
    document_key: str
    posted: str


@dataclass(frozen=True, kw_only=True)
class ChangedInQuickBooks(Problem):
    """The document was changed in QuickBooks by another hand, and perhaps its order in the source too."""

    code = "changed-in-quickbooks"
    title = gettext_noop("Changed in QuickBooks")
    explanation = gettext_noop(
        "Someone has changed %(what)s of %(document)s in QuickBooks: Tieout posted %(ours)s; QuickBooks has "
        "%(theirs)s. By its order it comes to %(now)s."
    )
    cure = gettext_noop("Say which of the two counts. Nothing is overwritten before.")
    cause_fields = ("document_key",)

    document: str
    document_key: str
    #: In what the two differ, and what either side says, in the same order.
    what: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    now: str


@dataclass(frozen=True, kw_only=True)
class DeletedInQuickBooks(Problem):
    """The document was deleted in QuickBooks."""

    code = "deleted-in-quickbooks"
    title = gettext_noop("Deleted in QuickBooks")
    explanation = gettext_noop("Someone deleted %(document)s in QuickBooks after Tieout had posted it.")
    cure = gettext_noop("Post it again as the order is now, or leave it deleted.")
    cause_fields = ("document_key",)

    document: str
    document_key: str


@dataclass(frozen=True, kw_only=True)
class RefusedByQuickBooks(Problem):
    """QuickBooks refused the document, in its own words."""

    code = "refused-by-quickbooks"
    title = gettext_noop("Rejected by QuickBooks")
    explanation = gettext_noop("QuickBooks rejected it with code %(fault)s, “%(message)s”: “%(detail)s”.")
    cure = gettext_noop("Correct what QuickBooks names, in QuickBooks or in the mapping, then press Re-sync.")
    cause_fields = ("fault", "detail", "record")

    fault: str
    message: str
    detail: str
    element: str = ""
    #: What to do about this fault, a marked sentence of the fault table; empty when there is nothing better to say.
    fault_cure: str = ""
    #: The key of the record it is about, where the cause is that record alone.
    record: str = ""

    @property
    def words(self) -> Message:
        """What happened, and what to do about this very fault."""
        return self._words(self.explanation, self.fault_cure or self.cure)


@dataclass(frozen=True, kw_only=True)
class StoredDifferently(Problem):
    """QuickBooks accepted the document and stored other figures than were sent."""

    code = "stored-differently"
    title = gettext_noop("QuickBooks stored it differently")
    explanation = gettext_noop("QuickBooks stored %(what)s as “%(stored)s”; what was sent says “%(sent)s”.")
    cure = gettext_noop("Open the document in QuickBooks and correct it, then press Re-sync.")
    cause_fields = ("document_key", "what")

    document_key: str
    what: str
    sent: str
    stored: str


@dataclass(frozen=True, kw_only=True)
class PerhapsPosted(Problem):
    """Nobody heard whether it arrived, and QuickBooks holds something that may be it and does not say so."""

    code = "perhaps-posted"
    title = gettext_noop("Possibly in QuickBooks already")
    explanation = gettext_noop(
        "%(document)s was sent and no answer came. QuickBooks holds what may be it, without the line by which Tieout "
        "recognizes its own documents: %(found)s."
    )
    cure = gettext_noop(
        "Look at it in QuickBooks, then say whether it is this record or another one. Nothing is sent before."
    )
    cause_fields = ("document_key",)

    document: str
    document_key: str
    #: What was found, as a person knows it again, and the QuickBooks ids in the same order.
    found: tuple[str, ...]
    found_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PerhapsEntered(Problem):
    """A look before posting found something in QuickBooks that may be the record, entered there by others."""

    code = "perhaps-entered"
    title = gettext_noop("Perhaps entered in QuickBooks already")
    explanation = gettext_noop(
        "Before %(document)s was posted, QuickBooks was searched for it, and holds what may be it: %(found)s."
    )
    cure = gettext_noop(
        "Look at it in QuickBooks. If it is this record, adopt it; if it is something else, post anyway. Nothing is "
        "sent before."
    )
    cause_fields = ("document_key",)

    document: str
    document_key: str
    #: What was found, as a person knows it again, and the QuickBooks ids in the same order.
    found: tuple[str, ...]
    found_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PerhapsTheirCustomer(Problem):
    """A look before posting found the sale of a new customer in QuickBooks, perhaps, entered under another customer."""

    code = "perhaps-their-customer"
    title = gettext_noop("Perhaps a customer that QuickBooks has")
    explanation = gettext_noop(
        "%(document)s is to be created in QuickBooks, and the sale that waits for it may be entered there already, for "
        "another customer: %(found)s."
    )
    cure = gettext_noop(
        "Look at it in QuickBooks. If it is the same customer, take that one; if it is another, create the customer. "
        "Nothing is sent before."
    )
    cause_fields = ("document_key",)

    document: str
    document_key: str
    #: The sales that were found, as a person knows them again, and the QuickBooks ids of their customers.
    found: tuple[str, ...]
    found_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CouldNotProcess(Problem):
    """Tieout itself broke over the record."""

    code = "could-not-process"
    title = gettext_noop("Could not be processed")
    explanation = gettext_noop("Tieout itself failed over it while %(step)s (%(error)s).")
    cure = gettext_noop(
        "Nothing was posted twice, and nothing is lost. Press Re-sync to try again; after an upgrade of Tieout it is "
        "tried again by itself. If it fails again, show this page and the log to the person who looks after Tieout."
    )
    cause_fields = ("step", "error")

    #: What was being done, a marked phrase.
    step: str
    #: The kind of the error and where it happened; no data of the record.
    error: str
    #: Of Tieout, when it happened.
    release: str


@dataclass(frozen=True, kw_only=True)
class NoClearAnswer(Problem):
    """QuickBooks was sent it several times, and never said clearly whether it took it."""

    code = "no-clear-answer"
    title = gettext_noop("No clear answer from QuickBooks")
    explanation = gettext_noop(
        "It was sent to QuickBooks several times, without a clear answer: %(reason)s QuickBooks was asked for it "
        "before each attempt, and does not have it."
    )
    #: Where QuickBooks does not answer that either.
    not_heard = gettext_noop(
        "It was sent to QuickBooks, which never answered clearly: %(reason)s When asked whether it has it, QuickBooks "
        "gave no clear answer either."
    )
    of_a_change = gettext_noop(
        "Its change was sent to QuickBooks several times, without a clear answer: %(reason)s QuickBooks has the "
        "document; whether it has the change is not known."
    )
    cure = gettext_noop(
        "It is looked for and sent again with each sync, after everything else, and never posted twice. Look in "
        "QuickBooks for what is unusual about its customer, its items or its date, then press Re-sync to try at once. "
        "Intuit's support finds an attempt by the trace id that the order's page shows under Sent to QuickBooks."
    )
    cause_fields = ("reason", "known")
    #: What is known of it: QuickBooks does not have it, does not say so, or has it and is to change it.
    ABSENT: ClassVar[str] = "absent"
    UNHEARD: ClassVar[str] = "unheard"
    CHANGE: ClassVar[str] = "change"

    #: What the last answer came to.
    reason: str
    known: str

    @property
    def words(self) -> Message:
        """What happened, by what is known of it, and what to do now."""
        others = {self.UNHEARD: self.not_heard, self.CHANGE: self.of_a_change}
        return self._words(others.get(self.known, self.explanation), self.cure)


#: What asks a person about something that QuickBooks was found to hold.
ASKED_ABOUT_A_FINDING = (PerhapsPosted.code, PerhapsEntered.code, PerhapsTheirCustomer.code)
