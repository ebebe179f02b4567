"""What did the customer pay with: money, or something in its place, such as a gift card?

A gift card that is redeemed brings nothing to the bank: what was owed on the card is owed no longer. So only a method
that is plainly money goes to the Payment Debit Account by itself. Everything else is asked about once.

Source:
    docs/accounting/payment-methods.md
"""

from __future__ import annotations

import re

from books.outside.texts import key_text

#: So many characters of a method's name are kept and compared.
LONGEST_METHOD = 120

#: Words that say how money comes in. One of them has to be in the name of a method.
_MONEY = frozenset((
    "ach", "afterpay", "affirm", "alipay", "amex", "bacs", "bank", "bankcard", "braintree", "card", "cash", "check",
    "checks", "cheque", "cheques", "clearpay", "debit", "discover", "diners", "echeck", "echecks", "eft", "eftpos",
    "giropay", "ideal", "interac", "jcb", "klarna", "maestro", "mastercard", "mc", "moneygram", "paypal", "pos",
    "sepa", "sezzle", "sofort", "square", "stripe", "swift", "unionpay", "venmo", "visa", "wire", "worldpay",
    "zelle", "zip",
))  # fmt: skip
#: Words that change nothing about it.
_BESIDE = frozenset((
    "a", "and", "at", "by", "checkout", "chip", "company", "customer", "delivery", "deposit", "direct",
    "electronic", "ending", "express", "file", "from", "in", "key", "keyed", "last", "mail", "manual", "mobile",
    "number", "of", "offline", "on", "online", "or", "our", "over", "payment", "payments", "person", "personal",
    "phone", "pro", "processed", "processing", "received", "reader", "swipe", "tap", "terminal", "the", "through",
    "to", "transfer", "transfers", "us", "usd", "via", "with",
))  # fmt: skip
#: Names of several words that are money as a whole, each with one word that says so.
_PHRASES = (
    (re.compile(r"\b(credit|debit)( or | and | )(credit|debit) cards?\b"), "card"),
    (re.compile(r"\b(credit|debit|bank|charge|chip|corporate) ?cards?\b"), "card"),
    (re.compile(r"\b(cashier s|certified|traveler s) checks?\b"), "check"),
    (re.compile(r"\be (check|cheque)s?\b"), "check"),
    (re.compile(r"\b(american express|master card|diners club)\b"), "card"),
    (re.compile(r"\b(apple|google|shop|amazon|samsung|android|g) ?pay\b"), "card"),
    (re.compile(r"\bauthorize ?(\.| )? ?net\b"), "card"),
    (re.compile(r"\b(money|postal) orders?\b"), "check"),
    (re.compile(r"\bcash ?app( pay)?\b"), "cash"),
    (re.compile(r"\b(direct|bank) deposits?\b"), "bank"),
    (re.compile(r"\bbank (transfer|draft|wire)s?\b"), "bank"),
    (re.compile(r"\b(shopify|woocommerce|square|stripe) payments?\b"), "card"),
)


def method_key(method: str) -> str:
    """A payment method as it is compared: without spaces around it, letter case ignored."""
    return key_text(method).strip()[:LONGEST_METHOD].strip().casefold()


def is_plainly_money(method: str) -> bool:
    """Whether the name of a payment method leaves no doubt that money came in.

    True for a card, cash, a check, a transfer, PayPal and their like, also with the last digits of a card or the number
    of a check beside it. False as soon as one word is not about that: a gift card is no card.
    """
    words = " ".join(re.findall(r"[^\W_]+", method.casefold().replace("'s", " s").replace("’s", " s")))
    for phrase, word in _PHRASES:
        words = phrase.sub(word, words)
    parts = [part for part in words.split() if not part.isdigit() and not re.fullmatch(r"x+\d*", part)]
    return any(part in _MONEY for part in parts) and all(part in _MONEY or part in _BESIDE for part in parts)
