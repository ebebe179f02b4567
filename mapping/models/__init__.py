"""The mapping app's models, by their rooms."""

from __future__ import annotations

from mapping.models.activation import Activation, ActivationState, DisclaimerAcceptance, SetupMark
from mapping.models.company import Company, CompanyKind, Membership, NewItemType, Role
from mapping.models.customers import SourceCustomer
from mapping.models.decisions import LineTypeDefault, PostingAccounts, Product, ProductKind
from mapping.models.desktop import CodePage, DateFormat, DesktopSettings, desktop_settings_of
from mapping.models.document_forms import DiscountsAs, DocumentForms, SourceDimensions, TaxAs
from mapping.models.lists import (
    FormerName,
    QuickBooksAccount,
    QuickBooksClass,
    QuickBooksCustomer,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    QuickBooksTerm,
)

__all__ = [
    "Activation",
    "ActivationState",
    "CodePage",
    "Company",
    "CompanyKind",
    "DateFormat",
    "DesktopSettings",
    "DisclaimerAcceptance",
    "DiscountsAs",
    "DocumentForms",
    "FormerName",
    "LineTypeDefault",
    "Membership",
    "NewItemType",
    "PostingAccounts",
    "Product",
    "ProductKind",
    "QuickBooksAccount",
    "QuickBooksClass",
    "QuickBooksCustomer",
    "QuickBooksItem",
    "QuickBooksLocation",
    "QuickBooksTaxCode",
    "QuickBooksTaxRate",
    "QuickBooksTerm",
    "Role",
    "SetupMark",
    "SourceCustomer",
    "SourceDimensions",
    "TaxAs",
    "desktop_settings_of",
]
