"""Do the figures that the tutorial and the first page promise come out of the samples?"""

from __future__ import annotations

import json
import re
from typing import Any

from books.problems import PROBLEMS
from demo.sample_company import PASSWORD, PEOPLE
from demo.sample_orders.month_end_story import CHANGED_SINCE, KEPT
from demo.story import FILES
from tests.docs.pages import DOCS, ROOT

TUTORIAL = (DOCS / "tutorial.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXPECTED: dict[str, Any] = json.loads((ROOT / "demo" / "samples" / "expected.json").read_text(encoding="utf-8"))
POSTED = EXPECTED["posted"]


def money(text: str) -> str:
    return f"{float(text):,.2f}"


def test_the_table_of_what_was_posted_is_what_the_samples_come_to():
    assert f"| customers that QuickBooks did not have | {POSTED['customers']} | |" in TUTORIAL
    for kind in ("invoices", "payments", "credits", "refunds", "returns"):
        assert f"| {kind} | {POSTED[kind]['count']} | {money(POSTED[kind]['total'])} |" in TUTORIAL


def test_what_make_demo_prints_is_what_the_tutorial_shows():
    kinds = ("invoices", "payments", "credits", "refunds", "returns")
    everything = POSTED["applied_credits"] + sum(POSTED[kind]["count"] for kind in kinds)

    assert f"Posted now: {everything} documents, and {POSTED['customers']} customers created." in TUTORIAL
    for name in FILES:
        assert f"    {name}: {EXPECTED['orders'][name]} new orders, 0 unchanged\n" in TUTORIAL


def test_the_first_page_promises_what_the_demo_shows():
    text = " ".join(README.split())

    assert f"{POSTED['invoices']['count']} invoices and {POSTED['payments']['count']} payments" in text
    assert f"{EXPECTED['orders']['total']} sample orders" in text
    assert len(EXPECTED["blocked"]) == 6
    assert "six kinds of reasons" in text


def test_the_tutorial_clears_one_of_each_cause_that_the_samples_have():
    cleared = re.findall(r"^### (.+)$", TUTORIAL, flags=re.MULTILINE)

    assert sorted(cleared) == sorted(PROBLEMS[issue["cause"]].title for issue in EXPECTED["blocked"])


WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counts(cause: str) -> tuple[int, int]:
    """How many invoices and payments a cause blocks in the samples."""
    blocked = next(issue for issue in EXPECTED["blocked"] if issue["cause"] == cause)
    return blocked["invoices"]["count"], blocked["payments"]["count"]


def test_the_counts_of_the_tutorial_are_those_of_the_samples():
    text = " ".join(TUTORIAL.split())
    account, product, nobody, name, refused = map(
        counts,
        (
            "account-not-in-quickbooks",
            "product-without-mapping",
            "customer-without-email",
            "name-breaks-rule",
            "refused-by-quickbooks",
        ),
    )

    assert f"It blocks {WORDS[account[0]]} invoices." in text
    assert f"{WORDS[sum(account)]} documents are ready: {WORDS[account[0]]} invoices, and {WORDS[account[1]]}" in text
    assert f"{WORDS[sum(product)].capitalize()} posted." in text
    assert f"ends with {WORDS[sum(name)]} posted." in text
    assert (
        f"{WORDS[sum(nobody)].capitalize()} posted, {WORDS[nobody[0]]} invoices and {WORDS[nobody[1]]} payments, and "
        "one customer created." in text
    )
    assert f"{WORDS[sum(refused)].capitalize()} posted, and one customer created." in text
    assert f"{sum(account)} documents posted" in TUTORIAL


def test_the_month_that_was_signed_off_is_that_of_the_samples():
    text, month = " ".join(TUTORIAL.split()), EXPECTED["month_end"]

    assert f"had kept invoice {KEPT.number} as a bookkeeper repriced it in QuickBooks, {month['kept'][1:]} less" in text
    assert f"repriced invoice {CHANGED_SINCE.number} there too, {month['changed'][1:]} less" in text
    rows = sum(len(issue["to_fix"]) for issue in EXPECTED["blocked"])
    assert f"{WORDS[rows].capitalize()} rows, of {WORDS[len(EXPECTED['blocked'])]} kinds" in text


def test_the_logins_of_the_tutorial_exist():
    assert f"password `{PASSWORD}`" in TUTORIAL
    assert [name for name in PEOPLE if f"`{name}`" not in TUTORIAL] == []
