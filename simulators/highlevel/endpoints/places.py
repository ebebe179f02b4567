"""What is answered about the location itself, and about its workflows?"""

from __future__ import annotations

from ...common.http import Reply, Request
from ..asked import query_of
from ..refusals import ApiProblem
from ..sub_account import SubAccount
from ..tables import shown
from .endpoint import read, told


def _location(account: SubAccount, request: Request, location: str) -> Reply:
    if location != account.location_id:
        raise ApiProblem(403, "The token does not have access to this location.")
    return told({"location": account.as_spoiled(shown(account.facts))})


def _workflows(account: SubAccount, request: Request) -> Reply:
    query_of(request, "locationId").location("locationId", account.location_id, typed=False)
    return told({"workflows": [shown(row) for row in account.tables.all("workflows")]})


CALLS = (
    read("/locations/<location>", "locations.readonly", "location", _location),
    read("/workflows/", "workflows.readonly", "workflow", _workflows),
)
