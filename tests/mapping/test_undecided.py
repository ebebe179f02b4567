"""Is what is left to map asked of few products, and answered as if it were asked of all?"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, cast

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.problems import Unmatched
from companies.models import Company
from mapping.left_to_map import Left, left_to_map
from mapping.models import (
    Product,
    QuickBooksAccount,
    QuickBooksItem,
    SourceItemRules,
    SourceSettings,
    UndecidedProduct,
    settings_of,
)
from mapping.product_states import not_in_quickbooks, number_to_decide, two_fit, without_mapping
from mapping.undecided import undecided
from mapping.unmatched import candidates, counts, reasons_of, unmatched, unmatched_by
from tests.factories import the_studio
from tests.mapping.items import a_product, an_item

pytestmark = pytest.mark.django_db

RULES = (without_mapping, not_in_quickbooks, two_fit)
NAMES = ("Mug", "Cup", "Pots:Mug", "mug!", "Bowl", "Jug")


@pytest.fixture
def studio() -> Company:
    return the_studio()


def of(company: Company) -> QuerySet[Product]:
    return Product.objects.filter(company=company)


def waiting(company: Company) -> list[set[int]]:
    """What each rule lists, asked of all products of the company."""
    return [set(rule(of(company), company).values_list("pk", flat=True)) for rule in RULES]


def told(company: Company) -> list[set[int]]:
    """What each rule lists, asked of those that may wait."""
    return [set(rule(undecided(of(company), company), company).values_list("pk", flat=True)) for rule in RULES]


def left(company: Company) -> list[set[int]]:
    """The same, as the kept statement answers."""
    rows = left_to_map(company, *Left)
    assert rows is not None
    return [{row.key for row in rows if row.reason == reason} for reason in Left]


def renamed(company: Company, chance: random.Random) -> None:
    item = chance.choice(list(QuickBooksItem.objects.filter(company=company)))
    item.full_name = item.name = chance.choice(NAMES)
    item.save()


def changes() -> list[Callable[[Company, random.Random], object]]:
    """What people, imports and the reading of lists do to what products are found by."""
    items, accounts = QuickBooksItem.objects, QuickBooksAccount.objects
    names = ("quickbooks_product_name", "quickbooks_account_name", "name_given")

    def mapped(company: Company, chance: random.Random) -> None:
        product = chance.choice(list(of(company)))
        setattr(product, chance.choice(names), chance.choice(("", *NAMES, "Sales")))
        product.save()

    def many_mapped(company: Company, chance: random.Random) -> None:
        products = chance.sample(list(of(company)), 3)
        for product in products:
            product.quickbooks_product_name = chance.choice(("", *NAMES))
        Product.objects.bulk_update(products, ["quickbooks_product_name"])

    def switched(company: Company, chance: random.Random) -> None:
        switch = settings_of(company, "keap")
        switch.item_sync = not switch.item_sync
        switch.save()

    def ruled(company: Company, chance: random.Random) -> None:
        first, second = chance.sample(["sku", "name", "like-name", ""], 2)
        steps = {"match_first": first, "match_second": second}
        SourceItemRules.objects.update_or_create(company=company, system="keap", defaults=steps)

    def listed(company: Company, chance: random.Random) -> None:
        key = f"n{chance.randrange(9)}"
        new = Product(company=company, system="keap", source_key=key, name=chance.choice(NAMES))
        Product.objects.bulk_create([new], ignore_conflicts=True)

    return [
        mapped,
        many_mapped,
        switched,
        ruled,
        renamed,
        lambda company, chance: a_product(company, chance.choice(NAMES), sku=chance.choice(("", "M-1"))),
        lambda company, chance: an_item(company, chance.choice(NAMES), sku=chance.choice(("", "M-1"))),
        lambda company, chance: items.filter(company=company, name=chance.choice(NAMES)).update(active=False),
        lambda company, chance: items.filter(company=company, active=False).update(active=True),
        lambda company, chance: items.filter(company=company).latest("pk").delete(),
        lambda company, chance: items.filter(pk=items.filter(company=company).latest("pk").pk).delete(),
        lambda company, chance: of(company).filter(name=chance.choice(NAMES)).update(active=False),
        lambda company, chance: accounts.filter(company=company).update(active=chance.choice((True, False))),
        listed,
    ]


@pytest.mark.parametrize("seed", [1])
def test_whatever_is_done_the_rules_list_the_same_products_as_if_all_were_asked(studio: Company, seed: int) -> None:
    chance = random.Random(seed)
    for name in NAMES:
        a_product(studio, name)
        an_item(studio, name)
    seen = set[int]()

    done = changes()
    chance.shuffle(done)
    for change in done:
        change(studio, chance)
        found = waiting(studio)
        assert told(studio) == left(studio) == found
        asked: Any = unmatched(studio)
        reasons = {row.pk: row.reason for row in asked}
        assert reasons.keys() <= set.union(*found)
        assert reasons_of(studio, list(of(studio))) == reasons
        assert {row.pk: cast(Any, row).reason for row in unmatched_by(studio, None)} == reasons
        assert counts(studio) == {reason: list(reasons.values()).count(reason) for reason in Unmatched}
        for reason in Unmatched:
            of_reason = {key for key, why in reasons.items() if why == reason}
            assert set(unmatched_by(studio, reason).values_list("pk", flat=True)) == of_reason
        seen.update(map(len, found))

    assert len(seen) > 2  # it was not about nothing


def test_only_what_waits_is_asked_and_one_query_tells_that_nothing_was_changed(studio: Company) -> None:
    for place in range(20):
        an_item(studio, f"Item {place}")
        a_product(studio, f"Item {place}")
    left = a_product(studio, "Jug")
    told(studio)

    with CaptureQueriesContext(connection) as queries:
        some = undecided(of(studio), studio)

    assert len(queries) == 1
    assert left in some
    assert some.count() < 20
    assert not some.filter(name__startswith="Item ").exists()


def test_the_kept_statement_answers_each_company_from_its_own_lists(studio: Company) -> None:
    other = Company.objects.create(name="Other", slug="other")
    QuickBooksItem.objects.create(
        company=other, quickbooks_id="1", name="Mug", full_name="Mug", changed_at=timezone.now()
    )
    mug, cup = a_product(studio, "Mug"), a_product(other, "Cup")
    a_product(other, "Mug")

    assert left(studio) == [{mug.pk}, set(), set()]
    assert left(other) == [{cup.pk}, set(), set()]


def test_an_item_that_is_renamed_or_made_inactive_is_offered_as_it_is_now(studio: Company) -> None:
    an_item(studio, "Cotton shirt red")
    shirt = a_product(studio, "Cotton shirt, red")

    def offered() -> list[str]:
        return [candidate.item.name for candidate in candidates(studio, [shirt])[shirt.pk]]

    assert offered() == ["Cotton shirt red"]
    item = QuickBooksItem.objects.get(full_name="Cotton shirt red")
    item.full_name = item.name = "Red cotton shirt"
    item.save()
    assert offered() == ["Red cotton shirt"]
    QuickBooksItem.objects.filter(pk=item.pk).update(active=False)
    assert offered() == []
    QuickBooksItem.objects.filter(pk=item.pk).update(active=True)
    assert offered() == ["Red cotton shirt"]


def test_where_very_many_products_may_wait_they_are_not_named_one_by_one(studio: Company) -> None:
    products = (Product(company=studio, system="keap", source_key=f"n{key}", name=f"Mug {key}") for key in range(400))
    Product.objects.bulk_create(products)

    assert left_to_map(studio, *Left) is None
    assert number_to_decide(undecided(of(studio), studio), studio) == 400


def test_one_changed_product_is_asked_about_and_the_others_are_not_looked_at_again(studio: Company) -> None:
    an_item(studio, "Mug")
    mug, cup = a_product(studio, "Mug"), a_product(studio, "Cup")
    told(studio)
    before = set(UndecidedProduct.objects.filter(waits=True).values_list("pk", flat=True))

    mug.quickbooks_product_name = "No such item"
    mug.save()

    assert told(studio) == waiting(studio)
    assert mug.pk in told(studio)[1]
    assert {mug, cup} <= set(undecided(of(studio), studio))
    assert before <= set(UndecidedProduct.objects.filter(waits=True).values_list("pk", flat=True))


def test_many_changed_products_are_looked_at_once_and_no_longer_asked_about(studio: Company) -> None:
    an_item(studio, "Mug")
    told(studio)
    Product.objects.bulk_create(
        Product(company=studio, system="keap", source_key=f"n{place}", name="Mug") for place in range(350)
    )
    assert UndecidedProduct.objects.filter(waits=False).count() == 350

    some = undecided(of(studio), studio)

    assert not UndecidedProduct.objects.filter(waits=False).exists()
    assert not some.filter(name="Mug").exists()
    assert told(studio) == waiting(studio)


def test_the_products_of_another_company_are_not_among_them(studio: Company) -> None:
    other = the_studio("Other Studio", "other")
    theirs = a_product(other, "Jug")
    told(studio)

    assert theirs not in undecided(Product.objects.all(), studio)
    assert theirs in undecided(of(other), other)


def test_the_upgrade_has_all_products_looked_at(studio: Company) -> None:
    left = a_product(studio, "Jug")
    SourceSettings.objects.filter(company=studio).delete()
    UndecidedProduct.objects.all().delete()
    assert left not in undecided(of(studio), studio)

    import_module("mapping.migrations.0021_undecided_products").look_at_all(apps, None)

    assert left in undecided(of(studio), studio)
    assert told(studio) == waiting(studio)


@pytest.mark.django_db(transaction=True)
def test_a_change_of_which_nothing_can_be_noted_is_no_change() -> None:
    company = the_studio()
    product = Product.objects.create(company=company, system="files", source_key="sku:A", name="A")

    def full(execute: Any, sql: str, *rest: Any) -> Any:
        if "undecidedproduct" in sql.lower():
            raise OperationalError("disk full")
        return execute(sql, *rest)

    product.name = "B"
    with connection.execute_wrapper(full):
        for change in (product.save, partial(Product.objects.filter(pk=product.pk).update, name="B")):
            with pytest.raises(OperationalError):
                change()

    assert Product.objects.get(pk=product.pk).name == "A"
