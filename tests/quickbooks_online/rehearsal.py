"""What do the tests do with the rehearsal company, and what do they put into it?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import requests

from books.answers import AccountRef, CustomerRef
from books.documents import Invoice, NewCustomer, Payment
from companies.models import Company
from simulators.quickbooks.server import Running
from sync.quickbooks_online.session import Timeouts
from tests.factories import at_work
from tests.sample_orders import an_invoice, payments_of

#: Longer than a rehearsal on this machine ever takes, however busy that is.
QUICK = Timeouts(connect=30, read=30)
#: For a test that waits for it to pass.
HASTY = Timeouts(connect=30, read=0.5)

ORDER = """
    2026-08-14  order 5042  Priya Natarajan <priya.natarajan@example.com>
    WT-101                        199.00
    KIT-CLAY        2 x 24.50
    order-discount  Welcome back  -20.00
    paid 2026-08-20  Credit Card  100.00
"""


def a_company(name: str = "Bramble & Birch Studio", slug: str = "studio", **more: Any) -> Company:
    more = {"time_zone": "America/Denver", "is_rehearsal": True} | more
    return at_work(Company.objects.create(name=name, slug=slug, **more))


def the_invoice(running: Running, text: str = ORDER, **more: Any) -> Invoice:
    """The invoice of an order, with the ids that this rehearsal company has given its lists."""
    invoice = an_invoice(text)
    lines = tuple(
        replace(line, item=replace(line.item, quickbooks_id=the_id(running, "Item", line.item.name)))
        for line in invoice.lines
    )
    customer = CustomerRef(name=invoice.customer.name, quickbooks_id=the_id(running, "Customer", invoice.customer.name))
    facts: dict[str, Any] = {"lines": lines, "customer": customer, "key": f"keap:{invoice.number}:invoice"}
    return replace(invoice, **facts | more)


def the_payment(running: Running, invoice: Invoice, **more: Any) -> Payment:
    """The first payment of the same order."""
    payment = payments_of(ORDER)[0]
    facts: dict[str, Any] = {
        "customer": invoice.customer,
        "invoice": invoice.key,
        "key": "keap:5042:payment:1",
        "number": "pay-5042-1",
        "deposit_to": listed(running, payment.deposit_to),
        "receivable": listed(running, payment.receivable),
    }
    return replace(payment, **facts | more)


def a_new_customer(name: str = "Mara O'Connor", **more: Any) -> NewCustomer:
    facts: dict[str, Any] = {
        "given_name": "Mara",
        "family_name": "O'Connor",
        "email": "mara@example.com",
        "currency": "USD",
    }
    return NewCustomer(key="keap:customer:77", display_name=name, **facts | more)


def listed(running: Running, account: AccountRef) -> AccountRef:
    return replace(account, quickbooks_id=the_id(running, "Account", account.path))


def control(running: Running, path: str, body: Any = None, *, method: str = "POST") -> Any:
    """Order something of the rehearsal company."""
    answer = requests.request(method, f"{running.base_url}/control/{path}", json=body, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fault(running: Running, kind: str, **more: Any) -> None:
    """Let the next request that fits go wrong."""
    control(running, "faults", {"kind": kind, **more})


def holds(running: Running, entity: str) -> list[dict[str, Any]]:
    """Every record of an entity that the rehearsal company holds."""
    with running.company.lock:
        return [dict(record) for record in running.company.books.all(entity)]


def numbered(running: Running, number: str) -> list[dict[str, Any]]:
    """The invoices of that number."""
    return [hold for hold in holds(running, "Invoice") if hold.get("DocNumber") == number]


def the_id(running: Running, entity: str, name: str) -> str:
    """The id of the list row of that name."""
    field = "DisplayName" if entity == "Customer" else "FullyQualifiedName"
    return next(str(hold["Id"]) for hold in holds(running, entity) if hold[field] == name)


def log(running: Running) -> list[dict[str, Any]]:
    """What reached the rehearsal company, in order."""
    entries: list[dict[str, Any]] = control(running, "log", method="GET")["entries"]
    return entries
