"""What does a query ask? The grammar of Intuit's query language, with its error texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from .. import refusals

MOST_RESULTS = 1000
DEFAULT_RESULTS = 100

TOKEN = re.compile(
    r"""\s+
      | (?P<string>'(?:\\.|[^'\\])*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | (?P<word>[A-Za-z_][\w.]*)
      | (?P<symbol><=|>=|!=|<>|[=<>(),*])""",
    re.VERBOSE | re.DOTALL,
)
KEYWORDS = {"select", "from", "where", "and", "or", "in", "like", "orderby", "order", "by", "asc", "desc"} | {
    "startposition",
    "maxresults",
    "count",
    "not",
    "true",
    "false",
    "iterator",
}
AFTER_CONDITION = ("<EOF>", "<AND>", '"iterator"', '"maxresults"', "<OR>", '"order"', '"orderby"', '"startposition"')


class Token(NamedTuple):
    """One word, literal or sign of a query, with where it is."""

    kind: str
    text: str
    column: int


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One comparison; `values` has several entries only for IN."""

    attribute: str
    operator: str
    values: tuple[str | bool, ...]


@dataclass(frozen=True, kw_only=True)
class Order:
    """One attribute to sort by."""

    attribute: str
    descending: bool


@dataclass(frozen=True, kw_only=True)
class Select:
    """A whole query."""

    entity: str
    counts: bool
    attributes: tuple[str, ...]  # empty for *
    conditions: tuple[Condition, ...]
    orders: tuple[Order, ...]
    start: int
    most: int


def parse(text: str) -> Select:
    """Read a query.

    Raises:
        Refused: 4000 when it is not in the grammar, 4001 when a number in it is out of bounds.
    """
    return _Parser(_tokens(text)).select()


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            bad = text[position]
            raise refusals.unparsable_query(
                f"Invalid content. Lexical error at line 1, column {position + 1}.  "
                f'Encountered: "{bad}" ({ord(bad)}), after : ""'
            )
        if match.lastgroup:
            found.append(Token(match.lastgroup, match.group(), position + 1))
        position = match.end()
    found.append(Token("end", "<EOF>", len(text) + 1))
    return found


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def refuse(self, *expected: str) -> refusals.Refused:
        token = self.here
        kind = "<EOF>" if token.kind == "end" else f'" <{_called(token)}> "{token.text} ""'
        wanted = "\n".join(f"    {token} ..." for token in expected)
        return refusals.unparsable_query(
            f"Encountered {kind} at line 1, column {token.column}.\nWas expecting one of:\n{wanted}\n"
        )

    def is_word(self, *words: str) -> bool:
        return self.here.kind == "word" and self.here.text.lower() in words

    def take_word(self, word: str) -> bool:
        if self.is_word(word):
            self.at += 1
            return True
        return False

    def take_symbol(self, symbol: str) -> bool:
        if self.here.kind == "symbol" and self.here.text == symbol:
            self.at += 1
            return True
        return False

    def need_word(self, word: str) -> None:
        if not self.take_word(word):
            raise self.refuse(f'"{word}"')

    def need_symbol(self, symbol: str) -> None:
        if not self.take_symbol(symbol):
            raise self.refuse(f'"{symbol}"')

    def identifier(self) -> str:
        if self.here.kind != "word" or self.here.text.lower() in KEYWORDS:
            raise self.refuse("<IDENTIFIER>")
        self.at += 1
        return self.tokens[self.at - 1].text

    def select(self) -> Select:
        self.need_word("select")
        counts, attributes = self._projection()
        self.need_word("from")
        entity = self.identifier()
        conditions = self._conditions() if self.take_word("where") else ()
        orders = self._orders()
        start, most = self._page()
        if self.here.kind != "end":
            raise self.refuse(*AFTER_CONDITION)
        return Select(
            entity=entity,
            counts=counts,
            attributes=attributes,
            conditions=conditions,
            orders=orders,
            start=start,
            most=most,
        )

    def _projection(self) -> tuple[bool, tuple[str, ...]]:
        if self.take_word("count"):
            self.need_symbol("(")
            self.need_symbol("*")
            self.need_symbol(")")
            return True, ()
        everything = self.take_symbol("*")
        attributes = [] if everything else [self.identifier()]
        while self.take_symbol(","):
            attributes.append(self.identifier())
        return False, () if everything else tuple(attributes)

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self.take_word("and"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        attribute = self.identifier()
        if self.take_word("in"):
            self.need_symbol("(")
            values = [self._literal()]
            while self.take_symbol(","):
                values.append(self._literal())
            self.need_symbol(")")
            return Condition(attribute=attribute, operator="in", values=tuple(values))
        if self.take_word("like"):
            return Condition(attribute=attribute, operator="like", values=(self._literal(),))
        if self.here.kind != "symbol" or self.here.text not in ("=", "<", ">", "<=", ">="):
            raise self.refuse('"="', '"<"', '">"', '"<="', '">="', '"in"', '"like"')
        operator = self.here.text
        self.at += 1
        return Condition(attribute=attribute, operator=operator, values=(self._literal(),))

    def _literal(self) -> str | bool:
        token = self.here
        if token.kind == "string":
            self.at += 1
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        if token.kind == "number":
            self.at += 1
            return token.text
        if self.is_word("true", "false"):
            self.at += 1
            return token.text.lower() == "true"
        raise self.refuse("<STRING>", "<NUMBER>", '"true"', '"false"')

    def _orders(self) -> tuple[Order, ...]:
        if self.take_word("order"):
            self.need_word("by")
        elif not self.take_word("orderby"):
            return ()
        found = [self._order()]
        while self.take_symbol(","):
            found.append(self._order())
        return tuple(found)

    def _order(self) -> Order:
        attribute = self.identifier()
        descending = self.take_word("desc")
        if not descending:
            self.take_word("asc")
        return Order(attribute=attribute, descending=descending)

    def _page(self) -> tuple[int, int]:
        start, most = 1, DEFAULT_RESULTS
        while self.is_word("startposition", "maxresults"):
            word = self.here.text.lower()
            self.at += 1
            number = self._number()
            if word == "startposition":
                start = number
            else:
                most = min(number, MOST_RESULTS)
        return start, most

    def _number(self) -> int:
        if self.here.kind != "number" or "." in self.here.text:
            raise self.refuse("<INTEGER>")
        number = int(self.here.text[:18])
        if number < 1:
            raise refusals.invalid_query(f"value {number} is too small. Min allowed value is 1")
        self.at += 1
        return number


def _called(token: Token) -> str:
    if token.kind == "word":
        return token.text.upper() if token.text.lower() in KEYWORDS else "IDENTIFIER"
    return token.kind.upper()
