"""Can an administrator bring people into the company, and into no other, and never lock everybody out?"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from companies.models import Company, Membership, Role
from tests.factories import a_company
from tests.mapping.people import a_person, client_of, signed_in, text_of

pytestmark = pytest.mark.django_db
LIST = "/admin/companies/membership/"


@pytest.fixture
def studio() -> Company:
    return a_company()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.ADMINISTRATOR)


def add(client: Client, person: str, role: str = Role.OPS) -> Any:
    return client.post(f"{LIST}add/", {"person": person, "role": role, "_save": "Save"})


def role_of(user: User, company: Company) -> str | None:
    return Membership.objects.filter(user=user, company=company).values_list("role", flat=True).first()


@pytest.mark.parametrize("typed", ["nadia", "NADIA@example.com", " nadia@example.com "])
def test_a_person_is_brought_in_by_login_or_email(client: Client, studio: Company, typed: str) -> None:
    nadia = a_person("nadia")

    add(client, typed, Role.AUDITOR)

    assert role_of(nadia, studio) == Role.AUDITOR


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("nobody", "No one can sign in as “nobody”."),
        ("gone", "No one can sign in as “gone”."),
        ("twins@example.com", "More than one person has the email address “twins@example.com”."),
        ("administrator-of-studio", "This person already has a role in this company."),
    ],
)
def test_who_cannot_be_brought_in_is_said(client: Client, typed: str, sentence: str) -> None:
    a_person("gone", is_active=False)
    for login in ("castor", "pollux"):
        User.objects.create_user(login, "twins@example.com")

    answer = add(client, typed)

    assert sentence in text_of(answer)
    assert Membership.objects.count() == 1


def test_nobody_is_offered_a_list_of_everybody(client: Client) -> None:
    a_person("unrelated")

    assert "unrelated" not in client.get(f"{LIST}add/").content.decode()


def test_roles_change_and_people_leave(client: Client, studio: Company) -> None:
    add(client, a_person("nadia").username)
    row = Membership.objects.get(user__username="nadia")

    client.post(f"{LIST}{row.pk}/change/", {"role": Role.ACCOUNTANT, "_save": "Save"})
    assert Membership.objects.get(pk=row.pk).role == Role.ACCOUNTANT
    client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    assert not Membership.objects.filter(pk=row.pk).exists()
    assert "nadia" in text_of(client.get("/mapping/studio/history/"))


def test_the_last_administrator_stays(client: Client, studio: Company) -> None:
    own = Membership.objects.get()

    demoted = client.post(f"{LIST}{own.pk}/change/", {"role": Role.OPS, "_save": "Save"})
    deleted = client.post(f"{LIST}{own.pk}/delete/", {"post": "yes"})

    assert "A company keeps at least one administrator." in text_of(demoted)
    assert deleted.status_code == 403
    assert Membership.objects.get().role == Role.ADMINISTRATOR
    add(client, a_person("second").username, Role.ADMINISTRATOR)
    client.post(f"{LIST}{own.pk}/change/", {"role": Role.OPS, "_save": "Save"})
    assert Membership.objects.get(pk=own.pk).role == Role.OPS


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.OPS, Role.AUDITOR])
def test_others_see_who_belongs_to_the_company_and_change_nothing(studio: Company, role: str) -> None:
    client, nadia = signed_in(studio, role), a_person("nadia")
    own = Membership.objects.get()

    assert f"{role}-of-studio" in text_of(client.get(LIST))
    answers = (
        add(client, "nadia"),
        client.post(f"{LIST}{own.pk}/change/", {"role": Role.ADMINISTRATOR, "_save": "Save"}),
        client.post(f"{LIST}{own.pk}/delete/", {"post": "yes"}),
    )

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert role_of(nadia, studio) is None
    assert Membership.objects.get().role == role


def test_people_of_another_company_are_neither_seen_nor_touched(client: Client) -> None:
    bakery = a_company("Nightingale Bakery", "bakery")
    signed_in(bakery, Role.ADMINISTRATOR)
    other = Membership.objects.get(company=bakery)

    assert "administrator-of-bakery" not in text_of(client.get(LIST))
    assert client.get(f"{LIST}{other.pk}/change/").status_code == 302
    client.post(f"{LIST}{other.pk}/change/", {"role": Role.OPS, "_save": "Save"})
    client.post(f"{LIST}{other.pk}/delete/", {"post": "yes"})

    assert Membership.objects.get(pk=other.pk).role == Role.ADMINISTRATOR


def test_a_form_opened_for_another_company_brings_nobody_in(client: Client, studio: Company) -> None:
    nadia = a_person("nadia")

    client.post(f"{LIST}add/", {"person": "nadia", "role": Role.OPS, "_company": "bakery", "_save": "Save"})

    assert role_of(nadia, studio) is None


@pytest.mark.parametrize("page", ["/admin/auth/user/", "/admin/auth/user/add/"])
def test_logins_are_kept_by_superusers_alone(client: Client, page: str) -> None:
    assert client.get(page).status_code == 403
    assert client_of(User.objects.create_superuser("root")).get(page).status_code == 200


def test_a_superuser_makes_a_login_and_nobody_deletes_one(client: Client) -> None:
    root = client_of(User.objects.create_superuser("root"))
    facts = {
        "username": "nadia",
        "usable_password": "true",
        "password1": "clay-and-kiln-7",
        "password2": "clay-and-kiln-7",
    }

    root.post("/admin/auth/user/add/", facts)

    nadia = User.objects.get(username="nadia")
    assert root.post(f"/admin/auth/user/{nadia.pk}/delete/", {"post": "yes"}).status_code == 403


def test_who_was_removed_meanwhile_is_said_on_the_list_and_stays_removed(client: Client, studio: Company) -> None:
    nadia = a_person("nadia")
    add(client, "nadia")
    page = f"{LIST}{Membership.objects.get(user=nadia).pk}/change/"
    Membership.objects.filter(user=nadia).delete()

    answer = client.post(page, {"role": Role.AUDITOR, "opened": '{"role": "ops"}', "_save": "Save"}, follow=True)

    assert answer.redirect_chain[-1][0] == LIST
    assert "This user is no longer there: another person may have deleted it. Nothing was saved." in text_of(answer)
    assert role_of(nadia, studio) is None
