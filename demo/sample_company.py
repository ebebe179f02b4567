"""Who plays in the demo? A company, one person per role, and what its accountant decided."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from books.json_types import Json
from companies.activation import accept_disclaimer, put_practice_to_work
from companies.models import Company, Membership, Role
from mapping.models import DocumentForms, LineTypeDefault, PostingAccounts, Product, payment_method

SLUG = "bramble-birch"
PASSWORD = "tieout-demo"
#: Its income account is the Credit Debit Account.
CREDIT_ITEM = "Goodwill Credit"
SAMPLES: Path = settings.BASE_DIR / "demo" / "samples"

#: What is owed on gift cards: payments by them lower it.
GIFT_CARD, GIFT_CARDS = "Gift Card", "Gift Certificates Outstanding"

#: One person per role, by the name they sign in with.
PEOPLE: Mapping[str, Role] = {
    "accountant": Role.ACCOUNTANT,
    "ops": Role.OPS,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMINISTRATOR,
}

#: Who runs the installation: adds companies and logins, and administers every company.
OWNER = "owner"

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
            "posts_automatically": True,
            "proves_syncs": True,
        },
    )
    add_people(company)
    admin = get_user_model().objects.get(username="admin")
    if created:
        _decide(company)
        put_practice_to_work(company, by=admin)
    accept_disclaimer(company, by=admin)  # this version may have another text than the one of the last start
    return company


def add_people(company: Company) -> None:
    """One person per role, and who runs the installation."""
    users = get_user_model().objects
    if not users.filter(username=OWNER).exists():
        users.create_superuser(OWNER, f"{OWNER}@example.com", PASSWORD)
    for name, role in PEOPLE.items():
        user, created = users.get_or_create(username=name, defaults={"email": f"{name}@example.com"})
        if created:
            user.set_password(PASSWORD)
            user.save()
        Membership.objects.get_or_create(company=company, user=user, defaults={"role": role})


def _decide(company: Company) -> None:
    """What the accountant of the studio entered, with the two slips that the demo shows."""
    decide_accounts(company)
    for product in _read("products.json"):
        Product.objects.update_or_create(
            company=company,
            system="keap",
            source_key=product["id"],
            defaults={
                "name": product["name"],
                "sku": product["sku"],
                "kind": product["kind"],
                "quickbooks_product_name": product["quickbooks_product_name"],
                "quickbooks_account_name": product["quickbooks_account_name"],
            },
        )


def decide_accounts(company: Company) -> None:
    """The accounts and the items of line types that the studio posts to."""
    PostingAccounts.objects.update_or_create(company=company, defaults=dict(_POSTING))
    decide_gift_cards(company)
    # An item for credits, and none for refunds: the one become credit memos, the others journal entries
    DocumentForms.objects.update_or_create(company=company, defaults={"credit_item": CREDIT_ITEM})
    for line_type in _read("line-types.json"):
        LineTypeDefault.objects.update_or_create(
            company=company,
            section=line_type["section"],
            defaults={"item_name_default": line_type["item"], "item_account_default": line_type["account"]},
        )


def decide_gift_cards(company: Company) -> None:
    """A gift card brings no money: it lowers what is owed on gift cards."""
    method = payment_method(company.pk, GIFT_CARD)
    method.account = GIFT_CARDS
    method.save()


def expected() -> Json:
    """What the first sync of the samples must come to, worked out apart from the application."""
    found: Json = _read("expected.json")
    return found


def _read(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))
