"""Does an evidence pack hold all that supports a period, and nothing that must not leave?"""

from __future__ import annotations

import io
import json
import threading
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from companies.models import Company, Role
from reconciliation.evidence_pack.pack import begin_pack, make_pack
from reconciliation.evidence_pack.verify import check_pack
from reconciliation.models import EvidencePack, EvidencePart, TieOut, TieOutState
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.run import begin, carry_out
from reconciliation.tie_out.sign_off import sign
from sync.models import Connection, OrderVersion, PushExchange
from sync.quickbooks_online.login import read_secret
from tests.factories import prepared
from tests.reconciliation.factories import a_person, as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
WEBHOOK_TOKEN = "3f1d-verifier-of-webhooks-9c2e"


@pytest.fixture
def august(studio: Company, quickbooks: Books) -> TieOut:
    """A signed month: one order posted with a payment of September, one changed in QuickBooks; one order of July."""
    prepared(
        studio,
        "2026-07-30  order 7  #9 Nora Quist <nora@example.com>\nKIT-CLAY  1.00",
        "2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00\npaid 2026-09-02  Card  48.00",
        "2026-08-15  order 2  #9 Nora Quist <nora@example.com>\nKIT-CLAY  5.00",
    )
    push(studio)
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '2'"), PrivateNote="", TxnDate="2026-08-16")
    tie_out = carry_out(begin(studio, AUGUST, by=None))
    sign(tie_out, note="Order 2 was agreed", by=a_person(studio, Role.ADMINISTRATOR, name="signer"))
    return tie_out


def made(tie_out: TieOut) -> EvidencePack:
    """The pack that an accountant makes on the page of the tie-out."""
    client = as_role(tie_out.company, Role.ACCOUNTANT)
    assert client.post(f"/studio/tie-out/{tie_out.pk}/evidence/").status_code == 302
    for thread in threading.enumerate():
        if thread.name.startswith("evidence-"):
            thread.join(30)
    return EvidencePack.objects.latest("pk")


def downloaded(client: Client, pack: EvidencePack) -> dict[str, bytes]:
    """The entries of a pack as a person gets it, which is intact."""
    answer = client.get(f"/studio/evidence-packs/{pack.pk}/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    check = check_pack(io.BytesIO(content))
    assert ([*check.faults], check.chain) == ([], pack.chain)
    assert answer.headers["Content-Length"] == str(len(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(entries: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in entries[name].splitlines()]


def test_a_pack_has_what_was_said_decided_sent_answered_and_signed(august: TieOut) -> None:
    pack = made(august)
    auditor = as_role(august.company, Role.AUDITOR)

    page = auditor.get(f"/studio/tie-out/{august.pk}/").text
    entries = downloaded(auditor, pack)

    assert pack.chain in page
    orders = {order["number"]: order for order in lines(entries, "orders.jsonl")}
    assert sorted(orders) == ["1", "2"]
    assert orders["1"]["versions"][0]["payload"] == '{"number": "1"}'
    assert "posted" in {event["step"] for event in orders["1"]["history"]}
    documents = {document["document"]: document for document in lines(entries, "documents.jsonl")}
    assert {"keap:source-1:invoice", "keap:source-2:invoice"} <= set(documents)
    assert {document["date"] for document in documents.values() if document["kind"] == "payment"} == {"2026-09-02"}
    postings = {posting["document"]: posting for posting in lines(entries, "postings.jsonl")}
    invoice = postings["keap:source-1:invoice"]
    assert json.loads(invoice["sent"])["DocNumber"] == "1"
    assert '"DocNumber": "1"' in invoice["replies"][-1]["reply"].replace('":"', '": "')
    (account,) = lines(entries, "decisions/postingaccounts.jsonl")
    assert account["is"]["company"] == august.company_id
    assert account["until"] is None
    tied = json.loads(entries[f"tie-outs/{august.pk}.json"])
    assert {row["kind"]: row["unexplained"] for row in tied["rows"]}["invoice"] == "0.00"
    (differs,) = lines(entries, f"tie-outs/{august.pk}-records.jsonl")[-1:]
    assert differs["number"] == "2"
    (signed,) = lines(entries, "sign-offs.jsonl")
    assert (signed["signed_by"], signed["note"]) == ("signer", "Order 2 was agreed")
    assert b"keap:source-1:invoice" in entries["documents.csv"]
    assert json.loads(entries["about.json"])["company"] == "studio"
    assert json.loads(entries["summary.json"])["orders"] == 2


def test_card_data_and_secrets_are_not_in_it(august: TieOut, settings: Settings) -> None:
    settings.TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS = [WEBHOOK_TOKEN]
    connection = Connection.objects.get(company=august.company, system="quickbooks-online")
    login = read_secret(connection)
    assert login is not None
    planted = {
        "card": "4111 1111 1111 1111",
        "cvv": "737737737",
        "access": login.access_token,
        "refresh": login.refresh_token,
        "webhooks": WEBHOOK_TOKEN,
        "sealed": connection.secret,
        "bearer": "eyJhbGciOiJub25lIn0.planted.signature",
    }
    OrderVersion.objects.filter(order__number="1").update(
        payload=json.dumps({"note": f"paid by {planted['card']}", "cvv": planted["cvv"], "seal": planted["sealed"]})
    )
    PushExchange.objects.filter(push__document__order__number="1").update(
        reply=f"{planted['access']} {planted['refresh']} {planted['webhooks']}", reason=f"Bearer {planted['bearer']}"
    )

    pack = make_pack(begin_pack(august.company, AUGUST, by=None))
    entries = downloaded(as_role(august.company, Role.AUDITOR), pack)

    for name, secret in planted.items():
        assert [entry for entry, content in entries.items() if secret.encode() in content] == [], name
    payload = lines(entries, "orders.jsonl")[0]["versions"][0]["payload"]
    assert "card number removed, it ended in 1111" in payload
    assert pack.counts["removed"] >= 3


def test_the_newest_pack_of_a_period_is_kept_and_the_hashes_of_all(august: TieOut) -> None:
    first = make_pack(begin_pack(august.company, AUGUST, by=None))
    second = make_pack(begin_pack(august.company, AUGUST, by=None))

    assert first.chain != second.chain
    assert set(EvidencePart.objects.values_list("pack", flat=True)) == {second.pk}
    auditor = as_role(august.company, Role.AUDITOR)
    page = auditor.get(f"/studio/tie-out/{august.pk}/").text
    assert first.chain in page
    assert second.chain in page
    assert f"/studio/evidence-packs/{first.pk}/" not in page
    assert auditor.get(f"/studio/evidence-packs/{first.pk}/").status_code == 404
    assert second.chain.encode() in statement_text(auditor, august)


def statement_text(client: Client, tie_out: TieOut) -> bytes:
    """All texts of the statement."""
    content = client.get(f"/studio/tie-out/{tie_out.pk}/statement/").content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"".join(book.read(name) for name in book.namelist())


def test_who_signs_makes_it_and_who_looks_downloads_it(august: TieOut) -> None:
    auditor = as_role(august.company, Role.AUDITOR)

    assert "evidence/" not in auditor.get(f"/studio/tie-out/{august.pk}/").text
    assert auditor.post(f"/studio/tie-out/{august.pk}/evidence/").status_code == 403
    assert not EvidencePack.objects.exists()


def test_the_command_writes_a_file_that_the_other_command_checks(august: TieOut, tmp_path: Path) -> None:
    file = tmp_path / "august.zip"
    told = io.StringIO()

    period = ("--company", "studio", "--from", "2026-08-01", "--to", "2026-08-31")
    call_command("evidence", *period, "--output", str(file), "--json", stdout=told)

    result = json.loads(told.getvalue())
    assert (result["orders"], result["hash"]) == (2, EvidencePack.objects.get().chain)
    call_command("verify_evidence", str(file), "--hash", result["hash"], stdout=io.StringIO())
    auditor = as_role(august.company, Role.AUDITOR)
    assert "Not kept here" in auditor.get(f"/studio/tie-out/{august.pk}/").text
    with pytest.raises(CommandError, match="is there already"):
        call_command("evidence", *period, "--output", str(file))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("evidence", *period, "--output", str(tmp_path / "nowhere" / "august.zip"))
    assert EvidencePack.objects.filter(state=TieOutState.FINISHED).count() == 1
