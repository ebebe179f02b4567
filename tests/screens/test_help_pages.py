"""Do the pages of the documentation open in the browser, and nothing else that is on the disk?"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from books.problems import PROBLEMS
from companies.models import Company, Role
from setup.help_pages import files_of, page_of
from tests.factories import the_studio
from tests.reconciliation.factories import a_stuck_order, as_role

pytestmark = pytest.mark.django_db
PAGES = sorted(name for name in files_of(settings.TIEOUT_DOCS) if name.endswith(".md"))


@pytest.fixture
def studio() -> Company:
    return the_studio()


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().partition('<article class="tie-card">')[2].partition("</article>")[0]


def test_every_page_opens_for_an_auditor_and_every_link_on_it_leads_somewhere(studio: Company) -> None:
    client = as_role(studio, Role.AUDITOR)
    bodies = {f"/studio/help/{name}": body(client, f"/studio/help/{name}") for name in PAGES}
    dead = []

    for address, html in bodies.items():
        for target in map(unescape, re.findall(r'(?:href|src)="([^"]+)"', html)):
            if target.startswith("http"):
                continue
            parts = urlsplit(urljoin(address, target))
            if (parts.path not in bodies and client.get(parts.path).status_code != 200) or (
                parts.fragment and f'id="{parts.fragment}"' not in bodies[parts.path]
            ):
                dead.append((address, target))

    assert dead == []
    assert len(bodies) > 60
    assert all(bodies.values())


@pytest.mark.parametrize(
    "path",
    [
        "../README.md",
        "%2e%2e/README.md",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "howto/../../README.md",
        "/etc/passwd",
        "howto//../index.md",
        "index.md/",
        "images/",
        "missing.md",
        "index.md%00.png",
    ],
)
def test_only_files_of_the_documentation_are_served(studio: Company, path: str) -> None:
    assert as_role(studio).get(f"/studio/help/{path}").status_code == 404


def test_a_stranger_and_a_person_without_a_login_read_nothing(studio: Company) -> None:
    assert Client().get("/studio/help/index.md").status_code == 302


def test_a_picture_is_served_as_one(studio: Company) -> None:
    answer = as_role(studio).get("/studio/help/images/home.png")

    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content[:4] == b"\x89PNG"


def test_an_issue_leads_to_its_paragraph(studio: Company) -> None:
    issue = a_stuck_order(studio, "2026-08-14  order 2002  #9 Nora Quist\nWT-101  199.00")
    client = as_role(studio)

    link = "/studio/help/reference/problems.md#customer-without-email"
    assert f'href="{link}"' in client.get(f"/studio/issues/{issue.pk}/").text
    assert 'id="customer-without-email"' in client.get(link.partition("#")[0]).text


def test_every_problem_has_a_paragraph_that_its_issue_can_lead_to() -> None:
    page = page_of(settings.TIEOUT_DOCS, "reference/problems.md", address=str)

    assert page is not None
    assert [code for code in PROBLEMS if f'id="{code}"' not in page.html] == []


def test_html_in_a_page_is_shown_as_text(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# One\n\n<script>alert(1)</script> [x](javascript:alert(1))\n")

    page = page_of(tmp_path, "index.md", address=str)

    assert page is not None
    assert "<script>" not in page.html
    assert 'href="javascript' not in page.html
