"""From which address does a request come? Without a proxy from its peer, behind one from what that proxy wrote."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

#: A household or an office gets a whole network of IPv6: anyone with one has 2^64 addresses in it.
IPV6_PREFIX = 64


def address_of(request: HttpRequest) -> str | None:
    """The caller's address; of IPv6 the network of 64 bits. None where there is none, as on a socket.

    `X-Forwarded-For` is a list to which every proxy appends the address it was called from, behind whatever the
    caller sent. So it is read from its end, as many entries as there are proxies of ours, and never further.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    written = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if not settings.TRUSTED_PROXIES or not written[-1]:
        return _normal(peer)
    return _normal(written[max(0, len(written) - settings.TRUSTED_PROXIES)]) or _normal(peer)


def _normal(text: str) -> str | None:
    """One spelling for each address; proxies of some makes add the port."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_PREFIX), strict=False).network_address)
