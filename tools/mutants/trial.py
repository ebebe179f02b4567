"""Do the tests notice a mutant? Each is tried in a fork of one process that has collected them."""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FunctionType, ModuleType

import pytest

from tools.mutants.operators import ROOT, Mutant, compiled
from tools.mutants.reach import Reach, Tracer

_LONGEST = 600.0
_OPTIONS = ("-x", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", "-m", "not browser")
_EXAMPLES = 25


class TestsFailError(Exception):
    """The tests fail as they are."""


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
        exec(compiled(self.mutant), module.__dict__)


class _SameExamples:
    """Properties try the same few examples each time, and do not look for a simpler one."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        from hypothesis import Phase, settings  # pytest wants to be the first that imports it

        for item in items:
            test = getattr(item, "obj", None)
            if test is not None and getattr(test, "is_hypothesis_test", False):
                test._hypothesis_internal_use_settings = settings(
                    test._hypothesis_internal_use_settings,
                    max_examples=_EXAMPLES,
                    phases=(Phase.explicit, Phase.generate),
                    database=None,
                    derandomize=True,
                )


class _Trials:
    """In place of running the tests: runs them once in a fork that notes what they call, then tries the mutants."""

    def __init__(self, tracer: Tracer, mutants: Sequence[Mutant], noted: Path, say: Callable[[str], object]) -> None:
        self.tracer = tracer
        self.mutants = mutants
        self.noted = noted
        self.say = say

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.tracer.stop()
        if not passes(lambda: self._note(session), seconds=_LONGEST):
            return True
        reach: Reach = pickle.loads(self.noted.read_bytes())
        items = {item.nodeid: item for item in session.items}
        functions = _functions_in_memory()
        for number, mutant in enumerate(self.mutants):
            if reach.can_be_exchanged(mutant.path, mutant.function):
                tests = [items[name] for name in reach.tests_of(mutant.path, mutant.function)]
                places = functions.get((str(mutant.path), mutant.function or 0), [])
                self.say(f"{number} {int(_survives_exchange(mutant, places, tests, reach))}\n")
        return True

    def _note(self, session: pytest.Session) -> int:
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            self.tracer.test = item.nodeid
            self.tracer.start()  # anew, since a test that recurses too deeply has ended it
            begun = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self.tracer.reach.seconds[item.nodeid] = time.process_time() - begun
        self.tracer.stop()
        if not session.testsfailed:
            self.noted.write_bytes(pickle.dumps(self.tracer.reach))
        return session.testsfailed


def _functions_in_memory() -> dict[tuple[str, int], list[FunctionType]]:
    functions: dict[tuple[str, int], list[FunctionType]] = {}
    for value in gc.get_objects():
        if type(value) is FunctionType and "<locals>" not in value.__qualname__:
            functions.setdefault((value.__code__.co_filename, value.__code__.co_firstlineno), []).append(value)
    return functions


def _survives_exchange(
    mutant: Mutant, functions: Sequence[FunctionType], tests: Sequence[pytest.Item], reach: Reach
) -> bool:
    """Whether a mutant survives the tests that call its function, in a fork that knows them already."""

    def tested() -> int:
        return _exchanged(mutant, functions) or _run(tests)

    return passes(tested, seconds=reach.patience(test.nodeid for test in tests))


def _exchanged(mutant: Mutant, functions: Sequence[FunctionType]) -> int:
    """Give the functions the code of the mutant; 0, since nothing failed."""
    (code,) = [code for code in _codes(compiled(mutant)) if code.co_firstlineno == mutant.function]
    for function in functions:
        function.__code__ = code
    return 0


def _codes(module: CodeType) -> Iterator[CodeType]:
    """The code of each outermost function."""
    for constant in module.co_consts:
        if not isinstance(constant, CodeType) or constant.co_name.startswith("<"):
            continue
        if constant.co_flags & 0x02:  # CO_NEWLOCALS: a function, and not the body of a class
            yield constant
        else:
            yield from _codes(constant)


def _run(items: Sequence[pytest.Item]) -> int:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if item.session.testsfailed:
            return 1
    return 0


def _imported_anew(mutant: Mutant, tests: Sequence[str]) -> int:
    sys.meta_path.insert(0, _Instead(mutant))
    return int(pytest.main([*_OPTIONS, *tests], plugins=[_SameExamples()]))


def passes(tested: Callable[[], int], *, seconds: float) -> bool:
    """Whether something comes out as 0 in a fork, within so many seconds of CPU; waiting ends after ten minutes."""
    child = _forked(tested, seconds=seconds)
    until = time.monotonic() + _LONGEST
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _forked(tested: Callable[[], int], *, seconds: float) -> int:
    sys.stdout.flush()
    child = os.fork()
    if not child:
        try:
            os.setpgrp()
            if seconds:
                resource.setrlimit(resource.RLIMIT_CPU, (round(seconds), round(seconds)))
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            os._exit(min(tested(), 1))
        finally:
            os._exit(1)
    return child


def verdicts(mutants: Sequence[Mutant], suites: Sequence[str]) -> Iterator[tuple[Mutant, bool]]:
    """Try mutants that have the same tests, and tell of each whether it survives.

    Args:
        mutants: Of one module or of several.
        suites: Files and folders of tests.

    Raises:
        TestsFailError: They fail as they are.
    """
    with TemporaryDirectory() as folder:
        noted = Path(folder) / "reach"
        reading, writing = os.pipe()

        def collect() -> int:
            os.close(reading)
            tracer = Tracer({mutant.path for mutant in mutants})
            trials = _Trials(tracer, mutants, noted, lambda text: os.write(writing, text.encode()))
            tracer.start()
            return int(pytest.main([*_OPTIONS, *suites], plugins=[_SameExamples(), trials]))

        child = _forked(collect, seconds=0)
        os.close(writing)
        left = list(mutants)
        with os.fdopen(reading) as lines:
            for line in lines:
                number, survives = map(int, line.split())
                left.remove(mutants[number])
                yield mutants[number], bool(survives)
        os.waitpid(child, 0)
        if not noted.exists():
            raise TestsFailError
        reach: Reach = pickle.loads(noted.read_bytes())
    for mutant in left:
        yield mutant, _survives_import(mutant, reach, suites)


def _survives_import(mutant: Mutant, reach: Reach, suites: Sequence[str]) -> bool:
    """Whether a mutant of what importing runs survives: first the likeliest file of tests, then all of them.

    Collecting takes longer than running, so one file is asked before the others are read.
    """
    names = reach.tests_of(mutant.path, mutant.function)
    files = Counter(name.partition("::")[0] for name in names)
    likeliest = max(files, key=lambda file: (f"/test_{mutant.path.stem}.py" in file, files[file]), default="")
    if likeliest and not passes(lambda: _imported_anew(mutant, [likeliest]), seconds=reach.patience(names)):
        return False
    return passes(lambda: _imported_anew(mutant, suites), seconds=reach.patience(reach.seconds))
