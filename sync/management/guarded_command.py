"""What do all of our commands have in common? A database that is away or full is a sentence, and exit code 2."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error

from books.messages import Message
from books.translation import gettext_noop
from companies.database_faults import database_fault, first_line

DONE, INCOMPLETE, CANNOT_RUN = 0, 1, 2
_NO_DATABASE = gettext_noop("The database cannot be reached or written: %(error)s.")

logger = logging.getLogger(__name__)


def no_database(error: BaseException) -> Message | None:
    """That the database is away, full or closed, in its own words and with the cure; None for any other error."""
    fault = database_fault(error)
    if fault is None:
        return None
    cure = f"{fault.cure} {fault.safe}"
    return Message.of(_NO_DATABASE, cure, error=first_line(error))


class GuardedCommand(BaseCommand):
    """A command that says what is the matter with the database, where anything is, and does nothing else."""

    def execute(self, *args: Any, **options: object) -> str | None:
        """Run the command; a database that is away, full or closed is said in a sentence, and in JSON."""
        try:
            return super().execute(*args, **options)
        except Error as error:
            away = no_database(error)
            if away is None:
                raise
            logger.error("the database cannot be used: %s", error)
            self.stderr.write(away.worded())
            if options.get("json"):
                self.stdout.write(json.dumps({"companies": [], "cannot_run": away.worded()}, indent=2))
            sys.exit(CANNOT_RUN)
