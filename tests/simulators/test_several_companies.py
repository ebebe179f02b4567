"""One program keeps several companies at one address, as Intuit does; nothing of one is the other's."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from simulators.quickbooks.server import Running, start
from tests.simulators.driver import Books


def opened(running: Running, **body: str) -> Any:
    answer = requests.post(f"{running.base_url}/control/companies", json=body, timeout=30)
    return answer.json() | {"status": answer.status_code}


def books_of(running: Running, login: Any) -> Books:
    books = Books(running)
    books.url = f"{login['base_url']}/v3/company/{login['company_id']}"
    books.sign_in(login["access_token"])
    return books


def test_a_company_is_opened_beside_the_first_with_books_of_its_own(running: Running, books: Books) -> None:
    login = opened(running, name="Kiln Corner")
    other = books_of(running, login)

    made = other.write("Customer", {"DisplayName": "Only Here"})

    assert login["base_url"] == running.base_url
    assert login["company_id"] != running.company.company_id
    assert other.read("CompanyInfo", "1")["CompanyName"] == "Kiln Corner"
    assert other.read("Customer", made["Id"])["DisplayName"] == "Only Here"
    assert books.query("select * from Customer where DisplayName = 'Only Here'") == {}


def test_a_login_to_one_company_is_none_to_the_other(running: Running, books: Books) -> None:
    login = opened(running)
    books.url = f"{running.base_url}/v3/company/{login['company_id']}"

    assert books.send("GET", "companyinfo/1").status_code == 403


def test_the_login_of_an_opened_company_is_renewed_and_revoked_by_the_apps_one_client(running: Running) -> None:
    login = opened(running)
    client = (login["client_id"], login["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": login["refresh_token"]}

    assert client == tuple(requests.get(f"{running.base_url}/control/app", timeout=30).json().values())
    stranger = requests.post(login["token_url"], data=form, auth=("nobody", "x"), timeout=30)
    renewed = requests.post(login["token_url"], data=form, auth=client, timeout=30).json()
    ended = requests.post(
        login["revoke_url"], json={"token": renewed["refresh_token"]}, auth=client, timeout=30
    ).status_code
    again = requests.post(
        login["token_url"], data=form | {"refresh_token": renewed["refresh_token"]}, auth=client, timeout=30
    )

    assert stranger.status_code == 401
    assert books_of(running, login | renewed).send("GET", "companyinfo/1").status_code == 401
    assert (ended, again.status_code) == (200, 400)


def test_a_company_asked_for_again_gives_a_new_login_to_the_same_books(running: Running) -> None:
    first = opened(running)
    books_of(running, first).write("Customer", {"DisplayName": "Only Here"})

    again = opened(running, company_id=first["company_id"])
    unknown = opened(running, company_id="1")

    assert again["access_token"] != first["access_token"]
    assert books_of(running, again).find("Customer", "DisplayName = 'Only Here'")["DisplayName"] == "Only Here"
    assert (unknown["status"], unknown["error"]) == (400, "there is no company 1 here")


def test_the_pages_of_a_company_are_under_its_id_and_lead_nowhere_else(running: Running) -> None:
    login = opened(running, name="Kiln Corner")
    address = f"{running.base_url}/companies/{login['company_id']}"

    home = requests.get(f"{address}/", timeout=30).text
    pages = requests.get(f"{address}/accounts", timeout=30).text
    ledger = requests.get(f"{address}/control/ledger", timeout=30).json()

    assert "<h1>Kiln Corner</h1>" in home
    assert "<h1>Bramble &amp; Birch Studio</h1>" in requests.get(f"{running.base_url}/", timeout=30).text
    links = [part.split('"')[0] for part in (home + pages).split('href="')[1:]]
    assert {link for link in links if link.startswith("/")} != set()
    assert [
        link for link in links if link.startswith("/") and not link.startswith(f"/companies/{login['company_id']}/")
    ] == []
    assert ledger["total"] == "0.00"


def test_opened_companies_are_there_again_after_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "practice.jsonl"
    (tmp_path / "practice-2.jsonl").write_text("another program's file\n", encoding="utf-8")
    with start(data=data, seed="empty") as running:
        login = opened(running, name="Kiln Corner")
        books_of(running, login).write("Customer", {"DisplayName": "Only Here"})
        file = tmp_path / f"practice-{login['company_id']}.jsonl"
        assert file.stat().st_mode & 0o777 == 0o600

    with start(data=data, seed="empty") as running:
        login["base_url"] = running.base_url
        assert books_of(running, login).find("Customer", "DisplayName = 'Only Here'")["Id"]
        told = requests.get(f"{running.base_url}/control/companies", timeout=30).json()["companies"]
        assert [company["company_id"] for company in told] == [running.company.company_id, login["company_id"]]


@pytest.mark.parametrize("header", [{"Origin": "http://elsewhere.example"}, {"Host": "elsewhere.example"}])
def test_no_other_site_opens_a_company(running: Running, header: dict[str, str]) -> None:
    answer = requests.post(f"{running.base_url}/control/companies", json={}, headers=header, timeout=30)

    assert answer.status_code == 403
    assert len(requests.get(f"{running.base_url}/control/companies", timeout=30).json()["companies"]) == 1


BACK = "http://localhost:9999/callback"


def asked(running: Running, **changes: str) -> dict[str, str]:
    app = requests.get(f"{running.base_url}/control/app", timeout=30).json()
    known = {"client_id": app["client_id"], "redirect_uri": BACK, "response_type": "code", "state": "s-1"}
    return {**known, "scope": "com.intuit.quickbooks.accounting", **changes}


def chosen(running: Running, **form: str) -> requests.Response:
    data = {**asked(running), "decision": "allow", **form}
    return requests.post(running.ready()["authorize_url"], data=data, allow_redirects=False, timeout=30)


def exchanged(running: Running, answer: requests.Response) -> tuple[str, Any]:
    """The company that was chosen, and the tokens that its code gives."""
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    app = requests.get(f"{running.base_url}/control/app", timeout=30).json()
    form = {"grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": BACK}
    client = (app["client_id"], app["client_secret"])
    return back["realmId"][0], requests.post(running.ready()["token_url"], data=form, auth=client, timeout=30).json()


def test_a_person_chooses_the_company_and_its_login_is_for_no_other(running: Running, books: Books) -> None:
    login = opened(running, name="Kiln Corner")

    page = requests.get(running.ready()["authorize_url"], params=asked(running), timeout=30).text
    realm, tokens = exchanged(running, chosen(running, company=login["company_id"]))

    assert "Bramble &amp; Birch Studio" in page
    assert "Kiln Corner" in page
    assert realm == login["company_id"]
    assert books_of(running, login | tokens).read("CompanyInfo", "1")["CompanyName"] == "Kiln Corner"
    books.sign_in(tokens["access_token"])
    assert books.send("GET", "companyinfo/1").status_code == 403


def test_a_person_opens_a_new_company_on_the_page(running: Running) -> None:
    realm, tokens = exchanged(running, chosen(running, company="new", name="  Kiln   Corner "))

    other = books_of(running, {"base_url": running.base_url, "company_id": realm, **tokens})
    assert other.read("CompanyInfo", "1")["CompanyName"] == "Kiln Corner"
    assert other.count("Item") == 22


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"company": "new", "name": "  "}, "Give the new company a name"),
        ({"company": "new", "name": "x" * 101}, "Give the new company a name"),
        ({"company": "new", "name": "Bramble & Birch Studio"}, "already: choose it"),
        ({"company": "77"}, "There is no company 77 here."),
    ],
)
def test_what_cannot_be_chosen_is_said_on_the_page_and_can_be_chosen_again(
    running: Running, form: dict[str, str], said: str
) -> None:
    answer = chosen(running, **form)

    assert answer.status_code == 400
    assert said in answer.text
    assert '<input type="hidden" name="state" value="s-1">' in answer.text
    assert len(requests.get(f"{running.base_url}/control/companies", timeout=30).json()["companies"]) == 1


def test_the_app_may_say_which_company_is_marked_and_what_a_new_one_is_called(running: Running) -> None:
    first = running.company.company_id

    fresh = requests.get(running.ready()["authorize_url"], params=asked(running, company_name='A "B"'), timeout=30).text
    again = requests.get(running.ready()["authorize_url"], params=asked(running, company_id=first), timeout=30).text

    assert 'value="new" checked' in fresh
    assert 'value="A &#34;B&#34;"' in fresh
    assert f'value="{first}" checked' in again
    assert again.count("checked>") == 1


def test_no_other_site_chooses_for_a_person(running: Running) -> None:
    data = {**asked(running), "decision": "allow"}
    answer = requests.post(
        running.ready()["authorize_url"],
        data=data,
        headers={"Origin": "http://elsewhere.example"},
        allow_redirects=False,
        timeout=30,
    )

    assert answer.status_code == 403
