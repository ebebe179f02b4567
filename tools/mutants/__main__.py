"""Try the mutants; stops with 1 where fewer than 95 of 100 are killed, and with 2 where the tests fail as they are."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import tools.mutants
from tools.mutants.operators import ROOT, Mutant, mutants_of
from tools.mutants.trial import TestsFailError, verdicts

#: What is mutated, and its tests; the first that a file is in counts.
SUITES = {
    "books/outside": ("tests/outside",),
    "books": ("tests/books", "tests/builders", "tests/docs/test_accounting_pages.py"),
    "sync/preparing/builders": ("tests/books", "tests/builders", "tests/docs/test_accounting_pages.py"),
    "sync/quickbooks_online/forms.py": ("tests/quickbooks_online/test_wire.py",),
    "sync/quickbooks_online/wire.py": ("tests/quickbooks_online/test_wire.py",),
}
ENOUGH = 95


def _files() -> dict[Path, tuple[str, ...]]:
    """Every file that is mutated, with its tests."""
    files: dict[Path, tuple[str, ...]] = {}
    for name, suites in SUITES.items():
        for path in [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py")):
            files.setdefault(path, suites)
    return files


def chosen(paths: Sequence[str], sample: int) -> dict[tuple[str, ...], list[Mutant]]:
    """The mutants that are tried, by their tests."""
    files = _files()
    found = [
        mutant
        for path in files
        if not paths or any(str(path.relative_to(ROOT)).startswith(asked) for asked in paths)
        for mutant in mutants_of(path)
    ]
    if sample and sample < len(found):
        kept = sorted(random.Random(7).sample(range(len(found)), sample))
        found = [found[place] for place in kept]
    by_tests: dict[tuple[str, ...], list[Mutant]] = {}
    for mutant in found:
        by_tests.setdefault(files[mutant.path], []).append(mutant)
    return by_tests


def main() -> int:
    """Try the mutants."""
    parser = argparse.ArgumentParser(description=(tools.mutants.__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", help="only these files or folders")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="try N of them, always the same; 0 is all")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep what came out there, and go on after a stop")
    asked = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("TIEOUT_TEST_DATABASE", "sqlite")
    tried = survived = 0
    for suites, mutants in chosen(asked.paths, asked.sample).items():
        try:
            for mutant, survives in _verdicts(mutants, suites, asked.keep):
                tried += 1
                survived += survives
                if survives:
                    print(f"survived  {mutant}", flush=True)
                elif sys.stdout.isatty():
                    print(tried, end="\r", flush=True)
        except TestsFailError:
            print(f"The tests fail as they are: {' '.join(suites)}")
            return 2
    rate = 100 * (tried - survived) / tried if tried else 100
    print(f"{tried - survived} of {tried} mutants killed: {rate:.1f} %")
    return 0 if rate >= ENOUGH else 1


def _verdicts(mutants: Sequence[Mutant], suites: Sequence[str], keep: Path | None) -> Iterator[tuple[Mutant, bool]]:
    """Whether each mutant survives, from what was kept or by trying it."""
    kept: dict[str, bool] = {}
    if keep and keep.exists():
        kept = dict(json.loads(line) for line in keep.read_text(encoding="utf-8").splitlines())
    names = {mutant: f"{mutant.place} {mutant}" for mutant in mutants}
    yield from ((mutant, kept[name]) for mutant, name in names.items() if name in kept)
    left = [mutant for mutant, name in names.items() if name not in kept]
    for mutant, survives in verdicts(left, suites) if left else ():
        if keep:
            with keep.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps([names[mutant], survives]) + "\n")
        yield mutant, survives


if __name__ == "__main__":
    sys.exit(main())
