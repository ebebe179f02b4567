"""Which answers are not one object in JSON? Uploads, downloads, PDFs, and forms that are sent by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..common import wire
from ..common.http import Reply, Request
from . import refusals, xml_bodies
from .entities import ENTITIES
from .entities.attachable import content_of, keep_file, parts_of
from .entities.base import Entity
from .fields import Email, Found, Record
from .pdf import pdf_of
from .refusals import Refused
from .xml_bodies import looks_like_xml

if TYPE_CHECKING:
    from .books import Books
    from .company import Company

PRINTED = frozenset({"CreditMemo", "Estimate", "Invoice", "Payment", "RefundReceipt", "SalesReceipt"})
SENT = frozenset({"CreditMemo", "Estimate", "Invoice", "RefundReceipt", "SalesReceipt"})


def upload(company: Company, request: Request) -> Record:
    """Keep every file of an upload; each succeeds or fails for itself, as in a batch."""
    told = []
    for _, part in sorted(parts_of(request.header("content-type"), request.body).items()):
        if "content" in part:
            told.append(_uploaded(company.books, part))
    return {"AttachableResponse": told}


def _uploaded(books: Books, part: dict[str, tuple[str, str, bytes]]) -> Record:
    file_name, kind, content = part["content"]
    try:
        metadata = _metadata(*part["metadata"][1:]) if "metadata" in part else {}
        return {"Attachable": keep_file(books, metadata, file_name, kind, content)}
    except wire.Unreadable as problem:
        refused = refusals.coded(6040, "Invalid Attachment Metadata", f"The metadata is not JSON: {problem}")
        return {"Fault": refused.fault()}
    except Refused as refused:
        return {"Fault": refused.fault()}


def _metadata(content_type: str, text: bytes) -> object:
    """What an upload says of a file: an Attachable in JSON or in XML."""
    if "xml" in content_type.lower() or looks_like_xml(text):
        return xml_bodies.read(text, "Attachable")
    return wire.loads(text)


def download(books: Books, identifier: str) -> Reply:
    """The address, good for 15 minutes, under which a file can be fetched."""
    record = ENTITIES["Attachable"].read(books, identifier)
    if "_content" not in record:
        raise refusals.coded(6041, "Invalid File", "The attachment has no file.")
    return Reply(books.file_address(identifier), content_type="text/plain;charset=utf-8")


def fetch(company: Company, request: Request, identifier: str) -> Reply:
    """A file itself, without a login: its address bears a signature."""
    record = company.books.get("Attachable", identifier)
    until, signed = request.query.get("until", ""), request.query.get("signature", "")
    if record is None or not company.books.admits_file(identifier, until, signed):
        return Reply("Request has expired", status=403, content_type="text/plain")
    return Reply(content_of(record), content_type=record.get("ContentType") or "application/octet-stream")


def printed(books: Books, entity: Entity, identifier: str) -> Reply:
    """A form as PDF."""
    if entity.name not in PRINTED:
        raise refusals.unsupported(f"pdf of {entity.name}")
    record = entity.read(books, identifier)
    return Reply(pdf_of(entity.show(record, books), entity.label, books), content_type="application/pdf")


def send(books: Books, entity: Entity, identifier: str, to: str) -> Record:
    """Note that a form was sent by e-mail; nothing leaves this machine.

    Raises:
        Refused: The form cannot be sent, or nobody's address is known.
    """
    if entity.name not in SENT:
        raise refusals.unsupported(f"send of {entity.name}")
    record = entity.read(books, identifier)
    address = Email().read({"Address": to}, "sendTo", Found()) if to else record.get("BillEmail")
    if address is None:
        raise refusals.coded(6420, "Email Address Required", "Neither sendTo nor BillEmail names an address.")
    info = {"DeliveryType": "Email", "DeliveryTime": books.clock.stamp()}
    sent = entity.touch(books, record, EmailStatus="EmailSent", BillEmail=address, DeliveryInfo=info)
    books.store.note(entity.name, identifier, "Emailed")
    return {entity.name: entity.show(sent, books)}
