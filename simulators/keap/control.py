"""What can a rehearsal order of a Keap account? Switches, what people do in Keap, and what hooks were sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from ..common.control import Calls, Control, body_of
from ..common.http import Request
from .account import KeapAccount
from .app import KeapApp


def _tell_options(app: KeapApp, request: Request) -> object:
    return app.account.options.as_json()


def _change_options(app: KeapApp, request: Request) -> object:
    with app.lock:
        for name, value in body_of(request).items():
            app.account.options.change(name, value)
    return app.account.options.as_json()


def _tell_app(app: KeapApp, request: Request) -> object:
    """The keys with which an app of this machine connects, so that they need not be carried over by hand."""
    logins, settings = app.logins, app.account.store.settings
    keys = {"api_key": settings["service_key"], "personal_access_token": settings["personal_token"]}
    return {"client_id": logins.client_id, "client_secret": logins.client_secret, **keys}


def _hooks(app: KeapApp, request: Request) -> object:
    with app.lock:
        hooks = app.account.hooks
        return {
            "hooks": [subscriber.tell() for subscriber in hooks.subscribers.values()],
            "deliveries": [delivery.tell() for delivery in hooks.deliveries],
        }


def _profile(app: KeapApp, request: Request) -> object:
    app.account.set_profile(**{name: str(value) for name, value in body_of(request).items()})
    return app.account.store.settings


def _distort(app: KeapApp, request: Request) -> object:
    """Say something else than the truth in one place of a record, for what a client must survive."""
    told = body_of(request)
    app.account.distort(str(told["table"]), str(told["id"]), str(told["path"]), told.get("value"))
    return {"distorted": True}


def _done(act: Callable[[KeapAccount, dict[str, Any]], object]) -> Callable[[KeapApp, Request], object]:
    """What a person does, by the arguments of the account's method, days and moments as texts."""

    def answer(app: KeapApp, request: Request) -> object:
        told = {name: _read(name, value) for name, value in body_of(request).items()}
        try:
            done = act(app.account, told)
        except (TypeError, KeyError, AttributeError) as problem:
            raise ValueError(f"the call needs other arguments: {problem}") from None
        return {"id": done} if done is not None else {"done": True}

    return answer


def _read(name: str, value: Any) -> Any:
    if name == "on" and isinstance(value, str):
        return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if name == "lines" and isinstance(value, list):
        return [tuple(line) if isinstance(line, list) else line for line in value]
    return value


#: What people do, by the account's methods.
DOINGS = (
    *("new_contact", "edit_contact", "merge_contacts", "delete_contact", "new_product", "edit_product"),
    *("delete_product", "place_order", "edit_order", "edit_line", "add_line", "remove_line", "delete_order", "pay"),
    *("approve", "fail_payment", "credit", "write_off", "refund", "void", "cancel", "subscribe", "take_renewal"),
    *("end_subscription",),
)


def _method(name: str) -> Callable[[KeapAccount, dict[str, Any]], object]:
    return lambda account, told: getattr(account, name)(**told)


OWN_CALLS: Calls = {
    ("GET", "options"): _tell_options,
    ("POST", "options"): _change_options,
    ("GET", "app"): _tell_app,
    ("GET", "hooks"): _hooks,
    ("POST", "profile"): _profile,
    ("POST", "distort"): _distort,
    **{("POST", name.replace("_", "-")): _done(_method(name)) for name in DOINGS},
}

KEAP_CONTROL = Control(OWN_CALLS)
