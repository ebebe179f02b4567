"""Does a person see from the screens and the command what an undo would do and did, and start only what was shown?"""

from __future__ import annotations

import json
import threading
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from books.posted_document import Holding, Named
from books.serialization import holding_body
from companies.models import Company, Role
from reconciliation.cleanup_models import CleanupReport
from reconciliation.models import AdoptionCandidate, AdoptionSearch, TieOutState
from reconciliation.undo.choosing import Chosen, scope_of
from reconciliation.undo_models import Undo, UndoState
from sync.models import Document, DocumentState
from tests.factories import a_company, document_of, order_of, prepared
from tests.reconciliation.factories import as_role, many_documents
from tests.reconciliation.undoing import planned, posted, started, trial_balance
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

PAID = "paid 2026-08-20  Card  48.00"


def ended(name: str) -> None:
    """What works in the background has ended."""
    for thread in threading.enumerate():
        if thread.name.startswith(name):
            thread.join(30)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_an_accountant_sees_the_plan_and_starts_it(studio: Company, quickbooks: Books) -> None:
    before = trial_balance(quickbooks)
    invoice, accountant = posted(studio, PAID), as_role(studio, Role.ACCOUNTANT)
    assert f"?by=document&amp;which={invoice.pk}" in page(accountant, f"/studio/orders/{invoice.order_id}/")

    chosen = {"by": "document", "which": str(invoice.pk)}
    assert "Undo Invoice 1" in page(accountant, f"/studio/undo/?by=document&which={invoice.pk}")
    made = accountant.post("/studio/undo/", chosen)
    ended("undo-plan")
    undo = Undo.objects.get()
    shown = page(accountant, made["Location"])
    assert "Undo 2 documents" in shown
    assert shown.index("Payment 1-1") < shown.index("Invoice 1</a>")
    moves = shown.partition("moves-title")[2].partition("steps-title")[0]
    assert [account in moves for account in ("Accounts Receivable", "48.00")] == [False, True]

    accountant.post(f"{made['Location']}start/", {"reason": "", "fingerprint": undo.fingerprint})
    assert "Say why it is undone" in page(accountant, made["Location"])
    accountant.post(f"{made['Location']}start/", {"reason": "Imported twice", "fingerprint": undo.fingerprint})
    ended("undo-")

    shown = page(accountant, made["Location"])
    assert "Finished" in shown
    assert "Deleted" in shown
    assert trial_balance(quickbooks) == before
    history = page(accountant, f"/studio/orders/{invoice.order_id}/?tab=history")
    assert "Invoice 1 is to be undone in QuickBooks: Imported twice" in history
    assert "Post again" in page(accountant, f"/studio/orders/{invoice.order_id}/")
    assert "Invoice" in page(accountant, "/studio/documents/?state=undone")


def test_one_record_is_let_be_posted_again_on_the_page_of_its_order(studio: Company, quickbooks: Books) -> None:
    invoice = posted(studio)
    Document.objects.filter(pk=invoice.pk).update(state=DocumentState.UNDONE, sync_token="")

    answer = as_role(studio).post(f"/studio/documents/{invoice.pk}/restore/", follow=True)

    assert "Invoice 1 is to be posted again." in answer.text
    invoice.refresh_from_db()
    assert (invoice.state, invoice.quickbooks_id, invoice.generation) == (DocumentState.READY, "", 2)


@pytest.mark.parametrize("role", [Role.OPS, Role.AUDITOR])
def test_others_see_an_undo_and_move_nothing(studio: Company, quickbooks: Books, role: str) -> None:
    posted(studio)
    undo, person = planned(studio), as_role(studio, role)

    assert "An accountant or an administrator starts it." in page(person, f"/studio/undo/{undo.pk}/")
    for what in ("start", "stop", "go-on", "post-again"):
        answer = person.post(f"/studio/undo/{undo.pk}/{what}/", {"reason": "x", "fingerprint": undo.fingerprint})
        assert answer.status_code == 403, what
    person.post("/studio/undo/", {"first": "2026-08-01", "last": "2026-08-31"})

    undo.refresh_from_db()
    assert (undo.state, Undo.objects.count()) == (UndoState.PLANNED, 1)


def test_one_that_broke_off_is_stopped_and_goes_on_from_its_page(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    undo, accountant = started(planned(studio)), as_role(studio, Role.ACCOUNTANT)

    accountant.post(f"/studio/undo/{undo.pk}/stop/")
    shown = page(accountant, f"/studio/undo/{undo.pk}/")
    assert "Go on" in shown
    accountant.post(f"/studio/undo/{undo.pk}/go-on/")
    ended("undo-")
    accountant.post(f"/studio/undo/{undo.pk}/post-again/")

    assert "Documents to be posted again: 1." in page(accountant, f"/studio/undo/{undo.pk}/")
    assert Document.objects.get(kind="invoice").state == DocumentState.READY


def test_the_command_prints_the_plan_and_carries_it_out_only_when_told_to(studio: Company, quickbooks: Books) -> None:
    before = trial_balance(quickbooks)
    posted(studio, PAID)
    august = ("--from", "2026-08-01", "--to", "2026-08-31")
    call_command("undo", "--company", "studio", *august, "--dry-run", stdout=(out := StringIO()))

    assert "Payment 1-1, 2026-08-20, 48.00 USD: Delete" in out.getvalue()
    assert "Nothing was changed" in out.getvalue()
    assert not Undo.objects.exists()
    out = StringIO()
    call_command("undo", "--company", "studio", "--order", "1", "--yes", "--reason", "Twice", "--json", stdout=out)

    done = json.loads(out.getvalue())
    assert [step["state"] for step in done["steps"]] == ["done", "done"]
    assert trial_balance(quickbooks) == before


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "Say what is undone"),
        (("--from", "2026-08-01"), "A period needs --from and --to"),
        (("--order", "77"), "has no such order"),
        (("--run", "x"), "has no such order"),
        (("--order", "1", "--yes"), "--yes needs --reason"),
        (("--resume", "9", "--yes"), "There is no undo 9"),
    ],
)
def test_the_command_says_what_is_missing(transactional_db: None, arguments: tuple[str, ...], why: str) -> None:
    a_company()

    with pytest.raises(CommandError, match=why):
        call_command("undo", "--company", "studio", *arguments, stdout=StringIO())


def test_an_order_of_which_nothing_was_posted_offers_no_undo(studio: Company, quickbooks: Books) -> None:
    prepared(studio, "2026-08-14  order 7\nKIT-CLAY  48.00")
    address = f"/studio/orders/{order_of(studio, '7').pk}/"
    accountant = as_role(studio, Role.ACCOUNTANT)
    assert "Undo this order" not in page(accountant, address)

    push(studio)

    assert "Undo this order" in page(accountant, address)


def test_the_lists_of_undos_and_of_searches_take_the_same_queries_however_long_they_are(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 7\nKIT-CLAY  48.00")
    document, accountant = document_of(studio, "7"), as_role(studio, Role.ACCOUNTANT)

    def longer(number: int) -> None:
        for by, which in ((Chosen.ORDER, document.order_id), (Chosen.DOCUMENT, document.pk), (Chosen.SOURCE, "keap")):
            for place in range(number):
                undo = Undo.objects.create(company=studio, scope=scope_of(by, which), state=UndoState.PLANNED)
                undo.steps.create(position=place, group=1, document=document, action="leave", why="closed", about="")
        days = {"first": "2026-08-01", "last": "2026-08-31"}
        AdoptionSearch.objects.bulk_create(AdoptionSearch(company=studio, **days) for _ in range(number))
        reports = (CleanupReport(company=studio, days=14, **days) for _ in range(number))
        CleanupReport.objects.bulk_create(reports)

    longer(1)
    lists = ("undo", "adoptions", "cleanups")
    before = [counted(accountant, f"/studio/{name}/") for name in lists]
    longer(12)

    assert [counted(accountant, f"/studio/{name}/") for name in lists] == before
    assert page(accountant, "/studio/undo/").count("Order 7</a>") == 13


def counted(client: Client, address: str) -> int:
    """How many queries a page takes, once the person is known."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_search_that_found_much_says_on_which_page_one_is(studio: Company) -> None:
    many_documents(studio, 28)
    Document.objects.filter(key__startswith="many:").update(state=DocumentState.READY)
    search = AdoptionSearch.objects.create(
        company=studio, first="2026-08-01", last="2026-08-31", state=TieOutState.FINISHED
    )
    held = Holding(number="9", dated="2026-08-14", customer=Named(identifier="9"), currency="USD", total=Decimal(1))
    AdoptionCandidate.objects.bulk_create(
        AdoptionCandidate(
            search=search,
            document=document,
            rank=rank,
            form="invoice",
            quickbooks_id=f"{document.pk}{rank}",
            holding=holding_body(held),
            grounds=["same-total"],
        )
        for document in Document.objects.filter(key__startswith="many:")
        for rank in (1, 2)
    )
    accountant = as_role(studio, Role.ACCOUNTANT)

    assert "Page 2 of 2" in page(accountant, f"/studio/adoptions/{search.pk}/?page=2")
