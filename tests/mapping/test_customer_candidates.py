"""Are the likeliest QuickBooks customers offered first, with the reasons that a person would give?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Company
from mapping.customer_suggestions import suggested_customers
from mapping.matching.customer_candidates import OFFERED, Candidates, Person
from mapping.matching.names import normalized
from mapping.models import SourceCustomer
from reconciliation.issues import gather
from reconciliation.models import Issue
from tests.factories import a_book_customer, prepared, the_studio
from tests.reconciliation.factories import as_role
from tests.reconciliation.fixing import page

ANN = Person(key="1", name="Ann Marie Lee", company="Clay Works", email="ann@clay.example", phone="+13035550142")
OTHERS = [
    Person(key=str(10 + number), name=name, email=f"{name.split()[0].lower()}@else.example")
    for number, name in enumerate(("Olaf Berg", "Priya Natarajan", "Dana Whitfield", "Chidi Okafor"))
]


def offered(asked: Person, *people: Person) -> list[tuple[str, tuple[str, ...]]]:
    return [(candidate.person.name, candidate.reasons) for candidate in Candidates([*people, *OTHERS]).of(asked)]


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        (Person(key="x", name="A. Lee", email="Ann@Clay.example"), ("same email",)),
        (Person(key="x", name="Reception", phone="+13035550142"), ("same phone",)),
        (Person(key="x", name="ANN MARIE LÉE"), ("same name",)),
        (Person(key="x", name="Lee, Ann Marie"), ("the same words in another order",)),
        (Person(key="x", name="Ann Mari Lee"), ("name differs by one letter",)),
        (Person(key="x", name="Ann Lee"), ("one name is part of the other",)),
        (Person(key="x", name="Bo", company="Clay Works"), ("same company",)),
        (
            Person(key="x", name="Bo", company="clay works", email="bo@pots.example"),
            ("same company, other email domain",),
        ),
        (Person(key="x", name="Bo", email="bo@clay.example"), ("same email domain",)),
        (Person(key="x", name="Bo", email="ann@gmail.com"), ("same email name at another provider",)),
        (
            Person(key="x", name="Ann Mari Lee", phone="+13035550142"),
            ("same phone", "name differs by one letter"),
        ),
    ],
)
def test_the_reasons_are_those_that_a_person_would_give(asked: Person, reasons: tuple[str, ...]) -> None:
    assert offered(asked, ANN) == [("Ann Marie Lee", reasons)]


@pytest.mark.parametrize(
    "asked",
    [
        Person(key="x", name="Zoltan Quux"),
        Person(key="x", name="", email="", phone=""),
        Person(key="x", name="Bo", email="info@gmail.com"),
    ],
)
def test_no_one_is_offered_where_nothing_speaks_for_it(asked: Person) -> None:
    cora = Person(key="2", name="Cora", email="cora@gmail.com")
    dora = Person(key="3", name="Dora", email="info@d.example")

    assert offered(asked, ANN, cora, dora) == []


@pytest.mark.criterion("D63")
@pytest.mark.parametrize(
    ("domain", "is_of_a_company"),
    [
        *((domain, False) for domain in ("gmail.com", "yahoo.co.uk", "outlook.fr", "aol.com", "comcast.net")),
        *((domain, False) for domain in ("icloud.com", "hotmail.com", "gmx.de", "live.com.mx", "example.com")),
        *((domain, True) for domain in ("yahoo.clay.com", "livepottery.com", "live.studio", "clay.example")),
    ],
)
def test_an_address_at_a_provider_or_in_an_example_is_no_reason_to_offer_a_stranger(
    domain: str, is_of_a_company: bool
) -> None:
    cora = Person(key="2", name="Cora Reyes", email=f"cora@{domain}")

    found = offered(Person(key="x", name="Bo Winter", email=f"bo@{domain}"), cora)

    assert found == ([("Cora Reyes", ("same email domain",))] if is_of_a_company else [])


def test_more_reasons_come_before_fewer_and_no_more_than_five_are_offered() -> None:
    people = [
        Person(key=str(number), name="Ann Lee", email=f"ann{number}@a.example", phone="+1303" if number == 7 else "")
        for number in range(9)
    ]

    found = Candidates(people).of(Person(key="x", name="Ann Lee", phone="+1303"))

    assert len(found) == OFFERED
    assert (found[0].person.key, found[0].score > found[1].score) == ("7", True)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=30), st.data())
def test_a_customer_of_the_very_name_is_always_among_those_offered(names: list[str], data: st.DataObject) -> None:
    people = [Person(key=str(number), name=name) for number, name in enumerate(dict.fromkeys(names))]
    asked = data.draw(st.sampled_from(people))
    found = Candidates(people).of(asked)

    assert all(0 < candidate.score <= 100 for candidate in found)
    assert found == Candidates(people).of(asked)
    if len(people) <= OFFERED and any(len(word) > 1 for word in normalized(asked.name).split()):
        assert asked in {candidate.person for candidate in found}


@pytest.mark.django_db
def test_suggestions_ask_the_database_as_often_for_a_hundred_customers_as_for_ten() -> None:
    company = the_studio()
    row = SourceCustomer.objects.create(
        company=company, system="keap", source_key="9", name="Nora Quist", email="nora@quist.example"
    )

    def queries(number: int) -> int:
        for index in range(number):
            a_book_customer(company, f"Nora Quist {number} {index}", quickbooks_id=f"{number}-{index}")
        with CaptureQueriesContext(connection) as asked:
            assert suggested_customers(row)
        return len(asked)

    assert queries(10) == queries(100) <= 2


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.mark.django_db
@pytest.mark.criterion("D54")
def test_the_issue_offers_them_with_their_reasons_and_takes_none_by_itself(studio: Company) -> None:
    a_book_customer(studio, "Quist, Nora", email="office@quist.example", quickbooks_id="90")
    prepared(studio, "2026-08-14  order 1  #9 Nora Quist\nKIT-CLAY  48.00")
    gather(studio)
    issue = Issue.objects.get(company=studio, code="customer-without-email")

    text = page(as_role(studio), issue)

    assert "office@quist.example · the same words in another order" in text
    assert SourceCustomer.objects.get(company=studio, source_key="9").quickbooks_customer is None
