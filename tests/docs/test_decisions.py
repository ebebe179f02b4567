"""Does every decision say what was decided, why, and what was given up, on half a page?"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.docs.pages import DOCS

RECORDS = sorted((DOCS / "decisions").glob("*.md"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_has_its_three_parts_on_half_a_page(record: Path):
    text = record.read_text(encoding="utf-8")

    assert [text.count(f"\n**{part}.** ") for part in ("Decided", "Why", "Given up")] == [1, 1, 1]
    assert len(text.split()) < 400


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_is_filed_under_the_number_of_its_heading(record: Path):
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+", record.stem)
    assert record.read_text(encoding="utf-8").startswith(f"# {int(record.stem[:4])}. ")


def test_no_two_decisions_share_a_number():
    numbers = Counter(record.stem[:4] for record in RECORDS)

    assert [number for number, times in numbers.items() if times > 1] == []
