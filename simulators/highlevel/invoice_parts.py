"""What is an invoice made of, beside its facts? Its lines, its discount and its extras, as they are kept and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .amounts import NOTHING, Discount, LineTax, SoldLine, as_number
from .identifiers import new_object_id
from .tables import Row


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What an invoice comes to beyond lines, discount and tax; amounts in its currency."""

    late_fee: Decimal = NOTHING
    tip: Decimal = NOTHING
    fees: tuple[tuple[str, Decimal], ...] = ()  # names and amounts, such as a processing fee

    @property
    def sum(self) -> Decimal:
        """All of it."""
        return self.late_fee + self.tip + sum((amount for _, amount in self.fees), NOTHING)


class Parts(NamedTuple):
    """Everything that an invoice's amounts follow from."""

    lines: tuple[SoldLine, ...]
    discount: Discount | None
    extras: Extras

    def as_json(self) -> dict[str, Any]:
        """In the form `read` reads, which the file holds."""
        return {
            "lines": [asdict(line) for line in self.lines],
            "discount": asdict(self.discount) if self.discount else None,
            "extras": asdict(self.extras),
        }

    @staticmethod
    def read(told: dict[str, Any]) -> Parts:
        """From what the file holds."""
        discount, extras = told["discount"], told["extras"]
        return Parts(
            lines=tuple(_line(line) for line in told["lines"]),
            discount=Discount(**{**discount, "products": tuple(discount["products"])}) if discount else None,
            extras=Extras(**{**extras, "fees": tuple((name, Decimal(amount)) for name, amount in extras["fees"])}),
        )


def _line(told: dict[str, Any]) -> SoldLine:
    taxes = tuple(LineTax(name, Decimal(rate)) for name, rate in told["taxes"])
    return SoldLine(**{**told, "taxes": taxes})


def contact_details(contact: Row) -> Row:
    """The customer as an invoice keeps it, whatever becomes of the contact."""
    address = {
        "addressLine1": contact.get("address1", ""),
        "city": contact.get("city", ""),
        "state": contact.get("state", ""),
        "countryCode": contact.get("country", ""),
        "postalCode": contact.get("postalCode", ""),
    }
    return {
        "id": contact["id"],
        "name": contact["name"],
        "email": contact.get("email", ""),
        "phoneNo": contact.get("phone", ""),
        "companyName": contact.get("companyName", ""),
        "address": {name: value for name, value in address.items() if value},
        "additionalEmails": [],
        "customFields": [],
    }


def discount_shown(discount: Discount | None) -> Row:
    """A discount as the API shows it; none is one of 0."""
    if discount is None:
        return {"type": "fixed", "value": 0}
    products = {"validOnProductIds": list(discount.products)} if discount.products else {}
    return {"type": "percentage" if discount.percentage else "fixed", "value": as_number(discount.value), **products}


def extras_shown(extras: Extras) -> Row:
    """Late fees, tips and other charges: what the API shows of them, the late fee only in its rule and in the total."""
    charges = [
        {"_id": new_object_id(), "name": name, "charge": as_number(amount), "amount": as_number(amount)}
        for name, amount in extras.fees
    ]
    collected = sum((amount for _, amount in extras.fees), NOTHING)
    told: Row = {
        "tipsConfiguration": {"tipsEnabled": bool(extras.tip), "tipsPercentage": [5, 10, 15]},
        "miscellaneousCharges": {
            "charges": charges,
            "collectedMiscellaneousCharges": as_number(collected),
            "paidCharges": charges,
        },
    }
    if extras.late_fee:
        told["lateFeesConfiguration"] = {
            "enable": True,
            "value": as_number(extras.late_fee),
            "type": "fixed",
            "frequency": {"intervalCount": 1, "interval": "one_time"},
        }
    return told


def schedule_shown(schedule: Sequence[tuple[date, Decimal]]) -> Row:
    """Payments by day and amount; nothing where there is one payment."""
    if not schedule:
        return {}
    rows = [
        {"_id": new_object_id(), "dueDate": day.isoformat(), "value": as_number(amount)} for day, amount in schedule
    ]
    return {"type": "fixed", "schedules": rows}
