"""Which tests prove which acceptance criterion? `make criteria` writes the answer down."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path("docs/reference/criteria.md")
#: The page of this run's tests, where it collected all there are.
PAGE_OF_ALL = pytest.StashKey[str]()
# How many criteria each document has, by its letter
LAST = {"A": 75, "B": 41, "C": 57, "D": 66, "E": 38}
HEAD = """\
# Which test proves which criterion

Written by `make criteria` from the marks that the tests bear. The letter is the document that the criterion was read
from: A mapping of products, accounts and line types; B orders to QuickBooks Desktop; C connection of a CRM;
D matching and automatic invoices; E customers.

| criterion | proven by |
| --- | --- |
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-criteria", metavar="FILE", help="write down which test proves which criterion, and run nothing"
    )


@pytest.hookimpl(tryfirst=True)  # before any test is left out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    unknown = [f"{item.nodeid}: {name}" for item, name in _marks(items) if not is_criterion(name)]
    if unknown:
        raise pytest.UsageError("no such criterion:\n" + "\n".join(unknown))
    if _are_all(config):
        config.stash[PAGE_OF_ALL] = page(items)


def _are_all(config: pytest.Config) -> bool:
    """Whether every test there is was collected."""
    asked = {(config.invocation_params.dir / argument).resolve() for argument in config.args}
    return asked == {ROOT / "tests"} and not (config.option.ignore or config.option.ignore_glob)


def pytest_collection_finish(session: pytest.Session) -> None:
    target = session.config.getoption("--write-criteria")
    if target and not session.testsfailed:  # a file that cannot be imported would take its proofs off the page
        Path(target).write_text(page(session.items), encoding="utf-8")


def page(items: Iterable[pytest.Item]) -> str:
    """The page for these tests, criteria in order, each with its tests in order."""
    proofs: defaultdict[str, set[str]] = defaultdict(set)
    for item, name in _marks(items):
        proofs[name].add(item.nodeid.partition("[")[0])
    rows = [f"| {name} | {'<br>'.join(f'`{test}`' for test in sorted(proofs[name]))} |" for name in sorted(proofs)]
    return HEAD + "".join(f"{row}\n" for row in rows)


def is_criterion(name: object) -> bool:
    """Whether there is a criterion of this name."""
    match = re.fullmatch(r"([A-E])(\d\d)", str(name))
    return match is not None and 1 <= int(match[2]) <= LAST[match[1]]


def _marks(items: Iterable[pytest.Item]) -> Iterator[tuple[pytest.Item, str]]:
    for item in items:
        for mark in item.iter_markers("criterion"):
            for name in mark.args:
                yield item, name
