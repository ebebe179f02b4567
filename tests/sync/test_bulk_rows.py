"""Are the models that are made by the thousand those that Django would make?"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_init, pre_init

from companies.bulk_rows import new_row
from companies.bulk_sql import KeptQuery
from sync.models import Document, DocumentBody, OrderEvent, StagedOrder
from tests.factories import prepared, the_studio
from tests.sync.sales import SOLD, of_order

pytestmark = pytest.mark.django_db

OF_COMPANY = KeptQuery(
    lambda company: StagedOrder.objects.filter(company=company).select_related("connection__company").order_by("pk")
)


def held(row: Any) -> dict[str, Any]:
    """Everything that a row holds, and what it knows of where it comes from."""
    state = row._state
    return {**vars(row), "_state": (state.adding, state.db, sorted(state.fields_cache))}


def test_no_model_has_a_constructor_of_its_own_and_nobody_listens_to_one() -> None:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in ("companies", "mapping", "sync")]

    assert len(ours) > 50
    assert [model for model in ours if model.__init__ is not Model.__init__] == []
    assert [model for model in ours if model.from_db.__func__ is not Model.from_db.__func__] == []  # type: ignore[attr-defined]
    assert [model for model in ours if pre_init.has_listeners(model) or post_init.has_listeners(model)] == []


def test_a_new_row_is_what_its_constructor_makes() -> None:
    company = the_studio()
    prepared(company, of_order(1, SOLD))
    order = StagedOrder.objects.get()
    document = Document.objects.filter(order=order).earliest("pk")
    fields = {"order": order, "company_id": company.pk, "key": "a key", "kind": "invoice", "version": 0}

    assert held(new_row(Document, **fields)) == held(Document(**fields))
    assert held(new_row(Document, **fields, depends_on=document)) == held(Document(**fields, depends_on=document))
    assert held(new_row(OrderEvent, order=order, step="resync", by=None)) == held(
        OrderEvent(order=order, step="resync", by=None)
    )


def test_what_is_one_s_own_is_known_on_both_sides() -> None:
    document = Document(key="a key")
    body = new_row(DocumentBody, document=document, body={"kind": "invoice"})

    assert body.document is document
    assert document.frozen is body


def test_what_each_row_has_of_its_own_is_shared_with_no_other() -> None:
    one, other = new_row(StagedOrder), new_row(StagedOrder)
    one.not_posted.append("a note")

    assert other.not_posted == []


def test_rows_that_are_read_know_what_they_belong_to(django_assert_num_queries: Any) -> None:
    company = the_studio()
    prepared(company, of_order(1, SOLD), of_order(2, SOLD))
    theirs = StagedOrder.objects.filter(company=company).select_related("connection__company").order_by("pk")

    ours = OF_COMPANY.instances(company.pk)
    with django_assert_num_queries(0):
        assert [row.connection.company.name for row in ours] == [company.name] * 2
    assert [held(row) for row in ours] == [held(row) for row in theirs]
    assert held(ours[0].connection.company) == held(theirs[0].connection.company)
