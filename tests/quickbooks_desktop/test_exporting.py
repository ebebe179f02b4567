"""Does each document go into one file for QuickBooks Desktop, once, and does a rehearsal leave no mark?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from books.messages import Message
from companies.models import Company
from reconciliation.models import Issue
from sync.models import (
    BatchKind,
    BatchState,
    Document,
    DocumentState,
    ExportBatch,
    ExportedDocument,
    ExportPart,
    Immutable,
)
from sync.preparing.failed_records import WRITING
from sync.preparing.prepare import prepare_orders, prepare_unsent
from sync.quickbooks_desktop.batches.acknowledge import acknowledge, withdraw
from sync.quickbooks_desktop.batches.create_batch import Made, in_file_order, make_batch
from sync.quickbooks_desktop.batches.export_request import Wish
from sync.quickbooks_desktop.batches.exportable import exportable, left_behind
from sync.quickbooks_desktop.batches.preview import preview
from sync.quickbooks_desktop.batches.refusals import (
    NO_BACKUP,
    NO_REASON,
    NOT_IMPORTED,
    NOT_LIVE,
    NOTHING,
    ONLY_REHEARSALS,
    REHEARSE_FIRST,
    REVERSED,
)
from sync.quickbooks_desktop.batches.spool import FileWriter
from sync.quickbooks_desktop.reading.read import read_iif
from sync.quickbooks_desktop.writing.writer import BatchRecord
from sync.readiness import SWITCHED_OFF
from tests.factories import document_of, order_of, prepared
from tests.quickbooks_desktop.factories import (
    SOLD,
    a_desktop_company,
    a_person,
    exported,
    made,
    net,
    rehearsal,
    settings,
    text_of,
    with_orders,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    """The studio on QuickBooks Desktop, with two orders prepared."""
    return with_orders(a_desktop_company())


def states(company: Company) -> set[str]:
    return set(Document.objects.filter(company=company).values_list("state", flat=True))


def test_a_desktop_company_is_prepared_like_any_other(company: Company):
    assert Document.objects.filter(company=company).count() == 5
    assert states(company) == {DocumentState.READY}


@pytest.mark.criterion("B12")
def test_a_file_is_stored_as_it_was_checked(company: Company):
    batch = exported(company)
    report = read_iif(text_of(batch).encode())

    assert report.ok
    assert {block.trnstype for block in report.blocks} == {"INVOICE", "PAYMENT"}
    assert len(text_of(batch)) == batch.size
    assert batch.accounts == {path: [f"{d:.2f}", f"{c:.2f}"] for path, (d, c) in report.account_totals.items()}
    assert batch.kinds["invoice"] == {"count": 2, "total": "316.07"}


@pytest.mark.criterion("B33")
def test_each_line_names_the_mapped_account_and_not_the_items_own(company: Company):
    product = company.products.get(name="Starter Clay Kit")
    product.quickbooks_product_name, product.quickbooks_account_name = "Starter Clay Kit", "Sales:Tools"
    product.save()
    prepare_unsent(company)
    batch = exported(company)

    assert net(batch)["Sales:Tools"] == Decimal("-49.00")
    assert "Sales:Kits" not in batch.accounts


@pytest.mark.criterion("B33")
def test_a_product_with_an_account_alone_posts_by_it(company: Company):
    company.quickbooksitem_set.filter(name="Kiln Shelf").update(active=False)
    prepared(company, SOLD.replace("1042", "1044").replace("KIT-CLAY  ", "KILN-SH   "))
    product = company.products.get(name="Kiln Shelf")
    assert document_of(company, "1044").state == DocumentState.BLOCKED

    product.quickbooks_account_name = "Memberships"
    product.save()
    prepare_unsent(company)
    block = next(block for block in read_iif(text_of(rehearsal(company)).encode()).blocks if block.number == "T-1044")

    assert [row["INVITEM"] for row in block.splits if row["ACCNT"] == "Memberships"] == [""]


@pytest.mark.criterion("B34")
def test_a_file_has_no_column_for_classes(company: Company):
    report = read_iif(text_of(exported(company)).encode())

    assert [header.columns for header in report.headers if "CLASS" in header.columns] == []


@pytest.mark.criterion("B40")
def test_a_document_is_exported_once(company: Company):
    batch = exported(company)
    again = make_batch(company, Wish(kind=BatchKind.LIVE, backup_confirmed=True, by=a_person()))

    assert again is NOTHING
    assert states(company) == {DocumentState.EXPORTED}
    assert set(ExportedDocument.objects.values_list("batch", flat=True)) == {batch.pk}


def test_the_database_itself_refuses_a_second_export(company: Company):
    batch = exported(company)
    row = batch.exported.first()
    assert row is not None
    other = ExportBatch.objects.exclude(pk=batch.pk).get()

    with pytest.raises(IntegrityError), transaction.atomic():
        ExportedDocument.objects.create(
            company=company, batch=other, document=row.document, kind=BatchKind.LIVE, written_as=row.written_as
        )


@pytest.mark.criterion("B40")
def test_what_is_new_since_goes_into_the_next_file_alone(company: Company):
    exported(company)
    prepared(company, SOLD.replace("1042", "1050"))
    batch = made(company, kind=BatchKind.LIVE, backup_confirmed=True)

    assert sorted(batch.exported.values_list("document__number", flat=True)) == ["1050", "1050-1"]


@pytest.mark.criterion("B40")
def test_exporting_again_needs_a_reason_and_is_marked_as_a_repeat(company: Company):
    batch = exported(company)
    invoice = document_of(company, "1042")
    wish: dict[str, Any] = {
        "kind": BatchKind.REPEAT,
        "documents": [invoice.pk],
        "backup_confirmed": True,
        "by": a_person(),
    }

    assert make_batch(company, Wish(**wish)) is NO_REASON
    repeat = made(company, **wish, reason="QuickBooks crashed while importing")
    (block,) = read_iif(text_of(repeat).encode()).blocks

    assert block.number == "1042"
    assert block.top["MEMO"].startswith("REPEAT ")
    assert repeat.file_name.endswith("-repeat.iif")
    assert invoice.exports.count() == 2
    assert batch.exported.count() == 5


def test_what_was_never_in_a_file_cannot_be_repeated(company: Company):
    rehearsal(company)
    wish = Wish(
        kind=BatchKind.REPEAT, documents=[document_of(company, "1042").pk], reason="why not", backup_confirmed=True
    )

    assert make_batch(company, wish) is NOTHING


@pytest.mark.criterion("B28", "B29")
def test_a_rehearsal_is_marked_everywhere_and_leaves_no_mark(company: Company):
    before = list(Document.objects.order_by("pk").values())
    batch = rehearsal(company)
    report = read_iif(text_of(batch).encode())

    assert batch.file_name.endswith("-test.iif")
    assert all(row["MEMO"].startswith("REHEARSAL") for block in report.blocks for row in block.rows)
    assert all(block.number.startswith("T-") for block in report.blocks)
    assert list(Document.objects.order_by("pk").values()) == before
    assert not ExportedDocument.objects.exists()


@pytest.mark.criterion("B27")
def test_the_first_live_file_needs_a_rehearsal(company: Company):
    wish = Wish(kind=BatchKind.LIVE, backup_confirmed=True, by=a_person())

    assert make_batch(company, wish) is REHEARSE_FIRST
    rehearsal(company)
    assert not isinstance(make_batch(company, wish), type(REHEARSE_FIRST))


@pytest.mark.criterion("B28")
def test_a_rehearsal_company_makes_rehearsals_only(company: Company):
    Company.objects.filter(pk=company.pk).update(is_rehearsal=True)
    company.refresh_from_db()
    wish = Wish(kind=BatchKind.LIVE, backup_confirmed=True, by=a_person())

    assert make_batch(company, wish) is ONLY_REHEARSALS
    assert rehearsal(company).kind == BatchKind.REHEARSAL


@pytest.mark.criterion("B20", "B21")
def test_no_live_file_without_a_confirmed_backup_and_who_confirmed_is_kept(company: Company):
    rehearsal(company)
    assert make_batch(company, Wish(kind=BatchKind.LIVE, by=a_person())) is NO_BACKUP
    assert states(company) == {DocumentState.READY}

    batch = made(company, kind=BatchKind.LIVE, backup_confirmed=True)
    assert batch.backup_confirmed_by == a_person()
    assert batch.backup_confirmed_at == batch.made_at


def test_a_company_that_is_off_or_not_live_exports_nothing(company: Company):
    rehearsal(company)
    wish = Wish(kind=BatchKind.LIVE, backup_confirmed=True)
    Company.objects.filter(pk=company.pk).update(live_since=None)
    assert make_batch(company, wish) is NOT_LIVE

    company.switched_on = False
    assert make_batch(company, wish) is SWITCHED_OFF


# Periods --------------------------------------------------------------------------------------------------------------


def test_a_period_takes_documents_by_their_date_and_what_they_need(company: Company):
    august = {"since": date(2026, 8, 1), "until": date(2026, 8, 31)}
    numbers = set(exportable(company, **august).values_list("number", flat=True))

    assert numbers == {"", "1042", "1042-1"}


def test_a_payment_waits_for_an_invoice_that_does_not_go(company: Company):
    period = {"since": date(2026, 8, 15), "until": date(2026, 8, 31)}

    assert not exportable(company, **period).exists()
    assert left_behind(company, **period) == 1


def test_a_payment_follows_an_invoice_of_an_earlier_file(company: Company):
    exported(company, until=date(2026, 8, 14))
    batch = made(company, kind=BatchKind.LIVE, backup_confirmed=True, until=date(2026, 8, 31))

    assert list(batch.exported.values_list("document__number", flat=True)) == ["1042-1"]
    assert "Payment 1042-1 for invoice 1042" in text_of(batch)


def test_a_new_customer_keeps_the_name_that_an_earlier_file_gave(company: Company):
    settings(company, code_page="ascii")
    prepared(company, SOLD.replace("1042", "1060").replace("Wren Halloran <wren", "Zoë Müller <zoe"))
    exported(company)
    prepared(company, SOLD.replace("1042", "1061").replace("Wren Halloran <wren", "Zoë Müller <zoe"))
    report = read_iif(text_of(made(company, kind=BatchKind.LIVE, backup_confirmed=True)).encode())

    assert {block.name for block in report.blocks} == {"Zoe Muller"}


# Never changed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["sha256", "documents", "accounts", "kind", "number", "made_at", "size", "reason"])
def test_nothing_of_a_file_can_be_changed(company: Company, field: str):
    batch = exported(company)
    with pytest.raises(Immutable):
        batch.save(update_fields=[field])
    with pytest.raises(Immutable):
        ExportBatch.objects.filter(pk=batch.pk).update(**{field: getattr(batch, field)})
    with pytest.raises(Immutable):
        batch.save()


def test_the_bytes_of_a_file_cannot_be_changed(company: Company):
    part = exported(company).parts.get()
    part.data = b"other"

    with pytest.raises(Immutable):
        part.save()
    with pytest.raises(Immutable):
        ExportPart.objects.update(data=b"other")


def test_an_exported_document_is_frozen(company: Company):
    exported(company)
    product = company.products.get(name="Starter Clay Kit")
    product.quickbooks_product_name, product.quickbooks_account_name = "Starter Clay Kit", "Sales:Tools"
    product.save()
    before = document_of(company, "1042").body_hash
    prepare_orders(company, [order_of(company, "1042")])

    assert document_of(company, "1042").body_hash == before
    assert document_of(company, "1042").state == DocumentState.EXPORTED


# Left out -------------------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_written_at_all_says_why_and_changes_nothing(company: Company):
    Document.objects.filter(company=company).update(state=DocumentState.IGNORED)
    company.quickbookscustomer_set.update(display_name="Zoë Natarajan", name_compared="zoë natarajan")
    prepared(company, SOLD.replace("1042", "1070").replace("Wren Halloran <wren@", "Priya Natarajan <priya.natarajan@"))
    came = make_batch(company, Wish(kind=BatchKind.REHEARSAL))

    assert "Zoë Natarajan" in came.worded()  # type: ignore[union-attr]
    assert not ExportBatch.objects.exists()


def test_what_moves_nothing_is_set_aside_with_its_reason(company: Company):
    prepared(company, "2026-08-14  order 1080  Priya Natarajan <priya.natarajan@example.com>\nWT-101  0.00")
    exported(company)
    free = document_of(company, "1080")

    assert free.state == DocumentState.IGNORED
    assert "moves no account" in free.order.events.get(step="ignored").facts["reason"]
    assert not free.exports.exists()


# Undone ---------------------------------------------------------------------------------------------------------------


def test_withdrawing_makes_documents_ready_again(company: Company):
    batch = exported(company)
    assert withdraw(batch, by=a_person(), reason="the wrong period") is None

    assert states(company) == {DocumentState.READY}
    assert batch.state == BatchState.WITHDRAWN
    again = made(company, kind=BatchKind.LIVE, backup_confirmed=True)
    assert again.sha256 != batch.sha256
    assert net(again) == net(batch)


def test_an_imported_file_cannot_be_withdrawn(company: Company):
    batch = exported(company)
    acknowledge(batch, by=a_person())

    assert withdraw(batch, by=a_person(), reason="too late") is not None
    assert states(company) == {DocumentState.POSTED}


def test_a_reversal_takes_back_every_debit_and_credit(company: Company):
    batch = exported(company)
    wish: dict[str, Any] = {
        "kind": BatchKind.REVERSAL,
        "reverses": batch,
        "reason": "imported into last year",
        "backup_confirmed": True,
    }
    assert make_batch(company, Wish(**wish)) is NOT_IMPORTED

    acknowledge(batch, by=a_person())
    reversal = made(company, **wish)
    report = read_iif(text_of(reversal).encode())

    assert net(reversal) == {path: -amount for path, amount in net(batch).items()}
    assert {block.trnstype for block in report.blocks} == {"GENERAL JOURNAL"}
    assert all("of batch Tieout 2" in block.top["MEMO"] for block in report.blocks)
    assert make_batch(company, Wish(**wish)) is REVERSED

    acknowledge(reversal, by=a_person())
    assert document_of(company, "1042").state == DocumentState.VOIDED


# A record that breaks Tieout -----------------------------------------------------------------------------------------


def damage(company: Company, order: str, **values: Any) -> Document:
    """The stored invoice of an order says something that Tieout cannot work with."""
    document = document_of(company, order)
    frozen = document.frozen
    frozen.body = {**frozen.body, **values} if values else {"number": order}
    frozen.save()
    return document


@pytest.mark.parametrize("values", [{}, {"due": "never"}], ids=["nothing", "no date"])
def test_a_record_that_breaks_tieout_is_an_issue_and_the_others_go_into_the_file(
    company: Company, values: dict[str, Any]
) -> None:
    rehearsal(company)
    broken = damage(company, "1042", **values)

    came = make_batch(company, Wish(kind=BatchKind.LIVE, backup_confirmed=True))

    assert isinstance(came, Made)
    assert [left.code for left in came.written.left_out] == ["could-not-process", "follows-absent"]
    assert "1043" in text_of(came.batch)
    assert "1042" not in text_of(came.batch)
    broken.refresh_from_db()
    problem = broken.problems.get()
    assert (broken.state, problem.code, problem.facts["step"]) == ("blocked", "could-not-process", WRITING)
    assert document_of(company, "1043").state == "exported"
    payment = Document.objects.get(order__number="1042", kind="payment")
    assert payment.state == "blocked"
    assert Issue.objects.get(company=company, code="could-not-process").state == "open"
    # Once it can be written, it goes into the next file
    prepare_orders(company, [broken.order], again=True)
    assert {"invoice", "payment"} <= set(exportable(company).values_list("kind", flat=True))


def test_where_every_record_breaks_there_is_no_file_and_each_is_an_issue(company: Company) -> None:
    for number in ("1042", "1043"):
        damage(company, number)
    Document.objects.filter(kind="customer").update(state=DocumentState.IGNORED)

    came = make_batch(company, Wish(kind=BatchKind.REHEARSAL))

    assert isinstance(came, Message)
    assert not ExportBatch.objects.exists()
    assert Document.objects.filter(problems__code="could-not-process").count() >= 1


def test_a_preview_says_what_cannot_be_processed_and_shows_the_rest(company: Company) -> None:
    damage(company, "1042")

    written = preview(company).written

    assert written is not None
    assert (written.left_out[0].code, written.documents) == ("could-not-process", 3)


class BreaksOn(FileWriter):
    """Fails over one invoice once it is half written."""

    def _take_block(self, record: BatchRecord, kind: str) -> str:
        if record.document.number == "1042":
            raise KeyError("1042")
        return super()._take_block(record, kind)


def test_of_a_record_that_breaks_half_written_nothing_is_in_the_file(company: Company) -> None:
    with BreaksOn(company, kind=BatchKind.LIVE, batch="1") as writer, BytesIO() as file:
        for some in in_file_order(exportable(company)):
            assert len(list(writer.write(some))) == len(some)
        writer.finish(file)
        text = file.getvalue().decode("cp1252")

    assert [row.number for row, _fault in writer.broke] == ["1042"]
    assert ("1043" in text, "1042" in text, "Wren Halloran" in text) == (True, False, True)
    assert sum(writer.written.debits.values()) == sum(writer.written.credits.values()) > 0
