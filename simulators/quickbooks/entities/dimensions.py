"""What does QuickBooks demand of classes and locations, and when does it look at them on a document?

A location is called Department in the API. Both are ignored on documents until the company's preferences track them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Field, Flag, Record, Ref, Shape, Text, ignored
from .base import COMMON, column, key_of
from .trees import Tree

if TYPE_CHECKING:
    from ..books import Books

NAME_BANS = {":": "colons", "\t": "tabs", "\n": "new lines"}
PER_TRANSACTION, PER_LINE, LOCATIONS = "ClassTrackingPerTxn", "ClassTrackingPerTxnLine", "TrackDepartments"
CLASS_OF_FORM = Field(kind=Ref(to="Class", listed_as="Klasses", only_with=PER_TRANSACTION))
CLASS_OF_LINE = Field(kind=Ref(to="Class", listed_as="Klasses", only_with=PER_LINE))
LOCATION = Field(kind=Ref(to="Department", listed_as="Depts", only_with=LOCATIONS))


def drop_untracked(books: Books, part: Record, *, per_line: bool) -> None:
    """Take class and location out of a form or a line where the preferences do not track them.

    Args:
        books: The company's books.
        part: A form, or the detail of a line; changed in place.
        per_line: Whether it is a line's.
    """
    if "ClassRef" in part and not books.tracks(PER_LINE if per_line else PER_TRANSACTION):
        del part["ClassRef"]
    if "DepartmentRef" in part and not books.tracks(LOCATIONS):
        del part["DepartmentRef"]


class Dimension(Tree):
    """A list that documents are sorted by."""

    columns = {
        "Name": column("text", "Name", index="Name"),
        "FullyQualifiedName": column("text", "FullyQualifiedName", index="FullyQualifiedName"),
        "Active": column("flag", "Active"),
        "ParentRef": column("text", "ParentRef", index="ParentRef"),
    }
    indexes = {name: key_of(name) for name in ("Name", "FullyQualifiedName", "ParentRef")}

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        if "Name" not in draft:
            raise refusals.missing("Name")
        if draft.get(self.child_flag) and "ParentRef" not in draft:
            raise refusals.coded(6150, "ParentRef required", f"A {self.child_flag} needs a ParentRef.", "ParentRef")
        draft[self.child_flag] = "ParentRef" in draft
        self.mark_inactive(draft, old)
        self.place(books, draft, old)
        self.refuse_duplicate(books, draft, old, "FullyQualifiedName")


class Class(Dimension):
    """A class: a segment of the business that income and expenses are sorted by."""

    name = "Class"
    label = "Class"
    counter = "class"
    child_flag = "SubClass"
    shape = Shape(
        type_name="Class",
        fields={
            **COMMON,
            "Name": Field(kind=Text(most=100, least=1, banned=NAME_BANS, trimmed=True), sticky=True),
            "SubClass": Field(kind=Flag(), default=False),
            "ParentRef": Field(kind=Ref(to="Class", listed_as="Klasses")),
            "Active": Field(kind=Flag(), default=True),
            **ignored("FullyQualifiedName", "ClassEx"),
        },
    )


class Department(Dimension):
    """A location: a place of the business."""

    name = "Department"
    label = "Location"
    counter = "department"
    child_flag = "SubDepartment"
    shape = Shape(
        type_name="Department",
        fields={
            **COMMON,
            "Name": Field(kind=Text(most=100, least=1, banned=NAME_BANS, trimmed=True), sticky=True),
            "SubDepartment": Field(kind=Flag(), default=False),
            "ParentRef": Field(kind=Ref(to="Department", listed_as="Depts")),
            "Active": Field(kind=Flag(), default=True),
            **ignored("FullyQualifiedName", "Address"),
        },
    )
