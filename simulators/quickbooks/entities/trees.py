"""How do names nest? Full paths of accounts, items and customers, kept right when a parent moves or is renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .. import refusals
from ..fields import Record
from .base import Entity

if TYPE_CHECKING:
    from ..books import Books

DELETED = " (deleted)"
DEEPEST = 5


class Tree(Entity):
    """A list whose records may have parents, and that are made inactive in place of being deleted."""

    own_name: ClassVar[str] = "Name"
    child_flag: ClassVar[str]
    """The property that says that a record has a parent."""

    def called(self, record: Record) -> str:
        return str(record["FullyQualifiedName"])

    def place(self, books: Books, draft: Record, old: Record | None) -> None:
        """Set the full path from the parent's; refuse a sixth level or a circle."""
        parent = books.get(self.name, draft.get("ParentRef"))
        if parent is not None and old is not None:
            self._refuse_circle(books, old["Id"], parent)
        draft["FullyQualifiedName"] = self.path(draft, parent)
        depth = self._depth(books, parent) + 1
        if depth + (self._height(books, old) if old else 0) > DEEPEST:
            raise refusals.coded(
                6180, "Maximum Sub Level Exceeded", f"A {self.label.lower()} can have at most {DEEPEST} levels."
            )

    def path(self, draft: Record, parent: Record | None) -> str:
        """The full path of a record under a parent."""
        own = str(draft[self.own_name])
        return f"{parent['FullyQualifiedName']}:{own}" if parent else own

    def _refuse_circle(self, books: Books, identifier: str, parent: Record) -> None:
        above: Record | None = parent
        while above is not None:
            if above["Id"] == identifier:
                raise refusals.coded(900, "Invalid Parent", f"A {self.label.lower()} cannot be its own parent.")
            above = books.get(self.name, above.get("ParentRef"))

    def _depth(self, books: Books, record: Record | None) -> int:
        depth = 0
        while record is not None:
            depth, record = depth + 1, books.get(self.name, record.get("ParentRef"))
        return depth

    def children(self, books: Books, identifier: str) -> list[Record]:
        """The records directly under one."""
        return books.under(self.name, "ParentRef", identifier)

    def _height(self, books: Books, record: Record) -> int:
        below = self.children(books, record["Id"])
        return 1 + max(self._height(books, child) for child in below) if below else 0

    def kept(self, books: Books, record: Record, old: Record | None) -> None:
        """Carry a changed path down the tree; the children's tokens stay, as nobody edited them."""
        if old is None or old["FullyQualifiedName"] == record["FullyQualifiedName"]:
            return
        for child in self.children(books, record["Id"]):
            moved = {**child, "FullyQualifiedName": self.path(child, record)}
            books.store.put(self.name, moved, moved["Id"])
            self.kept(books, moved, child)

    def mark_inactive(self, draft: Record, old: Record | None) -> None:
        """Rename a record that becomes inactive, and back when it becomes active again."""
        was = old is None or old["Active"]
        name = str(draft[self.own_name])
        if was and not draft["Active"] and not name.endswith(DELETED):
            draft[self.own_name] = name + DELETED
        elif not was and draft["Active"] and name.endswith(DELETED):
            draft[self.own_name] = name.removesuffix(DELETED)
        elif not was and not draft["Active"] and not name.endswith(DELETED):
            draft[self.own_name] = name + DELETED

    def refuse_duplicate(self, books: Books, draft: Record, old: Record | None, index: str) -> None:
        """6240 when another record of this list has the same name."""
        key = str(draft[index]).strip().lower()
        for holder in books.store.tables[self.name].ids(index, key):
            if old is None or holder != old["Id"]:
                raise refusals.duplicate_name(holder)
