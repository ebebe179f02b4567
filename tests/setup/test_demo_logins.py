"""Does the demo have a login for everything that its screens offer, adding a company included?"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from companies.activation import is_activated
from companies.models import Company, DisclaimerAcceptance
from demo.desktop import make_desktop_studio
from demo.sample_company import OWNER, PASSWORD, open_studio

pytestmark = pytest.mark.django_db


def test_the_owner_of_the_demo_adds_a_company_and_the_administrator_cannot() -> None:
    studio = open_studio()
    address = reverse(f"admin:{Company._meta.app_label}_company_add")
    owner, administrator = Client(), Client()

    owner.post("/login/", {"username": OWNER, "password": PASSWORD})
    administrator.post("/login/", {"username": "admin", "password": PASSWORD})

    assert (owner.get(address).status_code, administrator.get(address).status_code) == (200, 403)
    assert open_studio() == studio  # a second start makes nobody twice


def test_a_demo_of_an_earlier_version_is_at_work_with_the_text_of_this_one() -> None:
    companies = (open_studio(), make_desktop_studio())
    DisclaimerAcceptance.objects.update(version="2020-01")
    assert not any(map(is_activated, companies))

    assert all(map(is_activated, (open_studio(), make_desktop_studio())))
