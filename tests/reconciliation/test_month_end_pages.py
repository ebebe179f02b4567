"""Do the pages on month end and on changes in QuickBooks name what is on the screens, and does it come as they say?"""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from companies.models import Company, Role
from reconciliation.models import Issue, TieOut
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.run import begin, carry_out
from sync.lists.refresh_in_background import refresh_and_prepare
from tests.docs.pages import DOCS
from tests.factories import document_of, prepared
from tests.reconciliation.factories import as_role
from tests.reconciliation.fixing import fix
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
PAGES = ("month-end.md", "changed-in-quickbooks.md")


def named(page: str) -> set[str]:
    """What a page names of the screens: everything that it sets in bold."""
    return set(re.findall(r"\*\*(.+?)\*\*", (DOCS / "howto" / page).read_text(encoding="utf-8")))


def text_of(client: Client, address: str) -> str:
    page = client.get(address, follow=True)
    assert page.status_code == 200, address
    return " ".join(html.unescape(page.text).split())


def reprice(books: Books, number: str, price: int) -> None:
    """A bookkeeper gives the one line of an invoice another price."""
    invoice = books.find("Invoice", f"DocNumber = '{number}'")
    (line, *_subtotal) = invoice["Line"]
    detail = {**line["SalesItemLineDetail"], "UnitPrice": price, "Qty": 1}
    books.change("Invoice", invoice, Line=[{**line, "Amount": price, "SalesItemLineDetail": detail}])


def tied_out(company: Company) -> TieOut:
    return carry_out(begin(company, AUGUST, by=None))


def changed(company: Company, books: Books) -> TieOut:
    """Of three posted invoices one was repriced in QuickBooks, and one deleted."""
    nora = "#9 Nora Quist <nora@example.com>"
    prepared(company, *(f"2026-08-14  order {number}  {nora}\nKIT-CLAY  48.00" for number in (1, 2, 3)))
    push(company)
    reprice(books, "1", 40)
    books.delete("Invoice", books.find("Invoice", "DocNumber = '2'"))
    return tied_out(company)


def test_all_that_the_pages_name_is_on_the_screens_of_a_month_that_is_closed(
    studio: Company, quickbooks: Books
) -> None:
    client, found = as_role(studio, Role.ACCOUNTANT), changed(studio, quickbooks)
    address = f"/studio/tie-out/{found.pk}/"
    lines = [str(pk) for pk in found.lines.filter(reason="changed-there").values_list("pk", flat=True)]
    seen = [text_of(client, path) for path in ("/sync/studio/quickbooks/", "/studio/tie-out/", address)]
    seen += [text_of(client, f"/studio/issues/{issue.pk}/") for issue in Issue.objects.filter(company=studio)]
    seen += [text_of(client, f"{address}decide/?line={line}") for line in lines]

    client.post(f"{address}decide/", {"line": lines, "reason": "Agreed by phone", "counts": "theirs"})
    signed = tied_out(studio)
    client.post(f"/studio/tie-out/{signed.pk}/sign/", {"note": "Invoice 2 was entered twice"})
    reprice(quickbooks, "3", 30)
    later = tied_out(studio)
    seen.append(text_of(client, f"/studio/tie-out/{later.pk}/"))
    client.post(f"/studio/tie-out/{later.pk}/decide/", {"line": drift(later), "reason": "A slip", "counts": "ours"})
    quickbooks.control("close-books", {"date": "2026-08-31"})
    refresh_and_prepare(studio)
    seen += [text_of(client, f"/studio/issues/{issue.pk}/") for issue in Issue.objects.filter(company=studio)]

    for page in PAGES:
        missing = {name for name in named(page) if not any(name in text for text in seen)}
        assert (page, missing) == (page, set())
    assert min(len(named(page)) for page in PAGES) > 12


def drift(tie_out: TieOut) -> list[int]:
    return list(tie_out.lines.filter(reason="changed-there").values_list("pk", flat=True))


@pytest.fixture
def held(studio: Company, quickbooks: Books) -> Client:
    """The repriced invoice was to be put back, and its period is closed."""
    client, found = as_role(studio, Role.ACCOUNTANT), changed(studio, quickbooks)
    quickbooks.control("close-books", {"date": "2026-08-31"})
    refresh_and_prepare(studio)
    client.post(f"/studio/tie-out/{found.pk}/decide/", {"line": drift(found), "reason": "A slip", "counts": "ours"})
    push(studio)
    return client


def problems(company: Company) -> list[str]:
    return list(document_of(company, "1").problems.values_list("code", flat=True))


def test_what_is_put_back_waits_until_its_period_is_open(studio: Company, quickbooks: Books, held: Client) -> None:
    assert problems(studio) == ["change-in-closed-period"]
    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == Decimal(40)

    quickbooks.control("close-books", {"date": None})
    refresh_and_prepare(studio)
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == Decimal(48)


def test_in_a_closed_period_it_is_settled_and_then_kept(studio: Company, quickbooks: Books, held: Client) -> None:
    issue = Issue.objects.get(company=studio, code="change-in-closed-period")
    fix(held, issue, "settle", reason="Stays closed", records=str(document_of(studio, "1").pk))
    assert problems(studio) == []
    found = tied_out(studio)
    assert problems(studio) == ["changed-in-quickbooks"]

    held.post(f"/studio/tie-out/{found.pk}/decide/", {"line": drift(found), "reason": "Closed", "counts": "theirs"})
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == Decimal(40)
    assert tied_out(studio).lines.get(document__order__number="1").reason == "kept"


@pytest.mark.parametrize(("counts", "moved"), [("theirs", True), ("ours", False)])
def test_what_a_signed_month_says_after_either_decision(
    studio: Company, quickbooks: Books, counts: str, moved: bool
) -> None:
    client = as_role(studio, Role.ACCOUNTANT)
    prepared(studio, "2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00")
    push(studio)
    client.post(f"/studio/tie-out/{tied_out(studio).pk}/sign/", {"note": ""})
    reprice(quickbooks, "1", 40)
    found = tied_out(studio)

    client.post(f"/studio/tie-out/{found.pk}/decide/", {"line": drift(found), "reason": "Decided", "counts": counts})
    push(studio)

    page = text_of(client, f"/studio/tie-out/{tied_out(studio).pk}/")
    assert "Changed since the sign-off" in page
    assert "1 record of this period came or changed in Tieout after the tie-out that was signed off." in page
    assert ("As signed off" in page) is moved
