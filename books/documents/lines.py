"""What is on a sales form, its lines, discount and sales tax, and which accounts does a document move? It balances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from books.answers import AccountRef, ItemRef, ListRef, Rule, TaxCode
from books.money import ZERO, is_whole, total


class DoesNotBalance(ValueError):
    """A document was about to be built whose debits and credits differ."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One account moved by one document; debit positive, credit negative, in the document's currency."""

    account: AccountRef
    amount: Decimal
    memo: str = ""

    @property
    def debit(self) -> Decimal:
        """The amount on the debit side; zero for a credit."""
        return max(self.amount, ZERO)

    @property
    def credit(self) -> Decimal:
        """The amount on the credit side, positive; zero for a debit."""
        return max(-self.amount, ZERO)


def balanced(postings: tuple[Posting, ...], *, currency: str, what: str) -> tuple[Posting, ...]:
    """Return the postings, provided that they balance in whole smallest units.

    Raises:
        DoesNotBalance: Debits and credits differ, or an amount has a fraction of a cent; both sums are named.
    """
    for posting in postings:
        if not is_whole(posting.amount, currency):
            raise DoesNotBalance(f"{what}: {posting.amount} {currency} on {posting.account.path} is not a whole amount")
    if total(posting.amount for posting in postings):
        debits, credits = (total(getattr(posting, side) for posting in postings) for side in ("debit", "credit"))
        raise DoesNotBalance(f"{what}: debits are {debits} {currency} and credits {credits} {currency}")
    return postings


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One line of a sales form: what is sold, and the account that its amount credits, or debits on a credit memo."""

    key: str
    item: ItemRef
    account: AccountRef
    description: str
    quantity: Decimal
    unit_price: Decimal
    #: Charges positive, discounts negative.
    amount: Decimal
    item_rule: Rule
    account_rule: Rule
    notes: tuple[str, ...] = ()
    quickbooks_class: ListRef | None = None
    #: Whether QuickBooks works out its own sales tax on it; only with `SalesTax` on the form.
    taxable: bool = False
    #: QuickBooks is told to add no sales tax of its own to it, whatever it knows of the item; never with `SalesTax`.
    untaxed: bool = False


@dataclass(frozen=True, kw_only=True)
class DiscountLine:
    """QuickBooks' discount line: one for the whole form."""

    #: Positive: what it takes off.
    amount: Decimal
    account: AccountRef
    description: str = ""
    quickbooks_class: ListRef | None = None


@dataclass(frozen=True, kw_only=True)
class SalesTax:
    """QuickBooks' own sales tax on a form: its code, and the amount that the source charged."""

    code: TaxCode
    #: Positive, or zero where the code applies and nothing is due.
    amount: Decimal
    account: AccountRef
    description: str = ""


def form_total(lines: Iterable[InvoiceLine], discount: DiscountLine | None, tax: SalesTax | None) -> Decimal:
    """What a sales form comes to: its lines, less the discount, and the tax."""
    return (
        total(line.amount for line in lines) - (discount.amount if discount else ZERO) + (tax.amount if tax else ZERO)
    )


def earned(lines: Iterable[InvoiceLine], discount: DiscountLine | None, tax: SalesTax | None) -> tuple[Posting, ...]:
    """The side of a sales form that is earned: each line credits its account, in line order, then discount and tax."""
    credits = [Posting(account=line.account, amount=ZERO - line.amount, memo=line.description) for line in lines]
    if discount:
        credits.append(Posting(account=discount.account, amount=discount.amount, memo=discount.description))
    if tax:
        credits.append(Posting(account=tax.account, amount=ZERO - tax.amount, memo=tax.description))
    return tuple(credits)


def reversed_postings(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The same accounts on their other side: what a credit memo or a refund receipt takes back."""
    return tuple(
        Posting(account=posting.account, amount=ZERO - posting.amount, memo=posting.memo) for posting in postings
    )
