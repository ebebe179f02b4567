"""What should a person know of an order? Mostly why a part of it is not posted: nothing is skipped in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from books.json_types import Json
from books.translation import Translate, gettext_noop, worded

NOTES: Mapping[str, str] = {
    "draft": gettext_noop(
        "By its status in the source the order is not a sale yet: a draft, a quote, on hold, or waiting for its "
        "payment. It posts nothing until that changes."
    ),
    "cancelled": gettext_noop("The order is canceled in the source. It posts nothing."),
    "not-paid": gettext_noop(
        "Not paid yet. Documents of this source are made when the order is paid; it posts nothing until then."
    ),
    "not-packed": gettext_noop(
        "Not packed yet. Documents of this source are made when the order is packed; it posts nothing until then."
    ),
    "not-shipped": gettext_noop(
        "Not shipped yet. Documents of this source are made when the order is shipped; it posts nothing until then."
    ),
    "left-out": gettext_noop("Orders with this status are left out, by a decision. It posts nothing."),
    "sale-undone": gettext_noop(
        "The order is no longer a sale. What QuickBooks has of the sale is taken back; money that arrived or went back "
        "stays in the books."
    ),
    "from-quickbooks": gettext_noop("The order came from QuickBooks. Posting it would enter the sale twice."),
    "no-lines": gettext_noop("The order has no lines, so there is nothing to post."),
    "shortened": gettext_noop("%(field)s is shortened to the %(longest)s characters that QuickBooks keeps."),
    "shortened-text": gettext_noop(
        "%(field)s of %(document)s is longer than the %(longest)s characters that QuickBooks keeps, so it is shortened "
        "and ends in “…”."
    ),
    "reference-in-memo": gettext_noop(
        "The payment reference “%(reference)s” is longer than the %(longest)s characters that QuickBooks keeps. Its "
        "beginning is the reference there; all of it is in the memo."
    ),
    "phone-without-signs": gettext_noop(
        "The phone number “%(before)s” is sent as “%(after)s”, since it is longer than QuickBooks keeps."
    ),
    "name-without-colon": gettext_noop(
        "%(field)s “%(before)s” is sent as “%(after)s”: QuickBooks takes no colon or line break in a customer's name."
    ),
    "other-name": gettext_noop(
        "The order calls the customer %(customer)s; by the email %(email)s it is the QuickBooks customer “%(name)s”."
    ),
    "under-another": gettext_noop("%(customer)s is not in QuickBooks, so the order is under “%(name)s” there."),
    "under-default": gettext_noop("The order has no customer details, so it is under “%(name)s” in QuickBooks."),
    "broken": gettext_noop("The order could not be prepared because Tieout itself failed over it. It is an issue."),
    "payment-pending": gettext_noop("Payment %(payment)s is pending. It posts when the source says it arrived."),
    "payment-failed": gettext_noop("Payment %(payment)s failed. No money arrived, so it posts nothing."),
    "payment-voided": gettext_noop("Payment %(payment)s was voided. It posts nothing."),
    "payment-of-nothing": gettext_noop("Payment %(payment)s is not above zero. It posts nothing."),
    "refund-on-account": gettext_noop(
        "Refund %(record)s returns %(amount)s that no invoice used. The Refund Credit Account is the receivable "
        "account, where that money is already, so it posts nothing for that part; enter the payout against it."
    ),
    "refunds-over-payments": gettext_noop(
        "Refunds of the order come to %(amount)s, and only %(received)s was received for it. Check them in the source; "
        "they are posted as they are."
    ),
    "dated-ahead": gettext_noop(
        "The order has a date in the future, %(date)s. Check it in the source; it is posted with that date."
    ),
    "of-nothing": gettext_noop("The credit or refund %(record)s is of zero. It posts nothing."),
}


@dataclass(frozen=True, kw_only=True)
class Note:
    """One note on an order; the sentence of its code is in `NOTES`."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    def plain(self) -> Json:
        """As it is kept with the order."""
        return {"code": self.code, "facts": dict(self.facts)}


def note_text(note: Mapping[str, Any], translate: Translate = str) -> str:
    """The sentence of a stored note, in the reader's language.

    Args:
        note: `code` and `facts`, as kept in `StagedOrder.not_posted`.
        translate: The language of the reader.
    """
    return worded(NOTES[note["code"]], note["facts"], translate=translate)
