"""What happens in the demo? The studio connects, imports its orders, and posts what can be posted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from books.translation import gettext_noop
from companies.models import Company
from demo.sample_company import SAMPLES
from mapping.models import SourceSettings
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import sources_of
from sync.pushing.sender import Observer
from sync.quickbooks_online.connecting import connect_rehearsal
from sync.run import sync_company
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.staging.import_file import ImportReport, import_file
from sync.staging.sources import connection_of
from sync.sync_report import SyncReport

#: The studio's files, each with its layout, in the order in which they are imported.
FILES: Mapping[str, str] = {
    "keap-orders.json": "keap-orders-json",
    "keap-orders-v2.json": "keap-orders-json",
    "orders.csv": "orders-csv",
}

IMPORTING = gettext_noop("Importing %(file)s")
CONNECTING = gettext_noop("Connecting to the test company")

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class StoryResult:
    """What the story came to."""

    imports: Mapping[str, ImportReport]
    sync: SyncReport


def tell(company: Company, ready: Mapping[str, Any], *, say: Say, observe: Observer) -> StoryResult:
    """Play the story to its end: connect, read the lists, import, sync. Playing it twice posts nothing twice.

    Args:
        company: The studio.
        ready: What the rehearsal company printed when it was ready.
        say: Told each step, in words.
        observe: Told each step of each push.

    Raises:
        RuntimeError: A step failed that cannot fail with unchanged samples.
    """
    say(CONNECTING)
    connect_rehearsal(company, ready)
    refreshed = refresh_and_prepare(company)
    if refreshed.failed:
        raise RuntimeError(refreshed.failed)
    imports = {}
    for name, layout in FILES.items():
        say(IMPORTING % {"file": name})
        imports[name] = _import(company, name, layout)
    return StoryResult(imports=imports, sync=sync_company(company, say=say, observe=observe))


def add_sources(company: Company) -> None:
    """The studio's two sources, with all of their switches on: a source that is not the first begins with them off."""
    for system in dict.fromkeys(LAYOUTS[layout].system for layout in FILES.values()):
        if not sources_of(company).filter(system=system).exists():
            connection_of(company, system)
            switches = SourceSettings.objects.get(company=company, system=system)
            if not (switches.invoice_creation and switches.item_sync and switches.customer_sync):
                switches.invoice_creation = switches.item_sync = switches.customer_sync = True
                switches.save()


def _import(company: Company, name: str, layout: str) -> ImportReport:
    add_sources(company)
    options = ReadOptions(currency=company.home_currency, time_zone=company.time_zone)
    with (SAMPLES / name).open("rb") as file:
        return import_file(company, LAYOUTS[layout], file, name=name, options=options)
