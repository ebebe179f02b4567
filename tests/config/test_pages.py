from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_health_is_told_to_anybody(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_health_is_bad_when_the_database_does_not_answer() -> None:
    ask = "import django; django.setup(); from django.test import Client; print(Client().get('/healthz').status_code)"
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TIEOUT_ENV_FILE": os.devnull,
        "TIEOUT_DATA_DIR": os.environ["TIEOUT_DATA_DIR"],
        "TIEOUT_ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    }

    asked = subprocess.run(
        [sys.executable, "-c", ask], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert asked.stdout == "503\n", asked.stderr


@pytest.mark.parametrize("address", ["/", "/admin/", "/no/such/page/"])
@pytest.mark.django_db
def test_a_stranger_is_shown_no_page(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code in (302, 404)
    assert answer.status_code == 404 or "/login/" in answer.headers["Location"]


@pytest.mark.django_db
def test_the_login_page_is_open_and_says_where_it_leads(client: Client) -> None:
    answer = client.get("/login/?next=/admin/")

    assert answer.status_code == 200
    assert b'action="/login/?next=/admin/"' in answer.content


@pytest.mark.django_db
def test_a_page_may_load_nothing_from_elsewhere(client: Client) -> None:
    policy = client.get("/login/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    forms = policy.partition("form-action ")[2].partition(";")[0].split()
    assert forms == ["'self'", "http://127.0.0.1:8765", "https://appcenter.intuit.com"]
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


@pytest.mark.django_db
def test_a_language_without_a_translation_can_neither_be_chosen_nor_asked_for(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    client.post("/language/", {"language": "de", "next": "/login/"})

    page = client.get("/admin/companies/company/add/", headers={"Accept-Language": "de"}).text

    assert 'lang="en"' in page
    assert 'value="de"' not in page


@pytest.mark.django_db
def test_there_is_one_login_page_for_everybody(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/")

    assert answer.headers["Location"] == "/login/?next=/admin/"


@pytest.mark.django_db
def test_a_person_without_a_way_into_the_settings_is_told_so_and_not_asked_to_sign_in_again(client: Client) -> None:
    client.force_login(User.objects.create_user("grace"))

    answer = client.get("/admin/", follow=True)

    assert answer.status_code == 403


# What is sent and what is kept ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/login/", "/", "/healthz", "/no/such/page/", "/admin/"])
def test_no_browser_keeps_what_a_view_answered(client: Client, address: str) -> None:
    assert {"no-store", "private"} <= set(client.get(address).headers["Cache-Control"].split(", "))


@pytest.mark.django_db
def test_static_files_may_be_kept(client: Client) -> None:
    answer = client.get("/static/tieout/components.css")

    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "no-store" not in answer.headers.get("Cache-Control", "")


@pytest.mark.django_db
@pytest.mark.parametrize("length", [str(settings.LARGEST_REQUEST + 1), "9" * 5000, "-1", "²"])
def test_more_than_the_largest_file_is_refused_before_it_is_read(client: Client, length: str) -> None:
    answer = client.generic(
        "POST", "/login/", b"username=ada", "application/x-www-form-urlencoded", CONTENT_LENGTH=length
    )

    assert answer.status_code == 413
    assert "The file is larger than 64 MB, which is the most that Tieout takes." in answer.content.decode()


@pytest.mark.django_db
def test_a_request_of_the_largest_size_is_taken(client: Client) -> None:
    size = str(settings.LARGEST_REQUEST)

    assert client.generic("POST", "/login/", b"", "text/plain", CONTENT_LENGTH=size).status_code == 200


def test_the_proxy_of_the_manual_lets_the_largest_request_through_and_no_larger_one() -> None:
    (proxy,) = re.findall(r"client_max_body_size (\d+)m;", (ROOT / "docs/howto/go-live.md").read_text())

    assert int(proxy) * 1024**2 == settings.LARGEST_REQUEST
    assert settings.LARGEST_REQUEST > settings.LARGEST_FILE


# Whose files they are ------------------------------------------------------------------------------------------------


def test_the_database_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite3", tmp_path / "new.sqlite3"
    old.write_bytes(b"")
    old.chmod(0o644)

    for path in (old, new):
        environment = {
            "PATH": os.environ["PATH"],
            "TIEOUT_ENV_FILE": os.devnull,
            "TIEOUT_DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": f"sqlite:///{path}",
        }
        command = [sys.executable, "manage.py", "migrate", "contenttypes", "--verbosity", "0"]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=120, umask=0)

        assert [file.stat().st_mode & 0o777 for file in tmp_path.glob(f"{path.name}*")] == [0o600] * len(
            list(tmp_path.glob(f"{path.name}*"))
        )
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
