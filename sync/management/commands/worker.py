"""manage.py worker: do the work of all companies out of the queue, on any number of machines."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from sync.jobs.queue import has_queue
from sync.management.guarded_command import CANNOT_RUN, GuardedCommand
from sync.management.words import at_work

_NO_QUEUE = gettext_noop(
    "Workers need PostgreSQL. Set DATABASE_URL to one, or let a timer run manage.py sync: on SQLite it does the same "
    "work in its own process."
)


class Command(GuardedCommand):
    """Work for all companies until asked to stop."""

    help = gettext_noop(
        "Sync every company that is switched on, in turns, and do the long work that people ask for on pages. Runs "
        "until it is asked to stop (SIGTERM); any number of workers may run, on any number of machines."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --concurrency, --turn and --once."""
        parser.add_argument(
            "--concurrency", type=_at_least_one, default=4, metavar="N", help=_("companies served at the same time; 4")
        )
        parser.add_argument(
            "--turn",
            type=_at_least_one,
            default=30,
            metavar="SECONDS",
            help=_("how long a company is served at once; 30"),
        )
        parser.add_argument("--once", action="store_true", help=_("give every company that is due its turn, then end"))

    def handle(self, *, concurrency: int, turn: int, once: bool, **options: object) -> None:
        """Work.

        Raises:
            CommandError: There is no queue on this database; exit code 2.
        """
        if not has_queue():
            raise CommandError(_(_NO_QUEUE), returncode=CANNOT_RUN)
        from sync.jobs.worker import work, work_off  # only where there is a queue

        with at_work():
            (work_off if once else work)(concurrency=concurrency, turn=turn)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(f"{number} is less than one")
    return number
