"""manage.py evidence: what the source said, what was posted and what QuickBooks answered, of a period in an archive."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from companies.models import Company
from reconciliation.evidence_pack.pack import begin_pack, keep_hash, write_pack
from reconciliation.models import EvidencePack
from reconciliation.tie_out.comparing import Period
from sync.management.company_command import CompanyCommand
from sync.management.counted import counted
from sync.management.guarded_command import CANNOT_RUN, DONE


class Command(CompanyCommand):
    """Write an evidence pack."""

    help = "Write the evidence of a period into one archive that verify_evidence checks; asks QuickBooks nothing."
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the first and the last day, and the file."""
        super().add_arguments(parser)
        parser.add_argument(
            "--from", dest="first", type=date.fromisoformat, metavar="DATE", required=True, help="the first day"
        )
        parser.add_argument(
            "--to", dest="last", type=date.fromisoformat, metavar="DATE", required=True, help="the last day"
        )
        parser.add_argument("--output", metavar="FILE", required=True, type=Path, help="file to write; never replaced")

    def handle(self, *, company: str, first: date, last: date, output: Path, **options: Any) -> None:
        """Write it; 0 when it was written, 2 when it could not be."""
        owner = self.companies(company)[0]
        if last < first:
            raise CommandError(f"The period ends on {last}, before it begins on {first}.", returncode=CANNOT_RUN)
        pack = self._written(owner, Period(first=first, last=last), output)
        if not options["json"]:
            orders = counted(pack.counts["orders"], "order")
            documents = counted(pack.counts["documents"], "document")
            self.stdout.write(f"{orders} and {documents} of {owner}, {first} to {last}, written to {output}.")
            self.stdout.write(f"Hash, to be written down: {pack.chain}")
        self.finish(DONE, plain_pack(pack, output), as_json=options["json"])

    def _written(self, company: Company, period: Period, output: Path) -> EvidencePack:
        """The pack; nothing half written is left behind."""
        try:
            target = output.open("x+b")
        except FileExistsError:
            raise CommandError(f"{output} is there already; it is never replaced.", returncode=CANNOT_RUN) from None
        except OSError as problem:
            raise CommandError(f"{output} cannot be written: {problem.strerror}.", returncode=CANNOT_RUN) from None
        with ExitStack() as undo:
            undo.callback(output.unlink)
            with target:
                try:
                    pack = write_pack(begin_pack(company, period, by=None), target)
                except OSError as problem:
                    raise CommandError(
                        f"{output} cannot be written: {problem.strerror}.", returncode=CANNOT_RUN
                    ) from None
            keep_hash(pack)
            undo.pop_all()
        return pack


def plain_pack(pack: EvidencePack, output: Path) -> dict[str, object]:
    """The result as JSON says it; size in bytes."""
    return {
        "company": pack.company.slug,
        "from": pack.first.isoformat(),
        "to": pack.last.isoformat(),
        "file": output.name,
        "hash": pack.chain,
        "bytes": pack.size,
        **{name: pack.counts.get(name, 0) for name in ("orders", "documents", "postings", "removed")},
        "exit_code": DONE,
    }
