"""A document reaches QuickBooks once, whatever happens to the answer, and is found again by its mark."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from json import dumps

import pytest

from books.documents import Document
from books.outcomes import Accepted, Refused, TryLater, Unknown
from simulators.quickbooks.server import Running
from sync.models import Connection, ConnectionState
from sync.pushing.destination import NotThere
from sync.quickbooks_online.destination import QuickBooksOnline, open_destination
from sync.quickbooks_online.session import reply_of
from tests.quickbooks_online.rehearsal import (
    HASTY,
    QUICK,
    a_new_customer,
    control,
    fault,
    holds,
    numbered,
    the_id,
    the_invoice,
    the_payment,
)

pytestmark = pytest.mark.django_db


def sent(destination: QuickBooksOnline, document: Document, request_id: str = "request-1", **ids: str) -> object:
    body = destination.render(document, ids=ids)
    return destination.send(document.kind, body, request_id=request_id)


def test_an_invoice_comes_back_as_quickbooks_stored_it(quickbooks: Running, destination: QuickBooksOnline) -> None:
    invoice = the_invoice(quickbooks)

    outcome = sent(destination, invoice)

    assert isinstance(outcome, Accepted), outcome
    (stored,) = numbered(quickbooks, "5042")
    assert outcome.quickbooks_id == stored["Id"]
    assert outcome.sync_token == "0"
    assert (outcome.number, outcome.total, outcome.currency) == ("5042", Decimal("228.00"), "USD")
    assert outcome.customer_id == invoice.customer.quickbooks_id
    assert not outcome.adopted
    assert outcome.exchange.status == 200
    assert outcome.exchange.intuit_tid
    assert '"DocNumber"' in outcome.exchange.reply
    assert stored["PrivateNote"] == "Tieout keap:5042:invoice"


def test_a_payment_settles_its_invoice_and_leaves_the_rest(quickbooks: Running, destination: QuickBooksOnline) -> None:
    invoice = the_invoice(quickbooks)
    first = sent(destination, invoice)
    assert isinstance(first, Accepted)
    payment = the_payment(quickbooks, invoice)

    outcome = sent(destination, payment, "request-2", **{invoice.key: first.quickbooks_id})

    assert isinstance(outcome, Accepted), outcome
    assert (outcome.number, outcome.total) == ("pay-5042-1", Decimal("100.00"))
    (stored,) = [hold for hold in holds(quickbooks, "Payment") if hold["Id"] == outcome.quickbooks_id]
    assert stored["DepositToAccountRef"] == payment.deposit_to.quickbooks_id
    assert stored["Line"] == [
        {"Amount": Decimal("100.00"), "LinkedTxn": [{"TxnId": first.quickbooks_id, "TxnType": "Invoice"}]}
    ]


def test_a_payment_that_settles_nothing_stays_on_the_customers_account(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    invoice = the_invoice(quickbooks)
    payment = the_payment(quickbooks, invoice, applied=Decimal(0))

    outcome = sent(destination, payment, **{invoice.key: "1"})

    assert isinstance(outcome, Accepted), outcome
    (stored,) = [hold for hold in holds(quickbooks, "Payment") if hold["Id"] == outcome.quickbooks_id]
    assert (stored["Line"], stored["UnappliedAmt"]) == ([], Decimal("100.00"))


@pytest.mark.criterion("E05")
def test_a_new_customer_is_there_before_its_invoice(quickbooks: Running, destination: QuickBooksOnline) -> None:
    customer = a_new_customer()
    created = sent(destination, customer)
    assert isinstance(created, Accepted), created
    assert (created.number, created.customer_id) == ("Mara O'Connor", created.quickbooks_id)
    assert created.total == 0

    invoice = the_invoice(quickbooks, customer=customer.customer)
    outcome = sent(destination, invoice, "request-2", **{customer.key: created.quickbooks_id})

    assert isinstance(outcome, Accepted), outcome
    assert outcome.customer_id == created.quickbooks_id


def test_a_document_whose_needs_are_not_there_is_not_written(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    invoice = the_invoice(quickbooks, customer=a_new_customer().customer)

    with pytest.raises(KeyError):
        destination.render(invoice, ids={})


EITHER = ("500", "503_html", "xml_body", "fault_without_code", "empty_fault_list", "empty_body")
UNCLEAR = (
    *(("drop_before", "before"), ("timeout_before", "before")),
    *(("lost_answer", "after"), ("timeout_after", "after"), ("truncated_json", "after")),
    *((kind, when) for kind in EITHER for when in ("before", "after")),
)


@pytest.mark.parametrize(("kind", "when"), UNCLEAR)
def test_an_unclear_answer_is_unknown_and_the_same_bytes_then_post_once(
    quickbooks: Running, connection: Connection, destination: QuickBooksOnline, kind: str, when: str
) -> None:
    invoice = the_invoice(quickbooks)
    body = destination.render(invoice, ids={})
    fault(quickbooks, kind, when=when, entity="Invoice", operation="create", seconds=60)

    with open_destination(connection, timeouts=HASTY) as hasty:
        first = hasty.send("invoice", body, request_id="request-1")
    second = destination.send("invoice", body, request_id="request-1")

    assert isinstance(first, Unknown), first
    assert first.reason
    assert isinstance(second, Accepted), second
    assert len(numbered(quickbooks, "5042")) == 1


@pytest.mark.parametrize("body", ["xml", "json", "empty"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_throttled_company_is_left_alone_for_a_minute(
    quickbooks: Running, destination: QuickBooksOnline, body: str, when: str
) -> None:
    invoice = the_invoice(quickbooks)
    written = destination.render(invoice, ids={})
    fault(quickbooks, "429", body=body, when=when, entity="Invoice", operation="create")

    first = destination.send("invoice", written, request_id="request-1")
    second = destination.send("invoice", written, request_id="request-1")

    assert isinstance(first, TryLater), first
    assert (first.wait, first.needs_login) == (60, False)
    assert first.exchange.status == 429
    assert isinstance(second, Accepted), second
    assert len(numbered(quickbooks, "5042")) == 1


def test_an_expired_login_is_renewed_and_the_same_bytes_go_under_the_same_id(
    quickbooks: Running, connection: Connection, destination: QuickBooksOnline
) -> None:
    invoice = the_invoice(quickbooks)
    control(quickbooks, "expire-tokens")
    before = connection.secret

    outcome = sent(destination, invoice)

    assert isinstance(outcome, Accepted), outcome
    connection.refresh_from_db()
    assert connection.secret != before
    assert len(numbered(quickbooks, "5042")) == 1
    first, second = [
        request for request in control(quickbooks, "log", method="GET")["entries"] if request["entity"] == "Invoice"
    ]
    assert (first["status"], second["status"]) == (401, 200)
    assert (first["body"], first["query"]) == (second["body"], second["query"])
    assert first["query"]["requestid"] == "request-1"


def test_a_login_ended_in_quickbooks_needs_attention_and_says_why(
    quickbooks: Running, connection: Connection, destination: QuickBooksOnline
) -> None:
    control(quickbooks, "revoke")

    outcome = sent(destination, the_invoice(quickbooks))

    assert isinstance(outcome, TryLater), outcome
    assert outcome.needs_login
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION
    assert connection.last_error == outcome.reason
    assert "has ended" in connection.last_error
    assert numbered(quickbooks, "5042") == []


def test_nothing_leaves_over_a_connection_that_needs_attention(
    quickbooks: Running, connection: Connection, destination: QuickBooksOnline
) -> None:
    Connection.objects.update(state=ConnectionState.NEEDS_ATTENTION, last_error="Renew the subscription.")
    control(quickbooks, "log", method="DELETE")

    outcome = sent(destination, the_invoice(quickbooks))

    assert outcome == TryLater(reason="Renew the subscription.", wait=0, needs_login=True)
    assert control(quickbooks, "log", method="GET")["requests"] == 0


@pytest.mark.parametrize(
    ("code", "status", "word"),
    [
        ("6190", 400, "subscription"),
        ("120", 401, "no access"),
        ("3100", 403, "into the company"),
        ("10200", 400, "reset"),
    ],
)
def test_a_company_that_lets_nobody_in_stops_the_connection_with_its_cause(
    quickbooks: Running, connection: Connection, destination: QuickBooksOnline, code: str, status: int, word: str
) -> None:
    fault(quickbooks, "refuse", entity="Invoice", code=code, status=status, times=2)

    outcome = sent(destination, the_invoice(quickbooks))

    assert isinstance(outcome, TryLater), outcome
    assert outcome.needs_login
    assert word in outcome.reason
    connection.refresh_from_db()
    assert (connection.state, connection.last_error) == (ConnectionState.NEEDS_ATTENTION, outcome.reason)


def test_a_closed_period_is_one_cause_for_every_document_in_it(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    control(quickbooks, "close-books", {"date": "2026-08-31"})
    invoice = the_invoice(quickbooks)
    other = replace(invoice, number="5043", key="keap:5043:invoice")

    first, second = sent(destination, invoice), sent(destination, other, "request-2")

    assert isinstance(first, Refused), first
    assert isinstance(second, Refused), second
    assert first.problems[0].cause == second.problems[0].cause
    assert "books are closed" in first.problems[0].advise()


def test_a_name_that_a_vendor_has_is_a_cause_of_its_own_record(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    customer = a_new_customer("Harbor Print Co")
    other = replace(customer, key="keap:customer:78")

    first, second = sent(destination, customer), sent(destination, other, "request-2")

    assert isinstance(first, Refused), first
    assert isinstance(second, Refused), second
    (problem,) = first.problems
    assert problem.cause != second.problems[0].cause
    assert problem.facts()["record"] == "keap:customer:77"
    assert "has this name" in problem.advise()


def test_a_code_that_nobody_knows_is_a_refusal_in_its_own_words(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    fault(quickbooks, "refuse", entity="Invoice", code="7777", message="Moon in the wrong house", detail="Wait.")

    outcome = sent(destination, the_invoice(quickbooks))

    assert isinstance(outcome, Refused), outcome
    assert "7777" in outcome.problems[0].explain()
    assert "Moon in the wrong house" in outcome.problems[0].explain()
    assert "does not know this code" in outcome.problems[0].advise()


# Looking up ----------------------------------------------------------------------------------------------------------


def test_a_document_is_found_by_its_mark_and_adopted(quickbooks: Running, destination: QuickBooksOnline) -> None:
    invoice = the_invoice(quickbooks)
    fault(quickbooks, "lost_answer", entity="Invoice")
    assert isinstance(sent(destination, invoice), Unknown)

    found = destination.find(invoice, ids={})

    assert isinstance(found, Accepted), found
    assert found.adopted
    assert (found.number, found.total) == ("5042", Decimal("228.00"))


def test_a_document_that_never_arrived_is_not_there(quickbooks: Running, destination: QuickBooksOnline) -> None:
    assert isinstance(destination.find(the_invoice(quickbooks), ids={}), NotThere)
    assert isinstance(destination.find(a_new_customer(), ids={}), NotThere)


def test_another_invoice_of_the_same_number_is_not_ours(quickbooks: Running, destination: QuickBooksOnline) -> None:
    invoice = the_invoice(quickbooks)
    fields = {
        "CustomerRef": {"value": invoice.customer.quickbooks_id},
        "DocNumber": "5042",
        "PrivateNote": "Tieout keap:50420:invoice",
        "Line": [
            {
                "Amount": 10,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": invoice.lines[0].item.quickbooks_id}},
            }
        ],
    }
    control(quickbooks, "create", {"entity": "Invoice", "fields": fields})

    assert isinstance(destination.find(invoice, ids={}), NotThere)
    refused = sent(destination, invoice)
    assert isinstance(refused, Refused), refused
    assert "has this number" in refused.problems[0].advise()


def test_our_own_document_in_the_way_is_adopted_when_quickbooks_has_forgotten_the_request(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    control(quickbooks, "options", {"request_ids": "forget"})
    invoice, customer = the_invoice(quickbooks), a_new_customer()
    fault(quickbooks, "lost_answer", entity="Invoice")
    fault(quickbooks, "lost_answer", entity="Customer")
    assert isinstance(sent(destination, invoice), Unknown)
    assert isinstance(sent(destination, customer, "request-2"), Unknown)

    adopted, customer_adopted = sent(destination, invoice), sent(destination, customer, "request-2")

    assert isinstance(adopted, Accepted), adopted
    assert adopted.adopted
    assert isinstance(customer_adopted, Accepted), customer_adopted
    assert customer_adopted.adopted
    assert len(numbered(quickbooks, "5042")) == 1


def test_a_look_up_that_fails_after_a_refusal_leaves_the_outcome_unknown(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    control(quickbooks, "options", {"request_ids": "forget"})
    invoice = the_invoice(quickbooks)
    assert isinstance(sent(destination, invoice), Accepted)
    fault(quickbooks, "503_html", operation="query")

    assert isinstance(sent(destination, invoice, "request-2"), Unknown)


@pytest.mark.parametrize("name", ["Mara O'Connor", "D'Arcy \\ Sons", "\\'", "Ünïçødé & Co", "Иван 🎨"])
def test_names_with_apostrophes_and_backslashes_are_found_again(
    quickbooks: Running, destination: QuickBooksOnline, name: str
) -> None:
    customer = a_new_customer(name)
    created = sent(destination, customer)
    assert isinstance(created, Accepted), created

    found = destination.find(customer, ids={})

    assert isinstance(found, Accepted), found
    assert (found.quickbooks_id, found.number) == (created.quickbooks_id, name)


@pytest.mark.parametrize("number", ["pay-5042-1", "", "a reference longer than what QuickBooks keeps of it"])
def test_a_payment_is_found_by_its_reference_or_among_its_customers(
    quickbooks: Running, destination: QuickBooksOnline, number: str
) -> None:
    invoice = the_invoice(quickbooks)
    ids = {invoice.key: "1"}
    payment = the_payment(quickbooks, invoice, number=number, applied=Decimal(0))
    other = replace(payment, key="keap:5042:payment:2")
    assert isinstance(sent(destination, other, "request-1", **ids), Accepted)
    assert isinstance(destination.find(payment, ids=ids), NotThere)
    created = sent(destination, payment, "request-2", **ids)
    assert isinstance(created, Accepted), created

    found = destination.find(payment, ids=ids)

    assert isinstance(found, Accepted), found
    assert found.quickbooks_id == created.quickbooks_id


def test_a_payment_that_someone_corrected_in_quickbooks_is_still_found(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    invoice = the_invoice(quickbooks)
    ids = {invoice.key: "1"}
    payment = the_payment(quickbooks, invoice, applied=Decimal(0))
    created = sent(destination, payment, **ids)
    assert isinstance(created, Accepted), created
    control(quickbooks, "edit", {"entity": "Payment", "id": created.quickbooks_id, "fields": {"TotalAmt": 99}})

    found = destination.find(payment, ids=ids)

    assert isinstance(found, Accepted), found
    assert found.total == Decimal("99.00")


def test_a_voided_document_is_still_recognized(quickbooks: Running, destination: QuickBooksOnline) -> None:
    invoice = the_invoice(quickbooks)
    created = sent(destination, invoice)
    assert isinstance(created, Accepted), created
    control(quickbooks, "void", {"entity": "Invoice", "id": created.quickbooks_id})

    found = destination.find(invoice, ids={})

    assert isinstance(found, Accepted), found
    assert found.total == 0


def test_a_deleted_document_is_not_there(quickbooks: Running, destination: QuickBooksOnline) -> None:
    invoice = the_invoice(quickbooks)
    created = sent(destination, invoice)
    assert isinstance(created, Accepted), created
    control(quickbooks, "delete", {"entity": "Invoice", "id": created.quickbooks_id})

    assert isinstance(destination.find(invoice, ids={}), NotThere)


@pytest.mark.parametrize("kind", ["500", "503_html", "xml_body", "drop_before", "truncated_json", "fault_without_code"])
def test_a_look_up_without_a_clear_answer_never_says_not_there(
    quickbooks: Running, destination: QuickBooksOnline, kind: str
) -> None:
    fault(quickbooks, kind, operation="query")

    found = destination.find(the_invoice(quickbooks), ids={})

    assert isinstance(found, TryLater | Unknown), found


def test_many_documents_of_one_customer_are_searched_to_the_last_page(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    customer = the_id(quickbooks, "Customer", "Priya Natarajan")
    payment = the_payment(quickbooks, the_invoice(quickbooks), number="", applied=Decimal(0))
    ids = {payment.invoice: "1"}
    assert isinstance(sent(destination, payment, **ids), Accepted)
    with quickbooks.company.writing():
        entity = quickbooks.company.books.entities["Payment"]
        for _ in range(1000):
            entity.write(quickbooks.company.books, {"CustomerRef": {"value": customer}, "TotalAmt": 1})
        quickbooks.company.keep_changes()
    late = replace(payment, key="keap:5042:payment:3")
    assert isinstance(sent(destination, late, "request-3", **ids), Accepted)

    found = destination.find(late, ids=ids)

    assert isinstance(found, Accepted), found
    assert isinstance(destination.find(replace(payment, key="keap:none"), ids=ids), NotThere)


def test_a_rehearsal_that_is_not_running_is_tried_later(connection: Connection, quickbooks: Running) -> None:
    invoice = the_invoice(quickbooks)
    quickbooks.stop()
    with open_destination(connection, timeouts=QUICK) as destination:
        outcome = sent(destination, invoice)

    assert isinstance(outcome, TryLater), outcome
    assert not outcome.needs_login
    assert "nothing was sent" in outcome.reason


def test_an_answer_about_another_document_or_that_says_both_leaves_open_what_became_of_it(
    quickbooks: Running, destination: QuickBooksOnline
) -> None:
    invoice = the_invoice(quickbooks)
    body = destination.render(invoice, ids={})
    told = {"Invoice": {"Id": "7", "TotalAmt": 228, "PrivateNote": "Tieout keap:5042:invoice"}}
    of_another = {"Invoice": {**told["Invoice"], "PrivateNote": "Tieout keap:5043:invoice"}}
    both = {**told, "Fault": {"Error": [{"code": "2500", "Message": "No", "Detail": ""}]}}

    outcomes = [
        destination.outcome_of(reply_of(status=200, text=dumps(answer), headers={}, took=1), "invoice", body)
        for answer in (told, of_another, both)
    ]

    assert [type(outcome) for outcome in outcomes] == [Accepted, Unknown, Unknown]
