"""How does the demo get a QuickBooks company to show? It starts a rehearsal company as a program of its own."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from books.json_types import Json

#: Always the same, so that a demo that is started again finds its books again.
COMPANY_ID = "9341450000001001"
_PATIENCE = 30


class CannotStart(RuntimeError):
    """The rehearsal company did not start; the message says what to do."""


class TestProgram:
    """A running stand-in for another system. Stops when the block ends."""

    __test__ = False

    def __init__(self, *command: str, cure: str) -> None:
        """Start it, and wait until it is ready.

        Args:
            command: The module and its options.
            cure: What a person does when it does not start.

        Raises:
            CannotStart: It did not.
        """
        # The pipe ends with the demo, however that ends, and frees the port
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command, "--until-input-ends"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._cure = cure
        self.ready = self._wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the program and wait until it has ended."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def _wait(self) -> Json:
        """The line that the program prints when it is ready."""
        stream = self._process.stdout
        readable = select.select([stream], [], [], _PATIENCE)[0] if stream else []
        line = stream.readline() if readable and stream else ""
        if not line:
            self.stop()
            raise CannotStart(self._cure)
        ready: Json = json.loads(line)
        return ready


class Rehearsal(TestProgram):
    """A running rehearsal company with the studio's sample books."""

    def __init__(self, url: str, *, data: Path) -> None:
        parts = urlsplit(url)
        super().__init__(
            *("simulators.quickbooks", "--host", parts.hostname or "127.0.0.1"),
            *("--port", str(parts.port or 80), "--data", str(data)),
            *("--company-id", COMPANY_ID, "--seed-books", "sample"),
            cure=_(
                "The test company did not start. If its port is in use, stop the other program or set "
                "TIEOUT_REHEARSAL_URL to another address, such as http://127.0.0.1:8790."
            ),
        )


class AccountProgram(TestProgram):
    """A running test account with sample sales, which stands in for a CRM."""

    def __init__(self, kind: str, *, data: Path) -> None:
        """Start it at a free port.

        Args:
            kind: `keap` or `highlevel`.
            data: The file that keeps the account.
        """
        super().__init__(
            *(f"simulators.{kind}", "--port", "0", "--data", str(data)),
            cure=_("The test account that stands in for %(kind)s did not start; what it said is above.")
            % {"kind": kind},
        )
