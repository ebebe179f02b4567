"""What do the books of Bramble & Birch Studio hold? The chart, the items and the mapping that the tests share."""

from __future__ import annotations

from books.answers import AccountRef, ItemRef, PostingRole, Terms
from books.orders import Section

_CHART = {
    "Bank": ("Checking", "Savings"),
    "Accounts Receivable": ("Accounts Receivable", "Wholesale Receivables"),
    "Other Current Asset": ("Undeposited Funds", "Inventory Asset"),
    "Fixed Asset": ("Studio Equipment",),
    "Accounts Payable": ("Accounts Payable",),
    "Other Current Liability": ("Sales Tax Payable", "Gift Certificates Outstanding"),
    "Equity": ("Opening Balance Equity", "Retained Earnings"),
    "Income": (
        "Services",
        "Services:Training",
        "Services:Training:Classes",
        "Services:Training:Workshops",
        "Services:Coaching",
        "Sales",
        "Sales:Kits",
        "Sales:Books",
        "Sales:Tools",
        "Memberships",
        "Shipping Income",
        "Discounts Given",
        "Refunds & Allowances",
        "Uncategorized Income",
    ),
    "Other Income": ("Finance Charge Income",),
    "Cost of Goods Sold": ("Cost of Goods Sold",),
    "Expense": (
        "Advertising",
        "Bank Charges",
        "Office Expenses",
        "Office Expenses:Stationery & Supplies",
    ),
}

#: Name and income account of every item, by its SKU.
_ITEMS = {
    "WT-101": ("Wheel Throwing 101", "Services:Training:Classes"),
    "WT-201": ("Wheel Throwing 201", "Services:Training:Classes"),
    "GL-150": ("Glaze Chemistry", "Services:Training:Classes"),
    "RK-300": ("Raku Weekend", "Services:Training:Workshops"),
    "KC-050": ("Kids' Clay Camp", "Services:Training:Workshops"),
    "CO-060": ("Coaching Hour", "Services:Coaching"),
    "KIT-CLAY": ("Starter Clay Kit", "Sales:Kits"),
    "KIT-GLAZE": ("Glaze Sampler", "Sales:Kits"),
    "TL-TRIM": ("Trimming Tools & Sponge", "Sales:Tools"),
    "BK-POT": ("The Patient Potter", "Sales:Books"),
    "KIT-MUG": ("Crème Brûlée Mug Kit", "Sales:Kits"),
    "MB-MONTH": ("Studio Membership", "Memberships"),
    "KILN-SH": ("Kiln Shelf", "Memberships"),
    "SHIP": ("Shipping", "Shipping Income"),
    "TAX": ("Sales Tax", "Sales Tax Payable"),
    "DISC": ("Discount", "Discounts Given"),
    "FIN": ("Finance Charge", "Finance Charge Income"),
    "SVC": ("Studio Services", "Services"),
    "PROG": ("Program Fee", "Services:Training"),
    "UPS": ("Upsell", "Sales"),
    "MISC": ("Uncategorized Sale", "Uncategorized Income"),
}

#: Every account of the studio, by its full path.
ACCOUNTS: dict[str, AccountRef] = {
    path: AccountRef(quickbooks_id=str(number), path=path, account_type=account_type)
    for number, (path, account_type) in enumerate(
        ((path, account_type) for account_type, paths in _CHART.items() for path in paths), start=1
    )
}

#: The account that each item's lines post to, by the item's SKU.
ITEM_ACCOUNTS: dict[str, AccountRef] = {sku: ACCOUNTS[path] for sku, (_, path) in _ITEMS.items()}

#: Every item of the studio, by its SKU.
ITEMS: dict[str, ItemRef] = {
    sku: ItemRef(quickbooks_id=str(number), name=name, income_account=ITEM_ACCOUNTS[sku])
    for number, (sku, (name, _)) in enumerate(_ITEMS.items(), start=1)
}

#: The SKU of the item that stands for every line type but Product.
DEFAULTS: dict[Section, str] = {
    Section.UNKNOWN: "MISC",
    Section.PROGRAM: "PROG",
    Section.SHIPPING: "SHIP",
    Section.TAX: "TAX",
    Section.SERVICE: "SVC",
    Section.UPSELL: "UPS",
    Section.FINANCE_CHARGE: "FIN",
    Section.SPECIAL: "DISC",
}

#: The seven posting accounts of the studio.
POSTING: dict[PostingRole, AccountRef] = {
    PostingRole.INVOICE_DEBIT: ACCOUNTS["Accounts Receivable"],
    PostingRole.PAYMENT_DEBIT: ACCOUNTS["Undeposited Funds"],
    PostingRole.PAYMENT_CREDIT: ACCOUNTS["Accounts Receivable"],
    PostingRole.CREDIT_DEBIT: ACCOUNTS["Refunds & Allowances"],
    PostingRole.CREDIT_CREDIT: ACCOUNTS["Accounts Receivable"],
    PostingRole.REFUND_DEBIT: ACCOUNTS["Refunds & Allowances"],
    PostingRole.REFUND_CREDIT: ACCOUNTS["Accounts Receivable"],
}

#: Customers in the books by their email; two share one.
BOOK_CUSTOMERS: dict[str, tuple[str, ...]] = {
    "priya.natarajan@example.com": ("Priya Natarajan",),
    "orders@omalley.example.com": ("O'Malley & Daughters",),
    "family.okafor@example.com": ("Chidi Okafor", "Ngozi Okafor"),
}

NET_15 = Terms(quickbooks_id="2", name="Net 15", due_days=15)
