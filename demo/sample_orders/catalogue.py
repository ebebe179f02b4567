"""What does Bramble & Birch Studio sell, and what has its accountant entered for QuickBooks?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SampleProduct:
    """A product of the CRM. `item` and `account` are what QuickBooks must end up with."""

    id: int
    name: str
    sku: str
    kind: str
    cents: int
    quickbooks_product_name: str
    quickbooks_account_name: str
    item: str
    account: str


# id | name in the CRM | SKU | kind | cents | QuickBooks Product Name | QuickBooks Account Name | item | its account
_PRODUCTS = """
11 | Wheel Throwing for Beginners | WT-101 | product | 24000 | | | Wheel Throwing 101 | Services:Training:Classes
12 | Wheel Throwing 201 | WT-201 | product | 28000 | Wheel Throwing 201 | Services:Training:Clases | - | -
13 | Glaze Chemistry Evening | GLAZE-EVE | product | 15000 | Glaze Chemistry | Services:Training:Classes | Glaze Chemistry | Services:Training:Classes
14 | Raku Weekend | RK-300 | product | 30000 | RK-300 | Services:Training:Workshops | Raku Weekend | Services:Training:Workshops
15 | Kids' Clay Camp | KC-050 | product | 19500 | Kids' Clay Camp, Ages 7 to 12, Summer | Services:Training:Workshops | - | -
16 | Coaching Hour | | product | 8500 | CO-060 | | Coaching Hour | Services:Coaching
17 | Starter Clay Kit | KIT-CLAY | product | 4800 | | Sales:Kits | Starter Clay Kit | Sales:Kits
18 | Glaze Sampler Box | GS-BOX | product | 3650 | KIT-GLAZE | Sales:Kits | Glaze Sampler | Sales:Kits
19 | Trimming Tools & Sponge | TL-TRIM | product | 2275 | Trimming Tools & Sponge | Sales:Tools | Trimming Tools & Sponge | Sales:Tools
20 | The Patient Potter, signed | bk-pot | product | 2795 | | | The Patient Potter | Sales:Books
21 | Crème Brûlée Mug Kit | | product | 3900 | | | Crème Brûlée Mug Kit | Sales:Kits
22 | Monthly Studio Membership | MB-MONTH | subscription | 6500 | Studio Membership | Memberships | Studio Membership | Memberships
23 | Kiln Shelf | KILN-SH | subscription | 1250 | | Memberships | Kiln Shelf | Memberships
24 | Porcelain Throwing Set | | product | 12000 | | | - | -
"""  # noqa: E501 - a table reads better in one line per product

# name and SKU as QuickBooks has them | price in cents | account
_STALL = """
Starter Clay Kit | KIT-CLAY | 4800 | Sales:Kits
Glaze Sampler | KIT-GLAZE | 3650 | Sales:Kits
Trimming Tools & Sponge | TL-TRIM | 2275 | Sales:Tools
The Patient Potter | BK-POT | 2795 | Sales:Books
Crème Brûlée Mug Kit | KIT-MUG | 3900 | Sales:Kits
Raku Weekend | RK-300 | 30000 | Services:Training:Workshops
Coaching Hour | CO-060 | 8500 | Services:Coaching
"""


@dataclass(frozen=True, kw_only=True)
class SampleDefault:
    """What the accountant entered for the lines of one type that belong to no product."""

    section: str
    item: str
    account: str


LINE_TYPES = (
    SampleDefault(section="unknown", item="Uncategorized Sale", account="Uncategorized Income"),
    SampleDefault(section="program", item="Program Fee", account="Services:Training"),
    SampleDefault(section="shipping", item="Shipping", account="Shipping Income"),
    SampleDefault(section="tax", item="Sales Tax", account="Sales Tax Payable"),
    SampleDefault(section="service", item="Studio Services", account="Services"),
    SampleDefault(section="upsell", item="Upsell", account="Sales"),
    SampleDefault(section="finance-charge", item="Finance Charge", account="Finance Charge Income"),
    SampleDefault(section="special", item="Discount", account="Discounts Given"),
)

#: The section that each line type without a product posts by.
SECTIONS = {
    "unknown": "unknown",
    "other": "unknown",
    "program": "program",
    "shipping": "shipping",
    "tax": "tax",
    "service": "service",
    "tip": "service",
    "fee": "service",
    "upsell": "upsell",
    "finance-charge": "finance-charge",
    "special": "special",
    "order-discount": "special",
    "product-discount": "special",
    "category-discount": "special",
    "shipping-discount": "special",
    "free-trial-discount": "special",
}
ACCOUNT_OF_TYPE = {
    kind: next(line_type.account for line_type in LINE_TYPES if line_type.section == section)
    for kind, section in SECTIONS.items()
}


def _cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]


def products() -> tuple[SampleProduct, ...]:
    """Everything that the CRM sells."""
    return tuple(
        SampleProduct(
            id=int(number),
            name=name,
            sku=sku,
            kind=kind,
            cents=int(cents),
            quickbooks_product_name=entered,
            quickbooks_account_name=entered_account,
            item=item,
            account=account,
        )
        for number, name, sku, kind, cents, entered, entered_account, item, account in _cells(_PRODUCTS)
    )


def stall_goods() -> tuple[SampleProduct, ...]:
    """What the market stall and the wholesale list sell, under QuickBooks' own names and numbers."""
    return tuple(
        SampleProduct(
            id=0,
            name=name,
            sku=sku,
            kind="product",
            cents=int(cents),
            quickbooks_product_name="",
            quickbooks_account_name="",
            item=name,
            account=account,
        )
        for name, sku, cents, account in _cells(_STALL)
    )
