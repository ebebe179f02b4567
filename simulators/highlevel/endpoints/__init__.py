"""Every address of the API: what it answers, and which scope it needs."""

from __future__ import annotations

from .catalog import CALLS as CATALOG
from .contacts import CALLS as CONTACTS
from .endpoint import EndPoint
from .invoices import CALLS as INVOICES
from .payments import CALLS as PAYMENTS
from .places import CALLS as PLACES

ENDPOINTS: tuple[EndPoint, ...] = (*INVOICES, *PAYMENTS, *CONTACTS, *CATALOG, *PLACES)
