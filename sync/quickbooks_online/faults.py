"""What does an answer of QuickBooks mean? Its status, then its codes; and what becomes of everything else.

An answer is read by status and code, never by its words, which follow the language of the company; only the catch-all
code 6000 leaves nothing but words. Nothing is guessed: a code that is not in the table is a refusal that says so, and
an answer that cannot be read leaves the outcome unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from books.outcomes import Refused, TryLater, Unknown
from books.problems import RefusedByQuickBooks
from books.translation import gettext_noop
from sync.quickbooks_online.fault_table import CATCH_ALL, FAULTS, TEXTS, Class, FaultRule, TextRule
from sync.quickbooks_online.session import Reply

#: Seconds to leave a company alone after it asked for it. Intuit publishes 60, and no answer was ever seen to say more.
THROTTLED = 60

_NOT_KNOWN = gettext_noop(
    "Tieout does not know this code. Read QuickBooks' own words above; when they do not help, show the reply kept with "
    "the document to the person who looks after Tieout."
)
_NO_ENTRY = gettext_noop(
    "QuickBooks does not let this login into the company, and does not say why. Press QB Connect to sign in again."
)
_STALE = FAULTS["3200"].cure
#: What only says that the access token is of no use; whether the login is, the next renewal tells.
_EXPIRED = {"3200", ""}
_NOT_YET = gettext_noop("QuickBooks renewed the login but does not accept it yet; nothing was sent.")
#: Seconds until it is tried again.
_SOON = 30
#: A request id that was used before.
_REPEATED = "600"
_BROKE = gettext_noop("QuickBooks had an error while storing it, and did not say whether it was stored.")
_EMPTY = gettext_noop("QuickBooks reported a fault without saying which.")
#: Said of every answer that is something else than what was asked for.
UNREADABLE = gettext_noop("QuickBooks' answer cannot be read.")
_XML_CODE = re.compile(r"<Error[^>]*\bcode=\"(\d+)\"")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One entry of an answer's fault list."""

    code: str
    message: str
    detail: str
    element: str

    @property
    def rule(self) -> FaultRule | TextRule | None:
        """What the table says; None for a code it does not have."""
        if self.code == CATCH_ALL:
            told = f"{self.message} {self.detail}".casefold()
            by_words = next((rule for rule in TEXTS if rule.words.casefold() in told), None)
            return by_words or FAULTS[CATCH_ALL]
        return FAULTS.get(self.code)

    @property
    def kind(self) -> Class:
        """What it makes of a send; a code that is not known is a refusal."""
        return self.rule.kind if self.rule else Class.DATA


#: The status of what was not even read, because it is too large.
_TOO_LARGE = 413
_LARGE = Fault(code=str(_TOO_LARGE), message="Request Entity Too Large", detail="", element="")
_TOO_LARGE_CURE = gettext_noop(
    "It has more lines or longer texts than QuickBooks takes at once. Shorten it in the source, then press Re-sync; or "
    "ignore it here and enter it in QuickBooks in several parts."
)


@dataclass(frozen=True, kw_only=True)
class InTheWay:
    """Refused because something has the name or the number already; it may be ours."""

    refused: Refused


NotAccepted = Refused | TryLater | Unknown | InTheWay


def verdict_on(reply: Reply, *, record: str = "") -> NotAccepted | None:
    """What went wrong; None for an answer that reports nothing wrong.

    Args:
        reply: Any answer to a read or a write.
        record: The key of the document that was sent, for faults whose cause is that record alone.
    """
    if rest_asked(reply):
        return _throttled(reply)
    faults = faults_of(reply)
    if reply.status in (401, 403) and not (faults and all(fault.kind in _PASSING for fault in faults)):
        return _no_entry(reply, faults or [])
    if reply.status >= 500:
        return _of_a_broken_server(reply, faults or [])
    if reply.status == _TOO_LARGE and not faults:
        return _refused(reply, [_LARGE], record)
    if faults is None:
        return None if reply.status == 200 and isinstance(reply.json, dict) else _unknown(reply, UNREADABLE)
    if not faults or not all(fault.code for fault in faults):
        return _unknown(reply, _EMPTY)
    return _of_faults(reply, faults, record)


def faults_of(reply: Reply) -> list[Fault] | None:
    """Every fault of an answer, in either of Intuit's two envelopes; None when it has no fault list."""
    if not isinstance(reply.json, dict):
        return None
    fault = next((reply.json[name] for name in ("Fault", "fault") if reply.json.get(name) is not None), None)
    if fault is None:
        return None
    entries = _any_case(fault, "error") if isinstance(fault, dict) else None
    return [_fault(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


_PASSING = {Class.THROTTLE, Class.BUSY}

#: Which class decides where an answer has faults of several: what may have happened first, what a person does last.
_ORDER = (
    Class.UNKNOWN,
    Class.RECONNECT,
    Class.AUTH,
    Class.THROTTLE,
    Class.BUSY,
    Class.DATA,
    Class.ADOPT,
)


def _of_faults(reply: Reply, faults: list[Fault], record: str) -> NotAccepted:
    first = min(faults, key=lambda fault: _ORDER.index(fault.kind))
    cure = first.rule.cure if first.rule else ""
    match first.kind:
        case Class.UNKNOWN:
            return Unknown(reason=cure, repeated=first.code == _REPEATED, exchange=reply.exchange)
        case Class.RECONNECT | Class.AUTH:
            return TryLater(reason=cure, wait=0, needs_login=True, exchange=reply.exchange)
        case Class.THROTTLE:
            return _throttled(reply)
        case Class.BUSY:
            wait = first.rule.wait if first.rule else 0
            return TryLater(reason=cure, wait=wait, exchange=reply.exchange)
        case Class.DATA:
            return _refused(reply, faults, record)
        case Class.ADOPT:
            return InTheWay(refused=_refused(reply, faults, record))


def _refused(reply: Reply, faults: list[Fault], record: str) -> Refused:
    return Refused(problems=tuple(_problem(fault, record) for fault in faults), exchange=reply.exchange)


def _problem(fault: Fault, record: str) -> RefusedByQuickBooks:
    rule = fault.rule
    return RefusedByQuickBooks(
        fault=fault.code,
        message=fault.message,
        detail=fault.detail,
        element=fault.element,
        fault_cure=rule.cure if rule else _TOO_LARGE_CURE if fault is _LARGE else _NOT_KNOWN,
        record=record if rule is None or rule.per_record else "",
    )


def _of_a_broken_server(reply: Reply, faults: list[Fault]) -> NotAccepted:
    # Only a refusal in so many words, such as "locked" or "under maintenance", says that nothing was stored
    if faults and all(fault.kind in _PASSING for fault in faults):
        return _of_faults(reply, faults, "")
    return _unknown(reply, _BROKE)


def _no_entry(reply: Reply, faults: list[Fault]) -> TryLater:
    if reply.status == 401 and reply.renewed and not {fault.code for fault in faults} - _EXPIRED:
        return TryLater(reason=_NOT_YET, wait=_SOON, exchange=reply.exchange)
    rule = next((fault.rule for fault in faults if fault.kind in (Class.RECONNECT, Class.AUTH)), None)
    reason = rule.cure if rule else _STALE if reply.status == 401 else _NO_ENTRY
    return TryLater(reason=reason, wait=0, needs_login=True, exchange=reply.exchange)


def rest_asked(reply: Reply) -> int:
    """For how many seconds QuickBooks asks to be left alone, because it was asked too much; 0 when it does not."""
    too_many = reply.status == 429 or _xml_codes(reply) == ["3001"]
    return max(THROTTLED, reply.retry_after) if too_many else 0


def _throttled(reply: Reply) -> TryLater:
    wait = max(THROTTLED, reply.retry_after)
    return TryLater(reason=FAULTS["3001"].cure, wait=wait, exchange=reply.exchange)


def _unknown(reply: Reply, sentence: str) -> Unknown:
    return Unknown(reason=sentence % {"status": reply.status}, exchange=reply.exchange)


def _xml_codes(reply: Reply) -> list[str]:
    return _XML_CODE.findall(reply.text) if reply.text.lstrip().startswith("<") else []


def _fault(entry: Mapping[str, object]) -> Fault:
    return Fault(
        code=str(_any_case(entry, "code") or "").strip(),
        message=str(_any_case(entry, "message") or ""),
        detail=str(_any_case(entry, "detail") or ""),
        element=str(_any_case(entry, "element") or ""),
    )


def _any_case(entry: Mapping[str, object], name: str) -> object:
    """A value by its name in either envelope: `Message` in the one, `message` in the other."""
    return next((value for key, value in entry.items() if key.lower() == name and value is not None), None)
