"""Orders with the status that their source gives them."""

from __future__ import annotations

from books.orders import Order
from companies.models import Company
from mapping.models import StatusWord
from sync.preparing.prepare import prepare_new
from sync.sources.base import OrderRead, Place
from sync.sources.kinds import order_status
from sync.staging.intake import IntakeCounts, stage
from sync.staging.sources import connection_of
from tests.sample_orders import an_order

SALE = "2026-08-14  order 1042\nshipping  48.00"


def came(company: Company, word: str, text: str = SALE, *, system: str = "keap") -> IntakeCounts:
    """An order arrives with a status and is prepared."""
    order: Order = an_order(f"{text}\nstatus  {order_status(word).value}")
    read = OrderRead(order=order, payload={"status": word}, place=Place(order=1), status_word=word)
    counts = stage(connection_of(company, system, name=system), [read])
    prepare_new(company)
    return counts


def word_of(company: Company, word: str) -> StatusWord:
    return StatusWord.objects.get(company=company, word=word)
