"""manage.py fetch: read one source on that is asked over the internet, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.activation import is_activated
from companies.stored_texts import retold
from sync.fetching.fetch import close_dead_fetches, fetch_source, live_sources
from sync.fetching.kinds import AddressUnsafe, reader_for
from sync.fetching.planning import counted, start_reading
from sync.management.company_command import CompanyCommand
from sync.management.fetches import plan_plain, tell_fetch, tell_plan
from sync.management.guarded_command import CANNOT_RUN
from sync.management.words import at_work, told
from sync.models import Connection
from sync.pushing.lease import leased
from sync.readiness import BUSY


class Command(CompanyCommand):
    """Read a source on."""

    help = gettext_noop(
        "Read what is new or changed in a source that is asked over the internet. Nothing is prepared or posted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --connection, --company, --since and --json."""
        super().add_arguments(parser)
        parser.add_argument(
            "--connection", metavar="NAME", required=True, help=_("short name of the source, such as keap")
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DATE", help=_("read again what changed since that day")
        )
        parser.add_argument(
            "--plan", action="store_true", help=_("count what there is and say how long it takes; read nothing of it")
        )

    def handle(self, *, company: str | None, connection: str, since: date | None, plan: bool, **options: Any) -> None:
        """Read the source; exit 0 when everything was read, 1 when something was not, 2 when it cannot run."""
        source = self._source(company, connection)
        if not is_activated(source.company):
            why = _("%(company)s is not activated, so nothing is read for it.") % {"company": source.company}
            raise CommandError(why, returncode=CANNOT_RUN)
        if plan:
            self._plan(source, since, as_json=options["json"])
            return
        if start_reading(source, by=None) and not options["json"]:
            self.stdout.write("  " + _("What waited to be read is started."))
        with leased(source.company) as lease:
            if lease is None:
                raise CommandError(told(BUSY), returncode=CANNOT_RUN)
            with at_work():
                close_dead_fetches(source.company)
                report = fetch_source(source, since=since, keep=lease.keep)
        if not options["json"]:
            tell_fetch(report, self.stdout.write)
        self.finish(report.exit_code, report.plain(), as_json=options["json"])

    def _plan(self, source: Connection, since: date | None, *, as_json: bool) -> None:
        """Count what there is since a day, or since the source begins."""
        begins_on = since or source.live.starts_on
        try:
            with at_work():
                size = reader_for(source).size(starts_on=begins_on)
        except AddressUnsafe as unsafe:
            raise CommandError(told(unsafe.message), returncode=CANNOT_RUN) from unsafe
        if isinstance(size, TryLater):
            raise CommandError(retold(size.reason), returncode=CANNOT_RUN)
        plan = counted(source, size, begins_on=begins_on)
        if not as_json:
            tell_plan(plan, self.stdout.write)
        self.finish(0, plan_plain(plan), as_json=as_json)

    def _source(self, slug: str | None, system: str) -> Connection:
        owners = self.companies(slug)
        sources = [source for owner in owners for source in live_sources(owner)]
        found = [source for source in sources if source.system == system]
        if len(found) == 1:
            return found[0]
        if found:
            slugs = ", ".join(source.company.slug for source in found)
            several = _("Several companies have a source “%(source)s”: %(companies)s. Add --company.")
            raise CommandError(several % {"source": system, "companies": slugs}, returncode=CANNOT_RUN)
        known = ", ".join(sorted({source.system for source in sources})) or _("none yet")
        none = _("There is no source “%(source)s” that is asked over the internet. Such sources: %(known)s.")
        raise CommandError(none % {"source": system, "known": known}, returncode=CANNOT_RUN)
