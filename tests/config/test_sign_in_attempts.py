"""Can someone guess a password, keep an owner out for long, or hide where they come from?"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from pytest_django import Settings

from companies.models import Role
from config.attempts import (
    BY_ADDRESS,
    BY_NAME,
    KEPT,
    LONGEST_BY_ADDRESS,
    LONGEST_BY_NAME,
    MOST_ROWS,
    remaining,
    wait_after,
)
from config.callers import address_of
from config.models import AttemptsDuringWait
from tests.factories import a_company
from tests.mapping.people import a_person, client_of, joined, signed_in, text_of

LIST = "/admin/config/failedsignin/"
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 8, 14, 9, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def sign_in(name: str = "ada", password: str = "wrong", *, at: str = HERE, **more: Any) -> Any:
    return Client().post("/login/", {"username": name, "password": password}, REMOTE_ADDR=at, **more)


def fail(times: int, name: str = "ada", *, at: str = HERE) -> list[int]:
    return [sign_in(name, at=at).status_code for _ in range(times)]


# The rule ------------------------------------------------------------------------------------------------------------


def test_waits_begin_at_the_fifth_failure_and_double_up_to_a_quarter_of_an_hour() -> None:
    minutes = [wait_after(n, allowed=BY_NAME, longest=LONGEST_BY_NAME).total_seconds() / 60 for n in range(3, 12)]

    assert minutes == [0, 0, 1, 2, 4, 8, 15, 15, 15]


def test_an_address_gets_twenty_and_waits_for_up_to_an_hour() -> None:
    failures = (19, 20, 21, 25, 26, 10**9)
    waits = [wait_after(n, allowed=BY_ADDRESS, longest=LONGEST_BY_ADDRESS) for n in failures]

    assert [wait.total_seconds() / 60 for wait in waits] == [0, 1, 2, 32, 60, 60]


def test_a_failure_dated_into_the_future_begins_no_wait() -> None:
    now, minute = datetime(2026, 8, 14, tzinfo=UTC), timedelta(minutes=1)

    assert remaining(minute, since=now, now=now) == minute
    assert remaining(minute, since=now - minute, now=now) == timedelta()
    assert remaining(minute, since=now + timedelta(days=300), now=now) == timedelta()


# At the door ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_fifth_failure_with_a_name_closes_the_door_for_a_minute_whatever_the_address(clock: Any) -> None:
    a_person("ada")

    assert fail(4) == [200] * 4
    closed = sign_in(at=ELSEWHERE)
    right = sign_in(password="secret", at="203.0.113.5")

    assert (closed.status_code, closed.headers["Retry-After"]) == (429, "60")
    assert "Try again in 1 minute." in text_of(closed)
    assert right.status_code == 429, "during a wait not even the right password is tried"
    clock.shift(61)
    assert sign_in(password="secret", at="203.0.113.5").status_code == 302


@pytest.mark.django_db
def test_an_attempt_during_a_wait_makes_it_no_longer_and_the_next_failure_doubles_it(clock: Any) -> None:
    fail(5)
    clock.shift(30)
    assert sign_in().headers["Retry-After"] == "30"
    clock.shift(31)

    assert sign_in().headers["Retry-After"] == "120"


@pytest.mark.django_db
def test_a_name_is_one_name_however_it_is_spelled(clock: Any) -> None:
    for name in ("ada", "ADA", " Ada ", "ａｄａ"):
        sign_in(name)

    assert sign_in("aDa").status_code == 429


@pytest.mark.django_db
def test_a_name_that_nobody_has_is_treated_as_one_that_exists(clock: Any) -> None:
    a_person("ada")

    real, invented = (fail(6, name, at=address) for name, address in (("ada", HERE), ("nobody", ELSEWHERE)))

    assert real == invented == [200] * 4 + [429] * 2
    assert text_of(sign_in("ada")) == text_of(sign_in("nobody"))


@pytest.mark.django_db
def test_many_names_from_one_address_close_it_and_no_other(clock: Any) -> None:
    a_person("ada")
    tried = [sign_in(f"name-{number}").status_code for number in range(BY_ADDRESS)]

    assert tried == [200] * (BY_ADDRESS - 1) + [429]
    assert sign_in(password="secret").status_code == 429
    assert sign_in(password="secret", at=ELSEWHERE).status_code == 302


@pytest.mark.django_db
def test_signing_in_forgets_ones_own_slips_and_not_what_others_try(clock: Any) -> None:
    a_person("ada")
    fail(3)
    fail(1, at=ELSEWHERE)

    assert sign_in(password="secret").status_code == 302
    assert list(AccessAttempt.objects.values_list("username", "ip_address")) == [("ada", ELSEWHERE)]


@pytest.mark.django_db
def test_an_attacker_cannot_clear_their_address_by_signing_in_as_themselves(clock: Any) -> None:
    a_person("mallory")
    for number in range(BY_ADDRESS - 1):
        sign_in(f"name-{number}")
    assert sign_in("mallory", "secret").status_code == 302

    assert sign_in("name-again").status_code == 429


@pytest.mark.django_db
def test_after_a_quiet_day_one_begins_anew(clock: Any) -> None:
    fail(5)
    clock.shift(timedelta(days=1, seconds=1))

    assert fail(4) == [200] * 4


@pytest.mark.django_db
def test_each_failure_is_written_down_with_name_and_address_and_never_with_the_password(
    clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="axes"):
        sign_in("ada\nADMIN signed in", "hunter2-secret")

    assert "'ada\\nadmin signed in' from 192.0.2.7" in caplog.text
    stored = [str(row) for model in (AccessAttempt, AccessFailureLog) for row in model.objects.values()]
    assert stored
    assert "hunter2" not in caplog.text + "".join(stored)
    assert "csrfmiddlewaretoken=***" in stored[0] or "csrfmiddlewaretoken" not in stored[0]


@pytest.mark.django_db
def test_the_list_of_failures_reaches_back_ninety_days(clock: Any) -> None:
    fail(1)
    clock.shift(KEPT + timedelta(seconds=1))
    fail(1, "bert")

    assert [row.username for row in AccessFailureLog.objects.all()] == ["bert"]


@pytest.mark.django_db
def test_the_page_of_a_closed_door_looks_like_the_login_and_leads_back(clock: Any) -> None:
    fail(5)
    page = sign_in()

    assert 'href="/login/"' in page.content.decode()
    assert "tieout" in page.content.decode().lower()
    assert "no-store" in page.headers["Cache-Control"]
    assert "Too many attempts" in text_of(page)


# From which address --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "address"),
    [
        (0, "203.0.113.9", HERE, HERE),
        (1, "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (1, "1.1.1.1,2.2.2.2 , 203.0.113.9:40312", "", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.3", "127.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (1, "", HERE, HERE),
        (1, "unknown", HERE, HERE),
        (1, "[2001:db8:1:2:3:4:5:6]:443", "127.0.0.1", "2001:db8:1:2::"),
        (1, "2001:db8:1:2:ffff::1", "127.0.0.1", "2001:db8:1:2::"),
        (1, "::ffff:203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (0, "", "", None),
        (0, "", "fe80::1%eth0", "fe80::"),
    ],
)
def test_the_address_is_what_our_own_proxy_wrote_and_nothing_that_a_caller_sent(
    settings: Settings, proxies: int, forwarded: str, peer: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    assert address_of(request) == address


@pytest.mark.django_db
def test_a_forged_header_gets_nobody_around_the_wait(clock: Any, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    tried = [
        sign_in(f"name-{number}", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 203.0.113.9").status_code
        for number in range(BY_ADDRESS)
    ]

    assert tried[-1] == 429


# Who sees it ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_administrators_see_the_failures_of_their_own_people_and_nobody_else_sees_any(clock: Any) -> None:
    studio = a_company()
    joined(a_person("Ada"), studio, Role.OPS)
    fail(1, "ada")
    fail(1, "stranger", at=ELSEWHERE)
    clients = {role: signed_in(studio, role) for role in Role}

    page = text_of(clients[Role.ADMINISTRATOR].get(LIST))

    assert "08/14/2026 3:00:00 AM MDT ada 192.0.2.7" in page
    assert "stranger" not in page
    assert {role: client.get(LIST).status_code for role, client in clients.items()} == {
        Role.ACCOUNTANT: 403, Role.OPS: 403, Role.AUDITOR: 403, Role.ADMINISTRATOR: 200,
    }  # fmt: skip
    everything = text_of(client_of(User.objects.create_superuser("root")).get(LIST))
    assert "stranger 198.51.100.9" in everything


@pytest.mark.django_db
def test_attempts_during_a_wait_are_listed_with_their_number_and_logged(
    clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    studio = a_company()
    joined(a_person("ada"), studio, Role.OPS)
    fail(5)
    clock.shift(10)
    with caplog.at_level(logging.WARNING):
        assert sign_in(password="secret").status_code == 429
        clock.shift(20)
        fail(2)
        fail(1, at=ELSEWHERE)
    clock.shift(61)
    fail(1)

    page = text_of(signed_in(studio, Role.ADMINISTRATOR).get(LIST))

    assert caplog.text.count("Sign-in refused during a wait: 'ada' from 192.0.2.7") == 3
    assert (
        "08/14/2026 3:00:10 AM MDT ada 192.0.2.7 during a wait, not tried: 3 attempts until 08/14/2026 3:00:30 AM MDT"
        in page
    )
    assert "ada 198.51.100.9 during a wait, not tried: 1 attempt until 08/14/2026 3:00:30 AM MDT" in page
    assert page.count("began a wait") == 2


@pytest.mark.django_db
def test_names_by_the_thousand_during_a_wait_fill_no_table(clock: Any) -> None:
    for number in range(BY_ADDRESS + 1):
        sign_in(f"name-{number}")
    first = AttemptsDuringWait.objects.get()
    for number in range(MOST_ROWS - 2):
        AttemptsDuringWait.objects.create(username=f"many-{number}", ip_address=first.ip_address, last_at=first.last_at)
    for number in range(6):
        sign_in(f"further-{number}")

    rows = AttemptsDuringWait.objects.order_by("pk")
    assert (rows.count(), sum(row.attempts for row in rows)) == (MOST_ROWS, MOST_ROWS + 5)
    clock.shift(KEPT + timedelta(seconds=1))
    fail(1)
    assert AttemptsDuringWait.objects.count() == 0


@pytest.mark.django_db
def test_nobody_changes_or_deletes_the_list(clock: Any) -> None:
    fail(1)
    root = client_of(User.objects.create_superuser("root"))
    row = AccessFailureLog.objects.get()

    answers = [root.get(f"{LIST}add/"), root.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})]
    answers.append(root.post(f"{LIST}{row.pk}/change/", {"username": "x"}))
    root.post(LIST, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})

    assert {answer.status_code for answer in answers} == {403}
    assert AccessFailureLog.objects.get().username == "ada"


@pytest.mark.django_db
def test_an_administrator_ends_the_wait_of_one_of_their_people_and_of_nobody_else(clock: Any) -> None:
    studio = a_company()
    joined(a_person("ada"), studio, Role.OPS)
    fail(5)
    fail(5, "stranger", at=ELSEWHERE)
    boss = signed_in(studio, Role.ADMINISTRATOR)
    everyone = list(AccessFailureLog.objects.values_list("pk", flat=True))

    said = boss.post(LIST, {"action": "end_waits", "_selected_action": everyone}, follow=True)

    assert "1 name can sign in again." in text_of(said)
    assert sign_in(password="secret").status_code == 302
    assert sign_in("stranger", at=ELSEWHERE).status_code == 429


@pytest.mark.django_db
def test_a_superuser_ends_the_wait_of_an_address(clock: Any) -> None:
    a_person("ada")
    for number in range(BY_ADDRESS):
        sign_in(f"name-{number}")
    root = client_of(User.objects.create_superuser("root"))

    last = AccessFailureLog.objects.latest("pk").pk
    root.post(LIST, {"action": "end_waits", "_selected_action": [last]})

    assert sign_in(password="secret").status_code == 302
