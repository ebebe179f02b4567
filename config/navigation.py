"""What is in the menu, for this person, on this page, and what does a page outside the admin need to look like it?"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from companies.access import Right, Standing, standing
from companies.models import Company, CompanyKind

_ORDERS = "reconciliation:orders"
_PRODUCTS, _CUSTOMERS = "admin:mapping_product_changelist", "admin:mapping_sourcecustomer_changelist"
#: Pages that are under another entry than their address says, by their name.
_PART_OF = {
    "mapping:copy": _PRODUCTS,
    "mapping:customer_rules": _CUSTOMERS,
    "mapping:item_rules": _PRODUCTS,
    "mapping:document_events": _ORDERS,
    "mapping:products_export": _PRODUCTS,
    "mapping:products_import": _PRODUCTS,
    "mapping:products_table": _PRODUCTS,
    "reconciliation:customer_decisions": _CUSTOMERS,
    "reconciliation:match_customers": _CUSTOMERS,
    "reconciliation:match_customers_sheet": _CUSTOMERS,
    "reconciliation:match_several": _CUSTOMERS,
    "reconciliation:import_items": _PRODUCTS,
    "reconciliation:match_items": _PRODUCTS,
    "reconciliation:new_items": _PRODUCTS,
    "reconciliation:what_if_product": _PRODUCTS,
    "reconciliation:adoption": "reconciliation:tie_outs",
    "reconciliation:adoptions": "reconciliation:tie_outs",
    "reconciliation:cleanup": "reconciliation:tie_outs",
    "reconciliation:cleanups": "reconciliation:tie_outs",
    "reconciliation:undo": "reconciliation:sync_history",
    "reconciliation:undos": "reconciliation:sync_history",
    "setup:activation": "setup:setup",
    "sync:quickbooks": "reconciliation:integrations",
    "sync:quickbooks_disconnect": "reconciliation:integrations",
}
#: The same for pages that several lists lead to, by what they were asked.
_ASKED_FROM = {
    "reconciliation:resync": {
        "issue": "reconciliation:issues",
        "order": "reconciliation:orders",
        "": "reconciliation:documents",
    },
    "reconciliation:what_if": {
        "line-types": "mapping:line_types",
        "transaction-types": "mapping:transaction_types",
        "customer-rules": _CUSTOMERS,
        "item-rules": _PRODUCTS,
        "document-events": _ORDERS,
        "": "mapping:posting_accounts",
    },
}


def sidebar(request: HttpRequest) -> list[dict[str, object]]:
    """The groups of the menu, in the shape that unfold draws; what the person's role cannot open is left out."""
    found = standing(request)
    groups = _of_company(found.company, found) if found.company else []
    if request.user.is_authenticated and getattr(request.user, "is_superuser", False):
        groups.append(_of_installation())
    return _with_the_open_one(groups, _address(request))


def environment_badge(request: HttpRequest) -> list[str] | None:
    """A label beside the name of the person wherever the books on the screen are not live ones."""
    company = standing(request).company
    if settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "rehearsal" or (company and company.is_rehearsal):
        return [_("Test company"), "warning"]
    return None if settings.PRODUCTION else [_("Development"), "info"]


def has_several_languages(request: HttpRequest) -> bool:
    """Whether the menu of the person offers a choice."""
    return len(settings.LANGUAGES) > 1


def _of_company(company: Company, found: Standing) -> list[dict[str, object]]:
    slug, desktop = company.slug, company.kind == CompanyKind.DESKTOP
    mapping = [
        _entry(_("Products"), "sell", "admin:mapping_product_changelist"),
        _entry(_("Customers"), "group", _CUSTOMERS),
        _entry(_("Line types"), "receipt_long", "mapping:line_types", slug),
        _entry(_("Posting accounts"), "account_balance", "mapping:posting_accounts", slug),
        _entry(_("Transaction types"), "article", "mapping:transaction_types", slug),
    ]
    orders = [_entry(_("Orders"), "shopping_cart", "reconciliation:orders", slug)]
    if found.may(Right.RESOLVE):
        orders.append(_entry(_("Import orders"), "note_add", "reconciliation:import_orders", slug))
    return [
        _group(
            "",
            _entry(_("Home"), "home", "reconciliation:home", slug),
            _entry(_("Issues"), "report", "reconciliation:issues", slug),
            _entry(_("Documents"), "description", "reconciliation:documents", slug),
            *orders,
            _entry(_("Sync history"), "sync", "reconciliation:sync_history", slug),
            *([] if desktop else [_entry(_("Tie-out"), "balance", "reconciliation:tie_outs", slug)]),
        ),
        *([_of_desktop(slug)] if desktop else []),
        _group(_("Mapping"), *mapping),
        _group(
            _("Settings"),
            _entry(_("Integrations"), "cable", "reconciliation:integrations", slug),
            _entry(_("Setup"), "checklist", "setup:setup", slug),
            _entry(_("Company"), "business_center", "admin:companies_company_change", company.pk),
            _entry(_("Users"), "badge", "admin:companies_membership_changelist"),
            _entry(_("History"), "history", "mapping:history", slug),
            *([_failed_sign_ins()] if found.may(Right.ADMINISTER) else []),
            _entry(_("Help"), "help", "setup:help", slug),
        ),
        _group(
            _("QuickBooks lists"),
            _entry(_("Accounts"), "account_tree", "admin:mapping_quickbooksaccount_changelist"),
            _entry(_("Items"), "inventory_2", "admin:mapping_quickbooksitem_changelist"),
            _entry(_("QuickBooks customers"), "contacts", "admin:mapping_quickbookscustomer_changelist"),
            _entry(_("Terms"), "event", "admin:mapping_quickbooksterm_changelist"),
            *([] if desktop else _of_online()),
            folds=True,
        ),
    ]


def _address(request: HttpRequest) -> str:
    """The address under which the page is in the menu: its own, or that of the list it belongs to."""
    match = request.resolver_match
    if match is None:
        return request.path
    screen = _PART_OF.get(match.view_name, "")
    if match.view_name in _ASKED_FROM:
        asked = match.kwargs.get("page") or request.POST.get("scope", "")
        of_page = _ASKED_FROM[match.view_name]
        screen = of_page.get(asked, of_page[""])
    if not screen:
        return request.path
    slug = match.kwargs.get("company")
    return reverse(screen) if screen in (_PRODUCTS, _CUSTOMERS) else reverse(screen, args=[slug])


def _of_desktop(slug: str) -> dict[str, object]:
    return _group(
        _("QuickBooks Desktop"),
        _entry(_("Export files"), "file_export", "reconciliation:desktop", slug),
        _entry(_("Import lists"), "playlist_add", "reconciliation:desktop_lists", slug),
        _entry(_("Check a file"), "fact_check", "reconciliation:desktop_check", slug),
        _entry(_("File settings"), "tune", "admin:mapping_desktopsettings_changelist"),
    )


def _of_online() -> list[dict[str, object]]:
    """Lists that files for QuickBooks Desktop carry nothing of."""
    return [
        _entry(_("Classes"), "category", "admin:mapping_quickbooksclass_changelist"),
        _entry(_("Locations"), "location_on", "admin:mapping_quickbookslocation_changelist"),
        _entry(_("Tax codes"), "percent", "admin:mapping_quickbookstaxcode_changelist"),
    ]


def _of_installation() -> dict[str, object]:
    return _group(
        _("Installation"),
        _entry(_("Companies"), "domain", "admin:companies_company_changelist"),
        _entry(_("Add a company"), "add_business", "admin:companies_company_add"),
        _entry(_("Logins"), "key", "admin:auth_user_changelist"),
        _entry(_("Status"), "monitor_heart", "sync:status"),
    )


def _failed_sign_ins() -> dict[str, object]:
    return _entry(_("Failed sign-ins"), "lock_clock", "admin:config_failedsignin_changelist")


def _group(title: str, *entries: dict[str, object], folds: bool = False) -> dict[str, object]:
    """A group; one that folds is closed until its title is pressed, or one of its pages is open."""
    return {"title": title, "separator": bool(title), "collapsible": folds, "items": list(entries)}


def _entry(title: str, icon: str, screen: str, *args: object) -> dict[str, object]:
    return {"title": title, "icon": icon, "link": _address_of(screen, args, get_script_prefix()), "active": False}


@lru_cache(maxsize=10_000)
def _address_of(screen: str, args: tuple[object, ...], prefix: str) -> str:
    """The address of a screen, which stays what it is: a page has thirty of them in its menu."""
    return reverse(screen, args=args)


def _with_the_open_one(groups: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """Mark the entry of the open page: the one whose address the page's own begins with, the longest of them.

    Every address of a company begins with that of its Home, which is open only where it is the page itself.
    """
    home = groups[0]["items"][0]["link"] if groups and groups[0]["items"] else ""
    entries = [
        entry
        for group in groups
        for entry in group["items"]
        if path.startswith(entry["link"]) and (entry["link"] != home or path == home)
    ]
    if entries:
        max(entries, key=lambda entry: len(entry["link"]))["active"] = True
    return groups


_KEPT_ON_REQUEST = "_tieout_look"


def look(request: HttpRequest) -> dict[str, object]:
    """The context of the shared base template; the admin's own pages bring theirs, so they get nothing twice."""
    if request.resolver_match and "admin" in request.resolver_match.app_names:
        return {}
    if not hasattr(request, _KEPT_ON_REQUEST):  # a table renders its own template, and would ask again
        setattr(request, _KEPT_ON_REQUEST, _look(request))
    kept: dict[str, Any] = getattr(request, _KEPT_ON_REQUEST)
    return kept


def _look(request: HttpRequest) -> dict[str, object]:
    user = getattr(request, "user", None)
    if user is None:  # an error before anybody could be recognized
        return {}
    site = admin.site
    around = site.each_context(request)
    # Everybody with a login has a menu here; what is in it depends on their roles, not on the admin's door
    menu = around["sidebar_navigation"] or (user.is_authenticated and site.get_sidebar_list(request)) or []  # type: ignore[attr-defined]
    return {
        **around,
        "has_permission": user.is_authenticated,
        "is_nav_sidebar_enabled": user.is_authenticated,
        "sidebar_navigation": menu,
        "company": SimpleLazyObject(lambda: standing(request).company),
    }
