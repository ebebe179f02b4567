"""What became of a file: does every word of QuickBooks Desktop and of people end at the right documents?"""

from __future__ import annotations

import pytest

from mapping.models import QuickBooksCustomer, SourceCustomer
from sync.models import BatchState, DocumentState, ExportBatch, ExportedState
from sync.quickbooks_desktop.batches.acknowledge import CLOSED, SOME_ARRIVED, acknowledge, note_download, withdraw
from sync.quickbooks_desktop.batches.reports import (
    NOT_THESE_ERRORS,
    NOT_THIS_REPORT,
    ReportMatch,
    take_errors,
    take_report,
)
from sync.resync import advance, start
from tests.factories import document_of, order_of, prepared
from tests.quickbooks_desktop.factories import SOLD, a_desktop_company, a_person, exported, made, text_of, with_orders

pytestmark = pytest.mark.django_db
HEADINGS = ",Type,Date,Num,Name,Memo,Account,Debit,Credit"


@pytest.fixture
def batch() -> ExportBatch:
    """A live file of two invoices with a payment each, and a new customer."""
    return exported(with_orders(a_desktop_company()))


def report_of(batch: ExportBatch, *rows: str) -> bytes:
    """A transaction report as QuickBooks Desktop exports it, with a title above and a total below."""
    marked = (f",{row}".replace("[]", f"[{batch.mark}]") for row in rows)
    return "\r\n".join(("Bramble & Birch Studio", HEADINGS, *marked, "TOTAL,,,,,,,0.00,0.00", "")).encode("cp1252")


ARRIVED = (
    "Invoice,08/14/2026,1042,Wren Halloran,Invoice 1042 [],Accounts Receivable,256.00,",
    "Payment,08/20/2026,1042-1,Wren Halloran,Payment 1042-1 for invoice 1042 [],Undeposited Funds,100.00,",
)
ALSO = (
    "Invoice,09/02/2026,1043,Priya Natarajan,Invoice 1043 [],Accounts Receivable,60.07,",
    "Payment,09/02/2026,1043-1,Priya Natarajan,Payment 1043-1 for invoice 1043 [],Undeposited Funds,60.07,",
)


def states(batch: ExportBatch) -> dict[str, str]:
    return dict(batch.exported.values_list("written_as", "state"))


def test_the_users_word_posts_everything(batch: ExportBatch):
    assert acknowledge(batch, by=a_person()) is None

    assert set(states(batch).values()) == {ExportedState.ARRIVED}
    assert batch.state == BatchState.ACKNOWLEDGED
    assert batch.closed_by == a_person()
    invoice = document_of(batch.company, "1042")
    assert (invoice.state, invoice.quickbooks_id) == (DocumentState.POSTED, "1042")
    assert acknowledge(batch, by=a_person()) is CLOSED


def test_a_new_customer_is_known_from_then_on(batch: ExportBatch):
    acknowledge(batch, by=a_person())
    prepared(batch.company, SOLD.replace("1042", "1090"))

    assert QuickBooksCustomer.objects.get(company=batch.company, display_name="Wren Halloran").active
    assert SourceCustomer.objects.get(name="Wren Halloran").quickbooks_customer is not None
    assert document_of(batch.company, "1090").depends_on is None


def test_a_report_tells_what_arrived_and_what_did_not(batch: ExportBatch):
    came = take_report(batch, report_of(batch, *ARRIVED), name="report.csv", by=a_person())

    assert came == ReportMatch(arrived=2, missing=2)
    assert states(batch) == {
        "Wren Halloran": ExportedState.ARRIVED,
        "1042": ExportedState.ARRIVED,
        "1042-1": ExportedState.ARRIVED,
        "1043": ExportedState.MISSING,
        "1043-1": ExportedState.MISSING,
    }
    assert document_of(batch.company, "1043").state == DocumentState.EXPORTED
    assert order_of(batch.company, "1043").events.filter(step="not-in-report").count() == 2


def test_another_report_finds_what_was_missing(batch: ExportBatch):
    take_report(batch, report_of(batch, *ARRIVED), name="august.csv", by=a_person())
    came = take_report(batch, report_of(batch, *ARRIVED, *ALSO), name="both.csv", by=a_person())

    assert isinstance(came, ReportMatch)
    assert came.missing == 0
    assert document_of(batch.company, "1043", "payment").state == DocumentState.POSTED


def test_a_file_that_was_imported_twice_is_noticed(batch: ExportBatch):
    twice = (*ARRIVED, ARRIVED[0].replace("Invoice,08/14/2026", "Invoice,08/15/2026"), *ALSO)
    came = take_report(batch, report_of(batch, *twice), name="report.csv", by=a_person())

    assert isinstance(came, ReportMatch)
    assert came.extra == 1


def test_another_amount_in_quickbooks_is_said(batch: ExportBatch):
    rows = (ARRIVED[0].replace("256.00", "265.00"), ARRIVED[1], *ALSO)
    came = take_report(batch, report_of(batch, *rows), name="report.csv", by=a_person())

    assert isinstance(came, ReportMatch)
    assert came.differing == ("Invoice 1042 comes to 265.00 in QuickBooks and to 256.00 here. Compare the two.",)


def test_a_report_of_something_else_changes_nothing(batch: ExportBatch):
    rows = [row.replace("[]", "[Tieout 21]") for row in (*ARRIVED, *ALSO)]

    assert take_report(batch, report_of(batch, *rows), name="report.csv", by=a_person()) is NOT_THIS_REPORT
    assert set(states(batch).values()) == {ExportedState.SENT}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (b"Name,Balance\r\nPriya,12.00\r\n", "Transaction Detail"),
        (b"Type,Date,Num,Name,Amount\r\nInvoice,08/14/2026,1042,Wren,256.00\r\n", "Memo"),
        (f"{HEADINGS}\r\n,Invoice,14.08.2026,1042,Wren,[Tieout 2],AR,256.00,\r\n".encode(), "14.08.2026"),
    ],
    ids=["empty", "a picture", "another report", "a column missing", "other dates"],
)
def test_a_report_in_the_wrong_layout_says_why_and_changes_nothing(batch: ExportBatch, data: bytes, words: str):
    came = take_report(batch, data, name="report.csv", by=a_person())

    assert isinstance(came, list)
    assert words in " ".join(came)
    assert batch.is_open
    assert set(states(batch).values()) == {ExportedState.SENT}


def errors_file(batch: ExportBatch, number: str, message: str) -> bytes:
    """What QuickBooks leaves behind: the failed transaction with a note above it."""
    text = text_of(batch)
    headers = "".join(line for line in text.splitlines(keepends=True) if line.startswith(("!TRNS", "!SPL", "!ENDTRNS")))
    blocks = text[text.index("TRNS\t", text.index("!ENDTRNS")) :].split("ENDTRNS\r\n")
    (block,) = [block for block in blocks if f"\t{number}\t" in block.partition("\r\n")[0]]
    return f"; QuickBooks import errors\r\n{headers}; [ERROR] {message}\r\n{block}ENDTRNS\r\n".encode("cp1252")


def test_messages_of_quickbooks_appear_on_the_documents(batch: ExportBatch):
    said = "[Starter Clay Kit] The Item does not exist in Quickbooks [11585]"
    came = take_errors(batch, errors_file(batch, "1042", said), name="errors.iif", by=a_person())
    invoice = document_of(batch.company, "1042")

    assert isinstance(came, ReportMatch)
    assert came.refused == 1
    assert states(batch)["1042"] == ExportedState.ERROR
    assert invoice.state == DocumentState.REFUSED
    assert said in invoice.problems.get().read().explain()
    assert states(batch)["1043"] == ExportedState.SENT


def test_what_was_refused_goes_into_the_next_file_after_a_re_sync(batch: ExportBatch):
    take_errors(batch, errors_file(batch, "1042", "no item"), name="errors.iif", by=a_person())
    acknowledge(batch, by=a_person())
    advance(start(batch.company, [order_of(batch.company, "1042").pk], by=a_person()))
    again = made(batch.company, kind="live", backup_confirmed=True)

    assert list(again.exported.values_list("written_as", flat=True)) == ["1042"]
    assert document_of(batch.company, "1043").state == DocumentState.POSTED


def test_errors_of_another_file_change_nothing(batch: ExportBatch):
    data = errors_file(batch, "1042", "no item").replace(b"\t1042\t", b"\t9999\t")

    assert take_errors(batch, data, name="errors.iif", by=a_person()) is NOT_THESE_ERRORS
    assert isinstance(take_errors(batch, text_of(batch).encode(), name="same.iif", by=a_person()), list)
    assert set(states(batch).values()) == {ExportedState.SENT}


def test_a_part_that_arrived_keeps_the_file_from_being_withdrawn(batch: ExportBatch):
    take_report(batch, report_of(batch, *ARRIVED), name="report.csv", by=a_person())

    assert withdraw(batch, by=a_person(), reason="a try") is SOME_ARRIVED


def test_a_download_is_noted_and_gives_the_same_bytes(batch: ExportBatch):
    first = b"".join(batch.content())
    note_download(batch, by=a_person())
    note_download(batch, by=a_person("ops"))

    assert b"".join(batch.content()) == first
    assert (batch.state, batch.downloads, batch.downloaded_by) == (BatchState.DOWNLOADED, 2, a_person())
