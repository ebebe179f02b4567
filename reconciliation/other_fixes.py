"""Where else can a cause be cleared, beside the forms on its page? In words, with the screen to do it on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from books.outside.texts import row_number
from books.translation import gettext_noop
from companies.models import Company, CompanyKind
from mapping.models import LineTypeDefault, Product
from reconciliation.models import Issue, IssueState


@dataclass(frozen=True, kw_only=True)
class Way:
    """One more way, and the link to the screen where it is done."""

    words: str
    link: str = ""
    label: str = ""


def ways_of(company: Company, issue: Issue) -> list[Way]:
    """The other ways for an open issue; none for a solved one."""
    if issue.state != IssueState.OPEN:
        return []
    return [way for find in _FINDERS.get(issue.code, ()) for way in find(company, issue)]


def _decision(company: Company, issue: Issue) -> Iterator[Way]:
    """The screen on which the product, line type or posting account is decided."""
    kind, _colon, key = str(issue.facts.get("used_by_key", "")).partition(":")
    if kind == "product":
        yield from _of_product(company, Product.objects.filter(company=company, pk=row_number(key) or 0))
    elif kind == "line-type":
        yield from _of_line_type(company, key)
    elif kind in ("posting", "payment-method"):
        yield from _posting(company, issue)


def _switches(company: Company, issue: Issue) -> Iterator[Way]:
    """The switches of the source that the issue is about."""
    link = _address("reconciliation:source", company.slug, issue.facts.get("system", ""))
    yield Way(words=_("Turn the switch on."), link=link, label=str(issue.facts.get("source", "")))


def _product(company: Company, issue: Issue) -> Iterator[Way]:
    """The product's own row among the items to match, with every way out of its reason; and its whole mapping."""
    system, _colon, key = str(issue.facts.get("product_key", "")).partition(":")
    products = list(Product.objects.filter(company=company, system=system, source_key=key)[:1])
    for product in products:
        if product.active:
            link = f"{_address('reconciliation:match_items', company.slug)}?product={product.pk}"
            words = _("Enter its SKU or another name, choose its item or create it: its row has every way.")
            yield Way(words=words, link=link, label=_("Items to match"))
    yield from _of_product(company, products)


def _new_items(company: Company, issue: Issue) -> Iterator[Way]:
    """Where items of several products are created at once, or why none are."""
    if company.kind == CompanyKind.ONLINE:
        words = _("Have items created in QuickBooks for several products at once.")
        yield Way(words=words, link=_address("reconciliation:new_items", company.slug), label=_("Items for QuickBooks"))


def _of_product(company: Company, products: object) -> Iterator[Way]:
    for product in products[:1]:  # type: ignore[index]
        words = _("Change the whole mapping of the product.")
        yield Way(words=words, link=_address("admin:mapping_product_change", product.pk), label=product.name)


def _of_line_type(company: Company, section: str) -> Iterator[Way]:
    default = LineTypeDefault.objects.filter(company=company, section=section).first()
    link = _address("mapping:line_types", company.slug)
    if default and default.pass_item_description_as_the_name:
        words = _(
            "Lines of this type pass their description as the name. Switch that off to use the Item Name Default, or "
            "add an item of that name in QuickBooks."
        )
        yield Way(words=words, link=link, label=_("Line types"))
    else:
        yield Way(words=_("Change the settings of the line type."), link=link, label=_("Line types"))


def _line_type(company: Company, issue: Issue) -> Iterator[Way]:
    yield from _of_line_type(company, str(issue.facts.get("section_key", "")))


def _posting(company: Company, issue: Issue) -> Iterator[Way]:
    link = _address("mapping:posting_accounts", company.slug)
    yield Way(words=_("See all posting accounts and payment methods."), link=link, label=_("Posting accounts"))


def _statuses(company: Company, issue: Issue) -> Iterator[Way]:
    link = _address("reconciliation:order_statuses", company.slug)
    yield Way(words=_("See what every status means."), link=link, label=_("Order statuses"))


def _forms(company: Company, issue: Issue) -> Iterator[Way]:
    link = _address("mapping:transaction_types", company.slug)
    words = _("See which form each document takes, and under which names.")
    yield Way(words=words, link=link, label=_("Transaction types"))


def _customer_rules(company: Company, issue: Issue) -> Iterator[Way]:
    link = _address("mapping:customer_rules", company.slug)
    words = _("Decide how customers are found, and what becomes of orders whose customer is not.")
    yield Way(words=words, link=link, label=_("Customer rules"))


def _item_rules(company: Company, issue: Issue) -> Iterator[Way]:
    link = _address("mapping:item_rules", company.slug)
    words = _("Decide by what the items of a source are found.")
    yield Way(words=words, link=link, label=_("Item rules"))


def _choice(company: Company, issue: Issue) -> Iterator[Way]:
    """The document forms, unless it is the class of a product."""
    if issue.facts.get("used_by_key"):
        yield from _decision(company, issue)
    else:
        yield from _forms(company, issue)


def _in_quickbooks(words: str) -> Callable[[Company, Issue], Iterator[Way]]:
    def way(company: Company, issue: Issue) -> Iterator[Way]:
        yield Way(words=_(words) % issue.facts)

    return way


def _same_number(company: Company, issue: Issue) -> Iterator[Way]:
    number = str(issue.facts.get("number", ""))
    link = f"{_address('reconciliation:documents', company.slug)}?number={number}"
    yield Way(words=_("Compare the records that have this number."), link=link, label=number)


def _proof(company: Company, issue: Issue) -> Iterator[Way]:
    number = row_number(str(issue.facts.get("run", ""))) or 0
    words = _("See account by account what was posted and what moved.")
    label = _("Sync %(number)s") % {"number": number}
    yield Way(words=words, link=_address("reconciliation:sync_run", company.slug, number), label=label)
    words = _("Compare every record of the period with QuickBooks.")
    yield Way(words=words, link=_address("reconciliation:tie_outs", company.slug), label=_("Tie-out"))


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


_NEW_ITEM = gettext_noop("Add an item of that name in QuickBooks, or make it active there, then press Re-sync.")
_NEW_ACCOUNT = gettext_noop("Add the account in QuickBooks, or make it active there, then press Re-sync.")
_ITEM_ACCOUNT = gettext_noop(
    "Change the income account of “%(item)s” in QuickBooks to “%(mapped)s”, then press Re-sync."
)

_FINDERS: Mapping[str, tuple[Callable[[Company, Issue], Iterator[Way]], ...]] = {
    "product-without-mapping": (_product, _new_items, _item_rules),
    "item-sync-off": (_switches,),
    "customer-sync-off": (_switches,),
    "line-type-without-mapping": (_line_type,),
    "item-not-in-quickbooks": (_in_quickbooks(_NEW_ITEM), _decision),
    "item-is-ambiguous": (_decision, _item_rules),
    "account-not-in-quickbooks": (_in_quickbooks(_NEW_ACCOUNT),),
    "account-of-wrong-type": (_posting,),
    "posting-account-not-set": (_posting,),
    "payment-method-not-decided": (_posting,),
    "status-not-decided": (_statuses,),
    "tax-code-not-set": (_forms,),
    "no-customer": (_customer_rules,),
    "customer-not-found": (_customer_rules,),
    "several-customers-fit": (_customer_rules,),
    "standard-customer-gone": (_customer_rules,),
    "choice-not-in-quickbooks": (_choice,),
    "tax-differs": (_forms,),
    "moves-two-receivables": (_posting,),
    "item-account-differs": (_in_quickbooks(_ITEM_ACCOUNT), _decision),
    "name-breaks-rule": (_decision,),
    "number-used-twice": (_same_number,),
    "trial-balance-differs": (_proof,),
}
