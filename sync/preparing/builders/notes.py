"""What of an order is posted as it is and worth a second look, and which texts are cut? Nothing is cut unsaid.

Source:
    docs/reference/field-lengths.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from books.documents import FORMS, Document, JournalEntry, NewCustomer
from books.field_lengths import online, room_for_memo
from books.money import ZERO, money_text, total
from books.notes import Note
from books.orders import Order
from books.translation import gettext_noop
from sync.preparing.builders.payment import received
from sync.preparing.builders.plan import Planned

#: A date may be so many days ahead, for time zones, presales and payments that are due, before it is noticed.
DAYS_AHEAD = 7


def odd_notes(order: Order, today: date | None = None) -> list[Note]:
    """Refunds of more than was received, and dates in the future.

    Args:
        order: As staged.
        today: In the company's time zone; None notices no date.

    Source:
        docs/accounting/refund.md, docs/accounting/invoice.md
    """
    return [*_over_refunded(order), *(_ahead(order, today) if today else ())]


def _over_refunded(order: Order) -> list[Note]:
    given_back, came_in = (
        total(refund.amount for refund in order.refunds),
        total(payment.amount for payment in received(order)),
    )
    if given_back <= came_in + max(ZERO, -order.total):  # the money of a return came in with another order
        return []
    facts = (("amount", money_text(given_back, order.currency)), ("received", money_text(came_in, order.currency)))
    return [Note(code="refunds-over-payments", facts=facts)]


def _ahead(order: Order, today: date) -> list[Note]:
    dates = {
        order.placed_on,
        *(payment.paid_on for payment in received(order)),
        *(credit.credited_on for credit in order.credits),
        *(refund.refunded_on for refund in order.refunds),
    }
    latest = max(dates)
    if latest <= today + timedelta(days=DAYS_AHEAD):
        return []
    return [Note(code="dated-ahead", facts=(("date", latest.isoformat()),))]


_MEMO, _DESCRIPTION = gettext_noop("Memo"), gettext_noop("Description")


def shortened_notes(planned: Iterable[Planned]) -> list[Note]:
    """What of documents for QuickBooks Online is shortened, each field of a document once.

    A file for QuickBooks Desktop says itself what it changed.
    """
    notes = (note for record in planned if record.document for note in _of_document(record, record.document))
    return list(dict.fromkeys(notes))


def _of_document(planned: Planned, document: Document) -> Iterator[Note]:
    room = room_for_memo(document.key, is_customer=isinstance(document, NewCustomer))
    if len(document.memo) > room:
        yield _note(_MEMO, planned, room)
    if isinstance(document, JournalEntry):
        texts = [line.memo for line in document.lines]
    else:
        texts = [line.description for line in getattr(document, "lines", ())]
    if any(len(text) > online("Line.Description") for text in texts):
        yield _note(_DESCRIPTION, planned, online("Line.Description"))


def _note(field: str, planned: Planned, longest: int) -> Note:
    title = " ".join(filter(None, (FORMS[planned.kind].title, planned.number)))
    return Note(code="shortened-text", facts=(("field", field), ("document", title), ("longest", str(longest))))
