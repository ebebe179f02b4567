"""Is a sale that another program entered in QuickBooks found, adopted, followed, and never posted a second time?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import requests
from quickbooks import QuickBooks
from quickbooks.objects import Customer, EmailAddress, Invoice, Item, Payment, PaymentLine
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail

from books.messages import Message
from companies.models import Company
from reconciliation.adopting.found import adopt_candidates, open_candidates
from reconciliation.adopting.search import begin_search, carry_out_search
from reconciliation.models import AdoptionSearch, TieOutState
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.run import begin, carry_out, rows_of
from reconciliation.undo.choosing import Chosen, scope_of
from reconciliation.undo.plan import begin_plan, make_plan
from simulators.quickbooks.server import Running
from sync.adopting.undoing import AdoptionStays, undo_adoption
from sync.lists.refresh import refresh_lists
from sync.models import Adoption, Document, DocumentState
from sync.pushing.decisions import PostAgain, post_again
from sync.readiness import destination_of
from tests.factories import document_of, prepared
from tests.reconciliation.factories import NEW_KIT, renamed
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
SALE = "2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00"


UNPAID = "2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00"
MUGS = "2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-MUG  36.00\npaid 2026-08-20  Card  36.00"


def nora(quickbooks: Books) -> str:
    """A customer whom others entered in QuickBooks, by its id."""
    return str(quickbooks.customer("Nora Quist", PrimaryEmailAddr={"Address": "nora@example.com"})["Id"])


def searched(company: Company) -> AdoptionSearch:
    search = carry_out_search(begin_search(company, AUGUST, by=None))
    assert search.state == TieOutState.FINISHED, search.message
    return search


def adopt_certain(company: Company) -> list[str]:
    """Adopt whatever is certain; what was adopted, by its words."""
    search = searched(company)
    result = adopt_candidates(search, open_candidates(search, certain=True), by=None)
    assert result.left == []
    return sorted(map(str, result.done))


class Session(requests.Session):
    """What the other tool's library needs of a session: its token."""

    access_token = ""


def entered_by_another_tool(running: Running) -> str:
    """A sale and its payment, as a program enters them that knows nothing of Tieout; the invoice's id."""
    session = Session()
    session.access_token = running.ready()["access_token"]
    tool = QuickBooks(company_id=running.company.company_id, minorversion=75)
    tool.session, tool.sandbox, tool.sandbox_api_url_v3 = session, True, f"{running.base_url}/v3"
    customer, invoice, payment = Customer(), Invoice(), Payment()
    customer.DisplayName, customer.PrimaryEmailAddr = "Nora Quist", EmailAddress()
    customer.PrimaryEmailAddr.Address = "nora@example.com"
    reference = customer.save(qb=tool).to_ref()
    line = SalesItemLine()
    line.Amount, line.SalesItemLineDetail = Decimal("48.00"), SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = Item.get(1, qb=tool).to_ref()
    invoice.CustomerRef, invoice.TxnDate, invoice.DocNumber = reference, "2026-08-14", "1042"
    invoice.Line.append(line)
    invoice.save(qb=tool)
    paid = PaymentLine()
    paid.Amount = Decimal("48.00")
    paid.LinkedTxn.append(invoice.to_linked_txn())
    payment.CustomerRef, payment.TxnDate, payment.TotalAmt = reference, "2026-08-21", Decimal("48.00")
    payment.Line.append(paid)
    payment.save(qb=tool)
    session.close()
    return str(invoice.Id)


def test_what_another_tool_entered_is_adopted_and_posted_no_second_time(
    studio: Company, rehearsal: Running, quickbooks: Books
) -> None:
    invoice = entered_by_another_tool(rehearsal)
    prepared(studio, SALE)
    before = quickbooks.ledger(), quickbooks.count("Invoice"), quickbooks.count("Payment")

    assert adopt_certain(studio) == ["Invoice 1042", "Payment 1042-1"]
    push(studio)

    assert (quickbooks.ledger(), quickbooks.count("Invoice"), quickbooks.count("Payment")) == before
    states = set(Document.objects.exclude(kind="customer").values_list("state", flat=True))
    assert states == {DocumentState.POSTED}
    assert document_of(studio, "1042").quickbooks_id == invoice
    tie_out = carry_out(begin(studio, AUGUST, by=None))
    assert tie_out.state == TieOutState.FINISHED, tie_out.message
    assert (tie_out.adopted, tie_out.differing) == (2, 0)
    assert [row for row in rows_of(tie_out) if row.unexplained] == []


def test_what_was_changed_in_quickbooks_since_it_was_read_is_not_adopted(studio: Company, quickbooks: Books) -> None:
    invoice = quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, UNPAID)
    search = searched(studio)
    quickbooks.change("Invoice", invoice, TxnDate="2026-08-15")

    result = adopt_candidates(search, open_candidates(search, certain=True), by=None)

    assert [why for _, why in result.left] == [
        "It was changed in QuickBooks since it was read. Read again, and look at it as it is now."
    ]
    assert document_of(studio, "1042").state == DocumentState.READY


def test_what_was_deleted_in_quickbooks_since_is_not_adopted_and_goes_with_the_next_sync(
    studio: Company, quickbooks: Books
) -> None:
    invoice = quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, UNPAID)
    search = searched(studio)
    quickbooks.delete("Invoice", invoice)

    result = adopt_candidates(search, open_candidates(search, certain=True), by=None)
    push(studio)

    assert "it was deleted or voided" in result.left[0][1]
    assert quickbooks.find("Invoice", "DocNumber = '1042'")["TotalAmt"] == 48


def test_what_a_sync_posted_meanwhile_is_not_adopted(studio: Company, quickbooks: Books) -> None:
    quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="X-1042")
    prepared(studio, UNPAID)
    search = searched(studio)
    chosen = list(open_candidates(search, certain=False))
    push(studio)

    result = adopt_candidates(search, chosen, by=None)

    assert [why for _, why in result.left] == [
        "It was sent, or decided otherwise, in the meantime. Nothing was adopted."
    ]
    assert not Adoption.objects.exists()


def test_two_records_are_never_the_same_transaction(studio: Company, quickbooks: Books) -> None:
    quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="7")
    prepared(studio, UNPAID, UNPAID.replace("1042", "1043"))
    search = searched(studio)
    chosen = list(open_candidates(search, certain=False))
    assert len(chosen) == 2

    result = adopt_candidates(search, chosen, by=None)

    assert len(result.done) == 1
    assert [why for _, why in result.left] == [
        "Another record of yours is that transaction already. Nothing was adopted."
    ]


def test_an_adopted_invoice_is_followed_and_what_is_changed_of_it_later_is_found(
    studio: Company, quickbooks: Books
) -> None:
    invoice = quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, UNPAID)
    adopt_certain(studio)
    quickbooks.delete("Invoice", invoice)

    tie_out = carry_out(begin(studio, AUGUST, by=None))

    assert [line.reason for line in tie_out.lines.filter(document__isnull=False)] == ["deleted-there"]


def test_another_amount_is_adopted_by_a_persons_word_only_and_explained_in_the_tie_out(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.invoice("40.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, UNPAID)
    search = searched(studio)
    assert open_candidates(search, certain=True).count() == 0

    adopt_candidates(search, open_candidates(search, certain=False), by=None)

    line = carry_out(begin(studio, AUGUST, by=None)).lines.get(document=document_of(studio, "1042"))
    assert (line.reason, line.source, line.should, line.there) == ("adopted", Decimal(48), Decimal(40), Decimal(40))


def test_a_later_change_of_the_order_goes_to_what_was_adopted(studio: Company, quickbooks: Books) -> None:
    invoice = quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, UNPAID)
    adopt_certain(studio)

    prepared(studio, UNPAID.replace("48.00", "60.00"))
    push(studio)

    assert quickbooks.read("Invoice", invoice["Id"])["TotalAmt"] == 60
    assert quickbooks.find("Invoice", "DocNumber = '1042'")["Id"] == invoice["Id"]


def test_a_blocked_record_is_adopted_too_and_its_payment_then_goes_to_it(studio: Company, quickbooks: Books) -> None:
    identifier = nora(quickbooks)
    invoice = quickbooks.invoice("36.00", customer=identifier, TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, renamed(MUGS, "KIT-MUG", **NEW_KIT))
    assert document_of(studio, "1042").state == DocumentState.BLOCKED

    assert adopt_certain(studio) == ["Invoice 1042"]
    push(studio)

    paid = quickbooks.query(f"select * from Payment where CustomerRef = '{identifier}'")["Payment"]
    assert [payment["Line"][0]["LinkedTxn"][0]["TxnId"] for payment in paid] == [invoice["Id"]]
    assert quickbooks.read("Invoice", invoice["Id"])["Balance"] == 0


def test_an_adoption_is_taken_back_and_the_record_is_posted_beside_what_it_was_taken_for(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, UNPAID)
    adopt_certain(studio)
    document = document_of(studio, "1042")

    undo_adoption(document, reason="Hers was another order", by=None)

    assert open_candidates(searched(studio), certain=True).count() == 0
    document.refresh_from_db()
    assert (document.state, document.quickbooks_id) == (DocumentState.READY, "")
    assert [event.step for event in document.order.events.all()][-2:] == ["not-ours", "prepared"]


def test_an_adoption_stays_while_payments_are_posted_to_it(studio: Company, quickbooks: Books) -> None:
    quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, SALE)
    adopt_certain(studio)
    push(studio)

    with pytest.raises(AdoptionStays, match="Payment 1042-1"):
        undo_adoption(document_of(studio, "1042"), reason="", by=None)


def test_an_undo_leaves_what_others_entered_and_tieout_adopted(studio: Company, quickbooks: Books) -> None:
    invoice = quickbooks.invoice("48.00", customer=nora(quickbooks), TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, UNPAID)
    adopt_certain(studio)

    undo = make_plan(begin_plan(studio, scope_of(Chosen.ORDER, document_of(studio, "1042").order_id), by=None))

    assert [(step.action, step.why) for step in undo.steps.all()] == [("leave", "adopted")]
    assert quickbooks.read("Invoice", invoice["Id"])["TotalAmt"] == 48


def test_what_was_adopted_and_deleted_and_posted_anew_is_no_adopted_one_any_more(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, UNPAID)
    sold = {"customer": nora(quickbooks), "DocNumber": "1042", "TxnDate": "2026-08-14"}
    sold["item"] = quickbooks.find("Item", "Name = 'Starter Clay Kit'")["Id"]
    refresh_lists(studio)
    quickbooks.invoice("48.00", **sold)
    adopt_certain(studio)
    gone_and_again(studio, quickbooks)
    push(studio)

    assert not carry_out(begin(studio, AUGUST, by=None)).lines.exclude(document=None).exists()
    scope = scope_of(Chosen.ORDER, document_of(studio, "1042").order_id)
    assert [step.action for step in make_plan(begin_plan(studio, scope, by=None)).steps.all()] == ["delete"]

    gone_and_again(studio, quickbooks)  # and others enter it once more
    quickbooks.invoice("48.00", **sold)
    assert adopt_certain(studio) == ["Invoice 1042"]
    assert document_of(studio, "1042").is_adopted


def gone_and_again(company: Company, quickbooks: Books) -> None:
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '1042'"))
    destination = destination_of(company)
    assert not isinstance(destination, Message)
    assert post_again(document_of(company, "1042"), destination=destination, by=None) is PostAgain.READY
