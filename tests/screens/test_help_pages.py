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
from setup.models import HelpAnswer
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


# Was it helpful? ------------------------------------------------------------------------------------------------------

LIVE = "/studio/help/howto/go-live.md"


@pytest.mark.criterion("C57", "E38")
@pytest.mark.parametrize("helpful", ["yes", "no"])
def test_a_reader_says_whether_a_page_helped_and_is_thanked_for_either(studio: Company, helpful: str) -> None:
    client = as_role(studio)
    assert "Was this page helpful?" in client.get(LIVE).text

    answer = client.post(LIVE, {"helpful": helpful, "comment": "Step 3 was hard to find."}, follow=True)

    assert "Thank you." in answer.text
    assert f"You answered {helpful.capitalize()}." in answer.text
    (kept,) = HelpAnswer.objects.all()
    assert (kept.page, kept.helpful, kept.comment) == ("howto/go-live.md", helpful == "yes", "Step 3 was hard to find.")


@pytest.mark.criterion("E38")
def test_an_answer_can_be_changed_and_counts_once(studio: Company) -> None:
    client = as_role(studio)
    client.post(LIVE, {"helpful": "no", "comment": "Step 3?"})
    client.post(LIVE, {"helpful": "yes", "comment": ""})

    assert [(kept.helpful, kept.comment) for kept in HelpAnswer.objects.all()] == [(True, "")]


@pytest.mark.criterion("E38")
def test_an_administrator_sees_the_answers_and_comments_of_the_company(studio: Company) -> None:
    ops = as_role(studio, Role.OPS)
    ops.post(LIVE, {"helpful": "no", "comment": "Which <b>button</b>?"})

    shown = as_role(studio, Role.ADMINISTRATOR).get("/studio/help/").text
    assert "Which help pages helped" in shown
    assert ">Go live</a>" in shown
    assert "Which &lt;b&gt;button&lt;/b&gt;?" in shown
    assert "Which help pages helped" not in ops.get("/studio/help/").text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"comment": "No button pressed"}, "Press Yes or No."),
        ({"helpful": "maybe", "comment": "x"}, "maybe is not one of the available choices"),
        ({"helpful": "yes", "comment": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_a_bad_answer_is_told_and_what_was_typed_is_kept(studio: Company, sent: dict[str, str], says: str) -> None:
    answer = as_role(studio).post(LIVE, sent)

    assert says in answer.text
    assert sent["comment"] in answer.text
    assert not HelpAnswer.objects.exists()


def test_an_auditor_is_not_asked_and_a_picture_takes_no_answer(studio: Company) -> None:
    auditor = as_role(studio, Role.AUDITOR)

    assert "Was this page helpful?" not in auditor.get(LIVE).text
    assert auditor.post(LIVE, {"helpful": "yes"}).status_code == 403
    assert as_role(studio).post("/studio/help/images/home.png", {"helpful": "yes"}).status_code == 404
    assert not HelpAnswer.objects.exists()
