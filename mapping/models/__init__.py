"""The mapping app's models, by their rooms."""

from __future__ import annotations

from mapping.models.customer_decisions import (
    CustomerDecision,
    CustomerListVersion,
    DecidedOn,
    DecisionKind,
    KeptSuggestions,
)
from mapping.models.customer_rules import SourceCustomerRules
from mapping.models.customers import SourceCustomer, SourceCustomerEmail
from mapping.models.decisions import (
    ACCOUNT_LENGTH,
    COMPARED_COLUMNS,
    ITEM_LENGTH,
    SKU_LENGTH,
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    Product,
    ProductKind,
    Taxable,
    payment_method,
)
from mapping.models.desktop import CodePage, DateFormat, DesktopOtherName, DesktopSettings, desktop_settings_of
from mapping.models.document_forms import DiscountsAs, DocumentForms, SourceDimensions, TaxAs
from mapping.models.item_rules import SourceItemRules
from mapping.models.lists import (
    ID_LENGTH,
    FormerName,
    ListRow,
    QuickBooksAccount,
    QuickBooksClass,
    QuickBooksCustomer,
    QuickBooksCustomerEmail,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksPaymentMethod,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    QuickBooksTerm,
)
from mapping.models.source_settings import PREFIX_LENGTH, SourceSettings, settings_of
from mapping.models.statuses import SourceEvent, StatusMeaning, StatusWord, stages, status_word
from mapping.models.undecided import UndecidedProduct, touch_products

__all__ = [
    "ACCOUNT_LENGTH",
    "COMPARED_COLUMNS",
    "ID_LENGTH",
    "ITEM_LENGTH",
    "PREFIX_LENGTH",
    "SKU_LENGTH",
    "CodePage",
    "CustomerDecision",
    "CustomerListVersion",
    "DateFormat",
    "DecidedOn",
    "DecisionKind",
    "DesktopOtherName",
    "DesktopSettings",
    "DiscountsAs",
    "DocumentForms",
    "FormerName",
    "KeptSuggestions",
    "LineTypeDefault",
    "ListRow",
    "PaymentMethod",
    "PostingAccounts",
    "Product",
    "ProductKind",
    "QuickBooksAccount",
    "QuickBooksClass",
    "QuickBooksCustomer",
    "QuickBooksCustomerEmail",
    "QuickBooksItem",
    "QuickBooksLocation",
    "QuickBooksPaymentMethod",
    "QuickBooksTaxCode",
    "QuickBooksTaxRate",
    "QuickBooksTerm",
    "SourceCustomer",
    "SourceCustomerEmail",
    "SourceCustomerRules",
    "SourceDimensions",
    "SourceEvent",
    "SourceItemRules",
    "SourceSettings",
    "StatusMeaning",
    "StatusWord",
    "TaxAs",
    "Taxable",
    "UndecidedProduct",
    "desktop_settings_of",
    "payment_method",
    "settings_of",
    "stages",
    "status_word",
    "touch_products",
]
