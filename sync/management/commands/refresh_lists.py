"""manage.py refresh_lists: read what QuickBooks calls things, for one company or all that are switched on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Company, CompanyKind
from companies.stored_texts import retold
from sync.lists.refresh import RefreshCounts
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE, INCOMPLETE
from sync.management.list_words import tell_list
from sync.management.words import at_work, counted, told

_DESKTOP = gettext_noop(
    "%(company)s: its lists come from a file that QuickBooks Desktop exports. Run import_lists FILE --company SLUG."
)


class Command(CompanyCommand):
    """Read the lists of QuickBooks."""

    help = gettext_noop(
        "Read the accounts, items, terms and customers of QuickBooks, for every company that is switched on."
    )

    def handle(self, *, company: str | None, **options: Any) -> None:
        """Read each company's lists in turn; one that fails does not stop the next."""
        as_json, results = options["json"], []
        named = self.companies(company)
        companies = [owner for owner in named if owner.kind == CompanyKind.ONLINE]
        if company and not companies:
            raise CommandError(_(_DESKTOP) % {"company": named[0]}, returncode=CANNOT_RUN)
        if not named:
            self.stderr.write(
                _("No company is switched on. Switch one on in its settings, or name one with --company.")
            )
            self.finish(CANNOT_RUN, {"companies": []}, as_json=as_json)
        for owner in companies:
            with at_work():
                counts = refresh_and_prepare(owner)
            results.append({"company": owner.slug, **counts.plain(), "exit_code": _code(counts)})
            if not as_json:
                self._tell(owner, counts)
        self.finish(
            max((result["exit_code"] for result in results), default=DONE), {"companies": results}, as_json=as_json
        )

    def _tell(self, company: Company, counts: RefreshCounts) -> None:
        self.stdout.write(f"{company} ({company.slug})")
        for name, listed in counts.lists.items():
            self.stdout.write(f"  {tell_list(name, listed)}")
        for warned in counts.warnings:
            self.stdout.write("  " + _("Look at this: %(warning)s") % {"warning": told(warned)})
        if counts.longer_than_rule:
            longer = counted(
                "%(n)s name is longer than the company's rule allows: %(rule)s",
                "%(n)s names are longer than the company's rule allows: %(rule)s",
                counts.longer_than_rule,
                rule=_(company.rule.label),
            )
            self.stdout.write(f"  {longer}")
        if counts.failed:
            self.stderr.write("  " + _("Stopped: %(reason)s") % {"reason": retold(counts.failed)})


def _code(counts: RefreshCounts) -> int:
    """2 without a login, for then nothing could begin; 1 when it broke off."""
    if not counts.failure:
        return DONE
    return CANNOT_RUN if getattr(counts.failure, "needs_login", False) else INCOMPLETE
