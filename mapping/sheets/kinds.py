"""Which sheets of decisions are there, which columns have they, and which row of ours is each of their rows?

Sheets speak English whatever the reader's language, because they are read again by their words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import override

from books.answers import PostingRole
from books.orders import DEFAULT_SECTIONS
from books.translation import gettext_noop
from companies.models import Company
from mapping.decision_fields import (
    LINE_TYPE_DECISIONS,
    METHOD_DECISIONS,
    POSTING_DECISIONS,
    PRODUCT_DECISIONS,
    STATUS_DECISIONS,
    DecisionField,
)
from mapping.models import LineTypeDefault, PaymentMethod, PostingAccounts, Product, StatusWord
from mapping.product_states import states

SOURCE, KEY, NAME, SKU, KIND, STATE = "Source", "ID in source", "Name", "SKU", "Kind", "State"
LINE_TYPE, SETTING, ACCOUNT, CLASS, METHOD = "Line type", "Setting", "Account", "Class", "Payment method"
STATUS = "Status in the source"
TAXABLE, SKU_GIVEN = "Taxable", "SKU entered here"
#: What a row said when it was exported, so that a change made since by another person is noticed.
VERSION = "Version"
YES, NO = "Yes", "No"
_VERSION_FORM = re.compile(r"v[0-9a-f]{10}")
_CHUNK = 500


@dataclass(kw_only=True)
class SheetLine:
    """One row of a sheet, as it is stored now."""

    #: What its key columns say.
    key: tuple[str, ...]
    name: str
    #: Several lines may share one row: the seven posting accounts do.
    row: Any
    #: By column.
    decisions: Mapping[str, DecisionField]
    #: The other cells, which an import does not read.
    shown: dict[str, str] = field(default_factory=dict)

    def value(self, column: str) -> Any:
        """What is decided now."""
        return getattr(self.row, self.decisions[column].name)

    @property
    def version(self) -> str:
        """Tells this state of the decisions from any other."""
        return self.version_with({column: self.cell(column) for column in self.decisions})

    def cell(self, column: str) -> str:
        """What is decided now, as a cell."""
        return cell_of(self.value(column), self.decisions[column])

    def version_with(self, cells: Mapping[str, str]) -> str:
        """The version that these cells would have; an empty one of a column that came later is as if it were not."""
        said = ((cells.get(column, ""), decision) for column, decision in self.decisions.items())
        return version_of(cell for cell, decision in said if cell or not decision.is_later)


@dataclass(frozen=True, kw_only=True)
class SheetKind:
    """One kind of sheet."""

    #: In addresses.
    key: str
    #: The name of the sheet in a workbook.
    title: str
    #: Columns that say which row it is.
    keys: tuple[str, ...]
    #: Columns that are taken over.
    decided: tuple[str, ...]
    #: In the order of the export.
    columns: tuple[str, ...]
    #: What one of its rows is called; a marked sentence part.
    row: str
    #: Every line of a company, in the order of the export.
    lines: Callable[[Company], Iterator[SheetLine]]
    #: Why a key is unknown; a marked sentence.
    unknown: str


def cell_of(value: Any, decision: DecisionField) -> str:
    """A decision as a cell."""
    if isinstance(value, bool):
        return YES if value else NO
    return choices_of(decision).get(value, str(value or ""))


def choices_of(decision: DecisionField) -> dict[str, str]:
    """What a cell can say instead of each value, where there is a choice: the word before its explanation."""
    if not decision.undecided:
        return {}
    with override("en"):
        return {value: str(label).partition(":")[0] for value, label in decision.choices}


def version_of(cells: Iterable[str]) -> str:
    """A short text that differs wherever the cells differ. It begins with a letter: programs spoil bare digits."""
    return "v" + hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:10]


def is_version(text: str) -> bool:
    """Whether a text can have come from `version_of`."""
    return _VERSION_FORM.fullmatch(text) is not None


def _columns(decisions: Iterable[DecisionField]) -> dict[str, DecisionField]:
    with override("en"):
        return {decision.label: decision for decision in decisions}


_OF_PRODUCT = _columns(PRODUCT_DECISIONS)
_OF_LINE_TYPE = _columns(LINE_TYPE_DECISIONS)
_OF_METHOD = _columns(METHOD_DECISIONS)
_OF_STATUS = _columns(STATUS_DECISIONS)


def _products(company: Company) -> Iterator[SheetLine]:
    rows = Product.objects.filter(company=company).order_by("name", "pk")
    for product in rows.iterator(chunk_size=_CHUNK):
        shown = {NAME: product.name, SKU: product.sku, KIND: product.kind}
        key = (product.system, product.source_key)
        yield SheetLine(key=key, name=product.name, row=product, decisions=_OF_PRODUCT, shown=shown)


def _line_types(company: Company) -> Iterator[SheetLine]:
    stored = {row.section: row for row in LineTypeDefault.objects.filter(company=company)}
    for section in DEFAULT_SECTIONS:
        row = stored.get(section.value) or LineTypeDefault(company=company, section=section.value)
        yield SheetLine(key=(section.label,), name=section.label, row=row, decisions=_OF_LINE_TYPE)


def _posting_accounts(company: Company) -> Iterator[SheetLine]:
    row = PostingAccounts.objects.filter(company=company).first() or PostingAccounts(company=company)
    for role, decision in zip(PostingRole, POSTING_DECISIONS, strict=True):
        yield SheetLine(key=(role.label,), name=role.label, row=row, decisions={ACCOUNT: decision})


def _payment_methods(company: Company) -> Iterator[SheetLine]:
    for method in PaymentMethod.objects.filter(company=company).order_by("name", "pk"):
        yield SheetLine(key=(method.name,), name=method.name, row=method, decisions=_OF_METHOD)


def _order_statuses(company: Company) -> Iterator[SheetLine]:
    for status in StatusWord.objects.filter(company=company).order_by("system", "word", "pk"):
        yield SheetLine(key=(status.system, status.word), name=status.word, row=status, decisions=_OF_STATUS)


PRODUCTS = SheetKind(
    key="products",
    title="Products",
    keys=(SOURCE, KEY),
    decided=tuple(_OF_PRODUCT),
    columns=(SOURCE, KEY, NAME, SKU, KIND, *_OF_PRODUCT, STATE, VERSION),
    row=gettext_noop("product"),
    lines=_products,
    unknown=gettext_noop(
        "“%(first)s” has no product with the id “%(last)s”. Products appear with the orders that sell them."
    ),
)
LINE_TYPES = SheetKind(
    key="line-types",
    title="Line types",
    keys=(LINE_TYPE,),
    decided=tuple(_OF_LINE_TYPE),
    columns=(LINE_TYPE, *_OF_LINE_TYPE, VERSION),
    row=gettext_noop("line type"),
    lines=_line_types,
    unknown=gettext_noop("“%(first)s” is not a line type. They are: %(known)s."),
)
POSTING_ACCOUNTS = SheetKind(
    key="posting-accounts",
    title="Posting accounts",
    keys=(SETTING,),
    decided=(ACCOUNT,),
    columns=(SETTING, ACCOUNT, VERSION),
    row=gettext_noop("posting account"),
    lines=_posting_accounts,
    unknown=gettext_noop("“%(first)s” is not a posting account. They are: %(known)s."),
)
PAYMENT_METHODS = SheetKind(
    key="payment-methods",
    title="Payment methods",
    keys=(METHOD,),
    decided=tuple(_OF_METHOD),
    columns=(METHOD, *_OF_METHOD, VERSION),
    row=gettext_noop("payment method"),
    lines=_payment_methods,
    unknown=gettext_noop("No payment was made with “%(first)s” yet. Methods appear with the payments made with them."),
)
ORDER_STATUSES = SheetKind(
    key="order-statuses",
    title="Order statuses",
    keys=(SOURCE, STATUS),
    decided=tuple(_OF_STATUS),
    columns=(SOURCE, STATUS, *_OF_STATUS, VERSION),
    row=gettext_noop("order status"),
    lines=_order_statuses,
    unknown=gettext_noop(
        "No order of “%(first)s” has had the status “%(last)s” yet. It is listed with its first order."
    ),
)
#: In the order of the workbook.
KINDS = (PRODUCTS, LINE_TYPES, POSTING_ACCOUNTS, PAYMENT_METHODS, ORDER_STATUSES)
#: Every column that any of them has.
COLUMNS = tuple(dict.fromkeys(column for kind in KINDS for column in kind.columns))


def with_states(company: Company, lines: Iterable[SheetLine]) -> Iterator[SheetLine]:
    """The same lines of products, each with its state; looked up a few hundred at a time."""
    chunk: list[SheetLine] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == _CHUNK:
            yield from _stated(company, chunk)
            chunk = []
    yield from _stated(company, chunk)


def _stated(company: Company, lines: list[SheetLine]) -> list[SheetLine]:
    with override("en"):
        found = states(company, [line.row for line in lines])
    for line in lines:
        line.shown[STATE] = found[line.row.pk].words
    return lines
