"""Who is a QuickBooks customer now that a bookkeeper merged away? Followed from one to the next."""

from __future__ import annotations

from collections.abc import Collection

from companies.models import Company
from mapping.models import QuickBooksCustomer

#: A customer is merged into one that is merged in its turn. More than so many is a circle.
_MOST_STEPS = 20


class Merged:
    """The customers of one company that were merged into others; two queries, for any number of questions."""

    def __init__(self, company: Company) -> None:
        """Read them."""
        rows = QuickBooksCustomer.objects.filter(company=company)
        merged = rows.filter(active=False).exclude(merged_into="")
        self._into = dict(merged.values_list("quickbooks_id", "merged_into"))
        last = {self.last(one) for one in self._into}
        self._rows = {row.quickbooks_id: row for row in rows.filter(quickbooks_id__in=last, active=True)}

    def present(self, quickbooks_id: str) -> QuickBooksCustomer | None:
        """The active customer that this one was merged into; None where it was not, or into none that is active."""
        return self._rows.get(self.last(quickbooks_id)) if quickbooks_id in self._into else None

    def away(self, quickbooks_ids: Collection[str]) -> set[str]:
        """Those who were merged into one of these, by whatever steps."""
        return {one for one in self._into if self.last(one) in quickbooks_ids}

    def last(self, quickbooks_id: str) -> str:
        """Whoever this customer was merged into in the end, active or not; the customer itself where it was not."""
        for _step in range(_MOST_STEPS):
            if quickbooks_id not in self._into:
                break
            quickbooks_id = self._into[quickbooks_id]
        return quickbooks_id
