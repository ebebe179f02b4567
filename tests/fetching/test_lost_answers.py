"""Is nothing lost and nothing doubled where a source's answer is lost, broken, or no answer at all?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.db import connections
from django.utils import timezone

from simulators.common.faults import FaultPlan
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.fetching.connecting import Connected, NewSource, connect_by_answer, permission_page
from sync.fetching.fetch import fetch_source
from sync.fetching.kinds import login_of
from sync.fetching.login import SourceSecret, read_secret
from sync.models import Connection, ConnectionState, LiveSource, OrderVersion, StagedOrder
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, signed_in, wheel
from tests.fetching.highlevel_agency import connected as connected_highlevel
from tests.fetching.live_keap import BEGINNING, an_order, keap
from tests.fetching.live_keap import connected as connected_keap

__all__ = ["agency", "keap"]
pytestmark = pytest.mark.django_db(transaction=True)
_BACK = "http://localhost:8000/integrations/keap/callback/"
_SOLD = 2
BROKEN = ("drop_before", "lost_answer", "truncated_json", "500", "503_html", "empty_body")


def rested(source: Connection) -> None:
    """The minute is over for which a source that did not answer is left alone."""
    LiveSource.objects.filter(pk=source.pk).update(rests_until=None)


def broken_at_every_request(source: Connection, faults: FaultPlan, kind: str, sell: Callable[[], object]) -> list[str]:
    """Each fetch has one request more go well than the one before; what each said that did not come to its end.

    Something is sold before each of the first ones.
    """
    said: list[str] = []
    for passed in range(40):
        if passed < _SOLD:
            sell()
        rested(source)
        faults.order({"kind": kind, "operation": "read", "skip": passed})
        report = fetch_source(source)
        faults.faults.clear()
        if report.complete and not report.stopped:
            return said
        said.append(report.stopped)
    raise AssertionError("it never came to its end")


def assert_told_and_whole(source: Connection, said: list[str], vendor: str) -> None:
    """Each broken fetch said what was wrong, and nothing that was sold is missing or here twice."""
    assert len(said) >= _SOLD
    assert all(sentence.startswith(vendor) for sentence in said), said
    rested(source)
    assert fetch_source(source).complete
    assert (StagedOrder.objects.count(), OrderVersion.objects.count()) == (_SOLD, _SOLD)
    source.refresh_from_db()
    assert (source.state, source.last_error) == (ConnectionState.CONNECTED, "")


@pytest.mark.parametrize("kind", [*BROKEN, "html"])
def test_keap_answers_with_something_else_at_any_request(keap: RunningKeap, kind: str) -> None:
    source = connected_keap(the_studio(), keap)

    said = broken_at_every_request(source, keap.faults, kind, lambda: an_order(keap))

    assert_told_and_whole(source, said, "Keap")


@pytest.mark.parametrize("kind", BROKEN)
def test_highlevel_answers_with_something_else_at_any_request(agency: RunningAgency, kind: str) -> None:
    crm = agency.company
    contact = crm.new_contact(firstName="Maya", lastName="Brook", email="maya.brook@example.com")
    source = connected_highlevel(agency, the_studio())

    def sell() -> None:
        crm.send_invoice(crm.new_invoice(contact, [wheel()]))

    said = broken_at_every_request(source, agency.app.faults, kind, sell)

    assert_told_and_whole(source, said, "HighLevel")


# The login ------------------------------------------------------------------------------------------------------------


def signed_in_at_keap(keap: RunningKeap) -> Connection:
    """A source with a pair of tokens."""
    page = permission_page("keap", state="s-1", redirect_uri=_BACK)
    assert isinstance(page, str)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    form = {**asked, "decision": "allow"}
    reply = requests.post(keap.ready()["authorize_url"], data=form, allow_redirects=False, timeout=30)
    answer = {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}
    wanted = NewSource(kind="keap", starts_on=BEGINNING)
    made = connect_by_answer(the_studio(), wanted, answer=answer, redirect_uri=_BACK, by=None)
    assert isinstance(made, Connected), made
    return made.source


def ends_soon(source: Connection) -> None:
    Connection.objects.filter(pk=source.pk).update(access_expires_at=timezone.now() + timedelta(seconds=30))


def signed_in_somewhere(kind: str, request: pytest.FixtureRequest) -> tuple[Connection, Any]:
    """A source with a pair of tokens, and where it is."""
    if kind == "keap":
        running = request.getfixturevalue("keap")
        return signed_in_at_keap(running), running
    running = request.getfixturevalue("agency")
    made = signed_in(running, the_studio())
    assert isinstance(made, Connected), made
    return made.source, running


def options_of(running: Any) -> Any:
    """The switches of the test account."""
    return running.agency.options if isinstance(running, RunningAgency) else running.company.options


@pytest.mark.parametrize("kind", ["keap", "highlevel"])
def test_a_renewal_whose_answer_is_lost_is_made_up_for_where_the_source_allows_it(
    kind: str, request: pytest.FixtureRequest
) -> None:
    source, running = signed_in_somewhere(kind, request)
    options_of(running).refresh_grace_seconds = 60
    ends_soon(source)
    running.app.faults.order({"kind": "lost_answer", "entity": "token", "operation": "refresh_token"})

    first = fetch_source(source)
    rested(source)
    second = fetch_source(source)

    assert "did not answer" in first.stopped
    assert (second.complete, second.stopped) == (True, "")


@pytest.mark.parametrize("kind", ["keap", "highlevel"])
def test_a_renewal_whose_answer_is_lost_for_good_asks_a_person_to_connect_again(
    kind: str, request: pytest.FixtureRequest
) -> None:
    source, running = signed_in_somewhere(kind, request)
    ends_soon(source)
    running.app.faults.order({"kind": "lost_answer", "entity": "token", "operation": "refresh_token"})

    fetch_source(source)
    rested(source)
    second = fetch_source(source)

    assert "Connect it again under Settings, Integrations." in second.stopped
    source.refresh_from_db()
    assert (source.state, source.last_error) == (ConnectionState.NEEDS_ATTENTION, second.stopped)


@pytest.mark.parametrize("kind", ["keap", "highlevel"])
def test_two_that_renew_one_login_at_once_renew_it_once(kind: str, request: pytest.FixtureRequest) -> None:
    source, _running = signed_in_somewhere(kind, request)
    before = read_secret(Connection.objects.get(pk=source.pk))
    assert before is not None
    ends_soon(source)
    both, found = threading.Barrier(2), []

    def renew() -> None:
        try:
            both.wait(30)
            found.append(login_of(source).secret())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=renew) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    first, second = found
    assert isinstance(first, SourceSecret)
    assert first == second
    assert first.previous_refresh_token == before.refresh_token
    assert read_secret(Connection.objects.get(pk=source.pk)) == first
