"""Does the runner of mutants make exactly the mistakes that it names, and know where each is?"""

from __future__ import annotations

from pathlib import Path

from tools.mutants.operators import compiled, functions_of, mutants_of
from tools.mutants.reach import Reach, Tracer

RULE = '''
LIMIT = 2


class Rule:
    """A rule."""

    @property
    def is_small(self):
        """Not more than the limit."""
        return self.value <= LIMIT

    def __init__(self, value):
        self.value = value


def many(values):
    return len([value for value in values if Rule(value).is_small]) > 1
'''


def module_of(folder: Path) -> Path:
    path = folder / "rule.py"
    path.write_text(RULE, encoding="utf-8")
    return path


def test_each_mutant_is_one_wrong_operator_of_one_function(tmp_path: Path) -> None:
    mutants = mutants_of(module_of(tmp_path))

    assert [(mutant.line, mutant.function, mutant.before, mutant.after) for mutant in mutants] == [
        (2, None, "2", "3"),
        (11, 8, "self.value <= LIMIT", "self.value < LIMIT"),
        (18, 17, "[value for value in values if Rule(value).is_small]", "[value for value in values]"),
        (18, 17, "1", "2"),
        (18, 17, "len([value for value in values if Rule(value).is_small]) > 1",
         "len([value for value in values if Rule(value).is_small]) >= 1"),
    ]  # fmt: skip


def test_a_mutant_is_wrong_in_its_one_place(tmp_path: Path) -> None:
    limit, small, *_others = mutants_of(module_of(tmp_path))
    answers = []
    for mutant in (limit, small):
        names: dict[str, type] = {"__name__": "rule"}  # type: ignore[dict-item]
        exec(compiled(mutant), names)
        answers.append([names["Rule"](value).is_small for value in (1, 2, 3, 4)])

    assert answers == [[True, True, True, False], [True, False, False, False]]


def test_what_a_test_calls_is_noted_by_the_function_and_what_importing_calls_apart(tmp_path: Path) -> None:
    path = module_of(tmp_path)
    assert functions_of(path) == [(8, 11), (13, 14), (17, 18)]
    names: dict[str, type] = {"__name__": "rule"}  # type: ignore[dict-item]
    exec(compile(RULE, str(path), "exec"), names)
    tracer = Tracer([path])
    tracer.start()
    rule = names["Rule"](2)
    tracer.test = "test_small"
    assert rule.is_small
    tracer.stop()

    assert tracer.reach.at_import == {(path, 13)}
    assert tracer.reach.tests == {(path, 8): {"test_small"}}
    assert [tracer.reach.can_be_exchanged(path, line) for line in (8, 13, None)] == [True, False, False]


def test_the_tests_that_bear_the_name_of_a_module_come_first_and_then_the_quick_ones(tmp_path: Path) -> None:
    path = module_of(tmp_path)
    slow, quick, own = "tests/test_slow.py::test", "tests/test_quick.py::test", "tests/test_rule.py::test"
    reach = Reach(tests={(path, 8): {slow, quick}, (path, 17): {own, slow}}, seconds={slow: 2.0, quick: 0.1, own: 3.0})

    assert reach.tests_of(path, 8) == [quick, slow]
    assert reach.tests_of(path, None) == [own, quick, slow]
