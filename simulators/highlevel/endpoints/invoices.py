"""What is answered about invoices?"""

from __future__ import annotations

from ...common.http import Reply, Request
from ..asked import MOST_PER_PAGE, query_of
from ..refusals import not_found
from ..sub_account import SubAccount
from ..tables import Row, shown
from .endpoint import page_of, read, told

STATUSES = ("draft", "sent", "payment_processing", "paid", "void", "partially_paid")
_KNOWN = (
    *("altId", "altType", "status", "startAt", "endAt", "search", "paymentMode", "contactId", "limit", "offset"),
    *("sortField", "sortOrder"),
)


def _list(account: SubAccount, request: Request) -> Reply:
    asked = query_of(request, *_KNOWN)
    limit = asked.whole("limit", 10, required=True, most=MOST_PER_PAGE)
    offset = asked.whole("offset", 0, required=True)
    status = asked.choice("status", *STATUSES)
    start, end = asked.day("startAt"), asked.day("endAt")
    mode = asked.choice("paymentMode", "default", "live", "test")
    sorted_by = asked.choice("sortField", "issueDate")
    order = asked.choice("sortOrder", "ascend", "descend")
    search, contact = asked.text("search").lower(), asked.text("contactId")
    asked.location("altId", account.location_id)

    def wanted(row: Row) -> bool:
        return (
            (not status or row["status"] == status)
            and (start is None or row["issueDate"] >= start.isoformat())
            and (end is None or row["issueDate"] <= end.isoformat())
            and (mode in ("", "default") or row["liveMode"] == (mode == "live"))
            and (not contact or row["contactDetails"]["id"] == contact)
            and (
                not search or search in f"{row['name']} {row['invoiceNumber']} {row['contactDetails']['name']}".lower()
            )
        )

    rows = [row for row in account.tables.newest("invoices") if wanted(row)]
    if sorted_by:
        rows.sort(key=lambda row: row["issueDate"], reverse=order != "ascend")
    page, total = page_of(rows, offset, limit)
    return told({"invoices": [account.as_spoiled(shown(row)) for row in page], "total": total})


def _whole(account: SubAccount, request: Request, invoice: str) -> Reply:
    query_of(request, "altId", "altType").location("altId", account.location_id)
    row = account.tables.get("invoices", invoice)
    if row is None:
        raise not_found("Invoice", invoice)
    return told(account.as_spoiled(shown(row)))


CALLS = (
    read("/invoices/", "invoices.readonly", "invoice", _list),
    read("/invoices/<invoice>", "invoices.readonly", "invoice", _whole),
)
