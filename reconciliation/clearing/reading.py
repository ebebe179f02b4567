"""Which accounts are clearing accounts, and what does QuickBooks hold on one now? Read when a person asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from books.messages import all_worded
from books.outcomes import Refused
from books.translation import gettext_noop
from companies.models import Company, CompanyKind
from companies.stored_texts import retold
from mapping.models import PaymentMethod, PostingAccounts, QuickBooksAccount
from reconciliation.clearing.parts import ClearingEntry, ClearingPart, parts_of
from reconciliation.clearing_models import ClearingMark, ClearingReading, ClearingReadingPart
from sync.quickbooks_online.account_ledger import AccountLedger, account_ledger, deposited
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.login import NOT_CONNECTED, quickbooks_of
from sync.quickbooks_online.transactions import NotReadError

DESKTOP = gettext_noop("QuickBooks Desktop cannot be asked what it holds. Look at the account's register there.")
UNDEPOSITED = "UndepositedFunds"
#: How far back transactions are told one by one, unless a person says otherwise.
A_YEAR = timedelta(days=365)
#: The type of account that money is on while it is on its way to the bank.
_ON_ITS_WAY = "Other Current Asset"
#: Types that a person can mark too: what money passes through may be kept as a bank account, or be owed meanwhile.
#: Payments by gift card, or that pay back a loan, go to a liability for good: it is none by itself.
MARKABLE = ("Bank", _ON_ITS_WAY, "Other Current Liability")
#: Of these, the one that is credited as it grows.
_CREDITED = ("Other Current Liability",)
_AT_ONCE = 500


class ClearingNotRead(Exception):
    """A clearing account could not be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class ClearingAccounts:
    """The clearing accounts of a company, by path."""

    rows: list[QuickBooksAccount]
    #: Ids of those that are only because a person says so.
    marked: Collection[str]


def clearing_accounts(company: Company) -> ClearingAccounts:
    """Undeposited Funds, other current assets that payments go to, and what a person marked; four queries."""
    paths = {*PaymentMethod.objects.filter(company=company).exclude(account="").values_list("account", flat=True)}
    paths |= {*PostingAccounts.objects.filter(company=company).values_list("payment_debit", flat=True)}
    marks = {*ClearingMark.objects.filter(company=company).values_list("account", flat=True)}
    rows, marked = [], set()
    for row in QuickBooksAccount.objects.filter(company=company, active=True).order_by("full_name", "pk"):
        by_itself = row.account_subtype == UNDEPOSITED or (row.full_name in paths and row.account_type == _ON_ITS_WAY)
        if not by_itself and row.quickbooks_id in marks:
            marked.add(row.quickbooks_id)
        if by_itself or row.quickbooks_id in marks:
            rows.append(row)
    return ClearingAccounts(rows=rows, marked=marked)


def read_clearing(
    company: Company, account: QuickBooksAccount, *, first: date, today: date, by: User | None
) -> ClearingReading:
    """Read an account from QuickBooks, and keep what it consists of in place of the reading before.

    Args:
        company: Whose account it is.
        account: Of the company's list.
        first: The first day whose transactions are told one by one.
        today: The last day.
        by: Who asks; None for a command.

    Raises:
        ClearingNotRead: QuickBooks could not be read; the reading before stays.
    """
    if company.kind == CompanyKind.DESKTOP:
        raise ClearingNotRead(_(DESKTOP))
    connection = quickbooks_of(company)
    if connection is None:
        raise ClearingNotRead(_(NOT_CONNECTED))
    deposits: dict[str, str] = {}
    requests = 1
    try:
        with open_destination(connection, for_person=True) as destination:
            ledger = account_ledger(destination, account.quickbooks_id, first, today)
            for page in deposited(destination, first, today):
                deposits |= page
                requests += 1
    except NotReadError as problem:
        failure = problem.failure
        if isinstance(failure, Refused):
            raise ClearingNotRead(all_worded(fault.words for fault in failure.problems)) from None
        raise ClearingNotRead(retold(failure.reason)) from None
    except AddressRefused as why:
        raise ClearingNotRead(str(why)) from None
    entries = _entries(ledger, first, sign=-1 if account.account_type in _CREDITED else 1)
    parts = parts_of(entries, deposits, undeposited=account.account_subtype == UNDEPOSITED)
    reading = ClearingReading(
        company=company,
        account=account.quickbooks_id,
        first=first,
        last=today,
        balance=sum((entry.amount for entry in entries), Decimal(0)),
        requests=requests,
        by=by,
    )
    return _kept(reading, parts)


def _entries(ledger: AccountLedger, first: date, *, sign: int) -> list[ClearingEntry]:
    """Debit positive; what was there before the first day is an entry of its own."""
    before = [ClearingEntry(transaction="", dated=first, amount=sign * ledger.opening)] if ledger.opening else []
    return before + [
        ClearingEntry(
            transaction=entry.transaction,
            dated=entry.dated,
            amount=sign * entry.amount,
            number=entry.number,
            name=entry.name,
        )
        for entry in ledger.entries
        if entry.amount
    ]


@transaction.atomic
def _kept(reading: ClearingReading, parts: list[ClearingPart]) -> ClearingReading:
    ClearingReading.objects.filter(company=reading.company, account=reading.account).delete()
    reading.save()
    ClearingReadingPart.objects.bulk_create(
        (
            ClearingReadingPart(
                reading=reading,
                transaction=part.entry.transaction,
                dated=part.entry.dated,
                number=part.entry.number[:300],
                name=part.entry.name[:500],
                amount=part.entry.amount,
                open=part.open,
                emptied=[
                    {**asdict(taken), "dated": taken.dated.isoformat(), "amount": str(taken.amount)}
                    for taken in part.emptied
                ],
            )
            for part in parts
        ),
        batch_size=_AT_ONCE,
    )
    return reading
