"""How is a long list paged without counting all of it? The count stops where nobody would page to."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.utils.functional import cached_property

#: Pages end here; what is further away is found by search or filter.
COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts at most `COUNTED` rows."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if hasattr(rows, "order_by"):
            return int(rows.order_by()[:COUNTED].count())
        return len(rows)
