"""What is a payment, a credit or a refund called that its source gives no reference?"""

from __future__ import annotations

from dataclasses import replace

from books.documents import JournalEntry, Payment, SalesReceipt
from books.notes import note_text
from books.orders import Order, made_id
from tests.docs.worked_examples import planned
from tests.sample_orders import an_order

ORDER = """
    2026-08-20  order M-3001
    KIT-CLAY    48.00
    paid 2026-08-20  Card  48.00
    credit 2026-08-21  Comp  1.00
    refund 2026-08-22  Broken  2.00
    refund 2026-08-23  Late  3.00
"""


def without_ids(order: Order) -> Order:
    """The order as a spreadsheet has it: none of its records of money has an id."""
    return replace(
        order,
        payments=tuple(replace(payment, source_id=made_id(f"p{payment}"), reference="") for payment in order.payments),
        credits=tuple(replace(credit, source_id=made_id(f"c{credit}")) for credit in order.credits),
        refunds=tuple(replace(refund, source_id=made_id(f"r{refund}")) for refund in order.refunds),
    )


def test_a_payment_without_a_reference_has_none_in_quickbooks_and_no_made_up_number_is_anywhere() -> None:
    plan = planned(without_ids(an_order(ORDER)))

    numbers = [planned.document.number for planned in plan.planned if planned.document]
    assert numbers == ["M-3001", "", "CR-M-3001", "RF-M-3001", "RF-M-3001-2"]
    assert "p-" not in "".join(planned.number for planned in plan.planned)


def test_an_entry_that_stands_for_a_payment_keeps_a_number_to_be_found_by() -> None:
    order = without_ids(an_order(ORDER.replace("Card", "Gift Card")))
    plan = planned(order, settings="payment method Gift Card = Gift Cards Outstanding")

    entry = next(planned.document for planned in plan.planned if planned.kind == "payment")
    assert isinstance(entry, JournalEntry)
    assert entry.number == "PM-M-3001"


def test_a_sales_receipt_whose_payment_has_no_reference_carries_none() -> None:
    order = without_ids(an_order(ORDER.partition("credit")[0]))

    receipt = planned(order, settings="sales receipts").planned[0].document

    assert isinstance(receipt, SalesReceipt)
    assert receipt.reference == ""


def test_a_note_names_the_order_of_a_payment_that_has_no_id() -> None:
    text = "2026-08-20  order N-7\nKIT-CLAY  48.00\npaid 2026-08-20  Card  0.00\nfailed 2026-08-20  Card  9.00"
    plan = planned(without_ids(an_order(text)))

    assert [note_text({"code": note.code, "facts": dict(note.facts)}) for note in plan.notes] == [
        "Payment of N-7 is not above zero. It posts nothing.",
        "Payment of N-7 failed. No money arrived, so it posts nothing.",
    ]


def test_a_reference_longer_than_quickbooks_keeps_stands_whole_in_the_memo() -> None:
    order = an_order("2026-08-20  order 7\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00")
    for length, memo in ((21, "by hand"), (22, f"Reference {'9' * 22}\nby hand")):
        paid = replace(order.payments[0], reference="9" * length, note="by hand")
        payment = planned(replace(order, payments=(paid,))).planned[-1].document
        assert isinstance(payment, Payment)
        assert (payment.number, payment.memo) == ("9" * 21, memo)
