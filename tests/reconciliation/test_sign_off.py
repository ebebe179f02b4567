"""Is a period signed off by a person who may, only when it can be, and is every later change of it told?"""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from companies.models import Company, Role
from reconciliation.models import SignOff, TieOut
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.run import begin, carry_out
from sync.models import UnreadOrder, sources_of
from sync.preparing.prepare import prepare_new
from tests.factories import document_of, prepared
from tests.reconciliation.factories import NEW_KIT, as_role, renamed
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))


@pytest.fixture
def clean(studio: Company, quickbooks: Books) -> TieOut:
    """A month of one posted invoice that ties out."""
    prepared(studio, "2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00")
    push(studio)
    return carry_out(begin(studio, AUGUST, by=None))


def address(tie_out: TieOut, what: str = "") -> str:
    return f"/studio/tie-out/{tie_out.pk}/{what}"


def accountant(company: Company) -> Client:
    """Signed in as the one accountant of the company."""
    user = User.objects.filter(memberships__role=Role.ACCOUNTANT).first()
    if user is None:
        return as_role(company, Role.ACCOUNTANT)
    client = Client()
    client.force_login(user)
    return client


def signed(tie_out: TieOut, note: str = "") -> str:
    answer = accountant(tie_out.company).post(address(tie_out, "sign/"), {"note": note}, follow=True)
    return " ".join(answer.text.split())


def shown(tie_out: TieOut) -> str:
    return " ".join(accountant(tie_out.company).get(address(tie_out)).text.split())


def test_orders_that_could_not_be_read_are_told_and_ask_for_a_note(studio: Company, quickbooks: Books) -> None:
    prepared(studio, "2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00")
    push(studio)
    source = sources_of(studio).get()
    UnreadOrder.objects.create(connection=source, source_id="2", number="2", what="The order has no lines.")
    tie_out = carry_out(begin(studio, AUGUST, by=None))

    page = shown(tie_out)
    assert f"1 order of {source.name} could not be read as it is there." in page
    assert f'href="/studio/integrations/{source.system}/"' in page
    assert "exactly what the source says" not in page
    assert "Some orders could not be read." in signed(tie_out)
    assert not SignOff.objects.exists()
    assert "The period is signed off." in signed(tie_out, "Order 2 is a test of ours")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", "--company", "studio", "--from", "2026-08-01", "--to", "2026-08-31", stdout=out)
    assert (ended.value.code, "1 order could not be read" in out.getvalue()) == (1, True)

    UnreadOrder.objects.update(noticed_at=timezone.now() + timedelta(days=1))  # what is noticed later is not of it
    assert "could not be read" not in shown(tie_out)


def test_a_period_that_ties_out_is_signed_off_with_name_and_moment(clean: TieOut) -> None:
    page = signed(clean, "Closed with the bank statement")

    assert "The period is signed off." in page
    sign_off = SignOff.objects.get()
    assert (sign_off.tie_out, sign_off.note) == (clean, "Closed with the bank statement")
    assert sign_off.name in page
    assert "after the tie-out that was signed off" not in page
    assert "Signed off" in " ".join(accountant(clean.company).get("/studio/tie-out/").text.split())


def test_it_is_signed_once(clean: TieOut) -> None:
    signed(clean)

    assert "This period is signed off already." in signed(clean)
    assert SignOff.objects.count() == 1


def test_records_that_differ_need_a_note(clean: TieOut, quickbooks: Books) -> None:
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"))
    differing = carry_out(begin(clean.company, AUGUST, by=None))

    assert "Say in the note why the period is signed off all the same." in signed(differing)
    assert not SignOff.objects.exists()
    assert "The period is signed off." in signed(differing, "Order 1 was a test")


def test_only_the_newest_tie_out_is_signed(clean: TieOut) -> None:
    carry_out(begin(clean.company, AUGUST, by=None))

    assert "There is a newer tie-out of this period." in signed(clean)


def test_what_changes_in_quickbooks_afterwards_is_shown_beside_what_was_signed(
    clean: TieOut, quickbooks: Books
) -> None:
    signed(clean)
    quickbooks.invoice("30.00", TxnDate="2026-08-05", DocNumber="H-1")

    later = carry_out(begin(clean.company, AUGUST, by=None))

    page = shown(later)
    assert "Changed since the sign-off" in page
    assert "Invoice in QuickBooks" in page
    cells = openpyxl.load_workbook(
        BytesIO(accountant(clean.company).get(address(later, "statement/")).content)
    ).worksheets
    rows = {str(row[0]): row for row in cells[0].iter_rows(values_only=True)}
    assert rows["Invoice in QuickBooks"][1:5] == ("USD", 48, 78, 30)


def test_a_record_that_came_since_the_tie_out_needs_a_note_and_is_named(clean: TieOut) -> None:
    prepared(clean.company, "2026-08-30  order 2  #9 Nora Quist <nora@example.com>\nKIT-CLAY  5.00")

    assert "came or changed in Tieout since this tie-out. Tie out again" in signed(clean)
    assert not SignOff.objects.exists()
    assert "The period is signed off." in signed(clean, "Order 2 belongs to September")

    assert "1 record of this period came or changed in Tieout after the tie-out that was signed off." in shown(clean)


def test_a_blocked_record_whose_new_customer_was_created_has_not_changed(studio: Company, quickbooks: Books) -> None:
    order = "2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-MUG  48.00"
    later = "2026-09-01  order 2  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00"
    prepared(studio, renamed(order, "KIT-MUG", **NEW_KIT), later)
    push(studio)
    tie_out = carry_out(begin(studio, AUGUST, by=None))
    assert "The period is signed off." in signed(tie_out, "Order 1 is blocked, see its issue")

    assert prepare_new(studio).orders == 1  # it waits for no customer any more, and says the same

    assert document_of(studio, "1").depends_on is None
    assert "after the tie-out that was signed off" not in shown(tie_out)


def test_it_is_taken_back_with_a_reason_and_stays_on_record(clean: TieOut) -> None:
    signed(clean)
    client = accountant(clean.company)
    assert "Say why the sign-off is taken back." in client.post(address(clean, "withdraw/"), follow=True).text

    answer = client.post(address(clean, "withdraw/"), {"reason": "A bill was missing"}, follow=True)

    assert "The sign-off is taken back. It stays on record." in answer.text
    sign_off = SignOff.objects.get()
    assert (sign_off.withdrawn_reason, sign_off.withdrawn_at is None) == ("A bill was missing", False)
    assert "The period is signed off." in signed(clean)


@pytest.mark.parametrize(("role", "may"), [(Role.ACCOUNTANT, True), (Role.ADMINISTRATOR, True), (Role.OPS, False)])
def test_who_may_sign(clean: TieOut, role: Role, may: bool) -> None:
    client = as_role(clean.company, role)
    assert (f"tie-out/{clean.pk}/sign/" in client.get(address(clean)).text) is may

    answer = client.post(address(clean, "sign/"))

    assert (answer.status_code, SignOff.objects.exists()) == ((302, True) if may else (403, False))
