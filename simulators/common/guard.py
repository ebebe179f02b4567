"""Does a request come from this machine's own pages and programs? A browser lets any open site send one here."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from .http import Request


def under_an_own_name(request: Request) -> bool:
    """Whether it was sent to localhost or a loopback address: a stranger's name may be made to lead here too."""
    try:
        name = urlsplit(f"//{request.header('host')}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def from_another_site(request: Request) -> bool:
    """Whether a browser sends it for a page of another origin."""
    origin = request.header("origin")
    elsewhere = bool(origin) and urlsplit(origin).netloc != request.header("host")
    return elsewhere or request.header("sec-fetch-site") in ("cross-site", "same-site")
