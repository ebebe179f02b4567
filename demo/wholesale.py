"""How are items and customers matched one by one? A company with each kind of doubt once, from a file of items."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from books.translation import gettext_noop
from companies.activation import accept_disclaimer, put_practice_to_work
from companies.models import Company, NewItemType
from demo.check import BLOCKED, Figure
from demo.sample_company import SAMPLES, add_people, decide_accounts, expected
from demo.sample_orders.wholesale_story import FAIR_FILE, ITEMS_FILE, ORDERS_FILE
from demo.story import CONNECTING, IMPORTING, Say
from mapping.matching.customers import MatchStep
from mapping.models import SourceCustomerRules, SourceSettings
from mapping.unmatched import counts as to_match
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import (
    Connection,
    Document,
    DocumentProblem,
    DocumentState,
    OrderEvent,
    Run,
    RunKind,
    StagedOrder,
    sources_of,
)
from sync.quickbooks_online.connecting import connect_rehearsal
from sync.quickbooks_online.login import quickbooks_of
from sync.run import sync_company
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.sources.files.catalogue import read_catalogue
from sync.staging.catalogue import take_catalogue
from sync.staging.import_file import import_file
from sync.staging.sources import add_source
from sync.sync_report import SyncReport

SLUG = "bramble-birch-wholesale"
_LAYOUT = "orders-csv"
#: Its sources by the file of their orders, in the order in which they were added.
_SOURCES: Mapping[str, str] = {ORDERS_FILE: "Wholesale list", FAIR_FILE: "Craft fair"}
_WHOLESALE = gettext_noop("Wholesale: %(what)s")
_ORDERS = gettext_noop("orders of %(file)s")


@dataclass(frozen=True, kw_only=True)
class WholesaleTold:
    """What the story came to."""

    company: Company
    sync: SyncReport


def open_wholesale() -> Company:
    """The company with its people and decisions; what is there already stays as people changed it."""
    company, created = Company.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Bramble & Birch Wholesale",
            "time_zone": "America/Denver",
            "home_currency": "USD",
            "is_rehearsal": True,
            "posts_automatically": True,
            "creates_items": True,
            "new_item_type": NewItemType.NON_INVENTORY,
            "new_item_income_account": "Sales:Tools",
            "new_item_expense_account": "Cost of Goods Sold",
        },
    )
    add_people(company)
    admin = get_user_model().objects.get(username="admin")
    if created:
        decide_accounts(company)
        put_practice_to_work(company, by=admin)
    accept_disclaimer(company, by=admin)
    return company


def tell_wholesale(company: Company, rehearsal: Mapping[str, Any], *, say: Say) -> WholesaleTold:
    """Connect, take the items of the file, import the orders of both sources, sync.

    Playing it twice takes and posts nothing twice.

    Args:
        company: See `open_wholesale`.
        rehearsal: What the studio's test company printed when it was ready.
        say: Told each step, in words.

    Raises:
        RuntimeError: A step failed that cannot fail with unchanged samples.
    """
    say(CONNECTING)
    connect_rehearsal(company, _books_of(company, rehearsal))
    refreshed = refresh_and_prepare(company)
    if refreshed.failed:
        raise RuntimeError(refreshed.failed)
    options = ReadOptions(currency=company.home_currency, time_zone=company.time_zone)
    sources = _sources(company)
    if not _item_runs(company).exists():
        say(IMPORTING % {"file": ITEMS_FILE})
        with (SAMPLES / ITEMS_FILE).open("rb") as file:
            items = read_catalogue(file, options=options)
        take_catalogue(company, sources[ORDERS_FILE].system, items, name=ITEMS_FILE, by=None)
    for name, source in sources.items():
        say(IMPORTING % {"file": name})
        with (SAMPLES / name).open("rb") as file:
            import_file(company, LAYOUTS[_LAYOUT], file, name=name, options=options, source=source.system)
    return WholesaleTold(company=company, sync=sync_company(company, say=say))


def _books_of(company: Company, rehearsal: Mapping[str, Any]) -> dict[str, Any]:
    """Its own QuickBooks beside the studio's, opened at the first start; its lists hold half of each doubt."""
    before = quickbooks_of(company)
    wanted = {"company_id": before.external_id if before else "", "name": company.name, "seed": "wholesale"}
    answer = requests.post(f"{rehearsal['control_url']}/companies", json=wanted, timeout=30)
    answer.raise_for_status()
    ready: dict[str, Any] = answer.json()
    return ready


def _sources(company: Company) -> dict[str, Connection]:
    """Its two sources by the file of their orders, added at the first start with their switches on."""
    found = list(sources_of(company))
    for name in list(_SOURCES.values())[len(found) :]:
        source = add_source(company, LAYOUTS[_LAYOUT].system, name=name)
        switches = SourceSettings.objects.get(company=company, system=source.system)
        switches.invoice_creation = switches.item_sync = switches.customer_sync = True
        switches.save()
        found.append(source)
    by_file = dict(zip(_SOURCES, found, strict=False))
    # People are asked about unknown buyers of the wholesale list; the fair's are created
    SourceCustomerRules.objects.get_or_create(
        company=company,
        system=by_file[ORDERS_FILE].system,
        defaults={
            "match_first": MatchStep.EMAIL.value,
            "hold_for_review": True,
            "default_customer": "Walk-in",
            "update_addresses": True,
        },
    )
    return by_file


def wholesale_figures(told: WholesaleTold) -> Iterator[Figure]:
    """Every figure of the story beside what was found."""
    company, wanted = told.company, expected()["wholesale"]
    for figure in (*_items(company, wanted), *_orders(company, wanted), *_doubts(company, wanted)):
        yield Figure(what=_WHOLESALE % {"what": figure.what}, expected=figure.expected, found=figure.found)


def _items(company: Company, wanted: Mapping[str, Any]) -> Iterator[Figure]:
    first = _item_runs(company).first()
    taken = first.counts["new"] if first else 0
    yield Figure(what=gettext_noop("items taken"), expected=str(wanted["items"]["new"]), found=str(taken))
    rejected = Counter(error["code"] for error in (first.errors if first else ()))
    yield _counted(gettext_noop("rows of items that were rejected"), wanted["items"]["rejected"], rejected)
    found = {reason.value: number for reason, number in to_match(company).items() if number}
    yield _counted(gettext_noop("items to match"), wanted["items"]["to_match"], found)


def _item_runs(company: Company) -> QuerySet[Run]:
    return Run.objects.filter(company=company, kind=RunKind.CATALOGUE).order_by("pk")


def _counted(what: str, wanted: Mapping[str, int], found: Mapping[str, int]) -> Figure:
    expected, there = (", ".join(f"{name} {counts[name]}" for name in sorted(counts)) for counts in (wanted, found))
    return Figure(what=what, expected=expected, found=there)


def _orders(company: Company, wanted: Mapping[str, Any]) -> Iterator[Figure]:
    for name, title in _SOURCES.items():
        staged = StagedOrder.objects.filter(company=company, connection__name=title)
        yield Figure(what=_ORDERS % {"file": name}, expected=str(wanted["orders"][name]), found=str(staged.count()))
    posted = [row.total for row in Document.objects.filter(company=company, kind="invoice", state=DocumentState.POSTED)]
    must = f"{wanted['posted']['count']}, {wanted['posted']['total']}"
    yield Figure(what=gettext_noop("invoices posted"), expected=must, found=f"{len(posted)}, {sum(posted):.2f}")
    updated = OrderEvent.objects.filter(order__company=company, step="address-updated").values_list("order__number")
    numbers = sorted({number for (number,) in updated})
    yield Figure(
        what=gettext_noop("addresses updated"), expected=", ".join(wanted["addresses"]), found=", ".join(numbers)
    )


def _doubts(company: Company, wanted: Mapping[str, Any]) -> Iterator[Figure]:
    by_code: dict[str, set[str]] = defaultdict(set)
    problems = DocumentProblem.objects.filter(company=company, document__kind="invoice")
    for code, number in problems.values_list("code", "document__order__number"):
        by_code[code].add(number)
    for must in wanted["blocked"]:
        found = by_code.pop(must["cause"], set())
        yield Figure(
            what=BLOCKED % {"cause": must["cause"]}, expected=", ".join(must["orders"]), found=", ".join(sorted(found))
        )
    yield Figure(what=gettext_noop("other causes"), expected="", found=", ".join(sorted(by_code)))
