"""Is what goes into QuickBooks the same, and what is kept English, for a person of any language?"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import translation
from django.utils.translation import gettext as _

from companies.models import Company, Role
from mapping.copying.copy import copy_decisions
from mapping.customer_decisions import CustomerChoice, decide, undo
from mapping.models import DecidedOn, Product, SourceCustomer
from sync.models import OrderEvent, Push, Run, RunKind
from tests.factories import order_of, prepared, the_studio
from tests.mapping.people import a_person, client_of, joined
from tests.screens.pseudo import OPENED, unmarked, write_bracketed

#: A sale that is paid in part.
ORDER = """2026-08-14  order {number}  #9 Nora Quist <nora@example.com>
WT-101  199.00
paid 2026-08-15  Cash  50.00"""


@pytest.fixture
def _bracketed(tmp_path: Path) -> Iterator[None]:
    languages = [("en", "English"), ("ro", "Romanian")]
    with override_settings(LOCALE_PATHS=[write_bracketed(tmp_path)], LANGUAGES=languages), translation.override("en"):
        yield


def posted(company: Company, number: str, *, language: str, login: str) -> list[bytes]:
    """Everything that was sent for an order that a person of this language pressed Re-sync on."""
    client = client_of(joined(a_person(login), company, Role.OPS))
    client.post("/language/", {"language": language})
    prepared(company, ORDER.format(number=number))
    client.post(f"/{company.slug}/resync/", {"scope": "order", "order": order_of(company, number).pk})
    run = Run.objects.filter(kind=RunKind.RESYNC).latest("pk")
    for _turn in range(200):
        client.post(f"/{company.slug}/sync-history/{run.pk}/advance/")
        run.refresh_from_db()
        if run.finished_at:
            break
        time.sleep(0.1)  # where the server works at it by itself, a press only asks how far it is
    sent = Push.objects.filter(document__order__number=number).order_by("document__kind")
    # The ids that QuickBooks gave are another sale's
    return [re.sub(rb'"TxnId":"\d+"', b"", bytes(push.body)) for push in sent]


@pytest.mark.criterion("C56")
@pytest.mark.usefixtures("_bracketed")
def test_the_bytes_that_are_sent_are_the_same_in_both_languages(studio: Company) -> None:
    posted(studio, "2999", language="en", login="first")  # the customer is new to QuickBooks with the first order

    english = posted(studio, "3001", language="en", login="ana")
    romanian = posted(studio, "3002", language="ro", login="mihai")

    assert len(english) == 2
    assert [body.replace(b"3002", b"3001") for body in romanian] == english
    assert not [event.facts for event in OrderEvent.objects.all() if OPENED in str(event.facts)]
    assert OPENED not in str(list(Run.objects.values_list("message", "errors", "notices")))


@pytest.mark.criterion("C56")
@pytest.mark.django_db
@pytest.mark.same_on_either
@pytest.mark.usefixtures("_bracketed")
def test_what_a_person_of_another_language_decides_is_kept_in_english() -> None:
    company, mihai = the_studio(), a_person("mihai")
    client = client_of(joined(mihai, company, Role.ACCOUNTANT))
    client.post("/language/", {"language": "ro"})
    prepared(company, ORDER.format(number="3001"))
    items = "Id,SKU,Name\n7,MUG-1,Mug\n8,MUG-1,Bowl\n9,,Cup\n"

    file = SimpleUploadedFile("items.csv", items.encode())
    page = f"/{company.slug}/import-items/"
    looked = client.post(page, {"system": "files", "file": file})
    client.post(page, {"take": looked.context["kept"].pk, "seen": looked.context["plan"].seen})
    with translation.override("ro"):
        copy_decisions(company, the_studio("Copy", "copy"), by=mihai, same_records=True)
        customer = SourceCustomer.objects.get(company=company)
        choice = CustomerChoice(customer=customer, new_name="Nora Quist")
        (made,) = decide(company, [choice], by=mihai, decided_on=DecidedOn.SHEET, why=_("Spreadsheet"))
        undo(made, by=mihai)

    why = set(SourceCustomer.history.values_list("history_change_reason", flat=True))
    assert {"Spreadsheet", "Undone: Nora Quist"} <= why
    assert Product.history.filter(history_change_reason="Import of items: items.csv").exists()
    assert not [text for text in unmarked(looked.content.decode()) if "SKU" in text and "MUG-1" in text]
    assert not [model for model in apps.get_models() if OPENED in str(list(model._default_manager.values_list()))]
