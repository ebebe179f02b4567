"""Is the long work that a person asks for on a page done by a worker, where there is one?"""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from companies.models import Company, Role
from mapping.models import Product
from reconciliation.background import begin_undo
from reconciliation.models import AdoptionSearch, EvidencePack, TieOut, TieOutState
from reconciliation.undo.carrying_out import start_undo
from reconciliation.undo.choosing import period_scope
from reconciliation.undo.plan import begin_plan, make_plan
from reconciliation.undo_models import Undo, UndoState, UndoStepState
from reconciliation.views.import_orders import LARGE
from simulators.quickbooks.server import Running
from sync.jobs.begin import begin_first_load
from sync.jobs.queue import is_worked_at
from sync.models import CatalogueFile, CompanySchedule, Connection, Document, Run, RunKind, RunState, WaitingFile
from sync.preparing.prepare import prepare_new
from sync.resync import end
from sync.staging.waiting_file import import_waiting
from tests.held_answers import answers_held
from tests.reconciliation.factories import as_role
from tests.simulators.driver import Books
from tests.sync.pushing import minutes_later, push
from tests.workers.working import grow_old, jobs, sold, wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def ops_of(company: Company) -> Client:
    """A person of a company that does not post by itself, so that what is posted was asked for."""
    Company.objects.filter(pk=company.pk).update(posts_automatically=False)
    return as_role(company)


def resynced(page: Client) -> Run:
    """A person pressed Re-sync for all that the list of documents shows."""
    response = page.post("/studio/resync/", {"scope": "shown", "filter": "", "confirmed": "1"})
    assert response.status_code == 302
    return Run.objects.get(kind=RunKind.RESYNC)


def resync_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("resync-")]


def posted() -> int:
    return Document.objects.filter(state="posted").exclude(kind="customer").count()


def test_a_resync_is_a_job_that_survives_its_worker(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    page = ops_of(studio)
    sold(studio, 40)
    prepare_new(studio)
    with worker(child_environment, rehearsal) as worker_at_work, answers_held(rehearsal) as answers:
        wait_for(is_worked_at)
        run = resynced(page)
        assert resync_threads() == []
        answers.wait_until_one_is_held()
        worker_at_work.ask_to_stop()
        answers.let_go()
        worker_at_work.ends_well()
    # Beside it may be the company's usual sync, which is due every so often
    assert ("resync", "todo", {"company": studio.pk, "run": run.pk}) in jobs()
    assert 1 <= posted() < 40  # what was under way, and not the next twenty
    with worker(child_environment, rehearsal):
        wait_for(is_worked_at)
        answer = page.post(f"/studio/sync-history/{run.pk}/advance/", headers={"Accept": "application/json"}).json()
        wait_for(lambda: not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists())

    assert answer["running"]
    run.refresh_from_db()
    assert (run.counts["done"], run.counts["total"], posted()) == (40, 40, 40)


def test_without_a_living_worker_a_resync_goes_on_as_before(studio: Company, rehearsal: Running) -> None:
    page = ops_of(studio)
    sold(studio, 1)
    prepare_new(studio)

    run = resynced(page)
    wait_for(lambda: not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists())

    assert jobs() == []
    assert posted() == 1


def test_a_resync_whose_worker_died_is_carried_on_by_its_page(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    page = ops_of(studio)
    sold(studio, 40)
    prepare_new(studio)
    with worker(child_environment, rehearsal) as worker_at_work, answers_held(rehearsal) as answers:
        wait_for(is_worked_at)
        run = resynced(page)
        answers.wait_until_one_is_held()
        worker_at_work.kill()
    grow_old()
    minutes_later(studio)
    assert posted() == 0

    def advanced() -> bool:
        answer = page.post(f"/studio/sync-history/{run.pk}/advance/", headers={"Accept": "application/json"})
        assert answer.status_code == 200
        return not answer.json()["running"]

    wait_for(advanced)

    assert posted() == 40
    assert quickbooks.query("select count(*) from Invoice where DocNumber >= '3001'")["totalCount"] == 40


def test_a_resync_is_stopped_by_a_person_while_a_worker_has_it_in_hand(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    page = ops_of(studio)
    sold(studio, 60)
    prepare_new(studio)
    with worker(child_environment, rehearsal), answers_held(rehearsal) as answers:
        wait_for(is_worked_at)
        run = resynced(page)
        answers.wait_until_one_is_held()

        response = page.post(f"/studio/sync-history/{run.pk}/stop/", follow=True)

        assert "stopped it" in response.content.decode()
        answers.let_go()
        wait_for(lambda: not jobs())
    run.refresh_from_db()
    assert (run.state, 0 < posted() < 60) == (RunState.FINISHED, True)
    assert run.counts["done"] < 60
    assert not end(run, by=User.objects.get(username="ops-studio"))


HEADER = "Order Number,Order Date,Email,SKU,Line Item Name,Quantity,Price\n"


def large_file(orders: int) -> SimpleUploadedFile:
    """A spreadsheet that is too large to be imported while a person looks at a blank page."""
    filler = "Wheel Throwing 101 " + "a " * 600
    rows = (f"M-{place},2026-08-14,priya.natarajan@example.com,WT-101,{filler},1,199.00\n" for place in range(orders))
    return SimpleUploadedFile("august.csv", (HEADER + "".join(rows)).encode())


def test_a_large_file_is_imported_by_a_worker_and_its_page_shows_how_far_it_is(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    page = ops_of(studio)
    with worker(child_environment, rehearsal):
        wait_for(is_worked_at)
        answer = page.post("/studio/import-orders/", {"file": large_file(1200)})
        run = Run.objects.get(kind=RunKind.IMPORT)
        assert answer.headers["Location"] == f"/studio/sync-history/{run.pk}/"
        assert page.get(answer.headers["Location"]).status_code == 200
        wait_for(lambda: not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists())
        wait_for(lambda: not jobs())

    run.refresh_from_db()
    assert (run.state, run.counts["new"], run.message) == (RunState.FINISHED, 1200, "august.csv")
    assert studio.orders.count() == 1200
    assert not WaitingFile.objects.exists()


def test_a_large_file_of_items_is_read_and_taken_by_a_worker(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    page = ops_of(studio)
    rows = "".join(f"{number},S-{number},Item {number},{'x' * 5_000}\n" for number in range(300))
    file = SimpleUploadedFile("items.csv", ("Id,SKU,Name,Remarks\n" + rows).encode())
    with worker(child_environment, rehearsal):
        wait_for(is_worked_at)
        address = page.post("/studio/import-items/", {"file": file, "system": "files"}).headers["Location"]
        wait_for(lambda: CatalogueFile.objects.filter(preview__isnull=False).exists())
        shown = page.get(address).context
        page.post("/studio/import-items/", {"take": shown["kept"].pk, "seen": shown["plan"].seen})
        run = Run.objects.get(kind=RunKind.CATALOGUE)
        wait_for(lambda: not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists())
        wait_for(lambda: not jobs())

    run.refresh_from_db()
    assert (run.state, run.counts["new"]) == (RunState.FINISHED, 300)
    assert Product.objects.filter(company=studio, system="files").count() == 300
    assert not any(thread.name.startswith("catalogue-") for thread in threading.enumerate())


def test_a_file_that_cannot_be_read_says_so_on_the_page_of_its_run(studio: Company) -> None:
    nonsense = SimpleUploadedFile("august.csv", b"\x00\x01" * LARGE)
    with_worker_seen()

    ops_of(studio).post("/studio/import-orders/", {"file": nonsense})
    run = Run.objects.get(kind=RunKind.IMPORT)
    import_waiting(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.message.startswith("august.csv: ")
    assert not WaitingFile.objects.exists()


def test_an_import_that_a_person_stops_keeps_what_it_has_staged(studio: Company) -> None:
    with_worker_seen()
    page = ops_of(studio)
    page.post("/studio/import-orders/", {"file": large_file(1200)})
    run = Run.objects.get(kind=RunKind.IMPORT)

    page.post(f"/studio/sync-history/{run.pk}/stop/")
    import_waiting(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert "stopped it" in run.message
    assert studio.orders.count() == 0


def test_an_import_that_is_done_again_stages_nothing_twice(studio: Company) -> None:
    with_worker_seen()
    ops_of(studio).post("/studio/import-orders/", {"file": large_file(1200)})
    run = Run.objects.get(kind=RunKind.IMPORT)
    waiting = WaitingFile.objects.get()
    import_waiting(run.pk)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    waiting.save(force_insert=True)

    import_waiting(run.pk)

    run.refresh_from_db()
    assert (run.counts["new"], run.counts["unchanged"]) == (0, 1200)
    assert studio.orders.count() == 1200


def with_worker_seen() -> None:
    """A worker was heard of just now."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def test_the_first_reading_of_the_lists_is_a_job(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    Connection.objects.update(lists_refreshed_at=None)
    Company.objects.update(switched_on=False, live_since=None)
    CompanySchedule.objects.all().delete()
    with worker(child_environment, rehearsal):
        wait_for(is_worked_at)
        begin_first_load(studio, by=None)
        wait_for(lambda: Connection.objects.filter(lists_refreshed_at__isnull=False).exists())
        wait_for(lambda: not jobs())

    assert Run.objects.filter(kind=RunKind.REFRESH).count() >= 1


def test_a_tie_out_whose_worker_died_is_done_by_the_next_and_evidence_and_a_search_are_jobs_too(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    page = as_role(studio, Role.ACCOUNTANT)
    with_worker_seen()
    address = page.post("/studio/tie-out/", {"first": "2026-08-01", "last": "2026-08-31"}).headers["Location"]
    at_work_with_jobs()
    TieOut.objects.update(attempt=1)
    grow_old()

    assert [(name, state) for name, state, _ in jobs()] == [("tie-out", "doing")]
    with worker(child_environment, rehearsal):
        wait_for(lambda: TieOut.objects.filter(state=TieOutState.FINISHED).exists())
        page.post(f"{address}evidence/")
        page.post("/studio/adoptions/", {"first": "2026-08-01", "last": "2026-08-31"})
        wait_for(lambda: EvidencePack.objects.filter(state=TieOutState.FINISHED).exists())
        wait_for(lambda: AdoptionSearch.objects.filter(state=TieOutState.FINISHED).exists())

    assert TieOut.objects.get().attempt == 2
    assert "to the cent" in page.get(address).text
    assert page.get(f"/studio/evidence-packs/{EvidencePack.objects.get().pk}/").status_code == 200
    assert not any(thread.name.startswith(("tie-out-", "evidence-", "adoption-")) for thread in threading.enumerate())


def test_an_undo_whose_worker_died_is_carried_out_by_the_next(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    page = ops_of(studio)
    sold(studio, 2)
    prepare_new(studio)
    push(studio)
    undo = make_plan(begin_plan(studio, period_scope(date(2026, 1, 1), date(2026, 12, 31)), by=None))
    with_worker_seen()
    begin_undo(start_undo(undo, fingerprint=undo.fingerprint, reason="Imported twice", by=None))
    at_work_with_jobs()
    grow_old()

    assert [(name, state) for name, state, _ in jobs()] == [("undo", "doing")]
    with worker(child_environment, rehearsal):
        wait_for(lambda: Undo.objects.filter(state=UndoState.FINISHED).exists())

    assert page.get(f"/studio/undo/{undo.pk}/").status_code == 200
    assert set(undo.steps.values_list("state", flat=True)) == {UndoStepState.DONE}


def at_work_with_jobs() -> None:
    """The worker that was heard of has all jobs in hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = 1,"
            " worker_id = (SELECT max(id) FROM procrastinate_workers)"
        )
