"""What is in the evidence of a period, entry after entry?"""

from __future__ import annotations

import csv
import io
import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import IO, Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone, translation

from books.cells import guarded_cell
from books.money import rounded
from companies.bulk_sql import chunks
from companies.models import Company
from reconciliation.evidence_pack.archive import FORMAT, EvidenceWriter
from reconciliation.evidence_pack.decisions_in_force import customer_lines, decision_lines, kinds_of_decisions
from reconciliation.evidence_pack.records import RecordLines, json_line, person, plain_text
from reconciliation.evidence_pack.removed import SecretTexts
from reconciliation.models import SignOff, TieOut, TieOutLine, TieOutState
from reconciliation.tie_out.account_rows import account_rows_of, plain_accounts
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.run import rows_of
from reconciliation.tie_out.statement import statement
from sync.models import Document, ExportBatch, ExportedDocument, StagedOrder

_AT_ONCE = 500
_COLUMNS = (
    "order", "date", "kind", "number", "customer", "total", "currency", "state", "quickbooks_id", "posted_at",
    "document",
)  # fmt: skip
_ABOUT = """\
The evidence of a period, as Tieout held it when this archive was made. about.json says whose, which period and when.

summary of documents     documents.csv, for a spreadsheet
what the source said     orders.jsonl: every version as it came, and the history of the order
what was made of it      documents.jsonl
what was sent, replies   postings.jsonl, address-updates.jsonl; for QuickBooks Desktop exports.jsonl and the files
decisions in force       decisions/: each state with the moments from which and until which it held, and by whom
tie-out                  tie-outs/: totals, and each record that differs with its reason; statement.xlsx is the newest
signatures               sign-offs.jsonl, those that were taken back too

A .jsonl file has one JSON object a line. Amounts are texts. Moments are in universal time. Card numbers, security
codes, passwords, keys and tokens are not in it; where one was taken out of a text, the text says so.

manifest.txt has a line for each entry: its number, the SHA-256 of its content, its size in bytes, its name and a hash,
with a tab between them. The hash of a line is the SHA-256 of the hash of the line before, a line feed, and the line up
to its last tab; that of the first line begins with the SHA-256 of "{format}". The hash of the last line stands
for all of the archive. Compare it with the one that was written down when the archive was made.

To check all of it at once:  manage.py verify_evidence FILE --hash HASH
"""


@dataclass(frozen=True, kw_only=True)
class EvidenceCounts:
    """What went into a pack."""

    orders: int
    documents: int
    postings: int
    #: Texts from which card data or a secret was taken out.
    removed: int


class PeriodEvidence:
    """The evidence of one period of one company. Keeps the numbers of its orders, and a few hundred records at once."""

    def __init__(self, company: Company, period: Period, *, by: User | None) -> None:
        """Read nothing yet."""
        self.company, self.period, self.by = company, period, by
        self.secrets = SecretTexts(company)

    def write(self, target: IO[bytes]) -> tuple[str, EvidenceCounts]:
        """Write the pack.

        Args:
            target: Empty, and open for writing and reading.

        Returns:
            The last hash of its manifest, and what went into it.
        """
        with translation.override("en"):
            writer = EvidenceWriter(target=target)
            counts = self._entries(writer)
            writer.add("summary.json", [_json({**vars(counts)})])
            return writer.finish(), counts

    def _entries(self, writer: EvidenceWriter) -> EvidenceCounts:
        tie_outs = self._tie_outs()
        lines = RecordLines(orders=self._orders(tie_outs), secrets=self.secrets)
        writer.add("README.txt", [_ABOUT.format(format=FORMAT).encode()])
        writer.add("about.json", [_json(self._about())])
        writer.add("documents.csv", self._table(lines.orders))
        writer.add("orders.jsonl", lines.order_lines())
        writer.add("documents.jsonl", lines.document_lines())
        writer.add("postings.jsonl", lines.posting_lines())
        writer.add("address-updates.jsonl", lines.address_lines())
        self._add_exports(writer, lines.orders)
        for kind in kinds_of_decisions():
            writer.add(f"decisions/{kind}.jsonl", decision_lines(self.company, kind, self._since(), self.secrets))
        writer.add("decisions/customers-told-apart.jsonl", customer_lines(self.company, self.secrets))
        for tie_out in tie_outs:
            writer.add(f"tie-outs/{tie_out.pk}.json", [_json(_tied_out(tie_out))])
            writer.add(f"tie-outs/{tie_out.pk}-records.jsonl", self._differing(tie_out))
        if tie_outs:
            writer.add("statement.xlsx", [statement(tie_outs[-1])])
        writer.add("sign-offs.jsonl", self._sign_offs())
        return EvidenceCounts(
            orders=len(lines.orders),
            documents=lines.documents,
            postings=lines.postings,
            removed=self.secrets.removed,
        )

    def _since(self) -> datetime:
        """When the first day of the period began, where the company is."""
        return datetime.combine(self.period.first, time.min, self.company.zone)

    def _about(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "company": self.company.slug,
            "name": self.company.name,
            "home_currency": self.company.home_currency,
            "time_zone": self.company.time_zone,
            "from": self.period.first,
            "to": self.period.last,
            "made_at": timezone.now(),
            "made_by": person(self.by),
            "connections": [
                {"system": row.system, "name": row.name, "company_id": row.external_id, "state": row.state}
                for row in self.company.connections.order_by("pk")
            ],
        }

    def _tie_outs(self) -> list[TieOut]:
        rows = TieOut.objects.filter(
            company=self.company, first=self.period.first, last=self.period.last, state=TieOutState.FINISHED
        )
        return list(rows.select_related("by", "company").order_by("pk"))

    def _orders(self, tie_outs: Iterable[TieOut]) -> Sequence[int]:
        """The numbers of all orders placed in the period, with a document dated in it, or named by its tie-outs."""
        days = (self.period.first, self.period.last)
        placed = StagedOrder.objects.filter(company=self.company, placed_on__range=days).values_list("pk")
        dated = Document.objects.filter(company=self.company, dated__range=days).values_list("order")
        named = TieOutLine.objects.filter(tie_out__in=list(tie_outs), document__isnull=False)
        numbers: QuerySet[Any, Any] = placed.union(dated, named.values_list("document__order"))
        return array("q", sorted(number for (number,) in numbers.iterator(chunk_size=_AT_ONCE)))

    def _table(self, orders: Sequence[int]) -> Iterator[bytes]:
        """The documents as a spreadsheet reads them."""
        yield b"\xef\xbb\xbf" + _row(_COLUMNS)
        for numbers in chunks(orders, _AT_ONCE):
            rows = Document.objects.filter(order__in=numbers).select_related("order").order_by("order", "pk")
            for row in rows:
                cells = (
                    row.order.number, row.dated, row.kind, row.number, row.customer_name,
                    rounded(row.total, row.currency), row.currency, row.state, row.quickbooks_id,
                    row.posted_at.isoformat() if row.posted_at else "", row.key,
                )  # fmt: skip
                yield self.secrets.text(_row(cells).decode()).encode()

    def _add_exports(self, writer: EvidenceWriter, orders: Sequence[int]) -> None:
        """The files for QuickBooks Desktop, whole, and which documents were in each."""
        batches: dict[int, ExportBatch] = {}
        writer.add("exports.jsonl", self._exported(orders, batches))
        for number in sorted(batches):
            content = (
                self.secrets.text(line.decode("latin-1")).encode("latin-1")
                for line in _lines(batches[number].content())
            )
            writer.add(f"exports/{batches[number].file_name}", content)

    def _exported(self, orders: Sequence[int], batches: dict[int, ExportBatch]) -> Iterator[bytes]:
        people = ("document", "batch", "batch__company", "batch__made_by")
        for numbers in chunks(orders, _AT_ONCE):
            rows = ExportedDocument.objects.filter(document__order__in=numbers).select_related(*people).order_by("pk")
            for row in rows:
                batch = batches.setdefault(row.batch.number, row.batch)
                told = {
                    "document": row.document.key,
                    "file": batch.file_name,
                    "file_sha256": batch.sha256,
                    "kind": row.kind,
                    "outcome": row.state,
                    "written_as": row.written_as,
                    "message": row.message,
                    "made_at": batch.made_at,
                    "made_by": person(batch.made_by),
                    "reason": batch.reason,
                }
                yield json_line(self.secrets.value(told), self.secrets)

    def _differing(self, tie_out: TieOut) -> Iterator[bytes]:
        for line in tie_out.lines.select_related("document").order_by("pk").iterator(chunk_size=_AT_ONCE):
            told = {
                "reason": line.reason,
                "kind": line.kind,
                "number": line.label,
                "customer": line.customer_name,
                "date": line.dated,
                "currency": line.currency,
                "source": rounded(line.source, line.currency),
                "should": rounded(line.should, line.currency),
                "in_quickbooks": rounded(line.there, line.currency),
                "quickbooks_id": line.quickbooks_id,
                "document": line.document.key if line.document else None,
                "differences": line.differences,
            }
            yield json_line(self.secrets.value(told), self.secrets)

    def _sign_offs(self) -> Iterator[bytes]:
        rows = SignOff.objects.filter(company=self.company, first=self.period.first, last=self.period.last)
        for row in rows.select_related("withdrawn_by").order_by("pk"):
            told = {
                "tie_out": row.tie_out_id,
                "signed_by": row.name,
                "signed_at": row.at,
                "note": row.note,
                "taken_back_at": row.withdrawn_at,
                "taken_back_by": person(row.withdrawn_by),
                "taken_back_because": row.withdrawn_reason,
            }
            yield json_line(self.secrets.value(told), self.secrets)


def _tied_out(tie_out: TieOut) -> dict[str, Any]:
    """The totals of a tie-out, from the source to QuickBooks."""
    return {
        "tie_out": tie_out.pk,
        "started_at": tie_out.started_at,
        "finished_at": tie_out.finished_at,
        "started_by": person(tie_out.by),
        "records": tie_out.records,
        "matching": tie_out.matching,
        "kept_as_in_quickbooks": tie_out.kept,
        "rows": [
            {
                "kind": row.kind,
                "currency": row.currency,
                "source": rounded(row.source, row.currency),
                "should": rounded(row.should, row.currency),
                "in_quickbooks": rounded(row.read, row.currency),
                "unexplained": rounded(row.unexplained, row.currency),
                "reasons": [
                    {
                        "reason": reason.value,
                        "records": part.records,
                        "difference": rounded(part.there - part.source, row.currency),
                    }
                    for reason, part in row.sums.items()
                ],
            }
            for row in rows_of(tie_out)
        ],
        "accounts": plain_accounts(account_rows_of(tie_out)),
    }


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=plain_text).encode() + b"\n"


def _row(cells: Iterable[object]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([guarded_cell(cell) for cell in cells])
    return line.getvalue().encode()


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file that comes in blocks, with their ends."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest
