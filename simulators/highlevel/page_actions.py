"""What can a person do on the pages? What people do in HighLevel, and what their customers do on forms."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from ..common.page_forms import Asked
from .agency_app import AgencyApp
from .amounts import Discount, LineTax, SoldLine
from .invoice_parts import Extras, Parts
from .sub_account import SubAccount
from .tables import Row

#: By which a contact can be left in peace, of those that the page offers.
CHANNELS = ("Email", "SMS")
_SOLD: dict[str, Callable[..., object]] = {
    "order form": SubAccount.sell_by_order_form,
    "membership": SubAccount.sell_membership,
    "calendar": SubAccount.sell_calendar,
    "subscription": SubAccount.sell_subscription,
}


def _number(asked: Asked, name: str, label: str) -> Decimal | None:
    """An amount that was typed; None when the field is empty.

    Raises:
        ValueError: It is no number.
    """
    text = asked.get(name, "").strip().replace(",", "")
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        raise ValueError(f"{label} must be a number, not {text!r}") from None
    if number is not None and not number.is_finite():
        raise ValueError(f"{label} must be a number, not {text!r}")
    return number


def _line(account: SubAccount, asked: Asked) -> SoldLine:
    qty = _number(asked, "qty", "The quantity") or Decimal(1)
    if qty <= 0:
        raise ValueError("The quantity must be more than 0")
    rate = _number(asked, "tax", "The tax")
    taxes = (LineTax("Tax", rate),) if rate else ()
    return account.line_of(asked.get("price", ""), qty, taxes=taxes, tax_inclusive=asked.get("inclusive") == "yes")


def _discount(asked: Asked) -> Discount | None:
    value = _number(asked, "discount", "The discount")
    if not value:
        return None
    if value < 0:
        raise ValueError("The discount cannot be less than 0")
    return Discount(value=value, percentage=asked.get("discount_kind") == "percentage")


def _new_invoice(account: SubAccount, asked: Asked) -> str:
    with account.writing():
        invoice = account.new_invoice(asked.get("contact", ""), [_line(account, asked)], discount=_discount(asked))
        if asked.get("send") == "yes":
            account.send_invoice(invoice)
    number = account.required("invoices", invoice, "invoice")["invoiceNumber"]
    return f"Invoice {number} was made{' and sent' if asked.get('send') == 'yes' else ''}."


def _send(account: SubAccount, asked: Asked) -> str:
    account.send_invoice(asked.get("invoice", ""))
    return "The invoice is sent."


def _add_line(account: SubAccount, asked: Asked) -> str:
    row = account.required("invoices", asked.get("invoice", ""), "invoice")
    lines = Parts.read(row["inner"]).lines
    account.change_invoice(row["_id"], lines=[*lines, _line(account, asked)])
    return "A line was added."


def _change(account: SubAccount, asked: Asked) -> str:
    facts: dict[str, Any] = {name: asked[name] for name in ("dueDate", "invoiceNumber") if asked.get(name)}
    discount = _discount(asked)
    extras = Extras(
        late_fee=_number(asked, "late_fee", "The late fee") or Decimal(0),
        tip=_number(asked, "tip", "The tip") or Decimal(0),
        fees=(("Processing fee", fee),) if (fee := _number(asked, "fee", "The fee")) else (),
    )
    account.change_invoice(
        asked.get("invoice", ""), discount=discount, no_discount=discount is None, extras=extras, **facts
    )
    return "The invoice was changed."


def _pay(account: SubAccount, asked: Asked) -> str:
    amount = _number(asked, "amount", "The amount")
    account.record_payment(asked.get("invoice", ""), amount, mode=asked.get("mode", "card"))
    row = account.required("invoices", asked.get("invoice", ""), "invoice")
    return f"The payment was recorded; {row['currency']} {row['amountDue']} is due."


def _begin(account: SubAccount, asked: Asked) -> str:
    account.begin_payment(asked.get("invoice", ""))
    return "The payment is pending; its own page lets it succeed or fail."


def _void(account: SubAccount, asked: Asked) -> str:
    account.void_invoice(asked.get("invoice", ""))
    return "The invoice is void."


def _delete(account: SubAccount, asked: Asked) -> str:
    account.delete_invoice(asked.get("invoice", ""))
    return "The invoice was deleted."


def _sell(account: SubAccount, asked: Asked) -> str:
    sold = _SOLD.get(asked.get("where", ""))
    if sold is None:
        raise ValueError("there is no such place to sell")
    status = asked.get("status", "succeeded")
    live, status = status != "test", "succeeded" if status == "test" else status
    sold(
        account,
        asked.get("contact", ""),
        [_line(account, asked)],
        discount=_discount(asked),
        status=status,
        live=live,
    )
    return f"It was sold: {asked['where']}."


def _renew(account: SubAccount, asked: Asked) -> str:
    account.take_renewal(asked.get("subscription", ""), status=asked.get("status", "succeeded"))
    return "The renewal was taken."


def _cancel(account: SubAccount, asked: Asked) -> str:
    account.cancel_subscription(asked.get("subscription", ""))
    return "The subscription is canceled."


def _refund(account: SubAccount, asked: Asked) -> str:
    account.refund(asked.get("transaction", ""), _number(asked, "amount", "The amount"))
    return "The refund was made."


def _settle(account: SubAccount, asked: Asked) -> str:
    account.settle(asked.get("transaction", ""), asked.get("status", "succeeded"))
    return f"The payment {asked.get('status', 'succeeded')}."


def _mark(account: SubAccount, asked: Asked) -> str:
    account.mark_synced_by_own_quickbooks(asked.get("transaction", ""))
    return "It counts as posted by HighLevel's own QuickBooks integration."


_PERSON = ("firstName", "lastName", "email", "phone", "companyName", "address1", "city", "state", "postalCode")


def _new_contact(account: SubAccount, asked: Asked) -> str:
    fields: dict[str, Any] = {name: asked[name] for name in _PERSON if asked.get(name)}
    if not fields:
        raise ValueError("a contact needs at least a name or an email")
    account.new_contact(**fields)
    return "The contact was made."


def _edit_contact(account: SubAccount, asked: Asked) -> str:
    fields = {name: asked[name] for name in _PERSON if name in asked}
    quiet = asked.get("dnd", "no")
    channels = {name: {"status": "active" if quiet in (name, "yes") else "inactive"} for name in CHANNELS}
    account.edit_contact(asked.get("contact", ""), **fields, dnd=quiet == "yes", dndSettings=channels)
    return "The contact was changed."


def quiet_by(contact: Row) -> str:
    """How a contact is not to be disturbed, as the choice of the page names it: no, yes, or one channel."""
    channels = contact.get("dndSettings") or {}
    off = [name for name in CHANNELS if (channels.get(name) or {}).get("status") in ("active", "permanent")]
    return "yes" if contact["dnd"] else next(iter(off), "no")


def _merge_contacts(account: SubAccount, asked: Asked) -> str:
    account.merge_contacts(asked.get("kept", ""), asked.get("contact", ""))
    return "The contacts were merged."


def _delete_contact(account: SubAccount, asked: Asked) -> str:
    account.delete_contact(asked.get("contact", ""))
    return "The contact was deleted."


def _new_workflow(account: SubAccount, asked: Asked) -> str:
    name = asked.get("name", "").strip()
    if not name:
        raise ValueError("a workflow needs a name")
    account.new_workflow(name)
    return "The workflow was made and published."


def _publish(account: SubAccount, asked: Asked) -> str:
    status = "published" if asked.get("status") == "published" else "draft"
    account.change_workflow(asked.get("workflow", ""), status=status)
    return f"The workflow is now {'published' if status == 'published' else 'a draft'}."


def _delete_workflow(account: SubAccount, asked: Asked) -> str:
    account.delete_workflow(asked.get("workflow", ""))
    return "The workflow was deleted."


def _edit_price(account: SubAccount, asked: Asked) -> str:
    account.edit_price(asked.get("price", ""), amount=_number(asked, "amount", "The price"), sku=asked.get("sku"))
    return "The price was changed."


def _webhook(app: AgencyApp, asked: Asked) -> str:
    app.agency.webhooks.subscribe(asked.get("url", "").strip())
    return "Webhooks go there from now on." if asked.get("url") else "No webhooks are sent any more."


def _replay(app: AgencyApp, asked: Asked) -> str:
    app.agency.webhooks.replay(asked.get("webhook", ""))
    return "It was sent again."


def _uninstall(app: AgencyApp, asked: Asked) -> str:
    app.agency.uninstall()
    return "The app was removed; its connections have ended."


_IN_THE_ACCOUNT: dict[str, Callable[[SubAccount, Asked], str]] = {
    "new-invoice": _new_invoice,
    "send": _send,
    "add-line": _add_line,
    "change": _change,
    "pay": _pay,
    "begin": _begin,
    "void": _void,
    "delete": _delete,
    "sell": _sell,
    "renew": _renew,
    "cancel": _cancel,
    "refund": _refund,
    "settle": _settle,
    "mark": _mark,
    "new-contact": _new_contact,
    "edit-contact": _edit_contact,
    "delete-contact": _delete_contact,
    "merge-contacts": _merge_contacts,
    "new-workflow": _new_workflow,
    "publish": _publish,
    "delete-workflow": _delete_workflow,
    "edit-price": _edit_price,
}


def _in_the_account(act: Callable[[SubAccount, Asked], str]) -> Callable[[AgencyApp, Asked], str]:
    return lambda app, asked: act(app.account, asked)


ACTIONS: dict[str, Callable[[AgencyApp, Asked], str]] = {
    **{verb: _in_the_account(act) for verb, act in _IN_THE_ACCOUNT.items()},
    "webhook": _webhook,
    "replay": _replay,
    "uninstall": _uninstall,
}
