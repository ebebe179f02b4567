"""Is a large file of items read and taken while no one waits, with what is said on the way, once and for all of it?"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from companies.models import Company, Role
from mapping.models import Product
from sync.models import CatalogueFile, Run, RunState
from sync.staging.catalogue_file import LARGE, ask_to_take, claim, finish_catalogues, work_at
from tests.factories import the_studio
from tests.mapping.people import signed_in, text_of

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/studio/import-items/"
ROWS = 300
FILLER = "x" * (LARGE // ROWS)


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.OPS)


def large(more: str = "") -> SimpleUploadedFile:
    rows = "".join(f"{number},S-{number},Item {number},{FILLER}\n" for number in range(ROWS))
    return SimpleUploadedFile("many.csv", ("Id,SKU,Name,Remarks\n" + rows + more).encode())


def sent(client: Client, file: SimpleUploadedFile | None = None) -> str:
    """The address of the page that shows how a file is read."""
    answer = client.post(PAGE, {"file": file or large(), "system": "files"})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def settled() -> None:
    """Whatever reads a file in this process has done so."""
    for thread in threading.enumerate():
        if thread.name.startswith("catalogue-"):
            thread.join(60)


def take(client: Client, address: str) -> Any:
    """The page of the run that takes the file."""
    context = client.get(address).context
    return client.post(PAGE, {"take": context["kept"].pk, "seen": context["plan"].seen}, follow=True)


def asked(kept: CatalogueFile) -> Run:
    """The run that takes a file which its person has seen, before anything is at work on it."""
    assert kept.preview is not None
    run = ask_to_take(kept, seen=kept.preview["seen"], by=kept.by)
    assert run is not None
    return run


def silent() -> None:
    """Whatever was at work has died some time ago."""
    CatalogueFile.objects.update(worked_at=timezone.now() - timedelta(minutes=5))


def test_it_is_shown_and_then_taken_while_the_pages_say_how_far_it_is(studio: Company, client: Client) -> None:
    address = sent(client, large("900,1.23E+11,Bowl,\n"))
    settled()

    preview = text_of(client.get(address))
    assert "New 300 Changed 0 Unchanged 0 Rejected 1" in preview
    assert "Item 7 S-7 Product" in preview
    assert "was shortened by a spreadsheet" in preview
    assert "many.csv was read, and none of it is taken yet." in text_of(client.get(PAGE))
    assert (Product.objects.count(), Run.objects.count()) == (0, 0)

    take(client, address)
    settled()

    run = Run.objects.get()
    assert (run.state, run.counts) == (RunState.FINISHED, {"new": 300, "changed": 0, "unchanged": 0, "errors": 1})
    page = text_of(client.get(f"/studio/sync-history/{run.pk}/"))
    for words in ("many.csv", "300 new items", "1 row rejected", "row 302"):
        assert words in page
    assert Product.objects.filter(system="files").count() == 300
    assert Product.objects.get(source_key="7").history.get().history_user == run.asked_by
    assert not CatalogueFile.objects.exists()
    assert "The preview is out of date." in text_of(client.get(address, follow=True))


def test_the_pages_say_how_many_rows_were_read(studio: Company, client: Client) -> None:
    address = sent(client)
    settled()
    kept = CatalogueFile.objects.get()
    run = asked(kept)
    CatalogueFile.objects.update(read=200, worked_at=timezone.now())

    page = client.get(f"/studio/sync-history/{run.pk}/")
    assert "200 rows of 300 read again so far" in text_of(page)
    assert 'http-equiv="refresh"' in page.content.decode()
    CatalogueFile.objects.update(read=300)
    assert "All rows are read; the items are being taken." in text_of(client.get(f"/studio/sync-history/{run.pk}/"))
    CatalogueFile.objects.update(run=None, preview=None, read=1)
    assert "1 row read so far" in text_of(client.get(address))
    assert "many.csv is being read." in text_of(client.get(PAGE))


def test_a_file_that_cannot_be_read_says_why(studio: Company, client: Client) -> None:
    nonsense = SimpleUploadedFile("many.csv", b"\x00\x01" * LARGE)
    small = text_of(client.post(PAGE, {"file": SimpleUploadedFile("few.csv", b"\x00\x01"), "system": "files"}))

    address = sent(client, nonsense)
    settled()

    said = CatalogueFile.objects.get().fault
    assert said
    assert said in small
    assert f"many.csv: {said}" in text_of(client.get(address))


def test_what_a_restart_interrupted_is_read_again_by_its_page_and_taken_by_the_next_sync(
    studio: Company, client: Client
) -> None:
    address = sent(client)
    settled()
    CatalogueFile.objects.update(preview=None)
    silent()

    assert "The file waits for its turn." in text_of(client.get(address))
    settled()
    kept = CatalogueFile.objects.get()
    run = asked(kept)
    silent()
    finish_catalogues(studio)

    run.refresh_from_db()
    assert (run.state, run.counts["new"]) == (RunState.FINISHED, ROWS)
    assert Product.objects.count() == ROWS
    work_at(kept.pk)  # a worker that comes late
    assert Product.objects.count() == ROWS


def test_the_page_of_the_run_takes_up_what_a_restart_interrupted(studio: Company, client: Client) -> None:
    sent(client)
    settled()
    kept = CatalogueFile.objects.get()
    run = asked(kept)
    silent()

    client.get(f"/studio/sync-history/{run.pk}/")
    settled()

    assert Product.objects.count() == ROWS


def test_a_person_stops_it_and_nothing_of_the_file_is_taken_or_kept(studio: Company, client: Client) -> None:
    sent(client)
    settled()
    kept = CatalogueFile.objects.get()
    run = asked(kept)
    assert claim(run.catalogue_file)  # something is at work on it, so that its page only watches
    page = f"/studio/sync-history/{run.pk}/"
    assert "Taking the items" in text_of(client.get(page))

    done = text_of(client.post(f"{page}stop/", follow=True))

    assert "It was stopped. Nothing was taken." in done
    assert "stopped it: nothing was taken from many.csv." in done
    assert "There was nothing to do." not in done
    work_at(kept.pk)
    finish_catalogues(studio)
    assert not Product.objects.exists()
    assert not CatalogueFile.objects.exists()
    assert "It had ended already." in text_of(client.post(f"{page}stop/", follow=True))


def test_what_changed_since_the_preview_is_said_and_nothing_is_taken(studio: Company, client: Client) -> None:
    address = sent(client)
    settled()
    preview = client.get(address).context
    Product.objects.create(company=studio, system="files", source_key="7", name="Item 7", sku="OTHER")

    page = client.post(PAGE, {"take": preview["kept"].pk, "seen": preview["plan"].seen}, follow=True)
    settled()

    run = Run.objects.get()
    assert run.state == RunState.FAILED
    assert "Nothing was taken from many.csv: something has changed since its preview was made." in text_of(
        client.get(page.redirect_chain[-1][0])
    )
    assert Product.objects.count() == 1
    assert "SKU: OTHER → S-7" in text_of(client.get(address))
    take(client, address)
    settled()
    assert Product.objects.count() == ROWS


def test_another_preview_than_was_seen_is_not_taken_and_neither_is_that_of_another_person(
    studio: Company, client: Client
) -> None:
    address = sent(client)
    settled()
    kept = CatalogueFile.objects.get()
    other = signed_in(studio, Role.ACCOUNTANT, "second-person")

    for seen in ("", "other"):
        said = text_of(client.post(PAGE, {"take": kept.pk, "seen": seen}, follow=True))
        assert "Nothing was taken: something has changed since the preview was made." in said
    assert "The preview is out of date." in text_of(other.get(address, follow=True))
    assert not Run.objects.exists()


def test_what_breaks_ends_the_run_with_a_sentence(studio: Company, client: Client) -> None:
    address = sent(client)
    settled()
    CatalogueFile.objects.update(options={"currency": "USD", "time_zone": "Nowhere/None"})

    take(client, address)
    settled()

    run = Run.objects.get()
    assert run.state == RunState.FAILED
    assert "Nothing was taken from many.csv" in run.message
    assert not Product.objects.exists()
