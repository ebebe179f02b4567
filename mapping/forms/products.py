"""How does a person say what a product is called in QuickBooks?"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from mapping.account_uses import PRODUCT
from mapping.forms.base import PicksNames
from mapping.forms.document_forms import choice_of
from mapping.models import Product, Taxable
from mapping.posting_settings import uses_taxable


class ProductForm(PicksNames):
    """The fields of “QuickBooks information”; the rest of a product belongs to its source."""

    item_fields = ("quickbooks_product_name",)
    account_fields: ClassVar = {"quickbooks_account_name": PRODUCT}

    class Meta:
        model = Product
        fields = ("quickbooks_product_name", "quickbooks_account_name", "quickbooks_class", "taxable")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "quickbooks_class" in self.fields:
            self._offer_classes()
        if "taxable" in self.fields:
            self._offer_taxable()

    def _offer_taxable(self) -> None:
        """Offer yes and no; where tax is a line of its own there is nothing to choose."""
        if uses_taxable(self.company):
            kept = str(self.instance.taxable)
            words = [(value, str(label)) for value, label in Taxable.choices]
            undecided = _("Not decided: the amount of tax says")
            self.fields["taxable"] = choice_of(self.fields["taxable"], words, kept, empty=undecided)
        else:
            del self.fields["taxable"]

    def _offer_classes(self) -> None:
        """Offer the company's classes; where it has none there is nothing to choose."""
        kept = str(self.instance.quickbooks_class)
        names = self.lists.classes
        if names or kept:
            given = self.fields["quickbooks_class"]
            self.fields["quickbooks_class"] = choice_of(given, [(name, name) for name in names], kept)
        else:
            del self.fields["quickbooks_class"]
