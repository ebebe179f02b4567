"""Which entities does this company have? Each joins by its name in this table."""

from __future__ import annotations

from .account import Account
from .base import Entity
from .company_facts import CompanyInfo, Preferences
from .deposit import Deposit
from .invoice import Invoice
from .item import Item
from .journal_entry import JournalEntry
from .names import Customer, Employee, Vendor
from .other_sales import CreditMemo, RefundReceipt, SalesReceipt
from .payment import Payment
from .small_lists import PaymentMethod, Term

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        CompanyInfo(),
        Preferences(),
        Account(),
        Item(),
        Customer(),
        Vendor(),
        Employee(),
        Term(),
        PaymentMethod(),
        Invoice(),
        Payment(),
        SalesReceipt(),
        CreditMemo(),
        RefundReceipt(),
        JournalEntry(),
        Deposit(),
    )
}
BY_PATH = {name.lower(): entity for name, entity in ENTITIES.items()}
