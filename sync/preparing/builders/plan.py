"""What comes of preparing one order? Documents that can be sent, and every reason why others cannot.

Each record has a key, the same over all versions and on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from books.answers import AccountRef, Answers, CustomerRef, PostingRole
from books.documents import CreditMemo, Document, Invoice, JournalEntry, SalesReceipt
from books.money import ZERO
from books.notes import Note
from books.problems import CustomerInactive, Problem
from books.statuses import OrderStage
from sync.preparing.builders.settled import Division

SaleValue = Invoice | SalesReceipt | JournalEntry | CreditMemo


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One record that an order asks for: a document, or the problems in its place."""

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
    #: Keys of what is not planned any more and yet must not be voided unasked: money was received for it.
    ask_first: frozenset[str] = frozenset()
    #: Keys of refunds that the order has and that move nothing by what their sale comes to.
    idle: frozenset[str] = frozenset()
    #: Keys of payments that the source says never arrived or were taken back, and of credits that it voided. None where
    #: the order is no sale any more.
    undone: frozenset[str] | None = None
    #: The event that its documents wait for; None where they wait for none.
    waits_for: OrderStage | None = None


@dataclass(frozen=True, kw_only=True)
class InBooks:
    """What QuickBooks has of an order already, or may have."""

    #: What the order became: its invoice, in either form, or its sales receipt.
    sale: SaleValue | None = None
    #: What that comes to, before any payment.
    owed: Decimal = ZERO
    #: Its customer; None when QuickBooks keeps that customer no longer.
    customer: CustomerRef | None = None
    #: What QuickBooks knows that customer by, also one that Tieout created.
    customer_id: str = ""
    #: By key of each payment and credit that was sent, how much of the invoice it settles.
    applied: Mapping[str, Decimal] = field(default_factory=dict)
    #: By key of each refund that was sent, how much of it debits the receivable account.
    unused: Mapping[str, Decimal] = field(default_factory=dict)
    #: By key of a payment or credit and of a refund, how much of the one is tied to the other.
    ties: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    #: By key of each payment and credit that was sent, the form that it has there; empty where it is none that could be
    #: tied to the sale.
    credit_forms: Mapping[str, str] = field(default_factory=dict)
    #: Without a sale: the one that was voided, or the return that the order became instead.
    former: SaleValue | None = None
    #: The keys of the order's documents that were voided. They are used up.
    voided: frozenset[str] = frozenset()

    def form_of(self, planned: Planned) -> str:
        """The form of a payment or a credit: the one that was sent, else the one that is planned."""
        return self.credit_forms.get(planned.key, planned.document.kind if planned.document else "")

    def current(self, key: str) -> str:
        """The key that a record has now: another one for each time that its document was voided."""
        turn = 1
        while turned(key, turn) in self.voided:
            turn += 1
        return turned(key, turn)


#: For an order of which nothing was sent.
NOTHING_SENT = InBooks()


@dataclass(frozen=True, kw_only=True)
class Sale:
    """What an order became, for the records that follow it: as planned, or as QuickBooks has it."""

    system: str
    order: str
    planned: Planned
    in_books: InBooks = NOTHING_SENT

    @property
    def document(self) -> Document | None:
        """As QuickBooks has it, else as planned; None while problems leave nothing to send."""
        return self.in_books.sale or self.planned.document

    @property
    def key(self) -> str:
        """Its key."""
        return self.planned.key

    @property
    def form(self) -> str:
        """The form that it has in QuickBooks."""
        return self.document.kind if self.document else Invoice.kind

    @property
    def is_ready(self) -> bool:
        """Whether what follows it can be built."""
        return self.document is not None

    @property
    def customer_name(self) -> str:
        """As planned."""
        return self.planned.customer_name

    @property
    def lost_customer(self) -> bool:
        """Whether QuickBooks has the sale, and its customer no longer."""
        return self.in_books.sale is not None and self.in_books.customer is None

    def customer_problems(self, answers: Answers) -> tuple[Problem, ...]:
        """Why it is not certain who a record of the sale is for: QuickBooks keeps the sale's customer no longer.

        No customer is created for a sale that QuickBooks has: it would not take their money for it.
        """
        if not self.lost_customer:
            return ()
        if answers.customer.is_new and self.in_books.sale:
            name = self.in_books.sale.customer.name
            return (CustomerInactive(customer=self.customer_name, name=name),)
        return answers.customer.problems

    def key_of(self, kind: str, *identifiers: str) -> str:
        """The key of another record of the same order."""
        return self.in_books.current(record_key(self.system, self.order, kind, *identifiers))

    @property
    def receivable(self) -> AccountRef | None:
        """The receivable account that it moves; None where it moves none or is not known yet."""
        return getattr(self.document, "receivable", None)

    def moves(self, receivable: AccountRef) -> bool:
        """Whether it debits or credits this receivable account, so that a record on that account can settle it."""
        if self.document is None:
            return True
        own = self.receivable
        return own is not None and own.quickbooks_id == receivable.quickbooks_id

    def tied(self, record: str, division: Division, answers: Answers) -> dict[str, Decimal]:
        """By key of each refund that QuickBooks has, how much of a payment or a credit is tied to it there.

        Until it has the refund nothing can be tied; the files of QuickBooks Desktop tie nothing.
        """
        if answers.forms.names_accounts:
            return {}
        left, found = dict(self.in_books.unused), {}
        for (other, refund), amount in division.ties.items():
            tied = min(amount, left.get(refund, ZERO))
            left[refund] = left.get(refund, ZERO) - tied
            if other == record and tied:
                found[refund] = tied
        return found

    def settled_on(self, setting: PostingRole, answers: Answers) -> AccountRef | None:
        """The account that a record credits to settle the sale; None where the setting cannot be used.

        That is the setting's account. Where it is also the Invoice Debit Account of today, it is the account that the
        sale moved, which both settings may have been on the day it was sent.
        """
        account, today = answers.posting.get(setting), answers.posting.get(PostingRole.INVOICE_DEBIT)
        own: AccountRef | None = getattr(self.in_books.sale, "receivable", None)
        return own if account and own and today == account else account

    def buyer(self, answers: Answers) -> CustomerRef:
        """The sale's customer; the order's customer of now, where QuickBooks keeps that one no longer.

        Raises:
            ValueError: There is neither, which is a defect.
        """
        found = self.in_books.customer or answers.customer.customer
        if found is None:
            raise ValueError(f"order {self.order} has a sale without a customer")
        return found


def distinct(*problems: Problem) -> tuple[Problem, ...]:
    """The problems in order, each cause once: two lines of one unmapped product are one problem."""
    return tuple({problem.cause: problem for problem in problems}.values())


def missing(answers: Answers, *roles: PostingRole) -> tuple[Problem, ...]:
    """Why posting accounts that a record needs cannot be used."""
    return tuple(answers.posting_problems[role] for role in roles if role in answers.posting_problems)


# What a record is called inside Tieout --------------------------------------------------------------------------------


_LONGEST = 250


def record_key(system: str, order: str, kind: str, *identifiers: str) -> str:
    """The key of one record of an order.

    Args:
        system: The source.
        order: The order's id there.
        kind: Of the record, such as `payment`.
        identifiers: Its id there, and what else tells it from others.
    """
    return _key(system, order, kind, *identifiers)


def invoice_key(system: str, order: str) -> str:
    """The key of an order's invoice."""
    return _key(system, order, "invoice")


def sales_receipt_key(system: str, order: str) -> str:
    """The key of an order's sales receipt."""
    return _key(system, order, "sales-receipt")


def return_key(system: str, order: str) -> str:
    """The key of an order's return."""
    return _key(system, order, "return")


def turned(key: str, turn: int) -> str:
    """The key of a record whose documents before it were voided: QuickBooks cannot take a void back.

    Args:
        key: As it is at first.
        turn: 1 for the first document, which bears the key itself.
    """
    return f"{key}:{turn}" if turn > 1 else key


def customer_key(system: str, customer: str, *, turn: int = 1) -> str:
    """The key of the document that creates a customer.

    Args:
        system: The source.
        customer: Their key there.
        turn: 2 and more once QuickBooks no longer keeps the customer that the document before it created.
    """
    return _key(system, "customer", customer, *([str(turn)] if turn > 1 else []))


def creates(key: str, *, system: str, customer: str) -> bool:
    """Whether a document of this key creates this customer of the source."""
    turn = key.rpartition(":")[2]
    turns = [1, int(turn)] if turn.isascii() and turn.isdigit() and len(turn) < 5 else [1]
    return any(customer_key(system, customer, turn=number) == key for number in turns)


def _key(*parts: str) -> str:
    """Parts with colons between them; a very long key is cut and made unique by its fingerprint.

    It is on a line of its own in QuickBooks' notes, so it has no other character than fits there.
    """
    text = ":".join(map(_written, parts))
    return text if len(text) <= _LONGEST else f"{text[:180]}:{sha256(text.encode()).hexdigest()}"


def _written(part: str) -> str:
    """A part without what would end it or the line; most have nothing of it."""
    plain = part.isprintable() and ":" not in part and "%" not in part
    return part if plain else "".join(map(_plain, part))


def _plain(character: str) -> str:
    """The character itself, or its number where it would end a part or a line."""
    return character if character.isprintable() and character not in ":%" else f"%{ord(character):02X}"
