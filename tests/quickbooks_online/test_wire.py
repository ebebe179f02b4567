"""The bytes that create a document: only what someone chose, in Intuit's words, the same every time."""

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

from books.answers import AccountRef, CustomerRef, ListRef, TaxCode, Terms
from books.documents import (
    FORMS,
    CreditApplication,
    CreditMemo,
    DiscountLine,
    Document,
    Invoice,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    NewCustomer,
    Payment,
    RefundReceipt,
    SalesReceipt,
    SalesTax,
)
from books.orders import Address
from books.outcomes import NO_EXCHANGE
from sync.quickbooks_online import wire
from sync.quickbooks_online.look_up import sought_of
from tests.quickbooks_online.lines import CLASSES, a_line

PRIYA = CustomerRef(quickbooks_id="7", name="Priya Natarajan")
RECEIVABLE = AccountRef(quickbooks_id="84", path="Accounts Receivable")
UNDEPOSITED = AccountRef(quickbooks_id="4", path="Undeposited Funds")


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
        ("14.50", "128.35", "1861.08", "128.35"),  # 1861.075: half a cent goes up, as QuickBooks has it
        ("14.50", "128.35", "1861.07", "128.3496552"),
        ("3", "33.33", "100.00", "33.3333333"),
        ("3", "33.3333333", "100.00", "33.3333333"),
        ("3", "3.3333333333", "10.00", "3.3333333"),  # more decimals than QuickBooks keeps
        ("0", "0", "0", "0.00"),
        ("1", "-20", "-20", "-20.00"),
        ("1E+2", "1", "100", "1.00"),
    ],
)
def test_a_line_has_its_quantity_and_a_price_that_multiplies_out(
    quantity: str, price: str, amount: str, shown: str
) -> None:
    (line,) = told(wire.render(an_invoice(a_line(quantity, price, amount)), ids={}))["Line"]

    assert line["Amount"] == Decimal(amount)
    detail = line["SalesItemLineDetail"]
    assert (detail["Qty"], detail["UnitPrice"]) == (Decimal(quantity), Decimal(shown))


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("0", "5", "10.00"), ("0.12345678", "1", "0.12"), ("1000000.5", "0.00999999", "9999.98")],
)
def test_a_line_that_no_price_multiplies_out_has_its_amount_alone(quantity: str, price: str, amount: str) -> None:
    (line,) = told(wire.render(an_invoice(a_line(quantity, price, amount)), ids={}))["Line"]

    assert line["Amount"] == Decimal(amount)
    assert not {"Qty", "UnitPrice"} & line["SalesItemLineDetail"].keys()


def test_yen_are_multiplied_out_by_quickbooks_with_two_digits() -> None:
    priced = a_line("1.5", "1001", "1502")  # 1,501.50 to QuickBooks, which refuses such a line

    (sent,) = told(wire.render(an_invoice(priced, currency="JPY"), ids={}))["Line"]

    detail = {"ItemRef": {"value": "11"}, "Qty": Decimal("1.5"), "UnitPrice": Decimal("1001.3333333")}
    assert sent["SalesItemLineDetail"] == detail
    assert sent["Amount"] == 1502


def test_a_description_that_is_too_long_is_cut_visibly() -> None:
    discount = DiscountLine(amount=Decimal(1), account=CLASSES, description="y" * 5000)
    sent = told(wire.render(an_invoice(a_line(description="x" * 5000), discount=discount), ids={}))

    assert [line["Description"] for line in sent["Line"]] == [f"{'x' * 3999}…", f"{'y' * 3999}…"]


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

    def conditions(document: Document) -> list[str]:
        sought = sought_of(document.kind, wire.render(document, ids={}), document=document)
        assert sought is not None
        return [query.partition(" WHERE ")[2] for query in sought.queries]

    assert conditions(an_invoice()) == [
        "DocNumber = '2041'",
        "CustomerRef = '7' AND TxnDate = '2026-08-14'",
        "CustomerRef = '7' AND TotalAmt = '199.00'",
    ]
    assert conditions(unnumbered) == [
        "CustomerRef = '7' AND TxnDate = '2026-08-20'",
        "CustomerRef = '7' AND TotalAmt = '100'",
    ]


# Every form ----------------------------------------------------------------------------------------------------------

CHECKING = AccountRef(quickbooks_id="1", path="Checking", account_type="Bank")
OWED = replace(RECEIVABLE, account_type="Accounts Receivable")
DISCOUNTS = AccountRef(quickbooks_id="24", path="Discounts Given", account_type="Income")
TAX_PAYABLE = AccountRef(quickbooks_id="9", path="Sales Tax Payable", account_type="Other Current Liability")
ONLINE, DENVER = ListRef(quickbooks_id="31", name="Online"), ListRef(quickbooks_id="32", name="Denver")
COMMON: dict[str, Any] = {"number": "CR-9", "dated": date(2026, 8, 20), "customer": PRIYA, "currency": "USD"}
RECEIPT = SalesReceipt(
    **COMMON, key="keap:2041:sales-receipt", deposit_to=UNDEPOSITED, lines=(a_line(),), reference="0123456789" * 3
)
MEMO = CreditMemo(**COMMON, key="keap:2041:credit:9", receivable=OWED, lines=(a_line(),))
REFUND = RefundReceipt(**COMMON, key="keap:2041:refund:9", paid_from=CHECKING, lines=(a_line(),))
ENTRY = JournalEntry(
    **COMMON,
    key="keap:2041:credit:9",
    stands_for="credit",
    lines=(
        JournalLine(account=DISCOUNTS, amount=Decimal(25), memo="Comp", quickbooks_class=ONLINE),
        JournalLine(account=CHECKING, amount=Decimal(0)),
        JournalLine(account=OWED, amount=Decimal(-25)),
    ),
    why="Because.",
    location=DENVER,
)
USED = CreditApplication(
    **COMMON,
    key="keap:2041:credit:9:applied",
    amount=Decimal("25"),
    receivable=OWED,
    invoice="keap:2041:invoice",
    credit="keap:2041:credit:9",
    credit_form="journal-entry",
)
IDS = {"keap:2041:invoice": "310", "keap:2041:credit:9": "311"}


def test_a_sales_receipt_says_where_the_money_is_and_cuts_the_reference() -> None:
    body = told(wire.render(RECEIPT, ids={}))

    assert body["DepositToAccountRef"] == {"value": "4"}
    assert body["PaymentRefNum"] == "012345678901234567890"
    assert "ARAccountRef" not in body


def test_a_credit_memo_and_a_refund_receipt_are_written_with_positive_lines() -> None:
    memo, refund = (told(wire.render(document, ids={})) for document in (MEMO, REFUND))

    assert memo["Line"] == refund["Line"]
    assert memo["Line"][0]["Amount"] == 199
    assert refund["DepositToAccountRef"] == {"value": "1"}
    assert (memo["DocNumber"], memo["PrivateNote"]) == ("CR-9", "Tieout keap:2041:credit:9")


def test_an_entry_has_its_debits_and_credits_and_names_the_customer_on_the_receivable_line() -> None:
    assert told(wire.render(ENTRY, ids={})) == {
        "CurrencyRef": {"value": "USD"},
        "DocNumber": "CR-9",
        "Line": [
            {
                "Amount": 25,
                "Description": "Comp",
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {
                    "AccountRef": {"value": "24"},
                    "ClassRef": {"value": "31"},
                    "DepartmentRef": {"value": "32"},
                    "PostingType": "Debit",
                },
            },
            {
                "Amount": 25,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {
                    "AccountRef": {"value": "84"},
                    "DepartmentRef": {"value": "32"},
                    "Entity": {"EntityRef": {"value": "7"}, "Type": "Customer"},
                    "PostingType": "Credit",
                },
            },
        ],
        "PrivateNote": "Tieout keap:2041:credit:9",
        "TxnDate": "2026-08-20",
    }


def test_a_used_credit_is_a_payment_of_nothing_that_ties_two_documents() -> None:
    body = told(wire.render(USED, ids=IDS))

    assert body["TotalAmt"] == 0
    assert body["Line"] == [
        {"Amount": 25, "LinkedTxn": [{"TxnId": "310", "TxnType": "Invoice"}]},
        {"Amount": 25, "LinkedTxn": [{"TxnId": "311", "TxnType": "JournalEntry"}]},
    ]
    with pytest.raises(KeyError):
        wire.render(USED, ids={"keap:2041:invoice": "310"})


def test_a_payment_ties_itself_to_an_invoice_that_is_an_entry() -> None:
    body = told(wire.render(a_payment(invoice_form="journal-entry"), ids=IDS))

    assert body["Line"][0]["LinkedTxn"] == [{"TxnId": "310", "TxnType": "JournalEntry"}]


def test_discount_tax_class_and_location_have_their_places() -> None:
    tax = SalesTax(code=TaxCode(quickbooks_id="5", name="Denver"), amount=Decimal("4.32"), account=TAX_PAYABLE)
    discount = DiscountLine(amount=Decimal(9), account=DISCOUNTS, description="Friends", quickbooks_class=ONLINE)
    lines = (a_line(taxable=True, quickbooks_class=ONLINE), a_line(key="2"))

    body = told(wire.render(an_invoice(*lines, tax=tax, discount=discount, location=DENVER), ids={}))

    sold = [line["SalesItemLineDetail"] for line in body["Line"][:2]]
    assert [detail["TaxCodeRef"]["value"] for detail in sold] == ["TAX", "NON"]
    assert [detail.get("ClassRef") for detail in sold] == [{"value": "31"}, None]
    assert body["Line"][2] == {
        "Amount": 9,
        "Description": "Friends",
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {
            "ClassRef": {"value": "31"}, "DiscountAccountRef": {"value": "24"}, "PercentBased": False
        },
    }  # fmt: skip
    assert body["TxnTaxDetail"] == {"TxnTaxCodeRef": {"value": "5"}, "TotalTax": Decimal("4.32")}
    assert (body["ApplyTaxAfterDiscount"], body["DepartmentRef"]) == (True, {"value": "32"})


@pytest.mark.parametrize("document", [RECEIPT, MEMO, REFUND, ENTRY, USED], ids=lambda one: str(one.kind))
def test_every_form_bears_its_mark_and_is_found_again_by_its_number(document: Document) -> None:
    body = wire.render(document, ids=IDS)
    sought = sought_of(document.kind, body)

    assert sought
    assert wire.key_of(document.kind, body) == sought.key == document.key
    assert wire.bears_mark(document.kind, told(body), document.key)
    column = "PaymentRefNum" if document is USED else "DocNumber"
    assert sought.queries[0] == f"SELECT * FROM {wire.ENTITIES[document.kind]} WHERE {column} = 'CR-9'"


def test_every_form_has_its_entity() -> None:
    assert set(wire.ENTITIES) == set(FORMS)


def test_what_quickbooks_stored_of_an_entry_is_read_from_its_lines() -> None:
    body = told(wire.render(ENTRY, ids={}))
    answer = {"JournalEntry": {**body, "Id": "8", "SyncToken": "0", "TotalAmt": 0}}

    stored = wire.read_accepted("journal-entry", answer, exchange=NO_EXCHANGE)

    assert (stored.number, stored.customer_id, stored.total, stored.currency) == ("CR-9", "7", Decimal(25), "USD")


@pytest.mark.parametrize("chosen", [("tax",), ("discount",), ("tax", "discount")])
def test_tax_is_worked_out_after_a_discount_where_there_are_both(chosen: tuple[str, ...]) -> None:
    parts = {
        "tax": SalesTax(code=TaxCode(quickbooks_id="5", name="Denver"), amount=Decimal("4.32"), account=TAX_PAYABLE),
        "discount": DiscountLine(amount=Decimal(10), account=DISCOUNTS, description="Friends"),
    }
    body = told(wire.render(an_invoice(**{name: parts[name] for name in chosen}), ids={}))

    assert body.get("ApplyTaxAfterDiscount") == (True if len(chosen) == 2 else None)


def test_half_a_dollar_on_the_debit_side_is_a_debit() -> None:
    debit, _nothing, credit = ENTRY.lines
    entry = replace(ENTRY, lines=(replace(debit, amount=Decimal("0.50")), replace(credit, amount=Decimal("-0.50"))))
    lines = told(wire.render(entry, ids={}))["Line"]

    assert [(line["Amount"], line["JournalEntryLineDetail"]["PostingType"]) for line in lines] == [
        (Decimal("0.5"), "Debit"),
        (Decimal("0.5"), "Credit"),
    ]


def test_of_an_entry_only_its_debits_are_its_total_and_only_a_customer_is_its_customer() -> None:
    def line(posting: str, amount: str, entity: dict[str, Any] | None = None) -> dict[str, Any]:
        detail = {"PostingType": posting, **({"Entity": entity} if entity else {})}
        return {"Amount": Decimal(amount), "JournalEntryLineDetail": detail}

    vendor = {"Type": "Vendor", "EntityRef": {"value": "30", "name": "Harbor Print Co"}}
    entry = {
        "Line": [
            "what is no line",
            {"DetailType": "DescriptionOnly", "Description": "A note without an amount"},
            line("Debit", "30", vendor),
            line("Debit", "18", {"EntityRef": {"value": "7", "name": "Priya Natarajan"}}),
            line("Credit", "47"),
        ]
    }

    assert wire.total_of("journal-entry", entry) == 48
    assert wire.customer_ref(entry) == ("7", "Priya Natarajan")
