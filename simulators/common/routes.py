"""Which function answers an address? Werkzeug's rules, with addresses read as leniently as Intuit's and Keap's are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from werkzeug.routing import Map, Rule

from .http import Reply, Request

#: Is called with the application, the request, and what the address has in its variable places.
View = Callable[..., Reply]


def route(address: str, view: View, *methods: str) -> Rule:
    """An address such as `/files/<identifier>`, the function that answers it, and the methods it takes (any)."""
    return Rule(address, endpoint=view, methods=methods or None)


class Routes:
    """All addresses of a simulator."""

    def __init__(self, *rules: Rule) -> None:
        self._urls = Map(rules, strict_slashes=False, merge_slashes=False).bind("")

    def view_of(self, request: Request) -> tuple[View, Mapping[str, object]]:
        """The function that answers a request, and what its address says; slashes too many do not count.

        Raises:
            HTTPException: There is no such address, or not with this method.
        """
        path = "/" + "/".join(filter(None, request.path.split("/")))
        return self._urls.match(path, method=request.method)
