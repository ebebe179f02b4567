"""How many orders does a Keap account have since a day? By one or three cheap requests.

Only the first generation of Keap's interface counts a list, and whether it counts all of it or the page is not
documented. A count of a page is no answer; the first and the last id then say how many there are at most.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from books.outcomes import TryLater
from sync.fetching.asking import SourceApi, Stopped
from sync.fetching.base import ReadingSize

_COUNTED_PATH, _LISTED_PATH = "/rest/v1/orders", "/rest/v2/orders"
#: Requests for a page of a hundred orders: their list, half of another one, their payments and their contacts.
_A_PAGE, _PAGE = 4, 100
#: The ids of all orders are compared once, so many at a time.
_COMPARED = 1000


def size_of(api: SourceApi, since: str) -> ReadingSize:
    """How much there is to read.

    Args:
        api: Of the account.
        since: A moment as Keap writes it.

    Raises:
        Stopped: The account cannot be asked now.
    """
    number = _counted(api, since)
    at_most = number is None
    if number is None:
        number = _between(api, since)
    requests = ceil(number / _PAGE) * _A_PAGE + ceil(number / _COMPARED) + _A_PAGE
    return ReadingSize(records=number, at_most=at_most, requests=requests, limits=api.limits())


def _counted(api: SourceApi, since: str) -> int | None:
    """What the list itself says; None where it does not, or where that may be the count of a page."""
    answer = _asked(api, _COUNTED_PATH, {"since": since, "limit": "1"})
    count, rows = answer.get("count"), answer.get("orders")
    if not isinstance(rows, list) or not isinstance(count, int) or isinstance(count, bool):
        return None
    if not rows:
        return 0 if count == 0 else None
    return count if count > len(rows) else None


def _between(api: SourceApi, since: str) -> int:
    """How many ids there are from the first order since then to the last one."""
    first = _id_of(_asked(api, _LISTED_PATH, {"filter": f"created_since_time=={since}", "order_by": "id asc", **_ONE}))
    if first is None:
        return 0
    last = _id_of(_asked(api, _LISTED_PATH, {"order_by": "id desc", **_ONE}))
    return max((last or first) - first, 0) + 1


_ONE = {"page_size": "1"}


def _id_of(told: dict[str, Any]) -> int | None:
    rows = told.get("orders")
    number = str(rows[0].get("id")) if isinstance(rows, list) and rows and isinstance(rows[0], dict) else ""
    return int(number) if number.isascii() and number.isdigit() else None


def _asked(api: SourceApi, path: str, parameters: dict[str, str]) -> dict[str, Any]:
    answer = api.get(path, parameters)
    if isinstance(answer, TryLater):
        raise Stopped(answer)
    return answer.json if answer.status == 200 and isinstance(answer.json, dict) else {}
