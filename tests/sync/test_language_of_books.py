"""Is what goes into QuickBooks the same, and what is kept English, for a person of any language?"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import translation

from companies.models import Company, Role
from sync.models import OrderEvent, Push, Run, RunKind
from tests.factories import order_of, prepared
from tests.mapping.people import a_person, client_of, joined
from tests.screens.pseudo import OPENED, write_bracketed

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
