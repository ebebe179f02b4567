"""Which texts of a document are longer than QuickBooks keeps them, and are cut where they end? Nothing is cut unsaid.

Source:
    docs/reference/field-lengths.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from books.documents import FORMS, Document, JournalEntry, NewCustomer
from books.field_lengths import online, room_for_memo
from books.notes import Note
from books.translation import gettext_noop
from sync.preparing.builders.plan import Planned

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
