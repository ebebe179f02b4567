"""Are rows that are inserted by the thousand those that Django would write?"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from companies.bulk_sql import insert, insert_alike
from companies.models import Company
from sync.models import Document, DocumentBody, OrderEvent, StagedOrder
from tests.factories import order_of, prepared, the_studio

pytestmark = pytest.mark.django_db

#: What would be awkward in a text that is copied: tabs, ends of lines, backslashes, the sign for nothing.
AWKWARD = "tab\t, line\nend, back\\slash, \\N, \\., quote \" and ', Zoë 🌿"


@pytest.fixture
def order() -> StagedOrder:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-20  Cash  50.00")
    return order_of(company, "1042")


def a_document(company: Company, order: StagedOrder, key: str) -> Document:
    """A new one, like the invoice of the order, with awkward texts."""
    row = Document.objects.filter(company=company, order=order, kind="invoice").earliest("pk")
    row.pk, row.key, row.customer_name, row.number = None, key, AWKWARD, ""
    row._state.adding = True
    return row


def columns_of(row: Any) -> dict[str, Any]:
    """What the database holds of a row, apart from what differs between any two."""
    stored = type(row).objects.filter(pk=row.pk).values().get()
    return {name: value for name, value in stored.items() if name not in ("id", "key", "created_at", "changed_at")}


def test_every_column_is_as_django_writes_it(order: StagedOrder) -> None:
    theirs, ours = (a_document(order.company, order, key) for key in ("theirs", "ours"))
    Document.objects.bulk_create([theirs])
    insert([ours])

    assert columns_of(ours) == columns_of(theirs)
    assert ours.customer_name == Document.objects.get(pk=ours.pk).customer_name == AWKWARD
    assert Document.objects.get(pk=ours.pk).created_at == ours.created_at


def test_rows_that_differ_in_nothing_but_what_they_belong_to_are_as_django_writes_them(order: StagedOrder) -> None:
    prepared(order.company, "2026-08-14  order 1043\nWT-101  199.00")
    other = order_of(order.company, "1043")
    facts = {"what": AWKWARD}
    theirs = OrderEvent.objects.create(order=order, step="fixed", facts=facts)
    before = set(OrderEvent.objects.values_list("pk", flat=True))

    insert_alike(OrderEvent(step="fixed", facts=facts), "order_id", [order.pk, other.pk])

    ours = OrderEvent.objects.exclude(pk__in=before).order_by("pk")
    assert [event.order for event in ours] == [order, other]
    assert [(event.step, event.facts, event.by) for event in ours] == [(theirs.step, theirs.facts, None)] * 2
    assert all(event.at >= theirs.at for event in ours)


def test_rows_have_numbers_that_nobody_gets_again(order: StagedOrder) -> None:
    rows = [a_document(order.company, order, f"copy:{number}") for number in range(3)]
    insert(rows)
    last = a_document(order.company, order, "saved")
    last.save()

    numbers = [row.pk for row in (*rows, last)]
    assert numbers == sorted(set(numbers))
    assert Document.objects.filter(pk__in=numbers).count() == 4


def test_rows_whose_numbers_nobody_needs_get_some_all_the_same(order: StagedOrder) -> None:
    before = set(OrderEvent.objects.values_list("pk", flat=True))
    insert([OrderEvent(order=order, step="resync") for _ in range(3)], numbered=False)
    insert([OrderEvent(order=order, step="resync") for _ in range(2)])

    assert len(set(OrderEvent.objects.values_list("pk", flat=True)) - before) == 5


def test_a_row_belongs_to_one_that_got_its_number_after_they_were_joined(order: StagedOrder) -> None:
    document = a_document(order.company, order, "joined")
    body = DocumentBody(document=document, body={"text": AWKWARD, "nothing": None, "lines": [1, "2.50"]})
    insert([document])
    insert([body])

    assert DocumentBody.objects.get(document=document.pk).body == body.body


def test_a_row_that_is_refused_leaves_none_of_the_others(order: StagedOrder) -> None:
    rows = [a_document(order.company, order, "one key") for _ in range(2)]
    before = Document.objects.count()

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(rows)

    assert Document.objects.count() == before


def test_no_row_is_no_statement(order: StagedOrder, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        insert(list[OrderEvent]())
