"""Which entities does this company have? Each joins by its name in this table."""

from __future__ import annotations

from .account import Account
from .attachable import Attachable
from .base import Entity
from .company_facts import CompanyInfo, Preferences
from .currency import CompanyCurrency, ExchangeRate
from .deposit import Deposit
from .dimensions import Class, Department
from .estimate import Estimate
from .invoice import Invoice
from .item import Item
from .journal_entry import JournalEntry
from .names import Customer, Employee, Vendor
from .other_sales import CreditMemo, RefundReceipt, SalesReceipt
from .payment import Payment
from .purchase import Purchase
from .small_lists import PaymentMethod, Term
from .tax_lists import TaxAgency, TaxCode, TaxRate

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
        Class(),
        Department(),
        TaxAgency(),
        TaxRate(),
        TaxCode(),
        CompanyCurrency(),
        ExchangeRate(),
        Invoice(),
        Payment(),
        SalesReceipt(),
        CreditMemo(),
        RefundReceipt(),
        JournalEntry(),
        Deposit(),
        Estimate(),
        Purchase(),
        Attachable(),
    )
}
BY_PATH = {name.lower(): entity for name, entity in ENTITIES.items()}
