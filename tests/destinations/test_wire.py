"""The bytes that create a document: only what somebody chose, in Intuit's words, the same every time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from books.answers import AccountRef, CustomerRef, ItemRef, Rule, Terms
from books.documents import Invoice, InvoiceLine, NewCustomer, Payment
from books.money import extended
from books.orders import Address
from books.outcomes import NO_EXCHANGE
from sync.destinations.quickbooks_online import wire

PRIYA = CustomerRef(quickbooks_id="7", name="Priya Natarajan")
RECEIVABLE = AccountRef(quickbooks_id="84", path="Accounts Receivable")
UNDEPOSITED = AccountRef(quickbooks_id="4", path="Undeposited Funds")
CLASSES = AccountRef(quickbooks_id="80", path="Services:Training:Classes")


def a_line(quantity: str = "1", price: str = "199.00", amount: str | None = None, **more: Any) -> InvoiceLine:
    count, each = Decimal(quantity), Decimal(price)
    facts: dict[str, Any] = {
        "key": "1",
        "item": ItemRef(quickbooks_id="11", name="Wheel Throwing 101"),
        "account": CLASSES,
        "description": "Wheel Throwing 101",
        "quantity": count,
        "unit_price": each,
        "amount": extended(count, each, "USD") if amount is None else Decimal(amount),
        "item_rule": Rule.SKU,
        "account_rule": Rule.ITEM_ACCOUNT,
    }
    return InvoiceLine(**facts | more)


def an_invoice(*lines: InvoiceLine, **more: Any) -> Invoice:
    facts: dict[str, Any] = {
        "key": "keap:2041:invoice",
        "number": "2041",
        "dated": date(2026, 8, 14),
        "due": None,
        "customer": PRIYA,
        "currency": "USD",
        "receivable": RECEIVABLE,
        "lines": lines or (a_line(),),
    }
    return Invoice(**facts | more)


def a_payment(**more: Any) -> Payment:
    facts: dict[str, Any] = {
        "key": "keap:2041:payment:9",
        "number": "9",
        "dated": date(2026, 8, 20),
        "customer": PRIYA,
        "currency": "USD",
        "amount": Decimal("100"),
        "applied": Decimal("60.5"),
        "deposit_to": UNDEPOSITED,
        "receivable": RECEIVABLE,
        "invoice": "keap:2041:invoice",
    }
    return Payment(**facts | more)


def told(body: bytes) -> Any:
    return simplejson.loads(body, use_decimal=True)


def test_the_smallest_invoice_says_nothing_that_nobody_chose() -> None:
    assert wire.render(an_invoice(), ids={}).decode() == (
        '{"CurrencyRef":{"value":"USD"},"CustomerRef":{"value":"7"},"DocNumber":"2041","Line":[{"Amount":199.00,'
        '"Description":"Wheel Throwing 101","DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":'
        '{"value":"11"},"Qty":1.00,"UnitPrice":199.00}}],"PrivateNote":"Tieout keap:2041:invoice",'
        '"TxnDate":"2026-08-14"}'
    )


def test_everything_that_an_invoice_can_say_has_its_place() -> None:
    address = Address(line1="12 Kiln Rd", line2="Unit 3", city="Denver", region="CO", postal_code="80202", country="US")
    invoice = an_invoice(
        due=date(2026, 8, 29),
        terms=Terms(quickbooks_id="2", name="Net 15", due_days=15),
        billing=address,
        shipping=Address(city="Boulder"),
        email="priya.natarajan@example.com",
        memo="Thank you, Priya",
    )

    body = told(wire.render(invoice, ids={}))

    assert body["DueDate"] == "2026-08-29"
    assert body["SalesTermRef"] == {"value": "2"}
    assert body["BillEmail"] == {"Address": "priya.natarajan@example.com"}
    assert body["BillAddr"] == {
        "Line1": "12 Kiln Rd",
        "Line2": "Unit 3",
        "City": "Denver",
        "CountrySubDivisionCode": "CO",
        "PostalCode": "80202",
        "Country": "US",
    }
    assert body["ShipAddr"] == {"City": "Boulder"}
    assert body["PrivateNote"] == "Thank you, Priya\nTieout keap:2041:invoice"


def test_a_payment_says_where_the_money_went_and_what_it_settles() -> None:
    body = wire.render(a_payment(memo="Card"), ids={"keap:2041:invoice": "310"})

    assert body.decode() == (
        '{"ARAccountRef":{"value":"84"},"CurrencyRef":{"value":"USD"},"CustomerRef":{"value":"7"},'
        '"DepositToAccountRef":{"value":"4"},"Line":[{"Amount":60.50,"LinkedTxn":[{"TxnId":"310","TxnType":"Invoice"}]'
        '}],"PaymentRefNum":"9","PrivateNote":"Card\\nTieout keap:2041:payment:9","TotalAmt":100.00,'
        '"TxnDate":"2026-08-20"}'
    )


def test_a_payment_that_settles_nothing_has_no_line_and_needs_no_invoice_id() -> None:
    assert "Line" not in told(wire.render(a_payment(applied=Decimal(0)), ids={}))


def test_a_reference_is_cut_to_what_quickbooks_keeps() -> None:
    body = told(wire.render(a_payment(number="123456789012345678901234", applied=Decimal(0)), ids={}))

    assert body["PaymentRefNum"] == "123456789012345678901"


def test_a_new_customer_says_who_it_is() -> None:
    customer = NewCustomer(
        key="keap:customer:77",
        display_name="Mara O'Connor",
        given_name="Mara",
        family_name="O'Connor",
        company_name="Kiln & Co",
        email="mara@example.com",
        phone="+1 303 555 0134",
        billing=Address(city="Denver"),
        currency="USD",
    )

    assert told(wire.render(customer, ids={})) == {
        "DisplayName": "Mara O'Connor",
        "GivenName": "Mara",
        "FamilyName": "O'Connor",
        "CompanyName": "Kiln & Co",
        "PrimaryEmailAddr": {"Address": "mara@example.com"},
        "PrimaryPhone": {"FreeFormNumber": "+1 303 555 0134"},
        "BillAddr": {"City": "Denver"},
        "CurrencyRef": {"value": "USD"},
        "Notes": "Tieout keap:customer:77",
    }


def test_a_customer_that_an_earlier_document_creates_is_named_by_the_id_it_got() -> None:
    invoice = an_invoice(customer=CustomerRef(name="Mara O'Connor", created_by="keap:customer:77"))

    assert told(wire.render(invoice, ids={"keap:customer:77": "93"}))["CustomerRef"] == {"value": "93"}
    with pytest.raises(KeyError):
        wire.render(invoice, ids={})


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "shown"),
    [
        ("14.50", "128.35", "1861.08", True),  # 1861.075: half a cent goes up, as QuickBooks has it
        ("14.50", "128.35", "1861.07", False),
        ("3", "33.33", "100.00", False),
        ("3", "33.3333333", "100.00", True),
        ("3", "33.33333333", "100.00", False),  # more decimals than QuickBooks keeps
        ("0", "0", "0", True),
        ("1", "-20", "-20", True),
        ("1E+2", "1", "100", True),
    ],
)
def test_quantity_and_price_are_told_only_where_they_multiply_out(
    quantity: str, price: str, amount: str, shown: bool
) -> None:
    (line,) = told(wire.render(an_invoice(a_line(quantity, price, amount)), ids={}))["Line"]

    assert line["Amount"] == Decimal(amount)
    assert ({"Qty", "UnitPrice"} <= line["SalesItemLineDetail"].keys()) is shown


def test_a_memo_that_is_too_long_is_cut_visibly_and_the_mark_stays() -> None:
    note = told(wire.render(an_invoice(memo="x" * 5000), ids={}))["PrivateNote"]

    assert len(note) == 4000
    assert note.endswith("x…\nTieout keap:2041:invoice")


def test_half_a_pair_of_a_character_does_not_stop_a_document() -> None:
    assert "?" in told(wire.render(an_invoice(memo="\ud83c"), ids={}))["PrivateNote"]


amounts = st.decimals(min_value="0", max_value="99999999", places=2, allow_nan=False)
texts = st.text(st.characters(codec="utf-8"), max_size=60)


@given(
    prices=st.lists(st.tuples(amounts, st.integers(min_value=1, max_value=999)), min_size=1, max_size=8),
    memo=texts,
    description=texts,
)
def test_every_invoice_arrives_as_it_was_meant(prices: list[tuple[Decimal, int]], memo: str, description: str) -> None:
    lines = [a_line(str(count), str(price), description=description) for price, count in prices]
    invoice = an_invoice(*lines, memo=memo)

    body = wire.render(invoice, ids={})
    read = told(body)

    assert wire.render(invoice, ids={}) == body
    assert [line["Amount"] for line in read["Line"]] == [line.amount for line in lines]
    assert sum(line["Amount"] for line in read["Line"]) == invoice.total
    assert [line.get("Description", "") for line in read["Line"]] == [description] * len(lines)
    assert list(read) == sorted(read)
    assert wire.key_of("invoice", body) == invoice.key
    assert wire.bears_mark("invoice", read, invoice.key)
    assert not any(isinstance(line["Amount"], str) for line in json.loads(body)["Line"])


@pytest.mark.parametrize(
    ("note", "ours"),
    [
        ("Tieout keap:1:invoice", True),
        ("Thank you\nTieout keap:1:invoice", True),
        ("Thank you\nTieout keap:1:invoice\nCalled her on Monday", True),
        ("Voided - Tieout keap:1:invoice", True),
        ("Voided\nTieout keap:1:invoice  ", True),
        ("Tieout keap:1:invoice:2", False),
        ("Tieout keap:11:invoice", False),
        ("xTieout keap:1:invoice", False),
        ("keap:1:invoice", False),
        ("", False),
        (None, False),
    ],
)
def test_a_mark_is_recognized_among_what_people_write(note: str | None, ours: bool) -> None:
    assert wire.bears_mark("invoice", {"PrivateNote": note}, "keap:1:invoice") is ours


def test_what_quickbooks_stored_is_read_back_in_its_own_words() -> None:
    answer = told(
        b'{"Payment":{"Id":"5000000000000503624","SyncToken":"2","TotalAmt":100,"CustomerRef":{"value":"7","name":"P"},'
        b'"CurrencyRef":{"value":"USD","name":"United States Dollar"},"PaymentRefNum":"9"},"time":"2026-08-20"}'
    )

    stored = wire.read_accepted("payment", answer, exchange=NO_EXCHANGE)

    assert (stored.quickbooks_id, stored.sync_token, stored.number) == ("5000000000000503624", "2", "9")
    assert (stored.customer_id, stored.total, stored.currency) == ("7", Decimal(100), "USD")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Payment": {"Id": "1", "TotalAmt": 1}},
        {"Invoice": None},
        {"Invoice": {"TotalAmt": 1}},
        {"Invoice": {"Id": "1"}},
        {"Invoice": {"Id": "1", "TotalAmt": "1.00"}},
        {"Invoice": {"Id": "1", "TotalAmt": True}},
        [],
    ],
)
def test_an_answer_that_lacks_what_it_must_have_is_not_taken_for_success(answer: Any) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read_accepted("invoice", answer, exchange=NO_EXCHANGE)


@pytest.mark.parametrize(
    ("text", "literal"),
    [("O'Malley", r"'O\'Malley'"), ("a\\b", r"'a\\b'"), ("\\'", r"'\\\''"), ("plain & simple", "'plain & simple'")],
)
def test_a_text_stands_in_a_query_with_its_quotes_escaped(text: str, literal: str) -> None:
    assert wire.literal(text) == literal


def test_a_document_is_looked_up_by_what_it_can_be_found_by() -> None:
    unnumbered = replace(a_payment(applied=Decimal(0)), number="")

    def query(kind: str, body: bytes) -> str:
        sought = wire.sought_of(kind, body)
        assert sought is not None
        return sought.query

    assert query("invoice", wire.render(an_invoice(), ids={})) == "SELECT * FROM Invoice WHERE DocNumber = '2041'"
    assert query("payment", wire.render(unnumbered, ids={})) == "SELECT * FROM Payment WHERE CustomerRef = '7'"
