"""Take a live company's lists into a data file, so that one rehearses on one's own chart of accounts.

`python -m simulators.quickbooks.snapshot --base-url https://quickbooks.api.intuit.com --company-id 123 --access-token …
--data books.jsonl` reads, and only reads: company info, preferences and lists, by GET and queries. Documents stay where
they are, so every balance begins at zero. `python -m simulators.quickbooks --data books.jsonl` then starts from it.
"""

from __future__ import annotations

import argparse
import http.client
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from ..common import wire
from .company import Company
from .entities import ENTITIES
from .entities.base import Entity
from .entities.small_lists import FlatList
from .entities.trees import Tree
from .fields import Currency, Field, Group, Ignored, Many, Record, Ref, Shape, Word
from .options import Options

LISTS = ("Account", "Term", "PaymentMethod", "Class", "Department", "TaxAgency", "TaxRate", "TaxCode", "Item")
NAMES = ("Customer", "Vendor", "Employee")
FLAT = frozenset({"TaxAgency"})  # lists that nobody can make inactive
PAGE = 1000
NEEDED = ("UndepositedFunds", "OpeningBalanceEquity", "RetainedEarnings")
WAITS_SECONDS = 120


class Unreachable(Exception):
    """The live company did not give what was asked."""


class Live:
    """A live company, read only: this class knows no other request than GET."""

    def __init__(self, base_url: str, company_id: str, access_token: str) -> None:
        self.address = urlsplit(base_url)
        self.company_id = company_id
        self.headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}

    def get(self, path: str) -> Any:
        """The answer to one GET.

        Raises:
            Unreachable: It is no JSON with status 200.
        """
        kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
        connection = kind(self.address.hostname or "", self.address.port, timeout=WAITS_SECONDS)
        try:
            prefix = self.address.path.rstrip("/").removesuffix("/v3")
            connection.request("GET", f"{prefix}/v3/company/{self.company_id}/{path}", headers=self.headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise Unreachable(f"{path} was answered with {answer.status}: {body[:500].decode('utf-8', 'replace')}")
            return wire.loads(body)
        except (OSError, http.client.HTTPException, wire.Unreadable) as problem:
            raise Unreachable(f"{path} could not be read: {problem}") from None
        finally:
            connection.close()

    def all(self, entity: str) -> Iterator[Record]:
        """Every record of a list, inactive ones too, by pages of 1,000."""
        first = 1
        active = "" if entity in FLAT else " where Active in (true, false)"
        while True:
            text = f"select * from {entity}{active} orderby Id startposition {first} maxresults {PAGE}"
            found = self.get(f"query?query={quote(text)}&minorversion=75")["QueryResponse"].get(entity, [])
            yield from found
            if len(found) < PAGE:
                return
            first += PAGE


def take(live: Live, data: Path) -> dict[str, int]:
    """Write a data file from a live company; returns how many records of each list it holds.

    Raises:
        Unreachable: The company did not answer; nothing was written.
        ValueError: The company lacks something that no books can be without.
    """
    info = live.get(f"companyinfo/{live.company_id}?minorversion=75")["CompanyInfo"]
    preferences = live.get("preferences?minorversion=75")["Preferences"]
    currencies = ("CompanyCurrency",) if preferences.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled") else ()
    read = {entity: list(live.all(entity)) for entity in (*currencies, *LISTS, *NAMES)}
    company = Company(company_id=live.company_id, options=Options(), data=None, seed=lambda company: None)
    company.place("CompanyInfo", {**stored(ENTITIES["CompanyInfo"], info), "Id": "1"})
    company.place("Preferences", {**stored(ENTITIES["Preferences"], preferences), "Id": "1"})
    for entity, records in read.items():
        for record in records:
            _place(company, ENTITIES[entity], record)
    _complain(company)
    company.journal.path = data
    company.journal.rewrite(company.snapshot())
    company.journal.close()
    return {entity: len(records) for entity, records in read.items()}


def _place(company: Company, entity: Entity, shown: Record) -> None:
    record = stored(entity, shown)
    if not str(record["Id"]).isdecimal():
        company.store.put(entity.name, record, record["Id"])  # TAX and NON, which no counter counts
        return
    if entity.name == "Item" and record.get("Type") == "Inventory":
        record.update(QtyOnHand=record.get("QtyOnHand", 0), _quantity=record.get("QtyOnHand", 0))
        record["_start_cost"] = record.get("PurchaseCost", 0)
    for name in ("Balance", "_opening"):
        record.pop(name, None)
    company.store.put(entity.name, record, record["Id"])
    counters = company.store.counters
    counters[entity.counter] = max(counters[entity.counter], int(record["Id"]))


def _complain(company: Company) -> None:
    present = {record["AccountSubType"] for record in company.books.all("Account")}
    lacking = [detail_type for detail_type in NEEDED if detail_type not in present]
    if lacking:
        raise ValueError(f"the company has no account of the detail type {', '.join(lacking)}")


def stored(entity: Entity, shown: Record) -> Record:
    """A record as these books keep it, from the form in which an answer shows it."""
    fields = entity.shape.fields
    kept = {
        name: inner(fields.get(name), value)
        for name, value in shown.items()
        if name not in ("domain", "sparse", "MetaData") and value is not None
    }
    meta = shown.get("MetaData", {})
    moments = {name: meta.get(name) or "2000-01-01T00:00:00-08:00" for name in ("CreateTime", "LastUpdatedTime")}
    needed = {name: field.default for name, field in fields.items() if field.default is not None}
    nests = isinstance(entity, Tree) and not isinstance(entity, FlatList)
    extra = {"FullyQualifiedName": shown.get("Name") or shown.get("DisplayName")} if nests else {}
    return {**extra, **needed, **kept, **moments, "Id": str(shown["Id"]), "SyncToken": str(shown.get("SyncToken", "0"))}


def inner(field: Field | None, value: Any) -> Any:
    """One value of an answer as it is kept: references are ids."""
    match field.kind if field else None:
        case Ref() | Word() | Currency():
            return value["value"] if isinstance(value, dict) else value
        case Group(shape=shape):
            return _inside(shape, value)
        case Many(shape=shape):
            return [_inside(shape, part) for part in value]
    return value


def _inside(shape: Shape, value: Mapping[str, Any]) -> Record:
    return {
        name: inner(shape.fields.get(name), part)
        for name, part in value.items()
        if name in shape.fields and not isinstance(shape.fields[name].kind, Ignored)
    }


def main(argv: list[str] | None = None) -> int:
    """Take the snapshot and say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m simulators.quickbooks.snapshot", description=__doc__)
    parser.add_argument(
        "--base-url", required=True, help="the API's address, such as https://quickbooks.api.intuit.com"
    )
    parser.add_argument("--company-id", required=True, help="the company id (realm id): digits")
    parser.add_argument(
        "--access-token",
        default=os.environ.get("QUICKBOOKS_ACCESS_TOKEN", ""),
        help="an access token; better given in the environment as QUICKBOOKS_ACCESS_TOKEN",
    )
    parser.add_argument("--data", type=Path, required=True, help="the file to write; it must not exist yet")
    asked = parser.parse_args(argv)
    if not asked.company_id.isdecimal() or not asked.access_token:
        parser.error("--company-id must be digits, and an access token must be given")
    if urlsplit(asked.base_url).scheme not in ("http", "https") or asked.data.exists():
        parser.error("--base-url begins with http:// or https://, and --data is a file that does not exist yet")
    try:
        found = take(Live(asked.base_url, asked.company_id, asked.access_token), asked.data)
    except (Unreachable, ValueError, OSError) as problem:
        print(f"No snapshot was taken: {problem}", file=sys.stderr)
        return 1
    print(wire.dumps({"data": str(asked.data), "records": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
