"""Does the page of commands have every command, option and field of JSON that there is, and nothing else?"""

from __future__ import annotations

import json
import re
from argparse import Action
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from books.answers import AccountRef
from books.documents import Posting
from books.messages import Message
from books.posted_document import Holding, Named
from books.serialization import holding_body
from companies.models import Company
from mapping.models import QuickBooksAccount
from reconciliation.cleanup.finding import BooksEntry, CleanupCase, CleanupKind
from reconciliation.cleanup.report import finding_of
from reconciliation.cleanup.shown import shown_case
from reconciliation.cleanup.told import plain_report
from reconciliation.cleanup_models import CleanupReport
from reconciliation.evidence_pack.verify import EvidenceCheck, EvidenceFault
from reconciliation.management.commands.adopt import plain as plain_search
from reconciliation.management.commands.evidence import plain_pack
from reconciliation.management.commands.reconcile import plain
from reconciliation.clearing.parts import Ages
from reconciliation.clearing.shown import ShownClearing, ShownEmptied, ShownPart
from reconciliation.clearing.told import plain_clearings
from reconciliation.clearing_models import ClearingReading, ClearingReadingPart
from reconciliation.management.commands.undo import plain_undo
from reconciliation.management.commands.verify_evidence import plain_check
from reconciliation.models import AdoptionCandidate, AdoptionSearch, EvidencePack, TieOut
from reconciliation.undo_models import Undo, UndoCustomer, UndoItem, UndoStep
from reconciliation.tie_out.accounts import AccountSum, TiedAccount
from reconciliation.tie_out.comparing import Reason, Row, Sum
from sync.adopting.adopt import AdoptedRecords
from sync.fetching.report import FetchReport
from sync.jobs.status import CompanyRequests, CompanyStatus, Condition, JobsOf, MonthOfRequests, Status, WorkerSeen
from sync.lists.list_sync import ListCounts
from sync.lists.refresh import RefreshCounts
from sync.management.commands.check_iif import _plain
from sync.management.fetches import plan_plain
from sync.management.plan_words import plain_plan
from sync.models import (
    Connection,
    Document,
    DocumentState,
    ItemWrite,
    PlannedReading,
    Preview,
    RunProof,
    StagedOrder,
)
from sync.previewing.plan import PlannedDocument, SendingPlan, WrittenField
from sync.quickbooks_desktop.list_import import ListsImported
from sync.quickbooks_desktop.reading.read import read_iif
from sync.sync_report import SyncReport
from sync.sources.base import Place, RowError
from sync.staging.catalogue import CataloguePlan
from sync.staging.import_file import ImportReport, error_facts
from sync.staging.intake import IntakeCounts
from tests.docs.pages import DOCS, ROOT, blocks, sections

PAGE = DOCS / "reference" / "commands.md"
MARKDOWN = sorted({*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "demo" / "samples").glob("*.md")})
OURS = {
    name: load_command_class(app, name)
    for name, app in get_commands().items()
    if apps.is_installed(app) and (ROOT / app).is_dir()
}
DJANGOS = {action.dest for action in BaseCommand().create_parser("manage.py", "any")._actions}
EXAMPLES = {block.details: json.loads(block.text) for block in blocks(PAGE) if block.kind == "json"}


def actions() -> list[tuple[str, Action]]:
    """Every argument and option of our own, with the command it belongs to."""
    parsers = {name: command.create_parser("manage.py", name) for name, command in OURS.items()}
    return [
        (name, action) for name, parser in parsers.items() for action in parser._actions if action.dest not in DJANGOS
    ]


def spelled(action: Action) -> str:
    """An argument or option as a person types it."""
    return action.option_strings[0] if action.option_strings else action.dest.upper()


def test_there_are_commands_to_describe():
    assert {"sync", "import_orders", "refresh_lists", "rotate_keys", "demo"} <= set(OURS)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_has_its_section_and_its_row_in_the_table(name: str):
    assert name in sections(PAGE), f"add a section '## {name}' to docs/reference/commands.md"
    assert f"| [{name}](#{name}) |" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "action"), [pytest.param(*option, id=f"{option[0]} {spelled(option[1])}") for option in actions()]
)
def test_every_option_is_in_the_table_of_its_command_with_its_choices(name: str, action: Action):
    rows = [row for row in sections(PAGE)[name].splitlines() if row.startswith(f"| `{spelled(action)}")]

    assert len(rows) == 1
    assert [choice for choice in action.choices or () if f"`{choice}`" not in rows[0]] == []


def test_the_page_has_no_option_that_does_not_exist():
    real = {(name, spelled(action)) for name, action in actions()}
    told = {
        (name, option)
        for name in OURS
        for option in re.findall(r"^\| `([-\w]+)", sections(PAGE)[name], flags=re.MULTILINE)
    }

    assert told == real


def sync_fields() -> Any:
    report = SyncReport(company=Company(slug="bramble-birch"), proof=RunProof(), held=Preview())
    cause = {"code": "", "title": "", "explanation": "", "first": "", "documents": 0, "money": ""}
    return {"companies": [{**report.plain(), "causes": [cause]}]}


def preview_fields() -> Any:
    account = AccountRef(quickbooks_id="1", path="Memberships", account_type="Income")
    posting = Posting(account=account, amount=Decimal(-1), memo="")
    change = WrittenField(what="", held="", sent="")
    shown = PlannedDocument(
        title="", dated="", customer="", total=Decimal(1), currency="", postings=(posting,), changes=(change,)
    )
    return {**plain_plan(Company(home_currency="USD"), SendingPlan(documents=(shown,)), [("", "")]), "accounts": {}}


def import_fields() -> Any:
    error = RowError(code="", place=Place(row=14), message=Message(sentence=""))
    return {**ImportReport(counts=IntakeCounts(), notices=(("", 1),)).plain(), "errors": [error_facts(error)]}


def import_items_fields() -> Any:
    error = RowError(code="", place=Place(row=14), message=Message(sentence=""))
    plan = CataloguePlan(system="files", new=(), changed=(), unchanged=0, errors=(error,), notices=("",))
    return plan.plain()


def fetch_fields() -> Any:
    return FetchReport(source=Connection(system="keap")).plain()


def plan_fields() -> Any:
    source = Connection(system="keap")
    return plan_plain(PlannedReading(connection=source, begins_on=date(2024, 1, 1), requests=1))


#: What export_contacts prints; its counts are those of the file that it wrote.
CONTACTS = ("company", "source", "written", "there_already", "same_email", "exit_code")


def refresh_fields() -> Any:
    counts = {**RefreshCounts().plain(), "lists": {"accounts": asdict(ListCounts())}}
    return {"companies": [{"company": "bramble-birch", **counts, "exit_code": 0}]}


def desktop_fields(command: str) -> Any:
    """What export_iif, import_lists and check_iif print."""
    shared = {"company": "", "exit_code": 0}
    if command == "export_iif":
        names = ("batch", "kind", "file", "sha256", "bytes", "documents", "kinds", "accounts", "changed_texts")
        left_out = [{"document": "", "why": ""}]
        return {**shared, **dict.fromkeys(names, {}), "left_out": left_out, "backup_confirmed_by": ""}
    return {**shared, **ListsImported(lists={"accounts": ListCounts()}).plain()}


def checked_fields() -> Any:
    report = read_iif(b"!TRNS\tTRNSTYPE\r\n")
    return _plain(Path("other.iif"), report, 1)


def status_fields() -> Any:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    company = CompanyStatus(
        slug="", name="", condition=Condition.WAITING, posts_automatically=True, to_post=0, oldest=None, to_prepare=0,
        served_at=None, due_at=None, message="",
    )  # fmt: skip
    jobs = JobsOf(task="sync", waiting=0, at_work=0, failed=0, oldest=None)
    workers = (WorkerSeen(number=1, silent=0),)
    asked = CompanyRequests(company="", is_rehearsal=False, reads=0, writes=0, batches=0)
    requests = MonthOfRequests(month=now.date(), companies=(asked,))
    return Status(at=now, workers=workers, queue=(jobs,), companies=(company,), requests=requests).plain()


def reconcile_fields() -> Any:
    tie_out = TieOut(company=Company(slug=""), first=date(2026, 8, 1), last=date(2026, 8, 31))
    sums = {Reason.CHANGED_THERE: AccountSum(records=1, there=Decimal(8))}
    account = TiedAccount(account="84", name="Accounts Receivable", currency="USD", sums=sums, read=Decimal(8))
    return plain(tie_out, [Row(kind="invoice", currency="USD", sums={Reason.MATCHES: Sum()})], [account], 0)


def cleanup_fields() -> Any:
    day = date(2026, 8, 14)
    sold = BooksEntry(
        form="invoice", quickbooks_id="145", number="1042", dated=day, customer_id="9", customer_name="Nora Quist",
        total=Decimal(48), currency="USD", is_ours=True,
    )  # fmt: skip
    report = CleanupReport(company=Company(slug=""), first=day, last=day, days=14)
    case = CleanupCase(kind=CleanupKind.TWICE, entries=(sold,), amount=Decimal(48), currency="USD")
    finding = finding_of(report, case)
    return plain_report(report, [(finding, shown_case(report, finding, realm=""))], 1)


def clearing_fields() -> Any:
    day, amount = date(2026, 8, 14), Decimal(48)
    reading = ClearingReading(first=day, last=day, balance=amount, requests=2)
    taken = ShownEmptied(title="", dated=day, amount=amount, named=True)
    kept = {"transaction": "Deposit 160", "dated": "2026-08-20", "amount": "48.00", "named": True}
    part = ClearingReadingPart(dated=day, amount=amount, open=amount, emptied=[kept])
    shown = ShownPart(part=part, title="", days=1, document=None, emptied=(taken,))
    account = ShownClearing(account=QuickBooksAccount(), marked=False, reading=reading, ages=Ages())
    return plain_clearings(Company(slug="", home_currency="USD"), [(account, [shown])], 0)


def adopt_fields() -> Any:
    day = date(2026, 8, 14)
    search = AdoptionSearch(company=Company(slug=""), first=day, last=day)
    order = StagedOrder(number="1042")
    document = Document(order=order, kind="invoice", number="1042", total=Decimal(48), currency="USD")
    held = Holding(number="1042", dated="2026-08-14", customer=Named(identifier="9"), currency="USD", total=Decimal(48))
    candidate = AdoptionCandidate(document=document, form="invoice", quickbooks_id="145", holding=holding_body(held))
    return plain_search(search, [candidate], [], AdoptedRecords(left=[(document, "")]), 0)


def undo_fields() -> Any:
    document = Document(kind="invoice", number="1", dated=date(2026, 8, 1), currency="USD", total=Decimal(1))
    undo = Undo(company=Company(slug=""), moves={"USD Sales": "1"})
    steps = [UndoStep(undo=undo, document=document, action="delete", state="done")]
    customers = [UndoCustomer(undo=undo, document=document, state="done")]
    items = [UndoItem(undo=undo, write=ItemWrite(name="Kit", quickbooks_id="47"), document=document, state="done")]
    return plain_undo(undo, steps, customers, items, [RunProof()])


def evidence_fields() -> Any:
    pack = EvidencePack(company=Company(slug=""), first=date(2026, 8, 1), last=date(2026, 8, 31))
    return plain_pack(pack, Path("august.zip"))


def verify_fields() -> Any:
    fault = EvidenceFault(entry="", what="")
    return plain_check(Path("august.zip"), EvidenceCheck(faults=[fault], chain="", entries=0), [fault], 1)


#: Below these the names are data: what there was to count, and which accounts were moved.
FREE = ("companies.counts.", "accounts.", "kinds.", "lists.CUST")


def fields(value: Any, path: str = "") -> set[str]:
    """Every name in a piece of JSON with the names above it; a list is read by its first entry."""
    if isinstance(value, list):
        return fields(value[0], path) if value else set()
    if not isinstance(value, dict):
        return set()
    found = {path + name for name in value}.union(*(fields(inner, f"{path}{name}.") for name, inner in value.items()))
    return {name for name in found if not name.startswith(FREE)}


@pytest.mark.parametrize(
    ("command", "real"),
    [
        ("sync", sync_fields()),
        ("dry-run", preview_fields()),
        ("fetch", fetch_fields()),
        ("plan", plan_fields()),
        ("export_contacts", dict.fromkeys(CONTACTS, 0)),
        ("import_items", import_items_fields()),
        ("import_orders", import_fields()),
        ("refresh_lists", refresh_fields()),
        ("export_iif", desktop_fields("export_iif")),
        ("import_lists", desktop_fields("import_lists")),
        ("check_iif", checked_fields()),
        ("status", status_fields()),
        ("adopt", adopt_fields()),
        ("reconcile", reconcile_fields()),
        ("cleanup", cleanup_fields()),
        ("clearing", clearing_fields()),
        ("undo", undo_fields()),
        ("evidence", evidence_fields()),
        ("verify_evidence", verify_fields()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_examples_of_json_have_the_fields_that_the_commands_print(command: str, real: Any):
    assert fields(EXAMPLES[command]) == fields(real)


def test_every_example_of_json_is_compared():
    desktop = {"export_iif", "import_lists", "check_iif"}
    assert set(EXAMPLES) == {
        *("sync", "dry-run", "fetch", "plan", "import_items", "import_orders", "refresh_lists", "status", "reconcile"),
        *("adopt", "cleanup", "clearing"),
        *(*desktop, "export_contacts", "undo", "evidence", "verify_evidence"),
    }


def test_every_count_of_a_sync_is_explained():
    told = set(re.findall(r"`(\w+)`", sections(PAGE)["sync"]))
    states = {state.value for state in DocumentState} - {"ignored", "voided", "undone"}

    assert (
        sorted({"prepared_orders", "nothing_to_post", "ready_now", "to_export", "adopted", "later", *states} - told)
        == []
    )
    assert sorted(set(EXAMPLES["sync"]["companies"][0]["counts"]) - told) == []


def commands_in(text: str) -> set[str]:
    """What follows `manage.py` wherever a page tells people to type it."""
    return set(re.findall(r"manage\.py ([a-z_]+)\b", text))


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_that_a_page_tells_people_to_type_exists(page: Path):
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z.-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    told_targets = set(re.findall(r"(?:^ {4}|`)make ([a-z-]+)", text, flags=re.MULTILINE))

    assert sorted(commands_in(text) - {*get_commands(), "help"}) == []
    assert sorted(told_targets - targets) == []
