"""Does what QuickBooks has follow its order: updated, voided, once and only once, and nobody's hand overwritten?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from books.documents import Payment
from books.messages import Message
from companies.models import Company
from mapping.models import DocumentForms, PostingAccounts
from sync.models import Connection, Document, OrderEvent, Push
from sync.preparing.prepare import prepare_orders
from sync.pushing.decisions import PostAgain, confirm_void, keep_theirs, leave_deleted, overwrite, post_again, settle
from sync.pushing.lease import leased
from sync.pushing.push import Pusher
from sync.readiness import destination_of
from sync.resync import advance, start
from sync.run import sync_company
from tests.factories import document_of, order_of, prepared
from tests.simulators.driver import Books
from tests.sync.every_form import choose
from tests.sync.pushing import push

pytestmark = pytest.mark.django_db(transaction=True)

SOLD = "2026-08-14  order 1042\nWT-101  199.00\n"
PAID = SOLD + "paid 2026-08-15  Cash  50.00\n"
DEARER = SOLD.replace("199.00", "250.00")
CANCELLED = "status  cancelled"


def posted(company: Company, text: str) -> None:
    """Everything that this order comes to is in QuickBooks."""
    prepared(company, text)
    push(company)
    assert set(Document.objects.values_list("state", flat=True)) <= {"posted", "voided"}


def became(company: Company, text: str) -> dict[str, int]:
    """The order became this, and what a sync then does about it."""
    prepared(company, text)
    return dict(push(company).outcomes)


def in_books(books: Books, entity: str = "Invoice", number: str = "1042") -> Any:
    """The one document of this number."""
    return books.find(entity, f"DocNumber = '{number}'")


def payments(books: Books) -> list[Any]:
    """Every payment of the test's customer, the oldest first."""
    customer = books.find("Customer", "DisplayName = 'Priya Natarajan'")
    rows = books.query(f"select * from Payment where CustomerRef = '{customer['Id']}'").get("Payment", [])
    return sorted(rows, key=lambda row: int(row["Id"]))


def stands(company: Company, kind: str = "invoice") -> tuple[str, str, list[str]]:
    """State, pending change and problems of the order's document."""
    row = document_of(company, "1042", kind)
    return row.state, row.pending, [problem.code for problem in row.problems.all()]


def applied(company: Company) -> str:
    """How much of the invoice the payment settles, as posted."""
    value = document_of(company, "1042", "payment").value()
    assert isinstance(value, Payment)
    return str(value.applied)


def steps(company: Company) -> list[str]:
    """What the order's history says, in its order."""
    return list(
        OrderEvent.objects.filter(order=order_of(company, "1042")).order_by("pk").values_list("step", flat=True)
    )


@pytest.mark.criterion("C43")
def test_a_changed_order_updates_its_invoice_and_leaves_alone_what_others_added(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, SOLD)
    before = in_books(quickbooks)
    quickbooks.change("Invoice", before, CustomerMemo={"value": "Thank you!"})

    assert became(studio, DEARER) == {"updated": 1}

    after = in_books(quickbooks)
    assert (after["Id"], after["TotalAmt"], after["Balance"]) == (before["Id"], Decimal(250), Decimal(250))
    assert after["CustomerMemo"] == {"value": "Thank you!"}
    row = document_of(studio, "1042")
    assert (row.state, row.pending, row.version, str(row.total)) == ("posted", "", 2, "250.0000")
    assert row.value().total == Decimal(250)
    sent = Push.objects.latest("pk")
    assert (sent.operation, sent.generation, sent.state) == ("update", 2, "accepted")
    assert b'"PrivateNote"' not in bytes(sent.body)
    assert "updated" in steps(studio)
    assert became(studio, DEARER) == {}


def test_a_change_that_was_taken_back_before_it_was_sent_is_none(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD)
    prepared(studio, DEARER)
    assert stands(studio) == ("posted", "update", [])

    assert became(studio, SOLD) == {}

    assert stands(studio) == ("posted", "", [])


@pytest.mark.criterion("C45")
def test_a_cancelled_order_voids_its_invoice_and_its_money_stays_on_the_customers_account(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, PAID)

    became(studio, PAID + CANCELLED)

    invoice, (payment,) = in_books(quickbooks), payments(quickbooks)
    assert (invoice["TotalAmt"], invoice["Balance"]) == (0, 0)
    assert (payment["TotalAmt"], payment["UnappliedAmt"]) == (Decimal(50), Decimal(50))
    assert (stands(studio), stands(studio, "payment")) == (("voided", "", []), ("posted", "", []))
    assert applied(studio) == "0.00"
    assert [step for step in steps(studio) if step in ("voided", "unapplied")] == ["voided", "unapplied"]
    assert order_of(studio, "1042").not_posted == [{"code": "sale-undone", "facts": {}}]
    # That QuickBooks itself had freed the payment needed no push of ours
    assert list(Push.objects.order_by("pk").values_list("operation", flat=True)) == ["create", "create", "void"]


def test_an_order_that_comes_back_is_sold_anew_under_another_key(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)
    became(studio, PAID + CANCELLED)

    became(studio, PAID)

    old, new = in_books(quickbooks), in_books(quickbooks, number="1042-2")
    assert (old["TotalAmt"], new["TotalAmt"], new["Balance"]) == (0, Decimal(199), Decimal(149))
    rows = Document.objects.filter(kind="invoice").order_by("pk")
    assert [(row.key, row.state) for row in rows] == [
        ("keap:source-1042:invoice", "voided"),
        ("keap:source-1042:invoice:2", "posted"),
    ]
    assert len(payments(quickbooks)) == 1
    assert became(studio, PAID) == {}


def test_money_given_back_for_a_cancelled_order_still_reaches_the_books(studio: Company, quickbooks: Books) -> None:
    PostingAccounts.objects.filter(company=studio).update(refund_credit="Checking")
    posted(studio, PAID)

    became(studio, PAID + "refund 2026-08-20  50.00\n" + CANCELLED)

    assert stands(studio, "refund")[0] == "posted"
    assert stands(studio)[0] == "voided"
    assert payments(quickbooks)[0]["UnappliedAmt"] == 0


@pytest.mark.criterion("C47")
def test_a_payment_that_the_source_takes_back_is_voided_and_one_that_changed_follows(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, PAID)

    became(studio, PAID.replace("50.00", "60.00").replace("08-15", "08-16"))
    (payment,) = payments(quickbooks)
    assert (payment["TotalAmt"], payment["TxnDate"]) == (Decimal(60), "2026-08-16")
    assert in_books(quickbooks)["Balance"] == Decimal(139)

    became(studio, PAID.replace("paid", "voided"))
    assert payments(quickbooks)[0]["TotalAmt"] == 0
    assert in_books(quickbooks)["Balance"] == Decimal(199)
    assert stands(studio, "payment")[0] == "voided"


def test_a_payment_moves_to_another_order(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)
    other = SOLD.replace("1042", "1043")

    prepared(studio, SOLD, other + "paid 2026-08-15  Cash  50.00")
    push(studio)
    assert in_books(quickbooks, number="1043")["Balance"] == Decimal(149)
    assert in_books(quickbooks)["Balance"] == Decimal(149)  # left out without a word: a person says that it moved

    assert confirm_void(document_of(studio, "1042", "payment"), reason="It moved to 1043", by=None)
    push(studio)

    assert in_books(quickbooks)["Balance"] == Decimal(199)


def test_when_the_invoice_grows_the_money_that_was_left_over_settles_it(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD + "paid 2026-08-15  Cash  250.00")
    assert payments(quickbooks)[0]["UnappliedAmt"] == Decimal(51)

    became(studio, DEARER + "paid 2026-08-15  Cash  250.00")

    assert in_books(quickbooks)["Balance"] == 0
    assert payments(quickbooks)[0]["UnappliedAmt"] == 0


def test_when_the_invoice_shrinks_quickbooks_frees_the_rest_and_nothing_else_is_sent(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.control("options", {"payment_over_balance": "leave_unapplied"})
    posted(studio, SOLD + "paid 2026-08-15  Cash  199.00")

    became(studio, SOLD.replace("199.00", "120.00") + "paid 2026-08-15  Cash  199.00")

    assert (in_books(quickbooks)["TotalAmt"], in_books(quickbooks)["Balance"]) == (Decimal(120), 0)
    assert payments(quickbooks)[0]["UnappliedAmt"] == Decimal(79)
    assert applied(studio) == "120.00"


def test_money_that_a_later_export_leaves_out_stays_until_a_person_says_so(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD + "paid 2026-08-15  Cash  50.00\ncredit 2026-08-16  Comp  40.00")

    became(studio, SOLD)

    assert in_books(quickbooks)["Balance"] == Decimal(109)
    held = Document.objects.exclude(kind__in=("invoice", "customer"))
    assert set(held.values_list("state", "pending")) == {("posted", "held")}
    assert {problem.code for row in held for problem in row.problems.all()} == {"changed-after-posting"}


def test_a_payment_that_the_source_calls_voided_is_voided_unasked(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD + "paid 2026-08-15  Cash  50.00")

    became(studio, SOLD + "voided 2026-08-15  Cash  50.00")

    assert in_books(quickbooks)["Balance"] == Decimal(199)
    assert document_of(studio, "1042", "payment").state == "voided"


def test_a_credit_that_is_gone_is_deleted_after_its_use(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD + "credit 2026-08-16  Comp  40.00")
    assert in_books(quickbooks)["Balance"] == Decimal(159)

    became(studio, SOLD)
    for document in Document.objects.filter(pending="held").order_by("pk"):
        assert confirm_void(document, reason="Given by mistake", by=None)
    became(studio, SOLD)

    assert in_books(quickbooks)["Balance"] == Decimal(199)
    states = dict(Document.objects.exclude(kind="invoice").values_list("kind", "state"))
    assert set(states.values()) == {"voided"}
    assert steps(studio).count("removed") >= 1


def test_a_document_changed_in_quickbooks_is_not_overwritten_and_both_sides_are_shown(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, SOLD)
    invoice = in_books(quickbooks)
    line = {**invoice["Line"][0], "Amount": Decimal("180.00")}
    line["SalesItemLineDetail"] = {"ItemRef": line["SalesItemLineDetail"]["ItemRef"]}
    quickbooks.change("Invoice", invoice, Line=[line], TxnDate="2026-08-13")

    assert became(studio, DEARER) == {"held": 1}

    assert in_books(quickbooks)["TotalAmt"] == Decimal(180)
    assert stands(studio) == ("posted", "held", ["changed-in-quickbooks"])
    words = document_of(studio, "1042").problems.get().read().explain()
    assert "the date, the total, the lines" in words
    assert "2026-08-14, 199.00 USD, Wheel Throwing 101 199.00 USD" in words
    assert "2026-08-13, 180.00 USD, Wheel Throwing 101 180.00 USD" in words
    assert became(studio, DEARER) == {}  # until someone decides


def changed_there(company: Company, books: Books, text: str = DEARER) -> Document:
    """Someone moved the invoice to another day in QuickBooks, and then the order changed."""
    posted(company, SOLD)
    books.change("Invoice", in_books(books), TxnDate="2026-08-13")
    became(company, text)
    assert stands(company)[1:] == ("held", ["changed-in-quickbooks"])
    return document_of(company, "1042")


def test_a_person_lets_the_order_count_and_only_what_they_saw_is_overwritten(
    studio: Company, quickbooks: Books
) -> None:
    document = changed_there(studio, quickbooks)
    assert overwrite(document, reason="The order is right", by=None)
    quickbooks.change("Invoice", in_books(quickbooks), TxnDate="2026-08-12")

    assert dict(push(studio).outcomes) == {"held": 1}
    assert in_books(quickbooks)["TxnDate"] == "2026-08-12"

    assert overwrite(document, reason="Still right", by=None)
    assert dict(push(studio).outcomes) == {"updated": 1}
    invoice = in_books(quickbooks)
    assert (invoice["TxnDate"], invoice["TotalAmt"]) == ("2026-08-14", Decimal(250))


def test_a_person_lets_quickbooks_count_and_the_next_change_starts_from_there(
    studio: Company, quickbooks: Books
) -> None:
    document = changed_there(studio, quickbooks)

    assert keep_theirs(document, reason="Agreed by telephone", by=None)
    assert dict(push(studio).outcomes) == {}
    assert stands(studio) == ("posted", "", [])
    assert not keep_theirs(document, reason="Twice", by=None)

    assert became(studio, SOLD.replace("199.00", "260.00")) == {"updated": 1}
    invoice = in_books(quickbooks)
    assert (invoice["TxnDate"], invoice["TotalAmt"]) == ("2026-08-14", Decimal(260))


def test_what_was_changed_in_quickbooks_is_not_voided_unasked(studio: Company, quickbooks: Books) -> None:
    document = changed_there(studio, quickbooks, SOLD + CANCELLED)
    assert in_books(quickbooks)["TotalAmt"] == Decimal(199)

    assert overwrite(document, reason="Cancelled is cancelled", by=None)
    push(studio)

    assert (in_books(quickbooks)["TotalAmt"], stands(studio)[0]) == (0, "voided")


def test_what_someone_entered_in_quickbooks_already_is_taken_as_done(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD)
    quickbooks.change("Invoice", in_books(quickbooks), TxnDate="2026-08-20")

    assert became(studio, SOLD.replace("08-14", "08-20")) == {"adopted": 1}

    assert stands(studio) == ("posted", "", [])
    assert str(document_of(studio, "1042").dated) == "2026-08-20"
    assert not Push.objects.filter(operation="update").exists()


def test_a_deleted_document_is_left_deleted_or_posted_again(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD)
    quickbooks.delete("Invoice", in_books(quickbooks))

    assert became(studio, DEARER) == {"held": 1}
    assert stands(studio) == ("posted", "held", ["deleted-in-quickbooks"])

    assert leave_deleted(document_of(studio, "1042"), reason="Entered twice", by=None)
    push(studio)
    assert stands(studio) == ("ignored", "", [])
    assert "Invoice" not in quickbooks.query("select * from Invoice where DocNumber = '1042'")


def test_a_deleted_document_is_posted_again_as_the_order_is_now(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD)
    quickbooks.delete("Invoice", in_books(quickbooks))
    became(studio, DEARER)
    destination = destination_of(studio)
    assert not isinstance(destination, Message)

    assert post_again(document_of(studio, "1042"), destination=destination, by=None) is PostAgain.READY
    assert dict(push(studio).outcomes) == {"posted": 1}

    assert in_books(quickbooks)["TotalAmt"] == Decimal(250)
    assert stands(studio) == ("posted", "", [])


def test_re_sync_reads_again_what_someone_put_right_in_quickbooks(studio: Company, quickbooks: Books) -> None:
    changed_there(studio, quickbooks)
    quickbooks.change("Invoice", in_books(quickbooks), TxnDate="2026-08-14")

    run = advance(start(studio, [order_of(studio, "1042").pk], by=None))

    assert (run.state, run.counts["held"], run.counts["waiting"]) == ("finished", 0, 0)
    assert (stands(studio), in_books(quickbooks)["TotalAmt"]) == (("posted", "", []), Decimal(250))


def test_a_void_of_what_is_gone_already_is_done(studio: Company, quickbooks: Books) -> None:
    posted(studio, SOLD)
    quickbooks.delete("Invoice", in_books(quickbooks))

    assert became(studio, SOLD + CANCELLED) == {"adopted": 1}

    assert stands(studio) == ("voided", "", [])


def test_a_refused_change_leaves_the_document_posted_as_it_was(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)
    (payment,) = payments(quickbooks)
    checking = quickbooks.find("Account", "Name = 'Checking'")
    line = {
        "Amount": payment["TotalAmt"],
        "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}],
    }
    deposit = quickbooks.write("Deposit", {"DepositToAccountRef": {"value": checking["Id"]}, "Line": [line]})

    assert became(studio, PAID.replace("50.00", "60.00")) == {"refused": 1}

    assert stands(studio, "payment") == ("posted", "held", ["refused-by-quickbooks"])
    assert str(document_of(studio, "1042", "payment").total) == "50.0000"
    assert became(studio, PAID.replace("50.00", "60.00")) == {}  # until someone asks for it again
    quickbooks.delete("Deposit", deposit)
    prepare_orders(studio, [order_of(studio, "1042")], again=True)
    assert dict(push(studio).outcomes) == {"updated": 1}
    assert payments(quickbooks)[0]["TotalAmt"] == Decimal(60)


FAULTS: tuple[dict[str, str], ...] = (
    {"kind": "lost_answer"},
    {"kind": "drop_before"},
    {"kind": "500", "when": "after"},
    {"kind": "429", "body": "json"},
)


@pytest.mark.parametrize("remembers", [True, False], ids=["id-remembered", "id-forgotten"])
def test_whatever_happens_to_an_answer_the_document_is_once_what_its_order_says(
    studio: Company, quickbooks: Books, remembers: bool
) -> None:
    for number, fault in enumerate(FAULTS, start=2001):
        quickbooks.control("options", {"request_ids": "remember"})
        prepared(studio, SOLD.replace("1042", str(number)))
        push(studio)
        if not remembers:
            quickbooks.control("options", {"request_ids": "forget"})
        for text, total in ((DEARER, 250), (DEARER + CANCELLED, 0)):
            quickbooks.control("faults", {**fault, "entity": "Invoice", "operation": "write"})
            became(studio, text.replace("1042", str(number)))
            Connection.objects.filter(company=studio).update(resting_until=None)
            push(studio)
            assert (in_books(quickbooks, number=str(number))["TotalAmt"], fault) == (total, fault)
        assert document_of(studio, str(number)).state == "voided"
    assert not Push.objects.filter(state="open").exists()
    assert not Document.objects.exclude(pending="").exists()


@pytest.mark.parametrize("arrived", [True, False])
def test_a_push_that_is_too_old_is_not_trusted_but_read(studio: Company, quickbooks: Books, arrived: bool) -> None:
    posted(studio, SOLD)
    for text, state, total in ((DEARER, "posted", 250), (DEARER + CANCELLED, "voided", 0)):
        quickbooks.control("options", {"request_ids": "remember"})
        kind = "lost_answer" if arrived else "drop_before"
        quickbooks.control("faults", {"kind": kind, "entity": "Invoice", "operation": "write", "times": 3})
        became(studio, text)
        assert stands(studio)[0] == "unknown"
        Push.objects.filter(state="open").update(first_sent_at=timezone.now() - timedelta(days=2))
        quickbooks.control("faults", method="DELETE")
        quickbooks.control("options", {"request_ids": "forget"})

        push(studio)

        assert (in_books(quickbooks)["TotalAmt"], stands(studio)[0]) == (total, state)
    states = list(Push.objects.exclude(operation="create").order_by("pk").values_list("state", flat=True))
    assert states == (["adopted"] if arrived else ["abandoned", "accepted"]) * 2


class ChangesBehindOurBack:
    """A destination in whose books someone makes a change right after each reading, as often as it is told."""

    def __init__(self, real: Any, change: Any, times: int) -> None:
        self.real, self.change, self.times = real, change, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def read(self, *given: Any) -> Any:
        reading = self.real.read(*given)
        if self.times:
            self.times -= 1
            self.change()
        return reading


@pytest.mark.parametrize(("times", "outcomes"), [(1, {"stale": 1, "updated": 1}), (9, {"stale": 3})])
def test_a_document_that_changes_between_reading_and_writing_is_read_again_a_few_times(
    studio: Company, quickbooks: Books, times: int, outcomes: dict[str, int]
) -> None:
    posted(studio, SOLD)
    prepared(studio, DEARER)
    memos = iter(map(str, range(20)))

    def remark() -> None:
        quickbooks.change("Invoice", in_books(quickbooks), CustomerMemo={"value": next(memos)})

    with leased(studio) as lease:
        assert lease is not None
        racing = ChangesBehindOurBack(destination_of(studio), remark, times)
        counts = Pusher(company=studio, destination=racing, lease=lease).push()

    assert dict(counts.outcomes) == outcomes
    assert stands(studio)[:2] == (("posted", "") if times == 1 else ("posted", "update"))
    assert not Push.objects.filter(state="open").exists()
    push(studio)
    assert in_books(quickbooks)["TotalAmt"] == Decimal(250)


def test_a_company_that_does_not_post_by_itself_changes_nothing_until_someone_asks(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, SOLD)
    studio.posts_automatically = False
    studio.save()
    prepared(studio, DEARER)

    sync_company(studio)

    assert in_books(quickbooks)["TotalAmt"] == Decimal(199)
    assert stands(studio) == ("posted", "update", [])


def test_a_change_that_was_entered_by_hand_is_settled(studio: Company, quickbooks: Books) -> None:
    document = changed_there(studio, quickbooks)

    assert settle(document, reason="Corrected by hand", by=None)

    assert (stands(studio), dict(push(studio).outcomes)) == (("posted", "", []), {})
    assert str(document_of(studio, "1042").total) == "250.0000"


def test_a_receipt_whose_money_arrived_is_voided_only_when_a_person_says_so(studio: Company, quickbooks: Books) -> None:
    DocumentForms.objects.update_or_create(company=studio, defaults={"sales_receipts": True})
    text = SOLD + "paid 2026-08-14  Cash  199.00\n"
    posted(studio, text)
    assert in_books(quickbooks, "SalesReceipt")["TotalAmt"] == Decimal(199)

    became(studio, text + CANCELLED)
    assert stands(studio, "sales-receipt") == ("posted", "held", ["changed-after-posting"])

    assert confirm_void(document_of(studio, "1042", "sales-receipt"), reason="The card was charged back", by=None)
    push(studio)
    assert in_books(quickbooks, "SalesReceipt")["TotalAmt"] == 0
    assert stands(studio, "sales-receipt") == ("voided", "", [])


@pytest.mark.parametrize("form", ["journal-entry", "credit-memo"])
@pytest.mark.parametrize(("before", "after"), [("20.00", "15.00"), ("15.00", "20.00")])
def test_a_credit_that_is_used_already_becomes_smaller_or_larger_and_its_use_with_it(
    studio: Company, quickbooks: Books, form: str, before: str, after: str
) -> None:
    if form == "credit-memo":
        choose(studio, credit_item="Goodwill Credit")
    posted(studio, SOLD + f"credit 2026-08-16  Comp  {before}")
    assert Document.objects.get(kind="credit").form == form

    posted(studio, SOLD + f"credit 2026-08-16  Comp  {after}")

    rows = Document.objects.exclude(kind="invoice")
    stand = {row.kind: (row.state, row.pending, row.problems.count()) for row in rows}
    assert stand == dict.fromkeys(("credit", "credit-application"), ("posted", "", 0))
    entity = "JournalEntry" if form == "journal-entry" else "CreditMemo"
    (credit,) = quickbooks.query(f"select * from {entity} where TxnDate = '2026-08-16'")[entity]
    amount = credit["Line"][0]["Amount"] if form == "journal-entry" else credit["TotalAmt"]
    assert str(amount) == after
    invoice = quickbooks.find("Invoice", f"Id = '{Document.objects.get(kind='invoice').quickbooks_id}'")
    assert invoice["Balance"] == invoice["TotalAmt"] - Decimal(after)
