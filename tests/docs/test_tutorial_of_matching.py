"""Does the tutorial of matching clear one of each doubt of the wholesale samples, with the figures that they come to?"""

from __future__ import annotations

import json
import re
from typing import Any

from books.problems import PROBLEMS, Unmatched
from demo.sample_orders.wholesale_story import CORRECTED_FILE, SHORTENED, TWICE, catalogue, fair, items, wholesale
from tests.docs.pages import DOCS, ROOT

PAGE = (DOCS / "tutorial" / "matching.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())
FIGURES: dict[str, Any] = json.loads((ROOT / "demo" / "samples" / "expected.json").read_text(encoding="utf-8"))
WANTED = FIGURES["wholesale"]
#: Rejected rows have no title on a screen of their own.
REJECTED = {TWICE: "SKU twice in the file", SHORTENED: "SKU broken by a spreadsheet"}


def test_it_clears_one_of_each_doubt_that_the_samples_have() -> None:
    doubts = [REJECTED[code] for code in WANTED["items"]["rejected"]]
    doubts += [Unmatched(reason).label for reason in WANTED["items"]["to_match"]]
    # What an item's order is blocked for is cleared where the item is matched
    customers = {PROBLEMS[issue["cause"]].title for issue in WANTED["blocked"] if "customer" in issue["cause"]}
    cleared = re.findall(r"^### (.+)$", PAGE, flags=re.MULTILINE)

    assert sorted(cleared) == sorted([*doubts, *customers, "Create what is left"])


def test_every_kind_of_doubt_about_an_item_is_in_the_samples() -> None:
    assert {*WANTED["items"]["to_match"]} == {reason.value for reason in Unmatched}


def test_the_figures_of_the_file_of_items_are_those_of_the_samples() -> None:
    new, rejected = WANTED["items"]["new"], sum(WANTED["items"]["rejected"].values())
    to_match = sum(WANTED["items"]["to_match"].values())

    assert f"Of {len(items())} rows {new} were taken and {rejected} rejected" in TEXT
    assert f"{rejected} new, 0 changed, {new} unchanged" in TEXT
    assert f"{sum(len(issue['orders']) for issue in WANTED['blocked'])} issues, and {to_match} items to match." in TEXT
    assert f"**Items to match**: {to_match + rejected} of them now" in TEXT
    assert f"`demo/samples/{CORRECTED_FILE}`" in PAGE
    skus = [row[0] for row in catalogue(corrected=True)[1:] if row[0]]
    assert len(set(skus)) == len(skus)


def test_what_the_sync_posts_is_what_was_blocked() -> None:
    sales = [*wholesale(), *fair()]
    blocked = [sale for sale in sales if sale.blocked]
    settled = {sale.buyer.name for sale in wholesale() if not sale.blocked}
    created = {"Silver Plume Pottery", "Gus Pemberton"}
    # Created customers have their order's address from the start; those who stand in for others keep theirs
    follow = {sale.buyer.name for sale in wholesale() if sale.buyer.name} - settled - created

    assert (
        f"Of {len(wholesale())} orders {len(wholesale()) - sum(bool(sale.blocked) for sale in wholesale())} were"
        in TEXT
    )
    assert f"  {len(blocked) - 1} orders prepared\n" in PAGE
    assert f"  {len(created)} customers created\n" in PAGE
    assert f"  {len(follow)} customer addresses updated\n" in PAGE
    assert f"  {len(blocked) - 1} documents posted\n" in PAGE
