"""After a backup was restored, is nothing posted a second time that was posted after it was made?"""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from companies.models import Company
from mapping.models import QuickBooksCustomer, SourceCustomer
from sync.models import Document, DocumentProblem, OrderEvent, Push, PushExchange, StagedOrder
from tests.factories import document_of, prepared
from tests.simulators.driver import Books
from tests.sync.commands import run, run_json
from tests.sync.pushing import NEW, in_quickbooks, push

pytestmark = pytest.mark.django_db(transaction=True)


def restored(company: Company) -> None:
    """The backup knows neither the order nor anything that was posted of it."""
    PushExchange.objects.all().delete()
    Push.objects.all().delete()
    DocumentProblem.objects.all().delete()
    OrderEvent.objects.all().delete()
    for kind in ("payment", "invoice", "customer"):
        Document.objects.filter(company=company, kind=kind).delete()
    StagedOrder.objects.all().delete()
    SourceCustomer.objects.all().delete()
    QuickBooksCustomer.objects.filter(display_name__startswith="Zo").delete()


@pytest.mark.parametrize("memory", ["remember", "forget"])
def test_what_was_posted_after_the_backup_is_adopted_and_not_posted_twice(
    studio: Company, quickbooks: Books, memory: str
) -> None:
    quickbooks.control("options", {"request_ids": memory})
    prepared(studio, NEW)
    push(studio)
    ids = dict(Document.objects.values_list("kind", "quickbooks_id"))
    restored(studio)

    code, _ = run_json("after_restore", "--company", "studio")
    prepared(studio, NEW, NEW.replace("3001", "3002").replace("50.00", "60.00"))
    push(studio)

    assert code == 0
    assert in_quickbooks(quickbooks)[:2] == (1, 1)
    assert in_quickbooks(quickbooks, "3002") == (1, 1, 2)
    now = dict(Document.objects.filter(order__number="3001").values_list("kind", "quickbooks_id"))
    assert now == ids
    _, told = run_json("after_restore", "--company", "studio", "--show")
    counts = {name: told["companies"][0][name] for name in ("looked_up", "adopted", "waiting")}
    assert counts == {"looked_up": 5, "adopted": 3, "waiting": 0}


def test_a_payment_whose_mark_was_taken_out_since_is_asked_about(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)
    payment = Document.objects.get(kind="payment").quickbooks_id
    quickbooks.control("edit", {"entity": "Payment", "id": payment, "fields": {"PrivateNote": "By check"}})
    restored(studio)
    run_json("after_restore")

    prepared(studio, NEW)
    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert Document.objects.get(kind="payment").problems.get().code == "perhaps-posted"


def test_once_it_is_ended_documents_go_without_being_looked_up(studio: Company, quickbooks: Books) -> None:
    run_json("after_restore")
    _, told = run_json("after_restore", "--end")

    prepared(studio, NEW)
    push(studio)

    assert told["companies"][0]["since"] == ""
    assert not Push.objects.filter(looks_first=True).exists()
    assert document_of(studio, "3001").state == "posted"


def test_sync_and_home_say_that_it_is_on(studio: Company, quickbooks: Books, client: Client) -> None:
    client.force_login(get_user_model().objects.create_superuser("ada"))
    sentence, home = "looked up in QuickBooks before it is sent", reverse("reconciliation:home", args=[studio.slug])

    run_json("after_restore")
    _, told = run_json("sync")
    _, words = run("sync")
    page = client.get(home).content.decode()

    assert told["companies"][0]["looks_up_since"]
    assert "each document is looked up before its first send,\n  until after_restore --end" in words
    assert sentence in page

    run_json("after_restore", "--end")
    _, told = run_json("sync")
    _, words = run("sync")

    assert (told["companies"][0]["looks_up_since"], "looked up" in words) == ("", False)
    assert sentence not in client.get(home).content.decode()
