"""Of what does Keap tell by itself? Of orders, invoices and payments, to an address that answered its handshake.

Keap signs nothing. The address is the secret, and what comes there is believed only as far as that Keap is read soon.

Source:
    Keap's documentation of REST hooks, which version 1 of its interface has alone: subscribe, handshake with
    X-Hook-Secret, verify again what became Inactive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from books.json_types import Json
from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from sync.fetching.asking import SourceApi
from sync.models import Telling

_PATH = "/rest/v1/hooks"
_DELETED_ORDER = "order.delete"
#: A contact that changes changes no order that was read. Which of these Keap has, its own list says.
EVENTS = (
    *(f"order.{what}" for what in ("add", "edit", "delete")),
    *(f"invoice.{what}" for what in ("add", "edit", "delete")),
    *(f"invoice.payment.{what}" for what in ("add", "edit", "delete")),
)
_VERIFIED = "Verified"
#: An account has few; a list without end is something else.
_MOST = 1000
_STRANGE = gettext_noop("Keap answered %(path)s with something other than expected. Its hooks are left as they are.")


def digest_of(token: str) -> str:
    """By what a token is known here, without its being kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def means_deletion(event: str) -> bool:
    """Whether an event can only be checked by comparing the ids of all orders."""
    return event == _DELETED_ORDER


@dataclass(frozen=True, kw_only=True)
class _Hook:
    """A subscription: one event, one address."""

    key: str
    event: str
    address: str
    is_verified: bool

    def is_ours(self, digest: str) -> bool:
        return bool(digest) and digest_of(self.address.rstrip("/").rpartition("/")[2]) == digest


class _Refused(Exception):
    """Keap does not let this login subscribe."""


class _Later(Exception):
    """Keap cannot be asked for now."""

    def __init__(self, why: TryLater) -> None:
        super().__init__(why.reason)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class KeapHooks:
    """The subscriptions of one login. Those that others have made there are left alone."""

    api: SourceApi

    def keep(self, base: str, digest: str, new_token: Callable[[], str]) -> Telling | TryLater:
        """See `Subscriptions.keep`. Where one handshake fails, the others are left for the next time."""
        try:
            ours = [hook for hook in self._listed() if hook.is_ours(digest)]
            # Where this server moved, Keap is told of the new address
            moved = [hook for hook in ours if not hook.address.startswith(base)]
            for hook in moved:
                self._asked("DELETE", f"{_PATH}/{hook.key}")
            ours = [hook for hook in ours if hook not in moved]
            for hook in ours:
                if not hook.is_verified and not self._verified(f"{_PATH}/{hook.key}/verify"):
                    return Telling.UNREACHED
            missing = self._offered([event for event in EVENTS if event not in {hook.event for hook in ours}])
            address = ours[0].address if ours else f"{base}{new_token()}/"
            for event in missing:
                if not self._verified(_PATH, {"eventKey": event, "hookUrl": address}):
                    return Telling.UNREACHED
        except _Refused:
            return Telling.REFUSED
        except _Later as later:
            return later.why
        return Telling.ON

    def remove(self, digest: str) -> TryLater | None:
        """See `Subscriptions.remove`."""
        try:
            for hook in self._listed():
                if hook.is_ours(digest):
                    self._asked("DELETE", f"{_PATH}/{hook.key}")
        except _Refused:
            return None
        except _Later as later:
            return later.why
        return None

    def _offered(self, events: list[str]) -> list[str]:
        """Those of some events that Keap has."""
        told = self._asked("GET", f"{_PATH}/event_keys") if events else []
        if not isinstance(told, list):
            raise self._strange(f"{_PATH}/event_keys")
        return [event for event in events if event in told]

    def _listed(self) -> list[_Hook]:
        told = self._asked("GET", _PATH)
        if not isinstance(told, list) or len(told) > _MOST or not all(isinstance(row, dict) for row in told):
            raise self._strange(_PATH)
        return [
            _Hook(
                key=str(row.get("key") or ""),
                event=str(row.get("eventKey") or ""),
                address=str(row.get("hookUrl") or ""),
                is_verified=row.get("status") == _VERIFIED,
            )
            for row in told
        ]

    def _verified(self, path: str, body: Json | None = None) -> bool:
        """Whether Keap reached the address, which it calls before it answers this."""
        told = self._asked("POST", path, body)
        return isinstance(told, dict) and told.get("status") == _VERIFIED

    def _asked(self, method: str, path: str, body: Json | None = None) -> object:
        answer = self.api.ask(method, path, body)
        if isinstance(answer, TryLater):
            raise _Later(answer)
        if answer.status in (401, 403):
            raise _Refused
        if answer.status >= 300 and not (method == "DELETE" and answer.status == 404):
            raise self._strange(path)
        return answer.json

    def _strange(self, path: str) -> _Later:
        return _Later(TryLater(reason=Message.of(_STRANGE, path=path).worded(), wait=0))
