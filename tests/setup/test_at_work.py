"""Does the company that almost every test begins with have the rows of one that went through every step?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from companies.activation import Gate, gate_of, may_post, put_practice_to_work
from companies.models import Company
from tests.at_work import put_to_work_at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 14, 15, 30, tzinfo=UTC)


def a_new_practice(slug: str) -> Company:
    return Company.objects.create(name="Kiln", slug=slug, time_zone="America/Denver", is_rehearsal=True)


def rows_of(company: Company) -> dict[str, list[dict[str, Any]]]:
    """What every table has of the company, in the order of writing, without the keys of the rows."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        names = {field.attname for field in model._meta.concrete_fields}
        if {"history_id", "slug"} <= names or model is Company:
            rows = model._default_manager.filter(slug=company.slug)
        elif "company_id" in names:
            rows = model._default_manager.filter(company_id=company.pk)
        else:
            continue
        left_out = {"id", "history_id", "company_id", "slug", "public_id"}
        kept = [{key: row[key] for key in row.keys() - left_out} for row in rows.order_by("pk").values()]
        if kept:
            found[model.__name__] = kept
    return found


@time_machine.travel(NOW, tick=False)
def test_a_company_at_work_has_the_rows_of_one_that_took_every_step() -> None:
    founder = User.objects.create_user("founder", first_name="Ada")
    stepwise = put_practice_to_work(a_new_practice("stepwise"), by=founder)
    at_once = put_to_work_at_once(a_new_practice("at-once"), by=founder)

    expected = rows_of(stepwise)
    assert rows_of(at_once) == expected
    assert {name: len(rows) for name, rows in expected.items()} == {
        "Company": 1,
        "HistoricalCompany": 2,
        "Activation": 1,
        "HistoricalActivation": 2,
        "DisclaimerAcceptance": 1,
        "HistoricalDisclaimerAcceptance": 1,
        "SetupMark": 2,
        "HistoricalSetupMark": 2,
        "TouchedCause": 1,
    }
    assert (at_once.live_since, at_once.switched_on) == (stepwise.live_since, stepwise.switched_on)
    assert gate_of(at_once) is Gate.ACTIVE
    assert may_post(at_once)


def test_it_takes_few_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    founder, company = User.objects.create_user("founder"), a_new_practice("kiln")

    with django_assert_num_queries(9):
        put_to_work_at_once(company, by=founder)
