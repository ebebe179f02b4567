"""May something new be begun now, or does a second person have to approve it first?

It is asked under the company's lock, in the transaction that commits a push, so that two workers, a setting that is
switched on meanwhile, or a decision of that very moment make no gap.

Source:
    docs/decisions/0085-a-second-person.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models.functions import Abs

from books.documents import NewCustomer
from books.money import ZERO
from companies.bulk_sql import chunks
from companies.models import Company
from sync.models import Document, DocumentChange, DocumentState, PendingChange, Preview, PreviewState, held_sources
from sync.pushing.second_person import WITHOUT_MONEY, WaitingAmount, asks, counted, money_of

_THERE = (DocumentState.POSTED, DocumentState.VOIDED)
_READ_AT_ONCE = 500
_CHANGES = (PendingChange.UPDATE, PendingChange.VOID)
#: A document, the fingerprint of what it is to become, and whether that goes over what others made of it.
_Change = tuple[int, str, bool]


@dataclass(kw_only=True)
class ApprovalGate:
    """Keeps one round of pushing from beginning what takes a second person; once closed, it stays so for the round."""

    #: The number of the preview that is sent; None where whatever is ready is.
    preview: int | None = None
    closed: bool = False
    #: The money of what was begun in this round.
    begun: Decimal = ZERO
    #: The larger of what changes that wait are to come to and what they overwrite: read once in a round.
    _changed: dict[_Change, Decimal] = field(default_factory=dict)

    def opens(self, company: Company) -> bool:
        """Whether something new may be begun.

        Args:
            company: The caller has its lock, so that the amount is as it is now.
        """
        above = company.approval_above
        if above is not None and not self.closed:
            self.closed = self._asks(company, above)
        return not self.closed

    def looks_open(self, company: Company) -> bool:
        """Whether it is worth to try, without the lock: nothing is read in QuickBooks for what waits for a person."""
        if company.approval_above is None:
            return not self.closed
        company.refresh_from_db(fields=["approval_above"])
        return self.opens(company)

    def takes(self, company: Company, row: Document) -> bool:
        """Whether a document may be begun, which is counted then."""
        if not self.opens(company):
            return False
        self.took(company, [row])
        return True

    def took(self, company: Company, documents: Iterable[Document]) -> None:
        """Count what was begun."""
        if company.approval_above is not None:
            for row in documents:
                self.begun += counted(row.kind, row.total, self._changed.get(_change_of(row), ZERO))

    def _asks(self, company: Company, above: Decimal) -> bool:
        if self.preview is not None:
            return not is_approved(self.preview, above)
        # Most often all of it is not too much, which costs one sum
        most = self._at_most(company)
        if not asks(above, waits=most, begun=self.begun):
            return False
        return asks(above, waits=money_of(self._waiting(company)), begun=self.begun)

    def _at_most(self, company: Company) -> Decimal:
        ready = Document.objects.filter(company=company, state=DocumentState.READY).exclude(kind__in=WITHOUT_MONEY)
        created: Decimal = ready.aggregate(money=Sum(Abs("total")))["money"] or ZERO
        return sum((row.amount for row in self._changes(company)), created)

    def _waiting(self, company: Company) -> Iterator[WaitingAmount]:
        """Everything that a round would take up, as `sync.previewing.making` gathers it for people."""
        held = set(held_sources(company).values_list("pk", flat=True))
        prepared = Q(order__prepared_version=F("order__version"))
        goes = Q(kind=NewCustomer.kind) | (prepared & ~Q(order__connection__in=held))
        rows = Document.objects.filter(goes, company=company, state=DocumentState.READY).values_list(
            "pk", "kind", "total", "depends_on", "depends_on__state", "depends_on__pending"
        )
        for number, kind, amount, parent, state, pending in rows.iterator():
            yield WaitingAmount(number=number, amount=counted(kind, amount), after=_first(parent, state, pending))
        yield from self._changes(company, goes=goes)

    def _changes(self, company: Company, *, goes: Q | None = None) -> list[WaitingAmount]:
        waiting = Document.objects.filter(company=company, pending__in=_CHANGES, state=DocumentState.POSTED)
        waiting = waiting.exclude(pending="")  # the condition of its index
        if goes is not None:
            waiting = waiting.filter(goes)
        rows = list(
            waiting.values_list(
                "pk", "kind", "total", "pending", "change__body_hash", "change__overwrites",
                "depends_on", "depends_on__state", "depends_on__pending",
            )
        )  # fmt: skip
        unread = [row[0] for row in rows if (row[4] or row[5]) and (row[0], row[4], row[5]) not in self._changed]
        for some in chunks(unread, _READ_AT_ONCE):
            for change in DocumentChange.objects.filter(document__in=some):
                value, overwritten = change.read(), overwritten_by(change)
                most = max(abs(value.total) if value else ZERO, abs(overwritten))
                self._changed[change.document_id, change.body_hash, change.overwrites] = most
        return [
            WaitingAmount(
                number=number,
                amount=counted(kind, amount, self._changed.get((number, body_hash, overwrites), ZERO)),
                # A void waits for nothing but what settles it, which goes in the same round
                after=0 if pending == PendingChange.VOID else _first(parent, state, parents_pending),
            )
            for number, kind, amount, pending, body_hash, overwrites, parent, state, parents_pending in rows
        ]


def is_approved(preview: int, above: Decimal) -> bool:
    """Whether a preview may be sent: a second person approved it, or it is not above the amount."""
    may = Q(amount__lte=above) | Q(decision__approved=True)
    return Preview.objects.filter(may, pk=preview, state=PreviewState.SENDING).exists()


def _first(parent: int | None, state: str | None, pending: str | None) -> int:
    there = state in _THERE and pending in ("", PendingChange.HELD)
    return 0 if parent is None or there else parent


def _change_of(row: Document) -> _Change:
    return (row.pk, row.change.body_hash, row.change.overwrites) if row.pending in _CHANGES else (row.pk, "", False)


def overwritten_by(change: DocumentChange) -> Decimal:
    """What others made of a document in QuickBooks comes to, where ours is to be written over it; else nothing."""
    seen = change.read_seen() if change.overwrites else None
    return seen.total if seen else ZERO
