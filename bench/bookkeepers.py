"""What do bookkeepers do in QuickBooks, at random? Each deed says by itself what a tie-out has to call its record.

Nothing here knows how Tieout compares: an expectation follows from the deed, and what a deed brings along (a payment
that pays nothing any more once its invoice is gone) is read from QuickBooks before and after.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.simulators.driver import Books, Refusal

#: What a tie-out calls a record, each one stronger than those before it: one that was re-dated and deleted is deleted.
MATCHES, CHANGED, MOVED_OUT, VOIDED, DELETED = "matches", "changed-there", "moved-out", "voided-there", "deleted-there"
_STRENGTH = (MATCHES, CHANGED, MOVED_OUT, VOIDED, DELETED)
ENTERED, COPIED = "entered-there", "unknown-mark"
#: An item and a customer of the sample books who have no part in any sale.
_OTHER_ITEM, _OTHER_CUSTOMER = "1", "6"
#: The first day that an order may have. A thousand runs end before the test company's own books begin.
_BEGIN = date(1990, 1, 1)
_SLOT = timedelta(days=6)
#: In so many of the runs two customers are merged.
_MERGED = 0.2


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Six days in which everything was sold, and the six after them in which nothing was."""

    first: date

    @classmethod
    def of(cls, run: int) -> Slot:
        """The days of a run, beside those of all others."""
        return cls(first=_BEGIN + 2 * _SLOT * run)

    @property
    def last(self) -> date:
        """The last of the days of the sales."""
        return self.first + _SLOT - timedelta(days=1)

    def day(self, chance: random.Random) -> str:
        """One of the days of the sales."""
        return (self.first + timedelta(days=chance.randrange(_SLOT.days))).isoformat()

    def other_day(self, chance: random.Random) -> str:
        """One of the days after them."""
        return (self.first + _SLOT + timedelta(days=chance.randrange(_SLOT.days))).isoformat()


@dataclass(kw_only=True)
class Posted:
    """A document of ours in QuickBooks, and what has to be found of it."""

    number: int
    kind: str
    entity: str
    quickbooks_id: str
    expected: str = MATCHES
    done: list[str] = field(default_factory=list)

    def expect(self, reason: str, deed: str) -> None:
        """What was done to it, and what it is called then if nothing stronger was done."""
        self.done.append(deed)
        self.expected = max(self.expected, reason, key=_STRENGTH.index)


@dataclass(kw_only=True)
class Desk:
    """The bookkeepers of one QuickBooks company."""

    books: Books
    chance: random.Random
    #: Whether two customers are merged, apart from the rest so that it changes nothing of it.
    merging: random.Random
    slot: Slot
    #: By the id of what was dated within its days, the day that it had first.
    first_days: dict[tuple[str, str], str] = field(default_factory=dict)
    #: By the id of what they entered, what a tie-out calls it.
    entered: dict[str, str] = field(default_factory=dict)
    deeds: int = 0
    #: They entered a payment of their own on an invoice of ours.
    pays_ours: bool = False

    def work(self, posted: list[Posted]) -> None:
        """Do some things to some documents, and enter some of their own."""
        paid = {document.quickbooks_id: self._links(document) for document in posted if document.entity == "Payment"}
        for document in posted:
            for _ in range(self.chance.choice((0, 0, 1, 1, 1, 2))):
                self._do(document)
        for document in posted:
            had = paid.get(document.quickbooks_id) if document.entity == "Payment" else None
            if had is not None and document.expected in (MATCHES, MOVED_OUT) and self._links(document) != had:
                document.expect(CHANGED, "what it pays was changed")
        for _ in range(self.chance.randrange(3)):
            self._enter(posted)
        self._merge_customers(posted)

    def _do(self, document: Posted) -> None:
        record = self.read(document)
        if record is None:
            return
        deed, reason = self.chance.choice(_DEEDS[document.entity])
        try:
            if deed(self, document.entity, record) is False:
                return
        except Refusal:
            return  # QuickBooks does not let them
        self.deeds += 1
        if reason == VOIDED and document.kind == "credit-application":
            reason = CHANGED  # of nothing, it can only lose what it is applied to
        document.expect(reason, deed.__name__.removeprefix("_"))

    def read(self, document: Posted) -> Any:
        """The record as it is now; None where it is gone."""
        if document.expected == DELETED:
            return None
        return self.books.read(document.entity, document.quickbooks_id)

    def _links(self, document: Posted) -> list[tuple[str, str, str]]:
        record = self.read(document)
        lines = record["Line"] if record else []
        return sorted(
            (link["TxnType"], link["TxnId"], str(line["Amount"])) for line in lines for link in line["LinkedTxn"]
        )

    def _enter(self, posted: list[Posted]) -> None:
        """An invoice of their own, a payment of one of ours, or a copy of one of ours with its memo."""
        invoices = [document for document in posted if document.entity == "Invoice" and document.expected == MATCHES]
        what = self.chance.choice(("invoice", "payment", "copy"))
        day = self.slot.day(self.chance)
        if what == "invoice" or not invoices:
            made, reason = self.books.invoice(f"{self.chance.randint(1, 99)}.00", TxnDate=day), ENTERED
        else:
            ours = self.read(self.chance.choice(invoices))
            if what == "payment":
                customer = ours["CustomerRef"]["value"]
                applied = [(ours, "1.00")] if ours["Balance"] >= 1 else []
                self.pays_ours |= bool(applied)
                made, reason = self.books.payment("5.00", *applied, customer=customer, TxnDate=day), ENTERED
            else:
                kept = {name: ours[name] for name in ("CustomerRef", "PrivateNote") if name in ours}
                made, reason = self.books.invoice("7.00", TxnDate=day, **kept), COPIED
        self.deeds += 1
        self.entered[made["Id"]] = reason

    def _merge_customers(self, posted: list[Posted]) -> None:
        """Now and then, merge the customer of an order into another: what was posted for them is as it was.

        Not where one was sold to another customer: whose a document is would then no longer say who was merged.
        """
        if self.merging.random() >= _MERGED or any(_sells_it_to_another.__name__[1:] in ours.done for ours in posted):
            return
        records = [record for document in posted if (record := self.read(document))]
        customers = sorted({record["CustomerRef"]["value"] for record in records if "CustomerRef" in record}, key=int)
        if not customers:
            return
        self.merging.shuffle(customers)
        away, *others = customers
        into = others[0] if others else self.books.customer(f"Quist & Company {self.slot.first}")["Id"]
        self.books.control("merge", {"from": away, "into": into})
        self.deeds += 1
        for document, record in zip(posted, map(self.read, posted), strict=True):
            if record and record.get("CustomerRef", {}).get("value") == into:
                document.expect(MATCHES, "its customers were merged")


# Deeds ----------------------------------------------------------------------------------------------------------------


def _notes_something(desk: Desk, entity: str, record: Any) -> None:
    desk.books.change(entity, record, PrivateNote=f"{record.get('PrivateNote', '')}\nseen".strip())


def _renumbers(desk: Desk, entity: str, record: Any) -> None:
    name = "PaymentRefNum" if entity == "Payment" else "DocNumber"
    desk.books.change(entity, record, **{name: f"R{record['Id']}-{desk.chance.randint(1, 999)}"[:21]})


def _dates_it_within(desk: Desk, entity: str, record: Any) -> bool:
    day = desk.slot.day(desk.chance)
    if not desk.slot.first.isoformat() <= record["TxnDate"] <= desk.slot.last.isoformat():
        return False
    # Back on its first day, it would be as it was posted
    first = desk.first_days.setdefault((entity, record["Id"]), record["TxnDate"])
    if day in (record["TxnDate"], first):
        return False
    desk.books.change(entity, record, TxnDate=day)
    return True


def _dates_it_elsewhere(desk: Desk, entity: str, record: Any) -> None:
    desk.books.change(entity, record, TxnDate=desk.slot.other_day(desk.chance))


def _deletes(desk: Desk, entity: str, record: Any) -> None:
    desk.books.delete(entity, record)


def _voids(desk: Desk, entity: str, record: Any) -> None:
    named = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
    switches = {"operation": "update", "include": "void"} if entity == "Payment" else {"operation": "void"}
    desk.books.write(entity, named, **switches)


def _sold(record: Any) -> list[Any]:
    return [line for line in record["Line"] if line["DetailType"] == "SalesItemLineDetail"]


def _prices_anew(desk: Desk, entity: str, record: Any) -> bool:
    first, *others = _sold(record)
    if not first["Amount"]:
        return False  # it was voided
    price = first["Amount"] + desk.chance.choice((-7, -3, 2, 11))
    detail = {**first["SalesItemLineDetail"], "UnitPrice": price, "Qty": 1}
    desk.books.change(entity, record, Line=[{**first, "Amount": price, "SalesItemLineDetail": detail}, *others])
    return True


def _adds_a_line(desk: Desk, entity: str, record: Any) -> bool:
    if not record["TotalAmt"]:
        return False
    detail = {"ItemRef": {"value": _OTHER_ITEM}}
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    desk.books.change(entity, record, Line=[*_sold(record), line])
    return True


def _sells_it_to_another(desk: Desk, entity: str, record: Any) -> bool:
    if record.get("LinkedTxn"):
        return False
    desk.books.change(entity, record, CustomerRef={"value": _OTHER_CUSTOMER})
    return True


def _applies_it_to_nothing(desk: Desk, entity: str, record: Any) -> bool:
    if not record["Line"]:
        return False
    desk.books.change(entity, record, Line=[])
    return True


def _applies_it_to_another(desk: Desk, entity: str, record: Any) -> bool:
    if not record["TotalAmt"]:
        return False
    customer = record["CustomerRef"]["value"]
    day = desk.slot.other_day(desk.chance)
    other = desk.books.invoice(str(record["TotalAmt"]), customer=customer, TxnDate=day)
    link = {"TxnType": "Invoice", "TxnId": other["Id"]}
    desk.books.change(entity, record, Line=[{"Amount": record["TotalAmt"], "LinkedTxn": [link]}])
    return True


def _receives_more(desk: Desk, entity: str, record: Any) -> bool:
    if not record["TotalAmt"]:
        return False
    desk.books.change(entity, record, TotalAmt=record["TotalAmt"] + 4, Line=record["Line"])
    return True


def _deposits_it(desk: Desk, entity: str, record: Any) -> bool:
    if not record["TotalAmt"]:
        return False
    link = {"TxnType": "Payment", "TxnId": record["Id"], "TxnLineId": "0"}
    bank = desk.books.find("Account", "Name = 'Checking'")
    desk.books.write(
        "Deposit",
        {
            "DepositToAccountRef": {"value": bank["Id"]},
            "TxnDate": record["TxnDate"],
            "Line": [{"Amount": record["TotalAmt"], "LinkedTxn": [link]}],
        },
    )
    return True


_Deed = tuple[Callable[[Desk, str, Any], bool | None], str]
_ANY: tuple[_Deed, ...] = (
    (_notes_something, MATCHES),
    (_renumbers, CHANGED),
    (_dates_it_within, CHANGED),
    (_dates_it_elsewhere, MOVED_OUT),
    (_deletes, DELETED),
)
_OF_SALES: tuple[_Deed, ...] = (*_ANY, (_prices_anew, CHANGED), (_adds_a_line, CHANGED))
_DEEDS: dict[str, tuple[_Deed, ...]] = {
    "Invoice": (*_OF_SALES, (_voids, VOIDED), (_sells_it_to_another, CHANGED)),
    "Payment": (
        *_ANY,
        (_voids, VOIDED),
        (_applies_it_to_nothing, CHANGED),
        (_applies_it_to_another, CHANGED),
        (_receives_more, CHANGED),
        (_deposits_it, MATCHES),
    ),
    "CreditMemo": (*_OF_SALES, (_sells_it_to_another, CHANGED)),
    "RefundReceipt": _OF_SALES,
    "JournalEntry": _ANY,
}
