"""manage.py refresh_lists: read what QuickBooks calls things, for one company or all that are switched on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from companies.models import Company, CompanyKind
from sync.lists.refresh import RefreshCounts
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE, INCOMPLETE

_DESKTOP = "its lists come from a file that QuickBooks Desktop exports. Run import_lists FILE --company SLUG."


class Command(CompanyCommand):
    """Read the lists of QuickBooks."""

    help = "Read the accounts, items, terms and customers of QuickBooks, for every company that is switched on."

    def handle(self, *, company: str | None, **options: Any) -> None:
        """Read each company's lists in turn; one that fails does not stop the next."""
        as_json, results = options["json"], []
        found = self.companies(company)
        companies = [one for one in found if one.kind == CompanyKind.ONLINE]
        if company and not companies:
            raise CommandError(f"{found[0]}: {_DESKTOP}", returncode=CANNOT_RUN)
        if not found:
            self.stderr.write("No company is switched on. Switch one on in its settings, or name one with --company.")
            self.finish(CANNOT_RUN, {"companies": []}, as_json=as_json)
        for one in companies:
            counts = refresh_and_prepare(one)
            results.append({"company": one.slug, **counts.plain(), "exit_code": _code(counts)})
            if not as_json:
                self._tell(one, counts)
        self.finish(
            max((result["exit_code"] for result in results), default=DONE), {"companies": results}, as_json=as_json
        )

    def _tell(self, company: Company, counts: RefreshCounts) -> None:
        self.stdout.write(f"{company} ({company.slug})")
        for name, one in counts.lists.items():
            self.stdout.write(f"  {one.total} {name}: {one.new} new, {one.changed} changed, {one.gone} gone")
        for warned in counts.warnings:
            self.stdout.write(f"  Look at this: {warned.worded()}")
        if counts.longer_than_rule:
            rule = company.rule.label
            self.stdout.write(f"  {counts.longer_than_rule} names are longer than the company's rule allows: {rule}")
        if counts.failed:
            self.stderr.write(f"  Stopped: {counts.failed}")


def _code(counts: RefreshCounts) -> int:
    """2 without a login, for then nothing could begin; 1 when it broke off."""
    if not counts.failure:
        return DONE
    return CANNOT_RUN if getattr(counts.failure, "needs_login", False) else INCOMPLETE
