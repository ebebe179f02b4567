"""Does a document that was stored by an earlier version read back, with the same body and fingerprint?

A fingerprint that changes makes every posted document look changed. A new field belongs into these examples only where
it is left out of a body while it says nothing; `stored_documents.json` is otherwise added to and never rewritten.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from books.documents import FORMS
from books.serialization import Body, document_body, fingerprint, read_document

STORED = json.loads(Path(__file__).with_name("stored_documents.json").read_text(encoding="utf-8"))


def test_every_form_is_among_the_stored_documents():
    assert {stored["body"]["kind"] for stored in STORED.values()} == set(FORMS)


@pytest.mark.parametrize("name", STORED)
def test_a_stored_document_reads_back_with_the_same_body_and_fingerprint(name: str):
    stored: Body = STORED[name]

    body = json.loads(json.dumps(document_body(read_document(stored["body"]))))

    assert body == stored["body"]
    assert fingerprint(body) == stored["fingerprint"]
