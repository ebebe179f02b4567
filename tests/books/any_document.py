"""Any document that can exist, of any form, with anything in its fields."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from books.documents import (
    CreditApplication,
    CreditMemo,
    DiscountLine,
    Document,
    Invoice,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    NewCustomer,
    Payment,
    RefundedPart,
    RefundReceipt,
    SalesReceipt,
    SalesTax,
)
from tests.books.values import any_of, cents

usd = st.just("USD")
lines = st.lists(any_of(InvoiceLine, amount=cents), min_size=1, max_size=3).map(tuple)
discounts = st.none() | any_of(DiscountLine, amount=cents)
taxes = st.none() | any_of(SalesTax, amount=cents)
sales: st.SearchStrategy[Document] = st.one_of(
    any_of(Invoice, currency=usd, lines=lines, discount=discounts, tax=taxes),
    any_of(SalesReceipt, currency=usd, lines=lines, discount=discounts, tax=taxes),
    any_of(CreditMemo, currency=usd, lines=lines, discount=discounts, tax=taxes),
    any_of(RefundReceipt, currency=usd, lines=lines),
)
positive = st.integers(1, 10**11).map(lambda units: Decimal(units).scaleb(-2))
entries = positive.flatmap(
    lambda amount: any_of(
        JournalEntry,
        currency=usd,
        lines=st.tuples(any_of(JournalLine, amount=st.just(amount)), any_of(JournalLine, amount=st.just(-amount))),
    )
)
invoices = st.sampled_from(["invoice", "journal-entry"])
credits = st.sampled_from(["credit-memo", "journal-entry"])
applications = any_of(CreditApplication, currency=usd, amount=positive, invoice_form=invoices, credit_form=credits)
payments = st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)).flatmap(
    lambda units: any_of(
        Payment,
        currency=usd,
        invoice_form=invoices,
        amount=st.just(Decimal(units[0]).scaleb(-2)),
        applied=st.just(Decimal(min(units)).scaleb(-2)),
        refunded=st.lists(
            any_of(RefundedPart, amount=st.just(Decimal(units[0] - min(units)).scaleb(-2))), max_size=1
        ).map(tuple),
    )
)
transactions: st.SearchStrategy[Document] = st.one_of(sales, payments, entries, applications)
documents: st.SearchStrategy[Document] = st.one_of(any_of(NewCustomer), transactions)
