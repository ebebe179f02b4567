"""Does every command take what it says from the translation? Read from its code, so that no branch is left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.config.good_settings import ROOT
from tools.messages.texts import ARGUMENTS

#: The commands, and what they say their words with; the tool that makes the samples is for engineers.
FILES = sorted({*ROOT.glob("*/management/**/*.py"), *ROOT.glob("demo/*.py")} - {ROOT / "demo" / "make_samples.py"})
SAYS = {"write", "refuse", "print", "input", "CommandError", "CannotStart", "Table", "add_row", "add_task", "say"}
#: What a person types or a program reads, letter for letter.
LITERAL = {"SHA-256", "export_iif --company", "--output FILE", "fetch --company", "--connection", "http://"}


def names_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def names_given(node: ast.keyword | ast.Assign) -> list[str | None]:
    return [node.arg] if isinstance(node, ast.keyword) else [getattr(target, "id", None) for target in node.targets]


def words_in(node: ast.AST) -> Iterator[str]:
    """The words of an expression that go through no translation."""
    if isinstance(node, ast.Call) and names_of(node) in ARGUMENTS:
        return
    if isinstance(node, ast.Subscript):  # the key of what is said
        yield from words_in(node.value)
        return
    if isinstance(node, ast.Dict):  # the names of gaps
        for value in node.values:
            yield from words_in(value)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = node.value.strip(" \n:,.()")
        if any(map(str.isalpha, words)) and words not in LITERAL:
            yield words
    for child in ast.iter_child_nodes(node):
        yield from words_in(child)


def untranslated(source: str) -> Iterator[str]:
    """Each text of a module that a command says and that is not marked, with its line."""
    for node in ast.walk(ast.parse(source)):
        said: list[ast.expr] = []
        if isinstance(node, ast.Call) and names_of(node) in SAYS:
            said = node.args
        elif isinstance(node, ast.keyword | ast.Assign) and "help" in names_given(node):
            said = [node.value]
        for expression in said:
            yield from (f"{expression.lineno}: {words}" for words in words_in(expression))


@pytest.mark.criterion("C56")
def test_whatever_a_command_says_is_marked_for_translation() -> None:
    left = [f"{path.relative_to(ROOT)}:{text}" for path in FILES for text in untranslated(path.read_text("utf-8"))]

    assert not left, "\n".join(left)
    assert len(FILES) > 30


def test_a_text_that_is_not_marked_is_noticed() -> None:
    source = """
class Command:
    help = "Sell"

self.stdout.write(f"  {number} orders" + _("Marked"))
raise CommandError("No such file")
parser.add_argument("--since", help=_("marked") if short else "the day")
"""

    assert list(untranslated(source)) == ["3: Sell", "5: orders", "6: No such file", "7: the day"]
