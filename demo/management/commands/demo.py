"""manage.py demo: an order travels from a CRM file into QuickBooks, and people can see, fix and re-sync it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from books.json_types import Json
from companies.models import Company
from demo.check import Figure, balances, figures
from demo.desktop import DesktopTold, desktop_figures, make_desktop_studio, tell_desktop
from demo.live_sources import (
    HIGHLEVEL_STUDIO,
    KEAP_STUDIO,
    LiveStudio,
    books_of,
    connect_both,
    follow,
    open_live_studio,
)
from demo.playing_reviews import ask_for_reviews, play_reviews
from demo.playing_sources import play_highlevel, play_keap
from demo.progress import demo_progress
from demo.rehearsal import AccountProgram, CannotStart, Rehearsal
from demo.sample_company import OWNER, PASSWORD, PEOPLE, SLUG, open_studio
from demo.story import StoryResult, tell
from demo.wholesale import WholesaleTold, open_wholesale, tell_wholesale, wholesale_figures
from mapping.unmatched import counts as to_match
from simulators.highlevel.server import start as start_highlevel
from simulators.keap.server import start as start_keap
from sync.fetching.kinds import LIVE_KINDS
from sync.management.counted import counted
from sync.management.fetches import tell_fetch
from sync.management.guarded_command import CANNOT_RUN, INCOMPLETE, GuardedCommand
from sync.models import sources_of
from sync.pushing.sender import NEW_CUSTOMERS
from sync.run import sync_company

_INSIDE = "DEMO_CHECK_APART"


class Command(GuardedCommand):
    """Show Tieout at work."""

    help = "Start a test company, import the sample orders, sync once, and serve the application."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --check and the address to serve at."""
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000", help="where to serve (127.0.0.1:8000)")
        parser.add_argument(
            "--check", action="store_true", help="play the story in an empty database and compare every figure"
        )

    def handle(self, *, address: str, check: bool, **options: object) -> None:
        """Play the story; then serve, or compare."""
        if settings.PRODUCTION:
            raise CommandError("The demo makes people with a known password, so it does not run in production.")
        self.console = Console(file=self.stdout._out, highlight=False, emoji=False)  # type: ignore[arg-type]
        if check and not os.environ.get(_INSIDE):
            sys.exit(_check_apart())
        if "TIEOUT_LOG_LEVEL" not in os.environ:
            logging.getLogger("sync").setLevel(logging.WARNING)  # the story is told in words, not in its log
        try:
            self._check() if check else self._serve(address)
        except CannotStart as why:
            raise CommandError(str(why), returncode=CANNOT_RUN) from why

    def _check(self) -> None:
        call_command("migrate", verbosity=0)
        with Rehearsal(settings.TIEOUT_REHEARSAL_URL, data=settings.TIEOUT_DATA_DIR / "rehearsal.json") as rehearsal:
            before = balances(rehearsal.ready)
            company = open_studio()
            told = self._tell(company, rehearsal.ready)
            found = figures(company, before, balances(rehearsal.ready))
            again = self._tell(company, rehearsal.ready)
            found += _nothing_twice(again)
            found += wholesale_figures(self._tell_wholesale(rehearsal.ready))
            found += self._play_sources(rehearsal.ready)
        self._tell_desktop()
        found += desktop_figures(self._tell_desktop())
        self._report(told)
        self._compare(found)

    def _serve(self, address: str) -> None:
        data = settings.TIEOUT_DATA_DIR / "rehearsal.json"
        if not data.exists() and Company.objects.filter(slug=SLUG).exists():
            raise CommandError(
                f"The demo's database is there and its test books are not ({data}). "
                "Remove the database too, then start the demo again: both begin anew together.",
                returncode=CANNOT_RUN,
            )
        # So that the rehearsal company is stopped too when this program is asked to end
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with (
            Rehearsal(settings.TIEOUT_REHEARSAL_URL, data=data) as rehearsal,
            AccountProgram("keap", data=settings.TIEOUT_DATA_DIR / "keap.json") as keap,
            AccountProgram("highlevel", data=settings.TIEOUT_DATA_DIR / "highlevel.json") as highlevel,
        ):
            self.console.print(f"The test company runs at {rehearsal.ready['base_url']}/.")
            self._report(self._tell(open_studio(), rehearsal.ready))
            self._report_desktop(self._tell_desktop())
            self._tell_wholesale(rehearsal.ready)
            live = [
                self._connect(KEAP_STUDIO, rehearsal.ready, keap.ready),
                self._connect(HIGHLEVEL_STUDIO, rehearsal.ready, highlevel.ready),
            ]
            self._invite(address, rehearsal.ready, keap.ready, highlevel.ready)
            follow(live)
            call_command("runserver", address, use_reloader=False)

    def _tell(self, company: Company, ready: Json) -> StoryResult:
        with demo_progress(company, self.console) as (say, observe):
            return tell(company, ready, say=say, observe=observe)

    def _tell_desktop(self) -> DesktopTold:
        self.console.print("\nThe same studio on QuickBooks Desktop:")
        company = make_desktop_studio()
        with demo_progress(company, self.console) as (say, _observe):
            return tell_desktop(company, say=say)

    def _tell_wholesale(self, rehearsal: Json) -> WholesaleTold:
        self.console.print("\nIts wholesale business, in whose items and customers each kind of doubt is once:")
        company = open_wholesale()
        with demo_progress(company, self.console) as (say, _observe):
            told = tell_wholesale(company, rehearsal, say=say)
        issues = counted(len(told.sync.causes), "issue")
        self.console.print(f"{company}: {issues}, and {counted(sum(to_match(company).values()), 'item')} to match.")
        return told

    def _connect(self, studio: LiveStudio, rehearsal: Json, account: Json) -> Company:
        self.console.print(f"\n{studio.name}, whose sales come in from {LIVE_KINDS[studio.kind].name} by themselves:")
        company = open_live_studio(studio)
        is_new = not sources_of(company).exists()
        with demo_progress(company, self.console) as (say, observe):
            connect_both(studio, company, books_of(company, rehearsal), account, say=say)
            report = sync_company(company, say=say, observe=observe)
        for fetched in report.fetched:
            tell_fetch(fetched, self.console.print)
        if is_new and studio is HIGHLEVEL_STUDIO:
            ask_for_reviews(company)
        return company

    def _play_sources(self, rehearsal: Json) -> list[Figure]:
        found: list[Figure] = []
        self.console.print("\nSales in Keap and in HighLevel, from placed to refunded:")
        with start_keap(seed="empty") as keap:
            company, books = self._prepared(KEAP_STUDIO, rehearsal, keap.ready())
            found += play_keap(company, keap, books)
        with start_highlevel(seed="empty") as agency:
            company, books = self._prepared(HIGHLEVEL_STUDIO, rehearsal, agency.ready())
            found += play_highlevel(company, agency, books)
            found += play_reviews(company, agency, books)
        return found

    def _prepared(self, studio: LiveStudio, rehearsal: Json, account: Json) -> tuple[Company, Json]:
        company = open_live_studio(studio)
        books = books_of(company, rehearsal)
        with demo_progress(company, self.console) as (say, _observe):
            connect_both(studio, company, books, account, say=say)
        return company, books

    def _report(self, told: StoryResult) -> None:
        for name, report in told.imports.items():
            read = report.counts
            self.console.print(f"{name}: {counted(read.new, 'new order')}, {read.unchanged} unchanged")
        posted, customers = (told.sync.counts.get(name, 0) for name in ("posted", NEW_CUSTOMERS))
        self.console.print(
            f"\nPosted now: {counted(posted, 'document')}, and {counted(customers, 'customer')} created."
        )
        if not told.sync.causes:
            self.console.print("Nothing is blocked.")
            return
        table = Table("What has to be fixed", "Documents", "Money", title="Blocked", title_justify="left")
        for cause in told.sync.causes:
            table.add_row(f"{cause['title']}: {cause['explanation']}", str(cause["documents"]), cause["money"])
        self.console.print(table)

    def _report_desktop(self, told: DesktopTold) -> None:
        live = told.live
        self.console.print(
            f"{told.company}: {counted(live.documents, 'document')} in {live.file_name}, exported and acknowledged."
        )

    def _invite(self, address: str, rehearsal: Json, keap: Json, highlevel: Json) -> None:
        table = Table("Sign in as", "Password", "Role", title=f"http://{address}/", title_justify="left")
        for name, role in PEOPLE.items():
            table.add_row(name, PASSWORD, str(role.label))
        table.add_row(OWNER, PASSWORD, "Runs the installation: adds companies and logins")
        self.console.print(table)
        self.console.print(f"The test company, as QuickBooks sees it: {rehearsal['base_url']}/")
        self.console.print(f"The Keap account of {KEAP_STUDIO.name}: {keap['page_url']}")
        self.console.print(f"The HighLevel account of {HIGHLEVEL_STUDIO.name}: {highlevel['page_url']}")
        self.console.print("Sell something there, and within a minute it is in QuickBooks.")
        self.console.print("Pay a customer's first invoice in QuickBooks, and HighLevel asks for a review.")
        self.console.print("Stop with Control-C; the next start goes on where this one ended.\n")

    def _compare(self, figures: list[Figure]) -> None:
        wrong = [figure for figure in figures if not figure.agrees]
        for figure in figures:
            mark, note = ("=", "") if figure.agrees else ("≠", f"   expected {figure.expected or 'nothing'}")
            self.console.print(f"  {mark} {figure.what}: {figure.found or 'none'}{note}", soft_wrap=True)
        self.console.print(f"{len(figures) - len(wrong)} figures agree, {len(wrong)} differ.")
        if wrong:
            sys.exit(INCOMPLETE)


def _nothing_twice(again: StoryResult) -> list[Figure]:
    """A second import and sync of the same files stage and post nothing."""
    new = sum(report.counts.staged for report in again.imports.values())
    sent = sum(again.sync.counts.get(name, 0) for name in ("posted", NEW_CUSTOMERS))
    return [
        Figure(what="orders staged by importing again", expected="0", found=str(new)),
        Figure(what="documents posted by syncing again", expected="0", found=str(sent)),
    ]


def _check_apart() -> int:
    """Run the check in a process of its own, with an empty database and books that are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tieout-demo-") as folder:
        environment = {
            **os.environ,
            _INSIDE: "yes",
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'demo.sqlite3'}",
            "TIEOUT_REHEARSAL_URL": f"http://127.0.0.1:{_free_port()}",
            "TIEOUT_LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "--check"]
        return subprocess.run(command, env=environment, check=False).returncode


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
