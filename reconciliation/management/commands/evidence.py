"""manage.py evidence: what the source said, what was posted and what QuickBooks answered, of a period in an archive."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Company
from reconciliation.evidence_pack.pack import begin_pack, keep_hash, write_pack
from reconciliation.models import EvidencePack
from reconciliation.tie_out.comparing import Period
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE
from sync.management.whole_file import cannot_write
from sync.management.words import at_work, counted, day


class Command(CompanyCommand):
    """Write an evidence pack."""

    help = gettext_noop(
        "Write the evidence of a period into one archive that verify_evidence checks; asks QuickBooks nothing."
    )
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the first and the last day, and the file."""
        super().add_arguments(parser)
        parser.add_argument(
            "--from", dest="first", type=date.fromisoformat, metavar="DATE", required=True, help=_("the first day")
        )
        parser.add_argument(
            "--to", dest="last", type=date.fromisoformat, metavar="DATE", required=True, help=_("the last day")
        )
        parser.add_argument(
            "--output", metavar="FILE", required=True, type=Path, help=_("file to write; never replaced")
        )

    def handle(self, *, company: str, first: date, last: date, output: Path, **options: Any) -> None:
        """Write it; 0 when it was written, 2 when it could not be."""
        owner = self.companies(company)[0]
        if last < first:
            ends = _("The period ends on %(last)s, before it begins on %(first)s.")
            raise CommandError(ends % {"first": day(first), "last": day(last)}, returncode=CANNOT_RUN)
        pack = self._written(owner, Period(first=first, last=last), output)
        if not options["json"]:
            written = _("%(orders)s and %(documents)s of %(company)s, %(first)s to %(last)s, written to %(file)s.") % {
                "orders": counted("%(n)s order", "%(n)s orders", pack.counts["orders"]),
                "documents": counted("%(n)s document", "%(n)s documents", pack.counts["documents"]),
                "company": owner,
                "first": day(first),
                "last": day(last),
                "file": output,
            }
            self.stdout.write(written)
            self.stdout.write(_("Hash, to be written down: %(hash)s") % {"hash": pack.chain})
        self.finish(DONE, plain_pack(pack, output), as_json=options["json"])

    def _written(self, company: Company, period: Period, output: Path) -> EvidencePack:
        """The pack; nothing half written is left behind."""
        try:
            target = output.open("x+b")
        except FileExistsError:
            there = _("%(file)s is there already; it is never replaced.") % {"file": output}
            raise CommandError(there, returncode=CANNOT_RUN) from None
        except OSError as problem:
            raise cannot_write(output, problem) from None
        with ExitStack() as undo:
            undo.callback(output.unlink)
            try:
                with target, at_work():
                    pack = write_pack(begin_pack(company, period, by=None), target)
            except OSError as problem:
                raise cannot_write(output, problem) from None
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
