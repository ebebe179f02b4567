"""Does each process of a test run begin with its share of the long tests?"""

from __future__ import annotations

import pytest

from tests.long_first import spread


@pytest.mark.parametrize(
    ("long", "others", "processes", "ordered"),
    [
        ("AB", "abcdefgh", 2, "AabcdBefgh"),
        ("ABC", "abcdef", 2, "ACabBcdef"),
        ("ABC", "abcdefg", 3, "AabBcdCefg"),
        ("AB", "abc", 1, "ABabc"),
        ("", "abc", 2, "abc"),
        ("ABC", "", 2, "ACB"),
        ("ABCDE", "a", 2, "ACEBDa"),
    ],
)
def test_each_process_begins_with_its_share(long: str, others: str, processes: int, ordered: str) -> None:
    assert "".join(spread(long, others, processes=processes)) == ordered
