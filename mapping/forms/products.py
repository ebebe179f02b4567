"""How does a person say what a product is called in QuickBooks?"""

from __future__ import annotations

from typing import ClassVar

from mapping.account_uses import PRODUCT
from mapping.forms.base import PicksNames
from mapping.models import Product


class ProductForm(PicksNames):
    """The two fields of “QuickBooks information”; the rest of a product belongs to its source."""

    item_fields = ("quickbooks_product_name",)
    account_fields: ClassVar = {"quickbooks_account_name": PRODUCT}

    class Meta:
        model = Product
        fields = ("quickbooks_product_name", "quickbooks_account_name")
