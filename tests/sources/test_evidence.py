"""Is evidence kept whole, but for what nobody may keep?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sync.sources.evidence import REMOVED, check_characters, is_storable, plain_json, without_secrets


@pytest.mark.parametrize("name", ["card_number", "Card Number", "CVV", "cvv2", "security code", "password", "iban"])
def test_what_a_field_called_a_secret_holds_is_removed_whatever_its_form(name: str):
    assert without_secrets({"order": {name: "123"}}) == {"order": {name: REMOVED}}
    assert without_secrets({name: 4111111111111111}) == {name: REMOVED}
    assert without_secrets({name: ""}) == {name: ""}


@pytest.mark.parametrize("card", ["4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"])
def test_a_card_number_in_a_note_is_removed_and_its_last_digits_stay(card: str):
    kept = without_secrets({"notes": [f"paid with {card}, thanks"]})["notes"][0]

    assert card not in kept
    assert f"it ended in {card[-4:]}" in kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("notes", "4111111111111112"),
        ("notes", "order 2026080400000123"),
        ("phone", "+4915112345678906"),
        ("transaction_id", "4111111111111111"),
        ("sku", "4111111111111111"),
        ("total", Decimal("125.50")),
        ("notes", None),
    ],
)
def test_other_numbers_stay(name: str, value: object):
    assert without_secrets({name: value}) == {name: value}


def test_an_amount_in_evidence_is_a_number_that_equals_it():
    assert plain_json({"price": [Decimal("125.50"), Decimal("0.1"), Decimal("1E+400")]}) == {
        "price": [125.5, 0.1, "1E+400"]
    }


def test_text_that_no_database_keeps_is_found_with_its_path():
    found: list[str] = []

    check_characters(
        {"id": 1, "lines": [{"name": "good"}, {"name": "half \ud800"}], "note": "nul \0"},
        complain=lambda fault, path: found.append(path),
    )

    assert found == ["lines[1].name", "note"]


@pytest.mark.parametrize(("text", "storable"), [("Crème 🏺 Київ", True), ("\0", False), ("a\udfff", False), ("", True)])
def test_emoji_and_every_script_can_be_kept(text: str, storable: Any):
    assert is_storable(text) is storable
