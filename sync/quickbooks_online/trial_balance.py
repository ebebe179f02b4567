"""What does QuickBooks' trial balance say? Its report as one value.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/report-entities/trialbalance
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from books.money import ZERO
from books.movement import Movement
from sync.quickbooks_online.wire import Unreadable

#: The report, as it is called in its address.
TRIAL_BALANCE = "TrialBalance"
_ACCRUAL = "Accrual"


@dataclass(frozen=True, kw_only=True)
class TrialBalance:
    """What each account comes to, debit positive, in the home currency."""

    #: By account id; by its name where the report names no id.
    balances: Movement
    #: What the report calls each of them.
    names: Mapping[str, str]
    #: When it was made by QuickBooks' clock, in whole seconds; None where it does not say.
    at: datetime | None


def asked_for(first: date, last: date) -> dict[str, str]:
    """The parameters that ask for it.

    Args:
        first: The first day of the fiscal year of the last one.
        last: The day as of which it is.
    """
    return {"start_date": first.isoformat(), "end_date": last.isoformat(), "accounting_method": _ACCRUAL}


def read_trial_balance(answer: Any) -> TrialBalance:
    """The report, from QuickBooks' answer.

    Raises:
        Unreadable: It is not a trial balance on accrual basis, or a row of it cannot be understood.
    """
    header = answer.get("Header") if isinstance(answer, dict) else None
    if not isinstance(header, dict) or header.get("ReportName") != TRIAL_BALANCE:
        raise Unreadable
    if header.get("ReportBasis") != _ACCRUAL:
        raise Unreadable
    rows = list(_rows(answer.get("Rows")))
    return TrialBalance(
        balances=Movement.of((key, amount) for key, _, amount in rows),
        names={key: name for key, name, _ in rows},
        at=_moment(header.get("Time")),
    )


def _rows(inside: Any) -> Iterator[tuple[str, str, Decimal]]:
    """The id, the name and the balance of each account; totals are left out."""
    rows = inside.get("Row", []) if isinstance(inside, dict) else []
    if not isinstance(rows, list):
        raise Unreadable
    for row in rows:
        if not isinstance(row, dict):
            raise Unreadable
        if "ColData" in row:
            yield _row(row["ColData"])
        yield from _rows(row.get("Rows"))


def _row(cells: Any) -> tuple[str, str, Decimal]:
    if not isinstance(cells, list) or len(cells) < 3 or not all(isinstance(cell, dict) for cell in cells):
        raise Unreadable
    name = str(cells[0].get("value") or "")
    return str(cells[0].get("id") or name), name, _amount(cells[1]) - _amount(cells[2])


def _amount(cell: Mapping[str, object]) -> Decimal:
    text = str(cell.get("value") or "")
    try:
        amount = Decimal(text) if text else ZERO
    except InvalidOperation:
        raise Unreadable from None
    if not amount.is_finite():
        raise Unreadable
    return amount


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
