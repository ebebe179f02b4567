"""Do invoices live in the HighLevel simulator as they do in HighLevel?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from simulators.highlevel.amounts import Discount, LineTax, SoldLine
from simulators.highlevel.invoice_parts import Extras
from simulators.highlevel.server import RunningAgency, start
from tests.simulators.highlevel_client import HighLevelClient

MUG = SoldLine(name="Mug", amount=Decimal("36.50"), qty=Decimal(2))


@pytest.fixture
def contact(highlevel: RunningAgency) -> str:
    return highlevel.company.new_contact(firstName="Amara", lastName="Lindqvist", email="amara@example.org")


def test_a_draft_is_sent_paid_in_parts_and_paid(highlevel: RunningAgency, contact: str):
    company, client = highlevel.company, HighLevelClient(highlevel)
    invoice = company.new_invoice(contact, [MUG], issued=date(2026, 5, 4))

    def told() -> tuple[str, object, object]:
        row = client.of_location(f"/invoices/{invoice}")
        return row["status"], row["amountPaid"], row["amountDue"]

    assert told() == ("draft", 0, 73)
    company.send_invoice(invoice)
    assert told() == ("sent", 0, 73)
    first = company.record_payment(invoice, Decimal("20.10"), mode="cheque")
    assert told() == ("partially_paid", 20.1, 52.9)
    company.record_payment(invoice)
    assert told() == ("paid", 73, 0)

    row = client.of_location(f"/invoices/{invoice}")
    assert (row["issueDate"], row["dueDate"], row["contactDetails"]["id"]) == ("2026-05-04", "2026-05-18", contact)
    payments = client.of_location("/payments/transactions", entityId=invoice)["data"]
    assert [payment["amount"] for payment in payments] == [52.9, 20.1]
    assert {payment["entitySourceType"] for payment in payments} == {"invoice"}
    assert client.of_location(f"/payments/transactions/{first}")["invoiceId"] == invoice


def test_extras_change_the_total_beyond_lines_discount_and_tax(highlevel: RunningAgency, contact: str):
    extras = Extras(late_fee=Decimal(5), tip=Decimal("3.50"), fees=(("Processing fee", Decimal("1.20")),))
    invoice = highlevel.company.new_invoice(contact, [MUG], extras=extras)
    row = HighLevelClient(highlevel).of_location(f"/invoices/{invoice}")
    assert row["totalSummary"] == {"subTotal": 73, "discount": 0, "tax": 0}
    assert (row["total"], row["amountDue"]) == (82.7, 82.7)
    assert row["miscellaneousCharges"]["charges"][0]["amount"] == 1.2
    assert row["lateFeesConfiguration"]["value"] == 5


def test_a_schedule_of_payments_shows_and_changes_no_sum(highlevel: RunningAgency, contact: str):
    company, client = highlevel.company, HighLevelClient(highlevel)
    plan = [(date(2026, 6, 1), Decimal("36.50")), (date(2026, 7, 1), Decimal("36.50"))]
    invoice = company.new_invoice(contact, [MUG], schedule=plan)
    company.send_invoice(invoice)
    row = client.of_location(f"/invoices/{invoice}")
    assert row["paymentSchedule"]["type"] == "fixed"
    told = [(part["dueDate"], part["value"]) for part in row["paymentSchedule"]["schedules"]]
    assert told == [("2026-06-01", 36.5), ("2026-07-01", 36.5)]
    assert (row["total"], row["amountDue"]) == (73, 73)
    company.record_payment(invoice, plan[0][1])
    assert client.of_location(f"/invoices/{invoice}")["status"] == "partially_paid"


def test_a_payment_that_the_bank_has_not_settled_is_processed_first(highlevel: RunningAgency, contact: str):
    company, client = highlevel.company, HighLevelClient(highlevel)
    invoice = company.new_invoice(contact, [MUG])
    company.send_invoice(invoice)
    failing = company.begin_payment(invoice)
    row = client.of_location(f"/invoices/{invoice}")
    assert (row["status"], row["amountPaid"], row["amountDue"]) == ("payment_processing", 0, 73)
    assert client.of_location(f"/payments/transactions/{failing}")["status"] == "pending"
    company.settle(failing, "failed")
    assert client.of_location(f"/invoices/{invoice}")["status"] == "sent"
    company.settle(company.begin_payment(invoice))
    row = client.of_location(f"/invoices/{invoice}")
    assert (row["status"], row["amountPaid"], row["amountDue"]) == ("paid", 73, 0)


def test_a_refund_of_its_payment_leaves_an_invoice_as_it_is(highlevel: RunningAgency, contact: str):
    company, client = highlevel.company, HighLevelClient(highlevel)
    invoice = company.new_invoice(contact, [MUG])
    company.send_invoice(invoice)
    payment = company.record_payment(invoice)
    before = client.of_location(f"/invoices/{invoice}")
    company.refund(payment, Decimal(20))
    after = client.of_location(f"/invoices/{invoice}")
    assert {**after, "traceId": ""} == {**before, "traceId": ""}
    assert client.of_location(f"/payments/transactions/{payment}")["amountRefunded"] == 20


def test_a_change_moves_what_it_comes_to_and_when_it_was_changed(highlevel: RunningAgency, contact: str):
    company, client = highlevel.company, HighLevelClient(highlevel)
    invoice = company.new_invoice(contact, [MUG])
    company.send_invoice(invoice)
    before = client.of_location(f"/invoices/{invoice}")
    half = Discount(value=Decimal(50), percentage=True)
    company.change_invoice(invoice, discount=half, dueDate="2026-12-24", invoiceNumber="A-7")
    after = client.of_location(f"/invoices/{invoice}")
    assert (after["total"], after["dueDate"], after["invoiceNumber"]) == (36.5, "2026-12-24", "A-7")
    assert after["discount"] == {"type": "percentage", "value": 50}
    assert after["updatedAt"] > before["updatedAt"]
    assert after["createdAt"] == before["createdAt"]

    taxed = SoldLine(name="Bowl", amount=Decimal(10), taxes=(LineTax("City", Decimal(5)), LineTax("State", Decimal(3))))
    company.change_invoice(invoice, lines=[MUG, taxed], no_discount=True)
    row = client.of_location(f"/invoices/{invoice}")
    assert (row["total"], row["totalSummary"]["tax"]) == (83.8, 0.8)
    assert [tax["name"] for tax in row["invoiceItems"][1]["taxes"]] == ["City", "State"]


def test_what_cannot_be_done_is_said_and_changes_nothing(highlevel: RunningAgency, contact: str):
    company = highlevel.company
    invoice = company.new_invoice(contact, [MUG])
    with pytest.raises(ValueError, match="a draft is sent before it is paid"):
        company.record_payment(invoice)
    company.send_invoice(invoice)
    with pytest.raises(ValueError, match=r"between 0 and 73 can be paid, not 80\.00"):
        company.record_payment(invoice, Decimal(80))
    company.record_payment(invoice, Decimal(40))
    with pytest.raises(ValueError, match="40 of it was paid already"):
        company.change_invoice(invoice, lines=[SoldLine(name="Mug", amount=Decimal(10))])
    company.record_payment(invoice)
    for act in (company.void_invoice, company.change_invoice, company.record_payment):
        with pytest.raises(ValueError, match="the invoice is paid"):
            act(invoice)
    with pytest.raises(ValueError, match="there is no contact"):
        company.new_invoice("x", [MUG])
    row = HighLevelClient(highlevel).of_location(f"/invoices/{invoice}")
    assert (row["status"], row["total"]) == ("paid", 73)


def test_a_void_one_is_shown_and_a_deleted_one_is_not_found(highlevel: RunningAgency, contact: str):
    company, client = highlevel.company, HighLevelClient(highlevel)
    void, deleted = (company.new_invoice(contact, [MUG]) for _ in range(2))
    company.void_invoice(void)
    company.delete_invoice(deleted)
    assert client.of_location(f"/invoices/{void}")["status"] == "void"
    gone = client.send("GET", f"/invoices/{deleted}", altId=client.location, altType="location")
    assert gone.status_code == 404
    assert gone.json()["message"] == f"Invoice with id {deleted} not found"
    assert [row["_id"] for row in client.invoices()] == [void]


def test_the_list_is_narrowed_sorted_and_paged(highlevel: RunningAgency, contact: str):
    company, client = highlevel.company, HighLevelClient(highlevel)
    other = company.new_contact(firstName="Graham", lastName="Whitlock")
    days = [date(2026, 3, day) for day in (9, 2, 30)]
    numbers = [
        company.new_invoice(who, [MUG], issued=day, number=f"N-{day.day}", live=live)
        for who, day, live in zip((contact, other, contact), days, (True, True, False), strict=True)
    ]
    company.send_invoice(numbers[1])

    def found(**query: str) -> list[str]:
        return [row["invoiceNumber"] for row in client.invoices(**query)]

    assert found() == ["N-30", "N-2", "N-9"]
    assert found(sortField="issueDate", sortOrder="ascend") == ["N-2", "N-9", "N-30"]
    assert found(sortField="issueDate", sortOrder="descend") == ["N-30", "N-9", "N-2"]
    assert found(startAt="2026-03-02", endAt="2026-03-09") == ["N-2", "N-9"]
    assert found(status="sent") == ["N-2"]
    assert found(contactId=other) == ["N-2"]
    assert found(search="whitlock") == ["N-2"]
    assert found(paymentMode="test") == ["N-30"]
    assert found(limit="1", offset="1") == ["N-2"]
    assert client.of_location("/invoices/", limit="1", offset="1")["total"] == 3


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"limit": ""}, "limit should not be empty"),
        ({"offset": ""}, "offset should not be empty"),
        ({"limit": "ten"}, "limit must be a number string"),
        ({"limit": "101"}, "limit must not be greater than 100"),
        ({"startAt": "2026-13-01"}, "startAt must be a valid date in the format YYYY-MM-DD"),
        ({"status": "overdue"}, "status must be one of the following values"),
        ({"altType": "company"}, "altType must be one of the following values"),
        ({"sortField": "updatedAt"}, "sortField must be one of the following values"),
        ({"updatedSince": "2026-01-01"}, "property updatedSince should not exist"),
    ],
)
def test_a_question_that_highlevel_does_not_know_is_refused(highlevel: RunningAgency, query: dict[str, str], says: str):
    client = HighLevelClient(highlevel)
    known = {"altId": client.location, "altType": "location", "limit": "10", "offset": "0"}
    reply = client.send("GET", "/invoices/", **(known | query))
    assert reply.status_code == 422
    assert any(says in message for message in reply.json()["message"]), reply.text


def test_another_location_is_none_of_the_tokens(highlevel: RunningAgency):
    client = HighLevelClient(highlevel)
    reply = client.send("GET", "/invoices/", altId="elsewhere", altType="location", limit="1", offset="0")
    assert (reply.status_code, reply.json()["error"]) == (403, "Forbidden")


def test_the_sample_has_one_in_every_status_and_an_old_one():
    with start() as running:
        rows = HighLevelClient(running).invoices()
        assert {row["status"] for row in rows} == {"draft", "sent", "partially_paid", "paid", "void"}
        oldest = datetime.fromisoformat(rows[-1]["createdAt"])
        assert (datetime.now(UTC) - oldest).days == 400
        assert rows[-1]["updatedAt"] < rows[-2]["createdAt"]
