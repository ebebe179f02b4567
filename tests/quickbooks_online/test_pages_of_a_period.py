"""Is a transaction told once, though another comes into the period between two pages?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, cast

import pytest

from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import between


class MovingPages:
    """Answers page by page; before the second one an earlier transaction was given a day of the period."""

    def __init__(self) -> None:
        self.ids = [2, 3, 4]

    def ask(self, entity: str, query: str) -> tuple[list[dict[str, Any]], None]:
        start = int(re.findall(r"STARTPOSITION (\d+)", query)[0])
        if start > 1:
            self.ids = [1, *self.ids]
        page = self.ids[start - 1 : start + 1]
        return [
            {"Id": str(number), "TxnDate": "2026-08-14", "TotalAmt": 5, "CustomerRef": {"value": "6"}, "Line": []}
            for number in page
        ], None


def test_what_moved_to_the_next_page_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.quickbooks_online.transactions.PAGE", 2)
    day = date(2026, 8, 14)

    pages = between(cast(QuickBooksOnline, MovingPages()), "invoice", day, day)

    assert [theirs.quickbooks_id for page in pages for theirs in page] == ["2", "3", "4"]
