"""What does generation 1 of the API answer here? The profile, the user, and the hooks and counts that v2 lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..common import wire
from ..common.http import Reply, Request
from .account import KeapAccount
from .hooks import EVENT_KEYS, SECRET_HEADER, Subscriber
from .old_orders import old_orders
from .refusals import KeapRefusal
from .v2 import Version2


class Version1:
    """Answers what is offered of v1 for one account. The account's lock is not held while a handshake waits."""

    def __init__(self, account: KeapAccount, newer: Version2) -> None:
        self._account = account
        self._newer = newer

    def respond(self, request: Request, path: str) -> Reply:
        """The answer to a request for an address below /rest/v1.

        Raises:
            KeapRefusal: There is no such address, method or subscription, or the body makes no sense.
        """
        offered: dict[str, Callable[[], Reply]]
        match path.split("/"):
            case ["account", "profile"]:
                offered = {"GET": lambda: Reply.of(self._profile())}
            case ["oauth", "connect", "userinfo"]:
                offered = {"GET": lambda: Reply.of(self._user())}
            case ["orders"]:
                offered = {"GET": lambda: Reply.of(self._orders(request))}
            case ["hooks"]:
                offered = {"GET": lambda: Reply.of(self._listed()), "POST": lambda: self._subscribe(request)}
            case ["hooks", "event_keys"]:
                offered = {"GET": lambda: Reply.of(list(EVENT_KEYS))}
            case ["hooks", key]:
                offered = {
                    "GET": lambda: Reply.of(self._subscriber(key).tell()),
                    "PUT": lambda: self._change(request, key),
                    "DELETE": lambda: self._delete(key),
                }
            case ["hooks", key, "verify"]:
                offered = {"POST": lambda: self._verify(key)}
            case ["hooks", key, "delayedVerify"]:
                offered = {"POST": lambda: self._confirm(request, key)}
            case _:
                raise KeapRefusal(404, f"There is nothing at /v1/{path}")
        answer = offered.get(request.method)
        if answer is None:
            raise KeapRefusal(405, f"{request.method} is not offered at /v1/{path}")
        return answer()

    def _profile(self) -> dict[str, Any]:
        told = self._newer.profile()
        return {**told, "address": {**told["address"], "field": "BILLING"}}

    def _user(self) -> dict[str, Any]:
        told = self._newer.user()
        return {
            "email": told["email"],
            "family_name": told["family_name"],
            "given_name": told["given_name"],
            "global_user_id": int(told["id"]),
            "infusionsoft_id": told["keap_id"],
            "is_admin": told["is_admin"],
            "sub": told["sub"],
        }

    def _orders(self, request: Request) -> dict[str, Any]:
        with self._account.lock:
            return old_orders(self._account, request.query)

    # Hooks

    def _listed(self) -> list[dict[str, str]]:
        with self._account.lock:
            return [subscriber.tell() for subscriber in self._account.hooks.subscribers.values()]

    def _subscriber(self, key: str) -> Subscriber:
        found = self._account.hooks.subscribers.get(key)
        if found is None:
            raise KeapRefusal(404, f"There is no hook {key}")
        return found

    def _subscribe(self, request: Request) -> Reply:
        event_key, url = _told(request)
        try:
            subscriber = self._account.hooks.subscribe(event_key, url)
        except ValueError as problem:
            raise KeapRefusal(400, str(problem)) from None
        return self._kept(subscriber)

    def _change(self, request: Request, key: str) -> Reply:
        subscriber = self._subscriber(key)
        event_key, url = _told(request)
        try:
            self._account.hooks.change(subscriber, event_key, url)
        except ValueError as problem:
            raise KeapRefusal(400, str(problem)) from None
        return self._kept(subscriber)

    def _delete(self, key: str) -> Reply:
        with self._account.lock:
            del self._account.hooks.subscribers[self._subscriber(key).key]
            self._account.keep_hooks()
        return Reply(status=204)

    def _verify(self, key: str) -> Reply:
        subscriber = self._subscriber(key)
        self._account.hooks.verify(subscriber)
        return self._kept(subscriber)

    def _confirm(self, request: Request, key: str) -> Reply:
        subscriber = self._subscriber(key)
        if not self._account.hooks.confirm(subscriber, request.header(SECRET_HEADER)):
            raise KeapRefusal(400, f"The {SECRET_HEADER} is not the one that hook {key} was sent")
        return self._kept(subscriber)

    def _kept(self, subscriber: Subscriber) -> Reply:
        with self._account.lock:
            self._account.keep_hooks()
            return Reply.of(subscriber.tell())


def _told(request: Request) -> tuple[str, str]:
    try:
        body = request.json
    except wire.Unreadable as problem:
        raise KeapRefusal(400, str(problem)) from None
    if not isinstance(body, dict):
        raise KeapRefusal(400, "a subscription is a JSON object with an eventKey and a hookUrl")
    return str(body.get("eventKey") or ""), str(body.get("hookUrl") or "")
