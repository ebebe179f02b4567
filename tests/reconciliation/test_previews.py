"""Does a person see what would be sent, and is exactly that sent, or nothing?"""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.models import Company, Role
from sync.models import Document, Preview, PreviewState, Push
from tests.factories import prepared, staged
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import NEW, in_quickbooks, push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

SOLD = "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-15  Cash  50.00\n"


def ended() -> None:
    """What works at a preview in the background has ended."""
    for thread in threading.enumerate():
        if thread.name.startswith("preview-"):
            thread.join(30)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def previewed(client: Client) -> str:
    """The address of a preview that was made."""
    made = client.post("/studio/previews/")
    ended()
    return str(made["Location"])


def test_a_person_sees_what_would_be_sent_and_sends_exactly_that(studio: Company, quickbooks: Books) -> None:
    Company.objects.update(posts_automatically=False)
    prepared(studio, SOLD)
    push(studio)
    ops = as_role(studio, Role.OPS)
    staged(studio, SOLD.replace("199.00", "250.00"), NEW)
    assert "/studio/previews/" in page(ops, "/studio/documents/")

    address = previewed(ops)
    shown = page(ops, address)
    found = Preview.objects.get()

    assert (found.state, found.number, found.amount) == (PreviewState.SHOWN, 3, Decimal(499))
    assert "the total: 199.00 USD → 250.00 USD" in shown
    assert "New customers in QuickBooks: Zoë" in shown
    moves = shown.partition("moves-title")[2].partition("documents-title")[0]
    assert "200.00" in moves  # receivable: 51 by the change, 149 by the new order
    assert "Send these now" not in page(as_role(studio, Role.AUDITOR), address)

    ops.post(f"{address}send/", {"fingerprint": "another"})
    assert "This is not the preview that was shown" in page(ops, address)
    ops.post(f"{address}send/", {"fingerprint": found.fingerprint})
    ended()

    assert "Sent" in page(ops, address)
    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert quickbooks.find("Invoice", "DocNumber = '1042'")["TotalAmt"] == 250
    ops.post(f"{address}send/", {"fingerprint": found.fingerprint})
    assert "was sent already" in page(ops, address)


def test_what_became_another_after_it_was_shown_is_named_and_nothing_is_sent(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, SOLD, NEW)
    ops = as_role(studio, Role.OPS)
    address = previewed(ops)
    staged(studio, SOLD.replace("199.00", "250.00"))
    assert "Orders came or changed since this preview was made" in page(ops, address)

    ops.post(f"{address}send/", {"fingerprint": Preview.objects.get().fingerprint})
    ended()

    shown = page(ops, address)
    assert "Another than approved: Invoice 1042." in shown
    assert Preview.objects.get().state == PreviewState.OUTDATED
    assert not Push.objects.exists()
    assert Document.objects.filter(state="ready").count() == 5


def test_above_an_amount_another_person_approves_it_and_no_other_way_sends_it(
    studio: Company, quickbooks: Books
) -> None:
    Company.objects.update(approval_above=100)
    prepared(studio, NEW)
    accountant, admin = as_role(studio, Role.ACCOUNTANT), as_role(studio, Role.ADMINISTRATOR)
    address = previewed(accountant)
    found = Preview.objects.get()
    shown = {"fingerprint": found.fingerprint}
    assert "Send these now" not in page(accountant, address)

    accountant.post(f"{address}send/", shown)
    assert "you asked for it to be sent" in page(accountant, address)
    accountant.post(f"{address}approve/", shown)
    assert "You asked for this batch to be sent, so another person" in page(accountant, address)
    accountant.post(f"{address}send/", shown)
    ended()
    assert not Push.objects.exists()
    ops = as_role(studio, Role.OPS)
    assert "a second person has to approve what waits" in page(ops, "/studio/")
    assert "These roles can approve it: Accountant, Administrator." in page(ops, address)
    assert ops.post(f"{address}approve/", shown).status_code == 403

    assert "Approve and send" in page(admin, address)
    admin.post(f"{address}approve/", {"fingerprint": "another"})
    assert "This is not the preview that was shown" in page(admin, address)
    admin.post(f"{address}approve/", shown)
    ended()

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert Preview.objects.get().state == PreviewState.SENT
    admin.post(f"{address}decline/", {"reason": "Too late"})
    assert "has decided about this batch already" in page(admin, address)
    assert set(Push.objects.values_list("asked_by__username", flat=True)) == {"administrator-studio"}


def test_a_batch_is_declined_with_a_reason_that_the_history_keeps(studio: Company) -> None:
    Company.objects.update(approval_above=100)
    held = Preview.objects.create(company=studio, state=PreviewState.WAITING, number=3, amount=Decimal("1249.5"))
    admin = as_role(studio, Role.ADMINISTRATOR)

    admin.post(f"/studio/previews/{held.pk}/decline/", {"reason": "Wrong income account"})

    assert "None of it was sent. Reason: Wrong income account" in page(admin, f"/studio/previews/{held.pk}/")
    history = page(admin, reverse("mapping:history", args=["studio"]))
    assert "Approval of a batch" in history
    assert "3 documents, 1,249.50" in history
    assert "Wrong income account" in history
    assert "a second person has to approve" not in page(admin, "/studio/")


def test_the_page_asks_the_database_as_often_for_many_documents(studio: Company) -> None:
    ops = as_role(studio, Role.OPS)
    asked = []
    for orders in (1, 6):
        prepared(studio, *(NEW.replace("3001", str(4000 + number)) for number in range(orders)))
        address = previewed(ops)
        page(ops, address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(ops, address)
        asked.append(len(queries))

    assert asked[0] == asked[1]
