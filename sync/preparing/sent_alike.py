"""Would QuickBooks get the very same again that it has rejected?"""

from __future__ import annotations

from collections.abc import Mapping

from books.documents import NewCustomer
from books.serialization import Body
from sync.models import Document, DocumentBody


def sent_alike(row: Document, body: Body | None) -> bool:
    """Whether QuickBooks would get what it has refused: only the customer's id is known by now, which it was sent."""
    stored = DocumentBody.objects.filter(document=row).values_list("body", flat=True).first()
    if body is None or stored is None:
        return False
    created = Document.objects.filter(company_id=row.company_id, kind=NewCustomer.kind).exclude(quickbooks_id="")
    ids = dict(created.filter(key__in={*_creators(stored), *_creators(body)}).values_list("key", "quickbooks_id"))
    return bool(_with_ids(stored, ids) == _with_ids(body, ids))


_CUSTOMER_REF = {"name", "quickbooks_id", "created_by"}


def _creators(body: object) -> list[str]:
    """The keys of the documents that create the customers of a body."""
    if isinstance(body, dict):
        own = [body["created_by"]] if set(body) >= _CUSTOMER_REF and body["created_by"] else []
        return [*own, *(key for value in body.values() for key in _creators(value))]
    return [key for value in body for key in _creators(value)] if isinstance(body, list) else []


def _with_ids(body: object, ids: Mapping[str, str]) -> object:
    """A body in which a customer is no more than the id that is sent."""
    if isinstance(body, dict):
        if set(body) >= _CUSTOMER_REF:
            return body["quickbooks_id"] or ids.get(body["created_by"], body["created_by"])
        return {name: _with_ids(value, ids) for name, value in body.items()}
    return [_with_ids(value, ids) for value in body] if isinstance(body, list) else body
