"""Is a key the same on every machine, different for different records, and safe on a line of a note?"""

from __future__ import annotations

import pytest

from sync.preparing.builders.plan import creates, customer_key, invoice_key, record_key


def test_keys_say_what_they_are_of() -> None:
    assert invoice_key("keap", "2041") == "keap:2041:invoice"
    assert customer_key("keap", "7") == "keap:customer:7"
    assert customer_key("keap", "7", turn=2) == "keap:customer:7:2"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record_key("files", "A", "payment", "1:payment:2"), record_key("files", "A:payment:1", "payment", "2")),
        (customer_key("files", "7:2"), customer_key("files", "7", turn=2)),
        (customer_key("files", "a\nb"), customer_key("files", "a b")),
        (customer_key("files", "a%3Ab"), customer_key("files", "a:b")),
    ],
)
def test_different_records_have_different_keys(one: str, other: str) -> None:
    assert one != other


@pytest.mark.parametrize("name", ["two\nlines", "a\u2028b", "tab\t", "x" * 300])
def test_a_key_stays_on_one_line_of_a_note(name: str) -> None:
    assert len(customer_key("files", name).splitlines()) == 1
    assert len(customer_key("files", name)) <= 250


def test_a_key_tells_whose_customer_it_creates() -> None:
    assert creates("keap:customer:7", system="keap", customer="7")
    assert creates("keap:customer:7:2", system="keap", customer="7")
    assert not creates("keap:customer:7:2", system="keap", customer="8")
    assert not creates("keap:customer:7", system="files", customer="7")
