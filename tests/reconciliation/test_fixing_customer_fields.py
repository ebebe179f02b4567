"""Is what QuickBooks would refuse of a customer found before it is sent, named, and put right on the spot?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from books.customer_fields import CUSTOMER_FIELDS, field_of, with_fields
from books.notes import note_text
from companies.models import Company
from mapping.models import PostingAccounts, SourceCustomer
from reconciliation.models import Issue, IssueState
from reconciliation.templatetags.tieout import words_of_note
from sync.models import Document, DocumentState
from sync.preparing.preview import notes_of as notes_of_ready
from sync.preparing.what_if import effect_of
from tests.docs.worked_examples import planned
from tests.factories import a_book_customer, document_of, order_of, prepared, the_studio
from tests.quickbooks_desktop.factories import a_desktop_company
from tests.reconciliation.factories import as_role
from tests.reconciliation.fixing import fix, page, state_of
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db

NEW = "2026-08-14  order 2001  #9 Nora Quist <nora@example.com>\nWT-101  199.00"
KNOWN = "2026-08-14  order 2001  #9 Priya Natarajan <priya.natarajan@example.com>\nWT-101  199.00"

#: The lengths that were measured to be refused, and one more of every other field.
TOO_LONG = {
    "given_name": "F" * 101,
    "family_name": "L" * 101,
    "company_name": "C" * 101,
    "phone": "1" * 40,
    "billing.line1": "a" * 501,
    "billing.city": "c" * 300,
    "billing.region": "r" * 256,
    "billing.postal_code": "8" * 49,
    "billing.country": "u" * 256,
    "shipping.line1": "a" * 501,
    "shipping.city": "c" * 300,
    "shipping.region": "r" * 256,
    "shipping.postal_code": "8" * 49,
    "shipping.country": "u" * 256,
}


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def ops(studio: Company) -> Client:
    return as_role(studio)


def stuck(company: Company, key: str, text: str, *, order: str = NEW) -> Issue:
    bought = an_order(order)
    prepared(company, replace(bought, customer=with_fields(bought.customer, {key: text})))
    return Issue.objects.get(company=company, code="customer-field-too-long")


def created_by(company: Company) -> Any:
    """The customer that the order creates."""
    return document_of(company, "2001", "customer").value()


def test_every_field_that_may_not_be_shortened_is_tried() -> None:
    assert {*TOO_LONG, "email"} == {candidate.key for candidate in CUSTOMER_FIELDS if not candidate.cosmetic}


@pytest.mark.parametrize("key", TOO_LONG)
def test_the_issue_names_field_value_and_limit_and_another_value_frees_the_order(
    studio: Company, ops: Client, key: str
) -> None:
    issue = stuck(studio, key, TOO_LONG[key])
    field = next(candidate for candidate in CUSTOMER_FIELDS if candidate.key == key)
    said = page(ops, issue)
    assert field.label in said
    assert f"{len(TOO_LONG[key])} characters, and QuickBooks keeps {field.longest}" in said

    fix(ops, issue, "enter-field", text="7")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2001") == DocumentState.READY
    created = created_by(studio)
    assert field_of(created, key) == "7"


def test_a_field_is_left_out_and_the_decision_is_kept_for_later_orders(studio: Company, ops: Client) -> None:
    issue = stuck(studio, "phone", "1" * 40)

    fix(ops, issue, "leave-field-out")

    assert created_by(studio).phone == ""
    assert SourceCustomer.objects.get(source_key="9").fields_given == {"phone": ""}
    later = an_order(NEW.replace("2001", "2002"))
    prepared(studio, replace(later, customer=replace(later.customer, phone="1" * 40)))
    assert state_of(studio, "2002") == DocumentState.READY


def test_another_value_that_is_too_long_itself_is_refused_beside_the_field(studio: Company, ops: Client) -> None:
    issue = stuck(studio, "billing.postal_code", "8" * 49)

    assert 'class="tie-error"' in fix(ops, issue, "enter-field", text="8" * 31)
    assert issue.state == IssueState.OPEN


def test_a_customer_is_chosen_in_place_of_one_whose_phone_is_too_long(studio: Company, ops: Client) -> None:
    a_book_customer(studio, "Nora Quist-Lund", quickbooks_id="50")
    issue = stuck(studio, "phone", "1" * 40)

    fix(ops, issue, "choose-customer", chosen="Nora Quist-Lund")

    assert issue.state == IssueState.SOLVED
    assert document_of(studio, "2001").value().customer.quickbooks_id == "50"


def test_the_address_on_the_invoice_of_a_customer_that_quickbooks_has_is_checked_too(studio: Company) -> None:
    assert stuck(studio, "billing.city", "c" * 300, order=KNOWN).facts["longest"] == 255
    assert state_of(studio, "2001") == DocumentState.BLOCKED


def test_addresses_of_more_than_a_hundred_characters_are_asked_about(studio: Company, ops: Client) -> None:
    emails = ", ".join(f"{letter * 30}@example.com" for letter in "abc")
    prepared(studio, NEW.replace("nora@example.com", emails))
    issue = Issue.objects.get(company=studio, code="customer-field-too-long")
    assert issue.facts["field"] == "Email"
    assert 'class="tie-error"' in fix(ops, issue, "enter-field", text="n/a")

    fix(ops, issue, "enter-field", text="nora@example.com")

    assert created_by(studio).email == "nora@example.com"
    sold: Any = document_of(studio, "2001").value()
    assert sold.email == "nora@example.com"


def test_what_is_only_for_looks_is_put_right_and_noted(studio: Company, ops: Client) -> None:
    bought = an_order(NEW)
    fields = {"billing.line2": "b" * 501, "phone": "+1 (303) 555-0100 / 0101 - 0102 ."}
    prepared(studio, replace(bought, customer=with_fields(bought.customer, fields)))

    created = created_by(studio)

    assert created.billing.line2 == "b" * 499 + "…"
    assert created.phone == "+1303555010001010102"
    said = notes_of(studio)
    assert "shortened to the 500 characters" in said
    assert "The phone number “+1 (303) 555-0100 / 0101 - 0102 .” is sent as “+1303555010001010102”" in said
    assert "+1303555010001010102" in ops.get(f"/{studio.slug}/orders/{order_of(studio, '2001').pk}/").content.decode()


def notes_of(company: Company, number: str = "2001") -> str:
    return " ".join(map(note_text, order_of(company, number).not_posted))


def test_what_is_told_otherwise_is_said_by_the_dry_run_and_where_a_mapping_is_asked_about(
    studio: Company,
) -> None:
    bought = an_order(NEW)
    prepared(studio, replace(bought, customer=replace(bought.customer, phone="+1 (303) 555-0100 / 0101 - 0102 .")))

    def asked() -> None:
        PostingAccounts.objects.filter(company=studio).update(invoice_debit="Wholesale Receivables")

    (effect,) = effect_of(studio, asked, since=bought.placed_on).changed
    assert "is sent as “+1303555010001010102”" in words_of_note(effect.notes[0])
    ((number, said),) = notes_of_ready(studio)
    assert number == "2001"
    assert "is sent as “+1303555010001010102”" in said


def test_the_page_of_a_customer_says_what_quickbooks_is_told_otherwise(studio: Company, ops: Client) -> None:
    row = SourceCustomer.objects.create(
        company=studio,
        system="keap",
        source_key="77",
        name="Kiln: Baker",
        fields_given={"phone": "", "email": "k@e.co"},
    )

    shown = ops.get(f"/admin/mapping/sourcecustomer/{row.pk}/change/").content.decode()

    assert "Phone: left out · Email: k@e.co · The name would be “Kiln - Baker”" in shown


def test_a_customer_of_a_file_is_asked_about_a_phone_that_would_be_cut_and_about_nothing_that_is_made_to_fit() -> None:
    company = a_desktop_company()
    bought = an_order(NEW)
    long = {"phone": "1" * 22, "billing.city": "c" * 300, "given_name": "F" * 40}
    prepared(company, replace(bought, customer=with_fields(bought.customer, long)))

    (issue,) = Issue.objects.filter(company=company, code="customer-field-too-long")
    assert (issue.facts["field"], issue.facts["length"], issue.facts["longest"]) == ("Phone", 22, 21)
    client = as_role(company)
    assert 'maxlength="21"' in page(client, issue)

    fix(client, issue, "enter-field", text="303 555 0100")

    assert state_of(company, "2001") == DocumentState.READY
    assert created_by(company).given_name == "F" * 40


def test_texts_that_are_longer_than_quickbooks_keeps_are_shortened_and_said(studio: Company) -> None:
    bought = an_order(KNOWN + "\npaid 2026-08-20  Check  199.00")
    line = replace(bought.lines[0], description="d" * 4001)
    paid = replace(bought.payments[0], reference="ch_3PqLkT2eZvKYlo2C1gXhT9Zk")
    prepared(studio, replace(bought, lines=(line,), payments=(paid,), title="t" * 4000))

    said = notes_of(studio)
    assert "Description of Invoice 2001 is longer than the 4000 characters that QuickBooks keeps" in said
    assert "Memo of Invoice 2001 is longer than the " in said
    assert "The payment reference “ch_3PqLkT2eZvKYlo2C1gXhT9Zk” is longer than the 21 characters" in said
    payment: Any = document_of(studio, "2001", "payment").value()
    assert (payment.number, payment.memo) == ("ch_3PqLkT2eZvKYlo2C1g", "Reference ch_3PqLkT2eZvKYlo2C1gXhT9Zk")


def test_the_whole_reference_of_a_sale_that_is_paid_at_once_is_in_the_memo_of_its_receipt() -> None:
    bought = an_order(KNOWN + "\npaid 2026-08-14  Check  199.00")
    paid = replace(bought.payments[0], reference="ch_3PqLkT2eZvKYlo2C1gXhT9Zk")
    plan = planned(replace(bought, payments=(paid,), title="A kiln"), settings="sales receipts")

    receipt: Any = plan.planned[0].document
    assert (receipt.reference, receipt.memo) == (
        "ch_3PqLkT2eZvKYlo2C1g",
        "A kiln\nReference ch_3PqLkT2eZvKYlo2C1gXhT9Zk",
    )


def test_a_number_that_is_too_long_gets_another_on_the_spot(studio: Company, ops: Client) -> None:
    long = "WEB-2026-08-14-0000000002001"
    prepared(studio, KNOWN.replace("2001", long), KNOWN.replace("2001", "TAKEN"))
    issue = Issue.objects.get(company=studio, code="number-unusable")
    assert "has 28 characters; QuickBooks keeps 21" in page(ops, issue)
    assert "Another order has the number" in fix(ops, issue, "enter-number", number="TAKEN")
    assert 'class="tie-error"' in fix(ops, issue, "enter-number", number="x" * 22)

    fix(ops, issue, "enter-number", number="WEB-2001")

    assert issue.state == IssueState.SOLVED
    document = Document.objects.get(order__number=long, kind="invoice")
    assert (document.state, document.number) == (DocumentState.READY, "WEB-2001")
    shown = ops.get(f"/{studio.slug}/orders/{order_of(studio, long).pk}/").content.decode()
    assert "WEB-2001 in QuickBooks" in shown
    prepared(studio, KNOWN.replace("2001", long).replace("199.00", "201.00"))
    document.refresh_from_db()
    assert (document.state, document.number, str(document.total)) == (DocumentState.READY, "WEB-2001", "201.0000")


def test_a_first_or_last_name_loses_the_colon_that_quickbooks_refuses_in_it(studio: Company, ops: Client) -> None:
    prepared(studio, NEW.replace("Nora Quist", "Kiln: Baker"))
    issue = Issue.objects.get(company=studio, code="name-breaks-rule")

    fix(ops, issue, "create-customer", new_name=issue.facts["corrected"])

    created = created_by(studio)
    assert (created.display_name, created.given_name, created.family_name) == ("Kiln - Baker", "Kiln-", "Baker")
    assert "First name “Kiln:” is sent as “Kiln-”: QuickBooks takes no colon" in notes_of(studio)
