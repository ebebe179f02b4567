"""What happened to an order, step by step, in words a person can read months later?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User

from books.translation import gettext_noop, worded
from companies.bulk_rows import new_row
from companies.bulk_sql import insert_alike
from companies.stored_texts import WORDS, in_english
from sync.models import OrderEvent, StagedOrder

#: Every step there is. `%(name)s` gaps are filled from the event's facts.
STEPS: Mapping[str, str] = {
    "staged": gettext_noop("Received from the source (%(place)s)."),
    "noticed": gettext_noop("Noticed while reading: %(notice)s"),
    "changed": gettext_noop("Changed in the source: version %(version)s (%(place)s)."),
    "status-moved": gettext_noop("Its status in the source is “%(status)s” now."),
    "older": gettext_noop(
        "An older version arrived (%(place)s): the source changed it on %(theirs)s, and what is known here on "
        "%(ours)s. It is kept as evidence and changes nothing."
    ),
    "nothing-to-post": gettext_noop("Nothing to post: %(reason)s"),
    "prepared": gettext_noop("Prepared: %(documents)s."),
    "blocked": gettext_noop("Blocked: %(documents)s. %(reason)s"),
    "sent": gettext_noop("%(document)s sent under request id %(request_id)s."),
    "posted": gettext_noop("%(document)s posted as QuickBooks id %(quickbooks_id)s."),
    "adopted": gettext_noop("%(document)s was already in QuickBooks as id %(quickbooks_id)s and was adopted."),
    "adopted-as-found": gettext_noop(
        "%(document)s was in QuickBooks already as id %(quickbooks_id)s and was adopted as found there: %(said)s."
    ),
    "not-ours": gettext_noop(
        "%(document)s is not the transaction of QuickBooks id %(quickbooks_id)s after all: %(reason)s"
    ),
    "is-something-else": gettext_noop("%(document)s is not what QuickBooks has as id %(quickbooks_id)s."),
    "exported": gettext_noop("%(document)s written into file %(file)s for QuickBooks Desktop."),
    "arrived": gettext_noop("%(document)s is in QuickBooks Desktop, by %(word)s."),
    "not-imported": gettext_noop("%(document)s was not imported from file %(file)s. %(reason)s"),
    "not-in-report": gettext_noop(
        "%(document)s of file %(file)s is not in the report %(report)s of QuickBooks Desktop."
    ),
    "taken-back": gettext_noop("%(document)s is ready again: file %(file)s was never imported."),
    "reversed": gettext_noop("%(document)s was undone in QuickBooks Desktop by file %(file)s."),
    "to-update": gettext_noop("The order changed, so these have to be updated in QuickBooks: %(documents)s."),
    "to-void": gettext_noop("The source has it no longer, so it has to be voided in QuickBooks: %(documents)s."),
    "updated": gettext_noop("%(document)s updated in QuickBooks, id %(quickbooks_id)s."),
    "updated-there": gettext_noop("%(document)s says in QuickBooks already what the order says now."),
    "voided": gettext_noop("%(document)s voided in QuickBooks, id %(quickbooks_id)s."),
    "removed": gettext_noop("%(document)s deleted in QuickBooks, id %(quickbooks_id)s: its kind cannot be voided."),
    "voided-there": gettext_noop("%(document)s was voided or deleted in QuickBooks already."),
    "unapplied": gettext_noop(
        "%(documents)s: the money stays in QuickBooks, on the customer's account, since what it settled was voided."
    ),
    "stale": gettext_noop("%(document)s was being changed in QuickBooks at the same moment; it is looked at again."),
    "change-held": gettext_noop("%(document)s was not changed. %(reason)s"),
    "drifted": gettext_noop("%(document)s is no longer in QuickBooks as it was posted. %(reason)s"),
    "drift-over": gettext_noop("%(document)s is in QuickBooks as it was posted again."),
    "kept-theirs": gettext_noop("%(document)s stays as it is in QuickBooks (%(what)s: %(theirs)s): %(reason)s"),
    "overwrites": gettext_noop("%(document)s in QuickBooks is to be overwritten (%(what)s: %(theirs)s): %(reason)s"),
    "void-confirmed": gettext_noop("%(document)s is to be voided in QuickBooks: %(reason)s"),
    "to-undo": gettext_noop("%(document)s is to be undone in QuickBooks: %(reason)s"),
    "undone": gettext_noop("%(document)s undone: deleted in QuickBooks, id %(quickbooks_id)s."),
    "undone-voided": gettext_noop("%(document)s undone: voided in QuickBooks, id %(quickbooks_id)s."),
    "undone-there": gettext_noop("%(document)s undone: QuickBooks did not have it any more, id %(quickbooks_id)s."),
    "to-reverse": gettext_noop(
        "%(document)s is in a closed period and stays in QuickBooks; it is to be reversed by %(entry)s: %(reason)s"
    ),
    "counts-again": gettext_noop("%(document)s counts again, since the entry that reversed it is gone."),
    "customer-made-inactive": gettext_noop(
        "%(customer)s was made inactive in QuickBooks, since nothing else uses it: %(reason)s"
    ),
    "item-made-inactive": gettext_noop(
        "The item “%(item)s” was made inactive in QuickBooks, since nothing else uses it: %(reason)s"
    ),
    "undo-left": gettext_noop("%(document)s was to be undone and stays in QuickBooks. %(reason)s"),
    "left-deleted": gettext_noop("%(document)s was deleted in QuickBooks and stays so: %(reason)s"),
    "refused": gettext_noop("%(document)s rejected by QuickBooks. %(reason)s"),
    "later": gettext_noop("%(document)s waits: %(reason)s"),
    "unknown": gettext_noop("%(document)s: no clear answer from QuickBooks. %(reason)s"),
    "perhaps-there": gettext_noop("%(document)s may be in QuickBooks already: %(found)s."),
    "is-there": gettext_noop("%(document)s is what QuickBooks holds as id %(quickbooks_id)s: %(reason)s"),
    "is-another": gettext_noop("%(document)s is not what QuickBooks holds, and is posted: %(reason)s"),
    "differs": gettext_noop("%(document)s is in QuickBooks with other figures than were sent. %(reason)s"),
    "address-updated": gettext_noop(
        "The %(part)s of “%(customer)s” in QuickBooks was updated from this order: %(before)s became %(after)s."
    ),
    "address-same": gettext_noop("The %(part)s of “%(customer)s” in QuickBooks is that of this order already."),
    "address-missing": gettext_noop(
        "The order has no complete %(part)s (a street, and a city or ZIP code), so that of its customer in QuickBooks "
        "stays as it is."
    ),
    "address-newer": gettext_noop(
        "The %(part)s of “%(customer)s” in QuickBooks stays as it is: order %(number)s of %(date)s is newer."
    ),
    "address-not-theirs": gettext_noop(
        "“%(customer)s” is a standard or default customer, so its addresses in QuickBooks stay as they are."
    ),
    "address-theirs": gettext_noop(
        "The %(part)s of “%(customer)s” was changed in QuickBooks while this order's was on its way. It stays as it is "
        "there: %(theirs)s. This order's is %(ours)s."
    ),
    "address-differs": gettext_noop(
        "QuickBooks stored the %(part)s of “%(customer)s” otherwise than it was sent: %(theirs)s instead of %(ours)s. "
        "Correct it in QuickBooks. The order itself is posted."
    ),
    "address-refused": gettext_noop(
        "The address of “%(customer)s” in QuickBooks was not updated. %(reason)s The order itself is posted. Correct "
        "the address in QuickBooks, or remove the cause and press Re-sync on this order to try again."
    ),
    "address-stale": gettext_noop(
        "“%(customer)s” was being changed in QuickBooks at the same moment, so it is read again before its address is "
        "updated."
    ),
    "address-later": gettext_noop("The address of “%(customer)s” waits: %(reason)s The order itself is posted."),
    "address-unknown": gettext_noop(
        "The address of “%(customer)s”: no clear answer from QuickBooks. %(reason)s The next sync reads the customer "
        "and goes on from there. The order itself is posted."
    ),
    "broken": gettext_noop("Not done, because Tieout itself failed over it (%(reason)s). It is an issue."),
    "resync": gettext_noop("Re-sync asked for."),
    "fixed": gettext_noop("Fix: %(what)s"),
    "ignored": gettext_noop("%(document)s is ignored from now on: %(reason)s"),
    "again": gettext_noop("%(document)s is not in QuickBooks any more and is posted again."),
    "restored": gettext_noop("%(document)s is no longer ignored."),
    "settled": gettext_noop("%(document)s is marked as settled by hand: %(reason)s"),
    "not-needed": gettext_noop("%(document)s is not created: someone else is the customer now."),
    "withdrawn": gettext_noop("%(document)s is not to be posted any more, by what the source says now. It never was."),
}

#: What each step means for a reader in a hurry.
RESULTS: Mapping[str, str] = {
    **dict.fromkeys(
        ("posted", "adopted", "arrived", "prepared", "fixed", "settled", "updated", "voided"),
        "good",
    ),
    **dict.fromkeys(("address-updated", "adopted-as-found"), "good"),
    **dict.fromkeys(("undone", "undone-voided", "undone-there"), "good"),
    **dict.fromkeys(("customer-made-inactive", "item-made-inactive"), "good"),
    **dict.fromkeys(("address-refused", "address-differs", "address-unknown"), "bad"),
    **dict.fromkeys(("change-held", "drifted", "undo-left"), "bad"),
    **dict.fromkeys(
        ("refused", "blocked", "differs", "unknown", "broken", "perhaps-there", "not-imported", "not-in-report"), "bad"
    ),
}


def event(order: StagedOrder, step: str, *, by: User | None = None, **facts: str) -> OrderEvent:
    """An event that is not stored yet, for storing many at once. It is kept in English, whatever its person reads.

    Raises:
        KeyError: The step is not in `STEPS`, or a gap of its sentence has no fact.
    """
    return new_row(OrderEvent, order=order, step=step, facts=_facts(step, facts), by=by)


def record_for_all(orders: Iterable[int], step: str, *, by: User | None = None, **facts: str) -> None:
    """Write the same event for orders, by their numbers, however many they are."""
    insert_alike(OrderEvent(step=step, facts=_facts(step, facts), by=by), "order_id", orders)


def _facts(step: str, facts: Mapping[str, str]) -> dict[str, str]:
    told = {name: in_english(fact) if name in WORDS else fact for name, fact in facts.items()}
    worded(STEPS[step], told)
    return told


def record(order: StagedOrder, step: str, *, by: User | None = None, **facts: str) -> None:
    """Write one event."""
    event(order, step, by=by, **facts).save()


def record_once(order: StagedOrder, step: str, **facts: str) -> None:
    """Write one event, unless it is what happened last: what fails the same way in each run is said once."""
    last = order.events.order_by("-pk").first()
    if last is None or (last.step, last.facts) != (step, facts):
        record(order, step, by=None, **facts)
