"""Who plays in the demo? A company, one person per role, and what its accountant decided."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from books.orders import Section
from mapping.models import Company, LineTypeDefault, Membership, PostingAccounts, Product, Role

SLUG = "bramble-birch"
PASSWORD = "tieout-demo"
SAMPLES: Path = settings.BASE_DIR / "samples"

#: One person per role, by the name they sign in with.
PEOPLE: Mapping[str, Role] = {
    "accountant": Role.ACCOUNTANT,
    "ops": Role.OPS,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMINISTRATOR,
}

_LINE_TYPES: Mapping[Section, str] = {
    Section.UNKNOWN: "Uncategorized Sale",
    Section.PROGRAM: "Program Fee",
    Section.SHIPPING: "Shipping",
    Section.TAX: "Sales Tax",
    Section.SERVICE: "Studio Services",
    Section.UPSELL: "Upsell",
    Section.FINANCE_CHARGE: "Finance Charge",
    Section.SPECIAL: "Discount",
}
_ACCOUNTS: Mapping[Section, str] = {
    Section.SHIPPING: "Shipping Income",
    Section.TAX: "Sales Tax Payable",
    Section.FINANCE_CHARGE: "Finance Charge Income",
    Section.SPECIAL: "Discounts Given",
}
_POSTING: Mapping[str, str] = {
    "invoice_debit": "Accounts Receivable",
    "payment_debit": "Undeposited Funds",
    "payment_credit": "Accounts Receivable",
    "credit_debit": "Refunds & Allowances",
    "credit_credit": "Accounts Receivable",
    "refund_debit": "Refunds & Allowances",
    "refund_credit": "Checking",
}


def open_studio() -> Company:
    """The demo's company with its people and decisions; what is there already stays as people changed it."""
    company, created = Company.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Bramble & Birch Studio",
            "time_zone": "America/Denver",
            "home_currency": "USD",
            "is_rehearsal": True,
            "switched_on": True,
            "posts_automatically": True,
        },
    )
    _people(company)
    if created:
        _decide(company)
    return company


def _people(company: Company) -> None:
    users = get_user_model().objects
    for name, role in PEOPLE.items():
        user, created = users.get_or_create(username=name, defaults={"email": f"{name}@example.com"})
        if created:
            user.set_password(PASSWORD)
            user.save()
        Membership.objects.get_or_create(company=company, user=user, defaults={"role": role})


def _decide(company: Company) -> None:
    """What the accountant of the studio entered, with the two slips that the demo shows."""
    PostingAccounts.objects.update_or_create(company=company, defaults=dict(_POSTING))
    for section, item in _LINE_TYPES.items():
        LineTypeDefault.objects.update_or_create(
            company=company,
            section=section.value,
            defaults={"item_name_default": item, "item_account_default": _ACCOUNTS.get(section, "")},
        )
    for product in products():
        Product.objects.update_or_create(
            company=company,
            system=product["system"],
            source_key=str(product["id"]),
            defaults={
                "name": product["name"],
                "sku": product["sku"],
                "kind": product["kind"],
                "quickbooks_product_name": product["quickbooks_product_name"],
                "quickbooks_account_name": product["quickbooks_account_name"],
            },
        )


def products() -> list[dict[str, Any]]:
    """The products of the studio's CRM, with the two fields as its accountant entered them."""
    found: list[dict[str, Any]] = json.loads((SAMPLES / "products.json").read_text(encoding="utf-8"))
    return found


def expected() -> dict[str, Any]:
    """What the samples must come to, worked out apart from the application."""
    text = (SAMPLES / "expected.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found
