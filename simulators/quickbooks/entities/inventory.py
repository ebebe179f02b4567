"""What does the company hold of an item, and what did what it sold cost? First in, first out, as QuickBooks has it.

Every form that moves an item keeps the item's id under `_stock` and the cost of what it took out under `_costs`. When
one of them changes, the item is walked through from its start, in the order of days, and the costs of later forms
follow. What is sold before it is there costs what the item costs, until what fills the gap is bought.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Record, cents
from ..ledger import NOTHING, Posting
from .exchange import rate_of

if TYPE_CHECKING:
    from ..books import Books

MOVES = {"Invoice": -1, "SalesReceipt": -1, "CreditMemo": 1, "RefundReceipt": 1, "Purchase": 1}


def stock_keys(record: Record) -> Iterable[str]:
    """The inventory items that a form moves, as index keys."""
    return tuple(record.get("_stock", ()))


def check_started(item: Record, day: str) -> None:
    """6270 for a day before the item is kept in stock."""
    if day < item["InvStartDate"]:
        raise refusals.coded(
            6270,
            "Inventory start date",
            f"Transaction date is prior to start date for inventory item {item['Name']}, {item['InvStartDate']}.",
            "TxnDate",
        )


def keep_stock(draft: Record, moved: list[str]) -> None:
    """Note the items that a form moves, and forget the costs of those that it no longer does."""
    costs = {item: cost for item, cost in draft.pop("_costs", {}).items() if item in moved}
    draft.pop("_stock", None)
    if moved:
        draft["_stock"], draft["_costs"] = moved, costs


def cost_postings(books: Books, record: Record, sign: int) -> list[Posting]:
    """Cost of goods sold against the inventory asset; `sign` is -1 for a sale, 1 for what comes back."""
    found = []
    for identifier, cost in record.get("_costs", {}).items():
        item = books.named("Item", identifier)
        found.append(Posting(item["ExpenseAccountRef"], -sign * cost, None, f"Cost of {item['Name']}"))
        found.append(Posting(item["AssetAccountRef"], sign * cost, None, item["Name"]))
    return found


@dataclass(kw_only=True)
class Move:
    """What one form does to the stock of one item."""

    kind: str
    record: Record
    quantity: Decimal  # above 0: it comes in
    unit_cost: Decimal | None  # what was paid for one; None where the stock decides
    cost: Decimal = Decimal(0)  # what it took out, or brought back


@dataclass(kw_only=True)
class Shelf:
    """The stock of one item while it is walked through."""

    last_cost: Decimal
    layers: deque[list[Decimal]] = field(default_factory=deque)  # [quantity, unit cost], oldest first
    short: deque[tuple[Move, Decimal]] = field(default_factory=deque)  # sold before it was there, oldest first

    def put(self, quantity: Decimal, unit_cost: Decimal) -> None:
        """Bring in; what was sold short is filled first, and costs what this cost."""
        self.last_cost = unit_cost
        while self.short and quantity > 0:
            move, missing = self.short.popleft()
            filled = min(missing, quantity)
            move.cost += filled * unit_cost
            quantity -= filled
            if missing > filled:
                self.short.appendleft((move, missing - filled))
        if quantity > 0:
            self.layers.append([quantity, unit_cost])

    def take(self, move: Move, quantity: Decimal) -> None:
        """Take out the oldest first."""
        while self.layers and quantity > 0:
            layer = self.layers[0]
            taken = min(layer[0], quantity)
            move.cost += taken * layer[1]
            quantity -= taken
            layer[0] -= taken
            if layer[0] == 0:
                self.layers.popleft()
        if quantity > 0:
            self.short.append((move, quantity))

    def quantity(self) -> Decimal:
        """How many are there; below zero when more were sold."""
        held = sum((layer[0] for layer in self.layers), Decimal(0))
        return held - sum((missing for _, missing in self.short), Decimal(0))


def revalue(books: Books, identifier: str) -> None:
    """Walk an item through from its start; put right its quantity and the costs of the forms that sold it."""
    item = books.named("Item", identifier)
    cost = Decimal(item.get("PurchaseCost", 0))
    shelf = Shelf(last_cost=cost)
    if item["QtyOnHand"] > 0:
        shelf.put(Decimal(item["QtyOnHand"]), Decimal(item["_start_cost"]))
    moves = sorted(_moves(books, identifier), key=lambda each: (each.record["TxnDate"], each.quantity < 0, _age(each)))
    for move in moves:
        if move.unit_cost is not None:
            shelf.put(move.quantity, move.unit_cost)
        elif move.quantity < 0:
            shelf.take(move, -move.quantity)
        else:
            move.cost = move.quantity * shelf.last_cost
            shelf.put(move.quantity, shelf.last_cost)
    for short, missing in shelf.short:
        short.cost += missing * shelf.last_cost
    _keep_costs(books, identifier, moves)
    books.store.put("Item", {**item, "_quantity": shelf.quantity()}, identifier)


def _age(move: Move) -> int:
    return int(move.record["Id"])


def _moves(books: Books, identifier: str) -> Iterator[Move]:
    for kind, direction in MOVES.items():
        for record in books.under(kind, "_stock", identifier):
            for quantity, amount in _quantities(kind, record, identifier):
                unit_cost = amount * rate_of(record) / quantity if kind == "Purchase" and quantity else None
                signed = direction * quantity * (-1 if kind == "Purchase" and record["Credit"] else 1)
                yield Move(kind=kind, record=record, quantity=signed, unit_cost=unit_cost if signed > 0 else None)


def _quantities(kind: str, record: Record, identifier: str) -> Iterator[tuple[Decimal, Decimal]]:
    name = "ItemBasedExpenseLineDetail" if kind == "Purchase" else "SalesItemLineDetail"
    lines = [inner for line in record["Line"] for inner in line.get("GroupLineDetail", {}).get("Line", [line])]
    for line in lines:
        detail = line.get(name, {})
        if detail.get("ItemRef") == identifier:
            yield Decimal(detail.get("Qty", 1)), Decimal(line["Amount"])


def _keep_costs(books: Books, identifier: str, moves: list[Move]) -> None:
    """Post again the forms whose cost has changed; nobody edited them, so their tokens stay."""
    totals: dict[tuple[str, str], Decimal] = {}
    for move in moves:
        if move.kind != "Purchase":
            key = (move.kind, move.record["Id"])
            totals[key] = totals.get(key, NOTHING) + move.cost
    for (kind, number), total in totals.items():
        record, cost = books.named(kind, number), cents(total)
        if record["_costs"].get(identifier) != cost:
            changed = {**record, "_costs": {**record["_costs"], identifier: cost}}
            books.store.put(kind, changed, number)
            books.repost(kind, changed)
