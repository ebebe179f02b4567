"""Payment methods and the accounts that they move."""

from __future__ import annotations

from django.utils import timezone

from companies.models import Company
from mapping.models import QuickBooksAccount

GIFT_CARDS = "Gift Cards Outstanding"
PAID = """
    2026-08-20  order 1042
    KIT-CLAY    48.00
    paid 2026-08-20  Gift Card  20.00
    paid 2026-08-20  Credit Card  28.00
"""


def a_liability(company: Company, path: str = GIFT_CARDS) -> QuickBooksAccount:
    return QuickBooksAccount.objects.create(
        company=company,
        quickbooks_id=str(900 + QuickBooksAccount.objects.count()),
        name=path,
        full_name=path,
        account_type="Other Current Liability",
        changed_at=timezone.now(),
    )
