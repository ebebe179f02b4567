"""Does a person see both versions of what was changed in QuickBooks, and decide about several at once?"""

from __future__ import annotations

from datetime import date

import pytest

from companies.models import Company, Role
from reconciliation.models import Issue, TieOut
from reconciliation.tie_out.comparing import Period, Reason
from reconciliation.tie_out.run import begin, carry_out
from sync.models import Document
from sync.pushing.decisions import overwrite
from tests.factories import prepared
from tests.reconciliation.factories import as_role
from tests.reconciliation.fixing import fix
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))


@pytest.fixture
def drifted(studio: Company, quickbooks: Books) -> TieOut:
    """Of three posted invoices one was re-dated in QuickBooks, one renumbered, one deleted."""
    nora = "#9 Nora Quist <nora@example.com>"
    prepared(studio, *(f"2026-08-14  order {number}  {nora}\nKIT-CLAY  48.00" for number in (1, 2, 3)))
    push(studio)
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"), TxnDate="2026-08-20")
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '2'"), DocNumber="2-B")
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '3'"))
    return carry_out(begin(studio, AUGUST, by=None))


def invoice(number: str) -> Document:
    return Document.objects.get(order__number=number, kind="invoice")


def lines_of(tie_out: TieOut) -> list[int]:
    return list(tie_out.lines.filter(reason__in=("changed-there", "deleted-there")).values_list("pk", flat=True))


def text_of(page: str) -> str:
    return " ".join(page.split())


def test_each_record_leads_to_its_issue_which_shows_the_three_sides(drifted: TieOut) -> None:
    client = as_role(drifted.company)
    page = text_of(client.get(f"/studio/tie-out/{drifted.pk}/").text)
    issue = Issue.objects.get(company=drifted.company, cause__contains=invoice("1").key)
    assert f'href="/studio/issues/{issue.pk}/"' in page

    shown = text_of(client.get(f"/studio/issues/{issue.pk}/").text)

    assert "By its order now" in shown
    assert "As it was posted" in shown
    for text in ("08/14/2026", "08/20/2026", "48.00 USD", "Nora Quist"):
        assert f">{text}<" in shown, text
    assert '<div class="tie-strong tie-marked">08/20/2026</div>' in shown


def test_several_are_looked_at_and_put_back_at_once(drifted: TieOut, quickbooks: Books) -> None:
    client = as_role(drifted.company)
    address = f"/studio/tie-out/{drifted.pk}/decide/"
    lines = lines_of(drifted)
    page = text_of(client.get(address, {"line": lines}).text)
    assert page.count('aria-labelledby="record-') == 3
    assert "2-B" in page
    assert quickbooks.find("Invoice", "DocNumber = '2-B'")  # looking writes nothing

    answer = client.post(address, {"line": lines, "reason": "All slips", "counts": "ours"}, follow=True)
    push(drifted.company)

    assert "The next sync puts 3 records back as their orders say." in text_of(answer.text)
    found = {number: quickbooks.find("Invoice", f"DocNumber = '{number}'")["TxnDate"] for number in "123"}
    assert found == {"1": "2026-08-14", "2": "2026-08-14", "3": "2026-08-14"}
    assert invoice("1").order.events.get(step="overwrites").facts["reason"] == "All slips"
    again = carry_out(begin(drifted.company, AUGUST, by=None))
    assert (again.records, again.matching) == (3, 3)


def test_what_quickbooks_does_not_let_us_put_back_can_be_kept_at_once(studio: Company, quickbooks: Books) -> None:
    prepared(
        studio, "2026-08-14  order 1  #9 Nora Quist <n@example.com>\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00"
    )
    push(studio)
    payment = Document.objects.get(order__number="1", kind="payment")
    quickbooks.change("Payment", quickbooks.read("Payment", payment.quickbooks_id), Line=[])
    linked = [{"TxnType": "Payment", "TxnId": payment.quickbooks_id, "TxnLineId": "0"}]
    bank = {"value": quickbooks.find("Account", "Name = 'Checking'")["Id"]}
    quickbooks.write("Deposit", {"DepositToAccountRef": bank, "Line": [{"Amount": 48, "LinkedTxn": linked}]})
    tie_out = carry_out(begin(studio, AUGUST, by=None))
    overwrite(payment, reason="It was a slip", by=None)
    push(studio)
    client, rejected = as_role(studio), Issue.objects.get(code="refused-by-quickbooks")

    line = tie_out.lines.get(document=payment)
    decide = text_of(client.get(f"/studio/tie-out/{tie_out.pk}/decide/", {"line": line.pk}).text)
    assert "Yours was sent, and rejected." in decide
    assert "This transaction has been deposited" in decide
    assert f'href="/studio/issues/{rejected.pk}/"' in text_of(client.get(f"/studio/tie-out/{tie_out.pk}/").text)
    assert "By its order now" in client.get(f"/studio/issues/{rejected.pk}/").text
    told = fix(client, rejected, "keep-theirs-instead", records=str(payment.pk), reason="It is in the bank")

    assert "1 record stays as it is in QuickBooks." in told
    kept = payment.order.events.get(step="kept-theirs").facts
    assert (kept["what"], kept["reason"]) == ("what it is applied to", "It is in the bank")
    again = carry_out(begin(studio, AUGUST, by=None))
    assert dict(again.lines.exclude(reason=Reason.ENTERED_THERE).values_list("document__kind", "reason")) == {
        "payment": "kept"
    }


def test_several_are_kept_and_the_tie_out_says_so(drifted: TieOut, quickbooks: Books) -> None:
    client = as_role(drifted.company, Role.OPS)
    sent = {"line": lines_of(drifted), "reason": "The bookkeeper was right", "counts": "theirs"}

    answer = client.post(f"/studio/tie-out/{drifted.pk}/decide/", sent, follow=True)
    push(drifted.company)

    assert "3 records stay as they are in QuickBooks." in text_of(answer.text)
    assert quickbooks.find("Invoice", "DocNumber = '2-B'")
    again = carry_out(begin(drifted.company, AUGUST, by=None))
    told = dict(again.lines.exclude(reason=Reason.ENTERED_THERE).values_list("document__order__number", "reason"))
    assert told == {"1": "kept", "2": "kept", "3": "ignored"}


def test_what_was_decided_meanwhile_is_not_decided_twice(drifted: TieOut) -> None:
    client, address = as_role(drifted.company), f"/studio/tie-out/{drifted.pk}/decide/"
    sent = {"line": lines_of(drifted), "reason": "All slips", "counts": "theirs"}
    client.post(address, sent)

    answer = client.post(address, sent, follow=True)

    assert "Choose records first that were changed in QuickBooks and are not decided yet." in text_of(answer.text)
    assert invoice("1").order.events.filter(step="kept-theirs").count() == 1


def test_a_reason_has_to_be_given(drifted: TieOut) -> None:
    sent = {"line": lines_of(drifted), "reason": "", "counts": "theirs"}

    answer = as_role(drifted.company).post(f"/studio/tie-out/{drifted.pk}/decide/", sent)

    assert "This field is required." in answer.text
    assert not invoice("1").order.events.filter(step="kept-theirs").exists()


def test_nothing_chosen_or_nonsense_is_told(drifted: TieOut) -> None:
    client = as_role(drifted.company)

    for query in ("", "?line=x&line=-1&line=99999999999999999999&line=1²"):
        answer = client.get(f"/studio/tie-out/{drifted.pk}/decide/{query}", follow=True)
        assert "Choose records first" in answer.text
