"""Does a query whose statement is kept answer what the same query answers anew, for whatever values?"""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from companies.bulk_sql import KeptQuery, some
from sync.models import Document
from tests.factories import prepared, the_studio
from tests.sync.sales import SOLD, of_order

pytestmark = pytest.mark.django_db

BY_KEY = KeptQuery(
    lambda company, keys: (
        Document.objects.filter(company=company, key__in=keys)
        .exclude(state="posted")
        .order_by("pk")
        .values_list("number", "total")
    )
)
OF_ORDERS = KeptQuery(
    lambda numbers, state: (
        Document.objects.filter(order__number__in=numbers, state=state).select_related("order", "frozen").order_by("pk")
    )
)
LOCKED = KeptQuery(lambda pk: Document.objects.select_for_update().filter(pk=pk).values_list("pk"))


def test_values_are_those_that_are_given_now() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 4)))
    keys = list(Document.objects.order_by("pk").values_list("key", flat=True))
    totals = dict(Document.objects.values_list("number", "total"))

    assert BY_KEY.rows(company.pk, keys[:2]) == [("1", totals["1"]), ("2", totals["2"])]
    assert BY_KEY.rows(company.pk, [keys[2], "no such key"]) == [("3", totals["3"])]
    assert BY_KEY.rows(company.pk, [keys[0]]) == [("1", totals["1"])]
    assert BY_KEY.rows(company.pk + 1, keys[:2]) == []


def test_other_numbers_of_values_are_asked_for_by_few_statements() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 8)))
    keys = list(Document.objects.filter(kind="invoice").order_by("pk").values_list("key", flat=True))
    statements = set()

    for number in range(1, len(keys) + 1):
        with CaptureQueriesContext(connection) as asked:
            assert len(BY_KEY.rows(company.pk, keys[:number])) == number
        statements.add(asked[0]["sql"].count(","))

    assert len(keys) == 7
    assert len(statements) == 4  # for 1, 2, 4 and 8 of them


def test_no_text_at_all_is_no_row_and_keeps_out_no_other() -> None:
    company = the_studio()
    prepared(company, of_order(1, SOLD))
    key = Document.objects.get(kind="invoice").key

    assert BY_KEY.rows(company.pk, some(())) == []
    assert some({"b", "a"}) == ["a", "b"]
    assert len(BY_KEY.rows(company.pk, some({key, ""}))) == 1


def test_models_are_as_django_reads_them_with_what_belongs_to_them() -> None:
    prepared(the_studio(), *(of_order(number, SOLD) for number in range(1, 4)))
    theirs = list(Document.objects.exclude(number="2").order_by("pk"))

    with CaptureQueriesContext(connection) as asked:
        ours = OF_ORDERS.instances(["1", "3"], "ready")
        assert [row.order.number for row in ours] == ["1", "3"]
        assert all(row.frozen.body for row in ours)

    assert len(asked) == 1
    for mine, row in zip(ours, theirs, strict=True):
        assert {field.attname: getattr(mine, field.attname) for field in Document._meta.concrete_fields} == {
            field.attname: getattr(row, field.attname) for field in Document._meta.concrete_fields
        }
        assert mine.value() == row.value()


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_only_inside_a_transaction() -> None:
    if not connection.features.has_select_for_update:
        assert LOCKED.rows(1) == []
        return
    with transaction.atomic():
        assert LOCKED.rows(1) == []
    with pytest.raises(TransactionManagementError):
        LOCKED.rows(1)
