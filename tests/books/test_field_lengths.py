"""Is there one table of lengths, and do renderer, files, rehearsal company and page keep it?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from books.answers import AccountRef, CustomerRef
from books.customer_fields import tidied
from books.documents import CreditMemo, Document, Invoice, JournalEntry, JournalLine, NewCustomer, Payment, SalesReceipt
from books.field_lengths import DESKTOP, ONLINE, SHORTENED, WhenLonger, online, shortened
from books.orders import Address, Customer
from simulators.quickbooks.entities import ENTITIES
from simulators.quickbooks.fields import Found
from simulators.quickbooks.refusals import Refused
from sync.quickbooks_desktop.reading import grammar
from sync.quickbooks_desktop.writing import dialect
from sync.quickbooks_online.forms import entity_of
from sync.quickbooks_online.items import new_item
from tests.docs.field_lengths import BEGINS, PAGE, tables
from tests.quickbooks_online.lines import a_line

LONG = "x" * 9000
BUYER = CustomerRef(quickbooks_id="7", name="Priya Natarajan")
ACCOUNT = AccountRef(quickbooks_id="84", path="Accounts Receivable")
EVERYWHERE = Address(line1=LONG, line2=LONG, city=LONG, region=LONG, postal_code=LONG, country=LONG)
#: As the builders give it on.
HOME = tidied(Customer(billing=EVERYWHERE), is_new=True)[0].billing


def test_the_page_says_what_the_table_says() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert BEGINS + text.partition(BEGINS)[2] == tables(), "run python -m tests.docs.field_lengths"


@pytest.mark.parametrize(("text", "kept"), [("x" * 21, "x" * 21), ("x" * 22, "x" * 20 + SHORTENED), ("", "")])
def test_what_is_shortened_ends_in_a_sign_that_says_so(text: str, kept: str) -> None:
    assert shortened(text, 21) == kept


# QuickBooks Online ----------------------------------------------------------------------------------------------------


def documents() -> Iterator[Document]:
    """One of each form that has fields of its own, with a text that is too long in every field."""
    facts: dict[str, Any] = {
        "key": "keap:1:x",
        "number": LONG,
        "dated": date(2026, 8, 14),
        "customer": BUYER,
        "currency": "USD",
        "memo": LONG,
    }
    sold: dict[str, Any] = {"lines": (a_line(description=LONG),), "email": LONG, "billing": HOME}
    yield NewCustomer(
        key="keap:customer:1", display_name=LONG, given_name=LONG, family_name=LONG, company_name=LONG, email=LONG,
        phone=LONG, billing=HOME, shipping=HOME, currency="USD", memo=LONG,
    )  # fmt: skip
    yield Invoice(**facts, **sold, shipping=HOME, receivable=ACCOUNT, due=None)
    yield SalesReceipt(**facts, **sold, deposit_to=ACCOUNT, reference=LONG)
    yield CreditMemo(**facts, **sold, receivable=ACCOUNT)
    yield Payment(
        **facts, amount=Decimal("1.00"), applied=Decimal(0), deposit_to=ACCOUNT, receivable=ACCOUNT, invoice="keap:1:i"
    )
    lines = tuple(JournalLine(account=ACCOUNT, amount=Decimal(amount), memo=LONG) for amount in (1, -1))
    yield JournalEntry(**facts, lines=lines, stands_for="payment", why="")


def texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every free text of a body with the name of its field in the table."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, path)
    elif isinstance(value, str) and path[-1] not in NO_TEXT:
        yield ".".join(path) if path[0] == "Line" else path[1 if path[0] in ADDRESSES else 0], value


#: References, dates and words of Intuit's own.
NO_TEXT = {"value", "TxnDate", "DueDate", "DetailType", "PostingType", "TxnId", "TxnType"}
ADDRESSES = {"BillAddr", "ShipAddr"}


def test_every_text_of_every_form_is_in_the_table_and_is_made_to_fit_where_nobody_is_asked() -> None:
    found = [text for document in documents() for text in texts(entity_of(document, ids={"keap:1:i": "9"}))]

    fields = {field.name: field for field in ONLINE if field.record != "Item"}
    assert {name for name, _text in found} == set(fields)
    for name, text in found:
        field = fields[name]
        assert field.when_longer is WhenLonger.ASKED or len(text) <= field.longest, name


def test_what_an_item_is_created_with_fits() -> None:
    body = new_item(name="N", kind="Service", sku="S", income="1", expense="2", key="keap:item:" + "k" * 300)

    assert len(dict(texts(json.loads(body)))["PurchaseDesc"]) <= online("PurchaseDesc")


#: Where each field is, for the rehearsal company.
PLACES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("DisplayName", "GivenName", "FamilyName", "CompanyName", "Notes"), ("Customer", "{}")),
    "PrimaryPhone": ("Customer", "PrimaryPhone.FreeFormNumber"),
    "PrimaryEmailAddr": ("Customer", "PrimaryEmailAddr.Address"),
    **{
        name: ("Customer", f"BillAddr.{name}")
        for name in ("Line1", "Line2", "City", "CountrySubDivisionCode", "PostalCode", "Country")
    },
    **dict.fromkeys(("DocNumber", "PrivateNote"), ("Invoice", "{}")),
    "BillEmail": ("Invoice", "BillEmail.Address"),
    "Line.Description": ("Invoice", "Line.Description"),
    "PaymentRefNum": ("Payment", "{}"),
    **dict.fromkeys(("Name", "Sku", "PurchaseDesc"), ("Item", "{}")),
}


@pytest.mark.parametrize("name", [field.name for field in ONLINE])
def test_the_rehearsal_company_takes_what_fits_and_refuses_one_character_more(name: str) -> None:
    entity, place = PLACES[name]
    longest = online(name)

    for length in (longest, longest + 1):
        text = ("a" * (length - len("@example.com")) + "@example.com") if "Email" in name else "a" * length
        body: Any = text
        for part in reversed(place.format(name).split(".")):
            body = {part: [body] if part == "Line" else body}
        if length == longest:
            assert ENTITIES[entity].shape.read(body, "", Found())
        else:
            with pytest.raises(Refused) as refused:
                ENTITIES[entity].shape.read(body, "", Found())
            assert f"Max:{longest} supported. Supplied length:{length}" in refused.value.refusals[0].detail


# QuickBooks Desktop ---------------------------------------------------------------------------------------------------


def test_what_writes_the_files_and_what_checks_them_know_the_same_lengths() -> None:
    of_values = {field.name: field.longest for field in DESKTOP if field.name in grammar.LENGTHS}
    of_paths = {name: grammar.PATHS[name][0] for name in ("ACCNT", "INVITEM", "NAME")}

    assert of_values == {name: grammar.LENGTHS[name] for name in of_values}
    assert {*of_values, *of_paths, "DOCNUM", "DOCNUM of a payment"} == {field.name for field in DESKTOP}
    assert of_paths == {field.name: field.longest for field in DESKTOP if field.name in of_paths}
    assert (dialect.DOCNUM, dialect.PAYMENT_DOCNUM) == (grammar.NUMBER, grammar.PAYMENT_NUMBER)
    assert grammar.LENGTHS["PHONE1"] == dialect.PHONE
