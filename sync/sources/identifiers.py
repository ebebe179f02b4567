"""How is something found again whose identifier is longer than there is room for?"""

from __future__ import annotations

import re
from hashlib import sha256

from books.messages import Message
from books.orders import Order
from books.translation import gettext_noop

#: An email field may hold several addresses. It may be what a customer is known by, and as a name has 300 characters.
LONGEST_EMAILS = 250
_MARK = 16
_SHORTENED = re.compile(rf"…[0-9a-f]{{{_MARK}}}$")
_LONG = gettext_noop("%(what)s “%(text)s” is longer than there is room for: its end is a fingerprint of the rest.")


def known_by(text: str, *, longest: int) -> str:
    """An identifier as long as there is room for it; a longer one by its beginning and a fingerprint of all of it.

    Two that differ only behind their beginning stay two, and the same one is the same each time it arrives.
    """
    if len(text) <= longest:
        return text
    mark = sha256(text.encode(errors="surrogatepass")).hexdigest()[:_MARK]
    return f"{text[: longest - _MARK - 1]}…{mark}"


def about_long_identifiers(order: Order) -> tuple[Message, ...]:
    """What a person should know of the identifiers of an order that were too long to be kept whole."""
    kept = {
        gettext_noop("Order number"): [order.number],
        gettext_noop("SKU"): [line.sku for line in order.lines],
        gettext_noop("Product id"): [line.product_id for line in order.lines],
        gettext_noop("Name"): [name for line in order.lines for name in (line.name, line.product_name)],
        gettext_noop("Customer id"): [order.customer.source_id],
        gettext_noop("Customer"): [order.customer.given_name, order.customer.family_name, order.customer.company_name],
        gettext_noop("Email"): [order.customer.email],
        gettext_noop("Payment reference"): [payment.reference for payment in order.payments],
    }
    shortened = [(what, text) for what, texts in kept.items() for text in texts if _SHORTENED.search(text)]
    return tuple(Message.of(_LONG, what=Message.of(what), text=text) for what, text in dict.fromkeys(shortened))
