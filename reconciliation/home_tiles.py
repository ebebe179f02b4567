"""Which figures greet a person on Home, and where does each of them lead?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from books.statuses import OrderStage
from companies.models import CompanyKind
from reconciliation.filters import NEEDS_A_FIX, WAITING
from reconciliation.home import Overview, Side, Tally
from reconciliation.states import TONES
from sync.models import STUCK_STATES, DocumentState, PendingChange


@dataclass(frozen=True, kw_only=True)
class Tile:
    """How many documents are in that state, how much money they are, and the list of them."""

    name: Any
    tally: Tally
    link: str
    tone: str = ""
    note: str = ""

    @property
    def amounts(self) -> list[tuple[Decimal, str, str]]:
        """Amounts with their currencies, and words for what they are."""
        return [(amount, currency, str(_SIDES[side])) for amount, currency, side in self.tally.amounts]


def tiles(overview: Overview) -> list[Tile]:
    """The stuck money first, then each state that is not the end of the way, then what was posted."""
    shown = [_state(overview, state) for state in _ALWAYS]
    shown += [_state(overview, state) for state in _WHEN_THERE if overview.states[state].number]
    waits = [_waits(overview, stage, tally) for stage, tally in overview.not_due.items()]
    return [_stuck(overview), *shown, *waits, _posted(overview)]


_SIDES = {
    Side.SALES: gettext_lazy("sales"),
    Side.RECEIVED: gettext_lazy("received"),
    Side.GIVEN_BACK: gettext_lazy("refunded"),
}
_ALWAYS: Iterable[DocumentState] = (DocumentState.BLOCKED, DocumentState.REFUSED, DocumentState.READY)
#: What needs attention, see `Overview.stuck`.
_STUCK: Iterable[DocumentState | PendingChange] = (*STUCK_STATES, PendingChange.HELD)
_WHEN_THERE: Iterable[DocumentState | PendingChange] = (
    DocumentState.DIFFERS,
    DocumentState.UNKNOWN,
    DocumentState.SENDING,
    DocumentState.EXPORTED,
    *PendingChange,
)


def _stuck(overview: Overview) -> Tile:
    tone = "bad" if overview.stuck.number else "good"
    parts = [_part(overview, state) for state in _STUCK if overview.states[state].number]
    # One state has a tile of its own beside this one, which says the same
    note = ", ".join(parts) if len(parts) > 1 else ""
    return Tile(
        name=_("Needs attention"), tally=overview.stuck, link=_list(overview, NEEDS_A_FIX), tone=tone, note=note
    )


def _part(overview: Overview, state: DocumentState | PendingChange) -> str:
    return f"{number_format(overview.states[state].number, force_grouping=True)} {str(state.label).lower()}"


def _state(overview: Overview, state: DocumentState | PendingChange) -> Tile:
    tally = overview.states[state]
    note = _NOTES[state](overview) if state in _NOTES else ""
    tone = TONES[state] if tally.number else ""
    return Tile(name=state.label, tally=tally, link=_list(overview, state), tone=tone, note=note)


def _why_blocked(overview: Overview) -> str:
    """A payment that waits for its blocked invoice has no issue of its own, so the issues add up to fewer."""
    waiting = overview.waiting_for_another
    if not waiting:
        return ""
    waits = ngettext("%(number)s waits for another document", "%(number)s wait for another document", waiting)
    own = overview.states[DocumentState.BLOCKED].number - waiting
    if not own:
        return _number(waits, waiting)
    issues = ngettext("%(number)s has an issue", "%(number)s have an issue", own)
    return f"{_number(issues, own)}, {_number(waits, waiting)}"


def _customers_rejected(overview: Overview) -> str:
    """A customer is not counted as a document, and its rejection is still among the issues."""
    number = overview.customers_rejected
    if not number:
        return ""
    words = ngettext(
        "%(number)s new customer was rejected; its documents are blocked",
        "%(number)s new customers were rejected; their documents are blocked",
        number,
    )
    return _number(words, number)


def _customers_unclear(overview: Overview) -> str:
    """What is ready does not go before QuickBooks said whether it has the customer."""
    number = overview.customers_unclear
    if not number:
        return ""
    words = ngettext(
        "QuickBooks gave no clear answer to %(number)s new customer; its documents wait for the next sync",
        "QuickBooks gave no clear answer to %(number)s new customers; their documents wait for the next sync",
        number,
    )
    return _number(words, number)


def _number(words: str, number: int) -> str:
    return words % {"number": number_format(number, force_grouping=True)}


_NOTES: Mapping[str, Callable[[Overview], str]] = {
    DocumentState.BLOCKED: _why_blocked,
    DocumentState.REFUSED: _customers_rejected,
    DocumentState.READY: _customers_unclear,
}


def _waits(overview: Overview, stage: str, tally: Tally) -> Tile:
    """Orders whose documents are made later: nothing is wrong with them."""
    link = f"{reverse('reconciliation:orders', args=[overview.company.slug])}?status={WAITING}"
    return Tile(name=_NOT_YET.get(stage, stage), tally=tally, link=link, note=_("orders; nothing is wrong with them"))


_NOT_YET: Mapping[str, Any] = {
    OrderStage.PAID.value: gettext_lazy("Not paid yet"),
    OrderStage.PACKED.value: gettext_lazy("Not packed yet"),
    OrderStage.SHIPPED.value: gettext_lazy("Not shipped yet"),
}


def _posted(overview: Overview) -> Tile:
    # What a file brought is known from the day on which a person or a report says so
    desktop = overview.company.kind == CompanyKind.DESKTOP
    note = _("confirmed as imported in the last 30 days") if desktop else _("in the last 30 days")
    link = f"{_documents(overview)}?posted_since={overview.first_day.isoformat()}"
    return Tile(name=DocumentState.POSTED.label, tally=overview.posted, link=link, tone="good", note=note)


def _list(overview: Overview, state: str) -> str:
    return f"{_documents(overview)}?state={state}"


def _documents(overview: Overview) -> str:
    return reverse("reconciliation:documents", args=[overview.company.slug])
