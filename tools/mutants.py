"""Does a test fail for each small mistake in the rules about money? `make mutants`, or `python -m tools.mutants`.

Each mutant is one wrong operator in one module, read by the tests in place of the module. The tests run in a fork, so
that what they all import is imported once, and nothing is ever written. A mutant is killed when a test fails, or when
the tests take far longer than they should; a survivor is a rule that no test holds, or a change that means nothing.

Stops with 1 where fewer than 95 of 100 are killed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
#: What is mutated, and its tests; the first that a file is in counts.
SUITES = {
    "books/outside": ("tests/outside",),
    "books": ("tests/books", "tests/builders", "tests/docs/test_accounting_pages.py"),
    "sync/preparing/builders": ("tests/builders", "tests/docs/test_accounting_pages.py"),
    "sync/quickbooks_online/forms.py": ("tests/quickbooks_online/test_wire.py",),
    "sync/quickbooks_online/wire.py": ("tests/quickbooks_online/test_wire.py",),
}
ENOUGH = 95
_LONGEST = 600.0
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One wrong operator."""

    path: Path
    #: Its place among the mutants of the file.
    place: int
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.before} → {self.after}"


class _Places(ast.NodeTransformer):
    """Walks through everything that can be mutated, and mutates the one at a place."""

    def __init__(self, place: int | None = None) -> None:
        self.place = place
        self.found: list[tuple[int, str, str]] = []

    def _offer(self, node: ast.expr, mutated: ast.expr) -> ast.expr:
        self.found.append((node.lineno, ast.unparse(node), ast.unparse(mutated)))
        return ast.copy_location(mutated, node) if len(self.found) - 1 == self.place else node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value:
            node.value = self.visit(node.value)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        mutated = copy.deepcopy(node)
        mutated.ops[0] = _COMPARED[type(mutated.ops[0])]()
        return self._offer(node, mutated)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) not in _COUNTED or isinstance(node.left, ast.JoinedStr | ast.Constant):
            return node
        mutated = copy.deepcopy(node)
        mutated.op = _COUNTED[type(node.op)]()
        return self._offer(node, mutated)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        mutated = copy.deepcopy(node)
        mutated.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return self._offer(node, mutated)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return self._offer(node, node.operand) if isinstance(node.op, ast.Not | ast.USub) else node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        mutated = copy.deepcopy(node)
        mutated.body, mutated.orelse = mutated.orelse, mutated.body
        return self._offer(node, mutated)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            return self._offer(node, ast.Constant(not node.value))
        return self._offer(node, ast.Constant(node.value + 1)) if isinstance(node.value, int) else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        other = {"min": "max", "max": "min", "any": "all", "all": "any"}
        if not isinstance(node.func, ast.Name) or node.func.id not in other:
            return node
        mutated = copy.deepcopy(node)
        mutated.func = ast.Name(other[node.func.id], ast.Load())
        return self._offer(node, mutated)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._unfiltered(node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._unfiltered(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._unfiltered(node)

    def _unfiltered(self, node: ast.GeneratorExp | ast.ListComp | ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        if not node.generators[0].ifs:
            return node
        mutated = copy.deepcopy(node)
        mutated.generators[0].ifs = []
        return self._offer(node, mutated)


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a module."""
    places = _Places()
    places.visit(ast.parse(path.read_text(encoding="utf-8")))
    return [
        Mutant(path=path, place=place, line=line, before=before, after=after)
        for place, (line, before, after) in enumerate(places.found)
    ]


class _Instead(MetaPathFinder, Loader):
    """Imports a mutant in place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = ".".join(mutant.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        package = [str(self.mutant.path.parent)] if self.mutant.path.name == "__init__.py" else None
        return spec_from_file_location(fullname, self.mutant.path, loader=self, submodule_search_locations=package)

    def exec_module(self, module: ModuleType) -> None:
        tree = _Places(self.mutant.place).visit(ast.parse(self.mutant.path.read_text(encoding="utf-8")))
        exec(compile(ast.fix_missing_locations(tree), self.mutant.path, "exec"), module.__dict__)


def survives(mutant: Mutant | None, suites: Sequence[str], *, seconds: int) -> tuple[bool, float]:
    """Whether the tests pass with a mutant, in a fork, and how many seconds of CPU they took.

    Args:
        mutant: None runs the tests as they are.
        suites: Files and folders of tests.
        seconds: Of CPU, so that a busy machine kills nothing; one that only waits is stopped after ten minutes.
    """
    child = os.fork()
    if not child:
        os.setpgrp()
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os._exit(_tested(mutant, suites))
    until = time.monotonic() + _LONGEST
    while time.monotonic() < until:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0, used.ru_utime + used.ru_stime
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False, 0


def _tested(mutant: Mutant | None, suites: Sequence[str]) -> int:
    try:
        if mutant:
            sys.meta_path.insert(0, _Instead(mutant))
        import pytest

        ours = ("-x", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", "-m", "not browser")
        return int(pytest.main([*ours, "-k", "not test_bodies and not test_serialization", *suites]))
    except BaseException:
        return 1


def _files() -> dict[Path, tuple[str, ...]]:
    """Every file that is mutated, with its tests: those that bear its name come first, since they notice most."""
    files: dict[Path, tuple[str, ...]] = {}
    for name, suites in SUITES.items():
        for path in [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py")):
            own = [f"{suite}/test_{path.stem}.py" for suite in suites]
            files.setdefault(path, (*(test for test in own if (ROOT / test).exists()), *suites))
    return files


def chosen(paths: Sequence[str], sample: int) -> Iterator[tuple[Mutant, tuple[str, ...]]]:
    """The mutants that are tried, each with its tests."""
    found = [
        (mutant, suites)
        for path, suites in _files().items()
        if not paths or any(str(path.relative_to(ROOT)).startswith(asked) for asked in paths)
        for mutant in mutants_of(path)
    ]
    if sample and sample < len(found):
        kept = sorted(random.Random(7).sample(range(len(found)), sample))
        found = [found[place] for place in kept]
    yield from found


def main() -> int:
    """Try the mutants; 1 where too many survive."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", help="only these files or folders")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="try N of them, always the same; 0 is all")
    asked = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("TIEOUT_TEST_DATABASE", "sqlite")
    os.environ.setdefault("TIEOUT_EXAMPLES", "15")
    import django.conf  # noqa: F401  imported once, for every fork
    import pytest  # noqa: F401

    work = list(chosen(asked.paths, asked.sample))
    took: dict[str, float] = {}
    for suites in {suites[-1]: suites for _, suites in reversed(work)}.values():  # as they are, once for each suite
        pass_as_they_are, took[suites[-1]] = survives(None, suites, seconds=600)
        if not pass_as_they_are:
            print(f"The tests fail as they are: {' '.join(suites)}")
            return 2
    survivors = []
    for number, (mutant, suites) in enumerate(work, start=1):
        if survives(mutant, suites, seconds=round(3 * took[suites[-1]]) + 10)[0]:
            survivors.append(mutant)
            print(f"survived  {mutant}", flush=True)
        elif sys.stdout.isatty():
            print(f"{number} of {len(work)}", end="\r", flush=True)
    killed = len(work) - len(survivors)
    rate = 100 * killed / len(work) if work else 100
    print(f"{killed} of {len(work)} mutants killed: {rate:.1f} %")
    return 0 if rate >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
