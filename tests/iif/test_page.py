"""Does the page of IIF files say what the code does?"""

from __future__ import annotations

import re

from sync.quickbooks_desktop.writing import leaving_out
from sync.quickbooks_desktop.writing.dialect import COLUMNS
from tests.docs.pages import ROOT
from tests.iif.page import BEGINS, PAGE, tables

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_lists_the_columns_of_every_row_and_no_others():
    listed = dict(re.findall(r"^\| ([A-Z]+) \| ([A-Z0-9, ]+|none) \|$", TEXT, flags=re.MULTILINE))

    assert listed == {keyword: ", ".join(columns) or "none" for keyword, columns in COLUMNS.items()}


def test_the_page_has_every_finding_of_the_reader():
    assert BEGINS + TEXT.partition(BEGINS)[2] == tables(), "run python -m tests.iif.page"


def test_the_page_has_every_reason_to_leave_a_document_out():
    source = (ROOT / leaving_out.__name__.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
    codes = set(re.findall(r'CannotBeWrittenError\(\s*"([a-z-]+)"', source))

    assert len(codes) > 8
    assert [code for code in codes if code not in TEXT] == []
