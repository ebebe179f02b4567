"""What does a command print of a cleanup report: in words, and as JSON?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from books.money import rounded
from companies.stored_texts import retold
from reconciliation.cleanup.finding import CleanupKind
from reconciliation.cleanup.shown import ShownCase, cleanup_sums, shown_cases
from reconciliation.cleanup_models import CleanupFinding, CleanupReport
from reconciliation.look_models import TieOutState
from sync.management.words import counted, day, money


def report_in_words(report: CleanupReport) -> Iterator[str]:
    """Line by line: each kind with what it comes to, and its cases, the most money first."""
    if report.state == TieOutState.FAILED:
        yield _("Nothing was looked through: %(reason)s") % {"reason": retold(report.message)}
        return
    period = {"company": report.company, "first": day(report.first), "last": day(report.last)}
    yield _("%(company)s, %(first)s to %(last)s") % period
    for part in cleanup_sums(report):
        amounts = ", ".join(money(amount, currency) for amount, currency in part.money)
        cases = counted("%(n)s case", "%(n)s cases", part.cases)
        yield f"{part.words.title}: {cases}{', ' if amounts else ''}{amounts}"
        found = report.findings.filter(kind=part.kind).order_by("-amount", "-pk")
        for case in shown_cases(report.company, report, found.iterator(chunk_size=500)):
            yield "  " + _case(case)


def _case(case: ShownCase) -> str:
    names = ", ".join(f"{entry.title} {entry.number or entry.quickbooks_id}" for entry in case.entries)
    facts = {"what": names, "name": case.entries[0].name, "amount": money(case.amount, case.currency)}
    told = _("%(what)s, %(name)s: %(amount)s") % facts
    return f"{told} ({case.reasons})" if case.reasons else told


Cases = Sequence[tuple[CleanupFinding, ShownCase]]


def cases_of(report: CleanupReport) -> Cases:
    """Every case of a report, as it is kept and as it is shown."""
    findings = list(report.findings.order_by("pk"))
    return list(zip(findings, shown_cases(report.company, report, findings), strict=True))


def plain_report(report: CleanupReport, cases: Cases, code: int) -> dict[str, object]:
    """The report as JSON says it; amounts as texts, so that no program rounds them."""
    return {
        "company": report.company.slug,
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "cases": [
            {
                "kind": finding.kind,
                "records": [
                    {**record, "link": entry.in_quickbooks}
                    for record, entry in zip(finding.records, case.entries, strict=True)
                ],
                "reasons": finding.reasons,
                "amount": str(rounded(finding.amount, finding.currency)),
                "currency": finding.currency,
            }
            for finding, case in cases
        ],
        "kinds": {kind.value: sum(finding.kind == kind for finding, _shown in cases) for kind in CleanupKind},
        "transactions": report.transactions,
        "requests": report.requests,
        "cannot_run": report.message,
        "exit_code": code,
    }
