"""How do tests drive a real browser? With a Chromium that is on this machine; none is ever downloaded.

`python -m tests.browsers` says whether there is one. A test that bears `@pytest.mark.browser` takes the fixture `page`,
which fails it when the page asked for anything outside this machine, ran into an uncaught error, or broke its own
security policy.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

# The first has no windows of its own, whose frames, menus and pictures take the others longer than most pages
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome"),
)
VARIABLE = "TIEOUT_CHROMIUM"
MISSING = (
    f"No Chromium on this machine ({', '.join(NAMES)}, or {VARIABLE}=/path/to/one): the browser tests are left out."
)
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
# Chromium itself goes nowhere else. To be asked about every file that a page loads would switch its cache off, and took
# half of the time of these tests
HOME = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1"

#: How long a page may take to show what it is asked for, in ms: more than it needs on a machine with other work too
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None.

    Raises:
        pytest.UsageError: TIEOUT_CHROMIUM names something that cannot be run.
    """
    named = os.environ.get(VARIABLE)
    if named and not shutil.which(named):
        raise pytest.UsageError(f"{VARIABLE} is {named}, which cannot be run.")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test that drives a browser without saying so would leave an event loop running among the others."""
    if "browser" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("browser"):
        raise pytest.UsageError(f"{item.nodeid} drives a browser, and does not bear the mark for it.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    if not browser_tests or find_chromium():
        return
    if os.environ.get("CI", "").lower() in ("true", "1"):
        raise pytest.UsageError(f"{MISSING} With CI=true that is a failure.")
    config.hook.pytest_deselected(items=browser_tests)
    items[:] = [item for item in items if item not in browser_tests]
    config.stash[_LEFT_OUT] = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash.get(_LEFT_OUT, False):
        terminalreporter.write_line(MISSING)


_LEFT_OUT = pytest.StashKey[bool]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.stash.get(_LEFT_OUT, False):
        session.exitstatus = pytest.ExitCode.OK


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = find_chromium()
    if path is None:
        raise pytest.UsageError(MISSING)
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for the whole run; each test has a profile of its own inside it."""
    as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    # Playwright keeps an event loop in this thread, in which Django would refuse every query
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=[*QUIET, HOME, *as_root])
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that can reach nothing but this machine, and has to behave."""
    with watched_page(browser) as (opened, faults):
        yield opened
    assert not faults, "the page misbehaved:\n" + "\n".join(faults)


@contextmanager
def watched_page(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A fresh page, and the list of what it does wrong, which grows while it is used."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", timezone_id="UTC")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    context.on("request", lambda request: _follow(request, faults))
    page.on("pageerror", lambda error: faults.append(f"uncaught in the page: {error}"))
    page.on("console", lambda message: _listen(message, faults))
    yield page, faults
    context.close()


def _follow(request: Request, faults: list[str]) -> None:
    if not is_of_this_machine(request.url):
        faults.append(f"asked for something outside: {request.url}")


def _listen(message: ConsoleMessage, faults: list[str]) -> None:
    if "Content Security Policy" in message.text:
        faults.append(f"broke its security policy: {message.text}")


def is_of_this_machine(address: str) -> bool:
    """Whether a browser can fetch this address without leaving the machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme in ("data", "blob", "about"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


if __name__ == "__main__":
    try:
        sys.exit(None if find_chromium() else MISSING)
    except pytest.UsageError as error:
        sys.exit(str(error))
