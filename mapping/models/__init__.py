"""The mapping app's models, by their rooms."""

from __future__ import annotations

from mapping.models.company import Company, CompanyKind, Membership, Role
from mapping.models.customers import SourceCustomer
from mapping.models.decisions import LineTypeDefault, PostingAccounts, Product, ProductKind
from mapping.models.lists import QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, QuickBooksTerm

__all__ = [
    "Company",
    "CompanyKind",
    "LineTypeDefault",
    "Membership",
    "PostingAccounts",
    "Product",
    "ProductKind",
    "QuickBooksAccount",
    "QuickBooksCustomer",
    "QuickBooksItem",
    "QuickBooksTerm",
    "Role",
    "SourceCustomer",
]
