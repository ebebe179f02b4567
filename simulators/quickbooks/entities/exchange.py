"""What is a document in another currency worth at home? Its rate, its postings, and what the rates between them made.

A form states its amounts in its customer's currency; the ledger is in the home currency. A rate is home units for one
foreign unit. What a payment settles leaves the receivables at the document's rate and arrives at the payment's own; the
difference is exchange gain or loss.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Field, Number, Record, cents
from ..ledger import NOTHING, Posting

if TYPE_CHECKING:
    from ..books import Books

ONE = Decimal(1)
RATE = Field(kind=Number(least=Decimal(0)), sticky=True)
GAIN_OR_LOSS = "ExchangeGainOrLoss"


def check_known(books: Books, code: str, field: str = "CurrencyRef") -> None:
    """Refuse a currency that the company does not deal in.

    Raises:
        Refused: Multicurrency is off, or the currency is not in the company's list.
    """
    if code == books.home_currency:
        return
    if not books.several_currencies:
        raise refusals.business("Multicurrency is off, so everything is in the home currency.")
    held = books.under("CompanyCurrency", "Code", code.lower())
    if not any(currency["Active"] for currency in held):
        raise refusals.coded(2220, "Invalid Currency", f"Supplied value:{code}", field)


def settle_currency(books: Books, draft: Record, owner: Record | None = None) -> None:
    """Set the currency of a form and the rate of its day.

    Args:
        books: The company's books.
        draft: The form.
        owner: Whose currency it must be in: its customer, or the account that pays.

    Raises:
        Refused: The currency is missing, unknown, or not the owner's.
    """
    home = books.home_currency
    if not books.several_currencies:
        draft.pop("ExchangeRate", None)
        check_known(books, draft.setdefault("CurrencyRef", home))
        return
    own = owner["CurrencyRef"] if owner else None
    if "CurrencyRef" not in draft:
        if not books.by_hand:
            raise refusals.missing("CurrencyRef")
        draft["CurrencyRef"] = own or home
    code = draft["CurrencyRef"]
    check_known(books, code)
    if own is not None and own != code:
        raise refusals.business(f"The transaction is in {code}, but its customer or account is in {own}.")
    given = draft.get("ExchangeRate")
    draft["ExchangeRate"] = ONE if code == home else given or rate_on(books, code, draft["TxnDate"])


def rate_on(books: Books, code: str, day: str) -> Decimal:
    """The company's rate of a day: the last that it was told on or before it, else 1."""
    found = [
        rate for rate in books.under("ExchangeRate", "SourceCurrencyCode", code.lower()) if rate["AsOfDate"] <= day
    ]
    return Decimal(max(found, key=lambda each: each["AsOfDate"])["Rate"]) if found else ONE


def rate_of(record: Record) -> Decimal:
    """What one unit of a form's currency is worth at home."""
    return Decimal(record.get("ExchangeRate", ONE))


def at_home(record: Record, amount: Decimal) -> Decimal:
    """An amount of a form in the home currency."""
    return cents(amount * rate_of(record)) + NOTHING


def share_at_home(record: Record, before: Decimal, amount: Decimal) -> Decimal:
    """What a part of an amount is worth; the parts, one after the other, add up to the whole without a cent lost."""
    return at_home(record, before + amount) - at_home(record, before)


def is_foreign(books: Books, record: Record) -> bool:
    """Whether a form or an account is in another currency than the books."""
    return bool(record.get("CurrencyRef", books.home_currency) != books.home_currency)


def in_home(books: Books, record: Record, postings: Iterable[Posting]) -> list[Posting]:
    """Postings in a form's own currency as the ledger keeps them.

    What rounding leaves goes to the last one that is on no customer's or vendor's account, so that those hold exactly
    the form's worth.
    """
    found = list(postings)
    if not is_foreign(books, record):
        return found
    worth = [posting.amount * rate_of(record) for posting in found]
    rounded = [cents(amount) for amount in worth]
    plain = [at for at, posting in enumerate(found) if not _is_owed(books, posting.account)]
    if plain:
        rounded[plain[-1]] -= sum(rounded, NOTHING)
    return [converted(books, record, posting, amount) for posting, amount in zip(found, rounded, strict=True)]


def _is_owed(books: Books, account: str) -> bool:
    return books.named("Account", account)["AccountType"] in ("Accounts Receivable", "Accounts Payable")


def converted(books: Books, record: Record, posting: Posting, home: Decimal) -> Posting:
    """A posting at its worth at home; an account in the form's currency remembers the amount in it as well."""
    account = books.named("Account", posting.account)
    return posting._replace(amount=home, foreign=posting.amount if is_foreign(books, account) else None)


def check_account_currency(books: Books, draft: Record, account: Record) -> None:
    """Refuse an account in a third currency."""
    if is_foreign(books, account) and account["CurrencyRef"] != draft["CurrencyRef"]:
        raise refusals.business(
            f"The account {account['FullyQualifiedName']} is in {account['CurrencyRef']}, the transaction in "
            f"{draft['CurrencyRef']}."
        )


def receivable_account(books: Books, code: str) -> str:
    """The account for what customers with a currency owe; QuickBooks makes one for each currency when it is needed."""
    if code == books.home_currency:
        return str(books.account_of_type("Accounts Receivable")["Id"])
    held = books.under("Account", "AccountType", "accounts receivable")
    found = [account["Id"] for account in held if account["Active"] and account["CurrencyRef"] == code]
    if found:
        return str(min(found, key=int))
    name = f"Accounts Receivable (A/R) - {code}"
    body = {"Name": name, "AccountType": "Accounts Receivable", "CurrencyRef": {"value": code}}
    return str(books.entities["Account"].write(books, body)["Id"])


def gain_account(books: Books) -> str:
    """The account for what changing rates made; QuickBooks makes it when it is first needed."""
    found = [
        account["Id"] for account in books.under("Account", "AccountSubType", GAIN_OR_LOSS.lower()) if account["Active"]
    ]
    if found:
        return str(min(found, key=int))
    body = {"Name": "Exchange Gain or Loss", "AccountType": "Other Expense", "AccountSubType": GAIN_OR_LOSS}
    return str(books.entities["Account"].write(books, body)["Id"])


def balanced(books: Books, postings: list[Posting], name: str | None = None) -> list[Posting]:
    """Postings with what they lack as exchange gain or loss."""
    over = sum((posting.amount for posting in postings), NOTHING)
    return [*postings, Posting(gain_account(books), -over, name, "Exchange gain or loss")] if over else postings


def show_in_home(shown: Record, record: Record, books: Books) -> None:
    """With several currencies, a form tells its rate and its totals at home."""
    if not books.several_currencies:
        return
    shown["ExchangeRate"] = rate_of(record)
    for own, home in (("TotalAmt", "HomeTotalAmt"), ("Balance", "HomeBalance")):
        if own in shown:
            shown[home] = at_home(record, Decimal(shown[own]))
