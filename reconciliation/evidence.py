"""How is raw evidence shown so that a person can read it? Bytes, replies and payloads as they were, only indented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import simplejson

#: More than this is cut on the page; nobody reads on, and a browser would choke.
MOST_SHOWN = 200_000


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place where two versions of a body differ; empty text where one of them has nothing."""

    place: str
    before: str
    after: str


def pretty(raw: str | bytes | memoryview) -> str:
    """JSON with indents, its figures and key order untouched; anything else exactly as it is."""
    text = raw if isinstance(raw, str) else bytes(raw).decode("utf-8", errors="backslashreplace")
    try:
        shown = simplejson.dumps(
            simplejson.loads(text, use_decimal=True), indent=2, ensure_ascii=False, use_decimal=True
        )
    except ValueError:
        shown = text
    return shown if len(shown) <= MOST_SHOWN else f"{shown[:MOST_SHOWN]}\n…"


def differences(before: object, after: object) -> list[Difference]:
    """Every leaf in which two bodies differ, by its place, in alphabetical order."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    places = sorted(place for place in {*old, *new} if old.get(place) != new.get(place))
    return [Difference(place=place, before=old.get(place, ""), after=new.get(place, "")) for place in places]


def _leaves(body: object, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(body, dict):
        for name, value in body.items():
            yield from _leaves(value, f"{place}.{name}" if place else str(name))
    elif isinstance(body, list):
        for number, value in enumerate(body, start=1):
            yield from _leaves(value, f"{place}[{number}]")
    elif body not in (None, ""):
        yield place, str(body)
