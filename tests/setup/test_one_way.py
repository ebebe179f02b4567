"""Does data go one way, from the source to QuickBooks? Nothing of ours can write to a source, and no sync does."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

import sync.fetching
import sync.sources
from companies.models import Company
from simulators.quickbooks.server import Running
from sync.fetching.asking import SourceApi
from sync.models import Document, OrderVersion, StagedOrder
from sync.sources.base import Layout
from sync.sources.files import LAYOUTS
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.setup.factories import HEADER, run
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal", "studio"]

SOURCES = Path(sync.sources.__path__[0])
FETCHING = Path(sync.fetching.__path__[0])
ROOT = FETCHING.parent.parent
#: Whatever could carry something back: a network, another program, a database.
WAYS_OUT = {"ftplib", "http", "httpx", "imaplib", "requests", "smtplib", "socket", "sqlite3", "subprocess", "urllib"}
WRITES = {"write", "writelines", "write_text", "write_bytes", "unlink", "rename", "truncate", "post", "put", "patch"}
#: What an HTTP client sends by, reading aside.
SENDS = {"post", "put", "patch", "delete", "request", "send", "urlopen"}
SOLD = "M-1,2026-08-14,Priya,Natarajan,priya.natarajan@example.com,WT-101,Wheel Throwing 101,1,199.00"

_heard: list[tuple[str, Any]] | None = None


@cache
def _begin_to_listen() -> None:
    """Never ends in this process, and takes a hundredth of its time: begun by the first test that needs it."""
    sys.addaudithook(_listen)


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _heard is not None and event in ("open", "socket.connect", "os.remove", "os.rename", "os.truncate"):
        _heard.append((event, arguments))


@contextlib.contextmanager
def overheard() -> Iterator[list[tuple[str, Any]]]:
    """Every file that is opened and every address that is connected to meanwhile, by anything in this process."""
    global _heard
    _begin_to_listen()
    heard: list[tuple[str, Any]] = []
    _heard = heard
    try:
        yield heard
    finally:
        _heard = None


def modules() -> list[Path]:
    return sorted(SOURCES.rglob("*.py"))


def imported(tree: ast.AST) -> set[str]:
    """The modules that a module takes anything from."""
    return {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }


def ways_out(tree: ast.AST, *, but: tuple[str, ...] = ()) -> set[str]:
    return {name for name in imported(tree) if name.partition(".")[0] in WAYS_OUT and name not in but}


def named(tree: ast.AST) -> list[str]:
    """Every attribute that a module names, called or handed on."""
    return [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]


@pytest.mark.criterion("B08", "B09")
@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(SOURCES)))
def test_a_source_has_no_means_to_write_anywhere(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    opened = [
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    ]  # fmt: skip

    assert (ways_out(tree), {*named(tree)} & WRITES, opened) == (set(), set(), [])


@pytest.mark.criterion("B08", "B09")
def test_what_fetches_sends_nothing_but_the_request_for_a_token() -> None:
    """What is read, and that a live account is asked by GET alone, is tested in `tests/fetching`."""
    trees = {str(path.relative_to(FETCHING)): ast.parse(path.read_text("utf-8")) for path in FETCHING.rglob("*.py")}

    # The names of statuses are all that is taken of http
    ways = {name: found for name, tree in trees.items() if (found := ways_out(tree, but=("urllib.parse", "http")))}
    sending = {name: sent for name in ways if (sent := [word for word in named(trees[name]) if word in SENDS])}

    assert sending == {"login.py": ["post"], "asking.py": ["request"]}
    public = {name for name in vars(SourceApi) if not name.startswith("_")}
    assert public == {"get", "look", "search", "write", "ask", "limits", "close"}
    # What is asked for beside reading is to be told of changes, at one place of the interface
    assert [name for name, tree in trees.items() if "ask" in named(tree)] == ["keap/hooks.py"]
    asked = [
        ast.unparse(node.args[1])
        for node in ast.walk(trees["keap/hooks.py"])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "_asked"
    ]
    assert {path.removeprefix("f'{").partition("}")[0] for path in asked} == {"_PATH", "path"}
    assert ways == {"login.py": {"requests", "requests.auth"}, "asking.py": {"requests"}}
    (exchange,) = [
        node for node in ast.walk(trees["login.py"]) if isinstance(node, ast.FunctionDef) and "post" in named(node)
    ]
    (post,) = [node for node in ast.walk(exchange) if isinstance(node, ast.Call) and "post" in named(node.func)]
    assert ast.unparse(post.args[0]) == "app.token_url"


@pytest.mark.criterion("B08", "B09", "C48")
def test_only_the_room_for_crms_writes_to_a_source() -> None:
    """A module with a source's interface could write by it; the one that does is behind the switches of its page."""
    house = [path for room in ("sync", "setup", "reconciliation", "demo") for path in (ROOT / room).rglob("*.py")]
    of_sources = {path: tree for path in house if "SourceApi" in (tree := path.read_text("utf-8")) or "api_of" in tree}
    writing = {
        str(path.relative_to(ROOT)) for path, text in of_sources.items() if "write" in named(ast.parse(text))
    }  # fmt: skip

    assert writing == {f"sync/crm/{name}.py" for name in ("highlevel", "highlevel_workflows", "keap")}
    assert {path.parts[-2] for path in of_sources} <= {"fetching", "highlevel", "keap", "crm"}


@pytest.mark.criterion("B08", "B09")
def test_what_every_source_promises_is_to_read_and_nothing_else() -> None:
    promised = {name for name in vars(Layout) if not name.startswith("_")}
    callables = {name for name in promised if callable(getattr(Layout, name))}

    assert callables == {"read"}
    assert all(callable(layout.read) for layout in LAYOUTS.values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion("B08", "B09")
def test_during_a_sync_nothing_is_written_to_the_source(
    studio: Company, rehearsal: Running, quickbooks: Books, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    row = f"{SOLD},2026-08-14,199.00"
    file.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    file.chmod(0o444)
    before = (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns, sorted(tmp_path.iterdir()))

    with overheard() as heard:
        codes = [
            run("import_orders", str(file), "--company", "studio", "--layout", "orders-csv")[0],
            run("sync", "--company", "studio")[0],
            run("sync", "--company", "studio")[0],
        ]

    assert (codes, Document.objects.filter(state="posted").count()) == ([0, 0, 0], 2)
    # The only place that was talked to is QuickBooks
    talked_to = {arguments[1][:2] for event, arguments in heard if event == "socket.connect" and len(arguments[1]) >= 2}
    books = urlsplit(rehearsal.base_url)
    there = (books.hostname, books.port)
    assert there in talked_to
    assert talked_to - {there} <= database_addresses()
    # The file was opened for reading, and is as it was
    modes = {arguments[1] for event, arguments in heard if event == "open" and str(arguments[0]) == str(file)}
    assert modes
    assert modes <= {"r", "rb"}
    assert (
        hashlib.sha256(file.read_bytes()).hexdigest(),
        file.stat().st_mtime_ns,
        sorted(tmp_path.iterdir()),
    ) == before


def database_addresses() -> set[tuple[str, int]]:
    """Where the test's own database is reached, when by network."""
    settings = connection.settings_dict
    return {(str(settings.get("HOST") or "127.0.0.1"), int(settings.get("PORT") or 0))}


@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion("B08", "B09")
def test_a_change_in_quickbooks_changes_nothing_that_the_source_said(
    studio: Company, quickbooks: Books, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    row = f"{SOLD},,"
    file.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    run("import_orders", str(file), "--company", "studio", "--layout", "orders-csv")
    run("sync", "--company", "studio")
    before = [
        *StagedOrder.objects.values("fingerprint", "customer_name", "total"),
        *OrderVersion.objects.values("payload"),
    ]

    (customer,) = quickbooks.query("select * from Customer where DisplayName = 'Priya Natarajan'")["Customer"]
    quickbooks.change("Customer", customer, DisplayName="Priya N. Natarajan")
    run("refresh_lists", "--company", "studio")
    run("sync", "--company", "studio")

    after = [
        *StagedOrder.objects.values("fingerprint", "customer_name", "total"),
        *OrderVersion.objects.values("payload"),
    ]
    assert after == before
