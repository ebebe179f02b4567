"""Tests that share the cores: one process reads all of them, and as many as are asked for are forked from it.

pytest-xdist starts each of its processes anew: each read every test file, the settings and the screens' addresses by
itself, which took longer than a thousand tests. Here `--numprocesses` means forked ones. Each takes a few tests of one
file at a time, and in the end one by one, so that none is left with much to do when the others have ended.

Where Python cannot safely be forked, on a Mac, pytest-xdist does it as ever.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
import tempfile
import traceback
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, cast

import pytest
from django.apps import apps
from django.urls import get_resolver

#: How many processes were asked for.
PROCESSES = pytest.StashKey[int]()
#: So many tests are taken at once at most.
MOST_AT_ONCE = 20
_CAN_FORK = sys.platform.startswith("linux")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Take over from pytest-xdist what it is asked for."""
    wanted = getattr(config.option, "numprocesses", None)
    if _CAN_FORK and isinstance(wanted, int) and wanted > 1 and not config.option.usepdb:
        config.stash[PROCESSES] = wanted
        config.option.numprocesses, config.option.dist, config.option.tx = 0, "no", []


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests that were collected, side by side."""
    config = session.config
    count = min(config.stash.get(PROCESSES, 1), len(session.items))
    failed = session.testsfailed and not config.option.continue_on_collection_errors
    if count < 2 or failed or config.option.collectonly:
        return None  # pytest goes on by itself
    with _what_each_needs(session):
        _Sharing(session=session, count=count).run()
    return True


@contextmanager
def _what_each_needs(session: pytest.Session) -> Iterator[None]:
    """Read and make once what each process would read and make by itself."""
    if not apps.ready:
        yield
        return
    from tests.tables import tables_for_all

    get_resolver().url_patterns  # noqa: B018 - reads the screens
    with tables_for_all(session.config, session.items):
        yield


@dataclass
class Shares:
    """Which tests are still to be taken, and how many of them at once."""

    #: The file of each test, in the order in which they are to begin.
    files: Sequence[str]
    #: Those that take long, and are taken one by one.
    long: Sequence[bool]
    processes: int
    _left: deque[int] = field(init=False)

    def __post_init__(self) -> None:
        self._left = deque(range(len(self.files)))

    def take(self) -> list[int]:
        """The places of tests of one file that the same process runs next; none when all are taken."""
        left = self._left
        most = max(1, min(MOST_AT_ONCE, len(left) // (4 * self.processes)))
        taken: list[int] = []
        while left and len(taken) < most:
            if taken and (self.long[left[0]] or self.files[left[0]] != self.files[taken[0]]):
                break
            taken.append(left.popleft())
            if self.long[taken[0]]:
                break
        return taken

    def give_back(self, places: Sequence[int]) -> None:
        """These were taken and have not begun."""
        self._left.extendleft(reversed(places))


@dataclass(kw_only=True)
class _Helper:
    """A process that runs tests."""

    process: ForkProcess
    #: The places of the tests that it has in hand, and of the one that it ended last.
    places: deque[int] = field(default_factory=deque)
    last: int = 0
    has_ended: bool = False


@dataclass(kw_only=True)
class _Sharing:
    """The process that everything was read by: it shares the tests out, and hears how each ended."""

    session: pytest.Session
    count: int
    shares: Shares = field(init=False)
    helpers: dict[Connection, _Helper] = field(default_factory=dict)
    begun: int = 0

    def __post_init__(self) -> None:
        items = self.session.items
        self.shares = Shares(
            files=[str(item.path) for item in items],
            long=[item.get_closest_marker("long") is not None for item in items],
            processes=self.count,
        )

    def run(self) -> None:
        """Return when the last test has ended, or with pytest's own signs when no more are to begin."""
        try:
            for _ in range(self.count):
                self._begin()
            while self.helpers:
                for pipe in wait(list(self.helpers)):
                    self._hear(cast(Connection, pipe))
                if self.session.shouldfail:
                    raise self.session.Failed(self.session.shouldfail)
                if self.session.shouldstop:
                    raise self.session.Interrupted(self.session.shouldstop)
        finally:
            for helper in self.helpers.values():
                helper.process.terminate()
                helper.process.join()

    def _begin(self) -> None:
        mine, its = multiprocessing.Pipe()
        number, self.begun = self.begun, self.begun + 1
        process = multiprocessing.get_context("fork").Process(
            target=_run_tests, args=(self.session, number, its, [mine, *self.helpers])
        )
        process.start()
        its.close()
        self.helpers[mine] = _Helper(process=process)

    def _hear(self, pipe: Connection) -> None:
        helper = self.helpers[pipe]
        try:
            what, said = pipe.recv()
        except (EOFError, ConnectionResetError):
            self._is_gone(pipe, helper)
            return
        if what == "next":
            helper.places.extend(places := self.shares.take())
            pipe.send(places)
        elif what == "ran":
            helper.last = helper.places.popleft()
            self._tell(self.session.items[helper.last], *said)
        else:
            helper.has_ended = True
            if said:
                self._failed(helper, "teardown", said)

    def _is_gone(self, pipe: Connection, helper: _Helper) -> None:
        del self.helpers[pipe]
        pipe.close()
        helper.process.join()
        if helper.has_ended:
            return
        self._failed(helper, "call", f"The process that ran it ended with {helper.process.exitcode}.")
        if helper.places:
            self.shares.give_back([*helper.places][1:])
            self._begin()

    def _tell(self, item: pytest.Item, reports: list[dict[str, Any]], warned: list[tuple[Any, ...]]) -> None:
        hook = self.session.config.hook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for text, category, file, line, when, nodeid, location in warned:
            message = warnings.WarningMessage(text, category, file, line)
            hook.pytest_warning_recorded.call_historic(
                kwargs={"warning_message": message, "when": when, "nodeid": nodeid, "location": location}
            )
        for told in reports:
            report = hook.pytest_report_from_serializable(config=self.session.config, data=told)
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def _failed(self, helper: _Helper, when: Any, why: str) -> None:
        item = self.session.items[helper.places[0] if helper.places else helper.last]
        report = pytest.TestReport(item.nodeid, item.location, {}, "failed", why, when)
        self.session.config.hook.pytest_runtest_logreport(report=report)


# In the processes that run the tests ---------------------------------------------------------------------------------


@dataclass(kw_only=True, eq=False)
class _Told:
    """Hears how a test ends, as pytest's own summary does, and keeps it to be sent."""

    config: pytest.Config
    reports: list[dict[str, Any]] = field(default_factory=list)
    warned: list[tuple[Any, ...]] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.reports.append(self.config.hook.pytest_report_to_serializable(config=self.config, report=report))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: Any
    ) -> None:
        told = warning_message
        self.warned.append((str(told.message), told.category, told.filename, told.lineno, when, nodeid, location))

    def take(self) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
        """What was heard since it was asked last."""
        heard = self.reports, self.warned
        self.reports, self.warned = [], []
        return heard


def _run_tests(session: pytest.Session, number: int, pipe: Connection, others: list[Connection]) -> None:
    """Take tests and run them until none is left."""
    for other in others:  # so that each ends when the process that shares out is gone
        other.close()
    try:
        told = _made_its_own(session.config, number)
        while places := _asked(pipe):
            for place, following in zip(places, [*places[1:], None], strict=True):
                # What belongs to the whole run stays for the next tests, whichever they are
                after = session if following is None else session.items[following]
                session.config.hook.pytest_runtest_protocol(item=session.items[place], nextitem=after)
                pipe.send(("ran", told.take()))
        session._setupstate.teardown_exact(None)
        pipe.send(("end", ""))
    except (KeyboardInterrupt, EOFError, BrokenPipeError):
        os._exit(2)
    except BaseException:
        pipe.send(("end", traceback.format_exc()))
    os._exit(0)  # whatever else is to be done when a program ends is that of the process that shares out


def _asked(pipe: Connection) -> list[int]:
    pipe.send(("next", None))
    return cast("list[int]", pipe.recv())


def _made_its_own(config: pytest.Config, number: int) -> _Told:
    """What only one process may use is made anew: the database, the folder for files, and where prints are kept."""
    # pytest-django names the database by it, as for a process of pytest-xdist
    config.workerinput = {"workerid": f"gw{number}"}  # type: ignore[attr-defined]
    plugins = config.pluginmanager
    _keep_prints_apart(plugins.getplugin("capturemanager"))
    folders = config._tmp_path_factory  # type: ignore[attr-defined]
    folders._basetemp = folders.getbasetemp() / f"process-{number}"
    folders._basetemp.mkdir(mode=0o700)
    told = _Told(config=config)
    plugins.unregister(name="terminalreporter")
    plugins.register(told)
    told.take()  # what was warned of before is known
    return told


def _keep_prints_apart(capture: Any) -> None:
    """Put another file in the place of the one for what is printed, which loggers and streams know by its number."""
    capture.suspend_global_capture()
    for stream in ("out", "err"):
        kept = getattr(getattr(capture._global_capturing, stream), "tmpfile", None)
        with suppress(AttributeError, io.UnsupportedOperation), tempfile.TemporaryFile() as own:
            os.dup2(own.fileno(), kept.fileno())  # type: ignore[union-attr]
