"""What do all of our commands have in common? They speak one language, and a database that is away is a sentence."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandParser, OutputWrapper, SystemCheckError
from django.db import Error
from django.utils.translation import gettext

from books.messages import Message
from books.translation import gettext_noop
from companies.database_faults import OLDER, database_fault, first_line
from sync.management.words import speaking, told

DONE, INCOMPLETE, CANNOT_RUN = 0, 1, 2
_NO_DATABASE = gettext_noop("The database cannot be reached or written: %(error)s.")
_OLDER = gettext_noop("The database does not have the tables of this version of Tieout: %(error)s.")

logger = logging.getLogger(__name__)


def no_database(error: BaseException) -> Message | None:
    """That the database is away, full or closed, in its own words and with the cure; None for any other error."""
    fault = database_fault(error)
    if fault is None:
        return None
    cure = f"{fault.cure} {fault.safe}"
    return Message.of(_OLDER if fault is OLDER else _NO_DATABASE, cure, error=first_line(error))


class LastingOutput(OutputWrapper):
    """Where a command writes. When no one reads any more, or its disk is full, the work goes on in silence.

    What a sync has to do is no less when its words are cut off, as by `manage.py sync | head`.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        super().__init__(stream)
        self._stream = stream

    def write(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Write, or do without from here on."""
        try:
            super().write(*args, **kwargs)
            self._stream.flush()
        except OSError as error:
            logger.warning("nothing more can be written: %s", error)
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


class GuardedCommand(BaseCommand):
    """A command that speaks the language of the installation, and says what is the matter with the database.

    JSON is English. What a command keeps or sends is English too, so it does its work `at_work`.
    """

    def __init__(self, stdout: TextIO | None = None, **kwargs: Any) -> None:
        """Write to `stdout`, or where the process writes, for as long as that can be written."""
        super().__init__(stdout=stdout, **kwargs)
        self.stdout = LastingOutput(stdout or sys.stdout)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Say what the command and its options are for; `help` is marked and told here."""
        with speaking():
            parser = super().create_parser(prog_name, subcommand, **kwargs)
            parser.description = gettext(self.help)
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        """Run the command for a timer or a person; one that breaks ends as one that could not run, never as done."""
        try:
            super().run_from_argv(argv)
        except Exception:
            traceback.print_exc()
            sys.exit(CANNOT_RUN)

    def execute(self, *args: Any, **options: object) -> str | None:
        """Run the command; a database that is away, full or closed is said in a sentence, and in JSON."""
        with speaking(as_json=bool(options.get("json"))):
            return self._guarded_execute(*args, **options)

    def _guarded_execute(self, *args: Any, **options: object) -> str | None:
        try:
            return super().execute(*args, **options)
        except SystemCheckError as error:
            error.returncode = CANNOT_RUN
            raise
        except Error as error:
            away = no_database(error)
            if away is None:
                raise
            logger.error("the database cannot be used: %s", error)
            self.stderr.write(told(away))
            if options.get("json"):
                self.stdout.write(json.dumps({"companies": [], "cannot_run": away.worded()}, indent=2))
            sys.exit(CANNOT_RUN)
