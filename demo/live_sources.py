"""How do sales come in by themselves? Companies whose CRM is a test account that stands in for Keap or HighLevel."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import requests
from django.contrib.auth import get_user_model
from django.db import connections

from books.translation import gettext_noop
from companies.activation import accept_disclaimer, put_practice_to_work
from companies.models import Company
from demo.sample_company import add_people, decide_accounts
from mapping.models import SourceSettings
from sync.crm.switches import turn_contacts
from sync.fetching.connecting import Connected, NewSource, connect_by_key
from sync.fetching.kinds import LIVE_KINDS
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import Connection, sources_of
from sync.quickbooks_online.connecting import connect_rehearsal
from sync.quickbooks_online.login import quickbooks_of
from sync.run import sync_company

logger = logging.getLogger(__name__)

_STARTS_ON = date(2026, 1, 1)
#: Seconds between two syncs while a person watches.
_EVERY = 15
_CONNECTING = gettext_noop("Connecting to QuickBooks and to %(source)s")

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class LiveStudio:
    """A company of the demo whose sales come in over the internet."""

    slug: str
    name: str
    #: Of its source, see `LIVE_KINDS`.
    kind: str
    #: What its document numbers begin with, where the books have such numbers already.
    prefix: str = ""
    #: Whether customers that are created in its QuickBooks become contacts there.
    adds_contacts: bool = False

    def key(self, ready: Mapping[str, Any]) -> str:
        """What a person would paste, of what the test account printed when it was ready."""
        return str(ready["api_key"]) if self.kind == "keap" else f"{ready['location_id']} {ready['private_token']}"

    def address(self, ready: Mapping[str, Any]) -> str:
        """Where the test account's interface is."""
        return str(ready["api_url"] if self.kind == "keap" else ready["base_url"])


KEAP_STUDIO = LiveStudio(slug="bramble-birch-online", name="Bramble & Birch Online", kind="keap")
HIGHLEVEL_STUDIO = LiveStudio(
    slug="bramble-birch-memberships",
    name="Bramble & Birch Memberships",
    kind="highlevel",
    prefix="HL-",
    adds_contacts=True,
)


def open_live_studio(studio: LiveStudio) -> Company:
    """One of the demo's companies with a live source; what is there already stays as people changed it."""
    company, created = Company.objects.get_or_create(
        slug=studio.slug,
        defaults={
            "name": studio.name,
            "time_zone": "America/Denver",
            "home_currency": "USD",
            "is_rehearsal": True,
            "posts_automatically": True,
        },
    )
    add_people(company)
    admin = get_user_model().objects.get(username="admin")
    if created:
        decide_accounts(company)
        put_practice_to_work(company, by=admin)
    accept_disclaimer(company, by=admin)
    return company


def books_of(company: Company, rehearsal: Mapping[str, Any]) -> dict[str, Any]:
    """The company's own QuickBooks beside the studio's, opened when it is asked for first; its ready line."""
    before = quickbooks_of(company)
    wanted = {"company_id": before.external_id if before else "", "name": company.name}
    answer = requests.post(f"{rehearsal['control_url']}/companies", json=wanted, timeout=30)
    answer.raise_for_status()
    ready: dict[str, Any] = answer.json()
    return ready


def connect_both(
    studio: LiveStudio, company: Company, books: Mapping[str, Any], account: Mapping[str, Any], *, say: Say
) -> None:
    """Connect QuickBooks and the CRM, whose address is another one at each start.

    Raises:
        RuntimeError: A step failed that cannot fail with test programs that were just started.
    """
    say(_CONNECTING % {"source": LIVE_KINDS[studio.kind].name})
    connect_rehearsal(company, books)
    refreshed = refresh_and_prepare(company)
    if refreshed.failed:
        raise RuntimeError(refreshed.failed)
    source = sources_of(company).filter(live__isnull=False).select_related("live").first()
    wanted: NewSource | Connection = NewSource(
        kind=studio.kind, starts_on=_STARTS_ON, prefix=studio.prefix, address=studio.address(account)
    )
    if source is not None:
        source.live.address = studio.address(account)
        source.live.save(update_fields=["address"])
        wanted = source
    admin = get_user_model().objects.get(username="admin")
    made = connect_by_key(company, wanted, key=studio.key(account), by=admin)
    if not isinstance(made, Connected):
        raise RuntimeError(made.worded())
    if source is None:
        SourceSettings.objects.filter(company=company, system=made.source.system).update(
            invoice_creation=True, item_sync=True, customer_sync=True
        )
        if studio.adds_contacts:
            turn_contacts(made.source, on=True, by=admin)


def follow(companies: Sequence[Company]) -> threading.Thread:
    """Sync the companies again and again, as a scheduler would, while this process lives."""

    def work() -> None:
        while True:
            time.sleep(_EVERY)
            for company in companies:
                try:
                    sync_company(company)
                except Exception:
                    logger.exception("the sync of %s broke", company.slug)
                finally:
                    connections.close_all()

    thread = threading.Thread(target=work, name="demo-follow", daemon=True)
    thread.start()
    return thread
