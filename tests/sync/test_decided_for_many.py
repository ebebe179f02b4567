"""Does a decision that many orders wait for keep the person waiting, and are they prepared all the same?"""

from __future__ import annotations

import io
import threading

import pytest

from companies.models import Company, Role
from mapping.models import Product, StatusWord
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentState, OrderEvent, Run, RunKind
from sync.receivers import AT_ONCE
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.staging.import_file import import_file, prepare_imported
from tests.factories import prepared, the_studio
from tests.reconciliation.factories import NEW_KIT, an_unmapped_product, as_role, renamed
from tests.reconciliation.fixing import fix

pytestmark = pytest.mark.django_db(transaction=True)
MORE = 5


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.mark.criterion("D30", "D63")
def test_an_item_that_many_orders_wait_for_is_chosen_and_the_rest_follow_in_the_background(studio: Company) -> None:
    texts = [f"2026-08-14  order {number}\nKIT-MUG  36.00" for number in range(2001, 2001 + AT_ONCE + MORE)]
    prepared(studio, *(renamed(text, "KIT-MUG", **NEW_KIT) for text in texts))
    product = Product.objects.get(name=NEW_KIT["name"])

    said = as_role(studio, Role.ACCOUNTANT).post(
        "/studio/match-items/", {"product": product.pk, "choose": "1", "item": "KIT-MUG"}
    )
    run = Run.objects.get(company=studio, kind=RunKind.PREPARE)
    for thread in threading.enumerate():
        if thread.name.startswith("resync-"):
            thread.join(30)

    assert said.status_code == 302
    assert run.items.count() == MORE
    invoices = Document.objects.filter(company=studio, kind="invoice")
    assert set(invoices.values_list("state", flat=True)) == {DocumentState.READY}
    assert Issue.objects.get(company=studio, code="product-without-mapping").state == IssueState.SOLVED


@pytest.mark.criterion("D63")
def test_a_fix_on_an_issue_that_many_orders_wait_for_is_made_and_the_rest_follow_in_the_background(
    studio: Company,
) -> None:
    issue = an_unmapped_product(studio, *(str(number) for number in range(2001, 2001 + AT_ONCE + MORE)))

    said = fix(as_role(studio, Role.ACCOUNTANT), issue, "choose-item", item="Crème Brûlée Mug Kit")
    run = Run.objects.get(company=studio, kind=RunKind.PREPARE)
    for thread in threading.enumerate():
        if thread.name.startswith("resync-"):
            thread.join(30)

    assert f"{AT_ONCE} documents are ready. {MORE} more orders are being prepared in the background." in said
    assert (run.items.count(), issue.under_way) == (MORE, run)
    invoices = Document.objects.filter(company=studio, kind="invoice")
    assert set(invoices.values_list("state", flat=True)) == {DocumentState.READY}
    assert Issue.objects.get(pk=issue.pk).state == IssueState.SOLVED
    assert OrderEvent.objects.filter(step="fixed").count() == AT_ONCE + MORE


@pytest.mark.criterion("D63")
def test_a_status_that_many_orders_have_is_said_and_the_rest_follow_in_the_background(studio: Company) -> None:
    header = "Order Number,Order Date,Status,Company,Email,Line Type,Item,Quantity,Price"
    rows = [f"{number},2026-08-01,Closed,Ada,ada@clay.example,Shipping,,1,48.00" for number in range(AT_ONCE + MORE)]
    file = io.BytesIO("\n".join((header, *rows)).encode())
    import_file(studio, LAYOUTS["orders-csv"], file, name="orders.csv", options=ReadOptions())
    prepare_imported(studio)
    word = StatusWord.objects.get(company=studio, word="Closed")

    shown = as_role(studio, Role.ACCOUNTANT).post(
        "/studio/orders/statuses/", {f"status-{word.pk}-meaning": "sale"}, follow=True
    )
    run = Run.objects.get(company=studio, kind=RunKind.PREPARE)
    for thread in threading.enumerate():
        if thread.name.startswith("resync-"):
            thread.join(30)

    assert f"Saved. It applies to {AT_ONCE + MORE} orders." in shown.content.decode()
    assert run.items.count() == MORE
    invoices = Document.objects.filter(company=studio, kind="invoice")
    assert (invoices.count(), set(invoices.values_list("state", flat=True))) == (AT_ONCE + MORE, {DocumentState.READY})
