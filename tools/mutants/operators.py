"""Which small mistakes can be made in a module? Each is one wrong operator, in memory; no file is written."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parent.parent.parent
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
    #: The first line of the outermost function around it, decorators counted; None where importing runs it.
    function: int | None
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.before} → {self.after}"


class _Places(ast.NodeTransformer):
    """Walks through everything that can be mutated, and mutates the one at a place."""

    def __init__(self, place: int | None = None) -> None:
        self.place = place
        self.function: int | None = None
        self.found: list[tuple[int, int | None, str, str]] = []

    def _offer(self, node: ast.expr, mutated: ast.expr) -> ast.expr:
        self.found.append((node.lineno, self.function, ast.unparse(node), ast.unparse(mutated)))
        return ast.copy_location(mutated, node) if len(self.found) - 1 == self.place else node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        around, self.function = self.function, self.function or first_line(node)
        node.body = [self.visit(statement) for statement in node.body]
        self.function = around
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


def first_line(function: ast.FunctionDef) -> int:
    """The line that Python calls the first one of a function's code."""
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a module."""
    places = _Places()
    places.visit(_parsed(path))
    return [
        Mutant(path=path, place=place, line=line, function=function, before=before, after=after)
        for place, (line, function, before, after) in enumerate(places.found)
    ]


def compiled(mutant: Mutant) -> CodeType:
    """The code of the whole module with its one mistake."""
    tree = _Places(mutant.place).visit(_parsed(mutant.path))
    return compile(ast.fix_missing_locations(tree), str(mutant.path), "exec")


def functions_of(path: Path) -> list[tuple[int, int]]:
    """The first and the last line of each outermost function of a module, those of its classes too."""
    return list(_functions(_parsed(path).body))


def _functions(statements: list[ast.stmt]) -> Iterator[tuple[int, int]]:
    for statement in statements:
        if isinstance(statement, ast.FunctionDef):
            yield first_line(statement), statement.end_lineno or statement.lineno
        elif isinstance(statement, ast.ClassDef):
            yield from _functions(statement.body)


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
