"""Do the pages of QuickBooks Desktop lead from what is ready to an acknowledged file, and nobody too far?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from companies.models import Company, Role
from companies.signals import announce
from mapping.models import DesktopSettings, PostingAccounts
from reconciliation.integrations import quickbooks_card
from sync.models import BatchState, DocumentState, ExportBatch, Run, StagedOrder
from sync.quickbooks_desktop.batches.acknowledge import refuse_some
from tests.factories import document_of, prepared, the_studio
from tests.quickbooks_desktop.factories import a_desktop_company, exported, rehearsal, text_of, with_orders
from tests.quickbooks_desktop.list_samples import BAD, SAMPLE
from tests.reconciliation.factories import a_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    """The studio on QuickBooks Desktop, with two orders prepared."""
    return with_orders(a_desktop_company())


@pytest.fixture
def client(company: Company) -> Client:
    """A browser of someone who may post."""
    return signed_in(a_person(company, Role.OPS))


def page(client: Client, path: str = "", **query: str) -> str:
    answer = client.get(f"/desktop/desktop/{path}", query)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client: Client, path: str, **fields: Any) -> str:
    """What the page says after a form was sent."""
    answer = client.post(f"/desktop/desktop/{path}", fields, follow=True)
    return answer.content.decode()


def a_file(data: bytes, name: str = "lists.iif") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def state_of(company: Company, number: str) -> str:
    return document_of(company, number).state


@pytest.mark.criterion("B11", "B18")
def test_every_block_is_seen_as_debits_and_credits_before_it_is_written(client: Client, company: Company):
    shown = page(client, "export/")

    assert "4 documents go" in shown
    assert re.search(r"<dt>Customer</dt>\s*<dd[^>]*>1</dd>", shown)
    assert "Services:Training:Classes" in shown
    assert shown.count("256.00") == 3  # the debit of the invoice, and both sums below it
    assert not ExportBatch.objects.exists()


def test_what_a_decision_changed_since_is_prepared_again_before_a_file_and_said_on_its_page(client: Client):
    StagedOrder.objects.filter(number="1042").update(prepared_version=0)

    shown = page(client, "export/")
    said = sent(client, "export/", kind="rehearsal")

    assert "1 order is prepared again when a file is made, since it or a decision has changed." in shown
    assert "stays behind" not in shown
    assert "A file with 4 documents was made." in said
    assert "prepared again" not in page(client, "export/")


def test_a_period_narrows_what_goes_and_says_what_stays_behind(client: Client):
    shown = page(client, "export/", since="2026-08-15", until="2026-08-31")

    assert "No document of this period is ready." in shown
    assert "1 document of the period stays behind" in shown
    assert "ends before it begins" in page(client, "export/", since="2026-09-01", until="2026-08-01")


@pytest.mark.criterion("B27", "B28", "B29")
def test_a_rehearsal_comes_first_and_leaves_everything_ready(client: Client, company: Company):
    assert "No test file was made" in page(client, "export/")
    assert "No test file was made" in sent(client, "export/", kind="live", backup="yes")

    assert "A test file: import it into a copy" in sent(client, "export/", kind="rehearsal")
    assert state_of(company, "1042") == DocumentState.READY


@pytest.mark.criterion("B20", "B21")
def test_the_backup_is_reminded_of_and_its_confirmation_kept(client: Client, company: Company):
    rehearsal(company)
    assert "Back up the QuickBooks data before each import" in page(client, "export/")
    assert "No one has confirmed" in sent(client, "export/", kind="live")
    assert state_of(company, "1042") == DocumentState.READY

    shown = sent(client, "export/", kind="live", backup="yes")
    assert "Backup confirmed" in shown
    batch = ExportBatch.objects.get(kind="live")
    assert str(batch.backup_confirmed_by) == "ops"


def test_a_download_gives_the_stored_bytes_and_is_noted(client: Client, company: Company):
    batch = exported(company)
    answer = client.post(f"/desktop/desktop/files/{batch.number}/download/")

    assert b"".join(answer) == b"".join(batch.content())
    assert answer["Content-Disposition"] == 'attachment; filename="desktop-0002.iif"'
    batch.refresh_from_db()
    assert (batch.state, batch.downloads) == (BatchState.DOWNLOADED, 1)
    assert "Import it once, and only once" in page(client, "files/2/")


@pytest.mark.criterion("B40")
def test_sent_documents_are_listed_and_can_be_sent_again_on_purpose(client: Client, company: Company):
    batch = exported(company)
    row = batch.exported.get(document__number="1042")
    assert "No document of this period is ready." in page(client, "export/")
    assert "Invoice 1042" in page(client, "files/2/")

    assert "Choose the documents" in sent(client, "files/2/repeat/", reason="lost", backup="yes")
    assert "needs a reason" in sent(client, "files/2/repeat/", chosen=row.pk, backup="yes")
    shown = sent(client, "files/2/repeat/", chosen=row.pk, reason="QuickBooks crashed", backup="yes")
    assert "every memo says REPEAT" in shown
    assert "QuickBooks crashed" in shown


def test_a_person_acknowledges_only_after_saying_so(client: Client, company: Company):
    exported(company)
    assert "Look in QuickBooks first" in sent(client, "files/2/acknowledge/")
    assert "is acknowledged" in sent(client, "files/2/acknowledge/", sure="yes")
    assert state_of(company, "1042") == DocumentState.POSTED


def test_a_report_and_its_faults_are_told(client: Client, company: Company):
    exported(company)
    wrong = a_file(b"Name,Balance\r\nPriya,12.00\r\n", "report.csv")
    assert "Nothing was changed." in sent(client, "files/2/report/", file=wrong)

    headings = ",Type,Date,Num,Name,Memo,Account,Debit,Credit\r\n"
    rows = ",Invoice,08/14/2026,1042,Wren Halloran,[Tieout 2],Accounts Receivable,256.00,\r\n"
    shown = sent(client, "files/2/report/", file=a_file((headings + rows).encode(), "report.csv"))
    assert "1 document has arrived." in shown
    assert "3 documents are not in the report." in shown
    assert "Not in the report" in page(client, "files/2/", state="missing")


def test_messages_of_quickbooks_stand_beside_the_documents(client: Client, company: Company):
    batch = exported(company)
    text = text_of(batch)
    block = text[text.index("TRNS\t\tINVOICE") : text.index("ENDTRNS\r\n", text.index("TRNS\t\tINVOICE"))]
    headers = text[text.index("!TRNS") : text.index("TRNS\t\t")]
    data = f"{headers}; [ERROR] The item is unknown [11585]\r\n{block}ENDTRNS\r\n".encode()
    shown = sent(client, "files/2/errors/", file=a_file(data, "errors.iif"))

    assert "1 document was not imported" in shown
    assert "The item is unknown [11585]" in shown
    assert (
        "The item is unknown [11585]"
        in client.get(f"/desktop/orders/{document_of(company, '1042').order_id}/").content.decode()
    )


def test_a_file_is_withdrawn_only_with_a_reason(client: Client, company: Company):
    exported(company)
    assert "Say that it was not imported" in sent(client, "files/2/withdraw/", sure="yes")
    assert "is withdrawn" in sent(client, "files/2/withdraw/", sure="yes", reason="the wrong period")
    assert state_of(company, "1042") == DocumentState.READY


def test_an_acknowledged_file_can_be_undone(client: Client, company: Company):
    exported(company)
    sent(client, "files/2/acknowledge/", sure="yes")
    shown = sent(client, "files/2/reverse/", reason="imported into last year", backup="yes")

    assert "It undoes" in shown
    assert "It is undone by" in page(client, "files/2/")


@pytest.mark.criterion("B11")
def test_lists_are_imported_on_a_page(client: Client, company: Company):
    shown = sent(client, "lists/", file=a_file(SAMPLE))

    assert "Customers: 29 new, 1 changed, 0 gone." in shown
    assert company.quickbookscustomer_set.filter(display_name="Camille Dufrêne").exists()


def test_a_bad_file_of_lists_changes_nothing_and_names_its_lines(client: Client, company: Company):
    before = company.quickbooksaccount_set.count()
    shown = sent(client, "lists/", file=a_file(BAD["a shifted row"][0](SAMPLE)))

    assert "Nothing was changed: this file cannot be trusted" in shown
    assert "is not a type of account" in shown
    assert company.quickbooksaccount_set.count() == before


def test_any_file_can_be_checked(client: Client, company: Company):
    text = text_of(rehearsal(company))
    assert "Can be imported" in sent(client, "check/", file=a_file(text.encode()))

    shown = sent(client, "check/", file=a_file(text.replace("\t256.00\t", "\t255.99\t").encode()))
    assert "Must not be imported" in shown
    assert "come to -0.01 instead of 0.00" in shown


@pytest.mark.parametrize("path", ["export/", "lists/", "files/2/download/", "files/2/acknowledge/", "files/2/repeat/"])
def test_an_auditor_looks_and_changes_nothing(company: Company, path: str):
    exported(company)
    auditor = signed_in(a_person(company, Role.AUDITOR))

    assert auditor.post(f"/desktop/desktop/{path}", {"kind": "rehearsal"}).status_code == 403
    assert "Make the file" not in page(auditor, "export/")
    assert "Download" not in page(auditor, "files/2/")


def test_online_companies_have_no_such_pages_and_desktop_companies_no_login():
    online = the_studio(slug="online")
    accountant = signed_in(a_person(online, Role.ADMINISTRATOR))
    home = accountant.get("/online/").content.decode()

    assert accountant.get("/online/desktop/").status_code == 404
    assert accountant.get("/online/desktop/lists/").status_code == 404
    assert "Export files" not in home
    assert accountant.get("/sync/online/quickbooks/").status_code == 200


def test_the_menu_of_a_desktop_company(client: Client):
    home = client.get("/desktop/").content.decode()

    assert "Export files" in home
    assert "Integrations" in home


def test_what_the_errors_file_disproves_is_not_acknowledged_as_all(client: Client, company: Company):
    batch = exported(company)
    invoice = batch.exported.get(document__number="1042", document__kind="invoice")
    refuse_some(batch, [(invoice.pk, "Invalid customer")], by=None)
    whole = batch.exported.count()

    before = page(client, "files/2/")
    said = sent(client, "files/2/acknowledge/", sure="yes")

    assert "The rest was imported" in before
    assert "but 1 record that QuickBooks did not import" in before
    assert f"is acknowledged: {whole - 1} of {whole} are in QuickBooks Desktop, 1 is not." in said
    assert "all of it is in QuickBooks Desktop" not in said
    assert state_of(company, "1042") == DocumentState.REFUSED


def test_the_question_before_a_large_re_sync_promises_no_posting(client: Client, company: Company):
    exported(company)
    priya = "Priya Natarajan <priya.natarajan@example.com>"
    prepared(company, *(f"2026-08-14  order {number}  {priya}\nWT-101  10.00" for number in range(6000, 6050)))

    asked = client.post("/desktop/resync/", {"scope": "shown", "filter": ""}).content.decode()

    assert "Re-sync 52 orders?" in asked
    assert "50 documents are ready for an export file and stay so." in asked
    assert "4 are in an export file already and are not exported again." in asked
    assert "ready and are posted" not in asked


def test_strangers_find_nothing(company: Company):
    exported(company)
    stranger = signed_in(a_person(the_studio(slug="other"), Role.ADMINISTRATOR))

    assert stranger.get("/desktop/desktop/files/2/").status_code == 404
    assert stranger.post("/desktop/desktop/files/2/download/").status_code == 404


# Settings -------------------------------------------------------------------------------------------------------------

_SETTINGS = {
    "date_format": "dmy",
    "code_page": "windows-1252",
    "memo_pattern": "{what} ({batch})",
    "refunds_as": "auto",
}


def test_the_settings_of_files_are_one_page(company: Company):
    accountant = signed_in(a_person(company, Role.ACCOUNTANT))
    first = accountant.get("/admin/mapping/desktopsettings/")
    assert first["Location"].endswith("/add/")

    accountant.post(first["Location"], _SETTINGS)
    row = DesktopSettings.objects.get(company=company)
    assert (row.date_format, row.code_page, row.memo_pattern) == ("dmy", "windows-1252", "{what} ({batch})")
    assert "14/08/2026" in text_of(rehearsal(company))
    assert "(Tieout 1)" in text_of(ExportBatch.objects.get())
    assert accountant.get("/admin/mapping/desktopsettings/")["Location"].endswith(f"/{row.pk}/change/")
    assert row.history.get().history_user.username == "accountant"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sales_tax_on": "on"}, "Needed while QuickBooks keeps sales tax"),
        ({"sales_tax_account": "Sales Tax Payabel"}, "no active account named “Sales Tax Payabel”"),
        ({"memo_pattern": "{what}"}, "It must name {batch}"),
        ({"memo_pattern": "{order} {batch}"}, "{order} is not known"),
    ],
)
def test_settings_that_no_file_could_follow_are_refused(company: Company, fields: dict[str, str], words: str):
    accountant = signed_in(a_person(company, Role.ACCOUNTANT))
    answer = accountant.post("/admin/mapping/desktopsettings/add/", {**_SETTINGS, **fields})

    assert words in answer.content.decode()
    assert not DesktopSettings.objects.exists()


def test_ops_reads_the_settings_and_an_online_company_has_none(company: Company):
    ops = signed_in(a_person(company, Role.OPS))
    assert ops.post("/admin/mapping/desktopsettings/add/", _SETTINGS).status_code == 403

    online = signed_in(a_person(the_studio(slug="online"), Role.ADMINISTRATOR))
    assert online.get("/admin/mapping/desktopsettings/add/").status_code == 403


def test_a_payment_that_arrived_without_its_invoice_is_named(client: Client, company: Company):
    batch = exported(company)
    invoice = batch.exported.get(document__number="1042", document__kind="invoice")
    payment = document_of(company, "1042", "payment")
    refuse_some(batch, [(invoice.pk, "Invalid customer")], by=None)

    said = sent(client, "files/2/acknowledge/", sure="yes")

    assert f"Payment {payment.number} arrived without Invoice 1042: look in QuickBooks what it was applied to." in said
    assert said.count("arrived without") == 1
    assert state_of(company, "1043") == DocumentState.POSTED


def test_nothing_is_said_to_have_arrived_without_an_invoice_that_arrived(client: Client, company: Company):
    batch = exported(company)
    payment = batch.exported.get(document__number=document_of(company, "1042", "payment").number)
    refuse_some(batch, [(payment.pk, "Invalid customer")], by=None)

    said = sent(client, "files/2/acknowledge/", sure="yes")

    assert "1 is not." in said
    assert "arrived without" not in said


def test_a_report_that_lacks_an_invoice_names_the_payment_that_arrived_without_it(client: Client, company: Company):
    exported(company)
    headings = ",Type,Date,Num,Name,Memo,Account,Debit,Credit\r\n"
    number = document_of(company, "1042", "payment").number
    rows = f",Payment,08/20/2026,{number},Wren Halloran,[Tieout 2],Undeposited Funds,100.00,\r\n"

    said = sent(client, "files/2/report/", file=a_file((headings + rows).encode(), "report.csv"))

    assert "1 document has arrived." in said
    assert f"Payment {number} arrived without Invoice 1042" in said


def test_the_file_is_confirmed_as_it_was_made_whatever_was_decided_meanwhile(client: Client, company: Company):
    exported(company)
    before = document_of(company, "1042").value()
    PostingAccounts.objects.filter(company=company).update(payment_debit="Checking")
    announce(company, by=None)

    said = sent(client, "files/2/acknowledge/", sure="yes")

    assert "is acknowledged: all of it is in QuickBooks Desktop." in said
    row = document_of(company, "1042")
    assert (row.state, row.pending, row.value()) == (DocumentState.POSTED, "", before)


def test_lists_that_are_as_before_are_said_to_be_so(client: Client, company: Company):
    sent(client, "lists/", file=a_file(SAMPLE))

    rows = set(company.quickbooksaccount_set.values_list("pk", "changed_at"))

    assert "The lists were read. They are what they were before." in sent(client, "lists/", file=a_file(SAMPLE))
    assert set(company.quickbooksaccount_set.values_list("pk", "changed_at")) == rows
    assert quickbooks_card(company).last == Run.objects.filter(company=company).latest("pk").finished_at


def test_a_file_that_is_missing_or_too_large_changes_nothing(client: Client, company: Company):
    exported(company)

    assert "Choose the file first; it may have at most 64 MB." in sent(client, "files/2/report/")
    assert ExportBatch.objects.get(number=2).state == BatchState.MADE


def test_a_period_that_ends_before_it_begins_makes_no_file(client: Client, company: Company):
    made = ExportBatch.objects.count()
    said = sent(client, "export/", kind="rehearsal", since="2026-09-30", until="2026-09-01")

    assert "The period ends before it begins." in said
    assert ExportBatch.objects.count() == made


def test_a_file_says_how_many_documents_it_has(client: Client, company: Company):
    rehearsal(company)
    said = sent(client, "export/", kind="live", since="2026-08-14", until="2026-08-14", backup="yes")

    assert "A file with 1 document was made." in said
