from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = ("books", "mapping.matching", "reconciliation.comparing", "sync.preparing.builders")


ROOMS = ("demo", "reconciliation", "setup", "sync", "mapping", "companies", "books")
LONGEST_LINE = 160
ROOMS_OF_SYNC = (
    "sources",
    "staging",
    "preparing",
    "pushing",
    "lists",
    "jobs",
    "quickbooks_online",
    "quickbooks_desktop",
)


#: What a person can read in one go, and what fits a screen; longer than that, there is a second thing inside.
MOST_LINES_OF_A_MODULE, MOST_LINES_OF_A_FUNCTION = 390, 60


def our_modules(*folders: str) -> dict[str, str]:
    """The text of every module outside the tests, or of those in some folders, by its path; migrations aside."""
    folders = folders or (*ROOMS, "config", "simulators", "bench", "tools")
    modules = (module for folder in folders for module in (ROOT / folder).rglob("*.py"))
    return {
        str(module.relative_to(ROOT)): module.read_text(encoding="utf-8")
        for module in modules
        if "migrations" not in module.parts
    }


class Outline(NamedTuple):
    """What most tests here ask of every module there is; its whole syntax would fill the memory of all other tests."""

    imports: tuple[ast.ImportFrom, ...]
    classes: tuple[str, ...]
    #: Name, first and last line.
    functions: tuple[tuple[str, int, int], ...]


@cache
def outline_of(text: str) -> Outline:
    """The outline of a module, which is taken apart once."""
    imports, classes, functions = [], [], []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            imports.append(node)
        elif isinstance(node, ast.ClassDef):
            classes.append(node.name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions.append((node.name, node.lineno, node.end_lineno or node.lineno))
    return Outline(tuple(imports), tuple(classes), tuple(functions))


def exists(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_every_module_of_pure_rules_is_kept_pure_by_a_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (rules,) = (contract for contract in contracts if contract["name"].startswith("Rules are plain Python"))

    unguarded = {module for module in PURE if exists(module)} - set(rules["source_modules"])
    assert not unguarded, f"add to source_modules of that contract in pyproject.toml: {unguarded}"


def test_what_a_room_says_others_may_call_is_what_its_contract_lets_them_import() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    doors = {contract["protected_modules"][0]: contract for contract in contracts if contract["type"] == "protected"}

    assert doors.keys() >= {f"sync.{room}" for room in ROOMS_OF_SYNC} | {"companies", "mapping", "reconciliation"}
    for room, contract in doors.items():
        path = ROOT / room.replace(".", "/") / "__init__.py"
        said = (ast.get_docstring(ast.parse(path.read_text())) or "").partition("Others may call:")[2]
        allowed = {line.removeprefix("** -> ").removeprefix(f"{room}.") for line in contract["ignore_imports"]}
        assert set(re.findall(r"`([^`]+)`", said)) == allowed, f"{path} and its contract in pyproject.toml disagree"


@pytest.mark.parametrize("house", [*ROOMS, "bench", "config"])
def test_the_rooms_inside_a_room_are_in_no_circle(house: str) -> None:
    """A folder counts as one: the import linter knows the circles of modules, and these are what a person sees."""
    uses: dict[str, set[str]] = defaultdict(set)
    for path, text in our_modules().items():
        if path.startswith(f"{house}/"):
            room = path.removesuffix(".py").split("/")[1]
            modules = (node.module.split(".") for node in outline_of(text).imports if node.module)
            uses[room] |= {parts[1] for parts in modules if parts[0] == house and len(parts) > 1} - {room}

    assert list(TopologicalSorter(uses).static_order())


def imported_by(path: str, text: str) -> set[str]:
    """The modules that a module imports by name, those that it needs for their types alone too."""
    package = path.split("/")[:-1]
    names = set()
    for node in outline_of(text).imports:
        outside = package[: len(package) - node.level + 1] if node.level else []
        module = [*outside, *(node.module.split(".") if node.module else [])]
        names |= {"/".join([*module, alias.name]) for alias in node.names} | {"/".join(module)}
    return {f"{name}.py" for name in names}


def test_no_modules_are_in_a_circle() -> None:
    modules = our_modules()
    uses = {path: imported_by(path, text) & modules.keys() - {path} for path, text in modules.items()}
    assert sum(map(len, uses.values())) > len(modules)

    assert list(TopologicalSorter(uses).static_order())


@pytest.mark.parametrize("room", ["books", "companies", "mapping", "sync", "setup"])
def test_no_room_names_the_screens_of_one_above_it(room: str) -> None:
    """An address by its name is an import that the linter cannot see, in Python and in a page."""
    above = ROOMS[: ROOMS.index(room)]
    named = re.compile(rf"""["']({"|".join(above)}):[a-z_{{]""")

    files = [
        *ROOT.glob(f"{room}/**/*.py"),
        *ROOT.glob(f"templates/{room}/**/*.html"),
        *ROOT.glob(f"templates/admin/{room}/**/*.html"),
    ]
    naming = [str(path.relative_to(ROOT)) for path in files if named.search(path.read_text())]

    assert naming == [], "companies.screen.ops_address knows these addresses"


def test_the_locks_name_no_host_and_hold_a_hash_for_every_package() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text()
        assert "://" not in lock, f"{name} names a host: a fresh machine takes packages from where its own pip does"
        assert lock.count("==") <= lock.count("--hash=")


def test_no_module_is_longer_than_a_person_reads_in_one_go() -> None:
    lines = {path: len(text.splitlines()) for path, text in our_modules().items()}
    assert len(lines) > 400

    too_long = {path: count for path, count in lines.items() if count > MOST_LINES_OF_A_MODULE}
    assert not too_long, f"find the second thing in each, and give it a module: {too_long}"


def test_no_function_is_longer_than_a_screen() -> None:
    lines = {
        f"{path}:{first} {name}": last - first + 1
        for path, text in our_modules().items()
        for name, first, last in outline_of(text).functions
    }

    too_long = {place: count for place, count in lines.items() if count > MOST_LINES_OF_A_FUNCTION}
    assert not too_long, f"find the second thing in each, and give it a name: {too_long}"


#: Words for anything at all. What is looped over has a name of its own.
NO_NAMES = {"each", "found", "one"}
#: What may be a loop over one of them: most modules have none and need not be taken apart.
MAY_LOOP = re.compile(rf"\bfor\s[\w\s,.*()\[\]]*?\b(?:{'|'.join(sorted(NO_NAMES))})\b[\w\s,.*()\[\]]*?\bin\b")


def test_what_is_looped_over_has_the_name_of_what_it_is() -> None:
    loops = (ast.For, ast.AsyncFor, ast.comprehension)
    nameless = [
        f"{path}:{name.lineno} {name.id}"
        for path, text in {**our_modules(), **our_modules("tests")}.items()
        if MAY_LOOP.search(text)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, loops)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name) and name.id in NO_NAMES
    ]

    assert not nameless, f"give each the noun: {nameless}"


#: The same word for two things on purpose: what a customer paid in the source, and QuickBooks' form that records it.
SAME_NAME = {"Payment"}


@pytest.mark.parametrize("house", ["", "simulators"])
def test_no_two_classes_have_the_same_name_and_mean_different_things(house: str) -> None:
    # A model and the value it is stored from may share a name; what begins with _ is of its module alone
    places = defaultdict(list)
    for path, text in our_modules().items():
        if path.startswith("simulators") == bool(house) and "models" not in path and not path.startswith("bench"):
            for name in outline_of(text).classes:
                if not name.startswith("_"):
                    places[name].append(path)

    inner = {"Command", "Meta", "Media"}
    twice = {name: paths for name, paths in places.items() if len(paths) > 1 and name not in inner | SAME_NAME}
    assert not twice, f"give each the name of what it is: {twice}"


def test_no_test_file_imports_from_another() -> None:
    shared = [
        f"{module.relative_to(ROOT)}: {line}"
        for module in (ROOT / "tests").rglob("*.py")
        for line in module.read_text(encoding="utf-8").splitlines()
        if re.match(r"\s*from tests\.(\w+\.)*test_\w+ import ", line)
    ]

    assert not shared, f"what two tests share is in a module beside them: {shared}"


def test_a_line_of_a_page_can_be_read() -> None:
    """The texts in its tags aside, which are one sentence each and cannot be broken."""
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.glob("templates/**/*.html")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(re.sub(r"{%.*?%}", lambda tag: re.sub(r'"[^"]*"', '""', tag[0]), line)) > LONGEST_LINE
    ]

    assert long == [], f"more than {LONGEST_LINE} characters"


def test_a_tag_of_a_page_ends_in_its_line() -> None:
    """Django shows one that does not as text."""
    open_tags = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.glob("templates/**/*.html")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if line.count("{%") != line.count("%}")
    ]

    assert open_tags == []
