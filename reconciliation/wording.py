"""What is a stored problem, note or event in the reader's language?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from books.notes import NOTES, note_text
from books.problems import PROBLEMS, Problem, read_problem
from books.translation import worded
from companies.stored_texts import facts_retold
from sync.history import RESULTS, STEPS
from sync.models import OrderEvent


@dataclass(frozen=True, kw_only=True)
class ProblemWords:
    """A problem in three sentences."""

    title: str
    explanation: str
    cure: str


def tell(code: str, facts: Mapping[str, Any]) -> ProblemWords:
    """A stored problem, worded; one that another version wrote is named by its code instead of breaking the page."""
    problem = known_problem(code, with_dates(facts))
    if problem is None:
        explanation = _("This version of Tieout does not know the cause “%(code)s”.") % {"code": code}
        return ProblemWords(
            title=code, explanation=explanation, cure=_("Press Re-sync: the order is then prepared again.")
        )
    return ProblemWords(title=problem.heading(_), explanation=problem.explain(_), cure=problem.advise(_))


def with_dates(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as the reader reads them: dates as the company writes them, words of ours in the reader's language."""
    told = facts_retold(facts)
    return {name: _dated(value) if name in _MAY_HOLD_DATES else value for name, value in told.items()}


#: The facts of a problem, a note or an event that may hold a date: never a number or a name of a record.
_MAY_HOLD_DATES = ("found", "changes", "ours", "theirs", "sent", "stored", "date", "reason", "through")
_ISO_DATE = re.compile(r"(?<![\w/-])\d{4}-\d\d-\d\d(?![\w/-])")


def _dated(value: object) -> object:
    if isinstance(value, str):
        return _ISO_DATE.sub(lambda found: _company_date(found.group()), value)
    return [_dated(part) for part in value] if isinstance(value, list | tuple) else value


def _company_date(iso: str) -> str:
    try:
        return date_format(date.fromisoformat(iso), "SHORT_DATE_FORMAT")
    except ValueError:
        return iso


def known_problem(code: str, facts: Mapping[str, object]) -> Problem | None:
    """The problem itself; None when another version wrote it with other facts."""
    try:
        return read_problem(code, dict(facts))
    except (KeyError, TypeError):
        return None


def title_of(code: str) -> str:
    """The heading of a cause."""
    return _(PROBLEMS[code].title) if code in PROBLEMS else code


def causes() -> list[tuple[str, str]]:
    """Every cause by its heading, in alphabetical order, for a filter."""
    return list(_causes_in(get_language()))


@cache
def _causes_in(language: str | None) -> tuple[tuple[str, str], ...]:
    """The same in the language that is active, which is told for the headings to be kept by."""
    return tuple(sorted(((code, title_of(code)) for code in PROBLEMS), key=lambda cause: cause[1].casefold()))


def event_words(row: OrderEvent) -> str:
    """One step of an order's history."""
    try:
        return worded(STEPS[row.step], with_dates(row.facts), translate=_)
    except KeyError:
        return row.step


def event_step(row: OrderEvent) -> str:
    """The name of a step."""
    return str(_STEP_NAMES.get(row.step, row.step))


def event_result(row: OrderEvent) -> dict[str, str]:
    """Whether a step went well, as a word with the tone of its badge."""
    tone = RESULTS.get(row.step, "")
    words = {"good": _("Done"), "bad": _("Needs attention")}
    return {"result": words.get(tone, _("Noted")), "tone": tone}


_STEP_NAMES = {
    "staged": gettext_lazy("Received"),
    "noticed": gettext_lazy("Noticed"),
    "changed": gettext_lazy("Changed in the source"),
    "status-moved": gettext_lazy("Status changed"),
    "nothing-to-post": gettext_lazy("Nothing to post"),
    "prepared": gettext_lazy("Prepared"),
    "blocked": gettext_lazy("Blocked"),
    "sent": gettext_lazy("Sent"),
    "posted": gettext_lazy("Posted"),
    "adopted": gettext_lazy("Adopted"),
    "adopted-as-found": gettext_lazy("Adopted as found"),
    "not-ours": gettext_lazy("Not adopted any more"),
    "is-something-else": gettext_lazy("Not to be adopted"),
    "exported": gettext_lazy("Exported"),
    "arrived": gettext_lazy("Imported"),
    "not-imported": gettext_lazy("Not imported"),
    "not-in-report": gettext_lazy("Not in the report"),
    "taken-back": gettext_lazy("Taken back"),
    "reversed": gettext_lazy("Undone"),
    "refused": gettext_lazy("Rejected"),
    "later": gettext_lazy("Put off"),
    "unknown": gettext_lazy("No clear answer"),
    "differs": gettext_lazy("Different"),
    "to-update": gettext_lazy("To be updated"),
    "to-void": gettext_lazy("To be voided"),
    "updated": gettext_lazy("Updated"),
    "updated-there": gettext_lazy("Nothing to update"),
    "voided": gettext_lazy("Voided"),
    "removed": gettext_lazy("Deleted"),
    "voided-there": gettext_lazy("Nothing to void"),
    "to-undo": gettext_lazy("To be undone"),
    "undone": gettext_lazy("Undone by deletion"),
    "undone-voided": gettext_lazy("Undone by a void"),
    "undone-there": gettext_lazy("Nothing to undo"),
    "to-reverse": gettext_lazy("To be reversed by an entry"),
    "counts-again": gettext_lazy("Reversal taken back"),
    "customer-made-inactive": gettext_lazy("Customer made inactive"),
    "item-made-inactive": gettext_lazy("Item made inactive"),
    "undo-left": gettext_lazy("Not undone"),
    "older": gettext_lazy("Older version"),
    "perhaps-there": gettext_lazy("Possibly in QuickBooks already"),
    "is-there": gettext_lazy("Matched to QuickBooks"),
    "is-another": gettext_lazy("Not the one in QuickBooks"),
    "unapplied": gettext_lazy("Money kept"),
    "stale": gettext_lazy("Read again"),
    "change-held": gettext_lazy("Change held"),
    "drifted": gettext_lazy("No longer as posted"),
    "drift-over": gettext_lazy("As posted again"),
    "kept-theirs": gettext_lazy("QuickBooks' version kept"),
    "overwrites": gettext_lazy("Overwriting allowed"),
    "void-confirmed": gettext_lazy("Void allowed"),
    "left-deleted": gettext_lazy("Left deleted"),
    "address-updated": gettext_lazy("Address updated"),
    "address-same": gettext_lazy("Address the same"),
    "address-missing": gettext_lazy("No address"),
    "address-newer": gettext_lazy("Newer address kept"),
    "address-not-theirs": gettext_lazy("Address kept"),
    "address-theirs": gettext_lazy("QuickBooks' address kept"),
    "address-differs": gettext_lazy("Address different"),
    "address-refused": gettext_lazy("Address not updated"),
    "address-stale": gettext_lazy("Customer read again"),
    "address-later": gettext_lazy("Address put off"),
    "address-unknown": gettext_lazy("Address unclear"),
    "broken": gettext_lazy("Defect"),
    "resync": gettext_lazy("Re-sync"),
    "fixed": gettext_lazy("Fix"),
    "ignored": gettext_lazy("Ignored"),
    "again": gettext_lazy("Posted again"),
    "restored": gettext_lazy("No longer ignored"),
    "settled": gettext_lazy("Settled"),
    "not-needed": gettext_lazy("Not needed"),
    "withdrawn": gettext_lazy("Withdrawn"),
}


def note_words(note: Mapping[str, Any]) -> str:
    """Why a part of an order posts nothing."""
    if note.get("code") not in NOTES:
        return str(note.get("code", ""))
    return note_text({**note, "facts": with_dates(note["facts"])}, _)
