"""Which screens belong to which step of setup, and what comes before and after each?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from companies.activation import SetupStep
from companies.models import Company, CompanyKind
from companies.screen import ops_address


@dataclass(frozen=True, kw_only=True)
class SetupLink:
    """A way to a screen of a step."""

    label: StrPromise
    address: str
    name: SetupStep


#: Words, name of the address (one without a room is for `ops_address`), whether the address names the company.
_Screen = tuple[StrPromise, str, bool]

_ONLINE: Mapping[SetupStep, Sequence[_Screen]] = {
    SetupStep.CONNECT: ((_("QuickBooks connection"), "sync:quickbooks", True),),
    SetupStep.LISTS: ((_("QuickBooks connection"), "sync:quickbooks", True),),
    SetupStep.POSTING_ACCOUNTS: ((_("Posting accounts"), "mapping:posting_accounts", True),),
    SetupStep.LINE_TYPES: ((_("Line types"), "mapping:line_types", True),),
    SetupStep.PRODUCTS: (
        (_("Import orders"), "import_orders", True),
        (_("Products"), "admin:mapping_product_changelist", False),
        (_("Item rules"), "mapping:item_rules", True),
    ),
    SetupStep.CUSTOMERS: (
        (_("Customer rules"), "mapping:customer_rules", True),
        (_("Customers"), "admin:mapping_sourcecustomer_changelist", False),
        (_("Issues"), "issues", True),
    ),
    SetupStep.REHEARSAL: ((_("Test company"), "setup:rehearsal", True),),
    SetupStep.GO_LIVE: ((_("Go live"), "setup:go_live", True),),
}
_DESKTOP: Mapping[SetupStep, Sequence[_Screen]] = {
    SetupStep.CONNECT: (),
    SetupStep.LISTS: ((_("Lists of QuickBooks Desktop"), "desktop_lists", True),),
    SetupStep.REHEARSAL: (
        (_("QuickBooks Desktop"), "desktop", True),
        (_("Test company"), "setup:rehearsal", True),
    ),
}
#: The settings pages, in the order in which a person goes from one to the next: revenue, customers, products.
_PAGES: Mapping[SetupStep, str] = {
    SetupStep.POSTING_ACCOUNTS: "mapping:posting_accounts",
    SetupStep.LINE_TYPES: "mapping:line_types",
    SetupStep.CUSTOMERS: "mapping:customer_rules",
    SetupStep.PRODUCTS: "admin:mapping_product_changelist",
}
#: The same, the other way round.
PAGE_STEPS: Mapping[str, SetupStep] = {screen: name for name, screen in _PAGES.items()}


def links_of(company: Company, name: SetupStep) -> list[SetupLink]:
    """The screens of a step, the one to begin with first."""
    if name is SetupStep.GO_LIVE and company.live_since:
        return []  # its screen leads back to Setup from then on
    screens = _ONLINE[name]
    if company.kind == CompanyKind.DESKTOP:
        screens = _DESKTOP.get(name, screens)
    return [
        SetupLink(label=label, address=address, name=name)
        for label, screen, named in screens
        if (address := _address(screen, company, named=named))
    ]


def neighbours(company: Company, screen: str) -> tuple[SetupLink | None, SetupLink | None]:
    """The settings pages before and after a screen; two times None for any other screen.

    While a company is being set up they follow each other as the steps do: products first, for customers come with
    the orders that are imported there.
    """
    order = list(_PAGES) if company.live_since else [name for name in SetupStep if name in _PAGES]
    here = next((number for number, name in enumerate(order) if _PAGES[name] == screen), None)
    if here is None:
        return None, None
    before = order[here - 1] if here else None
    after = order[here + 1] if here + 1 < len(order) else None
    return _page(company, before), _page(company, after)


def _page(company: Company, name: SetupStep | None) -> SetupLink | None:
    if name is None:
        return None
    screen = _PAGES[name]
    address = _address(screen, company, named=screen.startswith("mapping:"))
    return SetupLink(label=name.label, address=address, name=name)


def _address(screen: str, company: Company, *, named: bool) -> str:
    """Empty where this installation has no such screen."""
    if ":" not in screen:
        return ops_address(company, screen)
    try:
        return reverse(screen, args=[company.slug] if named else [])
    except NoReverseMatch:
        return ""
