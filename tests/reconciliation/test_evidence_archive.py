"""Is any change of an evidence pack found, and the entry named that was changed, taken out, added or moved?"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.evidence_pack.archive import SEAL, EvidenceWriter
from reconciliation.evidence_pack.verify import check_pack

CONTENTS = {"about.json": b'{"company": "studio"}\n', "orders.jsonl": b'{"number": "1"}\n' * 40, "empty.jsonl": b""}


def made(contents: dict[str, bytes] = CONTENTS) -> tuple[bytes, str]:
    """A pack and its hash."""
    target = io.BytesIO()
    writer = EvidenceWriter(target=target)
    for name, content in contents.items():
        writer.add(name, [content[:7], content[7:]])
    chain = writer.finish()
    return target.getvalue(), chain


PACK, CHAIN = made()
ENTRIES = [*CONTENTS, "manifest.txt"]


def faults(pack: bytes) -> list[str]:
    return [str(fault) for fault in check_pack(io.BytesIO(pack)).faults]


def entries_of(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archived(entries: list[tuple[str, bytes]]) -> bytes:
    """An archive of these entries as a person would make it who knows how packs are sealed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
        archive.comment = SEAL + b"0" * 64
    body = target.getvalue()[: -len(SEAL) - 64]
    return body + SEAL + hashlib.sha256(body).hexdigest().encode()


def test_a_pack_as_it_was_made_is_intact_and_has_the_hash_that_was_told() -> None:
    check = check_pack(io.BytesIO(PACK))

    assert (check.is_intact, check.chain, check.entries) == (True, CHAIN, 3)
    assert entries_of(PACK) | CONTENTS == entries_of(PACK)


def test_the_hash_can_be_worked_out_by_hand_as_the_readme_says() -> None:
    before = hashlib.sha256(b"tieout-evidence-1").hexdigest()
    for line in entries_of(PACK)["manifest.txt"].decode().splitlines():
        said, _, kept = line.rpartition("\t")
        before = hashlib.sha256(f"{before}\n{said}".encode()).hexdigest()
        assert kept == before

    assert before == CHAIN


@given(place=st.integers(0, len(PACK) - 1), flipped=st.integers(1, 255))
def test_any_byte_that_is_flipped_is_found(place: int, flipped: int) -> None:
    changed = bytearray(PACK)
    changed[place] ^= flipped

    assert faults(bytes(changed)) != []


@given(length=st.integers(0, len(PACK) - 1))
def test_a_pack_that_was_cut_off_is_found(length: int) -> None:
    assert faults(PACK[:length]) != []


def test_bytes_that_were_put_behind_are_found() -> None:
    assert faults(PACK + b"\n") != []


def test_a_changed_entry_is_named_even_where_the_archive_was_sealed_again() -> None:
    changed = entries_of(PACK) | {"orders.jsonl": CONTENTS["orders.jsonl"].replace(b"1", b"2", 1)}

    assert faults(archived([*changed.items()])) == [
        "orders.jsonl: It was changed: its content has another hash than the manifest says."
    ]


def test_a_byte_of_an_entry_that_was_changed_in_place_is_named() -> None:
    changed = bytearray(PACK)
    changed[PACK.index(b"orders.jsonl") + 40] ^= 1

    assert [fault.partition(":")[0] for fault in faults(bytes(changed))] == ["orders.jsonl"]


def test_an_entry_that_was_taken_out_is_named() -> None:
    rest = [(name, content) for name, content in entries_of(PACK).items() if name != "about.json"]

    assert faults(archived(rest)) == ["about.json: It is missing from the archive."]


def test_an_entry_that_was_added_is_named() -> None:
    more = [("more.txt", b"more"), *entries_of(PACK).items()]

    assert faults(archived(more)) == ["more.txt: It was added: the manifest does not name it."]


def test_entries_that_changed_places_are_named() -> None:
    about, orders, *rest = entries_of(PACK).items()

    assert faults(archived([orders, about, *rest])) == ["orders.jsonl: It was moved: about.json belongs in its place."]


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (b"\torders.jsonl", b"\torders.jsonx", "Line 2 does not follow"),
        (b"end\t", b"", "Line 4 does not follow"),
    ],
)
def test_a_changed_line_of_the_manifest_is_named(before: bytes, after: bytes, fault: str) -> None:
    entries = entries_of(PACK)
    entries["manifest.txt"] = entries["manifest.txt"].replace(before, after)

    assert any(sentence.startswith(f"manifest.txt: {fault}") for sentence in faults(archived([*entries.items()])))


def test_a_manifest_without_its_end_is_found() -> None:
    entries = entries_of(PACK)
    entries["manifest.txt"] = b"".join(entries["manifest.txt"].splitlines(keepends=True)[:-1])

    assert faults(archived([*entries.items()])) == ["manifest.txt: Its last line is missing: it was cut off."]


def test_bytes_that_no_entry_has_are_found() -> None:
    moved = bytearray(b"hidden" + PACK)

    assert faults(bytes(moved)) != []


def test_what_was_changed_and_made_anew_has_another_hash_than_the_one_written_down(tmp_path: Path) -> None:
    forged, _chain = made(CONTENTS | {"orders.jsonl": b'{"number": "2"}\n'})
    (tmp_path / "pack.zip").write_bytes(PACK)
    (tmp_path / "forged.zip").write_bytes(forged)

    assert verified(tmp_path / "forged.zip")[0] == 0
    assert verified(tmp_path / "pack.zip", "--hash", CHAIN.upper())[0] == 0
    code, told = verified(tmp_path / "forged.zip", "--hash", CHAIN, "--json")
    assert (code, json.loads(told)["intact"]) == (1, False)
    assert "another than the one that was written down" in told


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(CommandError, match="cannot be opened: No such file"):
        verified(Path("nowhere.zip"))


def verified(file: Path, *options: str) -> tuple[int, str]:
    """What verify_evidence says; these tests have no database, and one that is asked would fail them."""
    told = io.StringIO()
    try:
        call_command("verify_evidence", str(file), *options, stdout=told)
    except SystemExit as ended:
        return int(str(ended.code)), told.getvalue()
    return 0, told.getvalue()
