"""What comes of preparing one order? Documents that can be sent, and every reason why others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from books.answers import CustomerRef
from books.documents import Document, Invoice
from books.money import ZERO
from books.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Note:
    """A part of an order that rightly posts nothing, and why; the words are in `sync.notes`."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One record that an order asks for: a document, or the problems that stand in its place."""

    kind: str
    key: str
    number: str
    dated: date
    total: Decimal
    currency: str
    customer_name: str
    #: None while problems leave nothing to send.
    document: Document | None = None
    problems: tuple[Problem, ...] = ()
    #: Key of the record that must be in the books first; empty for none.
    depends_on: str = ""
    #: The part of the order it was prepared from, as plain JSON; its fingerprint tells later changes.
    source: Any = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything one order comes to, in the order in which it is sent."""

    planned: tuple[Planned, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InBooks:
    """What QuickBooks has of an order already, or may have."""

    invoice: Invoice | None = None
    #: What that invoice comes to, before any payment.
    owed: Decimal = ZERO
    #: Its customer; None when QuickBooks keeps that customer no longer.
    customer: CustomerRef | None = None
    #: By key of each payment that was sent, how much of the invoice it settles.
    applied: Mapping[str, Decimal] = field(default_factory=dict)


#: What stands for an order of which nothing was sent.
NOTHING_SENT = InBooks()


def distinct(*problems: Problem) -> tuple[Problem, ...]:
    """The problems in order, each cause once: two lines of one unmapped product are one problem."""
    return tuple({problem.cause: problem for problem in problems}.values())
