"""How is a document found again whose answer nobody heard, also when a person has touched it since?

It is asked for by its number, by its customer and day, and by its customer and total; a journal entry, which cannot be
asked for by its customer, by its day and by when it was created. Our mark says for certain that it is ours. A document
without any mark that agrees in most of what people know it by may be ours too, or another sale of the same kind: that
only a person can tell.

Source:
    docs/decisions/0032-looked-up-before-a-resend.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import simplejson

from books.documents import CreditApplication, Document, JournalEntry, NewCustomer, Payment
from books.money import money_text
from books.orders import normal_email
from books.outcomes import Accepted, Exchange, Unknown
from sync.pushing.destination import Alike, Lookalike, NotThere
from sync.quickbooks_online.faults import UNREADABLE
from sync.quickbooks_online.forms import ENTITIES, bears_mark, is_marked, key_in
from sync.quickbooks_online.json_values import Json
from sync.quickbooks_online.wire import PAGE, Unreadable, accepted_of, customer_ref, literal, number_of, total_of

#: In so many of customer, number, date and total a document without our mark has to agree to be asked about.
_ENOUGH = 3
#: So far apart two dates may be for others to have entered the same sale.
_NEAR = timedelta(days=3)
#: By so much the clock here and that of QuickBooks may differ.
_CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What a document is looked up by, and what tells whether one that was found is it."""

    kind: str
    key: str
    #: Each of them finds some of those that may be it.
    queries: tuple[str, ...]
    number: str
    dated: str
    customer: str
    #: None where only the mark counts.
    total: Decimal | None = None
    #: When it was first sent; None where nobody knows, or it was not.
    since: datetime | None = None
    email: str = ""
    #: The documents that an applied credit ties together.
    links: frozenset[str] = frozenset()
    #: It was never sent: others may have entered it, on a near day, and a payment of the same invoice may be it.
    by_others: bool = False
    #: The name of a customer who is not in QuickBooks yet: the sale is looked for under any customer.
    of_anyone: str = ""

    def page(self, query: str, position: int, *, most: int = PAGE) -> str:
        """A query for at most so many rows from a position on, counted from 1."""
        return f"{query} STARTPOSITION {position} MAXRESULTS {most}"

    def is_it(self, entity: Json) -> bool:
        """Whether it bears the mark of this very document."""
        return not self.of_anyone and bears_mark(self.kind, entity, self.key)

    def is_alike(self, entity: Json) -> bool:
        """Whether it bears no mark of ours and agrees in most of what people know it by."""
        if self.total is None or is_marked(self.kind, entity):
            return False
        if self.kind == NewCustomer.kind:
            return self._is_same_person(entity)
        if self.of_anyone:
            return self._is_sold_to_another(entity)
        agreed = (
            customer_ref(entity)[0] == self.customer,
            bool(self.number) and str(entity.get(number_of(self.kind)) or "") == self.number,
            str(entity.get("TxnDate") or "") == self.dated,
            self._comes_to_the_same(entity),
        )
        # What a person re-dates and renumbers is still of the customer and the total, and no older than our send
        kept = agreed[0] and agreed[-1] and (self._is_no_older(entity) or self._is_near(entity))
        return sum(agreed) >= _ENOUGH or kept or self._pays_the_same(entity)

    def _is_sold_to_another(self, entity: Json) -> bool:
        """Whether another customer was sold the same: by number and total, or by total, day and a part of the name."""
        customer, name = customer_ref(entity)
        if not customer or not self._comes_to_the_same(entity):
            return False
        numbered = bool(self.number) and str(entity.get(number_of(self.kind)) or "") == self.number
        return numbered or (self._is_near(entity) and bool(_words(name) & _words(self.of_anyone)))

    def lookalike(self, entity: Json) -> Lookalike:
        """What was found, as a person knows it again; of a sale of a new customer, under the id of its customer."""
        found = lookalike_of(self.kind, entity)
        return replace(found, quickbooks_id=customer_ref(entity)[0]) if self.of_anyone else found

    def _is_near(self, entity: Json) -> bool:
        """Whether others may have entered it a few days apart."""
        try:
            apart = date.fromisoformat(str(entity.get("TxnDate"))) - date.fromisoformat(self.dated)
        except ValueError:
            return False
        return self.by_others and abs(apart) <= _NEAR

    def _pays_the_same(self, entity: Json) -> bool:
        """Whether others may have entered the payment of the invoice, with whatever total."""
        return self.by_others and self.kind == Payment.kind and bool(_links(entity) & self.links)

    def _is_no_older(self, entity: Json) -> bool:
        """Whether QuickBooks has it only since ours was first sent."""
        moments = entity.get("MetaData")
        created = str(moments.get("CreateTime") or "") if isinstance(moments, Mapping) else ""
        try:
            return self.since is not None and datetime.fromisoformat(created) >= self.since
        except (ValueError, TypeError):  # no moment, or one without its offset
            return False

    def _is_same_person(self, entity: Json) -> bool:
        name = str(entity.get("DisplayName") or "")
        address = entity.get("PrimaryEmailAddr")
        email = str(address.get("Address") or "") if isinstance(address, Mapping) else ""
        return name.strip().casefold() == self.number.strip().casefold() or (
            bool(self.email) and normal_email(email) == normal_email(self.email)
        )

    def _comes_to_the_same(self, entity: Json) -> bool:
        if self.kind == CreditApplication.kind:  # every one of them comes to nothing
            return _links(entity) == self.links
        try:
            return total_of(self.kind, entity) == self.total
        except Unreadable:
            return False


def sought_of(
    kind: str,
    body: bytes,
    *,
    document: Document | None = None,
    since: datetime | None = None,
    by_others: bool = False,
    of_anyone: str = "",
) -> Sought | None:
    """How to find again what these bytes create; None for what nothing could be found by.

    Args:
        kind: The form.
        body: As it was sent.
        document: It is given where documents without our mark are asked about too.
        since: When it was first sent; what is alike and younger may be it.
        by_others: It was never sent, and is looked for among what others entered.
        of_anyone: The name of its customer, who is not in QuickBooks yet.
    """
    sent = simplejson.loads(body, use_decimal=True)
    email = sent.get("PrimaryEmailAddr", {}).get("Address", "")
    number, dated = str(sent.get(number_of(kind)) or ""), str(sent.get("TxnDate") or "")
    customer, total = customer_ref(sent)[0], document.total if document else None
    since = since - _CLOCKS_DIFFER if since and document and kind != NewCustomer.kind else None
    queries = tuple(
        _queries(kind, number=number, dated=dated, customer=customer, total=total, email=email, since=since)
    )
    if by_others and kind == Payment.kind:  # also one with another total: what it is applied to says what it is
        queries = (f"SELECT * FROM {ENTITIES[kind]} WHERE CustomerRef = {literal(customer)}",)
    if of_anyone:
        queries = _of_anyone(kind, number=number, dated=date.fromisoformat(dated), total=total)
    if not queries:
        return None
    return Sought(
        kind=kind,
        key=key_in(kind, sent),
        queries=queries,
        number=number,
        dated=dated,
        customer=customer,
        total=total,
        since=since,
        email=email,
        links=_links(sent),
        by_others=by_others,
        of_anyone=of_anyone,
    )


def _of_anyone(kind: str, *, number: str, dated: date, total: Decimal | None) -> tuple[str, ...]:
    """A sale of any customer, by its number and by its total around its day."""
    days = f"TxnDate >= {literal((dated - _NEAR).isoformat())} AND TxnDate <= {literal((dated + _NEAR).isoformat())}"
    asked = [f"{number_of(kind)} = {literal(number)}"] if number else []
    asked += [f"{days} AND TotalAmt = {literal(str(total))}"] if total else []
    return tuple(f"SELECT * FROM {ENTITIES[kind]} WHERE {condition}" for condition in asked)


def _words(name: str) -> set[str]:
    """The words of a name that are no initials."""
    return {word for word in re.split(r"[\W_]+", name.casefold()) if len(word) > 1}


def _queries(
    kind: str, *, number: str, dated: str, customer: str, total: Decimal | None, email: str, since: datetime | None
) -> list[str]:
    """The likeliest first. A journal entry names its customer on a line, which cannot be asked for."""
    asked = [f"{number_of(kind)} = {literal(number)}"] if number else []
    if kind == NewCustomer.kind:
        asked += [f"PrimaryEmailAddr = {literal(email)}"] if email else []
    elif kind == JournalEntry.kind:
        asked.append(f"TxnDate = {literal(dated)}")
        # A day that a person has corrected since must not hide it
        asked += [f"MetaData.CreateTime >= {literal(since.isoformat(timespec='seconds'))}"] if since else []
    else:
        of_customer = f"CustomerRef = {literal(customer)}"
        asked.append(f"{of_customer} AND TxnDate = {literal(dated)}")
        asked += [f"{of_customer} AND TotalAmt = {literal(str(total))}"] if total else []
    return [f"SELECT * FROM {ENTITIES[kind]} WHERE {condition}" for condition in asked]


@dataclass(kw_only=True)
class Search:
    """One document that is looked for, and how far the search has come."""

    sought: Sought
    #: What came of it; None while there is a question left.
    found: Accepted | Unknown | Alike | NotThere | None = None
    _asked: int = 0
    _alike: dict[str, Lookalike] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The next question."""
        return self.sought.queries[self._asked]

    def hear(self, rows: Iterable[Json], exchange: Exchange) -> None:
        """Judge all rows of the question that was asked last."""
        self._asked += 1
        for entity in rows:
            if self.sought.is_it(entity):
                self.found = adopted(self.sought.kind, entity, exchange)
                return
            if self.sought.is_alike(entity):
                lookalike = self.sought.lookalike(entity)
                self._alike[lookalike.quickbooks_id] = lookalike
        if self._asked == len(self.sought.queries):
            documents = tuple(self._alike.values())
            self.found = Alike(documents=documents, exchange=exchange) if documents else NotThere(exchange=exchange)


def adopted(kind: str, entity: Json, exchange: Exchange) -> Accepted | Unknown:
    """A document that was found, as if QuickBooks had just accepted it."""
    try:
        return accepted_of(kind, entity, adopted=True, exchange=exchange)
    except Unreadable:
        return Unknown(reason=UNREADABLE, exchange=exchange)


def lookalike_of(kind: str, entity: Mapping[str, object]) -> Lookalike:
    """A document as a person knows it again."""
    identifier = str(entity.get("Id") or "")
    if kind == NewCustomer.kind:
        return Lookalike(quickbooks_id=identifier, words=str(entity.get("DisplayName") or ""))
    reference = entity.get("CurrencyRef")
    currency = str(reference.get("value") or "") if isinstance(reference, Mapping) else ""
    try:
        amount = money_text(total_of(kind, entity), currency).strip()
    except Unreadable:
        amount = ""
    parts = (str(entity.get(number_of(kind)) or ""), str(entity.get("TxnDate") or ""), customer_ref(entity)[1], amount)
    return Lookalike(quickbooks_id=identifier, words=" · ".join(part for part in parts if part))


def _links(entity: Mapping[str, Any]) -> frozenset[str]:
    """The documents that a payment ties together."""
    return frozenset(
        f"{link.get('TxnType')} {link.get('TxnId')}"
        for line in entity.get("Line") or []
        if isinstance(line, Mapping)
        for link in line.get("LinkedTxn") or []
        if isinstance(link, Mapping)
    )
