"""How did one order travel? Everything that its page shows, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from django.utils.translation import gettext as _

from books.answers import LineAnswer, Rule
from books.documents import (
    REVERSAL,
    SALE_KINDS,
    CreditApplication,
    CreditMemo,
    DiscountLine,
    Invoice,
    InvoiceLine,
    JournalEntry,
    NewCustomer,
    Payment,
    Posting,
    SalesReceipt,
    SalesTax,
)
from books.documents import Document as DocumentValue
from books.money import ZERO, total
from books.orders import Line, Order
from companies.models import Company, CompanyKind
from mapping.lookup import answer_orders
from reconciliation.actions import Action, actions_of
from reconciliation.money_path import PathRecord, PathStep, money_path
from reconciliation.undo.choosing import IN_QUICKBOOKS
from reconciliation.wording import ProblemWords, tell
from sync.models import Adoption, Document, DocumentState, OrderVersion, StagedOrder
from sync.preparing.builders.plan import customer_key
from sync.quickbooks_online.addresses import link_into_quickbooks
from sync.quickbooks_online.login import quickbooks_of
from sync.reversed_documents import reversals_of


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """One line with the item and account it posts to, and the rule that chose each (A74)."""

    description: str
    line_type: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    item: str = ""
    item_rule: str = ""
    account: str = ""
    account_rule: str = ""
    quickbooks_class: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[ProblemWords, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How much of which document something settles."""

    amount: Decimal
    #: The document that is settled; None where it is not of this order any more.
    invoice: Document | None
    #: The credit that is used up; None for a payment.
    credit: Document | None = None
    #: What of a payment stays on the customer's account.
    unapplied: Decimal = ZERO
    #: What of a payment went back, and the refund; None where it is not of this order any more.
    refunds: tuple[tuple[Decimal, Document | None], ...] = ()
    #: It arrives in QuickBooks unapplied, as everything does that an IIF file carries; a person applies it there.
    by_hand: bool = False


@dataclass(frozen=True, kw_only=True)
class DocumentCard:
    """One document as its postings, or what is in its way."""

    row: Document
    actions: Sequence[Action]
    postings: tuple[Posting, ...] = ()
    #: Why it is a journal entry and not QuickBooks' own form, in the reader's language; empty otherwise.
    why: str = ""
    location: str = ""
    settled: Settled | None = None
    #: What an invoice or a receipt says beside its lines; empty on any other document.
    due: date | None = None
    terms: str = ""
    email: str = ""
    memo: str = ""
    #: Its page in QuickBooks Online; empty where there is none.
    in_quickbooks: str = ""
    #: The entry of a later day that takes it back, since its period is closed.
    reversed_by: Document | None = None

    @property
    def moves_money(self) -> bool:
        """Whether it has an amount of its own."""
        return self.row.kind not in (NewCustomer.kind, CreditApplication.kind)

    @property
    def debits(self) -> Decimal:
        """What all debits add up to; the credits add up to the same, or the document could not exist."""
        return total(posting.debit for posting in self.postings)

    @property
    def credits(self) -> Decimal:
        """What all credits add up to."""
        return total(posting.credit for posting in self.postings)

    @property
    def can_be_restored(self) -> bool:
        """Whether a person ignored it and may take that back."""
        return self.row.state == DocumentState.IGNORED and not self.row.withdrawn

    @property
    def adoption(self) -> Adoption | None:
        """Who said that QuickBooks had it already; None where Tieout posted it."""
        return self.row.adoption if self.row.is_adopted else None

    @property
    def was_undone(self) -> bool:
        """Whether a person took it out of QuickBooks again, and may let it be posted anew."""
        return self.row.state == DocumentState.UNDONE and self.reversed_by is None

    @property
    def can_be_undone(self) -> bool:
        """Whether QuickBooks has it."""
        return self.row.state == DocumentState.POSTED and self.row.kind != NewCustomer.kind

    @property
    def can_be_posted_again(self) -> bool:
        """Whether a person may ask to post it anew, should it have been deleted in QuickBooks."""
        return self.can_be_undone and self.row.kind != REVERSAL


class OrderPage:
    """One order with its lines and documents."""

    def __init__(self, company: Company, order: StagedOrder) -> None:
        """Read nothing yet."""
        self.company = company
        self.row = order

    @cached_property
    def version(self) -> OrderVersion:
        """The newest version, without its payload."""
        return self.row.versions.defer("payload").get(version=self.row.version)

    @cached_property
    def order(self) -> Order:
        """The order as the source last said it."""
        return self.version.read()

    @cached_property
    def documents(self) -> Sequence[Document]:
        """Its documents, in the order in which they are sent."""
        rows = Document.objects.filter(company=self.company, order=self.row)
        if self.company.kind == CompanyKind.DESKTOP:
            rows = rows.prefetch_related("exports__batch")
        return list(rows.select_related("frozen", "adoption__by").order_by("pk"))

    @property
    def has_posted(self) -> bool:
        """Whether QuickBooks has any of its documents, or may have it, so that it can be undone."""
        return any(
            row.state in IN_QUICKBOOKS and row.kind not in (NewCustomer.kind, REVERSAL) for row in self.documents
        )

    @cached_property
    def cards(self) -> list[DocumentCard]:
        """Its documents with their postings and what has to be done about each."""
        actions = actions_of(self.company, self.documents)
        return [self._card(row, actions[row.pk]) for row in self.documents]

    def _card(self, row: Document, actions: Sequence[Action]) -> DocumentCard:
        value = self._values.get(row.pk)
        location = getattr(value, "location", None)
        reversed_by = self._reversals.get(row.pk)
        moves_nothing = row.state in (DocumentState.VOIDED, DocumentState.UNDONE) and reversed_by is None
        return DocumentCard(
            row=row,
            actions=actions,
            # What was voided or undone moves nothing any more
            postings=value.postings if value and not moves_nothing else (),
            why=_(value.why) if isinstance(value, JournalEntry) else "",
            location=location.name if location else "",
            settled=self._settled(value),
            due=getattr(value, "due", None),
            terms=terms.name if (terms := getattr(value, "terms", None)) else "",
            email=getattr(value, "email", ""),
            memo=getattr(value, "memo", ""),
            in_quickbooks=self._in_quickbooks(row),
            reversed_by=reversed_by,
        )

    @cached_property
    def _reversals(self) -> Mapping[int, Document]:
        return reversals_of(self.documents)

    def _in_quickbooks(self, row: Document) -> str:
        if self.company.kind != CompanyKind.ONLINE:
            return ""
        return link_into_quickbooks(self.company, row.form or row.kind, row.quickbooks_id, realm=self._realm)

    @cached_property
    def _realm(self) -> str:
        connection = quickbooks_of(self.company)
        return connection.external_id if connection else ""

    def _settled(self, value: DocumentValue | None) -> Settled | None:
        """What a payment or the use of a credit settles, with the documents among those of the order."""
        by_key = {row.key: row for row in self.documents}
        by_hand = self.company.kind == CompanyKind.DESKTOP
        if by_hand and isinstance(value, JournalEntry) and value.stands_for in (Payment.kind, "tender"):
            received = total(posting.credit for posting in value.postings if posting.account == value.receivable)
            invoice = next((by_key[key] for key in value.follows if key in by_key), None)
            return Settled(amount=received, invoice=invoice, by_hand=True)
        if isinstance(value, CreditApplication):
            invoice, credit = by_key.get(value.invoice), by_key.get(value.credit)
            return Settled(amount=value.amount, invoice=invoice, credit=credit, by_hand=by_hand)
        if isinstance(value, Payment):
            return Settled(
                amount=value.applied,
                invoice=by_key.get(value.invoice),
                unapplied=value.unapplied,
                refunds=tuple((part.amount, by_key.get(part.refund)) for part in value.refunded),
                by_hand=by_hand,
            )
        return None

    @cached_property
    def _values(self) -> Mapping[int, DocumentValue]:
        return {row.pk: row.value() for row in self.documents if hasattr(row, "frozen")}

    @cached_property
    def path(self) -> list[PathStep]:
        """Where the order's money went, step by step."""
        records = [
            PathRecord(
                pk=row.pk,
                kind=row.kind,
                label=str(row),
                amount=row.total,
                state=row.state,
                value=self._values.get(row.pk),
                kept=bool(hasattr(row, "frozen") and row.frozen.theirs),
            )
            for row in self.documents
            # An entry that takes another back is on no step of its own: that one is undone
            if not row.withdrawn and row.state != DocumentState.VOIDED and row.kind != REVERSAL
        ]
        return money_path(self.order, records, explained=bool(self.row.not_posted))

    @cached_property
    def sale(self) -> Invoice | SalesReceipt | CreditMemo | None:
        """What the order itself became, with its lines; None while problems leave none, and for a journal entry."""
        # An order that came back has a new document beside the voided one
        for row in sorted(self.documents, key=lambda row: row.state == DocumentState.VOIDED):
            value = self._values.get(row.pk)
            if row.kind in SALE_KINDS and isinstance(value, (Invoice, SalesReceipt, CreditMemo)):
                return value
        return None

    @cached_property
    def lines(self) -> list[LineRow]:
        """The lines of what the order became, or of the order with what mapping answers for them now."""
        source = {line.key: line for line in self.order.lines}
        if self.sale:
            return [*(_posted(line, source.get(line.key)) for line in self.sale.lines), *_whole_form(self.sale)]
        answers = self._answers
        return [_answered(line, answers.get(line.key)) for line in self.order.lines]

    @property
    def lines_total(self) -> Decimal:
        """What the lines add up to."""
        return total(line.amount for line in self.lines)

    @property
    def lines_are_frozen(self) -> bool:
        """Whether the lines are shown as they are, or were, posted."""
        return self.sale is not None

    @cached_property
    def _answers(self) -> Mapping[str, LineAnswer]:
        if not self.documents:
            return {}
        system = self.row.connection.system
        asked = answer_orders(self.company, system, [self.order], customer_document=partial(customer_key, system))
        return asked[0].lines


def _posted(line: InvoiceLine, source: Line | None) -> LineRow:
    return LineRow(
        description=line.description,
        line_type=_(source.line_type.section.label) if source else "",
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        item=line.item.name,
        item_rule=_(line.item_rule.sentence),
        account=line.account.path,
        account_rule=_(line.account_rule.sentence),
        quickbooks_class=line.quickbooks_class.name if line.quickbooks_class else "",
        notes=tuple(_(note) for note in line.notes),
    )


def _whole_form(sale: Invoice | SalesReceipt | CreditMemo) -> Iterator[LineRow]:
    """What is on the form as a whole: QuickBooks' discount line, and its own sales tax."""
    if sale.discount:
        yield _row(sale.discount.description, _("QuickBooks' discount line"), -sale.discount.amount, sale.discount)
    if sale.tax:
        words = _("QuickBooks' own sales tax, %(code)s") % {"code": sale.tax.code.name}
        yield _row(sale.tax.description, words, sale.tax.amount, sale.tax)


def _row(description: str, kind: str, amount: Decimal, part: DiscountLine | SalesTax) -> LineRow:
    return LineRow(
        description=description or kind,
        line_type=kind if description else "",
        quantity=Decimal(1),
        unit_price=amount,
        amount=amount,
        account=part.account.path,
    )


def _answered(line: Line, answer: LineAnswer | None) -> LineRow:
    found = answer or LineAnswer()
    return LineRow(
        description=line.description or line.label,
        line_type=_(line.line_type.section.label),
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        item=found.item.name if found.item else "",
        item_rule=_sentence(found.item_rule),
        account=found.account.path if found.account else "",
        account_rule=_sentence(found.account_rule),
        quickbooks_class=found.quickbooks_class.name if found.quickbooks_class else "",
        notes=tuple(_(note) for note in found.notes),
        problems=tuple(tell(problem.code, problem.facts()) for problem in found.problems),
    )


def _sentence(rule: Rule | None) -> str:
    return _(rule.sentence) if rule else ""
