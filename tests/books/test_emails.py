"""Which addresses does a field hold?"""

from __future__ import annotations

import pytest

from books.emails import billed_to, emails, first_email, is_email


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ann@example.com", ("ann@example.com",)),
        (" Ann@Example.COM ", ("ann@example.com",)),
        ("first.last@example.net, accounts@last.example.net", ("first.last@example.net", "accounts@last.example.net")),
        ("a@example.com;b@example.com ; A@example.com", ("a@example.com", "b@example.com")),
        ("Ann Lee <ann@example.com>, b@example.com", ("ann@example.com", "b@example.com")),
        ("ann@example.com, n/a", ("ann@example.com",)),
        ("n/a", ()),
        ("none", ()),
        ("ann@example", ()),
        ("ann@ example.com", ()),
        ("", ()),
        (" ; , ", ()),
    ],
)
def test_a_field_is_split_at_commas_and_semicolons_and_what_is_no_address_is_left_out(
    text: str, found: tuple[str, ...]
) -> None:
    assert emails(text) == found
    assert first_email(text) == (found[0] if found else "")
    assert all(is_email(address) for address in found)


def test_quickbooks_is_told_the_addresses_as_they_are_written_with_commas() -> None:
    assert billed_to("Ann@example.com; accounts@example.com;n/a") == "Ann@example.com, accounts@example.com"
