"""What does a source have for sale? Its list of products is read once a day, before an order names them.

No order waits for it: a line whose product is not known yet adds it, as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from books.outcomes import TryLater
from mapping.models import SourceItemRules
from sync.fetching.base import Reader
from sync.models import LiveSource
from sync.sources.files.catalogue import CatalogueItem
from sync.sources.products import ListedProduct, catalogue_of
from sync.staging.catalogue import take_catalogue
from sync.turn import Turn

_READS_EVERY = timedelta(days=1)


def read_products(
    reader: Reader, live: LiveSource, *, now: datetime, by: User | None, turn: Turn, keep: Callable[[], None]
) -> TryLater | None:
    """Read the list where a day has passed, and take it as a file of items would be; why it could not be read."""
    if live.products_read_at and now - live.products_read_at < _READS_EVERY:
        return None
    listed: list[ListedProduct] = []
    errors = []
    for read in reader.products():
        if isinstance(read, TryLater):
            return read
        keep()
        if turn.is_over():  # half a list would say that the other half is gone
            return None
        listed += [product for product in read if isinstance(product, ListedProduct)]
        errors += [error for product in read if isinstance(product, tuple) for error in product]
    source = live.connection
    catalogue = catalogue_of((product.item for product in listed), errors)
    if listed or errors:
        created = {product.item.row: product.created_at for product in listed}
        adds = _added(source.company_id, source.system, created)
        take_catalogue(source.company, source.system, catalogue, name=source.name, by=by, adds=adds)
    live.products_read_at = now
    live.save(update_fields=["products_read_at"])
    return None


def _added(company: int, system: str, created: dict[int, datetime | None]) -> Callable[[CatalogueItem], bool]:
    """Which unknown products are added: all, or where new ones are created in QuickBooks, those that came since then.

    The others come with their first order, and are created then. Else switching that on would create all that a source
    has for sale, sold or not.
    """
    rules = SourceItemRules.objects.filter(company=company, system=system, create_items=True).first()
    since = rules.create_since if rules else None
    if since is None:
        return lambda _item: True

    def is_new(item: CatalogueItem) -> bool:
        at = created.get(item.row)
        return at is not None and at >= since

    return is_new
