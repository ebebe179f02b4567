"""What is one sub-account, and what do people do in it? Everything that HighLevel's own screens offer, in Python."""

from __future__ import annotations

from typing import Any

from .catalog import CatalogWork
from .invoices import InvoiceWork
from .sales import SaleWork
from .tables import Row

FACTS = "location"


class SubAccount(InvoiceWork, SaleWork, CatalogWork):
    """A sub-account, which the API calls a location."""

    def begin(self, name: str) -> None:
        """Its own facts, as `GET /locations/{id}` shows them."""
        address: Row = {
            "address": "412 Foundry Street",
            "city": "Denver",
            "state": "CO",
            "country": "US",
            "postalCode": "80202",
            "website": "https://juniperlane.example",
            "timezone": "America/Denver",
        }
        facts: dict[str, Any] = {
            "id": self.location_id,
            "companyId": self.agency.company_id,
            "name": name,
            **address,
            "firstName": "Dana",
            "lastName": "Whitfield",
            "email": "hello@juniperlane.example",
            "phone": "+13035550142",
            "business": {"name": name, **address},
            "settings": {"allowDuplicateContact": False, "allowDuplicateOpportunity": False},
        }
        self.tables.put("facts", FACTS, facts)

    @property
    def facts(self) -> Row:
        """Name, address and time zone."""
        return self.required("facts", FACTS, "location")

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.facts["name"])
