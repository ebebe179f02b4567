"""manage.py adopt: which records that Tieout did not post are in QuickBooks already? Adopts only what it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from books.money import rounded
from books.serialization import read_holding
from books.translation import gettext_noop
from companies.stored_texts import retold
from reconciliation.adopting.found import MOST, adopt_candidates, open_candidates
from reconciliation.adopting.search import begin_search, carry_out_search
from reconciliation.looks import LookNotBegun
from reconciliation.models import AdoptionCandidate, AdoptionSearch, TieOutState
from reconciliation.tie_out.comparing import Period
from sync.adopting.adopt import AdoptedRecords
from sync.adopting.matching import Ground
from sync.adopting.words import in_words
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE, INCOMPLETE
from sync.management.words import at_work, counted, day, money


class Command(CompanyCommand):
    """Find what is in QuickBooks already."""

    help = gettext_noop(
        "Find records of a period, not posted by Tieout, that are in QuickBooks already; writes nothing there."
    )
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the period, and to adopt."""
        super().add_arguments(parser)
        parser.add_argument(
            "--from",
            dest="first",
            type=date.fromisoformat,
            metavar="DATE",
            help=_("the first day; else that of the month"),
        )
        parser.add_argument(
            "--to", dest="last", type=date.fromisoformat, metavar="DATE", help=_("the last day; else today")
        )
        parser.add_argument("--adopt-certain", action="store_true", help=_("adopt what is certain"))

    def handle(self, *, company: str, first: date | None, last: date | None, **options: Any) -> None:
        """Search, tell what was found, adopt what is certain if asked to; exit 1 where something is left to decide."""
        owner = self.companies(company)[0]
        last = last or timezone.localdate(timezone=owner.zone)
        first = first or last.replace(day=1)
        if last < first:
            ends = _("The period ends on %(last)s, before it begins on %(first)s.")
            raise CommandError(ends % {"first": day(first), "last": day(last)}, returncode=CANNOT_RUN)
        adopted = AdoptedRecords()
        try:
            with at_work():
                search = carry_out_search(begin_search(owner, Period(first=first, last=last), by=None))
                certain = list(open_candidates(search, certain=True).order_by("pk"))
                if options["adopt_certain"]:
                    adopted = _adopt(search, certain)
        except LookNotBegun as why:
            raise CommandError(f"{owner}: {retold(str(why))}", returncode=CANNOT_RUN) from None
        others = list(open_candidates(search, certain=False).order_by("pk"))
        waits = bool(others) or len(adopted.done) < len(certain)
        code = CANNOT_RUN if search.state == TieOutState.FAILED else INCOMPLETE if waits else DONE
        if not options["json"]:
            self._tell(search, certain, others, adopted)
        self.finish(code, plain(search, certain, others, adopted, code), as_json=options["json"])

    def _tell(
        self,
        search: AdoptionSearch,
        certain: Sequence[AdoptionCandidate],
        others: Sequence[AdoptionCandidate],
        adopted: AdoptedRecords,
    ) -> None:
        if search.state == TieOutState.FAILED:
            self.stderr.write(_("Nothing was searched: %(reason)s") % {"reason": retold(search.message)})
            return
        period = {"company": search.company, "first": day(search.first), "last": day(search.last)}
        self.stdout.write(_("%(company)s, %(first)s to %(last)s") % period)
        for title, candidates in ((_("Certainly the same:"), certain), (_("Perhaps the same:"), others)):
            self.stdout.write(title)
            for candidate in candidates:
                self.stdout.write("  " + _told(candidate))
        done = counted("%(n)s record adopted", "%(n)s records adopted", len(adopted.done))
        self.stdout.write(_("%(adopted)s; nothing was written to QuickBooks.") % {"adopted": done})
        for document, why in adopted.left:
            self.stdout.write(f"  {document}: {retold(why)}")


def _adopt(search: AdoptionSearch, certain: Sequence[AdoptionCandidate]) -> AdoptedRecords:
    adopted = AdoptedRecords()
    for begin in range(0, len(certain), MOST):
        part = adopt_candidates(search, certain[begin : begin + MOST], by=None)
        adopted.done += part.done
        adopted.left += part.left
    return adopted


def _told(candidate: AdoptionCandidate) -> str:
    document, held = candidate.document, read_holding(candidate.holding)
    facts = {
        "document": document,
        "amount": money(document.total, document.currency),
        "id": candidate.quickbooks_id,
        "theirs": " ".join(filter(None, (held.number, held.dated, str(held.customer)))),
        "their_amount": money(held.total, held.currency or document.currency),
        "grounds": in_words((Ground(name) for name in candidate.grounds), _),
    }
    return _("%(document)s %(amount)s: id %(id)s, %(theirs)s %(their_amount)s (%(grounds)s)") % facts


def plain(
    search: AdoptionSearch,
    certain: Sequence[AdoptionCandidate],
    others: Sequence[AdoptionCandidate],
    adopted: AdoptedRecords,
    code: int,
) -> dict[str, object]:
    """The result as JSON says it; amounts as texts, so that no program rounds them."""
    done = {document.pk for document in adopted.done}
    return {
        "company": search.company.slug,
        "from": search.first.isoformat(),
        "to": search.last.isoformat(),
        "candidates": [
            {
                "document": str(candidate.document),
                "key": candidate.document.key,
                "total": str(rounded(candidate.document.total, candidate.document.currency)),
                "currency": candidate.document.currency,
                "form": candidate.form,
                "quickbooks_id": candidate.quickbooks_id,
                "in_quickbooks": str(rounded(read_holding(candidate.holding).total, candidate.document.currency)),
                "certain": candidate.certain,
                "grounds": candidate.grounds,
                "adopted": candidate.document_id in done,
            }
            for candidate in (*certain, *others)
        ],
        "adopted": len(adopted.done),
        "left": [{"document": str(document), "reason": why} for document, why in adopted.left],
        "transactions": search.transactions,
        "requests": search.requests,
        "cannot_run": search.message,
        "exit_code": code,
    }
