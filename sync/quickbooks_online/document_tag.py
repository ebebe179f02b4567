"""How does Tieout recognize its own documents in QuickBooks? By a line that it writes below the memo."""

from __future__ import annotations

import re

from books.documents import NewCustomer
from books.field_lengths import MARK, room_for_memo, shortened
from sync.quickbooks_online.json_values import Json

_ANY_MARK = re.compile(r"(^|\s)Tieout \S+:\S+\s*$")


def mark(key: str) -> str:
    """The line by which a document in QuickBooks is recognized as the one of this key."""
    return f"{MARK}{key}"


def marked(memo: str, key: str, *, form: str) -> Json:
    """The field that carries memo and mark; a memo that leaves the mark no room is cut, visibly."""
    field = _field(form)
    room = room_for_memo(key, is_customer=form == NewCustomer.kind)
    # The mark is what keeps a sale from being posted twice
    return {field: f"{shortened(memo, room)}\n{mark(key)}".lstrip("\n")}


def bears_mark(form: str, entity: Json, key: str) -> bool:
    """Whether an entity is the document of this key.

    People may write above and below the mark, and a void puts a word before it.
    """
    field = _field(form)
    lines = str(entity.get(field) or "").splitlines()
    return any(line.strip() == mark(key) or line.rstrip().endswith(f" {mark(key)}") for line in lines)


def is_marked(form: str, entity: Json) -> bool:
    """Whether an entity bears the mark of any document of ours."""
    field = _field(form)
    return any(_ANY_MARK.search(line) for line in str(entity.get(field) or "").splitlines())


def key_in(form: str, entity: Json) -> str:
    """The key of the document that a body of ours creates."""
    field = _field(form)
    return str(entity[field]).rpartition("\n")[2].removeprefix(MARK)


def _field(form: str) -> str:
    return "Notes" if form == NewCustomer.kind else "PrivateNote"
