"""How do commands speak? In the language of the installation; what they do and keep meanwhile is English."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from books.messages import Message
from books.money import money_text
from companies.stored_texts import ENGLISH, facts_retold, retold


def speaking(*, as_json: bool = False) -> AbstractContextManager[None]:
    """The language of the installation; English where a program reads it."""
    return translation.override(ENGLISH if as_json else settings.TIEOUT_LANGUAGE)


def at_work() -> AbstractContextManager[None]:
    """English, as whatever is kept or sent has to be."""
    return translation.override(ENGLISH)


def counted(text: str, plural: str, n: int, **facts: object) -> str:
    """A text that counts, with its number.

    Args:
        text: For one; `%(n)s` is the number.
        plural: For any other number.
        n: How many.
        facts: For its other gaps.
    """
    return ngettext(text, plural, n) % {"n": number(n), **facts}


def number(n: int) -> str:
    """A whole number with its thousands separated."""
    return number_format(n, use_l10n=True, force_grouping=True)


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency."""
    return retold(money_text(amount, currency))


def figure(amount: Decimal, *, grouped: bool = True) -> str:
    """An amount without its currency, with all of its decimals, its thousands separated or not."""
    places = max(0, -int(amount.as_tuple().exponent))
    return number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=grouped)


def day(on: date) -> str:
    """A day, in figures."""
    return date_format(on, "SHORT_DATE_FORMAT")


def moment(at: datetime) -> str:
    """A moment to the minute, in UTC."""
    return f"{date_format(at, 'SHORT_DATETIME_FORMAT')} UTC"


def told(message: Message) -> str:
    """A message with its cure; words of ours among its facts are told too."""
    return replace(message, facts=tuple(facts_retold(dict(message.facts)).items())).worded(gettext)
