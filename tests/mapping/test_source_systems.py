"""Is every source of a company found, and none of another's, however many rows each has?"""

from __future__ import annotations

from typing import Any

import pytest

from mapping.models import Product, SourceCustomer, SourceSettings
from mapping.source_systems import systems_of
from tests.factories import a_company

pytestmark = pytest.mark.django_db


def test_each_source_of_a_company_is_named_once_and_with_one_query(
    django_assert_num_queries: Any,
) -> None:
    company, other = a_company(), a_company("Fern", "fern")
    for system, key in (("keap", "1"), ("keap", "2"), ("files", "1"), ("highlevel", "1")):
        Product.objects.create(company=company, system=system, source_key=key, name=f"Mug {key}")
    SourceCustomer.objects.create(company=company, system="shop", source_key="9", name="Zoë")
    SourceSettings.objects.create(company=company, system="keap")
    Product.objects.create(company=other, system="till", source_key="1", name="Bowl")

    with django_assert_num_queries(1):
        assert systems_of(company) == ["files", "highlevel", "keap", "shop"]
    assert systems_of(company, [Product]) == ["files", "highlevel", "keap"]
    assert systems_of(other) == ["till"]
    assert systems_of(a_company("Moss", "moss")) == []
