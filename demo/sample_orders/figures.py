"""What must QuickBooks hold after the first sync of the samples? Sums of whole cents, told from the story alone.

Nothing here knows the application, so a fault of the application cannot be in both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from books.json_types import Json
from demo.sample_orders.sales import Paid, SampleRefund, SampleSale

#: The posting accounts that the studio's accountant chose.
RECEIVABLE, RECEIVED_ON = "Accounts Receivable", "Undeposited Funds"
GIVEN_BACK_ON, REFUNDED_FROM = "Refunds & Allowances", "Checking"
GIFT_CARDS = "Gift Certificates Outstanding"

#: The six causes, with what has to be fixed for each.
CAUSES = {
    "product-without-mapping": ["Porcelain Throwing Set"],
    "account-not-in-quickbooks": ["Services:Training:Clases"],
    "name-breaks-rule": ["Kids' Clay Camp, Ages 7 to 12, Summer"],
    "customer-without-email": ["Gus Pemberton"],
    "customers-share-email": ["Ngozi Okafor", "Chidi Okafor"],
    "refused-by-quickbooks": ["Harbor Print Co"],
}
#: Causes that QuickBooks Desktop knows too.
DOUBTFUL = ("customer-without-email", "customers-share-email")
#: What the accountant of the Desktop company entered for the products that the other one made a slip with.
DESKTOP_ACCOUNTS = {
    "Wheel Throwing 201": "Services:Training:Classes",
    "Kids' Clay Camp": "Services:Training:Workshops",
    "Porcelain Throwing Set": "Sales:Kits",
}


def money(cents: int) -> str:
    """Cents as an amount: `-12.50`."""
    sign, whole = "-" if cents < 0 else "", abs(cents)
    return f"{sign}{whole // 100}.{whole % 100:02}"


def expected(files: dict[str, Sequence[SampleSale]]) -> Json:
    """Every figure that the samples must give, as plain JSON."""
    sales = [sale for told in files.values() for sale in told]
    posting = [sale for sale in sales if sale.posts]
    return {
        "currency": "USD",
        "orders": {"total": len(sales), **{name: len(told) for name, told in files.items()}},
        "posted": _posted(posting),
        "credits_by_account": _by_account(posting),
        "receivable": money(sum(map(_open, posting))),
        "moved": _moved(posting),
        "desktop": _desktop(sales),
        "blocked": [_blocked(cause, [sale for sale in sales if sale.blocked == cause]) for cause in CAUSES],
        "blocked_total": {
            "orders": sum(bool(sale.blocked) for sale in sales),
            "invoices": money(sum(sale.total for sale in sales if sale.blocked)),
            "payments": _counted(paid for sale in sales if sale.blocked for paid in sale.received),
        },
        "posts_nothing": [{"order": sale.number, "why": sale.left_out} for sale in sales if sale.left_out],
        "payments_that_are_no_money": [
            {"order": sale.number, "why": f"payment-{paid.status}", "amount": money(paid.cents)}
            for sale in sales
            for paid in sale.payments
            if paid.status != "received"
        ],
    }


def _posted(posting: Sequence[SampleSale]) -> Json:
    """How many documents of each kind, and what they come to; every amount is above zero."""
    sold, returned = _two(posting)
    return {
        "customers": len({sale.buyer.name for sale in posting if not sale.buyer.known}),
        "invoices": {"count": len(sold), "total": money(sum(sale.total for sale in sold))},
        "payments": _counted(paid for sale in posting for paid in sale.received),
        "credits": _counted(credit for sale in posting for credit in sale.credits),
        "refunds": _counted(refund for sale in posting for refund in sale.refunds),
        "returns": {"count": len(returned), "total": money(-sum(sale.total for sale in returned))},
        "gift_cards": _counted(paid for sale in posting for paid in sale.by_gift_card),
        # No credit is larger than what is open, see `check`, so each is used up; so is each gift card
        "applied_credits": sum(len(sale.credits) + len(sale.by_gift_card) for sale in posting),
        "unapplied": money(sum(max(_received(sale) - sale.total, 0) for sale in sold)),
    }


def _two(sales: Iterable[SampleSale]) -> tuple[list[SampleSale], list[SampleSale]]:
    sales = list(sales)
    return [sale for sale in sales if not sale.is_return], [sale for sale in sales if sale.is_return]


def _received(sale: SampleSale) -> int:
    return sum(paid.cents for paid in sale.received)


def _credited(sale: SampleSale) -> int:
    return sum(credit.cents for credit in sale.credits)


def _open(sale: SampleSale) -> int:
    """What is left on the customer's account; below zero where the studio owes."""
    return sale.total - _received(sale) - _credited(sale)


def _counted(records: Iterable[Paid | SampleRefund]) -> Json:
    found = [record.cents for record in records]
    return {"count": len(found), "total": money(sum(found))}


def _by_account(sales: Iterable[SampleSale]) -> dict[str, str]:
    """What the lines of invoices credit to each account, less what those of returns debit; a discount is below zero."""
    credits: defaultdict[str, int] = defaultdict(int)
    for line in (line for sale in sales for line in sale.lines):
        credits[line.account] += line.amount
    return {account: money(cents) for account, cents in sorted(credits.items())}


def _moved(posting: Sequence[SampleSale], instead: Mapping[str, str] | None = None) -> dict[str, str]:
    """What everything together moves on each account; debit above zero. The sum is zero."""
    moved: defaultdict[str, int] = defaultdict(int)
    for sale in posting:
        for line in sale.lines:
            account = (instead or {}).get(line.name, line.account)
            moved[account] -= line.amount
        moved[RECEIVABLE] += _open(sale)
        on_cards = sum(paid.cents for paid in sale.by_gift_card)
        moved[RECEIVED_ON] += _received(sale) - on_cards
        moved[GIFT_CARDS] += on_cards
        moved[GIVEN_BACK_ON] += sum(refund.cents for refund in sale.given_back)
        moved[REFUNDED_FROM] -= sum(refund.cents for refund in sale.refunds)
    if sum(moved.values()):
        raise ValueError("debits and credits differ")
    return {account: money(cents) for account, cents in sorted(moved.items())}


def _desktop(sales: Sequence[SampleSale]) -> Json:
    """The same orders on QuickBooks Desktop, whose accountant made no slips: only the customers are in doubt."""
    sold = [sale for sale in sales if not sale.left_out and sale.blocked not in DOUBTFUL]
    goes = [sale for sale in sold if any(line.amount for line in sale.lines)]
    # What a file cannot do: create customers one by one, and use a credit up
    posted = {kind: tally for kind, tally in _posted(goes).items() if isinstance(tally, dict)}
    return {
        "posted": posted,
        "moved": _moved(goes, DESKTOP_ACCOUNTS),
        "blocked": [sale.number for sale in sales if sale.blocked in DOUBTFUL],
        # Nothing to import: every line is a gift
        "moves_nothing": [sale.number for sale in sold if sale not in goes],
    }


def _blocked(cause: str, sales: Sequence[SampleSale]) -> Json:
    return {
        "cause": cause,
        "to_fix": CAUSES[cause],
        "orders": [sale.number for sale in sales],
        "invoices": {"count": len(sales), "total": money(sum(sale.total for sale in sales))},
        "payments": _counted(paid for sale in sales for paid in sale.received),
    }


def check(sales: Sequence[SampleSale]) -> None:
    """Make sure that the story is what it promises to be.

    Raises:
        ValueError: An order would be blocked for another reason than its own, or a customer is created by no order.
    """
    for sale in sales:
        if sale.posts and any(line.account == "-" for line in sale.lines):
            raise ValueError(f"{sale.number} sells what cannot post")
        if sale.is_return and (sale.payments or sale.given_back):
            raise ValueError(f"{sale.number} takes back, and is paid")
        if sale.credits and _open(sale) < 0:
            raise ValueError(f"{sale.number} is credited with more than is open")
        if sum(refund.cents for refund in sale.refunds) > _received(sale):
            raise ValueError(f"{sale.number} gives back more than was received")
    posting = {sale.buyer.name for sale in sales if sale.posts}
    lonely = {sale.buyer.name for sale in sales if not sale.posts} - posting
    if lonely != {"Gus Pemberton", "Ngozi Okafor", "Chidi Okafor", "Harbor Print Co"}:
        raise ValueError(f"{lonely} have no order that posts")
    if len(Counter(sale.blocked for sale in sales if sale.blocked)) != len(CAUSES):
        raise ValueError("not every cause has an order")
