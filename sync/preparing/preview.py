"""What would be posted? Every document with its lines and accounts, as debits and credits, before anything is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from books.documents import JournalEntry, Posting
from books.json_types import Json
from books.money import ZERO
from books.notes import note_text
from companies.models import Company
from sync.models import Document, DocumentState, StagedOrder


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Let work be done as it would be, and take all of it back at the end. Nothing may be sent inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True, kw_only=True)
class DocumentPreview:
    """One document as it would be posted."""

    title: str
    #: What it is for the business.
    kind: str = ""
    #: The form that it takes in QuickBooks, and why that is a journal entry; empty where it is not.
    form: str = ""
    why: str = ""
    dated: str
    customer: str
    total: Decimal
    currency: str
    postings: tuple[Posting, ...]

    def plain(self) -> Json:
        """As plain JSON; amounts are text."""
        return {
            "document": self.title,
            "kind": self.kind,
            "form": self.form,
            "why": self.why,
            "date": self.dated,
            "customer": self.customer,
            "total": str(self.total),
            "currency": self.currency,
            "postings": [
                {
                    "account": posting.account.path,
                    "debit": _side(posting.debit),
                    "credit": _side(posting.credit),
                    "memo": posting.memo,
                }
                for posting in self.postings
            ],
        }


def previews(company: Company) -> Iterator[DocumentPreview]:
    """Every document that is ready, in the order in which it would be sent."""
    rows = Document.objects.filter(company=company, state=DocumentState.READY).select_related("frozen").order_by("pk")
    for row in rows.iterator(chunk_size=200):
        value = row.value()
        yield DocumentPreview(
            title=str(row),
            kind=row.kind,
            form=row.form,
            why=value.why if isinstance(value, JournalEntry) else "",
            dated=row.dated.isoformat(),
            customer=row.customer_name,
            total=value.total,
            currency=row.currency,
            postings=value.postings,
        )


def notes_of(company: Company) -> list[tuple[str, str]]:
    """By number, what a person should know of the orders whose documents are ready: what is shortened, and the like."""
    orders = StagedOrder.objects.filter(company=company, documents__state=DocumentState.READY).exclude(not_posted=[])
    return [(order.number, note_text(note)) for order in orders.distinct().order_by("pk") for note in order.not_posted]


def per_account(documents: Iterable[DocumentPreview]) -> dict[tuple[str, str], Decimal]:
    """What all of them together move, by currency and account path; debit positive. No two currencies are added."""
    moved: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for document in documents:
        for posting in document.postings:
            moved[document.currency, posting.account.path] += posting.amount
    return dict(sorted(moved.items()))


def _side(amount: Decimal) -> str:
    return str(amount) if amount else ""
