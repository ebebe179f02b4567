"""How is a setting read from the environment, and what happens when its text makes no sense?

A value that cannot be read never stops the program here, where it would be a traceback. Its default is taken, and
what was wrong is kept for `config.checks`, which reports every such value at once, with its cure.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ

TRUE_WORDS = ("true", "yes", "on", "1", "y", "ok", "t")
FALSE_WORDS = ("false", "no", "off", "0", "n", "f")

DATABASES = ("sqlite", "postgres", "postgresql")

FILE_VARIABLE = "TIEOUT_ENV_FILE"
TEST_VARIABLES = ("TIEOUT_CHROMIUM", "TIEOUT_TEST_CONNECTION", "TIEOUT_TEST_DATABASE")


@dataclass(frozen=True, kw_only=True)
class Malformed:
    """A variable whose text cannot be read, and what would do."""

    name: str
    text: str
    expected: str


class Environment:
    """Reads variables one by one, and remembers which were asked for and which made no sense.

    An empty variable counts as absent: that is how a line in an `.env` file is switched off.
    """

    def __init__(self, source: Mapping[str, str], *, file: Path | None = None) -> None:
        """Take the variables of `source`, then those of `file` that `source` does not have."""
        # read_env fills a dict that belongs to the class: a class of its own keeps os.environ, and other readers, clean
        reader: Any = type("Reader", (environ.Env,), {"ENVIRON": dict(source)})
        if file is not None and file.is_file():
            reader.read_env(file)
        self._values: dict[str, str] = reader.ENVIRON
        #: The file that was named, or that is there, and cannot be read; empty when all is well.
        self.unread_file = (
            str(file) if file is not None and _cannot_be_read(file, named=FILE_VARIABLE in source) else ""
        )
        self.asked: list[str] = []
        self.malformed: list[Malformed] = []

    def text(self, name: str, default: str) -> str:
        # Not by Env.str: to it a value that begins with "$" is the name of another variable, and secrets may begin so
        self.asked.append(name)
        return self._values.get(name, "").strip() or default

    def names(self, name: str, default: list[str]) -> list[str]:
        """Read a list whose parts are parted by commas; empty parts are dropped."""
        parts = [part.strip() for part in self.text(name, "").split(",")]
        return [part for part in parts if part] or default

    def flag(self, name: str, default: bool) -> bool:
        given = self.text(name, "").lower()
        if not given:
            return default
        if given not in TRUE_WORDS + FALSE_WORDS:
            self._complain(name, given, "true or false")
            return default
        return given in TRUE_WORDS

    def number(self, name: str, default: int, *, least: int) -> int:
        given = self.text(name, "")
        if not given:
            return default
        if not given.isascii() or not given.isdigit() or int(given) < least:
            self._complain(name, given, f"a whole number of at least {least}")
            return default
        return int(given)

    def choice(self, name: str, default: str, *, of: tuple[str, ...], otherwise: str | None = None) -> str:
        """Read one of a few words. `otherwise` replaces a word that is none of them, `default` for no word."""
        given = self.text(name, default)
        if given in of:
            return given
        self._complain(name, given, "one of " + ", ".join(of))
        return otherwise or default

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Read a database address; SQLite and PostgreSQL are the two that Tieout is tested on."""
        address = self.text(name, default)
        scheme, _, _rest = address.partition(":")
        try:
            if scheme in DATABASES:
                return _database(address)
        except ValueError:  # a port that is no number, half an IPv6 address
            pass
        # Its password must not end up on a screen
        self._complain(
            name,
            f"{scheme}:…",
            "postgres://user:password@host:5432/name or sqlite:////path/to/file; "
            "in a password write %23 for #, %2F for /, %3A for :, %3F for ?, %40 for @ and %25 for %",
        )
        return _database(default)

    def unknown(self, *, prefix: str) -> list[str]:
        """Every variable under `prefix` that nobody asked for: a slip of the pen, or a setting that is no more."""
        known = {*self.asked, *TEST_VARIABLES, FILE_VARIABLE}
        return sorted(name for name in self._values if name.startswith(prefix) and name not in known)

    def _complain(self, name: str, text: str, expected: str) -> None:
        self.malformed.append(Malformed(name=name, text=text, expected=expected))


def _cannot_be_read(file: Path, *, named: bool) -> bool:
    return not os.access(file, os.R_OK) if file.exists() else named


def _database(address: str) -> dict[str, Any]:
    database: dict[str, Any] = environ.Env.db_url_config(address)
    if database.get("HOST"):  # a folder with a socket in it is written with %2F for each slash
        database["HOST"] = unquote(database["HOST"])
    return database
