"""What must QuickBooks hold after the first sync of the samples? Sums of whole cents, told from the story alone.

Nothing here knows the application, so a fault of the application cannot be in both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from tools.sample_orders.sales import Sale

#: The six causes, with what has to be fixed for each.
CAUSES = {
    "product-without-mapping": ["Porcelain Throwing Set"],
    "account-not-in-quickbooks": ["Services:Training:Clases"],
    "name-breaks-rule": ["Kids' Clay Camp, Ages 7 to 12, Summer"],
    "customer-without-email": ["Gus Pemberton"],
    "customers-share-email": ["Ngozi Okafor", "Chidi Okafor"],
    "refused-by-quickbooks": ["Harbor Print Co"],
}


def money(cents: int) -> str:
    """Cents as an amount: `-12.50`."""
    sign, whole = "-" if cents < 0 else "", abs(cents)
    return f"{sign}{whole // 100}.{whole % 100:02}"


def expected(files: dict[str, Sequence[Sale]]) -> dict[str, Any]:
    """Every figure that the samples must give, as plain JSON."""
    sales = [sale for told in files.values() for sale in told]
    posting = [sale for sale in sales if sale.posts]
    return {
        "currency": "USD",
        "orders": {"total": len(sales), **{name: len(told) for name, told in files.items()}},
        "posted": {
            "customers": len({sale.buyer.name for sale in posting if not sale.buyer.known}),
            "invoices": {"count": len(posting), "total": money(sum(sale.total for sale in posting))},
            "payments": _payments(posting),
            "unapplied": money(sum(max(_received(sale) - sale.total, 0) for sale in posting)),
        },
        "credits_by_account": _by_account(posting),
        "receivable": money(sum(sale.total - _received(sale) for sale in posting)),
        "blocked": [_blocked(cause, [sale for sale in sales if sale.blocked == cause]) for cause in CAUSES],
        "blocked_total": {
            "orders": sum(bool(sale.blocked) for sale in sales),
            "invoices": money(sum(sale.total for sale in sales if sale.blocked)),
            "payments": _payments([sale for sale in sales if sale.blocked]),
        },
        "posts_nothing": [{"order": sale.number, "why": sale.left_out} for sale in sales if sale.left_out],
        "payments_that_are_no_money": [
            {"order": sale.number, "why": f"payment-{paid.status}", "amount": money(paid.cents)}
            for sale in sales
            for paid in sale.payments
            if paid.status != "received"
        ],
    }


def _received(sale: Sale) -> int:
    return sum(paid.cents for paid in sale.received)


def _payments(sales: Iterable[Sale]) -> dict[str, Any]:
    payments = [paid for sale in sales for paid in sale.received]
    return {"count": len(payments), "total": money(sum(paid.cents for paid in payments))}


def _by_account(sales: Iterable[Sale]) -> dict[str, str]:
    """The credit of each account; a discount is below zero."""
    credits: defaultdict[str, int] = defaultdict(int)
    for line in (line for sale in sales for line in sale.lines):
        credits[line.account] += line.amount
    return {account: money(cents) for account, cents in sorted(credits.items())}


def _blocked(cause: str, sales: Sequence[Sale]) -> dict[str, Any]:
    return {
        "cause": cause,
        "to_fix": CAUSES[cause],
        "orders": [sale.number for sale in sales],
        "invoices": {"count": len(sales), "total": money(sum(sale.total for sale in sales))},
        "payments": _payments(sales),
    }


def check(sales: Sequence[Sale]) -> None:
    """Make sure that the story is what it promises to be.

    Raises:
        ValueError: An order would be blocked for another reason than its own, or a customer is created by no order.
    """
    for sale in sales:
        if sale.posts and any(line.account == "-" for line in sale.lines):
            raise ValueError(f"{sale.number} sells what cannot post")
        if sale.total < 0:
            raise ValueError(f"{sale.number} is below zero")
    posting = {sale.buyer.name for sale in sales if sale.posts}
    lonely = {sale.buyer.name for sale in sales if not sale.posts} - posting
    if lonely != {"Gus Pemberton", "Ngozi Okafor", "Chidi Okafor", "Harbor Print Co"}:
        raise ValueError(f"{lonely} have no order that posts")
    if len(Counter(sale.blocked for sale in sales if sale.blocked)) != len(CAUSES):
        raise ValueError("not every cause has an order")
