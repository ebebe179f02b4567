"""manage.py reconcile: do the books of a period say what the source says, and what explains every cent between them?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from books.money import rounded
from books.translation import gettext_noop
from companies.models import Company
from companies.stored_texts import retold
from reconciliation.cleanup.report import DAYS, begin_report, carry_out_report
from reconciliation.cleanup.told import cases_of, plain_report, report_in_words
from reconciliation.clearing.reading import A_YEAR, ClearingNotRead, clearing_accounts, read_clearing
from reconciliation.clearing.shown import shown_clearings
from reconciliation.clearing.told import clearings_in_words, parts_told, plain_clearings
from reconciliation.looks import LookNotBegun
from reconciliation.models import TieOut, TieOutState
from reconciliation.tie_out.account_rows import account_rows_of, is_explained, plain_accounts
from reconciliation.tie_out.accounts import TiedAccount
from reconciliation.tie_out.comparing import Period, Row
from reconciliation.tie_out.run import NotTiedOut, begin, carry_out, rows_of
from reconciliation.tie_out.shown import kind_words
from reconciliation.tie_out.shown_accounts import account_words
from reconciliation.tie_out.unread import unread_at
from reconciliation.tie_out.words import WORDS
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE, INCOMPLETE
from sync.management.words import at_work, counted, day, money


class Command(CompanyCommand):
    """Tie out a period."""

    help = gettext_noop(
        "Compare what the source says of a period with what QuickBooks holds now; reads QuickBooks, changes nothing."
    )
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the first and the last day."""
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
        parser.add_argument(
            "--cleanup",
            action="store_true",
            help=_("list what is entered twice, not applied or never deposited instead"),
        )
        parser.add_argument(
            "--clearing",
            action="store_true",
            help=_("read the clearing accounts instead: what waits on each, and what took the rest to the bank"),
        )
        parser.add_argument(
            "--days",
            type=int,
            default=DAYS,
            metavar="N",
            help=_("with --cleanup: money is listed that was not deposited for longer; else 14"),
        )

    def handle(self, *, company: str, first: date | None, last: date | None, **options: Any) -> None:
        """Tie out, tell the figures, and exit 1 where anything differs."""
        owner = self.companies(company)[0]
        if options["clearing"]:
            self._clear(owner, first, last, **options)
            return
        last = last or timezone.localdate(timezone=owner.zone)
        first = first or last.replace(day=1)
        if last < first:
            ends = _("The period ends on %(last)s, before it begins on %(first)s.")
            raise CommandError(ends % {"first": day(first), "last": day(last)}, returncode=CANNOT_RUN)
        period = Period(first=first, last=last)
        if options["cleanup"]:
            self._clean_up(owner, period, days=options["days"], as_json=options["json"])
            return
        try:
            with at_work():
                tie_out = carry_out(begin(owner, period, by=None))
        except NotTiedOut as why:
            raise CommandError(f"{owner}: {retold(str(why))}", returncode=CANNOT_RUN) from None
        rows, accounts = rows_of(tie_out), account_rows_of(tie_out)
        agrees = not tie_out.differing and is_explained(rows, accounts) and not unread_at(tie_out)
        code = CANNOT_RUN if tie_out.state != TieOutState.FINISHED else DONE if agrees else INCOMPLETE
        if not options["json"]:
            self._tell(tie_out, rows, accounts)
        self.finish(code, plain(tie_out, rows, accounts, code), as_json=options["json"])

    def _clear(self, owner: Company, first: date | None, last: date | None, **options: Any) -> None:
        """Read the clearing accounts, print them, and exit 1 where anything waits for more than 30 days."""
        if last or options["cleanup"]:
            raise CommandError(
                _("--clearing reads up to today, and goes without --to and --cleanup."), returncode=CANNOT_RUN
            )
        today = timezone.localdate(timezone=owner.zone)
        first = first or today - A_YEAR
        if first > today:
            raise CommandError(_("This day is still to come."), returncode=CANNOT_RUN)
        try:
            with at_work():
                for account in clearing_accounts(owner).rows:
                    read_clearing(owner, account, first=first, today=today, by=None)
        except ClearingNotRead as why:
            raise CommandError(f"{owner}: {retold(str(why))}", returncode=CANNOT_RUN) from None
        clearings = shown_clearings(owner)
        if not options["json"]:
            for line in clearings_in_words(owner, clearings):
                self.stdout.write(line)
        code = INCOMPLETE if any(clearing.ages.old for clearing in clearings) else DONE
        parts = [(clearing, list(parts_told(clearing))) for clearing in clearings] if options["json"] else []
        self.finish(code, plain_clearings(owner, parts, code), as_json=options["json"])

    def _clean_up(self, owner: Company, period: Period, *, days: int, as_json: bool) -> None:
        """Make a cleanup report, print it, and exit 1 where anything was found."""
        try:
            with at_work():
                report = carry_out_report(begin_report(owner, period, days=days, by=None))
        except LookNotBegun as why:
            raise CommandError(f"{owner}: {retold(str(why))}", returncode=CANNOT_RUN) from None
        failed = report.state == TieOutState.FAILED
        code = CANNOT_RUN if failed else INCOMPLETE if report.findings.exists() else DONE
        if not as_json:
            for line in report_in_words(report):
                (self.stderr if failed else self.stdout).write(line)
        self.finish(code, plain_report(report, cases_of(report), code), as_json=as_json)

    def _tell(self, tie_out: TieOut, rows: list[Row], accounts: list[TiedAccount]) -> None:
        if tie_out.state != TieOutState.FINISHED:
            self.stderr.write(_("Nothing was compared: %(reason)s") % {"reason": retold(tie_out.message)})
            return
        period = {"company": tie_out.company, "first": day(tie_out.first), "last": day(tie_out.last)}
        self.stdout.write(_("%(company)s, %(first)s to %(last)s") % period)
        for row in rows:
            self._tell_row(row)
        if accounts:
            self.stdout.write(_("By account, debit positive"))
        for account in accounts:
            self._tell_account(account)
        matching = counted("%(n)s record matches", "%(n)s records match", tie_out.matching)
        differing = counted("%(n)s record differs", "%(n)s records differ", tie_out.differing)
        self.stdout.write(f"{matching}, {differing}.")
        for source in unread_at(tie_out):
            unread = counted("%(n)s order could not be read", "%(n)s orders could not be read", source.number)
            self.stdout.write(f"{source.name}: {unread}.")

    def _tell_row(self, row: Row) -> None:
        amounts = {
            "source": money(row.source, row.currency),
            "should": money(row.should, row.currency),
            "there": money(row.read, row.currency),
        }
        compared = _("%(kind)s: source %(source)s, should be in QuickBooks %(should)s, is %(there)s")
        self.stdout.write("  " + compared % {"kind": kind_words(row.kind), **amounts})
        for reason, part in row.sums.items():
            records = counted("%(n)s record", "%(n)s records", part.told)
            difference = money(part.there - part.source, row.currency)
            self.stdout.write(f"    {WORDS[reason].title}: {records}, {difference}")
        unexplained = money(row.unexplained, row.currency)
        self.stdout.write("    " + _("Unexplained: %(amount)s") % {"amount": unexplained})

    def _tell_account(self, row: TiedAccount) -> None:
        amounts = {"should": money(row.should, row.currency), "there": money(row.read, row.currency)}
        compared = _("%(account)s: should be in QuickBooks %(should)s, is %(there)s")
        self.stdout.write("  " + compared % {"account": account_words(row.account, row.name), **amounts})
        for reason, difference in row.explained.items():
            records = counted("%(n)s record", "%(n)s records", row.sums[reason].records)
            self.stdout.write(f"    {WORDS[reason].title}: {records}, {money(difference, row.currency)}")
        if row.unexplained:
            unexplained = money(row.unexplained, row.currency)
            self.stdout.write("    " + _("Unexplained: %(amount)s") % {"amount": unexplained})


def plain(tie_out: TieOut, rows: list[Row], accounts: list[TiedAccount], code: int) -> dict[str, object]:
    """The result as JSON says it; amounts as texts, so that no program rounds them."""
    return {
        "company": tie_out.company.slug,
        "from": tie_out.first.isoformat(),
        "to": tie_out.last.isoformat(),
        "rows": [
            {
                "kind": row.kind,
                "currency": row.currency,
                "source": str(rounded(row.source, row.currency)),
                "should": str(rounded(row.should, row.currency)),
                "in_quickbooks": str(rounded(row.read, row.currency)),
                "unexplained": str(rounded(row.unexplained, row.currency)),
                "reasons": [
                    {
                        "reason": reason.value,
                        "records": part.told,
                        "difference": str(rounded(part.there - part.source, row.currency)),
                    }
                    for reason, part in row.sums.items()
                ],
            }
            for row in rows
        ],
        "accounts": plain_accounts(accounts),
        "records": tie_out.records,
        "matching": tie_out.matching,
        "unread": sum(source.number for source in unread_at(tie_out)),
        "requests": tie_out.requests,
        "cannot_run": tie_out.message,
        "exit_code": code,
    }
