"""What can a person do on the pages? What people do in Keap; each button sends a form to /do/<verb>."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from ..common import page_forms
from ..common.http import Reply, Request
from .account import KeapAccount
from .app import KeapApp
from .orders import NewLine
from .records import LINE_TYPES

#: What a form says, by the names of its fields.
Form = dict[str, str]
MOST_LINES = 3


def respond(app: KeapApp, request: Request, verb: str) -> Reply:
    """Do what a form asks, and lead to a page that tells what happened."""
    act = DOINGS.get(verb)
    return page_forms.respond(request, None if act is None else lambda asked: act(app.account, asked))


def _amount(form: Form, name: str = "amount") -> Decimal | None:
    """An amount that was typed; None for an empty field.

    Raises:
        ValueError: It is no amount.
    """
    told = form.get(name, "").replace(",", "").replace("$", "").strip()
    if not told:
        return None
    try:
        amount = Decimal(told)
    except InvalidOperation:
        raise ValueError(f"“{form[name]}” is no amount") from None
    if not amount.is_finite():
        raise ValueError(f"“{form[name]}” is no amount")
    return amount


def _quantity(form: Form, name: str) -> int:
    told = form.get(name, "").strip() or "1"
    if not told.lstrip("-").isdecimal():
        raise ValueError(f"“{told}” is no whole number, and Keap has no other quantities")
    return int(told)


def _day(form: Form) -> date | None:
    return date.fromisoformat(form["on"]) if form.get("on") else None


def _line(form: Form, number: str = "") -> NewLine:
    what = form.get(f"what{number}", "")
    quantity, price = _quantity(form, f"quantity{number}"), _amount(form, f"price{number}")
    name = form.get(f"name{number}", "").strip()
    if what in LINE_TYPES:
        return NewLine(item_type=what, quantity=quantity, price=price, name=name)
    return NewLine(product=what, quantity=quantity, price=price, name=name)


def _place(account: KeapAccount, form: Form) -> str:
    numbers = [str(number) for number in range(1, MOST_LINES + 1) if form.get(f"what{number}")]
    lines = [_line(form, number) for number in numbers]
    if not lines:
        raise ValueError("An order has at least one line: choose what is sold")
    with account.writing():
        order = account.place_order(form.get("contact", ""), lines, on=_day(form))
        if form.get("method") and account.balance(order) > 0:
            account.pay(order, method=form["method"], on=_day(form))
    return f"Order {order} was placed."


def _edit_order(account: KeapAccount, form: Form) -> str:
    title, terms, notes = (form.get(name, "") for name in ("title", "terms", "notes"))
    account.edit_order(form.get("order", ""), title=title, terms=terms, notes=notes)
    return "The order was changed."


def _edit_line(account: KeapAccount, form: Form) -> str:
    order, line = form.get("order", ""), form.get("line", "")
    account.edit_line(order, line, quantity=_quantity(form, "quantity"), price=_amount(form, "price"))
    return "The line was changed."


def _remove_line(account: KeapAccount, form: Form) -> str:
    account.remove_line(form.get("order", ""), form.get("line", ""))
    return "The line was removed."


def _add_line(account: KeapAccount, form: Form) -> str:
    account.add_line(form.get("order", ""), _line(form))
    return "The line was added."


def _pay(account: KeapAccount, form: Form) -> str:
    payment = account.pay(form.get("order", ""), _amount(form), form.get("method", "Check"), on=_day(form))
    return f"Payment {payment} was taken."


def _decline(account: KeapAccount, form: Form) -> str:
    account.fail_payment(form.get("order", ""), _amount(form))
    return "The card was declined: nothing was paid."


def _refund(account: KeapAccount, form: Form) -> str:
    account.refund(form.get("order", ""), _amount(form), payment_id=form.get("payment", ""), on=_day(form))
    return "The money went back."


def _void(account: KeapAccount, form: Form) -> str:
    account.void(form.get("order", ""), payment_id=form.get("payment", ""))
    return "The payment was voided."


def _credit(account: KeapAccount, form: Form) -> str:
    account.credit(form.get("order", ""), _amount(form), kind=form.get("kind", "Credit"), on=_day(form))
    return f"The {form.get('kind', 'Credit').lower()} was entered."


def _cancel(account: KeapAccount, form: Form) -> str:
    account.cancel(form.get("order", ""))
    return "The order was cancelled: what was paid went back, and the rest was credited."


def _delete_order(account: KeapAccount, form: Form) -> str:
    account.delete_order(form.get("order", ""))
    return f"Order {form.get('order')} was deleted."


def _new_contact(account: KeapAccount, form: Form) -> str:
    names = (form.get(name, "").strip() for name in ("given_name", "family_name", "email"))
    account.new_contact(*names, phone=form.get("phone", "").strip(), company=form.get("company", "").strip())
    return "The contact was added."


def _edit_contact(account: KeapAccount, form: Form) -> str:
    changes: dict[str, object] = {name: form.get(name, "") for name in ("given_name", "family_name", "company_name")}
    contact = account.contact(form.get("contact", ""))
    changes["emails"] = [form.get("email", "").strip(), *contact.emails[1:]] if form.get("email") else []
    changes["phones"] = [form.get("phone", "").strip(), *contact.phones[1:]] if form.get("phone") else []
    account.edit_contact(contact.id, **changes)
    return "The contact was changed."


def _merge(account: KeapAccount, form: Form) -> str:
    account.merge_contacts(form.get("into", ""), form.get("from", ""))
    return "The contacts were merged."


def _delete_contact(account: KeapAccount, form: Form) -> str:
    account.delete_contact(form.get("contact", ""))
    return "The contact was deleted."


def _new_product(account: KeapAccount, form: Form) -> str:
    price, name = _amount(form, "price"), form.get("name", "").strip()
    account.new_product(name, price or Decimal(0), sku=form.get("sku", "").strip(), plan_cycle=form.get("cycle", ""))
    return f"{name} was added."


def _edit_product(account: KeapAccount, form: Form) -> str:
    price, active = _amount(form, "price"), form.get("active") == "yes"
    told = {"name": form.get("name", ""), "sku": form.get("sku", ""), "active": active}
    account.edit_product(form.get("product", ""), **told, **({} if price is None else {"price": price}))
    return "The product was changed."


def _subscribe(account: KeapAccount, form: Form) -> str:
    account.subscribe(form.get("contact", ""), form.get("product", ""))
    return "The subscription has begun; nothing is billed yet."


def _renew(account: KeapAccount, form: Form) -> str:
    fails = form.get("fails") == "yes"
    order = account.take_renewal(form.get("subscription", ""), fails=fails)
    return f"Order {order} was placed, and its card was {'declined' if fails else 'charged'}."


def _end(account: KeapAccount, form: Form) -> str:
    account.end_subscription(form.get("subscription", ""))
    return "The subscription has ended."


DOINGS: dict[str, Callable[[KeapAccount, Form], str]] = {
    "place": _place,
    "edit-order": _edit_order,
    "edit-line": _edit_line,
    "remove-line": _remove_line,
    "add-line": _add_line,
    "pay": _pay,
    "decline": _decline,
    "refund": _refund,
    "void": _void,
    "credit": _credit,
    "cancel": _cancel,
    "delete-order": _delete_order,
    "new-contact": _new_contact,
    "edit-contact": _edit_contact,
    "merge": _merge,
    "delete-contact": _delete_contact,
    "new-product": _new_product,
    "edit-product": _edit_product,
    "subscribe": _subscribe,
    "renew": _renew,
    "end": _end,
}
