"""What does a command print of clearing accounts: in words, and as JSON?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from books.money import rounded
from companies.models import Company
from reconciliation.clearing.parts import Ages
from reconciliation.clearing.shown import ShownClearing, ShownPart, shown_parts
from sync.management.words import counted, day, money

_AT_ONCE = 500


def clearings_in_words(company: Company, clearings: Sequence[ShownClearing]) -> Iterator[str]:
    """Line by line: each account with what waits on it by age, part by part, and what took the rest to the bank."""
    currency = company.home_currency
    if not clearings:
        yield _("There is no clearing account. Refresh the lists, or mark one.")
    for clearing in clearings:
        reading = clearing.reading
        if reading is None:
            continue
        ages = {name: money(amount, currency) for name, amount in _by_age(clearing.ages).items()}
        facts = {"account": clearing.account.full_name, "balance": money(reading.balance, currency), **ages}
        yield _("%(account)s: %(balance)s. 0–7 days %(new)s, 8–30 days %(recent)s, over 30 days %(old)s") % facts
        for part in parts_told(clearing):
            if part.part.open:
                yield "  " + _waits(part, currency)
        for part in parts_told(clearing):
            if part.emptied:
                yield "  " + _taken(part, currency)


def parts_told(clearing: ShownClearing) -> Iterator[ShownPart]:
    """Every part of the last reading, oldest first; some at a time, with one query for the documents of those."""
    if clearing.reading is None:
        return
    some: list[Any] = []
    for part in clearing.reading.parts.order_by("dated", "pk").iterator(chunk_size=_AT_ONCE):
        some.append(part)
        if len(some) == _AT_ONCE:
            yield from shown_parts(clearing.reading, some)
            some = []
    yield from shown_parts(clearing.reading, some)


def _by_age(ages: Ages) -> dict[str, Any]:
    return {"new": ages.new, "recent": ages.recent, "old": ages.old}


def _waits(part: ShownPart, currency: str) -> str:
    facts = {
        "what": _named(part),
        "date": day(part.part.dated),
        "days": counted("%(n)s day", "%(n)s days", part.days),
        "amount": money(part.part.open, currency),
    }
    return _("%(what)s, %(date)s, for %(days)s: %(amount)s") % facts


def _taken(part: ShownPart, currency: str) -> str:
    by = ", ".join(
        _("%(what)s of %(date)s: %(amount)s")
        % {"what": taken.title, "date": day(taken.dated), "amount": money(taken.amount, currency)}
        for taken in part.emptied
    )
    return _("%(what)s, %(date)s, taken by %(by)s") % {"what": _named(part), "date": day(part.part.dated), "by": by}


def _named(part: ShownPart) -> str:
    return ", ".join(filter(None, (part.title, part.part.number, part.part.name)))


def plain_clearings(
    company: Company, clearings: Sequence[tuple[ShownClearing, Sequence[ShownPart]]], code: int
) -> dict[str, object]:
    """The same as JSON says it; amounts as texts, so that no program rounds them."""
    currency = company.home_currency

    def text(amount: Any) -> str:
        return str(rounded(amount, currency))

    return {
        "company": company.slug,
        "currency": currency,
        "clearing": [
            {
                "account": clearing.account.quickbooks_id,
                "name": clearing.account.full_name,
                "marked": clearing.marked,
                "from": clearing.reading.first.isoformat(),
                "to": clearing.reading.last.isoformat(),
                "balance": text(clearing.reading.balance),
                "ages": {name: text(amount) for name, amount in _by_age(clearing.ages).items()},
                "parts": [
                    {
                        "transaction": part.part.transaction,
                        "date": part.part.dated.isoformat(),
                        "days": part.days,
                        "number": part.part.number,
                        "customer": part.part.name,
                        "order": part.document.order.number if part.document else "",
                        "amount": text(part.part.amount),
                        "open": text(part.part.open),
                        "emptied": [
                            {**taken, "amount": text(shown.amount)}
                            for taken, shown in zip(part.part.emptied, part.emptied, strict=True)
                        ],
                    }
                    for part in parts
                ],
                "requests": clearing.reading.requests,
            }
            for clearing, parts in clearings
            if clearing.reading
        ],
        "exit_code": code,
    }
