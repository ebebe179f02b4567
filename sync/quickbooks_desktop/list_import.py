"""What does QuickBooks Desktop call things now? Brings our copy in line with the IIF lists that it exported itself.

A file of which any row cannot be trusted changes nothing. Only the lists that the file contains are compared: what one
of them no longer names becomes inactive, and a list that is not in the file stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.customer_fields import name_key
from companies.bulk_sql import chunks
from companies.models import Company, take_turns
from mapping.models import DesktopOtherName, QuickBooksCustomer
from sync.lists.list_sync import LISTS, ListCounts, ListKind, believed, keep_page, mark_gone
from sync.lists.refresh import longer_than_rule
from sync.models import Run, RunKind, RunState
from sync.preparing.prepare import prepare_unsent
from sync.quickbooks_desktop.batches.acknowledge import FROM_A_FILE
from sync.quickbooks_desktop.batches.reports import faults_told
from sync.quickbooks_desktop.reading.findings import Finding
from sync.quickbooks_desktop.reading.lists import (
    DesktopAccount,
    DesktopCustomer,
    DesktopLists,
    DesktopTerms,
    ReadItem,
    read_lists,
)
from sync.quickbooks_online.list_parsers import AccountRow, CustomerRow, ItemRow, ListRow, TermRow

_AT_ONCE = 400
#: IIF's keyword of each list that we keep, by our name for it.
_KEYWORDS = {"accounts": "ACCNT", "items": "INVITEM", "terms": "TERMS", "customers": "CUST"}
#: Our name of each list whose names no customer can have, by IIF's keyword.
_OTHER_LISTS = {"VEND": "vendors", "EMP": "employees", "OTHERNAME": "other names"}


@dataclass(frozen=True, kw_only=True)
class ListsImported:
    """What a file of lists came to."""

    #: By the list's name; those that the file does not contain are left out.
    lists: dict[str, ListCounts]
    warnings: tuple[Finding, ...] = ()
    #: Names of accounts and items that are longer than the company's rule allows.
    longer_than_rule: int = 0

    @property
    def anything(self) -> bool:
        """Whether our copy is another than before."""
        return any(counts.anything for counts in self.lists.values())

    def plain(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "lists": {name: asdict(counts) for name, counts in self.lists.items()},
            "warnings": faults_told(self.warnings),
            "longer_than_rule": self.longer_than_rule,
        }


@dataclass(frozen=True, kw_only=True)
class ListsRefused:
    """A file that changed nothing, with everything that is wrong with it."""

    findings: tuple[Finding, ...]


def import_lists(company: Company, data: bytes, *, name: str, by: User | None = None) -> ListsImported | ListsRefused:
    """Take over the lists of a file, then prepare again whatever was not sent.

    Args:
        company: Of QuickBooks Desktop.
        data: As File > Utilities > Export > Lists to IIF Files made it.
        name: Of the file, for the history of runs.
        by: Who brought it; None for a command.
    """
    read = read_lists(data)
    if not isinstance(read, DesktopLists):
        return ListsRefused(findings=read.findings)
    run = Run.objects.create(company=company, kind=RunKind.REFRESH, asked_by=by, message=name[:200])
    imported = _take_over(company, read)
    if imported.anything:
        prepare_unsent(company, by=by)
    run.counts = _counted(imported)
    run.state, run.finished_at = RunState.FINISHED, timezone.now()
    run.save()
    return imported


def _take_over(company: Company, read: DesktopLists) -> ListsImported:
    with transaction.atomic():
        take_turns(company)
        lists = {
            name: _keep(company, kind, _rows(name, read, company))
            for name, kind in _kinds().items()
            if _KEYWORDS[name] in read.present
        }
        for keyword, names in read.other_names.items():
            lists[_OTHER_LISTS[keyword]] = _keep_other_names(company, keyword, names)
        if set(read.other_names) == set(_OTHER_LISTS):
            DesktopOtherName.objects.filter(company=company, keyword="").delete()
    return ListsImported(lists=lists, warnings=read.findings, longer_than_rule=longer_than_rule(company))


def _keep_other_names(company: Company, keyword: str, names: Sequence[str]) -> ListCounts:
    """A name that its list no longer has is free for a customer again."""
    before = DesktopOtherName.objects.filter(company=company, keyword__in=(keyword, ""))
    held = dict(before.values_list("name", "pk"))
    rows = [
        DesktopOtherName(company=company, keyword=keyword, name=name, name_compared=name_key(name))
        for name in dict.fromkeys(names)
    ]
    DesktopOtherName.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["company", "name"], update_fields=["keyword"]
    )
    told = {row.name for row in rows}
    missing = list(before.filter(keyword=keyword).exclude(name__in=told).values_list("pk", flat=True))
    if not believed(company, _OTHER_LISTS[keyword], missing=missing, named=len(told)):
        return ListCounts(total=len(told), missing=len(missing))
    DesktopOtherName.objects.filter(pk__in=missing).delete()
    return ListCounts(total=len(told), new=len(told - set(held)), gone=len(missing))


def _kinds() -> dict[str, ListKind]:
    return {kind.name: kind for kind in LISTS if kind.name in _KEYWORDS}


def _keep(company: Company, kind: ListKind, rows: Sequence[ListRow]) -> ListCounts:
    now, counts = timezone.now(), ListCounts()
    for page in chunks(rows, _AT_ONCE):
        counts.add(keep_page(company, kind, page, now=now))
    seen = {row.quickbooks_id for row in rows}
    if kind.model is QuickBooksCustomer:  # a customer of ours may be in QuickBooks only after the list was exported
        ours = QuickBooksCustomer.objects.filter(company=company, sync_token=FROM_A_FILE)
        seen |= set(ours.values_list("quickbooks_id", flat=True))
    counts.add(mark_gone(company, kind, seen, begun=now))
    return counts


def _counted(imported: ListsImported) -> dict[str, int]:
    sums = {
        name: sum(getattr(counts, name) for counts in imported.lists.values()) for name in ("new", "changed", "gone")
    }
    return sums | {name: counts.total for name, counts in imported.lists.items()}


# Rows as our copy has them: the full name is the id, because it is all that an IIF file knows of a name --------------


def _rows(name: str, read: DesktopLists, company: Company) -> list[ListRow]:
    makers: dict[str, Callable[[], list[ListRow]]] = {
        "accounts": lambda: [_account(account) for account in read.accounts],
        "items": lambda: [_item(item) for item in read.items],
        "terms": lambda: [_term(term) for term in read.terms],
        "customers": lambda: [_customer(customer, company.home_currency) for customer in read.customers],
    }
    return makers[name]()


def _account(account: DesktopAccount) -> AccountRow:
    return AccountRow(
        quickbooks_id=account.name,
        sync_token="",
        active=account.active,
        name=account.name.rpartition(":")[2],
        full_name=account.name,
        account_type=account.account_type,
        account_subtype=account.mark,
        number=account.number,
    )


def _item(item: ReadItem) -> ItemRow:
    return ItemRow(
        quickbooks_id=item.name,
        sync_token="",
        active=item.active,
        name=item.name.rpartition(":")[2],
        full_name=item.name,
        sku="",
        item_type=item.item_type,
        income_account_id=item.account,
    )


def _term(term: DesktopTerms) -> TermRow:
    return TermRow(quickbooks_id=term.name, sync_token="", active=term.active, name=term.name, due_days=term.due_days)


def _customer(customer: DesktopCustomer, currency: str) -> CustomerRow:
    return CustomerRow(
        quickbooks_id=customer.name,
        sync_token="",
        active=customer.active,
        display_name=customer.name,
        email=customer.email,
        company_name=customer.company_name,
        given_name=customer.given_name,
        family_name=customer.family_name,
        phone=customer.phone,
        postal_code=_zip_of(customer.billing),
        terms_id=customer.terms,
        currency=currency,
    )


def _zip_of(lines: Sequence[str]) -> str:
    """The ZIP code that ends a line of an address; an IIF file has no column for it."""
    codes = (re.search(r"\b\d{5}(-\d{4})?$", line.strip()) for line in reversed(lines))
    return next((code[0] for code in codes if code), "")
