"""Several files, nearly equal names, words that come late: is each sale in QuickBooks once, under its own name?"""

from __future__ import annotations

import pytest

from companies.models import Company
from sync.models import BatchKind, DocumentState, ExportBatch
from sync.preparing.prepare import prepare_unsent
from sync.quickbooks_desktop.batches.acknowledge import acknowledge, refuse_some, withdraw
from sync.quickbooks_desktop.reading.read import read_iif
from tests.factories import document_of, prepared
from tests.quickbooks_desktop.factories import SOLD, a_desktop_company, a_person, exported, made, text_of, with_orders

pytestmark = pytest.mark.django_db

#: Two people whose names differ behind QuickBooks Desktop's 41 characters.
LONG = "Maximiliana Wilhelmina Featherstonehaugh of {}"


@pytest.fixture
def company() -> Company:
    """Ready to export."""
    return a_desktop_company()


def names_of(batch: ExportBatch) -> set[str]:
    """The customers that the blocks of a file name."""
    return {block.name for block in read_iif(text_of(batch).encode("cp1252")).blocks}


def sold_to(company: Company, number: str, name: str, email: str) -> None:
    prepared(company, SOLD.replace("1042", number).replace("Wren Halloran <wren@example.com>", f"{name} <{email}>"))


def live(company: Company) -> ExportBatch:
    return made(company, kind=BatchKind.LIVE, backup_confirmed=True)


def test_a_name_that_a_file_gave_before_it_was_imported_is_nobody_elses(company: Company):
    sold_to(company, "1060", "Zoë Müller", "a@example.com")
    first = names_of(exported(company))
    sold_to(company, "1061", "Zoe Muller", "b@example.com")
    second = names_of(live(company))

    assert first == {"Zoe Muller"}
    assert len(second) == 1
    assert not first & second


def test_a_customer_keeps_the_name_of_the_file_after_it_was_imported(company: Company):
    sold_to(company, "1060", LONG.format("Aurora"), "a@example.com")
    batch = exported(company)
    acknowledge(batch, by=a_person())
    sold_to(company, "1061", LONG.format("Aurora"), "a@example.com")

    assert names_of(live(company)) == names_of(batch)


def test_a_customer_whose_name_was_taken_keeps_the_one_that_tells_them_apart(company: Company):
    sold_to(company, "1060", "Priyá Natarajan", "other@example.com")
    batch = exported(company)
    acknowledge(batch, by=a_person())
    sold_to(company, "1061", "Priyá Natarajan", "other@example.com")

    assert names_of(live(company)) == names_of(batch)
    assert names_of(batch).isdisjoint({"Priya Natarajan", "Priyá Natarajan"})


def test_a_withdrawn_file_frees_nothing_that_is_in_a_repeat(company: Company):
    first = exported(with_orders(company))
    invoice = document_of(company, "1042")
    repeat = made(
        company, kind=BatchKind.REPEAT, documents=[invoice.pk], reason="the file was lost", backup_confirmed=True
    )
    withdraw(first, by=a_person(), reason="never imported")

    assert document_of(company, "1042").state == DocumentState.EXPORTED
    withdraw(repeat, by=a_person(), reason="never imported either")
    assert document_of(company, "1042").state == DocumentState.READY


def test_an_error_of_a_repeat_does_not_send_again_what_arrived_before(company: Company):
    first = exported(with_orders(company))
    acknowledge(first, by=a_person())
    invoice = document_of(company, "1042")
    repeat = made(company, kind=BatchKind.REPEAT, documents=[invoice.pk], reason="to be sure", backup_confirmed=True)
    refuse_some(repeat, [(repeat.exported.get().pk, "a duplicate")], by=a_person())
    prepare_unsent(company)

    assert document_of(company, "1042").state == DocumentState.POSTED


def test_undoing_one_of_two_imports_leaves_the_other(company: Company):
    acknowledge(exported(with_orders(company)), by=a_person())
    invoice = document_of(company, "1042")
    repeat = made(company, kind=BatchKind.REPEAT, documents=[invoice.pk], reason="a mistake", backup_confirmed=True)
    acknowledge(repeat, by=a_person())
    undo = made(company, kind=BatchKind.REVERSAL, reverses=repeat, reason="it is there twice", backup_confirmed=True)
    acknowledge(undo, by=a_person())

    assert document_of(company, "1042").state == DocumentState.POSTED


def test_what_follows_a_document_that_cannot_be_written_waits_for_it(company: Company):
    with_orders(company)
    company.quickbooksaccount_set.filter(full_name="Sales:Books").update(
        name="B\u00fccher\u2013\u4e66", full_name="B\u00fccher\u2013\u4e66"
    )
    company.products.filter(name="The Patient Potter").update(quickbooks_account_name="B\u00fccher\u2013\u4e66")
    prepare_unsent(company)
    batch = exported(company)

    assert document_of(company, "1043").state == DocumentState.READY
    assert document_of(company, "1043", "payment").state == DocumentState.READY
    assert set(batch.exported.values_list("document__kind", flat=True)) == {"customer", "invoice", "payment"}
    assert batch.exported.count() == 3
