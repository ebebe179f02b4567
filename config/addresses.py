"""What can be said of an address in a setting without asking anybody?"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

INTUIT_DOMAIN = "intuit.com"


def address_of(text: str) -> SplitResult:
    """Take an address apart; one that cannot be is all path, and so has neither scheme nor host."""
    try:
        address = urlsplit(text)
        _ = address.port  # a port that is no number is only noticed when asked for
    except ValueError:
        return SplitResult(scheme="", netloc="", path=text, query="", fragment="")
    return address


def is_plain_root(address: SplitResult) -> bool:
    """Whether it names a host and nothing beyond."""
    beyond_the_host = address.path or address.query or address.fragment or address.username
    return address.scheme in ("http", "https") and bool(address.hostname) and not beyond_the_host


def is_intuit(host: str) -> bool:
    """Whether a host is one of Intuit's."""
    return host == INTUIT_DOMAIN or host.endswith(f".{INTUIT_DOMAIN}")


def is_ip(host: str) -> bool:
    """Whether a host is a number in place of a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    return host == "localhost" or host.endswith(".localhost") or (is_ip(host) and ip_address(host).is_loopback)


def fault_of_redirect_uri(address: SplitResult, *, production: bool) -> str:
    """What Intuit would refuse about it, as the end of a sentence; empty when it is well."""
    host = address.hostname or ""
    if address.scheme not in ("http", "https") or not host:
        return "it is not a web address"
    if address.query or address.fragment or address.username:
        return "it may hold no ?, no # and no @"
    if production and address.scheme != "https":
        return "in production it must be https"
    if production and (is_loopback(host) or is_ip(host)):
        return "in production it must have the name of a host, not a number and not this machine's own"
    if address.scheme == "http" and not is_loopback(host):
        return "plain http is accepted for this machine's own address only"
    return ""
