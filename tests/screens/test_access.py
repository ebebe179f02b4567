"""Who may open which ops screen, and who may press which button? Asked for every role, and for a stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from companies.access import RIGHTS, Right
from companies.models import Company, Role
from reconciliation.models import Issue, TieOut, TieOutState
from reconciliation.undo_models import Undo, UndoState
from reconciliation.urls import of_company as of_reconciliation
from setup.urls import of_company as of_setup
from sync.models import Document, DocumentState, Preview, PreviewState, Run, RunKind, RunState, WaitingFile
from tests.factories import a_company, document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import ROLES, a_person, a_run, a_stuck_order, an_unmapped_product, posted, signed_in

pytestmark = pytest.mark.django_db

FOREIGN = "2026-08-14  order 2003 in EUR\nWT-101  199.00"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A company with one of everything that an address can name."""

    company: Company
    mapping: Issue
    customer: Issue
    record: Issue
    run: Run

    @property
    def order(self) -> int:
        return order_of(self.company, "1042").pk

    @property
    def document(self) -> int:
        return document_of(self.company, "1042").pk


def a_stage(name: str = "Bramble & Birch Studio", slug: str = "studio") -> Stage:
    company = the_studio(name, slug)
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    posted(document_of(company, "1042"))
    return Stage(
        company=company,
        mapping=an_unmapped_product(company, "2001"),
        customer=a_stuck_order(company, "2026-08-14  order 2002  #9 Nora Quist\nWT-101  199.00"),
        record=a_stuck_order(company, FOREIGN),
        run=a_run(company, RunKind.RESYNC),
    )


def _tie_out(stage: Stage) -> int:
    """A tie-out; starting one, which asks QuickBooks, is in tests/reconciliation/test_tie_out_screens.py."""
    found, _ = TieOut.objects.get_or_create(
        company=stage.company, state=TieOutState.FINISHED, first=date(2026, 8, 1), last=date(2026, 8, 31)
    )
    return found.pk


def _undo(stage: Stage) -> int:
    """A finished undo; carrying one out, which asks QuickBooks, is in tests/reconciliation/test_undo_screens.py."""
    found, _ = Undo.objects.get_or_create(
        company=stage.company, state=UndoState.FINISHED, defaults={"scope": {"by": "order", "which": str(stage.order)}}
    )
    return found.pk


def _preview(stage: Stage) -> int:
    """A preview that was sent; making and sending one is in tests/reconciliation/test_previews.py."""
    found, _ = Preview.objects.get_or_create(company=stage.company, state=PreviewState.SENT)
    return found.pk


#: Every screen: its name, and what its address needs.
SCREENS: dict[str, Callable[[Stage], list[int | str]]] = {
    "home": lambda stage: [],
    "documents": lambda stage: [],
    "documents_export": lambda stage: [],
    "document": lambda stage: [stage.document],
    "orders": lambda stage: [],
    "order": lambda stage: [stage.order],
    "order_statuses": lambda stage: [],
    "issues": lambda stage: [],
    "issue": lambda stage: [stage.mapping.pk],
    "sync_history": lambda stage: [],
    "sync_run": lambda stage: [stage.run.pk],
    "tie_outs": lambda stage: [],
    "adoptions": lambda stage: [],
    "clearings": lambda stage: [],
    "cleanups": lambda stage: [],
    "tie_out": lambda stage: [_tie_out(stage)],
    "tie_out_statement": lambda stage: [_tie_out(stage)],
    "tie_out_statement_pdf": lambda stage: [_tie_out(stage)],
    "undos": lambda stage: [],
    "undo": lambda stage: [_undo(stage)],
    "previews": lambda stage: [],
    "preview": lambda stage: [_preview(stage)],
    "search": lambda stage: [],
    "setup:activation": lambda stage: [],
    "setup:help": lambda stage: [],
    "setup:help_page": lambda stage: ["howto/go-live.md"],
    "setup:setup": lambda stage: [],
    "setup:introduction": lambda stage: [],
    "setup:rehearsal": lambda stage: [],
}


@dataclass(frozen=True, kw_only=True)
class Button:
    """Something that can be pressed, the right it needs, and what shows that it worked."""

    right: Right
    name: str
    address: Callable[[Stage], list[int | str]]
    form: Callable[[Stage], dict[str, str]]
    done: Callable[[Stage], bool]


def _resync_began(stage: Stage) -> bool:
    return Run.objects.filter(company=stage.company, kind=RunKind.RESYNC, state=RunState.RUNNING).exists()


def _foreign(stage: Stage) -> Document:
    return document_of(stage.company, "2003")


BUTTONS = {
    "map a product": Button(
        right=Right.MAP,
        name="issue_fix",
        address=lambda stage: [stage.mapping.pk, "choose-item"],
        form=lambda stage: {"item": "KIT-MUG"},
        done=lambda stage: document_of(stage.company, "2001").state == DocumentState.READY,
    ),
    "map a product and re-sync": Button(
        right=Right.MAP,
        name="issue_fix",
        address=lambda stage: [stage.mapping.pk, "choose-item"],
        form=lambda stage: {"item": "KIT-MUG", "resync": "1"},
        done=_resync_began,
    ),
    "enter an email": Button(
        right=Right.RESOLVE,
        name="issue_fix",
        address=lambda stage: [stage.customer.pk, "give-email"],
        form=lambda stage: {"email": "nora@example.com"},
        done=lambda stage: document_of(stage.company, "2002").state == DocumentState.READY,
    ),
    "ignore a record": Button(
        right=Right.RESOLVE,
        name="issue_fix",
        address=lambda stage: [stage.record.pk, "ignore"],
        form=lambda stage: {"records": str(_foreign(stage).pk), "reason": "By hand"},
        done=lambda stage: _foreign(stage).state == DocumentState.IGNORED,
    ),
    "re-sync an order": Button(
        right=Right.RESOLVE,
        name="resync",
        address=lambda stage: [],
        form=lambda stage: {"scope": "order", "order": str(stage.order)},
        done=_resync_began,
    ),
    "re-sync an issue": Button(
        right=Right.RESOLVE,
        name="resync",
        address=lambda stage: [],
        form=lambda stage: {"scope": "issue", "issue": str(stage.mapping.pk)},
        done=_resync_began,
    ),
    "re-sync what was chosen": Button(
        right=Right.RESOLVE,
        name="resync",
        address=lambda stage: [],
        form=lambda stage: {"scope": "chosen", "document": str(stage.document)},
        done=_resync_began,
    ),
    "re-sync what the filter shows": Button(
        right=Right.RESOLVE,
        name="resync",
        address=lambda stage: [],
        form=lambda stage: {"scope": "shown", "filter": "state=blocked"},
        done=_resync_began,
    ),
    "stop ignoring": Button(
        right=Right.RESOLVE,
        name="document_restore",
        address=lambda stage: [_ignored(stage)],
        form=lambda stage: {},
        done=lambda stage: _foreign(stage).state == DocumentState.BLOCKED,
    ),
    "carry on with a re-sync": Button(
        right=Right.RESOLVE,
        name="sync_run_advance",
        address=lambda stage: [_running(stage)],
        form=lambda stage: {},
        done=lambda stage: not _resync_began(stage),
    ),
    "stop a re-sync": Button(
        right=Right.RESOLVE,
        name="sync_run_stop",
        address=lambda stage: [_running(stage)],
        form=lambda stage: {},
        done=lambda stage: not _resync_began(stage),
    ),
    "start a broken import again": Button(
        right=Right.RESOLVE,
        name="sync_run_again",
        address=lambda stage: [_broken_off(stage)],
        form=lambda stage: {},
        done=lambda stage: not WaitingFile.objects.filter(run__company=stage.company).exists(),
    ),
}


def _ignored(stage: Stage) -> int:
    Document.objects.filter(pk=_foreign(stage).pk).update(state=DocumentState.IGNORED)
    return _foreign(stage).pk


def _broken_off(stage: Stage) -> int:
    run = Run.objects.create(company=stage.company, kind=RunKind.IMPORT, state=RunState.FAILED)
    WaitingFile.objects.create(run=run, name="august.csv", layout="orders-csv", data=b"nothing")
    return run.pk


def _running(stage: Stage) -> int:
    Run.objects.filter(pk=stage.run.pk).update(state=RunState.RUNNING)
    return stage.run.pk


#: Buttons that need a QuickBooks to ask; pressed by each role in tests/reconciliation/test_posting_again.py and
#: tests/quickbooks_online/test_items.py.
ASKS_QUICKBOOKS = {"document_again", "new_items"}

#: Steps of setting a company up; tried by each role in tests/setup/test_walk.py.
SETUP = {
    "import_orders",
    "setup:go_live",
    "setup:go_on",
    "setup:rehearsal_leave_out",
    "setup:rehearsal_make",
}


#: Asked before anything is saved; tried by roles in tests/screens/test_what_if.py.
WHAT_IF = {"what_if", "what_if_product"}

#: Decided, signed, read or handed over after a tie-out; in test_drift_screens.py, test_sign_off.py, test_clearing.py
#: and test_evidence_of_period.py of reconciliation.
TIE_OUTS = {
    "adoption",
    "clearing",
    "cleanup",
    "document_not_ours",
    "tie_out_decide",
    "tie_out_sign",
    "tie_out_stop",
    "tie_out_withdraw",
    "tie_out_evidence",
    "evidence_pack",
}

#: Started, stopped and taken back on the page of an undo; in tests/reconciliation/test_undo_screens.py.
UNDOS = {"undo_start", "undo_stop", "undo_go_on", "undo_post_again"}

#: Sent, approved and declined on the page of a preview; in tests/reconciliation/test_previews.py.
PREVIEWS = {"preview_send", "preview_approve", "preview_decline"}

#: Sources and the tabs of each; tried by roles in test_integrations.py and test_every_address.py.
SOURCES = {
    str(route.name)
    for route in of_reconciliation
    if str(route.name).startswith(("connect_live", "integrations", "source"))
}

#: Many customers or items at once; tried by roles in tests/screens/test_every_address.py.
MATCHING = {
    "choose_columns",
    "customer_decisions",
    "import_items",
    "match_customers",
    "match_customers_sheet",
    "match_items",
    "match_several",
}

#: Files for QuickBooks Desktop; tried by roles in tests/desktop.
DESKTOP = {str(route.name) for route in of_reconciliation if str(route.name).startswith("desktop")}


def address(stage: Stage, name: str, args: list[int] | list[int | str]) -> str:
    return reverse(name if ":" in name else f"reconciliation:{name}", args=[stage.company.slug, *args])


def test_every_address_of_these_rooms_is_in_this_matrix() -> None:
    names = {str(route.name) for route in of_reconciliation} | {f"setup:{route.name}" for route in of_setup}

    assert names == {
        *SCREENS,
        *(button.name for button in BUTTONS.values()),
        *ASKS_QUICKBOOKS,
        *SETUP,
        *WHAT_IF,
        *SOURCES,
        *MATCHING,
        *DESKTOP,
        *TIE_OUTS,
        *UNDOS,
        *PREVIEWS,
    }


@pytest.mark.criterion("D65")
@pytest.mark.parametrize("role", ROLES)
def test_every_member_sees_every_screen(role: str) -> None:
    stage = a_stage()
    client = signed_in(a_person(stage.company, role))

    answers = {name: client.get(address(stage, name, args(stage)), follow=True) for name, args in SCREENS.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(SCREENS, 200)


def test_to_a_stranger_the_company_does_not_exist() -> None:
    stage = a_stage()
    elsewhere = a_person(a_company("Lindqvist Pottery", "lindqvist"), Role.ADMINISTRATOR)

    for user in (a_person(None), elsewhere):
        client = signed_in(user)
        answers = {name: client.get(address(stage, name, args(stage))).status_code for name, args in SCREENS.items()}
        assert answers == dict.fromkeys(SCREENS, 404)


def test_without_a_login_there_is_only_the_login() -> None:
    stage = a_stage()

    for name, args in SCREENS.items():
        response = Client().get(address(stage, name, args(stage)))
        assert (response.status_code, response.headers["Location"][:20]) == (302, "/login/?next=/studio")


@pytest.mark.parametrize("name", ["document", "order", "issue", "sync_run"])
def test_a_row_of_another_company_is_not_found_under_ones_own(name: str) -> None:
    mine, theirs = a_stage(), a_stage("Lindqvist Pottery", "lindqvist")
    client = signed_in(a_person(mine.company, Role.ADMINISTRATOR))

    assert client.get(address(mine, name, SCREENS[name](theirs))).status_code == 404
    assert client.get(address(mine, name, [999_999_999])).status_code == 404


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_works_for_those_who_have_the_right_and_for_nobody_else(name: str, role: str) -> None:
    stage, button = a_stage(), BUTTONS[name]
    client = signed_in(a_person(stage.company, role))

    response = client.post(address(stage, button.name, button.address(stage)), button.form(stage))

    if button.right in RIGHTS[role]:
        assert response.status_code == 302
        assert button.done(stage)
    else:
        assert response.status_code == 403
        assert "Your role in Bramble &amp; Birch Studio cannot do this." in response.content.decode()
        assert not button.done(stage)


@pytest.mark.parametrize("name", BUTTONS)
def test_a_stranger_can_press_nothing(name: str) -> None:
    stage, button = a_stage(), BUTTONS[name]
    theirs = a_stage("Lindqvist Pottery", "lindqvist")
    client = signed_in(a_person(theirs.company, Role.ADMINISTRATOR))

    response = client.post(address(stage, button.name, button.address(stage)), button.form(stage))

    assert response.status_code == 404
    assert not button.done(stage)


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_of_one_company_does_nothing_to_a_row_of_another(name: str) -> None:
    mine, theirs, button = a_stage(), a_stage("Lindqvist Pottery", "lindqvist"), BUTTONS[name]
    client = signed_in(a_person(mine.company, Role.ADMINISTRATOR))

    response = client.post(address(mine, button.name, button.address(theirs)), button.form(theirs))

    assert response.status_code in (302, 404)
    assert not button.done(theirs)


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_cannot_be_pressed_by_a_link(name: str) -> None:
    stage, button = a_stage(), BUTTONS[name]
    client = signed_in(a_person(stage.company, Role.ADMINISTRATOR))

    assert client.get(address(stage, button.name, button.address(stage))).status_code == 405
    assert not button.done(stage)


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_cannot_be_pressed_from_another_site(name: str) -> None:
    stage, button = a_stage(), BUTTONS[name]
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_person(stage.company, Role.ADMINISTRATOR))

    response = client.post(address(stage, button.name, button.address(stage)), button.form(stage))

    assert response.status_code == 403
    assert not button.done(stage)


@pytest.mark.parametrize("name", ["home", "documents", "order", "issue", "sync_run"])
def test_an_auditor_sees_no_button_that_changes_anything(name: str) -> None:
    stage = a_stage()
    client = signed_in(a_person(stage.company, Role.AUDITOR))
    Run.objects.filter(pk=stage.run.pk).update(state=RunState.RUNNING)

    text = client.get(address(stage, name, SCREENS[name](stage))).content.decode()
    content = text.partition('id="content"')[2].partition('id="modal')[0]

    assert 'method="post"' not in content
    assert 'type="checkbox"' not in content


@pytest.mark.parametrize(("issue", "who"), [("mapping", "Accountant, Administrator"), ("customer", "")])
def test_a_person_without_the_right_sees_who_has_it(issue: str, who: str) -> None:
    stage = a_stage()
    client = signed_in(a_person(stage.company, Role.OPS))

    text = client.get(address(stage, "issue", [getattr(stage, issue).pk])).content.decode()

    assert ("Only these roles can change this" in text) == bool(who)
    assert who in text
