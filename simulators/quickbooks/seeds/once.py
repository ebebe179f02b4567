"""How does a second company get the same books as the first? By the changes that wrote them, without their rules.

To write the sample books under the rules of every entity takes ten times as long, and a process may begin a thousand
companies with them.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable
from dataclasses import astuple
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..company import Company

_MOMENTS = ("CreateTime", "LastUpdatedTime")
#: What a company has before its books are written.
_OF_THE_COMPANY = "company_id"


def written_once(fill: Callable[[Company], None]) -> Callable[[Company], None]:
    """Write books by `fill` for the first company with its options, and put the same records into the later ones.

    Each company has records of its own, since a person at a desk may change one in place. Moments are its own too.
    """
    kept: dict[Hashable, bytes] = {}

    @wraps(fill)
    def written(company: Company) -> None:
        options = astuple(company.options)
        if options not in kept:
            company.store.begin()
            fill(company)
            kept[options] = pickle.dumps((company.store.take_changes(), dict(company.store.settings)))
            return
        changes, settings = pickle.loads(kept[options])
        moment = company.clock.stamp()
        company.store.settings.update({name: value for name, value in settings.items() if name != _OF_THE_COMPANY})
        company.store.apply(_at(moment, change) for change in changes)

    return written


def _at(moment: str, change: list[Any]) -> list[Any]:
    verb, entity, identifier, record = change
    if verb != "put" or not record:
        return change
    return [verb, entity, identifier, {**record, **{name: moment for name in _MOMENTS if name in record}}]
