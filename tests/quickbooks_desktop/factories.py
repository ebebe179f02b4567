"""What is in the database when a test of QuickBooks Desktop begins? The studio, with Desktop's own names as ids."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from books.answers import PostingRole
from companies.models import Company, CompanyKind
from mapping.models import (
    DesktopSettings,
    LineTypeDefault,
    PostingAccounts,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksItem,
    QuickBooksTerm,
)
from sync.models import BatchKind, ExportBatch
from sync.quickbooks_desktop.batches.create_batch import Made, make_batch
from sync.quickbooks_desktop.batches.export_request import Wish
from tests.factories import at_work, prepared
from tests.sample_books import ACCOUNTS, DEFAULTS, ITEMS, POSTING
from tests.written_again import written_again

#: One order paid in part, by a customer that QuickBooks does not have.
SOLD = """
    2026-08-14  order 1042  Wren Halloran <wren@example.com>
    WT-101      199.00
    KIT-CLAY    2 x 24.50
    shipping    8.00
    paid 2026-08-20  Credit Card  100.00
"""
#: Another, by a customer that is in QuickBooks' list.
SOLD_LATER = """
    2026-09-02  order 1043  Priya Natarajan <priya.natarajan@example.com>
    BK-POT      2 x 27.95
    tax         4.17
    paid 2026-09-02  Check  60.07
"""


@written_again
def a_desktop_company(slug: str = "desktop", *, live: bool = True) -> Company:
    """A company that keeps its books in QuickBooks Desktop, with lists and decisions; its ids are full names."""
    company = Company.objects.create(
        name="Bramble & Birch Desktop", slug=slug, time_zone="America/Denver", kind=CompanyKind.DESKTOP
    )
    _lists(company)
    LineTypeDefault.objects.bulk_create(
        LineTypeDefault(company=company, section=section.value, item_name_default=ITEMS[sku].name)
        for section, sku in DEFAULTS.items()
    )
    paths = {role.value.replace("-", "_"): account.path for role, account in POSTING.items()}
    paths[PostingRole.REFUND_CREDIT.value.replace("-", "_")] = "Checking"
    PostingAccounts.objects.create(company=company, **paths)
    return at_work(company) if live else company


def _lists(company: Company) -> None:
    now = timezone.now()
    QuickBooksAccount.objects.bulk_create(
        QuickBooksAccount(
            company=company,
            quickbooks_id=path,
            name=path.rpartition(":")[2],
            full_name=path,
            account_type=account.account_type,
            changed_at=now,
        )
        for path, account in ACCOUNTS.items()
    )
    QuickBooksItem.objects.bulk_create(
        QuickBooksItem(
            company=company,
            quickbooks_id=item.name,
            name=item.name,
            full_name=item.name,
            sku=sku,
            sku_compared=sku.casefold(),
            item_type="Service",
            income_account_id=item.income_account.path if item.income_account else "",
            changed_at=now,
        )
        for sku, item in ITEMS.items()
    )
    QuickBooksTerm.objects.create(company=company, quickbooks_id="Net 15", name="Net 15", due_days=15, changed_at=now)
    QuickBooksCustomer.objects.create(
        company=company,
        quickbooks_id="Priya Natarajan",
        display_name="Priya Natarajan",
        name_compared="priya natarajan",
        email="priya.natarajan@example.com",
        email_compared="priya.natarajan@example.com",
        changed_at=now,
    )


def with_orders(company: Company) -> Company:
    """The same, with both orders prepared."""
    prepared(company, SOLD, SOLD_LATER)
    return company


def settings(company: Company, **values: Any) -> DesktopSettings:
    """What its files look like, with some values of their own."""
    return DesktopSettings.objects.update_or_create(company=company, defaults=values)[0]


def a_person(name: str = "accountant") -> Any:
    """Someone who asks."""
    return get_user_model().objects.get_or_create(username=name)[0]


def rehearsal(company: Company) -> ExportBatch:
    """A rehearsal file of all that is ready."""
    return made(company, kind=BatchKind.REHEARSAL)


def exported(company: Company, **wish: Any) -> ExportBatch:
    """A live file, after a rehearsal."""
    rehearsal(company)
    return made(company, kind=BatchKind.LIVE, backup_confirmed=True, **wish)


def made(company: Company, **wish: Any) -> ExportBatch:
    """The file that someone wished for."""
    came = make_batch(company, Wish(**{"by": a_person(), **wish}))
    assert isinstance(came, Made), came
    return came.batch


def text_of(batch: ExportBatch) -> str:
    """The file as text."""
    return b"".join(batch.content()).decode("cp1252")


def net(batch: ExportBatch) -> dict[str, Decimal]:
    """What the file moves by account; debit positive, without those that it does not change."""
    sums = {path: Decimal(debit) - Decimal(credit) for path, (debit, credit) in batch.accounts.items()}
    return {path: amount for path, amount in sums.items() if amount}
