"""What does each screen cost when the books are large? `python -m bench.screens`, or with sizes and words.

The books are those of `bench.books`; sizes that are missing are made first. Each screen is asked for as a signed-in
accountant, through all of Django but the web server: to warm up, then several times. Figures are milliseconds of
processor time, the median of the requests: of the Python process ("py") and of its PostgreSQL backend ("pg"). They say
nearly the same on a machine that does other things as well. Words choose the screens whose names have one of them:
`python -m bench.screens 100000 1000000 documents setup`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from bench.books import SIZES
from bench.books import main as make_books
from bench.server import database_of, environment_of, has_database, server_address

if TYPE_CHECKING:
    from companies.models import Company

_TIMES = 7
#: Above this a screen is marked.
GOAL = 100


def main(sizes: list[int], words: list[str]) -> None:
    """Measure each size in a process of its own, and print a line for each screen."""
    server = server_address()
    missing = [size for size in sizes if not has_database(server, size)]
    if missing:
        make_books(missing)
    results = {size: _measured(database_of(server, size), words) for size in sizes}
    heads = "  ".join(f"{f'{size:,}':>12} {'py + pg':>13} {'queries':>7}" for size in sizes)
    print(f"{'screen':<44}{heads}   largest : before")
    for name in results[sizes[0]]:
        found = [results[size][name] for size in sizes]
        cells = "  ".join(_cell(row) for row in found)
        costs = [row["py"] + row["pg"] for row in found]
        ratio = f"x {costs[-1] / costs[-2]:.2f}" if len(costs) > 1 else ""
        print(f"{name:<44}{cells}   {ratio}{'  ABOVE' if costs[-1] >= GOAL else ''}")


def _cell(row: Mapping[str, float]) -> str:
    parts = f"{row['py']:.0f} + {row['pg']:.0f}"
    return f"{row['py'] + row['pg']:>12.0f} {parts:>13} {row['queries']:>7}"


def _measured(address: str, words: list[str]) -> dict[str, dict[str, float]]:
    command = [sys.executable, "-m", "bench.screens", "measure", *words]
    done = subprocess.run(command, env=environment_of(address), check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return result


def screens() -> Iterator[tuple[str, str]]:
    """The name and the address of every screen that is measured."""
    from companies.models import Company

    company = Company.objects.get(slug="bramble-birch")
    yield from _of_reconciliation(company, f"/{company.slug}/")
    yield from _of_mapping(company, f"/mapping/{company.slug}/")
    yield from _of_admin(company)


def _of_reconciliation(company: Company, home: str) -> Iterator[tuple[str, str]]:
    from reconciliation.models import Issue
    from sync.models import Document, Run, StagedOrder

    order = StagedOrder.objects.filter(company=company, documents__kind="refund").latest("pk")
    invoice = Document.objects.filter(company=company, kind="invoice", state="posted").latest("pk")
    issue = Issue.objects.filter(company=company, records__gt=0).order_by("-records")[0]
    yield "Home", home
    documents = {
        "": "", ", sorted by total": "sort=-total", ", sorted by customer": "sort=customer",
        ", posted": "state=posted", ", needs attention": "state=stuck", ", ready": "state=ready",
        ", refunds": "kind=refund", ", customers": "kind=customer", ", payments": "kind=payment",
        ", journal entries": "form=journal-entry", ", credit memos": "form=credit-memo",
        ", of a cause": f"cause={issue.code}",
        ", whole number": f"number={invoice.number}", ", number begins": "number=12",
        ", customer contains a common text": "customer=mar", ", customer contains a rare text": "customer=zuri+q.",
        ", customer contains nothing known": "customer=xyzzy",
        ", customer rare, sorted by total": "customer=zuri+q.&sort=-total",
        ", a month": "since=2025-06-01&until=2025-06-30", ", posted from": "posted_since=2026-01-01",
    }  # fmt: skip
    for name, parameters in documents.items():
        yield f"Documents{name}", f"{home}documents/?{parameters}"
    yield "Documents, deep page", f"{home}documents/?place={_deep(Document, 'dated', '-date', company)}"
    yield "Orders", f"{home}orders/"
    yield "Orders, deep page", f"{home}orders/?place={_deep(StagedOrder, 'placed_on', '-date', company)}"
    orders = {
        ", canceled": "status=cancelled", ", not posted": "status=not-posted", ", not decided": "status=unknown",
        ", whole number": f"number={order.number}", ", customer contains a rare text": "customer=zuri+q.",
        ", customer contains nothing known": "customer=xyzzy", ", customer contains a common text": "customer=mar",
        ", a month": "since=2025-06-01&until=2025-06-30",
    }  # fmt: skip
    for name, parameters in orders.items():
        yield f"Orders{name}", f"{home}orders/?{parameters}"
    tabs = {"": "", ", sent to QuickBooks": "pushes", ", source": "source", ", history": "history"}
    for name, tab in tabs.items():
        yield f"Order page{name}", f"{home}orders/{order.pk}/?tab={tab}"
    yield "Order statuses", f"{home}orders/statuses/"
    yield "Issues", f"{home}issues/"
    yield "Issue page", f"{home}issues/{issue.pk}/"
    for name, text in {
        "a whole number": invoice.number, "a name": "zuri+q.", "a common name": "mar", "an email": "customer77@",
        "an amount": "96.00", "nothing known": "xyzzy",
    }.items():  # fmt: skip
        yield f"Search, {name}", f"{home}search/?q={text}"
    yield "Sync history", f"{home}sync-history/"
    yield "Run", f"{home}sync-history/{Run.objects.filter(company=company).latest('pk').pk}/"
    yield "Import orders", f"{home}import-orders/"
    yield "New items", f"{home}new-items/"
    yield "Setup", f"{home}setup/"


def _of_mapping(company: Company, mapping: str) -> Iterator[tuple[str, str]]:
    for page in ("line-types", "posting-accounts", "transaction-types", "products/table", "copy", "history"):
        yield page.capitalize().replace("-", " "), f"{mapping}{page}/"
    picked = {
        "items": "glaze+15", "items, a slip": "glase+1503", "accounts": "sal&use=product",
        "accounts, a slip": "salse+clas&use=product", "customers": "zuri+q", "customers, a slip": "zury+q",
    }  # fmt: skip
    for name, text in picked.items():
        yield f"Picker of {name}", f"{mapping}pick/{name.partition(',')[0]}/?q={text}"


def _of_admin(company: Company) -> Iterator[tuple[str, str]]:
    from mapping.models import Product

    of_company = f"company={company.pk}"
    product = Product.objects.filter(company=company).latest("pk")
    admin = {
        "products": f"product/?{of_company}", "products, page 100": f"product/?{of_company}&p=100",
        "products, search": f"product/?{of_company}&q=glaze+150", "a product": f"product/{product.pk}/change/",
        "customers": f"sourcecustomer/?{of_company}", "customers, page 150": f"sourcecustomer/?{of_company}&p=150",
        "customers, search": f"sourcecustomer/?{of_company}&q=zuri+q.",
        "customers, nothing found": f"sourcecustomer/?{of_company}&q=xyzzy",
        "items": f"quickbooksitem/?{of_company}", "items, search": f"quickbooksitem/?{of_company}&q=glaze+150",
        "QuickBooks customers": f"quickbookscustomer/?{of_company}",
        "QuickBooks customers, search": f"quickbookscustomer/?{of_company}&q=zuri+q.",
        "accounts": f"quickbooksaccount/?{of_company}",
    }  # fmt: skip
    for name, address in admin.items():
        yield f"Admin, {name}", f"/admin/mapping/{address}"


def _deep(model: Any, field: str, sort: str, company: Company) -> str:
    """The place of a page in the middle of a list."""
    from reconciliation.paging import _written, chosen_sort

    rows = model.objects.filter(company=company)
    middle = rows.order_by(field)[rows.count() // 2]
    return _written(middle, chosen_sort(sort, {sort.removeprefix("-"): field}, default=sort), backwards=False)


def measure(words: list[str]) -> None:
    """Ask for each screen, and print one line of JSON."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.get(username="accountant"), "django.contrib.auth.backends.ModelBackend")
    results = {
        name: cost_of(client, address)
        for name, address in screens()
        if not words or any(word.casefold() in name.casefold() for word in words)
    }
    print(json.dumps(results))


def cost_of(client: Any, address: str) -> Mapping[str, float]:
    """Milliseconds and queries of one address."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        number = len(queries)
    if answer.status_code not in (200, 302):
        raise SystemExit(f"{address} answered {answer.status_code}")
    ours, theirs = [], []
    for _ in range(_TIMES):
        begun, backend = time.process_time(), of_backend(connection)
        client.get(address)
        ours.append(1000 * (time.process_time() - begun))
        theirs.append(1000 * (of_backend(connection) - backend))
    return {"py": statistics.median(ours), "pg": statistics.median(theirs), "queries": number}


def of_backend(connection: Any) -> float:
    """Seconds of processor time of the PostgreSQL process that answers this one; 0 where it is on another machine."""
    try:
        return int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        django.setup()
        measure(sys.argv[2:])
    else:
        asked = [int(word) for word in sys.argv[1:] if word.isdigit()]
        main(asked or list(SIZES), [word for word in sys.argv[1:] if not word.isdigit()])
