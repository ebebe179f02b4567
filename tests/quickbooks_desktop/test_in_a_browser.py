"""Does a person come the whole way in a browser: from lists to a rehearsal, and to a downloaded file?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from companies.models import Company, CompanyKind, Role
from mapping.models import LineTypeDefault, PostingAccounts
from sync.models import DocumentState, ExportBatch
from sync.quickbooks_desktop.reading.read import read_iif
from tests.factories import at_work, document_of, prepared
from tests.quickbooks_desktop.factories import SOLD
from tests.reconciliation.factories import a_person, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LISTS = Path(settings.BASE_DIR) / "demo" / "samples" / "desktop-lists.iif"


@pytest.mark.criterion("B11", "B12", "B20", "B27")
def test_from_lists_to_a_downloaded_file(page: Page, live_server: Any, tmp_path: Path) -> None:
    company = Company.objects.create(name="Studio on Desktop", slug="desktop", kind=CompanyKind.DESKTOP)
    at_work(company)
    PostingAccounts.objects.create(
        company=company,
        invoice_debit="Accounts Receivable",
        payment_debit="Undeposited Funds",
        payment_credit="Accounts Receivable",
    )
    LineTypeDefault.objects.create(company=company, section="shipping", item_name_default="Shipping")
    client = signed_in(a_person(company, Role.OPS))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}/desktop/")

    page.get_by_role("link", name="Import lists").first.click()
    page.locator("input[type=file]").set_input_files(LISTS)
    page.get_by_role("button", name="Import the lists").click()
    expect(page.get_by_text("Accounts: 34 new, 0 changed, 0 gone.")).to_be_visible()

    prepared(company, SOLD)
    page.get_by_role("link", name="Export files").click()
    page.get_by_role("link", name="Make a file").click()
    expect(page.get_by_text("No test file was made for this company yet.")).to_be_visible()
    page.get_by_role("button", name="Make a test file").click()
    expect(page.get_by_text("A test file: import it into a copy")).to_be_visible()

    page.get_by_role("link", name="Export files").first.click()
    page.get_by_role("link", name="Make a file").click()
    page.get_by_label("The company file is backed up.").check()
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "file.iif")

    data = (tmp_path / "file.iif").read_bytes()
    assert download.value.suggested_filename == "desktop-0002.iif"
    assert data == b"".join(ExportBatch.objects.get(number=2).content())
    assert [block.trnstype for block in read_iif(data).blocks] == ["INVOICE", "PAYMENT"]
    assert document_of(company, "1042").state == DocumentState.EXPORTED
