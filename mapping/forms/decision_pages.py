"""Which forms are on each page of decisions, filled with what a person typed and has not saved?"""

from __future__ import annotations

from companies.models import Company
from mapping.forms.base import PicksNames
from mapping.forms.customer_rules import CustomerRulesForm, rules_forms
from mapping.forms.document_events import SourceEventForm, event_forms
from mapping.forms.document_forms import DocumentFormsForm, SourceDimensionsForm, dimension_forms
from mapping.forms.item_rules import ItemRulesForm, item_rules_forms
from mapping.forms.line_types import line_type_forms
from mapping.forms.payment_methods import method_forms, sent
from mapping.forms.posting_accounts import PostingAccountsForm
from mapping.forms.products import ProductForm
from mapping.models import DocumentForms, PostingAccounts, Product

ProposedForm = PicksNames | SourceDimensionsForm | CustomerRulesForm | ItemRulesForm | SourceEventForm

#: The pages that can be asked what they would do.
PAGES = (
    "line-types",
    "posting-accounts",
    "transaction-types",
    "customer-rules",
    "item-rules",
    "document-events",
    "product",
)


def proposed_forms(company: Company, page: str, data: object, *, pk: int | None = None) -> list[ProposedForm]:
    """The bound forms of a page.

    Args:
        company: Whose decisions.
        page: One of `PAGES`.
        data: What was typed, as the page sends it; None for what is stored.
        pk: Of the product.

    Raises:
        LookupError: There is no such page, or no such product in this company.
    """
    if page == "line-types":
        return list(line_type_forms(company, data, {}))
    if page == "posting-accounts":
        accounts = PostingAccounts.objects.filter(company=company).first() or PostingAccounts(company=company)
        form = _made(PostingAccountsForm, company)(data, instance=accounts)
        return [form] if data is None else [form, *sent(method_forms(company, data, {}))]
    if page == "customer-rules":
        return list(rules_forms(company, data))
    if page == "item-rules":
        return list(item_rules_forms(company, data))
    if page == "document-events":
        return list(event_forms(company, data))
    if page == "transaction-types":
        forms = DocumentForms.objects.filter(company=company).first() or DocumentForms(company=company)
        return [_made(DocumentFormsForm, company)(data, instance=forms), *dimension_forms(company, data)]
    if page == "product":
        product = Product.objects.filter(company=company, pk=pk).first() if pk else None
        if product is not None:
            return [_made(ProductForm, company)(data, instance=product)]
    raise LookupError(page)


def _made(form: type[PicksNames], company: Company) -> type[PicksNames]:
    return type(form.__name__, (form,), {"company": company})
