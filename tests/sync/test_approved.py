"""Is what was approved what is sent, or nothing?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from companies.models import Company
from mapping.models import QuickBooksItem
from sync.models import Document, PreviewState, Push, Run
from sync.previewing.keeping import keep_plan, new_preview
from sync.previewing.making import gather, plan_of
from sync.verifying import left_of
from tests.factories import a_company, prepared, staged
from tests.simulators.driver import Books
from tests.sync.commands import run, run_json
from tests.sync.pushing import NEW, in_quickbooks, push

pytestmark = pytest.mark.django_db(transaction=True)

SOLD = "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-15  Cash  50.00\n"


def dry_run() -> Any:
    """What a dry run prints of the company."""
    return run_json("sync", "--dry-run")[1]["companies"][0]


def by_action(plan: Any) -> dict[str, list[str]]:
    """The names of documents by what becomes of them."""
    told: dict[str, list[str]] = {}
    for row in plan["documents"]:
        told.setdefault(row["action"], []).append(row["document"])
    return told


def test_a_dry_run_says_what_is_changed_voided_created_and_blocked_and_writes_nothing(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, SOLD, SOLD.replace("1042", "1043"))
    push(studio)
    before = (Push.objects.count(), Run.objects.count(), Document.objects.count())
    staged(studio, SOLD.replace("199.00", "250.00"), SOLD.replace("1042", "1043") + "status  cancelled", NEW)
    QuickBooksItem.objects.filter(company=studio, name="Starter Clay Kit").update(active=False)
    staged(studio, "2026-08-14  order 3002\nKIT-CLAY  9.00")

    plan, told = dry_run(), " ".join(run("sync", "--dry-run")[1].split())

    assert by_action(plan) == {
        "change": ["Invoice 1042", "Payment 1043-1"],
        "void": ["Invoice 1043"],
        "create": ["Customer Zoë O'Brien & Søn", "Invoice 3001", "Payment 3001-1"],
        "blocked": ["Invoice 3002"],
    }
    changed = next(row for row in plan["documents"] if row["document"] == "Invoice 1042")
    assert changed["changes"][0] == {"what": "the total", "held": "199.00 USD", "sent": "250.00 USD"}
    freed = next(row for row in plan["documents"] if row["document"] == "Payment 1043-1")
    assert [(part["what"], part["sent"]) for part in freed["changes"]] == [("what it is applied to", "—")]
    assert plan["accounts"]["Accounts Receivable"] == "1.00"  # +51 changed, -199 voided, +199 - 50 new
    assert plan["new_customers"] == ["Zoë O'Brien & Søn"]
    assert "the total: 199.00 USD → 250.00 USD" in told
    assert f"Fingerprint: {plan['fingerprint']}" in told
    assert (Push.objects.count(), Run.objects.count(), Document.objects.count()) == before


def test_a_change_that_others_made_in_quickbooks_is_shown_as_what_a_person_decides(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, SOLD)
    push(studio)
    invoice = quickbooks.find("Invoice", "DocNumber = '1042'")
    quickbooks.change("Invoice", invoice, TxnDate="2026-08-20")
    staged(studio, SOLD.replace("199.00", "250.00"))

    plan = dry_run()

    assert by_action(plan) == {"blocked": ["Invoice 1042"]}
    assert "It was changed in QuickBooks: the date: 2026-08-14 → 2026-08-20" in plan["documents"][0]["reason"]


def test_exactly_what_was_approved_is_sent_also_where_nothing_is_posted_by_itself(
    studio: Company, quickbooks: Books
) -> None:
    Company.objects.update(posts_automatically=False)
    staged(studio, NEW)
    fingerprint = dry_run()["fingerprint"]

    code, result = run_json("sync", "--company", "studio", "--approved", fingerprint)

    assert (code, result["companies"][0]["counts"]["posted"]) == (0, 2)
    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert run("sync", "--company", "studio", "--approved", fingerprint)[0] == 2  # sent once


def test_where_anything_else_would_be_sent_nothing_is_and_what_changed_is_named(
    studio: Company, quickbooks: Books, tmp_path: Path
) -> None:
    staged(studio, SOLD, NEW)
    code, result = run_json("sync", "--dry-run")
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(result))
    fingerprint = result["companies"][0]["fingerprint"]
    staged(studio, SOLD.replace("199.00", "250.00"), NEW.replace("3001", "3003"))

    code, told = run("sync", "--company", "studio", "--approved", fingerprint, "--plan", str(file))

    words = " ".join(told.split())
    assert code == 2
    assert "not what was approved, so nothing was sent" in words
    assert "New: Invoice 3003" in words
    assert "Another than approved: Invoice 1042." in words
    assert in_quickbooks(quickbooks) == (0, 0, 0)
    assert not Push.objects.exists()
    assert "Now it is 6 documents" in run("sync", "--company", "studio", "--approved", fingerprint)[1]


def test_what_becomes_another_while_it_is_sent_is_left(studio: Company, quickbooks: Books) -> None:
    prepared(studio, SOLD, SOLD.replace("1042", "1043"))
    preview = keep_plan(new_preview(studio, by=None), plan_of(gather(studio)), state=PreviewState.SENDING)
    prepared(studio, SOLD.replace("199.00", "250.00"), SOLD.replace("1042", "1044"))
    push(studio, preview=preview.pk)

    states = dict(Document.objects.filter(kind="invoice").values_list("number", "state"))
    assert states == {"1042": "ready", "1043": "posted", "1044": "ready"}
    assert left_of(preview) == 1


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--approved", "ab"), "--approved sends one company's documents"),
        (("--company", "studio", "--dry-run", "--approved", "ab"), "--approved sends one company's documents"),
        (("--company", "studio", "--plan", "x.json"), "--plan goes with --approved"),
        (("--company", "studio", "--approved", "ab", "--plan", "none.json"), "is not what a dry run of studio printed"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: tuple[str, ...], why: str) -> None:
    a_company()

    with pytest.raises(CommandError, match=why) as refused:
        run("sync", *options)

    assert refused.value.returncode == 2
