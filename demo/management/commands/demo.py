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
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from books.json_types import Json
from books.translation import gettext_noop
from companies.collecting import seldom_collected
from companies.models import Company
from companies.stored_texts import retold
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
from demo.month_end import month_end_figures, tell_month_end
from demo.playing_reviews import ask_for_reviews, play_reviews
from demo.playing_sources import play_highlevel, play_keap
from demo.progress import demo_progress
from demo.rehearsal import AccountProgram, CannotStart, Rehearsal
from demo.sample_company import OWNER, PASSWORD, PEOPLE, SLUG, open_studio
from demo.sample_orders.month_end_story import CHANGED_SINCE, KEPT
from demo.story import StoryResult, tell
from demo.wholesale import WholesaleTold, open_wholesale, tell_wholesale, wholesale_figures
from mapping.unmatched import counts as to_match
from simulators.highlevel.server import start as start_highlevel
from simulators.keap.server import start as start_keap
from sync.fetching.kinds import LIVE_KINDS
from sync.management.fetches import tell_fetch
from sync.management.guarded_command import CANNOT_RUN, INCOMPLETE, GuardedCommand
from sync.management.words import at_work, counted, number
from sync.models import sources_of
from sync.pushing.sender import NEW_CUSTOMERS
from sync.run import sync_company

_INSIDE = "DEMO_CHECK_APART"


class Command(GuardedCommand):
    """Show Tieout at work."""

    help = gettext_noop("Start a test company, import the sample orders, sync once, and serve the application.")

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --check and the address to serve at."""
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000", help=_("where to serve (127.0.0.1:8000)"))
        parser.add_argument(
            "--check", action="store_true", help=_("play the story in an empty database and compare every figure")
        )

    def handle(self, *, address: str, check: bool, **options: object) -> None:
        """Play the story; then serve, or compare."""
        if settings.PRODUCTION:
            raise CommandError(_("The demo makes people with a known password, so it does not run in production."))
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
        with at_work():
            with seldom_collected():  # thousands of models come and go on the way
                call_command("migrate", verbosity=0)
            company = open_studio()
        with Rehearsal(settings.TIEOUT_REHEARSAL_URL, data=settings.TIEOUT_DATA_DIR / "rehearsal.json") as rehearsal:
            before = balances(rehearsal.ready)
            told = self._tell(company, rehearsal.ready)
            found = figures(company, before, balances(rehearsal.ready))
            again = self._tell(company, rehearsal.ready)
            found += _nothing_twice(again)
            self._tell_month_end(company, rehearsal.ready)
            found += month_end_figures(company)
            found += wholesale_figures(self._tell_wholesale(rehearsal.ready))
            found += self._play_sources(rehearsal.ready)
        self._tell_desktop()
        found += desktop_figures(self._tell_desktop())
        self._report(told)
        self._compare(found)

    def _serve(self, address: str) -> None:
        data = settings.TIEOUT_DATA_DIR / "rehearsal.json"
        if not data.exists() and Company.objects.filter(slug=SLUG).exists():
            gone = _(
                "The demo's database is there and its test books are not (%(file)s). "
                "Remove the database too, then start the demo again: both start over together."
            )
            raise CommandError(gone % {"file": data}, returncode=CANNOT_RUN)
        # So that the rehearsal company is stopped too when this program is asked to end
        signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
        with (
            Rehearsal(settings.TIEOUT_REHEARSAL_URL, data=data) as rehearsal,
            AccountProgram("keap", data=settings.TIEOUT_DATA_DIR / "keap.json") as keap,
            AccountProgram("highlevel", data=settings.TIEOUT_DATA_DIR / "highlevel.json") as highlevel,
        ):
            runs = _("The test company runs at %(address)s.") % {"address": f"{rehearsal.ready['base_url']}/"}
            self.console.print(runs)
            with at_work():
                company = open_studio()
            self._report(self._tell(company, rehearsal.ready))
            self._tell_month_end(company, rehearsal.ready)
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
        with demo_progress(company, self.console) as (say, observe), at_work():
            return tell(company, ready, say=say, observe=observe)

    def _tell_month_end(self, company: Company, ready: Json) -> None:
        self.console.print("\n" + _("The studio's month end:"))
        with demo_progress(company, self.console) as (say, _observe), at_work():
            tell_month_end(company, ready, say=say)
        ended = _(
            "August is signed off. Invoice %(kept)s was kept as it is in QuickBooks, and invoice %(changed)s was "
            "changed there afterwards."
        )
        self.console.print(ended % {"kept": KEPT.number, "changed": CHANGED_SINCE.number})

    def _tell_desktop(self) -> DesktopTold:
        self.console.print("\n" + _("The same studio on QuickBooks Desktop:"))
        with at_work():
            company = make_desktop_studio()
        with demo_progress(company, self.console) as (say, _observe), at_work():
            return tell_desktop(company, say=say)

    def _tell_wholesale(self, rehearsal: Json) -> WholesaleTold:
        begins = _("Its wholesale business, in whose items and customers each kind of doubt is once:")
        self.console.print(f"\n{begins}")
        with at_work():
            company = open_wholesale()
        with demo_progress(company, self.console) as (say, _observe), at_work():
            told = tell_wholesale(company, rehearsal, say=say)
        doubts = counted(
            "%(company)s: %(issues)s, and %(n)s item to match.",
            "%(company)s: %(issues)s, and %(n)s items to match.",
            sum(to_match(company).values()),
            company=company,
            issues=counted("%(n)s issue", "%(n)s issues", len(told.sync.causes)),
        )
        self.console.print(doubts)
        return told

    def _connect(self, studio: LiveStudio, rehearsal: Json, account: Json) -> Company:
        begins = _("%(company)s, whose sales come in from %(source)s by themselves:")
        named = {"company": studio.name, "source": LIVE_KINDS[studio.kind].name}
        self.console.print("\n" + begins % named)
        with at_work():
            company = open_live_studio(studio)
        is_new = not sources_of(company).exists()
        with demo_progress(company, self.console) as (say, observe), at_work():
            connect_both(studio, company, books_of(company, rehearsal), account, say=say)
            report = sync_company(company, say=say, observe=observe)
        for fetched in report.fetched:
            tell_fetch(fetched, self.console.print)
        if is_new and studio is HIGHLEVEL_STUDIO:
            with at_work():
                ask_for_reviews(company)
        return company

    def _play_sources(self, rehearsal: Json) -> list[Figure]:
        found: list[Figure] = []
        self.console.print("\n" + _("Sales in Keap and in HighLevel, from placed to refunded:"))
        with at_work(), start_keap(seed="empty") as keap:
            company, books = self._prepared(KEAP_STUDIO, rehearsal, keap.ready())
            found += play_keap(company, keap, books)
        with at_work(), start_highlevel(seed="empty") as agency:
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
            came = counted(
                "%(file)s: %(n)s new order, %(unchanged)s unchanged",
                "%(file)s: %(n)s new orders, %(unchanged)s unchanged",
                read.new,
                file=name,
                unchanged=read.unchanged,
            )
            self.console.print(came)
        posted, customers = (told.sync.counts.get(name, 0) for name in ("posted", NEW_CUSTOMERS))
        now = _("Posted now: %(documents)s, and %(customers)s.") % {
            "documents": counted("%(n)s document", "%(n)s documents", posted),
            "customers": counted("%(n)s customer created", "%(n)s customers created", customers),
        }
        self.console.print(f"\n{now}")
        if not told.sync.causes:
            self.console.print(_("Nothing is blocked."))
            return
        heads = _("What has to be fixed"), _("Documents"), _("Money")
        table = Table(*heads, title=_("Blocked"), title_justify="left")
        for cause in told.sync.causes:
            words = f"{_(cause['title'])}: {retold(cause['explanation'])}"
            money = ", ".join(map(retold, cause["money"].split(", ")))
            table.add_row(words, number(cause["documents"]), money)
        self.console.print(table)

    def _report_desktop(self, told: DesktopTold) -> None:
        live = told.live
        exported = counted(
            "%(company)s: %(n)s document in %(file)s, exported and acknowledged.",
            "%(company)s: %(n)s documents in %(file)s, exported and acknowledged.",
            live.documents,
            company=told.company,
            file=live.file_name,
        )
        self.console.print(exported)

    def _invite(self, address: str, rehearsal: Json, keap: Json, highlevel: Json) -> None:
        table = Table(_("Sign in as"), _("Password"), _("Role"), title=f"http://{address}/", title_justify="left")
        for name, role in PEOPLE.items():
            table.add_row(name, PASSWORD, str(role.label))
        table.add_row(OWNER, PASSWORD, _("Runs the installation: adds companies and logins"))
        self.console.print(table)
        books = _("The test company, as QuickBooks sees it: %(address)s")
        self.console.print(books % {"address": f"{rehearsal['base_url']}/"})
        at_keap = _("The Keap account of %(company)s: %(address)s")
        self.console.print(at_keap % {"company": KEAP_STUDIO.name, "address": keap["page_url"]})
        at_highlevel = _("The HighLevel account of %(company)s: %(address)s")
        self.console.print(at_highlevel % {"company": HIGHLEVEL_STUDIO.name, "address": highlevel["page_url"]})
        self.console.print(_("Sell something there, and within a minute it is in QuickBooks."))
        self.console.print(_("Pay a customer's first invoice in QuickBooks, and HighLevel asks for a review."))
        self.console.print(_("Stop with Control-C; the next start goes on where this one ended.") + "\n")

    def _compare(self, figures: list[Figure]) -> None:
        wrong = [figure for figure in figures if not figure.agrees]
        for figure in figures:
            self.console.print(f"  {_figure_words(figure)}", soft_wrap=True)
        agree = counted(
            "%(n)s figures agree, %(wrong)s differ.",
            "%(n)s figures agree, %(wrong)s differ.",
            len(figures) - len(wrong),
            wrong=len(wrong),
        )
        self.console.print(agree)
        if wrong:
            sys.exit(INCOMPLETE)


def _figure_words(figure: Figure) -> str:
    words = f"{retold(figure.what)}: {figure.found or _('none')}"
    if figure.agrees:
        return f"= {words}"
    return f"≠ {words}   " + _("expected %(figure)s") % {"figure": figure.expected or _("nothing")}


def _nothing_twice(again: StoryResult) -> list[Figure]:
    """A second import and sync of the same files stage and post nothing."""
    new = sum(report.counts.staged for report in again.imports.values())
    sent = sum(again.sync.counts.get(name, 0) for name in ("posted", NEW_CUSTOMERS))
    return [
        Figure(what=gettext_noop("orders staged by importing again"), expected="0", found=str(new)),
        Figure(what=gettext_noop("documents posted by syncing again"), expected="0", found=str(sent)),
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
