"""What do all entities have in common? Create, read, full and sparse update, SyncToken, showing, columns to ask by.

An entity is one instance of a subclass: its fields, columns and indexes are data, its own rules are the few methods
that a subclass overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from .. import refusals
from ..fields import (
    Currency,
    Field,
    Flag,
    Found,
    Group,
    Ignored,
    Many,
    Record,
    Ref,
    Shape,
    Text,
    Word,
    ignored,
)
from ..store import IndexKeys

if TYPE_CHECKING:
    from ..books import Books

COMMON: dict[str, Field] = {
    "Id": Field(kind=Text(most=40)),
    "SyncToken": Field(kind=Text(most=40)),
    "sparse": Field(kind=Flag()),
    **ignored("domain", "MetaData", "status", "AttachableRef", "NameAndId", "Overview", "IntuitId"),
}
META = ("Id", "SyncToken", "CreateTime", "LastUpdatedTime")

ColumnKind = Literal["id", "text", "day", "moment", "number", "flag"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """An attribute that a query may name."""

    kind: ColumnKind
    value: Callable[[Record, Books], Any]
    filterable: bool = True
    index: str | None = None


def stored(*path: str) -> Callable[[Record, Any], Any]:
    """Reads a stored value by its path."""

    def read(record: Record, books: Any) -> Any:
        value: Any = record
        for key in path:
            value = value.get(key) if value else None
        return value

    return read


def column(kind: ColumnKind, *path: str, index: str | None = None, filterable: bool = True) -> Column:
    """A column that shows a stored value."""
    return Column(kind=kind, value=stored(*path), index=index, filterable=filterable)


def key_of(*path: str) -> IndexKeys:
    """Index by a stored text, without regard to case."""
    read = stored(*path)

    def keys(record: Record) -> tuple[str, ...]:
        value = read(record, None)
        return () if value is None else (str(value).lower(),)

    return keys


COMMON_COLUMNS = {
    "Id": column("id", "Id"),
    "SyncToken": column("text", "SyncToken", filterable=False),
    "MetaData.CreateTime": column("moment", "CreateTime"),
    "MetaData.LastUpdatedTime": column("moment", "LastUpdatedTime"),
}


class Entity:
    """One entity of the API."""

    name: ClassVar[str]
    label: ClassVar[str]
    """What a person calls it, and what a duplicate number's text says."""
    counter: ClassVar[str]
    """Which sequence its ids come from: all transactions share one, all names share another."""
    shape: ClassVar[Shape]
    columns: ClassVar[Mapping[str, Column]] = {}
    indexes: ClassVar[Mapping[str, IndexKeys]] = {}
    operations: ClassVar[frozenset[str]] = frozenset({"create", "update"})
    is_list: ClassVar[bool] = True

    # Writing

    def write(self, books: Books, body: Any, *, switches: frozenset[str] = frozenset()) -> Record:
        """Create, or update in full or sparsely, as the body says.

        Args:
            books: Inside a unit of work.
            body: The JSON of the request.
            switches: Values of `include`, such as `allowduplicatedocnum`.

        Raises:
            Refused: The request breaks a rule.
        """
        found = Found()
        given = self.shape.read(body, "", found)
        if not given:
            raise refusals.missing(self.name) if given is None else refusals.missing(self.first_required())
        identifier, token = given.pop("Id", None), given.pop("SyncToken", None)
        sparse = given.pop("sparse", False)
        old = None if identifier is None else self.current(books, identifier, token)
        self.allow(books, "create" if old is None else "update")
        books.check_references(found, old)
        draft = self.draft(given, old, sparse=bool(sparse))
        self.check_characters(books, given)
        self.complete(books, draft, old, switches)
        return self.keep(books, draft, old)

    def first_required(self) -> str:
        """The parameter that an empty request is told to lack."""
        return "Name"

    def allow(self, books: Books, operation: str) -> None:
        """Refuse an operation that this entity does not have."""
        if operation not in self.operations:
            raise refusals.unsupported(f"{operation} of {self.name}")

    def current(self, books: Books, identifier: str, token: str | None) -> Record:
        """The record that a request with this id and SyncToken may change."""
        record = self.read(books, identifier)
        if token is None:
            raise refusals.missing("SyncToken")
        if not token.isdecimal():
            raise refusals.invalid_number("SyncToken", token)
        if int(token) != int(record["SyncToken"]):
            raise refusals.stale(books.actor)
        return record

    def read(self, books: Books, identifier: str) -> Record:
        """The record with an id, active or not."""
        if not identifier.isdecimal():
            raise refusals.invalid_id(identifier)
        record = books.get(self.name, identifier)
        if record is None:
            deleted = identifier in books.store.tables[self.name].deleted
            raise refusals.deleted_transaction() if deleted else refusals.inactive()
        return record

    def without_id(self, books: Books, query: Mapping[str, str]) -> Record | None:
        """What a read of the entity's own address gives: the one record there is; None where that is not an address."""
        return None

    def draft(self, given: Record, old: Record | None, *, sparse: bool) -> Record:
        """What the object would be, before its own rules: the given fields over those that stay."""
        fields = self.shape.fields
        if old is None:
            base = {name: field.default for name, field in fields.items() if field.default is not None}
            return {**base, **{name: value for name, value in given.items() if value is not None}}
        kept: Record = {name: value for name, value in old.items() if self._stays(name, given, sparse)}
        for name, field in fields.items():
            if field.default is not None and name not in kept and name not in given:
                kept[name] = field.default
        for name, value in given.items():
            if fields[name].fixed:
                continue
            if value is None:
                kept.pop(name, None)
                if fields[name].default is not None:
                    kept[name] = fields[name].default
            else:
                kept[name] = value
        return kept

    def _stays(self, name: str, given: Record, sparse: bool) -> bool:
        field = self.shape.fields.get(name)
        if sparse or field is None or name in META:
            return True
        return field.fixed or field.sticky or isinstance(field.kind, Ignored)

    def check_characters(self, books: Books, given: Record) -> None:
        """With the switch for it, refuse what ISO-8859-1 does not have."""
        if books.options.characters == "latin-1":
            for name, value in given.items():
                if not _is_latin(value):
                    raise refusals.invalid_characters(name, "characters outside ISO-8859-1")

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        """The entity's own rules: refuse, or fill in what QuickBooks itself computes."""

    def keep(self, books: Books, draft: Record, old: Record | None) -> Record:
        """Give the object its id, token and times, and store it; an update that changes nothing keeps them."""
        if old is not None and draft == old:
            return old
        stamp = books.clock.stamp()
        if old is None:
            draft["Id"] = books.store.next(self.counter)
            draft["SyncToken"], draft["CreateTime"] = "0", stamp
        else:
            draft["SyncToken"] = str(int(old["SyncToken"]) + 1)
        draft["LastUpdatedTime"] = stamp
        books.store.put(self.name, draft, draft["Id"])
        self.kept(books, draft, old)
        return books.named(self.name, draft["Id"])  # what followed may have changed it once more

    def kept(self, books: Books, record: Record, old: Record | None) -> None:
        """What else changes when this record has changed."""

    def touch(self, books: Books, record: Record, **changes: Any) -> Record:
        """Change a record because another one changed: a new SyncToken and time."""
        changed = {**record, **changes}
        changed["SyncToken"] = str(int(record["SyncToken"]) + 1)
        changed["LastUpdatedTime"] = books.clock.stamp()
        books.store.put(self.name, changed, changed["Id"])
        return changed

    def delete(self, books: Books, body: Any) -> Record:
        """Delete for good; only transactions can."""
        raise refusals.unsupported(f"delete of {self.name}")

    def void(self, books: Books, body: Any) -> Record:
        """Void; only some transactions can."""
        raise refusals.unsupported(f"void of {self.name}")

    # Showing

    def called(self, record: Record) -> str:
        """The name that references to it show."""
        return str(record.get("Name", record["Id"]))

    def show(self, record: Record, books: Books) -> Record:
        """The object as an answer carries it."""
        shown: Record = {"domain": "QBO", "sparse": False, "Id": record["Id"], "SyncToken": record["SyncToken"]}
        shown["MetaData"] = {"CreateTime": record["CreateTime"], "LastUpdatedTime": record["LastUpdatedTime"]}
        shown.update(show_fields(self.shape, record, books, META))
        self.add_computed(shown, record, books)
        return shown

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        """Add what is not stored, such as balances."""

    def column(self, name: str) -> tuple[str, Column] | None:
        """The column of that name without regard to case, under its own spelling."""
        wanted = name.lower()
        for known, column in {**COMMON_COLUMNS, **self.columns}.items():
            if known.lower() == wanted:
                return known, column
        return None


def show_fields(shape: Shape, record: Record, books: Books, hidden: tuple[str, ...] = ()) -> Record:
    """The stored properties, each in the form its kind has in answers."""
    fields = shape.fields
    return {
        name: show_value(fields[name].kind if name in fields else None, value, books)
        for name, value in record.items()
        if name not in hidden and not name.startswith("_")
    }


def show_value(kind: Any, value: Any, books: Books) -> Any:
    """One stored value in the form of answers."""
    match kind:
        case Ref(to=to) if to:
            return books.show_ref(to, value)
        case Currency():
            return books.show_currency(value)
        case Ref() | Word():
            return {"value": value}
        case Group():
            return show_fields(kind.shape, value, books)
        case Many():
            return [show_fields(kind.shape, part, books) for part in value]
        case _:
            return value


def _is_latin(value: Any) -> bool:
    if isinstance(value, str):
        return all(ord(character) < 256 for character in value)
    if isinstance(value, dict):
        return all(map(_is_latin, value.values()))
    return all(map(_is_latin, value)) if isinstance(value, list) else True
