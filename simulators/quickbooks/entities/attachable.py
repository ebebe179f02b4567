"""What does QuickBooks demand of an attachment: a file or a note, on documents and names or on its own?"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from .. import refusals
from ..fields import Field, Flag, Found, Group, Many, Record, Shape, Text, ignored, shape
from .base import COMMON, Column, Entity, column

if TYPE_CHECKING:
    from ..books import Books

REFS = Many(
    shape=Shape(
        type_name="AttachableRef",
        fields={
            "EntityRef": Field(kind=Group(shape=shape("ReferenceType", value=Text(most=40), type=Text(), name=Text()))),
            "IncludeOnSend": Field(kind=Flag()),
            **ignored("LineInfo", "NoRefOnly", "CustomField", "Inactive", "AttachableRefEx"),
        },
    )
)


def _first_ref(key: str) -> Column:
    def value(record: Record, books: Any) -> Any:
        refs = record.get("AttachableRef") or [{}]
        return refs[0].get("EntityRef", {}).get(key)

    return Column(kind="text", value=value)


class Attachable(Entity):
    """An attachment."""

    name = "Attachable"
    label = "Attachment"
    counter = "attachable"
    operations = frozenset({"create", "update", "delete"})
    is_list = False
    shape = Shape(
        type_name="Attachable",
        fields={
            **COMMON,
            "FileName": Field(kind=Text(most=1000)),
            "ContentType": Field(kind=Text(most=100)),
            "Note": Field(kind=Text(most=2000)),
            "Category": Field(kind=Text(most=100)),
            "Tag": Field(kind=Text(most=2000)),
            "AttachableRef": Field(kind=REFS),
            **ignored("Size", "FileAccessUri", "TempDownloadUri", "ThumbnailFileAccessUri", "PlaceName", "Lat", "Long"),
            **ignored("ThumbnailTempDownloadUri"),
        },
    )
    columns = {
        "FileName": column("text", "FileName"),
        "Note": column("text", "Note", filterable=False),
        "AttachableRef.EntityRef.Type": _first_ref("type"),
        "AttachableRef.EntityRef.value": _first_ref("value"),
    }

    def first_required(self) -> str:
        return "FileName"

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        if "FileName" not in draft and "Note" not in draft:
            raise refusals.missing("Note")
        for ref in draft.get("AttachableRef", []):
            linked = ref.get("EntityRef", {})
            kind = next(
                (entity for entity in books.entities if entity.lower() == str(linked.get("type", "")).lower()), None
            )
            if kind is None or books.get(kind, linked.get("value")) is None:
                raise refusals.coded(
                    6050, "Invalid Reference Type", f"There is no {linked.get('type')} {linked.get('value')}."
                )

    def delete(self, books: Books, body: Any) -> Record:
        given = self.shape.read(body, "", Found()) or {}
        if given.get("Id") is None:
            raise refusals.missing("Id")
        record = self.current(books, given["Id"], given.get("SyncToken"))
        books.store.put(self.name, None, record["Id"])
        books.store.bury(self.name, record["Id"], books.clock.stamp())
        return {"domain": "QBO", "status": "Deleted", "Id": record["Id"]}

    def called(self, record: Record) -> str:
        return str(record.get("FileName", record["Id"]))

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        if "_content" in record:
            shown["Size"] = record["_size"] if "_size" in record else len(content_of(record))
            shown["FileAccessUri"] = f"/v3/company/{books.store.settings['company_id']}/download/{record['Id']}"
            shown["TempDownloadUri"] = books.file_address(record["Id"])


def content_of(record: Record) -> bytes:
    """The file of an attachment."""
    try:
        return base64.b64decode(record.get("_content", ""))
    except binascii.Error:
        return b""


# Uploads

PART = re.compile(r"file_(metadata|content)_(\w+)$")


def parts_of(content_type: str, body: bytes) -> dict[str, dict[str, tuple[str, str, bytes]]]:
    """The parts of an upload by number, then by metadata or content, as (file name, type, bytes as they came).

    Raises:
        Refused: It is not multipart form data with at least one part of content.
    """
    found = re.search(r'multipart/form-data.*boundary="?([^";]+)"?', content_type, re.IGNORECASE)
    if found is None:
        raise refusals.coded(1050, "Invalid Content Type", f"Invalid content type used : {content_type}")
    parts: dict[str, dict[str, tuple[str, str, bytes]]] = {}
    for piece in body.split(b"--" + found[1].encode("latin-1", "replace")):
        head, gap, content = _split(piece)
        headers = head.decode("utf-8", "replace")
        name = re.search(r'[; ]name="([^"]*)"', headers)
        part = PART.match(name[1]) if name and gap else None
        if part is not None:
            file_name = re.search(r'filename="([^"]*)"', headers)
            kind = re.search(r"content-type:\s*([^\s;]+)", headers, re.IGNORECASE)
            told = (file_name[1] if file_name else "", kind[1] if kind else "", content)
            parts.setdefault(part[2], {})[part[1]] = told
    if not any("content" in part for part in parts.values()):
        raise refusals.coded(6041, "Invalid File", "The upload has no part file_content_01.")
    return parts


def _split(piece: bytes) -> tuple[bytes, bytes, bytes]:
    """Head, gap and content of a part; its lines end as its first one does, with CR LF or, from some clients, LF."""
    end = b"\r\n" if piece.startswith(b"\r\n") else b"\n"
    return piece.removeprefix(end).removesuffix(end).partition(end * 2)


def keep_file(books: Books, metadata: Any, file_name: str, content_type: str, content: bytes) -> Record:
    """Store one uploaded file; returns the attachment as it is shown."""
    entity = books.entities["Attachable"]
    if not isinstance(metadata, dict):
        raise refusals.coded(6040, "Invalid Attachment Metadata", "The metadata is not a JSON object.")
    body = {"FileName": file_name or "file", "ContentType": content_type or "application/octet-stream", **metadata}
    record = entity.write(books, body)
    kept = {**record, "_content": base64.b64encode(content).decode(), "_size": len(content)}
    books.store.put("Attachable", kept, record["Id"])
    return entity.show(kept, books)
