"""Is a company off until someone asks, accepts the disclaimer, and an administrator approves; and really off?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from companies import disclaimer
from companies.activation import Gate, NotAllowedNow, accept_disclaimer, gate_of, may_post, put_practice_to_work
from companies.models import Activation, Company, DisclaimerAcceptance, Role, SetupMark
from companies.signals import decisions_changed
from sync.models import Document, OrderVersion, Run, StagedOrder
from sync.preparing.prepare import prepare_new
from sync.resync import advance, start
from sync.staging.intake import NotActivated
from tests.factories import a_company, activated, document_of, prepared, staged, the_studio
from tests.mapping.people import text_of
from tests.setup.factories import HEADER, a_new_company, ask, browser, browser_of, decide, joined, run

pytestmark = pytest.mark.django_db

ORDER = "2026-08-14  order 1042\nWT-101  199.00"
STATES = ("off", "pending", "declined", "withdrawn", "outdated")


def outdated(company: Company) -> None:
    """As if the disclaimer had got its present version after the company accepted it."""
    DisclaimerAcceptance.objects.filter(company=company).update(version="2020-01")


def in_state(company: Company, state: str) -> Company:
    """An active company, brought into one of the states in which it is not."""
    if state == "off":
        Activation.objects.filter(company=company).delete()
    elif state == "outdated":
        outdated(company)
    else:
        Activation.objects.filter(company=company).update(state="requested" if state == "pending" else state)
    assert gate_of(company) == state
    return company


@pytest.mark.criterion("B01")
def test_a_new_company_is_off() -> None:
    company = a_new_company()

    assert (gate_of(company), may_post(company)) == (Gate.OFF, False)
    assert "The company is off: no one has asked for it to be activated." in text_of(browser(company).get("/kiln/"))


@pytest.mark.criterion("B02", "B03", "B05")
def test_it_is_asked_for_after_the_disclaimer_is_accepted_and_then_waits() -> None:
    company = a_new_company()
    ops = browser(company, Role.OPS)
    page = text_of(ops.get("/kiln/activation/"))
    assert all(paragraph in page for paragraph in disclaimer.PARAGRAPHS)

    refused = ask(ops, company, accepted="")
    assert "Tick that you have read the disclaimer and accept it." in text_of(refused)
    assert gate_of(company) is Gate.OFF

    asked = text_of(ask(ops, company))
    assert "The request waits for approval." in asked
    assert gate_of(company) is Gate.PENDING
    ops.post("/kiln/setup/introduction/")
    assert "It was requested and waits for an administrator" in text_of(ops.get("/kiln/setup/"))
    assert "The company is off: its activation waits for approval." in text_of(ops.get("/kiln/"))


@pytest.mark.criterion("B05")
def test_an_administrator_approves_and_nobody_else() -> None:
    company = a_new_company()
    people = {role: browser(company, role) for role in Role}
    ask(people[Role.OPS], company)

    answers = {
        role: decide(client, company, "approve").status_code
        for role, client in people.items()
        if role != Role.ADMINISTRATOR
    }
    assert set(answers.values()) == {403}
    assert gate_of(company) is Gate.PENDING

    assert "Approved. The company can be set up now." in text_of(decide(people[Role.ADMINISTRATOR], company, "approve"))
    row = Activation.objects.get()
    assert gate_of(company) is Gate.ACTIVE
    assert (str(row.requested_by), str(row.decided_by)) == ("ops-kiln", "administrator-kiln")
    assert not may_post(company)  # it has not gone live


@pytest.mark.criterion("B05")
def test_it_is_declined_with_a_reason_that_everybody_reads_and_can_be_asked_for_again() -> None:
    company = a_new_company()
    ops, boss = browser(company, Role.OPS), browser(company)
    ask(ops, company)

    assert "Write down the reason." in text_of(decide(boss, company, "decline"))
    decide(boss, company, "decline", "After the audit, please")
    page = text_of(ops.get("/kiln/activation/"))
    assert gate_of(company) is Gate.DECLINED
    assert "Reason: After the audit, please" in page

    ask(ops, company)
    assert gate_of(company) is Gate.PENDING
    assert Activation.objects.get().reason == ""


@pytest.mark.criterion("B05", "B07")
def test_an_approval_is_withdrawn_with_a_reason() -> None:
    company = the_studio()

    decide(browser(company), company, "withdraw", "The contract has ended")

    assert (gate_of(company), may_post(company)) == (Gate.WITHDRAWN, False)


@pytest.mark.criterion("B06")
def test_a_person_who_may_not_approve_sees_the_names_of_those_who_can() -> None:
    company = a_new_company()
    joined(company, Role.ADMINISTRATOR, "rosalind")
    joined(company, Role.ADMINISTRATOR, "bertrand")
    ops = browser(company, Role.OPS)
    ask(ops, company)

    assert "Your role cannot approve it. These can: bertrand, rosalind." in text_of(ops.get("/kiln/activation/"))


@pytest.mark.criterion("B06")
def test_a_person_who_may_not_ask_sees_the_names_of_those_who_can() -> None:
    company = a_new_company()
    joined(company, Role.ACCOUNTANT, "ada")
    auditor = browser(company, Role.AUDITOR)

    page = text_of(auditor.get("/kiln/activation/"))

    assert "Your role cannot accept it or ask for activation. These can: ada." in page
    assert ask(auditor, company).status_code == 403
    assert gate_of(company) is Gate.OFF


@pytest.mark.criterion("B06")
def test_a_company_without_an_administrator_names_those_who_run_the_installation() -> None:
    company = a_new_company()
    User.objects.create_superuser("root")
    ops = browser(company, Role.OPS)
    ask(ops, company)

    assert "These can: root." in text_of(ops.get("/kiln/activation/"))


@pytest.mark.criterion("B04")
def test_the_acceptance_keeps_version_text_person_and_time() -> None:
    company = a_new_company()

    ask(browser(company, Role.OPS, "olive"), company)
    row = DisclaimerAcceptance.objects.get()
    person = row.person
    assert person is not None
    person.delete()
    row.refresh_from_db()

    assert (row.version, row.fingerprint) == (disclaimer.VERSION, disclaimer.fingerprint())
    assert (row.person_name, row.accepted_at is not None) == ("olive", True)


@pytest.mark.criterion("B04")
def test_a_new_version_asks_again_and_stops_posting_until_it_is_accepted() -> None:
    company = the_studio()
    prepared(company, ORDER)
    outdated(company)
    client = browser(company, Role.OPS, "olive")

    home = text_of(client.get("/studio/"))
    code, said = run("sync", "--company", "studio")

    assert "The disclaimer has a new version, so nothing is read or posted for the company." in home
    assert (code, may_post(company)) == (2, False)
    assert "A user of the company reads and accepts it on its page Activation." in said

    accepted = ask(client, company, action="accept")
    assert "Accepted." in text_of(accepted)
    assert may_post(company)
    assert [disclaimer_acceptance.version for disclaimer_acceptance in DisclaimerAcceptance.objects.order_by("pk")] == [
        "2020-01",
        disclaimer.VERSION,
    ]


@pytest.mark.criterion("B04")
def test_what_was_read_before_the_text_changed_is_not_taken_for_the_new_one() -> None:
    company = a_new_company()

    answer = ask(browser(company, Role.OPS), company, version="2020-01")

    assert "The disclaimer has changed since you opened this page. Read it again." in text_of(answer)
    assert not DisclaimerAcceptance.objects.exists()


@pytest.mark.criterion("B04")
def test_the_text_of_a_version_never_changes() -> None:
    assert (disclaimer.VERSION, disclaimer.fingerprint()) == (
        "2026-11b",
        "0fdad11de4acb3b2aa9afd6c1bc084306a4cecec83b93d26758a5be734b18094",
    ), "another text needs another version, so that everyone is asked again"


@pytest.mark.criterion("B07")
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_read_for_posting_and_no_document_is_made_while_it_is_not_active(state: str, tmp_path: Path) -> None:
    company = in_state(the_studio(), state)
    file = tmp_path / "orders.csv"
    file.write_text(f"{HEADER}\nM-1,2026-08-14,Priya,Natarajan,p@example.com,WT-101,Wheel Throwing 101,1,199.00,,\n")

    imported, why = run("import_orders", str(file), "--company", "studio", "--layout", "orders-csv")
    with pytest.raises(NotActivated):
        staged(company, ORDER)
    codes = [run("sync", "--company", "studio", *more)[0] for more in ((), ("--dry-run",))]

    assert (imported, codes) == (2, [2, 2])
    assert "nothing is read for posting" in why
    assert (StagedOrder.objects.count(), OrderVersion.objects.count(), Document.objects.count()) == (0, 0, 0)
    assert not Run.objects.filter(state="finished").exists()


@pytest.mark.criterion("B07")
@pytest.mark.parametrize("state", STATES)
def test_what_was_read_before_makes_no_document_while_it_is_not_active(state: str) -> None:
    company = the_studio()
    staged(company, ORDER)
    in_state(company, state)

    prepare_new(company)
    decisions_changed.send(sender=Company, company=company)
    resync = advance(start(company, StagedOrder.objects.values_list("pk", flat=True), by=None))

    assert not Document.objects.exists()
    assert (resync.state, "Activation" in resync.message) == ("failed", True)

    # ... and is prepared as soon as it is again
    accept_and_approve(company)
    prepare_new(company)
    assert document_of(company, "1042").state == "ready"


def accept_and_approve(company: Company) -> None:
    accept_disclaimer(company, by=User.objects.get(username="founder"))
    row = Activation.objects.filter(company=company).first()
    if row is None:
        activated(company)
    else:
        Activation.objects.filter(company=company).update(state="approved")


@pytest.mark.criterion("B07")
@pytest.mark.parametrize("state", STATES)
def test_every_screen_says_that_it_is_off(state: str) -> None:
    company = in_state(a_company(), state)
    Company.objects.update(live_since=None, switched_on=False)
    page = browser(company).get("/studio/")

    assert "Go on with setup" in text_of(page)
    assert text_of(browser(company, Role.OPS).get("/studio/activation/")).count(str(gate_of(company).label)) >= 1


def test_only_a_practice_company_is_put_to_work_at_once() -> None:
    company = a_new_company()

    with pytest.raises(ValueError, match="not a rehearsal company"):
        put_practice_to_work(company, by=User.objects.create_user("founder"))
    assert gate_of(company) is Gate.OFF


@pytest.mark.parametrize(
    ("call", "why"),
    [("request", "It was requested already"), ("approve", ""), ("decline", "Nothing waits for approval here")],
)
def test_a_step_that_cannot_be_taken_now_is_said_and_changes_nothing(call: str, why: str) -> None:
    company = a_company()
    boss = browser(company)
    before = Activation.objects.values().get()

    answer: Any = ask(boss, company) if call == "request" else decide(boss, company, call, "because")

    assert (why or "Nothing waits for approval here") in text_of(answer)
    assert Activation.objects.values().get() == before


def test_switching_on_in_the_settings_is_no_way_around_it() -> None:
    company = a_new_company()
    boss = browser_of(User.objects.create_superuser("root"))
    facts = {"name": "Kiln", "slug": "kiln", "kind": "online", "time_zone": "America/Denver", "home_currency": "USD"}
    data = facts | {"name_rule": "fewer-than-31", "switched_on": "on", "_save": "Save"}

    answer = boss.post(f"/admin/companies/company/{company.pk}/change/", data, follow=True)
    company.refresh_from_db()

    assert "Going live switches it on, at the end of Setup." in text_of(answer)
    assert not company.switched_on


def test_the_history_shows_who_asked_accepted_and_decided() -> None:
    company = a_new_company()
    ops, boss = browser(company, Role.OPS, "olive"), browser(company, Role.ADMINISTRATOR, "ada")
    ask(ops, company)
    decide(boss, company, "approve")

    page = text_of(boss.get("/mapping/kiln/history/"))

    for word in ("olive", "ada", "Waiting for approval", "Approved", "Version 2026-11"):
        assert word in page


def test_two_requests_at_once_are_one() -> None:
    company = a_new_company()
    ops = browser(company, Role.OPS)
    ask(ops, company)

    assert "It was requested already." in text_of(ask(ops, company))
    with pytest.raises(NotAllowedNow):
        accept_twin(company)


def accept_twin(company: Company) -> None:
    twin = Company.objects.create(name="T", slug="t", is_rehearsal=True, rehearsal_of=company)
    accept_disclaimer(twin, by=User.objects.create_user("somebody"))


# Four eyes -----------------------------------------------------------------------------------------------------------


def test_who_asked_does_not_approve_while_another_administrator_can() -> None:
    company = a_new_company()
    ada, bert = browser(company, Role.ADMINISTRATOR, "ada"), browser(company, Role.ADMINISTRATOR, "bert")
    ask(ada, company)

    page = text_of(ada.get("/kiln/activation/"))
    refused = decide(ada, company, "approve")

    assert "You asked for it yourself. Another administrator approves it: bert." in page
    assert "You asked for it yourself. Another administrator approves it: bert." in text_of(refused)
    assert gate_of(company) is Gate.PENDING
    decide(bert, company, "approve")
    assert gate_of(company) is Gate.ACTIVE


def test_the_only_administrator_approves_what_they_asked_for() -> None:
    company = a_new_company()
    boss = browser(company)
    joined(company, Role.ACCOUNTANT)
    left = joined(company, Role.ADMINISTRATOR, "left")
    User.objects.filter(pk=left.pk).update(is_active=False)
    ask(boss, company)

    decide(boss, company, "approve")

    assert gate_of(company) is Gate.ACTIVE


def test_who_asked_may_take_the_request_back_by_declining_it() -> None:
    company = a_new_company()
    ada = browser(company, Role.ADMINISTRATOR, "ada")
    joined(company, Role.ADMINISTRATOR, "bert")
    ask(ada, company)

    decide(ada, company, "decline", "Too early")

    assert gate_of(company) is Gate.DECLINED


def test_an_auditor_cannot_note_that_the_introduction_was_read() -> None:
    company = a_new_company()
    joined(company, Role.OPS, "olive")
    auditor = browser(company, Role.AUDITOR)

    page = text_of(auditor.get("/kiln/setup/introduction/"))
    answer = auditor.post("/kiln/setup/introduction/")

    assert "Your role reads only. These can note that the company has read it: olive." in page
    assert "I have read this" not in page
    assert (answer.status_code, SetupMark.objects.count()) == (403, 0)
