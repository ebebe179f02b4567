"""Does a person see from the screens and the command what a tie-out came to, and which records are behind a figure?"""

from __future__ import annotations

import html
import json
import threading
from datetime import date, timedelta
from importlib import import_module
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from companies.models import Company, Role
from mapping.models import DesktopSettings
from reconciliation.models import TieOut, TieOutAccountSum, TieOutLine, TieOutState
from reconciliation.tie_out.account_rows import account_rows_of
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.run import begin, carry_out
from reconciliation.tie_out.statement_pdf import MOST_OF_A_REASON
from tests.factories import a_company, prepared
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))


@pytest.fixture
def drifted(studio: Company, quickbooks: Books) -> TieOut:
    """Of three posted invoices one was deleted in QuickBooks, a fourth is blocked, and others entered one of 30.00."""
    nora = "#9 Nora Quist <nora@example.com>"
    prepared(studio, *(f"2026-08-14  order {number}  {nora}\nKIT-CLAY  48.00" for number in (1, 2, 3)))
    push(studio)
    prepared(studio, "2026-08-14  order 4  #10 Olaf Berg\nKIT-CLAY  10.00")
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '2'"))
    quickbooks.invoice("30.00", TxnDate="2026-08-05", DocNumber="H-1")
    return carry_out(begin(studio, AUGUST, by=None))


def page_of(tie_out: TieOut, query: str = "", client: Client | None = None) -> str:
    answer = (client or as_role(tie_out.company)).get(f"/studio/tie-out/{tie_out.pk}/{query}")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_the_page_leads_from_the_source_to_quickbooks_and_shows_what_was_changed_first(drifted: TieOut) -> None:
    shown = page_of(drifted)

    assert "2 records differ" in shown
    assert "1 record was changed in QuickBooks after it was posted. Every cent is explained." in shown
    for amount in ("154.00", "-10.00", "144.00", "-48.00"):
        assert f">{amount}<" in shown, amount
    assert "Deleted in QuickBooks" in shown
    assert "Ask who deleted it and why, then post it again" in shown
    assert "Olaf Berg" not in shown.partition('id="lines-title"')[2]


def test_by_account_every_figure_opens_its_records_and_what_is_blocked_is_said(drifted: TieOut) -> None:
    client = as_role(drifted.company)
    table = page_of(drifted, client=client).partition('id="accounts-title"')[2].partition('id="lines-title"')[0]

    assert "1 record is blocked and has no accounts yet:" in table
    assert 'href="?column=blocked&amp;currency=USD#lines-title"' in table
    receivable = account_rows_of(drifted)[0]
    assert receivable.name == "Accounts Receivable"
    assert [receivable.should, receivable.read] == [144, 126]
    link = f"?column=changed-in-quickbooks&amp;account={receivable.account}&amp;currency=USD#lines-title"
    assert link in table

    def lines_behind(query: str) -> str:
        return page_of(drifted, html.unescape(query), client).partition('id="lines-title"')[2]

    lines = lines_behind(link.partition("#")[0])
    assert "Records that differ on Accounts Receivable" in lines
    assert lines.count("Deleted in QuickBooks</span>") == 1
    assert "-48.00" in lines.partition('data-label="Difference on this account"')[2].partition("</td>")[0]
    assert "No record differs." in lines_behind("?column=changed-in-quickbooks&account=unknown")
    assert "Olaf Berg" in lines_behind("?column=blocked&currency=USD")


def test_a_tie_out_from_before_accounts_were_kept_says_so_everywhere(drifted: TieOut) -> None:
    TieOutAccountSum.objects.filter(tie_out=drifted).delete()
    TieOut.objects.filter(pk=drifted.pk).update(read_by_account=None)
    before = "This tie-out was made before accounts were kept. Run it again to see them."

    client = as_role(drifted.company)
    shown = page_of(drifted, client=client)
    assert before in shown
    assert "-48.00" in shown
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"/studio/tie-out/{drifted.pk}/statement/").content)).worksheets[
        1
    ]
    assert sheet["A1"].value == before


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("?column=blocked-ignored", "Olaf Berg", "Deleted in QuickBooks</span>"),
        ("?column=entered-in-quickbooks&kind=invoice&currency=USD", "H-1", "Olaf Berg"),
        ("?column=", "Olaf Berg", "H-1"),
        ("?column=made-up", "Olaf Berg", "H-1"),
        ("?column=blocked-ignored&kind=payment", "No record differs.", "Olaf Berg"),
        ("?column=blocked-ignored&place=%00", "Olaf Berg", "H-1"),
    ],
)
def test_every_figure_opens_the_list_of_its_records(drifted: TieOut, query: str, there: str, not_there: str) -> None:
    shown = page_of(drifted, query).partition('id="lines-title"')[2]

    assert there in shown
    assert not_there not in shown


def test_a_record_leads_to_its_document_and_into_quickbooks(drifted: TieOut) -> None:
    line = drifted.lines.get(reason="blocked")
    client, address = as_role(drifted.company), f"/studio/tie-out/{drifted.pk}/"
    shown = client.get(f"{address}?column=").text
    assert f'href="/studio/documents/{line.document_id}/"' in shown
    assert "Open in QuickBooks" not in shown
    assert "Open in QuickBooks" in client.get(f"{address}?column=entered-in-quickbooks").text


def test_what_differs_is_shown_with_both_sides_and_days_as_the_company_writes_them(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, "2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00")
    push(studio)
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"), TxnDate="2026-08-15")

    shown = page_of(carry_out(begin(studio, AUGUST, by=None)))

    assert "<dt>The date</dt><dd><del>08/14/2026</del>" in shown
    assert "<ins>08/15/2026</ins>" in shown


def test_a_tie_out_is_started_on_the_page_and_shows_its_result_by_itself(studio: Company) -> None:
    ops = as_role(studio, Role.OPS)

    answer = ops.post("/studio/tie-out/", {"first": "2026-08-01", "last": "2026-08-31"})

    started = TieOut.objects.get()
    assert answer.headers["Location"] == f"/studio/tie-out/{started.pk}/"
    wait_for_threads(started)
    assert "to the cent" in ops.get(answer.headers["Location"]).text
    assert "Ties out" in ops.get("/studio/tie-out/").text


def test_while_it_runs_the_page_says_so_and_looks_again(studio: Company) -> None:
    running = begin(studio, AUGUST, by=None)

    client, address = as_role(studio), f"/studio/tie-out/{running.pk}/"
    assert "It waits for its turn." in client.get(address).text
    TieOut.objects.update(attempt=1)
    shown = client.get(address).text

    assert "QuickBooks is being read." in shown
    assert '<meta http-equiv="refresh" content="3">' in shown


def wait_for_threads(tie_out: TieOut) -> None:
    for thread in threading.enumerate():
        if thread.name == f"tie-out-{tie_out.pk}":
            thread.join(60)


def test_one_whose_server_died_is_begun_again_by_its_page(drifted: TieOut) -> None:
    silent = timezone.now() - timedelta(minutes=6)
    left = begin(drifted.company, AUGUST, by=None)
    TieOut.objects.filter(pk=left.pk).update(attempt=1, worked_at=silent, requests=9)
    TieOutLine.objects.create(tie_out=left, kind="invoice", reason="blocked", dated=AUGUST.first, currency="USD",
                              source=1, should=1, there=0)  # fmt: skip

    assert "QuickBooks is being read." in page_of(left)
    wait_for_threads(left)

    left.refresh_from_db()
    assert (left.state, left.attempt, left.records, left.differing) == (TieOutState.FINISHED, 2, 4, 2)
    assert left.lines.count() == drifted.lines.count()


def test_one_that_its_server_does_not_survive_ends_with_a_reason(studio: Company) -> None:
    left = begin(studio, AUGUST, by=None)
    TieOut.objects.filter(pk=left.pk).update(attempt=5)

    assert carry_out(left).state == TieOutState.FAILED
    assert "broke off again and again" in page_of(left)


def test_a_person_stops_one_and_whatever_works_at_it_breaks_off(drifted: TieOut) -> None:
    running = begin(drifted.company, AUGUST, by=None)
    client = as_role(drifted.company, Role.OPS)

    def stopped_meanwhile() -> bool:
        client.post(f"/studio/tie-out/{running.pk}/stop/")
        return False

    carry_out(running, stops=stopped_meanwhile)

    assert (running.state, running.message) == (TieOutState.STOPPED, "ops-studio stopped it.")
    assert not running.lines.exists()
    page = client.get(f"/studio/tie-out/{running.pk}/").text
    assert "ops-studio stopped it. Nothing was compared." in page
    assert '<span class="tie-badge">Stopped</span>' in page
    assert "It had ended already." in client.post(f"/studio/tie-out/{running.pk}/stop/", follow=True).text
    assert as_role(drifted.company, Role.AUDITOR).post(f"/studio/tie-out/{running.pk}/stop/").status_code == 403


def test_one_that_a_person_stopped_in_an_earlier_release_is_called_stopped(studio: Company) -> None:
    stopped, failed = (begin(studio, AUGUST, by=None) for _ in range(2))
    for tie_out, why in ((stopped, "Dana Reyes stopped it."), (failed, "QuickBooks broke down.")):
        TieOut.objects.filter(pk=tie_out.pk).update(state=TieOutState.FAILED, message=why)
    migration = import_module("reconciliation.migrations.0015_kept_and_changed_again")

    migration.to_stopped(apps, None)

    assert dict(TieOut.objects.values_list("pk", "state")) == {stopped.pk: "stopped", failed.pk: "failed"}
    migration.to_failed(apps, None)
    assert not TieOut.objects.filter(state="stopped").exists()


def test_one_that_was_begun_anew_meanwhile_is_left_to_the_newer_beginning(drifted: TieOut) -> None:
    older = begin(drifted.company, AUGUST, by=None)
    newer = TieOut.objects.get(pk=older.pk)

    def overtaken() -> bool:
        if newer.state == TieOutState.RUNNING:
            carry_out(newer)
        return False

    carry_out(older, stops=overtaken)

    assert (older.state, older.attempt, older.differing) == (TieOutState.FINISHED, 2, 2)
    assert older.lines.count() == drifted.lines.count()


def test_a_process_that_is_to_end_leaves_it_running_for_the_next(drifted: TieOut) -> None:
    running = begin(drifted.company, AUGUST, by=None)

    assert carry_out(running, stops=lambda: True).state == TieOutState.RUNNING
    assert carry_out(running).differing == 2


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-08-31", "2026-08-01", "ends before it begins"),
        ("2024-08-01", "2026-08-01", "a year at most"),
        ("", "2026-08-01", "This field is required"),
        ("yesterday", "2026-08-01", "Enter a valid date"),
    ],
)
def test_a_period_that_makes_no_sense_is_told(studio: Company, first: str, last: str, says: str) -> None:
    answer = as_role(studio).post("/studio/tie-out/", {"first": first, "last": last})

    assert says in answer.text
    assert not TieOut.objects.exists()


def test_an_auditor_reads_tie_outs_and_starts_none(drifted: TieOut) -> None:
    auditor = as_role(drifted.company, Role.AUDITOR)

    assert "2 records differ" in auditor.get("/studio/tie-out/").text
    assert "<form" not in auditor.get("/studio/tie-out/").text.partition('id="new-title"')[2]
    assert auditor.post("/studio/tie-out/", {"first": "2026-08-01", "last": "2026-08-31"}).status_code == 403


def test_a_company_that_is_not_connected_or_of_desktop_is_told_why(transactional_db: None) -> None:
    company = a_company()
    client = as_role(company)
    answer = client.post("/studio/tie-out/", {"first": "2026-08-01", "last": "2026-08-31"})
    assert "not connected" in answer.text
    with pytest.raises(CommandError, match="not connected"):
        call_command("reconcile", company="studio")
    Company.objects.update(kind="desktop")
    DesktopSettings.objects.get_or_create(company=company)
    assert "QuickBooks Desktop cannot be asked what it holds." in client.get("/studio/tie-out/").text


def test_the_page_asks_as_often_for_many_records_as_for_few(
    drifted: TieOut, django_assert_max_num_queries: object
) -> None:
    line = drifted.lines.first()
    assert line
    client = as_role(drifted.company)
    client.get(f"/studio/tie-out/{drifted.pk}/?column=")
    with django_assert_max_num_queries(20) as few:  # type: ignore[operator]
        client.get(f"/studio/tie-out/{drifted.pk}/?column=")
    for _ in range(60):
        line.pk = None
        line.save()
    with django_assert_max_num_queries(len(few)):  # type: ignore[operator]
        client.get(f"/studio/tie-out/{drifted.pk}/?column=")


def test_the_statement_is_a_workbook_with_totals_and_every_record_that_differs(drifted: TieOut) -> None:
    TieOutLine.objects.filter(tie_out=drifted, label="H-1").update(customer_name="=2+5")
    client, address = as_role(drifted.company, Role.AUDITOR), f"/studio/tie-out/{drifted.pk}/"
    assert f'href="{address}statement/"' in client.get(address).text

    answer = client.get(f"{address}statement/")

    assert 'filename="tie-out-studio-2026-08-01-2026-08-31.xlsx"' in answer.headers["Content-Disposition"]
    totals, by_account, records = openpyxl.load_workbook(BytesIO(answer.content)).worksheets
    accounts = {str(row[0]): row for row in by_account.iter_rows(values_only=True)}
    assert accounts["Account"][2:6] == (
        "Should be in QuickBooks", "Deleted in QuickBooks", "Entered in QuickBooks", "Is in QuickBooks",
    )  # fmt: skip
    assert accounts["Accounts Receivable"][1:7] == ("USD", 144, -48, 30, 126, 0)
    assert "1 record is blocked and has no accounts yet: 10.00 USD" in accounts
    rows = {str(row[0]): row for row in totals.iter_rows(values_only=True)}
    assert rows["Invoice"][1:] == ("USD", 154, -10, 0, 0, 144, 0, -48, 30, 126, 0)
    told = {str(row[1]): row for row in records.iter_rows(values_only=True)}
    assert told["2"][4:9] == ("USD", 48, 48, 0, "Deleted in QuickBooks")
    assert told["4"][8] == "Blocked"
    assert told["H-1"][2] == "'=2+5"


def pages_of(client: Client, tie_out: TieOut) -> list[str]:
    """The text of each page of the statement on paper, its lines run together."""
    answer = client.get(f"/studio/tie-out/{tie_out.pk}/statement/pdf/")
    assert 'filename="tie-out-studio-2026-08-01-2026-08-31.pdf"' in answer.headers["Content-Disposition"]
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]


def test_the_statement_on_paper_has_totals_and_each_reason_with_its_records(drifted: TieOut) -> None:
    entered = drifted.lines.get(label="H-1")
    entered.customer_name = "Ștefănescu 漢字"
    for _copy in range(MOST_OF_A_REASON + 2):
        entered.pk = None
        entered.save()
    client = as_role(drifted.company, Role.AUDITOR)
    assert "statement/pdf/" in client.get(f"/studio/tie-out/{drifted.pk}/").text

    pages = pages_of(client, drifted)

    first, every = pages[0], " ".join(pages)
    assert "2 records differ. Every cent is explained." in first
    assert "Invoice USD 154.00 -10.00 0.00 0.00 144.00 0.00 -48.00 30.00 126.00 0.00" in first
    assert "Deleted in QuickBooks · 1 Ask who deleted it" in every
    assert "Accounts Receivable USD 144.00 0.00 -48.00 30.00 126.00 0.00" in every
    assert "Ștefănescu HanZi" in every
    assert "3 more are in the Excel statement." in every
    assert "Reviewed by, date" in pages[-1]
    assert pages[-1].endswith(f"{len(pages)} / {len(pages)}")


def test_there_is_no_statement_before_the_end(studio: Company) -> None:
    running = begin(studio, AUGUST, by=None)

    client = as_role(studio)
    for address in ("statement/", "statement/pdf/"):
        assert client.get(f"/studio/tie-out/{running.pk}/{address}").status_code == 404


# The command ----------------------------------------------------------------------------------------------------------


def said(*, code: int, **options: object) -> str:
    out = StringIO()
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("reconcile", stdout=out, stderr=out, company="studio", **options)
        assert ended.value.code == code
    else:
        call_command("reconcile", stdout=out, stderr=out, company="studio", **options)
    return out.getvalue()


def test_the_command_tells_every_figure_and_exits_1_where_anything_differs(drifted: TieOut) -> None:
    told = said(code=1, first=AUGUST.first, last=AUGUST.last)

    assert "Invoice: source 154.00 USD, should be in QuickBooks 144.00 USD, is 126.00 USD" in told
    assert "Deleted in QuickBooks: 1 record, -48.00 USD" in told
    assert "Unexplained: 0.00 USD" in told
    assert "  Accounts Receivable: should be in QuickBooks 144.00 USD, is 126.00 USD" in told
    assert "2 records match, 2 records differ." in told


def test_the_command_says_it_in_json_with_exact_amounts(drifted: TieOut) -> None:
    told = json.loads(said(code=1, first=AUGUST.first, last=AUGUST.last, json=True))

    (row,) = (row for row in told["rows"] if row["kind"] == "invoice")
    assert (row["source"], row["should"], row["in_quickbooks"]) == ("154.00", "144.00", "126.00")
    assert {reason["reason"]: reason["records"] for reason in row["reasons"]} == {
        "matches": 2, "deleted-there": 1, "entered-there": 1, "blocked": 1,
    }  # fmt: skip
    (receivable,) = (row for row in told["accounts"] if row["name"] == "Accounts Receivable")
    assert (receivable["should"], receivable["in_quickbooks"], receivable["unexplained"]) == (
        "144.00",
        "126.00",
        "0.00",
    )
    assert {reason["reason"]: reason["difference"] for reason in receivable["reasons"]} == {
        "deleted-there": "-48.00", "entered-there": "30.00",
    }  # fmt: skip
    assert told["exit_code"] == 1


def test_the_command_exits_0_where_all_matches_and_2_where_quickbooks_cannot_be_read(
    studio: Company, rehearsal: object
) -> None:
    assert "0 records match, 0 records differ." in said(code=0, first=AUGUST.first, last=AUGUST.last)
    rehearsal.stop()  # type: ignore[attr-defined]
    assert "Nothing was compared: QuickBooks could not be reached" in said(code=2, last=AUGUST.last)


def test_a_period_that_ends_before_it_begins_cannot_run(studio: Company) -> None:
    with pytest.raises(CommandError, match="before it begins"):
        call_command("reconcile", company="studio", first=AUGUST.last, last=AUGUST.first)
