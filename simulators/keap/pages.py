"""What does a person see of the account? Orders, contacts, products, hooks and requests, and forms to act on them."""

from __future__ import annotations

from collections.abc import Callable

from ..common.http import Reply
from ..common.pages import Pages

PAGES = Pages("simulators.keap")
#: Is called with the app, the request, and what the address has in its variable places.
PageAnswer = Callable[..., Reply]
#: Every page and form: its address, its method, and what answers it.
ADDRESSES: tuple[tuple[str, str, PageAnswer], ...] = ()
